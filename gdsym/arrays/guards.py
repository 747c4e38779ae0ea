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
    before = low.guard
    guard = inside if before is None else entrywise(low.g, "logic", before, inside, attr="and")
    lower, upper = affine(node.lower), affine(node.upper)
    if lower is not None and upper is not None and surely(hull(upper - lower, low.scope, top=False)):
        low.around[guard] = index, before
    return guard


def needed(low: Lowering, node: n.Node) -> Value | None:
    """What holds wherever the formula is needed."""
    guard = low.guard
    while guard is not None and guard in low.around and low.around[guard][0] not in node.free:
        guard = low.around[guard][1]
    return guard
