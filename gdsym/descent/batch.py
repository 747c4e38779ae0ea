"""Mini-batches: each epoch shuffles the samples and walks through them in batches of equal size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gdsym.descent.evaluate import Evaluate, evaluator
from gdsym.descent.formulas import Formulas
from gdsym.descent.task import Parameter, Program, Value
from gdsym.errors import DescentError, GdsymTypeError
from gdsym.record import changed, record


@record
class Batches:
    """A cost over `size` drawn samples, compiled, with the full data that samples are drawn from.

    `axes` says which inputs hold samples, and on which axis; `total` is how many samples there are. `formulas` makes
    cost and gradients over a batch as they are written, with all data, when a step is explained.
    """

    program: Program
    data: Mapping[str, Value]
    axes: Mapping[str, int]
    total: int
    size: int
    formulas: Callable[[], Formulas] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, (int, np.integer)):
            raise GdsymTypeError(f"batch is {self.size!r:.40}; give the number of samples in a batch, e.g. batch=32.")
        if not 1 <= self.size <= self.total:
            raise DescentError(
                f"batch is {self.size!s:.40}, but there are {self.total} samples; give 1 to {self.total}."
            )

    @property
    def per_epoch(self) -> int:
        """Batches in an epoch; samples that fill no batch sit this epoch out (others do so in the next)."""
        return self.total // self.size


class Draw:
    """Step k -> the k-th batch's rows of every sample array; the epoch's order comes from `rng`."""

    def __init__(self, batches: Batches, rng: np.random.Generator, first: int = 0) -> None:
        self.batches, self.rng = batches, rng
        self.arrays = [np.asarray(batches.data[name]) for name in batches.axes]
        self.first_state: Mapping[str, Any] = rng.bit_generator.state
        epoch = first // batches.per_epoch
        self.states = {epoch: self.first_state}  # before the shuffle of this epoch, and of the one before
        self.order = self._shuffled(epoch) if first % batches.per_epoch else np.zeros(0, dtype=int)
        self.orders = {epoch: self.order}  # of this epoch and the one before

    def _shuffled(self, epoch: int) -> Any:
        self.states = {e: s for e, s in self.states.items() if e == epoch - 1} | {epoch: self.rng.bit_generator.state}
        return self.rng.permutation(self.batches.total)

    def state(self, k: int) -> Mapping[str, Any]:
        """The random state from which a run goes on at step k, the last one made; a step of the next epoch may have begun."""
        return self.states.get(k // self.batches.per_epoch, self.first_state)

    def __call__(self, k: int) -> tuple[Any, ...]:
        at = k % self.batches.per_epoch
        if at == 0:
            epoch, before = k // self.batches.per_epoch, self.order
            self.order = self._shuffled(epoch)
            self.orders = {epoch - 1: before, epoch: self.order}
        return self.drawn(self.order[at * self.batches.size : (at + 1) * self.batches.size])

    def drawn(self, rows: Any) -> tuple[Any, ...]:
        """The sample arrays at some rows."""
        return tuple(a.take(rows, axis=axis) for a, axis in zip(self.arrays, self.batches.axes.values(), strict=True))

    def rows(self, k: int) -> Any:
        """The rows that step k drew; None if that was before the last two epochs, or is still to come."""
        epoch, at = divmod(k, self.batches.per_epoch)
        order = self.orders.get(epoch)
        return None if order is None else order[at * self.batches.size : (at + 1) * self.batches.size]


@record
class Redrawn:
    """The batches of a run that is over, drawn again from the random state that it began with."""

    batches: Batches
    state: Mapping[str, Any]

    def rows(self, k: int) -> Any:
        """The rows that step k drew, counted from 0."""
        rng, order = restored(self.state), None
        epoch, at = divmod(k, self.batches.per_epoch)
        for _ in range(epoch + 1):
            order = rng.permutation(self.batches.total)
        assert order is not None
        return order[at * self.batches.size : (at + 1) * self.batches.size]

    def evaluate(self, k: int, params: Sequence[Parameter]) -> Evaluate:
        """Cost and gradients that step k saw."""
        b = self.batches
        return evaluator(b.program, tuple(params), {**b.data, **self._drawn(k)})

    def formulas(self, k: int) -> Formulas | None:
        """What was written, with the numbers of step k's batch."""
        b, drawn = self.batches, self._drawn(k)
        if b.formulas is None:
            return None
        nodes, written = {i.node: drawn[i.name] for i in b.program.inputs if i.name in drawn}, b.formulas()
        return changed(written, data={**written.data, **nodes})

    def _drawn(self, k: int) -> dict[str, Any]:
        rows, b = self.rows(k), self.batches
        return {name: np.asarray(b.data[name]).take(rows, axis=axis) for name, axis in b.axes.items()}


def generator(rng: Any) -> np.random.Generator:
    """A Generator from a Generator or an integer seed; None is seed 0, so that a run can be repeated."""
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is None:
        return np.random.default_rng(0)
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(int(rng))
    raise GdsymTypeError(f"rng is {rng!r:.60}; give a numpy.random.Generator or a seed such as rng=1.")


def restored(state: Mapping[str, Any]) -> np.random.Generator:
    """A Generator that goes on where another one stood."""
    kind = getattr(np.random, str(state.get("bit_generator")), None)
    if not (isinstance(kind, type) and issubclass(kind, np.random.BitGenerator)):
        raise DescentError(
            f"The random state is of kind {state.get('bit_generator')!r:.40}, which NumPy does not know: its batches cannot go on. "
            "Begin anew where the run has ended: start=run.params, without resume."
        )
    bits = kind()
    try:
        bits.state = state
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise DescentError(f"The random state of this run is damaged ({error!s:.80}): run it again.") from error
    return np.random.Generator(bits)
