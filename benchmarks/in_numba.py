"""Whole loops by hand for numba: sums as loops over samples, one pass over the data a step."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log1p
from typing import Any

import numpy as np

HIGH = 1e15


def _loop(evaluate: Callable[..., Any]) -> Any:
    """A descent around an njit function evaluate(theta, *data, gradient) -> J, data being none or two arrays."""
    from numba import njit

    inner = njit(fastmath=True)(evaluate)

    @njit(fastmath=True)
    def two(theta: Any, X: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
        t, g = theta.copy(), np.zeros_like(theta)
        thetas, costs, norms = np.empty((n + 1, len(t))), np.empty(n + 1), np.empty(n + 1)
        for k in range(n + 1):
            cost = inner(t, X, y, g)
            norm = np.sqrt((g * g).sum())
            thetas[k], costs[k], norms[k] = t, cost, norm
            if norm <= gtol or not cost < HIGH:
                return thetas[: k + 1], costs[: k + 1], norms[: k + 1]
            t -= alpha * g
        return thetas, costs, norms

    @njit(fastmath=True)
    def none(theta: Any, alpha: float, n: int, gtol: float) -> Any:
        t, g = theta.copy(), np.zeros_like(theta)
        thetas, costs, norms = np.empty((n + 1, len(t))), np.empty(n + 1), np.empty(n + 1)
        for k in range(n + 1):
            cost = inner(t, g)
            norm = 0.0
            for j in range(len(t)):
                norm += g[j] * g[j]
                thetas[k, j] = t[j]
            norm = np.sqrt(norm)
            costs[k], norms[k] = cost, norm
            if norm <= gtol or not cost < HIGH:
                return thetas[: k + 1], costs[: k + 1], norms[: k + 1]
            for j in range(len(t)):
                t[j] -= alpha * g[j]
        return thetas, costs, norms

    return none if evaluate.__code__.co_argcount == 2 else two


def _parabola(t: Any, g: Any) -> Any:
    r = t[0] - 3.0
    g[0] = 2.0 * r
    return r * r


def _rosenbrock(t: Any, g: Any) -> Any:
    r, s = 1.0 - t[0], t[1] - t[0] * t[0]
    g[0], g[1] = -2.0 * r - 400.0 * (s * t[0]), 200.0 * s
    return r * r + 100.0 * (s * s)


def _line(t: Any, x: Any, y: Any, g: Any) -> Any:
    m, J, gw, gb = len(x), 0.0, 0.0, 0.0
    for i in range(m):
        r = t[0] * x[i] + t[1] - y[i]
        J += r * r
        gw += r * x[i]
        gb += r
    g[0], g[1] = gw / m, gb / m
    return J / (2 * m)


def _linear(t: Any, X: Any, y: Any, g: Any) -> Any:
    m, p = X.shape
    J = 0.0
    g[:] = 0.0
    for i in range(m):
        r = t[p] - y[i]
        for j in range(p):
            r += X[i, j] * t[j]
        J += r * r
        for j in range(p):
            g[j] += r * X[i, j]
        g[p] += r
    for j in range(p + 1):
        g[j] /= m
    return J / (2 * m)


def _logistic(t: Any, X: Any, y: Any, g: Any) -> Any:
    m, p = X.shape
    J = 0.0
    g[:] = 0.0
    for i in range(m):
        z = t[p]
        for j in range(p):
            z += X[i, j] * t[j]
        e = exp(-abs(z))
        J += max(z, 0.0) - z * y[i] + log1p(e)
        r = (1.0 if z >= 0 else e) / (1.0 + e) - y[i]
        for j in range(p):
            g[j] += r * X[i, j]
        g[p] += r
    for j in range(p + 1):
        g[j] /= m
    return J / m


LOOPS: dict[str, Callable[[], Any]] = {
    "parabola": lambda: _loop(_parabola),
    "rosenbrock": lambda: _loop(_rosenbrock),
    "line": lambda: _loop(_line),
    "linear": lambda: _loop(_linear),
    "logistic": lambda: _loop(_logistic),
}
