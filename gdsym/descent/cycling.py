"""Does a run go to and fro across a kink, for ever, or hardly move any more?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gdsym.descent.history import History
from gdsym.descent.standing import scale
from gdsym.descent.task import flat

HARDLY = 1e-3  # of the largest parameter: a short step
WINDOW = 256  # rows at the end that are looked at


def is_stuck(history: History, scheduled: bool, linear: bool) -> bool:
    """Do the last rows go to and fro, by a rate (if it is `scheduled`) or steps that do not shrink any more?

    Steps of a rule that is linear shrink with the gradient and the rate only; AdaGrad's shrink of themselves.
    """
    rows = len(history)
    quarter = min(rows, WINDOW) // 4
    if quarter < 4 or _falls(history, rows, quarter) or not _keeps_its_length(history, rows, quarter):
        return False
    if scheduled:
        return bool((np.asarray(history.rate[rows - 2]) > 0.9 * np.asarray(history.rate[rows // 2])).any())
    return linear or _step_length(history, rows) > 0.9 * _step_length(history, rows * 3 // 4)


def _falls(history: History, rows: int, quarter: int) -> bool:
    """Is the lowest cost lower than before?"""
    cost = history.columns[len(history.keys)].between(rows - 4 * quarter, rows)
    before, after = cost[: 2 * quarter], cost[2 * quarter :]
    lowest = after.min()
    return not lowest >= before.min() - 0.05 * (after.max() - lowest)


def _keeps_its_length(history: History, rows: int, quarter: int) -> bool:
    """Are the last steps as long as before?"""
    steps = _lengths(history, rows - 4 * quarter, rows)
    return bool(steps[-quarter:].mean() > 0.9 * steps[quarter : 2 * quarter].mean() > 0)


def _lengths(history: History, first: int, last: int) -> Any:
    """Of the steps between some rows."""
    points = [c.between(first, last).reshape(last - first, -1) for c in history.columns[: len(history.keys)]]
    return np.linalg.norm(np.diff(np.concatenate(points, axis=1), axis=0), axis=1)


def _step_length(history: History, last: int) -> float:
    """Of the last steps before a row, in the mean."""
    steps = _lengths(history, max(0, last - WINDOW // 4), last)
    return float(steps.mean()) if len(steps) else 0.0


def crawls(history: History) -> bool:
    """Is the last of more than a few steps short beside where it leads?"""
    if len(history) <= 20:
        return False
    rows = [(c[-2], c[-1]) for c in history.columns[: len(history.keys)]]  # rows, not arrays
    if all(isinstance(now, float) for _, now in rows):
        length = math.hypot(*(now - before for before, now in rows))
        return bool(length <= HARDLY * max(1.0, *(abs(now) for _, now in rows)))
    before, after = map(flat, zip(*rows, strict=True))
    return bool(np.linalg.norm(after - before) <= HARDLY * scale(after))


def second_half(history: History) -> float:
    """By how much the cost over all data fell in the second half of the run; 0 where it rose, or the run is short."""
    costs = [cost for _, cost in history.epochs] if history.epochs else history.columns[len(history.keys)]
    rows = len(costs)
    return max(float(costs[rows // 2]) - float(costs[rows - 1]), 0.0) if rows > 20 else 0.0
