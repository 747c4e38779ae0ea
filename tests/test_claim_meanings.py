"""Code whose meaning in Python and NumPy is easily taken for another: letters of loops, masks that add up, labels as numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, Piecewise, Sum, exp, log, symbols

import gdsym as gd

i, j, k, n, K, p = symbols("i j k n K p", integer=True, positive=True)
S, X, c, v, x, y = map(IndexedBase, "S X c v x y".split())
PRODUCTS = gd.Cost(n * Sum(v[k] * x[i] * y[i], (k, 1, K), (i, 1, n)), [v])
ROWS = gd.Cost(Sum(X[i, j] * v[j], (i, 1, n), (j, 1, p)), [v])


@pytest.mark.parametrize(
    "claim",
    [
        "q = 0\nfor i in range(n):\n    s = x[i]\n    q += sum(s*y[i] for i in range(n))\nq*np.ones(K)",
        "q = 0\nfor i in range(n):\n    s = x[i]\n    for i in range(n):\n        q += s*y[i]\nq*np.ones(K)",
        "q = 0\nfor i in range(n):\n    if x[i] > 0:\n        for i in range(n): q += y[i]\nq*np.ones(K)",
        "s = x*n\nq = 0\nfor n in range(3):\n    q += s @ y\nq*np.ones(K)",
    ],
)
def test_a_loop_whose_letter_stands_under_other_names_is_refused(claim: str) -> None:
    with pytest.raises(gd.ReadError, match="a letter of its own"):
        PRODUCTS.check({v: claim})


def test_the_same_letter_counts_one_loop_after_the_other() -> None:
    assert PRODUCTS.check(
        {v: "q = 0\nfor i in range(n): q += x[i]*y[i]\nfor i in range(n): q += 0*x[i]\nn*q*np.ones(K)"}
    ).ok


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("sum([X[i] for i in range(n)])", True),
        ("np.sum([X[i] for i in range(n)])*np.ones(p)", False),
        ("np.mean([X[i] for i in range(n)])*n + np.zeros(p)", False),
        ("np.sum([X[i].sum() for i in range(n)])/p + np.zeros(p)", False),
    ],
)
def test_numpy_adds_up_all_entries_of_rows(claim: str, right: bool) -> None:
    assert ROWS.check({v: claim}).ok == right


SHARES = gd.Cost(Sum(log(Sum(exp(S[i, k]), (k, 1, K))) - S[i, c[i]], (i, 1, n)), [S])
SQUARES = Sum(v[k] ** 2, (k, 1, K))
NUMBERS = gd.Cost(Sum((v[c[i]] - c[i]) ** 2, (i, 1, n)) + SQUARES, [v])
MEANS = gd.Cost(Sum(KroneckerDelta(c[i], k) * (x[i] - v[k]) ** 2, (i, 1, n), (k, 1, K)), [v])
NEXT = gd.Cost(Sum((v[c[i] + 1] - x[i]) ** 2, (i, 1, n)) + SQUARES, [v])
LAST = gd.Cost(Sum((v[c[i]] - x[i]) ** 2 * Piecewise((3, Eq(c[i], K)), (1, True)), (i, 1, n)) + SQUARES, [v])
SOFT = "P = np.exp(S)/np.exp(S).sum(axis=1, keepdims=True)\n"


@pytest.mark.parametrize(
    ("cost", "by", "claim"),
    [
        (SHARES, S, SOFT + "l = c - 1\nfor i in range(n): P[i, l[i]] -= 1\nP"),
        (SHARES, S, SOFT + "for i, l in enumerate(c - 1): P[i, l] -= 1\nP"),
        (SHARES, S, SOFT + "P - (c.reshape(-1, 1) == np.arange(K).reshape(1, -1))"),
        (SHARES, S, SOFT + "P - (c.astype(int)[:, None] - 1 == np.arange(K))"),
        (NUMBERS, v, "g = 2*v\nnp.add.at(g, c - 1, 2*(v[c - 1] - c))\ng"),
        (MEANS, v, "g = np.zeros(K)\nfor k in range(K): g[k] = -2*((x - v[k])*(c == k)).sum()\ng"),
        (MEANS, v, "np.bincount(c, weights=2*(v[c] - x), minlength=K)"),
    ],
)
def test_labels_are_counted_as_the_code_shows(cost: gd.Cost, by: Any, claim: str) -> None:
    assert cost.check({by: claim}).ok


@pytest.mark.parametrize(
    ("cost", "by", "claim"),
    [
        (SHARES, S, SOFT + "for i in range(n): P[i, c[i]] -= 0.5\nfor i in range(n):\n    for k in range(K):\n        if c[i] == k + 1: P[i, k] -= 0.5\nP"),
        (SHARES, S, SOFT + "P - (c[:, None].astype(bool) == np.arange(K))"),
        (SHARES, S, SOFT + "P - (np.arange(K + 1)[1:] == c[:, None])"),
        (NUMBERS, v, "g = 2*v\nnp.add.at(g, c, 2*(v[c] - c))\ng"),
        (NUMBERS, v, "g = 2*v\nfor i in range(n): g[c[i]] += 2*(v[c[i]] - c[i])\ng"),
        (LAST, v, "g = 2*v\nnp.add.at(g, c, 2*(v[c] - x)*np.where(c == K, 3, 1))\ng"),
        (NEXT, v, "2*v + 2*np.eye(K)[c + 1].T @ (np.eye(K)[c + 1] @ v - x)"),
    ],
)  # fmt: skip
def test_labels_that_are_counted_in_two_ways_are_refused(cost: gd.Cost, by: Any, claim: str) -> None:
    with pytest.raises(gd.ReadError, match=r"count from 0|astype|choose entries"):
        cost.check({by: claim})
