"""From the expression to the first value: describe, derive and check, compile and check, evaluate; milliseconds.

Each cost in a fresh process (what a user waits for the first time, after `import gdsym`), then in a warm one, as if it
were new, and as what it is there, a cost that was judged before.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sympy import Abs, KroneckerDelta, Sum, exp, log, symbols

import gdsym as gd
from benchmarks.contest import circumstances
from benchmarks.descent import HIDDEN, SCORE, H, U, V, W, X, b, i, j, k, m, n, v, w, x, y

TARGET = {"softmax": 400, "one hidden layer": 400}
ELSE = 150


def problems() -> dict[str, Any]:
    """Name -> (expression, parameters, start, data)."""
    s, K = symbols("s K", integer=True, positive=True)
    rows, t = np.arange(12.0).reshape(6, 2) / 7, np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    line, vector = {w: 0.1, b: 0.2}, {v: [0.1, 0.2], b: 0.3}
    score = Sum(W[k, j] * X[i, j], (j, 1, n))
    share = exp(score) / Sum(exp(score.subs(k, s)), (s, 1, K))
    p = 1 / (1 + exp(-SCORE))
    one, many = {x: t + 1, y: t}, {X: rows, y: t}
    hidden = {W: np.ones((4, 2)) / 3, U: np.ones(4) / 4, V: np.ones(4) / 5, b: 0}
    return {
        "line": (Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b], line, one),
        "absolute error": (Sum(Abs(w * x[i] + b - y[i]), (i, 1, m)) / m, [w, b], line, one),
        "linear, general k": (Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m), [v, b], vector, many),
        "log-loss of a sigmoid": (
            -Sum(y[i] * log(p) + (1 - y[i]) * log(1 - p), (i, 1, m)) / m, [v, b], vector, many,
        ),
        "two minima": ((w**2 - 1) ** 2 + (b**2 - 1) ** 2 + w * b / 5, [w, b], line, {}),
        "Rosenbrock": ((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b], line, {}),
        "softmax": (
            -Sum(Sum(KroneckerDelta(y[i], k) * log(share), (k, 1, K)), (i, 1, m)) / m,
            [W], {W: np.ones((2, 2))}, {X: rows, y: t + 1},
        ),
        "one hidden layer": (Sum((HIDDEN - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, U, V, b], hidden, many),
    }  # fmt: skip


def milliseconds(expr: Any, params: Any, start: Any, data: Any) -> tuple[float, float]:
    """(to the first value and gradient, then to the end of a first step)."""
    begin = time.process_time()
    cost = gd.Cost(expr, params)
    cost.compile().value_and_gradient(start, data)
    ready = time.process_time()
    cost.descend(start, data, maxiter=1)
    return (ready - begin) * 1e3, (time.process_time() - ready) * 1e3


def _unjudged(*problem: Any) -> tuple[float, float]:
    from gdsym.judging import judged

    judged.cache_clear()
    return milliseconds(*problem)


def fresh(name: str, rounds: int, cache: str, *, first: str = "pass") -> list[float]:
    """The medians over new processes that run `first` before; byte code is kept, as it is where a package is installed."""
    code = f"from benchmarks.latency import *; {first}; print(*milliseconds(*problems()[{name!r}]))"
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": cache}

    def one() -> list[float]:
        found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True)
        return [float(word) for word in found.stdout.split()]

    return _medians([one() for _ in range(rounds + 1)][1:])


def _medians(rows: Sequence[Sequence[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def main(rounds: int = 5) -> None:
    """Print the table, the new processes measured twice."""
    print(
        "\n| cost | asked | first value in a new process | after `from gdsym import Cost` | then a first step | a warm process "
        "| and a step | the same again |\n|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as cache:
        for name, problem in problems().items():
            milliseconds(*problem)
            first = [fresh(name, rounds, cache) for _ in range(2)]
            loaded = " / ".join(f"{fresh(name, rounds, cache, first='gd.Cost')[0]:.0f}" for _ in range(2))
            value, step = (" / ".join(f"{f:.0f}" for f in column) for column in zip(*first, strict=True))
            warm = _medians([_unjudged(*problem) for _ in range(2 * rounds)])
            again = _medians([milliseconds(*problem) for _ in range(2 * rounds)])
            print(
                f"| {name} | {TARGET.get(name, ELSE)} | {value} | {loaded} | {step} | {warm[0]:.0f} | {warm[1]:.1f} | {again[0]:.0f} |",
                flush=True,
            )
    print(
        "\nMilliseconds of the processor, from `gd.Cost(...)` on, after `import gdsym`: what that has not loaded counts, but in "
        "the column that says so; "
        f"{H} and the other sizes stay symbols. {circumstances()}"
    )
