"""The gradient at many points at once: a cost over many starts is one sum over them, so the compiler vectorises it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from gdsym.arrays import Compiled, compile_program
from gdsym.door import all_names
from gdsym.named import put_in
from gdsym.plot.section import Section
from gdsym.written.nodes import Base, Indexed, Node, Num, Sum, Sym, fresh, rewrite

Array = npt.NDArray[np.float64]
AT_ONCE = 2_000_000  # numbers in one array


def gradient_everywhere(part: Section, data: Mapping[Any, Any] | None) -> Callable[[Array], Array]:
    """f(X) = the gradient at every row of X, flat parameters in order; derived once, compiled for all rows together."""
    problem = part.cost.problem
    names = all_names(problem.expanded)
    start, count = fresh("s", names), fresh("S", names)
    many = {p: Base(sympy.IndexedBase(f"{_name(p)}_starts")) for p in problem.params}
    slopes = [_slope(part.cost, p, many, start) for p in problem.params]
    value = Sum(_spread(problem.expanded, many, start), start, Num(1), count)
    program = compile_program(value, tuple(many.values()), slopes)
    shapes = part.bound_shapes
    both = Compiled(program)
    rows = max(1, AT_ONCE // max(1, max((int(np.size(v)) for v in part.bound.data.values()), default=1)))

    def gradient(points: Array) -> Array:
        blocks = [_block(both, many, shapes, points[k : k + rows], data) for k in range(0, len(points), rows)]
        return np.concatenate(blocks)

    return gradient


def _name(node: Any) -> str:
    return str(node.name)


def _slope(cost: Any, param: Node, many: Mapping[Node, Base], start: Sym) -> Any:
    d = cost.partial(param)
    written = _spread(put_in(d.written, d.where), many, start)
    entry = d.variables[0]
    return ((start, *entry.indices) if isinstance(entry, Indexed) else (start,)), written


def _spread(node: Node, many: Mapping[Node, Base], start: Sym) -> Node:
    """Every w becomes w_s, every W_jk becomes W_sjk."""

    def change(part: Node) -> Node:
        if isinstance(part, Sym) and part in many:
            return Indexed(many[part], start)
        if isinstance(part, Indexed) and part.base in many:
            return Indexed(many[part.base], start, *part.indices)
        return part

    return rewrite(node, change)


def _block(
    both: Compiled,
    many: Mapping[Node, Base],
    shapes: list[tuple[int, ...]],
    points: Array,
    data: Mapping[Any, Any] | None,
) -> Array:
    at, params = 0, {}
    for base, shape in zip(many.values(), shapes, strict=True):
        size = int(np.prod(shape, dtype=int))
        params[base.base] = points[:, at : at + size].reshape(len(points), *shape)
        at += size
    slopes = both.gradient(params, data)
    return np.concatenate([np.reshape(g, (len(points), -1)) for g in slopes.values()], axis=1)
