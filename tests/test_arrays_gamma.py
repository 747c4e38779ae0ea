"""Gamma, log-gamma and their derivatives, binomial coefficients and beta in code: against ball arithmetic, likelihoods by autograd."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as asp
import flint
import numpy as np
import pytest
import sympy as sp
from autograd import grad
from flint import acb, arb
from once import code_of
from sympy import IndexedBase, Sum, binomial, exp, log, loggamma, symbols
from tools import needs

import gdsym as gd

a, b, u = symbols("a b u", positive=True)
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, t, w, X = (IndexedBase(name) for name in "x y t w X".split())
rng = np.random.default_rng(2)
ys, ts, Xs, ws = (
    rng.poisson(3.0, size=50) + 0.0,
    rng.uniform(0.05, 0.95, size=50),
    rng.normal(size=(50, 3)),
    rng.normal(size=3),
)
POINTS = [1e-300, 1e-8, 0.01, 0.3, 0.999, 1.0, 1.2, 1.8, 2.0, 3.3, 7.0, 9.99, 10.0, 11.5, 40.0, 1e3, 1e8, 1e300]


def right(order: int, at: float) -> float:
    before, flint.ctx.prec = flint.ctx.prec, 300
    try:
        ball = arb(at).digamma() if order == 0 else acb(at).polygamma(order).real
        return float(ball.mid())
    finally:
        flint.ctx.prec = before


@pytest.mark.parametrize("order", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("array", [False, True])
def test_polygamma_against_ball_arithmetic(order: int, array: bool) -> None:
    cost = gd.Cost(
        Sum(sp.polygamma(order, a * x[i]), (i, 1, m)) if array else sp.polygamma(order, u), [a if array else u]
    )
    run = cost.compile()
    for point in POINTS + ([-0.3, -1.5, -7.25, -1000.75] if order == 0 else []):
        ours = run.value({a: 1.0}, {x: [point]}) if array else run.value({u: point})
        theirs = right(order, point)
        if 0 < abs(theirs) < 1e-290 or not np.isfinite(theirs):
            continue
        # digamma is 0 at 1.46 and between its poles: there only the absolute error is small
        assert abs(ours - theirs) <= 4 * np.spacing(abs(theirs)) + (2e-15 if order == 0 else 0), (point, ours, theirs)


def test_by_name_and_of_other_orders() -> None:
    run = code_of(sp.digamma(u) + sp.trigamma(u) ** 2, [u])
    value, slope = run.value_and_gradient({u: 2.5})
    assert value == pytest.approx(right(0, 2.5) + right(1, 2.5) ** 2, rel=1e-14)
    assert slope[u] == pytest.approx(right(1, 2.5) + 2 * right(1, 2.5) * right(2, 2.5), rel=1e-14)
    with pytest.raises(gd.GdsymError, match="order"):
        code_of(sp.polygamma(n, u), [u])


def test_binomial_coefficients_and_beta() -> None:
    run = code_of(log(binomial(1000, u)) + sp.beta(u, 3), [u])
    assert run.value({u: 500}) == pytest.approx(
        float(sp.log(sp.binomial(1000, 500)).evalf(30) + sp.beta(500, 3).evalf(30)), rel=1e-13
    )
    few = code_of(binomial(u, 3), [u])
    assert few.value({u: 10}) == 120 and few.value({u: 0.5}) == 0.0625
    many = code_of(binomial(a, b), [a])
    assert many.value({a: 10}, {b: 3}) == pytest.approx(120, rel=1e-13)
    assert many.value({a: 0.5}, {b: 3}) == pytest.approx(0.0625, rel=1e-13)


def test_more_chosen_than_there_are() -> None:
    none = code_of("w*Sum(binomial(x[i], y[i]), (i, 1, m))", ["w"])
    assert none.value({"w": 1}, {"x": [5, 5, 12], "y": [7, 12, 11]}) == pytest.approx(12, rel=1e-13)
    assert code_of("binomial(a, 12)", ["a"]).value({"a": 5}) == 0
    assert code_of("binomial(a, 12)", ["a"]).value({"a": 5.5}) == pytest.approx(
        float(sp.binomial(sp.Rational(11, 2), 12)), rel=1e-12
    )


def test_the_logarithm_of_a_binomial_coefficient_that_overflows() -> None:
    run = code_of("Sum(log(binomial(a, y[i])), (i, 1, m))", ["a"])
    value, slopes = run.value_and_gradient({"a": 4000}, {"y": [2000, 1500]})
    right = [
        sp.log(sp.binomial(4000, 2000)) + sp.log(sp.binomial(4000, 1500)),
        2 * sp.harmonic(4000) - sp.harmonic(2000) - sp.harmonic(2500),
    ]
    assert [value, *slopes.values()] == pytest.approx([float(r.evalf(30)) for r in right], rel=1e-13)
    assert np.isnan(code_of("log(binomial(a, 12))", ["a"]).value({"a": 6.5})) == bool(
        sp.binomial(sp.Rational(13, 2), 12) < 0
    )


eta = Sum(w[j] * X[i, j], (j, 1, n))
r = a  # the dispersion of a negative binomial


def over(body: Any) -> Any:
    return Sum(body, (i, 1, m))


CASES: dict[str, tuple[Any, Any, Any, Any]] = {
    "poisson": (over(exp(eta) - y[i] * eta + loggamma(y[i] + 1)), {w: ws}, {X: Xs, y: ys},
        lambda w: anp.sum(anp.exp(Xs @ w) - ys * (Xs @ w) + asp.gammaln(ys + 1))),
    "negative binomial": (
        -over(loggamma(y[i] + r) - loggamma(r) - loggamma(y[i] + 1) + r * log(r / (r + exp(eta))) + y[i] * log(exp(eta) / (r + exp(eta)))),
        {w: ws, a: 1.7}, {X: Xs, y: ys},
        lambda w, r: -anp.sum(asp.gammaln(ys + r) - asp.gammaln(r) - asp.gammaln(ys + 1) + r * anp.log(r / (r + anp.exp(Xs @ w)))
                              + ys * anp.log(anp.exp(Xs @ w) / (r + anp.exp(Xs @ w))))),
    "gamma": (-over((a - 1) * log(t[i]) - b * t[i] + a * log(b) - loggamma(a)), {a: 1.3, b: 0.8}, {t: ts},
        lambda a, b: -anp.sum((a - 1) * anp.log(ts) - b * ts + a * anp.log(b) - asp.gammaln(a))),
    "beta": (-over((a - 1) * log(t[i]) + (b - 1) * log(1 - t[i]) - log(sp.beta(a, b))), {a: 1.3, b: 0.8}, {t: ts},
        lambda a, b: -anp.sum((a - 1) * anp.log(ts) + (b - 1) * anp.log(1 - ts) - asp.gammaln(a) - asp.gammaln(b) + asp.gammaln(a + b))),
    "binomial": (-over(log(binomial(a, y[i])) + y[i] * log(b) + (a - y[i]) * log(1 - b)), {a: 20.5, b: 0.2}, {y: ys},
        lambda a, b: -anp.sum(asp.gammaln(a + 1) - asp.gammaln(ys + 1) - asp.gammaln(a - ys + 1) + ys * anp.log(b) + (a - ys) * anp.log(1 - b))),
    "student": (-over(loggamma((a + 1) / 2) - loggamma(a / 2) - log(a) / 2 - (a + 1) / 2 * log(1 + (y[i] - b) ** 2 / a)),
        {a: 4.0, b: 2.0}, {y: ys},
        lambda a, b: -anp.sum(asp.gammaln((a + 1) / 2) - asp.gammaln(a / 2) - anp.log(a) / 2 - (a + 1) / 2 * anp.log(1 + (ys - b) ** 2 / a))),
    "beta regression": (
        -over(loggamma(a) - loggamma(a / (1 + exp(-eta))) - loggamma(a / (1 + exp(eta))) + (a / (1 + exp(-eta)) - 1) * log(t[i])
              + (a / (1 + exp(eta)) - 1) * log(1 - t[i])),
        {w: ws, a: 5.0}, {X: Xs, t: ts},
        lambda w, a: -anp.sum(asp.gammaln(a) - asp.gammaln(a / (1 + anp.exp(-Xs @ w))) - asp.gammaln(a / (1 + anp.exp(Xs @ w)))
            + (a / (1 + anp.exp(-Xs @ w)) - 1) * anp.log(ts) + (a / (1 + anp.exp(Xs @ w)) - 1) * anp.log(1 - ts))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_likelihoods_against_automatic_differentiation(name: str) -> None:
    check(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", ["negative binomial", "gamma", "beta regression"])
def test_likelihoods_on_other_engines(name: str, backend: str) -> None:
    needs(backend)
    check(name, backend)


def check(name: str, backend: str) -> None:
    cost, start, data, plain = CASES[name]
    value, slopes = code_of(cost, start, backend).value_and_gradient(start, data)
    values = list(start.values())
    assert value == pytest.approx(float(plain(*values)), rel=1e-11)
    for place, param in enumerate(start):
        np.testing.assert_allclose(slopes[param], grad(plain, place)(*values), rtol=1e-9, atol=1e-9)


def test_a_gamma_likelihood_descends_to_its_maximum() -> None:
    sample = np.random.default_rng(7).gamma(3.0, 2.0, size=200)
    cost = gd.Cost(-over((a - 1) * log(t[i]) - b * t[i] + a * log(b) - loggamma(a)) / m, [a, b])
    run = cost.descend({a: 1.0, b: 1.0}, {t: sample}, learning_rate="backtracking", maxiter=5000, gtol=1e-6)
    assert run.success
    assert run.params[b] == pytest.approx(run.params[a] / sample.mean(), rel=1e-4)
    assert np.log(run.params[a]) - right(0, run.params[a]) == pytest.approx(
        np.log(sample.mean()) - np.log(sample).mean(), rel=1e-4
    )
    assert cost.check({b: over(t[i] - a / b) / m}).ok


@pytest.mark.parametrize("above", [-5, -3, -1, 0, 2, 7, 2.5, -2.5])
def test_binomials_of_negative_whole_numbers(above: float) -> None:
    """binomial(-3, 2) = 6: by log-gamma two poles would stand over one another."""
    p, q = sp.symbols("p q")
    i, m = sp.symbols("i m", integer=True, positive=True)
    x, y = sp.IndexedBase("x"), sp.IndexedBase("y")
    alone = code_of(sp.binomial(p, q), [p])
    many = code_of(sp.Sum(p * sp.binomial(x[i], y[i]), (i, 1, m)), [p])
    for below in (-2, -1, 0, 1, 2, 6, 13):
        right = float(sp.binomial(sp.nsimplify(above), below))
        assert alone.value({p: above}, {q: below}) == pytest.approx(right, rel=1e-12, abs=1e-12)
        assert many.value({p: 1.0}, {x: [above], y: [below]}) == pytest.approx(right, rel=1e-12, abs=1e-12)


def test_gamma_of_a_number_below_a_bar() -> None:
    """It was cancelled against nothing, again and again."""
    compiled = gd.Cost(exp(u) / sp.gamma(sp.Rational(7, 3)), [u]).compile()
    assert compiled.value({u: 1}) == pytest.approx(float(sp.E / sp.gamma(sp.Rational(7, 3))), rel=1e-15)
