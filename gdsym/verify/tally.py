"""What the points have said of a claim so far, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

import sympy
from flint import fmpq

from gdsym.record import field, record
from gdsym.verify.conditions import Condition, number_text
from gdsym.verify.evidence import ARITHMETIC, Evidence
from gdsym.verify.formulas import BITS
from gdsym.verify.numbers import Number, faint, fraction, is_undefined
from gdsym.verify.points import Point
from gdsym.written.nodes import Base, Node

DERIVABLE = "there is a derivative"


@record(frozen=False)
class Tally:
    """The points at which both sides are equal, and what else was met."""

    good: list[Point] = field(default_factory=list)
    exact: bool = True
    wider: bool = False  # rhs is defined where lhs is not
    gaps: bool = False  # at a switching point, only lhs is defined
    beyond: bool = False  # the two differ where the function has no value
    rough: bool = False  # an integral was added up, and not bounded
    faint: int = 0  # of the good points, those at which a side may be 0, or anything that small
    special: int = 0
    kinks: list[tuple[Point, bool]] = field(default_factory=list)  # where the two differ and nothing is right

    def take(self, point: Point, values: tuple[Number, ...], exact: bool) -> None:
        """At this point the two sides are equal."""
        self.good.append(point)
        dim = any(map(faint, values))
        self.faint += dim
        self.exact &= exact
        self.rough |= point.rough
        point.idle = dim or (not values[0] if type(values[0]) is fmpq else bool(values[0] == 0))

    @property
    def telling(self) -> list[Point]:
        """The good points, those last where both sides are 0: what is multiplied by 0 is not seen there."""
        return sorted(self.good, key=lambda point: point.idle)

    @property
    def strength(self) -> float:
        """At how many points the sides were really seen to be equal; a faint one counts half: both may be 0 everywhere."""
        return len(self.good) - self.faint / 2

    def supported(self, condition: Condition, constant: bool, proved: str = "") -> Evidence:
        """No point spoke against the claim, and none can, if it is `proved`: "everywhere", or where the left side is defined."""
        self.wider |= proved not in ("", "everywhere")
        points = len(self.good) + self.special
        notes = list(self._domain(condition))
        if proved:
            return Evidence("holds where" if notes else "proved", ARITHMETIC, points, note="; ".join(notes))
        if self.exact and constant:
            return Evidence("proved", "exact arithmetic", points)
        kind, bits = ("rational arithmetic", 0) if self.exact else ("ball arithmetic", BITS)
        kind, bits = ("numerical quadrature", 0) if self.rough else (kind, bits)
        return Evidence("holds where" if notes else "agreed", kind, points, bits, "; ".join(notes), self._kink())

    def refuted(self, point: Point, values: tuple[Number, ...]) -> Evidence:
        """This point speaks against it."""
        note = said(point, values)
        return Evidence("refuted", "counterexample", len(self.good) + 1, BITS, note, place_of(point))

    def _domain(self, condition: Condition) -> Iterable[str]:
        if not condition.always and (words := _written(condition.node)):
            yield words
        if self.wider:
            yield "the left side is defined"
        if self.gaps:
            yield "the right side is defined"
        if self.kinks or self.beyond:
            yield DERIVABLE

    def _kink(self) -> tuple[tuple[Any, Fraction], ...]:
        """One where rhs is not even between the slopes of both sides, if there is one."""
        points = [point for point, _between in sorted(self.kinks, key=lambda kink: kink[1])]
        return place_of(points[0]) if points else ()


@lru_cache(maxsize=256)
def _written(condition: Node) -> str:
    """The condition as SymPy writes it, nothing if it says only what is declared; a derivation has few, each with many claims."""
    found = condition.to_sympy()
    return "" if found == sympy.true else str(found)


def place_of(point: Point) -> tuple[tuple[Any, Fraction], ...]:
    """Every name with its number."""
    return tuple((place, fraction(u)) for place, u in point.drawn.items())


def said(point: Point, values: tuple[Number, ...]) -> str:
    """`at w = 1/2, x[1] = 2: left 3, right 4`."""
    names = [f"{_named(place)} = {number_text(u)}" for place, u in islice(point.drawn.items(), 8)]
    more = ", ..." if len(point.drawn) > 8 else ""
    sides = ["undefined" if is_undefined(u) else number_text(u) for u in values]
    return f"at {', '.join(names)}{more}: left {sides[0]}, right {sides[1]}"


def _named(place: Any) -> str:
    if isinstance(place, tuple):
        base, indices = place
        return f"{base.name}[{', '.join(map(str, indices))}]"
    return str(place.name) if not isinstance(place, Base) else ""
