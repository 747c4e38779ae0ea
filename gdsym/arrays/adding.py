"""In a loop, a vector is added up by the quicker of two ways: as a product with ones, or, if it is long, by `np.add.reduce`.

The product takes half the time for some thousand numbers; the ones are made once, before the loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.graph import PARAM, Graph, Op

SHORT = 50_000  # entries of a vector for which the product is quicker
ENTRYWISE = frozenset(("add", "neg", "mul", "div", "pow", "where", "compare", "logic", *WRITTEN))


def adding_quickly(g: Graph, outputs: Sequence[Op]) -> list[Op]:
    """The outputs with sums of vectors as calls of an adder that is chosen before the loop."""
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            args = tuple(map(visit, op.args))
            beside = next(_data_beside(op.args[0]), None) if _adds_vector(op) else None
            if beside is not None:
                done[op] = g.make("added", g.make("adder", beside, ndim=0), *args, ndim=0)
            else:
                done[op] = g.remade(op, args)
        return done[op]

    return [visit(op) for op in outputs]


def _adds_vector(op: Op) -> bool:
    return op.kind == "sum" and op.args[0].ndim == 1 and op.args[0].needs & PARAM != 0


def _data_beside(op: Op) -> Iterator[Op]:
    """Vectors of data that meet the vector entry by entry: they are as long as it is."""
    if op.kind == "leaf" and op.ndim == 1 and not op.needs & PARAM:
        yield op
    elif op.kind in ENTRYWISE:
        for a in op.args:
            yield from _data_beside(a)
