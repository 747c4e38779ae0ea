"""The log of a sum of exponentials beside its largest exponent: log s, where the largest of the terms of s is 1, by what the others add.

A classifier that is sure has log s far below the digits of s, and top + log s - z only where top - z is made first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gdsym.arrays.graph import Graph, Op, rewritten

AXES: Final[dict[int, dict[object, int]]] = {
    1: {None: -1, (0,): -1},
    2: {(0,): 0, (1,): 1},
}  # by the rank; -1: the whole vector
LOG_TOTAL: Final = (
    "def log_total(e, s):  # log s for s, the sum of e, whose largest entry is 1: if s is near 1, by what the others add\n"
    "    return math.log1p(float(e[e < 1].sum())) if s < 1.01 else np.log(s)"
)
LOG_TOTALS: Final = (
    "def log_totals(e, s, along):  # log s for s, the sums of the rows (or columns) of e, whose largest entry is 1: near 1 by the others\n"
    "    total, near = np.log(s), s < 1.01\n"
    "    if near.any():\n"
    "        others = e[near] if along else e[:, near].T\n"
    "        total[near] = np.log1p(np.where(others == 1, 0, others).sum(axis=1))\n"
    "    return total"
)


def by_largest(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such logarithms; nothing if there are none."""
    done = rewritten(g, outputs, lambda op, done: _log(g, op, done) or _last(g, op, done))
    return done if any(new is not op for op, new in done.items()) else {}


def _log(g: Graph, op: Op, done: dict[Op, Op]) -> Op | None:
    if not _is_log_of_total(op):
        return None
    total = op.args[0]
    axis = _axis(total)
    beside = () if axis == -1 else (g.number(axis or 0),)
    parts = (done[total.args[0]], done[total])
    return g.make("log_totals" if beside else "log_total", *parts, *beside, ndim=op.ndim)


def _axis(total: Op) -> int | None:
    return AXES.get(total.args[0].ndim, {}).get(total.attr)


def _is_log_of_total(op: Op) -> bool:
    """Is it log of sum exp(z - top), top the largest z along this axis?"""
    total = op.args[0] if op.kind == "log" else None
    if total is None or total.kind != "sum" or _axis(total) is None or total.args[0].kind != "exp":
        return False
    less = total.args[0].args[0]
    if less.kind != "add" or less.attr != (1, -1):
        return False
    z, top = less.args
    top = top.args[0] if top.kind == "expand" else top
    return top.kind == "max" and top.args[0] is z and top.attr == total.attr


def _last(g: Graph, op: Op, done: dict[Op, Op]) -> Op | None:
    """A sum that holds the largest exponent, and the logarithm behind it: z - top as it stands in exp, the logarithm last."""
    signed = list(_signed(g, op, 1)) if op.kind == "add" else []
    way, log = next((t for t in signed if _is_log_of_total(_bare(t[1]))), (0, op))
    if not way or len(signed) < 3:
        return None
    less = _bare(log).args[0].args[0].args[0]
    z, top = less.args
    own = zip(z.attr, z.args, strict=True) if z.kind == "add" else [(1, z)]
    whole = [(way, top), *((-way * sign, a) for sign, a in own)]
    if all(t in signed for t in whole):
        first = [(-way, less)]
    else:
        whole = first = [t for t in signed if _bare(t[1]) is _bare(top)]
    between = [t for t in signed if t not in whole and t != (way, log)]
    ordered = [*first, *between, (way, log)]
    terms = [_settled(g, a, done) for _, a in ordered]
    return g.make("add", *terms, attr=tuple(s for s, _ in ordered), ndim=op.ndim) if first else None


def _signed(g: Graph, op: Op, sign: int) -> Iterator[tuple[int, Op]]:
    """The terms of a sum, and of sums within it that hold such a logarithm."""
    for way, a in zip(op.attr, op.args, strict=True):
        inner = _bare(a)
        if inner.kind != "add" or not any(_is_log_of_total(_bare(part)) for part in inner.args):
            yield sign * way, a
        elif inner is a:
            yield from _signed(g, a, sign * way)
        else:
            for turned, part in _signed(g, inner, sign * way):
                yield turned, g.make("expand", part, attr=a.attr, ndim=a.ndim)


def _settled(g: Graph, op: Op, done: dict[Op, Op]) -> Op:
    return done[op] if op in done else g.remade(op, tuple(done[a] for a in op.args))


def _bare(op: Op) -> Op:
    return op.args[0] if op.kind == "expand" else op
