"""Does the slope of a formula jump where a switch in it turns over? |x| sin x and cos |x| have a slope at 0, |x| cos x has none."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from gdsym.joints import roots
from gdsym.named import put_in
from gdsym.rules.real_line import line_of
from gdsym.solve import Work
from gdsym.verify import agree
from gdsym.written.nodes import ONE, ZERO, Add, Bound, Cases, D, Fn, Neg, Node, Num, Rel, Sym, replace, walk


def crosses(top: Work, work: Work, where: Mapping[Node, Node]) -> bool:
    """False where the slope `top` is certainly the same on both sides of the switch of `work`, |u|, max(u, v) or min(u, v)."""
    switch, var = put_in(work.lhs.body, where), top.lhs.var
    if not isinstance(switch, Fn) or not isinstance(var, Sym) or isinstance(top.lhs.body, D):
        return True
    slope = put_in(top.value, where)
    sides = _sides(switch, slope)
    if sides is None or any(isinstance(part, Bound) and part.index in switch.free for part in walk(slope)):
        return True
    jump = Add(replace(slope, sides[0]), Neg(replace(slope, sides[1])))
    places = _places(switch, var)
    return not places or not all(agree(replace(jump, {var: place}), ZERO, where=where) for place in places)


def _sides(switch: Fn, slope: Node) -> tuple[dict[Node, Node], dict[Node, Node]] | None:
    """What stands for the switch in the slope, on its one side and on its other; None if it is not to be seen."""
    parts = set(walk(slope))
    if switch.func is sympy.Abs:
        sign = Fn(sympy.sign, *switch.children)
        return ({sign: ONE}, {sign: Num(-1)}) if sign in parts else None
    if len(switch.children) != 2:
        return None
    cases = [part for part in parts if isinstance(part, Cases) and _is_of(part, switch)]
    one: dict[Node, Node] = {part: part.pairs[0][0] for part in cases}
    other: dict[Node, Node] = {part: part.pairs[1][0] for part in cases}
    return (one, other) if cases else None


def _is_of(cases: Cases, switch: Fn) -> bool:
    """Is it {u' if u > v; v' if u < v; else their mean}?"""
    compared = [
        frozenset(condition.children)
        for _, condition in cases.pairs
        if isinstance(condition, Rel) and condition.children
    ]
    return len(cases.pairs) == 3 and compared == [frozenset(switch.children)] * 2


def _places(switch: Fn, var: Sym) -> tuple[Node, ...]:
    """The values of the variable at which it turns over, if they can be told."""
    one, *more = switch.children
    other = more[0] if more else ZERO
    line = line_of([Rel("==", one, other)])
    if line is not None and line.u == var:
        return tuple(map(Num, line.places))
    return tuple(roots(Add(one, Neg(other)), var))
