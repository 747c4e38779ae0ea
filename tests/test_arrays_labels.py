"""Tables read by labels: sums by label are added up where they belong, on every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of, cost_of
from sympy import Expr, IndexedBase, KroneckerDelta, Max, Sum, exp, log, symbols, tanh
from tools import needs

from gdsym import Cost
from gdsym.arrays.data import bind
from gdsym.arrays.tiled import in_tiles
from gdsym.errors import DataError

i, j, k, l, m, n, p, q = symbols("i j k l m n p q", integer=True, positive=True)
T, S, U, A, c, d, y = map(IndexedBase, ("T", "S", "U", "A", "c", "d", "y"))
RNG = np.random.default_rng(5)
ROWS, KINDS, WIDTH = 50, 6, 3
DATA = {
    c: RNG.integers(1, KINDS, ROWS),  # no sample has the last label
    d: RNG.integers(1, KINDS + 1, ROWS),
    y: RNG.normal(size=ROWS),
    A: RNG.normal(size=(ROWS, WIDTH)),
}
PLAIN, TABLE = RNG.normal(size=KINDS), RNG.normal(size=(KINDS, WIDTH))
PLACES = {base: DATA[base] - 1 for base in (c, d)}


def ones(base: IndexedBase) -> Any:
    return (DATA[base][:, None] == np.arange(1, KINDS + 1)).astype(float)


def error() -> Any:
    return np.einsum("ij,ij->i", TABLE[PLACES[c]], DATA[A]) - DATA[y]


def gap(base: IndexedBase) -> Expr:
    return Sum((T[base[i], j] - A[i, j]) ** 2, (j, 1, n))


def beyond() -> Any:
    """1 where the first row is farther away than the second one less 1, in a column."""
    far, near = (((TABLE[PLACES[base]] - DATA[A]) ** 2).sum(axis=1) for base in (c, d))
    assert 5 < (1 + far - near > 0).sum() < ROWS - 5
    return (1 + far - near > 0)[:, None]


COSTS: dict[str, tuple[Expr, Any, Any]] = {
    "entries": (Sum((S[c[i]] - y[i]) ** 2, (i, 1, m)), PLAIN, lambda: 2 * ones(c).T @ (PLAIN[PLACES[c]] - DATA[y])),
    "rows": (Sum((Sum(T[c[i], j] * A[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), TABLE, lambda: 2 * ones(c).T @ (error()[:, None] * DATA[A])),
    "centres": (Sum((A[i, j] - T[c[i], j]) ** 2, (j, 1, n), (i, 1, m)), TABLE, lambda: 2 * ones(c).T @ (TABLE[PLACES[c]] - DATA[A])),
    "two labels": (Sum((S[c[i]] - S[d[i]] - y[i]) ** 2, (i, 1, m)), PLAIN, lambda: 2 * (ones(c) - ones(d)).T @ (PLAIN[PLACES[c]] - PLAIN[PLACES[d]] - DATA[y])),
    "by delta": (Sum((Sum(KroneckerDelta(c[i], k) * S[k], (k, 1, n)) - y[i]) ** 2, (i, 1, m)), PLAIN, lambda: 2 * ones(c).T @ (PLAIN[PLACES[c]] - DATA[y])),
    "margins": (
        Sum(Max(0, 1 + gap(c) - gap(d)), (i, 1, m)), TABLE,
        lambda: 2 * sum(sign * ones(base).T @ (beyond() * (TABLE[PLACES[base]] - DATA[A])) for sign, base in ((1, c), (-1, d))),
    ),
    "exponentials": (Sum(exp(S[c[i]]) - y[i] * S[c[i]], (i, 1, m)), PLAIN, lambda: ones(c).T @ (np.exp(PLAIN[PLACES[c]]) - DATA[y])),
}  # fmt: skip


def given(formula: Expr) -> dict[Any, Any]:
    used = formula.atoms(IndexedBase)
    return {base: value for base, value in DATA.items() if base in used}


@pytest.mark.parametrize("name", COSTS)
def test_no_table_of_0_and_1_is_made(name: str) -> None:
    formula, start, right = COSTS[name]
    (param,) = formula.atoms(IndexedBase) & {S, T}
    code = code_of(formula, [param])
    assert np.allclose(code.gradient({param: start}, given(formula))[param], right(), rtol=1e-13, atol=1e-13)
    assert "bincount" in code.source and "==" not in code.source


@pytest.mark.parametrize(
    ("name", "backend", "batch"),
    [
        *((name, "numba", None) for name in ("rows", "two labels", "by delta")),
        *((name, "dask", None) for name in ("entries", "rows", "by delta")),
        ("two labels", "jax", None),
        ("rows", "jax", 7),
        ("rows", "numba", 7),
    ],
)
def test_every_engine_adds_by_label(name: str, backend: str, batch: int | None) -> None:
    needs(backend)
    formula, start, _ = COSTS[name]
    (param,) = formula.atoms(IndexedBase) & {S, T}
    how: Any = {"learning_rate": 1e-3, "maxiter": 4, "batch": batch, "rng": 1 if batch else None}
    cost = Cost(formula, [param])
    runs = [cost.descend({param: start}, given(formula), backend=b, **how) for b in ("numpy", backend)]
    assert np.allclose(runs[0].history.params[param], runs[1].history.params[param], rtol=1e-12)
    assert np.allclose(runs[0].history.cost, runs[1].history.cost, rtol=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
def test_columns_by_labels(backend: str) -> None:
    """A hinge for each class: columns of a table are rows of its transpose, looked up whole."""
    needs(backend)

    def score(label: Any) -> Expr:
        return Sum(A[i, j] * T[j, label], (j, 1, n))

    code = code_of(Sum(Max(0, 1 + score(k) - score(c[i])), (k, 1, q), (i, 1, m)), [T], backend)
    table, rows = TABLE.T, np.arange(ROWS)
    scores = DATA[A] @ table
    over = 1 + scores - scores[rows, PLACES[c]][:, None]
    hits = (over > 0).astype(float)
    hits[rows, PLACES[c]] -= hits.sum(axis=1)
    value, slopes = code.value_and_gradient({T: table}, {A: DATA[A], c: DATA[c]})
    assert value == pytest.approx(np.maximum(over, 0).sum(), rel=1e-13)
    np.testing.assert_allclose(slopes[T], DATA[A].T @ hits, rtol=1e-12, atol=1e-13)
    if backend == "numpy":  # entries of the product that is made anyway, and of what it is multiplied by in the slope
        assert "picked(" in code.source and "put_in(" in code.source and "bincount" not in code.source
    assert "arange(1, p + 1" not in code.source


def test_labels_behind_a_layer_need_no_rows_of_a_table() -> None:
    """Log-loss by labels: what is wrong with the shares is a table that both slopes need."""
    inner, bias = RNG.normal(size=(WIDTH, 4)), RNG.normal(size=KINDS)
    table, rows = RNG.normal(size=(4, KINDS)), np.arange(ROWS)
    hidden = tanh(Sum(A[i, j] * U[j, k], (j, 1, n)))

    def score(label: Any) -> Expr:
        return Sum(hidden * T[k, label], (k, 1, q)) + S[label]

    code = code_of(Sum(log(Sum(exp(score(l)), (l, 1, p))) - score(c[i]), (i, 1, m)), [U, T, S])
    value, slopes = code.value_and_gradient({U: inner, T: table, S: bias}, {A: DATA[A], c: DATA[c]})
    layer = np.tanh(DATA[A] @ inner)
    scores = layer @ table + bias
    wrong = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) - ones(c)
    assert value == pytest.approx(np.log(np.exp(scores).sum(axis=1)).sum() - scores[rows, PLACES[c]].sum(), rel=1e-13)
    np.testing.assert_allclose(slopes[S], wrong.sum(axis=0), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slopes[T], layer.T @ wrong, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slopes[U], DATA[A].T @ ((wrong @ table.T) * (1 - layer**2)), rtol=1e-12, atol=1e-13)
    assert code.source.count("picked(") == 2 and "T.T[" not in code.source and "T[:" not in code.source


def test_rows_of_data_are_read_by_chunked_labels() -> None:
    """A quadratic cost: its Hessian reads rows by labels, too."""
    needs("dask")
    import dask.array as da

    w, kinds = IndexedBase("w"), RNG.normal(size=(KINDS, WIDTH))
    cost = Cost(Sum((Sum(w[j] * A[c[i], j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [w])
    data = {A: kinds, c: DATA[c], y: DATA[y]}
    chunked = {A: kinds, **{base: da.from_array(np.asarray(DATA[base], dtype=float), chunks=7) for base in (c, y)}}
    start = {w: np.ones(WIDTH)}
    how: Any = {"learning_rate": 1e-3, "maxiter": 5}
    runs = [cost.descend(start, data, **how), cost.descend(start, chunked, backend="dask", **how)]
    assert np.allclose(runs[0].history.params[w], runs[1].history.params[w], rtol=1e-11)


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("rows", [True, False])
def test_several_labels_for_each_sample(rows: bool, backend: str) -> None:
    """Negative sampling: d_ik are words that are not near the word c_i. Also one number for each label."""
    needs(backend)
    d2, params = RNG.integers(1, KINDS + 1, (ROWS, 4)), {T: TABLE, A: TABLE[::-1] + 1} if rows else {S: PLAIN}
    score = Sum(A[c[i], j] * T[d[i, k], j], (j, 1, n)) if rows else S[d[i, k]] - y[i]
    cost = Sum(log(1 + exp(score)), (i, 1, m), (k, 1, q))
    run = cost_of(cost, params).descend(params, {c: DATA[c], d: d2} if rows else {d: d2, y: DATA[y]}, learning_rate=1e-3, maxiter=1, backend=backend)  # fmt: skip
    ones_of = (d2[:, :, None] == np.arange(1, KINDS + 1)).astype(float)
    if rows:
        inner, other = params[A][PLACES[c]], TABLE[d2 - 1]
        share = 1 / (1 + np.exp(-np.einsum("ij,ikj->ik", inner, other)))
        slopes = [np.einsum("ik,ikl,ij->lj", share, ones_of, inner), ones(c).T @ np.einsum("ik,ikj->ij", share, other)]
    else:
        slopes = [np.einsum("ik,ikl->l", 1 / (1 + np.exp(DATA[y][:, None] - PLAIN[d2 - 1])), ones_of)]
    for (base, before), slope in zip(params.items(), slopes, strict=True):
        assert np.allclose(run.params[base], before - 1e-3 * slope, rtol=1e-12)


def test_several_labels_are_added_up_without_a_table() -> None:
    score = Sum(A[c[i], j] * T[d[i, k], j], (j, 1, n))
    source = code_of(Sum(log(1 + exp(score)), (i, 1, m), (k, 1, q)), [A, T]).source
    assert source.count("added_by_place(") == 3 and "==" not in source


def grades(later: Any) -> Any:
    """The chances of ordered grades, S_k of a cut between two of them: the difference of sigmoids at two cuts."""
    above, below = (1 / (1 + exp(y[i] - S[at])) for at in (later, c[i]))
    return Cost(-Sum(log(above - below), (i, 1, m)), [S]).compile()


@pytest.mark.parametrize(("later", "step"), [(c[i] + 1, 1), (2 * c[i], None)])
def test_cuts_on_both_sides_of_a_grade(later: Any, step: int | None) -> None:
    """A second label that is the first and 1; or one that no table knows, beside which some cuts belong to no sample."""
    cuts, grade, score = (
        np.array([-1.0, 0.2, 0.9, 2.5]),
        np.array([1, 2, 1, 2, 1]),
        np.array([0.3, -2.0, 40.0, 1.5, -50.0]),
    )
    code = grades(later)
    value, slopes = code.value_and_gradient({S: cuts}, {c: grade, y: score})
    high, low = cuts[(grade + step if step else 2 * grade) - 1] - score, cuts[grade - 1] - score
    p, q = 1 / (1 + np.exp(-high)), 1 / (1 + np.exp(-low))
    gap = np.array([np.tanh((h - l) / 2) for h, l in zip(high, low, strict=True)]) * (p * (1 - q) + q * (1 - p))
    gap[-1] = np.exp(-low[-1]) - np.exp(-high[-1])  # both sigmoids are 1
    assert value == pytest.approx(-np.log(gap).sum(), rel=1e-13)
    table = (np.arange(1, 5) == grade[:, None]), (np.arange(1, 5) == (grade + step if step else 2 * grade)[:, None])
    tail = [np.exp(-np.abs(u)) / (1 + np.exp(-np.abs(u))) ** 2 / gap for u in (low, high)]
    assert np.allclose(slopes[S], tail[0] @ table[0] - tail[1] @ table[1], rtol=1e-12)
    assert ("bincount" in code.source and "==" not in code.source) is (step == 1)


@pytest.mark.parametrize(("more", "wrong"), [(1, 3), (2, 2), (1, -1)])
def test_labels_with_a_number_added_are_checked(more: int, wrong: int) -> None:
    code = Cost(Sum((S[c[i] + more] - y[i]) ** 2, (i, 1, m)), [S]).compile()
    assert code.value({S: [2.0, 3.0, 5.0]}, {c: [1 - more, 3 - more], y: [0.0, 1.0]}) == 2.0**2 + (5 - 1) ** 2
    with pytest.raises(DataError, match=rf"c holds {wrong}, but it \+ {more} is an index of S, whose entries are 1..3"):
        code.value({S: [2.0, 3.0, 5.0]}, {c: [1 - more, wrong], y: [0.0, 1.0]})


def test_labels_that_may_name_the_class_that_is_left_out_are_compared() -> None:
    some = Sum((Sum(KroneckerDelta(d[i], k) * S[k], (k, 1, n - 1)) - y[i]) ** 2, (i, 1, m))
    found = code_of(some, [S]).gradient({S: PLAIN[:-1]}, {d: DATA[d], y: DATA[y], n: KINDS})[S]
    table = ones(d)[:, :-1]
    assert np.allclose(found, 2 * table.T @ (table @ PLAIN[:-1] - DATA[y]), rtol=1e-13)


def test_large_tables_of_rows_are_made_in_tiles() -> None:
    count, width = 300_000, 8
    rng = np.random.default_rng(2)
    firsts, seconds = rng.integers(1, 60, count), rng.integers(1, 40, count)
    left, right, seen = rng.normal(size=(60, width)), rng.normal(size=(40, width)), rng.normal(size=count)
    code = code_of(Sum((Sum(T[c[i], j] * A[d[i], j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [T, A])
    start, data = {T: left, A: right}, {c: firsts, d: seconds, y: seen}
    value, found = code.value_and_gradient(start, data)
    off = np.einsum("ij,ij->i", left[firsts - 1], right[seconds - 1]) - seen
    by_hand = np.zeros_like(left), np.zeros_like(right)
    np.add.at(by_hand[0], firsts - 1, 2 * off[:, None] * right[seconds - 1])
    np.add.at(by_hand[1], seconds - 1, 2 * off[:, None] * left[firsts - 1])
    assert value == pytest.approx(off @ off, rel=1e-12)
    assert np.allclose(found[T], by_hand[0], rtol=1e-10, atol=1e-8)
    assert np.allclose(found[A], by_hand[1], rtol=1e-10, atol=1e-8)
    assert in_tiles(code.program, bind(code.program, data, start), {"T": left.shape, "A": right.shape}) is not None
