"""The runs that a picture shows: one, several, or several with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymTypeError
from gdsym.plot.labels import math_of, number, words

MOST = 7  # as many as there are colours with dashes and markers of their own


def listed(runs: Any, what: str) -> tuple[Any, ...]:
    """The runs as a tuple, checked to be descents."""
    found = () if runs is None else (runs,) if hasattr(runs, "history") else _all(runs, what)
    for run in found:
        if not hasattr(run, "history") or not hasattr(run, "status"):
            raise GdsymTypeError(f"{what} draws runs, as Cost.descend returns them, not {type(run).__name__}.")
    if len(found) > MOST:
        raise GdsymTypeError(f"{what} tells {MOST} runs apart, but {len(found)} were given: choose some of them.")
    return found


def _all(runs: Any, what: str) -> tuple[Any, ...]:
    if isinstance(runs, Mapping):
        return tuple(runs.values())
    if isinstance(runs, (list, tuple)):
        return tuple(runs)
    raise GdsymTypeError(f"{what} draws runs, as Cost.descend returns them, not {type(runs).__name__}.")


def costs_of(run: Any) -> npt.NDArray[np.float64]:
    """Rows (step, cost); of a run with mini-batches, whose rows have their batch's cost, the full cost once an epoch."""
    history = run.history
    if not len(history.epoch_step):
        return np.column_stack([history.step, history.cost]).astype(float)
    steps, costs = [*history.epoch_step, run.nit], [*history.epoch_cost, run.fun]
    last = len(steps) - (steps[-2:-1] == steps[-1:])  # an epoch that has just begun
    return np.column_stack([steps, costs]).astype(float)[:last]


def labels(runs: Any) -> tuple[str, ...]:
    """What tells the runs apart: the caller's labels, else the learning rates, else the update rules."""
    if isinstance(runs, Mapping):
        digits = _digits([key for key in runs if isinstance(key, (int, float))])
        return tuple(_rate(key, digits) if isinstance(key, (int, float)) else words(key) for key in runs)
    found = listed(runs, "labels")
    rates = [_constant_rate(run) for run in found]
    rules = [_rule(run) for run in found]
    digits = _digits([r for r in rates if r is not None])
    if all(r is not None for r in rates) and (len(set(rates)) == len(found) or len(found) == 1):
        return tuple(_rate(r, digits) for r in rates if r is not None)
    if len(set(rules)) == len(found):
        return tuple(rules)
    both = [
        f"{rule}, {'changing rate' if r is None else _rate(r, digits)}" for rule, r in zip(rules, rates, strict=True)
    ]
    return tuple(both) if len(set(both)) == len(found) else _starts(found)


def _starts(runs: Sequence[Any]) -> tuple[str, ...]:
    """Runs that differ in nothing else by where they start, or by their number if that is too long to say."""
    rows = [np.concatenate([np.ravel(v[0]) for v in run.history.params.values()]) for run in runs]
    if max(map(len, rows)) > 2 or len({tuple(r) for r in rows}) < len(rows):
        return tuple(f"run {k + 1}" for k in range(len(runs)))
    return tuple(f"from {math_of('(' + _comma(['{' + number(float(v), 3) + '}' for v in row]) + ')')}" for row in rows)


def _comma(parts: Sequence[str]) -> str:
    return r",\,".join(parts)


def _rate(value: float, digits: int) -> str:
    return math_of(rf"\alpha = {number(float(value), digits)}")


def _digits(rates: Sequence[float]) -> int:
    """As many as tell the rates apart, four at least."""
    return next((d for d in range(4, 17) if len({number(float(r), d) for r in rates}) == len(set(rates))), 17)


def _constant_rate(run: Any) -> float | None:
    rate = np.asarray(run.history.rate, dtype=float)
    used = rate[:-1] if len(rate) > 1 else rate
    used = used[np.isfinite(used)] if used.ndim == 1 else np.zeros(0)
    return float(used[0]) if len(used) and np.all(used == used[0]) else None


def _rule(run: Any) -> str:
    return words(getattr(getattr(run, "rule", None), "name", "gradient descent"))
