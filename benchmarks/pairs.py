"""Sums over pairs, in tiles, and sums whose bounds move, in one pass: time beside hand-written NumPy, and memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from sympy import IndexedBase, Max, Sum, exp, log, sqrt, symbols

import gdsym as gd
from benchmarks.contest import circumstances

s, b = symbols("s b")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
w, x, y, d, X, W = (IndexedBase(name) for name in "w x y d X W".split())
ROW = Sum(w[k] * X[i, k], (k, 1, n))
DISTANCE = sqrt(Sum((W[i, k] - W[j, k]) ** 2, (k, 1, 2)) + 1)
Case = tuple[Any, dict[Any, Any], dict[Any, Any], Callable[[], Any]]  # cost, start, data, (J, slope) by hand


def over(body: Any) -> Any:
    return Sum(body, (i, 1, m))


def kernel(count: int, rng: Any) -> Case:
    a = rng.normal(size=count)

    def by_hand() -> Any:
        r = a[:, None] - a
        e = np.exp(-r * r / 0.5)
        return e.sum() / count**2, -8 * (r * e).sum(axis=1) / count**2

    return over(Sum(exp(-((w[i] - w[j]) ** 2) / s), (j, 1, m))) / m**2, {w: a}, {s: 0.5}, by_hand


def density(count: int, rng: Any) -> Case:
    a = rng.normal(size=count)

    def by_hand() -> Any:
        r = a[:, None] - a
        e = np.exp(-r * r)
        p = e.sum(axis=1)
        return -np.log(p).sum(), 2 * ((r * e) @ (1 / p) + (r * e).sum(axis=1) / p)

    return -over(log(Sum(exp(-((w[i] - w[j]) ** 2)), (j, 1, m)))), {w: a}, {}, by_hand


def ranks(count: int, rng: Any) -> Case:
    A, v = rng.normal(size=(count, 3)), rng.normal(size=3)

    def by_hand() -> Any:
        z = A @ v
        r = 1 - z[:, None] + z
        h = (r > 0).astype(float)
        return np.maximum(r, 0).sum(), (h.sum(axis=0) - h.sum(axis=1)) @ A

    return over(Sum(Max(0, 1 - ROW + ROW.subs(i, j)), (j, 1, m))), {w: v}, {X: A}, by_hand


def stress(count: int, rng: Any) -> Case:
    P = rng.normal(size=(count, 2))

    def by_hand() -> Any:
        r = P[:, None] - P
        q = np.sqrt((r * r).sum(axis=2) + 1)
        return q.sum(), 2 * (r / q[:, :, None]).sum(axis=1)

    return over(Sum(DISTANCE, (j, 1, m))), {W: P}, {}, by_hand


def prefix(count: int, rng: Any) -> Case:
    a, t = rng.normal(size=(2, count))

    def by_hand() -> Any:
        r = np.cumsum(a) - t
        return r @ r, 2 * np.cumsum(r[::-1])[::-1]

    return over((Sum(w[j], (j, 1, i)) - y[i]) ** 2), {w: a}, {y: t}, by_hand


def window(count: int, rng: Any) -> Case:
    a, t = rng.normal(size=(2, count))

    def by_hand() -> Any:
        r = np.convolve(a, np.ones(10), "valid") - t[9:]
        return r @ r, 2 * np.convolve(r, np.ones(10))

    return Sum((Sum(w[j], (j, i - 9, i)) - y[i]) ** 2, (i, 10, m)), {w: a}, {y: t}, by_hand


def cox(count: int, rng: Any) -> Case:
    A, v, hit = rng.normal(size=(count, 10)), rng.normal(size=10), (rng.random(count) < 0.5).astype(float)

    def by_hand() -> Any:
        z = A @ v
        top = z.max()
        e = np.exp(z - top)
        risk = np.cumsum(e[::-1])[::-1]
        return -(hit @ (z - top - np.log(risk))), A.T @ (e * np.cumsum(hit / risk) - hit)

    risk = Sum(exp(ROW.subs(i, j)), (j, i, m))
    return -over(d[i] * (ROW - log(risk))), {w: v}, {X: A, d: hit}, by_hand


PAIRS = {"kernel": kernel, "density": density, "ranks": ranks, "stress in the plane": stress}
MOVING = {"running sums": prefix, "windows of 10": window, "Cox, 10 columns": cox}


def seconds(call: Callable[[], Any]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


def compared(case: Case, rounds: int) -> tuple[float, float]:
    """Our milliseconds, and the median ratio of the hand-written code's to ours; first the same numbers."""
    cost, start, data, by_hand = case
    bound = gd.Cost(cost, list(start)).compile().bind(data)
    flat = bound.flat(start)
    for ours, theirs in zip(bound.fun_and_jac(flat), by_hand(), strict=True):
        np.testing.assert_allclose(ours, np.ravel(theirs) if np.ndim(theirs) else theirs, rtol=1e-8, atol=1e-8)
    pairs = [(seconds(lambda: bound.fun_and_jac(flat)), seconds(by_hand)) for _ in range(rounds)]
    return 1e3 * float(np.median([a for a, _ in pairs])), float(np.median([h / a for a, h in pairs]))


def held(case: Case) -> tuple[float, float, float]:
    """Seconds of a cost and gradient, its peak in MB beyond the data, and MB of the largest input."""
    cost, start, data, _ = case
    bound = gd.Cost(cost, list(start)).compile().bind(data)
    flat = bound.flat(start)
    took = seconds(lambda: bound.fun_and_jac(flat))
    tracemalloc.start()
    bound.fun_and_jac(flat)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return took, peak / 1e6, max(np.size(v) for v in (*start.values(), *data.values())) * 8e-6


def main(rounds: int = 5, small: int = 2000, large: int = 20_000, long: int = 100_000) -> None:
    """Cost and gradient: beside NumPy by hand with whole arrays, then alone at a size at which these would not fit."""
    for time_ in ("First", "Second"):
        print(f"\n{time_} time:\n\n| cost and gradient | m | gdsym, ms | by hand / gdsym |\n|---|---|---|---|")
        for kinds, count in ((PAIRS, small), (MOVING, long)):
            for name, made in kinds.items():
                ms, ratio = compared(made(count, np.random.default_rng(1)), rounds)
                print(f"| {name} | {count:,} | {ms:.3g} | {ratio:.2f}x |", flush=True)
    print(
        "\n| cost and gradient | m | seconds | peak, MB | largest input, MB | all pairs, MB |\n|---|---|---|---|---|---|"
    )
    for name, made in PAIRS.items():
        took, peak, given = held(made(large, np.random.default_rng(1)))
        print(f"| {name} | {large:,} | {took:.1f} | {peak:.1f} | {given:.2f} | {large**2 * 8e-6:,.0f} |", flush=True)
    print(f"\n{circumstances()}")
