"""Runs a descent: checks the settings, writes the loop, lets it run, and says how it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np

from gdsym.descent.asked import Asked, Known
from gdsym.descent.batch import Batches, Draw, generator, restored
from gdsym.descent.ending import ended
from gdsym.descent.evaluate import Evaluate, defined, evaluator
from gdsym.descent.formulas import Formulas
from gdsym.descent.history import Column, Recorder, refuse_too_large
from gdsym.descent.hoist import Hoisted, Parts
from gdsym.descent.hoisting import hoisting
from gdsym.descent.hooks import Epochs, Hooks, Stopped, progress_bar
from gdsym.descent.joined import Joined
from gdsym.descent.loop import source
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.result import Descent
from gdsym.descent.rules import as_rule
from gdsym.descent.schedule import Schedule, continued, schedule
from gdsym.descent.seen import Print, prints, refuse_other_data
from gdsym.descent.settings import Settings
from gdsym.descent.task import Parameter, Program, Task, Value, flat, is_finite
from gdsym.descent.update import UpdateRule
from gdsym.errors import DescentError
from gdsym.record import record


def descend(
    program: Program,
    start: Mapping[str, Value],
    data: Mapping[str, Value],
    asked: Asked,
    known: Known,
    engine: type[Run] | None = None,
) -> Descent:
    """theta_{k+1} = theta_k - alpha g(theta_k) (or another rule), from `start` until a test says stop.

    Args:
        program: the compiled cost. `start` and `data` give its inputs numbers, by code name.
        engine: what lets the loop run, if not Python with NumPy.
    """
    resume = asked.resume
    task = Task.of(program, start if resume is None else resume.start_of_resume(program), data)
    rates = schedule(asked.learning_rate, task.params, asked.settings.maxiter)
    return (engine or Run)(task, as_rule(asked.update), rates, asked, known).go()


@record
class Run:
    """One run with everything that it needs."""

    task: Task
    rule: UpdateRule
    schedule: Schedule
    asked: Asked
    known: Known
    joins: ClassVar[bool] = True  # may the loop move all parameters as one vector?

    def __post_init__(self) -> None:
        for p in self.task.params:
            if not is_finite(self.task.start[p.code]):
                raise DescentError(f"The start of {p.name} is not finite: {self.task.start[p.code]!r:.80}.")
        if self.schedule.search and not self.rule.is_plain:
            raise DescentError(
                f"learning_rate='backtracking' works with plain gradient descent, not with {self.rule.name}: its steps need "
                "not go downhill. Give a number such as learning_rate=0.01, or leave update out."
            )
        refuse_too_large(self.task.params, self.settings.maxiter, self.settings.keep_every)
        if self.resume:
            states = {state_name(p.code, j): p.shape for p in self.task.params for j in range(len(self.rule.state))}
            self.resume.refuse_other_memory(self.rule, states)
        if self.resume and self.resume.nit >= self.settings.maxiter:
            raise DescentError(
                f"The run to go on with has made {self.resume.nit} steps already, and maxiter counts them: "
                f"give maxiter above {self.resume.nit}."
            )
        refuse_other_data(self, self.seen)

    @cached_property
    def seen(self) -> dict[str, Print]:
        """What its data are, in short, before anybody can change them."""
        return prints(self.known.formulas.data) if self.known.formulas else {}

    @property
    def settings(self) -> Settings:
        return self.asked.settings

    @property
    def resume(self) -> Descent | None:
        return self.asked.resume

    @property
    def batches(self) -> Batches | None:
        return self.known.batches

    @property
    def wholly(self) -> bool:
        """May the run rely on the cost's being quadratic?"""
        return self.asked.hoist and self.known.quadratic and len(self.task.data) > 0

    @property
    def parts(self) -> Parts | None:
        """The quadratic part and the rest, if the run may rely on them."""
        return self.known.parts if self.asked.hoist else None

    @property
    def first(self) -> int:
        return self.resume.nit if self.resume else 0

    @cached_property
    def hoisted(self) -> Hoisted | None:
        """The program that reads the data only now and then, where it pays and is safe."""
        return hoisting(self)

    @cached_property
    def joined(self) -> Joined | None:
        """All parameters as one vector, if that is how the loop moves them."""
        found = self.hoisted
        return None if found is None or found.params == self.task.params else Joined(self.task.params, found.params[0])

    @property
    def params(self) -> tuple[Parameter, ...]:
        """What the loop moves."""
        return (self.joined.whole,) if self.joined else self.task.params

    @property
    def program(self) -> Program:
        """What the loop runs."""
        return self.batches.program if self.batches else self.hoisted or self.task.program

    def plan(self, watched: bool) -> Plan:
        gtol, xtol, ftol = (0.0, 0.0, 0.0) if self.batches else self.settings.tests
        drawn = tuple(self.batches.axes) if self.batches else ()
        rates = continued(self.schedule, self.resume) if self.resume else self.schedule
        scalar = (self.task.is_scalar and not self.batches) or getattr(self.program, "floats", False)
        return Plan(
            self.program, self.params, self.rule, rates, scalar, gtol > 0, xtol > 0, ftol > 0, watched, drawn,
            self.task.params if self.joined else (),
        )  # fmt: skip

    def go(self) -> Descent:
        """Let the loop run; whatever ends it, the rows that are complete make the result."""
        callback = self.asked.callback
        plan = self.plan(callback is not None or self.asked.progress)
        hooks = self.hooks(plan)
        draw, epochs = self.draw(), self.epochs()
        bar = progress_bar(self.asked.progress, self.settings.maxiter)
        given = self.numbers() | {"page": hooks.page, "judge": hooks.judge, "rate": hooks.rate(plan.schedule.rates)}
        watch = hooks.watch(callback, bar)
        given |= {"watch": self.joined.watch(watch) if self.joined else watch, "draw": draw, "epoch": epochs}
        text, loop = self.loop(plan, hooks, given)
        finish = partial(ended, self, plan, text, hooks, draw, epochs)
        try:
            return finish(_outcome(loop, hooks))
        except KeyboardInterrupt:
            hooks.detail = ""
            return finish("interrupted")
        finally:
            if bar is not None:
                bar.close()

    @property
    def earlier(self) -> tuple[float, float, float | None]:
        """Of the run to go on with: its last step's length squared, the cost before it, the cost a kept row before its end."""
        if self.resume is None or len(self.resume.history) < 2:
            return math.nan, math.nan, None
        history = self.resume.history
        last, before = (flat([history.params[p.key][at] for p in self.task.params]) for at in (-1, -2))
        cost, thinned = float(history.cost[-2]), history.step[-1] - history.step[-2] != 1
        return (math.nan, math.nan, cost) if thinned else (float((last - before) @ (last - before)), cost, cost)

    def loop(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any]) -> tuple[str, Callable[[], str]]:
        """The source of the whole run, and the call that runs it."""
        text, names = (self.known.sources or source)(plan)
        moved, before, _ = self.earlier
        earlier = {name: value for name, value in (("moved", moved), ("J_before", before)) if name in plan.earlier}
        arguments = self.values(plan) | {names[name]: value for name, value in {**given, **earlier}.items()}
        return text, partial(defined(text, "descend"), **arguments)

    def recorder(self, plan: Plan) -> Recorder:
        extras = plan.state_columns + plan.rate_columns
        return Recorder(self.params, extras, self.settings.maxiter, self.settings.keep_every, self.first)

    def hooks(self, plan: Plan) -> Hooks:
        hooks = Hooks(self.recorder(plan), self.task.params, 0.0 if self.batches else float(self.settings.gtol))
        if self.resume:
            hooks.first_cost = float(self.resume.history.cost[-1 if self.turns_back else 0])
            hooks.recorder.earlier = self.earlier[2]
        return hooks

    @property
    def turns_back(self) -> bool:
        """Does it go on at another rate from where a run diverged? Then its growth is measured from there."""
        rates = self.schedule.rates[: 1 if self.schedule.shared else None]
        if self.resume is None or self.resume.status != "diverged" or any(rate.is_function for rate in rates):
            return False
        before, now = self.resume.history.rate[-1], [rate.at(self.resume.nit) for rate in rates]
        return self.schedule.search or not np.array_equal(np.ravel(before), np.ravel(now))

    def values(self, plan: Plan) -> dict[str, Value]:
        """The loop's arguments that are the cost's own: start and data."""
        data = self.batches.data if self.batches else self.hoisted.data if self.hoisted else self.task.data
        names = {i.name for i in plan.program.inputs if i.kind != "param"} - set(plan.batch)
        start = self.joined.start(self.task.start) if self.joined else self.task.start
        return {**start, **{name: data[name] for name in names}}

    def numbers(self) -> dict[str, Any]:
        """The loop's arguments that are the run's: counts, squared tolerances, the rule's memory."""
        gtol, xtol, ftol = self.settings.tests
        counts = {"first": self.first, "last": int(self.settings.maxiter)}
        return counts | {"tiny": gtol * gtol, "xtol2": xtol * xtol, "ftol": ftol} | self.states()

    def states(self) -> dict[str, Value]:
        """The rule's memory, a number or an array a parameter, at the first row."""
        if self.resume and not self.joined:
            return dict(self.resume.memory)
        if self.resume:
            kept, states = self.resume.memory, range(len(self.rule.state))
            own = [[kept[state_name(p.code, j)] for p in self.task.params] for j in states]
            return {state_name(self.params[0].code, j): flat(own[j]) for j in states}
        return {
            state_name(p.code, j): np.full(p.shape, number) if p.is_array else number
            for p in self.params
            for j, number in enumerate(self.rule.start.values())
        }

    def apart(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """The recorder's columns, each parameter and its states by themselves."""
        return self.joined.columns(columns, len(self.rule.state)) if self.joined else columns

    def draw(self) -> Draw | None:
        if self.batches is None:
            return None
        state = self.resume.rng_state if self.resume else None
        return Draw(self.batches, restored(state) if state else generator(self.asked.rng), self.first)

    def epochs(self) -> Epochs | None:
        if self.batches is None:
            return None
        costs = self.resume.history.epochs if self.resume else ()
        last = self._epoch_before(self.resume) if self.resume and costs else None
        return Epochs(self.evaluate(), self.batches.per_epoch, self.settings.tests, costs, last)

    def _epoch_before(self, resume: Descent) -> Any:
        """Where the last epoch that began before the first row began, flat; None if that row was not kept."""
        if resume.history.epochs[-1][0] != self.first:
            return resume.anchor
        kept = [k for k, _ in resume.history.epochs[:-1] if k in resume.history.step][-1:]
        rows = resume.history.params
        return flat([rows[p.key][resume.history.row(k)] for k in kept for p in self.task.params]) if kept else None

    def readable(self) -> Formulas | str | None:
        """The formulas with data that can be looked at entry by entry, or what is wrong with the data; None if unknown."""
        return self.known.formulas

    def cost_at_start(self) -> float:
        """Over all data."""
        with np.errstate(all="ignore"):
            return float(self.evaluate()(*(self.task.start[p.code] for p in self.task.params))[0])

    def evaluate(self, program: Program | None = None) -> Evaluate:
        """Cost and gradient over all data; of a part of the cost, if `program` is one."""
        return evaluator(program or self.task.program, self.task.params, self.task.data)


def _outcome(loop: Callable[[], str], hooks: Hooks) -> str:
    """The loop's word; arithmetic that has no result ends a run as 'nonfinite'."""
    try:
        with np.errstate(all="ignore"):
            return loop()
    except Stopped as stop:
        return str(stop)
    except ArithmeticError as error:
        hooks.detail = f"{type(error).__name__}: {error}"
        return "nonfinite"
    except (ValueError, TypeError) as error:
        if "math domain" not in str(error) and "complex" not in str(error):
            raise
        hooks.detail = "a function was left undefined there"
        return "nonfinite"
