"""Hoisting on hard data: as exact as the direct loop, measured against extended precision where digits run out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

w, b, a, lam = symbols("w b a lambda")
i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, X, v, s, W, Y = map(IndexedBase, ("x", "y", "X", "v", "s", "W", "Y"))
SCORE = Sum(v[j] * X[i, j], (j, 1, n))
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
LINEAR = gd.Cost(Sum((SCORE + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [v, b])
RIDGE = gd.Cost(Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam * Sum(v[j] ** 2, (j, 1, n)), [v])
WEIGHTED = gd.Cost(Sum(s[i] * (w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
PARABOLA = gd.Cost(Sum((a * x[i] ** 2 + w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [a, w, b])
MANY = Sum(W[k, j] * X[i, j], (j, 1, n)) - Y[i, k]
MULTI = gd.Cost(Sum(Sum(MANY**2, (k, 1, K)), (i, 1, m)) / (2 * m), [W])

RNG = np.random.default_rng(0)
XS, NOISE = RNG.normal(size=300), 0.1 * RNG.normal(size=300)
ROWS = RNG.normal(size=(200, 5))
T = RNG.uniform(-1, 1, size=200)
ZERO = {w: 0, b: 0}


def ill(condition: float) -> Any:
    """A matrix with singular values from 1 down to 1/condition."""
    left = np.linalg.qr(RNG.normal(size=(300, 6)))[0]
    right = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    return np.sqrt(300) * left @ np.diag(np.logspace(0, -np.log10(condition), 6)) @ right


def linear(A: Any, noise: Any) -> Any:
    return LINEAR, {v: np.zeros(6), b: 0}, {X: A, y: A @ np.arange(1.0, 7.0) + 0.7 + noise}


CASES = {
    "cond 1e3": linear(ill(1e3), NOISE),
    "cond 1e6": linear(ill(1e6), NOISE),
    "cond 1e12": linear(ill(1e12), NOISE),
    "cond 1e12, exact fit": linear(ill(1e12), 0),
    "exact fit": (LINE, ZERO, {x: XS, y: 3 * XS - 2}),
    "mean 1e6": (LINE, ZERO, {x: XS + 1e6, y: 3 * XS - 2 + NOISE}),
    "tiny": (LINE, ZERO, {x: XS * 1e-8, y: (3 * XS - 2) * 1e-9}),
    "huge": (LINE, ZERO, {x: XS * 1e8, y: (3 * XS - 2 + NOISE) * 1e9}),
    "ridge": (RIDGE, {v: np.ones(5)}, {X: ROWS, y: ROWS @ np.arange(5.0), lam: 0.1}),
    "weighted": (WEIGHTED, ZERO, {x: XS, y: 3 * XS - 2 + NOISE, s: RNG.uniform(1e-6, 1e3, size=300)}),
    "polynomial": (PARABOLA, {a: 0, w: 0, b: 0}, {x: 30 * T + 50, y: T**2 - T + 0.3}),
    "several outputs": (MULTI, {W: np.zeros((3, 5))}, {X: ROWS, Y: ROWS @ RNG.normal(size=(5, 3))}),
}


def runs(name: str, update: str | None, maxiter: int = 1500) -> tuple[Any, Any, float]:
    cost, start, data = CASES[name]
    rate = (1.0 if update is None else 0.1) / cost.insight(data, start).eigenvalues[-1]
    how: dict[str, Any] = {"learning_rate": float(rate), "maxiter": maxiter, "gtol": 0, "update": update}
    fast, slow = (cost.descend(start, data, hoist=hoist, **how) for hoist in (True, False))
    assert "Quadratic cost" in fast.message and "Quadratic" not in slow.message
    return fast, slow, float(rate)


@pytest.mark.parametrize("update", [None, "momentum", "nesterov"])
@pytest.mark.parametrize("name", CASES)
def test_parameters_and_cost_are_those_of_the_direct_loop(name: str, update: str | None) -> None:
    fast, slow, _ = runs(name, update)
    for key in slow.params:
        mine, right = (np.reshape(r.history.params[key], (1501, -1)) for r in (fast, slow))
        size = np.linalg.norm(right, axis=1)
        assert (np.linalg.norm(mine - right, axis=1) <= 1e-10 * size).all()
    assert np.abs(fast.history.cost - slow.history.cost).max() <= 1e-10 * slow.history.cost[0]


def extended(A: Any, t: Any, rate: float, steps: int) -> Any:
    """The costs of a linear least-squares descent from 0 in 64-bit-mantissa arithmetic."""
    A, t, alpha = np.asarray(A, np.longdouble), np.asarray(t, np.longdouble), np.longdouble(rate)
    theta, costs = np.zeros(A.shape[1], np.longdouble), []
    for _ in range(steps + 1):
        r = A @ theta - t
        costs.append(r @ r / (2 * len(t)))
        theta = theta - alpha * (r @ A) / len(t)
    return np.array(costs)


@pytest.mark.parametrize("name", ["exact fit", "mean 1e6", "tiny", "cond 1e12, exact fit"])
def test_the_cost_has_as_many_digits_as_the_direct_loop_gives_it(name: str) -> None:
    if np.finfo(np.longdouble).eps > 1e-18:
        pytest.skip("no extended precision here")
    fast, slow, rate = runs(name, None, 600)
    data = CASES[name][2]
    columns = data[X] if X in data else data[x][:, None]
    right = extended(np.column_stack([columns, np.ones(len(columns))]), data[y], rate, 600)
    direct, ours = (np.abs(r.history.cost - right).astype(float) for r in (slow, fast))
    size = np.maximum.accumulate(direct[::-1])[::-1]  # the direct loop's own error from here on
    floor = 1e-10 * np.asarray(right, dtype=float)
    assert (ours <= np.maximum(4 * size, floor)).all()


def test_a_hessian_that_is_wrong_in_one_digit_is_refused() -> None:
    from gdsym.descent.hoist import hoisted
    from gdsym.descent.task import Parameter

    H = np.array([[2.0, 0.5], [0.5, 1.0]])
    params = tuple(Parameter(p.name, p, ()) for p in (w, b))

    def evaluate(*theta: float) -> Any:
        t = np.array(theta)
        return float(t @ H @ t / 2 - t.sum()), tuple(H @ t - 1)

    wrong = H + [[0, 0], [0, 1e-5]]
    own = [i for i in LINE.compile().program.inputs if i.kind == "param"]
    assert hoisted(own, params, np.array([1.0, 2.0]), evaluate, H) is not None
    assert hoisted(own, params, np.array([1.0, 2.0]), evaluate, wrong) is None
