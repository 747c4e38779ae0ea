"""Code whose meaning in Python and NumPy is easily taken for another: letters of loops, masks that add up, labels as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_runs import ran
from sympy import Eq, IndexedBase, KroneckerDelta, Piecewise, Sum, exp, log, symbols
from tools import returned

import gdsym as gd

i, j, k, n, K, p = symbols("i j k n K p", integer=True, positive=True)
S, U, X, c, v, x, y = map(IndexedBase, "S U X c v x y".split())
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


TWICE = gd.Cost(2 * Sum(v[c[i]], (i, 1, n)) + SQUARES, [v])
GROUPS = gd.Cost(Sum((v[c[i]] * x[i] - y[i]) ** 2, (i, 1, n)) + SQUARES, [v])
MASK = "Y = (c[:, None] == np.arange(K))\n"
FILLING = "for k in range(K): g[k] = 2*v[k] + 2*((v[k]*x - y)*x)[c == k].sum()\ng"


@pytest.mark.parametrize(
    "claim",
    [
        MASK + "2*v + (Y[:, :] + Y[:, :]).sum(axis=0)",
        MASK + "2*v + 2*np.diag(Y.T @ Y)",
        MASK + "2*v + 2*np.dot(Y.T, Y).sum(axis=0)",
        MASK + "2*v + 2*np.einsum('ik,ij->k', Y, Y)",
        "g = 2*v\nfor k in range(K): g[k] += 2*np.dot(c == k, c == k)\ng",
        "g = 2*v\nfor k in range(K): g[k] += 2*(c == k).dot(c == k)\ng",
        "g = 2*v\nfor i in range(n):\n    for k in range(K): g[k] += ((c[i] == k) if x[i] > 0 else 0) + (c[i] == k)\ng",
        "g = 2*v\nfor k in range(K): g[k] += np.add(c == k, c == k).sum()\ng",
    ],
)
def test_masks_that_numpy_joins_are_refused(claim: str) -> None:
    with pytest.raises(gd.ReadError, match="joins two masks"):
        TWICE.check({v: claim})


def test_masks_that_are_counted_are_read() -> None:
    assert TWICE.check({v: MASK + "Y = Y.astype(float)\n2*v + 2*np.diag(Y.T @ Y)"}).ok
    assert TWICE.check({v: MASK + "2*v + 2*Y.sum(axis=0)"}).ok


@pytest.mark.parametrize(
    "begin",
    ["np.bincount(c, minlength=K)", "2*np.bincount(c, minlength=K)", "np.arange(K)", "(c[:, None] == np.arange(K)).sum(axis=0)"],
)  # fmt: skip
def test_whole_numbers_cut_off_what_is_put_in(begin: str) -> None:
    with pytest.raises(gd.ReadError, match="cuts off"):
        GROUPS.check({v: f"g = {begin}\n{FILLING}"})
    assert GROUPS.check({v: f"g = 1.0*({begin})\n{FILLING}"}).ok


def test_arrays_like_labels_are_whole() -> None:
    cost = gd.Cost(Sum((y[i] - v[c[i]]) ** 2, (i, 1, n)), [y])
    claim = "for i in range(n): g[i] = 2*(y[i] - v[c[i]])\ng"
    assert cost.check({y: "g = np.zeros_like(y)\n" + claim}).ok
    with pytest.raises(gd.ReadError, match="cuts off"):
        cost.check({y: "g = np.zeros_like(c)\n" + claim})


@pytest.mark.parametrize("claim", ["(U[0, None, c] + U).sum(axis=0)", "2*U[0, None, c]", "2*U[c, None, c]"])
def test_labels_apart_from_a_number_are_refused(claim: str) -> None:
    cost = gd.Cost(Sum(U[i, c[i]] ** 2, (i, 1, n)) + Sum(U[i, k] ** 2, (i, 1, n), (k, 1, K)), [U])
    with pytest.raises(gd.ReadError, match="Entries and parts"):
        cost.check({U: claim})


def test_one_too_few_is_refused_where_the_cost_counts_from_0() -> None:
    cost = gd.Cost(Sum(v[c[i]] ** 2, (i, 0, n - 1)) + Sum(v[k] ** 2, (k, 0, K - 1)), [v])
    assert cost.check({v: "2*v + 2*np.bincount(c, weights=v[c], minlength=K)"}).ok
    with pytest.raises(gd.ReadError, match="write c for c - 1"):
        cost.check({v: "2*v + 2*np.bincount(c - 1, weights=v[c - 1], minlength=K)"})


@pytest.mark.parametrize(
    "line", ["g[k] = (g @ sum(X[i]*2 for i in range(n)))", "g[k] += sum(g[i]*2 for i in range(n))"]
)
def test_errors_about_sums_in_a_line_show_the_line(line: str) -> None:
    with pytest.raises(gd.ReadError) as error:
        ROWS.check({v: f"g = 0*v\nfor k in range(p):\n    {line}\ng"})
    assert line[:40] in str(error.value) and "_of_a_loop" not in str(error.value)


@pytest.mark.parametrize(
    "line",
    ["np.add.at(g, c, x)", "np.subtract.at(g, (c, c), x)", "np.add.at(g, c, x + x + x + x + x + x + x + x + x + x)"],
)
def test_errors_show_what_is_added_at_places_as_it_was_written(line: str) -> None:
    with pytest.raises(gd.ReadError) as error:
        GROUPS.check({v: f"for k in range(2):\n    {line}\ng"})  # g has no value yet
    assert line[:30] in str(error.value) and "added_at" not in str(error.value)


BIAS = gd.Cost(Sum(log(Sum(exp(x[i] + v[k]), (k, 1, K))) - v[c[i]], (i, 1, n)), [v])
SHARE = "P = np.exp(x[:, None] + v)\nP /= P.sum(axis=1, keepdims=True)\n"


@pytest.mark.parametrize(
    "claim",
    [
        "P.sum(axis=0) - np.bincount(c, minlength=K + 1)[1:]",
        "g = np.zeros(K + 1)\nnp.add.at(g, c, 1)\nP.sum(axis=0) - g[1:]",
        "g = np.zeros(K + 1)\nfor i in range(n): g[c[i]] += 1\nP.sum(axis=0) - g[1:]",
        "P.sum(axis=0) - np.eye(K + 1)[c][:, 1:].sum(axis=0)",
        "P.sum(axis=0) - np.bincount(c - 1, minlength=K)",
    ],
)
def test_a_table_with_an_unused_class_0_counts_labels_from_1(claim: str) -> None:
    verdict = BIAS.check({v: SHARE + claim})
    assert verdict.ok, verdict.message
    rng = np.random.default_rng(1)
    data = {"n": 5, "K": 3, "x": rng.normal(size=5), "v": rng.normal(size=3), "c": np.array([1, 3, 2, 3, 1])}
    wanted = BIAS.compile().gradient({v: data["v"]}, {x: data["x"], c: data["c"]})[v]
    np.testing.assert_allclose(ran("\n".join(returned(SHARE + claim)), data), wanted, rtol=1e-12)


def test_a_table_with_an_unused_class_0_goes_with_labels_from_1_only() -> None:
    with pytest.raises(gd.ReadError, match="from 0 or from 1"):  # right for labels from 0, wrong for labels from 1
        BIAS.check({v: SHARE + "P.sum(axis=0) - np.bincount(c, minlength=K + 1)[:-1]"})
    mixed = "P[np.arange(n), c] -= 1\nP.sum(axis=0) + 0*np.bincount(c, minlength=K + 1)[1:]"
    with pytest.raises(gd.ReadError, match="from 0 at one place"):
        BIAS.check({v: SHARE + mixed})


ZERO = gd.Cost(Sum(log(Sum(exp(S[i, k]), (k, 0, K - 1))) - S[i, c[i]], (i, 1, n)), [S])


def test_labels_from_0_are_not_compared_with_as_many_numbers_from_1() -> None:
    for compared in ("np.arange(1, K + 1) == c[:, None]", "(c[:, None] == np.arange(1, K + 1)[None, :])"):
        with pytest.raises(gd.ReadError, match="In the cost these labels count from 0"):
            ZERO.check({S: SOFT + f"P - ({compared})"})
    rest = "for i in range(n):\n    P[i, 0] -= (c[i] == 0)\n    for k in range(1, K): P[i, k] -= (c[i] == k)\nP"
    assert ZERO.check({S: SOFT + rest}).ok


def test_numbers_that_leave_a_class_out_do_not_tell_where_labels_begin() -> None:
    rest = "for k in range(1, K):\n    for i in range(n): P[i, k] -= (c[i] == k)\nP"
    with pytest.raises(gd.ReadError, match="from 0 or from 1"):
        SHARES.check({S: SOFT + rest})
    first = "for i in range(n): P[i, 0] -= (np.eye(K)[c])[i, 0]\n"
    assert SHARES.check({S: SOFT + first + rest}).ok


def test_the_last_row_is_compared_where_classes_count_from_0_and_features_from_1() -> None:
    scores = Sum(X[i, j] * U[j, k], (j, 1, p))
    cost = gd.Cost(Sum(log(Sum(exp(scores), (k, 0, K - 1))) - scores.subs(k, c[i]), (i, 1, n)), [U])
    code = "P = np.exp(X @ U)\nP /= P.sum(axis=1, keepdims=True)\nP[np.arange(n), c] -= 1\ng = X.T @ P\n"
    assert cost.check({U: code + "return g"}).ok
    assert cost.check({U: code + "return g/n"}).factor is not None
    for place in ("-1", "0", ":, -1", ":, 0"):
        verdict = cost.check({U: code + f"g[{place}] = 0\nreturn g"})
        assert not verdict.ok and verdict.factor is None and "wrong" in verdict.message


def test_the_last_entry_is_compared_where_sums_of_the_claim_count_from_0() -> None:
    v, p, m = IndexedBase("v"), symbols("p", integer=True), symbols("m", integer=True, positive=True)
    cost = gd.Cost(Sum(v[j] * X[i, j], (i, 1, m), (j, 1, n)), [v])
    assert cost.check({v[k]: Sum(X[p + 1, k], (p, 0, m - 1))}).ok
    last = Piecewise((0, Eq(k, n)), (1, True))
    assert not cost.check({v[k]: Sum(last * X[p + 1, k], (p, 0, m - 1))}).ok
