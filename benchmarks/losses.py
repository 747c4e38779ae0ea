"""Losses and penalties as they are minimised: cost and gradient beside NumPy as a specialist writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import Identity, IndexedBase, MatrixSymbol, Max, Sum, Trace, log, symbols

from benchmarks.models import tables
from benchmarks.pairs import Case

i, j, k, m, n, p, r = symbols("i j k m n p r", integer=True, positive=True)
tau, lam, alpha, beta = symbols("tau lam alpha beta", positive=True)
A, B, W, X, Y = (IndexedBase(name) for name in "A B W X Y".split())
v, w, y = (IndexedBase(name) for name in "vwy")
FIT = Sum((w[i] - y[i]) ** 2, (i, 1, m))


def quantile(rng: Any) -> Case:
    """A quantile that is a letter, 5,000 x 10."""
    x, at, z = rng.normal(size=(5000, 10)), rng.normal(size=10), rng.normal(size=5000)

    def by_hand() -> Any:
        e = z - x @ at
        s = 0.3 - (e < 0)
        return (s @ e) / 5000, -(s @ x) / 5000

    e = y[i] - Sum(X[i, k] * w[k], (k, 1, n))
    return Sum(Max(tau * e, (tau - 1) * e), (i, 1, m)) / m, {w: at}, {X: x, y: z, tau: 0.3}, by_hand


def bends(rng: Any) -> Case:
    """A curve of 2,000 points with small second differences."""
    at, z = rng.normal(size=(2, 2000))

    def by_hand() -> Any:
        g = at - z
        d = at[2:] - 2 * at[1:-1] + at[:-2]
        cost = g @ g + 5 * (d @ d)
        d *= 5
        g[2:] += d
        g[:-2] += d
        d *= 2
        g[1:-1] -= d
        g *= 2
        return cost, g

    cost = FIT + lam * Sum((w[i + 1] - 2 * w[i] + w[i - 1]) ** 2, (i, 2, m - 1))
    return cost, {w: at}, {y: z, lam: 5.0}, by_hand


def isotonic(rng: Any) -> Case:
    """A curve of 2,000 points that rises."""
    at, z = rng.normal(size=(2, 2000))

    def by_hand() -> Any:
        g = at - z
        d = np.maximum(at[:-1] - at[1:], 0)
        cost = g @ g + 5 * (d @ d)
        d *= 5
        g[:-1] += d
        g[1:] -= d
        g *= 2
        return cost, g

    cost = FIT + lam * Sum(Max(0, w[i] - w[i + 1]) ** 2, (i, 1, m - 1))
    return cost, {w: at}, {y: z, lam: 5.0}, by_hand


def counts(rng: Any) -> Case:
    """Counts as a product of two factors, 300 x 200, rank 8."""
    a, b, z = rng.random((300, 8)) + 0.1, rng.random((8, 200)) + 0.1, rng.poisson(3, size=(300, 200)).astype(float)

    def by_hand() -> Any:
        u = a @ b
        s = 1 - z / u
        return u.sum() - np.vdot(z, np.log(u)), np.concatenate([np.ravel(s @ b.T), np.ravel(a.T @ s)])

    u = Sum(A[i, k] * B[k, j], (k, 1, r))
    return Sum(u - Y[i, j] * log(u), (i, 1, m), (j, 1, n)), {A: a, B: b}, {Y: z}, by_hand


def cut(rng: Any) -> Case:
    """A normalised cut, 400 points; by hand with differences, too, as v'D v - v'W v would cancel."""
    at, weights = rng.normal(size=400), rng.random((400, 400))
    degrees, both = weights.sum(axis=1), weights + weights.T

    def by_hand() -> Any:
        gaps = at[:, None] - at
        s = both * gaps
        low = degrees @ (at * at)
        ratio = np.vdot(s, gaps) / (2 * low)
        return ratio, 2 * (s.sum(axis=1) - ratio * degrees * at) / low

    up = Sum(W[i, j] * (v[i] - v[j]) ** 2, (i, 1, m), (j, 1, m))
    return up / Sum(W[i, j] * v[i] ** 2, (i, 1, m), (j, 1, m)), {v: at}, {W: weights}, by_hand


def kernel(rng: Any) -> Case:
    """What a linear kernel leaves of 200 points."""
    x, z = rng.normal(size=(200, 4)), rng.normal(size=200)
    gram = x @ x.T

    def by_hand() -> Any:
        s = np.linalg.solve(0.5 * gram + 0.9 * np.eye(200), z)
        return z @ s, np.array([-(s @ gram @ s), -(s @ s)])

    P, Q = MatrixSymbol("P", m, p), MatrixSymbol("Q", m, 1)
    whole = alpha * P * P.T + beta * Identity(m)
    return Trace(Q.T * whole.inv() * Q), {alpha: 0.5, beta: 0.9}, {P: x, Q: z[:, None]}, by_hand


LOSSES: dict[str, Callable[[Any], Case]] = {
    "quantile by a letter, 5,000 x 10": quantile,
    "second differences, 2,000": bends,
    "isotonic, 2,000": isotonic,
    "counts as factors, 300 x 200, rank 8": counts,
    "normalised cut, 400 points": cut,
    "residuals under a linear kernel, 200 points": kernel,
}


def main(rounds: int = 25) -> None:
    tables(LOSSES, rounds)
