"""A small slope where no minimum is near: where Newton's steps lead, a slope that never ends, a valley that was leapt over."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from gdsym.curvature import Curvature
from gdsym.descent.standing import (
    NOTICED,
    ROUNDING,
    STRIDE,
    STRIDES,
    At,
    Curved,
    Slopes,
    across,
    falls_without_end,
    recedes,
    scale,
)
from gdsym.record import record

WALK = 8  # Newton steps that are followed
ARRIVED = 1e-3  # of the first step: a step that ends the walk
PARTS = (1.0, 0.5, 0.25)  # of a Newton step that are tried
SURE = 3  # steps that tell something
STAYS = 0.6  # of the first: the last step of a walk towards no minimum; at one of order 10 it is 0.39
BEYOND = (0.25, 0.5, 1.0)  # of the way: places behind its end
DOUBLINGS = (20, 30, 40)  # far out, where a limit would be reached
GOOD_PART = 1e-2  # of the whole fall: one that is missing
LEAPT = 1e3  # times ftol: a fall half-way that shows a step to have leapt over a valley


@record(eq=False)
class Walk:
    """Where Newton's steps lead from `start`: to `end`, with `step` the last of them; `stays` if they do not get shorter."""

    start: Any
    end: Any
    step: Any
    stays: bool

    @property
    def length(self) -> float:
        """From start to end."""
        return float(np.linalg.norm(self.end - self.start))

    def has_only_a_limit(self, at: At) -> bool:
        """Does the cost fall along the walk and never rise behind it?"""
        return recedes(at, self.end - self.step, self.end, (at(self.start), at(self.end)))

    def falls_on(self, at: At, cost: float) -> float:
        """By how much it falls if it goes on falling behind the end, as at an inflection and never at a minimum; else 0."""
        behind = [at(self.end), *(at(self.end + part * (self.end - self.start)) for part in BEYOND)]
        falling = all(after < before for before, after in pairwise(behind))
        return max(cost - behind[-1], 0.0) if falling else 0.0


def walked(x: Any, slope: Any, bend: Curvature, gradient: Slopes, curved: Curved) -> Walk | None:
    """Newton's steps from x, shortened where the slope does not fall; None where they do not tell.

    They get shorter quickly towards a minimum that is no flatter than a tenth power, and stay as long where the cost only
    comes closer to a limit: exp(-x) makes steps of 1, 1/x of x/2.
    """
    place, lengths = x, []
    for _ in range(WALK):
        step = across(bend, slope)
        steep = float(np.linalg.norm(slope))
        found = next((f for part in PARTS if (f := _tried(place + part * step, steep, gradient, curved))), None)
        if found is None:
            return None
        step, told = found[0] - place, _told(bend)
        place, slope, bend = found
        lengths.append(float(np.linalg.norm(step)))
        if lengths[-1] <= ARRIVED * lengths[0]:
            break
        if _told(bend) < told:  # too flat, beside other directions, to be followed any further
            if len(lengths) < SURE:
                return None
            break
    return Walk(x, place, step, lengths[-1] > STAYS * lengths[0])


def _tried(place: Any, steep: float, gradient: Slopes, curved: Curved) -> tuple[Any, Any, Curvature] | None:
    """Slope and curvature at a place; None if it is no less `steep`, has no value or curves downwards."""
    slope = gradient(place)
    bend = curved(place) if float(np.linalg.norm(slope)) < steep else None
    return None if bend is None or bend.curves_down else (place, slope, bend)


def _told(bend: Curvature) -> int:
    """In how many directions it curves upwards for sure."""
    return int((bend.eigenvalues > bend.noise * bend.largest).sum())


def falls_for_ever(at: At, x: Any, cost: float, slope: Any, bend: Curvature | None) -> bool:
    """Is there a slope along a direction in which the cost does not curve, and does it never end?

    One place far away is looked at first: there the slope that rounding leaves along a line of minima shows itself.
    """
    if bend is None:
        return False
    level = bend.eigenvectors[:, np.abs(bend.eigenvalues) <= bend.noise * bend.largest]
    slant = level @ (level.T @ slope)
    steep, far = float(np.linalg.norm(slant)), scale(x) * STRIDE ** (STRIDES // 3)
    if not steep > 0 or at(x - far * (slant / steep)) > cost - 0.5 * steep * far:
        return False
    return falls_without_end(at, x, cost, slant, cost)


def further(at: At, x: Any, cost: tuple[float, float], slope: Any, bend: Curvature | None) -> tuple[float, float]:
    """How far a Newton step leads, in parameters scaled to the same curvature, and how much lower the cost is there.

    0 unless that is a good part of the whole fall, or of what is left of the cost, as where a descent crawls along a narrow valley.
    """
    if bend is None:
        return 0.0, 0.0
    hessian = (bend.eigenvectors * bend.eigenvalues) @ bend.eigenvectors.T
    curves = np.diag(hessian)
    if not (curves > 0).all():
        return 0.0, 0.0
    scales = 1 / np.sqrt(curves)
    values, vectors = np.linalg.eigh(hessian * np.outer(scales, scales))
    step = scales * across(Curvature(values, vectors, bend.noise), scales * slope)
    gain = cost[1] - at(x + step)
    rounding = NOTICED * ROUNDING * max(map(abs, cost))
    large = gain > GOOD_PART * abs(cost[0] - cost[1]) or gain > GOOD_PART * abs(cost[1]) + rounding
    return (float(np.linalg.norm(step)), gain) if large else (0.0, 0.0)


def sinks(at: At, x: Any, way: Any) -> bool:
    """Does the cost fall by about as much for each of the last doublings of the way, as -log x does, and to no limit?"""
    costs = [at(x + 2.0**j * way) for j in DOUBLINGS]
    first, last = costs[0] - costs[1], costs[1] - costs[2]
    return bool(last > 0.9 * first > NOTICED * ROUNDING * max(map(abs, costs)))


def lower_half_way(at: At, before: Any, after: Any, cost: float, ftol: float) -> float:
    """By how much the cost is lower half-way of a step that changed it by at most `ftol`, if by far more than that; else 0."""
    fall = cost - at((before + after) / 2)
    return fall if fall > (LEAPT * ftol + NOTICED * ROUNDING) * abs(cost) else 0.0
