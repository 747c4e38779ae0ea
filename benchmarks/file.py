"""One descent over a memory map: `python -m benchmarks file 10000000` (rows of 10 columns; 100,000,000 is 8.8 GB)."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contest import circumstances
from benchmarks.descent import X, b, costs, v, y

WIDTH = 10
CHUNK = 100_000


def written(folder: Path, rows: int) -> tuple[Any, Any]:
    """X and y = X (1, ..., 10) + 0.5 + noise on disk, chunk by chunk."""
    A = np.memmap(folder / "X.bin", dtype=float, mode="w+", shape=(rows, WIDTH))
    t = np.memmap(folder / "y.bin", dtype=float, mode="w+", shape=(rows,))
    rng = np.random.default_rng(0)
    for at in range(0, rows, CHUNK):
        part = rng.normal(size=(min(CHUNK, rows - at), WIDTH))
        A[at : at + CHUNK] = part
        t[at : at + CHUNK] = part @ np.arange(1.0, WIDTH + 1) + 0.5 + 0.1 * rng.normal(size=len(part))
    A.flush()
    t.flush()
    return np.memmap(folder / "X.bin", dtype=float, mode="r", shape=A.shape), np.memmap(folder / "y.bin", float, "r")


def watched(run: Callable[[], Any]) -> tuple[Any, float, float, float]:
    """The result, seconds, and the largest resident memory of our own and of pages of files meanwhile, in GB."""
    peaks, over = [0.0, 0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            with open("/proc/self/status") as lines:
                kept = {a: int(rest.split()[0]) / 1e6 for a, _, rest in (x.partition(":") for x in lines) if "Rss" in a}
            peaks[:] = max(peaks[0], kept["RssAnon"]), max(peaks[1], kept["RssFile"])

    watcher = threading.Thread(target=look)
    watcher.start()
    begin = time.perf_counter()
    found = run()
    took = time.perf_counter() - begin
    over.set()
    watcher.join()
    return found, took, *peaks


def main(rows: int = 1_000_000) -> None:
    """Print seconds and the peaks of resident memory."""
    cost = costs()["linear"]
    with tempfile.TemporaryDirectory() as folder:
        A, t = written(Path(folder), rows)
        size = (A.nbytes + t.nbytes) / 1e9
        print(
            f"\n| {size:.2f} GB on disk, {rows:,} x {WIDTH} | seconds | own memory, GB | pages of the file, GB | slope 10 |"
        )
        print("|---" * 5 + "|")
        for name, hoist, steps in (("hoisted, 2000 steps", True, 2000), ("direct, 5 steps", False, 5)) * 2:
            how: dict[str, Any] = {"learning_rate": 0.5, "maxiter": steps, "gtol": 0, "hoist": hoist}
            run, took, own, pages = watched(
                lambda how=how: cost.descend({v: np.zeros(WIDTH), b: 0}, {X: A, y: t}, **how)
            )
            print(f"| {name} | {took:.2f} | {own:.2f} | {pages:.2f} | {run.params[v][9]:.4f} |", flush=True)
    print(f"\nThe system may drop the pages of the file at any moment. {circumstances()}")
