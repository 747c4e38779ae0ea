"""Sums of vectors in a loop: the way of adding up is chosen before it, and both give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import IndexedBase, Rational, Sum, exp, symbols

import gdsym as gd
from gdsym.arrays.adding import SHORT

w, b = symbols("w b")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, X, v = map(IndexedBase, ("x", "y", "X", "v"))
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])


@pytest.mark.parametrize("size", [1, 7, SHORT, SHORT + 1])
def test_short_and_long_vectors_add_up_alike(size: int) -> None:
    rng = np.random.default_rng(3)
    xs, ys = rng.normal(size=size), rng.normal(size=size)
    run = LINE.descend({w: 0.5, b: 0.25}, {x: xs, y: ys}, maxiter=1, gtol=0, hoist=False, learning_rate=0.5)
    assert "total(r)" in run.source
    assert run.params[b] == pytest.approx(0.25 - 0.5 * np.mean(0.5 * xs + 0.25 - ys), rel=1e-12)


def test_a_parameter_called_total_keeps_its_name() -> None:
    total = symbols("total")
    cost = gd.Cost(Sum((total * x[i] + b - y[i]) ** 2, (i, 1, m)), [total, b])
    run = cost.descend({total: 0, b: 0}, {x: [1, 2], y: [3, 5]}, learning_rate=0.05, maxiter=5000, hoist=False)
    assert run.params[total] == pytest.approx(2, abs=1e-4) and "total1(r)" in run.source


def test_a_part_of_a_vector_is_added_as_before() -> None:
    """The entries from the second on meet no whole vector of data."""
    cost = gd.Cost(Sum(exp(w * x[i]) + b * x[i - 1], (i, 2, m)) + b**2, [w, b])
    run = cost.descend({w: 0.1, b: 0}, {x: [1.0, 2.0, 3.0]}, maxiter=1, gtol=0, learning_rate=Rational(1, 10))
    assert run.params[b] == pytest.approx(-0.3) and "total(" not in run.source


def test_batches_add_up_what_was_drawn() -> None:
    xs = np.arange(1.0, 7.0)
    run = LINE.descend({w: 0, b: 0}, {x: xs, y: 2 * xs}, batch=2, rng=1, maxiter=300, learning_rate=0.03, gtol=0)
    assert run.params[w] == pytest.approx(2, abs=0.2)


def test_rows_of_a_matrix_and_their_vector() -> None:
    cost = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / m, [v, b])
    rows = np.array([[1.0, 2.0], [3.0, 5.0], [2.0, 2.0]])
    run = cost.descend(
        {v: [0, 0], b: 0}, {X: rows, y: [1.0, 2.0, 4.0]}, maxiter=1, gtol=0, learning_rate=0.5, hoist=False
    )
    assert run.params[b] == pytest.approx(7 / 3) and "total(r)" in run.source
