"""An operation as a short formula with index letters, read off the graph: for lines behind which no formula of the user's stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.graph import Op
from gdsym.arrays.texts import text

Letters = tuple[str, ...]
SUM, PRODUCT, QUOTIENT, POWER, ATOM = 1, 2, 3, 4, 9  # how strongly a text binds
SPARE = "ijklpqabcdefgh"
REDUCED = {"sum": "sum", "max": "max", "prod": "prod"}
EVEN = {"add", "copy", "neg", "mul", "div", "pow", "where", "compare", "logic", "indicator", *WRITTEN}  # entry by entry


class _UnknownError(Exception):
    """No formula for this kind of operation."""


def spoken(op: Op, called: Mapping[Op, str], known: dict[Op, Letters], size_name: Callable[[Any], str]) -> str:
    """`sum_l e_il` for `e.sum(axis=1)`; empty if there are no words for it. `known`: what axes are called; gets those of `op`."""
    words = _Words({o: name for o, name in called.items() if o is not op}, known, size_name)
    axes = words.told(op)
    words.outer.extend(axes)
    known[op] = axes
    try:
        return words.inner(op, axes)[0]
    except _UnknownError:
        return ""


class _Words:
    def __init__(self, called: Mapping[Op, str], known: Mapping[Op, Letters], size_name: Callable[[Any], str]) -> None:
        self.called, self.known, self.size_name = called, known, size_name
        self.outer: list[str] = []  # letters that are no longer free

    def told(self, op: Op) -> Letters:
        """A letter for each axis, all different."""
        found: Letters = ()
        for letter in self.letters(op):
            found = (*found, self.spare(found, letter))
        return found

    def spare(self, taken: Sequence[str], wish: str | None = None) -> str:
        return next(s for s in (wish, *SPARE) if s and s not in taken and s not in self.outer)

    def letters(self, op: Op) -> tuple[str | None, ...]:
        """What the axes are called below; None where nothing tells."""
        if op in self.known:
            return self.known[op]
        if op in self.called or not op.args:
            return (None,) * op.ndim
        first = self.letters(op.args[0])
        if op.kind == "transpose":
            return tuple(first[a] for a in op.attr)
        if op.kind == "expand":
            rest = iter(first)
            return tuple(next(rest) if shown else None for shown in op.attr)
        if op.kind in REDUCED:
            return tuple(s for a, s in enumerate(first) if op.attr is not None and a not in op.attr)
        if op.kind == "matmul":
            last = self.letters(op.args[1])
            return (*first[:-1], *last[:-2], *last[-1:])[: op.ndim] if op.args[1].ndim > 1 else first[:-1]
        if op.kind in EVEN:
            rows = [self.letters(a) for a in op.args]
            aligned = [(None,) * (op.ndim - len(r)) + tuple(r) for r in rows]
            return tuple(next(filter(None, column), None) for column in zip(*aligned, strict=True))
        return (None,) * op.ndim

    def write(self, op: Op, axes: Letters, least: int) -> str:
        if op in self.called or op.kind == "leaf":
            return f"{self.called.get(op, op.attr)}{_below(axes)}"
        words, strength = self.inner(op, axes)
        return words if strength >= least else f"({words})"

    def inner(self, op: Op, axes: Letters) -> tuple[str, int]:
        """(text, how strongly it binds)."""
        write = WRITERS.get(op.kind) or (_function if op.kind in WRITTEN else None)
        if write is None:
            raise _UnknownError
        return write(self, op, axes)

    def each(self, op: Op, axes: Letters, least: int = 0) -> list[str]:
        """The operands of an operation entry by entry; those with fewer axes have the last ones."""
        return [self.write(a, axes[op.ndim - a.ndim :], least) for a in op.args]


def _below(axes: Letters) -> str:
    if not axes:
        return ""
    return f"_{''.join(axes)}" if all(len(a) == 1 for a in axes) else f"[{', '.join(axes)}]"


def _plain(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    words, _ = text(op, lambda a, least: "", w.size_name)
    return words, ATOM if words.isalnum() else SUM


def _add(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    terms = w.each(op, axes, PRODUCT)
    head = terms[0] if op.attr[0] > 0 else f"-{terms[0]}"
    return head + "".join(f" {'+' if s > 0 else '-'} {t}" for s, t in zip(op.attr[1:], terms[1:], strict=True)), SUM


def _mul(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    if len(set(op.args)) == 1:
        return f"{w.each(op, axes, ATOM)[0]}^{len(op.args)}", POWER
    return " ".join(w.each(op, axes, QUOTIENT)), PRODUCT


def _div(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    above, below = op.args
    return (
        f"{w.write(above, axes[op.ndim - above.ndim :], 3)}/{w.write(below, axes[op.ndim - below.ndim :], 4)}",
        QUOTIENT,
    )


def _function(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    return f"{op.kind}({', '.join(w.each(op, axes))})", ATOM


def _where(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    test, first, other = w.each(op, axes)
    rest = other[1:-1] if other.startswith("{") and other.endswith("}") else f"else {other}"
    return f"{{{first} if {test}; {rest}}}", ATOM


def _reduced(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    """Over the axes that are gone."""
    (inner,) = op.args
    below, rest, scope = w.letters(inner), iter(axes), list(axes)
    gone, whole = [], []
    for axis in range(inner.ndim):
        if op.attr is None or axis in op.attr:
            gone.append(w.spare(scope, below[axis]))
            scope.append(gone[-1])
            whole.append(gone[-1])
        else:
            whole.append(next(rest))
    head = " ".join(f"{REDUCED[op.kind]}_{letter}" for letter in gone)
    return f"{head} {w.write(inner, tuple(whole), PRODUCT)}", PRODUCT


def _times(parts: Sequence[str]) -> str:
    return f"{parts[0]}^2" if list(parts) == [parts[0]] * 2 else " ".join(parts)


def _matmul(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    if len(op.args) != 2 or max(a.ndim for a in op.args) > 2:
        raise _UnknownError
    first, second = op.args
    over = w.spare(axes, w.letters(first)[-1])
    left, right = axes[: first.ndim - 1], axes[first.ndim - 1 :]
    parts = [w.write(first, (*left, over), 3), w.write(second, (over, *right), 3)]
    return f"sum_{over} {_times(parts)}", PRODUCT


def _vdot(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    over: Letters = ()
    for letter in w.letters(op.args[0]):
        over = (*over, w.spare(over, letter))
    head = " ".join(f"sum_{letter}" for letter in over)
    return f"{head} {_times([w.write(a, over, 3) for a in op.args])}", PRODUCT


def _einsum(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    given, made = op.attr.split("->")
    names = dict(zip(made, axes, strict=True))
    over = [c for c in dict.fromkeys(given) if c.isalpha() and c not in names]
    for c in over:
        names[c] = w.spare([*names.values()])
    parts = [w.write(a, tuple(names[c] for c in row), 3) for a, row in zip(op.args, given.split(","), strict=True)]
    return " ".join([*(f"sum_{names[c]}" for c in over), *parts]), PRODUCT if over or len(parts) > 1 else QUOTIENT


def _transpose(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    back = dict(zip(op.attr, axes, strict=True))
    return w.write(op.args[0], tuple(back[a] for a in range(op.ndim)), ATOM), ATOM


def _expand(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    return w.write(op.args[0], tuple(s for s, shown in zip(axes, op.attr, strict=True) if shown), ATOM), ATOM


def _full(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    return w.write(op.args[0], (), ATOM), ATOM


def _logic(w: _Words, op: Op, axes: Letters) -> tuple[str, int]:
    parts = w.each(op, axes, SUM)
    return (f"not {parts[0]}" if op.attr == "not" else f" {op.attr} ".join(parts)), 0


WRITERS: Mapping[str, Callable[[_Words, Op, Letters], tuple[str, int]]] = {
    "number": _plain,
    "size": _plain,
    "truth": _plain,
    "add": _add,
    "neg": lambda w, op, axes: (f"-{w.write(op.args[0], axes, PRODUCT)}", SUM),
    "mul": _mul,
    "div": _div,
    "pow": lambda w, op, axes: ("^".join(w.each(op, axes, ATOM)), POWER),
    "where": _where,
    "compare": lambda w, op, axes: (f" {op.attr} ".join(w.each(op, axes, SUM)), 0),
    "logic": _logic,
    "indicator": lambda w, op, axes: (f"[{w.write(op.args[0], axes, 0)}]", ATOM),
    **dict.fromkeys(REDUCED, _reduced),
    "matmul": _matmul,
    "vdot": _vdot,
    "einsum": _einsum,
    "transpose": _transpose,
    "expand": _expand,
    "copy": lambda w, op, axes: (w.write(op.args[0], axes, ATOM), ATOM),
    "full": _full,
}
