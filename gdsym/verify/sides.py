"""The slopes of a function from the left and from the right, as difference quotients: has it a derivative there?

Nothing here differentiates. Steps of 2^-150, 2^-300 and 2^-400 tell a corner from a bend, and a jump from a steep place, with bits
to spare; what is compared is compared beside its own size: 10^-20 |x| has a corner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from gdsym.record import changed, record
from gdsym.verify.build import Builder
from gdsym.verify.evidence import Undecided, Unknown
from gdsym.verify.numbers import ONE, SNAP_BITS, Number, ball, is_open, is_undefined, precision
from gdsym.verify.points import Place, Point
from gdsym.verify.program import Program
from gdsym.verify.switches import name_at
from gdsym.written.nodes import D, Node

STEPS = (fmpq(1, 1 << 150), fmpq(1, 1 << 300), fmpq(1, 1 << 400))
BITS, FEW_BITS = 2048, (128, 1024)  # fewer tell a number that is nearly 0 from 0
DRAWS = 16  # of names that stand in the function and not in its derivative
SETTLED = fmpq(1, 1 << 60)  # two steps give the same to this, beside their size, if there is a limit
APART = fmpq(1, 1 << 50)  # slopes that differ by more are two
FADED = fmpq(1, 1 << 10)  # what becomes that much smaller from step to step, like a power of it, tends to 0
NOTHING = arb(2) ** -400  # the rounding of a slope that may be 0
MOST = 10_000  # denominators up to here are looked for in a slope


@record
class Sides:
    """What a function does at a place: its slopes on both sides, or a jump, where it has none."""

    left: Number
    right: Number
    jump: bool = False

    @property
    def smooth(self) -> bool:
        """Is there a derivative: are both slopes the same?"""
        return not self.jump and _near(self.left, self.right, APART)

    @property
    def convex(self) -> bool:
        return bool(self.left <= self.right)

    def hold(self, value: Number) -> bool:
        """Is the value one of the two slopes or between them? At a jump any value is as good as another."""
        if self.jump:
            return True
        if is_undefined(value):
            return False
        inside = (value - self.left) * (value - self.right) <= 0
        return bool(inside) or any(_near(value, slope, APART) for slope in (self.left, self.right))


class Kinks:
    """Where a formula has no derivative by a variable. What is built here is shared with `builder`."""

    def __init__(self, builder: Builder, slope: D) -> None:
        self._builder, self._formula, self._variable = builder, slope.body, slope.var

    @cached_property
    def _built(self) -> tuple[Program, Callable[[Point], object]] | None:
        """The formula as a program, and the place of its variable; they are needed only where two claims differ."""
        graph = self._builder.graph
        try:
            n, v = self._builder.build(self._formula), self._builder.build(self._variable)
            known = graph.ops[v] in ("sym", "entry") and all(graph.ops[m] != "integral" for m in graph.cone(n))
            return (Program(graph, [n]), name_at(graph, v)) if known else None
        except Unknown:
            return None

    def at(self, point: Point) -> Sides | None:
        """Both slopes at the point; None if that is not decided."""
        if self._built is None:
            return None
        program, place_at = self._built
        apart = changed(point, values={}, drawn=dict(point.drawn))  # names of the function alone stay out of the point
        try:
            with precision(BITS):
                return _sides(program, {place_at(apart): ONE}, apart)
        except (Undecided, Unknown):
            return None

    def beyond(self, point: Point) -> bool:
        """Has the formula certainly no value at the point, whatever the names are that stand in it alone?"""
        if self._built is None:
            return False
        draws = (changed(point, values={}, drawn=dict(point.drawn), seed=point.seed + more) for more in range(DRAWS))
        return all(_has_none(self._built[0], draw) for draw in draws)


class Rays:
    """The slopes of a formula of several letters and entries along any direction."""

    def __init__(self, formula: Node, where: Mapping[Node, Node]) -> None:
        builder = Builder(where)
        self._program = Program(builder.graph, [builder.build(formula)])

    def along(self, point: Point, direction: Mapping[Place, Number]) -> Sides | None:
        """The slopes behind the point and ahead of it; None if that is not decided."""
        apart = changed(point, values={}, drawn=dict(point.drawn))
        try:
            with precision(BITS):
                return _sides(self._program, direction, apart)
        except (Undecided, Unknown):
            return None


def _has_none(program: Program, point: Point) -> bool:
    for bits in (SNAP_BITS,) if point.snapped else FEW_BITS:
        try:
            with precision(bits):
                if is_undefined(program.run(point)[0]):
                    return True
        except (Undecided, Unknown):
            continue
    return False


def _sides(program: Program, direction: Mapping[Any, Number], point: Point) -> Sides | None:
    here = program.run(point)[0]
    if is_open(here) or not point.drawn.keys() >= direction.keys():
        return None
    limits = []
    for sign in (-1, 1):
        rises = [program.run(_moved(point, direction, sign * step))[0] - here for step in STEPS]
        limits.append(_limit(rises, [sign * step for step in STEPS]))
    if any(found is None for found in limits):
        return None
    if any(found == JUMP for found in limits):
        return Sides(here, here, jump=True)
    return Sides(limits[0], limits[1])


def _moved(point: Point, direction: Mapping[Any, Number], step: Number) -> Point:
    return changed(
        point, values={}, drawn={**point.drawn, **{at: point.drawn[at] + step * d for at, d in direction.items()}}
    )


JUMP = "jump"


def _limit(rises: list[Number], steps: list[Number]) -> Number | str | None:
    """The slope that the quotients tend to; a jump if the rise does not become small; None if neither is certain."""
    if any(map(is_open, rises)):
        return None
    first, then, last = (rise / step for rise, step in zip(rises, steps, strict=True))
    if _fades(*map(abs, (first, then, last))):
        return arb(0, 2 * ball(abs(last)).upper())
    if type(last) is arb and last.contains(0):
        return last if last.rad() < NOTHING else None
    if _near(then, last, SETTLED):
        return _plain(last)
    return JUMP if _near(rises[1], rises[2], SETTLED) and abs(rises[2]) > 0 else None


def _fades(first: Number, then: Number, last: Number) -> bool:
    """Are the quotients those of a power of the step that is above 1? To the second step it is half as far again as from there to the third."""
    return bool(then <= FADED * first) and bool(last**3 * first**2 <= then**5 / FADED)


def _near(u: Number, v: Number, within: Number) -> bool:
    """Are they equal, as far as balls tell, but for a small part of them?"""
    return not abs(u - v) > within * max(abs(u), abs(v))


def _plain(u: Number) -> Number:
    """The simple fraction that the slope is, but for what the step adds to it; or the slope as a ball."""
    with precision(128):
        middle = ball(u).mid()
        near = Fraction(float(middle)).limit_denominator(MOST) if abs(middle) < MOST else Fraction(0)
        fraction = fmpq(near.numerator, near.denominator)
        return fraction if abs(middle - fraction) <= SETTLED * abs(middle) else arb(middle)
