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
    if not cycles(*_rows(history, max(0, rows - WINDOW), rows)):
        return False
    if scheduled:
        return bool((np.asarray(history.rate[rows - 2]) > 0.9 * np.asarray(history.rate[rows // 2])).any())
    return linear or _step_length(history, rows) > 0.9 * _step_length(history, rows * 3 // 4)


def cycles(points: Any, costs: Any) -> bool:
    """Are the last steps as long as before, and the lowest cost no lower than before?"""
    n = min(len(costs), WINDOW) // 4
    if n < 4:
        return False
    x, cost = np.asarray(points)[-4 * n :], np.asarray(costs)[-4 * n :]
    steps = np.sqrt(np.sum(np.diff(x, axis=0) ** 2, axis=1))
    before, after = steps[n : 2 * n].mean(), steps[-n:].mean()
    best, swing = cost[: 2 * n].min(), np.ptp(cost[-2 * n :])
    return bool(after > 0.9 * before > 0 and cost[-2 * n :].min() >= best - 0.05 * swing)


def _rows(history: History, first: int, last: int) -> tuple[Any, Any]:
    """The flat points and the costs of some rows."""
    count = len(history.keys)
    points = [c.between(first, last).reshape(last - first, -1) for c in history.columns[:count]]
    return np.concatenate(points, axis=1), history.columns[count].between(first, last)


def _step_length(history: History, last: int) -> float:
    points, _ = _rows(history, max(0, last - WINDOW // 4), last)
    return float(np.mean(np.linalg.norm(np.diff(points, axis=0), axis=1))) if len(points) > 1 else 0.0
