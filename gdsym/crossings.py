"""Does the slope of a formula jump where a switch in it turns over? |x| sin x and cos |x| have a slope at 0, |x| cos x has none."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from gdsym.joints import roots
from gdsym.named import put_in
from gdsym.rules.reached import JUMPS, is_switch
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
    one, other = (replace(slope, side) for side in sides)
    places = _places(switch, var)
    if not places or any(part in sides[0] for part in (*walk(one), *walk(other))):
        return True
    beside = _beside(slope, frozenset(sides[0]), put_in(top.lhs.body, where), var)
    jump = Add(one, Neg(other))
    return any(
        any(_turns(part, var, place, where) for part in beside)
        or not agree(replace(jump, {var: place}), ZERO, where=where)
        for place in places
    )


def _sides(switch: Fn, slope: Node) -> tuple[dict[Node, Node], dict[Node, Node]] | None:
    """What stands for the switch in the slope, on its one side and on its other; None if it is not to be seen."""
    parts = set(walk(slope))
    if switch.func is sympy.Abs:
        sign = Fn(sympy.sign, *switch.children)
        return ({sign: ONE}, {sign: Num(-1)}) if sign in parts else None
    cases = [part for part in parts if isinstance(part, Cases) and _is_of(part, switch)]
    one, other = (
        dict[Node, Node](
            {part: value for part in cases for value, when in part.pairs[:2] if _is_first(when, switch) is first}
        )
        for first in (True, False)
    )
    return (one, other) if cases and len(one) == len(other) == len(cases) else None


def _is_of(cases: Cases, switch: Node) -> bool:
    """Is it {u' if u > v; v' if u < v; else their mean}, in this order or the other?"""
    if not isinstance(switch, Fn) or len(cases.pairs) != 3 or len(switch.children) != 2:
        return False
    compared = [
        frozenset(condition.children)
        for _, condition in cases.pairs
        if isinstance(condition, Rel) and condition.op in ("<", ">")
    ]
    return compared == [frozenset(switch.children)] * 2


def _is_first(when: Node, switch: Fn) -> bool:
    """Is it u > v, not v > u?"""
    assert isinstance(when, Rel)
    return (when.op == ">") == (when.children[0] == switch.children[0])


def _beside(slope: Node, own: frozenset[Node], body: Node, var: Sym) -> list[Node]:
    """What else may turn over at the same place and hide a jump: what multiplies it, and cases that are those of no switch."""
    switches = [part for part in walk(body) if is_switch(part)]
    found: list[Node] = []
    for term in slope.children if isinstance(slope, Add) else (slope,):
        parts = set(walk(term))
        found += [
            part
            for part in parts - own
            if var in part.free
            and (isinstance(part, Cases) or (isinstance(part, Fn) and part.func in JUMPS))
            and (parts & own or not (isinstance(part, Fn) or any(_is_of(part, switch) for switch in switches)))
        ]
    return found


def _turns(part: Node, var: Node, place: Node, where: Mapping[Node, Node]) -> bool:
    """May a sign be 0 there, may two sides of a condition be equal?"""
    if isinstance(part, Fn) and part.func not in (sympy.sign, sympy.Heaviside):
        return True
    pairs = (
        [(part.children[0], ZERO)]
        if isinstance(part, Fn)
        else [rel.children for when in part.children[1::2] for rel in walk(when) if isinstance(rel, Rel)]
    )
    here = {var: place}
    return any(agree(replace(u, here), replace(v, here), where=where).verdict != "refuted" for u, v in pairs)


def _places(switch: Fn, var: Sym) -> tuple[Node, ...]:
    """The values of the variable at which it turns over, if they can be told."""
    one, *more = switch.children
    other = more[0] if more else ZERO
    line = line_of([Rel("==", one, other)])
    if line is not None and line.u == var:
        return tuple(map(Num, line.places))
    return tuple(roots(Add(one, Neg(other)), var))
