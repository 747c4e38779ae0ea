"""What a specialist writes by hand: loops over plain floats, column-ordered matrices, shared exponentials, blocks.

Each keeps parameters, cost and gradient norm, and stops at norm <= gtol or when the cost is above a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

HIGH = 1e15
BLOCK = 4096


def parabola(w: float, alpha: float, n: int, gtol: float) -> Any:
    """(w - 3)^2."""
    ws, costs, norms = [], [], []
    for _ in range(n + 1):
        r = w - 3.0
        cost, g = r * r, 2.0 * r
        norm = abs(g)
        ws.append(w)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * g
    return (ws,), costs, norms


def plane(step: Callable[[float, float], Any], w: float, b: float, alpha: float, n: int, gtol: float) -> Any:
    """Any cost of two plain parameters; `step` gives (J, dJ/dw, dJ/db)."""
    ws, bs, costs, norms = [], [], [], []
    for _ in range(n + 1):
        cost, gw, gb = step(w, b)
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return (ws, bs), costs, norms


def rosenbrock(w: float, b: float, alpha: float, n: int, gtol: float) -> Any:
    """(1 - w)^2 + 100 (b - w^2)^2, written out: no call in the loop."""
    ws, bs, costs, norms = [], [], [], []
    for _ in range(n + 1):
        r, s = 1.0 - w, b - w * w
        cost = r * r + 100.0 * (s * s)
        gw, gb = -2.0 * r - 400.0 * (s * w), 200.0 * s
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return (ws, bs), costs, norms


def pair(w: float, b: float, x: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    """A line through two points, over plain floats."""
    (x1, x2), (y1, y2) = map(float, x), map(float, y)
    ws, bs, costs, norms = [], [], [], []
    for _ in range(n + 1):
        r1, r2 = w * x1 + b - y1, w * x2 + b - y2
        cost = 0.25 * (r1 * r1 + r2 * r2)
        gw, gb = 0.5 * (r1 * x1 + r2 * x2), 0.5 * (r1 + r2)
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return (ws, bs), costs, norms


def line(w: float, b: float, x: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    """1/(2m) sum (w x_i + b - y_i)^2."""
    ws, bs, costs, norms = [], [], [], []
    m = len(x)
    for _ in range(n + 1):
        r = w * x + b - y
        cost = float(r.dot(r)) / (2 * m)
        gw, gb = float(r.dot(x)) / m, float(r.sum()) / m
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return (ws, bs), costs, norms


def line_hoisted(w: float, b: float, x: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    """The same with the data read once: plain floats around one anchor."""
    ws, bs, costs, norms = [], [], [], []
    m = len(x)
    r = w * x + b - y
    h00, h01 = float(x @ x) / m, float(x.sum()) / m
    cost0, g0, g1, w0, b0 = float(r @ r) / (2 * m), float(r @ x) / m, float(r.sum()) / m, w, b
    for _ in range(n + 1):
        dw, db = w - w0, b - b0
        hw, hb = h00 * dw + h01 * db, h01 * dw + db
        gw, gb = g0 + hw, g1 + hb
        cost = cost0 + (g0 + 0.5 * hw) * dw + (g1 + 0.5 * hb) * db
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return (ws, bs), costs, norms


def vector(step: Any, v: Any, b: float, alpha: float, n: int, gtol: float) -> Any:
    """Any cost of a vector and a number; `step` gives (J, dJ/dv, dJ/db)."""
    vs, bs, costs, norms = [], [], [], []
    for _ in range(n + 1):
        cost, gv, gb = step(v, b)
        norm = sqrt(gv.dot(gv) + gb * gb)
        vs.append(v)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        v = v - alpha * gv
        b -= alpha * gb
    return (vs, bs), costs, norms


def linear_step(X: Any, y: Any) -> Any:
    """1/(2m) sum (X v + b - y)^2; wide matrices in blocks of rows, others whole, in column order."""
    m, p = X.shape

    def one(X: Any, y: Any, v: Any, b: float) -> Any:
        r = X.dot(v) + b - y
        return r.dot(r), r.dot(X), r.sum()

    return _passes(X, y, one, lambda J, g, s: (float(J) / (2 * m), g / m, float(s) / m), p >= 64)


def logistic_step(X: Any, y: Any) -> Any:
    """1/m sum log(1 + exp z) - y z, one exponential for value and gradient."""
    m, p = X.shape

    def one(X: Any, y: Any, v: Any, b: float) -> Any:
        z = X.dot(v) + b
        e = np.exp(-np.abs(z))
        r = np.where(z >= 0, 1, e) / (1 + e) - y
        return (np.maximum(z, 0) - z * y + np.log1p(e)).sum(), r.dot(X), r.sum()

    return _passes(X, y, one, lambda J, g, s: (float(J) / m, g / m, float(s) / m), p >= 64)


def _passes(X: Any, y: Any, one: Any, done: Any, wide: bool) -> Any:
    if not wide:
        columns = np.asfortranarray(X)
        return lambda v, b: done(*one(columns, y, v, b))
    blocks = [(np.asfortranarray(X[k : k + BLOCK]), y[k : k + BLOCK]) for k in range(0, len(X), BLOCK)]

    def step(v: Any, b: float) -> Any:
        J: Any = 0.0
        g: Any = 0.0
        s: Any = 0.0
        for A, t in blocks:
            dJ, dg, ds = one(A, t, v, b)
            J, g, s = J + dJ, g + dg, s + ds
        return done(J, g, s)

    return step


def linear_hoisted(X: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    """The linear cost with the data read once: one flat vector (v, b), one matrix times one vector a step."""
    m = len(X)
    A = np.column_stack([X, np.ones(m)])
    H = A.T @ A / m
    J0, g0, t0 = float(y @ y) / (2 * m), -(y @ A) / m, np.zeros(A.shape[1])
    theta, thetas, costs, norms = t0, [], [], []
    for _ in range(n + 1):
        d = theta - t0
        g = g0 + H.dot(d)
        cost, norm = J0 + 0.5 * float((g0 + g).dot(d)), sqrt(g.dot(g))
        thetas.append(theta)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        theta = theta - alpha * g
    return (thetas,), costs, norms


def lasso_hoisted(X: Any, y: Any, penalty: float, alpha: float, n: int, gtol: float) -> Any:
    """The linear cost and penalty |v|_1: the quadratic part from the data read once, the penalty in every step."""
    m, p = len(X), X.shape[1]
    A = np.column_stack([X, np.ones(m)])
    H = A.T @ A / m
    J0, g0, t0 = float(y @ y) / (2 * m), -(y @ A) / m, np.zeros(p + 1)
    theta, thetas, costs, norms = t0, [], [], []
    for _ in range(n + 1):
        d, v = theta - t0, theta[:p]
        q = g0 + H.dot(d)
        cost = J0 + 0.5 * float((g0 + q).dot(d)) + penalty * float(np.abs(v).sum())
        q[:p] += penalty * np.sign(v)
        norm = sqrt(q.dot(q))
        thetas.append(theta)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        theta = theta - alpha * q
    return (thetas,), costs, norms


def network_step(X: Any, y: Any) -> Any:
    """One hidden layer of tanh, mean square error: (J, gradients of W, U, V, b)."""
    m = len(y)

    def step(W: Any, U: Any, V: Any, b: float) -> Any:
        t = np.tanh(X.dot(W.T) + U)
        r = t.dot(V) + b - y
        s = (1 - t * t) * V * r[:, None]
        return float(r.dot(r)) / (2 * m), s.T.dot(X) / m, s.sum(axis=0) / m, r.dot(t) / m, float(r.sum()) / m

    return step


def network(step: Any, W: Any, U: Any, V: Any, b: float, alpha: float, n: int, gtol: float) -> Any:
    """Descent over the four parameters of a network."""
    kept: Any = ([], [], [], [])
    costs, norms = [], []
    for _ in range(n + 1):
        cost, gW, gU, gV, gb = step(W, U, V, b)
        norm = sqrt(np.vdot(gW, gW) + gU.dot(gU) + gV.dot(gV) + gb * gb)
        for column, value in zip(kept, (W, U, V, b), strict=True):
            column.append(value)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < HIGH:
            break
        W, U, V, b = W - alpha * gW, U - alpha * gU, V - alpha * gV, b - alpha * gb
    return kept, costs, norms
