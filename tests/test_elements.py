"""Sums over the elements of a MatrixSymbol, A[i, j], are derived like those over the entries of an array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy import MatrixSymbol, Sum, symbols

import gdsym as gd

i, j, k, l = symbols("i j k l", integer=True)
m, n = symbols("m n", integer=True, positive=True)
A, X = MatrixSymbol("A", m, m), MatrixSymbol("X", m, n)
v, w = MatrixSymbol("v", m, 1), MatrixSymbol("w", n, 1)
B = MatrixSymbol("B", 3, 3)
y = sp.IndexedBase("y")

DIFFERENCES = Sum((B[i + 1, j] - B[i, j]) ** 2 * sp.sin(B[i, j]), (i, 0, 1), (j, 0, 2))
ROWS = Sum(sp.exp(B[i, 0] * B[0, j]) + B[i, j] * B[j, i], (i, 0, 2), (j, 0, 2))


def at(expr: Any, numbers: Any) -> float:
    found = expr.doit().subs({B[r, c]: numbers[r, c] for r in range(3) for c in range(3)})
    return float(found)


@pytest.mark.parametrize("cost", [DIFFERENCES, ROWS], ids=["differences", "rows"])
def test_the_slope_is_that_of_the_written_out_sum(cost: Any) -> None:
    numbers = np.random.default_rng(3).uniform(-1, 1, (3, 3))
    d = gd.derive(cost, B[k, l])
    assert all(step.check for step in d.steps)
    for r in range(3):
        for c in range(3):
            up, down = numbers.copy(), numbers.copy()
            up[r, c] += 1e-5
            down[r, c] -= 1e-5
            slope = (at(cost, up) - at(cost, down)) / 2e-5
            assert at(d.result.subs({k: r, l: c}), numbers) == pytest.approx(slope, abs=1e-8)


def test_the_result_is_in_the_callers_own_elements() -> None:
    assert gd.derive(Sum(A[i, j] ** 2, (i, 0, m - 1), (j, 0, m - 1)), A[k, l]).result == 2 * A[k, l]
    assert gd.derive(Sum(A[i, j] ** 2, (i, 0, m - 1), (j, 0, m - 1)), A).result == 2 * A[k, l]
    assert gd.derive(Sum(B[i, j] ** 2, (i, 0, 2), (j, 0, 2)), "B[1, 2]").result == 2 * B[1, 2]
    assert gd.derive(Sum(A[i, j] * v[j, 0], (i, 0, m - 1), (j, 0, m - 1)), v).result == Sum(A[i, k], (i, 0, m - 1))


def test_sympys_own_element_of_a_product_is_derived() -> None:
    d = gd.derive((v.T * A * v)[0, 0], v)
    assert d.wrt == v[k, 0]
    first, second = (Sum(e * v[i, 0], (i, 0, m - 1)) for e in (A[i, k], A[k, i]))
    assert sp.simplify((d.result - first - second).subs(m, 3).doit()) == 0


def test_by_another_matrix_the_slope_is_0() -> None:
    assert gd.derive(A[0, 1] ** 2, MatrixSymbol("C", 2, 2)).result == 0


def test_elements_and_whole_matrices_in_one_formula_are_refused() -> None:
    with pytest.raises(gd.Unsupported, match="whole matrices"):
        gd.derive(A[0, 0] * sp.Trace(A), A)
    with pytest.raises(gd.Unsupported, match="one entry of"):
        gd.derive(A.inv()[0, 0], A)


def test_the_certificate_holds_the_elements() -> None:
    d = gd.derive(Sum(A[i, j] * v[j, 0], (i, 0, m - 1), (j, 0, m - 1)), v)
    assert gd.verify.recheck(d.certificate)


def test_a_text_means_the_elements_of_the_matrix_that_is_given() -> None:
    assert gd.derive("Sum(B[i, j]**2, (i, 0, 2), (j, 0, 2))", B[k, l]).result == 2 * B[k, l]


def test_claims() -> None:
    cost = Sum(A[i, j] ** 2, (i, 0, m - 1), (j, 0, m - 1))
    assert gd.check(cost, A[k, l], 2 * A[k, l]).ok
    assert gd.check(cost, A, 2 * A[i, j]).ok
    assert gd.check(cost, "A", "2*A[k, l]").ok
    assert gd.check(cost, A, 3 * A[i, j]).factor == sp.Rational(3, 2)
    assert not gd.check(cost, A, 2 * A[i, j] + 1).ok


def test_the_cost_is_compiled_with_columns_as_vectors() -> None:
    cost = gd.Cost(Sum((Sum(X[i, j] * w[j, 0], (j, 0, n - 1)) - y[i]) ** 2, (i, 0, m - 1)), [w])
    rng = np.random.default_rng(0)
    data = {X: rng.normal(size=(4, 3)), y: rng.normal(size=4)}
    at = rng.normal(size=(3, 1))
    found = cost.compile().gradient({w: at}, data)[w]
    expected = 2 * data[X].T @ (data[X] @ at[:, 0] - data[y])
    assert found == pytest.approx(expected)
    assert cost.descend({w: at}, data, maxiter=2).fun < cost.compile().value({w: at}, data)


def test_a_second_element_of_a_column_has_no_array() -> None:
    with pytest.raises(gd.Unsupported, match="its only one is 0"):
        gd.Cost(Sum(w[j, i] ** 2, (j, 0, n - 1), (i, 0, 0)), [w]).compile()
