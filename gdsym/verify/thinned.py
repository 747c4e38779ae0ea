"""Not all of the points that were found, where each costs much: sums that stand in sums in sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gdsym.verify.points import Point

ENOUGH = 10_000  # terms of sums that are added up, before points are left out
STRIDE = (
    5  # one of so many is kept; no period of those in which switches, zeros and steps around them follow each other
)


def thinned(points: Iterable[Point]) -> Iterator[Point]:
    """The points, until their sums had `ENOUGH` terms; of the others every fifth. What a point took is known behind it."""
    spent = 0
    for rank, point in enumerate(points):
        if spent < ENOUGH or rank % STRIDE == 0:
            yield point
            spent += point.terms
