"""How a run ended, judged where it stands: a minimum, a saddle, a plateau, a kink, a fall without end."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.curvature import MOST_PARAMETERS, Curvature, curvature_at
from gdsym.descent.bend import curvature_at_start, curvature_of
from gdsym.descent.cycling import crawls, is_stuck, second_half
from gdsym.descent.evaluate import Evaluate, flat_gradient
from gdsym.descent.facts_of_end import Ending, is_flat
from gdsym.descent.faraway import LEAPT, falls_for_ever, further, lower_half_way, sinks, walked
from gdsym.descent.history import History
from gdsym.descent.hooks import Hooks
from gdsym.descent.no_minimum import signs
from gdsym.descent.standing import (
    FAR,
    NOTICED,
    ROUNDING,
    falls_as_steeply,
    falls_beside,
    falls_without_end,
    flat_ways,
    lower_beside,
    newton_length,
    recedes,
    scale,
    settled,
    slope_grows_ahead,
    slopes_down,
)
from gdsym.descent.still import is_least, still_by
from gdsym.descent.symmetric import minimum_among_symmetric
from gdsym.descent.task import flat, flat_slopes, unflat
from gdsym.record import changed, record

if TYPE_CHECKING:
    from gdsym.descent.run import Run

MOST_LOOKED = 4  # directions along which slopes are looked at
WALKED = 1e-4  # relative to the largest parameter: a Newton step from which on it is asked where such steps lead
STEEP = 0.1  # of the first slope: no minimum is near
SLOWLY = 0.05  # of the fall in the first half: a fall in the second half that is no end of a descent
PART = 1e-3  # of the cost: a fall ahead that counts after a small change
CONCAVE = 1.2  # times slope and distance: a convex cost falls by less
FELL = 0.1  # of the first rate: one that has become much smaller
HARDLY = 1e-3  # a fall of the cost by less, in half of all steps, is told


@record(eq=False)
class Judge:
    """Looks at one run's end; what depends on the data only is prepared once for all that it evaluates."""

    run: Run
    history: History
    theta: list[Any]

    @cached_property
    def evaluate(self) -> Evaluate:
        """Cost and gradient over all data."""
        return self.run.evaluate(self.run.known.seldom)

    @cached_property
    def x(self) -> Any:
        """The end, flat."""
        return flat(self.theta)

    @np.errstate(all="ignore")  # far out squares overflow, and say nothing
    def ending(self, word: str, hooks: Hooks) -> Ending:
        """The loop's word, or a better one."""
        run, history = self.run, self.history
        cost, slope = self.from_to()
        gtol = run.settings.tests[0]
        if word == "max_steps" and gtol and slope[1] <= gtol:  # in batches all data are looked at now and then
            word = "gtol"
        rate = run.schedule.constant if run.rule.is_plain else None
        searched = run.schedule.search and run.batches is not None
        found = "found by a line search" if run.schedule.search else "fixed" if run.schedule.constant else "scheduled"
        ending = Ending(
            word, history.steps[-1], cost, slope, run.settings.tests, rate, searched, found, detail=hooks.detail
        )
        if word in ("gtol", "xtol", "ftol", "no_step", "max_steps") and is_flat(ending):
            return self.looked_at(ending)
        steep = slope[1] > STEEP * slope[0]  # near a minimum a step may leap, too: the line search ends there
        if word == "ftol" and steep and not run.batches and (lower := self.leapt()):
            return changed(ending, word="kink" if run.known.kinks else "leapt", ahead=lower)
        if word in ("xtol", "ftol", "no_step") and not run.known.kinks and (away := self.further(cost))[1]:
            return changed(ending, away=away[0], gain=away[1])
        if word in ("xtol", "ftol") and (better := self.cut_short(ending, searches=run.schedule.search)):
            return better
        if run.known.kinks and word in ("xtol", "ftol", "max_steps"):
            ending = changed(ending, still_by=self.still(cost[1]))
        if run.known.kinks and (word == "no_step" or (word == "max_steps" and self.is_stuck)):
            return _with(ending, "kink", None)
        if word in ("max_steps", "nonfinite") and self.has_no_minimum(ending, hooks.limit):
            return changed(_with(ending, "unbounded", None), signs=signs(run.task.data))
        if word in ("diverged", "nonfinite") and ending.rate:
            return changed(ending, **curvature_at_start(run, self.evaluate, self.x))
        return self.slowed(ending) if word == "max_steps" else ending

    @cached_property
    def begun(self) -> Any:
        return flat([c[0] for c in self.history.columns[: len(self.theta)]])

    @cached_property
    def is_stuck(self) -> bool:
        """Do the last steps go to and fro?"""
        return is_stuck(self.history, self.run.schedule.constant is None, self.run.rule.is_linear)

    def cut_short(self, ending: Ending, *, searches: bool) -> Ending | None:
        """A small change of cost or parameters that is no end of a descent: on a tail, at the edge of a kink, by a rate that fell."""
        x, cost, known, slope = self.x, ending.cost[1], self.run.known, self.slope()
        if slope is None:
            return None
        least = max(PART, LEAPT * self.run.settings.tests[2]) * abs(cost) + NOTICED * ROUNDING * abs(ending.cost[0])
        ahead = 0.0 if known.kinks else slope_grows_ahead(self.at, x, cost, slope, CONCAVE)
        if ahead > least:
            return changed(ending, word="plateau", ahead=ahead)
        fell = self.rate_that_fell()
        steep = ending.slope[1] > HARDLY * ending.slope[0]
        if known.kinks and searches and ((fell and steep) or lower_beside(self.at, x, cost, slope, least)):
            return _with(ending, "kink", None)
        return changed(ending, rate_then=fell) if fell and steep and not searches else None

    def rate_that_fell(self) -> float:
        """The last step's rate, if it had become much smaller than the first, or than those a line search found; 0 if not."""
        if self.run.schedule.constant is not None or len(self.history) < 2:
            return 0.0
        rates = self.history.rate
        largest = rates if rates.ndim == 1 else rates.max(axis=1)
        usual, last = float(np.median(largest[:-1]) if self.run.schedule.search else largest[0]), float(largest[-2])
        return last if last < FELL * usual else 0.0

    def slowed(self, ending: Ending) -> Ending:
        """What is told of the second half of a run that made all its steps."""
        cost, slope = ending.cost, ending.slope
        half = second_half(self.history)
        word = "plateau" if half <= HARDLY * abs(cost[1]) else "falls"
        told_of = {word: half} if half > (0 if word == "plateau" else SLOWLY * (cost[0] - half - cost[1])) else {}
        steep = slope[1] > HARDLY * slope[0]
        slow = steep and crawls(self.history)
        still = word == "plateau" and slow
        swings = any(ending.tests) and steep and not slow and self.is_stuck
        ahead = self.ahead(ending)
        found = ahead or still or swings or told_of
        return changed(ending, ahead=ahead, still=still, swings=swings, **told_of) if found else ending

    def ahead(self, ending: Ending) -> float:
        """How far the cost falls ahead, steeper than here, if the slope has become small."""
        small = any(ending.tests) and ending.slope[1] < HARDLY * ending.slope[0] and not self.run.known.kinks
        slope = self.slope() if small else None
        return 0.0 if slope is None else slope_grows_ahead(self.at, self.x, ending.cost[1], slope)

    def looked_at(self, ending: Ending) -> Ending:
        """A flat point by its second derivatives, and by the cost beside and ahead of it."""
        if self.run.known.formulas and self.run.known.formulas.stepped:
            return changed(ending, stepped=True)
        known, x = self.run.known, self.x
        smooth = not known.kinks and not known.quadratic  # a quadratic cost has no plateau
        if ending.word != "max_steps" and (still := self.still(ending.cost[1])):
            if smooth and recedes(self.at, self.begun, x, ending.cost):
                return self.receded(ending, x, x - self.begun)
            return changed(ending, word="still", still_by=still)
        bend, slope = self.curved(x), self.slope()
        ahead = slope_grows_ahead(self.at, x, ending.cost[1], slope) if smooth and slope is not None else 0.0
        if ahead and not (bend and bend.curves_down and _is_near(bend, slope, x)):
            return changed(ending, word="plateau", curvature=bend, ahead=ahead)
        floor, cost = x, ending.cost
        if bend and bend.curves_down:
            found = None if slope is None else settled(x, slope, bend, self.gradient, self.curved)
            if found is None:
                if name := minimum_among_symmetric(self.run, x, bend):
                    return changed(ending, curvature=bend, symmetric=name)
                return _with(ending, "saddle" if slope is None or _is_level(bend, slope, x) else "bends", bend)
            (floor, slope, bend), cost = found, (cost[0], self.at(found[0]))
        ways = flat_ways(bend, len(x), MOST_PARAMETERS, known.kinks)
        if slope is not None and falls_beside(self.at, self.gradient, floor, cost, slope, bend, ways):
            return _with(ending, "falls", bend)
        if smooth and slope is not None and slopes_down(self.gradient, floor, slope, bend, ways[:MOST_LOOKED]):
            return _with(ending, "falls", bend)
        if ending.word == "max_steps":
            return ending
        if smooth and recedes(self.at, self.begun, x, ending.cost):
            return self.receded(ending, x, x - self.begun)
        return ending if slope is None or bend is None else self.looked_far(ending, floor, cost[1], slope, bend)

    def still(self, cost: float) -> str:
        """The parameters that cannot move, unless the cost has flat floors and is nowhere lower."""
        slope = self.slope()
        found = () if slope is None else still_by(self.gradient, self.x, slope, self.run.task.params, self.begun)
        known = self.run.known  # a smooth cost that does not change is one of which the digits are gone
        return "" if not found or (known.kinks and is_least(known.formulas, cost)) else ", ".join(p.name for p in found)

    def looked_far(self, ending: Ending, x: Any, cost: float, slope: Any, bend: Curvature) -> Ending:
        """A slope that is small though no minimum is near: how far off it is, or that there is none."""
        if falls_for_ever(self.at, x, cost, slope, bend):
            return _with(ending, "unbounded", bend)
        if ahead := falls_as_steeply(self.at, x, cost, slope, bend):
            return changed(ending, word="slopes", ahead=ahead)
        away = newton_length(bend, slope)
        if not away > WALKED * scale(x) or self.run.known.quadratic:
            return changed(ending, away=away if away > FAR * scale(x) else 0.0)
        walk = walked(x, slope, bend, self.gradient, self.curved)
        if walk is None:
            return ending
        if walk.stays:
            if walk.has_only_a_limit(self.at):
                return self.receded(ending, walk.end, walk.step)
            far = walk.length > FAR * scale(x) and self.at(walk.end) < cost
            return changed(ending, away=walk.length if far else 0.0)
        if ahead := walk.falls_on(self.at, cost):
            return changed(ending, word="plateau", curvature=bend, ahead=ahead)
        return changed(ending, away=walk.length if walk.length > FAR * scale(x) else 0.0)

    def receded(self, ending: Ending, x: Any, way: Any) -> Ending:
        """No minimum along a way: only a limit, or not even that."""
        return changed(ending, word="sinks" if sinks(self.at, x, way) else "recedes")

    def further(self, cost: tuple[float, float]) -> tuple[float, float]:
        """How far away the cost is how much lower, where a small change and not a small slope has ended the run."""
        slope, x = self.slope(), self.x
        if slope is None:
            return 0.0, 0.0
        bend = (
            self.curved(x) if self.run.wholly else curvature_at(self.gradient, x)
        )  # no derived Hessian, which may take seconds
        return further(self.at, x, cost, slope, bend)

    def leapt(self) -> float:
        """How much lower the cost is half-way of the last step, if that leapt over a valley."""
        history = self.history
        if len(history) < 2 or history.steps[-1] - history.steps[-2] != 1:
            return 0.0
        before, cost = flat([c[-2] for c in history.columns[: len(self.theta)]]), self.from_to()[0][1]
        return lower_half_way(self.at, before, self.x, cost, self.run.settings.tests[2])

    def has_no_minimum(self, ending: Ending, limit: float) -> bool:
        """Has the cost fallen, about as steeply as at first, and does it go on so ahead, as far as floats reach?

        A run that was asked for so many steps (all tests off) is called unbounded only when it fell below the limit.
        """
        (before, now), (first, last) = ending.cost, ending.slope
        overflowed = ending.word == "nonfinite"
        if not (now < before and (overflowed or any(ending.tests) or now < -limit) and last > STEEP * first):
            return False
        if overflowed and now < -limit:
            return True
        slope = self.slope()
        return slope is not None and falls_without_end(self.at, self.x, now, slope, -limit)

    def at(self, x: Any) -> float:
        """The cost at a flat point; not a number where it cannot be computed."""
        try:
            with np.errstate(all="ignore"):
                return float(self.evaluate(*unflat(x, self.run.task.params))[0])
        except (ArithmeticError, ValueError):
            return math.nan

    def slope(self) -> Any:
        """The gradient at the end; None if it is not finite."""
        slope = self.gradient(self.x)
        return slope if np.isfinite(slope).all() else None

    def gradient(self, x: Any) -> Any:
        """The gradient at a flat point; not numbers where it cannot be computed."""
        with np.errstate(all="ignore"):
            return flat_gradient(self.evaluate, self.run.task.params)(x)

    def curved(self, x: Any) -> Curvature | None:
        """The curvature at a flat point."""
        return curvature_of(self.run, self.evaluate, x)

    def from_to(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """First and last cost, and gradient norm; over all data, for mini-batches too."""
        history = self.history
        costs, squares = history.columns[len(self.theta)], history.columns[-1]
        if not history.epochs:
            return (float(costs[0]), float(costs[-1])), (math.sqrt(squares[0]), math.sqrt(squares[-1]))
        with np.errstate(all="ignore"):
            cost, slopes = self.evaluate(*self.theta)
        norm = float(np.linalg.norm(flat_slopes(slopes, self.run.task.params)))
        return (history.epochs[0][1], float(cost)), (math.sqrt(squares[0]), norm)


def _is_near(bend: Curvature, slope: Any, x: Any) -> bool:
    """Is the point of slope 0, by the curvature here, close by?"""
    return float(np.linalg.norm(slope)) <= 0.1 * FAR * scale(x) * bend.largest


def _is_level(bend: Curvature, slope: Any, x: Any) -> bool:
    """Is a point of slope 0 close by along the direction in which the cost curves downwards most?"""
    return abs(float(bend.eigenvectors[:, 0] @ slope)) <= FAR * scale(x) * abs(float(bend.eigenvalues[0]))


def _with(ending: Ending, word: str, bend: Curvature | None) -> Ending:
    return changed(ending, word=word, curvature=bend)
