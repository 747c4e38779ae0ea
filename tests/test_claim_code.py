"""Claims as they stand in programs: several lines, a stable softmax, labels as rows of 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Max, Sum, exp, log, symbols
from tools import returned

import gdsym as gd
from gdsym.claim_code import one_formula

i, j, k, m, n, K, s = symbols("i j k m n K s", integer=True, positive=True)
X, w, y, W, Y, c = map(IndexedBase, ("X", "w", "y", "W", "Y", "c"))
lam, t = symbols("lam t")
z = Sum(X[i, j] * w[j], (j, 1, n))
score = Sum(X[i, j] * W[j, k], (j, 1, n))
share = exp(score) / Sum(exp(score.subs(k, s)), (s, 1, K))
LABELS = gd.Cost(-Sum(log(share.subs(k, c[i])), (i, 1, m)) / m, [W])
SHARES = gd.Cost(-Sum(Y[i, k] * log(share), (i, 1, m), (k, 1, K)) / m, [W])
MARGINS = gd.Cost(
    Sum((1 - KroneckerDelta(c[i], k)) * Max(0, score - score.subs(k, c[i]) + 1), (k, 1, K), (i, 1, m)) / m, [W]
)
SIGMOID = 1 / (1 + exp(-z))
LOGISTIC = gd.Cost(-Sum(y[i] * log(SIGMOID) + (1 - y[i]) * log(1 - SIGMOID), (i, 1, m)) / m, [w])
RIDGE = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / m + lam * Sum(w[j] ** 2, (j, 1, n)), [w])
HINGE = gd.Cost(Sum(Max(0, 1 - y[i] * z), (i, 1, m)) / m + lam * Sum(w[j] ** 2, (j, 1, n)) / 2, [w])
TOTAL = gd.Cost(log(Sum(exp(w[j]), (j, 1, n))), [w])

STABLE = """def gradient(W, X, c):
    '''Of softmax regression.'''
    m, _ = X.shape
    Z = X @ W
    P = np.exp(Z - Z.max(axis=1, keepdims=True))  # the greatest exponent is 0
    P /= P.sum(axis=1,
               keepdims=True)
    return X.T @ (P - np.eye(W.shape[1])[c - 1]) / m
"""
PICKED = "P = np.exp(X @ W)\nP /= P.sum(axis=1, keepdims=True)\n"
LOST = "S = X @ W\nM = (S - S[np.arange(m), c - 1][:, None] + 1 > 0).astype(float)\n"
RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (LABELS, W, STABLE),
    (LABELS, W, "P = softmax(X @ W, axis=1); X.T @ (P - np.eye(K)[(c - 1).astype(int)]) / m"),
    (LABELS, W, "X.T @ (F.softmax(X @ W, dim=1) - F.one_hot(c, num_classes=K).float())/m"),
    (SHARES, W, "total = Y.sum(axis=1, keepdims=True)\nX.T @ (softmax(X @ W, axis=1)*total - Y)/m"),
    (LOGISTIC, w, "import numpy as np\np = 1/(1 + np.exp(-X @ w))\ng = X.T @ (p - y)\ng /= len(y)\nreturn g"),
    (LOGISTIC, w, "g = X.T @ (1/(1 + np.exp(-X @ w)) - y)/m"),
    (RIDGE, w, "A: np.ndarray = X.T @ X + lam*m*np.eye(n)\n2*(A @ w - X.T @ y)/m"),
    (RIDGE, w, "2*X.T @ (X @ w - y)/m + 2*lam*np.identity(n) @ w + np.zeros(n)"),
    (HINGE, w, "active = (y*(X @ w) < 1).astype(float)\nlam*w - X.T @ (y*active)/m"),
    (HINGE, w, "lam*w - (X*y[:, None])[y*(X @ w) < 1].sum(axis=0)/m"),
    (RIDGE, w, "2*X.T @ np.diag(np.ones(m)) @ (X @ w - y)/m + 2*np.diag(lam*np.ones(n)) @ w"),
    (RIDGE, w, "2*X.T @ (X @ w - y)/m + 2*lam*w*np.trace(np.diag(np.ones(n)))/n + 0*np.diag(X.T @ X)"),
    (TOTAL, w, "np.exp(w - np.max(w))/np.exp(w - w.max()).sum()"),
    (TOTAL, w, "np.exp(w - scipy.special.logsumexp(w))"),
    (LABELS, W, PICKED + "P[np.arange(m), c - 1] -= 1\nP /= m\nX.T.dot(P)"),
    (LABELS, W, PICKED + "M = np.zeros((m, K))\nM[range(len(X)), c - 1] = 1\nX.T @ (P - M)/m"),
    (MARGINS, W, LOST + "M[np.arange(m), c - 1] = 0\nM[np.arange(m), c - 1] = -M.sum(axis=1)\nX.T @ M/m"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_code_is_read_as_one_formula(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(
    ("cost", "by", "claim"), [row for row in RIGHT if "scipy" not in row[2] and "softmax(" not in row[2]]
)
def test_numpy_runs_the_same_code_to_the_same_numbers(cost: gd.Cost, by: Any, claim: str) -> None:
    rng = np.random.default_rng(4)
    arrays = {"X": rng.normal(size=(5, 3)), "y": np.sign(rng.normal(size=5)), "w": rng.normal(size=3), "W": rng.normal(size=(3, 4)),
              "Y": rng.random((5, 4)), "c": rng.integers(1, 5, 5), "lam": 0.3}  # fmt: skip
    body = (
        claim
        if claim.startswith("def")
        else "\n".join(["def gradient():", *(f"    {line}" for line in returned(claim))])
    )
    space: dict[str, Any] = {"np": np, "m": 5, "n": 3, "K": 4, **arrays}
    exec(body, space)
    value = space["gradient"](*((arrays["W"], arrays["X"], arrays["c"]) if claim.startswith("def") else ()))
    used = {str(symbol) for symbol in cost.expr.free_symbols}
    data = {name: array for name, array in arrays.items() if name in used and name != str(by)}
    assert np.allclose(value, cost.compile().gradient({by: arrays[str(by)]}, data)[by])


def test_mistakes_in_code_are_found() -> None:
    wrong = LABELS.check({W: STABLE.replace("axis=1,", "axis=0,")})
    assert not wrong.ok and wrong.counterexample
    assert LABELS.check({W: STABLE.replace(" / m", "")}).factor == m
    assert gd.check((3 * t - 1) ** 2, t, "r = 3*t - 1; return 3*r").slip
    assert gd.check((3 * t - 1) ** 2, t, "r = 3*t - 1; 6*r").ok
    other = LABELS.check({W: "P = softmax(X @ W, axis=1)\nX.T @ (P - np.eye(K)[c - 2])/m"})
    assert not other.ok


def test_a_mistake_beside_labels_is_found() -> None:
    """The entry of the right class is not lost with the others; a label for each row, and no more, is read."""
    assert not MARGINS.check({W: LOST + "M[np.arange(m), c - 1] = -M.sum(axis=1)\nX.T @ M/m"}).ok
    assert not LABELS.check({W: PICKED + "P[np.arange(m), c - 1] += 1\nX.T @ P/m"}).ok
    with pytest.raises(gd.ReadError, match="a label for each row of m x K"):
        LABELS.check({W: PICKED + "P[np.arange(n), c - 1] -= 1\nX.T @ P/m"})
    with pytest.raises(gd.ReadError, match="One number for each row"):
        LABELS.check({W: PICKED + "P[np.arange(m), c - 1] -= W\nX.T @ P/m"})


def test_labels_count_from_one_number_throughout() -> None:
    with pytest.raises(gd.ReadError, match="from 0 at one place"):
        LABELS.check({W: "X.T @ (softmax(X @ W, axis=1) - (np.eye(K)[c] + np.eye(K)[c - 1])/2)/m"})


def test_a_claim_that_is_right_for_labels_alone() -> None:
    """A choice by y == 1 is right where y is 0 or 1, and that is said; a wrong choice is wrong there, too."""
    either = "X.T @ np.where(y == 1, {}1/(1 + np.exp(X @ w)), 1/(1 + np.exp(-X @ w)))/m"
    right, wrong = (LOGISTIC.check({w: either.format(sign)}) for sign in ("-", ""))
    assert not right.ok and "Where yᵢ is 0 or 1 it is right: for labels of two kinds." in right.message
    assert not wrong.ok and "it is right" not in wrong.message
    cost = gd.Cost(Sum(log(1 + exp(-y[i] * z)), (i, 1, m)), [w])
    signs = cost.check({w: "X.T @ np.where(y > 0, -1/(1 + np.exp(X @ w)), 1/(1 + np.exp(-X @ w)))"})
    assert "Where yᵢ is -1 or 1 it is right" in signs.message


def test_a_claim_that_is_right_for_shares_alone() -> None:
    said = SHARES.check({W: "X.T @ (softmax(X @ W, axis=1) - Y)/m"})
    assert not said.ok and "Where Σ[k=1..K] Yᵢₖ = 1 it is right" in said.message
    assert "it is right" not in SHARES.check({W: "X.T @ (softmax(X @ W, axis=1) + Y)/m"}).message


@pytest.mark.parametrize(("claim", "said"), [
    ("np.exp(w - w.max())", "any number could stand"),
    ("np.max(w, 0)*np.exp(w)/np.exp(w).sum()", "any number could stand"),  # no maximum(w, 0)
    ("for i in range(n):\n    g += w[i]", "has no value yet"),
    ("i = 0\nwhile i < n:\n    g += w[i]", "A loop is a sum"),
    ("g[0] += 1\nreturn g", "no value in this code yet"),
    ("g = np.exp(w)\ng[1:3] = 1\nreturn g", "leave out entries at the two ends"),
    ("g = np.exp(w)\nr = g\nr[0] = 1\nreturn g", "one array in NumPy"),
    ("g = np.exp(w)\ng[w > 0] = w\nreturn g", "what the same mask leaves"),
    ("g = np.exp(w)\ng[1:] += np.diff(np.diff(w))\nreturn g", "does not fit into"),
    ("g = np.empty_like(w)\ng[1:] = np.exp(w[1:])\nreturn g", "an entry that is not set"),
    ("np.cumsum(np.outer(w, w))", "along which axis"),
    ("np.concatenate(w)", "for arrays of one axis"),
    ("np.pad(w, -1)", "zeros before and behind"),
    ("np.diff(w, 2)", "prepend= and append="),
    ("np.roll(w, n)", "np.roll.a, 1."),
    ("np.flip(w, 0)", "for an array of one axis"),
    ("np.trace(w)*w", "square matrix"),
    ("np.diag(w[1:], 1) @ w", "diag is read as"),
    ("np.append(w)", "np.append.a, b."),
    ("np.array([1, 2])[3]*w", "has no entry"),
    ("p = np.exp(w)\nreturn p/p.sum(), p", "several values"),
    ("r = np.exp(w); r/r.sum(); 3", "more code"),
    ("import numpy as np\npass", "no value"),
    ("np.eye(w)", "A size is needed"),
    ("np.ones(n, n)", "sizes only"),
    ("one_hot(w)", "labels c of K classes"),
    ("r = np.exp(w); g = r.T; g /= r.sum(); return g", "one array in NumPy"),
    ("r = np.exp(w); g = np.asarray(r); g /= r.sum(); return g + r", "one array in NumPy"),
    ("a = b = np.exp(w)\na[0] = 1\nreturn b", "one array in NumPy"),
    ("a, b = w, np.exp(w)\na, b = b, a\nreturn a", "several values|not read|cannot be read"),
    ("r = np.exp(w); g = np.reshape(r, -1); g[0] = r.sum(); return g + r", "one array in NumPy"),
    ("r = np.exp(w); g = np.flip(r[1:]); g[0] = r.sum(); return r", "one array in NumPy"),
    ("def f(w):\n    g = w\n    def h(w):\n        g = 2*w\n    return g", "one function is read"),
    ("from numpy import exp as log\nlog(w)/np.exp(w).sum()", "their own names"),
    ("np.max()", "takes one array"),
    ("np.eye(n)[w > 0]", "no label"),
    ("return", "no value"),
    ("a = w + w\n" + "a = a + a + a\n" * 12 + "return a", "characters"),
])  # fmt: skip
def test_what_is_not_read_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        TOTAL.check({w: claim})


def test_the_maximum_of_pytorch_comes_with_its_places() -> None:
    for top in ("torch.max(Z, dim=1, keepdim=True)[0]", "Z.max(dim=1, keepdim=True).values"):
        claim = f"Z = X @ W\nP = torch.exp(Z - {top})\nP = P/P.sum(dim=1, keepdim=True)\nX.T @ (P - F.one_hot(c, K))/m"
        assert LABELS.check({W: claim}).ok


def test_copies_are_arrays_of_their_own() -> None:
    for copy in ("r.copy()", "np.array(r)", "1*r", "r.astype(float)", "np.copy(r)"):
        assert TOTAL.check({w: f"r = np.exp(w)\ng = {copy}\ng[0] = 0\ng[1:] = 0\n(r + g)/r.sum()"}).ok


def test_names_are_put_in_where_they_are_names() -> None:
    assert one_formula("axis = w; w.sum(axis=0) + axis") == "w.sum(axis=0) + (w)"
    assert one_formula("T = w; w.T + T") == "w.T + (w)"
    assert one_formula("a = 1; a = a + 1; 2*a") == "2*((1) + 1)"
    assert one_formula("a = 2*x; b = 3; a /= 2") == "((2*x) / (2))"
    assert one_formula("t = 3*x; 2*t²") == "2*(3*x)²"
    assert one_formula("a = b = 2*x; a + 3*b") == "((2*x)) + 3*(2*x)"
    assert one_formula("a, b = x, f(x, 2); a*b") == "(x)*(f(x, 2))"
    assert one_formula("m, = y.shape; x/m") == "x/(y.shape[0])"
    assert one_formula("r = 2*x; r **= 2; r") == "((2*x) ** (2))"
    assert one_formula("i = x; np.einsum('i,i->', i, w)") == "np.einsum('i,i->', (x), w)"
    assert one_formula('r = x # """\nr = 2*r\n# """\nr') == "(2*(x))"
    assert one_formula("r = x \\\r\n - y\r\nreturn(3*r)") == "(3*(x - y))"
    assert one_formula("x + y") == "x + y" and one_formula(3) == 3
    assert one_formula("(a ==\n b)*c") == "(a ==\n b)*c"


def test_what_a_mask_of_two_axes_leaves_has_no_second_axis() -> None:
    cost = gd.Cost(Sum(w[j] * Max(0, X[i, j]), (i, 1, m), (j, 1, n)), [w])
    assert cost.check({w: "(X*(X > 0)).sum(axis=0)"}).ok
    with pytest.raises(gd.GdsymError, match="one row of numbers"):
        cost.check({w: "X[X > 0].sum(axis=0)"})  # in NumPy one number: the total
