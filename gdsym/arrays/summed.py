"""Sums over the rows of tables that are made anyway: f @ T - U.sum(axis=0) is that of f T - U. Slopes by biases need what those by weights do."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Graph, Op


def summed(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with differences of such sums as sums of one table; what became of each operation."""
    live = frozenset(reachable(outputs))
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            done[op] = _sum(op) or g.remade(op, tuple(map(visit, op.args)))
        return done[op]

    def _sum(op: Op) -> Op | None:
        if op.kind != "add" or op.ndim != 1:
            return None
        below = {a.args[1] if _is_divided(a) else None for a in op.args}
        number = below.pop() if len(below) == 1 else None
        tables = [_table(g, a if number is None else a.args[0]) for a in op.args]
        terms = [(s, t) for s, t in zip(op.attr, tables, strict=True) if t is not None]
        if len(terms) < len(tables):
            return None
        whole = g.add(tuple(terms))
        bare = whole.args[0] if whole.kind == "neg" else whole
        if bare not in live and not all(t in live for _, t in terms):
            return None
        made = g.make("sum", visit(bare), attr=(0,), ndim=1)
        made = made if bare is whole else g.neg(made)
        return made if number is None else g.make("div", made, number)

    return [visit(op) for op in outputs], done


def _table(g: Graph, op: Op) -> Op | None:
    """The table whose sum over the rows this is."""
    if op.kind == "sum" and op.attr == (0,) and op.args[0].ndim == 2:
        return op.args[0]
    if op.kind == "matmul" and op.args[0].ndim == 1 and op.args[1].ndim == 2:
        row = g.make("expand", op.args[0], attr=(True, False), ndim=2)
        return g.make("mul", row, op.args[1])
    if op.kind == "einsum" and op.attr == "ab,ab->b":
        return g.found("mul", *op.args) or g.make("mul", *op.args[::-1])
    return None


def _is_divided(op: Op) -> bool:
    """By a number?"""
    return op.kind == "div" and not op.args[1].ndim
