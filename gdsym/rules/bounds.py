"""Between which numbers a formula lies, whatever real numbers its letters stand for: 0 < 1/(1 + e^-u) < 1.

Rational intervals with open or closed ends, from the leaves up; no end is said where none is certain. It answers the
common questions of signs in microseconds; SymPy's assumptions take milliseconds for the same.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

import sympy

from gdsym.written.nodes import Add, Const, Div, Fn, Indexed, Mul, Neg, Node, Num, Pow, Prod, Root, Sum, Sym

End: TypeAlias = "tuple[Fraction, bool] | None"  # a number, and is it never reached? None: no end
Span: TypeAlias = "tuple[End, End]"
Positive: TypeAlias = Callable[[Node], bool]  # is this letter or entry known to be above 0?

ZERO, ONE = Fraction(0), Fraction(1)
ALL: Span = (None, None)
ABOVE: Span = ((ZERO, True), None)  # u > 0
LEAST: Span = ((ZERO, False), None)  # u >= 0
WITHIN: Span = ((-ONE, False), (ONE, False))
OF_FUNCTIONS: dict[object, Span] = {
    sympy.exp: ABOVE, sympy.Abs: LEAST, sympy.cosh: ((ONE, False), None), sympy.sin: WITHIN, sympy.cos: WITHIN,
    sympy.sign: WITHIN, sympy.tanh: ((-ONE, True), (ONE, True)), sympy.erf: ((-ONE, True), (ONE, True)),
    sympy.Heaviside: ((ZERO, False), (ONE, False)),
}  # fmt: skip


def holds(op: str, node: Node, positive: Positive) -> bool:
    """Does node > 0, node >= 0 or node != 0 follow from its bounds? False says nothing."""
    low, high = bounds(node, positive)
    if op == ">=":
        return low is not None and low[0] >= 0
    return _is_above(low) or (op == "!=" and _is_above(_turned(high)))


def bounds(node: Node, positive: Positive) -> Span:
    """The ends of the values that the formula can have where it has one."""
    if isinstance(node, Num):
        return (node.value, False), (node.value, False)
    if isinstance(node, (Sym, Indexed)):
        return ABOVE if positive(node) else ALL
    if isinstance(node, Const):
        return ABOVE if node.value.is_positive and node.value.is_finite else ALL
    parts = [bounds(child, positive) for child in node.children[: 1 if isinstance(node, (Sum, Prod)) else None]]
    if isinstance(node, Fn):
        return _of_function(node, parts)
    make = MADE.get(type(node))
    return make(node, parts) if make else ALL


def _of_function(node: Fn, parts: list[Span]) -> Span:
    span = OF_FUNCTIONS.get(node.func, ALL) if len(parts) == 1 or node.func is sympy.Heaviside else ALL
    if node.func is sympy.exp:
        low, high = parts[0]
        return (ONE, low[1]) if low and low[0] >= 0 else span[0], (ONE, high[1]) if high and high[0] <= 0 else None
    away = node.func is sympy.Abs and (_is_above(parts[0][0]) or _is_above(_turned(parts[0][1])))
    return ABOVE if away else span


def _add(node: Node, parts: list[Span]) -> Span:
    return _total([low for low, _ in parts]), _total([high for _, high in parts])


def _total(ends: list[End]) -> End:
    known = [end for end in ends if end is not None]
    return (sum((e[0] for e in known), ZERO), any(e[1] for e in known)) if len(known) == len(ends) else None


def _neg(node: Node, parts: list[Span]) -> Span:
    return _neg_span(parts[0])


def _turned(end: End) -> End:
    return None if end is None else (-end[0], end[1])


def _is_above(end: End) -> bool:
    """Is everything above this lower end positive?"""
    return end is not None and (end[0] > 0 or (end[0] == 0 and end[1]))


def _times(a: Span, b: Span) -> Span:
    """The product, where one factor is a number or the signs are known."""
    for one, other in ((a, b), (b, a)):
        if one[0] is not None and one[0] == one[1]:
            return _scaled(other, one[0][0])
    if _no_minus(a) and _no_minus(b):
        return _product_end(a[0], b[0]), _product_end(a[1], b[1])
    if _no_minus(_neg_span(a)):
        return _neg_span(_times(_neg_span(a), b))
    return _neg_span(_times(a, _neg_span(b))) if _no_minus(_neg_span(b)) and _no_minus(a) else ALL


def _no_minus(a: Span) -> bool:
    return a[0] is not None and a[0][0] >= 0


def _neg_span(a: Span) -> Span:
    return _turned(a[1]), _turned(a[0])


def _scaled(a: Span, factor: Fraction) -> Span:
    if factor == 0:
        return (ZERO, False), (ZERO, False)
    low, high = ((end[0] * factor, end[1]) if end else None for end in a)
    return (low, high) if factor > 0 else (high, low)


def _product_end(a: End, b: End) -> End:
    """The product of two ends of spans without negative numbers."""
    if a is None or b is None:
        return None
    missed = (a[1] and b[1]) or (a[1] and b[0] > 0) or (b[1] and a[0] > 0)
    return a[0] * b[0], missed


def _reciprocal(a: Span) -> Span:
    """1/u for u of one sign."""
    low, high = a
    if _is_above(low) and low is not None:
        above = (1 / high[0], high[1]) if high else (ZERO, True)
        return above, (1 / low[0], low[1]) if low[0] > 0 else None
    return _neg_span(_reciprocal(_neg_span(a))) if _is_above(_turned(high)) else ALL


def _power(node: Node, parts: list[Span]) -> Span:
    (low, high), exponent = parts[0], node.children[1]
    n = exponent.value if isinstance(exponent, Num) else None
    if n is not None and n > 0 and n.denominator == 1 and low and low[0] >= 0:
        return (low[0] ** int(n), low[1]), (high[0] ** int(n), high[1]) if high else None
    if _is_above(low):
        return ABOVE
    never_below = n is not None and n > 0 and (n % 2 == 0 or n.denominator % 2 == 0)  # x^(3/2) asks for x >= 0
    return LEAST if never_below else ALL


def _root(node: Node, parts: list[Span]) -> Span:
    degree = node.children[1]
    if _is_above(parts[0][0]):
        return ABOVE
    return LEAST if isinstance(degree, Num) and degree.value % 2 == 0 else ALL


def _repeated(node: Node, parts: list[Span]) -> Span:
    """A sum or product over at least one term."""
    low = parts[0][0]
    return ABOVE if _is_above(low) else LEAST if low and low[0] >= 0 else ALL


MADE: dict[type[Node], Callable[[Node, list[Span]], Span]] = {
    Add: _add, Neg: _neg, Pow: _power, Root: _root, Sum: _repeated, Prod: _repeated,
    Mul: lambda node, parts: reduce(_times, parts),
    Div: lambda node, parts: _times(parts[0], _reciprocal(parts[1])),
}  # fmt: skip
