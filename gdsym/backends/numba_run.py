"""A descent whose whole loop is compiled by Numba."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gdsym.arrays import Program
from gdsym.backends.chunks import QUIET, WATCHED, ArrayRecorder, Driver, Fill, Pace, asked
from gdsym.backends.function import laid_out, sweep_of, whole
from gdsym.backends.loop import WORDS, Made, loop_source
from gdsym.backends.trial import Loops, built
from gdsym.descent.batch import Batches
from gdsym.descent.history import Lists
from gdsym.descent.hoist_lines import FALL
from gdsym.descent.hooks import Hooks, Stopped
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.run import Run
from gdsym.descent.task import own
from gdsym.record import record


class CompiledRun(Run):
    """A run whose loop is compiled: pages of arrays, Python looks in some times a second."""

    joins = False

    def recorder(self, plan: Plan) -> ArrayRecorder:
        states = [p.shape for p in self.task.params for _ in self.rule.state]
        extras = [*states, *((),) * plan.rate_columns]
        return ArrayRecorder(self.task.params, extras, self.settings.maxiter, self.settings.keep_every, self.first)

    def driver(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any], fill: Fill, pace: Pace) -> Driver:
        assert isinstance(hooks.recorder, ArrayRecorder)
        return Driver(
            hooks, hooks.recorder, fill, self.first, int(self.settings.maxiter),
            per_epoch=self.batches.per_epoch if self.batches else 0,
            epoch=given["epoch"] if plan.batch else None,
            watch=given["watch"] if plan.watched else None,
            pace=pace,
        )  # fmt: skip


class NumbaRun(CompiledRun):
    """The same run, the loop as machine code."""

    def loop(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any]) -> tuple[str, Callable[[], str]]:
        """The module, and the call that runs it page by page."""
        fill = _Filler(self, plan, given)
        return fill.made.text, self.driver(plan, hooks, given, fill, Pace(WATCHED if plan.watched else QUIET)).run


@record(frozen=False)
class _Filler:
    """The compiled loop with its arguments, and the numbers that it hands from call to call."""

    run: Run
    plan: Plan
    given: Mapping[str, Any]
    passes: int = 0

    def __post_init__(self) -> None:
        self.arrays = {p.code: own(self.run.task.start[p.code]) for p in self.plan.params if p.is_array}
        states = {k: own(v) for k, v in self.run.states().items()}
        self.states = [
            states[state_name(p.code, j)]
            for p in self.plan.params if p.is_array
            for j in range(len(self.plan.rule.state))
        ]  # fmt: skip
        self.carry = np.array(self._carried(states), dtype=float)
        self.data = [laid_out(self._source()[i.name]) for i in self.program.inputs if self._is_data(i)]
        self.anchor = self._anchor()

    @cached_property
    def made(self) -> Made:
        gathered = self.run.batches.axes if self.run.batches else {}
        return loop_source(self.plan, self.program, self._swept(), gathered, hoisted=self.run.hoisted is not None)

    @property
    def program(self) -> Program:
        found: Any = self.run.batches.program if self.run.batches else self.run.task.program
        return found

    def _swept(self) -> Any:
        source = self._source()
        sizes = {i.node: int(source[i.name]) for i in self.program.inputs if i.kind == "size"}
        return sweep_of(self.program, [self.program.graph.value, *self.program.graph.gradients], sizes)

    def _is_data(self, given: Any) -> bool:
        return bool(given.kind != "param")

    def _source(self) -> Mapping[str, Any]:
        return self.run.batches.data if self.run.batches else self.run.task.data

    def _carried(self, states: Mapping[str, Any]) -> list[float]:
        """Plain parameters and their states, then moved, J_before, J_last, then the search's or the anchor's."""
        plain = [p.code for p in self.plan.params if not p.is_array]
        numbers = [self.run.task.start[c] for c in plain]
        numbers += [states[state_name(c, j)] for c in plain for j in range(len(self.plan.rule.state))]
        numbers += [math.nan, math.nan, math.inf]
        if self.plan.schedule.search:
            numbers.append(self.plan.schedule.rates[0].at(0))
        return numbers + ([math.nan, math.inf, 0.0] if self.run.hoisted else [])

    def _anchor(self) -> list[Any]:
        """Hessian, anchor, gradient there, the bound; the first anchor is where the NumPy loop has it."""
        found = self.run.hoisted
        if found is None:
            return []
        cost, slope = found.anchor.at(found.first)
        low = FALL * cost if cost > 0 else -math.inf
        self.carry[-3:] = cost, low, 0.0
        self.passes = found.anchor.passes
        return [found.matrix, np.array(found.first, dtype=float), np.array(slope, dtype=float), found.reach]

    def __call__(self, first: int, start: int, stop: int, columns: Lists, high: float) -> tuple[str, int]:
        last = int(self.run.settings.maxiter)
        alphas, failure = rates_of(self.plan, self.given, first, start, stop, last)
        if failure is not None:
            stop = alphas.shape[1]  # the row whose rate failed is still recorded
        rows = []
        if self.run.batches:
            rows.append(batch_rows(self.given["draw"], self.run.batches, first + start, stop - start))
        gtol, xtol, ftol = self.run.settings.tests
        numbers = [self.carry, alphas, first, last, start, stop, high, gtol**2, xtol**2, ftol]
        kept = (
            columns if self.plan.schedule.search or not self.plan.rate_columns else _without_rates(columns, self.plan)
        )
        why, count = self._compiled(
            *self.arrays.values(), *self.states, *self.data, *self.anchor, *numbers, *rows, *kept
        )
        record_rates(self.plan, columns, alphas, start, int(count), bool(why) or first + count > last)
        self._noted()
        word = WORDS[why]
        return (str(failure) if failure is not None and not word else word), int(count)

    @cached_property
    def _compiled(self) -> Callable[..., tuple[int, int]]:
        whole_text = whole(self.program, self._swept())
        function: Callable[..., tuple[int, int]] = built(Loops(self.made.text, "descend", whole_text, self.program))
        return function

    def _noted(self) -> None:
        """How often the data were read, and where last."""
        if self.run.hoisted:
            self.run.hoisted.anchor.point = self.anchor[1].copy()
            self.run.hoisted.anchor.passes = self.passes + int(self.carry[-1])


def rates_of(
    plan: Plan, given: Mapping[str, Any], first: int, start: int, stop: int, last: int
) -> tuple[Any, Stopped | None]:
    """A row a rate: one number if all are known beforehand, else the page's numbers up to `stop` or a failure."""
    rates = plan.schedule.rates[:1] if plan.schedule.shared else plan.schedule.rates
    functions = [j for j, r in enumerate(rates) if r.is_function]
    table = np.full((len(rates), stop if functions else 1), math.nan)
    for j, r in enumerate(rates):
        table[j] = r.given if r.is_constant else math.nan
    if not functions:
        return table, None
    found, failure = asked(given["rate"], functions, range(first + start, min(first + stop, last)))
    table[functions, start : start + found.shape[1]] = found
    return (table, None) if failure is None else (table[:, : start + found.shape[1] + 1], failure)


def record_rates(plan: Plan, columns: Lists, rates: Any, start: int, count: int, over: bool) -> None:
    """Rates that nobody can compute again; the last row makes no step, so it has none."""
    if not plan.rate_columns:
        return
    for column, used in zip(columns[-1 - plan.rate_columns : -1], rates, strict=True):
        if not plan.schedule.search:
            column[start:count] = used[0] if len(used) == 1 else used[start:count]
        if over and count:
            column[count - 1] = math.nan


def batch_rows(draw: Any, batches: Batches, k: int, steps: int) -> Any:
    """The rows of the samples of some steps of one epoch, a line a step."""
    at = k % batches.per_epoch
    if at == 0:
        draw(k)  # it shuffles
    return draw.order[at * batches.size : (at + steps) * batches.size].reshape(steps, batches.size)


def _without_rates(columns: Lists, plan: Plan) -> Lists:
    return (*columns[: -1 - plan.rate_columns], columns[-1])
