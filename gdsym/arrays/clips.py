"""Huber's loss, a square that goes on as a straight line, by the clipped residual b: u where |u| <= c, else c sign(u).

Its slope is a multiple of b, and what is u^2 or 2 c |u| - c^2 is b (2 u - b) on both sides: no choice entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from random import Random
from typing import Final

from gdsym.arrays.graph import Graph, Op, rewritten

NEAR, FAR = ("<", "<="), (">", ">=")
PLACES, ROUNDED = 3, Fraction(1, 10**15)
PLAIN = ("number", "add", "mul", "div", "neg", "abs")
Sides = tuple[Fraction, Fraction]
CLIPPED: Final = (
    "def clipped(u, c):  # u where |u| <= c, else c sign(u)\n    return u.clip(-c, c) if c >= 0 else c*np.sign(u)"
)
BENT: Final = (
    "def squares_and_lines(u, b, c):  # the sum of u^2 where |u| <= c, else of 2 c |u| - c^2; b = clipped(u, c)\n"
    "    return np.vdot(b, 2*u - b) - (c*c*np.count_nonzero(u == 0) if c < 0 else 0.0)"
)


def by_clips(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such cases; nothing if there are none."""

    def rule(op: Op, done: dict[Op, Op]) -> Op | None:
        return _total(g, op, done) if op.kind == "sum" and op.attr is None else _slope(g, op, done)

    done = rewritten(g, outputs, rule)
    return done if any(new is not op for op, new in done.items()) else {}


def _cases(op: Op) -> tuple[Op, Op, Op, Op] | None:
    """The u and c of |u| <= c, what holds there, and what holds else."""
    test = op.args[0] if op.kind == "where" and op.ndim else None
    if test is None or test.kind != "compare":
        return None
    (first, other), sides = test.args, (NEAR, FAR)
    if first.kind != "abs":
        first, other, sides = other, first, (FAR, NEAR)
    if first.kind != "abs" or other.ndim or first.ndim != op.ndim or not any(test.attr in s for s in sides):
        return None
    near, far = op.args[1:] if test.attr in sides[0] else op.args[:0:-1]
    return first.args[0], other, near, far


def _slope(g: Graph, op: Op, done: dict[Op, Op]) -> Op | None:
    """{f u; f c sign(u)} is f b."""
    found = _cases(op)
    if found is None:
        return None
    u, c, near, far = found
    if not _always(u, c, near, far, lambda a, bound, one, other: (one * bound, other * a)) or not _is_linear(near, u):
        return None
    b = _clipped(g, u, c, done)
    return _put(g, near, u, b, done)


def _total(g: Graph, op: Op, done: dict[Op, Op]) -> Op | None:
    """The sum of {f u^2; f (2 c |u| - c^2)} is f b . (2 u - b) for a number f."""
    found = _cases(op.args[0])
    if found is None:
        return None
    u, c, near, far = found
    numbers = _before_square(near, u)
    if numbers is None or not _always(
        u, c, near, far, lambda a, bound, one, other: (one * (2 * bound * a - bound**2), other * a**2)
    ):
        return None
    b, residual = _clipped(g, u, c, done), done[u]
    if c.kind == "number":
        double = g.add(((1, g.make("mul", g.number(2), residual)), (-1, b)))
        total = g.make("matmul" if u.ndim == 1 else "vdot", b, double, ndim=0)
    else:
        total = g.make("bent", residual, b, done[c], ndim=0)
    for over, number in numbers:
        total = g.make("div" if over else "mul", *((total, done[number]) if over else (done[number], total)), ndim=0)
    return total


def _clipped(g: Graph, u: Op, c: Op, done: dict[Op, Op]) -> Op:
    return g.make("clipped", done[u], done[c], ndim=u.ndim)


def _before_square(op: Op, u: Op) -> list[tuple[bool, Op]] | None:
    """The numbers (is it one below a bar?) that u^2 is multiplied by; None if it is no such thing."""
    if op.kind == "div" and not op.args[1].ndim:
        inner = _before_square(op.args[0], u)
        return None if inner is None else [*inner, (True, op.args[1])]
    if op.kind == "pow":
        return [] if op.args[0] is u and op.args[1].attr == 2 else None
    if op.kind != "mul":
        return None
    tables = [a for a in op.args if a.ndim]
    numbers = [(False, a) for a in op.args if not a.ndim]
    if len(tables) == 1 and tables[0] is not u:
        inner = _before_square(tables[0], u)
        return None if inner is None else [*inner, *numbers]
    return numbers if len(tables) == 2 and all(a is u for a in tables) else None


def _is_linear(op: Op, u: Op) -> bool:
    """Is it u times, or over, what is free of u?"""
    if op is u:
        return True
    if op.kind == "neg":
        return _is_linear(op.args[0], u)
    if op.kind == "div":
        return _is_linear(op.args[0], u) and not _holds(op.args[1], u)
    return op.kind == "mul" and sum(_holds(a, u) for a in op.args) == 1 and any(_is_linear(a, u) for a in op.args)


def _holds(op: Op, u: Op) -> bool:
    return op is u or any(_holds(a, u) for a in op.args)


def _put(g: Graph, op: Op, u: Op, b: Op, done: dict[Op, Op]) -> Op:
    """The formula with b in place of u."""
    if op is u:
        return b
    return g.remade(op, tuple(_put(g, a, u, b, done) for a in op.args)) if _holds(op, u) else done[op]


def _always(u: Op, c: Op, near: Op, far: Op, sides: Callable[[Fraction, Fraction, Fraction, Fraction], Sides]) -> bool:
    """Are both sides the same for all |u|, c and both branches, whatever they are made of, but for rounded decimals?"""
    random = Random(7)
    for place in range(2 * PLACES):
        known: dict[Op, Fraction] = {}
        try:
            bound = _at(c, u, known, random)
            size = abs(bound) * Fraction(random.randrange(1, 3000), 1000)
            known = {**known, u: size if place % 2 else -size}
            one, other = sides(size, bound, _at(near, u, known, random), _at(far, u, known, random))
        except ZeroDivisionError:
            return False
        if not bound or abs(one - other) > ROUNDED * abs(other):
            return False
    return True


def _at(op: Op, u: Op, known: dict[Op, Fraction], random: Random) -> Fraction:
    """The value at such a place; what is no fraction is a letter of its own."""
    if op not in known:
        plain = op.kind in PLAIN or (op.kind == "sign" and op.args[0] is u)
        args = [_at(a, u, known, random) for a in op.args] if plain else []
        known[op] = _computed(op, args) if plain else Fraction(random.randrange(1, 10**6))
    return known[op]


def _computed(op: Op, args: Sequence[Fraction]) -> Fraction:
    if op.kind == "number":
        return Fraction(repr(op.attr) if isinstance(op.attr, float) else op.attr)
    if op.kind == "add":
        return sum((sign * a for sign, a in zip(op.attr, args, strict=True)), Fraction(0))
    if op.kind == "mul":
        return prod(args, start=Fraction(1))
    if op.kind == "div":
        return args[0] / args[1]
    if op.kind == "sign":
        return Fraction((args[0] > 0) - (args[0] < 0))
    return abs(args[0]) if op.kind == "abs" else -args[0]
