"""A sum over i from a window that l moves, of any formula of both: made for all i and k = i - l, it is added up along diagonals.

In the slope of sum_ik f(x_i, x_(i - k), w_k) by x_l, which is sum_i {g(x_i, x_l, w_(i - l)) if 1 <= i - l <= p; else 0}, that is
the table g(x_i, x_(i - k), w_k), of which the cost makes most; with l in place of i - k it would be one of all pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Range
from gdsym.arrays.align import transposed
from gdsym.arrays.branches import falls
from gdsym.arrays.course import NONE, joined, zeros
from gdsym.arrays.graph import PARAM, Graph, Value
from gdsym.arrays.pieces import spread
from gdsym.arrays.product import Product, product_of, realized
from gdsym.arrays.reach import Reach, reach_of, surely
from gdsym.arrays.shapes import extent
from gdsym.arrays.steep import is_exponential
from gdsym.arrays.windows import cancelled, is_there, shortness
from gdsym.record import record
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym


@record
class Shear:
    """A sum over two letters, `index` and `place`, while `letter` is their difference, or their sum (`ahead`): what both run over."""

    index: Sym
    letter: Sym
    place: Sym
    steps: Range
    run: Range
    ahead: bool

    @property
    def distances(self) -> Range:
        """What the index less the letter runs over."""
        return _turned(self.run) if self.ahead else self.run


def _turned(run: Range) -> Range:
    return Range(run.upper * -1, run.lower * -1)


def sheared(low: Lowering, node: n.Sum, letters: list[Sym]) -> Product | None:
    """The summands of a sum, and of those within it, for each l and k, where k is one more letter to be summed over; None if it is no such sum."""
    inner, shears, others = _shears(low, node)
    if not shears:
        return None
    outer = low.scope
    moved: dict[n.Node, n.Node] = {s.letter: n.add(s.index, s.place if s.ahead else n.Neg(s.place)) for s in shears}
    low.scope = {a: r for a, r in outer.items() if a not in moved}
    low.scope |= {s.index: s.steps for s in shears} | {s.place: s.run for s in shears}
    low.scope |= {o.index: extent(o, outer) for o in others}
    product = low.product(cancelled(n.replace(inner, moved), frozenset(a for s in shears for a in (s.index, s.place))))
    if any(is_exponential(low.g, v) and v.op.needs & PARAM and not falls(v.op) for v in product.powers):
        low.scope = outer
        return None
    value = realized(low.g, product)
    own = [a for s in shears for a in (s.index, s.place)]
    axes = (*own, *(a for a in value.axes if a not in own))
    value = Value(spread(low, value, axes), axes)
    for shear in shears:
        value = _along_diagonals(low.g, value, shear, outer | low.scope)
    low.scope = outer | {s.place: s.run for s in shears} | {o.index: extent(o, outer) for o in others}
    letters += [*(s.place for s in shears), *(o.index for o in others)]
    return product_of(low.g, value)


def _shears(low: Lowering, node: n.Sum) -> tuple[n.Node, list[Shear], list[n.Sum]]:
    """The summand of nested sums; those of them that are from windows, and the others."""
    chain, inner = [node], node.body
    while isinstance(inner, n.Sum):
        chain.append(inner)
        inner = inner.body
    shears, others = list[Shear](), list[n.Sum]()
    taken = {*low.scope, *(each.index for each in chain)}
    if len(taken) < len(low.scope) + len(chain):
        return inner, [], []
    for each in chain:
        found = reach_of(low, n.Sum(inner, each.index, each.lower, each.upper))
        shear = None if found is None else _shear(low, each.index, found[0], frozenset(taken) | inner.free)
        if found is None or shear is None or any(s.letter == shear.letter for s in shears):
            others.append(each)
            continue
        taken |= {shear.index, shear.place}
        shears.append(shear)
        inner = found[1]
    guarded = low.guard is not None and any(s.letter in low.guard.axes for s in shears)
    moving = any((o.lower.free | o.upper.free) & taken for o in others)
    return inner, [] if guarded or moving else shears, others


def _shear(low: Lowering, index: Sym, reach: Reach, taken: frozenset[n.Node]) -> Shear | None:
    """The sum over two letters, if each pair of them belongs to one value of the letter; of two ways the one with fewer places."""
    if None in (reach.low, reach.high, reach.first, reach.last):
        return None
    assert reach.low and reach.high and reach.first and reach.last
    own, bounds = Range(reach.low, reach.high), Range(reach.first, reach.last)
    fresh = n.fresh("i" if reach.turned else "d", taken)
    if reach.turned:  # bounds of k + l, of which l is what k lacks
        found = Shear(fresh, reach.letter, index, bounds, own, ahead=False)
    elif shortness(low, own.count) > shortness(low, bounds.count):  # bounds of k - l, and k is the place
        found = Shear(fresh, reach.letter, index, _turned(bounds), own, ahead=True)
    else:
        ahead = surely(reach.last * -1)  # of x_(i + k) the distances are k, and not below 0
        found = Shear(index, reach.letter, fresh, own, _turned(bounds) if ahead else bounds, ahead)
    span, steps, distances = low.scope[reach.letter], found.steps, found.distances
    fits = surely(steps.lower - distances.upper - span.lower) and surely(span.upper - steps.upper + distances.lower)
    return found if fits and is_there(distances.count - 1) else None


def _along_diagonals(g: Graph, value: Value, shear: Shear, scope: Mapping[Sym, Range]) -> Value:
    """The entry at (l + k, k) for each l and k, zeros where i does not run so far."""
    span, steps, distances = scope[shear.letter], shear.steps, shear.distances
    axes = (shear.index, shear.place, *(a for a in value.axes if a not in (shear.index, shear.place)))
    table = transposed(g, value, axes).op
    if shear.ahead:
        turned = tuple(("part", NONE, None, axis == 1) for axis in range(table.ndim))
        table = g.make("slice", table, attr=turned, ndim=table.ndim)
    lengths = tuple(scope[a].count for a in axes[1:])
    before = zeros(g, steps.lower - span.lower - distances.lower, lengths)
    after = zeros(g, span.upper + distances.upper - steps.upper, lengths)
    whole = joined(g, before, table, after)
    views = g.make("windows", whole, attr=((0, distances.count),), ndim=whole.ndim + 1)
    return Value(g.make("diagonal", views, attr=(0, 2), ndim=whole.ndim), (shear.letter, *axes[2:], shear.place))
