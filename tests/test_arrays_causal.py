"""Attention to what came before: sums whose bounds move inside sums whose bounds move, beside automatic differentiation."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from once import code_of, cost_of
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import needs

i, j, k, h, d, o, t, m, p, q, r = symbols("i j k h d o t m p q r", integer=True, positive=True)
Q, K, V, X, Y = map(IndexedBase, "Q K V X Y".split())
RNG = np.random.default_rng(4)
DATA = {X: RNG.normal(size=(6, 3)), Y: RNG.normal(size=(6, 2))}
START = {Q: RNG.normal(size=(3, 2)), K: RNG.normal(size=(3, 2)), V: RNG.normal(size=(3, 2))}


def score(at: Any) -> Any:
    query, key = Sum(X[i, k] * Q[k, d], (k, 1, p)), Sum(X[at, h] * K[h, d], (h, 1, p))
    return exp(Sum(query * key, (d, 1, r)))


def attention() -> Any:
    out = Sum(score(j) / Sum(score(t), (t, 1, i)) * Sum(X[j, h] * V[h, o], (h, 1, p)), (j, 1, i))
    return Sum((out - Y[i, o]) ** 2, (i, 1, m), (o, 1, q))


def plain(X: Any, Y: Any) -> Any:
    def cost(Q: Any, K: Any, V: Any) -> Any:
        u = anp.where(np.tril(np.ones((len(X), len(X)))) > 0, (X @ Q) @ (X @ K).T, -np.inf)
        e = anp.exp(u - anp.max(u, axis=1, keepdims=True))
        return anp.sum(((e / anp.sum(e, axis=1, keepdims=True)) @ (X @ V) - Y) ** 2)

    return cost


def test_no_array_of_three_axes_and_one_exponential() -> None:
    source = code_of(attention(), START).source
    code = "\n".join(line.split("#")[0] for line in source.splitlines())
    assert "tensordot" not in code and "None, :]" not in code and code.count("np.exp(") == 1
    assert "astype" not in code  # no table of 0 and 1 beside exponentials that are 0 anyway


@pytest.mark.parametrize("scale", [1, 30])
def test_one_output(scale: float) -> None:
    """One number a row: its slopes know that a share is at most 1, wherever it counts; at scale 30 scores are beyond 1,000."""
    w, y = map(IndexedBase, "wy")
    out = Sum(score(j) / Sum(score(t), (t, 1, i)) * Sum(X[j, h] * w[h], (h, 1, p)), (j, 1, i))
    start = {Q: scale * START[Q], K: scale * START[K], w: RNG.normal(size=3)}
    code = code_of(Sum((out - y[i]) ** 2, (i, 1, m)), start)
    assert "\n".join(line.split("#")[0] for line in code.source.splitlines()).count("np.exp(") == 1
    data = {X: DATA[X], y: RNG.normal(size=6)}
    value, slopes = code.value_and_gradient(start, data)

    def cost(Q: Any, K: Any, w: Any) -> Any:
        return plain(data[X], data[y][:, None])(Q, K, w[:, None])

    points = list(start.values())
    np.testing.assert_allclose(value, cost(*points), rtol=1e-11)
    for at, base in enumerate(start):
        np.testing.assert_allclose(slopes[base], autograd.grad(cost, at)(*points), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_descent(engine: str) -> None:
    needs(engine)
    options: dict[str, Any] = {} if engine == "numpy" else {"backend": engine}
    run = cost_of(attention(), START).descend(start=START, data=DATA, learning_rate=1e-3, maxiter=1, **options)
    cost, points = plain(*DATA.values()), list(START.values())
    np.testing.assert_allclose(run.history.cost[0], cost(*points), rtol=1e-11)
    for at, base in enumerate(START):
        after = points[at] - 1e-3 * autograd.grad(cost, at)(*points)
        np.testing.assert_allclose(run.params[base], after, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_two_heads(engine: str) -> None:
    """The scores of a head hold its index, and those of what came before another one: each bound counts where its own index stands."""
    needs(engine)
    heads, W = symbols("heads", integer=True, positive=True), IndexedBase("W")

    def of(base: IndexedBase, at: Any, letter: Any) -> Any:
        return Sum(X[at, letter] * base[o, letter, d], (letter, 1, p))

    def scores(at: Any) -> Any:
        return exp(Sum(of(Q, i, k) * of(K, at, h), (d, 1, r)))

    told = Sum(scores(j) / Sum(scores(t), (t, 1, i)) * Sum(X[j, h] * W[o, h], (h, 1, p)), (j, 1, i))
    cost = Sum((Sum(told, (o, 1, heads)) - Y[i, 1]) ** 2, (i, 1, m))
    start = {Q: RNG.normal(size=(2, 3, 2)), K: RNG.normal(size=(2, 3, 2)), W: RNG.normal(size=(2, 3))}
    options: dict[str, Any] = {} if engine == "numpy" else {"backend": engine}
    if engine == "numpy":
        code = "\n".join(line.split("#")[0] for line in code_of(cost, start).source.splitlines())
        assert code.count("np.exp(") == 1 and "astype" not in code
    value, slopes = cost_of(cost, start).compile(**options).value_and_gradient(start, DATA)

    def by_hand(Q: Any, K: Any, W: Any) -> Any:
        out = 0.0
        for head in range(2):
            u = anp.where(np.tril(np.ones((6, 6))) > 0, (DATA[X] @ Q[head]) @ (DATA[X] @ K[head]).T, -np.inf)
            e = anp.exp(u - anp.max(u, axis=1, keepdims=True))
            out = out + (e / anp.sum(e, axis=1, keepdims=True)) @ (DATA[X] @ W[head])
        return anp.sum((out - DATA[Y][:, 0]) ** 2)

    points = list(start.values())
    assert value == pytest.approx(by_hand(*points), rel=1e-12)
    for at, base in enumerate(start):
        np.testing.assert_allclose(slopes[base], autograd.grad(by_hand, at)(*points), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("far", [30.0, -30.0])
def test_scores_of_thousands(far: float) -> None:
    """All scores large or all below 0, and near one another, so that nothing is saturated."""
    data = {X: 1 + 5e-5 * DATA[X], Y: DATA[Y]}
    start = {Q: np.full((3, 2), abs(far)), K: far * np.abs(START[K]), V: START[V]}
    value, slopes = code_of(attention(), START).value_and_gradient(start, data)
    cost, points = plain(*data.values()), list(start.values())
    assert value == pytest.approx(cost(*points), rel=1e-9)
    for at, base in enumerate(start):
        right = autograd.grad(cost, at)(*points)
        np.testing.assert_allclose(slopes[base], right, rtol=1e-4, atol=1e-5 * np.abs(right).max())


def test_an_empty_sum_keeps_its_condition() -> None:
    """For i = 1 nothing is summed, and 1/log z_1 with z_1 = 1 is not asked for."""
    w, z = IndexedBase("w"), IndexedBase("z")
    cost = Sum(exp(w[i] * w[j]) / log(z[i]), (j, 1, i - 1), (i, 1, m))
    value = code_of(cost, [w]).value({w: [1.0, 2.0, 0.5]}, {z: [1.0, np.e, np.e**2]})
    assert value == pytest.approx(np.exp(2) + (np.exp(0.5) + np.exp(1)) / 2)
