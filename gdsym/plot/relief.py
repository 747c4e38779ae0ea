"""J over two parameters as a surface in space, the descent's path above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.curve import run_key
from gdsym.plot.heights import frame_of, grid
from gdsym.plot.levels import rising
from gdsym.plot.runs import labels, listed
from gdsym.plot.scales import shorten
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, is_lost

Array = npt.NDArray[np.float64]
SIDE = 41
ELEVATION, ZOOM = 36, 0.93
SLANT = 24  # degrees from an axis at least, else its numbers lie on it
LINE = 0.17  # inches of a line of the legend


@known_keywords
def surface(
    cost: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    params: Any = None,
    run: Any = None,
    at: Mapping[Any, Any] | None = None,
    span: Any = None,
    ax: Any = None,
) -> Any:
    """J over two parameters as a surface, and the descent's path on top of it.

    Args:
        cost: the `Cost`.
        data: as for `descend`; without it the run's own.
        params: two of Symbols, entries `w[1]`, or names; may be left out if the cost has just two numbers to choose.
        run: a run, several, or a dict label -> run.
        at: numbers for the other parameters; without it the end of the (first) run is used.
        span: ((low, high), (low, high)), or a dict by parameter; without it chosen from the run and minima.
        ax: a 3-D Axes to draw on; without it a new figure of column width.

    Returns:
        The 3-D Axes.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w, b = symbols("w b")
        >>> gd.plot.surface(gd.Cost(w**2 + b**2, [w, b])).get_zlabel()
        '$J(w,\\\\,b)$'
    """
    runs = listed(run, "surface")
    part = section(cost, params, 2, data, at, runs, "surface")
    rows = [part.path(r) for r in runs]
    frame, _ = frame_of(part, rows, [is_lost(r) for r in runs], span, "surface")
    with style.look():
        above = LINE * ((len(runs) - 1) // 3) if ax is None else 0.0
        ax = style.axes_or_new(ax, solid=True, height=2.9, above=above)
        ax.computed_zorder = False
        low = _draw_surface(ax, part, frame)
        left = [_draw_path(ax, part, one, frame, which) for which, one in enumerate(runs)]
        _look_from(ax, rows)
        _label(ax, part, low)
        _key(ax, run, runs, rows, left, above)
        return ax


def _draw_surface(ax: Any, part: Section, frame: Sequence[Span]) -> float:
    """The surface, steps of colour finer where it is low; the lowest height in the picture."""
    from matplotlib.colors import PowerNorm

    first, second, heights = grid(part, frame, min(SIDE, part.grid_side))
    finite = rising(heights)
    low, high = float(finite.min()), float(finite.max())
    floor = low - 0.04 * (high - low)
    across, along = np.meshgrid(first, second)
    ax.plot_surface(
        across, along, heights, cmap="viridis", norm=PowerNorm(0.5, low, high), rcount=SIDE, ccount=SIDE, alpha=0.86,
        linewidth=0.12, edgecolor=(1, 1, 1, 0.35), antialiased=True, shade=False, zorder=1,
    )  # fmt: skip
    ax.set(xlim=frame[0], ylim=frame[1], zlim=(floor, high))
    return low


def _draw_path(ax: Any, part: Section, run: Any, frame: Sequence[Span], which: int) -> bool:
    """The path a little above the surface, its points, start and end; True if it leaves the frame."""
    inside, leaves = paths.clipped(part.path(run), frame)
    inside = inside[paths.spaced(inside, frame, paths.FINE)]
    if not len(inside):
        return leaves
    floor, top = ax.get_zlim()
    heights = part.values(inside) + 0.012 * (top - floor)
    colour, dash = style.COLOURS[(which + 1) % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    ax.plot(*inside.T, heights, color=colour, linestyle=dash, linewidth=1.3, zorder=10, path_effects=style.halo(2.8))
    dots = paths.spaced(inside, frame, 2 * paths.APART)
    ax.plot(*inside[dots].T, heights[dots], "o", color=colour, markersize=2.4, markeredgewidth=0, zorder=11)
    if paths.is_inside(part.path(run)[0], frame):
        ax.plot(
            *inside[:1].T, heights[:1], "o", markersize=6, markerfacecolor="white", markeredgecolor=colour,
            markeredgewidth=1.4, zorder=12,
        )  # fmt: skip
    end = {"marker": paths.arrowhead(0, 1), "markersize": 9} if leaves else {"marker": "s", "markersize": 5}
    ax.plot(*inside[-1:].T, heights[-1:], color=colour, markeredgecolor="white", markeredgewidth=0.7, zorder=12, **end)
    return leaves


def _look_from(ax: Any, rows: Sequence[Array]) -> None:
    """From the side of the path, so that no wall of the valley hides it, and along none of the axes."""
    azimuth = -58.0
    if rows and len(rows[0]) > 1 and (d := rows[0][0] - rows[0][-1]).any():
        (a, b), (c, e) = ax.get_xlim(), ax.get_ylim()
        azimuth = float(np.degrees(np.arctan2(d[1] / (e - c), d[0] / (b - a)))) + 105
        azimuth += float(np.clip(azimuth % 90, SLANT, 90 - SLANT)) - azimuth % 90
    ax.view_init(elev=ELEVATION, azim=azimuth)
    ax.set_box_aspect((1, 1, 0.85), zoom=ZOOM)


def _label(ax: Any, part: Section, low: float) -> None:
    ax.zaxis.set_rotate_label(False)
    ax.zaxis.label.set_rotation(90)
    ax.grid(False)
    names = part.axis_label(0), part.axis_label(1), part.label
    for axis, name in zip((ax.xaxis, ax.yaxis, ax.zaxis), names, strict=True):
        axis.set_label_text(name)
        axis.labelpad = -3 if axis is ax.zaxis else -7
        axis.set_tick_params(labelsize=7.5, pad=-1 if axis is ax.zaxis else -3.5)
        axis.set_pane_color((1, 1, 1, 0))
        axis.line.set_linewidth(0.5)
        axis.set_major_locator(_few())
        if axis is ax.zaxis:
            ticks = _few().tick_values(low, ax.get_zlim()[1])
            ax.set_zticks([t for t in ticks if low - 1e-9 <= t <= ax.get_zlim()[1]])
        shorten(axis, (-3, 4), 3)
        style.set_letters(axis, 0.6 * min(style.inches(ax)))


def _few() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, steps=[1, 2, 2.5, 5, 10])


def _key(ax: Any, given: Any, runs: Sequence[Any], rows: Sequence[Array], left: Sequence[bool], above: float) -> None:
    """In the upper corner, or so much above the Axes."""
    many = len(runs) > 1
    words = paths.told(rows[0], (ax.get_xlim(), ax.get_ylim()), runs[0]) if len(runs) == 1 else []
    fates = [paths.fate(run, leaves) for run, leaves in zip(runs, left, strict=True)]
    handles = run_key(labels(given), fates) if many else paths.key(words, style.COLOURS[1])
    style.key_above(ax, handles, ("upper left", (0.0, 1.0 + above / style.inches(ax)[1])))
