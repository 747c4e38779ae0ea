"""Where plain gradient descent ends from very many starts, and which of these places are minima."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gdsym.curvature import curvature_at
from gdsym.errors import GdsymError
from gdsym.plot.section import Section
from gdsym.plot.spans import Span

Array = npt.NDArray[np.float64]
Gradient: TypeAlias = Callable[[Array], Array]  # of all rows at once

SETTLED = 0.01  # an end this near to a minimum, in frame sides, has reached it
SAMPLES = ((0.43, 0.36), (0.58, 0.33), (0.4, 0.64), (0.61, 0.62), (0.07, 0.92), (0.94, 0.08))  # in frame sides
MOST = 6
NOWHERE = -1


def starts_of(part: Section, frame: Sequence[Span], side: int) -> Array:
    """Flat parameters, a row for each point of the grid (second entry down the rows)."""
    first, second = (np.linspace(*span, side) for span in frame)
    points = np.stack(np.meshgrid(first, second), -1).reshape(-1, 2)
    return _filled(part, points)


def _filled(part: Section, points: Array) -> Array:
    rows = np.tile(part.base, (len(points), 1))
    rows[:, [e.at for e in part.entries]] = points
    return rows


def descended(gradient: Gradient, starts: Array, rate: float, maxiter: int, gtol: float) -> Array:
    """Theta - rate * gradient for all rows together, each until its slope is gone; NaN for those that leave."""
    theta = starts.copy()
    limit = 1e6 * (1 + np.abs(starts).max())
    going = np.arange(len(theta))
    with np.errstate(all="ignore"):
        for _ in range(maxiter):
            now = theta[going]
            slope = gradient(now)
            theta[going] = now = now - rate * slope
            here = np.logical_and.reduce([np.abs(entry) < limit for entry in now.T])
            theta[going[~here]] = np.nan
            going = going[here & (np.einsum("ij,ij->i", slope, slope) > gtol**2)]
            if not len(going):
                break
    return theta


def given_point(part: Section, point: Any) -> Array:
    names = [e.name for e in part.entries]
    if isinstance(point, Mapping):
        by_name = {str(k): v for k, v in point.items()}
        point = [by_name[n] for n in names if n in by_name]
    values = np.asarray(point, dtype=float).ravel()
    if values.shape != (2,):
        raise GdsymError(f"A minimum is given as {str(point)[:80]}; give two numbers, for {names[0]} and {names[1]}.")
    return _filled(part, values[None])[0]


def gathered(part: Section, ends: Array, frame: Sequence[Span]) -> list[Array]:
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


def ordered(part: Section, points: Sequence[Array]) -> list[Array]:
    """From left to right."""
    first, second = (e.at for e in part.entries)
    if not points:
        raise GdsymError(
            "No start of the grid reaches a minimum: the learning rate is too large (all diverge) or too small for "
            "maxiter. Change one."
        )
    if len(points) > MOST:
        raise GdsymError(
            f"The descents end at more than {MOST} places in the frame. Give a smaller span, a smaller learning_rate "
            "with a larger maxiter (a fixed rate goes to and fro at a kink), or the minima that you want: minima=[...]."
        )
    return sorted(points, key=lambda p: (round(float(p[first]), 6), float(p[second])))


def reached(part: Section, ends: Array, found: Sequence[Array], frame: Sequence[Span]) -> Array:
    """The number of the minimum that every start has reached, on the grid; NOWHERE if none."""
    away = np.abs(ends[:, None, :] - np.array(found)[None]) / _size(part, frame)
    far = np.nan_to_num(away.max(axis=2), nan=np.inf)
    which = np.where(far.min(axis=1) <= 2 * SETTLED, far.argmin(axis=1), NOWHERE)
    side = round(len(ends) ** 0.5)
    return which.reshape(side, side)


def sample_paths(part: Section, gradient: Gradient, frame: Sequence[Span], rate: float, maxiter: int) -> list[Array]:
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
