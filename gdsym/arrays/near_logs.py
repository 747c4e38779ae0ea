"""Differences of logarithms where the difference of what they are of is computed, too: log u - log v is log(1 + (u - v)/v) where both are near."""

from __future__ import annotations

from collections.abc import Iterable

from gdsym.arrays.graph import Graph, Op

Gaps = dict[tuple[Op, Op], Op]


def gaps_in(g: Graph, ops: Iterable[Op]) -> Gaps:
    """The differences among operations, by what they are of."""
    found: Gaps = {}
    for op in ops:
        if op.kind == "add" and op.attr in ((1, -1), (-1, 1)):
            u, v = op.args if op.attr == (1, -1) else op.args[::-1]
            found[u, v] = op
            found.setdefault((v, u), g.neg(op))
    return found


def places(op: Op) -> tuple[Op, Op] | None:
    """The u and v of log u - log v, or of log(u/v)."""
    sides: tuple[Op, ...] = ()
    if op.kind == "log" and op.args[0].kind == "div":
        sides = op.args[0].args
    elif op.kind == "add" and op.attr in ((1, -1), (-1, 1)) and all(a.kind == "log" for a in op.args):
        sides = tuple(a.args[0] for a in (op.args if op.attr == (1, -1) else op.args[::-1]))
    return (sides[0], sides[1]) if len(sides) == 2 and all(a.ndim in (0, op.ndim) for a in sides) else None


def near_log(g: Graph, gap: Op, v: Op, far: Op) -> Op:
    """The log(1 + gap/v) where the gap is less than half of v > 0, else as it stands."""
    near = g.make("log1p", g.make("div", gap, v))
    small = g.make("compare", g.make("mul", g.number(2), g.abs(gap)), v, attr="<")
    return g.make("where", small, near, far)
