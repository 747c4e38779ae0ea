"""Formulas that have a real value nowhere: x/(y - y), x log(-y^2 - 1). What is shown of them is refused, the rest said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeGuard

import sympy

from gdsym.diagonal import on_the_diagonal
from gdsym.errors import ComplexInput, GdsymError, Unsupported
from gdsym.rules.bounds import Span, bounds
from gdsym.verify import agree
from gdsym.verify.evidence import Unknown
from gdsym.verify.formulas import Formulas
from gdsym.verify.nearby import nearby
from gdsym.verify.points import BOXES, Point
from gdsym.verify.special import SPECIAL
from gdsym.writing.text import text
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import ZERO, Bound, Div, Fn, Integral, Node, Num, Pow, Root, Sym, kinds_of, walk

PARTIAL = kinds_of(Div, Fn, Pow, Root)  # what may have no value
EACH, MORE = 8, 100  # points of a kind


def nowhere(formula: Node, where: Mapping[Node, Node], wrt: Sequence[Node]) -> str:
    """The sentence that no real value of the formula was found, and of which part; nothing, if it has one.

    Raises `Unsupported` or `ComplexInput` if it is certain that the part has no real value, or no slope by the variables, whatever its letters are.
    """
    for power in _powers_of_negatives(formula, where):
        _refuse(power)
    on_the_diagonal(formula, where, wrt)
    tried = _tried(formula, where)
    if not tried:
        return ""
    part = next((part for part in _innermost(formula) if _tried(part, where)), formula)
    _refuse(part)
    return f"{shown(part)} has no real value at any of {tried} points"


def shown(part: Node) -> str:
    """The part in a message, as a user would type it."""
    return text(part, ascii=True)[:120]


def _tried(formula: Node, where: Mapping[Node, Node]) -> int:
    """At how many points the formula has no value; 0, if it has one somewhere, or cannot be evaluated."""
    if not formula.has(PARTIAL) or formula.has(kinds_of(Integral)):
        return 0
    tried = 0
    try:
        values = Formulas(formula, where=where)
        usual = (Point(seed=seed, box=box, roles=values.roles) for seed in range(EACH) for box in BOXES)
        more = 0 if any(isinstance(part, Fn) and part.func in SPECIAL for part in walk(formula)) else MORE
        rare = (Point(seed=seed, box=box, roles=values.roles) for seed in range(EACH, more) for box in BOXES[:2])
        for point in chain(usual, nearby(formula, roles=values.roles), rare):
            if not values.undefined(point):
                return 0
            tried += 1
    except (Unknown, GdsymError):
        return 0
    return tried


def _powers_of_negatives(formula: Node, where: Mapping[Node, Node]) -> Iterator[Node]:
    """Powers of what is never positive whose exponents are no whole numbers: real here and there, and without a slope."""
    moving = [part for part in walk(formula) if _may_be_complex(part)]
    if not moving:
        return
    try:
        roles = Formulas(formula, where=where).roles
    except (Unknown, GdsymError):
        return
    whole = {*roles.integers, *roles.sizes, *(s for s in formula.free if isinstance(s, Sym) and s.symbol.is_integer)}
    yield from (part for part in moving if part.exponent.free & formula.free - whole)


def _may_be_complex(part: Node) -> TypeGuard[Pow]:
    """A moving power of what is never positive?"""
    return isinstance(part, Pow) and bool(part.exponent.free) and _top(part.base) <= 0


def _innermost(formula: Node) -> Iterator[Node]:
    """The parts that may have no value, each after its own parts."""
    found = dict.fromkeys(part for part in walk(formula) if part.kind & PARTIAL)
    return islice(reversed(found), 500)


def _refuse(part: Node) -> None:
    """It is certain that the part has no real value: a divisor that is 0, or a root or logarithm beyond its domain."""
    divisor = part.children[1] if isinstance(part, Div) else part.children[0] if _inverts(part) else None
    if divisor is not None and agree(divisor, ZERO):
        raise Unsupported(
            f"{shown(part)} divides by zero: {shown(divisor)} is 0 whatever its letters are. "
            "Leave that term out, or mend what stands below the bar."
        )
    if _may_be_complex(part):
        else_where = "nowhere else" if _top(part.base) < 0 else "hardly anywhere else"
        raise ComplexInput(
            f"{shown(part)} is real where {shown(part.exponent)} is a whole number, and {else_where}: a negative number to a power. "
            "It has no derivative. Look for a sign that was lost, or leave that term out."
        )
    if _beyond(part) or _is_complex(part):
        raise ComplexInput(
            f"{shown(part)} has no real value, whatever its letters are; gdsym derives real costs. "
            "Look for a sign that was lost, or leave that term out."
        )


def _inverts(part: Node) -> bool:
    exponent = part.children[1] if isinstance(part, Pow) else None
    return exponent is not None and bool(exponent.to_sympy().is_negative)


def _beyond(part: Node) -> bool:
    """A logarithm of what is never positive, an even root of what is always below zero, an arcsine beyond 1."""
    low, high = _span(part.children[0])
    if isinstance(part, Fn) and part.func is sympy.log:
        return high is not None and high[0] <= 0
    if isinstance(part, Root) and isinstance(part.degree, Num) and part.degree.value % 2 == 0:
        return high is not None and (high[0] < 0 or (high[0] == 0 and high[1]))
    if isinstance(part, Fn) and part.func in (sympy.asin, sympy.acos, sympy.atanh):
        return (low is not None and low[0] > 1) or (high is not None and high[0] < -1)
    return isinstance(part, Fn) and part.func is sympy.acosh and high is not None and high[0] < 1


def _span(node: Node) -> Span:
    return bounds(_plain(node), lambda letter: False)


def _top(node: Node) -> float:
    """No value is above that."""
    high = _span(node)[1]
    return float(high[0]) if high else math.inf


def _plain(node: Node) -> Node:
    """What SymPy makes of it: y^2 - y^2 - 1 is -1."""
    try:
        return from_sympy(node.to_sympy())
    except GdsymError:
        return node


def _is_complex(part: Node) -> bool:
    """Does SymPy know that it is no real number, its letters real?"""
    if any(isinstance(below, Bound) for below in walk(part)):
        return False
    value = part.to_sympy()
    real = {s: sympy.Dummy(s.name, real=True) for s in value.free_symbols if isinstance(s, sympy.Symbol)}
    letters = {s: real[s] for s in real if Sym(s) in part.free and s.is_real is None}
    return value.xreplace(letters).is_extended_real is False
