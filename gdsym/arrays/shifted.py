"""Sums along diagonals (`arrays/sheared`) as NumPy makes them soonest: row by row, each added some places further along.

Loops and traced code read the diagonals as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.affine import Affine
from gdsym.arrays.course import NONE
from gdsym.arrays.graph import Graph, Op, operands_first
from gdsym.record import record


@record
class Shift:
    """Axis `axis` of a table, of which entry k of axis `place` begins at start + step k, along an axis that is longer by `more`."""

    axis: int
    place: int
    start: Affine
    step: int
    more: Affine


@record
class Sheared:
    """A table whose axes stand in this order, some of them shifted."""

    table: Op
    axes: tuple[int | Shift, ...]


def by_shifts(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation."""
    done: dict[Op, Op] = {}
    for op in operands_first(outputs):
        found = _sheared(op.args[0]) if op.kind == "sum" else None
        made = None if found is None else _shifted(g, found, op.attr, done)
        done[op] = made or g.remade(op, tuple(done[a] for a in op.args))
    return done


def _shifted(g: Graph, found: Sheared, summed: tuple[int, ...], done: dict[Op, Op]) -> Op | None:
    """The sum over the places of all shifts, and of nothing else."""
    left = [axis for p, axis in enumerate(found.axes) if p not in summed]
    shifts = [(p, axis) for p, axis in enumerate(left) if isinstance(axis, Shift)]
    places = [axis.place for _, axis in shifts]
    if {found.axes[p] for p in summed} != {*places} or len(summed) != len(places):
        return None
    order = (*places, *(axis.axis if isinstance(axis, Shift) else axis for axis in left))
    table = done[found.table]
    if table.kind == "transpose":
        order, table = tuple(table.attr[p] for p in order), table.args[0]
    if order != tuple(range(len(order))):
        table = g.make("transpose", table, attr=order)
    attr = tuple((p, axis.start, axis.step, axis.more) for p, axis in shifts)
    return g.make("shifted", table, attr=attr, ndim=len(left))


def _sheared(op: Op) -> Sheared | None:
    """The table behind diagonals of windows, and what became of its axes."""
    if op.kind == "transpose":
        found = _sheared(op.args[0])
        return found and Sheared(found.table, tuple(found.axes[p] for p in op.attr))
    if op.kind != "diagonal" or op.attr != (0, 2) or op.args[0].kind != "windows" or len(op.args[0].attr) != 1:
        return None
    ((axis, count),) = op.args[0].attr
    before, table, after = _between_zeros(op.args[0].args[0])
    if axis or table is None:
        return None
    turned = table.kind == "slice" and table.attr == tuple(("part", NONE, None, p == 1) for p in range(table.ndim))
    table = table.args[0] if turned else table
    found = _sheared(table) or Sheared(table, tuple(range(table.ndim)))
    first, place, *others = found.axes
    if isinstance(first, Shift) or isinstance(place, Shift):
        return None
    start, step = (before - count + 1, 1) if turned else (before, -1)
    return Sheared(found.table, (Shift(first, place, start, step, before + after - count + 1), *others, place))


def _between_zeros(op: Op) -> tuple[Affine, Op | None, Affine]:
    """How many rows of zeros stand before and behind what else there is, one table."""
    parts = op.args if op.kind == "concatenate" else (op,)
    zeros = [
        p.attr[0] if p.kind == "full" and p.args[0].kind == "number" and p.args[0].attr == 0 else None for p in parts
    ]
    at = zeros.index(None) if None in zeros else 0
    before, after = (sum((z for z in some if z is not None), NONE) for some in (zeros[:at], zeros[at + 1 :]))
    return before, parts[at] if zeros.count(None) == 1 else None, after
