"""Claims about whole arrays: in NumPy's notation and in matrices, about costs that are sums over entries."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy import IndexedBase, MatrixSymbol, Max, Sum, exp, log, symbols, tanh

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
X, w, y, W, Y, x = map(IndexedBase, ("X", "w", "y", "W", "Y", "x"))
b, lam, slope = symbols("b lam slope")
z = Sum(X[i, j] * w[j], (j, 1, n))
LEAST = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m), [w])
LINE = gd.Cost(Sum((slope * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [slope, b])
LOGISTIC = gd.Cost(Sum(log(1 + exp(-y[i] * z)), (i, 1, m)) + lam * Sum(w[j] ** 2, (j, 1, n)), [w])
HINGE = gd.Cost(Sum(Max(0, 1 - y[i] * z), (i, 1, m)) / m, [w])
MANY = gd.Cost(Sum((Sum(X[i, j] * W[j, k], (j, 1, n)) - Y[i, k]) ** 2, (i, 1, m), (k, 1, K)), [W])
LAYER = gd.Cost(Sum((tanh(z) - y[i]) ** 2, (i, 1, m)), [w])
FROM_ZERO = gd.Cost(Sum((Sum(X[i, j] * w[j], (j, 0, n - 1)) - y[i]) ** 2, (i, 0, m - 1)), [w])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (LEAST, w, "X.T @ (X @ w - y) / m"), (LEAST, w, "(X@w-y)@X/len(y)"), (LEAST, w, "((X @ w - y) * X.T).mean(axis=1)"),
    (LEAST, w, "np.dot(X.T, X.dot(w) - y)/y.size"), (LEAST, w, "(X.T @ X @ w - X.T @ y)/X.shape[0]"), (LEAST, w, "np.mean(X.T*(X@w - y), axis=-1)"),
    (LINE, slope, "((slope*x + b - y)*x).mean()"), (LINE, slope, "np.mean((slope*x + b - y)*x)"), (LINE, slope, "(slope*x + b - y) @ x / len(x)"), (LINE, b, "(slope*x + b - y).sum()/m"),
    (LOGISTIC, w, "-X.T @ (y/(1 + np.exp(y*(X @ w)))) + 2*lam*w"), (MANY, W, "2*X.T @ (X @ W - Y)"), (FROM_ZERO, w, "2*X.T @ (X @ w - y)"),
    (LAYER, w, "2*X.T @ ((np.tanh(X@w) - y)*(1 - np.tanh(X@w)**2))"), (gd.Cost(Sum(w[j]**2, (j, 1, n)), [w]), w, "2*w"),
    (HINGE, w, "-X.T @ np.where(y*(X @ w) < 1, y, 0)/m"), (HINGE, w, "-X.T @ (y*(y*(X@w) <= 1))/m"),
]  # fmt: skip
names = lambda part: part[:30] if isinstance(part, str) else ""  # noqa: E731


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT, ids=names)
def test_numpy_notation_is_read_entry_by_entry(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(("cost", "by", "claim"), [row for row in RIGHT if row[0] in (LEAST, LOGISTIC, LAYER, MANY)], ids=names)  # fmt: skip
def test_numpy_says_the_same(cost: gd.Cost, by: Any, claim: str) -> None:
    """What was read as right is right: NumPy runs the same text, and it is the compiled gradient."""
    rng = np.random.default_rng(1)
    arrays = {"X": rng.normal(size=(5, 3)), "y": rng.normal(size=5), "w": rng.normal(size=3), "W": rng.normal(size=(3, 2)), "Y": rng.normal(size=(5, 2))}  # fmt: skip
    used = {str(s) for s in cost.expr.free_symbols}
    data = {name: value for name, value in {**arrays, "lam": 0.3}.items() if name in used and name != str(by)}
    value = eval(claim, {"np": np, **arrays, "m": 5, "lam": 0.3})
    assert np.allclose(value, cost.compile().gradient({by: arrays[str(by)]}, data)[by])


def test_factors_slips_and_counterexamples_are_found_there_too() -> None:
    assert LEAST.check({w: "X.T @ (X @ w - y)"}).factor == m
    slip = LOGISTIC.check({w: "-X.T @ (y/(1 + np.exp(y*(X @ w)))) + lam*w"})
    assert slip.slip is not None and "factor 2" in slip.slip
    wrong = LEAST.check({w: "X.T @ (X @ w + y) / m"})
    assert wrong.counterexample and m in wrong.counterexample and not wrong.ok
    assert HINGE.check({w: "-X.T @ (y*(y*(X@w) < 1))/m"}).kink
    assert not HINGE.check({w: "-X.T @ (y*(y*(X@w) < 2))/m"}).ok
    both = LINE.check({slope: "((slope*x + b - y)*x).mean()", b: "(slope*x + b - y).mean()"})
    assert both.ok and len(both.parts) == 2
    assert gd.check(LEAST.expr, w[2], "X.T @ (X @ w - y) / m")


def test_matrix_claims_about_index_costs() -> None:
    A, v, t = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
    assert LEAST.check({w: A.T * (A * v - t) / m}).ok
    assert LEAST.check({w: A.T * (A * v - t)}).factor == m
    assert not LEAST.check({w: A.T * (A * v + t) / m}).ok
    B, T = MatrixSymbol("W", n, K), MatrixSymbol("Y", m, K)
    assert MANY.check({W: 2 * A.T * (A * B - T)}).ok
    total = gd.Cost(b**2 * Sum(y[i] ** 2, (i, 1, m)), [b])
    assert total.check({b: 2 * b * sp.Trace(t.T * t)}).ok
    wrong = LEAST.check({w: A * v - t})
    assert not wrong and wrong.factor is None
    assert re.search(
        r"wrong\. The claim is an array of length m, but the derivative by .* an array of length n", wrong.message
    )


REFUSED = [
    (LEAST, w, "X.T*(X*w - y)/m", "matrix product is written `@`"), (LEAST, w, "X @ y", "inner sizes differ"),
    (LEAST, w, "w.__class__", "starts with a letter"),
    (LEAST, w, "X.T @ (X @ w - y[i])", "Entries and parts"), (LEAST, w, "9**9**9**9*w", "exponent"), (LEAST, w, "np.linalg.svd(X) @ w", "`svd` of 1 argument is not read"), (LEAST, w, "w.tobytes()", "not read among whole arrays"),
    (LEAST, w, "X.sum(axis=2)", "no such axis"), (LEAST, w, "w = 2*w", "cannot be read"), (LEAST, w, "(lambda: w)", "cannot be read|no meaning|is not read"), (LEAST, w, "m @ w", "`m` is no array of this cost; its arrays are"), (LEAST, w, "X[i] @ w", "Entries"),
    (LEAST, w, "w if m else w", "A condition is needed"), (LEAST, w, "open('x') @ w", "is no number"), (LEAST, w, "eval(w)", "not read among whole arrays"), (LEAST, w, "X.T @ (X @ w - y", "never closed"), (LEAST, w, "-" * 300 + "w", "nested"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim", "words"), REFUSED, ids=names)
def test_what_cannot_be_read_is_refused_with_its_place(cost: gd.Cost, by: Any, claim: str, words: str) -> None:
    with pytest.raises(gd.GdsymError, match=words) as error:
        cost.check({by: claim})
    assert len(str(error.value)) <= 600


def test_a_plain_formula_is_read_as_before() -> None:
    assert LEAST.check({w: "Sum((Sum(X[i, j]*w[j], (j, 1, n)) - y[i])*X[i, k], (i, 1, m))/m"}).ok
    assert gd.check(sp.Symbol("t") ** 2, "t", "2.*t").ok
    assert gd.check("exp(t)*sqrt(t)", "t", "math.exp(t)*(math.sqrt(t) + 1/(2*math.sqrt(t)))").ok  # no array called math
