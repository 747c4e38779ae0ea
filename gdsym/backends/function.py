"""Loops as compiled functions: outputs at given parameters and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

from gdsym.arrays import Compiled, Program
from gdsym.arrays.graph import Op
from gdsym.arrays.names import Names
from gdsym.backends.extents import Extent, Extents
from gdsym.backends.nest import Nest
from gdsym.backends.order import longest
from gdsym.backends.special_words import COUNTS
from gdsym.backends.trial import Loops, built
from gdsym.backends.words import HEAD, HELPERS, JIT, helpers
from gdsym.descent.lines import indented

TAKEN = (
    "J",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
    "njit",
    "evaluate",
    "descend",
    *HELPERS,
    *(f"scipy_{name}" for name in COUNTS),
)


def names_of(program: Program) -> Names:
    """Names that are left beside the inputs' own."""
    named = [i.name for i in program.inputs]
    return Names([*named, *TAKEN, *(f"g_{n}" for n in named)])


def sweep_of(program: Program, outputs: Sequence[Op], sizes: Mapping[Any, int]) -> Extent:
    """The index that the one loop over the data runs along, with these sizes."""
    return longest(outputs, Extents(program), sizes)


def source(program: Program, outputs: Sequence[Op], swept: Extent) -> str:
    """A module that defines `evaluate(parameters, data) -> outputs`, arrays as arrays."""
    names, extents = names_of(program), Extents(program)
    nest = Nest(outputs, extents, names, swept)
    lines, results = [], []
    for op in outputs:
        results.append(names.numbered("out"))
        lines += memory(op, results[-1], extents) + nest.output(op, results[-1])
    body = [*nest.lines.memory, *nest.lines.once, *nest.lines.each, *lines, f"return {', '.join(results)},"]
    return module([f"def evaluate({', '.join(i.name for i in program.inputs)}):", *indented(1, body)])


def whole(program: Program, swept: Extent) -> str:
    """`evaluate` for the cost and all partials together."""
    return source(program, [program.graph.value, *program.graph.gradients], swept)


def module(function: Sequence[str]) -> str:
    """A module with one compiled function and what it calls."""
    code = "\n".join([JIT, *function])
    return "\n".join([*HEAD, *helpers(code), code, ""])


def memory(op: Op, name: str, extents: Extents) -> list[str]:
    """Room for an array result."""
    return [f"{name} = np.empty(({', '.join(map(extents.said, extents(op)))},))"] if op.ndim else []


def laid_out(value: Any) -> Any:
    """An array as compiled loops like it: row after row."""
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) and value.ndim else value


class NumbaCompiled(Compiled):
    """Value and gradient as compiled loops."""

    @cached_property
    def source(self) -> str:
        return whole(self.program, self._usual)

    @property
    def _usual(self) -> Extent:
        """The index that is swept if the sizes, in order of occurrence, are large first."""
        sizes = {s.node: 1000 - p for p, s in enumerate(self.program.sizes)}
        return sweep_of(self.program, [self.program.graph.value, *self.program.graph.gradients], sizes)

    def _code(self, outputs: Sequence[Op]) -> tuple[Any, Any]:
        """(once, each): the data laid out for the loops, then the loops."""
        given = [i for i in self.program.inputs if i.kind != "param"]
        sizes = [i.node for i in given if i.kind == "size"]
        told = [position for position, i in enumerate(given) if i.kind == "size"]
        count = len(self.program.params)

        @cache
        def swept(index: Extent) -> Any:
            text = source(self.program, outputs, index)
            return built(Loops(text, "evaluate", ((whole(self.program, index), self.program),)))

        @lru_cache(maxsize=64)
        def loops(*lengths: int) -> Any:
            return swept(sweep_of(self.program, outputs, dict(zip(sizes, lengths, strict=True))))

        def once(*values: Any) -> tuple[Any, ...]:
            return tuple(map(laid_out, values))

        def each(*values: Any) -> Any:
            params, data = values[:count], values[count + len(given) :]
            return loops(*(data[position] for position in told))(*map(laid_out, params), *data)

        return once, each
