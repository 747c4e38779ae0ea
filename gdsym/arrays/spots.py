"""Sums by labels over the rows of a table as one pass over its entries: entry (i, j) goes to place c_i n + j of a flat table.

The places depend on the labels alone, so that they are made once; a pass for each column reads the table in jumps.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.graph import DATA, Graph, Op, operands_first


def by_spots(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation."""
    done: dict[Op, Op] = {}
    for op in operands_first(outputs):
        args = tuple(done[a] for a in op.args)
        if op.kind == "scatter" and op.ndim == 2:
            rank = args[1].ndim
            rows = g.make("expand", args[0], attr=(*(True,) * (rank - 1), False), ndim=rank)
            spots = g.make("spots", rows, attr=op.attr[1], needs=DATA)
            done[op] = g.make("spread", spots, args[1], attr=op.attr, ndim=2)
        else:
            done[op] = g.remade(op, args)
    return done
