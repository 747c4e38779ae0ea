"""All parameters as one vector while a loop runs, and apart again in what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gdsym.descent.history import Array, Column
from gdsym.descent.task import Parameter, Value, flat, unflat
from gdsym.record import record


@record
class Joined:
    """The cost's own parameters, and the one vector that stands for them."""

    params: tuple[Parameter, ...]
    whole: Parameter

    def start(self, start: Mapping[str, Value]) -> dict[str, Value]:
        return {self.whole.code: flat([start[p.code] for p in self.params])}

    def columns(self, columns: Sequence[Column], states: int) -> tuple[Column, ...]:
        """Parameters, cost, `states` a parameter, and the rest, from vector, cost, `states` vectors, and the rest."""
        theta, cost, *others = columns
        memory, rest = others[:states], others[states:]
        kept = [part for parts in zip(*map(self._parts, memory), strict=True) for part in parts]
        return (*self._parts(theta), cost, *kept, *rest)

    def _parts(self, column: Column) -> Iterator[Part]:
        at = 0
        for p in self.params:
            yield Part(column, at, p)
            at += p.size

    def watch(self, watch: Callable[..., str]) -> Callable[..., str]:
        """`watch(k, *parameters)` as a function of (k, vector)."""
        return lambda k, theta: watch(k, *unflat(theta, self.params))


class Part(Column):
    """One parameter's rows, cut out of the vectors' when somebody looks."""

    def __init__(self, whole: Column, at: int, param: Parameter) -> None:
        self.whole, self.at, self.param = whole, at, param

    @property
    def parts(self) -> Sequence[Any]:  # type: ignore[override]
        return [self.array()]

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, row: Any) -> Any:
        theta, p = self.whole[row], self.param
        return theta[self.at : self.at + p.size].reshape(p.shape) if p.is_array else float(theta[self.at])

    def until(self, row: int) -> Column:
        return Part(self.whole.until(row), self.at, self.param)

    def between(self, first: int, last: int) -> Array:
        rows = self.whole.between(first, last)
        return rows[:, self.at : self.at + self.param.size].reshape(len(rows), *self.param.shape)

    def array(self) -> Array:
        rows = self.whole.array()[:, self.at : self.at + self.param.size].reshape(len(self), *self.param.shape)
        rows = rows.copy()
        rows.flags.writeable = False
        return rows
