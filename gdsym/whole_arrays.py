"""The arrays of a counterexample as its sizes say: every entry that is there, and none that is not, so that it can be typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, product, repeat
from math import prod
from typing import Any

from flint import fmpq

from gdsym.array_claims import axes_of
from gdsym.counterexample import Difference, named, nonzero
from gdsym.derivation import Derivation
from gdsym.record import changed
from gdsym.uses import Ends
from gdsym.verify import Formulas, Point
from gdsym.written.nodes import Base, Node, Num, Sym, replace

MOST = 60  # entries of an array that is completed


def completed(found: Difference, d: Derivation, claim: Node) -> dict[Any, Any]:
    """The numbers of the point by the caller's symbols and entries.

    An entry that nothing asked for is any number; one beyond the sizes goes, unless one of the two formulas depends on it.
    """
    drawn = dict(found.point.drawn)
    numbers: dict[Node, Node] = {
        name: Num(int(value))
        for name, value in drawn.items()
        if isinstance(name, Sym) and isinstance(value, fmpq) and value.q == 1
    }
    for base, ends in axes_of(d).items():
        there = _places(ends, numbers)
        if not there:
            continue
        had = [place for place in drawn if isinstance(place, tuple) and place[0] == base]
        beyond = [place for place in had if place[1] not in there]
        if beyond and _depends(found.point, beyond, d, claim):
            continue
        drawn = {place: value for place, value in drawn.items() if place not in beyond}
        if len(beyond) < len(had):
            drawn |= _filled(base, there, drawn, found.point)
    return named(drawn)


def _places(ends: Sequence[Ends | None], numbers: dict[Node, Node]) -> list[tuple[int, ...]]:
    """The indices of all entries; none if their count is not known, or large."""
    axes = [_axis(limits, numbers) if limits else range(0) for limits in ends]
    return list(product(*axes)) if prod(map(len, axes)) <= MOST else []


def _axis(limits: Ends, numbers: dict[Node, Node]) -> range:
    low, high = (replace(end, numbers).to_sympy() for end in limits)
    return range(int(low), int(high) + 1) if low.is_Integer and high.is_Integer else range(0)


def _depends(point: Point, places: Sequence[Any], d: Derivation, claim: Node) -> bool:
    """Has the derivative or the claim another value if these entries are other numbers?"""
    both = Formulas(d.written, claim, where=d.where, beside=(d.node,))
    other = changed(point, values={}, drawn={**point.drawn, **{place: point.drawn[place] + 1 for place in places}})
    pairs = zip(both.at(point), both.at(other), strict=True)
    return any(a is None or b is None or nonzero(a - b) for a, b in pairs)


def _filled(base: Base, there: Sequence[tuple[int, ...]], drawn: Mapping[Any, Any], point: Point) -> dict[Any, Any]:
    """The missing entries: 1, 2, ... that no other entry is; 1 again and again where entries are labels or whole numbers."""
    used = [value for place, value in drawn.items() if isinstance(place, tuple) and place[0] == base]
    whole = base in point.roles.labels or base in point.roles.compared or base.base.is_integer
    sign = -1 if base.base.is_nonpositive else 1
    unused = repeat(fmpq(sign)) if whole else (fmpq(sign * n) for n in count(1) if sign * n not in used)
    return {(base, place): next(unused) for place in there if (base, place) not in drawn}
