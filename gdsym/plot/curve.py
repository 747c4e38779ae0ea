"""J over one parameter, with the descent's points on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.runs import labels, listed
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, curve_span, given_spans, is_lost

Array = npt.NDArray[np.float64]
POINTS = 401
MOST_RAISED = 4  # times the height of the curve, for runs above it


@known_keywords
def cost_curve(
    cost: Any,
    param: Any = None,
    *,
    at: Mapping[Any, Any] | None = None,
    data: Mapping[Any, Any] | None = None,
    span: Any = None,
    run: Any = None,
    ax: Any = None,
) -> Any:
    """J over one parameter, the others held fixed; a descent's points lie on it, start and end marked.

    Args:
        cost: the `Cost`.
        param: a Symbol, an entry `w[1]`, or a name; may be left out if only one is free.
        at: numbers for the other parameters; without it the end of the (first) run is used.
        data: as for `descend`; without it the run's own.
        span: (low, high); without it chosen from the run, or from where the slope is zero.
        run: a run, several, or a dict label -> run.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w = symbols("w")
        >>> ax = gd.plot.cost_curve(gd.Cost((w - 3)**2, [w]))
        >>> ax.get_xlabel()
        '$w$'
    """
    runs = listed(run, "cost_curve")
    part = section(cost, param, 1, data, at, runs, "cost_curve")
    rows, lost = [part.path(r) for r in runs], [is_lost(r) for r in runs]
    spans = given_spans(part, span, "cost_curve")
    reach = spans[0] if spans else curve_span(part, rows, lost)
    with style.look():
        ax = style.axes_or_new(ax)
        frame = raised(ax, draw_curve(ax, part, reach), [part.heights(r) for r in runs])
        _draw_runs(ax, part, runs, run, frame)
        label_curve(ax, part)
        return style.dressed(ax)


def draw_curve(ax: Any, part: Section, reach: Span) -> tuple[Span, Span]:
    """The curve in ink; returns the frame that holds it."""
    ticks = np.linspace(*reach, POINTS)
    heights = part.values(ticks[:, None])
    ax.plot(ticks, heights, color=style.INK, linewidth=1.3, zorder=2)
    frame = (reach, height_span(heights))
    ax.set_xlim(reach)
    ax.set_ylim(frame[1])
    return frame


def height_span(heights: Array) -> Span:
    """All finite heights with a margin; poles are cut off."""
    finite = heights[np.isfinite(heights)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    usual = float(np.quantile(finite, 0.9))
    high = usual + 3 * (usual - low) if high - low > 50 * (usual - low) > 0 else high
    more = (high - low) or max(abs(low), 1.0)
    return low - 0.07 * more, high + 0.05 * more


def raised(ax: Any, frame: tuple[Span, Span], costs: Sequence[Array]) -> tuple[Span, Span]:
    """Room for runs above the curve, where the other parameters were elsewhere; not for those far above."""
    low, high = frame[1]
    highest = [float(np.max(c)) for c in costs if len(c)]
    tops = [top for top in highest if high < top <= low + MOST_RAISED * (high - low)]
    if tops:
        high = max(tops) + 0.05 * (max(tops) - low)
        ax.set_ylim(low, high)
    return frame[0], (low, high)


def label_curve(ax: Any, part: Section) -> None:
    ax.set_xlabel(part.axis_label(0))
    ax.set_ylabel(part.label + (f" at {part.held}" if part.held else ""))


def _draw_runs(ax: Any, part: Section, runs: Sequence[Any], given: Any, frame: tuple[Span, Span]) -> None:
    fates, words = [], []
    for which, one in enumerate(runs):
        points = np.column_stack([part.path(one), part.heights(one)])
        leaves = paths.draw_path(ax, points, frame, which, on_curve=True)
        paths.draw_ends(ax, points, frame, which, end=not leaves)
        fates.append(paths.fate(one, leaves))
        words = paths.told(points, frame, one)
    style.key_above(ax, run_key(labels(given), fates) if len(runs) > 1 else paths.key(words, style.COLOURS[1]))


def run_key(names: Sequence[str], fates: Sequence[str] = ()) -> list[Any]:
    """Legend handles, one a run: its line and marker, and what became of it."""
    from matplotlib.lines import Line2D

    return [
        Line2D(
            [], [], color=style.COLOURS[(k + 1) % len(style.COLOURS)], linestyle=style.DASHES[k % len(style.DASHES)],
            marker=style.MARKERS[k % len(style.MARKERS)], markersize=3.5, linewidth=1.2,
            label=name + (f" ({fate})" if fate else ""),
        )
        for k, (name, fate) in enumerate(zip(names, fates or [""] * len(names), strict=True))
    ]  # fmt: skip
