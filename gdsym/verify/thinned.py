"""Not all of the points that were found, where each costs much: sums that stand in sums in sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gdsym.verify.graph import Graph
from gdsym.verify.points import Point
from gdsym.verify.switches import compared, switching

ENOUGH = 10_000  # terms of sums that are added up, before points are left out
STRIDE = 5  # one of so many is kept: no period in which switches, zeros and steps around them follow each other


def compare_alike(g: Graph, sides: Sequence[int]) -> bool:
    """Does each side compare what the other does? If not, a claim may be wrong between two numbers of its own, and no point is left out."""
    first, *others = ({u for n in g.cone(side) if switching(g, n) for u in compared(g, n)} for side in sides)
    return all(found == first for found in others)


def thinned(points: Iterable[Point], alike: bool) -> Iterator[Point]:
    """The points, of sides that compare alike until their sums had `ENOUGH` terms; of the others every fifth.

    What a point took is known behind it.
    """
    spent = 0
    for rank, point in enumerate(points):
        if not alike or spent < ENOUGH or rank % STRIDE == 0:
            yield point
            spent += point.terms


def all_thinned(several: Iterable[Iterable[Point]], alike: bool) -> Iterator[Point]:
    """One kind of points after the other, each with as many terms."""
    for points in several:
        yield from thinned(points, alike)
