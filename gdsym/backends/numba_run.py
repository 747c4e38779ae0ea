"""A descent whose whole loop is compiled by Numba."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gdsym.arrays import Program
from gdsym.backends.anchored import UNREAD
from gdsym.backends.chunks import QUIET, WATCHED, ArrayRecorder, Driver, Fill, Pace, asked
from gdsym.backends.function import laid_out, sweep_of, whole
from gdsym.backends.loop import WORDS, Made, Part, loop_source
from gdsym.backends.trial import Loops, built
from gdsym.descent.batch import Batches
from gdsym.descent.history import Lists
from gdsym.descent.hooks import Hooks, Stopped
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.run import Run
from gdsym.descent.task import own, unflat
from gdsym.record import changed, record


class CompiledRun(Run):
    """A run whose loop is compiled: pages of arrays, Python looks in some times a second."""

    joins = False

    @property
    def programs(self) -> list[Any]:
        """The cost, or its quadratic part and the rest: over the inputs of the whole, which a trial needs."""
        parts: Any = self.parts if self.hoisted else None
        if parts:
            return [parts.quadratic, changed(parts.rest, inputs=parts.quadratic.inputs)]
        return [self.batches.program if self.batches else self.task.program]

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

    run: NumbaRun
    plan: Plan
    given: Mapping[str, Any]
    before: tuple[list[Any], Any] | None = None  # what changes, as it was before the last call; its arguments

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
        self.passes = self.run.hoisted.anchor.passes if self.run.hoisted else 0  # those of the trial

    @cached_property
    def made(self) -> Made:
        gathered = self.run.batches.axes if self.run.batches else {}
        return loop_source(self.plan, self._parts, gathered, hoisted=self.run.hoisted is not None)

    @property
    def _parts(self) -> list[Part]:
        """Each program with the index that is swept."""
        return [(program, self._swept(program)) for program in self.run.programs]

    @property
    def program(self) -> Program:
        found: Program = self.run.programs[0]
        return found

    def _swept(self, program: Program) -> Any:
        source = self._source()
        sizes = {i.node: int(source[i.name]) for i in self.program.inputs if i.kind == "size"}
        return sweep_of(program, [program.graph.value, *program.graph.gradients], sizes)

    def _is_data(self, given: Any) -> bool:
        return bool(given.kind != "param")

    def _source(self) -> Mapping[str, Any]:
        return self.run.batches.data if self.run.batches else self.run.task.data

    def _carried(self, states: Mapping[str, Any]) -> list[float]:
        """Plain parameters and their states, then moved, J_before, J_last, then the search's or the anchor's."""
        plain = [p.code for p in self.plan.params if not p.is_array]
        numbers = [self.run.task.start[c] for c in plain]
        numbers += [states[state_name(c, j)] for c in plain for j in range(len(self.plan.rule.state))]
        moved, before, last = self.run.earlier
        numbers += [moved, before, math.inf if last is None else last]
        if self.plan.schedule.search:
            numbers.append(self.plan.schedule.rates[0].at(0))
        return numbers + (list(UNREAD) if self.run.hoisted else [])

    def _anchor(self) -> list[Any]:
        """Hessian, anchor, gradient there, the bound."""
        found = self.run.hoisted
        return [found.matrix, *np.zeros((2, len(found.first))), found.reach] if found else []

    def __call__(self, first: int, start: int, stop: int, columns: Lists, high: float) -> tuple[str, int]:
        last = int(self.run.settings.maxiter)
        alphas, failure = rates_of(self.plan, self.given, first, start, stop, last)
        if failure is not None:
            stop = alphas.shape[1]  # the row whose rate failed is still recorded
        rows = []
        if self.run.batches:
            rows.append(batch_rows(self.given["draw"], self.run.batches, first + start, stop - start))
        if self.run.hoisted and not self.carry[-1]:
            self._read_at(self.run.hoisted.first)
        gtol, xtol, ftol = self.run.settings.tests
        ends = [high, gtol**2, xtol**2, ftol]
        kept = (
            columns if self.plan.schedule.search or not self.plan.rate_columns else _without_rates(columns, self.plan)
        )
        why, count = self._filled([alphas, first, last, start], stop, [*ends, *rows, *kept])
        record_rates(self.plan, columns, alphas, start, int(count))
        self._noted()
        word = WORDS[why]
        return (str(failure) if failure is not None and not word else word), int(count)

    def _filled(self, begin: list[Any], stop: int, ends: list[Any]) -> tuple[int, int]:
        if self.run.hoisted:
            self.before = [value.copy() for value in self._changing], (begin, ends)
        given = [*self.arrays.values(), *self.states, *self.data, *self.anchor, self.carry]
        return self._compiled(*given, *begin, stop, *ends)

    @property
    def _changing(self) -> list[Any]:
        """All that a call changes beside its columns."""
        return [self.carry, *self.arrays.values(), *self.states, *self.anchor[1:3]]

    def _read_at(self, x: Any) -> None:
        """The first anchor: one row at x; the parameters go back to where the run stands."""
        count = len(self.carry) - len(UNREAD)
        numbers, arrays = self.carry[:count].copy(), [v.copy() for v in (*self.arrays.values(), *self.states)]
        plain = iter(range(count))
        for p, value in zip(self.plan.params, unflat(x, self.plan.params), strict=True):
            if p.is_array:
                self.arrays[p.code][...] = value
            else:
                self.carry[next(plain)] = value
        states = [p.shape for p in self.plan.params for _ in self.plan.rule.state]
        shapes = [*(p.shape for p in self.plan.params), (), *states, ()]
        rates = np.zeros((max(1, len(self.plan.schedule.rates)), 1))
        self._filled([rates, 0, 0, 0], 1, [math.inf, 0.0, 0.0, 0.0, *(np.empty((1, *s)) for s in shapes)])
        self.carry[:count] = numbers
        for array, value in zip((*self.arrays.values(), *self.states), arrays, strict=True):
            array[...] = value

    def until(self, stop: int) -> None:
        """Fill the rows of the last call up to here again: the anchor is then where it was."""
        if self.before is None:
            return
        for value, old in zip(self._changing, self.before[0], strict=True):
            value[...] = old
        begin, ends = self.before[1]
        self._filled(begin, stop, ends)
        self._noted()

    @cached_property
    def _compiled(self) -> Callable[..., tuple[int, int]]:
        tried_first = tuple((whole(program, swept), program) for program, swept in self._parts)
        function: Callable[..., tuple[int, int]] = built(Loops(self.made.text, "descend", tried_first))
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
    steps = range(first + start, min(first + stop, last))
    for j, r in enumerate(rates):  # an expression is code in the loop: here it is written down
        if not r.is_constant and not r.is_function:
            table[j, start : start + len(steps)] = [r.at(k) for k in steps]
    found, failure = asked(given["rate"], functions, steps)
    table[functions, start : start + found.shape[1]] = found
    return (table, None) if failure is None else (table[:, : start + found.shape[1] + 1], failure)


def record_rates(plan: Plan, columns: Lists, rates: Any, start: int, count: int) -> None:
    """Rates that nobody can compute again; a line search writes its own."""
    if not plan.rate_columns or plan.schedule.search:
        return
    for column, used in zip(columns[-1 - plan.rate_columns : -1], rates, strict=True):
        column[start:count] = used[0] if len(used) == 1 else used[start:count]


def batch_rows(draw: Any, batches: Batches, k: int, steps: int) -> Any:
    """The rows of the samples of some steps of one epoch, a line a step."""
    at = k % batches.per_epoch
    if at == 0:
        draw(k)  # it shuffles
    return draw.order[at * batches.size : (at + steps) * batches.size].reshape(steps, batches.size)


def _without_rates(columns: Lists, plan: Plan) -> Lists:
    return (*columns[: -1 - plan.rate_columns], columns[-1])
