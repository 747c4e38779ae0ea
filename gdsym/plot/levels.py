"""Heights of contour lines: close together near the lowest point, so that the valley shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymError
from gdsym.plot.scales import LONG

Array = npt.NDArray[np.float64]
DECADES = 3.0
FARTHEST = 1e200  # heights that leave room for a picture's own arithmetic


def rising(heights: Array, lowest: float | None = None) -> Array:
    """Those that are finite; there is nothing to draw where none is higher than the lowest, nor beyond all pictures."""
    finite = heights[np.isfinite(heights)]
    if not len(finite) or finite.max() <= (finite.min() if lowest is None else lowest):
        raise GdsymError(
            "The cost is constant or not defined all over the frame; give another span=((low, high), (low, high))."
        )
    if np.abs(finite).max() > FARTHEST:
        raise GdsymError(
            f"The costs in the frame go up to {np.abs(finite).max():.3g}, too far to be drawn (beyond {FARTHEST:g}); give a "
            "smaller span=((low, high), (low, high)), or draw cost_curve or learning_rates."
        )
    return finite


def log_levels(heights: Array, lowest: float, count: int | None = None) -> Array:
    """`lowest` + rises of 1, 2, 5, 10, ... (or `count` in geometric steps) over at most three decades."""
    finite = rising(heights, lowest)
    rise = np.sort(finite - lowest)
    top = float(rise[int(0.97 * (len(rise) - 1))]) or float(rise[-1])
    low = max(top * 10.0**-DECADES, float(rise[int(0.002 * (len(rise) - 1))]), top * 1e-6)
    low = min(low, top / 3)
    return lowest + np.geomspace(low, top, count) if count else _rounded(lowest, _one_two_five(low, top))


def _one_two_five(low: float, top: float) -> Array:
    """Round numbers from `low` to `top`; always at least four."""
    tens = np.arange(np.floor(np.log10(low)) - 1, np.ceil(np.log10(top)) + 1)
    rises = np.outer(10.0**tens, [1.0, 2.0, 5.0]).ravel()
    inside = rises[(rises >= 0.99 * low) & (rises <= 1.01 * top)]
    return np.asarray(inside if len(inside) >= 4 else np.geomspace(low, top, 6))


def _rounded(lowest: float, rises: Array) -> Array:
    """Heights that are round themselves, 200 and not 201, each with its order kept; rises of 1 go to tenths, others to ones."""
    tens = 10.0 ** np.floor(np.log10(rises) + 1e-9)
    unit = np.where(rises < 1.5 * tens, 0.1 * tens, tens)
    levels = np.round((lowest + rises) / unit) * unit
    far = abs(lowest) >= LONG * rises[-1]  # these are written as rises
    return lowest + rises if far or not (np.diff(levels) > 0).all() or levels[0] <= lowest else levels


def chosen_levels(levels: Any, heights: Array, lowest: float) -> Array:
    """The caller's levels (a count or heights), or log-spaced ones."""
    if levels is None:
        return log_levels(heights, lowest)
    if isinstance(levels, (int, np.integer)) and not isinstance(levels, bool):
        if not 2 <= levels <= 100:
            raise GdsymError(f"levels={levels}: give a count from 2 to 100, or the heights themselves.")
        return log_levels(heights, lowest, int(levels))
    try:
        own = np.unique(np.asarray(list(levels), dtype=float))
    except (TypeError, ValueError):
        raise GdsymError(f"levels is {str(levels)[:60]!r}; give a count, or a list of heights.") from None
    if len(own) < 2 or not np.isfinite(own).all():
        raise GdsymError("levels needs two or more finite heights.")
    return own
