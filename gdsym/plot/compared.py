"""Descents against each other: how far above the lowest cost each one still is, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymError
from gdsym.keywords import known_keywords
from gdsym.plot import style
from gdsym.plot.curve import run_key
from gdsym.plot.rates import draw_lines, made
from gdsym.plot.runs import costs_of, labels, listed

Array = npt.NDArray[np.float64]


@known_keywords
def compare(
    runs: Any,
    start: Mapping[Any, Any] | None = None,
    updates: Sequence[Any] | None = None,
    *,
    data: Mapping[Any, Any] | None = None,
    learning_rate: Any = 0.01,
    maxiter: int = 100,
    ax: Any = None,
) -> Any:
    """How far each descent is above the lowest cost that any of them reached, against the step, on a logarithmic scale.

    The run that reached it falls through the floor at its end. Runs with mini-batches are drawn by their full cost, once an epoch.

    Args:
        runs: runs of one cost as `descend` returns them, a dict label -> run, or a `Cost` (then with `start` and `updates`).
        start, updates, data, learning_rate, maxiter: for a `Cost`: one descent for each update rule is made.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Raises:
        GdsymError: no run is given, or a cost without start or updates; no run that moves.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w, b = symbols("w b")
        >>> cost = gd.Cost((w - 1)**2 + 9*(b + 2)**2 + 4, [w, b])
        >>> rules = [gd.GradientDescent(), gd.Momentum(), gd.Adam()]
        >>> ax = gd.plot.compare(cost, {w: 0, b: 0}, rules, learning_rate=0.02)
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('step', '$J(w,\\\\,b)$ above the lowest reached')
    """
    given = _made(runs, start, updates, data, learning_rate, maxiter) if hasattr(runs, "descend") else runs
    shown = listed(given, "compare")
    if not shown:
        raise GdsymError("compare was given no run; give runs, or a cost with start and updates.")
    lines = _lines(shown)
    if not any(np.isfinite(line).all(axis=1).any() for line in lines):
        raise GdsymError(
            "All runs stay at one cost, so none is above the lowest reached and there is nothing to draw; give runs that move."
        )
    with style.look():
        ax = style.axes_or_new(ax)
        draw_lines(ax, lines, shown, runs, " above the lowest reached")
        style.key_above(ax, run_key(labels(given)))
        return style.dressed(ax)


def _made(cost: Any, start: Any, updates: Any, data: Any, rate: Any, maxiter: int) -> list[Any]:
    if updates is not None and not isinstance(updates, (list, tuple)):
        raise GdsymError("updates is a list of update rules, such as [gd.GradientDescent(), gd.Adam()].")
    settings = None if updates is None else [{"update": rule, "learning_rate": rate} for rule in updates]
    return made(cost, start, settings, data, maxiter, "compare", "updates", "[gd.Momentum(), gd.Adam()]")


def _lines(runs: Sequence[Any]) -> list[Array]:
    """Rows (step, log10 of what is above the lowest cost of all)."""
    rows = [costs_of(run) for run in runs]
    lowest = min(float(np.nanmin(line[:, 1])) for line in rows)
    with np.errstate(divide="ignore"):
        return [np.column_stack([line[:, 0], np.log10(line[:, 1] - lowest)]) for line in rows]
