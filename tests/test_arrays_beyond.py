"""Normal variables beyond a bound, far out: hazards, expected improvement, truncated means and variances, against ball arithmetic."""

from __future__ import annotations

import itertools

import pytest
from balls import agrees
from sympy import Expr, Symbol, erf, erfc, exp, log, pi, sqrt, symbols
from tools import needs

import gdsym as gd

s = symbols("s", positive=True)
u, c, mu = symbols("u c mu", real=True)
FAR = [-40.0, -1e-9, 9.0, 40.0]


def phi(x: Expr) -> Expr:
    return exp(-(x**2) / 2) / sqrt(2 * pi)


def above(x: Expr) -> Expr:
    return (1 + erf(x / sqrt(2))) / 2


hazard = phi(u) / (1 - above(u))
z = (c - u) / s
Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "hazard": (hazard, {u: FAR}, {}),
    "its inverse side": (phi(u) / (erfc(-u / sqrt(2)) / 2), {u: FAR}, {}),
    "hazard less its bound": (hazard - u, {u: FAR}, {}),
    "expected improvement": (u * above(u) + phi(u), {u: [-40.0, -9.0, 0.5, 9.0]}, {}),
    "its logarithm": (log(u * above(u) + phi(u)), {u: FAR}, {}),
    "of a scale": ((mu - u) * above((mu - u) / s) + s * phi((mu - u) / s), {u: [0.0, 10.0], s: [2.0]}, {mu: [1.0]}),
    "truncated mean": (u + s * phi(z) / (1 - above(z)), {u: [-8.0, 0.0, 40.0], s: [0.5]}, {c: [0.5]}),
    "scaled": (exp(u**2) * erfc(u), {u: [-3.0, 1e-9, 1.0, 9.0, 30.0, 1000.0]}, {}),
    "what it lacks": (u * exp(u**2) * erfc(u) * sqrt(pi) - 1, {u: [-3.0, 1e-9, 1.0, 5.0]}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, list(itertools.product(*params.values(), *data.values())), list(params), list(data))


@pytest.mark.parametrize("name", ["hazard", "hazard less its bound", "its logarithm"])
def test_numbers_of_arrays(name: str) -> None:
    form, params, _ = FORMS[name]
    agrees(s * form, [(1.0, x) for x in params[u]], [s], [u], array=True)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numba", "jax"])
def test_numbers_on_other_engines(engine: str) -> None:
    needs(engine)
    agrees(hazard - u, [(-9.0,), (9.0,), (40.0,)], [u], engine=engine)


def test_the_variance_beyond_a_bound_far_out() -> None:
    variance = 1 - hazard * (hazard - u)
    agrees(s * variance, [(1.0, x) for x in FAR], [s], [u])


def test_a_number_that_is_nearly_the_root_of_pi_stays() -> None:
    nearly = hazard - u * (1 + 1e-9)
    assert gd.Cost(nearly, [u]).compile().value({u: 40.0}) == pytest.approx(0.024968847207 - 4e-8, rel=1e-9)
