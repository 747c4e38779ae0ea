"""Directions u/|u|, where |u| is the root of a sum of squares: 0 at u = 0, a subgradient of |u|, and not 0/0."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.arrays.align import entrywise
from gdsym.arrays.graph import Graph, Op, Value

LEAST_NORM = 1e-154  # the root of the least float: what is smaller is not known by its square


def not_zero(g: Graph, norm: Value, above: Iterator[Value]) -> Value:
    """The norm, or hardly anything in place of 0, if what stands above is one of its entries."""
    root = guarded(norm.op)
    if root.kind != "sqrt":
        return norm
    entries = frozenset(squared(guarded(root.args[0])))
    if not any(_bare(v.op) in entries for v in above):
        return norm
    return entrywise(g, "maximum", norm, Value(g.number(LEAST_NORM)))


def guarded(op: Op) -> Op:
    """What is computed where a condition holds, and is a number elsewhere; any other operation itself."""
    return op.args[1] if op.kind == "where" and op.args[2].kind == "number" else op


def squared(op: Op) -> Iterator[Op]:
    """What is squared in a sum of nothing but squares."""
    if op.kind == "add" and all(s > 0 for s in op.attr):
        found = [list(squared(a)) for a in op.args]
        yield from (x for part in found for x in part if all(found))
    elif op.kind in ("sum", "transpose", "expand"):
        yield from squared(op.args[0])
    elif op.kind in ("mul", "einsum", "vdot", "matmul") and len(op.args) == 2 and op.args[0] is op.args[1]:
        yield _bare(op.args[0])


def _bare(op: Op) -> Op:
    """But for the places of its axes and its sign."""
    return _bare(op.args[0]) if op.kind in ("transpose", "expand", "neg") else op
