"""Views entry by entry: which entry of the operand an entry of a transposed, cut or widened array is."""

from __future__ import annotations

from gdsym.arrays.graph import Op
from gdsym.backends.extents import Extents
from gdsym.record import field, record

Index = tuple[str, ...]


def last(index: Index, op: Op) -> Index:
    """The indices of an operand that is broadcast."""
    return index[len(index) - op.ndim :]


def in_row(entry: str, row: str) -> str:
    """The entry of another row: v[j, k] as v[row, k]."""
    name, _, letters = entry.partition("[")
    return f"{name}[{', '.join([row, *letters[:-1].split(', ')[1:]])}]"


def _turned(extents: Extents, op: Op, index: Index) -> Index:
    inner = [""] * len(index)
    for x, p in zip(index, op.attr, strict=True):
        inner[p] = x
    return tuple(inner)


def _narrowed(extents: Extents, op: Op, index: Index) -> Index:
    return tuple(x for x, shown in zip(index, op.attr, strict=True) if shown)


def _cut(extents: Extents, op: Op, index: Index) -> Index:
    """An entry of a slice as an entry of the whole."""
    free, name, found = iter(index), extents.name, []
    for p, take in enumerate(op.attr):
        if take[0] == "at":
            found.append(take[1].text(name))
            continue
        _, start, stop, backwards = take
        if backwards:
            length = extents.said(extents(op.args[0])[p])
            end = (
                length if stop is None else f"{length} - {-stop.number}" if (stop.number or 0) < 0 else stop.text(name)
            )
            found.append(f"{end} - 1 - ({next(free)})")
        else:
            found.append(next(free) if start.number == 0 else f"{start.text(name)} + {next(free)}")
    return tuple(found)


def _doubled(extents: Extents, op: Op, index: Index) -> Index:
    outer = iter(index[:-1])
    return tuple(index[-1] if p in op.attr else next(outer) for p in range(op.args[0].ndim))


def _in_window(extents: Extents, op: Op, index: Index) -> Index:
    """The place in the window is added to the window's own."""
    places, rest = index[: len(op.attr)], list(index[len(op.attr) :])
    for (axis, _), place in zip(op.attr, places, strict=True):
        rest[axis] = f"{rest[axis]} + {place}"
    return tuple(rest)


def _filled(extents: Extents, op: Op, index: Index) -> Index:
    return last(index, op.args[0])


MOVES = {
    "transpose": _turned,
    "expand": _narrowed,
    "slice": _cut,
    "diagonal": _doubled,
    "windows": _in_window,
    "full": _filled,
    "copy": _filled,
}


START = {"sum": "0.0", "prod": "1.0", "max": "-math.inf"}


def gathered_by(kind: str, target: str, word: str) -> str:
    if kind == "max":
        return f"{target} = maximum({target}, {word})"
    return f"{target} {'+' if kind == 'sum' else '*'}= {word}"


@record(frozen=False)
class Lines:
    """What was generated: memory, what is computed once, what at each evaluation."""

    memory: list[str] = field(default_factory=list)
    once: list[str] = field(default_factory=list)
    each: list[str] = field(default_factory=list)
