"""Costs with gradients written by hand, and the same costs in plain NumPy for autograd; used by the array tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
from sympy import (
    Abs,
    Heaviside,
    IndexedBase,
    KroneckerDelta,
    Max,
    Piecewise,
    Sum,
    Symbol,
    exp,
    log,
    sign,
    symbols,
    tanh,
)  # fmt: skip

from gdsym.arrays import Program, compile_program
from gdsym.written import from_sympy
from gdsym.written import nodes as n

i, j, k, l, c, q = symbols("i j k l c q", integer=True)
m, nn, K, H = symbols("m n K H", integer=True, positive=True)
w, b, a, lam = symbols("w b a lambda")
x, y, X, Y, W, U, V, A, v, p, t = (IndexedBase(s) for s in "x y X Y W U V A v p t".split())
wv = IndexedBase("w")


@dataclass(frozen=True)
class Case:
    """A cost, its parameters with their partials, example data, and the cost as a NumPy function of the parameters."""

    value: Any
    slopes: dict[Any, Any]
    start: dict[Any, Any]
    data: dict[Any, Any]
    plain: Callable[..., Any]

    def program(self, **options: Any) -> Program:
        return compiled(self.value, self.slopes, **options)


def node(name: Any) -> n.Node:
    return n.Base(name) if isinstance(name, IndexedBase) else n.Sym(name)


def compiled(value: Any, slopes: dict[Any, Any], **options: Any) -> Program:
    params = list(slopes)
    gradients: list[Any] = []
    for slope in slopes.values():
        if isinstance(slope, tuple):
            gradients.append((tuple(n.Sym(s) for s in slope[0]), from_sympy(slope[1], params)))
        else:
            gradients.append(from_sympy(slope, params))
    return compile_program(from_sympy(value, params), [node(s) for s in params], gradients, **options)


rng = np.random.default_rng(7)
M, N = 40, 3
xs, ys = rng.normal(size=M), rng.normal(size=M)
Xs, ws = rng.normal(size=(M, N)), rng.normal(size=N)
labels = (rng.random(M) < 0.5).astype(float)
classes = rng.integers(1, 5, size=M)
hot = np.eye(4)[classes - 1]
counts = rng.poisson(2.0, size=M).astype(float)


def over(body: Any) -> Any:
    return Sum(body, (i, 1, m))


def linear(row: Any = i) -> Any:
    return Sum(wv[j] * X[row, j], (j, 1, nn)) + b


def softmax(row: Any, col: Any) -> Any:
    return exp(score(row, col)) / Sum(exp(score(row, l)), (l, 1, K))


def score(row: Any, col: Any) -> Any:
    return Sum(W[j, col] * X[row, j], (j, 1, nn))


def _line() -> Case:
    r = w * x[i] + b - y[i]
    return Case(
        over(r**2) / (2 * m), {w: over(r * x[i]) / m, b: over(r) / m}, {w: 0.3, b: -0.2}, {x: xs, y: ys},
        lambda w, b: anp.sum((w * xs + b - ys) ** 2) / (2 * M),
    )  # fmt: skip


def _mae() -> Case:
    r = w * x[i] + b - y[i]
    return Case(
        over(Abs(r)) / m, {w: over(sign(r) * x[i]) / m, b: over(sign(r)) / m}, {w: 0.3, b: -0.2}, {x: xs, y: ys},
        lambda w, b: anp.mean(anp.abs(w * xs + b - ys)),
    )  # fmt: skip


def _ridge() -> Case:
    r = linear() - y[i]
    return Case(
        over(r**2) / (2 * m) + lam * Sum(wv[j] ** 2, (j, 1, nn)),
        {wv: ((k,), over(r * X[i, k]) / m + 2 * lam * wv[k]), b: over(r) / m},
        {wv: ws, b: 0.4}, {X: Xs, y: ys, lam: 0.1},
        lambda w, b: anp.sum((Xs @ w + b - ys) ** 2) / (2 * M) + 0.1 * anp.sum(w**2),
    )  # fmt: skip


def _lasso() -> Case:
    r = linear() - y[i]
    return Case(
        over(r**2) / (2 * m) + lam * Sum(Abs(wv[j]), (j, 1, nn)),
        {wv: ((k,), over(r * X[i, k]) / m + lam * sign(wv[k])), b: over(r) / m},
        {wv: ws, b: 0.4}, {X: Xs, y: ys, lam: 0.1},
        lambda w, b: anp.sum((Xs @ w + b - ys) ** 2) / (2 * M) + 0.1 * anp.sum(anp.abs(w)),
    )  # fmt: skip


def _logistic_plain(w: Any, b: Any) -> Any:
    z = Xs @ w + b
    return anp.mean(anp.logaddexp(0, z) - labels * z)


def _logistic() -> Case:
    u = linear()
    return Case(
        over(log(1 + exp(u)) - y[i] * u) / m,
        {wv: ((k,), over((1 / (1 + exp(-u)) - y[i]) * X[i, k]) / m), b: over(1 / (1 + exp(-u)) - y[i]) / m},
        {wv: ws, b: 0.4}, {X: Xs, y: labels}, _logistic_plain,
    )  # fmt: skip


def _log_loss() -> Case:
    s = 1 / (1 + exp(-linear()))
    return Case(
        -over(y[i] * log(s) + (1 - y[i]) * log(1 - s)) / m,
        {
            wv: ((k,), -over((y[i] / s - (1 - y[i]) / (1 - s)) * s * (1 - s) * X[i, k]) / m),
            b: -over((y[i] / s - (1 - y[i]) / (1 - s)) * s * (1 - s)) / m,
        },
        {wv: ws, b: 0.4}, {X: Xs, y: labels}, _logistic_plain,
    )  # fmt: skip


def _poisson() -> Case:
    u = linear()
    return Case(
        over(exp(u) - y[i] * u) / m,
        {wv: ((k,), over((exp(u) - y[i]) * X[i, k]) / m), b: over(exp(u) - y[i]) / m},
        {wv: ws / 3, b: 0.1}, {X: Xs, y: counts},
        lambda w, b: anp.mean(anp.exp(Xs @ w + b) - counts * (Xs @ w + b)),
    )  # fmt: skip


def _cross_entropy_plain(W: Any) -> Any:
    z = Xs @ W
    top = anp.max(z, axis=1, keepdims=True)
    return -anp.sum(hot * (z - top - anp.log(anp.sum(anp.exp(z - top), axis=1, keepdims=True)))) / M


def _one_hot() -> Case:
    return Case(
        -over(Sum(Y[i, c] * log(softmax(i, c)), (c, 1, K))) / m,
        {W: ((k, c), over((softmax(i, c) - Y[i, c]) * X[i, k]) / m)},
        {W: rng.normal(size=(N, 4))}, {X: Xs, Y: hot}, _cross_entropy_plain,
    )  # fmt: skip


def _label_delta() -> Case:
    labels = IndexedBase("c")
    return Case(
        -over(Sum(KroneckerDelta(labels[i], q) * log(softmax(i, q)), (q, 1, K))) / m,
        {W: ((k, q), over((softmax(i, q) - KroneckerDelta(labels[i], q)) * X[i, k]) / m)},
        {W: rng.normal(size=(N, 4))}, {X: Xs, labels: classes}, _cross_entropy_plain,
    )  # fmt: skip


def _log_sum_exp() -> Case:
    return Case(
        log(Sum(exp(wv[j]), (j, 1, nn))), {wv: ((k,), exp(wv[k]) / Sum(exp(wv[j]), (j, 1, nn)))},
        {wv: ws}, {}, lambda w: anp.log(anp.sum(anp.exp(w))),
    )  # fmt: skip


def _factorization() -> Case:
    r = A[i, j] - Sum(U[i, q] * V[j, q], (q, 1, K))
    target = rng.normal(size=(5, 4))
    return Case(
        over(Sum(r**2, (j, 1, nn))),
        {U: ((k, l), -2 * Sum(r.subs(i, k) * V[j, l], (j, 1, nn))), V: ((k, l), -2 * over(r.subs(j, k) * U[i, l]))},
        {U: rng.normal(size=(5, 2)), V: rng.normal(size=(4, 2))}, {A: target},
        lambda U, V: anp.sum((target - U @ V.T) ** 2),
    )  # fmt: skip


def _network() -> Case:
    def hidden(row: Any, unit: Any) -> Any:
        return tanh(Sum(W[unit, l] * x[row, l], (l, 1, nn)) + U[unit])

    r = Sum(v[j] * hidden(i, j), (j, 1, H)) - y[i]
    return Case(
        over(r**2) / m,
        {
            W: ((k, q), 2 * over(r * v[k] * (1 - hidden(i, k) ** 2) * x[i, q]) / m),
            U: ((k,), 2 * over(r * v[k] * (1 - hidden(i, k) ** 2)) / m),
            v: ((k,), 2 * over(r * hidden(i, k)) / m),
        },
        {W: rng.normal(size=(4, N)), U: rng.normal(size=4), v: rng.normal(size=4)}, {x: Xs, y: ys},
        lambda W, U, v: anp.mean((anp.tanh(Xs @ W.T + U) @ v - ys) ** 2),
    )  # fmt: skip


def _total_variation() -> Case:
    left, right = sign(wv[k] - wv[k - 1]), sign(wv[k + 1] - wv[k])
    slope = Piecewise((left, k >= 2), (0, True)) - Piecewise((right, k <= nn - 1), (0, True))
    return Case(
        Sum(Abs(wv[j + 1] - wv[j]), (j, 1, nn - 1)), {wv: ((k,), slope)},
        {wv: rng.normal(size=6)}, {}, lambda w: anp.sum(anp.abs(w[1:] - w[:-1])),
    )  # fmt: skip


def _pairwise() -> Case:
    return Case(
        over(Sum((wv[i] - wv[j]) ** 2, (j, 1, m))), {wv: ((k,), 4 * Sum(wv[k] - wv[j], (j, 1, m)))},
        {wv: rng.normal(size=6)}, {}, lambda w: anp.sum((w[:, None] - w) ** 2),
    )  # fmt: skip


def _autoregression() -> Case:
    r = x[i] - a * x[i - 1]
    return Case(
        Sum(r**2, (i, 2, m)), {a: -2 * Sum(r * x[i - 1], (i, 2, m))}, {a: 0.5}, {x: xs},
        lambda a: anp.sum((xs[1:] - a * xs[:-1]) ** 2),
    )  # fmt: skip


def _kullback_leibler() -> Case:
    s = exp(wv[j]) / Sum(exp(wv[l]), (l, 1, nn))
    weights = np.array([0.2, 0.5, 0.3])
    return Case(
        Sum(p[j] * log(p[j] / s), (j, 1, nn)),
        {wv: ((k,), exp(wv[k]) / Sum(exp(wv[l]), (l, 1, nn)) * Sum(p[j], (j, 1, nn)) - p[k])},
        {wv: ws}, {p: weights},
        lambda w: anp.sum(weights * (anp.log(weights) - w + anp.log(anp.sum(anp.exp(w))))),
    )  # fmt: skip


def _rosenbrock_sum() -> Case:
    head = -400 * wv[k] * (wv[k + 1] - wv[k] ** 2) - 2 * (1 - wv[k])
    tail = 200 * (wv[k] - wv[k - 1] ** 2)
    slope = Piecewise((head, k <= nn - 1), (0, True)) + Piecewise((tail, k > 1), (0, True))
    return Case(
        Sum(100 * (wv[j + 1] - wv[j] ** 2) ** 2 + (1 - wv[j]) ** 2, (j, 1, nn - 1)), {wv: ((k,), slope)},
        {wv: rng.normal(size=5)}, {},
        lambda w: anp.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2),
    )  # fmt: skip


def _rosenbrock_scalars() -> Case:
    value = (1 - w) ** 2 + 100 * (b - w**2) ** 2
    return Case(
        value, {w: -2 * (1 - w) - 400 * w * (b - w**2), b: 200 * (b - w**2)}, {w: -1.2, b: 1.0}, {},
        lambda w, b: (1 - w) ** 2 + 100 * (b - w**2) ** 2,
    )  # fmt: skip


def _polynomial() -> Case:
    r = Sum(wv[j] * x[i] ** j, (j, 0, K)) - y[i]
    return Case(
        over(r**2) / m, {wv: ((k,), 2 * over(r * x[i] ** k) / m)}, {wv: rng.normal(size=4)}, {x: xs, y: ys},
        lambda w: anp.mean((xs[:, None] ** np.arange(4) @ w - ys) ** 2),
    )  # fmt: skip


def _huber() -> Case:
    r = w * x[i] + b - y[i]
    body = Piecewise((r**2 / 2, Abs(r) <= a), (a * (Abs(r) - a / 2), True))
    slope = Piecewise((r, Abs(r) <= a), (a * sign(r), True))
    return Case(
        over(body) / m, {w: over(slope * x[i]) / m, b: over(slope) / m}, {w: 0.3, b: -0.2}, {x: xs, y: ys, a: 0.7},
        lambda w, b: anp.mean(anp.where(anp.abs(w * xs + b - ys) <= 0.7, (w * xs + b - ys) ** 2 / 2,
                                        0.7 * (anp.abs(w * xs + b - ys) - 0.35))),
    )  # fmt: skip


def _hinge() -> Case:
    margin = 1 - y[i] * linear()
    signs = 2 * labels - 1
    return Case(
        over(Max(0, margin)) / m,
        {wv: ((k,), -over(Heaviside(margin) * y[i] * X[i, k]) / m), b: -over(Heaviside(margin) * y[i]) / m},
        {wv: ws, b: 0.4}, {X: Xs, y: signs},
        lambda w, b: anp.mean(anp.maximum(0, 1 - signs * (Xs @ w + b))),
    )  # fmt: skip


def _centroid() -> Case:
    pick = Symbol("pick")
    return Case(
        Sum(pick * (wv[1] - x[i]) ** 2, (i, 1, 3)) + wv[2] ** 4 * i.subs(i, 2),
        {wv: ((k,), Piecewise((2 * pick * Sum(wv[1] - x[i], (i, 1, 3)), k <= 1), (8 * wv[2] ** 3, True)))},
        {wv: np.array([0.3, -0.6])}, {x: xs, pick: 1.5},
        lambda w: 1.5 * anp.sum((w[0] - xs[:3]) ** 2) + 2 * w[1] ** 4,
    )  # fmt: skip


def _upper_triangle() -> Case:
    return Case(
        over(Sum((wv[i] - wv[j]) ** 2 * t[i], (j, i + 1, m))),
        {wv: ((k,), 2 * Sum((wv[k] - wv[j]) * t[k], (j, k + 1, m)) - 2 * Sum((wv[i] - wv[k]) * t[i], (i, 1, k - 1)))},
        {wv: rng.normal(size=5)}, {t: np.arange(1.0, 6.0)},
        lambda w: anp.sum(anp.triu((w[:, None] - w) ** 2 * np.arange(1.0, 6.0)[:, None], 1)),
    )  # fmt: skip


CASES: dict[str, Callable[[], Case]] = {
    "line": _line, "mae": _mae, "ridge": _ridge, "lasso": _lasso, "logistic": _logistic, "log loss": _log_loss,
    "poisson": _poisson, "one hot": _one_hot, "label delta": _label_delta, "log sum exp": _log_sum_exp,
    "factorization": _factorization, "network": _network, "total variation": _total_variation, "pairwise": _pairwise,
    "autoregression": _autoregression, "kullback leibler": _kullback_leibler, "rosenbrock sum": _rosenbrock_sum,
    "rosenbrock scalars": _rosenbrock_scalars, "polynomial": _polynomial, "huber": _huber, "hinge": _hinge,
    "numeric ranges": _centroid, "upper triangle": _upper_triangle,
}  # fmt: skip
