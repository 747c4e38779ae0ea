"""Sums by labels over the rows of a table as one pass over its entries: entry (i, j) goes to place c_i n + j of a flat table.

The places depend on the labels alone, so that they are made once; a pass for each column reads the table in jumps.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.graph import DATA, Graph, Op, operands_first

ROWS = (True, False)  # how a vector is shown that has a number for each row


def by_spots(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such sums; nothing if there are none."""
    every = operands_first(outputs)
    if not any(op.kind == "scatter" and op in g.columns for op in every):
        return {}
    done: dict[Op, Op] = {}
    for op in every:
        args = tuple(done[a] for a in op.args)
        if op.kind == "scatter" and op in g.columns and op.ndim == 2:
            rows, width = g.make("expand", args[0], attr=ROWS, ndim=2), g.columns[op]
            spots = g.make("spots", rows, attr=width, needs=DATA)
            done[op] = g.make("spread", spots, args[1], attr=op.attr)
        else:
            done[op] = g.remade(op, args)
    return done
