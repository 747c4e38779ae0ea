"""Fair timing: all contestants in one process on one core, first checked against each other, then in random order."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Histories = tuple[Any, Any, Any]  # parameters (rows, p), cost (rows,), gradient norm (rows,)
REFERENCE = "expert"
OURS = "gdsym"
AGREE = 1e-9


@dataclass(frozen=True)
class Contestant:
    """`run` makes a whole descent and returns whatever it keeps; `read` turns that into histories."""

    name: str
    run: Callable[[], Any]
    read: Callable[[Any], Histories]
    steps: int = 0  # fewer than the row's for those who take long; 0: as many


@dataclass(frozen=True)
class Row:
    """One problem: the number of steps of a run, and who runs it."""

    name: str
    steps: int
    contestants: tuple[Contestant, ...]


@dataclass(frozen=True)
class Outcome:
    """Microseconds a step by contestant, and gdsym's time divided by theirs in the same round, medians both."""

    us: dict[str, float]
    ratio: dict[str, float]


def measured(row: Row, rounds: int) -> Outcome:
    """Check, then time `rounds` rounds, each in a random order."""
    agree(row)
    times: dict[str, list[float]] = {c.name: [] for c in row.contestants}
    for _ in range(rounds):
        for contestant in random.sample(row.contestants, len(row.contestants)):
            times[contestant.name].append(seconds(contestant.run) / (contestant.steps or row.steps))
    us = {name: statistics.median(ts) * 1e6 for name, ts in times.items()}
    ratio = {
        name: statistics.median(ours / theirs for ours, theirs in zip(times[OURS], ts, strict=True))
        for name, ts in times.items()
    }
    return Outcome(us, ratio)


def agree(row: Row) -> None:
    """Everybody's histories equal the expert's to 1e-9; running once is also the warm-up."""
    kept = {c.name: c.read(c.run()) for c in row.contestants}
    for name, histories in kept.items():
        for what, mine, right in zip(("parameters", "cost", "norm"), histories, kept[REFERENCE], strict=True):
            mine, right = np.asarray(mine, dtype=float), np.asarray(right, dtype=float)[: len(mine)]
            scale = np.abs(right).max()
            if mine.shape != right.shape or not np.allclose(mine, right, rtol=AGREE, atol=AGREE * scale):
                raise AssertionError(f"{row.name}: the {what} of {name} differ from the expert's")


def seconds(run: Callable[[], Any]) -> float:
    """Processor time of the whole process: the machine may have other work."""
    start = time.process_time()
    run()
    return time.process_time() - start


def show(rows: Iterable[Row], rounds: int) -> None:
    """A line a problem as it is measured, twice: microseconds a step, and in brackets how many times gdsym's time that is."""
    names: list[str] = []
    for row in rows:
        if not names:  # the first row has all contestants
            names = [c.name for c in row.contestants]
            print(f"\n| problem | {' | '.join(names)} |\n{'|---' * (len(names) + 1)}|", flush=True)
        outcomes = [measured(row, rounds) for _ in range(2)]
        print(f"| {row.name} | {' | '.join(_cell(outcomes, n) for n in names)} |", flush=True)
    print(f"\n{circumstances()} Medians of {rounds} interleaved rounds, twice; in brackets: times gdsym's time.")


def _cell(outcomes: Sequence[Outcome], name: str) -> str:
    if name not in outcomes[0].us:
        return "-"
    least = figure(min(o.us[name] for o in outcomes))
    if name == OURS:
        return " / ".join(figure(o.us[name]) for o in outcomes)
    times = [1 / o.ratio[name] for o in outcomes]
    return f"{least} ({' / '.join(f'{t:.0f}' if t >= 20 else f'{t:.2f}' for t in times)})"


def figure(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def circumstances() -> str:
    """Versions, processor, load, date."""
    found = []
    for name in ("numpy", "sympy", "python-flint", "symengine", "autograd", "jax", "numba", "torch"):
        try:
            found.append(f"{name} {__import__('importlib.metadata').metadata.version(name)}")
        except ModuleNotFoundError:
            continue
    load, day = os.getloadavg()[0], time.strftime("%Y-%m-%d")
    return f"{day}. Python {platform.python_version()}, {', '.join(found)}; {_blas()}; {_processor()}; load {load:.1f}."


def _blas() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "BLAS kernel unknown (install threadpoolctl)"
    blas = [i for i in threadpool_info() if i["user_api"] == "blas"]
    return ", ".join(f"{i['internal_api']} {i['version']} {i.get('architecture')} x{i['num_threads']}" for i in blas)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    return f"{model}, {os.cpu_count()} cores, one used"
