"""What Python refuses to run is never called right: places beyond the end of an array, one truth value of many; nor what `continue` leaves out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_runs import gradient_beside
from sympy import Abs, IndexedBase, S, Sum, exp, log, symbols
from tools import returned

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
w = symbols("w")
x, y, v, c, X, C, D = map(IndexedBase, "x y v c X C D".split())
SMOOTH = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 1, m)) + Sum((x[i + 1] - x[i]) ** 2, (i, 1, m - 1)), [x])
L1 = gd.Cost(Sum(Abs(v[j]), (j, 1, n)), [v])
LINE = gd.Cost(Sum((w * x[i] - y[i]) ** 2, (i, 1, m)) / m, [w])
PRODUCTS = gd.Cost(Sum(w * x[i] * y[i], (i, 1, m)), [w])
GROUPS = gd.Cost(Sum((X[i, j] - C[c[i], j]) ** 2, (i, 1, m), (j, 1, n)) / m, [C])
SQUARE = gd.Cost(Sum(D[i, j] ** 2, (i, 1, n), (j, 1, n)), [D])

INSIDE = [
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(m - 1):\n    d = 2*(x[i + 1] - x[i])\n    g[i] -= d\n    g[i + 1] += d\nreturn g"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(m):\n    if i < m - 1:\n        d = 2*(x[i + 1] - x[i])\n        g[i] -= d\n        g[i + 1] += d\nreturn g"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(m):\n    if i == m - 1: continue\n    d = 2*(x[i + 1] - x[i])\n    g[i] -= d\n    g[i + 1] += d\nreturn g"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(len(x)):\n    for j in range(i):\n        if j == i - 1:\n            g[j] -= 2*(x[i] - x[j])\n            g[j + 1] += 2*(x[i] - x[j])\nreturn g"),
    (SQUARE, D, "g = np.zeros((n, n))\nfor i in range(n):\n    for j in range(i, n):\n        g[i, j] += 2*D[i, j]\n        if j > i: g[j, i] += 2*D[j, i]\nreturn g"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), INSIDE)
def test_places_within_an_array_are_read(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


BEYOND = [
    (L1, v, "g = np.zeros(n)\nfor j in range(n):\n    g[j] = np.sign(v[j]) + v[j + 1] - v[j + 1]\nreturn g"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(m):\n    d = 2*(x[i + 1] - x[i]) if i < m - 1 else 0\n    g[i] -= d\n    g[i + 1] += d\nreturn g"),
    (SMOOTH, x, INSIDE[1][2].replace("i < m - 1", "i <= m - 1")),
    (L1, v, "g = np.zeros(n)\nfor j in range(n + 1):\n    g[j] = np.sign(v[j])\nreturn g"),
    (L1, v, "g = np.sign(v)\nfor j in range(n + 1):\n    g[j] += 0\nreturn g"),
    (L1, v, "g = np.sign(v)\nfor j in range(n):\n    g[j + 2] *= 1\nreturn g"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), BEYOND)
def test_a_place_beyond_the_end_is_no_right_gradient(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert not verdict.ok and "not defined" in verdict.message, verdict.message
    with pytest.raises(IndexError):
        gradient_beside(cost, by, claim)


@pytest.mark.parametrize(
    "claim",
    [
        "1.0 if v > 0 else np.sign(v)",
        "g = np.zeros(n)\nfor j in range(n):\n    if v > 0: g[j] += 0\nreturn g + np.sign(v)",
        "g = np.zeros(n)\nfor j in range(n):\n    if not v > 0: continue\n    g[j] += 0\nreturn g + np.sign(v)",
        "np.sign(v) + sum(0 for j in range(n) if v != v)",
        "s = 0 if m > 0 and v > 0 else 0\nreturn np.sign(v) + s",
    ],
)
def test_many_truth_values_are_no_condition(claim: str) -> None:
    with pytest.raises(gd.ReadError, match="one truth value"):
        L1.check({v: claim})
    with pytest.raises(ValueError, match="ambiguous"):
        gradient_beside(L1, v, "\n".join(returned(claim)))


def test_a_choice_is_between_alike() -> None:
    assert LINE.check({w: "r = x if m > 3 else 1*x\nreturn 2*((w*x - y)*r).mean()"}).ok
    with pytest.raises(gd.ReadError, match="must be alike"):
        LINE.check({w: "r = 0*x + 1 if m > 3 else 1\nreturn 2*((w*x - y)*x).mean() + 0*np.sum(r)"})


NESTED = "g = 0\nfor i in range(m):\n    if x[i] > 0:\n        if y[i] > 0: continue\n        g += 0\n    g += x[i]*y[i]\nreturn g"


def test_continue_leaves_out_all_that_follows() -> None:
    assert not PRODUCTS.check({w: NESTED}).ok
    assert PRODUCTS.check({w: NESTED.replace("if y[i] > 0:", "if y[i] < y[i]:")}).ok
    found, _ = gradient_beside(PRODUCTS, w, NESTED)
    rest = "sum(a*b for a, b in zip(x, y)) - sum(a*b*(a > 0)*(b > 0) for a, b in zip(x, y))"
    other, _ = gradient_beside(PRODUCTS, w, rest)
    assert found == pytest.approx(other)
    skipped = gd.Cost(Sum(w * x[i] * y[i] * (1 - (sign_(x[i]) * sign_(y[i]))), (i, 1, m)), [w])
    assert skipped.check({w: NESTED}).ok


def sign_(u: Any) -> Any:
    """1 where u > 0, else 0."""
    from sympy import Piecewise

    return Piecewise((1, u > 0), (0, True))


GROUPED = "G = np.zeros_like(C)\nfor k in range(len(C)):\n    G[k] = -2*(X[c == k] - C[k]).sum(axis=0)/m\nreturn G"


def test_classes_that_nothing_counts_are_as_many_as_the_array_has_rows() -> None:
    verdict = GROUPS.check({C: GROUPED})
    assert verdict.ok, verdict.message
    assert not GROUPS.check({C: GROUPED.replace("-2", "2")}).ok
    assert GROUPS.check({C: GROUPED.replace("-2", "-1")}).factor == S.Half
    assert not GROUPS.check({C: GROUPED.replace("len(C)", "len(C) - 1")}).ok


SHARE = "P = np.exp(x[:, None] + v)\nP /= P.sum(axis=1, keepdims=True)\n"


@pytest.mark.parametrize("begin", [0, 1])
def test_which_class_of_one_too_many_is_left_out(begin: int) -> None:
    """Where labels count from 1, a table with a place for 0 leaves out the first; where from 0, the last; if nobody says, it is asked for."""
    last = K - 1 + begin
    cost = gd.Cost(Sum(log(Sum(exp(x[i] + v[k]), (k, begin, last))) - v[c[i]], (i, 1, n)), [v])
    claim = SHARE + "return P.sum(axis=0) - np.bincount({}, minlength=K + 1)[{}]"
    if begin:
        with pytest.raises(gd.ReadError, match="count from 0 or from 1"):
            cost.check({v: claim.format("c", ":-1")})
        assert cost.check({v: claim.format("c - 1", ":-1")}).ok
        assert cost.check({v: claim.format("c", "1:")}).ok
        assert not cost.check({v: claim.format("c - 1", "1:")}).ok
    else:
        assert cost.check({v: claim.format("c", ":-1")}).ok
        assert not cost.check({v: claim.format("c", "1:")}).ok
