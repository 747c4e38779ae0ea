"""Square roots of differences of squares, sqrt(a^2 - x^2), as sqrt((a - x) (a + x)): it keeps its digits where x comes close to a.

Of two plain numbers sqrt(x^2 + y^2) is hypot(x, y), whose squares need not be floats.

Differences of all pairs, y_j^2 - x_i^2, stay: their squares are made once for each, the factors would be two tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from sys import float_info

from gdsym.arrays.graph import PARAM, Graph, Op, operands_first
from gdsym.arrays.norms import LEAST_NORM

LEAST = float_info.min  # hypot is known down to it; engines take what is less for 0


def by_factors(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such roots; what became of each operation."""
    every = operands_first(outputs)
    if not any(op.kind == "sqrt" and (_sides(g, op.args[0]) or _legs(g, op)) for op in every):
        return list(outputs), {op: op for op in every}
    done: dict[Op, Op] = {}
    for op in every:
        made = g.remade(op, tuple(done[a] for a in op.args))
        sides = _sides(g, made.args[0]) if made.kind == "sqrt" else None
        if sides is not None:
            a, x = sides
            product = g.make("mul", g.add(((1, a), (-1, x))), g.add(((1, a), (1, x))), ndim=op.ndim)
            made = g.make("sqrt", product, ndim=op.ndim)
        legs = _legs(g, made)
        if made.kind == "maximum" and made.args[0].kind == "hypot" and made.args[1].attr == LEAST_NORM:
            made = g.make("maximum", made.args[0], g.number(LEAST))
        done[op] = made if legs is None else g.make("hypot", *legs)
    return [done[op] for op in outputs], done


def _sides(g: Graph, op: Op) -> tuple[Op, Op] | None:
    """The a and x of a^2 - x^2."""
    if op.kind != "add" or sorted(op.attr) != [-1, 1]:
        return None
    a, x = (_root(g, arg) for _, arg in sorted(zip(op.attr, op.args, strict=True), key=lambda term: -term[0]))
    return None if a is None or x is None else (a, x)


def _legs(g: Graph, op: Op) -> tuple[Op, Op] | None:
    """The x and y of the root of x^2 + y^2, if these are plain numbers."""
    if op.kind != "sqrt" or op.ndim:
        return None
    (total,) = op.args
    if total.kind != "add" or total.attr != (1, 1) or not total.needs & PARAM:
        return None
    x, y = (_root(g, arg) for arg in total.args)
    return None if x is None or y is None else (x, y)


def _root(g: Graph, op: Op) -> Op | None:
    """What is squared: a number, a product or a quotient."""
    if op.kind == "number":
        return _root_of_number(g, op)
    if op.kind == "mul":
        roots = [r for arg, times in Counter(op.args).items() for r in _half(g, arg, times)]
        if any(r is None for r in roots):
            return None
        return roots[0] if len(roots) == 1 else g.make("mul", *(r for r in roots if r is not None), ndim=op.ndim)
    if op.kind == "div":
        parts = [_root(g, arg) for arg in op.args]
        return None if None in parts else g.remade(op, tuple(r for r in parts if r is not None))
    return None


def _half(g: Graph, op: Op, times: int) -> list[Op | None]:
    """The factors of the root of a power."""
    return [op] * (times // 2) + [_root(g, op)] * (times % 2)


def _root_of_number(g: Graph, op: Op) -> Op | None:
    if not isinstance(op.attr, (int, Fraction)) or op.attr <= 0:
        return None
    value = Fraction(op.attr)
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return g.number(root) if root**2 == value else None
