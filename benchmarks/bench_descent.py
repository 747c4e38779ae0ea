"""One descent step of gdsym's generated loop against an expert's hand-written loop; prints a Markdown table.

Both keep parameters, cost and gradient norm and make the same stop test: norm <= gtol, cost below the bound of
divergence.
Run: OPENBLAS_NUM_THREADS=1 python benchmarks/bench_descent.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
import statistics
import time
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import sympy

from gdsym.descent import Settings, descend
from gdsym.written.nodes import Base, Node, Sym

ROUNDS = 15
w, b, m = sympy.symbols("w b m")
x, y = sympy.IndexedBase("x"), sympy.IndexedBase("y")


@dataclass(frozen=True)
class Input:
    name: str
    node: Node
    kind: str


@dataclass(frozen=True)
class Program:
    inputs: tuple[Input, ...]
    once: tuple[str, ...]
    each: tuple[str, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...] = ()


W, B = Input("w", Sym(w), "param"), Input("b", Sym(b), "param")
DATA = (Input("x", Base(x), "data"), Input("y", Base(y), "data"), Input("m", Sym(m), "size"))
PARABOLA = Program((W,), (), ("r = w - 3.0",), "r*r", ("2.0*r",))
ROSENBROCK = Program(
    (W, B), (), ("r = 1.0 - w", "s = b - w*w"), "r*r + 100.0*(s*s)", ("-2.0*r - 400.0*(s*w)", "200.0*s")
)
LINE = Program((W, B, *DATA), ("v0 = 1.0/m",), ("r = w*x + b - y",), "0.5*v0*(r @ r)", ("v0*(r @ x)", "v0*r.sum()"))
PAIR = tuple(Input(n, Sym(sympy.Symbol(n)), "data") for n in ("x1", "x2", "y1", "y2"))
LINE2 = Program(
    (W, B, *PAIR),
    (),
    ("r1 = w*x1 + b - y1", "r2 = w*x2 + b - y2"),
    "0.25*(r1*r1 + r2*r2)",
    ("0.5*(r1*x1 + r2*x2)", "0.5*(r1 + r2)"),
)


def parabola(w: float, alpha: float, n: int, gtol: float) -> Any:
    ws, costs, norms = [], [], []
    for _ in range(n + 1):
        r = w - 3.0
        cost, g = r * r, 2.0 * r
        norm = abs(g)
        ws.append(w)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < 1e9:
            break
        w -= alpha * g
    return ws, costs, norms


def rosenbrock(w: float, b: float, alpha: float, n: int, gtol: float) -> Any:
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
        if norm <= gtol or not cost < 1e9:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, bs, costs, norms


def pair(w: float, b: float, x1: float, x2: float, y1: float, y2: float, alpha: float, n: int, gtol: float) -> Any:
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
        if norm <= gtol or not cost < 1e12:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, bs, costs, norms


def line(w: float, b: float, x: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    ws, bs, costs, norms = [], [], [], []
    v0 = 1.0 / len(x)
    for _ in range(n + 1):
        r = w * x + b - y
        cost = float(0.5 * v0 * (r @ r))
        gw, gb = float(v0 * (r @ x)), float(v0 * r.sum())
        norm = sqrt(gw * gw + gb * gb)
        ws.append(w)
        bs.append(b)
        costs.append(cost)
        norms.append(norm)
        if norm <= gtol or not cost < 1e12:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, bs, costs, norms


def line_moments(w: float, b: float, x: Any, y: Any, alpha: float, n: int, gtol: float) -> Any:
    """The line fit with the data read once: a specialist's plain floats around one anchor."""
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
        if norm <= gtol or not cost < 1e12:
            break
        w -= alpha * gw
        b -= alpha * gb
    return ws, bs, costs, norms


def cases() -> Any:
    """(name, steps, gdsym's run, the expert's run)."""

    def ours(program: Any, start: dict[str, float], data: dict[str, Any], rate: float, n: int) -> Any:
        settings = Settings(maxiter=n, gtol=1e-300)
        return lambda: descend(program, start, data, learning_rate=rate, settings=settings, convex=True)

    yield "(w - 3)^2", 50_000, ours(PARABOLA, {"w": 0.0}, {}, 1e-5, 50_000), lambda: parabola(0.0, 1e-5, 50_000, 1e-300)
    start = {"w": -1.0, "b": 1.0}
    yield (
        "Rosenbrock",
        50_000,
        ours(ROSENBROCK, start, {}, 1e-4, 50_000),
        lambda: rosenbrock(-1.0, 1.0, 1e-4, 50_000, 1e-300),
    )
    zero, two = {"w": 0.0, "b": 0.0}, {"x1": 1.0, "x2": 2.0, "y1": 300.0, "y2": 500.0}
    yield (
        "line, m = 2",
        50_000,
        ours(LINE2, zero, two, 1e-2, 50_000),
        lambda: pair(0.0, 0.0, **two, alpha=1e-2, n=50_000, gtol=1e-300),
    )
    rng = np.random.default_rng(1)
    for size, steps in ((100, 5_000), (10_000, 2_000), (1_000_000, 20)):
        xs = rng.normal(size=size)
        data = {"x": xs, "y": 2 * xs + rng.normal(size=size), "m": size}
        yield (
            f"line, m = {size:g}", steps, ours(LINE, zero, data, 1e-3, steps),
            lambda d=data, s=steps: line(0.0, 0.0, d["x"], d["y"], 1e-3, s, 1e-300),
        )  # fmt: skip
    h00, h01 = float(xs @ xs) / size, float(xs.sum()) / size
    hessian = np.array([[h00, h01], [h01, 1.0]])

    def hoisted() -> Any:
        settings = Settings(maxiter=50_000, gtol=1e-300)
        return descend(
            LINE, zero, data, learning_rate=1e-4, settings=settings, quadratic=True, hessian=lambda _: hessian
        )

    yield (
        "line, m = 1e6, hoisted", 50_000, hoisted,
        lambda d=data: line_moments(0.0, 0.0, d["x"], d["y"], 1e-4, 50_000, 1e-300),
    )  # fmt: skip


def seconds(run: Any) -> tuple[float, Any]:
    start = time.thread_time()
    result = run()
    return time.thread_time() - start, result


def main() -> None:
    print(
        "| problem | steps | gdsym, us a step | expert, us a step | ratio (median of rounds) |\n|---|---|---|---|---|"
    )
    for name, steps, ours, expert in cases():
        run, hand = ours(), expert()
        assert np.allclose(run.history.params[w], hand[0], rtol=1e-9) and np.allclose(
            run.history.cost, hand[-2], rtol=1e-9
        )
        assert np.allclose(run.history.gradient_norm, hand[-1], rtol=1e-9) and run.nit == steps
        times: dict[str, list[float]] = {"ours": [], "expert": []}
        for _ in range(ROUNDS):
            for who, call in random.sample([("ours", ours), ("expert", expert)], 2):
                times[who].append(seconds(call)[0])
        ratio = statistics.median(a / e for a, e in zip(times["ours"], times["expert"], strict=True))
        medians = [statistics.median(times[who]) / steps * 1e6 for who in ("ours", "expert")]
        print(f"| {name} | {steps} | {medians[0]:.3f} | {medians[1]:.3f} | {ratio:.2f} |")
    print(f"\nNumPy {np.__version__}, load {os.getloadavg()[0]:.1f}, medians of {ROUNDS} interleaved rounds.")


if __name__ == "__main__":
    main()
