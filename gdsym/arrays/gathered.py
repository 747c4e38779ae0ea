"""Matrix products with a factor in common are one: A B - c * (C B) is (A - c * C) B, with a number for each row in c.

So are tables that are multiplied by the same: c * T - D * T is (c - D) * T.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.gathered_vectors import one_product
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
            return one_product(g, op, users) if op.kind == "add" and op.ndim == 1 else None
        below = {a.args[1] if _is_divided(a) else a for a in op.args}
        if len(below) == 1 and all(_is_divided(a) and users[a] <= 1 for a in op.args):
            above = g.add(tuple((s, a.args[0]) for s, a in zip(op.attr, op.args, strict=True)))
            return visit(g.make("div", above, *below, ndim=2))
        for table in _tables(op.args[0]):
            rest = [_without(g, arg, table, users) for arg in op.args]
            if None not in rest:
                inside = g.add(tuple((s, a) for s, a in zip(op.attr, rest, strict=True) if a is not None))
                return visit(g.make("mul", inside, table, ndim=2))
        dealt = _dealt(g, op, users)
        if dealt is not op:
            return visit(dealt)
        terms = [_term(sign, arg, users) for sign, arg in zip(op.attr, op.args, strict=True)]
        for place in (1, 0):
            alike = [t for t in terms if t is not None and (place or not t.by_rows)]
            count = Counter(t.product.args[place] for t in alike)
            for common in (c for c, times in count.items() if times > 1):
                return visit(_joined(g, op, [t for t in alike if t.product.args[place] is common], place))
        return None

    return [visit(op) for op in outputs], done


def _tables(op: Op) -> list[Op]:
    """The factors of a term that are tables, but for matrix products."""
    if op.kind == "neg" or (op.kind == "div" and not op.args[1].ndim):
        return _tables(op.args[0])
    if op.kind == "mul":
        return [table for a in op.args for table in _tables(a)]
    return [op] if op.ndim == 2 and op.kind not in ("matmul", "expand") else []


def _without(g: Graph, op: Op, table: Op, users: Counter[Op]) -> Op | None:
    """A term without a factor that only this sum needs multiplied; None if it has no such factor."""
    if users[op] > 1:
        return None
    if op.kind == "neg" or (op.kind == "div" and not op.args[1].ndim):
        rest = _without(g, op.args[0], table, users)
        return None if rest is None else g.remade(op, (rest, *op.args[1:]))
    for place, a in enumerate(op.args) if op.kind == "mul" and op.ndim == 2 else ():
        others = [*op.args[:place], *op.args[place + 1 :]]
        left = [] if a is table else [_without(g, a, table, users)]
        if None not in left:
            parts = [*others[:place], *(r for r in left if r is not None), *others[place:]]
            rest = parts[0] if len(parts) == 1 else g.make("mul", *parts)
            return rest if rest.ndim == 2 else None
    return None


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


def _is_divided(op: Op) -> bool:
    """By a number?"""
    return op.kind == "div" and not op.args[1].ndim


def _dealt(g: Graph, op: Op, users: Counter[Op]) -> Op:
    """(f A)' B as A' (f B), for a number for each row in f, where another term is a product that begins with A'."""
    heads = {a.args[0] for a in op.args if a.kind == "matmul"}
    terms = []
    for a in op.args:
        found = _scaled(a.args[0]) if a.kind == "matmul" and users[a] <= 1 else None
        head = None if found is None else g.make("transpose", found[1], attr=(1, 0))
        if found is not None and head is not None and head in heads:
            a = g.make("matmul", head, g.make("mul", found[0], a.args[1]), ndim=2)
        terms.append(a)
    return op if tuple(terms) == op.args else g.add(tuple(zip(op.attr, terms, strict=True)))


def _scaled(op: Op) -> tuple[Op, Op] | None:
    """F and A of (f A)'."""
    inside = op.args[0] if op.kind == "transpose" else None
    if inside is None or inside.kind != "mul" or len(inside.args) != 2 or not any(map(_is_by_rows, inside.args)):
        return None
    first, second = inside.args
    return (first, second) if _is_by_rows(first) else (second, first)


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
