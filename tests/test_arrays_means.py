"""Logarithms of means of powers and exponentials, entropies and divergences of Renyi and Tsallis, near the orders where they have a limit."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from balls import agrees, ball
from sympy import Expr, IndexedBase, Rational, Sum, Symbol, exp, log, loggamma, symbols
from tools import needs

import gdsym as gd

a, b, k, p, q, y, lam, mu = symbols("a b k p q y lambda mu", positive=True)
u, v, w = symbols("u v w", real=True)
RATES = [1e-12, -1e-8, 1e-4, 0.3, -2.5]
ORDERS = [1 + 1e-12, 1 - 1e-8, 1.0001, 0.5, 2.0, 3.7]
CHANCES = [1e-12, 0.3, 0.5, 1 - 1e-6]

Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "a power mean": (((a**w + b**w) / 2) ** (1 / w), {w: RATES, a: [1e-3, 0.5, 1e5]}, {b: [2.0, 0.5 + 1e-7]}),
    "its logarithm": (log((a**w + b**w) / 2) / w, {w: RATES, a: [1e-3, 0.5, 1e5]}, {b: [2.0, 0.5 + 1e-7]}),
    "constant elasticity of substitution": (
        (lam * a**w + (1 - lam) * b**w) ** (1 / w), {w: RATES, lam: [0.3, 1e-6]}, {a: [0.5, 3.0], b: [2.0]},
    ),
    "entropic risk": (log((exp(k * u) + exp(k * v)) / 2) / k, {k: [1e-12, 1e-8, 1e-4, 1.0, 1000.0], u: [-3.0, 1.0]}, {v: [1.0]}),
    "entropic risk with weights": (
        log(Rational(3, 4) * exp(k * u) + exp(k * v) / 4) / k, {k: [1e-12, 1e-8, 1e-4, 1.0, 1000.0], u: [-3.0, 1e-12]}, {v: [1.0]},
    ),
    "a smooth maximum by its temperature": (
        k * log((exp(u / k) + exp(v / k)) / 2), {k: [1e-3, 1.0, 1e8, 1e12], u: [-1000.0, 1e-12, 1000.0]}, {v: [1.0]},
    ),
    "entropy of Renyi": (log(p**k + (1 - p) ** k) / (1 - k), {p: CHANCES, k: ORDERS}, {}),
    "entropy of Tsallis": ((1 - p**k - (1 - p) ** k) / (k - 1), {p: CHANCES, k: [0.5, 2.0, 3.7]}, {}),
    "powers of one exponent": ((a**w - b**w) / w, {a: [1.5, 0.7], w: [-2.5, 0.3, 700.0]}, {b: [1.0, 0.2]}),
    "negative binomial by its dispersion": (
        loggamma(1 / a) + loggamma(y + 1) - loggamma(y + 1 / a) + log(1 + a * mu) / a + y * log(1 + a * mu) - y * log(a * mu),
        {a: [1e-12, 1e-8, 1e-4, 0.3, 5.0], mu: [0.5, 20.0]}, {y: [0.0, 3.0, 50.0]},
    ),
}  # fmt: skip
VALUES: dict[str, Form] = {
    "divergence of Renyi": (
        log(p**k * q ** (1 - k) + (1 - p) ** k * (1 - q) ** (1 - k)) / (k - 1), {k: ORDERS}, {p: [1e-6, 0.3, 0.7], q: [0.2, 0.9]},
    ),
    "entropy of Tsallis": ((1 - p**k - (1 - p) ** k) / (k - 1), {k: [1 + 1e-12, 0.5]}, {p: CHANCES}),
}  # fmt: skip


def places(form: Form) -> list[tuple[float, ...]]:
    return list(itertools.product(*form[1].values(), *form[2].values()))


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, places(FORMS[name]), list(params), list(data), close=4e-14 if "Renyi" in name else 1e-14)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form[2]])
def test_arrays_on_all_engines(name: str, engine: str) -> None:
    needs(engine)
    form, params, data = FORMS[name]
    agrees(form, places(FORMS[name])[::2], list(params), list(data), array=True, engine=engine)


@pytest.mark.parametrize("name", list(VALUES))
def test_values_near_the_limit(name: str) -> None:
    form, params, data = VALUES[name]
    run = gd.Cost(form, list(params)).compile()
    letters = [*params, *data]
    for at in places(VALUES[name]):
        given = dict(zip(letters, at, strict=True))
        value = run.value({c: given[c] for c in params}, {c: given[c] for c in data})
        assert value == pytest.approx(ball(form, letters, at), rel=1e-13), at


@pytest.mark.parametrize("alpha", [0.5, 2.0])
def test_chances_of_0_and_1(alpha: float) -> None:
    """Nothing is unsure there, and 0^(alpha - 1) is infinite for alpha < 1."""
    i, m, x = Symbol("i", integer=True), Symbol("m", integer=True), IndexedBase("x")
    for form in (log(x[i] ** k + (1 - x[i]) ** k) / (1 - k), (1 - x[i] ** k - (1 - x[i]) ** k) / (k - 1)):
        run = gd.Cost(Sum(form, (i, 1, m)), [k]).compile()
        with np.errstate(all="ignore"):
            assert run.value({k: alpha}, {x: [0.0, 1.0]}) == 0
        assert math.isfinite(run.value({k: alpha}, {x: [1e-300, 0.5]}))
