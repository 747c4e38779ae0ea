"""Matrix products with a factor in common are one: A B - c * (C B) is (A - c * C) B, with a number for each row in c."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Graph, Op
from gdsym.record import record

ROWS = (True, False)  # how a vector is shown that has a number for each row


@record
class Term:
    """A term of a sum: a matrix product, and the numbers and vectors that stand before it or below it."""

    sign: int
    op: Op
    product: Op
    by_rows: bool  # does a vector stand there?


def gathered(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such products put together, where nothing else needs them; what became of each operation."""
    users = Counter(a for op in reachable(outputs) for a in op.args)
    users.update(outputs)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            args = tuple(map(visit, op.args))
            done[op] = _sum(op) or g.remade(op, args)
        return done[op]

    def _sum(op: Op) -> Op | None:
        if op.kind != "add" or op.ndim != 2:
            return None
        terms = [_term(sign, arg, users) for sign, arg in zip(op.attr, op.args, strict=True)]
        for place in (1, 0):
            alike = [t for t in terms if t is not None and (place or not t.by_rows)]
            count = Counter(t.product.args[place] for t in alike)
            for common in (c for c, times in count.items() if times > 1):
                return visit(_joined(g, op, [t for t in alike if t.product.args[place] is common], place))
        return None

    return [visit(op) for op in outputs], done


def _term(sign: int, op: Op, users: Counter[Op]) -> Term | None:
    """The term, if it holds a product that only this sum needs."""
    found = _parted(op)
    if found is None or users[op] > 1 or users[found[0]] > 1:
        return None
    return Term(sign, op, found[0], any(a.ndim for a in found[1]))


def _parted(op: Op) -> tuple[Op, list[Op]] | None:
    """The matrix product in c * (A B), (A B)/c, or A B itself, and what stands beside it."""
    if op.kind == "matmul" and op.ndim == 2:
        return op, []
    if op.kind == "neg":
        return _parted(op.args[0])
    for place, factor in enumerate(op.args) if op.kind in ("mul", "div") else ():
        beside = [*op.args[:place], *op.args[place + 1 :]]
        if (op.kind == "mul" or place == 0) and all(a.ndim == 0 or _is_by_rows(a) for a in beside):
            found = _parted(factor)
            return None if found is None else (found[0], [*found[1], *beside])
    return None


def _is_by_rows(op: Op) -> bool:
    return op.kind == "expand" and op.attr == ROWS


def _joined(g: Graph, op: Op, own: Sequence[Term], place: int) -> Op:
    """The sum with the terms `own` as one product; they have the factor at `place` in common."""
    inside = g.add(tuple((t.sign, _with(g, t.op, t.product, t.product.args[1 - place])) for t in own))
    common = own[0].product.args[place]
    product = g.make("matmul", *((inside, common) if place else (common, inside)), ndim=2)
    taken = {t.op for t in own}
    rest = [(s, a) for s, a in zip(op.attr, op.args, strict=True) if a not in taken]
    return g.add(((1, product), *rest)) if rest else product


def _with(g: Graph, op: Op, product: Op, matrix: Op) -> Op:
    """The term with a matrix in place of its product."""
    if op is product:
        return matrix
    if op.kind == "neg":
        return g.neg(_with(g, op.args[0], product, matrix))
    args = [_with(g, a, product, matrix) if a.ndim == 2 and not _is_by_rows(a) else a for a in op.args]
    return g.make(op.kind, *args, attr=op.attr, ndim=2)
