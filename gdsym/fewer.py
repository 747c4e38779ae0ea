"""One term of the long sums of a point: what is wrong at m = 1001 is often wrong of one sample by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gdsym.written.nodes import Node

LONG = 20  # terms of a sum that nobody puts in by hand


def of_one_term(met: Mapping[Any, Any], sizes: Sequence[Node]) -> Iterator[dict[Any, Any]]:
    """The numbers of a point of which one size is long, with that size 1 and of the arrays that it bounds one entry after the other."""
    long = [(size, int(met[size])) for size in sizes if int(met.get(size, 1)) > LONG]
    if len(long) != 1:
        return
    ((size, last),) = long
    bounded = _bounded(met, last)
    rows: dict[int, dict[Any, Any]] = {0: {size: 1}}
    for place, value in met.items():
        if place != size and (found := _moved(place, bounded)) is not None:
            rows.setdefault(found[0], {})[found[1]] = value
    shared = rows.pop(0)
    yield from ({**row, **shared} for _i, row in sorted(rows.items()))


def _bounded(met: Mapping[Any, Any], last: int) -> set[tuple[Any, int]]:
    """The axes of arrays that are as long as that."""
    entries = [place for place in met if isinstance(place, tuple)]
    return {(base, axis) for base, indices in entries for axis, index in enumerate(indices) if index == last}


def _moved(place: Any, bounded: set[tuple[Any, int]]) -> tuple[int, Any] | None:
    """The row that a number belongs to, 0 for all of them, and its place if there is no other row; None if there is no such place."""
    if not isinstance(place, tuple):
        return 0, place
    base, indices = place
    cut = {axis: indices[axis] for axis in range(len(indices)) if (base, axis) in bounded}
    if len(set(cut.values())) > 1:
        return None
    return next(iter(cut.values()), 0), (base, tuple(1 if axis in cut else i for axis, i in enumerate(indices)))
