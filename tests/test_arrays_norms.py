"""u/|u| at u = 0 is 0, a subgradient, on every engine; elsewhere nothing changes; bare numbers."""

from __future__ import annotations

import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Sum, sqrt, symbols
from tools import needs

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
W, w, A = map(IndexedBase, ("W", "w", "A"))
a, b = symbols("a b", real=True)
ENGINES = [pytest.param("numpy"), *(pytest.param(e, marks=pytest.mark.slow) for e in ("numba", "jax"))]


@pytest.mark.parametrize("engine", ENGINES)
def test_group_lasso_at_a_row_of_zeros(engine: str) -> None:
    needs(engine)
    cost = code_of(Sum(sqrt(Sum(W[j, k] ** 2, (k, 1, K))), (j, 1, n)), [W], engine)
    value, slope = cost.value_and_gradient({W: [[0.0, 0], [3, 4], [1e-100, 0]]})
    assert value == 5
    assert np.allclose(slope[W], [[0, 0], [0.6, 0.8], [1, 0]], rtol=1e-15, atol=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_median_of_points_at_one_of_them(engine: str) -> None:
    needs(engine)
    cost = code_of(Sum(sqrt(Sum((A[i, j] - w[j]) ** 2, (j, 1, n))), (i, 1, m)), [w], engine)
    assert cost.gradient({w: [1.0, 2]}, {A: [[1, 2], [4, 6], [1, 7]]})[w] == pytest.approx([-0.6, -1.8], rel=1e-15)


def test_one_norm() -> None:
    whole = code_of(sqrt(Sum(w[j] ** 2, (j, 1, n))), [w])
    assert whole.gradient({w: [0.0, 0]})[w].tolist() == [0, 0]
    assert whole.gradient({w: [-3.0, 4]})[w].tolist() == [-0.6, 0.8]
    plain = code_of(sqrt((a - 1) ** 2 + (b - 2) ** 2), [a, b])
    assert plain.gradient({a: 1, b: 2}) == {a: 0, b: 0}
    assert plain.gradient({a: 1, b: 1}) == {a: 0, b: -1}


def test_what_is_no_direction_is_left_undefined() -> None:
    """1/norm alone is infinite at 0, and stays so."""
    slope = code_of(sqrt(Sum(w[j] ** 2, (j, 1, n)) + b), [b]).gradient({b: 0}, {w: [0.0, 0]})
    assert not abs(slope[b]) < 1e300
