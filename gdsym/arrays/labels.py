"""Labels c that say which entry a sample belongs to: sums by label are added up where they belong, not multiplied by a table of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.align import multiplied, transposed
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.graph import Graph, Value
from gdsym.record import record
from gdsym.written.nodes import Base, Delta, Indexed, Node, Num, Sym, add

if TYPE_CHECKING:
    from gdsym.arrays.affine import Affine
    from gdsym.arrays.lower import Lowering


@record
class OneHot:
    """The table [c_i == k]: the place of i among its axes, the positions c_i - (first k) as whole numbers, how many k there are."""

    place: int
    positions: Value
    count: Affine


def holds(term: Node) -> bool:
    """Is a delta of labels among its factors?"""
    deltas = (f for f in over_and_under(term)[0] if isinstance(f, Delta))
    return any(isinstance(side, Indexed) for f in deltas for side in f.children)


def delta(low: Lowering, node: Delta, table: Value) -> Value:
    """The table of a Kronecker delta, remembered if it compares labels with an index that runs over all that they may be."""
    for labels, letter in (node.children, node.children[::-1]) if low.g.by_label else ():
        if not (isinstance(labels, Indexed) and isinstance(letter, Sym) and letter in low.scope):
            continue
        reach, its = low.scope[letter], low.value(labels)
        names_entries = (labels.base, reach) in _known(low)
        if names_entries and len(its.axes) == 1 and len(table.axes) == 2 and reach.lower.number is not None:
            first = reach.lower.number
            moved = low.value(add(labels, Num(-first))) if first else its
            positions = Value(low.g.make("whole", moved.op), moved.axes)
            low.g.onehots[table.op] = OneHot(table.axes.index(its.axes[0]), positions, reach.count)
    return table


def _known(low: Lowering) -> set[tuple[Base, object]]:
    """Labels with the ranges that they are checked to lie in."""
    shapes = low.shapes
    used = {(labels, shapes.span(base, axis)) for labels, base, axis in shapes.lookups}
    return used | {(labels, reach) for labels, _, reach in shapes.compared}


def chosen_by_label(g: Graph, factors: Sequence[Value], letter: Sym) -> Value | None:
    """The sum over k of [c_i == k] v_k, which is v at c_i; None if that is not what it is."""
    for table, other in (factors, factors[::-1]) if len(factors) == 2 else ():
        known: OneHot | None = g.onehots.get(table.op)
        if known and table.axes[1 - known.place] == letter and other.op.kind == "leaf" and other.axes == (letter,):
            return Value(g.make("lookup", other.op, known.positions.op, ndim=1), (table.axes[known.place],))
    return None


def added_by_label(g: Graph, factors: Sequence[Value], letter: Sym) -> Value | None:
    """The sum over i of [c_i == k] times the rest, for each k; None if that is not what it is."""
    for table in factors:
        known: OneHot | None = g.onehots.get(table.op)
        if known is None or table.axes[known.place] != letter:
            continue
        others = [f for f in factors if f is not table]
        k = table.axes[1 - known.place]
        if not others or any(k in f.axes for f in others):
            continue
        rest = multiplied(g, others)
        kept = tuple(a for a in rest.axes if a != letter)
        rest = transposed(g, rest, (letter, *kept))
        op = g.make("scatter", known.positions.op, rest.op, attr=known.count, ndim=rest.op.ndim)
        if len(kept) == 1:
            g.columns[op] = g.lengths[kept[0]]
        return Value(op, (k, *kept))
    return None
