"""Tangent lines of J over one parameter: the slope that was derived, and the way in which a step goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdsym.errors import GdsymError
from gdsym.plot import style
from gdsym.plot.curve import draw_curve, label_curve
from gdsym.plot.labels import math_of, number
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, curve_span, given_spans

MOST = 6


def tangent(
    cost: Any,
    at: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    param: Any = None,
    others: Mapping[Any, Any] | None = None,
    span: Any = None,
    ax: Any = None,
) -> Any:
    """J over one parameter with tangent lines at the points `at`; their slopes are the derived dJ/dw there.

    Each tangent has its slope written on it, a triangle (rise over run 1, or less where the picture is narrow),
    and an arrow to the side where a step of gradient descent goes: against the slope.

    Args:
        cost: the `Cost`.
        at: the point, or up to six.
        data: as for `descend`.
        param: a Symbol, an entry `w[1]`, or a name; may be left out if only one is free.
        others: numbers for the other parameters.
        span: (low, high); without it round the points and where the slope is zero.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w = symbols("w")
        >>> ax = gd.plot.tangent(gd.Cost((w - 3)**2, [w]), [1, 5])
        >>> ax.get_ylabel()
        '$J(w)$'
    """
    points = _points(at)
    part = section(cost, param, 1, data, others, (), "tangent")
    spans = given_spans(part, span, "tangent")
    reach = spans[0] if spans else _span(part, points)
    with style.look():
        ax = style.axes_or_new(ax)
        frame = draw_curve(ax, part, reach)
        for which, point in enumerate(points):
            _draw_tangent(ax, part, point, which, frame)
        label_curve(ax, part)
        return style.dressed(ax)


def _points(at: Any) -> list[float]:
    try:
        points = [float(p) for p in np.atleast_1d(np.asarray(at, dtype=float))]
    except (TypeError, ValueError):
        raise GdsymError(f"at is {str(at)[:60]!r}; give the point or points at which to draw tangents, e.g. at=[1, 5].") from None
    if not points or not np.isfinite(points).all():
        raise GdsymError("at must hold one or more finite numbers, e.g. at=[1, 5].")
    if len(points) > MOST:
        raise GdsymError(f"at holds {len(points)} points; a picture stays legible with at most {MOST}.")
    return points


def _span(part: Section, points: list[float]) -> Span:
    """Round the points and the turning points, with room for the tangents."""
    low, high = curve_span(part, [np.array([[p]]) for p in points[:1]], [False])
    low, high = min(low, *points), max(high, *points)
    room = 0.22 * (high - low)
    return min(low, min(points) - room), max(high, max(points) + room)


def _draw_tangent(ax: Any, part: Section, point: float, which: int, frame: tuple[Span, Span]) -> None:
    value, slope = part.value([point]), float(part.slope([point])[0])
    if not np.isfinite([value, slope]).all():
        raise GdsymError(f"At {part.entries[0].name} = {point:g} the cost or its derivative is not defined; choose another point.")
    (left, right), (low, high) = frame
    colour, dash = style.COLOURS[which % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    half = _half_length(slope, frame)
    ends = np.array([point - half, point + half])
    ax.plot(ends, value + slope * (ends - point), color=colour, linestyle=dash, linewidth=1.3, zorder=3)
    ax.plot(point, value, style.MARKERS[which], color=colour, markersize=4.5, markeredgecolor="white", markeredgewidth=0.6, zorder=5)
    if abs(slope) * (right - left) > 1e-3 * (high - low):
        _triangle(ax, point, value, slope, half, colour)
        _arrow(ax, part, point, value, slope, frame, colour)
    _write(ax, part, point, value, slope, half, frame, colour)


def _half_length(slope: float, frame: tuple[Span, Span]) -> float:
    """Tangents look equally long: 0.2 of the picture's diagonal, whatever the slope."""
    (left, right), (low, high) = frame
    lean = slope * (right - left) / (high - low)
    return 0.2 * (right - left) / float(np.hypot(1, lean / 1.3))


def _triangle(ax: Any, point: float, value: float, slope: float, half: float, colour: Any) -> None:
    """Run along the foot, rise at its end: the slope is the rise for each 1 of run."""
    run = 0.7 * half
    x, y = [point, point + run, point + run], [value, value, value + slope * run]
    if slope < 0:
        x, y = [point - run, point - run, point], [value - slope * run, value, value]
    ax.plot(x, y, color=colour, linewidth=0.6, zorder=2.5)
    ax.fill(x, y, color=colour, alpha=0.12, linewidth=0, zorder=1)


def _arrow(ax: Any, part: Section, point: float, value: float, slope: float, frame: tuple[Span, Span], colour: Any) -> None:
    """From the point, along the axis, to where the step goes."""
    (left, right), (low, high) = frame
    foot = low + 0.035 * (high - low)
    step = -np.sign(slope) * 0.14 * (right - left)
    ax.plot([point, point], [foot, value], color=style.GREY, linewidth=0.5, linestyle=(0, (2, 2)), zorder=1.5)
    ax.annotate(
        "", xy=(point + step, foot), xytext=(point, foot), zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9},
    )  # fmt: skip


def _write(
    ax: Any, part: Section, point: float, value: float, slope: float, half: float, frame: tuple[Span, Span], colour: Any
) -> None:
    """The slope, beside the outer end of the tangent."""
    text = f"slope {math_of(number(slope, 3))}"
    outer = np.sign(slope) if slope else 0.0
    x, y = point + outer * half, value + abs(slope) * half
    ax.annotate(
        text, (x, y), xytext=(-4 * outer, 3 if outer else 5), textcoords="offset points", color=colour, fontsize=8.5,
        ha="right" if outer > 0 else "left" if outer < 0 else "center", va="bottom", zorder=6, path_effects=style.halo(2.2),
    )  # fmt: skip
