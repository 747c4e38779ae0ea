"""A sum over i from a window that l moves, of any formula of both: made for all i and k = i - l, it is added up along diagonals.

In the slope of sum_ik f(x_i, x_(i - k), w_k) by x_l, which is sum_i {g(x_i, x_l, w_(i - l)) if 1 <= i - l <= p; else 0}, that is
the table g(x_i, x_(i - k), w_k), of which the cost makes most; with l in place of i - k it would be one of all pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Range
from gdsym.arrays.course import NONE, joined, zeros
from gdsym.arrays.graph import PARAM, Op, Value
from gdsym.arrays.pieces import spread
from gdsym.arrays.product import Product, product_of, realized
from gdsym.arrays.reach import Reach, reach_of, surely
from gdsym.arrays.steep import is_exponential
from gdsym.arrays.windows import cancelled, is_there
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym


def sheared(low: Lowering, node: n.Sum, letters: list[Sym]) -> Product | None:
    """The summands for each l and k, where k is one more letter to be summed over; None if it is no such sum."""
    found = reach_of(low, node)
    if found is None or node.index in low.scope:
        return None
    reach, body = found
    ranges = _ranges(low, reach)
    if ranges is None or (low.guard is not None and reach.letter in low.guard.axes):
        return None
    steps, distances = ranges
    ahead = surely(distances.upper * -1)  # of x_(i + k) the distances are k, and not below 0
    index, place = node.index, n.fresh("d", {*low.scope, *body.free})
    moved = n.replace(body, {reach.letter: n.add(index, place if ahead else n.Neg(place))})
    outer = low.scope
    run = Range(distances.upper * -1, distances.lower * -1) if ahead else distances
    low.scope = {a: r for a, r in outer.items() if a != reach.letter} | {index: steps, place: run}
    product = low.product(cancelled(moved, frozenset((index, place))))
    if any(is_exponential(low.g, v) and v.op.needs & PARAM for v in product.powers):
        low.scope = outer
        return None
    value = realized(low.g, product)
    axes = (index, place, *(a for a in value.axes if a not in (index, place)))
    lengths = tuple(low.scope[a].count for a in axes[1:])
    table = spread(low, value, axes)
    if ahead:
        turned = tuple(("part", NONE, None, axis == 1) for axis in range(table.ndim))
        table = low.g.make("slice", table, attr=turned, ndim=table.ndim)
    op = _diagonals(low, table, outer[reach.letter], ranges, lengths)
    low.scope = {**outer, place: run}
    letters.append(place)
    return product_of(low.g, Value(op, (reach.letter, *axes[2:], place)))


def _ranges(low: Lowering, reach: Reach) -> tuple[Range, Range] | None:
    """What i and i - l run over, if each pair of them belongs to one l; None if some would belong to none."""
    if reach.turned or None in (reach.low, reach.high, reach.first, reach.last):
        return None
    assert reach.low and reach.high and reach.first and reach.last
    span = low.scope[reach.letter]
    fits = surely(reach.low - reach.last - span.lower) and surely(span.upper - reach.high + reach.first)
    if not fits or not is_there(reach.last - reach.first):
        return None
    return Range(reach.low, reach.high), Range(reach.first, reach.last)


def _diagonals(low: Lowering, table: Op, span: Range, ranges: tuple[Range, Range], lengths: tuple[Affine, ...]) -> Op:
    """Entry (l + k, k) for each l and k, zeros where i does not run so far: the last axis of the result is that of k."""
    g, (steps, distances) = low.g, ranges
    before = zeros(g, steps.lower - span.lower - distances.lower, lengths)
    after = zeros(g, span.upper + distances.upper - steps.upper, lengths)
    whole = joined(g, before, table, after)
    views = g.make("windows", whole, attr=((0, distances.count),), ndim=whole.ndim + 1)
    return g.make("diagonal", views, attr=(0, 2), ndim=whole.ndim)
