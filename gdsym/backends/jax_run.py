"""A descent whose whole loop is traced and compiled by JAX: a `lax.fori_loop` that fills a page of rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from gdsym.arrays import Program
from gdsym.backends.anchored import UNREAD
from gdsym.backends.chunks import QUIET, WATCHED, Driver, Pace
from gdsym.backends.jax_loop import traced_loop
from gdsym.backends.loop import WORDS
from gdsym.backends.numba_run import CompiledRun, batch_rows, rates_of, record_rates
from gdsym.backends.traced import in_double, jitted
from gdsym.descent.history import PAGE_BYTES, Lists
from gdsym.descent.hoist import Hoisted
from gdsym.descent.hoisting import hoisting
from gdsym.descent.hooks import Hooks
from gdsym.descent.plan import Plan, state_name
from gdsym.descent.task import unflat
from gdsym.errors import Unsupported
from gdsym.record import record

ANCHORED = len(UNREAD) + 2  # numbers and arrays that a foretold step hands on
LONGEST = 1 << 16  # rows a call
SHORTEST = 8  # of fewer XLA makes another program, which rounds otherwise: a run that goes on would not be the same
LEAST = 2000  # numbers in the data: a step over fewer is quicker than one that chooses between two ways


def _numbers(data: Mapping[str, Any]) -> int:
    return sum(int(np.size(value)) for value in data.values())


class JaxRun(CompiledRun):
    """The same run as one traced loop."""

    @cached_property
    def hoisted(self) -> Hoisted | None:
        return hoisting(self) if _numbers(self.task.data) >= LEAST else None

    def loop(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any]) -> tuple[str, Callable[[], str]]:
        if plan.schedule.search or not plan.rule.simultaneous:
            what = "learning_rate='backtracking'" if plan.schedule.search else "one-after-the-other updates"
            raise Unsupported(f"The backend 'jax' has no {what}; use backend='numpy' or 'numba'.")
        fill = _Filler(self, plan, given)
        pace = Pace(WATCHED if plan.watched else QUIET, most=fill.length)
        return fill.text, self.driver(plan, hooks, given, fill, pace).run


Before = tuple[list[Any], float]  # parameters and cost of the row before a page


def tests(
    plan: Plan, limits: tuple[float, float, float], thetas: list[Any], J: Any, square: Any, around: tuple[Before, float]
) -> dict[int, Any]:
    """Each stop test on all rows of a page, in the order in which they are asked; the numbers are those of WORDS."""
    (gtol, xtol, ftol), ((theta0, J0), high) = limits, around
    earlier = np.concatenate([[J0], J[:-1]])
    with np.errstate(all="ignore"):
        found = {1: ~(np.isfinite(J) & np.isfinite(square))}
        found |= {2: square <= gtol**2} if plan.gtol else {}
        found[3] = (high <= J) & (np.where(np.isnan(earlier), math.inf, earlier) < J)
        if plan.xtol:
            moved = sum(
                ((t - np.concatenate([t0, t[:-1]])) ** 2).sum(axis=1) for t, t0 in zip(thetas, theta0, strict=True)
            )
            found[4] = moved <= xtol**2 * sum((t**2).sum(axis=1) for t in thetas)
        found |= {5: np.abs(J - earlier) <= ftol * np.abs(earlier)} if plan.ftol else {}
    return found


@record(frozen=False)
class _Filler:
    """The compiled loop with its arguments, and what it hands from call to call."""

    run: JaxRun
    plan: Plan
    given: Mapping[str, Any]

    def __post_init__(self) -> None:
        params, states = self.plan.params, self.run.states()
        numbers = sum(p.size for p in params) * (1 + len(self.plan.rule.state)) + 2
        most = min(LONGEST, PAGE_BYTES // (8 * numbers), max(SHORTEST, int(self.run.settings.maxiter) + 1))
        self.length = 1 << max(0, most.bit_length() - 1)
        if self.plan.batch and self.run.batches:
            self.length = min(self.length, self.run.batches.per_epoch)
        found, axes = self.run.hoisted, self.run.batches.axes if self.run.batches else {}
        self.text = traced_loop(self.plan, self.run.programs, axes, hoisted=found is not None)
        kept = [states[state_name(p.code, j)] for p in params for j in range(len(self.plan.rule.state))]
        anchored = (*UNREAD, *np.zeros((2, len(found.first)))) if found else ()
        self.passes = found.anchor.passes if found else 0  # those of the trial
        self.hoist = (found.matrix, found.reach) if found else ()
        self.carry: Any = (*(self.run.task.start[p.code] for p in params), *kept, *anchored)
        self.before = self._earlier()
        source = self.run.batches.data if self.run.batches else self.run.task.data
        inputs = [i for i in self.program.inputs if i.kind != "param"]
        sizes = {i.name: int(source[i.name]) for i in inputs if i.kind == "size"}
        self.fixed = (*sizes.items(), ("length", self.length))
        with in_double():
            import jax.numpy as jnp

            self.data = tuple(jnp.asarray(source[i.name], dtype=float) for i in inputs if i.kind != "size")
            self.carry = tuple(jnp.asarray(c, dtype=float) for c in self.carry)

    @property
    def program(self) -> Program:
        found: Program = self.run.programs[0]
        return found

    def __call__(self, first: int, start: int, stop: int, columns: Lists, high: float) -> tuple[str, int]:
        self.begun = start
        rates, failure = rates_of(self.plan, self.given, first, start, stop, int(self.run.settings.maxiter))
        if failure is not None:
            stop = rates.shape[1]
        alphas = rates
        if rates.shape[1] > 1 or any(r.is_function for r in self.plan.schedule.rates):
            alphas = np.zeros((len(rates), self.length))
            alphas[:, : stop - start] = rates[:, start:stop]
            constant = [j for j, r in enumerate(self.plan.schedule.rates[: len(rates)]) if r.is_constant]
            alphas[constant] = rates[constant][:, :1]
        if self.run.hoisted and not float(self.carry[-3]):
            self._read_at(self.run.hoisted.first)
        rows = self._batch(first + start, stop - start)
        last = self._filled((alphas, first + start), stop - start, rows)
        why, count = self._stop(last, high)
        kept = [*columns[: len(columns) - 1 - self.plan.rate_columns], columns[-1]]
        for column, page in zip(kept, last, strict=True):
            column[start : start + count] = page[:count]
        if count < stop - start:
            self.until(start + count)
        self._noted()
        record_rates(self.plan, columns, rates, start, start + count)
        return (str(failure) if failure is not None and not why else WORDS[why]), start + count

    def _earlier(self) -> Before:
        """The row before the first, if another run came from there."""
        resume, cost = self.run.resume, self.run.earlier[2]
        if resume is None or cost is None:
            return [np.full((1, p.size), math.nan) for p in self.plan.params], math.nan
        gap = resume.history.step[-1] - resume.history.step[-2]
        rows = [np.reshape(resume.history.params[p.key][-2], (1, -1)) for p in self.plan.params]
        return rows if gap == 1 else [np.full_like(row, math.nan) for row in rows], cost

    def _filled(self, begin: Any, stop: int, rows: Any = ()) -> list[Any]:
        with in_double():
            self.last = self.carry, begin
            loop = jitted(self.text, "descend", self.fixed)
            self.carry, pages = loop(self.carry, self.data, *begin, stop, *rows, *self.hoist)
            return [np.asarray(page)[:stop] for page in pages]

    def _read_at(self, x: Any) -> None:
        """The first anchor: one row at x; the parameters go back to where the run stands."""
        params = self.plan.params
        before, count = self.carry, len(self.carry) - ANCHORED
        with in_double():
            import jax.numpy as jnp

            theta = [jnp.asarray(value, dtype=float) for value in unflat(x, params)]
        self.carry = (*theta, *before[len(params) :])
        rates = self.plan.schedule
        wide = self.length if any(r.is_function for r in rates.rates) else 1
        self._filled((np.zeros((1 if rates.shared else len(rates.rates), wide)), 0), 1)
        self.carry = (*before[:count], *self.carry[count:])

    def until(self, stop: int) -> None:
        """Fill the rows of the last call up to here again: the anchor is then where it was."""
        if self.hoist:
            self.carry, (alphas, k) = self.last
            self._filled((alphas, k), stop - self.begun)
            self._noted()

    def _noted(self) -> None:
        """How often the data were read, and where last."""
        if self.run.hoisted:
            passes, anchor, _ = self.carry[-3:]
            self.run.hoisted.anchor.point, self.run.hoisted.anchor.passes = np.array(anchor), self.passes + int(passes)

    def _stop(self, pages: list[Any], high: float) -> tuple[int, int]:
        """The first row at which a test holds, and which test is the first there; else 0 and all rows."""
        params = self.plan.params
        if self._is_plain(pages, high):
            return 0, len(pages[-1])
        thetas = [page.reshape(len(page), -1) for page in pages[: len(params)]]
        found = tests(self.plan, self.run.settings.tests, thetas, pages[len(params)], pages[-1], (self.before, high))
        self.before = [t[-1:] for t in thetas], float(pages[len(params)][-1])
        met = np.any(list(found.values()), axis=0)
        if not met.any():
            return 0, len(met)
        row = int(np.argmax(met))
        why = next(number for number, test in found.items() if test[row])
        return why, row if why == 1 else row + 1

    def _is_plain(self, pages: list[Any], high: float) -> bool:
        """Do a page's extremes tell that no test holds on any row?"""
        plan, J, square = self.plan, pages[len(self.plan.params)], pages[-1]
        if plan.xtol or plan.ftol:
            return False
        finite = J.max() < high and J.min() > -math.inf and square.max() < math.inf  # none holds of what is no number
        plain = bool(finite and (not plan.gtol or square.min() > self.run.settings.tests[0] ** 2))
        if plain:
            self.before = self.before[0], float(J[-1])
        return plain

    def _batch(self, k: int, steps: int) -> tuple[Any, ...]:
        """The rows of the samples of some steps, padded to the loop's own length."""
        if not self.plan.batch or self.run.batches is None:
            return ()
        rows = np.zeros((self.length, self.run.batches.size), dtype=np.int64)
        rows[:steps] = batch_rows(self.given["draw"], self.run.batches, k, steps)
        return (rows,)


__all__ = ["Driver", "JaxRun"]
