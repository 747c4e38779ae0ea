"""Inverses and determinants: of a matrix that is made as a whole, by the functions that NumPy has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.graph import Op
from gdsym.arrays.rows import rows_of
from gdsym.written.nodes import Base, Node
from gdsym.written.wholes import Inverted, letters

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def array(low: Lowering, base: Base) -> Op:
    """What holds the entries of an array; an inverse is made, once."""
    if base not in low.leaves and isinstance(base, Inverted):
        low.leaves[base] = low.g.make("inverse", table(low, base))
    return low.leaves[base]


def table(low: Lowering, node: Node) -> Op:
    """The entries of the matrix, for all rows and columns; nothing around it counts."""
    from gdsym.arrays import pieces

    outer, guard = low.scope, low.guard
    low.scope, low.guard = dict.fromkeys(letters(node), rows_of(node)), None
    op = pieces.spread(low, low.value(node.children[0], letters(node)), letters(node))
    low.scope, low.guard = outer, guard
    return op
