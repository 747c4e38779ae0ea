"""How large every operation is, at given data: the memory of a program is known before it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays.graph import Op
from gdsym.written.nodes import Sym

if TYPE_CHECKING:
    from gdsym.arrays.program import Program

Shape = tuple[int, ...]


class Measure:
    """Shapes of the operations of a program; each is found once."""

    def __init__(self, program: Program, bound: Mapping[str, Any], shapes: Mapping[str, Shape]) -> None:
        """`bound` holds data and sizes by code name, `shapes` those of the parameters."""
        self._sizes: dict[Any, int] = {i.node: int(bound[i.name]) for i in program.sizes if i.name in bound}
        self._leaves = {i.name: shapes[i.name] if i.name in shapes else np.shape(bound[i.name]) for i in program.inputs}
        self._known: dict[Op, Shape] = {}

    def __call__(self, op: Op) -> Shape:
        if op not in self._known:
            if not op.ndim:
                self._known[op] = ()
            else:
                find = getattr(self, f"_{op.kind}", self._entrywise)
                self._known[op] = find(op)
        return self._known[op]

    def entries(self, op: Op) -> int:
        return math.prod(self(op))

    @property
    def largest_input(self) -> int:
        return max((math.prod(s) for s in self._leaves.values()), default=1)

    def _leaf(self, op: Op) -> Shape:
        return self._leaves[str(op.attr)]

    def _entrywise(self, op: Op) -> Shape:
        return np.broadcast_shapes(*map(self, op.args))

    def _transpose(self, op: Op) -> Shape:
        inner = self(op.args[0])
        return tuple(inner[p] for p in op.attr)

    def _expand(self, op: Op) -> Shape:
        inner = iter(self(op.args[0]))
        return tuple(next(inner) if shown else 1 for shown in op.attr)

    def _sum(self, op: Op) -> Shape:
        return tuple(n for p, n in enumerate(self(op.args[0])) if p not in op.attr)

    _max = _prod = _sum

    def _matmul(self, op: Op) -> Shape:
        return (*self(op.args[0])[:-1], *self(op.args[1])[1:])

    def letters(self, op: Op) -> dict[str, int]:
        """How long each letter's axis is in a sum of products."""
        words = str(op.attr).split("->")[0].split(",")
        return {x: n for word, a in zip(words, op.args, strict=True) for x, n in zip(word, self(a), strict=True)}

    def _einsum(self, op: Op) -> Shape:
        length = self.letters(op)
        return tuple(length[x] for x in str(op.attr).split("->")[1])

    def _slice(self, op: Op) -> Shape:
        pairs = zip(op.attr, self(op.args[0]), strict=True)
        return tuple(self._part(take[1], take[2], n) for take, n in pairs if take[0] == "part")

    def _part(self, start: Any, stop: Any, n: int) -> int:
        last = None if stop is None else stop.at(self._sizes)
        return len(range(*slice(start.at(self._sizes), last).indices(n)))

    def _arange(self, op: Op) -> Shape:
        first, last = op.attr
        return (max(last.at(self._sizes) - first.at(self._sizes) + 1, 0),)

    def _lookup(self, op: Op) -> Shape:
        return (*np.broadcast_shapes(*map(self, op.args[1:])), *self(op.args[0])[len(op.args) - 1 :])

    def _spots(self, op: Op) -> Shape:
        return (*self(op.args[0])[:-1], op.attr.at(self._sizes))

    def _eye(self, op: Op) -> Shape:
        return (op.attr.at(self._sizes),) * 2

    def _full(self, op: Op) -> Shape:
        return tuple(length.at(self._sizes) for length in op.attr)

    _scatter = _spread = _full

    def _concatenate(self, op: Op) -> Shape:
        parts = [self(a) for a in op.args]
        return (sum(s[0] for s in parts), *parts[0][1:])

    def _moving(self, op: Op) -> Shape:
        count, *others = self(op.args[0])
        return (count - op.attr.at(self._sizes) + 1, *others)

    _moving_max = _moving

    def _windows(self, op: Op) -> Shape:
        return self._cut(op, [width.at(self._sizes) for _, width in op.attr])

    def _cut(self, op: Op, widths: list[Any]) -> tuple[Any, ...]:
        """The widths, then the number of windows along each axis."""
        inner = list(self(op.args[0]))
        for (axis, _), width in zip(op.attr, widths, strict=True):
            inner[axis] = inner[axis] - width + 1
        return (*widths, *inner)

    def _correlated(self, op: Op) -> tuple[Any, ...]:
        return tuple(n - k + 1 for n, k in zip(*map(self, op.args), strict=True))

    def _shifted(self, op: Op) -> Shape:
        lengths = list(self(op.args[0])[len(op.attr) :])
        for axis, _, _, more in op.attr:
            lengths[axis] += more.at(self._sizes)
        return tuple(lengths)

    def _placed(self, op: Op) -> Shape:
        return self(op.args[0])

    _put_in = _placed

    def _solved(self, op: Op) -> Shape:
        return self(op.args[1])

    def _moving_exp(self, op: Op) -> Shape:
        return (self(op.args[2])[0], *self(op.args[0])[1:])

    def _row_tops(self, op: Op) -> Shape:
        return self(op.args[0])[:1]

    _picked = _row_tops

    def _log_totals(self, op: Op) -> Shape:
        return self(op.args[1])

    def _log_total(self, op: Op) -> Shape:
        return ()

    _bent = _log_total

    _far_rows = _row_sums = _row_tops

    def _row_shares(self, op: Op) -> Shape:
        return self(op.args[2])

    def _diagonal(self, op: Op) -> Shape:
        inner, pair = self(op.args[0]), op.attr
        return (*(n for p, n in enumerate(inner) if p not in pair), min(inner[p] for p in pair))


__all__ = ["Measure", "Shape", "Sym"]
