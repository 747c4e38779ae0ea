"""A descent whose whole loop is compiled by Numba."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gdsym.arrays import Program
from gdsym.backends.chunks import QUIET, WATCHED, ArrayRecorder, Driver, Pace, asked
from gdsym.backends.function import built, laid_out, sweep_of
from gdsym.backends.loop import WORDS, Made, loop_source
from gdsym.descent.hoist import FALL
from gdsym.descent.history import Lists
from gdsym.descent.hooks import Hooks, Stopped
from gdsym.descent.loop import Plan, state_name
from gdsym.descent.run import Run
from gdsym.descent.task import own


class NumbaRun(Run):
    """The same run, the loop as machine code; Python looks in some times a second."""

    def recorder(self, plan: Plan) -> ArrayRecorder:
        states = [p.shape for p in self.task.params for _ in self.rule.state]
        extras = [*states, *((),) * plan.rate_columns]
        return ArrayRecorder(self.task.params, extras, self.settings.maxiter, self.settings.keep_every, self.first)

    def loop(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any]) -> tuple[str, Callable[[], str]]:
        """The module, and the call that runs it page by page."""
        page = _Filler(self, plan, given)
        assert isinstance(hooks.recorder, ArrayRecorder)
        driver = Driver(
            hooks, hooks.recorder, page, self.first, int(self.settings.maxiter),
            per_epoch=self.batches.per_epoch if self.batches else 0,
            epoch=given["epoch"] if plan.batch else None,
            watch=given["watch"] if plan.watched else None,
            pace=Pace(WATCHED if plan.watched else QUIET),
        )  # fmt: skip
        return page.made.text, driver.run


@dataclass
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
        _, first, far, *entries = found.data.values()
        size = len(first)
        matrix = entries[0] if np.ndim(entries[0]) else np.array(entries).reshape(size, size)
        cost, slope = found.anchor.at(first)
        low = FALL * cost if cost > 0 else -math.inf
        self.carry[-3:] = cost, low, 0.0
        self.passes = found.anchor.passes
        return [np.ascontiguousarray(matrix), np.array(first, dtype=float), np.array(slope, dtype=float), float(far)]

    def __call__(self, first: int, start: int, stop: int, columns: Lists, high: float) -> tuple[str, int]:
        alphas, failure = self._rates(first, start, stop)
        if failure is not None:
            stop = alphas.shape[1]  # the row whose rate failed is still recorded
        rows = [self._batch(first + start, stop - start)] if self.plan.batch else []
        gtol, xtol, ftol = self.run.settings.tests
        last = int(self.run.settings.maxiter)
        numbers = [self.carry, alphas, first, last, start, stop, high, gtol**2, xtol**2, ftol]
        kept = columns if self.plan.schedule.search or not self.plan.rate_columns else _without_rates(columns, self.plan)
        why, count = self._compiled(
            *self.arrays.values(), *self.states, *self.data, *self.anchor, *numbers, *rows, *kept
        )
        self._noted(columns, alphas, start, int(count), bool(why) or first + count > last)
        word = WORDS[why]
        return (str(failure) if failure is not None and not word else word), int(count)

    @cached_property
    def _compiled(self) -> Callable[..., tuple[int, int]]:
        function: Callable[..., tuple[int, int]] = built(self.made.text, "descend")
        return function

    def _rates(self, first: int, start: int, stop: int) -> tuple[Any, Stopped | None]:
        """A row a rate: one number if it is constant, the page's numbers if it is a function."""
        schedule = self.plan.schedule
        rates = schedule.rates[:1] if schedule.shared else schedule.rates
        functions = [j for j, r in enumerate(rates) if r.is_function]
        table = np.full((len(rates), stop if functions else 1), math.nan)
        for j, r in enumerate(rates):
            table[j] = r.given if r.is_constant else math.nan
        if not functions:
            return table, None
        steps = range(first + start, min(first + stop, int(self.run.settings.maxiter)))
        found, failure = asked(self.given["rate"], functions, steps)
        table[functions, start : start + found.shape[1]] = found
        return (table, None) if failure is None else (table[:, : start + found.shape[1] + 1], failure)

    def _noted(self, columns: Lists, alphas: Any, start: int, count: int, over: bool) -> None:
        """Rates that nobody can compute again, and how often the data were read."""
        if self.plan.rate_columns:
            for column, rates in zip(columns[-1 - self.plan.rate_columns : -1], alphas, strict=True):
                if not self.plan.schedule.search:
                    column[start:count] = rates[0] if len(rates) == 1 else rates[start:count]
                if over and count:
                    column[count - 1] = math.nan
        if self.run.hoisted:
            self.run.hoisted.anchor.point = self.anchor[1].copy()
            self.run.hoisted.anchor.passes = self.passes + int(self.carry[-1])

    def _batch(self, k: int, steps: int) -> Any:
        """The rows of the samples of some steps of one epoch, a line a step."""
        draw, batches = self.given["draw"], self.run.batches
        assert batches is not None
        at = k % batches.per_epoch
        if at == 0:
            draw(k)  # it shuffles
        return draw.order[at * batches.size : (at + steps) * batches.size].reshape(steps, batches.size)


def _without_rates(columns: Lists, plan: Plan) -> Lists:
    return (*columns[: -1 - plan.rate_columns], columns[-1])
