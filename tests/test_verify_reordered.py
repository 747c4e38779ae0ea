"""Claims that are proved without a number: the same computation but for order, zeros, ones, and how the slope of u^n is written."""

from __future__ import annotations

import pytest
from flint import fmpq
from test_verify_steps import W, X, Y, add, at, fn, i, j, k, m, mul, power, q, total, x

from gdsym.verify import agree
from gdsym.verify.graph import Graph, reordered
from gdsym.verify.numbers import is_undefined
from gdsym.verify.points import Point
from gdsym.verify.program import Program
from gdsym.written.nodes import D, Neg, Node, Num, Sym

layer = total(mul(at(W, j), fn("Max", 0, mul(at(X, i), at(W, k)))), j, q)
rest = add(layer, Neg(at(Y, i)))
PROVED: dict[str, tuple[Node, Node]] = {
    "a square": (D(power(layer, 2), at(W, k)), mul(2, layer, D(layer, at(W, k)))),
    "a cube, the other way round": (D(power(layer, 3), at(W, k)), mul(D(layer, at(W, k)), 3, power(layer, 2))),
    "what is not moved": (D(rest, at(W, k)), add(D(layer, at(W, k)), Neg(Num(0)))),
}
REFUTED: dict[str, tuple[Node, Node]] = {
    "a square without its factor": (D(power(fn("Abs", x), 2), x), mul(fn("Abs", x), D(fn("Abs", x), x))),
    "a cube as a square": (D(power(fn("Abs", x), 3), x), mul(3, fn("Abs", x), D(fn("Abs", x), x))),
    "a square twice": (D(D(power(fn("Max", 0, x), 3), x), x), mul(3, fn("Max", 0, x), D(fn("Max", 0, x), x))),
    "minus one for minus nothing": (D(rest, at(W, k)), add(D(layer, at(W, k)), Neg(Num(1)))),
}


@pytest.mark.parametrize("name", PROVED)
def test_the_same_but_for_order_is_proved(name: str) -> None:
    lhs, rhs = PROVED[name]
    evidence = agree(lhs, rhs)
    assert evidence.verdict == "proved" and evidence.points == 0


@pytest.mark.parametrize("name", REFUTED)
def test_nothing_else_is_the_same(name: str) -> None:
    lhs, rhs = REFUTED[name]
    assert agree(lhs, rhs).verdict == "refuted"


@pytest.mark.parametrize("orders", [0, 1, 2, 3])
@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2, 3, 5])
@pytest.mark.parametrize("value", [-3, -1, 0, 1, 2])
def test_a_slope_of_a_power_keeps_its_value(exponent: int, orders: int, value: int) -> None:
    """By the definition n (n - 1) ... u^(n - k), in whole numbers; no value where that divides by 0."""
    g = Graph()
    slope = g.put("pow", g.put("sym", data=x), g.num(exponent), data=orders)
    both = Program(g, [slope, reordered(g, slope)]).run(Point(drawn={x: fmpq(value)}))
    times = 1
    for step in range(orders):
        times *= exponent - step
    left = exponent - orders
    if times == 0:
        assert both == [0, 0]
    elif value == 0 and left < 0:
        assert all(map(is_undefined, both))
    else:
        assert both == [times * fmpq(value) ** left] * 2


def test_sums_are_one_row_without_zeros_of_either_sign() -> None:
    g = Graph()
    a, b, c = (g.put("sym", data=Sym(letter.symbol)) for letter in (i, m, q))
    zero = g.minus(g.num(0))
    assert reordered(g, g.plus(g.plus(a, zero), b, c)) == reordered(g, g.plus(c, g.plus(b, a)))
    assert reordered(g, g.plus(a, g.minus(b))) != reordered(g, g.plus(a, b))
