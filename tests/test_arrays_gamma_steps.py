"""Likelihoods with log-gamma at two places: Student's t, negative binomial, beta-binomial, Dirichlet-multinomial, far out as well."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from balls import agrees, ball
from flint import arb
from sympy import (
    Expr,
    Float,
    IndexedBase,
    Sum,
    Symbol,
    beta,
    binomial,
    digamma,
    exp,
    gamma,
    log,
    loggamma,
    pi,
    polygamma,
    sqrt,
    symbols,
)
from tools import needs

import gdsym as gd
from gdsym.arrays.functions import POLYGAMMA, POLYGAMMAS
from gdsym.arrays.gamma_kernels import (
    OF_ARRAYS,
    OF_ONE,
)
from gdsym.arrays.kernels import LGAMMA

a, b, s, r, mu, nu, c, y, n, p = symbols("a b s r mu nu c y n p", positive=True)
u, step = symbols("u step", real=True)
LARGE = [0.4, 3.0, 1e3, 1e6, 1e10, 1e14]

Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "negative binomial": (
        loggamma(r) + loggamma(y + 1) - loggamma(y + r) - r * log(r / (r + mu)) - y * log(mu / (r + mu)),
        {mu: [0.5, 20.0], r: LARGE}, {y: [0.0, 3.0, 50.0]},
    ),
    "negative binomial by its logits": (
        loggamma(r) - loggamma(y + r) + r * log(1 + exp(u)) + y * log(1 + exp(-u)), {r: LARGE, u: [-3.0, 0.4]}, {y: [0.0, 3.0]},
    ),
    "Student's t": (
        loggamma(nu / 2) - loggamma((nu + 1) / 2) + log(nu * pi) / 2 + log(s) + (nu + 1) / 2 * log(1 + ((y - u) / s) ** 2 / nu),
        {nu: LARGE, s: [0.3, 1.0], u: [0.2]}, {y: [0.7, 40.0]},
    ),
    "by gamma functions": (
        -log(gamma((c + 1) / 2) / (sqrt(c * pi) * gamma(c / 2)) * (1 + u**2 / c) ** (-(c + 1) / 2)), {u: [0.7, 40.0]}, {c: LARGE},
    ),
    "beta-binomial": (
        loggamma(n + a + b) - loggamma(a + b) - loggamma(y + a) + loggamma(a) - loggamma(n - y + b) + loggamma(b),
        {a: [0.5, 1e3, 1e8, 1e12], b: [2.0, 2e3, 1e12]}, {n: [12.0], y: [3.0, 5.0]},
    ),
    "beta": (
        -(a - 1) * log(p) - (b - 1) * log(1 - p) + loggamma(a) + loggamma(b) - loggamma(a + b),
        {a: [0.5, 3.0, 1e6], b: [2.0, 1e3, 1e8]}, {p: [0.3]},
    ),
    "the log of beta": (log(beta(a, b)), {a: [0.5, 1e3, 1e10], b: [0.5, 1e3, 1e10]}, {}),
    "a binomial coefficient": (log(binomial(a, c)), {a: [1e3, 1e10]}, {c: [3.0, 20.0]}),
    "a quotient of gamma functions": (log(gamma(a + c) / gamma(a)), {a: LARGE}, {c: [0.5, 3.0]}),
    "digamma": (digamma(a + step) - digamma(a), {a: LARGE}, {step: [0.5, 3.0, -0.3]}),
    "far apart": (digamma(a + c) - digamma(a), {a: [1e-160, 1e-150, 1e-5, 1.0, 1e150]}, {c: [1e160, 1e200]}),
    "hardly a step": (digamma(a + c) - digamma(a), {a: [1e150, 1e180]}, {c: [1e140, 1e170]}),
    "both near 0": (loggamma(a) + loggamma(b) - loggamma(a + b), {a: [1e-300, 1e-160, 2.0], b: [1e-300, 1e-160]}, {}),
    "one near 0": (loggamma(a) + loggamma(c) - loggamma(a + c), {a: [1e-300, 1e-160, 2.0]}, {c: [1e-300, 1e-160]}),
    "a number of times": (2 * loggamma(a) - 3 * loggamma(a + c) + loggamma(a + 1), {a: LARGE[:5]}, {c: [0.5, 3.0]}),
    "below 0": (loggamma(u + 1) - loggamma(u), {u: [-0.5, -2.5, 3.0]}, {}),
    "a share near 1": (c * log(c / (c + a)) + a * log(c / (a + c)), {a: [0.5, 1e-9]}, {c: LARGE}),
}  # fmt: skip


def places(form: Form) -> list[tuple[float, ...]]:
    return list(itertools.product(*form[1].values(), *form[2].values()))


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, places(FORMS[name]), list(params), list(data))


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form[2]])
def test_arrays_on_all_engines(name: str, engine: str) -> None:
    needs(engine)
    form, params, data = FORMS[name]
    agrees(form, places(FORMS[name])[::3], list(params), list(data), array=True, engine=engine)


x, d = symbols("x d")
WHOLE: dict[str, Expr] = {
    "lgamma_step": loggamma(x + d) - loggamma(x),
    "digamma_step": digamma(x + d) - digamma(x),
    "digamma_rest": digamma(x + d) - digamma(x) - log(1 + d / x),
    "trigamma_step": polygamma(1, x + d) - polygamma(1, x),
}


@pytest.mark.parametrize("name", list(WHOLE))
def test_functions_of_a_place_and_a_step(name: str) -> None:
    plain: dict[str, Any] = {"math": math}
    wide: dict[str, Any] = {"math": math, "np": np}
    exec(f"{POLYGAMMA}\n{OF_ONE[name]}", plain)
    exec(f"{LGAMMA}\n{POLYGAMMAS}\n{OF_ARRAYS[name]}", wide)
    # log-gamma has a minimum at 1.46, and what digamma is more than the logarithm is small between 4 and 10
    digits = {
        "lgamma_step": lambda at: 1e-14 if at < 4 else 2e-15,
        "digamma_rest": lambda at: 1e-14 if at <= 10 else 2e-15,
    }
    for at in [1e-100, 1e-8, 0.01, 0.3, 1.0, 2.0, 3.7, 7.3, 9.99, 10.0, 11.5, 40.0, 1e3, 1e6, 1e10, 1e15]:
        for step in [1e-12, 1e-6, 0.3, 0.5, 1.0, 7.5, 50.0, 1e3, 1e8, 1e15, -1e-12, -1e-3, -0.2, -3.0, -9.9, -1e3]:
            if at + step > 0:
                right = ball(WHOLE[name], [x, d], [at, step])
                one = plain[name](at, at + step, step)
                with np.errstate(all="ignore"):
                    many = wide[name](np.array([at, 20.0]), np.array([at, 20.0]) + step, step)[0]
                close = digits[name](at) if name in digits else 2e-15
                assert [one, many] == pytest.approx([right, right], rel=close, abs=1e-15 if at < 4 else 0), (at, step)


def test_poles_and_signs() -> None:
    i, m, x = Symbol("i", integer=True), Symbol("m", integer=True), IndexedBase("x")
    run = gd.Cost(Sum(loggamma(u * x[i]), (i, 1, m)), [u]).compile()
    for at in (0.0, -0.0, -3.0):
        assert run.value({u: 1.0}, {x: [at, 2.0]}) == math.inf
    quotient = gd.Cost(log(gamma(u) / u), [u]).compile()
    assert quotient.value({u: -0.5}) == pytest.approx(float(log(gamma(Float(-0.5, 30)) / -0.5)), rel=1e-14)
    assert quotient.value({u: 500.0}) == pytest.approx(float(arb(500).lgamma()) - math.log(500), rel=1e-14)
    assert math.isnan(quotient.value({u: -1.5}))


def test_log_gamma_at_the_ends() -> None:
    names: dict[str, Any] = {"math": math, "np": np}
    exec(LGAMMA, names)
    with np.errstate(all="ignore"):
        found = names["lgamma"](np.array([0.0, -0.0, -3.0, np.inf, -np.inf]))
    assert np.all(found == np.inf)
