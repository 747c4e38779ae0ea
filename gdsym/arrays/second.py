"""Second derivatives as one matrix: each derived block compiled, laid out over the flat parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays import pieces
from gdsym.arrays.align import Axes
from gdsym.arrays.compiled import given
from gdsym.arrays.data import bind, bind_params
from gdsym.arrays.emit import emit
from gdsym.arrays.expand import expanded
from gdsym.arrays.functions import OURS
from gdsym.arrays.grams import with_grams
from gdsym.arrays.graph import Graph, Op
from gdsym.arrays.lower import Lowering
from gdsym.arrays.names import Names
from gdsym.arrays.program import Program, leaf
from gdsym.arrays.quotients import RULES
from gdsym.arrays.source import build
from gdsym.written.nodes import Base, Node, Sym

if TYPE_CHECKING:
    import numpy.typing as npt

Block = tuple[Axes, Node]  # letters of the first parameter, then of the second, and the second derivative


class SecondDerivatives:
    """H(params, data): the Hessian as a float64 matrix over the flat parameters, in order.

    `blocks[p, q]` is the derived second derivative by the parameters number p <= q; the others follow by symmetry.
    """

    def __init__(self, program: Program, blocks: Mapping[tuple[int, int], Block]) -> None:
        self._program, self._places = program, list(blocks)
        self.formulas = tuple(node for _, node in blocks.values())
        self._function = _compiled(program, list(blocks.values()), self._places)

    def __call__(self, params: Mapping[Any, Any], data: Mapping[Any, Any] | None = None) -> npt.NDArray[np.float64]:
        bound = bind(self._program, data, params)
        values = bind_params(self._program, params, bound)
        return self.of_bound(values, bound)

    def of_bound(
        self,
        values: Mapping[str, Any],
        bound: Mapping[str, Any],
        gather: Callable[[Sequence[Any]], Sequence[Any]] = tuple,
    ) -> npt.NDArray[np.float64]:
        """The matrix at values by code name; `gather` computes blocks that are lazy, all at once."""
        entries = [values[p.name] for p in self._program.params]
        try:
            with np.errstate(all="ignore"):
                found = gather(self._function(*entries, *given(self._program, bound)))
        except (ArithmeticError, ValueError):  # plain floats raise where NumPy gives NaN
            found = [np.full((np.size(entries[p]), np.size(entries[q])), np.nan) for p, q in self._places]
        sizes = [int(np.size(v)) for v in entries]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        matrix = np.zeros((starts[-1], starts[-1]))
        for (p, q), block in zip(self._places, found, strict=False):
            rows, columns = slice(starts[p], starts[p + 1]), slice(starts[q], starts[q + 1])
            matrix[rows, columns] = np.asarray(block, dtype=float).reshape(sizes[p], sizes[q])
            matrix[columns, rows] = matrix[rows, columns].T
        return matrix


def _compiled(program: Program, blocks: Sequence[Block], places: Sequence[tuple[int, int]]) -> Any:
    graph = Graph(RULES, by_label=False)  # arrays of chunks know products only
    low = Lowering(program.shapes, {i.node: leaf(graph, i) for i in program.inputs}, graph)
    heads = [p.node for p in program.params]
    ops, _ = expanded(
        graph,
        [
            _block(low, letters, node, (heads[p], heads[q]))
            for (letters, node), (p, q) in zip(blocks, places, strict=True)
        ],
    )
    named = {i.node: i.name for i in program.inputs}
    names = Names([*named.values(), *OURS])
    gram = names.own("gram")
    code = emit(with_grams(graph, ops, gram), names, lambda s: named[s], hoist=True)
    lines = [f"{s.name} = {s.code}" for s in (*code.once, *code.each)]
    arguments = [i.name for i in program.params] + [i.name for i in program.inputs if i.kind != "param"]
    lines.append(f"return [{', '.join(code.outputs)}]")
    return build("second", arguments, lines, (*code.needs, f"from gdsym.arrays.grams import gram as {gram}"))


def _block(low: Lowering, letters: Axes, node: Node, heads: tuple[Node, Node]) -> Op:
    spans = [
        low.shapes.span(h, axis) for h in heads if isinstance(h, Base) for axis in range(len(low.shapes.arrays[h]))
    ]
    low.scope = {a: s for a, s in zip(letters, spans, strict=True) if s is not None}
    op = pieces.spread(low, low.value(node, letters), letters)
    low.scope = {}
    return op


__all__ = ["SecondDerivatives", "Sym"]
