"""(u f'(u) - f(u))/u^n, the slope of f(u)/u but for powers of u: near 0, where it cancels, as a series.

f is one of the functions with f(0) = 0 below; the series of u f' - f is that of f, each term k - 1 times. It begins
with u^3 for an odd f, else with u^2, and is divided by that.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import Final

import sympy

from gdsym.arrays.align import added
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, product_of, realized, without
from gdsym.record import record
from gdsym.written.nodes import Sym

SMALL = Fraction(1, 10**19)


Series = Callable[[int], Fraction]


@record
class Gap:
    """A function f: its slope as a product, its series, up to which |u| that is used, and u f' - f beyond if not as it stands."""

    slope: Callable[[Graph, Value], Product]
    coefficient: Series
    radius: Fraction
    beyond: Callable[[Graph, Op], Op] | None = None
    is_odd: bool = True


def _of(kind: str) -> Callable[[Graph, Value], Product]:
    return lambda g, u: product_of(g, Value(g.make(kind, u.op), u.axes))


def _one_over(power: int, root: bool = False) -> Callable[[Graph, Value], Product]:
    """1/(1 + u^n), or 1 over its root."""

    def slope(g: Graph, u: Value) -> Product:
        rest = realized(g, (factors_of(g, u)).power(power))
        below = added(g, [(1, Value(g.number(1))), (1, rest)])
        below = Value(g.make("sqrt", below.op), below.axes) if root else below
        return product_of(g, below).power(-1)

    return slope


def _odd(k: int, sign: int) -> int:
    """(sign)^((k - 1)/2) for odd k, else 0."""
    return int(sign ** (k // 2)) if k % 2 else 0


def _root(k: int) -> Fraction:
    """The coefficients of the inverse of sinh."""
    c = Fraction(k % 2, k)
    for j in range(1, k, 2):
        c *= Fraction(-j, j + 1)
    return c


def _tangent(k: int) -> Fraction:
    """The coefficients of tanh, whose slope is 1 - tanh^2."""
    found = [Fraction(0), Fraction(1)]
    for n in range(1, k):
        found.append(-sum((found[i] * found[n - i] for i in range(n + 1)), Fraction(0)) / (n + 1))
    return found[k]


def _steep(g: Graph, u: Op) -> Op:
    """Write u cosh u - sinh u as cosh u (u - tanh u): no infinity less another."""
    return g.make("mul", g.make("cosh", u), g.add(((1, u), (-1, g.make("tanh", u)))))


def _growing(g: Graph, u: Op) -> Op:
    """Write u e^u - (e^u - 1) as (u - 1) e^u + 1."""
    one = g.number(1)
    return g.add(((1, g.make("mul", g.add(((1, u), (-1, one))), g.make("exp", u))), (1, one)))


def _bounded(g: Graph, u: Op) -> Op:
    """u/cosh(u)^2 - tanh u, with e = exp(-2 |u|) as 4 u e/(1 + e)^2 - tanh u."""
    e = g.make("exp", g.neg(g.make("mul", g.number(2), g.abs(u))))
    below = g.add(((1, g.number(1)), (1, e)))
    bell = g.make("div", g.make("mul", g.number(4), u, e), g.make("mul", below, below))
    return g.add(((1, bell), (-1, g.make("tanh", u))))


GAPS: Final[dict[str, Gap]] = {
    "sinh": Gap(_of("cosh"), lambda k: Fraction(_odd(k, 1), factorial(k)), Fraction(1), _steep),
    "sin": Gap(_of("cos"), lambda k: Fraction(_odd(k, -1), factorial(k)), Fraction(1)),
    "tanh": Gap(_of("sech2"), _tangent, Fraction(2, 5), _bounded),
    "atan": Gap(_one_over(2), lambda k: Fraction(_odd(k, -1), k), Fraction(1, 3)),
    "asinh": Gap(_one_over(2, root=True), _root, Fraction(2, 5)),
    "expm1": Gap(_of("exp"), lambda k: Fraction(1, factorial(k)), Fraction(1), _growing, is_odd=False),
    "log1p": Gap(_one_over(1), lambda k: Fraction((-1) ** (k + 1), k), Fraction(1, 8), is_odd=False),
}  # fmt: skip


def with_slope(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write c u f'(u) - c f(u) with the difference as one function."""
    for value, n in second.powers.items():
        gap = GAPS.get(value.op.kind) if n == 1 else None
        if gap is None:
            continue
        u = Value(value.op.args[0], value.axes)
        parts = factors_of(g, u)
        rest = Product(-second.coefficient, without(second, {value: 1}).powers)
        if merged(rest, gap.slope(g, u), parts) == first:
            made = Value(g.make(f"{value.op.kind}_gap", u.op), u.axes)
            return merged(rest, parts.power(3 if gap.is_odd else 2), Product(powers={made: 1}))
    return None


def merged(*products: Product) -> Product:
    """The product as it is, without any rewriting."""
    coefficient, powers = Fraction(1), dict[Value, int]()
    for p in products:
        coefficient *= p.coefficient
        for value, n in p.powers.items():
            powers[value] = powers.get(value, 0) + n
    return Product(coefficient, {v: n for v, n in powers.items() if n})


def expanded_gap(kind: str) -> Callable[[Graph, Op, tuple[Op, ...]], Op]:
    """The quotient in plain operations."""
    gap = GAPS[kind]

    def expansion(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
        (u,) = args
        square = g.make("mul", u, u)
        far = gap.beyond(g, u) if gap.beyond else _as_it_stands(g, kind, gap, u)
        far = g.make("div", far, g.make("mul", square, u) if gap.is_odd else square)
        near = g.make("compare", g.abs(u), g.number(gap.radius), attr="<")
        return g.make("where", near, _series(g, gap, square if gap.is_odd else u), far)

    return expansion


def _as_it_stands(g: Graph, kind: str, gap: Gap, u: Op) -> Op:
    """The difference u f'(u) - f(u), entry by entry."""
    letters = tuple(Sym(sympy.Dummy(f"s{p}")) for p in range(u.ndim))
    ((slope, n),) = gap.slope(g, Value(u, letters)).powers.items()
    return g.add(((1, g.make("mul" if n > 0 else "div", u, slope.op)), (-1, g.make(kind, u))))


def _series(g: Graph, gap: Gap, step: Op) -> Op:
    """By Horner's scheme, in u^2 if f is odd."""
    *others, last = _terms(gap)
    total = g.number(last)
    for c in reversed(others):
        total = g.add(((1, g.number(c)), (1, g.make("mul", step, total))))
    return total


def _terms(gap: Gap) -> list[Fraction]:
    """The coefficients as far as they can be seen."""
    found: list[Fraction] = []
    k, step = (3, 2) if gap.is_odd else (2, 1)
    while not found or abs(found[-1]) * gap.radius ** (step * len(found)) > SMALL:
        found.append(gap.coefficient(k) * (k - 1))
        k += step
    return found
