"""Sums of exponentials of one vector with weights that may be 0: one matrix product, and every row's digits; beside mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import needs

i, j, k, l, n, p, K = symbols("i j k l n p K", integer=True, positive=True)
y, a, d, w, M, X = map(IndexedBase, ("y", "a", "d", "w", "M", "X"))

SUM = Sum(log(Sum(M[i, k] * exp(a[k]), (k, 1, K))), (i, 1, n))
ROWS = Sum(y[i] * log(Sum(M[i, k] * exp(a[k]), (k, 1, K))), (i, 1, n))
COLUMNS = Sum(y[i] * log(Sum(M[k, i] * exp(a[k]), (k, 1, K))), (i, 1, n))
SHARE = -Sum(y[i] * log(Sum(M[i, k] * exp(a[k]), (k, 1, K)) / Sum(exp(a[l]), (l, 1, K))), (i, 1, n))
COX = -Sum(
    d[i] * (Sum(w[j] * X[i, j], (j, 1, p)) - log(Sum(M[i, l] * exp(Sum(w[j] * X[l, j], (j, 1, p))), (l, 1, n)))), (i, 1, n)
)  # fmt: skip

LOGITS = {
    "near": (0.5, -1.25, 2.0, 0.25),
    "one far above": (1000.0, 0.5, -0.25, -1000.0),
    "one far below": (0.5, 1.0, -1000.0, 0.75),
    "tiny": (1e-12, -1e-12, 2e-12, -3e-12),
    "tiny beside large": (1e-12, -1e-12, 30.0, 7.0),
    "all far below": (-1000.0, -1001.0, -999.5, -2000.0),
    "steps of 13": (13.0, 0.0, 26.5, 39.25),
}
MASK = np.array(
    [[1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 1], [0, 2.5, 0, 0.125], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1e-9, 3.0]]
)


def exactly(z: Any, weights: Any) -> tuple[list[Any], list[list[Any]]]:
    """Log sum_k M_ik exp(z_k) and the shares of each k, for every row."""
    e = [mpmath.exp(v) for v in z]
    sums = [mpmath.fsum(mpmath.mpf(m) * v for m, v in zip(row, e, strict=True)) for row in weights]
    shares = [
        [mpmath.mpf(m) * v / s for m, v in zip(row, e, strict=True)] for row, s in zip(weights, sums, strict=True)
    ]
    return [mpmath.log(s) for s in sums], shares


def agrees(ours: float, truth: Any, scale: Any) -> bool:
    return bool(abs(mpmath.mpf(float(ours)) - truth) <= 1e-14 * abs(scale) + 1e-290)


def largest(z: Any, weights: Any) -> float:
    """Of the logits that count: a relative change of them changes the logarithm so much."""
    return max(abs(v) for v, m in zip(z, weights, strict=True) if m)


@pytest.mark.parametrize("name", LOGITS)
def test_every_row_keeps_its_digits(name: str) -> None:
    """One row at a time, so that no other hides its error; the largest logit is left out of most of them."""
    z, cost = LOGITS[name], code_of(SUM, [a])
    with mpmath.workdps(1500):
        logs, shares = exactly(z, MASK)
        for row, weights in enumerate(MASK):
            value, slopes = cost.value_and_gradient({a: z}, {M: [weights]})
            scale = abs(logs[row]) if np.all(weights != 1) else max(abs(logs[row]), largest(z, weights))
            assert agrees(value, logs[row], scale), (row, value)
            assert all(agrees(ours, right, right) for ours, right in zip(slopes[a], shares[row], strict=True)), row


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", LOGITS)
def test_all_rows_together(name: str, engine: str) -> None:
    if engine != "numpy":
        needs(engine)
    z = LOGITS[name]
    y_ = np.array([1.0, 0.0, 2.0, 0.5, 1.0, 3.0, 0.25])
    for form, table in ((ROWS, MASK), (COLUMNS, MASK.T)):
        cost = code_of(form, [a], engine)
        value, slopes = cost.value_and_gradient({a: z}, {M: table, y: y_})
        with mpmath.workdps(1500):
            logs, shares = exactly(z, MASK)
            assert agrees(value, mpmath.fdot(y_, logs), max(mpmath.fdot(y_, map(abs, logs)), *map(abs, z)))
            for ours, column in zip(slopes[a], zip(*shares, strict=True), strict=True):
                right = mpmath.fdot(y_, column)
                assert agrees(ours, right, right)


def test_a_row_without_weights() -> None:
    """The logarithm of 0 is -inf, and there is no slope."""
    cost = code_of(SUM, [a])
    value, slopes = cost.value_and_gradient({a: [0.5, 1.0]}, {M: [[1.0, 1.0], [0.0, 0.0]]})
    assert value == -np.inf and np.isnan(slopes[a]).all()


@pytest.mark.parametrize("spread", [0.3, 300.0])
def test_partial_likelihood(spread: float) -> None:
    """Those at risk as a table of 0 and 1: beside the sums written out, also where risks differ by e^1000."""
    rng = np.random.default_rng(4)
    x, times, seen = rng.normal(size=(12, 3)), rng.permutation(12), rng.integers(0, 2, 12)
    risk, at = (times >= times[:, None]).astype(float), np.array([spread, -2 * spread, spread / 2])
    cost = code_of(COX, [w])
    assert "@ (row_shares(" in cost.source
    value, slopes = cost.value_and_gradient({w: at}, {X: x, d: seen, M: risk})
    with mpmath.workdps(1500):
        z = [mpmath.fdot(row, at) for row in x]
        logs, shares = exactly(z, risk)
        total = mpmath.fsum(q * (s - v) for q, s, v in zip(seen, logs, z, strict=True))
        assert agrees(value, total, mpmath.fsum(q * (abs(s) + abs(v)) for q, s, v in zip(seen, logs, z, strict=True)))
        for column, ours in enumerate(slopes[w]):
            right = mpmath.fsum(
                int(q) * (mpmath.fdot(row, x[:, column]) - x[at_, column]) for at_, (q, row) in enumerate(zip(seen, shares, strict=True))
            )  # fmt: skip
            assert agrees(ours, right, 100 * spread)


def test_no_table_is_made() -> None:
    """The exponentials are as many as the logits, and the parts of the sum are named."""
    source = code_of(ROWS, [a]).source
    assert "M @ e" in source and "[:, None]" not in source.partition("value_and_gradient")[2]
    assert source.count("np.exp(") == 4  # two of them in the functions for rows that are far below


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", LOGITS)
def test_shares_of_those_left_in(name: str, engine: str) -> None:
    """The share may be below the floats (the value was infinite, and NaN beside a label that is 0) or nearly 1."""
    if engine != "numpy":
        needs(engine)
    cost = code_of(SHARE, [a], engine)
    z = LOGITS[name]
    for row, weights in enumerate(MASK):
        counts = (weights != 0).astype(float)
        table, labels = [counts, MASK[row - 1]], [1.0, 0.0]
        value, slopes = cost.value_and_gradient({a: z}, {M: table, y: labels})
        with mpmath.workdps(1500):
            (log, whole), (some, every) = exactly(z, [counts, [1] * len(z)])
            assert agrees(value, whole - log, max(abs(whole - log), 1, largest(z, counts))), (row, value)
            for ours, one, other in zip(slopes[a], some, every, strict=True):
                assert agrees(ours, other - one, max(other, one)), row
