"""Tables of data beside vectors that move, (u_i + v_j - C_ij)/s: C/s is made once, before a loop, and no table is divided in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdsym.arrays.graph import DATA, PARAM, Graph, Op, operands_first
from gdsym.arrays.places import is_whole


def data_apart(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such sums opened; what became of each operation."""
    every = operands_first(outputs)
    users = Counter(a for op in every for a in op.args) + Counter(outputs)
    done: dict[Op, Op] = {}
    for op in every:
        done[op] = _opened(g, op, users, done) or g.remade(op, tuple(done[a] for a in op.args))
    return [done[op] for op in outputs], done


def _opened(g: Graph, op: Op, users: Counter[Op], done: dict[Op, Op]) -> Op | None:
    if op.kind not in ("mul", "div") or len(op.args) != 2 or op.ndim != 2:
        return None
    total, number = op.args if op.kind == "div" else op.args[::-1]
    if number.ndim or number.needs != DATA or total.kind != "add" or users[total] > 1:
        return None
    signed = list(zip(total.attr, total.args, strict=True))
    tables = [(s, a) for s, a in signed if not a.needs & PARAM]
    vectors = [(s, a) for s, a in signed if a.needs & PARAM]
    if not vectors or not all(_is_vector(a) for _, a in vectors) or not any(is_whole(a, 2) for _, a in tables):
        return None
    parts = [*vectors, (1, g.add(tuple(tables)))]
    return g.add(tuple((s, _scaled(g, op, a, number, done)) for s, a in parts))


def _is_vector(op: Op) -> bool:
    return op.ndim < 2 or op.kind == "expand"


def _scaled(g: Graph, op: Op, part: Op, number: Op, done: dict[Op, Op]) -> Op:
    """A term times, or over, the number; the vector before it is shown along rows or columns."""
    if part.kind == "expand":
        inner = _scaled(g, op, part.args[0], number, done)
        return g.make("expand", inner, attr=part.attr, ndim=part.ndim)
    new, by = done.get(part) or g.remade(part, tuple(done[a] for a in part.args)), done[number]
    return g.make("div", new, by) if op.kind == "div" else g.make("mul", by, new)
