"""How a step grows: with the samples, the parameters, the width of a network; and what it holds in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.contest import Row, show
from benchmarks.descent import X, b, costs, design, lines, matrices, networks, v, w, x, y


def memory(made: Any) -> Iterator[str]:
    """Bytes that a run of 10 steps holds at its peak, beyond the data, in units of one array of m numbers."""
    yield "| direct run | m | peak, in arrays of m numbers |\n|---|---|---|"
    for name, count, width in (("line", 1_000_000, 1), ("line", 8_000_000, 1), ("linear", 200_000, 50)):
        A, t = design(count, width, False)
        data = {x: A[:, 0].copy(), y: t} if name == "line" else {X: A, y: t}
        start = {w: 0, b: 0} if name == "line" else {v: np.zeros(width), b: 0}
        tracemalloc.start()
        made[name].descend(start, data, maxiter=10, gtol=0, hoist=False)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield f"| {name}, {width} columns | {count:,} | {peak / 8 / count:.2f} |"


def main(rounds: int = 3, *parts: int) -> None:
    """Print the tables, each measured twice; `parts` are some of them: 0 lines, 1 matrices, 2 networks, 3 memory."""
    made = costs()
    sizes = {100: 20_000, 1000: 10_000, 10_000: 2000, 100_000: 300, 1_000_000: 20, 10_000_000: 4}
    shapes = {(20_000, 1): 2000, (20_000, 10): 600, (20_000, 100): 60, (20_000, 1000): 20}
    groups: tuple[Iterator[Row], ...] = (
        lines(made, sizes), matrices(made, shapes), networks(made, {4: 20, 16: 10, 64: 4, 256: 2}),
    )  # fmt: skip
    rows = (row for number, group in enumerate(groups) if not parts or number in parts for row in group)
    kept = (Row(r.name, r.steps, tuple(c for c in r.contestants if c.name != "lambdify")) for r in rows)
    show(kept, rounds)
    if not parts or len(groups) in parts:
        print("\n" + "\n".join(memory(made)))
