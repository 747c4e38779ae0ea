"""Chains of three matrices: (A B) C or A (B C), whichever takes less work at sizes as they usually are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import PARAM, Graph, Op
from gdsym.arrays.measure import Measure
from gdsym.arrays.shapes import Shapes
from gdsym.written.nodes import Base

if TYPE_CHECKING:
    from gdsym.arrays.program import Input

SAMPLES, COLUMNS, OWN = 1000, 30, 10  # lengths of axes of data, of data and parameters, and of parameters alone


class Usual(Measure):
    """Shapes of operations at sizes as they usually are; `apart` tells which of them are of the same sizes whatever these are."""

    apart: Usual | None = None

    def __init__(self, inputs: Sequence[Input], shapes: Shapes, *, different: bool = False) -> None:
        heads = {i.node for i in inputs if i.kind == "param"}
        if different:
            self._sizes = {size: 1009 + 13 * place for place, size in enumerate(shapes.sizes)}
        else:
            self._sizes = {size: _usual([r.base in heads for r in readers]) for size, readers in shapes.sizes.items()}
            self.apart = Usual(inputs, shapes, different=True)
        self._leaves = {i.name: self._lengths(shapes, i) for i in inputs if i.ndim}
        self._known = {}

    def _lengths(self, shapes: Shapes, given: Input) -> tuple[int, ...]:
        axes = shapes.arrays[given.node] if isinstance(given.node, Base) else ()
        known = (a.length or next(iter(a.least), None) for a in axes)
        return tuple(COLUMNS if form is None else max(form.at(self._sizes), 1) for form in known)


def _usual(of_params: Sequence[bool]) -> int:
    return OWN if of_params and all(of_params) else COLUMNS if any(of_params) else SAMPLES


def associated(g: Graph, outputs: Sequence[Op], usual: Usual) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such chains in the better order, where nothing else needs the product inside; what became of each."""
    users = Counter(a for op in reachable(outputs) for a in op.args)
    users.update(outputs)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            done[op] = _turned(op) or g.remade(op, tuple(map(visit, op.args)))
        return done[op]

    def _turned(op: Op) -> Op | None:
        for place in (0, 1) if _is_product(op) else ():
            inner, other = op.args[place], op.args[1 - place]
            if _is_product(inner) and users[inner] == 1:
                three = (*inner.args, other) if place == 0 else (other, *inner.args)
                ready = [_made_once(usual.apart, *pair) for pair in pairwise(three)]
                first, last = _work([usual(a) for a in three], ready)
                if (last < first) if place == 0 else (first < last):
                    return visit(_made(g, three, last < first))
        return None

    return [visit(op) for op in outputs], done


def _is_product(op: Op) -> bool:
    return op.kind == "matmul" and op.ndim == 2


def _made_once(apart: Usual | None, one: Op, other: Op) -> bool:
    """Is their product one of data alone, and as large as one of them? Then it is there before a loop."""
    if (one.needs | other.needs) & PARAM or apart is None:
        return False
    first, last = apart(one), apart(other)
    return (first[0], last[1]) in (first, last)


def _work(three: Sequence[Sequence[int]], ready: Sequence[bool]) -> tuple[int, int]:
    """Multiplications of (A B) C and of A (B C), where A B may be ready, or B C."""
    a, b, c = three
    first, last = 0 if ready[0] else prod(a) * b[1], 0 if ready[1] else prod(b) * c[1]
    return first + a[0] * b[1] * c[1], last + a[0] * a[1] * c[1]


def _made(g: Graph, three: Sequence[Op], last_first: bool) -> Op:
    a, b, c = three
    if last_first:
        return g.make("matmul", a, g.make("matmul", b, c, ndim=2), ndim=2)
    return g.make("matmul", g.make("matmul", a, b, ndim=2), c, ndim=2)
