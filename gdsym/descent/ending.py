"""From the recorded rows to the result: where the run stands and how it is judged."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays.byname import ByName
from gdsym.curvature import MOST_PARAMETERS, Curvature
from gdsym.descent.batch import Draw, Redrawn
from gdsym.descent.bend import curvature_at_start, curvature_of
from gdsym.descent.cycling import is_stuck
from gdsym.descent.evaluate import flat_gradient
from gdsym.descent.history import History
from gdsym.descent.hooks import Epochs, Hooks
from gdsym.descent.next_row import named, named_at
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.result import Descent
from gdsym.descent.rows import finite_rows, history_of
from gdsym.descent.standing import (
    FAR,
    falls_beside,
    falls_without_end,
    flat_ways,
    newton_length,
    recedes,
    scale,
    slope_grows_ahead,
)
from gdsym.descent.task import flat, own, unflat
from gdsym.descent.verdict import Ending, is_flat, told
from gdsym.errors import DescentError
from gdsym.record import changed

SLOWLY = 0.05  # of the fall in the first half: a fall in the second half that is no end of a descent
HARDLY = 1e-3  # a fall of the cost by less, in half of all steps, is told

if TYPE_CHECKING:
    from gdsym.descent.run import Run


def ended(
    run: Run, plan: Plan, text: str, hooks: Hooks, draw: Draw | None, epochs: Epochs | None, word: str
) -> Descent:
    """The result of a loop that returned `word`."""
    steps, columns = hooks.recorder.finish()
    if not len(steps):
        raise _no_start(run, word, hooks)
    columns = run.apart(columns)
    finite = finite_rows(columns, len(run.task.params))
    if finite < len(steps):  # the loop looks for NaN at each step, for an infinite gradient or parameter only here
        word, steps, columns = "nonfinite", steps.until(finite), tuple(c.until(finite) for c in columns)
    history = history_of(run, plan, steps, columns, epochs)
    theta = [own(c[-1]) for c in columns[: len(run.task.params)]]
    memory = _memory(run, plan, columns[len(run.task.params) + 1 : -1])
    if word == "nonfinite":
        k = history.steps[-1]
        hooks.detail = named(run, k, theta, memory, _rate_at(run, k, history), draw) or hooks.detail
    at_end = _at_end(run, theta)
    ending = told(_judged(run, word, history, theta, hooks))
    return Descent(
        params=ByName(zip(history.keys, theta, strict=True)),
        status=ending.status,
        message=ending.message + _hoisting(run),
        nit=history.steps[-1],
        nfev=_evaluations(run, plan, history),
        history=history,
        source=text,
        memory=memory,
        rng_state=draw.state(history.steps[-1]) if draw else None,
        at_end=at_end,
        evaluate=partial(_evaluated, run),
        rule=run.rule,
        formulas=run.known.formulas,
        name=run.known.formulas.name if run.known.formulas else "J",
        anchor=epochs.last if epochs else run.hoisted.anchor.point if run.hoisted else None,
        first_index=run.known.formulas.first_index if run.known.formulas else 1,
        redrawn=_redrawn(run, draw),
        searched=run.schedule.search,
        seen=run.seen if run.known.formulas else None,
    )


def _redrawn(run: Run, draw: Draw | None) -> Redrawn | None:
    """How to draw the batches again; a resumed run began where the first one did."""
    if run.batches is None or draw is None or (run.resume and run.resume.redrawn is None):
        return None
    return Redrawn(run.batches, run.resume.redrawn.state if run.resume and run.resume.redrawn else draw.first_state)


def _hoisting(run: Run) -> str:
    if run.hoisted is None:
        return ""
    said = f"{run.hoisted.anchor.passes} pass{'es' * (run.hoisted.anchor.passes != 1)}"
    what = f"Quadratic but for {run.parts.said}" if run.parts else "Quadratic cost"
    return f" ({what}: {said} over the data, steps between them by its Hessian; hoist=False reads all.)"


def _rate_at(run: Run, k: int, history: History) -> Any:
    """The rate of step k; one that only the loop knew stands in the history."""
    rates = run.schedule.rates
    if run.schedule.search or any(r.is_function for r in rates):
        return history.rate[-1]
    return rates[0].at(k) if run.schedule.shared else [r.at(k) for r in rates]


def _no_start(run: Run, word: str, hooks: Hooks) -> BaseException:
    if word == "interrupted":
        return KeyboardInterrupt()
    if word == "callback_error":
        return DescentError(f"Before the first step: {hooks.detail}.")
    found = named_at(run, [run.task.start[p.code] for p in run.task.params]) or hooks.detail
    why = f" ({found})" if found else ""
    return DescentError(
        f"The cost or its gradient is no finite number at the start{why}. "
        "Start where the cost is defined, and check the data."
    )


def _at_end(run: Run, theta: list[Any]) -> Any:
    def at_end() -> tuple[float, Any]:
        cost, slopes = _evaluated(run, *theta)
        return float(cost), flat(slopes)

    return at_end


def _evaluated(run: Run, *theta: Any) -> tuple[Any, tuple[Any, ...]]:
    """Cost and gradients at any parameters, over all data."""
    with np.errstate(all="ignore"):
        cost, slopes = run.evaluate()(*theta)
    return cost, tuple(np.broadcast_to(g, p.shape) for g, p in zip(slopes, run.task.params, strict=True))


def _memory(run: Run, plan: Plan, extras: Any) -> dict[str, Any]:
    """The rule's states at the last row, which a resumed run starts with."""
    names = [state_name(p.code, j) for p in run.task.params for j in range(len(run.rule.state))]
    return {name: own(column[-1]) for name, column in zip(names, extras, strict=False)}


def _evaluations(run: Run, plan: Plan, history: History) -> int:
    """How often the cost was computed: once a row, more in one-after-the-other steps and in line searches."""
    nit = history.steps[-1]
    more = 0 if run.rule.simultaneous else nit * (len(run.task.params) - 1)
    if run.schedule.search and len(history) == nit + 1:
        rates = history.rate[:nit]
        more += int(np.sum(2 + np.round(np.log2(np.concatenate([[1.0], rates[:-1]]) / rates)))) if nit else 0
    return nit + 1 + more


def _judged(run: Run, word: str, history: History, theta: list[Any], hooks: Hooks) -> Ending:
    """The loop's word, or a better one: a saddle, a plateau, a kink, a fall without end."""
    cost, slope = _from_to(run, history, theta)
    rate = run.schedule.constant if run.rule.is_plain else None
    ending = Ending(word, history.steps[-1], cost, slope, run.settings.tests, rate, detail=hooks.detail)
    if word in ("gtol", "xtol", "ftol", "no_step", "max_steps") and not run.batches and is_flat(ending):
        begun = flat([c[0] for c in history.columns[: len(theta)]])
        return _looked_at(run, ending, flat(theta), begun)
    if run.known.kinks and (
        word == "no_step"
        or (word == "max_steps" and is_stuck(history, run.schedule.constant is None, run.rule.is_linear))
    ):
        return _with(ending, "kink", None)
    if word in ("max_steps", "nonfinite") and _has_no_minimum(run, ending, theta, hooks.limit):
        return _with(ending, "unbounded", None)
    if word in ("diverged", "nonfinite") and ending.rate:
        return changed(ending, **curvature_at_start(run, flat(theta)))
    if word == "max_steps":
        half = _second_half(history)
        word = "plateau" if half <= HARDLY * abs(cost[1]) else "falls"
        told_of = {word: half} if half > (0 if word == "plateau" else SLOWLY * (cost[0] - half - cost[1])) else {}
        still = word == "plateau" and slope[1] > HARDLY * slope[0] and _crawls(history)
        return changed(ending, ahead=_ahead(run, ending, flat(theta)), still=still, **told_of)
    return ending


def _ahead(run: Run, ending: Ending, x: Any) -> float:
    """How far the cost falls ahead, steeper than here, if the slope has become small."""
    small = any(ending.tests) and ending.slope[1] < HARDLY * ending.slope[0] and not run.known.kinks
    slope = _slope(run, x) if small else None
    return 0.0 if slope is None else slope_grows_ahead(_at(run), x, ending.cost[1], slope)


def _looked_at(run: Run, ending: Ending, x: Any, begun: Any) -> Ending:
    """A flat point by its second derivatives, and by the cost beside and ahead of it."""
    bend, slope = curvature_of(run, x), _slope(run, x)
    at = _at(run)
    smooth = not run.known.kinks and not run.wholly  # a quadratic cost has no plateau
    ahead = slope_grows_ahead(at, x, ending.cost[1], slope) if smooth and slope is not None else 0.0
    if ahead and not (bend and bend.curves_down and _is_near(bend, slope, x)):
        return changed(ending, word="plateau", curvature=bend, ahead=ahead)
    if bend and bend.curves_down:
        return _with(ending, "saddle", bend)
    ways = flat_ways(bend, len(x), MOST_PARAMETERS, run.known.kinks)
    if falls_beside(at, x, ending.cost, ending.slope[1], bend, ways):
        return _with(ending, "falls", bend)
    if smooth and ending.word != "max_steps" and recedes(at, begun, x, ending.cost):
        return _with(ending, "recedes", bend)
    away = newton_length(bend, slope) if slope is not None and ending.word != "max_steps" else 0.0
    return changed(ending, away=away if away > FAR * scale(x) else 0.0)


def _is_near(bend: Curvature, slope: Any, x: Any) -> bool:
    """Is the point of slope 0, by the curvature here, close by?"""
    return float(np.linalg.norm(slope)) <= 0.1 * FAR * scale(x) * float(np.max(np.abs(bend.eigenvalues)))


def _has_no_minimum(run: Run, ending: Ending, theta: list[Any], limit: float) -> bool:
    """Has the cost fallen, no less steeply than at first, and does it go on so ahead, as far as floats reach?

    A run that was asked for so many steps (all tests off) is called unbounded only when it fell below the limit.
    """
    (before, now), (first, last) = ending.cost, ending.slope
    overflowed = ending.word == "nonfinite"
    if not (now < before and (overflowed or any(ending.tests) or now < -limit) and last >= first * (1 - 1e-9)):
        return False
    if overflowed and now < -limit:
        return True
    x = flat(theta)
    slope = _slope(run, x)
    return slope is not None and falls_without_end(_at(run), x, now, slope, -limit)


def _at(run: Run) -> Any:
    """The cost at a flat point, over all data; not a number where it cannot be computed."""

    def at(x: Any) -> float:
        try:
            return float(_evaluated(run, *unflat(x, run.task.params))[0])
        except (ArithmeticError, ValueError):
            return math.nan

    return at


def _slope(run: Run, x: Any) -> Any:
    with np.errstate(all="ignore"):
        slope = flat_gradient(run.evaluate(), run.task.params)(x)
    return slope if np.isfinite(slope).all() else None


def _from_to(run: Run, history: History, theta: list[Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """First and last cost, and gradient norm; over all data, for mini-batches too."""
    costs, squares = history.columns[len(theta)], history.columns[-1]
    if not history.epochs:
        return (float(costs[0]), float(costs[-1])), (math.sqrt(squares[0]), math.sqrt(squares[-1]))
    cost, slopes = _evaluated(run, *theta)
    return (history.epochs[0][1], float(cost)), (math.sqrt(squares[0]), float(np.linalg.norm(flat(slopes))))


def _with(ending: Ending, word: str, bend: Curvature | None) -> Ending:
    return changed(ending, word=word, curvature=bend)


def _crawls(history: History) -> bool:
    """Is the last of more than a few steps short beside where it leads?"""
    if len(history) <= 20:
        return False
    before, after = (flat([history.params[key][at] for key in history.keys]) for at in (-2, -1))
    return bool(np.linalg.norm(after - before) <= HARDLY * scale(after))


def _second_half(history: History) -> float:
    """By how much the cost fell in the second half of the run; 0 where it rose, or the run is short."""
    costs, rows = history.columns[len(history.keys)], len(history)
    return max(float(costs[rows // 2]) - float(costs[rows - 1]), 0.0) if rows > 20 else 0.0
