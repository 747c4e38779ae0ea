"""How long every axis of every operation is, said by sizes and array lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from gdsym.arrays.affine import Affine
from gdsym.arrays.graph import Op
from gdsym.arrays.program import Program
from gdsym.record import record
from gdsym.written.nodes import Base, Sym

Extent: TypeAlias = "Affine | str | None"  # a form in sizes, a text, or None: an axis made for broadcasting

REDUCTIONS = ("sum", "prod", "max", "matmul", "vdot", "einsum", "scatter")


@record
class Reduction:
    """kind over `over` of the product of factors; a factor's axes are letters: first the result's, then `over`."""

    kind: str  # "sum", "prod" or "max"
    out: tuple[Extent, ...]
    over: tuple[Extent, ...]
    factors: tuple[tuple[Op, tuple[int, ...]], ...]
    row: Op | None = None  # for each of `over`, which row of the result its term is added to; else to all

    @property
    def loops(self) -> int:
        """Over how many letters its terms run."""
        return len(self.out) + len(self.over) - (self.row is not None)


class Extents:
    """Axis lengths of the operations of one program; each is found once."""

    def __init__(self, program: Program) -> None:
        self._names = {i.node: i.name for i in program.inputs}
        self._leaves = {
            i.name: tuple(a.length for a in program.shapes.arrays[i.node])
            for i in program.inputs
            if i.ndim and isinstance(i.node, Base)
        }
        self._known: dict[Op, tuple[Extent, ...]] = {}

    def __call__(self, op: Op) -> tuple[Extent, ...]:
        if op not in self._known:
            find = getattr(self, f"_{op.kind}", self._entrywise)
            self._known[op] = find(op) if op.ndim or op.kind in ("slice", "diagonal") else ()
        return self._known[op]

    def name(self, size: Sym) -> str:
        return self._names[size]

    def said(self, extent: Extent) -> str:
        """An axis length as code."""
        return extent if isinstance(extent, str) else "1" if extent is None else extent.text(self.name)

    def reduction(self, op: Op) -> Reduction:
        """A sum of products in one form, whichever operation it is written with."""
        if op.kind in ("sum", "prod", "max"):
            return self._over_axes(op)
        if op.kind == "scatter":
            return self._by_row(op)
        letters = _letters(op)
        seen: dict[str, Extent] = {}
        for factor, word in zip(op.args, letters[:-1], strict=True):
            for letter, extent in zip(word, self(factor), strict=True):
                seen[letter] = extent if seen.get(letter) is None else seen[letter]
        out, over = letters[-1], [x for x in seen if x not in letters[-1]]
        place = {x: p for p, x in enumerate([*out, *over])}
        factors = tuple((f, tuple(place[x] for x in word)) for f, word in zip(op.args, letters[:-1], strict=True))
        return Reduction("sum", tuple(seen[x] for x in out), tuple(seen[x] for x in over), factors)

    def _by_row(self, op: Op) -> Reduction:
        positions, rows = op.args
        rank = positions.ndim
        place = (*range(op.ndim, op.ndim + rank), *range(1, op.ndim))
        return Reduction("sum", op.attr, self(rows)[:rank], ((rows, place),), positions)

    def _over_axes(self, op: Op) -> Reduction:
        (arg,) = op.args
        over = tuple(range(arg.ndim)) if op.attr is None else op.attr
        kept = [p for p in range(arg.ndim) if p not in over]
        order = [*kept, *over]
        lengths = self(arg)
        place = tuple(order.index(p) for p in range(arg.ndim))
        return Reduction(
            op.kind, tuple(lengths[p] for p in kept), tuple(lengths[p] for p in over), ((arg, place),)
        )  # fmt: skip

    def _leaf(self, op: Op) -> tuple[Extent, ...]:
        lengths = self._leaves[op.attr]
        return tuple(f"{op.attr}.shape[{p}]" if a is None else a for p, a in enumerate(lengths))

    def _entrywise(self, op: Op) -> tuple[Extent, ...]:
        return _broadcast([self(a) for a in op.args], op.ndim)

    def _transpose(self, op: Op) -> tuple[Extent, ...]:
        inner = self(op.args[0])
        return tuple(inner[p] for p in op.attr)

    def _expand(self, op: Op) -> tuple[Extent, ...]:
        inner = iter(self(op.args[0]))
        return tuple(next(inner) if shown else None for shown in op.attr)

    def _slice(self, op: Op) -> tuple[Extent, ...]:
        pairs = zip(op.attr, self(op.args[0]), strict=True)
        return tuple(self._part(take[1], take[2], whole) for take, whole in pairs if take[0] == "part")

    def _part(self, start: Affine, stop: Affine | None, whole: Extent) -> Extent:
        """The length of start:stop of an axis; a negative stop counts from the end."""
        if stop is not None and not (stop.number is not None and stop.number < 0):
            return stop - start
        cut = start if stop is None else start - stop
        if isinstance(whole, Affine):
            return whole - cut
        return whole if cut.number == 0 else f"({self.said(whole)} - ({cut.text(self.name)}))"

    def _moving(self, op: Op) -> tuple[Extent, ...]:
        length, *others = self(op.args[0])
        less = op.attr - 1
        found = length - less if isinstance(length, Affine) else f"({self.said(length)} - ({less.text(self.name)}))"
        return (found, *others)

    _moving_max = _moving

    def _windows(self, op: Op) -> tuple[Extent, ...]:
        inner = list(self(op.args[0]))
        for axis, width in op.attr:
            whole, less = inner[axis], width - 1
            plain = isinstance(whole, Affine)
            inner[axis] = whole - less if plain else f"({self.said(whole)} - ({less.text(self.name)}))"
        return (*(width for _, width in op.attr), *inner)

    def _moving_exp(self, op: Op) -> tuple[Extent, ...]:
        return (self(op.args[2])[0], *self(op.args[0])[1:])

    def _diagonal(self, op: Op) -> tuple[Extent, ...]:
        inner, pair = self(op.args[0]), op.attr
        return (*(e for p, e in enumerate(inner) if p not in pair), inner[pair[0]])

    def _arange(self, op: Op) -> tuple[Extent, ...]:
        first, last = op.attr
        return (last - first + 1,)

    def _lookup(self, op: Op) -> tuple[Extent, ...]:
        rows = self(op.args[0])[len(op.args) - 1 :]
        return (*_broadcast([self(a) for a in op.args[1:]], op.ndim - len(rows)), *rows)

    def _full(self, op: Op) -> tuple[Extent, ...]:
        lengths: tuple[Extent, ...] = op.attr
        return lengths

    def _concatenate(self, op: Op) -> tuple[Extent, ...]:
        parts = [self(a) for a in op.args]
        total: Any = parts[0][0]
        for other, *_ in parts[1:]:
            plain = isinstance(total, Affine) and isinstance(other, Affine)
            total = total + other if plain else f"({self.said(total)} + {self.said(other)})"
        return (total, *parts[0][1:])

    def _reduced(self, op: Op) -> tuple[Extent, ...]:
        return self.reduction(op).out

    _sum = _prod = _max = _matmul = _vdot = _einsum = _scatter = _reduced


def _broadcast(shapes: Sequence[tuple[Extent, ...]], rank: int) -> tuple[Extent, ...]:
    """The first known length on each axis, counted from the right."""
    found: list[Extent] = [None] * rank
    for shape in shapes:
        for p, extent in enumerate(shape, start=rank - len(shape)):
            found[p] = extent if found[p] is None else found[p]
    return tuple(found)


def _letters(op: Op) -> list[str]:
    """A letter an axis, of each operand and of the result."""
    if op.kind == "einsum":
        operands, out = str(op.attr).split("->")
        return [*operands.split(","), out]
    a, b = op.args
    if op.kind == "vdot":
        word = "abcdefgh"[: a.ndim]
        return [word, word, ""]
    first, second = ("i", "ab"[: a.ndim - 1] + "i")[a.ndim > 1], "i" + "cd"[: b.ndim - 1]
    return [first, second, first[:-1] + second[1:]]
