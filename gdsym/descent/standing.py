"""What the cost does beside and ahead of the last point: lower nearby, falling without end, or only flat."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product, takewhile
from typing import Any

import numpy as np

from gdsym.curvature import Curvature
from gdsym.record import changed

BESIDE = (1e-2, 1e-3)  # steps, relative to the largest parameter, at which the cost is looked at again
ROUNDING = 1e-14
MOST_WAYS = 8
MOST_PAIRED = 4
HALVINGS = 26  # of the largest parameter: places ahead at which the cost is looked at
NOTICED = 1e3  # times the rounding error: a fall that counts
FAR = 1e-2  # relative to the largest parameter
STRIDE, STRIDES = 4.0, 60  # how far ahead a cost is followed that may have no minimum
RAY = range(-12, 41)  # powers of 2: places along the way from the start, in its lengths
LONG = 10  # the power from which on that is far enough

MOST_SETTLING = 8  # Newton steps across a valley
NEAR = tuple(1e-6 * 4.0**j for j in range(7))  # of the largest parameter: places from near to far
TINY = (1e-10, 3e-10, 1e-9)  # of it: where nothing but rounding changes a slope
SURE = 3  # places in a row that tell
LINEAR = 0.99  # of a fall in proportion
VANISHED = 0.1  # of the first downward curvature: what is left counts as none
SHRINKS = 0.8  # of the one before: a downward curvature that does not go away

At = Callable[[Any], float]  # the cost at a flat point; not finite where it cannot be computed
Slopes = Callable[[Any], Any]  # its gradient, flat
Curved = Callable[[Any], Curvature | None]


def scale(x: Any) -> float:
    return max(1.0, float(np.max(np.abs(x), initial=0.0)))


def falls_beside(
    at: At, gradient: Slopes, x: Any, cost: tuple[float, float], slope: Any, bend: Curvature | None, ways: Any
) -> bool:
    """Does the cost fall along one of `ways`, by more than the gradient along it and rounding explain?

    Straight on, or in a curve along the floor of a valley: a Newton step across it follows each step along it.
    """
    top = bend.largest if bend else 0.0
    rounding = ROUNDING * max(map(abs, cost))
    below = abs(float(slope @ across(bend, slope)))  # how far the floor is below x

    def falls(step: Any) -> bool:
        least = 2 * abs(float(slope @ step)) + rounding + ROUNDING * top * float(step @ step)
        if cost[1] - at(x + step) > least:
            return True
        there = gradient(x + step)
        return bool(np.isfinite(there).all()) and cost[1] - at(x + step + across(bend, there)) > least + 2 * below

    return any(all(falls(sign * size * scale(x) * way) for size in BESIDE) for way in ways for sign in (1, -1))


def lower_beside(at: At, x: Any, cost: float, slope: Any, least: float) -> bool:
    """Is the cost lower by more than `least` a short way off, along an axis or against the slope?"""
    steep = float(np.linalg.norm(slope))
    ways = [*np.eye(len(x))[:MOST_WAYS], *([slope / steep] if steep > 0 else [])]
    steps = (sign * size * scale(x) * way for size in BESIDE for way in ways for sign in (1, -1))
    return any(cost - at(x + step) > least for step in steps)


def settled(x: Any, slope: Any, bend: Curvature, gradient: Slopes, curved: Curved) -> tuple[Any, Any, Curvature] | None:
    """Point, slope and curvature after Newton steps across a valley, if these take its downward curvature away; else None.

    Above the floor of a valley that bends, the cost curves downwards along it by slope/radius, which vanishes with the
    slope. At a saddle it stays, or everything vanishes alike.
    """
    first = last = _downwards(bend)
    for _ in range(MOST_SETTLING):
        step = across(bend, slope)
        if not 0 < float(np.linalg.norm(step)) <= FAR * scale(x):
            return None
        x = x + step
        slope, found = gradient(x), curved(x)
        if found is None or not np.isfinite(slope).all():
            return None
        bend, before, last = found, last, _downwards(found)
        if last <= max(bend.noise, VANISHED * first):
            return x, slope, changed(bend, noise=max(bend.noise, last))
        if last > SHRINKS * before:
            return None
    return None


def _downwards(bend: Curvature) -> float:
    """The steepest downward curvature, relative to the largest."""
    return -float(bend.eigenvalues[0]) / bend.largest


def across(bend: Curvature | None, slope: Any) -> Any:
    """The Newton step along all that curves upwards."""
    if bend is None:
        return np.zeros_like(slope)
    told = bend.eigenvalues > bend.noise * bend.largest
    upwards = bend.eigenvectors[:, told]
    return -upwards @ (upwards.T @ slope / bend.eigenvalues[told])


def slope_grows_ahead(at: At, x: Any, cost: float, gradient: Any, steeper: float = 2.0) -> float:
    """How far the cost falls ahead of a plateau: against the gradient, never rising, and steeper than here; else 0.

    At a minimum the cost rises beyond twice the Newton step, however flat it is, and a convex cost falls by at most
    slope times distance. Ahead of an inflection or on the tail of a sigmoid it falls by more.
    """
    slope = float(np.linalg.norm(gradient))
    best, before, rounding = 0.0, cost, ROUNDING * abs(cost)
    for j in range(HALVINGS if slope > 0 else -1, -1, -1):
        step = scale(x) * 2.0**-j
        found = at(x - step * (gradient / slope))
        if not found <= before + rounding:
            break
        if cost - found > steeper * slope * step + NOTICED * rounding:
            best = cost - found
        before = found
    return best


def slopes_down(gradient: Slopes, x: Any, slope: Any, bend: Curvature | None, ways: Any) -> bool:
    """Does the slope along one of `ways` turn downhill beside x, by more than it is at x and rounding makes of it?

    Cubic terms that are small beside quartic ones bend down for a short way only, by less than a cost is rounded; the slope
    tells. Places are looked at from near to far: the first that tell must all go down, and further than the floor lies below x.
    """
    floor = abs(float(slope @ across(bend, slope)))
    return any(_goes_down(gradient, x, slope, sign * way, floor) for way in ways for sign in (1, -1))


def _goes_down(gradient: Slopes, x: Any, slope: Any, way: Any, floor: float) -> bool:
    size, here = scale(x), float(slope @ way)

    def along(part: float) -> float:
        return float(gradient(x + part * size * way) @ way)

    level = 2 * abs(here) + NOTICED * max(abs(along(part) - here) for part in TINY)
    if not math.isfinite(level):
        return False
    slants = [(part, slant) for part in NEAR if not abs(slant := along(part)) <= level]
    down = list(takewhile(lambda found: found[1] < 0, slants))
    fall = sum(-slant * part * size for part, slant in down) / 4
    return len(down) >= SURE and fall > 2 * floor


def falls_as_steeply(at: At, x: Any, cost: float, slope: Any, bend: Curvature) -> float:
    """How far a cost falls along a slope that does not get smaller, where nothing curves (|w|/1e7); 0 if there is none."""
    level = bend.eigenvectors[:, np.abs(bend.eigenvalues) <= bend.noise * bend.largest]
    slant, step = level @ (level.T @ slope), FAR * scale(x)
    steep = float(np.linalg.norm(slant))
    if not steep * step > NOTICED * ROUNDING * abs(cost):
        return 0.0
    fall = cost - at(x - step * (slant / steep))
    return fall if fall >= LINEAR * steep * step else 0.0


def falls_without_end(at: At, x: Any, cost: float, gradient: Any, limit: float) -> bool:
    """Does the cost fall ahead as steeply as here, as far as floats reach, and below `limit`?"""
    slope = float(np.linalg.norm(gradient))
    if not 0 < slope < math.inf:
        return False
    last, step = cost, scale(x)
    for count in range(STRIDES):
        found = at(x - step * (gradient / slope))
        if not math.isfinite(found):
            return (found == -math.inf or count > 2) and last < limit
        if not found <= cost - 0.5 * slope * step:
            return False
        last, step = found, step * STRIDE
    return last < limit


def recedes(at: At, first: Any, x: Any, cost: tuple[float, float]) -> bool:
    """Does the cost never rise again on the ray from `first` through x, as far as numbers reach?

    Then the minimum is not here: a smooth cost that is lower here than at `first` cannot be flat from here on, it only
    comes closer to its limit (log(1 + e^-w)), until the difference is too small for a float.
    """
    way, before = x - first, cost[1]
    if not way.any() or not before < cost[0] - NOTICED * ROUNDING * max(map(abs, cost)) or not at(x + way) <= before:
        return False
    for j in RAY:
        found = at(x + 2.0**j * way)
        if not math.isfinite(found):
            return j > LONG
        if found > before + ROUNDING * abs(before):
            return False
        before = found
    return True


def flat_ways(bend: Curvature | None, size: int, most: int, axes_too: bool) -> Sequence[Any]:
    """The eigenvectors of eigenvalues that are about 0 and what lies between them (x y^2, x y z fall there alone).

    The parameters' axes where second derivatives do not tell.
    """
    axes = list(np.eye(size)[:MOST_WAYS]) if size <= most and (bend is None or axes_too) else []
    if bend is None:
        return axes
    level = bend.noise * bend.largest
    ways = list(bend.eigenvectors.T[np.abs(bend.eigenvalues) <= level][:MOST_WAYS])
    return [*ways, *_between(ways[:MOST_PAIRED]), *axes]


def _between(ways: Sequence[Any]) -> Iterator[Any]:
    """The diagonals of every two, three and more, each with all signs but for the sign of the whole."""
    for many in range(2, len(ways) + 1):
        for first, *others in combinations(ways, many):
            for signs in product((1, -1), repeat=many - 1):
                yield (first + sum(sign * way for sign, way in zip(signs, others, strict=True))) / math.sqrt(many)


def newton_length(bend: Curvature | None, gradient: Any) -> float:
    """How far away the minimum is if the cost is as curved everywhere as here; 0 if that is not known."""
    if bend is None or not np.isfinite(gradient).all():
        return 0.0
    return float(np.linalg.norm(across(bend, gradient)))
