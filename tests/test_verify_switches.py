"""Switches far out, close together or close to 0: a wrong claim that shows only beyond them is refuted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flint import arb, fmpq
from sympy import (
    Abs,
    Eq,
    Function,
    Integral,
    MatrixSymbol,
    Max,
    Min,
    Piecewise,
    Rational,
    exp,
    log,
    sinc,
    sqrt,
    symbols,
    sympify,
    true,
)

import gdsym as gd
from gdsym.verify import agree
from gdsym.verify.build import Builder
from gdsym.verify.evidence import Unknown
from gdsym.verify.expand import Expander
from gdsym.verify.numbers import precision
from gdsym.verify.thinned import compare_alike, thinned
from gdsym.verify.zeros import zeros
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import D, Node

x, y, t = symbols("x y t", real=True)
n = symbols("n", integer=True)
f = Function("f")


def derivative(body: Any, *by: Any) -> Node:
    node = from_sympy(body)
    for name in by:
        node = D(node, from_sympy(name))
    return node


WRONG: dict[str, tuple[Any, Any]] = {
    "a square beyond ten thousand": (Max(0, x**2 - 10**8), 0),
    "a cube": (Max(0, x**3 - 10**12), 0),
    "a logarithm": (Max(0, log(x) - 20), 0),
    "an exponential of a small number": (Max(0, exp(-x) - 10**20), 0),
    "close to 0": (Max(0, 10**-9 - x**2 * (1 + exp(-x)) / 2), 0),
    "between two zeros": (Max(0, (x - 300) * (303 - x)), 0),
    "between two zeros, no polynomial": (Max(0, 1 - (x - 300) ** 2 / (1 + x**2 / 90000)), 0),
    "an absolute value": (Abs(x**2 - 10**10), -2 * x),
    "a case distinction": (x * Piecewise((1, x**2 > 10**9), (0, True)), 0),
    "where two letters are large": (Max(0, Min(x, y) - 10**6), 0),
    "where three letters are": (exp(-x) * Max(0, Min(x, y, t) - 5000), 0),
    "of an undefined function": (Max(0, f(x) - 100), 0),
    "of its slope": (Max(0, f(x).diff(x) - 100), 0),
    "of one of two arguments": (Max(0, f(x, y) + 500), f(x, y).diff(x)),
    "of two letters": (Min(0, 10**8 * y**2 - x**2 * 10**-3), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_it_is_wrong_beyond_the_switch(name: str) -> None:
    body, claim = WRONG[name]
    assert agree(derivative(body, x), from_sympy(sympify(claim))).verdict == "refuted"


@pytest.mark.parametrize(("f", "found"), [
    (lambda u: u * u - 100_000_000, [-10_000, 10_000]),
    (lambda u: (u - 30) * (31 - u), [30, 31]),
    (lambda u: (3 * u - 1) * (u * u + 1), [fmpq(1, 3)]),
    (lambda u: (u - 7) ** 2 * (u + fmpq(1, 7)), [fmpq(-1, 7), 7]),
    (lambda u: u * u + 1, []),
    (lambda u: fmpq(3), []),
    (lambda u: 5 * u - 3, [fmpq(3, 5)]),
    (lambda u: u**3 - 4 * u, [-2, 0, 2]),  # at -1, 0 and 1 like a line
])  # fmt: skip
def test_all_zeros_of_a_polynomial_are_found(f: Any, found: Any) -> None:
    assert zeros(f) == found


def test_zeros_in_balls() -> None:
    """A line's is found from few values, also where it is a fraction at which the ball cannot tell it from 0."""
    asked: list[Any] = []

    def line(u: Any) -> Any:
        asked.append(u)
        return (2 * u - 1) * arb.pi()

    with precision(128):
        assert zeros(line) == [fmpq(1, 2)]
        (root,) = zeros(lambda u: arb(3).sqrt() * u - arb(2).sqrt())
        waves = zeros(lambda u: arb(u).sin())  # at -1, 0 and 1 like a line
    assert len(asked) <= 6
    assert abs(3 * root * root - 2) < fmpq(1, 10**12)
    assert 0 in waves and len(waves) == 4


def test_irrational_zeros_are_near() -> None:
    low, high = zeros(lambda u: u * u - 2)
    assert abs(low + high) < fmpq(1, 10**15) and abs(high * high - 2) < fmpq(1, 10**15)


def test_a_second_derivative_of_an_integral_over_a_maximum_is_not_judged_by_leibniz() -> None:
    twice = derivative(Integral(Max(t, x), (t, 0, 1)), x, x)
    assert agree(twice, from_sympy(sympify(0))).verdict == "refuted"
    inside = agree(twice, from_sympy(sympify(1)), given=(x > 0) & (x < 1))
    assert inside and inside.kind == "numerical quadrature"


def test_sinc_where_its_argument_is_an_irrational_zero() -> None:
    d = gd.derive(Abs(x**2 - 2) * sinc(x**2 - 2), x)
    assert all(step.check for step in d.steps)


@pytest.mark.parametrize(
    "text",
    ["Sum(Sum(sinc(w*(x[i] - x[j])), (i, 1, n)), (j, 1, n))", "Sum(sinc(w*i), (i, 0, n))", "sinc(w*x[i] - w*x[i])"],
)
def test_sinc_has_the_slope_0_at_0_where_terms_are_there(text: str) -> None:
    d = gd.derive(text, "w")
    assert d.check and all(step.check for step in d.steps) and d.given == true
    assert gd.derive(sinc(x), x).result.subs(x, 0) == 0
    assert gd.derive(sinc(x), (x, x)).result.subs(x, 0) == Rational(-1, 3)


FORMULAS: dict[str, tuple[Any, Any]] = {
    "at one point of the plane": (x + Piecewise((1, Eq(x, 7) & Eq(y, 9)), (0, True)), x),
    "for negative whole numbers": (exp(x * sqrt(n**2 + 2 * n + 1)), exp(x * (n + 1))),
    "for whole numbers below 0": (x * n * Abs(n), x * n**2),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_two_formulas_differ_at_few_places(name: str) -> None:
    assert agree(*map(from_sympy, FORMULAS[name])).verdict == "refuted"


def test_only_a_one_by_one_matrix_is_a_number() -> None:
    table = Expander({}).table(from_sympy(MatrixSymbol("A", 1, 1)))
    assert len(table) == 1 and len(table[0]) == 1
    with pytest.raises(Unknown, match="a 2 x 3 matrix for a number"):
        Expander({}).number(from_sympy(MatrixSymbol("A", 2, 3)))


@pytest.mark.parametrize(
    "text",
    ["sqrt(sign(x))", "x + sqrt(sign(x))", "x/floor(x) + asinh(x)", "1/(1 + sign(x))", "sqrt(b*Heaviside(x)**2)"],
)
def test_what_is_flat_has_a_slope_only_where_it_has_a_value(text: str) -> None:
    d = gd.derive(text, "x")
    assert d.check and all(step.check for step in d.steps)
    assert not agree(d.works[0].lhs, from_sympy(sympify(7)))


def test_what_is_hardly_above_0_decides_nothing_beside_a_zero() -> None:
    """At x = e^y, y = -665: x + x^2 > x would be undecided at as many bits as decide x^2 > 0."""
    tied = Max(x, x**2 + x, exp(y), Min(-x, 2 * x))
    assert gd.derive((x - 1) * tied, x).check and gd.derive((x - 1) * tied, y).check
    beside = Min(x, y, x + exp(2 * x), Max(Abs(x), Min(1, 2 * x)))
    assert gd.derive(beside, x).check and gd.derive(beside, y).check
    assert agree(derivative(Max(0, exp(x) - y), x), from_sympy(exp(x))).verdict == "refuted"


def test_no_point_is_left_out_where_the_claim_alone_compares_something() -> None:
    """In a network of two hidden layers a claim that was wrong where 7 < z < 7.1 got through."""
    a, b = symbols("a b", real=True)
    band = Piecewise((1, (a > 7) & (a < Rational(71, 10))), (0, True))
    builder = Builder({})
    truth, claim, same = (
        builder.build(from_sympy(side)) for side in (b * Max(a, b), b * Max(a, b) + band, b**2 * Max(a, b))
    )
    assert compare_alike(builder.graph, (truth, same)) and not compare_alike(builder.graph, (truth, claim))
    long = [SimpleNamespace(terms=9_000) for _ in range(10)]
    assert [len([*thinned(long, alike)]) for alike in (True, False)] == [3, 10]  # type: ignore[arg-type]
