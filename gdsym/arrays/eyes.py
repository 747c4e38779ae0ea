"""The unit matrix beside a matrix of which an inverse or a determinant is made: `np.eye`, not a comparison of two ranges."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.graph import DATA, Graph, Op, rewritten


def by_eyes(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation."""
    return rewritten(g, outputs, lambda op, done: _unit(g, op))


def _unit(g: Graph, op: Op) -> Op | None:
    """[i = j] for all rows and columns."""
    if op.kind != "indicator" or op.ndim != 2 or op.args[0].kind != "compare" or op.args[0].attr != "==":
        return None
    rows, columns = op.args[0].args
    if rows.kind != "expand" or columns.kind != "arange" or rows.args != (columns,) or rows.attr != (True, False):
        return None
    first, last = columns.attr
    return g.make("eye", attr=last - first + 1, ndim=2, needs=DATA)
