"""Spellings of one gradient that people use: NumPy's, PyTorch's and SciPy's words, and how loops are begun. What is read is also run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_runs import gradient_beside
from sympy import Abs, IndexedBase, KroneckerDelta, Sum, exp, log, symbols

import gdsym as gd

i, j, k, l, m, n, K = symbols("i j k l m n K", integer=True, positive=True)
lam, a, b = symbols("lambda a b", positive=True)
X, y, w, U, V, R, x, mu, c = map(IndexedBase, "X y w U V R x mu c".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
LOGISTIC = gd.Cost(Sum(log(1 + exp(z)) - y[i] * z, (i, 1, m)) / m, [w])
RIDGE = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam / 2 * Sum(w[j] ** 2, (j, 1, n)), [w])
LASSO = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam * Sum(Abs(w[j]), (j, 1, n)), [w])
FACTORS = gd.Cost(Sum((Sum(U[i, k] * V[j, k], (k, 1, K)) - R[i, j]) ** 2, (i, 1, m), (j, 1, n)), [U, V])
LINE = gd.Cost(Sum((a * x[i] + b - y[i]) ** 2, (i, 1, m)) / m, [a, b])
CHAIN = gd.Cost(Sum((x[i] - a * x[i - 1]) ** 2, (i, 2, m)), [a])
MEANS = gd.Cost(Sum(KroneckerDelta(c[i], k) * (x[i] - mu[k]) ** 2, (i, 1, m), (k, 1, K)) / 2, [mu])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (RIDGE, w, "e = np.tensordot(X, w, axes=1) - y\nnp.tensordot(e, X, axes=([0], [0]))/m + lam*w"),
    (RIDGE, w, "np.tensordot(X, X @ w - y, ((0,), (0,)))/X.shape[-2] + lam*w"),
    (RIDGE, w, "g = np.zeros(w.shape)\ng += X.T @ (X @ w - y)/np.size(y)\nreturn g + np.full(n, 1.0)*lam*w"),
    (RIDGE, w, "g = np.full(w.shape, 0.0)\nfor i in range(np.size(X, 0)):\n    g += (X[i] @ w - y[i])*X[i]/m\nreturn g + lam*w"),
    (LASSO, w, "g = X.T @ (X @ w - y)/m\nfor j in range(n):\n    if w[j] > 0:\n        g[j] += lam\n    elif w[j] < 0:\n        g[j] -= lam\nreturn g"),
    (LASSO, w, ("g = X.T @ (X @ w - y)/m\nfor j in range(n):\n    if w[j] > 1: g[j] += lam\n    elif w[j] > 0: g[j] += lam\n"
               "    elif w[j] == 0: g[j] += 0\n    else: g[j] -= lam\nreturn g")),
    (FACTORS, V, ("g = np.zeros(V.shape)\nfor i in range(m):\n    for j in range(n):\n        e = R[i][j] - U[i] @ V[j]\n        for k in range(K):\n"
                 "            g[j][k] += -2*e*U[i][k]\nreturn g")),
    (FACTORS, U, "-2*np.tensordot(R - np.tensordot(U, V, axes=([1], [-1])), V, axes=1)"),
    (FACTORS, U, "g = np.zeros((m, K))\nfor i, (u, row) in enumerate(zip(U, R), 1):\n    g[i - 1] = -2*(row - V @ u) @ V\nreturn g"),
    (LINE, b, "q = 0\nfor k, s in enumerate(x, 1):\n    q += 2*(a*s + b - y[k - 1])\nq/m"),
    (LINE, b, "q = 0\nfor k, s in enumerate(x, start=1):\n    q += 2*(a*s + b - y[k - 1])\nq/m"),
    (LINE, b, "q = 0\nfor k, s in zip(range(m), x):\n    q += 2*(a*s + b - y[k])\nq/m"),
    (LINE, b, "q = 0\nfor s, k in zip(x, range(1, m + 1)):\n    q += 2*(a*s + b - y[k - 1])\nq/m"),
    (CHAIN, a, "q = 0.0\nfor s, t in zip(x, x[1:]):\n    q -= 2*(t - a*s)*s\nq"),
    (CHAIN, a, "q = 0.0\nfor t, s in zip(range(1, m), x):\n    q -= 2*(x[t] - a*s)*s\nq"),
    (MEANS, mu, "g = np.zeros(K)\nfor k in range(1, K + 1):\n    g[k - 1] = (mu[k - 1] - x) @ (c - 1 == k - 1)\nreturn g"),
    (MEANS, mu, "g = np.zeros(K)\nfor k in range(1, K + 1):\n    g[k - 1] = (mu[k - 1] - x) @ (c == k)\nreturn g"),
    (MEANS, mu, "g = np.zeros(K)\nfor k, s in enumerate(mu, 1):\n    g[k - 1] = ((s - x)*(c == k)).sum()\nreturn g"),
]  # fmt: skip
FROM_1 = [row for row in RIGHT if row[0] is MEANS]


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_what_is_read_is_what_python_runs(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim, begin=1 if cost is MEANS else 0)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "claim",
    [
        "p = torch.sigmoid(X @ w)\nX.t() @ (p - y)/X.size(0)",
        "p = torch.sigmoid(torch.mv(X, w))\ntorch.mv(X.t(), p - y)/X.shape[0]",
        "p = torch.sigmoid(X.mv(w.clone().detach()))\nX.t().mv(p - y)/y.numel()",
        "p = jax.nn.sigmoid(jnp.dot(X, w))\njnp.tensordot(p - y, X, axes=1)/y.size",
        "p = X.mm(w[:, None]).sigmoid().squeeze()\n(X.t() @ (p - y))/m",
    ],
)
def test_words_of_pytorch_and_jax_are_read(claim: str) -> None:
    verdict = LOGISTIC.check({w: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(
    ("cost", "by", "claim"),
    [
        (LASSO, w, "g = X.T @ (X @ w - y)/m\nfor j in range(n):\n    if w[j] > 0: g[j] += lam\n    elif w[j] < 0: g[j] += lam\nreturn g"),
        (LINE, b, "q = 0\nfor k, s in enumerate(x, 1):\n    if k < m: q += 2*(a*s + b - y[k - 1])\nq/m"),
        (LINE, b, "q = 0\nfor k, s in zip(range(m - 1), x): q += 2*(a*s + b - y[k])\nq/m"),
        (CHAIN, a, "q = 0.0\nfor s, t in zip(x[1:], x): q -= 2*(t - a*s)*s\nq"),
        (FACTORS, V, "g = np.zeros(V.shape)\nfor i in range(m):\n    for j in range(n):\n        e = R[i][j] - U[i] @ V[j]\n        for k in range(K): g[j][k] += 2*e*U[i][k]\nreturn g"),
        (MEANS, mu, "(mu[None, :] - x[:, None]).sum(axis=0) - 3*np.bincount(c - 3, weights=mu[c - 1] - x, minlength=K)"),
        (MEANS, mu, "g = np.zeros(K)\nfor k in range(1, K + 1):\n    g[k - 1] = (mu[k - 1] + x) @ (c == k)\nreturn g"),
    ],
)  # fmt: skip
def test_slips_are_found(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert (not verdict.ok and "wrong" in verdict.message) or verdict.factor == -1


@pytest.mark.parametrize(
    ("cost", "by", "claim", "said"),
    [
        (RIDGE, w, "np.tensordot(X, w)", "Which axes"),
        (RIDGE, w, "np.tensordot(X, w, axes=([0], [0]))", "differ in length"),
        (RIDGE, w, "np.tensordot(X > 0, X > 0, axes=([0], [0])) @ w", "joins two masks"),
        (RIDGE, w, "torch.mm(X, w)", "no(t)? one of m x n"),
        (RIDGE, w, "np.full(n, w)", "A number is put in"),
        (RIDGE, w, "g = np.full(n, 0)\nfor j in range(n): g[j] = w[j]/2\ng", "cuts off"),
        (RIDGE, w, "r = X.t()\nr[0] = 1\nX", "one array"),
        (RIDGE, w, "w.item()*w", "is that of a number"),
        (FACTORS, V, "g = np.zeros(V.shape)\nh = V > 0\nfor k in range(K): g[h][k] += 1\ng", "one pair of brackets"),
        (FACTORS, V, "g = np.zeros(V.shape)\nfor j in range(n):\n    g[j:][0] += 1\ng", "one pair of brackets"),
        (LINE, b, "g = 0*x\nfor i in range(m): g[i - 1] = x[i]\ng.sum()", "counts from the end"),
        (LINE, b, "q = 0\nfor k, s in enumerate(x, 2): q += s\nq", "Loops are read"),
        (LINE, b, "q = 0\nfor s, t in zip(x, range(0, m, 2)): q += s\nq", "range"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(cost: gd.Cost, by: Any, claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        cost.check({by: claim})
