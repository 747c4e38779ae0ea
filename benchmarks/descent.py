"""Microseconds a step: value, gradient, update, three histories and the stop test, gdsym beside everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sympy import Abs, Expr, IndexedBase, Sum, exp, log, symbols, tanh

import gdsym as gd
from benchmarks import hand, peers
from benchmarks.contest import OURS, REFERENCE, Contestant, Histories, Row, show

GTOL = 1e-300  # the test is made, and never met
w, b, lam = symbols("w b lambda")
i, j, k, m, n, H = symbols("i j k m n H", integer=True, positive=True)
x, y, X, v, W, U, V = map(IndexedBase, ("x", "y", "X", "v", "W", "U", "V"))

LINE: Expr = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
SCORE = Sum(v[j] * X[i, j], (j, 1, n)) + b
HIDDEN = Sum(V[k] * tanh(Sum(W[k, j] * X[i, j], (j, 1, n)) + U[k]), (k, 1, H)) + b


def costs() -> dict[str, gd.Cost]:
    """Each compiled once, before the clock runs."""
    return {
        "parabola": gd.Cost((w - 3) ** 2, [w]),
        "rosenbrock": gd.Cost((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b]),
        "line": gd.Cost(LINE, [w, b]),
        "pair": gd.Cost(LINE.subs(m, 2).doit(), [w, b]),
        "linear": gd.Cost(Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m), [v, b]),
        "lasso": gd.Cost(Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam * Sum(Abs(v[j]), (j, 1, n)), [v, b]),
        "logistic": gd.Cost(Sum(log(1 + exp(SCORE)) - y[i] * SCORE, (i, 1, m)) / m, [v, b]),
        "network": gd.Cost(Sum((HIDDEN - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, U, V, b]),
    }


def _rows_of(kept: Any) -> Any:
    return np.column_stack([np.reshape(np.array(c, dtype=float), (len(c), -1)) for c in kept])


def by_hand(run: Callable[[], Any]) -> Contestant:
    def read(kept: Any) -> Histories:
        return _rows_of(kept[0]), np.array(kept[1]), np.array(kept[2])

    return Contestant(REFERENCE, run, read)


def ours(
    cost: gd.Cost, start: dict[Any, Any], data: dict[Any, Any], alpha: float, steps: int, hoist: bool
) -> Contestant:
    def run() -> Any:
        return cost.descend(start, data, learning_rate=alpha, maxiter=steps, gtol=GTOL, hoist=hoist)

    def read(found: Any) -> Histories:
        params = _rows_of([found.history.params[p] for p in cost.params])
        return params, found.history.cost, found.history.gradient_norm

    return Contestant(OURS, run, read)


def small(costs: dict[str, gd.Cost], steps: int = 50_000) -> Iterator[Row]:
    """Plain floats."""
    one, two = np.zeros(1), np.array([-1.0, 1.0])
    yield Row("(w - 3)^2", steps, (
        ours(costs["parabola"], {w: 0}, {}, 1e-5, steps, False),
        by_hand(lambda: hand.parabola(0.0, 1e-5, steps, GTOL)),
        *_peers("parabola", one, (), 1e-5, steps),
        *peers.lambdify((w - 3) ** 2, [w], {}, one, 1e-5, steps, GTOL),
    ))  # fmt: skip
    yield Row("Rosenbrock, 2 parameters", steps, (
        ours(costs["rosenbrock"], {w: -1, b: 1}, {}, 1e-4, steps, False),
        by_hand(lambda: hand.rosenbrock(-1.0, 1.0, 1e-4, steps, GTOL)),
        *_peers("rosenbrock", two, (), 1e-4, steps),
        *peers.lambdify((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b], {}, two, 1e-4, steps, GTOL),
    ))  # fmt: skip
    X, y = np.array([1.0, 2.0]), np.array([300.0, 500.0])
    yield Row("line, m = 2, written out", steps, (
        ours(costs["pair"], {w: 0, b: 0}, {"x": X, "y": y}, 0.01, steps, False),
        by_hand(lambda: hand.pair(0.0, 0.0, X, y, 0.01, steps, GTOL)),
        *_peers("line", np.zeros(2), (X, y), 0.01, steps),
        *peers.lambdify(LINE, [w, b], {IndexedBase("x"): X, IndexedBase("y"): y}, [0, 0], 0.01, steps, GTOL),
    ))  # fmt: skip


def _peers(name: str, theta: Any, data: Any, alpha: float, steps: int) -> tuple[Contestant, ...]:
    cost = getattr(peers, name)
    return (
        *peers.autograd(cost, theta, data, alpha, steps, GTOL),
        *peers.torch(cost, theta, data, alpha, steps, GTOL),
        *peers.jax(cost, theta, data, alpha, steps, GTOL),
        *peers.numba(name, theta, data, alpha, steps, GTOL),
    )


def lines(costs: dict[str, gd.Cost], sizes: dict[int, int]) -> Iterator[Row]:
    """A line through m points; size -> steps."""
    for count, steps in sizes.items():
        rng = np.random.default_rng(1)
        xs = rng.normal(size=count)
        ys = 2 * xs + 1 + rng.normal(size=count)
        data, start = {x: xs, y: ys}, {w: 0, b: 0}
        yield Row(f"line, m = {count:g}", steps, (
            ours(costs["line"], start, data, 1e-2, steps, False),
            by_hand(lambda xs=xs, ys=ys, steps=steps: hand.line(0.0, 0.0, xs, ys, 1e-2, steps, GTOL)),
            *_peers("line", np.zeros(2), (xs, ys), 1e-2, steps),
            *peers.lambdify(LINE, [w, b], {x: xs, y: ys}, [0, 0], 1e-2, steps, GTOL),
        ))  # fmt: skip


def matrices(costs: dict[str, gd.Cost], shapes: dict[tuple[int, int], int]) -> Iterator[Row]:
    """Linear and logistic; (rows, columns) -> steps."""
    for name in ("linear", "logistic"):
        for (count, width), steps in shapes.items():
            A, ys = design(count, width, name == "logistic")
            step, first = getattr(hand, f"{name}_step"), np.full(width, 0.01)  # off the tie of max(z, 0) at 0
            yield Row(f"{name}, {count:g} x {width}", steps, (
                ours(costs[name], {v: first, b: 0.01}, {X: A, y: ys}, 1e-2, steps, False),
                by_hand(lambda s=step, A=A, ys=ys, f=first, n=steps: hand.vector(s(A, ys), f, 0.01, 1e-2, n, GTOL)),
                *_peers(name, np.full(width + 1, 0.01), (A, ys), 1e-2, steps),
            ))  # fmt: skip


def design(count: int, width: int, labels: bool) -> tuple[Any, Any]:
    rng = np.random.default_rng(2)
    A = rng.normal(size=(count, width))
    score = A @ rng.normal(size=width) / np.sqrt(width) + rng.normal(size=count)
    return A, (score > 0).astype(float) if labels else score


def networks(costs: dict[str, gd.Cost], widths: dict[int, int], count: int = 20_000) -> Iterator[Row]:
    """One hidden layer on 10 columns; width -> steps."""
    A, ys = design(count, 10, False)
    for width, steps in widths.items():
        rng = np.random.default_rng(3)
        first = rng.normal(size=(width, 10)), rng.normal(size=width), rng.normal(size=width), 0.0
        start = dict(zip((W, U, V, b), first, strict=True))
        yield Row(f"network 10-{width}-1, m = {count:g}", steps, (
            ours(costs["network"], start, {X: A, y: ys}, 1e-2, steps, False),
            by_hand(lambda f=first, n=steps: hand.network(hand.network_step(A, ys), *f, 1e-2, n, GTOL)),
        ))  # fmt: skip


def hoisted(costs: dict[str, gd.Cost], steps: int = 50_000) -> Iterator[Row]:
    """Quadratic costs that read the data a few times in a run, gdsym and by hand; set-up passes included."""
    rng = np.random.default_rng(1)
    xs = rng.normal(size=1_000_000)
    ys = 2 * xs + 1 + rng.normal(size=len(xs))
    yield Row("line, m = 1e6, hoisted", steps, (
        ours(costs["line"], {w: 0, b: 0}, {x: xs, y: ys}, 1e-4, steps, True),
        by_hand(lambda: hand.line_hoisted(0.0, 0.0, xs, ys, 1e-4, steps, GTOL)),
    ))  # fmt: skip
    for width in (10, 100):
        A, t = design(100_000, width, False)
        yield Row(f"linear, 1e5 x {width}, hoisted", steps, (
            ours(costs["linear"], {v: np.zeros(width), b: 0}, {X: A, y: t}, 1e-4, steps, True),
            by_hand(lambda A=A, t=t: hand.linear_hoisted(A, t, 1e-4, steps, GTOL)),
        ))  # fmt: skip
        yield Row(f"lasso, 1e5 x {width}, hoisted", steps, (
            ours(costs["lasso"], {v: np.zeros(width), b: 0}, {X: A, y: t, lam: 0.1}, 1e-4, steps, True),
            by_hand(lambda A=A, t=t: hand.lasso_hoisted(A, t, 0.1, 1e-4, steps, GTOL)),
        ))  # fmt: skip


def main(rounds: int = 9, *parts: int) -> None:
    """Print the table, each row measured twice; `parts` are some of them: 0 plain floats to 5 hoisted."""
    made = costs()
    for cost in made.values():
        cost.compile()
    groups: tuple[Callable[[], Iterator[Row]], ...] = (
        lambda: small(made),
        lambda: lines(made, {100: 20_000, 10_000: 2000, 1_000_000: 30}),
        lambda: matrices(made, {(100_000, 10): 200}),
        lambda: matrices(made, {(100_000, 100): 30}),
        lambda: networks(made, {16: 40}),
        lambda: hoisted(made),
    )
    show((row for part in parts or range(len(groups)) for row in groups[part]()), rounds)
