"""From where to where a picture goes: given by the caller, or chosen from the runs and the critical points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.arguments import real
from gdsym.errors import GdsymError
from gdsym.plot.critical import Critical, critical_points, grid_of_starts, turning_points
from gdsym.plot.section import FINEST, Section

Array = npt.NDArray[np.float64]
Span = tuple[float, float]

LOST = ("diverged", "nonfinite")  # statuses of runs that leave every picture
MARGIN = 0.06


def is_lost(run: Any) -> bool:
    return getattr(run, "status", "") in LOST


def given_spans(section: Section, span: Any, what: str) -> tuple[Span, ...] | None:
    """The caller's span, checked: (lo, hi), one pair an entry, or a dict by parameter; None if there is none."""
    if span is None:
        return None
    names = [e.name for e in section.entries]
    if isinstance(span, Mapping):
        by_name = {str(key): value for key, value in span.items()}
        if set(by_name) != set(names):
            raise GdsymError(
                f"span names {', '.join(sorted(by_name))}, but {what} draws over {', '.join(names)}: a pair for each."
            )
        pairs = [by_name[n] for n in names]
    else:
        pairs = [span] if len(names) == 1 else list(span) if np.ndim(span) == 2 else [span] * len(names)
    if len(pairs) != len(names):
        raise GdsymError(
            f"span has {len(pairs)} pairs, but {what} draws over {', '.join(names)}: give one (low, high) for each."
        )
    return tuple(_pair(p, n) for p, n in zip(pairs, names, strict=True))


def _pair(pair: Any, name: str) -> Span:
    try:
        low, high = (real(v, "an end", "give a number") for v in pair)
    except (TypeError, ValueError):
        raise GdsymError(f"span of {name} is {str(pair)[:80]}; give two numbers (low, high).") from None
    if not np.isfinite([low, high]).all() or low >= high:
        raise GdsymError(f"span of {name} is ({low:g}, {high:g}); give finite numbers, the lower one first.")
    return low, high


def visible(path: Array, lost: bool) -> Array:
    """The rows that the frame must hold: all of a run, of a diverging one those near its start."""
    if not lost or len(path) < 2:
        return path
    far = np.linalg.norm(path - path[0], axis=1)
    first = max(far[1], np.finfo(float).tiny)
    away = np.flatnonzero(far > 6 * first)
    return path[: max(int(away[0]), 2)] if len(away) else path


def curve_span(section: Section, paths: Sequence[Array], lost: Sequence[bool]) -> Span:
    """One entry: round the runs, and if these do not move (or there are none) round the turning points."""
    kept = [p for p, out in zip(paths, lost, strict=True) if not out] or [visible(p, True) for p in paths]
    rows = np.concatenate(kept)[:, 0] if kept else np.zeros(0)
    if len(rows) and np.ptp(rows) > 1e-9 * (1 + np.abs(rows).max()):
        ends = [float(p[-1, 0]) for p in kept]
        reach = max(np.abs(p[:, 0] - p[-1, 0]).max() for p in kept) if not all(lost) else 0.0
        return widened(min(rows.min(), min(ends) - 0.75 * reach), max(rows.max(), max(ends) + 0.75 * reach))
    return _round_turning_points(section, rows)


def _round_turning_points(section: Section, rows: Array) -> Span:
    found = turning_points(section)
    points = np.concatenate([found, rows])
    if not len(points):
        return -5.0, 5.0
    if len(found) < 2:
        half = max(abs(points[0]), 1.0, 1.3 * np.ptp(points))
        return widened(points[0] - half, points[0] + half)
    low, high = points.min(), points.max()
    costs = section.values(points[:, None])
    top = costs.min() + 1.6 * np.ptp(costs)
    return _until(section, low, -(high - low), top), _until(section, high, high - low, top)


def _until(section: Section, edge: float, reach: float, top: float) -> float:
    """Outwards from the last turning point until the cost is at `top`, between 0.1 and 0.6 of the reach."""
    ticks = edge + reach * np.linspace(0.1, 0.6, 51)
    over = np.flatnonzero(section.values(ticks[:, None]) >= top)
    return float(ticks[over[0]] if len(over) else ticks[-1])


def widened(low: float, high: float, share: float = MARGIN) -> Span:
    more = share * (high - low)
    return float(low - more), float(high + more)


def field_spans(
    section: Section, paths: Sequence[Array], lost: Sequence[bool]
) -> tuple[tuple[Span, ...], tuple[Critical, ...]]:
    """Two entries: a frame for each, and the critical points that were looked at on the way."""
    if not paths:
        found = minima_and_saddles(section)
        return _round_points(found), found
    kept = [p for p, out in zip(paths, lost, strict=True) if not out] or [visible(p, True) for p in paths]
    near = critical_points(section, [p[-1] if not out else p[0] for p, out in zip(paths, lost, strict=True)])
    return _round_paths(kept, near, all(lost)), near


def minima_and_saddles(section: Section) -> tuple[Critical, ...]:
    """Critical points in and near the box +-5, or wherever Newton's method leads."""
    side = 5 if section.grid_side == FINEST else 2  # large data: fewer starts
    found = critical_points(section, grid_of_starts(len(section.entries), side=side))
    near = tuple(c for c in found if np.abs(c.point).max() <= 10)
    return near or found


def _round_paths(paths: Sequence[Array], near: Sequence[Critical], lost: bool) -> tuple[Span, ...]:
    rows = np.concatenate(paths)
    spans = []
    for axis in range(rows.shape[1]):
        low, high = rows[:, axis].min(), rows[:, axis].max()
        for path in paths:
            end = _end(path, near)
            half = max(0.75 * np.abs(path[:, axis] - end[axis]).max(), 0.6 * _rise(path, near, axis)) * (
                0.0 if lost else 1.0
            )
            low, high = min(low, end[axis] - half), max(high, end[axis] + half)
        spans.append((low, high))
    widest = max(high - low for low, high in spans) or 2.0 * max(1.0, np.abs(rows[-1]).max())
    return tuple(widened(*_not_thin(s, 0.05 * widest, 0.5 * widest)) for s in spans)


def _not_thin(span: Span, least: float, instead: float) -> Span:
    """A path along one axis only still gets a frame with two sides."""
    low, high = span
    return span if high - low >= least and high > low else ((low + high - instead) / 2, (low + high + instead) / 2)


def _end(path: Array, near: Sequence[Critical]) -> Array:
    nearest = _nearest(path, near)
    return path[-1] if nearest is None else nearest.point


def _nearest(path: Array, near: Sequence[Critical]) -> Critical | None:
    reach = np.abs(path - path[-1]).max() + 1e-9
    close = [c for c in near if np.abs(c.point - path[-1]).max() <= 0.2 * reach]
    return min(close, key=lambda c: float(np.linalg.norm(c.point - path[-1])), default=None)


def _rise(path: Array, near: Sequence[Critical], axis: int) -> float:
    """How far along one axis the cost, near its minimum, rises to that of the start: sqrt(d.H d / H_ii)."""
    c = _nearest(path, near)
    if c is None or c.kind != "minimum":
        return 0.0
    d = path[0] - c.point
    return float(np.sqrt(max(d @ c.hessian @ d, 0.0) / c.hessian[axis, axis]))


def _round_points(found: Sequence[Critical]) -> tuple[Span, ...]:
    """Round critical points only; the origin is kept in sight of a single one."""
    if not found:
        return (-5.0, 5.0), (-5.0, 5.0)
    points = np.array([c.point for c in found])
    low, high = points.min(axis=0), points.max(axis=0)
    reach = high - low
    lone = max(0.9 * np.abs(points).max(), 1.0) if len(found) == 1 else 0.0
    values = np.array([c.value for c in found])
    rise = 2.5 * np.ptp(values)
    diagonal = np.array([c.hessian.diagonal() for c in found if c.kind == "minimum"] or [np.zeros(2)]).max(axis=0)
    across = np.sqrt(rise / np.where(diagonal > 0, diagonal, np.inf))
    half = np.maximum.reduce([0.35 * reach, np.full(2, lone), across, 0.2 * np.full(2, reach.max())])
    return tuple(widened(a, b) for a, b in zip(low - half, high + half, strict=True))
