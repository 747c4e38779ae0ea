"""Which part of a flat vector is which parameter, and the sizes that its length tells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from gdsym.arrays.program import Input, Program
from gdsym.errors import DataError, shortened
from gdsym.written.nodes import Node

Shape: TypeAlias = "tuple[int, ...]"
Piece: TypeAlias = "tuple[int, int, Shape, bool]"  # from, to, the shape, and is it an array


def untold(program: Program, bound: Mapping[str, Any]) -> list[Input]:
    """The sizes that the data do not tell."""
    return [s for s in program.sizes if s.name not in bound]


def laid_out(program: Program, bound: Mapping[str, Any]) -> list[Piece]:
    """The parameters' pieces of a vector, in order, where `bound` holds all sizes."""
    pieces, at = [], 0
    for param, shape in _shapes(program, bound):
        pieces.append((at, at + math.prod(shape), shape, param.ndim > 0))
        at += math.prod(shape)
    return pieces


def sizes_for(program: Program, bound: Mapping[str, Any], total: int) -> dict[str, int]:
    """The size that the data do not tell, from the number of all entries of the parameters.

    Raises `DataError` if no size fits, or if more than one is not told: 12 numbers may be 3 x 4 or 2 x 6.
    """
    unknown = untold(program, bound)
    names = ", ".join(shortened(p.node.name, 40) for p in program.params[:9])
    if len(unknown) > 1:
        raise DataError(_asked_for(total, unknown, names))
    for number in range(1, total + 1) if unknown else (0,):
        sizes = {s.name: number for s in unknown}
        if sum(math.prod(shape) for _, shape in _shapes(program, {**bound, **sizes})) == total:
            return sizes
    raise DataError(f"x has {total} numbers, which does not fit the parameters {names}.")


def param_shapes(program: Program, bound: Mapping[str, Any]) -> list[tuple[Input, Shape]]:
    """The parameters with their shapes, where the data tell all sizes.

    Raises `DataError` if the length of an array parameter is not known from the data.
    """
    unknown = untold(program, bound)
    if unknown:
        raise DataError(f"The data do not tell the size {unknown[0].node.name}; give the parameters themselves.")
    return _shapes(program, bound)


def told_twice(total: int, unknown: Sequence[Input], before: Mapping[str, int], told: Mapping[str, int]) -> str:
    """The message where vectors of one length would have two layouts."""
    first, now = (", ".join(f"{shortened(s.node.name, 40)} = {t[s.name]}" for s in unknown[:9]) for t in (before, told))
    return (
        f"Vectors of {total} numbers were made with {first} by this bound cost, and now with {now}: which is which "
        "cannot be told. Bind the data once more for the other shapes."
    )


def _shapes(program: Program, bound: Mapping[str, Any]) -> list[tuple[Input, Shape]]:
    sizes: dict[Node, int] = {s.node: bound[s.name] for s in program.sizes}
    return [(p, program.shape(p, sizes)) for p in program.params]


def _asked_for(total: int, unknown: Sequence[Input], names: str) -> str:
    sizes = [shortened(s.node.name, 40) for s in unknown[:9]]
    return (
        f"x has {total} numbers for {names}, but how many go to which? Only the parameters tell the sizes "
        f"{', '.join(sizes)}. Make x by this bound cost's flat({{...}}) first, or give the sizes with the data: "
        f"bind({{..., {', '.join(f'{name!r}: ...' for name in sizes)}}})."
    )
