"""Descents over costs with inverses and determinants: where they end, what is singular on the way, and their batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import MatrixSymbol, Trace, det, log
from test_determinants import AT, COLUMNS, COSTS, ROWS, R, S, T, X, m, n, p, w, y

import gdsym as gd

K = 4
SCATTER = np.array([[1.5, 0.3, 0, 0.1], [0.3, 0.9, -0.2, 0], [0, -0.2, 1.2, 0.4], [0.1, 0, 0.4, 2.0]])


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_the_precision_is_the_inverse_of_the_scatter(backend: str) -> None:
    """Among symmetric matrices; -log det curves downwards across them, and the run says so."""
    cost = gd.Cost(COSTS["by the precision"][0], T)
    run = cost.descend({T: np.eye(K)}, {S: SCATTER}, learning_rate=0.2, backend=backend)
    np.testing.assert_allclose(run.params[T], np.linalg.inv(SCATTER), atol=1e-5)
    assert run.success and "a minimum among symmetric T" in run.message and "T = L*L.T" in run.message
    assert cost.insight({S: SCATTER}, {T: np.linalg.inv(SCATTER)}).eigenvalues[0] < 0


def test_a_factor_of_the_precision_has_a_minimum() -> None:
    factor = MatrixSymbol("L", n, n)
    cost = gd.Cost(Trace(S * factor * factor.T) - log(det(factor * factor.T)), factor)
    run = cost.descend({factor: np.eye(K)}, {S: SCATTER}, learning_rate=0.05)
    assert run.success and "symmetric" not in run.message
    found = run.params[factor] @ run.params[factor].T
    np.testing.assert_allclose(found, np.linalg.inv(SCATTER), atol=1e-5)
    assert cost.compile().source.count("slogdet") == 1  # det(L) det(L^T) is a square


def test_a_saddle_of_another_matrix_is_a_saddle() -> None:
    """Symmetric at the start and at the end, but without a determinant nothing says that symmetric ones are meant."""
    square = gd.Cost(Trace(T * T), T)
    assert square.descend({T: np.eye(2)}, learning_rate=0.1).status == "stationary_not_min"


def test_where_there_is_no_number_the_run_says_why() -> None:
    precision = gd.Cost(COSTS["by the precision"][0], T)
    for start, said in ((np.ones((K, K)), "singular, its determinant is 0"), (np.diag([1.0, 1, 1, -1]), "below 0")):
        with pytest.raises(gd.DescentError, match=f"at the start .log.det.T..: the .*{said}"):
            precision.descend({T: start}, {S: SCATTER})
    with pytest.raises(gd.DescentError, match="T⁻¹: the matrix is singular"):
        gd.Cost(Trace(T.inv()), T).descend({T: np.zeros((2, 2))})
    with pytest.raises(gd.DescentError, match="R⁻¹: the matrix is singular"):
        gd.Cost(COSTS["generalised least squares"][0], w).descend(
            {w: np.zeros(COLUMNS)}, {X: AT["X"], y: AT["y"], R: np.zeros((ROWS, ROWS))}
        )


def test_a_run_that_meets_a_determinant_below_0_keeps_its_history() -> None:
    one = gd.Cost(2 * Trace(T) - log(det(T)), T)
    run = one.descend({T: np.diag([0.4, 2.0])}, learning_rate=1.2, maxiter=9)
    assert run.status == "nonfinite" and "log(det(T)): the determinant is below 0" in run.message
    assert len(run.history.cost) == run.nit + 1 and np.isfinite(run.history.cost).all()


def test_a_step_is_explained_with_entries_of_the_inverse() -> None:
    run = gd.Cost(COSTS["by the precision"][0], T).descend(
        {T: np.eye(2)}, {S: np.eye(2) / 2}, learning_rate=0.5, maxiter=3
    )
    said = run.explain(0)
    assert "T[1, 1] ← T[1, 1] - α (S[1, 1] - T⁻¹[1, 1]) = 1 - 0.5 (0.5 - 1) = 1 - 0.5 · (-0.5) = 1.25" in said.text
    assert r"\left(T^{-1}\right)_{1 1}" in said.latex or r"\left(T^{-1}\right)_{11}" in said.latex


def test_a_run_is_saved_and_read_back(tmp_path: Any) -> None:
    run = gd.Cost(COSTS["by the precision"][0], T).descend(
        {T: np.eye(2)}, {S: np.eye(2) / 2}, learning_rate=0.5, maxiter=3
    )
    run.save(tmp_path / "run.json")
    again = gd.load(tmp_path / "run.json")
    np.testing.assert_array_equal(again.params["T"], run.params[T])
    assert str(again.explain(1)) == str(run.explain(1))


def test_batches_of_correlated_samples_are_refused() -> None:
    cost = gd.Cost(COSTS["generalised least squares"][0], w)
    data = {X: AT["X"], y: AT["y"], R: AT["R"]}
    with pytest.raises(gd.CostError, match="no plain sum over the samples"):
        cost.descend({w: np.zeros(COLUMNS)}, data, batch=5, rng=0)


def test_normal_equations_with_an_inverse() -> None:
    insight = gd.Cost(COSTS["generalised least squares"][0], w).insight({X: AT["X"], y: AT["y"], R: AT["R"]})
    assert insight.normal_equations is not None
    weight = np.linalg.inv(AT["R"]) + np.linalg.inv(AT["R"]).T
    np.testing.assert_allclose(insight.hessian, AT["X"].T @ weight @ AT["X"], rtol=1e-10)


def test_batches_of_samples_with_one_covariance() -> None:
    """The mean of the batches' slopes over an epoch is the slope: each batch has the inverse whole."""
    rows = np.random.default_rng(6).normal(size=(12, 3))
    samples, covariance = MatrixSymbol("X", m, p), MatrixSymbol("C", p, p)
    cost = gd.Cost(Trace(samples * covariance.inv() * samples.T) / m + log(det(covariance)), covariance)
    run = cost.descend(
        {covariance: 2 * np.eye(3)}, {samples: rows}, learning_rate=1e-7, batch=4, rng=0, maxiter=3, gtol=0
    )
    moved = (2 * np.eye(3) - run.params[covariance]) / 3e-7
    slope = cost.compile().gradient({covariance: 2 * np.eye(3)}, {samples: rows})[covariance]
    np.testing.assert_allclose(moved, slope, rtol=1e-4, atol=1e-5)
