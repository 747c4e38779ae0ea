"""What is known to hold where a formula is needed: bounds of sums that move with other indices, and conditions of branches.

In a sum that has a term whatever the indices around it are, what is free of the sum's own index is needed wherever the
sum is: it is the same value there, not one for each index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.affine import affine, hull
from gdsym.arrays.align import entrywise
from gdsym.arrays.graph import Value
from gdsym.arrays.reach import surely
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def bounded(low: Lowering, node: n.Bound, index: n.Sym, inside: Value) -> Value:
    """What holds within a sum over the index where this bound holds."""
    lower, upper = affine(node.lower), affine(node.upper)
    filled = lower is not None and upper is not None and surely(hull(upper - lower, low.scope, top=False))
    return _within(low, low.guard, index, inside, filled)


def _within(low: Lowering, before: Value | None, index: n.Sym, inside: Value, filled: bool) -> Value:
    guard = inside if before is None else entrywise(low.g, "logic", before, inside, attr="and")
    if filled:
        low.around[guard] = index, before, inside
    return guard


def needed(low: Lowering, node: n.Node) -> Value | None:
    """What holds wherever the formula is needed: of a sum in a sum, with bounds of their own, the outer one may be left out alone."""
    guard, used = low.guard, set(node.free)
    kept: list[tuple[n.Sym, Value]] = []
    while guard is not None and guard in low.around:
        index, guard, inside = low.around[guard]
        if index in used:
            kept.append((index, inside))
            used.update(inside.axes)
    for index, inside in reversed(kept):
        guard = _within(low, guard, index, inside, filled=True)
    return guard
