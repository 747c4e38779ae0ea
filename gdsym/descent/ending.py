"""From the recorded rows to the result: where the run stands and how it is judged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays.byname import ByName
from gdsym.descent.batch import Draw, Redrawn
from gdsym.descent.history import History
from gdsym.descent.hooks import Epochs, Hooks
from gdsym.descent.judged import Judge
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.result import Descent
from gdsym.descent.rows import finite_rows, history_of
from gdsym.descent.task import flat, own
from gdsym.descent.verdict import told
from gdsym.errors import DescentError

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
    history = history_of(run, plan, steps, columns, epochs, tried=word == "nonfinite")
    theta = [own(c[-1]) for c in columns[: len(run.task.params)]]
    memory = _memory(run, plan, columns[len(run.task.params) + 1 : -1])
    if word == "nonfinite":
        from gdsym.descent.next_row import named

        k = history.steps[-1]
        hooks.detail = named(run, k, theta, memory, _rate_at(run, k, history), draw) or hooks.detail
    at_end = _at_end(run, theta)
    status, message = told(Judge(run, history, theta).ending(word, hooks))
    return Descent(
        params=ByName(zip(history.keys, theta, strict=True)),
        status=status,
        message=message + _hoisting(run),
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
        tried=_tried(run, plan, hooks) if run.schedule.search else None,
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


def _tried(run: Run, plan: Plan, hooks: Hooks) -> float:
    """The rate that a line search found last; before its first step what it begins with."""
    found = hooks.recorder.of_last_step(-2)
    return plan.schedule.rates[0].at(0) if found is None else float(found)


def _no_start(run: Run, word: str, hooks: Hooks) -> BaseException:
    if word == "interrupted":
        return KeyboardInterrupt()
    if word == "callback_error":
        return DescentError(f"Before the first step: {hooks.detail}.")
    from gdsym.descent.next_row import named_at

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
