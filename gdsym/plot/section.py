"""J along one or two numbers among its parameters, all others held fixed: what every figure of a cost is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import DataError, GdsymError
from gdsym.plot.entries import Entry, chosen, fixed_values
from gdsym.plot.labels import cost_name, given, math_of, name_of
from gdsym.record import record

Array = npt.NDArray[np.float64]
WORK = 4e8  # numbers read for one picture: large data get a coarser grid
FINEST, COARSEST = 121, 31


@record(eq=False)
class Section:
    """`value` and `slope` at points of the drawn entries; `base` is the flat vector that holds the others."""

    cost: Any
    bound: Any
    entries: tuple[Entry, ...]
    base: Array

    def full(self, point: Any) -> Array:
        """The flat parameters with the drawn entries put in."""
        x = self.base.copy()
        x[[e.at for e in self.entries]] = point
        return x

    def value(self, point: Any) -> float:
        return float(self.bound.fun(self.full(point)))

    def values(self, points: Any) -> Array:
        """J at each row of `points`; NaN where it is not defined."""
        with np.errstate(all="ignore"):
            return np.array([self.value(p) for p in np.atleast_2d(points)], dtype=float)

    def slope(self, point: Any) -> Array:
        """The derived partial derivatives by the drawn entries."""
        with np.errstate(all="ignore"):
            return np.asarray(self.bound.jac(self.full(point)), dtype=float)[[e.at for e in self.entries]]

    def path(self, run: Any) -> Array:
        """The descent's rows, a column a drawn entry."""
        history = run.history.params
        try:
            columns = [_column(history[e.param], e.place) for e in self.entries]
        except KeyError:
            raise GdsymError(
                f"The run has no history of {self.entries[0].name}; draw a run of the same cost."
            ) from None
        return np.column_stack(columns).astype(float)

    def heights(self, run: Any) -> Array:
        """J at the descent's rows: on the drawn curve if it moves nothing else, else as the run has it."""
        if len(self.base) == len(self.entries):
            return self.values(self.path(run))
        return np.asarray(run.history.cost, dtype=float)

    @property
    def grid_side(self) -> int:
        """How many points a side of a grid has, so that one picture takes seconds at most."""
        size = sum(int(np.size(v)) for v in self.bound.data.values())
        return int(np.clip((WORK / max(size, 1)) ** 0.5, COARSEST, FINEST))

    @property
    def label(self) -> str:
        """Mathtext `J(w, b)`, all parameters named."""
        return cost_name(self.cost.name, self._names())

    def _names(self) -> list[str]:
        drawn = {e.param: e for e in self.entries}
        return [drawn[p.to_sympy()].whole if p.to_sympy() in drawn else name_of(p) for p in self.cost.problem.params]

    @property
    def held(self) -> str:
        """Mathtext of what is held fixed, `b = 100`; empty if nothing is, or too much."""
        others = [(tex, self.base[at]) for at, tex in self._others()]
        return given(others) if 0 < len(others) <= 2 else ""

    def _others(self) -> list[tuple[int, str]]:
        drawn = {e.at for e in self.entries}
        at, found = 0, []
        for p, shape in zip(self.cost.problem.params, self.bound_shapes, strict=True):
            count = int(np.prod(shape, dtype=int))
            if not shape and at not in drawn:
                found.append((at, name_of(p)))
            found += [(at + k, "") for k in range(count) if shape and at + k not in drawn]
            at += count
        return found if all(tex for _, tex in found) else []

    @property
    def bound_shapes(self) -> list[tuple[int, ...]]:
        return [np.shape(v) for v in self.bound.unflat(self.base).values()]

    def axis_label(self, which: int) -> str:
        return math_of(self.entries[which].label)


def _column(rows: Any, place: tuple[int, ...]) -> Any:
    """One entry's history, from rows of the whole parameter."""
    table = np.asarray(rows, dtype=float)
    which = int(np.ravel_multi_index(place, table.shape[1:])) if place else 0
    return table.reshape(len(table), -1)[:, which]


def section(
    cost: Any, asked: Any, count: int, data: Any, at: Mapping[Any, Any] | None, runs: Sequence[Any], what: str
) -> Section:
    """The section of `cost` over `count` entries that `what` (a function's name) draws."""
    if isinstance(cost, type) or not hasattr(cost, "compile") or not hasattr(cost, "problem"):
        raise GdsymError(
            f"{what} draws a Cost, not {type(cost).__name__}: make one with gd.Cost(expression, parameters)."
        )
    data = data if data is not None else data_of(runs)
    bound = _bound(cost, data, what)
    values = fixed_values(cost, bound, at, runs)
    entries = chosen(cost, bound, asked, count, values, what)
    base = np.concatenate([np.ravel(v) for v in values.values()]) if values else np.zeros(0)
    _refuse_open(cost, base, entries, values, what)
    return Section(cost, bound, entries, base)


def _bound(cost: Any, data: Any, what: str) -> Any:
    try:
        return cost.compile().bind(data)
    except DataError as wrong:
        hint = f" ({what}(cost, ..., data={{...}}))" if data is None else ""
        raise DataError(f"{wrong}{hint}") from None


def data_of(runs: Sequence[Any]) -> dict[Any, Any] | None:
    """The numbers that the first run was made with."""
    for run in runs:
        formulas = getattr(run, "formulas", None)
        if formulas is not None and formulas.data:
            return {key.to_sympy(): value for key, value in formulas.data.items()}
    return None


def _refuse_open(cost: Any, base: Array, entries: Sequence[Entry], values: Mapping[Any, Array], what: str) -> None:
    drawn = [e.at for e in entries]
    missing = sorted(set(np.flatnonzero(np.isnan(base)).tolist()) - set(drawn))
    if not missing:
        return
    at, names = 0, []
    for key, value in values.items():
        if any(at <= k < at + value.size for k in missing):
            names.append(str(getattr(key, "label", key)))
        at += value.size
    shown = ", ".join(e.name for e in entries)
    raise GdsymError(
        f"{what} draws {cost.name} over {shown}, so {', '.join(names)[:80]} must be held fixed, "
        f"but no value is given. Add at={{{names[0]}: ...}} or a run, whose last row is then used."
    )
