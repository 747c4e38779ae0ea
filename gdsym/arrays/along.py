"""Where the samples lie in each operation of a program: f(X_i) for block after block of rows, sums added up.

Only sums may run over the samples, and nothing that needs such a sum may meet a sample again: then a cost needs one
pass over the data, and the pass may go block by block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdsym.arrays.course import MOVING, RUNNING
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.program import Program
from gdsym.arrays.whole_texts import WHOLES
from gdsym.record import field, record
from gdsym.written.nodes import Base, Sym

QUICKER = ("spread", "correlated", "far_rows", "row_tops", "row_sums", "row_shares")  # than what is made in blocks
REFUSED = (
    "arange",
    "lookup",
    "whole",
    "concatenate",
    "diagonal",
    "slice",
    "full",
    "windows",
    *RUNNING,
    *MOVING,
    *WHOLES,
)


class NotInBlocks(Exception):
    """The program cannot go through the samples block by block."""


@record(frozen=False)
class Along:
    """Op -> the axis on which it holds samples, or None; `sums` are the operations that add them up."""

    leaves: Mapping[str, int]
    size: Sym
    axis: dict[Op, int | None] = field(default_factory=dict)
    after: set[Op] = field(default_factory=set)
    sums: list[Op] = field(default_factory=list)

    def look(self, op: Op) -> int | None:
        if op not in self.axis:
            for a in op.args:
                self.look(a)
            self.axis[op] = self._place(op)
            self._refuse_second_pass(op)
        return self.axis[op]

    def _refuse_second_pass(self, op: Op) -> None:
        if op in self.sums:
            if any(a in self.after for a in op.args):
                raise NotInBlocks
            self.after.add(op)
        elif any(a in self.after for a in op.args):
            self.after.add(op)
            if self.axis[op] is not None:
                raise NotInBlocks

    def _place(self, op: Op) -> int | None:
        if op.kind == "leaf":
            return self.leaves.get(str(op.attr))
        places = [self.axis[a] for a in op.args]
        if op.kind in ("arange", "full") and self._mentions_size(op):
            raise NotInBlocks
        if all(p is None for p in places):
            return None
        if op.kind in REFUSED:
            raise NotInBlocks
        rule = PLACES.get(op.kind, _entrywise)
        place = rule(op, places)
        if place is None and op.needs & PARAM:
            self.sums.append(op)
        return place

    def _mentions_size(self, op: Op) -> bool:
        return any(self.size in form.letters for form in op.attr)


Places = Sequence[int | None]


def _entrywise(op: Op, places: Places) -> int | None:
    """NumPy lines axes up from the right."""
    right = {a.ndim - p for a, p in zip(op.args, places, strict=True) if p is not None}
    if len(right) != 1:
        raise NotInBlocks
    return op.ndim - right.pop()


def _expand(op: Op, places: Places) -> int | None:
    shown = [at for at, is_axis in enumerate(op.attr) if is_axis]
    return None if places[0] is None else shown[places[0]]


def _transpose(op: Op, places: Places) -> int | None:
    return None if places[0] is None else tuple(op.attr).index(places[0])


def _sum(op: Op, places: Places) -> int | None:
    (place,) = places
    if place is None or op.attr is None or place in op.attr:
        return None
    return place - sum(a < place for a in op.attr)


def _kept(op: Op, places: Places) -> int | None:
    """A product or a largest entry along another axis."""
    place = _sum(op, places)
    if place is None:
        raise NotInBlocks
    return place


def _matmul(op: Op, places: Places) -> int | None:
    ours, theirs = places
    inner = op.args[0].ndim - 1
    if ours == inner and theirs == 0:
        return None
    if ours == inner or theirs == 0 or (ours is not None and theirs is not None):
        raise NotInBlocks
    return ours if ours is not None else op.ndim - 1


def _vdot(op: Op, places: Places) -> int | None:
    if places[0] != places[1]:
        raise NotInBlocks
    return None


def _einsum(op: Op, places: Places) -> int | None:
    inputs, output = str(op.attr).split("->")
    parts = inputs.split(",")
    letters = {part[p] for part, p in zip(parts, places, strict=True) if p is not None}
    if len(letters) != 1:
        raise NotInBlocks
    (letter,) = letters
    if any(letter in part and p is None for part, p in zip(parts, places, strict=True)):
        raise NotInBlocks
    return output.index(letter) if letter in output else None


PLACES = {
    "expand": _expand, "transpose": _transpose, "sum": _sum, "max": _kept, "prod": _kept, "matmul": _matmul,
    "vdot": _vdot, "einsum": _einsum,
}  # fmt: skip


def along_samples(program: Program) -> Along | None:
    """The samples' axis in every operation; None if there is none or one pass is not enough."""
    quicker = any(op.kind in QUICKER for op in program.graph.swift.values())
    for size in program.sizes if not quicker else ():
        leaves = _leaves(program, size.node)
        if not leaves:
            continue
        found = Along(leaves, _sym(size.node))
        try:
            places = [found.look(op) for op in (program.graph.value, *program.graph.gradients)]
        except NotInBlocks:
            continue
        if found.sums and not any(p is not None for p in places):
            return found
    return None


def _sym(node: object) -> Sym:
    assert isinstance(node, Sym)
    return node


def _leaves(program: Program, size: object) -> dict[str, int]:
    """Data arrays with one axis of exactly this length; none if a parameter or another axis has it too."""
    leaves: dict[str, int] = {}
    for given in program.inputs:
        if not given.ndim or not isinstance(given.node, Base):
            continue
        axes = program.shapes.arrays[given.node]
        if any(size in need.letters for a in axes if a.length is None for need in a.least):
            return {}  # an axis that is read in part only
        lengths = [a.length for a in axes]
        places = [at for at, length in enumerate(lengths) if length is not None and size in length.letters]
        exact = [at for at in places if (form := lengths[at]) and form.const == 0 and form.terms == ((size, 1),)]
        if places and (places != exact or len(places) > 1 or given.kind == "param"):
            return {}
        if places:
            leaves[given.name] = places[0]
    return leaves


__all__ = ["Along", "along_samples"]
