"""The rows of a run: every step's parameters, cost and gradient norm, valid at any moment."""

from __future__ import annotations

import bisect
import itertools
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gdsym.arguments import odd
from gdsym.arrays.byname import ByName
from gdsym.descent.task import Parameter
from gdsym.errors import DescentError
from gdsym.record import record

if TYPE_CHECKING:
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[np.float64]"
Lists = tuple[list[Any], ...]

LARGEST = 2 * 1024**3  # bytes
FIRST_PAGE, LONGEST_PAGE = 128, 1024  # rows; as many as stay in a cache: numbers that are packed soon are let go warm
FEW = 16  # rows that stay a list
PAGE_BYTES = 8 * 1024**2
KEPT_APART = 100_000  # steps; arrays are quicker to keep as they are, smaller side by side


def refuse_too_large(params: Sequence[Parameter], maxiter: int, keep_every: int) -> None:
    """Raise if (rows) x (numbers a row) x 8 bytes is more than 2 GiB."""
    rows, numbers = maxiter // keep_every + 2, sum(p.size for p in params) + 2
    needed = rows * numbers * 8
    if needed > LARGEST:
        least = -(-maxiter * numbers * 8 // (LARGEST - 16 * numbers * 8)) if numbers * 8 * 32 < LARGEST else maxiter
        raise DescentError(
            f"The history would take {rows} rows x {numbers} numbers x 8 bytes = {needed / 1024**3:.1f} GiB; "
            f"the limit is 2 GiB. Keep fewer rows with keep_every={max(least, keep_every + 1)}, or lower maxiter."
        )


@record(frozen=False)
class _State:
    """All that the recorder knows; replaced as a whole, so that an interrupt finds either the old or the new."""

    blocks: tuple[tuple[range, tuple[Any, ...]], ...] = ()  # step numbers, columns
    first: int = 0
    lists: Lists = ()
    tail: tuple[int, tuple[Any, ...]] | None = None  # the last row that is put away, and its step
    before: tuple[Any, ...] | None = None  # the row before it, whose step is made


def packed_rows(rows: Any, *, arrays: bool) -> Any:
    """Rows of one quantity side by side in memory; a list stays one if its rows are `arrays` that are not asked for, or no float64."""
    if isinstance(rows, np.ndarray):  # a few of a page do not keep the page
        return rows if rows.base is None or 2 * rows.size > rows.base.size else rows.copy()
    try:
        if isinstance(rows[0], float):
            return np.frombuffer(struct.pack(f"{len(rows)}d", *rows))
        if arrays and rows[0].dtype == rows[-1].dtype == np.float64:
            return np.frombuffer(b"".join(rows)).reshape(len(rows), *rows[0].shape)
    except (IndexError, struct.error, TypeError, ValueError, AttributeError, BufferError):
        pass
    return rows


class Recorder:
    """Hands out pages of empty rows and collects the filled ones; a row counts once its last column is filled.

    Columns: the parameters, the cost, then the extra ones (`extras`), last the squared gradient norm.
    """

    def __init__(self, params: Sequence[Parameter], extras: int, maxiter: int, keep_every: int, first: int = 0) -> None:
        self.columns = len(params) + 2 + extras
        self.cost_column = len(params)
        self.last, self.keep_every = maxiter, keep_every
        self.longest = max(1, min(LONGEST_PAGE, PAGE_BYTES // (8 * (sum(p.size for p in params) + 2))))
        self.length = 1
        self.state = _State(first=first)
        self.earlier: float | None = None  # the cost before the first row, if another run came from there

    def page(self, first: int) -> tuple[Lists, int]:
        """Empty columns for the rows first, first + 1, ...; what is on the page before is put away."""
        rows = min(self.length, self.last - first + 1)
        self.length = min(max(self.length * 2, FIRST_PAGE), self.longest)
        self.state = self._turned(first, tuple([None] * rows for _ in range(self.columns)))
        return self.state.lists, rows

    def _turned(self, first: int, lists: Lists) -> _State:
        old = self.state
        count = self.filled()
        if not count:
            return _State(old.blocks, first, lists, old.tail, old.before)
        offset = -old.first % self.keep_every
        steps = range(old.first + offset, old.first + count, self.keep_every)
        columns = tuple([c[offset : count : self.keep_every] for c in old.lists])
        if len(steps) > FEW:
            columns = tuple([packed_rows(rows, arrays=old.first > KEPT_APART) for rows in columns])
        tail = (old.first + count - 1, tuple(c[count - 1] for c in old.lists))
        before = tuple(c[count - 2] for c in old.lists) if count > 1 else old.tail and old.tail[1]
        return _State((*old.blocks, (steps, columns)), first, lists, tail, before)

    def filled(self) -> int:
        """How many rows of the present page are complete."""
        if not self.state.lists:
            return 0
        last = self.state.lists[-1]
        return last.index(None) if last and last[-1] is None else len(last)

    def before(self, row: int) -> float | None:
        """The cost of the row before `row` of the present page."""
        if row:
            return float(self.state.lists[self.cost_column][row - 1])
        return float(self.state.tail[1][self.cost_column]) if self.state.tail else self.earlier

    def of_last_step(self, column: int) -> Any:
        """What a column holds of the last step that was made (the last row makes none); None if there was no step."""
        before = self._turned(self.state.first, ()).before
        return None if before is None else before[column]

    def finish(self) -> tuple[Column, tuple[Column, ...]]:
        """Step numbers and columns of all kept rows; the last row is always among them."""
        done = self._turned(self.state.first + self.filled(), ())
        blocks = list(done.blocks)
        if done.tail and (not blocks or not blocks[-1][0] or blocks[-1][0][-1] != done.tail[0]):
            last = done.tail[0]
            blocks.append((range(last, last + 1), tuple([value] for value in done.tail[1])))
        return Steps(b[0] for b in blocks), tuple(Column(b[1][c] for b in blocks) for c in range(self.columns))


class Column(Sequence[Any]):
    """The rows of one quantity as they were written, page by page; joined only when somebody looks."""

    def __init__(self, parts: Iterable[Any]) -> None:
        self.parts = [p for p in parts if len(p)]
        self.ends = list(itertools.accumulate(map(len, self.parts)))

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def __getitem__(self, row: Any) -> Any:
        if row == -1 and self.parts:
            return self.parts[-1][-1]
        row = row + len(self) if row < 0 else row
        if not 0 <= row < len(self):
            raise IndexError(row)
        part = bisect.bisect_right(self.ends, row)
        return self.parts[part][row - self.ends[part]]

    def until(self, row: int) -> Column:
        """The rows before `row`."""
        starts = [0, *self.ends]
        return type(self)(p[: row - at] for p, at in zip(self.parts, starts, strict=False) if at < row)

    def between(self, first: int, last: int) -> Array:
        """The rows from `first` to before `last` as float64."""
        spans = zip(self.parts, [0, *self.ends], self.ends, strict=False)
        cut = [p[max(first - at, 0) : last - at] for p, at, end in spans if at < last and end > first]
        return np.concatenate([np.asarray(p, dtype=float) for p in cut])

    def array(self) -> Array:
        """All rows, read-only float64."""
        return _frozen(np.concatenate([np.asarray(p, dtype=float) for p in self.parts]))


class Steps(Column):
    """The numbers of the steps whose rows are kept."""

    def array(self) -> npt.NDArray[Any]:
        return _frozen(np.concatenate([np.array(p, dtype=np.int64) for p in self.parts]))


@record(eq=False)
class History:
    """What the run kept: row r is step `step[r]`; row 0 is the start, the last row is the end.

    `params[p]`: the parameter, (rows, *shape), by symbol or by name; `cost`, `gradient_norm`, `rate`: (rows,).
    With mini-batches `cost` and `gradient_norm` are the batch's own; `epoch_cost` is the full cost at the start of
    each epoch, at the steps `epoch_step`.
    """

    keys: tuple[Any, ...]
    steps: Column
    columns: Sequence[Column]  # the parameters, the cost, the squared gradient norm
    rates: Callable[[], Any] = lambda: ()
    epochs: tuple[tuple[int, float], ...] = ()

    @cached_property
    def step(self) -> npt.NDArray[np.int64]:
        """The numbers of the steps, as an array."""
        return self.steps.array().astype(np.int64, copy=False)

    @cached_property
    def params(self) -> ByName:
        return ByName((key, c.array()) for key, c in zip(self.keys, self.columns, strict=False))

    @cached_property
    def cost(self) -> Array:
        return self.columns[len(self.keys)].array()

    @cached_property
    def gradient_norm(self) -> Array:
        return _frozen(np.sqrt(self.columns[-1].array()))

    @cached_property
    def rate(self) -> Array:
        """The learning rate of the step that starts at each row (a column a parameter if they differ)."""
        return _frozen(np.array(self.rates(), dtype=float))

    @property
    def epoch_cost(self) -> Array:
        return np.array([cost for _, cost in self.epochs], dtype=float)

    @property
    def epoch_step(self) -> npt.NDArray[np.int64]:
        return np.array([k for k, _ in self.epochs], dtype=np.int64)

    def row(self, k: int) -> int:
        """Which row holds step k."""
        if isinstance(k, (bool, np.bool_)) or not isinstance(k, (int, np.integer)):
            raise odd(k, "The step", "give a whole number from 0")
        at = int(np.searchsorted(self.step, k))
        if at == len(self.step) or self.step[at] != k:
            raise DescentError(
                f"Step {k} is not in the history, which has {len(self)} rows up to step {self.steps[-1]}."
            )
        return at

    def __len__(self) -> int:
        return len(self.steps)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with the rates that the schedule gave, without the schedule."""
        return History, (self.keys, self.steps, self.columns, partial(np.asarray, self.rate), self.epochs)

    def __repr__(self) -> str:
        return f"History({len(self)} rows: {', '.join(str(getattr(k, 'label', k)) for k in self.keys)}, cost)"


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
