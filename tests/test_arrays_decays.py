"""Running sums of geometric weights: no table of pairs, right at every rate, size and end, and on every engine."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from once import code_of
from sympy import IndexedBase, Sum, log, symbols
from tools import needs

import gdsym as gd

r, a = symbols("r a")
i, j, m = symbols("i j m", integer=True, positive=True)
l, n = symbols("l n", integer=True, positive=True)
x, y, w, X = (IndexedBase(name) for name in "x y w X".split())
rng = np.random.default_rng(8)
M = 300
ys, xs = rng.normal(size=(2, M))
Xs, ws = rng.normal(size=(M, 2)), rng.normal(size=2)


def weighted(weight: Any, first: Any = 1, last: Any = i, value: Any = x[j]) -> Any:
    return Sum(weight * value, (j, first, last))


# the sum for one i; the same from the number i, a rate and the entries x_1, x_2, ... (from 0)
SUMS: dict[str, tuple[Any, Any]] = {
    "average": (weighted(r ** (i - j)), lambda i, r, x: sum(r ** (i - j) * x[j - 1] for j in range(1, i + 1))),
    "before": (weighted(r ** (i - 1 - j), 1, i - 1), lambda i, r, x: sum(r ** (i - 1 - j) * x[j - 1] for j in range(1, i))),
    "late": (weighted(r ** (i - j), 1, i - 2), lambda i, r, x: sum(r ** (i - j) * x[j - 1] for j in range(1, i - 1))),
    "ahead": (weighted(r ** (j - i), i, m), lambda i, r, x: sum(r ** (j - i) * x[j - 1] for j in range(i, len(x) + 1))),
    "behind": (
        weighted(r ** (j - i - 1), i + 1, m),
        lambda i, r, x: sum(r ** (j - i - 1) * x[j - 1] for j in range(i + 1, len(x) + 1))),
    "squares": (weighted(r ** (2 * i - 2 * j)), lambda i, r, x: sum(r ** (2 * (i - j)) * x[j - 1] for j in range(1, i + 1))),
    "smoothing": (
        r * weighted((1 - r) ** (i - j)), lambda i, r, x: r * sum((1 - r) ** (i - j) * x[j - 1] for j in range(1, i + 1))),
    "squared distances": (
        weighted((i - j) ** 2 * r ** (i - j)), lambda i, r, x: sum((i - j) ** 2 * r ** (i - j) * x[j - 1] for j in range(1, i + 1))),
    "cubes, ahead": (
        weighted((j - i + 2) ** 3 * r ** (j - i), i, m),
        lambda i, r, x: sum((j - i + 2) ** 3 * r ** (j - i) * x[j - 1] for j in range(i, len(x) + 1))),
    "two distances, before": (
        weighted((i - j) * (i - j + 3) * r ** (i - j), 1, i - 1),
        lambda i, r, x: sum((i - j) * (i - j + 3) * r ** (i - j) * x[j - 1] for j in range(1, i))),
    "counts": (
        weighted(r ** (i - j), value=1), lambda i, r, x: sum(r ** (i - j) for j in range(1, i + 1))),
    "the other entry, too": (
        weighted(r ** (i - j), value=x[j] * x[i]),
        lambda i, r, x: sum(r ** (i - j) * x[j - 1] * x[i - 1] for j in range(1, i + 1))),
}  # fmt: skip


def cost_of(one: Any) -> tuple[Any, list[Any]]:
    cost = Sum((one - y[i]) ** 2, (i, 1, m))
    return cost, [r, x] if cost.has(x) else [r]


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0, 0.7, -1.25])
@pytest.mark.parametrize("name", SUMS)
def test_against_the_literal_sums(name: str, rate: float) -> None:
    """All sizes from one entry on; the slopes by differences of polynomials, which complex steps give exactly."""
    cost, params = cost_of(SUMS[name][0])
    compiled = code_of(cost, params)
    for size in range(1, 7):
        length = max(size - {"before": 1, "late": 2, "two distances, before": 1}.get(name, 0), 0)
        if not length:
            continue
        entries = rng.normal(size=length)

        def literal(rate: Any, entries: Any, size: int = size) -> Any:
            padded = np.append(entries, np.zeros(size - len(entries)))
            return sum((SUMS[name][1](i, rate, padded) - ys[i - 1]) ** 2 for i in range(1, size + 1))

        value, slope = compiled.value_and_gradient({p: rate if p is r else entries for p in params}, {y: ys[:size]})
        assert value == pytest.approx(literal(rate, entries), rel=1e-13)
        tiny = 1e-30
        assert slope[r] == pytest.approx(literal(rate + tiny * 1j, entries).imag / tiny, rel=1e-12, abs=1e-13)
        for place in range(length if x in params else 0):
            moved = entries + tiny * 1j * (np.arange(length) == place)
            assert slope[x][place] == pytest.approx(literal(rate, moved).imag / tiny, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ["squared distances", "cubes, ahead", "two distances, before"])
def test_powers_of_the_distance_need_no_table(name: str) -> None:
    """Not even a correlation with all weights: one more round for each power."""
    source = gd.Cost(*cost_of(SUMS[name][0])).compile().source
    assert "decaying_sum" in source and "correlated" not in source and "[:, None]" not in source


def powers(rate: Any, shift: int = 0) -> Any:
    """The table rate^(i - j - shift), 0 above the diagonal."""
    away = np.subtract.outer(np.arange(M), np.arange(M)) - shift
    return anp.where(away >= 0, rate ** np.maximum(away, 0), 0)


VARIANCE = r / 10 + a * weighted(r ** (i - 1 - j), 1, i - 1, x[j] ** 2)

# cost, start, data, the same by autograd
MODELS: dict[str, tuple[Any, Any, Any, Any]] = {
    "average": (cost_of(SUMS["average"][0])[0], {r: 0.97}, {x: xs, y: ys}, lambda r: anp.sum((powers(r) @ xs - ys) ** 2)),
    "its entries": (
        cost_of(SUMS["average"][0])[0], {x: xs}, {r: -0.8, y: ys}, lambda x: anp.sum((powers(-0.8) @ x - ys) ** 2)),
    "from the end": (
        cost_of(SUMS["ahead"][0])[0], {x: xs}, {r: 0.9, y: ys}, lambda x: anp.sum((powers(0.9).T @ x - ys) ** 2)),
    "growing": (cost_of(SUMS["average"][0])[0], {r: 1.02}, {x: xs, y: ys}, lambda r: anp.sum((powers(r) @ xs - ys) ** 2)),
    "volatility": (
        Sum(log(VARIANCE) + x[i] ** 2 / VARIANCE, (i, 1, m)), {r: 0.8}, {x: xs, a: 0.1},
        lambda r: anp.sum(anp.log(r / 10 + 0.1 * (powers(r, 1) @ xs**2)) + xs**2 / (r / 10 + 0.1 * (powers(r, 1) @ xs**2)))),
    "columns": (
        Sum((Sum(r ** (i - j) * Sum(w[l] * X[j, l], (l, 1, n)), (j, 1, i)) - y[i]) ** 2, (i, 1, m)),
        {w: ws}, {r: 0.9, X: Xs, y: ys}, lambda w: anp.sum((powers(0.9) @ (Xs @ w) - ys) ** 2)),
}  # fmt: skip


def check(name: str, backend: str) -> None:
    cost, start, data, plain = MODELS[name]
    ((param, at),) = start.items()
    value, slope = code_of(cost, [param], backend).value_and_gradient(start, data)
    assert value == pytest.approx(float(plain(at)), rel=1e-11)
    right = grad(plain)(at)
    np.testing.assert_allclose(slope[param], right, rtol=1e-9, atol=1e-11 * np.abs(right).max())


@pytest.mark.parametrize("name", MODELS)
def test_against_automatic_differentiation(name: str) -> None:
    check(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", MODELS)
def test_on_other_engines(name: str, backend: str) -> None:
    needs(backend)
    check(name, backend)


@pytest.mark.parametrize("one", [*(one for one, _ in SUMS.values()), VARIANCE])
def test_no_table_of_pairs(one: Any) -> None:
    cost, params = cost_of(one)
    source = code_of(cost, params).source
    assert "decaying_sum(" in source and "np.where" not in source and "[:, None]" not in source


def test_a_rate_that_goes_with_the_entries_keeps_the_table() -> None:
    """Its sums do not follow from one another."""
    cost = code_of(Sum((Sum(x[j] ** (i - j) * y[j], (j, 1, i)) - y[i]) ** 2, (i, 1, m)), [x])
    assert "decaying_sum" not in cost.source
    assert cost.value({x: [2.0, 3.0, 5.0]}, {y: [1.0, 1.0, 1.0]}) == 0 + 2.0**2 + (4 + 3) ** 2
