"""Eigenvalues, rates, condition and predicted steps against the descent itself, on eight kinds of costs."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd

w, b, c, d, lam = symbols("w b c d lambda")
i, j, k, s, m, n, K = symbols("i j k s m n K", integer=True, positive=True)
x, y, X, v, W, Y, u = map(IndexedBase, ("x", "y", "X", "v", "W", "Y", "u"))
SCORE = Sum(v[j] * X[i, j], (j, 1, n)) + b
CUBIC = w * x[i] ** 3 + b * x[i] ** 2 + c * x[i] + d
LINEAR = Sum(W[k, j] * X[i, j], (j, 1, n))
SIZE = Sum(v[j] ** 2, (j, 1, n))

RNG = np.random.default_rng(4)
ROWS = RNG.normal(size=(60, 2)) * [1.0, 2.0] + [0.5, 0.0]
TARGET = ROWS @ [1.0, -2.0] + 0.5 + 0.3 * RNG.normal(size=60)
XS = np.linspace(-1.3, 1.5, 60)
HIT = (TARGET + RNG.normal(size=60) > 0).astype(float)
HOT = np.eye(3)[RNG.integers(0, 3, size=60)]
FLAT = {v: np.zeros(2), b: 0.0}


def mean(body: Any) -> Any:
    return Sum(body, (i, 1, m)) / m


CASES: dict[str, tuple[Any, dict[Any, Any], Any]] = {
    "line": (mean((w * x[i] + b - y[i]) ** 2), {w: 0.0, b: 0.0}, {x: XS, y: TARGET}),
    "ridge": (mean((SCORE - y[i]) ** 2) + lam * SIZE, FLAT, {X: ROWS, y: TARGET, lam: 0.2}),
    "weighted": (mean(u[i] * (SCORE - y[i]) ** 2), FLAT, {X: ROWS, y: TARGET, u: RNG.random(60)}),
    "cubic": (mean((CUBIC - y[i]) ** 2), dict.fromkeys((w, b, c, d), 0.0), {x: XS, y: TARGET}),
    "several outputs": (
        mean(Sum((LINEAR - Y[i, k]) ** 2, (k, 1, K))), {W: np.zeros((3, 2))}, {X: ROWS, Y: RNG.normal(size=(60, 3))},
    ),
    "logistic": (mean(log(1 + exp(SCORE)) - y[i] * SCORE), FLAT, {X: ROWS, y: HIT}),
    "Rosenbrock": ((1 - w) ** 2 + 100 * (b - w**2) ** 2, {w: 1.0, b: 1.0}, None),
    "softmax": (
        mean(log(Sum(exp(LINEAR.subs(k, s)), (s, 1, K))) - Sum(Y[i, k] * LINEAR, (k, 1, K)))
        + Sum(W[k, j] ** 2, (k, 1, K), (j, 1, n)) / 50,
        {W: np.zeros((3, 2))}, {X: ROWS, Y: HOT},
    ),
}  # fmt: skip


@cache
def found(name: str) -> tuple[Any, Any, Any, Any]:
    """Cost bound to its data, the insight at the optimum, the optimum flat, and the cost."""
    expr, start, data = CASES[name]
    cost = gd.Cost(expr, list(start))
    bound = cost.compile().bind(data)
    at = minimize(bound.fun, bound.flat(start), jac=bound.jac, method="BFGS", options={"gtol": 1e-13}).x
    return bound, cost.insight(data, bound.unflat(at)), at, cost


def path(run: Any) -> Any:
    return np.column_stack([np.reshape(rows, (run.nit + 1, -1)) for rows in run.history.params.values()])


@pytest.mark.parametrize("name", CASES)
def test_the_hessian_is_that_of_differences(name: str) -> None:
    bound, insight, at, _ = found(name)
    step = 1e-5 * np.eye(len(at))
    bent = np.array([(bound.jac(at + e) - bound.jac(at - e)) / 2e-5 for e in step])
    values = np.linalg.eigvalsh((bent + bent.T) / 2)
    assert insight.eigenvalues == pytest.approx(values, rel=1e-5, abs=1e-7 * values[-1])
    assert insight.max_rate == pytest.approx(2 / values[-1], rel=1e-5)
    assert insight.best_rate == pytest.approx(2 / (values[0] + values[-1]), rel=1e-5)
    assert insight.condition == pytest.approx(values[-1] / values[0], rel=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_steps_are_predicted_to_5_percent(name: str) -> None:
    """From a hair beside the optimum, in the slowest direction, at the best rate."""
    bound, insight, at, cost = found(name)
    far = 1e-4 * insight.curvature.eigenvectors[:, 0]
    how: Any = {"learning_rate": insight.best_rate, "maxiter": 40_000, "gtol": 0, "hoist": False}
    off = np.linalg.norm(path(cost.descend(bound.unflat(at + far), CASES[name][2], **how)) - at, axis=1)
    taken = int(np.argmax(off <= 1e-2 * off[0]))
    assert taken > 0 and abs(insight.predicted_steps(1e-2) - taken) <= max(1, 0.05 * taken)


@pytest.mark.parametrize("name", CASES)
def test_the_largest_rate_is_where_runs_begin_to_leave(name: str) -> None:
    bound, insight, at, cost = found(name)
    far = 1e-5 * insight.curvature.eigenvectors[:, -1]
    for part, grows in ((0.98, False), (1.02, True)):
        how: Any = {"learning_rate": part * insight.max_rate, "maxiter": 60, "gtol": 0, "hoist": False}
        off = np.linalg.norm(path(cost.descend(bound.unflat(at + far), CASES[name][2], **how)) - at, axis=1)
        assert (off[-1] > 1.5 * off[0]) == grows and (off[-1] < 0.7 * off[0]) == (not grows)
