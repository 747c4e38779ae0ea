"""Costs that are derived and compiled, at real sizes, against automatic differentiation."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from sympy import Abs, IndexedBase, Max, Product, Sum, exp, log, symbols

import gdsym as gd

b, s, rho = symbols("b s rho")
i, j, k, l, m, n, K, P = symbols("i j k l m n K P", integer=True, positive=True)
w, x, y, X, Y, W, U, V, c, d, v, T = map(IndexedBase, "w x y X Y W U V c d v T".split())
RNG = np.random.default_rng(3)
M, N = 2000, 12
XS, YS, XV, WS = RNG.normal(size=(M, N)), RNG.normal(size=M), RNG.normal(size=M), RNG.normal(size=N) / 4
SIGNS, SOME, LABELS = np.sign(YS), RNG.random(300), RNG.integers(1, 5, size=M)
MATRIX, IMAGE, CUBE = RNG.normal(size=(N, 4)) / 3, RNG.normal(size=(30, 40)), RNG.normal(size=(6, 7, 8))
U5, V5 = RNG.normal(size=(60, 5)) / 3, RNG.normal(size=(50, 5)) / 3
Z = Sum(w[k] * X[i, k], (k, 1, n))
SCORE = Sum(W[k, l] * X[i, k], (k, 1, n))
ATTENTION = exp(Sum(U[i, k] * V[j, k], (k, 1, K)))


def lse(z: Any) -> Any:
    top = anp.max(z, axis=1, keepdims=True)
    return top[:, 0] + anp.log(anp.sum(anp.exp(z - top), axis=1))


def attention(u: Any, v_: Any) -> Any:
    e = anp.exp(anp.dot(u, v_.T))
    return anp.sum((anp.dot(e, XV[:50]) / anp.sum(e, axis=1) - YS[:60]) ** 2)


COSTS: dict[str, tuple[Any, dict[Any, Any], dict[Any, Any], Any]] = {
    "elastic net": (
        Sum((Z - y[i]) ** 2, (i, 1, m)) / m + s * (rho * Sum(Abs(w[k]), (k, 1, n)) + (1 - rho) * Sum(w[k] ** 2, (k, 1, n))),
        {w: WS}, {X: XS, y: YS, s: 0.1, rho: 0.3},
        lambda w: anp.mean((XS @ w - YS) ** 2) + 0.03 * anp.sum(anp.abs(w)) + 0.07 * anp.sum(w**2)),
    "weighted": (Sum(v[i] * (Z - y[i]) ** 2, (i, 1, m)) / Sum(v[i], (i, 1, m)), {w: WS}, {X: XS, y: YS, v: XV**2},
                 lambda w: anp.sum(XV**2 * (XS @ w - YS) ** 2) / np.sum(XV**2)),
    "quantile": (Sum(Max(s * (y[i] - Z), (s - 1) * (y[i] - Z)), (i, 1, m)), {w: WS}, {X: XS, y: YS, s: 0.8},
                 lambda w: anp.sum(anp.maximum(0.8 * (YS - XS @ w), -0.2 * (YS - XS @ w)))),
    "likelihood as a product": (-log(Product(1 / (1 + exp(-y[i] * Z)), (i, 1, m))), {w: WS}, {X: XS, y: SIGNS},
                                lambda w: anp.sum(anp.logaddexp(0, -SIGNS * (XS @ w)))),
    "labels as an index": (Sum(log(Sum(exp(SCORE), (l, 1, K))) - SCORE.subs(l, c[i]), (i, 1, m)) / m, {W: MATRIX},
                           {X: XS, c: LABELS}, lambda w: anp.mean(lse(XS @ w) - (XS @ w)[np.arange(M), LABELS - 1])),
    "several lags": (Sum((x[i] - Sum(w[k] * x[i - k], (k, 1, P))) ** 2, (i, P + 1, m)), {w: WS[:5]}, {x: XV},
                     lambda w: anp.sum((XV[5:] - sum(w[q] * XV[4 - q : M - 1 - q] for q in range(5))) ** 2)),
    "total variation of an image": (
        Sum((W[i + 1, j] - W[i, j]) ** 2, (i, 1, m - 1), (j, 1, n)) + Sum(Abs(W[i, j + 1] - W[i, j]), (i, 1, m), (j, 1, n - 1)),
        {W: IMAGE}, {}, lambda w: anp.sum((w[1:] - w[:-1]) ** 2) + anp.sum(anp.abs(w[:, 1:] - w[:, :-1]))),
    "three-way factors": (
        Sum((T[i, j, k] - Sum(U[i, l] * V[j, l] * W[k, l], (l, 1, P))) ** 2, (i, 1, m), (j, 1, n), (k, 1, K)),
        {U: CUBE[:, :2, 0], V: CUBE[0, :, :2], W: CUBE[0, :2, :].T}, {T: CUBE},
        lambda u, v, w: anp.sum((CUBE - anp.einsum("il,jl,kl->ijk", u, v, w)) ** 2)),
    "attention": (Sum((Sum(ATTENTION * x[j], (j, 1, n)) / Sum(ATTENTION, (j, 1, n)) - y[i]) ** 2, (i, 1, m)),
                  {U: U5, V: V5}, {x: XV[:50], y: YS[:60]}, attention),
    "Cox": (-Sum(d[i] * (Z - log(Sum(exp(Z.subs(i, j)), (j, 1, i)))), (i, 1, m)), {w: WS}, {X: XS[:300], d: SOME},
            lambda w: -anp.sum(SOME * (XS[:300] @ w - anp.log(anp.dot(np.tri(300), anp.exp(XS[:300] @ w)))))),
    "mixture": (-Sum(log(Sum(v[k] * exp(-((x[i] - w[k]) ** 2) / 2), (k, 1, n))), (i, 1, m)), {w: WS[:4]},
                {x: XV, v: SOME[:4]}, lambda w: -anp.sum(anp.log(anp.sum(SOME[:4] * anp.exp(-(XV[:, None] - w) ** 2 / 2), axis=1)))),
    "clusters": (-Sum(log(Sum(exp(-Sum((X[i, j] - U[k, j]) ** 2, (j, 1, n)) / 2), (k, 1, K))), (i, 1, m)),
                 {U: MATRIX.T}, {X: XS}, lambda u: -anp.sum(lse(-anp.sum((XS[:, None] - u) ** 2, axis=2) / 2))),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_against_automatic_differentiation(name: str) -> None:
    expr, start, data, plain = COSTS[name]
    value, slopes = gd.Cost(expr, list(start)).compile().value_and_gradient(start, data)
    at = list(start.values())
    assert value == pytest.approx(float(plain(*at)), rel=1e-11)
    for place, p in enumerate(start):
        np.testing.assert_allclose(slopes[p], autograd.grad(plain, place)(*at), rtol=1e-8, atol=1e-9)


def test_long_formulas_stand_above_their_line_and_whole() -> None:
    """No line with its comment is wider than 120 columns unless the code is; what is constant elsewhere reads `else 0`."""
    w, c, X = IndexedBase("w"), IndexedBase("c"), IndexedBase("X")
    i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
    p = 1 / (1 + exp(-Sum(w[j] * X[i, j], (j, 1, n))))
    loss = gd.Cost(
        -Sum(c[i] * log(p) + (1 - c[i]) * log(1 - p), (i, 1, m)) / m + Sum(Abs(w[k + 1] - w[k]), (k, 1, n - 1)), [w]
    )
    lines = loss.compile().source.split("\n")
    assert not [line for line in lines if "#" in line and len(line) > 120]
    assert any(line.startswith("    # ") for line in lines) and " ... " not in "".join(lines)
    assert any("else 0}" in line for line in lines) and "if true" not in "".join(lines)
