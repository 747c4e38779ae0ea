"""Entries of arrays: `x_i` over the whole axis is `x`; other ranges are slices, other indices are looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Range, affine
from gdsym.arrays.align import Axes, aligned, union
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.label_uses import label_and_number
from gdsym.arrays.shapes import Axis
from gdsym.arrays.wholes import array
from gdsym.written.nodes import Indexed, Node, Num, Sym, add, mul

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

# How one axis is taken: ("at", position), ("part", start, stop or None for the end, reversed)
Take = tuple[object, ...]


def entry(low: Lowering, node: Indexed) -> Value:
    """The array of all entries that `node` stands for while its letters run."""
    axes = low.shapes.axes(node.base)
    takes = [_take(low, index, axis) for index, axis in zip(node.indices, axes, strict=True)]
    plain = [t for t in takes if t is not None]
    if len(plain) < len(takes):
        from gdsym.arrays import windows

        return windows.entry(low, node, takes) or _rows(low, node, takes) or _looked_up(low, node)
    for number, ((_, *ends), _) in enumerate(plain):
        if low.guard is not None and len(ends) == 3 and isinstance(ends[1], Affine) and axes[number].length is None:
            low.asked[node.base, number, ends[1]] = None  # a slice beyond the case at hand
    letters = tuple(a for _, a in plain if a is not None)
    base = array(low, node.base)
    cuts = tuple(t for t, _ in plain)
    op = base if all(c == WHOLE for c in cuts) else low.g.make("slice", base, attr=cuts, ndim=len(letters))
    return _diagonal(low, op, letters)


def part(g: Graph, value: Value, letter: Sym, whole: Range, reach: Range) -> Value:
    """The entries of `value`, whose letter runs over the whole range, for a part of that."""
    stop, gap = reach.upper - whole.lower + 1, (reach.upper - whole.upper).number
    end = None if gap == 0 else Affine(gap) if gap is not None else stop
    take: Take = ("part", reach.lower - whole.lower, end, False)
    cuts = tuple(take if axis == letter else WHOLE for axis in value.axes)
    return Value(g.make("slice", value.op, attr=cuts, ndim=len(cuts)), value.axes)


WHOLE: Take = ("part", Affine(0), None, False)


def _take(low: Lowering, index: Node, axis: Axis) -> tuple[Take, Sym | None] | None:
    """How the axis is taken and by which letter; None if entries must be looked up one by one."""
    form = affine(index)
    if form is None:
        return None
    running = form.letters & set(low.scope)
    if not running:
        return ("at", form - axis.origin), None
    (letter, *more) = running
    step = dict(form.terms)[letter]
    if more or abs(step) != 1:
        return None
    reach = low.scope[letter]
    first, last = form.put(letter, reach.lower), form.put(letter, reach.upper)
    low_end, high_end = (first, last) if step > 0 else (last, first)
    stop: Affine | None = high_end + (1 - axis.origin)
    if axis.length is not None and stop is not None:
        gap = (stop - axis.length).number
        stop = None if gap == 0 else Affine(gap) if gap is not None and gap < 0 else stop
    return ("part", low_end - axis.origin, stop, step < 0), letter


def _diagonal(low: Lowering, op: Op, letters: Axes) -> Value:
    """A[i, i]: the same letter twice is a diagonal."""
    while len(set(letters)) < len(letters):
        twice = next(a for a in letters if letters.count(a) > 1)
        first, second = [p for p, a in enumerate(letters) if a == twice][:2]
        op = low.g.make("diagonal", op, attr=(first, second), ndim=op.ndim - 1)
        letters = (*(a for p, a in enumerate(letters) if p not in (first, second)), twice)
    return Value(op, letters)


def _rows(low: Lowering, node: Indexed, takes: Sequence[tuple[Take, Sym | None] | None]) -> Value | None:
    """T[c_i, j], or T[j, c_i], with j over the whole axis: whole rows are looked up, or whole columns as rows of the transpose."""
    letters = [take[1] for take in takes if take is not None and take[0] == WHOLE and take[1] is not None]
    if not letters or len(letters) != len(takes) - 1:
        return None
    at = takes.index(None)
    place = _place(low, node.indices[at], low.shapes.axes(node.base)[at])
    axes = (*place.axes, *letters)
    if not place.axes or len(set(axes)) < len(axes):
        return None
    table = array(low, node.base)
    if at:
        table = low.g.make("transpose", table, attr=(at, *(p for p in range(table.ndim) if p != at)))
    return Value(low.g.make("lookup", table, low.g.make("whole", place.op), ndim=len(axes)), axes)


def _looked_up(low: Lowering, node: Indexed) -> Value:
    """x[i + j], w[c[i]]: an array of positions for each axis."""
    axes = low.shapes.axes(node.base)
    places = [_place(low, index, axis) for index, axis in zip(node.indices, axes, strict=True)]
    whole = union(places)
    ops = [low.g.make("whole", aligned(low.g, p, whole)) for p in places]
    return Value(low.g.make("lookup", array(low, node.base), *ops, ndim=len(whole)), whole)


def _place(low: Lowering, index: Node, axis: Axis) -> Value:
    """The positions along an axis; the first where the case at hand does not hold, if several indices are added up, i + n - k."""
    place, form = low.value(_from_zero(index, axis.origin)), affine(index)
    return low.safe(place, 0) if form is not None and len(form.letters & set(low.scope)) > 1 else place


def _from_zero(index: Node, origin: int) -> Node:
    """The index less the first entry's; i + j - 1 - 1 as i + j - 2, c_i + 1 - 1 as c_i."""
    form, label = affine(index), label_and_number(index)
    if label is not None and label[1] == origin:
        return label[0]
    if form is None:
        return add(index, Num(-origin)) if origin else index
    moved = form - origin
    terms = [letter if c == 1 else mul(Num(c), letter) for letter, c in moved.terms]
    return add(*terms, *([Num(moved.const)] if moved.const or not terms else []))
