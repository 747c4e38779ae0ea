"""Basins of attraction: which minimum each start of a grid descends to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.curvature import curvature_at
from gdsym.errors import GdsymError
from gdsym.plot import paths, style
from gdsym.plot.everywhere import gradient_everywhere
from gdsym.plot.labels import math_of, number
from gdsym.plot.runs import listed
from gdsym.plot.section import Section, data_of, section
from gdsym.plot.spans import Span, field_spans, given_spans, is_lost

Array = npt.NDArray[np.float64]

SIDE = 161
SETTLED = 0.01  # an end this near to a minimum, in frame sides, has reached it
SAMPLES = (
    (0.43, 0.36),
    (0.58, 0.33),
    (0.4, 0.64),
    (0.61, 0.62),
    (0.07, 0.92),
    (0.94, 0.08),
)  # starts of the paths that are drawn, in frame sides
MOST = 6
NOWHERE = -1


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
        minima: the minima as a list of points (or of dicts by parameter), if they are known; else the ends are gathered.
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
    gradient = gradient_everywhere(part, data)
    ends = descended(gradient, starts_of(part, frame, SIDE), learning_rate, maxiter)
    known = [_given_point(part, one) for one in minima] if minima is not None else _gathered(part, ends, frame)
    found = _ordered(part, known)
    with style.look():
        ax = style.axes_or_new(ax, height=3.0)
        _draw_plane(ax, _nearest(part, ends, found, frame), frame)
        _draw_ways(ax, part, shown, gradient, frame, learning_rate, maxiter)
        _draw_minima(ax, part, found, frame)
        ax.set_xlabel(part.axis_label(0))
        ax.set_ylabel(part.axis_label(1))
        return style.dressed(ax, boxed=True)


def _refuse_settings(learning_rate: Any, maxiter: Any) -> None:
    if not isinstance(learning_rate, (int, float)) or not 0 < learning_rate < np.inf:
        raise GdsymError(f"learning_rate is {learning_rate!r:.60}; basins takes one positive number, e.g. 0.01.")
    if not isinstance(maxiter, int) or maxiter < 1:
        raise GdsymError(f"maxiter is {maxiter!r:.60}; give a whole number of steps, e.g. 1000.")


def starts_of(part: Section, frame: Sequence[Span], side: int) -> Array:
    """Flat parameters, a row for each point of the grid (second entry down the rows)."""
    first, second = (np.linspace(*span, side) for span in frame)
    points = np.stack(np.meshgrid(first, second), -1).reshape(-1, 2)
    return _filled(part, points)


def _filled(part: Section, points: Array) -> Array:
    rows = np.tile(part.base, (len(points), 1))
    rows[:, [e.at for e in part.entries]] = points
    return rows


def descended(gradient: Any, starts: Array, rate: float, maxiter: int, gtol: float = 1e-7) -> Array:
    """Theta - rate * gradient for all rows together, each until its slope is gone; NaN for those that leave."""
    theta = starts.copy()
    limit = 1e6 * (1 + np.abs(starts).max())
    going = np.arange(len(theta))
    with np.errstate(all="ignore"):
        for _ in range(maxiter):
            slope = gradient(theta[going])
            theta[going] -= rate * slope
            away = ~(np.abs(theta[going]).max(axis=1) < limit)
            theta[going[away]] = np.nan
            going = going[~away & (np.linalg.norm(slope, axis=1) > gtol)]
            if not len(going):
                break
    return theta


def _given_point(part: Section, point: Any) -> Array:
    names = [e.name for e in part.entries]
    if isinstance(point, Mapping):
        by_name = {str(k): v for k, v in point.items()}
        point = [by_name[n] for n in names if n in by_name]
    values = np.asarray(point, dtype=float).ravel()
    if values.shape != (2,):
        raise GdsymError(f"A minimum is given as {str(point)[:80]}; give two numbers, for {names[0]} and {names[1]}.")
    return _filled(part, values[None])[0]


def _gathered(part: Section, ends: Array, frame: Sequence[Span]) -> list[Array]:
    """The places where most ends lie, without saddles."""
    size = _size(part, frame)
    left = ends[np.isfinite(ends).all(axis=1)]
    found: list[Array] = []
    while len(left) and len(found) < MOST + 3:
        values, counts = np.unique(np.round(left / size / SETTLED), axis=0, return_counts=True)
        middle = values[np.argmax(counts)] * SETTLED * size
        close = (np.abs(left - middle) <= 2 * SETTLED * size).all(axis=1)
        if close.sum() < max(2, len(ends) // 2000):
            break
        found.append(_best(part, left[close]))
        left = left[~close]
    return [p for p in found if not _is_saddle(part, p)]


def _best(part: Section, ends: Array) -> Array:
    """Of ends that lie together, that with the lowest cost."""
    few = ends[:: max(1, len(ends) // 64)]
    return few[int(np.argmin([part.bound.fun(e) for e in few]))]


def _size(part: Section, frame: Sequence[Span]) -> Array:
    """A length for every flat parameter: the frame's sides, for those not drawn the larger of these."""
    sides = [high - low for low, high in frame]
    size = np.full(len(part.base), max(sides))
    size[[e.at for e in part.entries]] = sides
    return size


def _is_saddle(part: Section, point: Array) -> bool:
    bend = curvature_at(part.bound.jac, point)
    return bend is not None and bend.curves_down


def _ordered(part: Section, points: Sequence[Array]) -> list[Array]:
    """From left to right."""
    first, second = (e.at for e in part.entries)
    if not points:
        raise GdsymError(
            "No start of the grid reaches a minimum: the learning rate is too large (all diverge) or too small for maxiter. Change learning_rate or maxiter."
        )
    if len(points) > MOST:
        raise GdsymError(
            f"The descents end at more than {MOST} places in the frame. Give a smaller span, a smaller learning_rate with a larger "
            "maxiter (a fixed rate goes to and fro at a kink), or the minima that you want to see: minima=[...]."
        )
    return sorted(points, key=lambda p: (round(float(p[first]), 6), float(p[second])))


def _nearest(part: Section, ends: Array, found: Sequence[Array], frame: Sequence[Span]) -> Array:
    """The number of the minimum that every start has reached, on the grid; NOWHERE if none."""
    away = np.abs(ends[:, None, :] - np.array(found)[None]) / _size(part, frame)
    far = np.nan_to_num(away.max(axis=2), nan=np.inf)
    which = np.where(far.min(axis=1) <= 2 * SETTLED, far.argmin(axis=1), NOWHERE)
    side = round(len(ends) ** 0.5)
    return which.reshape(side, side)


LIGHT = ("#9CC9E6", "#F6C9A0", "#B5E0CF", "#EBCBDD", "#F5E6A8", "#D9D9F0")
NO_MINIMUM = "#E4E4E4"


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
    ways = [part.path(r) for r in runs] or _samples(part, gradient, frame, rate, maxiter)
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


def _samples(part: Section, gradient: Any, frame: Sequence[Span], rate: float, maxiter: int) -> list[Array]:
    """The rows of four descents from places all over the frame."""
    low, high = np.array(frame).T
    theta = _filled(part, low + np.array(SAMPLES) * (high - low))
    columns = [e.at for e in part.entries]
    rows = [theta[:, columns]]
    with np.errstate(all="ignore"):
        for _ in range(maxiter):
            theta = theta - rate * gradient(theta)
            rows.append(theta[:, columns])
            if not np.abs(theta).max() < 1e100 or np.abs(rows[-1] - rows[-2]).max() < 1e-5 * (high - low).min():
                break
    ways = np.stack(rows, axis=1)
    return [way[np.isfinite(way).all(axis=1)] for way in ways]


def _draw_minima(ax: Any, part: Section, found: Sequence[Array], frame: Sequence[Span]) -> None:
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
        shown = 0.0 if abs(value) < 1e-9 else value
        handles.append(Patch(color=LIGHT[k], label=f"{k + 1}: {math_of(f'{part.label[1:2]} = {number(shown, 3)}')}"))
    style.key_above(ax, handles)
