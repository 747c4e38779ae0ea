"""What the loop calls: pages of history, the judge of odd rows, callback and progress, rates by a function."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdsym.arrays.byname import ByName
from gdsym.descent.evaluate import Evaluate
from gdsym.descent.history import Recorder
from gdsym.descent.schedule import Rate
from gdsym.descent.task import Parameter, Value, flat, own
from gdsym.descent.verdict import GROWTH
from gdsym.errors import DescentError


class Stopped(Exception):
    """The caller's own function failed; the loop ends with this word."""


class Hooks:
    """One run's hooks; `detail` keeps what an ending has to tell."""

    def __init__(self, recorder: Recorder, params: Sequence[Parameter], gtol: float) -> None:
        self.recorder, self.params, self.gtol = recorder, params, gtol
        self.detail = ""
        self.first_cost: float | None = None

    def page(self, first: int) -> Any:
        """The next empty page and the cost that is too high; no rows if the last page ended beyond all numbers.

        The first page has one row, and every cost is too high for it: so the judge sees the start.
        """
        beyond = self.beyond_numbers()
        lists, rows = self.recorder.page(first)
        return lists, 0 if beyond else rows, self.limit

    def judge(self, row: int, cost: float, square: float) -> str:
        """Why a row is out of the ordinary: 'nonfinite', 'gtol', 'diverged', or '' (carry on)."""
        if not (math.isfinite(cost) and math.isfinite(square)):
            return "nonfinite"
        if self.first_cost is None:
            self.first_cost = cost
        if self.gtol and square <= self.gtol**2:
            return "gtol"
        before = self.recorder.before(row)
        return "diverged" if before is not None and cost >= self.limit and cost > before else ""

    @property
    def limit(self) -> float:
        """A cost from here on is too high; minus infinity before the start was seen."""
        return -math.inf if self.first_cost is None else GROWTH * (abs(self.first_cost) + 1)

    def beyond_numbers(self) -> bool:
        """Is the last row infinite? The loop itself looks for what is not a number only."""
        count = self.recorder.filled()
        lists = self.recorder.state.lists
        return bool(count) and not math.isfinite(lists[self.recorder.cost_column][count - 1] + lists[-1][count - 1])

    def rate(self, rates: Sequence[Rate]) -> Callable[[int, int], float]:
        """f(k) of the caller, its failures told from the loop's own."""

        def rate(k: int, j: int) -> float:
            try:
                return rates[j].at(k)
            except Exception as error:
                self.detail = f"the learning rate at k = {k} failed: {_said(error)}"
                raise Stopped("callback_error") from error

        return rate

    def watch(self, callback: Callable[[int, Any], Any] | None, bar: Any) -> Callable[..., str]:
        """Shows row k to the callback (with copies) and to the progress bar."""
        keys = [p.key for p in self.params]

        def watch(k: int, *theta: Value) -> str:
            if bar is not None:
                bar.update(k - bar.n)
            if callback is None:
                return ""
            try:
                stop = callback(k, ByName(zip(keys, map(own, theta), strict=True)))
            except StopIteration:
                stop = True
            except Exception as error:
                self.detail = f"the callback at k = {k} raised {_said(error)}"
                return "callback_error"
            stop = isinstance(stop, (bool, np.bool_)) and bool(stop)
            self.detail = "callback" if stop else ""
            return "interrupted" if stop else ""

        return watch


def _said(error: Exception) -> str:
    """Kind and text of an exception, as a part of a sentence."""
    return f"{type(error).__name__}: {error!s:.300}".rstrip(": .")


class Epochs:
    """At the start of each epoch: the full cost and gradient, and the stop tests on them."""

    def __init__(
        self,
        evaluate: Evaluate,
        per_epoch: int,
        tests: tuple[float, float, float],
        costs: Sequence[tuple[int, float]] = (),
        last: Any = None,
    ) -> None:
        """`costs` and `last`, the flat point at the start of the epoch before the first row: those of the run to go on with."""
        self.evaluate, self.per_epoch, self.tests = evaluate, per_epoch, tests
        self.costs, self.last = list(costs), last

    def __call__(self, k: int, *theta: Value) -> str:
        if k % self.per_epoch:
            return ""
        cost, slopes = self.evaluate(*theta)
        x, slope = flat(theta), math.sqrt(float(flat(slopes) @ flat(slopes)))
        gtol, xtol, ftol = self.tests
        known = bool(self.costs) and self.costs[-1][0] == k  # the run to go on with ended here
        before = self.costs[: len(self.costs) - known]
        moved = math.nan if self.last is None else float(((x - self.last) @ (x - self.last)) ** 0.5)
        small = bool(ftol and before) and abs(float(cost) - before[-1][1]) <= ftol * abs(before[-1][1])
        self.last = x
        self.costs[len(before) :] = [(k, float(cost))]  # at once: an interrupt finds the old or the new
        if gtol and slope <= gtol:
            return "gtol"
        if xtol and moved <= xtol * math.sqrt(float(x @ x)):
            return "xtol"
        return "ftol" if small else ""


def progress_bar(wanted: bool, total: int) -> Any:
    """Tqdm's bar, or None."""
    if not wanted:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise DescentError("progress=True needs tqdm: pip install tqdm, or leave progress out.") from error
    return tqdm(total=total, unit="step")
