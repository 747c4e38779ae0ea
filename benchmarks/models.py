"""Models over matrices and arrays of three axes: cost and gradient beside NumPy as a specialist writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sympy import (
    Determinant,
    Identity,
    IndexedBase,
    MatrixSymbol,
    Max,
    Rational,
    Sum,
    Trace,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

from benchmarks.contest import circumstances
from benchmarks.pairs import Case, compared

i, j, k, h, d, o, t, m, n, p, q, r = symbols("i j k h d o t m n p q r", integer=True, positive=True)
mu, alpha, beta = symbols("mu alpha beta", positive=True)
A, B, C, K, Q, V, W, X, Y = (IndexedBase(name) for name in "A B C K Q V W X Y".split())
U, Z, v, y = (IndexedBase(name) for name in "U Z v y".split())


def layer(rng: Any) -> Case:
    """One matrix for a stack of 200 matrices."""
    w, x, z = rng.normal(size=(30, 20)), rng.normal(size=(200, 40, 30)), rng.normal(size=(200, 40, 20))

    def by_hand() -> Any:
        e = (x.reshape(-1, 30) @ w).reshape(z.shape) - z
        return np.vdot(e, e), 2 * (x.reshape(-1, 30).T @ e.reshape(-1, 20))

    body = (Sum(X[t, i, k] * W[k, j], (k, 1, p)) - Y[t, i, j]) ** 2
    return Sum(body, (t, 1, m), (i, 1, n), (j, 1, q)), {W: w}, {X: x, Y: z}, by_hand


def each(rng: Any) -> Case:
    """A matrix for each of 200 samples."""
    w, x, z = rng.normal(size=(200, 30, 20)), rng.normal(size=(200, 40, 30)), rng.normal(size=(200, 40, 20))

    def by_hand() -> Any:
        e = x @ w - z
        return np.vdot(e, e), 2 * (x.transpose(0, 2, 1) @ e)

    body = (Sum(X[t, i, k] * W[t, k, j], (k, 1, p)) - Y[t, i, j]) ** 2
    return Sum(body, (t, 1, m), (i, 1, n), (j, 1, q)), {W: w}, {X: x, Y: z}, by_hand


def bilinear(rng: Any) -> Case:
    """Log-loss of x'W x."""
    w, x, z = rng.normal(size=(30, 30)) / 30, rng.normal(size=(5000, 30)), np.sign(rng.normal(size=5000))

    def by_hand() -> Any:
        u = z * np.einsum("ij,ij->i", x @ w, x)
        e = np.exp(-np.abs(u))
        s = np.where(u >= 0, e, 1) / (1 + e)
        return (np.maximum(-u, 0) + np.log1p(e)).sum(), -((z * s)[:, None] * x).T @ x

    form = Sum(X[i, k] * W[k, h] * X[i, h], (k, 1, n), (h, 1, n))
    return Sum(log(1 + exp(-y[i] * form)), (i, 1, m)), {W: w}, {X: x, y: z}, by_hand


def tensor(rng: Any) -> Case:
    """Three factors of a tensor of 40 x 50 x 60."""
    a, b, c = (rng.normal(size=(size, 5)) for size in (40, 50, 60))
    z = rng.normal(size=(40, 50, 60))

    def by_hand() -> Any:
        ab = (a[:, None, :] * b).reshape(-1, 5)
        e = (ab @ c.T - z.reshape(-1, 60)).reshape(z.shape)
        ec = e @ c
        slopes = (ec * b).sum(axis=1), (ec * a[:, None, :]).sum(axis=0), e.reshape(-1, 60).T @ ab
        return np.vdot(e, e), np.concatenate([2 * np.ravel(s) for s in slopes])

    body = (Sum(A[i, h] * B[j, h] * C[k, h], (h, 1, r)) - Y[i, j, k]) ** 2
    return Sum(body, (i, 1, m), (j, 1, n), (k, 1, p)), {A: a, B: b, C: c}, {Y: z}, by_hand


def machine(rng: Any) -> Case:
    """A factorisation machine."""
    b, w, x, z = rng.normal(size=30), rng.normal(size=(30, 5)), rng.normal(size=(2000, 30)), rng.normal(size=2000)

    def by_hand() -> Any:
        u, xx = x @ w, x * x
        e = x @ b + (u * u - xx @ (w * w)).sum(axis=1) / 2 - z
        return e @ e, np.concatenate([2 * (e @ x), np.ravel(2 * (x.T @ (e[:, None] * u) - (e @ xx)[:, None] * w))])

    crossed = Sum(Sum(W[k, d] * X[i, k], (k, 1, n)) ** 2 - Sum(W[k, d] ** 2 * X[i, k] ** 2, (k, 1, n)), (d, 1, r))
    body = (Sum(v[k] * X[i, k], (k, 1, n)) + crossed / 2 - y[i]) ** 2
    return Sum(body, (i, 1, m)), {v: b, W: w}, {X: x, y: z}, by_hand


def autoencoder(rng: Any) -> Case:
    """Four principal components."""
    w, x = rng.normal(size=(20, 4)) / 5, rng.normal(size=(2000, 20))

    def by_hand() -> Any:
        u = x @ w
        e = x - u @ w.T
        return np.vdot(e, e), -2 * (e.T @ u + x.T @ (e @ w))

    body = (X[i, k] - Sum(W[k, d] * Sum(W[h, d] * X[i, h], (h, 1, n)), (d, 1, r))) ** 2
    return Sum(body, (i, 1, m), (k, 1, n)), {W: w}, {X: x}, by_hand


def network(rng: Any) -> Case:
    """Softmax behind a hidden layer of 32."""
    a, b, x = rng.normal(size=(20, 32)) / 5, rng.normal(size=(32, 10)) / 5, rng.normal(size=(1000, 20))
    z = np.eye(10)[rng.integers(10, size=1000)]

    def by_hand() -> Any:
        u1 = np.tanh(x @ a)
        u = u1 @ b
        u -= u.max(axis=1, keepdims=True)
        e = np.exp(u)
        total = e.sum(axis=1, keepdims=True)
        s = (e / total - z) / 1000
        cost = -np.vdot(z, u - np.log(total)) / 1000
        return cost, np.concatenate([np.ravel(x.T @ ((s @ b.T) * (1 - u1 * u1))), np.ravel(u1.T @ s)])

    hidden = tanh(Sum(X[i, h] * A[h, j], (h, 1, p)))
    score = Sum(hidden * B[j, k], (j, 1, q))
    share = exp(score) / Sum(exp(score.subs(k, o)), (o, 1, n))
    return -Sum(Y[i, k] * log(share), (k, 1, n), (i, 1, m)) / m, {A: a, B: b}, {X: x, Y: z}, by_hand


def attention(rng: Any) -> Case:
    """One head of 8 on 200 tokens of 20."""
    a, b, x, z = (
        rng.normal(size=(20, 8)) / 5,
        rng.normal(size=(20, 8)) / 5,
        rng.normal(size=(200, 20)),
        rng.normal(size=(200, 20)),
    )

    def by_hand() -> Any:
        query, key = x @ a, x @ b
        u = query @ key.T
        e = np.exp(u - u.max(axis=1, keepdims=True))
        s = e / e.sum(axis=1, keepdims=True)
        out = s @ x - z
        g = out @ x.T
        g = 2 * s * (g - (s * g).sum(axis=1, keepdims=True))
        return np.vdot(out, out), np.concatenate([np.ravel(x.T @ (g @ key)), np.ravel(x.T @ (g.T @ query))])

    def score(at: Any) -> Any:
        query, key = Sum(X[i, k] * Q[k, d], (k, 1, p)), Sum(X[at, h] * K[h, d], (h, 1, p))
        return exp(Sum(query * key, (d, 1, r)))

    out = Sum(score(j) / Sum(score(t), (t, 1, m)) * X[j, o], (j, 1, m))
    return Sum((out - Y[i, o]) ** 2, (i, 1, m), (o, 1, p)), {Q: a, K: b}, {X: x, Y: z}, by_hand


def causal(rng: Any) -> Case:
    """The same on what came before, with values of their own."""
    a, b, c = (rng.normal(size=(20, 8)) / 5 for _ in range(3))
    x, z, before = rng.normal(size=(200, 20)), rng.normal(size=(200, 8)), np.tri(200, dtype=bool)

    def by_hand() -> Any:
        query, key, values = x @ a, x @ b, x @ c
        u = np.where(before, query @ key.T, -np.inf)
        e = np.exp(u - u.max(axis=1, keepdims=True))
        s = e / e.sum(axis=1, keepdims=True)
        out = s @ values - z
        g = out @ values.T
        g = 2 * s * (g - (s * g).sum(axis=1, keepdims=True))
        slopes = x.T @ (g @ key), x.T @ (g.T @ query), 2 * x.T @ (s.T @ out)
        return np.vdot(out, out), np.concatenate([np.ravel(slope) for slope in slopes])

    def score(at: Any) -> Any:
        query, key = Sum(X[i, k] * Q[k, d], (k, 1, p)), Sum(X[at, h] * K[h, d], (h, 1, p))
        return exp(Sum(query * key, (d, 1, r)))

    share = score(j) / Sum(score(t), (t, 1, i))
    out = Sum(share * Sum(X[j, h] * V[h, o], (h, 1, p)), (j, 1, i))
    return Sum((out - Y[i, o]) ** 2, (i, 1, m), (o, 1, q)), {Q: a, K: b, V: c}, {X: x, Y: z}, by_hand


def rectified(rng: Any) -> Case:
    """Two rectified layers of 32 and 16."""
    a, b, c = rng.normal(size=(10, 32)) / 4, rng.normal(size=(32, 16)) / 5, rng.normal(size=16)
    x, z = rng.normal(size=(2000, 10)), rng.normal(size=2000)

    def by_hand() -> Any:
        u1 = x @ a
        h1 = np.maximum(u1, 0)
        u2 = h1 @ b
        h2 = np.maximum(u2, 0)
        e = h2 @ c - z
        d2 = 2 * e[:, None] * c * (u2 > 0)
        d1 = (d2 @ b.T) * (u1 > 0)
        return e @ e, np.concatenate([np.ravel(x.T @ d1), np.ravel(h1.T @ d2), 2 * (e @ h2)])

    hidden = Max(0, Sum(X[i, k] * A[k, j], (k, 1, p)))
    second = Max(0, Sum(hidden * B[j, h], (j, 1, q)))
    return (
        Sum((Sum(second * v[h], (h, 1, r)) - y[i]) ** 2, (i, 1, m)),
        {A: a, B: b, v: c},
        {X: x, y: z, q: 32, r: 16},
        by_hand,
    )


def triplets(rng: Any) -> Case:
    """Nearer to the second than to the third, by a margin of 1."""
    w, x, near, far = rng.normal(size=(16, 8)) / 4, *rng.normal(size=(3, 1000, 16))

    def by_hand() -> Any:
        dn, df = x - near, x - far
        a, b = dn @ w, df @ w
        u = 1 + (a * a).sum(axis=1) - (b * b).sum(axis=1)
        s = (2 * (u > 0))[:, None]
        return np.maximum(u, 0).sum(), dn.T @ (s * a) - df.T @ (s * b)

    def gap(other: Any) -> Any:
        return Sum((Sum(X[i, k] * W[k, d], (k, 1, p)) - Sum(other[i, k] * W[k, d], (k, 1, p))) ** 2, (d, 1, q))

    return Sum(Max(0, 1 + gap(Y) - gap(B)), (i, 1, m)), {W: w}, {X: x, Y: near, B: far}, by_hand


def springs(rng: Any) -> Case:
    """400 points in the plane, springs between all."""
    at, force = rng.normal(size=(400, 2)), rng.random((400, 400))

    def by_hand() -> Any:
        gaps = at.T[:, :, None] - at.T.copy()[:, None, :]
        length = np.sqrt(gaps[0] * gaps[0] + gaps[1] * gaps[1] + 0.5)
        e = length - 1
        s = force * e / length
        s = s + s.T
        return np.vdot(force * e, e), 2 * (s.sum(axis=1)[:, None] * at - s @ at)

    length = sqrt(Sum((A[i, k] - A[j, k]) ** 2, (k, 1, 2)) + Rational(1, 2))
    return Sum(X[i, j] * (length - 1) ** 2, (i, 1, m), (j, 1, m)), {A: at}, {X: force}, by_hand


def embeddings(rng: Any) -> Case:
    """Weighted squares of a matrix of rank 20 with biases, 300 x 200."""
    a, b, one, two = rng.normal(size=(300, 20)), rng.normal(size=(200, 20)), rng.normal(size=300), rng.normal(size=200)
    weights, logs = rng.random((300, 200)), rng.normal(size=(300, 200))

    def by_hand() -> Any:
        e = a @ b.T + one[:, None] + two - logs
        s = weights * e
        cost = np.vdot(s, e)
        s *= 2
        return cost, np.concatenate([np.ravel(s @ b), np.ravel(s.T @ a), s.sum(axis=1), s.sum(axis=0)])

    e = Sum(A[i, d] * B[j, d], (d, 1, r)) + v[i] + y[j] - Y[i, j]
    return Sum(X[i, j] * e**2, (i, 1, m), (j, 1, n)), {A: a, B: b, v: one, y: two}, {X: weights, Y: logs}, by_hand


def exponentials(rng: Any) -> Case:
    """A rectified layer over exponentials, biases in both."""
    a, u, b, v2, c = (rng.normal(size=size) / 5 for size in ((10, 32), 32, (32, 16), 16, 16))
    x, z = rng.normal(size=(2000, 10)), rng.normal(size=2000)

    def by_hand() -> Any:
        first = np.exp(x @ a + u)
        second = first @ b + v2
        h2 = np.maximum(second, 0)
        e = h2 @ c - z
        d2 = 2 * e[:, None] * c * (second > 0)
        d1 = (d2 @ b.T) * first
        slopes = x.T @ d1, d1.sum(axis=0), first.T @ d2, d2.sum(axis=0), 2 * (e @ h2)
        return e @ e, np.concatenate([np.ravel(slope) for slope in slopes])

    inner = exp(Sum(X[i, k] * A[k, j], (k, 1, p)) + U[j])
    outer = Max(0, Sum(inner * B[j, h], (j, 1, q)) + y[h])
    body = (Sum(outer * v[h], (h, 1, r)) - Z[i]) ** 2
    return Sum(body, (i, 1, m)), {A: a, U: u, B: b, y: v2, v: c}, {X: x, Z: z, q: 32, r: 16}, by_hand


def words(rng: Any) -> Case:
    """5,000 pairs of 1,000 words as rows of 16, each with 5 words that are not near."""
    a, b = rng.normal(size=(2, 1000, 16)) / 4
    first, second, others = (rng.integers(1000, size=size) for size in (5000, 5000, (5000, 5)))
    at_first, at_second, at_others = (
        (part.reshape(-1, 1) * 16 + np.arange(16)).ravel() for part in (first, second, others)
    )

    def by_hand() -> Any:
        one, two = a.take(first, axis=0), b.take(second, axis=0)
        far = b.take(others.ravel(), axis=0).reshape(5000, 5, 16)
        u, w = -np.einsum("ij,ij->i", one, two), np.einsum("ikj,ij->ik", far, one)
        e, f = np.exp(-np.abs(u)), np.exp(-np.abs(w))
        cost = (np.maximum(u, 0) + np.log1p(e)).sum() + (np.maximum(w, 0) + np.log1p(f)).sum()
        s, t = -np.where(u >= 0, 1, e) / (1 + e), np.where(w >= 0, 1, f) / (1 + f)
        slope_one = s[:, None] * two + np.einsum("ik,ikj->ij", t, far)
        far_slope = (t[:, :, None] * one[:, None]).ravel()
        slope_b = np.bincount(at_second, (s[:, None] * one).ravel(), 16000) + np.bincount(at_others, far_slope, 16000)
        return cost, np.concatenate([np.bincount(at_first, slope_one.ravel(), 16000), slope_b])

    near = Sum(A[y[i], d] * B[v[i], d], (d, 1, r))
    away = Sum(A[y[i], d] * B[W[i, k], d], (d, 1, r))
    cost = Sum(log(1 + exp(-near)), (i, 1, m)) + Sum(log(1 + exp(away)), (i, 1, m), (k, 1, n))
    return cost, {A: a, B: b}, {y: first + 1, v: second + 1, W: others + 1}, by_hand


def factors(rng: Any) -> Case:
    """20,000 entries of a matrix of rank 8, by the labels of their rows and columns."""
    a, b, z = rng.normal(size=(500, 8)), rng.normal(size=(300, 8)), rng.normal(size=20000)
    rows, columns = rng.integers(500, size=20000), rng.integers(300, size=20000)
    at_rows, at_columns = ((part[:, None] * 8 + np.arange(8)).ravel() for part in (rows, columns))

    def by_hand() -> Any:
        one, two = a.take(rows, axis=0), b.take(columns, axis=0)
        e = np.einsum("ij,ij->i", one, two) - z
        f = (2 * e)[:, None]
        slopes = np.bincount(at_rows, (f * two).ravel(), 4000), np.bincount(at_columns, (f * one).ravel(), 2400)
        return e @ e, np.concatenate(slopes)

    body = (Sum(A[y[i], d] * B[v[i], d], (d, 1, r)) - Z[i]) ** 2
    return Sum(body, (i, 1, m)), {A: a, B: b}, {y: rows + 1, v: columns + 1, Z: z}, by_hand


def hawkes(rng: Any) -> Case:
    """2,000 events that excite one another, fading exponentially; by hand the recursion of the textbook."""
    at, end = np.cumsum(rng.exponential(size=2000)), 2005.0
    start = {mu: 0.5, alpha: 0.6, beta: 1.3}

    def by_hand() -> Any:
        base, jump, rate = start.values()
        waits = np.diff(at)
        waves, slopes, r, d = [0.0], [0.0], 0.0, 0.0
        for q, wait in zip(np.exp(-rate * waits).tolist(), waits.tolist(), strict=True):
            d = q * (d + wait * (1 + r))
            r = q * (1 + r)
            waves.append(r)
            slopes.append(d)
        left = end - at
        f, total, one = np.exp(-rate * left), -np.expm1(-rate * left).sum(), np.array(waves)
        s = 1 / (base + jump * one)
        cost = np.log(s).sum() + base * end + jump / rate * total
        by_rate = jump * (s @ np.array(slopes) + left @ f / rate - total / rate**2)
        return cost, np.array([end - s.sum(), total / rate - s @ one, by_rate])

    now = mu + alpha * Sum(exp(-beta * (y[i] - y[j])), (j, 1, i - 1))
    later = alpha / beta * Sum(1 - exp(-beta * (end - y[i])), (i, 1, m))
    return mu * end + later - Sum(log(now), (i, 1, m)), start, {y: at}, by_hand


def lags(rng: Any) -> Case:
    """2,000 entries sought, beside each its 10 predecessors."""
    x, w = rng.normal(size=2000), rng.normal(size=10)

    def by_hand() -> Any:
        e = x[10:] - w[:, None] * np.lib.stride_tricks.sliding_window_view(x[:-1], 1990)[::-1]
        slope = np.zeros(2000)
        slope[10:] = e.sum(axis=0)
        for lag, row in enumerate(w[:, None] * e, start=1):
            slope[10 - lag : 2000 - lag] -= row
        return np.vdot(e, e), 2 * slope

    return Sum((y[i] - v[k] * y[i - k]) ** 2, (k, 1, p), (i, p + 1, m)), {y: x}, {v: w}, by_hand


def classes(rng: Any) -> Case:
    """A hinge for each of 10 classes, by the labels of 2,000 samples of 20."""
    w, x, labels = rng.normal(size=(20, 10)) / 4, rng.normal(size=(2000, 20)), rng.integers(10, size=2000)
    rows = np.arange(2000)

    def by_hand() -> Any:
        z = x @ w
        u = 1 + z - z[rows, labels][:, None]
        s = (u > 0).astype(float)
        s[rows, labels] -= s.sum(axis=1)
        return np.maximum(u, 0).sum(), x.T @ s

    def score(label: Any) -> Any:
        return Sum(X[i, k] * W[k, label], (k, 1, p))

    cost = Sum(Max(0, 1 + score(j) - score(v[i])), (i, 1, m), (j, 1, q))
    return cost, {W: w}, {X: x, v: labels + 1}, by_hand


def margins(rng: Any) -> Case:
    """5,000 triplets of 500 rows of 8, by labels."""
    a, (one, near, far) = rng.normal(size=(500, 8)), rng.integers(500, size=(3, 5000))
    places = [(part[:, None] * 8 + np.arange(8)).ravel() for part in (one, near, far)]

    def by_hand() -> Any:
        first, second, third = (a.take(part, axis=0) for part in (one, near, far))
        dn, df = first - second, first - third
        u = 1 + np.einsum("ij,ij->i", dn, dn) - np.einsum("ij,ij->i", df, df)
        s = (2.0 * (u > 0))[:, None]
        gn, gf = s * dn, s * df
        slopes = [np.bincount(at, g.ravel(), 4000) for at, g in zip(places, (gn - gf, -gn, gf), strict=True)]
        return np.maximum(u, 0).sum(), sum(slopes)

    def gap(other: Any) -> Any:
        return Sum((A[y[i], d] - A[other[i], d]) ** 2, (d, 1, r))

    labels = {y: one + 1, v: near + 1, Z: far + 1}
    return Sum(Max(0, 1 + gap(v) - gap(Z)), (i, 1, m)), {A: a}, labels, by_hand


def precision(rng: Any) -> Case:
    """The likelihood of a Gaussian by the inverse of its covariance, 150 x 150, which need not be symmetric."""
    x = rng.normal(size=(300, 150))
    scatter, start = x.T @ x / 300, np.eye(150) + rng.normal(size=(150, 150)) / 100

    def by_hand() -> Any:
        _, size = np.linalg.slogdet(start)
        return np.vdot(scatter.T, start) - size, scatter.T - np.linalg.inv(start).T

    S, T = MatrixSymbol("S", n, n), MatrixSymbol("T", n, n)
    return Trace(S * T) - log(Determinant(T)), {T: start}, {S: scatter}, by_hand


def process(rng: Any) -> Case:
    """The evidence of a linear kernel, 200 points, by its variance and the noise."""
    x, z, start = rng.normal(size=(200, 4)), rng.normal(size=200), {alpha: 0.5, beta: 0.9}
    kernel = x @ x.T

    def by_hand() -> Any:
        whole = start[alpha] * kernel + start[beta] * np.eye(200)
        _, size = np.linalg.slogdet(whole)
        inverse = np.linalg.inv(whole)
        e = inverse @ z
        return z @ e + size, np.array([np.vdot(inverse, kernel) - e @ kernel @ e, np.trace(inverse) - e @ e])

    P, Q = MatrixSymbol("P", m, p), MatrixSymbol("Q", m, 1)
    whole = alpha * P * P.T + beta * Identity(m)
    return Trace(Q.T * whole.inv() * Q) + log(Determinant(whole)), start, {P: x, Q: z}, by_hand


MODELS: dict[str, Callable[[Any], Case]] = {
    "a layer, 200 x 40 x 30 to 20": layer,
    "precision of a Gaussian, 150 x 150": precision,
    "evidence of a linear kernel, 200 points": process,
    "a matrix for each, 200 x 40 x 30 to 20": each,
    "log-loss of x'Wx, 5,000 x 30": bilinear,
    "tensor, 40 x 50 x 60, rank 5": tensor,
    "factorisation machine, 2,000 x 30, rank 5": machine,
    "autoencoder, 2,000 x 20, rank 4": autoencoder,
    "softmax network, 20-32-10, 1,000": network,
    "attention, 200 x 20, head of 8": attention,
    "attention to what came before, 200 x 20, head of 8": causal,
    "two rectified layers, 10-32-16-1, 2,000": rectified,
    "triplets, 1,000 x 16 to 8": triplets,
    "springs between 400 points": springs,
    "embeddings, 300 x 200, rank 20": embeddings,
    "rectified over exponentials, 10-32-16-1, 2,000": exponentials,
    "words, 5,000 pairs, 5 others each": words,
    "entries by labels, 20,000, rank 8": factors,
    "Hawkes process, 2,000 events": hawkes,
    "10 lags of 2,000 entries": lags,
    "hinge by labels, 2,000 x 20, 10 classes": classes,
    "triplets by labels, 5,000 of 500 rows of 8": margins,
}


def main(rounds: int = 15) -> None:
    tables(MODELS, rounds)


def tables(models: Mapping[str, Callable[[Any], Case]], rounds: int) -> None:
    """Twice, as one run is no figure."""
    for time_ in ("First", "Second"):
        print(f"\n{time_} time:\n\n| cost and gradient | gdsym, ms | by hand / gdsym |\n|---|---|---|")
        for name, made in models.items():
            ms, ratio = compared(made(np.random.default_rng(1)), rounds)
            print(f"| {name} | {ms:.3g} | {ratio:.2f}x |", flush=True)
    print(f"\n{circumstances()}")
