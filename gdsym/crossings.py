"""Is there a slope where switches turn over? |x| sin x and cos |x| have one at 0, and so has |x| - 2 max(0, x), in which two kinks cancel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

import sympy

from gdsym.closing import tidy
from gdsym.compound import Joint
from gdsym.named import put_in
from gdsym.onesided import Place, Untold
from gdsym.rules.reached import JUMPS, is_switch
from gdsym.rules.real_line import line_of
from gdsym.solve import Work
from gdsym.step import Reason
from gdsym.vanishing import Places, keeps_its_sign, together, zeros
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import (
    ZERO,
    Add,
    Bound,
    Cases,
    D,
    Div,
    Fn,
    Indexed,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Sym,
    kinds_of,
    replace,
    walk,
)

SUMS = kinds_of(Bound)
DIVIDING = kinds_of(Div, Pow)
KINK: Reason = ("kink",)
MOST = 3  # switches in what is compared


class Slope:
    """A solved derivative, and its last line, at the places where its switches turn over, all that turn over there looked at together."""

    def __init__(self, top: Work, last: Node, where: Mapping[Node, Node]) -> None:
        self._top, self._last, self._where, self._var = top, last, where, top.lhs.var
        self._said: dict[tuple[Node, Node | None], Reason] = {}

    @cached_property
    def _body(self) -> Node:
        return put_in(self._top.lhs.body, self._where)

    @cached_property
    def _value(self) -> Node:
        return put_in(self._top.value, self._where)

    def at_switch(self, switch: Node, note: Reason) -> Reason:
        """The note, nothing where certainly all is smooth, or where kinks cancel otherwise than their conventions do."""
        switch, var = put_in(switch, self._where), self._var
        if isinstance(var, Indexed):
            return self._at_entry(switch, note)
        if not isinstance(switch, Fn) or not isinstance(var, Sym) or self._within_sum(switch):
            return note
        turnings = list(_turnings(switch, var))
        found = [self._at(turning, place) for turning, place in turnings]
        if KINK not in found:
            return next(filter(None, found), ())
        kinks = [turned for turned, said in zip(turnings, found, strict=True) if said == KINK]
        return self._of_the_slope(kinks, _at_its_place(note, turnings, [place for _, place in kinks], var))

    def _of_the_slope(self, kinks: Sequence[tuple[Node, Node | None]], note: Reason) -> Reason:
        """No convention where the last line has no value, sign(x)/(2 sqrt(|x|)) at 0; of p |x|^(p - 1) sign(x) for p <= 1 alone."""
        if note[2:3] != (" = ",) or not self._last.has(DIVIDING):
            return note
        if all(self._lacks(*kink) for kink in kinks):
            return (*note[:4], "; there the slope has no value")
        levels = {self._level(*kink) for kink in kinks}
        level = levels.pop()
        return note if levels or level is None else ("for ", level, " ", *note)

    def _level(self, turning: Node, at: Node | None) -> Node | None:
        """The condition on the exponent of the one power in the last line that decides whether there is a kink."""
        assert isinstance(self._var, Sym)
        found = list(self._open_powers(Place(turning, self._var, at, self._where)))
        if len({power.exponent for power in found}) != 1:
            return None
        exponent = found[0].exponent
        whole = exponent.to_sympy()
        number = whole.as_coeff_Add()[0]
        return Rel("<=", from_sympy(whole - number), from_sympy(-number))

    def _lacks(self, turning: Node, at: Node | None) -> bool:
        """Does the last line certainly divide by 0 at the place?"""
        assert isinstance(self._var, Sym)
        place = Place(turning, self._var, at, self._where)
        try:
            parts = list(walk(place.side(self._last, 0)))
        except Untold:
            return False
        below = [part.children[1] for part in parts if isinstance(part, Div)]
        below += [part.base for part in parts if isinstance(part, Pow) and part.exponent.to_sympy().is_negative]
        return any(place.equal(divisor, ZERO) for divisor in below)

    def _at_entry(self, switch: Node, note: Reason) -> Reason:
        """The same for |w_j|, or |w_k|, in a slope in which w_k is the only entry of w: it is a letter there."""
        entries = {p for p in walk(switch) if isinstance(p, Indexed) and p.base == self._var.children[0]}
        one = self._of_letter
        if one is None or len(entries) != 1:
            return note
        own = dict(zip(entries.pop().indices, self._var.children[1:], strict=True))
        if any(at != k and (not isinstance(at, Sym) or at in self._body.free) for at, k in own.items()):
            return note
        switch = replace(switch, own)
        said = one.at_switch(replace(switch, {self._var: one._var}), note)
        return (
            note
            if said == note
            else tuple(replace(p, {one._var: self._var}) if isinstance(p, Node) else p for p in said)
        )

    @cached_property
    def _of_letter(self) -> Slope | None:
        """The slope by an entry as one by a letter; None if it holds other entries of the array."""
        if _may_jump(self._body):
            return None
        letter: dict[Node, Node] = {self._var: Sym(sympy.Dummy("entry", real=True))}
        one = Slope(self._top, replace(self._last, letter), self._where)
        one._var, one._value = letter[self._var], replace(self._value, letter)
        return None if self._var.children[0] in one._value.free | one._last.free else one

    def at_joints(self, found: Sequence[Joint]) -> tuple[list[Joint], list[Reason]]:
        """The joints of a case distinction but for those where the whole is smooth; and what is said where kinks cancel."""
        met = [(joint, self._at_joint(joint)) for joint in found]
        cancelled = [note for _, note in met if note and note != KINK]
        return [joint for joint, note in met if note == KINK], cancelled

    def _at_joint(self, joint: Joint) -> Reason:
        var, (left, place) = self._var, joint.equation.children
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
        var = self._var
        assert isinstance(var, Sym)
        if isinstance(self._top.lhs.body, D) or (at is None and _may_jump(self._body)):
            return KINK
        place = Place(turning, var, at, self._where)
        if at is not None and self._is_open(place):
            return KINK
        said: Reason = ()
        for unit in place.units:
            left, there, right = (place.side(self._value, direction, unit) for direction in (-1, 0, 1))
            if not place.equal(left, right) or (at is not None and self._jumps(place, unit)):
                return KINK
            if not place.equal(there, right):
                said = _cancelled(place, turning, right)
        return said

    def _is_open(self, place: Place) -> bool:
        """Does the slope raise 0 to a power that may be below 0 where the function does not: a max(0, x)^(a - 1) of max(0, x)^a?"""
        return any(True for _ in self._open_powers(place))

    def _open_powers(self, place: Place) -> Iterator[Pow]:
        own, var = set(walk(self._body)), self._var
        powers = (p for p in walk(self._last) if isinstance(p, Pow) and p.exponent.free and p not in own)
        opened = (p for p in powers if var in p.base.free and not p.exponent.to_sympy().is_positive)
        return (power for power in opened if place.equal(place.side(power.base, 0), ZERO))

    def _jumps(self, place: Place, unit: int) -> bool:
        if not _may_jump(self._body):
            return False
        left, there, right = (place.side(self._body, direction, unit) for direction in (-1, 0, 1))
        return not (place.equal(left, there) and place.equal(there, right))


def _cancelled(place: Place, turning: Node, slope: Node) -> Reason:
    value = tidy(replace(slope, place.here), slope.free)
    there: Reason = tuple(part for at in place.here.items() for part in (" at ", at[0], " = ", at[1]))
    return ("kinks cancel", *(there or (" where ", turning, " = ", ZERO)), ": the slope there is ", value)


def _at_its_place(
    note: Reason, turnings: Sequence[tuple[Node, Node | None]], kinks: Sequence[Node | None], var: Node
) -> Reason:
    """X = |x| holds wherever x >= 0, and max(x, |x|) has its kink at x = 0; |x^3 - x^2| has its only one at 1."""
    place = kinks[0]
    ties = any(
        way.to_sympy() == 0 for turning, _ in turnings if sum(map(is_switch, walk(turning))) for way in _ways(turning)
    )
    smooth_elsewhere = ties or len(turnings) > 1
    if len(kinks) != 1 or place is None or not smooth_elsewhere or note[2:3] != (" = ",):
        return note
    return (note[0], var, " = ", place, *note[4:])


def _may_jump(formula: Node) -> bool:
    return any(isinstance(part, Cases) or (isinstance(part, Fn) and part.func in JUMPS) for part in walk(formula))


def _turnings(switch: Fn, var: Sym) -> Iterator[tuple[Node, Node | None]]:
    """What is 0 where the switch turns over, and the values of the variable where it is, if they can be told."""
    sides = combinations(switch.children if switch.func in (sympy.Max, sympy.Min) else (*switch.children[:1], ZERO), 2)
    for one, other in sides:
        turning = one if other == ZERO else other if one == ZERO else Add(one, Neg(other))
        if var in turning.free and not keeps_its_sign(turning):
            line = line_of([Rel("==", one, other)])
            told = line is not None and line.u == var
            places: Places = list(map(Num, line.places)) or None if line is not None and told else _places(turning, var)
            yield from ((turning, place) for place in ([None] if places is None else places))


def _places(turning: Node, var: Sym) -> Places:
    """Where it is 0, or may be: |x| - 1 where x - 1 or -x - 1 is; None if these cannot all be told.

    Where one way is 0 everywhere, x - x of x - |x|, it is 0 from a place on where another one is taken.
    """
    switches = [part for part in walk(turning) if is_switch(part)]
    if len(switches) > MOST:
        return None
    ways = _ways(turning)
    found = [zeros(way, var) for way in ways if way.to_sympy() != 0]
    if len(found) < len(ways):
        found += [zeros(change, var) for switch in switches for change in _changes(switch)]
    return together(found)


def _changes(switch: Node) -> Iterator[Node]:
    """What is 0 where a switch takes another way."""
    if len(switch.children) == 1:
        return iter(switch.children)
    return (Add(one, Neg(other)) for one, other in combinations(switch.children, 2))


def _ways(formula: Node) -> list[Node]:
    """What it may be equal to, whatever the switches in it."""
    switch = next((part for part in walk(formula) if is_switch(part) and sum(map(is_switch, walk(part))) == 1), None)
    if switch is None:
        return [formula]
    values = (*switch.children, Neg(switch.children[0])) if len(switch.children) == 1 else switch.children
    return [way for value in values for way in _ways(replace(formula, {switch: value}))]
