"""Compiled loops of costs that are quadratic, wholly or but for a rest without data: the direct run, the data read seldom."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Sum, exp, log, sqrt, symbols

import gdsym as gd

w, b, lam = symbols("w b lambda")
i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, X, v, W, Y = map(IndexedBase, ("x", "y", "X", "v", "W", "Y"))
FIT = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
LEAST = Sum((Sum(v[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
MANY = Sum(Sum((Sum(W[k, j] * X[i, j], (j, 1, n)) - Y[i, k]) ** 2, (k, 1, K)), (i, 1, m)) / (2 * m)
SIZE = Sum(Abs(v[j]), (j, 1, n))

RNG = np.random.default_rng(0)
XS, NOISE = RNG.normal(size=1100), 0.1 * RNG.normal(size=1100)
ROWS = RNG.normal(size=(400, 5))
LINE = {x: XS, y: 3 * XS - 2 + NOISE}
TABLE = {X: ROWS, y: ROWS @ [1.0, -2.0, 0.0, 0.03, 0.5] + 0.7 + NOISE[:400]}
PLANE, VECTOR = {w: 0.3, b: 0}, {v: np.full(5, 0.2), b: 0}

CASES: dict[str, tuple[gd.Cost, Any, Any]] = {
    "line": (gd.Cost(FIT, [w, b]), PLANE, LINE),
    "line, exact fit": (gd.Cost(FIT, [w, b]), PLANE, {x: XS, y: 3 * XS - 2}),
    "softplus": (gd.Cost(FIT + log(1 + exp(w)), [w, b]), PLANE, LINE),
    "a barrier": (gd.Cost(FIT - lam * log(w), [w, b]), PLANE, LINE | {lam: 0.3}),
    "far from the origin": (gd.Cost(FIT + sqrt(1 + b**2), [w, b]), PLANE, {x: XS + 1e6, y: 3 * XS - 2 + NOISE}),
    "tiny": (gd.Cost(FIT + (w - lam) ** 4 / 10**20, [w, b]), PLANE, {x: XS * 1e-8, y: XS * 1e-9, lam: 0.3}),
    "lasso": (gd.Cost(LEAST + lam * SIZE, [v, b]), VECTOR, TABLE | {lam: 0.1}),
    "elastic net": (gd.Cost(LEAST + lam * (SIZE + Sum(v[j] ** 2, (j, 1, n))), [v, b]), VECTOR, TABLE | {lam: 0.1}),
    "only the number": (gd.Cost(LEAST + log(1 + exp(b)), [v, b]), VECTOR, TABLE),
    "several outputs": (
        gd.Cost(MANY + lam * Sum(sqrt(1 + W[k, j] ** 2), (k, 1, K), (j, 1, n)), [W]),
        {W: np.full((3, 5), 0.1)},
        {X: ROWS, Y: ROWS @ RNG.normal(size=(5, 3)), lam: 0.1},
    ),
}  # fmt: skip
RULES = {"line": "momentum", "lasso": "nesterov"}


def runs(name: str, **how: Any) -> Any:
    cost, start, data = CASES[name]
    top = float(np.max(np.abs(cost.insight(data, start).eigenvalues)))
    return cost.descend(start, data, learning_rate=0.1 / top, gtol=0, update=RULES.get(name), **how)


def needs(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("backend", ["numba", "jax"])
def test_the_run_is_the_direct_one(backend: str, name: str) -> None:
    needs(backend)
    found, right = runs(name, maxiter=400, backend=backend), runs(name, maxiter=400, hoist=False)
    assert "Quadratic" in found.message and "Quadratic" not in right.message and found.status == right.status
    assert int(found.message.split(" pass")[0].split()[-1]) <= 10
    for key in right.params:
        mine, theirs = (np.reshape(r.history.params[key], (401, -1)) for r in (found, right))
        assert (np.linalg.norm(mine - theirs, axis=1) <= 1e-10 * np.linalg.norm(theirs, axis=1)).all()
    assert np.abs(found.history.cost - right.history.cost).max() <= 1e-10 * abs(right.history.cost[0])
    norms = right.history.gradient_norm
    assert (np.abs(found.history.gradient_norm - norms) <= 1e-9 * norms + 1e-12 * norms.max()).all()


@pytest.mark.parametrize("name", ["line", "line, exact fit", "softplus", "far from the origin", "lasso"])
@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
def test_to_go_on_makes_the_same_bits(backend: str, name: str) -> None:
    """Also near the end, and where a callback stopped the run in the middle of what was computed already."""
    needs(backend)
    whole = runs(name, maxiter=400, backend=backend)
    for how in ({"maxiter": 37}, {"maxiter": 399}, {"maxiter": 400, "callback": lambda step, _: step == 150}):
        part = runs(name, backend=backend, **how)
        more = runs(name, maxiter=400, backend=backend, resume=part)
        assert part.nit < 400 and np.array_equal(more.history.cost, whole.history.cost)
        assert all(np.array_equal(more.history.params[key], whole.history.params[key]) for key in whole.params)


def test_jax_reads_few_data_in_every_step() -> None:
    """A choice between two ways costs more than a few data."""
    needs("jax")
    cost, start, _ = CASES["line"]
    run = cost.descend(start, {x: XS[:50], y: XS[:50]}, backend="jax", maxiter=100)
    assert "Quadratic" not in run.message
