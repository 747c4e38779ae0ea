"""The code of a program that fits its data: as it is read, or in tiles where arrays would be large."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Op
from gdsym.arrays.program import Input, Program
from gdsym.arrays.source import split
from gdsym.written.nodes import Node

Function = Callable[..., Any]
LARGE = 1 << 18  # entries from which an array is made in tiles, if it is large beside the inputs


def fitted(program: Program, outputs: Sequence[Op]) -> tuple[Function, Function]:
    """(once, each) as `split` makes them, in tiles where the data ask for it."""
    plain = split(program, outputs)
    rank = max((op.ndim for op in reachable(outputs)), default=0)
    given = [i for i in program.inputs if i.kind != "param"]
    last: list[Any] = [None, plain]  # the shapes that were seen last, and what fits them

    def fitting(values: Sequence[Any]) -> tuple[Function, Function]:
        key = [v.shape if i.ndim else v if i.kind == "size" else None for i, v in zip(given, values, strict=True)]
        if last[0] != key:
            bound = {i.name: v for i, v in zip(given, values, strict=True)}
            sizes: dict[Node, int] = {s.node: bound[s.name] for s in program.sizes}
            shapes = {p.name: program.shape(p, sizes) for p in program.params}
            lengths = [n for v in values for n in getattr(v, "shape", (v,))]
            small = (2 * max(lengths, default=1) + 2) ** rank <= LARGE  # windows and padded arrays are that long
            last[:] = [key, plain if small else _in_tiles(program, bound, shapes, outputs, given) or plain]
        found: tuple[Function, Function] = last[1]
        return found

    def once(*values: Any) -> tuple[Any, ...]:
        first, then = fitting(values)
        return then, first(*values)

    def each(*values: Any) -> Any:
        return values[-2](*values[:-2], *values[-1])

    return once, each


def _in_tiles(
    program: Program, bound: Mapping[str, Any], shapes: Mapping[str, Any], outputs: Sequence[Op], given: Sequence[Input]
) -> tuple[Function, Function] | None:
    from gdsym.arrays.tiled import functions, in_tiles

    tiled = in_tiles(program, bound, shapes, outputs)
    return None if tiled is None else functions(tiled, given)
