"""Is there a slope where switches turn over? |x| sin x and cos |x| have one at 0, and so has |x| - 2 max(0, x), in which two kinks cancel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

import sympy

from gdsym.closing import tidy
from gdsym.joints import Joint, roots
from gdsym.named import put_in
from gdsym.onesided import Place, Untold
from gdsym.rules.reached import JUMPS, is_switch
from gdsym.rules.real_line import line_of
from gdsym.solve import Work
from gdsym.step import Reason
from gdsym.written.nodes import ZERO, Add, Bound, Cases, D, Fn, Neg, Node, Num, Pow, Rel, Sym, kinds_of, replace, walk

SUMS = kinds_of(Bound)
KINK: Reason = ("kink",)
MOST = 3  # switches in what is compared


class Slope:
    """A solved derivative, and its last line, at the places where its switches turn over, all that turn over there looked at together."""

    def __init__(self, top: Work, last: Node, where: Mapping[Node, Node]) -> None:
        self._top, self._last, self._where = top, last, where
        self._said: dict[tuple[Node, Node | None], Reason] = {}

    @cached_property
    def _body(self) -> Node:
        return put_in(self._top.lhs.body, self._where)

    @cached_property
    def _value(self) -> Node:
        return put_in(self._top.value, self._where)

    def at_switch(self, switch: Node, note: Reason) -> Reason:
        """The note, nothing where certainly all is smooth, or where kinks cancel otherwise than their conventions do."""
        switch, var = put_in(switch, self._where), self._top.lhs.var
        if not isinstance(switch, Fn) or not isinstance(var, Sym) or self._within_sum(switch):
            return note
        found = [self._at(turning, place) for turning, place in _turnings(switch, var)]
        return note if KINK in found else next(filter(None, found), ())

    def at_joints(self, found: Sequence[Joint]) -> tuple[list[Joint], list[Reason]]:
        """The joints of a case distinction but for those where the whole is smooth; and what is said where kinks cancel."""
        met = [(joint, self._at_joint(joint)) for joint in found]
        cancelled = [note for _, note in met if note and note != KINK]
        return [joint for joint, note in met if note == KINK], cancelled

    def _at_joint(self, joint: Joint) -> Reason:
        var, (left, place) = self._top.lhs.var, joint.equation.children
        if joint.kind not in ("kink", "jump") or not isinstance(var, Sym) or left != var or var in place.free:
            return KINK
        return KINK if self._within_sum(joint.equation) else self._at(Add(var, Neg(place)), place)

    def _within_sum(self, switch: Node) -> bool:
        indices = (part.index for part in walk(self._value) if isinstance(part, Bound))
        return self._value.has(SUMS) and not switch.free.isdisjoint(indices)

    def _at(self, turning: Node, place: Node | None) -> Reason:
        key = turning, place
        if key not in self._said:
            try:
                self._said[key] = self._judged(turning, place)
            except Untold:
                self._said[key] = KINK
        return self._said[key]

    def _judged(self, turning: Node, at: Node | None) -> Reason:
        var = self._top.lhs.var
        assert isinstance(var, Sym)
        if isinstance(self._top.lhs.body, D) or (at is None and _may_jump(self._body)):
            return KINK
        place = Place(turning, var, at, self._where)
        if at is not None and self._is_open(place, var):
            return KINK
        said: Reason = ()
        for unit in place.units:
            left, there, right = (place.side(self._value, direction, unit) for direction in (-1, 0, 1))
            if not place.equal(left, right) or (at is not None and self._jumps(place, unit)):
                return KINK
            if not place.equal(there, right):
                said = _cancelled(place, turning, right)
        return said

    def _is_open(self, place: Place, var: Sym) -> bool:
        """Does the slope raise 0 to a power that may be below 0 where the function does not: a max(0, x)^(a - 1) of max(0, x)^a?"""
        own = set(walk(self._body))
        powers = (p for p in walk(self._last) if isinstance(p, Pow) and p.exponent.free and p not in own)
        open_powers = (p.base for p in powers if var in p.base.free and not p.exponent.to_sympy().is_positive)
        return any(place.equal(base, ZERO) for base in open_powers)

    def _jumps(self, place: Place, unit: int) -> bool:
        if not _may_jump(self._body):
            return False
        left, there, right = (place.side(self._body, direction, unit) for direction in (-1, 0, 1))
        return not (place.equal(left, there) and place.equal(there, right))


def _cancelled(place: Place, turning: Node, slope: Node) -> Reason:
    value = tidy(replace(slope, place.here), slope.free)
    there: Reason = tuple(part for at in place.here.items() for part in (" at ", at[0], " = ", at[1]))
    return ("kinks cancel", *(there or (" where ", turning, " = ", ZERO)), ": the slope there is ", value)


def _may_jump(formula: Node) -> bool:
    return any(isinstance(part, Cases) or (isinstance(part, Fn) and part.func in JUMPS) for part in walk(formula))


def _turnings(switch: Fn, var: Sym) -> Iterator[tuple[Node, Node | None]]:
    """What is 0 where the switch turns over, and the values of the variable where it is, if they can be told."""
    sides = combinations(switch.children if switch.func in (sympy.Max, sympy.Min) else (*switch.children[:1], ZERO), 2)
    for one, other in sides:
        turning = one if other == ZERO else other if one == ZERO else Add(one, Neg(other))
        if var in turning.free:
            line = line_of([Rel("==", one, other)])
            places = map(Num, line.places) if line is not None and line.u == var else _places(turning, var)
            yield from ((turning, place) for place in list[Node | None](places) or (None,))


def _places(turning: Node, var: Sym) -> list[Node]:
    """Where it is 0, or may be: |x| - 1 where x - 1 or -x - 1 is; none if these cannot all be told."""
    switches = sum(map(is_switch, walk(turning)))
    if switches > MOST:
        return []
    ways = [way for way in _ways(turning) if way.free or way.to_sympy().is_zero is not False]
    found = [list(roots(way, var)) for way in ways]
    return list(dict.fromkeys(place for places in found for place in places)) if all(found) else []


def _ways(formula: Node) -> list[Node]:
    """What it may be equal to, whatever the switches in it."""
    switch = next((part for part in walk(formula) if is_switch(part) and sum(map(is_switch, walk(part))) == 1), None)
    if switch is None:
        return [formula]
    values = (*switch.children, Neg(switch.children[0])) if len(switch.children) == 1 else switch.children
    return [way for value in values for way in _ways(replace(formula, {switch: value}))]
