"""Labels c that say which entry a sample belongs to: sums by label are added up where they belong, not multiplied by a table of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.align import Axes, aligned, multiplied, transposed
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.label_uses import label_and_number
from gdsym.record import record
from gdsym.written.nodes import Base, Delta, Node, Num, Sym, add

if TYPE_CHECKING:
    from gdsym.arrays.affine import Affine
    from gdsym.arrays.graph import Op
    from gdsym.arrays.lower import Lowering


@record
class OneHot:
    """The table [c_i == k]: the positions c_i - (first k) as whole numbers, the places of their axes and of k among its own, how many k there are."""

    positions: Op
    its: tuple[int, ...]
    k: int
    count: Affine

    def labelled(self, table: Value) -> tuple[Sym, ...]:
        """The letters of the labels."""
        return tuple(table.axes[p] for p in self.its)


def holds(term: Node) -> bool:
    """Is a delta of labels among its factors?"""
    deltas = (f for f in over_and_under(term)[0] if isinstance(f, Delta))
    return any(label_and_number(side) is not None for f in deltas for side in f.children)


def delta(low: Lowering, node: Delta, table: Value) -> Value:
    """The table of a Kronecker delta, remembered if it compares labels with an index that runs over all that they may be."""
    for side, letter in (node.children, node.children[::-1]) if low.g.by_label else ():
        found = label_and_number(side)
        if found is None or not (isinstance(letter, Sym) and letter in low.scope):
            continue
        (labels, more), reach, its = found, low.scope[letter], low.value(side)
        names_entries = (labels.base, more, reach) in _known(low)
        if names_entries and its.axes and len(table.axes) == len(its.axes) + 1 and reach.lower.number is not None:
            first = reach.lower.number
            moved = low.value(add(labels, Num(more - first)) if more != first else labels) if first else its
            places = tuple(map(table.axes.index, moved.axes))
            low.g.onehots[table.op] = OneHot(
                low.g.make("whole", moved.op), places, table.axes.index(letter), reach.count
            )
    return table


def _known(low: Lowering) -> set[tuple[Base, int, object]]:
    """Labels with the ranges that they are checked to lie in."""
    shapes = low.shapes
    used = {(labels, more, shapes.span(base, axis)) for labels, more, base, axis in shapes.lookups}
    return used | {(labels, 0, reach) for labels, _, reach in shapes.compared}


def chosen_by_label(g: Graph, factors: Sequence[Value], letter: Sym) -> Value | None:
    """The sum over k of [c_i == k] v_k, which is v at c_i; None if that is not what it is."""
    for table, other in (factors, factors[::-1]) if len(factors) == 2 else ():
        known: OneHot | None = g.onehots.get(table.op)
        if known and table.axes[known.k] == letter and other.op.kind == "leaf" and other.axes == (letter,):
            its = known.labelled(table)
            return Value(g.make("lookup", other.op, known.positions, ndim=len(its)), its)
    return None


def label_letters(g: Graph, factors: Sequence[Value], letters: frozenset[Sym]) -> frozenset[Sym]:
    """The letters of labels c_ij that are summed over, to be added up over at once, after all others; none if there are none."""
    for table in factors:
        known: OneHot | None = g.onehots.get(table.op)
        if known is None or len(known.its) < 2 or not letters.issuperset(known.labelled(table)):
            continue
        others = [f for f in factors if f is not table]
        axes = {a for f in others for a in f.axes}
        if axes.issuperset(known.labelled(table)) and table.axes[known.k] not in axes | letters:
            return frozenset(known.labelled(table))
    return frozenset()


def added_by_label(g: Graph, factors: Sequence[Value], letters: frozenset[Sym]) -> Value | None:
    """The sum over i of [c_i == k] times the rest, for each k; None if that is not what it is."""
    for table in factors:
        known: OneHot | None = g.onehots.get(table.op)
        if known is None or letters != frozenset(its := known.labelled(table)):
            continue
        others = [f for f in factors if f is not table]
        k = table.axes[known.k]
        if not others or any(k in f.axes for f in others):
            continue
        kept = tuple(dict.fromkeys(a for f in others for a in f.axes if a not in letters))
        rows = _rows(g, others, (*its, *kept))
        shape = known.count, *(g.lengths[a] for a in kept)
        op = g.make("scatter", known.positions, rows, attr=shape, ndim=len(shape))
        return Value(op, (k, *kept))
    return None


def _rows(g: Graph, factors: Sequence[Value], axes: Axes) -> Op:
    """The product of the factors with its axes in this order: laid out otherwise it would be copied."""
    most = max(len(f.axes) for f in factors)
    wide = [f for f in factors if len(f.axes) == most]
    whole = multiplied(g, [f for f in wide if set(f.axes) == set(wide[0].axes)])
    narrow = [f for f in factors if set(f.axes) != set(whole.axes)]
    if not narrow:
        return transposed(g, whole, axes).op
    parts = (aligned(g, part, axes) for part in (multiplied(g, narrow), whole))
    return g.make("mul", *parts, ndim=len(axes))
