"""Does a run go to and fro across a kink, for ever?"""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsym.descent.history import History

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
