"""Which numbers among the parameters a figure is drawn over, and what the others are held at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.door import variable
from gdsym.errors import GdsymError, GdsymTypeError
from gdsym.gradient import find
from gdsym.plot.labels import name_of
from gdsym.record import record
from gdsym.written.nodes import Base, Indexed, Num

Array = npt.NDArray[np.float64]


@record
class Entry:
    """One number among the parameters: a plain parameter, or one entry of an array."""

    param: Any  # the caller's own symbol
    place: tuple[int, ...]  # counted from 0; empty for a plain parameter
    at: int  # position in the flat vector
    name: str  # `w`, `w[1]`
    label: str  # LaTeX
    whole: str  # LaTeX of the parameter


def fixed_values(cost: Any, bound: Any, at: Mapping[Any, Any] | None, runs: Sequence[Any]) -> dict[Any, Array]:
    """Every parameter's array: the end of the first run, overridden by `at`, NaN where nothing is said."""
    values: dict[Any, Array] = {}
    asked_values = _by_param(cost, at)
    for node in cost.problem.params:
        key = node.to_sympy()
        values[key] = _full(node, asked_values.get(key, _of_run(key, runs)), bound)
    for asked, number in (at or {}).items():
        _put_entry(cost, bound, values, asked, number)
    return values


def _of_run(key: Any, runs: Sequence[Any]) -> Any:
    for run in runs:
        params = getattr(run, "params", {})
        if key in params:
            return params[key]
    return None


def _by_param(cost: Any, at: Mapping[Any, Any] | None) -> dict[Any, Any]:
    if at is None:
        return {}
    if not isinstance(at, Mapping):
        raise GdsymTypeError(f"at must be a dict such as {{b: 0}}, not {type(at).__name__}.")
    params = cost.problem.params
    return {params[find(key, params)].to_sympy(): value for key, value in at.items() if not _is_entry(cost, key)}


def _is_entry(cost: Any, key: Any) -> bool:
    return isinstance(variable(key, cost.problem.params), Indexed)


def _put_entry(cost: Any, bound: Any, values: dict[Any, Array], asked: Any, number: Any) -> None:
    if _is_entry(cost, asked):
        entry = _entry(cost, bound, values, asked, "at")
        values[entry.param][entry.place] = _number(number, entry.name)


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise GdsymTypeError(f"{name} is to be held at {str(value)[:60]!r}; one number is needed.") from None


def _full(node: Any, held: Any, bound: Any) -> Array:
    """The value as an array of its own; the shape comes from the data if no value is known."""
    if not isinstance(node, Base):
        return np.array(np.nan if held is None else _number(held, node.name))
    if held is not None:
        return np.array(held, dtype=float)
    sizes = {s.node: bound.data[s.name] for s in bound.program.sizes if s.name in bound.data}
    lengths = [axis.length for axis in bound.program.shapes.arrays[node]]
    if any(n is None or not n.letters <= set(sizes) for n in lengths):
        raise GdsymError(
            f"How many entries {node.name} has is not said by the data: give a run, or at={{{node.name}: [...]}}."
        )
    return np.full([n.at(sizes) for n in lengths], np.nan)


def chosen(cost: Any, bound: Any, asked: Any, count: int, values: Mapping[Any, Array], what: str) -> tuple[Entry, ...]:
    """The entries to draw over: those asked for, or all numbers that are free if there are just `count`."""
    if asked is None:
        every = [_make(cost, bound, values, n, place) for n in cost.problem.params for place in _places(values, n)]
        free = [e for e in every if np.isnan(values[e.param][e.place])]
        for found in (free, every):
            if len(found) == count:
                return tuple(found)
        raise GdsymError(_which(cost, every, count, what))
    listed = (
        [asked] if count == 1 and not isinstance(asked, (list, tuple)) else list(asked) if _many(asked) else [asked]
    )
    if len(listed) != count:
        raise GdsymError(
            f"{what} draws over {_words(count)}, but {len(listed)} were named: give params=[...] with {count}."
        )
    entries = tuple(_entry(cost, bound, values, one, what) for one in listed)
    if len({e.at for e in entries}) < count:
        raise GdsymError(f"{what} was given {entries[0].name} twice; name two different parameters.")
    return entries


def _many(asked: Any) -> bool:
    return isinstance(asked, (list, tuple))


def _places(values: Mapping[Any, Array], node: Any) -> list[tuple[int, ...]]:
    return list(product(*(range(n) for n in values[node.to_sympy()].shape)))


def _words(count: int) -> str:
    return "one parameter" if count == 1 else "two parameters"


def _which(cost: Any, every: Sequence[Entry], count: int, what: str) -> str:
    names = ", ".join(e.name for e in every[:8]) + (", ..." if len(every) > 8 else "")
    found = f"{what} draws over {_words(count)}, but {cost.name} has {len(every)}: {names}."
    if len(every) < count:
        return f"{found} Use cost_curve or tangent for a cost of one parameter."
    rest = every[count:]
    say = every[0].name if count == 1 else "[" + ", ".join(e.name for e in every[:count]) + "]"
    word = "param" if count == 1 else "params"
    hold = f"{{{rest[0].name}: 0{', ...' if len(rest) > 1 else ''}}}"
    return f"{found} Say which, e.g. {word}={say}, and hold the rest, e.g. at={hold}."


def _entry(cost: Any, bound: Any, values: Mapping[Any, Array], asked: Any, what: str) -> Entry:
    var = variable(asked, cost.problem.params)
    node = cost.problem.params[find(var.to_sympy(), cost.problem.params)]
    if not isinstance(node, Base):
        return _make(cost, bound, values, node, ())
    shape = values[node.to_sympy()].shape
    origins = _origins(bound, node)
    first = f"{node.name}[{', '.join(str(o) for o in origins)}]"
    if not isinstance(var, Indexed):
        if shape == (1,):
            return _make(cost, bound, values, node, (0,))
        raise GdsymError(
            f"{node.name} is an array of shape {shape}; {what} needs one number of it: say which entry, e.g. {first}."
        )
    if not all(isinstance(i, Num) and i.value.denominator == 1 for i in var.indices) or len(var.indices) != len(shape):
        raise GdsymError(
            f"{str(asked)[:60]} names no single entry of {node.name}; give numbers as indices, e.g. {first}."
        )
    place = tuple(int(i.value) - o for i, o in zip(var.indices, origins, strict=True))  # type: ignore[attr-defined]
    if any(not 0 <= p < n for p, n in zip(place, shape, strict=True)):
        raise GdsymError(
            f"{str(asked)[:60]} does not exist: {node.name} has shape {shape}, its first entry is {first}."
        )
    return _make(cost, bound, values, node, place)


def _origins(bound: Any, node: Any) -> list[int]:
    return [axis.origin for axis in bound.program.shapes.arrays[node]]


def _make(cost: Any, bound: Any, values: Mapping[Any, Array], node: Any, place: tuple[int, ...]) -> Entry:
    key = node.to_sympy()
    before = 0
    for other, value in values.items():
        if other == key:
            break
        before += value.size
    at = before + (int(np.ravel_multi_index(place, values[key].shape)) if place else 0)
    indices = [p + o for p, o in zip(place, _origins(bound, node), strict=True)] if place else []
    name = f"{node.name}[{', '.join(str(i) for i in indices)}]" if indices else node.name
    return Entry(key, place, at, name, name_of(node, indices), name_of(node))
