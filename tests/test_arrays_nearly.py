"""Costs that lose digits where their terms nearly cancel: extreme values with shapes near 0, log(2 cosh u) - log 2, x + 1/x - 2."""

from __future__ import annotations

import itertools

import flint
import pytest
from balls import agrees
from sympy import Expr, Symbol, coth, erfc, exp, log, sqrt, symbols
from tools import needs

import gdsym as gd

a, b, k, s, mu, y = symbols("a b k s mu y", positive=True)
u, v = symbols("u v", real=True)

WIDE = [0.0, 1e-12, -1e-6, 1.0, -30.0, 1000.0, -1000.0]
SHAPES = [1e-12, -1e-8, 1e-3, 0.2]
SIZES = [1.0, 1 + 1e-6, 3.0, 1e-6]

Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "generalised Pareto": ((1 + 1 / u) * log(1 + u * y / s) + log(s), {u: SHAPES, s: [2.0]}, {y: [1e-6, 0.5]}),
    "generalised Pareto of scale 1": ((1 + 1 / k) * log(1 + k * y), {k: [1e-12, 1e-8, 1e-3, 0.3]}, {y: [1e-6, 0.5, 30.0]}),
    "extreme values": (
        log(s) + (1 + 1 / u) * log(1 + u * (y - mu) / s) + (1 + u * (y - mu) / s) ** (-1 / u),
        {u: SHAPES, mu: [1.0], s: [2.0]}, {y: [1.5, 0.3]},
    ),
    "normal plus exponential": (
        -log(k / 2 * exp(k / 2 * (2 * u + k * s**2 - 2 * v)) * erfc((u + k * s**2 - v) / (sqrt(2) * s))),
        {k: [0.3], u: [0.0, 1.0], s: [0.1]}, {v: [0.5, -30.0, 1000.0]},
    ),
    "divergence of two logits": (
        (u - v) / (1 + exp(-u)) - log(1 + exp(u)) + log(1 + exp(v)),
        {u: [-30.0, 0.0, 1.0, 1 + 1e-6, 40.0, 1000.0]}, {v: [-30.0, 0.0, 1.0, 40.0, 1000.0]},
    ),
    "its weighted opposite": (
        -2 * k * u / (1 + exp(-u)) + 2 * k * v / (1 + exp(-u)) + 2 * k * log(1 + exp(u)) - 2 * k * log(1 + exp(v)),
        {u: [-30.0, 1.0, 1 + 1e-6, 40.0], k: [0.3]}, {v: [0.0, 1.0, 1000.0]},
    ),
    "Brillouin": (
        (2 * k + 1) / (2 * k) * coth((2 * k + 1) / (2 * k) * u) - coth(u / (2 * k)) / (2 * k),
        {u: [1e-12, -1e-6, 1e-3, 0.5, 30.0, 1000.0]}, {k: [0.5, 1.0, 3.5]},
    ),
    "exponentials that meet": (u * exp(-(u**2)) * exp(v), {u: [30.0, -3.0], v: [1000.0, 710.0, -710.0, 3.0]}, {}),
    "log cosh": (log(exp(u) + exp(-u)) - log(2), {u: WIDE}, {}),
    "log cosh by softplus": (u + log(1 + exp(-2 * u)) - log(2), {u: WIDE}, {}),
    "a quotient and its inverse": (a / b + b / a - 2, {a: SIZES, b: [1.0, 30.0]}, {}),
    "far apart": (a / b + b / a - 2, {a: [1e155, 1e160, 1e-160, 10.0], b: [1e155, 1e160, 1e-150, 1e308]}, {}),
    "shares of nothing": (log(k / (k + mu**2)), {k: [1e-160, 1e-8, 2.0], mu: [1e80, 1e-3, 3.0]}, {}),
    "shares of data": (k * log(y / (y + exp(k))), {k: [700.0, 3.0]}, {y: [1e-200, 1e-5, 2.0]}),
    "their mean": (3 * (y / a + a / y) / 2 - 3, {a: SIZES}, {y: [1.0, 30.0]}),
    "of squares": (a**2 / b**2 + b**2 / a**2 - 2 + v**2, {a: SIZES, b: [1.0, 30.0], v: [0.0]}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, list(itertools.product(*params.values(), *data.values())), list(params), list(data))


@pytest.mark.parametrize("step", [1e-13, -1e-9, 1e-3])
def test_slopes_of_a_quotient_and_its_inverse_where_both_are_near(step: float) -> None:
    slopes = gd.Cost(a / b + b / a - 2, [a, b]).compile().gradient({a: 1.0 + step, b: 1.0})
    at = flint.arb(1.0 + step)
    assert slopes[a] == pytest.approx(float((1 - 1 / at**2).mid()), rel=1e-15)
    assert slopes[b] == pytest.approx(float((1 / at - at).mid()), rel=1e-15)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form[2]])
def test_arrays_on_all_engines(name: str, engine: str) -> None:
    needs(engine)
    form, params, data = FORMS[name]
    agrees(
        form,
        list(itertools.product(*params.values(), *data.values())),
        list(params),
        list(data),
        array=True,
        engine=engine,
    )
