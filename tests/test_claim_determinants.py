"""Is a gradient in NumPy with inverses right? What is called right, what is said of the others, and what is not read."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Trace, det, log
from test_determinants import COSTS, S, T, v

import gdsym as gd

CLAIMS: list[tuple[str, str, Any, str]] = [  # the cost, the claim, its factor, what is said of it
    ("by the precision", "S.T - np.linalg.inv(T).T", 1, "right"),
    ("by the precision", "2*(S.T - np.linalg.inv(T.T))", 2, "right up to the factor 2"),
    ("by the precision", "S - np.linalg.inv(T)", None, "the gradient is the transpose of this"),
    (
        "by the precision",
        "S.T + np.linalg.inv(T).T",
        None,
        "the sign of the derivative of the term log(det(T)) is wrong",
    ),
    ("by the precision", "Ti = np.linalg.inv(T)\ng = S.T.copy()\ng -= Ti.T", 1, "right"),
    ("by the covariance", "np.linalg.inv(T).T - np.linalg.solve(T, S @ np.linalg.inv(T)).T", 1, "right"),
    ("by the covariance", "np.linalg.inv(T).T", None, "was left out"),
    ("Mahalanobis", "np.linalg.solve(S, v) + np.linalg.solve(S.T, v)", 1, "right"),
    ("Mahalanobis", "2*np.linalg.inv(S) @ v", None, "as if it were symmetric"),
    ("generalised least squares", "X.T @ (np.linalg.inv(R) + np.linalg.inv(R).T) @ (X @ w - y)", 1, "right"),
    ("evidence", "2*X @ np.linalg.inv(X.T @ X + a*np.eye(X.shape[1]))", 1, "right"),
    ("a parameter beside", "np.trace(np.linalg.inv(c*np.eye(n) + A))", None, "wrong"),
    ("trace of the inverse", "-np.linalg.inv(A).T @ np.linalg.inv(A).T", 1, "right"),
]


@pytest.mark.parametrize(("name", "claim", "factor", "said"), CLAIMS)
def test_claims_in_numpy(name: str, claim: str, factor: Any, said: str) -> None:
    expr, params, _ = COSTS[name]
    verdict = gd.Cost(expr, params).check({params[0]: claim})
    assert verdict.factor == factor and said in verdict.message
    assert (verdict.counterexample is None) == (factor is not None)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("np.linalg.inv(T)[0]", "Entries are not read"),
        ("S.T - np.linalg.pinv(T)", "`pinv` is not read"),
        ("S @ np.linalg.inv(v)", "a square matrix is needed"),
        ("S @ v.T", "the inner sizes differ"),
        ("S.T + 1", "do not fit entry by entry"),
    ],
)
def test_claims_that_are_not_read(claim: str, said: str) -> None:
    cost = gd.Cost(Trace(S * T) - log(det(T)) + Trace(v.T * T * v), T)
    with pytest.raises(gd.ReadError, match=said):
        cost.check({T: claim})
