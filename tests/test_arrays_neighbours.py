"""Logarithms and inverse functions of places that are near, gamma functions and powers in quotients: against ball arithmetic."""

from __future__ import annotations

import itertools

import pytest
from balls import agrees, ball
from sympy import Expr, Symbol, acos, acosh, beta, binomial, digamma, exp, gamma, log, symbols
from tools import needs

import gdsym as gd

a, b, k, mu, n, p, q, y = symbols("a b k mu n p q y", positive=True)
u, v = symbols("u v", real=True)
LARGE = [1e-12, 0.3, 9.9, 1e4, 1e15]
SHAPES = [1e-5, 0.3, 5.0, 9.9, 20.0, 1e4, 1e12]
LOGITS = [-1000.0, -30.0, 1e-12, 0.3, 30.0, 1000.0]

Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "logarithms of neighbours": (log(a + y) - log(y), {a: LARGE}, {y: LARGE}),
    "the other way round": (3 * log(y) - 3 * log(a + y), {a: LARGE}, {y: LARGE}),
    "entropy of bosons": ((a + 1) * log(a + 1) - a * log(a) + b, {a: LARGE, b: [0.0]}, {}),
    "log less digamma": (b * log(y) - b * digamma(y), {b: [2.0]}, {y: SHAPES}),
    "slope of a gamma law by its shape": (
        b * (y / mu + digamma(k) - log(k / mu) - log(y) - 1), {b: [1.0], mu: [1.0, 2.0]}, {y: [1 + 1e-6, 2.3], k: [k for k in SHAPES if k < 1e9]},
    ),
    "acosh near 1": (acosh(1 + a * y), {a: [1e-20, 1e-9, 1.0, 1e10]}, {y: [0.5]}),
    "distance in the Poincare ball": (acosh(1 + 2 * (u - y) ** 2 / ((1 - u**2) * (1 - y**2))), {u: [-0.3, 0.95]}, {y: [0.3, 0.9]}),
    "acos near 1": (acos(1 - a * y), {a: [1e-20, 1e-9, 1.0]}, {y: [0.5]}),
    "power of a sigmoid": ((1 + exp(-u * y)) ** (-k), {u: LOGITS, k: [0.5, 3.0]}, {y: [1.0, 0.7]}),
    "generalised cross-entropy": ((1 - (1 + exp(-u * y)) ** (-q)) / q, {u: LOGITS, q: [1e-10, 1e-4, 0.7]}, {y: [1.0, 0.7]}),
    "beta-binomial": (
        -log(binomial(n, k) * beta(k + a, n - k + b) / beta(a, b)), {a: [0.5, 1e3, 1e8], b: [2.0, 30.0]}, {n: [12.0], k: [3.0, 5.0]},
    ),
    "binomial": (-log(binomial(n, k) * p**k * (1 - p) ** (n - k)), {p: [1e-12, 0.3, 1 - 1e-12]}, {n: [12.0, 1e5], k: [3.0]}),
    "negative binomial by gamma functions": (
        -log(gamma(y + 1 / a) / (gamma(y + 1) * gamma(1 / a)) * (1 / (1 + a * mu)) ** (1 / a) * (a * mu / (1 + a * mu)) ** y),
        {a: [1.0, 5.0], mu: [0.5, 20.0]}, {y: [0.0, 3.0, 50.0]},
    ),
    "a quotient of gamma functions": (gamma(a + 1) * (1 / gamma(a) + a * y / gamma(a)), {a: [2.0, 100.0]}, {y: [3.0]}),
}  # fmt: skip


def places(name: str) -> list[tuple[float, ...]]:
    return list(itertools.product(*FORMS[name][1].values(), *FORMS[name][2].values()))


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, places(name), list(params), list(data))


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form[2]])
def test_arrays_on_all_engines(name: str, engine: str) -> None:
    needs(engine)
    form, params, data = FORMS[name]
    agrees(form, places(name)[::2], list(params), list(data), array=True, engine=engine)


def test_a_robust_loss_of_any_shape() -> None:
    """The factor 2 - a stays whole: its terms times the power less 1 would cancel at a = 2."""
    form = (2 - a) / a * ((u**2 / (2 - a) + 1) ** (a / 2) - 1)
    run = gd.Cost(form, [u, a]).compile()
    for at in itertools.product([1e-6, 0.5, 30.0], [2 - 1e-8, 2 - 1e-3, 1.0, 1e-8]):
        assert run.value(dict(zip((u, a), at, strict=True))) == pytest.approx(ball(form, [u, a], at), rel=1e-14)
