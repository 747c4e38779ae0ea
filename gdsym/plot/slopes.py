"""Tangent lines of J over one parameter: the slope that was derived, and the way in which a step goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from gdsym.arguments import vector
from gdsym.errors import GdsymError
from gdsym.keywords import known_keywords
from gdsym.plot import style
from gdsym.plot.critical import turning_points
from gdsym.plot.curve import draw_curve, label_curve
from gdsym.plot.labels import letters, math_of, number
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, curve_span, given_spans

MOST = 6
FARTHEST = 1e100
Frame: TypeAlias = tuple[Span, Span]
Place: TypeAlias = tuple[float, float, float]  # where words start, and on which side of it they stand

FOOT, STOREY, BELOW = 0.05, 0.1, 0.2  # frame heights: of the arrows, from one row of them to the next, under the curve
ARROW, LETTER, WORDS = 0.15, 0.019, 0.24  # frame widths


@known_keywords
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

    Raises:
        GdsymError: for points that are no numbers, too many, or too far out to be drawn (beyond 1e100).

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
    _refuse_far_out(part, points)
    spans = given_spans(part, span, "tangent")
    reach = spans[0] if spans else _span(part, points)
    with style.look():
        ax = style.axes_or_new(ax)
        feet = _feet(part, points, reach)
        frame = _trimmed(ax, part, points, draw_curve(ax, part, reach), BELOW + max(feet) - FOOT)
        words: list[Place] = []
        for which, point in enumerate(points):
            words += _draw_tangent(ax, part, point, which, frame, feet[which], words)
        label_curve(ax, part)
        return style.dressed(ax)


def _points(at: Any) -> list[float]:
    try:
        points = [float(p) for p in vector(at, "at")]
    except GdsymError:
        raise GdsymError(
            f"at is {str(at)[:60]!r}; give the point or points at which to draw tangents, e.g. at=[1, 5]."
        ) from None
    if not points or not np.isfinite(points).all():
        raise GdsymError("at must hold one or more finite numbers, e.g. at=[1, 5].")
    if len(points) > MOST:
        raise GdsymError(f"at holds {len(points)} points; a picture stays legible with at most {MOST}.")
    return points


def _refuse_far_out(part: Section, points: Sequence[float]) -> None:
    """Raise where coordinate, cost or slope leave no room for a picture's own arithmetic."""
    for point in points:
        there = {"which": point, "where the cost": part.values([[point]])[0], "where the slope": part.slope([point])[0]}
        far = next((f"{what} is {value:g}" for what, value in there.items() if abs(value) > FARTHEST), None)
        if far:
            raise GdsymError(
                f"at holds {point:g}, {far}: too far out to be drawn. Give points where point, cost and slope are below {FARTHEST:g}."
            )


def _span(part: Section, points: list[float]) -> Span:
    """Round the points and the turning points, with room for the tangents."""
    low, high = curve_span(part, [np.array([[p]]) for p in points[:1]], [False])
    low, high = min(low, *points), max(high, *points)
    left, right = (
        (0.22 if part.slope([p])[0] * side > 0 else 0.14) * (high - low)
        for p, side in ((min(points), -1), (max(points), 1))
    )
    return min(low, min(points) - left), max(high, max(points) + right)


def _feet(part: Section, points: Sequence[float], across: Span) -> list[float]:
    """How high above the bottom, in frame heights, each arrow lies: above another one that would be in its way."""
    words = LETTER * (letters(part.axis_label(0)) + len(" falls"))
    wide = (across[1] - across[0]) * max(ARROW, words)
    rows: list[list[Span]] = [[]]
    feet = []
    for point in points:
        slope = float(part.slope([point])[0])
        reach = (point - wide, point) if slope > 0 else (point, point + wide)
        free = (k for k, row in enumerate(rows) if not slope or all(reach[1] <= a or b <= reach[0] for a, b in row))
        at = next(free, len(rows))
        rows += [[]] if at == len(rows) else []
        rows[at] += [reach] if slope else []
        feet.append(FOOT + STOREY * at)
    return feet


def _trimmed(ax: Any, part: Section, points: list[float], frame: Frame, below: float) -> Frame:
    """Height for the points and the bumps of the curve, room below for the arrows; steep outer branches are cut."""
    across, (bottom, high) = frame
    drawn = np.asarray(ax.lines[-1].get_ydata(), dtype=float)
    drawn = drawn[np.isfinite(drawn) & (drawn >= bottom)]  # a pole goes through the floor
    low = float(drawn.min()) if len(drawn) else bottom
    turns = [t for t in turning_points(part) if across[0] <= t <= across[1]]
    values = part.values(np.array([*points, *turns])[:, None])
    needed = float(np.max(values[np.isfinite(values)], initial=low))
    top = needed + 0.45 * (needed - low)
    high = min(high, top) if top > low + 0.05 * (high - low) else high
    frame = (across, (low - below * (high - low), high))
    ax.set_ylim(frame[1])
    return frame


def _draw_tangent(
    ax: Any, part: Section, point: float, which: int, frame: Frame, foot: float, words: Sequence[Place]
) -> list[Place]:
    value, slope = part.value([point]), float(part.slope([point])[0])
    if not np.isfinite([value, slope]).all():
        raise GdsymError(
            f"At {part.entries[0].name} = {point:g} the cost or its derivative is not defined; choose another point."
        )
    (left, right), (low, high) = frame
    colour, dash = style.COLOURS[which % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    half = half_length(slope, frame)
    ends = np.array([point - half, point + half])
    ax.plot(ends, value + slope * (ends - point), color=colour, linestyle=dash, linewidth=1.3, zorder=3)
    ax.plot(
        point,
        value,
        style.MARKERS[which],
        color=colour,
        markersize=4.5,
        markeredgecolor="white",
        markeredgewidth=0.6,
        zorder=5,
    )
    run = float(np.sign(slope)) * 0.6 * half if abs(slope) * (right - left) > 1e-3 * (high - low) else 0.0
    if run:
        _triangle(ax, point, value, slope, run, colour)
        _arrow(ax, part, point, value, slope, frame, foot, colour)
    return _write(ax, part, point, value, slope, run, frame, colour, words)


def half_length(slope: float, frame: Frame) -> float:
    """Tangents look equally long, whatever the slope: half of one is 0.28 of the picture's width."""
    (left, right), (low, high) = frame
    lean = slope * (right - left) / (high - low)
    return 0.28 * (right - left) / float(np.hypot(1, lean / 1.3))


def _triangle(ax: Any, point: float, value: float, slope: float, run: float, colour: Any) -> None:
    """Run along the foot, rise at its end, below the tangent on its upper side."""
    x, y = [point, point + run, point + run], [value, value, value + slope * run]
    ax.plot(x, y, color=colour, linewidth=0.6, zorder=2.5)
    ax.fill(x, y, color=colour, alpha=0.14, linewidth=0, zorder=1)


def _arrow(
    ax: Any, part: Section, point: float, value: float, slope: float, frame: Frame, up: float, colour: Any
) -> None:
    """From the foot of the point, along the axis, to where the step goes."""
    (left, right), (low, high) = frame
    side = -float(np.sign(slope))
    foot, step = low + up * (high - low), side * ARROW * (right - left)
    ax.plot([point, point], [foot, value], color=style.GREY, linewidth=0.5, linestyle=(0, (2, 2)), zorder=1.5)
    ax.annotate(
        "", xy=(point + step, foot), xytext=(point, foot), zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0,
                    "mutation_scale": 9},
    )  # fmt: skip
    word = f"{math_of(part.entries[0].label)} {'falls' if slope > 0 else 'rises'}"
    ax.annotate(
        word, (point, foot), xytext=(3 * side, 2), textcoords="offset points", va="bottom",
        ha="left" if side > 0 else "right", color=style.darker(colour), fontsize=7.5, zorder=4, path_effects=style.halo(1.5),
    )  # fmt: skip


def _write(
    ax: Any, part: Section, point: float, value: float, slope: float, run: float, frame: Frame, colour: Any,
    words: Sequence[Place],
) -> list[Place]:  # fmt: skip
    """The slope: beside the rise of the triangle or on the other side of the point, where the curve leaves room."""
    side, lift = float(np.sign(run)), 0.08 * (frame[1][1] - frame[1][0])
    beside = [(point + run, value + 0.4 * slope * run, side), (point, value, -side)]
    beside += [(point, value + k * lift, s) for k in (1, -1, 2, -2) for s in (-k / abs(k) * side, k / abs(k) * side)]
    x, y, side = max(beside, key=lambda p: round(_room(part, p, frame, words), 2)) if run else (point, value, 0.0)
    near = point + 0.05 * (frame[0][1] - frame[0][0]) * np.array([[-1.0], [1.0]])
    under = not side and float(np.nansum(part.values(near) - value)) > 0  # the curve stands above the tangent
    ax.annotate(
        f"slope {math_of(number(slope, 3))}", (x, y), xytext=(4 * side, 0 if side else -5 if under else 5),
        textcoords="offset points", color=style.darker(colour), fontsize=8.5,
        ha={1.0: "left", -1.0: "right"}.get(side, "center"),
        va="center" if side else "top" if under else "bottom", zorder=6, path_effects=style.halo(2.2),
    )  # fmt: skip
    return [(x, y, side)]


def _room(part: Section, place: Place, frame: Frame, words: Sequence[Place]) -> float:
    """How far the curve stays from words that start at a place, in frame heights; none outside the frame or on other words."""
    (left, right), (low, high) = frame
    x, y, side = place
    ticks = x + side * np.linspace(0.02, WORDS, 12) * (right - left)
    if ticks.min() < left or ticks.max() > right or not low < y < high:
        return -1.0
    for across, up, way in words:
        start, end = sorted((across, across + way * WORDS * (right - left)))
        if abs(up - y) < STOREY * (high - low) and start < ticks.max() and ticks.min() < end:
            return -0.5
    away = np.abs(part.values(ticks[:, None]) - y) / (high - low)
    return min(float(np.nanmin(away)) if np.isfinite(away).any() else 1.0, 0.06)
