"""Pages of history as arrays, filled some rows at a time; between two calls Python looks after the rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from gdsym.descent.history import Lists, Recorder
from gdsym.descent.hooks import Hooks, Stopped
from gdsym.descent.task import Parameter
from gdsym.record import field, record

QUIET, WATCHED = 0.1, 0.02  # seconds between two looks: for Ctrl-C, for a callback
LONGEST_PAGE = 1 << 20  # rows; a column of 8 MB comes in huge pages of memory, two faults for 512
PAGE_BYTES = 4 * 8 * LONGEST_PAGE  # what a page of two numbers takes; fewer rows if there are more


class ArrayRecorder(Recorder):
    """Pages whose columns are NumPy arrays; `count` says how many rows are filled."""

    def __init__(
        self, params: Sequence[Parameter], extras: Sequence[tuple[int, ...]], maxiter: int, keep_every: int, first: int
    ) -> None:
        super().__init__(params, len(extras), maxiter, keep_every, first)
        self.shapes = [*(p.shape for p in params), (), *extras, ()]
        numbers = sum(math.prod(s) for s in self.shapes)
        self.longest = max(1, min(LONGEST_PAGE, PAGE_BYTES // (8 * numbers)))
        self.count = 0

    def page(self, first: int) -> tuple[Lists, int]:
        rows = min(self.length, self.last - first + 1)
        self.length = self.longest  # room costs nothing before it is filled; the pace says how many rows a call fills
        fresh: Any = tuple(np.empty((rows, *shape)) for shape in self.shapes)
        self.state = self._turned(first, fresh)
        self.count = 0
        return fresh, rows

    def filled(self) -> int:
        return self.count if self.state.lists else 0


@record(frozen=False)
class Pace:
    """How many rows a call may fill, from how long the last one took."""

    seconds: float
    rows: int = 1
    most: int = LONGEST_PAGE

    def timed(self, call: Callable[[], Any], rows: int) -> Any:
        begin = time.perf_counter()
        result = call()
        each = (time.perf_counter() - begin) / max(rows, 1)
        self.rows = max(1, min(self.most, int(self.seconds / max(each, 1e-9)), 64 * self.rows))
        return result


class Fill(Protocol):
    """The compiled loop."""

    def __call__(self, first: int, start: int, stop: int, columns: Lists, high: float) -> tuple[str, int]:
        """Rows from `start` to before `stop` of a page whose row 0 is step `first`: why it stopped, rows filled."""

    def until(self, stop: int) -> None:
        """Go back to where the last call stood at this row."""


@record(frozen=False)
class Driver:
    """Turns the pages: the loop's work where the loop itself is compiled."""

    hooks: Hooks
    recorder: ArrayRecorder
    fill: Fill
    first: int
    last: int
    per_epoch: int = 0  # steps after which new rows are drawn, for batches
    epoch: Callable[..., str] | None = None
    watch: Callable[..., str] | None = None
    pace: Pace = field(default_factory=lambda: Pace(QUIET))

    def run(self) -> str:
        """Rows until something says stop."""
        first = self.first
        while first <= self.last:
            columns, rows, high = self.hooks.page(first)
            if not rows:
                return "nonfinite"
            while self.recorder.count < rows:
                word = self.some(first, rows, columns, high)
                if word:
                    return word
            first += rows
        return "max_steps"

    def some(self, first: int, rows: int, columns: Lists, high: float) -> str:
        """The next rows of a page, then a look at them."""
        begin = self.recorder.count
        end = min(rows, begin + self.pace.rows)
        if self.per_epoch:
            end = min(end, begin + self.per_epoch - (first + begin) % self.per_epoch)
        word, count = self.pace.timed(lambda: self.fill(first, begin, end, columns, high), end - begin)
        if count and self.hooks.first_cost is None:
            self.hooks.judge(0, float(columns[self.recorder.cost_column][0]), float(columns[-1][0]))
        seen = count - 1 if word in ("gtol", "diverged", "xtol", "ftol") else count
        try:
            found = self.looked(first, range(begin, seen), columns)
        except BaseException:  # Ctrl-C: rows that nobody has looked at do not count
            self.fill.until(self.recorder.count)
            raise
        if found:
            self.fill.until(self.recorder.count)
        else:
            self.recorder.count = count
        return found or word

    def looked(self, first: int, rows: range, columns: Lists) -> str:
        """What epochs and callback say about the new rows; those after a stop do not count."""
        if self.epoch is None and self.watch is None:
            return ""
        for row in rows:
            theta = [_number(c[row]) for c in columns[: self.recorder.cost_column]]
            self.recorder.count = row + 1
            for hook in (self.epoch, self.watch):
                why = hook(first + row, *theta) if hook else ""
                if why:
                    return why
        return ""


def _number(value: Any) -> Any:
    return value if np.ndim(value) else float(value)


def asked(rate: Callable[[int, int], float], which: Sequence[int], steps: range) -> tuple[Any, Stopped | None]:
    """The rates f(k) of these steps, a row a parameter, and the failure that cuts them short."""
    found: list[list[float]] = []
    failure = None
    for k in steps:
        try:
            found.append([rate(k, j) for j in which])
        except Stopped as stop:
            failure = stop
            break
    return np.array(found, dtype=float).reshape(len(found), len(which)).T, failure
