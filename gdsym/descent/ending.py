"""From the recorded rows to the result: where the run stands and how it is judged."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays.byname import ByName
from gdsym.curvature import MOST_PARAMETERS, Curvature, curvature, curvature_at
from gdsym.descent.batch import Draw
from gdsym.descent.evaluate import flat_gradient
from gdsym.descent.history import Column, History
from gdsym.descent.hooks import Epochs, Hooks
from gdsym.descent.loop import Plan, state_name
from gdsym.descent.result import Descent
from gdsym.descent.schedule import Schedule
from gdsym.descent.task import flat, own, unflat
from gdsym.descent.verdict import Ending, cycles, is_flat, told
from gdsym.errors import DescentError

BESIDE = (1e-2, 1e-3)  # steps, relative to the largest parameter, at which the cost is looked at again
ROUNDING = 1e-14
MOST_WAYS = 8

if TYPE_CHECKING:
    from gdsym.descent.run import Run


def ended(
    run: Run, plan: Plan, text: str, hooks: Hooks, draw: Draw | None, epochs: Epochs | None, word: str
) -> Descent:
    """The result of a loop that returned `word`."""
    steps, columns = hooks.recorder.finish()
    if not len(steps):
        raise _no_start(word, hooks)
    finite = _finite_rows(columns, len(run.task.params))
    if finite < len(steps):  # the loop looks for NaN at each step, for an infinite gradient or parameter only here
        word, steps, columns = "nonfinite", steps[:finite], tuple(c.until(finite) for c in columns)
    if word in ("max_steps", "nonfinite") and hooks.falls_for_ever():
        word = "unbounded"
    history = _history(run, plan, steps, columns, epochs)
    theta = [own(c[-1]) for c in columns[: len(run.task.params)]]
    at_end = _at_end(run, theta)
    ending = told(_judged(run, word, history, theta, hooks))
    extras = columns[len(run.task.params) + 1 : -1]
    return Descent(
        params=ByName(zip(history.keys, theta, strict=True)),
        status=ending.status,
        message=ending.message + _hoisting(run),
        nit=int(history.step[-1]),
        nfev=_evaluations(run, plan, history),
        history=history,
        source=text,
        memory=_memory(run, plan, extras),
        rng_state=draw.epoch_state if draw else None,
        at_end=at_end,
        evaluate=partial(_evaluated, run),
        rule=run.rule,
        formulas=run.formulas,
        name=run.formulas.name if run.formulas else "J",
        anchor=run.hoisted.anchor.point if run.hoisted else None,
        first_index=run.formulas.first_index if run.formulas else 1,
    )


def _finite_rows(columns: Any, params: int) -> int:
    """How many rows are left when those at the end that are not finite are cut off; the first row is."""
    rows = len(columns[0])
    shown = [*columns[: params + 1], columns[-1]]
    while rows > 1 and not all(np.isfinite(c[rows - 1]).all() for c in shown):
        rows -= 1
    return rows


def _hoisting(run: Run) -> str:
    if run.hoisted is None:
        return ""
    passes = run.hoisted.anchor.passes
    return (
        f" (Quadratic cost: {passes} passes over the data, steps between them by its Hessian; hoist=False reads all.)"
    )


def _no_start(word: str, hooks: Hooks) -> BaseException:
    if word == "interrupted":
        return KeyboardInterrupt()
    if word == "callback_error":
        return DescentError(f"Before the first step: {hooks.detail}.")
    why = f" ({hooks.detail})" if hooks.detail else ""
    return DescentError(
        f"The cost or its gradient is no finite number at the start{why}. "
        "Start where the cost is defined, and check the data."
    )


def _history(run: Run, plan: Plan, steps: Any, columns: Any, epochs: Epochs | None) -> History:
    """The kept rows; a resumed run's earlier rows come first."""
    params = run.task.params
    shown = (*columns[: len(params) + 1], columns[-1])
    rates: Any = list(columns[-1 - plan.rate_columns : -1])
    rates = _rates(run.schedule, steps) if not rates else _recorded(rates)
    if run.resume:
        old = run.resume.history
        shown = tuple(Column([a.array()[:-1], *b.parts]) for a, b in zip(old.columns, shown, strict=True))
        steps, rates = np.concatenate([old.step[:-1], steps]), _after(old, rates)
    keys = tuple(p.key for p in params)
    return History(keys, steps, shown, rates, tuple(epochs.costs) if epochs else ())


def _after(old: History, rates: Any) -> Any:
    return lambda: np.concatenate([old.rate[:-1], rates()])


def _recorded(columns: list[Any]) -> Any:
    def rates() -> Any:
        table = np.array([[math.nan if r is None else r for r in c] for c in columns], dtype=float)
        return table[0] if len(table) == 1 else table.T

    return rates


def _rates(schedule: Schedule, steps: Any) -> Any:
    """What the loop used at each step, computed again when somebody asks."""

    def rates() -> Any:
        table = np.array([[r.at(int(k)) for k in steps] for r in schedule.rates[: 1 if schedule.shared else None]])
        return table[0] if schedule.shared else table.T

    return rates


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
    nit = int(history.step[-1])
    more = 0 if run.rule.simultaneous else nit * (len(run.task.params) - 1)
    if run.schedule.search and len(history) == nit + 1:
        rates = history.rate[:nit]
        more += int(np.sum(2 + np.round(np.log2(np.concatenate([[1.0], rates[:-1]]) / rates)))) if nit else 0
    return nit + 1 + more


def _judged(run: Run, word: str, history: History, theta: list[Any], hooks: Hooks) -> Ending:
    """The loop's word, or a better one: a saddle, a kink."""
    cost, slope = _from_to(run, history, theta)
    rate = run.schedule.constant if run.rule.is_plain else None
    ending = Ending(word, int(history.step[-1]), cost, slope, run.settings.tests, rate, detail=hooks.detail)
    if (
        word in ("gtol", "xtol", "ftol", "no_step", "max_steps")
        and not run.batches
        and not run.convex
        and is_flat(ending)
    ):
        bend = _curvature(run, flat(theta))
        if bend and bend.curves_down:
            return _with(ending, "saddle", bend)
        if _falls_beside(run, flat(theta), ending, bend):
            return _with(ending, "falls", bend)
    if word in ("max_steps", "no_step") and run.kinks and (word == "no_step" or _goes_to_and_fro(history)):
        return _with(ending, "kink", None)
    if word in ("diverged", "nonfinite") and ending.rate:
        return _with(ending, word, _curvature(run, flat([run.task.start[p.code] for p in run.task.params])))
    return ending


def _falls_beside(run: Run, x: Any, ending: Ending, bend: Curvature | None) -> bool:
    """Does the cost fall along a direction without curvature, by more than the gradient and rounding explain?"""
    top = float(np.max(np.abs(bend.eigenvalues))) if bend else 0.0
    rounding = ROUNDING * max(map(abs, ending.cost))

    def fall(step: Any) -> float:
        found, _ = _evaluated(run, *unflat(x + step, run.task.params))
        length = float(np.linalg.norm(step))
        return ending.cost[1] - float(found) - 2 * ending.slope[1] * length - rounding - ROUNDING * top * length**2

    scale = max(1.0, float(np.max(np.abs(x))))
    ways = [sign * way for way in _flat_ways(run, x, bend) for sign in (1, -1)]
    return any(all(fall(size * scale * way) > 0 for size in BESIDE) for way in ways)


def _flat_ways(run: Run, x: Any, bend: Curvature | None) -> list[Any]:
    """The eigenvectors of eigenvalues that are about 0; the parameters' axes where second derivatives do not tell."""
    axes = list(np.eye(len(x))[:MOST_WAYS]) if len(x) <= MOST_PARAMETERS else []
    if bend is None:
        return axes
    level = bend.noise * float(np.max(np.abs(bend.eigenvalues)))
    ways = list(bend.eigenvectors.T[np.abs(bend.eigenvalues) <= level][:MOST_WAYS])
    return ways + axes if run.kinks else ways


def _from_to(run: Run, history: History, theta: list[Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """First and last cost, and gradient norm; over all data, for mini-batches too."""
    costs, squares = history.columns[len(theta)], history.columns[-1]
    if not history.epochs:
        return (float(costs[0]), float(costs[-1])), (math.sqrt(squares[0]), math.sqrt(squares[-1]))
    cost, slopes = _evaluated(run, *theta)
    return (history.epochs[0][1], float(cost)), (math.sqrt(squares[0]), float(np.linalg.norm(flat(slopes))))


def _with(ending: Ending, word: str, bend: Curvature | None) -> Ending:
    return replace(ending, word=word, curvature=bend)


def _goes_to_and_fro(history: History) -> bool:
    count = len(history.keys)
    points = [flat([c[r] for c in history.columns[:count]]) for r in range(max(0, len(history) - 256), len(history))]
    return cycles(points, history.columns[count].array()[-len(points) :])


def _curvature(run: Run, x: Any) -> Curvature | None:
    """The Hessian at x: the caller's, or differences of the gradient; None if there is none to be had."""
    if run.hessian is not None:
        keys = (p.key for p in run.task.params)
        return curvature(run.hessian(dict(zip(keys, unflat(x, run.task.params), strict=True))))
    return curvature_at(flat_gradient(run.evaluate(), run.task.params), x)
