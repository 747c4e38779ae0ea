"""Loops that count by `while`, names given by `:=`, `with torch.no_grad():`, `np.add.at` within loops: as Python has them, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_runs import gradient_beside
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
lam = symbols("lambda", positive=True)
X, y, w, U, V, v, a, c, x = map(IndexedBase, "X y w U V v a c x".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
RIDGE = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m) + Sum(w[j] ** 2, (j, 1, n)), [w])
FACTORS = gd.Cost(
    Sum((Sum(U[a[i], k] * V[c[i], k], (k, 1, K)) - y[i]) ** 2, (i, 1, m)) / 2
    + Sum(U[j, k] ** 2 + V[j, k] ** 2, (j, 1, n), (k, 1, K)) / 2,
    [U, V],
)

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (RIDGE, w, "g = 2*w\ni = 0\nwhile i < m:\n    g += (X[i] @ w - y[i])*X[i]/m\n    i += 1\nreturn g"),
    (RIDGE, w, ("g = 2*w\ni = 0\nwhile i <= m - 1:\n    e = 0\n    j = 0\n    while (j < X.shape[1]):\n        e += X[i, j]*w[j]\n        j = j + 1\n"
               "    for j in range(n): g[j] += (e - y[i])*X[i, j]/m\n    i += 1\nreturn g")),
    (RIDGE, w, "g = 2*w\nk = 1\nwhile k < len(y) + 1:\n    g += (X[k - 1] @ w - y[k - 1])*X[k - 1]/m\n    k += 1\nreturn g"),
    (RIDGE, w, "return X.T @ (e := X @ w - y)/len(e) + 2*w"),
    (RIDGE, w, "g = (X.T @ (e := X @ w - y))/(size := len(e))\nreturn g + 2*w"),
    (RIDGE, w, "with np.errstate(all='ignore'):\n    e = X @ w - y\n    g = X.T @ e/m\nprint(g)\nreturn g + 2*w"),
    (FACTORS, U, "e = np.einsum('ik,ik->i', U[a], V[c]) - y\ng = 1*U\nfor i in range(m):\n    np.add.at(g, a[i], e[i]*V[c[i]])\nreturn g"),
    (FACTORS, U, "e = (U[a]*V[c]).sum(axis=1) - y\ng = 1.0*U\nfor k in range(K):\n    np.add.at(g[:, k], a, e*V[c, k])\nreturn g".replace("np.add.at(g[:, k], a, e*V[c, k])", "h = np.zeros(n)\n    np.add.at(h, a, e*V[c, k])\n    g[:, k] += h")),
    (FACTORS, V, "e = (U[a]*V[c]).sum(axis=1) - y\ng = 1.0*V\nfor s in range(2):\n    np.add.at(g, c, e[:, None]*U[a]/2)\nreturn g"),
    (FACTORS, V, "e = (U[a]*V[c]).sum(axis=1) - y\ng = 1.0*V\nfor i in range(m):\n    for k in range(K):\n        np.subtract.at(g, (c[i], k), -e[i]*U[a[i], k])\nreturn g"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_what_is_read_is_what_python_runs(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def test_gradients_are_not_recorded() -> None:
    assert RIDGE.check({w: "with torch.no_grad():\n    e = X @ w - y\n    g = X.t() @ e/m + 2*w\nreturn g"}).ok


def test_slips_in_counting_are_found() -> None:
    loop = "g = 2*w\ni = {}\nwhile i < {}:\n    g += (X[i] @ w - y[i])*X[i]/m\n    i += 1\nreturn g"
    assert RIDGE.check({w: loop.format(0, "m")}).ok
    assert not RIDGE.check({w: loop.format(1, "m")}).ok
    assert not RIDGE.check({w: loop.format(0, "m - 1")}).ok


WHILE = "while|in a loop"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("g = 2*w\ni = 0\nwhile i < m:\n    i += 1\n    g += X[i]\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < m:\n    g += X[i]\n    i += 2\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < m:\n    g += X[i]\n    if y[i] > 0: i += 1\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < m:\n    if y[i] > 0: continue\n    g += X[i]\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < m:\n    if y[i] > 0: break\n    g += X[i]\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < s:\n    s = s - 1\n    g += X[i]\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\ni = 0.5\nwhile i < m:\n    g += w\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\ni = 0\nwhile i < m/2:\n    g += w\n    i += 1\nreturn g", WHILE),
        ("g = 2*w\nwhile i < m:\n    g += w\n    i += 1\nreturn g", WHILE),
        (
            "g = 2*w\ni = 0\nwhile i < m:\n    g += w\n    i += 1\nwhile i < 2*m:\n    g += w\n    i += 1\nreturn g",
            WHILE,
        ),
        ("g = 2*w\ni = 0\nwhile i < m:\n    g += w\n    i += 1\nreturn g*i", "holds what the last run"),
        ("g = 2*w\nreturn g + (g := 3*w)", "two meanings"),
        ("g = 2*w\ng = (g := 3*w) + g", "two meanings"),
        ("return sum((e := s) for s in y)*w", "a plain line"),
        ("return (e := w) if m > 2 else w", "a plain line"),
        ("g = 2*w\nif (e := m) > 2: g = w\nreturn g", "line by line"),
        ("g = w\nh = (e := g)\ne -= 1\nreturn g", "one array"),
    ],
)
def test_what_is_not_read_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        RIDGE.check({w: claim})
