"""Data in single precision are the same numbers in double: value, gradient and run agree to the bit, on every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Sum, exp, log, symbols
from tools import needs

import gdsym as gd

i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
x, y, w, A, M = map(IndexedBase, ("x", "y", "w", "A", "M"))
error = Sum((Sum(A[i, j] * w[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / (2 * m)
COSTS: dict[str, Any] = {
    "least squares": error,
    "lasso": error + Sum(Abs(w[j]), (j, 1, n)) / 10,
    "logistic": Sum(log(1 + exp(-y[i] * Sum(A[i, j] * w[j], (j, 1, n)))), (i, 1, m)) / m,
    "masked": -Sum(log(Sum(M[i, j] * exp(x[i] * w[j]), (j, 1, n))), (i, 1, m)) / m + Sum(w[j] ** 2, (j, 1, n)),
}


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", COSTS)
def test_single_precision(name: str, engine: str) -> None:
    needs(engine)
    rng = np.random.default_rng(5)
    mask = (rng.random((40, 3)) < 0.5).astype(np.float32)
    mask[:, 0] = 1
    every = {x: rng.normal(size=40), y: rng.normal(size=40), A: rng.normal(size=(40, 3)), M: mask}
    cost = gd.Cost(COSTS[name], [w])
    single = {base: v.astype(np.float32) for base, v in every.items() if COSTS[name].has(base)}
    double = {base: v.astype(float) for base, v in single.items()}
    code, start = cost.compile(backend=engine), {w: np.array([0.5, -1, 2])}
    ours, same = (code.value_and_gradient(start, data) for data in (single, double))
    assert ours[0] == same[0]
    assert ours[1][w].tolist() == same[1][w].tolist()
    runs = [
        cost.descend(start, data, learning_rate=0.1, maxiter=200, gtol=0, backend=engine) for data in (single, double)
    ]
    assert runs[0].params[w].tolist() == runs[1].params[w].tolist()
    assert runs[0].fun == runs[1].fun
    plain = cost.descend(start, double, learning_rate=0.1, maxiter=200, gtol=0, hoist=False)
    assert runs[0].params[w] == pytest.approx(plain.params[w], rel=1e-10)
