"""Code whose meaning in Python and NumPy is easily taken for another: letters of loops, masks that add up, labels as numbers."""

from __future__ import annotations

import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

i, j, k, n, K, p = symbols("i j k n K p", integer=True, positive=True)
X, v, x, y = map(IndexedBase, "X v x y".split())
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
