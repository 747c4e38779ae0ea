"""Claims in NumPy's notation about costs over matrices; wrong ones are run in NumPy at the counterexample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from sympy import MatrixSymbol, Symbol, Trace, symbols

import gdsym as gd

m, n = symbols("m n", integer=True, positive=True)
b = Symbol("b")
X, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
W, Y, A = MatrixSymbol("W", n, 3), MatrixSymbol("Y", m, 3), MatrixSymbol("A", n, n)
LEAST = (X * w - y).T * (X * w - y) / (2 * m)
TABLE = Trace((X * W - Y).T * (X * W - Y)) / 2
BOTH = (X * w - b * y).T * (X * w - b * y)


@pytest.mark.parametrize(
    ("cost", "wrt", "claim"),
    [
        (LEAST, w, "X.T @ (X @ w - y) / m"), (LEAST, w, "X.T.dot(X.dot(w) - y) / m"), (LEAST, w, "np.dot(X.T, X @ w - y) / y.size"),
        (LEAST, w, "X.T @ (X @ w - y) / X.shape[0]"), (LEAST, w, "((X @ w - y)*X).mean(axis=0, keepdims=True).T"),
        (TABLE, W, "X.T @ (X @ W - Y)"), (BOTH, w, "2*X.T @ (X @ w - b*y)"), (BOTH, b, "-2*((X @ w - b*y)*y).sum()"),
        (BOTH, b, "-2*y.T @ (X @ w - b*y)"), (w.T * A * w, w, "(A + A.T) @ w"), (w.T * A * w, A, "w @ w.T"),
    ],
)  # fmt: skip
def test_right_claims(cost: Any, wrt: Any, claim: str) -> None:
    assert gd.Cost(cost, [wrt]).check({wrt: claim}).ok
    assert gd.check(cost, wrt, claim).ok


def test_a_factor_is_told() -> None:
    verdict = gd.Cost(LEAST, [w]).check({w: "X.T @ (X @ w - y)"})
    assert not verdict.ok and str(verdict.factor) == "m"


IN_NUMPY = {
    LEAST: "((X @ w - y)**2).sum()/(2*m)", TABLE: "((X @ W - Y)**2).sum()/2", BOTH: "((X @ w - b*y)**2).sum()",
    w.T * A * w: "(w.T @ A @ w).item()",
}  # fmt: skip
WRONG = [
    (LEAST, w, "X.T @ (X @ w - 2*y) / m"), (LEAST, w, "X.T @ (X @ w - y.sum()) / m"), (LEAST, w, "w / m"),
    (TABLE, W, "X.T @ (X @ W + Y)"), (w.T * A * w, w, "2*A @ w"), (w.T * A * w, A, "w @ w.T + A"), (BOTH, b, "-2*(X @ w - b*y).sum()"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "wrt", "claim"), WRONG)
def test_wrong_claims_are_wrong_in_numpy_at_the_counterexample(cost: Any, wrt: Any, claim: str) -> None:
    verdict = gd.Cost(cost, [wrt]).check({wrt: claim})
    point = verdict.counterexample
    assert not verdict.ok and verdict.factor is None and point is not None
    matrices = {key: np.array(value.tolist(), float) for key, value in point.items() if isinstance(key, MatrixSymbol)}
    assert set(matrices) == cost.atoms(MatrixSymbol)
    assert all(value.shape == tuple(int(size.subs(point)) for size in key.shape) for key, value in matrices.items())
    at = {str(key): matrices[key] if key in matrices else float(value) for key, value in point.items()}
    claimed, slope = _run(claim, at), _slope(IN_NUMPY[cost], str(wrt), at)
    assert claimed.size == slope.size and np.abs(claimed.reshape(slope.shape) - slope).max() > 1e-9


def _run(code: str, at: dict[str, Any]) -> Any:
    return np.asarray(eval(code, {"np": np}, dict(at)), float)


def _slope(cost: str, wrt: str, at: dict[str, Any]) -> Any:
    """Central differences, exact for quadratic costs but for rounding."""
    centre = np.asarray(at[wrt], float)
    slope = np.zeros(centre.shape)
    for place in np.ndindex(centre.shape):
        step = np.zeros(centre.shape)
        step[place] = 0.5
        slope[place] = _run(cost, {**at, wrt: centre + step}) - _run(cost, {**at, wrt: centre - step})
    return slope


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("(X @ w - y) / m", "The claim is m x 1, but the derivative by"), ("(X @ w - y).T @ X / m", "The claim is 1 x n, but"),
        ("((X @ w - y)*X).mean(axis=0)", "The claim is an array of length n, but"),
    ],
)  # fmt: skip
def test_other_shapes_are_wrong(claim: str, said: str) -> None:
    verdict = gd.Cost(LEAST, [w]).check({w: claim})
    assert not verdict.ok and said in verdict.message and "is n x 1" in verdict.message


@pytest.mark.parametrize(
    ("claim", "said"),
    [("X @ (X @ w - y)", "the inner sizes differ"), ("X.T * (X @ w - y)", "a matrix product is written `@`"), ("X.T @ (X @ v - y)", "`v` is no array of this cost")],
)  # fmt: skip
def test_what_does_not_fit_within_the_claim_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.ReadError, match=said):
        gd.Cost(LEAST, [w]).check({w: claim})


def test_a_determinant_is_claimed_in_numpy_or_as_a_matrix_expression() -> None:
    cost = gd.Cost(sympy.log(sympy.Determinant(A)), [A])
    assert cost.check({A: "np.linalg.inv(A).T"}).ok
    assert cost.check({A: A.inverse().T}).ok
