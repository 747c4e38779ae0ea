"""From the recorder's columns to a history: what is finite, after what an earlier run has kept, with the rates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.history import Column, History, Steps
from gdsym.descent.hooks import Epochs
from gdsym.descent.plan import Plan
from gdsym.descent.schedule import Schedule
from gdsym.descent.task import is_finite

if TYPE_CHECKING:
    from gdsym.descent.run import Run


def finite_rows(columns: Any, params: int) -> int:
    """How many rows are left when those at the end that are not finite are cut off; the first row is."""
    rows = len(columns[0])
    shown = [*columns[: params + 1], columns[-1]]
    if all(is_finite(c[-1]) for c in shown):
        return rows
    while rows > 1 and not all(is_finite(c[rows - 1]) for c in shown):
        rows -= 1
    return rows


def history_of(run: Run, plan: Plan, steps: Any, columns: Any, epochs: Epochs | None, *, tried: bool) -> History:
    """The kept rows; a resumed run's earlier rows come first. `tried`: was a step made from the last row, that led nowhere?"""
    params = run.task.params
    shown = (*columns[: len(params) + 1], columns[-1])
    rates: Any = list(columns[-1 - plan.rate_columns : -1])
    rates = _rates(run.schedule, steps) if not rates else _recorded(rates, tried)
    if run.resume:
        old = run.resume.history
        shown = tuple(Column([a.array()[:-1], *b.parts]) for a, b in zip(old.columns, shown, strict=True))
        steps, rates = Steps([*old.steps.until(len(old) - 1).parts, *steps.parts]), _after(old, rates)
    keys = tuple(p.key for p in params)
    return History(
        keys, steps, shown, rates, tuple(pair for pair in epochs.costs if pair[0] <= steps[-1]) if epochs else ()
    )


def _after(old: History, rates: Any) -> Any:
    return lambda: np.concatenate([old.rate[:-1], rates()])


def _recorded(columns: list[Any], tried: bool) -> Any:
    """What the loop wrote down; a row from which no step was made has none."""

    def rates() -> Any:
        table = np.array([[math.nan if r is None else r for r in c] for c in columns], dtype=float)
        if not tried:
            table[:, -1] = math.nan
        return table[0] if len(table) == 1 else table.T

    return rates


def _rates(schedule: Schedule, steps: Any) -> Any:
    """What the loop used at each step, computed again when somebody asks."""

    def rates() -> Any:
        table = np.array([[r.at(int(k)) for k in steps] for r in schedule.rates[: 1 if schedule.shared else None]])
        return table[0] if schedule.shared else table.T

    return rates
