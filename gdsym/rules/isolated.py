"""A case distinction with a value of its own at a single point: sin(x)/x, and 1 at x = 0.

A single point has no interior, so the slope of what is written there means nothing. Where the value continues the
branch around it, the slope is that of the branch, or its limit; where it does not, there is no derivative.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from gdsym.record import record
from gdsym.rules.domain import domain_of
from gdsym.rules.entrywise import slope_of_letter
from gdsym.rules.function import Outer, chain
from gdsym.rules.laws import U
from gdsym.step import Move, Reason, Rule, Scope
from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import TRUE, Bound, Cases, D, Fn, Node, Rel, Sym, replace, walk

LARGEST = 60  # nodes of a branch whose limit is asked for
NEAR = sympy.Rational(1, 10**9)
ISOLATED = "isolated"
VALUES = (sympy.Rational(7, 5), sympy.Rational(4, 3), sympy.Rational(9, 7), sympy.Rational(8, 3))


@record
class Place:
    """`value` where u = at, `around` on both sides of it; `rest` is all but the one point."""

    u: Node
    at: Node
    value: Node
    around: Node
    rest: Node


def isolated(rule: Rule, body: Cases, scope: Scope) -> Move | None:
    """The derivative of a case distinction with one isolated point, or None if it has none."""
    place = _place(body, scope)
    if place is None:
        return None
    if place.u == scope.var and isinstance(scope.var, Sym):
        return _at_a_letter(rule, place, scope.var)
    inside = replace(Cases(place.value, Rel("==", place.u, place.at), *_parts(place.rest)), {place.u: U})
    if scope.varies(inside):
        return None
    slope, note = slope_of_letter(inside, U)
    said = tuple(replace(part, {U: place.u}) if isinstance(part, Node) else part for part in note)
    return chain(Outer(rule, place.u, inside, slope, given=Rel("!=", place.u, place.at), note=said), scope)


def _place(body: Cases, scope: Scope) -> Place | None:
    for value, condition, others in _branches(body):
        if isinstance(condition, Rel) and condition.op == "==" and scope.varies(condition):
            u, at = _sides(condition, scope)
            around = _around(others, u, at)
            if around is not None and not scope.varies(at):
                rest = around if others[0][1] == TRUE else Cases(*(part for pair in others for part in pair))
                return Place(u, at, replace(value, {u: at}), around, rest)
    return None


def _branches(body: Cases) -> Iterator[tuple[Node, Node, list[tuple[Node, Node]]]]:
    """Each branch with its condition and the other branches; `else` after u != a is u = a."""
    pairs = body.pairs
    if len(pairs) == 2 and isinstance(pairs[0][1], Rel) and pairs[0][1].op == "!=" and pairs[1][1] == TRUE:
        yield pairs[1][0], Rel("==", *pairs[0][1].children), [(pairs[0][0], TRUE)]
        return
    for j, (value, condition) in enumerate(pairs):
        yield value, condition, [*pairs[:j], *pairs[j + 1 :]]


def _parts(rest: Node) -> tuple[Node, ...]:
    """The branches that follow the one for the point."""
    return rest.children if isinstance(rest, Cases) else (rest, TRUE)


def _sides(condition: Rel, scope: Scope) -> tuple[Node, Node]:
    left, right = condition.children
    return (left, right) if scope.varies(left) else (right, left)


def _around(others: list[tuple[Node, Node]], u: Node, at: Node) -> Node | None:
    """The one branch that holds on both sides of the point."""
    if not others:
        return None
    if others[0][1] == TRUE:
        return others[0][0]
    if not isinstance(u, Sym):
        return None
    near = {_holding(others, u, at.to_sympy() + step) for step in (-NEAR, NEAR)}
    return near.pop() if len(near) == 1 else None


def _holding(pairs: list[tuple[Node, Node]], u: Sym, at: Any) -> Node | None:
    for value, condition in pairs:
        holds = condition.to_sympy().subs(u.symbol, at)
        if holds == sympy.true:
            return value
        if holds != sympy.false:
            return None
    return None


def _at_a_letter(rule: Rule, place: Place, var: Sym) -> Move | None:
    given = Rel("!=", var, place.at)
    if _defined_there(place, var):
        smooth = bool(agree(replace(place.around, {var: place.at}), place.value))
        note: Reason = ("the branches meet smoothly at ", var, " = ", place.at) if smooth else _jump(place)
        reason: Reason = (
            "piecewise: at the single point ",
            var,
            " = ",
            place.at,
            " the slope is that of the branch around it",
        )
        return Move(rule, (D(place.rest, var),), lambda slope: slope, reason, given=given, note=note, detail=ISOLATED)
    slope = _limit_slope(place, var)
    if slope is None:
        return None

    def make(rest: Node) -> Node:
        return Cases(slope, Rel("==", var, place.at), *_parts(rest))

    reason = (
        "piecewise: at the single point ",
        var,
        " = ",
        place.at,
        " the slope is the limit of the difference quotient",
    )
    return Move(rule, (D(place.rest, var),), make, reason, given=given, note=_continued(place), detail=ISOLATED)


def _continued(place: Place) -> Reason:
    """What is said where the slope is a limit."""
    there = "; the slope there is the limit of the difference quotient"
    return ("the value at ", place.u, " = ", place.at, " continues the branch around it", there)


def _jump(place: Place) -> Reason:
    return (
        "jump at ",
        place.u,
        " = ",
        place.at,
        ": no derivative there; by convention the slope of the branch around it is used",
    )


def _defined_there(place: Place, var: Sym) -> bool:
    """Has the branch around it a value at the point, by its own formula?"""
    value = replace(place.around, {var: place.at}).to_sympy()
    return domain_of(place.around, {var: place.at}) and not value.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def _limit_slope(place: Place, var: Sym) -> Node | None:
    """The limit of (g(x) - v)/(x - a) at a, if it exists, in SymPy's words and in numbers."""
    parts = list(walk(place.around))
    if len(parts) > LARGEST or any(isinstance(p, (Bound, D)) or (isinstance(p, Fn) and p.undefined) for p in parts):
        return None
    x = sympy.Dummy(real=True)
    letters = {s.symbol: sympy.Dummy(real=True) for s in place.around.free | place.value.free if isinstance(s, Sym)}
    letters[var.symbol] = x
    g, v, a = (part.to_sympy().xreplace(letters) for part in (place.around, place.value, place.at))
    quotient = (g - v) / (x - a)
    try:
        found = [sympy.limit(quotient, x, a, side) for side in "+-"]
    except (NotImplementedError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
    slope = found[0]
    swings = slope.has(sympy.AccumBounds)  # as sin(1/x) does: SymPy gives its bounds, and calls them finite
    if slope != found[1] or swings or not slope.is_finite or not _confirmed(quotient, x, a, slope):
        return None
    return from_sympy(sympy.simplify(slope).xreplace({new: old for old, new in letters.items()}))


def _confirmed(quotient: Any, x: Any, a: Any, limit: Any) -> bool:
    """The difference quotient very near the point, in fifty digits."""
    others = sorted((quotient.free_symbols | limit.free_symbols) - {x}, key=lambda s: s.dummy_index)
    numbers = {s: VALUES[j % len(VALUES)] + j for j, s in enumerate(others)}
    at, wanted = a.subs(numbers), limit.subs(numbers)
    step = sympy.Rational(1, 10**20)
    return all(
        abs(quotient.subs(numbers).subs(x, at + side * step).evalf(60) - wanted.evalf(60)) < 1e-12 for side in (1, -1)
    )
