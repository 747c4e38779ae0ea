"""Is a run hoisted? What it is hoisted with: start, Hessian, trial and rest, from the run's own numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.evaluate import evaluator
from gdsym.descent.hoist import MOST_PARAMETERS, Hessian, Hoisted, Parts, Rest, Trial, hoisted
from gdsym.descent.rules import as_rule
from gdsym.descent.task import Program, count, flat

NARROW = 100  # parameters up to which a step by the Hessian is never the slower one, if a pass is over arrays
FEW = 4  # numbers a parameter: over plain floats a pass over so few is the quicker one

if TYPE_CHECKING:
    from gdsym.descent.asked import Asked
    from gdsym.descent.run import Run


def reads_seldom(asked: Asked, program: Program, size: int, numbers: int) -> bool:
    """Will the run of a quadratic cost of `size` parameters be hoisted, so that its data need no preparing for many passes?"""
    rule = as_rule(asked.update)
    fits = not isinstance(asked.learning_rate, str) and rule.simultaneous and rule.is_linear
    return asked.hoist and _pays(program, size, numbers) and fits


def _pays(program: Program, size: int, numbers: int) -> bool:
    """Is a product with the Hessian quicker than a pass over so many numbers?

    Where the run will end is not asked: one that goes on later has to make the very steps of one that did not stop.
    """
    if getattr(program, "plain", False) and numbers <= FEW * (size + 1):
        return False
    return size <= NARROW or (size <= MOST_PARAMETERS and size * size <= 2 * numbers)


def hoisting(run: Run) -> Hoisted | None:
    """The program that reads the data only now and then, where it pays and is safe."""
    parts, params = run.parts, run.task.params
    hessian = parts.hessian if parts else run.known.hessian if run.wholly else None
    if hessian is None or not _fits(run):
        return None
    known = run.resume.anchor if run.resume else None
    begun = [run.resume.history.params[p.key][0] for p in params] if run.resume else None
    with np.errstate(all="ignore"):
        return hoisted(
            [i for i in run.task.program.inputs if i.kind == "param"],
            params,
            flat([run.task.start[p.code] for p in params]) if known is None else known,
            run.evaluate(parts.quadratic if parts else None),
            _at_start(run, hessian),
            gtol=run.settings.tests[0],
            together=run.joins,
            trial=_trial(run, parts),
            rest=_rest(run, parts) if parts else None,
            tried_at=None
            if begun is None
            else flat(begun),  # where the run began: at its end there may be no slope left
        )


def _fits(run: Run) -> bool:
    """Does it pay, and does the rule take steps that are linear in the gradient, all parameters at once?"""
    size, numbers = sum(p.size for p in run.task.params), count(run.task.data)
    if run.task.is_scalar or not _pays(run.task.program, size, numbers):
        return False
    return run.batches is None and run.rule.simultaneous and run.rule.is_linear and not run.schedule.search


def _at_start(run: Run, hessian: Hessian) -> Any:
    return hessian({p.key: run.task.start[p.code] for p in run.task.params})


def _trial(run: Run, parts: Parts | None) -> Trial | None:
    """Gradient and Hessian over some of the samples."""
    sample = parts.sample if parts else run.known.sample
    if sample is None:
        return None
    over = partial(evaluator, params=run.task.params, data=sample.data)
    whole = over(run.task.program)
    quadratic, rest = (over(parts.quadratic), over(parts.rest)) if parts else (whole, None)
    return Trial(_at_start(run, sample.hessian), quadratic, rest, whole)


def _rest(run: Run, parts: Parts) -> Rest:
    """What is computed in every step."""
    own = {i.name: run.task.data[i.name] for i in parts.rest.inputs if i.kind != "param"}
    data = {name: np.asarray(value, dtype=float) if np.ndim(value) else value for name, value in own.items()}
    return Rest(parts.rest, data, evaluator(parts.rest, run.task.params, data), run.evaluate())
