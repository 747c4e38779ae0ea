"""One polynomial for log erfc u and its slope: e^(a^2) erfc(a) for a = |u|, and exp(-a^2), tell erfc, mills and the logarithm.

Each of these functions over an array is some fifty passes; a likelihood of a normal law asks for three of the same u.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from gdsym.arrays.graph import Graph, Op, operands_first
from gdsym.arrays.kernels import SCALED, rows

SCALED_ERFC: Final = (
    "def scaled_erfc(a):  # exp(a^2) erfc(a) for a >= 0: a polynomial in (a - 15/4)/(a + 15/4) over 1 + 2 a\n"
    "    a = a.clip(0.0, 1e300)\n"
    "    t = (a - 3.75)/(a + 3.75)\n"
    "    total = np.zeros_like(t)\n"
    f"    for c in {rows(SCALED)}:\n"
    "        total *= t\n"
    "        total += c\n"
    "    return total/(1 + 2*a)"
)
GAUSS: Final = (
    "def gauss(a):  # exp(-a^2) for a >= 0, the square of h exact\n"
    "    a = a.clip(0.0, 30.0)\n"
    "    h = np.floor(16*a)/16\n"
    "    return np.exp(-h*h)*np.exp((h - a)*(h + a))"
)


def by_scaled(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where several such functions of one |u| are needed; nothing if there are none."""
    every = operands_first(outputs)
    asked: dict[Op, set[Op]] = defaultdict(set)
    for op in every:
        if op.ndim and op.kind in ("mills", "erfc"):
            asked[_size(g, op)].add(op)
    sizes = {size for size, found in asked.items() if len(found) > 1 and any(op.kind == "mills" for op in found)}
    if not sizes:
        return {}
    done: dict[Op, Op] = {}
    for op in every:
        made = _made(g, op, sizes, done)
        done[op] = made or g.remade(op, tuple(done[a] for a in op.args))
    return done


def _size(g: Graph, op: Op) -> Op:
    """The |u| of erfc |u|, mills u and mills max(u, 0)."""
    return g.abs(_bare(op))


def _bare(op: Op) -> Op:
    u = op.args[0]
    return u.args[0] if op.kind == "mills" and u.kind == "maximum" and u.args[1].attr == 0 else u


def _made(g: Graph, op: Op, sizes: set[Op], done: Mapping[Op, Op]) -> Op | None:
    if op.kind == "where":
        return _by_sides(g, op, sizes, done)
    if op.kind not in ("mills", "erfc") or not op.ndim or _size(g, op) not in sizes:
        return None
    u = op.args[0]
    scaled, bell = _parts(g, g.abs(done[_bare(op)]))
    if op.kind == "erfc":
        return g.make("mul", bell, scaled) if u.kind == "abs" else None
    if u is not _bare(op):
        return None
    below = g.make("div", bell, g.add(((1, g.number(2)), (-1, g.make("mul", bell, scaled)))))
    test = g.make("compare", done[u], g.number(0), attr="<")
    return g.make("where", test, below, g.make("div", g.number(1), scaled))


def _by_sides(g: Graph, op: Op, sizes: set[Op], done: Mapping[Op, Op]) -> Op | None:
    """Where u < 0 is told apart, mills max(u, 0) is needed for u >= 0 only."""
    test, near, far = op.args
    if test.kind != "compare" or test.attr != "<" or test.args[1].attr != 0 or not op.ndim:
        return None
    u = test.args[0]
    half = g.found("maximum", u, g.number(0))
    mills = g.found("mills", half) if half else None
    if mills is None or g.abs(u) not in sizes:
        return None
    scaled, _ = _parts(g, g.abs(done[u]))
    return g.make("where", done[test], done[near], _put(g, far, mills, scaled, done))


def _parts(g: Graph, size: Op) -> tuple[Op, Op]:
    return g.make("scaled_erfc", size), g.make("gauss", size)


def _put(g: Graph, op: Op, mills: Op, scaled: Op, done: Mapping[Op, Op]) -> Op:
    """The formula with 1/scaled in place of mills."""
    if op is mills:
        return g.make("div", g.number(1), scaled)
    if op.kind == "mul" and len(op.args) == 2 and op.args[1] is mills:
        return g.make("div", done[op.args[0]], scaled)
    if mills not in g.reached(op):
        return done[op]
    return g.remade(op, tuple(_put(g, a, mills, scaled, done) for a in op.args))
