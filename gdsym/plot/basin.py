"""Basins of attraction: which minimum each start of a grid descends to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymError
from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.attract import (
    MOST,
    NOWHERE,
    descended,
    gathered,
    given_point,
    ordered,
    reached,
    sample_paths,
    starts_of,
)
from gdsym.plot.everywhere import gradient_everywhere
from gdsym.plot.heights import grid
from gdsym.plot.labels import math_of, number
from gdsym.plot.levels import rising
from gdsym.plot.runs import listed
from gdsym.plot.section import Section, data_of, section
from gdsym.plot.spans import Span, field_spans, given_spans, is_lost
from gdsym.writing.names import latex_name

Array = npt.NDArray[np.float64]

SIDE = 161
STILL = 1e-9  # a step of so many frame sides is none
LIGHT = ("#9CC9E6", "#F6C9A0", "#B5E0CF", "#EBCBDD", "#F5E6A8", "#D9D9F0")
NO_MINIMUM = "#E4E4E4"


@known_keywords
def basins(
    cost: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    params: Any = None,
    runs: Any = None,
    at: Mapping[Any, Any] | None = None,
    span: Any = None,
    minima: Any = None,
    learning_rate: float = 0.01,
    maxiter: int = 1000,
    ax: Any = None,
) -> Any:
    """The plane of starts, coloured by the minimum that plain gradient descent reaches from each.

    All starts of a grid descend at once; a start that has reached no minimum after `maxiter` steps, or has left for
    infinity, is grey. Each minimum has a star and a number, with its cost in the legend.

    Args:
        cost: the `Cost`.
        data: as for `descend`.
        params: two of Symbols, entries `w[1]`, or names; may be left out if the cost has just two numbers to choose.
        runs: runs to draw; without it four sample paths are.
        at: where the other parameters start.
        span: ((low, high), (low, high)), or a dict by parameter; without it round the minima.
        minima: the minima as a list of points (or of dicts by parameter); without it the ends are gathered.
        learning_rate, maxiter: as for `descend`.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w, b = symbols("w b")
        >>> ax = gd.plot.basins(gd.Cost(w**4 - 8*w**2 + 3*b**2, [w, b]), learning_rate=0.01, span=((-3, 3), (-3, 3)))
        >>> ax.get_xlabel()
        '$w$'
    """
    _refuse_settings(learning_rate, maxiter)
    shown = listed(runs, "basins")
    part = section(cost, params, 2, data, at, shown, "basins")
    data = data if data is not None else data_of(shown)
    asked = given_spans(part, span, "basins")
    frame = asked or field_spans(part, [part.path(r) for r in shown], [is_lost(r) for r in shown])[0]
    heights = rising(grid(part, frame, part.grid_side)[2])
    gradient = gradient_everywhere(part, data)
    still = STILL * min(high - low for low, high in frame) / learning_rate
    ends = descended(gradient, starts_of(part, frame, SIDE), learning_rate, maxiter, still)
    known = [given_point(part, one) for one in minima] if minima is not None else gathered(part, ends, frame)
    found = ordered(part, known)
    with style.look():
        ax = style.axes_or_new(ax, height=3.0)
        which = reached(part, ends, found, frame)
        _draw_plane(ax, which, frame)
        _draw_ways(ax, part, shown, gradient, frame, learning_rate, maxiter)
        _draw_minima(ax, part, found, float(np.abs(heights).max()), bool((which == NOWHERE).any()))
        ax.set_xlabel(part.axis_label(0))
        ax.set_ylabel(part.axis_label(1))
        return style.dressed(ax, boxed=True)


def _refuse_settings(learning_rate: Any, maxiter: Any) -> None:
    if not isinstance(learning_rate, (int, float)) or not 0 < learning_rate < np.inf:
        raise GdsymError(f"learning_rate is {learning_rate!r:.60}; basins takes one positive number, e.g. 0.01.")
    if not isinstance(maxiter, int) or maxiter < 1:
        raise GdsymError(f"maxiter is {maxiter!r:.60}; give a whole number of steps, e.g. 1000.")


def _draw_plane(ax: Any, which: Array, frame: Sequence[Span]) -> None:
    from matplotlib.colors import ListedColormap

    first, second = (np.linspace(*span, len(which)) for span in frame)
    colours = ListedColormap([NO_MINIMUM, *LIGHT])
    ax.pcolormesh(
        first,
        second,
        which,
        cmap=colours,
        vmin=NOWHERE - 0.5,
        vmax=MOST - 0.5,
        shading="nearest",
        rasterized=True,
        zorder=0,
    )
    for k in np.unique(which):
        ax.contour(first, second, which == k, [0.5], colors="#ffffff", linewidths=0.8, zorder=1)
    ax.set_xlim(frame[0])
    ax.set_ylim(frame[1])


def _draw_ways(
    ax: Any, part: Section, runs: Sequence[Any], gradient: Any, frame: Sequence[Span], rate: float, maxiter: int
) -> None:
    ways = [part.path(r) for r in runs] or sample_paths(part, gradient, frame, rate, maxiter)
    for way in ways:
        inside, _ = paths.clipped(way, frame)
        if not len(inside):
            continue
        line, dots = (
            inside[paths.spaced(inside, frame, paths.FINE)],
            inside[paths.spaced(inside, frame, 1.5 * paths.APART)],
        )
        ax.plot(*line.T, color="#333333", linewidth=0.8, zorder=3)
        ax.plot(*dots[1:].T, "o", color="#333333", markersize=1.8, markeredgewidth=0, zorder=3)
        ax.plot(
            *inside[0],
            "o",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor="#333333",
            markeredgewidth=1,
            zorder=4,
        )


def _draw_minima(ax: Any, part: Section, found: Sequence[Array], size: float, grey: bool) -> None:
    """Stars with numbers; their costs, where costs are of this size, in the key, and what is grey if anything is."""
    from matplotlib.patches import Patch

    columns = [e.at for e in part.entries]
    handles = []
    for k, point in enumerate(found):
        ax.plot(
            *point[columns], "*", markersize=10, color=style.INK, markeredgecolor="white", markeredgewidth=0.7, zorder=5
        )
        ax.annotate(
            str(k + 1),
            point[columns],
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=9,
            zorder=6,
            path_effects=style.halo(),
        )
        value = part.bound.fun(point)
        shown = 0.0 if abs(value) < 1e-9 * size else value
        handles.append(
            Patch(color=LIGHT[k], label=f"{k + 1}: {math_of(f'{latex_name(part.cost.name)} = {number(shown, 3)}')}")
        )
    if grey:
        handles.append(Patch(color=NO_MINIMUM, label="no minimum reached"))
    style.key_above(ax, handles)
