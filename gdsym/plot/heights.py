"""J over two parameters from above: contour lines, and the ways that descents take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.critical import Critical
from gdsym.plot.curve import run_key
from gdsym.plot.lettering import write_heights
from gdsym.plot.levels import chosen_levels
from gdsym.plot.runs import labels, listed
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, field_spans, given_spans, is_lost

Array = npt.NDArray[np.float64]
MARKERS = {"minimum": "*", "saddle": "X"}  # of critical points that are shown


@known_keywords
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
        off = draw_field(ax, part, frame, levels, found, rows)
        _draw_runs(ax, rows, shown, runs, frame, found, off)
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


def draw_field(
    ax: Any, part: Section, frame: Sequence[Span], levels: Any, found: Sequence[Critical], rows: Sequence[Array]
) -> str:
    """Bands of light colour, thin lines between them, a few of these with their heights.

    In words, what was taken off the heights, if anything.
    """
    from matplotlib.colors import BoundaryNorm, ListedColormap

    first, second, heights = grid(part, frame, part.grid_side)
    seen = [c for c in found if c.kind == "minimum" and paths.is_inside(c.point, frame)]
    lowest = min([float(np.nanmin(heights)), *(c.value for c in seen)])
    lines = chosen_levels(levels, heights, lowest)
    colours = style.pastel(len(lines) + 1)
    bands = ListedColormap(colours[1:-1]).with_extremes(under=colours[0], over=colours[-1])
    norm = BoundaryNorm(lines, len(lines) - 1)
    ax.contourf(first, second, heights, lines, cmap=bands, norm=norm, extend="both", zorder=0)
    drawn = ax.contour(first, second, heights, lines, colors="#3a4a55", linewidths=0.45, linestyles="solid", zorder=1)
    ax.set_xlim(frame[0])
    ax.set_ylim(frame[1])
    taken = [*rows, *(c.point[None] for c in seen)]
    return write_heights(ax, drawn, lines, np.ndim(levels) > 0, frame, taken, lowest)


def draw_critical(ax: Any, found: Sequence[Critical], rows: Sequence[Array], frame: Sequence[Span]) -> list[str]:
    """A star on every minimum within the frame, a cross on a saddle where a run ends; the words for the legend."""
    words = []
    for c in found:
        marker = MARKERS.get(c.kind)
        ends_here = any(paths.is_at(way[-1], c.point, frame) for way in rows)
        if marker and (c.kind == "minimum" or ends_here) and paths.is_inside(c.point, frame):
            ax.plot(
                *c.point,
                marker,
                markersize=9.5,
                color=style.INK,
                markeredgecolor="white",
                markeredgewidth=0.7,
                zorder=5.5,
            )
            words.append("end, at the minimum" if ends_here and c.kind == "minimum" and len(rows) == 1 else c.kind)
    return list(dict.fromkeys(words))


def _draw_runs(
    ax: Any, rows: Sequence[Array], runs: Sequence[Any], given: Any, frame: Sequence[Span],
    found: Sequence[Critical], off: str,
) -> None:  # fmt: skip
    signs = draw_critical(ax, found, rows, frame)
    fates, words = [], []
    for which, (points, run) in enumerate(zip(rows, runs, strict=True)):
        leaves = paths.draw_path(ax, points, frame, which)
        at_rest = any(c.kind in MARKERS and paths.is_at(points[-1], c.point, frame) for c in found)
        paths.draw_ends(ax, points, frame, which, end=not leaves and not at_rest)
        fates.append(paths.fate(run, leaves))
        words = [word for word in paths.told(points, frame, run) if not (at_rest and word == "end")]
    many = len(rows) > 1
    style.key_above(
        ax, [*(run_key(labels(given), fates) if many else paths.key(words)), *paths.key(signs), *paths.note(off)]
    )
