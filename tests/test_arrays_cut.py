"""Entries asked for beyond an array where a case does not hold, and tables read by two lists of labels, on every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import Expr, IndexedBase, Sum, sqrt, symbols
from tools import needs

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, w, A, U, V, c, d = map(IndexedBase, ("x", "y", "w", "A", "U", "V", "c", "d"))
ENGINES = [pytest.param("numpy"), *(pytest.param(e, marks=pytest.mark.slow) for e in ("numba", "jax"))]
rng = np.random.default_rng(2)


def slopes(cost: Expr, params: dict[Any, Any], data: dict[Any, Any], engine: str) -> None:
    """The gradient is the difference quotient of the cost along a direction."""
    needs(engine)
    code = code_of(cost, params, engine)
    turned = {p: rng.normal(size=np.shape(v)) for p, v in params.items()}
    up, down = (code.value({p: v + h * turned[p] for p, v in params.items()}, data) for h in (1e-6, -1e-6))
    slope = code.gradient(params, data)
    assert sum(np.sum(slope[p] * turned[p]) for p in params) == pytest.approx((up - down) / 2e-6, rel=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_signal_seen_through_a_filter(engine: str) -> None:
    """The slope asks for w[i + n - k] where that is an entry."""
    cost = Sum((y[i] - Sum(x[i - j + n] * w[j], (j, 1, n))) ** 2, (i, 1, m)) + Sum(x[k] ** 2, (k, 1, m + n - 1))
    slopes(cost, {x: rng.normal(size=9)}, {w: rng.normal(size=4), y: rng.normal(size=6)}, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_distances_below_the_diagonal(engine: str) -> None:
    """The slope by every row of U asks for A[i, l] with l up to m, the cost for j < i."""
    size = Sum((U[i, k] - U[j, k]) ** 2, (k, 1, K))
    cost = Sum((sqrt(size) - A[i, j]) ** 2, (j, 1, i - 1), (i, 2, m))
    slopes(cost, {U: rng.normal(size=(6, 2))}, {A: rng.random((6, 6))}, engine)


def test_a_table_that_is_too_narrow_is_refused() -> None:
    size = Sum((U[i, k] - U[j, k]) ** 2, (k, 1, K))
    code = code_of(Sum((sqrt(size) - A[i, j]) ** 2, (j, 1, i - 1), (i, 2, m)), [U])
    with pytest.raises(gd.GdsymError, match="at least 6 entries along axis 1"):
        code.gradient({U: rng.normal(size=(6, 2))}, {A: rng.random((6, 5))})


@pytest.mark.parametrize("engine", ENGINES)
def test_factors_by_two_lists_of_labels(engine: str) -> None:
    cost = Sum((y[i] - Sum(U[c[i], k] * V[d[i], k], (k, 1, K)) - w[c[i]]) ** 2, (i, 1, m))
    params = {U: rng.normal(size=(4, 3)), V: rng.normal(size=(5, 3)), w: rng.normal(size=4)}
    slopes(cost, params, {y: rng.normal(size=8), c: [1, 2, 3, 4, 4, 1, 2, 2], d: [5, 4, 3, 2, 1, 1, 2, 3]}, engine)
