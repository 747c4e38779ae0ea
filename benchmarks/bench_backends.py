"""One descent step of gdsym's compiled backends against hand-written compiled loops; prints Markdown tables.

Every contestant keeps the same three histories (parameters, cost, gradient norm) and makes the same stop test; each
is first checked against the NumPy backend. `--jax` measures JAX in place of Numba.
Run: OPENBLAS_NUM_THREADS=1 python benchmarks/bench_backends.py [--jax] [--rounds 9]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, log1p, sqrt
from typing import Any

import numpy as np
from numba import njit
from sympy import IndexedBase, Sum, log, symbols
from sympy import exp as exponential

import gdsym as gd

w, b = symbols("w b")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, X, theta = (IndexedBase(s) for s in ("x", "y", "X", "theta"))
GTOL, HIGH = 1e-300, 1e300


@njit(fastmath=True)
def parabola(w: float, alpha: float, steps: int, gtol: float) -> Any:
    ws, costs, norms = np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1)
    for k in range(steps + 1):
        r = w - 3.0
        cost, g = r * r, 2.0 * r
        norm = abs(g)
        ws[k], costs[k], norms[k] = w, cost, norm
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * g
    return ws, costs, norms


@njit(fastmath=True)
def rosenbrock(w: float, b: float, alpha: float, steps: int, gtol: float) -> Any:
    ws, bs, costs, norms = np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1)
    for k in range(steps + 1):
        r, s = 1.0 - w, b - w * w
        cost = r * r + 100.0 * (s * s)
        gw, gb = -2.0 * r - 400.0 * (s * w), 200.0 * s
        norm = sqrt(gw * gw + gb * gb)
        ws[k], bs[k], costs[k], norms[k] = w, b, cost, norm
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, costs, norms


@njit(fastmath=True)
def line(w: float, b: float, x: Any, y: Any, alpha: float, steps: int, gtol: float) -> Any:
    ws, bs, costs, norms = np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1)
    m = len(x)
    for k in range(steps + 1):
        total, gw, gb = 0.0, 0.0, 0.0
        for i in range(m):
            r = w * x[i] + b - y[i]
            total += r * r
            gw += r * x[i]
            gb += r
        cost, gw, gb = total / (2 * m), gw / m, gb / m
        norm = sqrt(gw * gw + gb * gb)
        ws[k], bs[k], costs[k], norms[k] = w, b, cost, norm
        if norm <= gtol or not cost < HIGH:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, costs, norms


@njit(fastmath=True)
def linear(theta: Any, b: float, X: Any, y: Any, alpha: float, steps: int, gtol: float) -> Any:
    m, n = X.shape
    ws, bs, costs, norms = np.empty((steps + 1, n)), np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1)
    theta, g = theta.copy(), np.empty(n)
    for k in range(steps + 1):
        total, gb = 0.0, 0.0
        g[:] = 0.0
        for i in range(m):
            r = b - y[i]
            for j in range(n):
                r += X[i, j] * theta[j]
            total += r * r
            gb += r
            for j in range(n):
                g[j] += r * X[i, j]
        cost, gb, square = total / (2 * m), gb / m, 0.0
        for j in range(n):
            g[j] /= m
            square += g[j] * g[j]
        norm = sqrt(square + gb * gb)
        ws[k], bs[k], costs[k], norms[k] = theta, b, cost, norm
        if norm <= gtol or not cost < HIGH:
            break
        for j in range(n):
            theta[j] -= alpha * g[j]
        b -= alpha * gb
    return ws, costs, norms


@njit(fastmath=True)
def logistic(theta: Any, b: float, X: Any, y: Any, alpha: float, steps: int, gtol: float) -> Any:
    """One exponential a sample for cost and gradient."""
    m, n = X.shape
    ws, bs, costs, norms = np.empty((steps + 1, n)), np.empty(steps + 1), np.empty(steps + 1), np.empty(steps + 1)
    theta, g = theta.copy(), np.empty(n)
    for k in range(steps + 1):
        total, gb = 0.0, 0.0
        g[:] = 0.0
        for i in range(m):
            z = b
            for j in range(n):
                z += X[i, j] * theta[j]
            e = exp(-abs(z))
            total += max(z, 0.0) - y[i] * z + log1p(e)
            r = (1.0 if z >= 0.0 else e) / (1.0 + e) - y[i]
            gb += r
            for j in range(n):
                g[j] += r * X[i, j]
        cost, gb, square = total / m, gb / m, 0.0
        for j in range(n):
            g[j] /= m
            square += g[j] * g[j]
        norm = sqrt(square + gb * gb)
        ws[k], bs[k], costs[k], norms[k] = theta, b, cost, norm
        if norm <= gtol or not cost < HIGH:
            break
        for j in range(n):
            theta[j] -= alpha * g[j]
        b -= alpha * gb
    return ws, costs, norms


def scanned(value: Callable[..., Any], start: tuple[Any, ...], alpha: float, steps: int) -> Callable[[], Any]:
    """A specialist's JAX: value_and_grad in one jitted scan, the stop test as a mask."""
    import jax
    import jax.numpy as jnp

    slope = jax.value_and_grad(value, argnums=tuple(range(len(start))))

    def step(carry: Any, _: Any) -> Any:
        params, running = carry
        cost, grads = slope(*params)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in grads))
        running = running & (norm > GTOL) & (cost < HIGH)
        moved = tuple(jnp.where(running, p - alpha * g, p) for p, g in zip(params, grads, strict=True))
        return (moved, running), (*params, cost, norm)

    loop = jax.jit(lambda params: jax.lax.scan(step, (params, True), None, length=steps + 1)[1])

    def run() -> Any:
        with jax.enable_x64(True):
            first, *_, costs, norms = [np.asarray(a) for a in loop(start)]
            return [first, costs, norms]

    return run


@dataclass(frozen=True)
class Row:
    """One problem: gdsym's run by backend, the hand-written loops, and which parameter is compared."""

    name: str
    steps: int
    ours: Callable[[str], Any]
    hand: Callable[[], Any]
    traced: Callable[[], Callable[[], Any]]
    first: Any


def _ours(cost: gd.Cost, start: Any, data: Any, rate: float, steps: int) -> Callable[[str], Any]:
    return lambda backend: cost.descend(
        start, data, learning_rate=rate, maxiter=steps, gtol=GTOL, hoist=False, backend=backend
    )


def rows(scale: float) -> Iterator[Row]:
    def many(steps: int) -> int:
        return max(3, int(steps * scale))

    s = many(1_000_000)
    yield Row(
        "(w - 3)^2", s, _ours(gd.Cost((w - 3) ** 2, [w]), {w: 0}, {}, 1e-5, s), lambda: parabola(0.0, 1e-5, s, GTOL),
        lambda: scanned(lambda w: (w - 3.0) ** 2, (0.0,), 1e-5, s), w,
    )  # fmt: skip
    valley = gd.Cost((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b])
    yield Row(
        "Rosenbrock", s, _ours(valley, {w: -1, b: 1}, {}, 1e-4, s), lambda: rosenbrock(-1.0, 1.0, 1e-4, s, GTOL),
        lambda: scanned(lambda w, b: (1 - w) ** 2 + 100 * (b - w * w) ** 2, (-1.0, 1.0), 1e-4, s), w,
    )  # fmt: skip
    fit = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    rng = np.random.default_rng(1)
    for size, steps in ((2, 1_000_000), (100, 1_000_000), (10_000, 30_000), (1_000_000, 300)):
        xs = rng.normal(size=size)
        ys = 2 * xs + rng.normal(size=size)
        steps = many(steps)
        yield Row(
            f"line, m = {size:g}", steps, _ours(fit, {w: 0, b: 0}, {x: xs, y: ys}, 1e-3, steps),
            lambda xs=xs, ys=ys, steps=steps: line(0.0, 0.0, xs, ys, 1e-3, steps, GTOL),
            lambda xs=xs, ys=ys, steps=steps: scanned(
                lambda w, b: ((w * xs + b - ys) ** 2).sum() / (2 * len(xs)), (0.0, 0.0), 1e-3, steps
            ), w,
        )  # fmt: skip
    z = Sum(X[i, j] * theta[j], (j, 1, n)) + b
    squares = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m), [theta, b])
    labels = gd.Cost(Sum(log(1 + exponential(z)) - y[i] * z, (i, 1, m)) / m, [theta, b])
    for size, wide, steps in ((100_000, 10, 200), (100_000, 100, 30)):
        Xs = rng.normal(size=(size, wide))
        ys = Xs @ rng.normal(size=wide) + rng.normal(size=size)
        zero, steps = np.zeros(wide), many(steps)
        yield Row(
            f"linear {size:g} x {wide}", steps, _ours(squares, {theta: zero, b: 0}, {X: Xs, y: ys}, 1e-3, steps),
            lambda Xs=Xs, ys=ys, zero=zero, steps=steps: linear(zero, 0.0, Xs, ys, 1e-3, steps, GTOL),
            lambda Xs=Xs, ys=ys, zero=zero, steps=steps: scanned(
                lambda t, b: ((Xs @ t + b - ys) ** 2).sum() / (2 * len(ys)), (zero, 0.0), 1e-3, steps
            ), theta,
        )  # fmt: skip
        hits = (ys > 0).astype(float)
        yield Row(
            f"logistic {size:g} x {wide}", steps, _ours(labels, {theta: zero, b: 0}, {X: Xs, y: hits}, 1e-1, steps),
            lambda Xs=Xs, ys=hits, zero=zero, steps=steps: logistic(zero, 0.0, Xs, ys, 1e-1, steps, GTOL),
            lambda Xs=Xs, ys=hits, zero=zero, steps=steps: scanned(_traced_logistic(Xs, ys), (zero, 0.0), 1e-1, steps),
            theta,
        )  # fmt: skip


def _traced_logistic(Xs: Any, ys: Any) -> Callable[..., Any]:
    def value(t: Any, b: Any) -> Any:
        import jax

        z = Xs @ t + b
        return (jax.nn.softplus(z) - ys * z).mean()

    return value


def seconds(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def check(row: Row, found: Any, right: Any) -> None:
    assert np.allclose(found[0], right.history.params[row.first], rtol=1e-9, atol=1e-12), row.name
    assert np.allclose(found[1], right.history.cost, rtol=1e-9), row.name
    assert np.allclose(found[2], right.history.gradient_norm, rtol=1e-9), row.name


def compare(row: Row, backend: str, hand: Callable[[], Any], rounds: int) -> str:
    """A line of the table: medians of interleaved rounds, and the median of the rounds' ratios."""
    right = row.ours("numpy")
    first = seconds(lambda: row.ours(backend))
    run, theirs = row.ours(backend), seconds(hand)
    check(row, (run.history.params[row.first], run.history.cost, run.history.gradient_norm), right)
    check(row, hand(), right)
    times: dict[str, list[float]] = {"ours": [], "hand": []}
    for _ in range(rounds):
        for who, call in random.sample([("ours", lambda: row.ours(backend)), ("hand", hand)], 2):
            times[who].append(seconds(call))
    ratio = statistics.median(a / e for a, e in zip(times["ours"], times["hand"], strict=True))
    mine, other = (statistics.median(times[who]) / row.steps * 1e6 for who in ("ours", "hand"))
    return f"| {row.name} | {row.steps} | {mine:.4g} | {other:.4g} | {ratio:.2f} | {first:.2f} | {theirs:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jax", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--scale", type=float, default=1.0, help="steps, relative to the usual number")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    args = parser.parse_args()
    for backend in ("jax",) if args.jax else ("numba",):
        print(f"| problem | steps | {backend}, us a step | by hand | ratio | first call, s | by hand |")
        print("|---|---|---|---|---|---|---|")
        for row in rows(args.scale):
            if args.only in row.name:
                hand = row.traced() if backend == "jax" else row.hand
                print(compare(row, backend, hand, args.rounds), flush=True)
    print(f"\nNumPy {np.__version__}, load {os.getloadavg()[0]:.1f}, medians of {args.rounds} interleaved rounds.")


if __name__ == "__main__":
    main()
