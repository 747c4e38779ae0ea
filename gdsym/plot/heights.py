"""J over two parameters from above: contour lines, and the ways that descents take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.plot import paths, style
from gdsym.plot.critical import Critical
from gdsym.plot.curve import run_key
from gdsym.plot.labels import math_of, number
from gdsym.plot.levels import chosen_levels
from gdsym.plot.runs import labels, listed
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, field_spans, given_spans, is_lost

Array = npt.NDArray[np.float64]


def contour(
    cost: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    params: Any = None,
    runs: Any = (),
    at: Mapping[Any, Any] | None = None,
    span: Any = None,
    levels: Any = None,
    ax: Any = None,
) -> Any:
    """Contour lines of J over two parameters, log-spaced above the lowest point, with the descents' paths.

    Args:
        cost: the `Cost`.
        data: as for `descend`; without it the first run's own.
        params: two of Symbols, entries `w[1]`, or names; may be left out if the cost has just two numbers to choose.
        runs: a run, several, or a dict label -> run. One that diverges is cut off where it leaves the frame.
        at: numbers for the other parameters; without it the end of the first run is used.
        span: ((low, high), (low, high)), or a dict by parameter; without it chosen from the runs and minima.
        levels: how many lines, or their heights.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w, b = symbols("w b")
        >>> ax = gd.plot.contour(gd.Cost((w - 1)**2 + 3*(b + 2)**2, [w, b]))
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('$w$', '$b$')
    """
    shown = listed(runs, "contour")
    part = section(cost, params, 2, data, at, shown, "contour")
    rows = [part.path(r) for r in shown]
    frame, found = frame_of(part, rows, [is_lost(r) for r in shown], span, "contour")
    with style.look():
        ax = style.axes_or_new(ax, height=2.75)
        draw_field(ax, part, frame, levels, found)
        minima = draw_minima(ax, found, frame)
        _draw_runs(ax, rows, runs, frame, minima)
        ax.set_xlabel(part.axis_label(0))
        ax.set_ylabel(part.axis_label(1))
        return style.dressed(ax, boxed=True)


def frame_of(
    part: Section, rows: Sequence[Array], lost: Sequence[bool], span: Any, what: str
) -> tuple[tuple[Span, ...], tuple[Critical, ...]]:
    """The frame (given or chosen) and the critical points found on the way."""
    asked = given_spans(part, span, what)
    chosen, found = field_spans(part, rows, lost)
    return asked or chosen, found


def grid(part: Section, frame: Sequence[Span], side: int) -> tuple[Array, Array, Array]:
    """Ticks of both axes, and J at every crossing (second entry down the rows)."""
    first, second = (np.linspace(*span, side) for span in frame)
    points = np.stack(np.meshgrid(first, second), -1).reshape(-1, 2)
    return first, second, part.values(points).reshape(side, side)


def draw_field(ax: Any, part: Section, frame: Sequence[Span], levels: Any, found: Sequence[Critical]) -> None:
    """Bands of light colour, thin lines between them, a few of these with their heights."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    first, second, heights = grid(part, frame, part.grid_side)
    lowest = min([float(np.nanmin(heights)), *(c.value for c in found if c.kind == "minimum")])
    lines = chosen_levels(levels, heights, lowest)
    colours = style.pastel(len(lines) + 1)
    bands = ListedColormap(colours[1:-1])
    bands.set_extremes(under=colours[0], over=colours[-1])
    norm = BoundaryNorm(lines, len(lines) - 1)
    ax.contourf(first, second, heights, lines, cmap=bands, norm=norm, extend="both", zorder=0)
    drawn = ax.contour(first, second, heights, lines, colors="#3a4a55", linewidths=0.45, zorder=1)
    _write_heights(ax, drawn, lines)
    ax.set_xlim(frame[0])
    ax.set_ylim(frame[1])


def _write_heights(ax: Any, drawn: Any, lines: Array) -> None:
    """The heights of every third line, small, in gaps of the line."""
    texts = {level: math_of(number(level, 2)) for level in lines[1::3]}
    for text in ax.clabel(drawn, levels=list(texts), fmt=texts, fontsize=6.5, inline=True, inline_spacing=2):
        text.set_color("#2a363f")
        text.set_zorder(1.5)


def draw_minima(ax: Any, found: Sequence[Critical], frame: Sequence[Span]) -> bool:
    """A star on every minimum within the frame; was there one?"""
    low, high = np.array(frame).T
    inside = [c.point for c in found if c.kind == "minimum" and ((c.point >= low) & (c.point <= high)).all()]
    for point in inside:
        ax.plot(*point, "*", markersize=9, color=style.INK, markeredgecolor="white", markeredgewidth=0.7, zorder=5.5)
    return bool(inside)


def _draw_runs(ax: Any, rows: Sequence[Array], given: Any, frame: Sequence[Span], minima: bool) -> None:
    left = []
    for which, points in enumerate(rows):
        leaves = paths.draw_path(ax, points, frame, which)
        paths.draw_ends(ax, points, frame, which, leaves)
        left.append(leaves)
    if len(rows) > 1:
        style.key_above(ax, run_key(labels(given), left), columns=2 if len(rows) in (2, 4) else 3)
    else:
        ends = bool(rows) and not any(left)
        style.key_above(ax, paths.key(start=bool(rows), end=ends, minimum=minima, leaves=any(left)))
