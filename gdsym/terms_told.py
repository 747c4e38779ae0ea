"""Which terms of a sum a kink is told of: |w x_i - y_i| has one where w x_i = y_i for some i with x_i != 0."""

from __future__ import annotations

import sympy

from gdsym.closing import tidy
from gdsym.rules.domain import certain
from gdsym.rules.dropping import drop
from gdsym.rules.fractions import split
from gdsym.rules.reached import is_switch
from gdsym.rules.tidy import calculate
from gdsym.solve import Work
from gdsym.step import Reason
from gdsym.written.nodes import (
    TRUE,
    ZERO,
    Add,
    Bound,
    Cases,
    Delta,
    Fn,
    Indexed,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Rel,
    Sym,
    both,
    kinds_of,
    mul,
    replace,
    rewrite,
    walk,
)

DELTAS = kinds_of(Delta)


def at_the_entry(note: Reason, work: Work, top: Work) -> Reason:
    """Of |w_j| within a sum over j, derived by w_k, only w_k = 0 counts; of other terms, some one."""
    body, var, whole = work.lhs.body, top.lhs.var, top.lhs.body.free
    entries = {p for p in walk(body) if isinstance(p, Indexed) and isinstance(var, Indexed) and p.base == var.base}
    own: dict[Node, Node] = {}
    if len(entries) == 1 and isinstance(var, Indexed):
        places = zip(entries.pop().indices, var.indices, strict=True)
        own = {at: k for at, k in places if isinstance(at, Sym) and at in body.free and at not in whole}
    said = tuple(replace(part, own) if isinstance(part, Node) else part for part in note)
    return _of_some(said, work, top, own) if is_switch(body) else said


def _of_some(note: Reason, work: Work, top: Work, own: dict[Node, Node]) -> Reason:
    """The note with "for some i" behind its equation, for what only terms of a sum are."""
    bound = {part.index for part in walk(top.lhs.body) if isinstance(part, Bound)} - top.lhs.free
    left = sorted((letter for letter in bound if letter in replace(work.lhs.body, own).free), key=str)
    at = next((at for at, part in enumerate(note) if isinstance(part, str) and part.startswith("; there")), None)
    if not left or at is None:
        return note
    if any(isinstance(part, Integral) and part.index in left for part in walk(top.lhs.body)):
        return ("the integrand is ", *note)  # the integral itself is smooth, as a rule
    between = " ≠ " if len(left) == 2 and _alike_are_level(work.lhs.body, *left) else ", "
    letters = tuple(part for letter in left for part in (between, letter))[1:]
    moving = _moving(work)
    only: Reason = () if moving is None else (" with ", _is_not_zero(replace(moving, own)))
    return (*note[:at], " for some ", *letters, *only, *note[at:])


def _is_not_zero(moving: Node) -> Node:
    """{x_i if k <= i; 0 otherwise} is not 0 where k <= i and x_i is not."""
    conditions: list[Node] = []
    left: list[Node] = []
    for factor in moving.children if isinstance(moving, Mul) else (moving,):
        value = factor
        if isinstance(factor, Cases) and len(factor.pairs) == 2 and factor.children[2:] == (ZERO, TRUE):
            value, condition = factor.children[:2]
            conditions.append(condition)
        left += [] if isinstance(value, Num) else [value]
    return both(*conditions, *([Rel("!=", mul(*left), ZERO)] if left else []))


def _alike_are_level(switch: Node, i: Node, j: Node) -> bool:
    """Does v_i - v_j never turn over where i = j?"""
    assert isinstance(switch, Fn)
    sides = switch.children if len(switch.children) > 1 else (*switch.children, ZERO)
    return calculate(drop(replace(Add(*sides[:1], *map(Neg, sides[1:])), {j: i}))) == ZERO


def _moving(work: Work) -> Node | None:
    """What must not be 0 for the switch to turn over: the slope of what is compared; None if that goes without saying."""
    body = work.lhs.body
    assert isinstance(body, Fn)
    slopes = [part.value for part in work.parts]
    if len(slopes) != (1 if body.func is sympy.Abs else 2):
        return None
    turning = body.children[0] if len(body.children) == 1 else Add(body.children[0], Neg(body.children[1]))
    slope = tidy(slopes[0] if len(slopes) == 1 else Add(slopes[0], Neg(slopes[1])), (work.lhs.var,))
    if slope.has(DELTAS):
        return None
    ups, _ = split(slope.arg if isinstance(slope, Neg) else slope)
    left = [
        factor for factor in ups if not (isinstance(factor, Num) or certain(">", factor) or _apart(turning, factor))
    ]
    return mul(*left) if left else None


def _apart(turning: Node, factor: Node) -> bool:
    """Is what is compared certainly not equal where the factor is 0? 1 - y_i w x_i is 1 where x_i is 0."""
    value = rewrite(replace(turning, {factor: ZERO}), lambda part: calculate(drop(part)))
    value = value.arg if isinstance(value, Neg) else value
    return isinstance(value, Num) and value != ZERO
