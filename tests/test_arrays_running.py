"""Sums whose bounds move with another index: one pass, right at every size, stable, and on every engine."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
from autograd import grad
from once import code_of
from sympy import Abs, IndexedBase, Sum, exp, log, symbols
from tools import needs

import gdsym as gd

a, b = symbols("a b")
i, j, k, l, m, n, L = symbols("i j k l m n L", integer=True, positive=True)
w, x, y, d, t, X = (IndexedBase(name) for name in "w x y d t X".split())
rng = np.random.default_rng(5)
M, N = 400, 3
ws, xs, ys, ts = rng.normal(size=(4, M))
ds = (rng.random(M) < 0.5).astype(float)
Xs, vs = rng.normal(size=(M, N)), rng.normal(size=N)
eta = lambda row: Sum(w[k] * X[row, k], (k, 1, n))  # noqa: E731


def over(body: Any, first: Any = 1, last: Any = m) -> Any:
    return Sum(body, (i, first, last))


def upto(body: Any, last: Any = i, first: Any = 1) -> Any:
    return Sum(body, (j, first, last))


def from_(body: Any, first: Any = i, last: Any = m) -> Any:
    return Sum(body, (j, first, last))


def lower(size: int, shift: int = 0) -> Any:
    return np.tril(np.ones((size, size)), shift)


def lse_from(z: Any) -> Any:
    pairs = anp.where(lower(M).T > 0, z[None, :] * np.ones((M, 1)), -anp.inf)
    top = anp.max(pairs, axis=1, keepdims=True)
    return top[:, 0] + anp.log(anp.sum(anp.exp(pairs - top), axis=1))


# cost, parameter, start, data, the same by autograd
CASES: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "prefix": (over((upto(w[j]) - y[i]) ** 2), w, ws, {y: ys}, lambda w: anp.sum((lower(M) @ w - ys) ** 2)),
    "before": (
        over((upto(w[j], i - 1) - y[i]) ** 2), w, ws[1:], {y: ys},
        lambda w: anp.sum((lower(M, -1)[:, :-1] @ w - ys) ** 2)),
    "suffix": (over((from_(w[j]) - y[i]) ** 2), w, ws, {y: ys}, lambda w: anp.sum((lower(M).T @ w - ys) ** 2)),
    "behind": (
        over((from_(w[j], i + 1) - y[i]) ** 2), w, ws, {y: ys}, lambda w: anp.sum((lower(M, -1).T @ w - ys) ** 2)),
    "weighted": (
        over((a * upto(x[j] * t[j]) - y[i]) ** 2), a, 0.3, {x: xs, y: ys, t: ts},
        lambda a: anp.sum((a * (lower(M) @ (xs * ts)) - ys) ** 2)),
    "window of 3": (
        over((upto(w[j], i, i - 2) / 3 - y[i]) ** 2, 3), w, ws, {y: ys},
        lambda w: anp.sum(((w[2:] + w[1:-1] + w[:-2]) / 3 - ys[2:]) ** 2)),
    "window of L": (
        over((upto(w[j], i, i - L) - y[i]) ** 2, L + 1), w, ws, {y: ys, L: 37},
        lambda w: anp.sum(((lower(M) - lower(M, -38)) @ w - ys)[37:] ** 2)),
    "twice": (
        over((upto(Sum(w[l] * x[l], (l, 1, j))) - y[i]) ** 2), w, ws / 30, {x: xs, y: ys},
        lambda w: anp.sum((lower(M) @ (lower(M) @ (w * xs)) - ys) ** 2)),
    "a pair": (over(upto(w[i] * w[j] * x[j], i - 1)), w, ws, {x: xs}, lambda w: anp.sum(w * (lower(M, -1) @ (w * xs)))),
    "turned": (
        over((upto(w[j], m + 1 - i) - y[i]) ** 2), w, ws, {y: ys}, lambda w: anp.sum(((lower(M) @ w)[::-1] - ys) ** 2)),
    "columns": (
        over((upto(eta(j)) - y[i]) ** 2), w, vs, {X: Xs, y: ys}, lambda w: anp.sum((lower(M) @ Xs @ w - ys) ** 2)),
    "linear in both": (
        over(upto(w[i] - 2 * w[j], i - 1)), w, ws, {}, lambda w: anp.sum(lower(M, -1) * (w[:, None] - 2 * w[None, :]))),
    "growth": (
        over((exp(upto(w[j])) - y[i]) ** 2), w, ws / 10, {y: ys}, lambda w: anp.sum((anp.exp(lower(M) @ w) - ys) ** 2)),
    "distance of distributions": (
        over(Abs(upto(w[j] - x[j]))), w, ws, {x: xs}, lambda w: anp.sum(anp.abs(lower(M) @ (w - xs)))),
    "cox": (
        -over(d[i] * (b * t[i] - log(from_(exp(b * t[j]))))), b, 0.7, {t: ts, d: ds},
        lambda b: -anp.sum(ds * (b * ts - lse_from(b * ts)))),
    "cox, many columns": (
        -over(d[i] * (eta(i) - log(from_(exp(eta(j)))))), w, vs, {X: Xs, d: ds},
        lambda w: -anp.sum(ds * (Xs @ w - lse_from(Xs @ w)))),
    "order of finish": (
        -over(d[i] * (w[i] - log(from_(exp(w[j]))))), w, ws, {d: ds}, lambda w: -anp.sum(ds * (w - lse_from(w)))),
    "growth of windows": (
        over(exp(upto(w[j], i, i - 2)) - y[i] * upto(w[j], i, i - 2), 3), w, ws / 5, {y: ys},
        lambda w: anp.sum(anp.exp(w[2:] + w[1:-1] + w[:-2]) - ys[2:] * (w[2:] + w[1:-1] + w[:-2]))),
    "softmax over windows": (
        over(d[i] * (w[i] - log(upto(exp(w[j]), i, i - 2))), 3), w, ws, {d: ds},
        lambda w: anp.sum(ds[2:] * (w[2:] - anp.log(anp.exp(w[2:]) + anp.exp(w[1:-1]) + anp.exp(w[:-2]))))),
    "all but the last two": (
        over(log(from_(exp(w[j]))), 1, m - 2), w, ws, {}, lambda w: anp.sum(lse_from(w)[:-2])),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_against_automatic_differentiation(name: str) -> None:
    check(name, "numpy")


@pytest.mark.parametrize("name", CASES)
def test_no_table_of_pairs(name: str) -> None:
    """The memory that a run of 200,000 needs is that of a few vectors."""
    cost, param, *_ = CASES[name]
    source = code_of(cost, [param]).source
    assert "np.where" not in source and "astype" not in source and "einsum" not in source


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", CASES)
def test_on_other_engines(name: str, backend: str) -> None:
    needs(backend)
    if backend == "dask" and "exp(" in str(CASES[name][0]) and "log" in str(CASES[name][0]):
        with pytest.raises(gd.GdsymError, match="running sum of exponentials"):
            check(name, backend)
    else:
        check(name, backend)


def check(name: str, backend: str) -> None:
    cost, param, start, data, plain = CASES[name]
    run = code_of(cost, [param], backend)
    sizes = {m: M} if "M" not in name and not data else {}
    value, slope = run.value_and_gradient({param: start}, {**data, **sizes})
    assert value == pytest.approx(float(plain(start)), rel=1e-11)
    right = grad(plain)(start)
    np.testing.assert_allclose(slope[param], right, rtol=1e-9, atol=1e-11 * np.abs(right).max())


@pytest.mark.parametrize("scale", [1e-12, 1.0, 40.0, 1000.0, 30_000.0])
@pytest.mark.parametrize("rising", [False, True, None])
def test_running_sums_of_exponentials_do_not_overflow(scale: float, rising: bool | None) -> None:
    """Against mpmath: the order of finish of eight, at strengths far apart, in any order."""
    strengths = np.sort(rng.normal(size=8)) * scale if rising is not None else rng.normal(size=8) * scale
    strengths = strengths[::-1].copy() if rising is False else strengths
    cost = over(log(from_(exp(w[j]))))
    value, slope = code_of(cost, [w]).value_and_gradient({w: strengths}, {})
    with mpmath.workdps(60):
        e = [mpmath.exp(mpmath.mpf(float(s))) for s in strengths]
        sums = [mpmath.fsum(e[q:]) for q in range(8)]
        right = float(mpmath.fsum(map(mpmath.log, sums)))
        slopes = [float(e[q] * mpmath.fsum(1 / s for s in sums[: q + 1])) for q in range(8)]
    assert value == pytest.approx(right, rel=1e-14, abs=1e-14)
    np.testing.assert_allclose(slope[w], slopes, rtol=2e-14, atol=1e-300)


def test_a_window_does_not_lose_what_large_neighbours_have_in_common() -> None:
    """As a difference of two running sums, the small entries would drown."""
    cost = over(upto(w[j], i, i - 2) ** 2, 3)
    start = np.array([1e16, 1.0, 1.0, 1.0, 2.0, 3.0])
    _, slope = code_of(cost, [w]).value_and_gradient({w: start}, {})
    assert slope[w][3:].tolist() == [2 * (3 + 4 + 6), 2 * (4 + 6), 12.0]


def test_arrays_that_end_before_the_index_does() -> None:
    """x_j for j < i has one entry less than w_i."""
    run = code_of(over(w[i] * upto(w[j] * x[j], i - 1)), [w])
    value, slope = run.value_and_gradient({w: [1, 2, 3]}, {x: [10, 20]})
    assert value == 2 * 10 + 3 * (10 + 40) and slope[w].tolist() == [10 * 5, 10 + 20 * 3, 10 + 40]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_smallest_sizes(size: int) -> None:
    starts = rng.normal(size=size)
    for cost, right in (
        (over(upto(w[j] * w[i], i - 1) ** 2), (starts * (lower(size, -1) @ starts)) ** 2),
        (over(from_(w[j], i + 1) ** 2), (lower(size, -1).T @ starts) ** 2),
        *([(over(from_(w[j], i + 2) ** 2), (lower(size, -2).T @ starts) ** 2)] if size > 1 else []),
    ):
        got, slope = code_of(cost, [w]).value_and_gradient({w: starts}, {m: size})
        assert got == pytest.approx(right.sum(), rel=1e-14, abs=1e-15)
        assert slope[w].shape == (size,)


LAGS = (
    "j <= k - 2", "j <= k - 3", "j >= k + 2", "j >= k + 3", "And(j >= k - 2, j <= k - 2)", "And(j >= k + 3, j <= k + 4)",
    "And(j >= k - 4, j <= k - 3)", "j <= m - 2 - k", "j >= m + 3 - k",
)  # fmt: skip


def lagged(limits: str) -> Any:
    return gd.Cost(f"Sum((Sum(Piecewise((exp(a*x[j]), {limits}), (0, True)), (j, 1, m)) - y[k])**2, (k, 1, m))", ["a"])


@pytest.mark.parametrize("limits", LAGS)
def test_lags_longer_than_the_data(limits: str) -> None:
    check_lag(limits, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax"])
@pytest.mark.parametrize("limits", LAGS)
def test_lags_on_other_engines(limits: str, backend: str) -> None:
    needs(backend)
    check_lag(limits, backend)


def check_lag(limits: str, backend: str) -> None:
    run = lagged(limits).compile(backend=backend)
    for size in (1, 2, 3, 5):
        holds = lambda j, k: eval(limits, {"j": j, "k": k, "m": size, "And": lambda *p: all(p)})  # noqa: E731, B023
        mask = np.array([[float(holds(j, k)) for j in range(1, size + 1)] for k in range(1, size + 1)])
        f = lambda q: anp.sum((anp.dot(mask, anp.exp(q * xs[:size])) - ys[:size]) ** 2)  # noqa: E731, B023
        value, slopes = run.value_and_gradient({"a": 0.7}, {"x": xs[:size], "y": ys[:size]})
        assert [value, *slopes.values()] == pytest.approx([f(0.7), grad(f)(0.7)], rel=1e-12)


@pytest.mark.parametrize("limits", LAGS)
def test_lags_need_no_table(limits: str) -> None:
    source = lagged(limits).compile().source
    assert "np.where" not in source and "astype" not in source and "[:, None]" not in source


def test_a_window_is_the_same_in_pieces() -> None:
    """Long arrays are gone through piece by piece."""
    start = rng.normal(size=30_001)
    value, slope = code_of(over(upto(w[j], i, i - 6) ** 2, 7), [w]).value_and_gradient({w: start}, {})
    sums = np.convolve(start, np.ones(7), "valid")
    assert value == pytest.approx(float(sums @ sums), rel=1e-12)
    np.testing.assert_allclose(slope[w], 2 * np.convolve(sums, np.ones(7)), rtol=1e-11, atol=1e-11)


def test_a_flat_gradient_is_the_caller_s_own() -> None:
    bound = code_of(over(w[i] * x[i]), [w]).bind({x: xs})
    bound.jac(ws)[:] = 0
    assert bound.jac(ws).tolist() == xs.tolist()
    bound = code_of(over(w[i] ** 2), [w]).bind({m: M})
    bound.jac(ws)[:] = 0
    assert bound.jac(ws).tolist() == (2 * ws).tolist()
