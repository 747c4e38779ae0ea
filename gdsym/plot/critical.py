"""Points of slope zero, found with the derived gradient: turning points of a curve, minima and saddles of a surface."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from gdsym.curvature import hessian_by_differences
from gdsym.plot.section import Section
from gdsym.record import record

Array = npt.NDArray[np.float64]

NEWTON_STEPS = 60
CLOSE = 1e-5  # relative distance below which two points are one


@record(eq=False)
class Critical:
    """A point of slope zero, its cost, and the Hessian there; `kind` is minimum, maximum, saddle or flat."""

    point: Array
    value: float
    hessian: Array

    @property
    def kind(self) -> str:
        low, *_, high = np.linalg.eigvalsh(self.hessian)[[0, -1]]
        tiny = 1e-6 * max(abs(low), abs(high))
        if low > tiny:
            return "minimum"
        if high < -tiny:
            return "maximum"
        return "saddle" if low < -tiny and high > tiny else "flat"


def hessian(section: Section, point: Array) -> Array:
    """Central differences of the derived gradient."""
    with np.errstate(all="ignore"):
        h = hessian_by_differences(section.slope, np.asarray(point, dtype=float))
    return np.asarray((h + h.T) / 2)


def critical_near(section: Section, start: Array) -> Critical | None:
    """Newton's method on the gradient; None if it does not settle."""
    x = np.array(start, dtype=float)
    with np.errstate(all="ignore"):
        scale = 1.0 + float(np.linalg.norm(section.slope(x)))
        for _ in range(NEWTON_STEPS):
            step = _newton_step(section, x)
            if step is None:
                return None
            x = x - step
            if not np.isfinite(x).all() or np.linalg.norm(x) > 1e9:
                return None
            if np.linalg.norm(step) <= 1e-13 * (1 + np.linalg.norm(x)):
                break
        slope = float(np.linalg.norm(section.slope(x)))
        h = hessian(section, x)
    settled = slope <= 1e-7 * scale and np.isfinite(h).all()
    return Critical(_tidy(x), section.value(x), h) if settled else None


def _newton_step(section: Section, x: Array) -> Array | None:
    h = hessian(section, x)
    if not np.isfinite(h).all() or not np.abs(h).max() > 1e-12:
        return None
    step: Array = np.linalg.lstsq(h, section.slope(x), rcond=1e-12)[0].astype(float)
    longest = 2.0 * (1 + np.linalg.norm(x))
    length = np.linalg.norm(step)
    # far from a quadratic Newton overshoots; a quadratic is solved in one long step
    if length > longest and not _is_quadratic(section, x, h):
        step *= longest / length
    return step


def _is_quadratic(section: Section, x: Array, h: Array) -> bool:
    other = hessian(section, x + 0.37 * (1 + np.abs(x)))
    return bool(np.allclose(other, h, rtol=1e-4, atol=1e-4 * np.abs(h).max()))


def _tidy(x: Array) -> Array:
    return np.where(np.abs(x) < 1e-12, 0.0, x)


def critical_points(section: Section, starts: Iterable[Array]) -> tuple[Critical, ...]:
    """What Newton's method finds from the starts, each point once, lowest first."""
    found: list[Critical] = []
    for start in starts:
        one = critical_near(section, start)
        if one is not None and not any(same(one.point, other.point) for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda c: (round(c.value, 9), *np.round(c.point, 6))))


def same(a: Array, b: Array) -> bool:
    return bool(np.linalg.norm(a - b) <= CLOSE * (1 + np.linalg.norm(b)))


def grid_of_starts(dimension: int, reach: float = 5.0, side: int = 5) -> list[Array]:
    """Points all over a box round the origin, slightly off so that no symmetry holds Newton on a ridge."""
    ticks = np.linspace(-reach, reach, side) + 0.0137 * reach
    return [np.array(p) for p in np.stack(np.meshgrid(*[ticks] * dimension, indexing="ij"), -1).reshape(-1, dimension)]


def turning_points(section: Section) -> Array:
    """Where the slope changes its sign, in the smallest of the boxes +-10, +-100, ... that holds such a place."""
    for reach in (10.0, 100.0, 1e3, 1e4, 1e5, 1e6):
        ticks = np.linspace(-reach, reach, 402)
        slopes = np.array([section.slope([t])[0] for t in ticks])
        ticks, slopes = ticks[np.nan_to_num(slopes) != 0], slopes[np.nan_to_num(slopes) != 0]  # exp underflows to 0
        ends = np.flatnonzero(np.sign(slopes[:-1]) * np.sign(slopes[1:]) < 0)
        if len(ends):
            return np.unique(np.round([_bisected(section, ticks[k], ticks[k + 1]) for k in ends], 9))
    return np.zeros(0)


def _bisected(section: Section, low: float, high: float) -> float:
    at_low = np.sign(section.slope([low])[0])
    if at_low == 0:
        return low
    for _ in range(60):
        middle = (low + high) / 2
        sign = np.sign(section.slope([middle])[0])
        if sign == 0:
            return middle
        low, high = (middle, high) if sign == at_low else (low, middle)
    return (low + high) / 2
