"""Tables that are multiplied once, and running sums that are turned over, beside automatic differentiation."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad
from sympy import IndexedBase, Rational, Sum, exp, log, symbols

import gdsym as gd

i, j, k, d, m, n, p, r = symbols("i j k d m n p r", integer=True, positive=True)
A, B, W, X, Y = map(IndexedBase, "A B W X Y".split())
u, v, w, y = map(IndexedBase, "u v w y".split())
RNG = np.random.default_rng(3)


def compared(cost: Any, start: dict[Any, Any], data: dict[Any, Any], plain: Any) -> Any:
    """The compiled cost, after its value and slopes were found to be those of `plain`."""
    compiled = gd.Cost(cost, list(start)).compile()
    value, slopes = compiled.value_and_gradient(start, data)
    for at, param in enumerate(start):
        right, slope = value_and_grad(plain, at)(*start.values())
        assert value == pytest.approx(right, rel=1e-12)
        np.testing.assert_allclose(slopes[param], slope, rtol=1e-10, atol=1e-11)
    return compiled


def test_weights_are_multiplied_once() -> None:
    """X r serves the cost, as (X r) r, and the slopes of factors and biases."""
    a, b, one, two = RNG.normal(size=(6, 2)), RNG.normal(size=(5, 2)), RNG.normal(size=6), RNG.normal(size=5)
    seen, z = (RNG.random((6, 5)) < 0.5) * 1.0, RNG.normal(size=(6, 5))
    error = Sum(A[i, d] * B[j, d], (d, 1, r)) + u[i] + v[j] - Y[i, j]
    ridge = Rational(1, 10) * Sum(A[i, d] ** 2, (i, 1, m), (d, 1, r))

    def plain(a: Any, b: Any, one: Any, two: Any) -> Any:
        return anp.sum(seen * (a @ b.T + one[:, None] + two - z) ** 2) + anp.sum(a**2) / 10

    cost = Sum(X[i, j] * error**2, (i, 1, m), (j, 1, n)) + ridge
    source = compared(cost, {A: a, B: b, u: one, v: two}, {X: seen, Y: z}, plain).source
    assert source.count("*X") + source.count("X*") == 1 and "einsum" not in source


@pytest.mark.parametrize("count", [5, 100])  # of the latter rows are added one after the other
@pytest.mark.parametrize("far", [1.0, 300.0])
def test_rankings_by_features_run_through_no_table_of_three_axes(far: float, count: int) -> None:
    """Plackett and Luce: what follows each place is added up for the weights, not for each feature."""
    x, at = RNG.normal(size=(count, 4, 3)), far * RNG.normal(size=3)

    def plain(w: Any) -> Any:
        z = x @ w
        rows = []
        for place in range(4):
            rest = z[:, place:]
            top = anp.max(rest, axis=1)
            rows.append(z[:, place] - top - anp.log(anp.sum(anp.exp(rest - top[:, None]), axis=1)))
        return -anp.sum(anp.stack(rows))

    def score(at: Any) -> Any:
        return Sum(w[d] * X[i, at, d], (d, 1, p))

    cost = -Sum(score(j) - log(Sum(exp(score(k)), (k, j, n))), (i, 1, m), (j, 1, n))
    source = compared(cost, {w: at}, {X: x}, plain).source
    assert source.count("= running_sum(") == 1 and "[:, :, None]" not in source


@pytest.mark.parametrize("count", [5, 100])
def test_running_sums_of_tables_are_turned_over(count: int) -> None:
    """sum_ij q_ij (sum_(k <= j) A_ikd) is sum_ik A_ikd (sum_(j >= k) q_ij)."""
    x, t, at = RNG.normal(size=(count, 4, 3)), RNG.normal(size=(count, 4)), RNG.normal(size=3)

    def plain(w: Any) -> Any:
        return anp.sum((anp.cumsum(x @ w, axis=1) - t) ** 2)

    cost = Sum((Sum(Sum(w[d] * X[i, k, d], (d, 1, p)), (k, 1, j)) - Y[i, j]) ** 2, (i, 1, m), (j, 1, n))
    source = compared(cost, {w: at}, {X: x, Y: t}, plain).source
    assert source.count("np.cumsum(") == 2 and "np.cumsum(r[" in source  # of the residual as a whole


@pytest.mark.parametrize("count", [1, 2, 48, 49, 65])
def test_the_largest_of_short_rows(count: int) -> None:
    """As columns, in blocks: a softmax of few classes and of many."""
    b, x = RNG.normal(size=(2, count)), 40 * RNG.normal(size=(5000, 2))
    z = np.eye(count)[RNG.integers(count, size=5000)]

    def plain(b: Any) -> Any:
        scores = x @ b
        scores = scores - anp.max(scores, axis=1)[:, None]
        return -anp.sum(z * (scores - anp.log(anp.sum(anp.exp(scores), axis=1))[:, None]))

    def score(at: Any) -> Any:
        return exp(Sum(X[i, d] * B[d, at], (d, 1, p)))

    cost = -Sum(Y[i, k] * log(score(k) / Sum(score(j), (j, 1, n))), (k, 1, n), (i, 1, m))
    compared(cost, {B: b}, {X: x, Y: z}, plain)
