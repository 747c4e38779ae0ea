"""Which operations are too large to be made whole, and how they are made tile by tile along one of their axes.

w_i - w_j for all i and j is an m x m array, of which only sums are wanted: it is made for some i at a time, and what
is summed over i is added up. What needs such a sum, and is as large again, waits for the next sweep over the tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdsym.arrays.course import MOVING, RUNNING
from gdsym.arrays.expand import reachable
from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.graph import PARAM, Op, operands_first
from gdsym.arrays.measure import Measure
from gdsym.arrays.whole_texts import WHOLES

VIEWS = ("expand", "transpose", "slice", "diagonal")
RIGID = (
    "concatenate",
    "slice",
    "diagonal",
    "full",
    "arange",
    "eye",
    "windows",
    *RUNNING,
    *MOVING,
    *WHOLES,
)  # need their operands whole

COSTLY = {"einsum", "matmul", "spots", "pow", *WHOLES, *WRITTEN} - {
    "maximum",
    "minimum",
    "abs",
    "sign",
    "floor",
    "ceil",
    "heaviside",
}
KEPT = 1 << 22  # entries of what is made from the data alone, and then read: 32 MB, for each array


class NotInTiles(Exception):
    """The program cannot be made tile by tile."""


class Tiles:
    """`axis` tells along which axis an operation is made in tiles, `sweep` in which sweep, `ready` after how many."""

    def __init__(
        self, outputs: Sequence[Op], measure: Measure, limit: int, prefer: Callable[[Sequence[int]], int]
    ) -> None:
        self.measure, self.limit, self.prefer = measure, limit, prefer
        self.axis: dict[Op, int] = {}
        self.sweep: dict[Op, int] = {}
        self.ready: dict[Op, int] = {}
        self.totals: dict[Op, int] = {}  # sums over the tiles, and their sweep
        self.letters: dict[Op, str] = {}  # of a sum of products: the one along which its operands are cut
        self.gathered: set[Op] = set()  # made in tiles, and needed whole
        self.length = 0
        for op in operands_first(outputs):
            if is_made_once(op, measure):
                self.ready[op] = 0
            else:
                self._place(op)
        for op in outputs:
            if op in self.axis:
                self.gathered.add(op)

    def is_wide(self, op: Op) -> bool:
        """Too large to be made whole? A view of what is there whole takes no memory."""
        is_view = op.kind == "leaf" or (op.kind in VIEWS and op.args[0] not in self.axis)
        return not is_view and self.measure.entries(op) > self.limit

    def _place(self, op: Op) -> None:
        if op.kind in RIGID or (op.kind == "lookup" and op.args[0] in self.axis) or self._waits(op):
            for a in op.args:
                self._gather(a)
        found = self._along(op) if any(a in self.axis and a not in self.gathered for a in op.args) else self._first(op)
        before = [self.sweep[a] for a in op.args if a in self.axis]
        start = max([*before, *(self.ready[a] for a in op.args if a in self.ready)], default=0)
        if found == "outside":
            self.ready[op] = start
        elif found == "total":
            self.totals[op] = start
            self.ready[op] = start + 1
        else:
            assert isinstance(found, int)
            self.axis[op], self.sweep[op] = found, start

    def _waits(self, op: Op) -> bool:
        """Does a small operation need a sum that comes later than its other operands? Those are kept, not made again."""
        parts = [a for a in op.args if a in self.axis and a not in self.gathered]
        if not parts or any(map(self.is_wide, (op, *parts))):
            return False
        return any(self.ready.get(a, 0) > max(self.sweep[p] for p in parts) for a in op.args if a not in parts)

    def _first(self, op: Op) -> int | str:
        """The axis of an operation whose operands are there whole."""
        if not self.is_wide(op):
            return "outside"
        shape = self.measure(op)
        if op.kind in (*RIGID, "scatter", "spread") and op.kind != "windows":
            raise NotInTiles
        self.length = self.length or max(shape)
        axes = [p for p, n in enumerate(shape) if n == self.length]
        if not axes:
            raise NotInTiles
        return self.prefer(axes)

    def _gather(self, op: Op, place: int | None = None) -> None:
        """An operation that is made in tiles is needed whole (its parts are put together), or along another axis."""
        if op not in self.axis or op in self.gathered:
            return
        if not self.is_wide(op):
            self.gathered.add(op)
            self.ready[op] = self.sweep[op] + 1
        elif place is None or not self.can_turn(op, place):
            raise NotInTiles

    def can_turn(self, op: Op, place: int) -> bool:
        """Can it be made along this axis too, from operands that are there whole?"""
        if op not in self.axis or self.axis[op] == place:
            return True
        if not self.is_wide(op) or self.measure(op)[place] != self.length:
            return op in self.gathered
        return all(
            a not in self.axis if p is None else self.can_turn(a, p)
            for a, p in zip(op.args, cuts(op, place), strict=True)
        )

    def _along(self, op: Op) -> int | str:
        along = [a for a in op.args if a in self.axis]
        if op.kind in ("matmul", "einsum", "vdot"):
            return self._contraction(op, along)
        if op.kind in ("sum", "max", "prod"):
            return self._reduction(op)
        if op.kind == "expand":
            return [p for p, shown in enumerate(op.attr) if shown][self.axis[op.args[0]]]
        if op.kind == "transpose":
            return list(op.attr).index(self.axis[op.args[0]])
        if op.kind in ("scatter", "spread"):
            return self._scatter(op, along)
        return self._entrywise(op, along)

    def _scatter(self, op: Op, along: Sequence[Op]) -> int | str:
        """Tiles of samples are added up."""
        if all(self.axis[a] == 0 for a in along):
            return "total"
        for a in along:
            self._gather(a)
        return self._first(op)

    def _entrywise(self, op: Op, along: Sequence[Op]) -> int | str:
        widest = max(along, key=lambda a: (self.is_wide(a), a.ndim))
        rank = lead(op)
        place = rank - widest.ndim + self.axis[widest]
        for a in along:
            if rank - a.ndim + self.axis[a] != place:
                self._gather(a, place - rank + a.ndim if place >= rank - a.ndim else None)
        return place

    def _reduction(self, op: Op) -> int | str:
        place = self.axis[op.args[0]]
        if op.attr is None or place in op.attr:
            if op.kind == "prod":
                raise NotInTiles
            return "total"
        return place - sum(p < place for p in op.attr)

    def _contraction(self, op: Op, along: Sequence[Op]) -> int | str:
        words, out = words_of(op)
        letters = [words[op.args.index(a)][self.axis[a]] for a in sorted(along, key=self._width, reverse=True)]
        letter = next((x for x in letters if self._fits(op, words, x)), letters[0])
        for a, word in zip(op.args, words, strict=True):
            if a in self.axis and word.find(letter) != self.axis[a]:
                self._gather(a, word.find(letter) if letter in word else None)
        self.letters[op] = letter
        return out.index(letter) if letter in out else "total"

    def _width(self, op: Op) -> tuple[bool, int]:
        return self.is_wide(op), op.ndim

    def _fits(self, op: Op, words: Sequence[str], letter: str) -> bool:
        """Can all wide operands be cut along this letter?"""
        wide = [(a, word.find(letter)) for a, word in zip(op.args, words, strict=True) if self.is_wide(a)]
        return all(a not in self.axis or (place >= 0 and self.can_turn(a, place)) for a, place in wide)


def cuts(op: Op, place: int) -> list[int | None]:
    """Along which axis each operand is cut (None: not at all) if the result is cut along `place`."""
    if op.kind in ("matmul", "einsum"):
        words, out = words_of(op)
        return [word.find(out[place]) if out[place] in word else None for word in words]
    if op.kind == "expand":
        return [sum(op.attr[:place]) if op.attr[place] else None]
    if op.kind == "transpose":
        return [int(op.attr[place])]
    if op.kind in ("sum", "max", "prod"):
        return [[p for p in range(op.args[0].ndim) if p not in op.attr][place]]
    if op.kind == "lookup":
        rank = lead(op)
        table = place - rank + len(op.args) - 1 if place >= rank else None
        return [table, *(place - rank + a.ndim if rank - a.ndim <= place < rank else None for a in op.args[1:])]
    return [None if place < op.ndim - a.ndim else place - op.ndim + a.ndim for a in op.args]


def lead(op: Op) -> int:
    """How many axes its operands are lined up with, from the right: of looked up rows, those before the rows' own."""
    return op.ndim - (op.args[0].ndim - len(op.args) + 1) if op.kind == "lookup" else op.ndim


def words_of(op: Op) -> tuple[list[str], str]:
    """A letter for each axis of the operands, and of the result."""
    if op.kind == "einsum":
        operands, out = str(op.attr).split("->")
        return operands.split(","), out
    a, b = op.args
    if op.kind == "vdot":
        word = "abcdefgh"[: a.ndim]
        return [word, word], ""
    first, second = "ab"[: a.ndim - 1] + "i", "i" + "cd"[: b.ndim - 1]
    return [first, second], first[:-1] + second[1:]


def widest_made(outputs: Sequence[Op], measure: Measure) -> int:
    """Entries of the largest array that is computed for each evaluation."""
    seen: set[Op] = set()
    left, widest = list(outputs), 0
    while left:
        op = left.pop()
        if op not in seen and not is_made_once(op, measure):
            seen.add(op)
            left += op.args
            widest = max(widest, 0 if op.kind in ("leaf", *VIEWS) else measure.entries(op))
    return widest


def is_made_once(op: Op, measure: Measure) -> bool:
    """Is it made from the data alone by functions or products, and small enough to be kept, with all that it is made of?"""
    if op.needs & PARAM or not op.ndim or op.kind == "leaf":
        return False
    below = [o for o in reachable([op]) if o.kind != "leaf"]
    return any(o.kind in COSTLY for o in below) and max(map(measure.entries, below)) <= KEPT
