"""Products over an index; those over all indices before or behind another one are running products.

prod_(j < i) f_j for all i at once is 1, f_1, f_1 f_2, ...: one pass, and no division where a factor is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from gdsym.arrays import raised, sums
from gdsym.arrays.affine import Affine, Range, affine
from gdsym.arrays.align import entrywise, reduced, transposed
from gdsym.arrays.graph import Op, Value
from gdsym.arrays.product import Product, product_of, realized
from gdsym.arrays.stable import added_stably
from gdsym.written.nodes import Prod, Sym, replace

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def product(low: Lowering, node: Prod) -> Product:
    """A product over an index."""
    running = _running(low, node)
    return _masked(low, node) if running is None else product_of(low.g, running)


def _masked(low: Lowering, node: Prod) -> Product:
    """A factor outside of bounds that depend on other indices is 1; a product of exponentials is the exponential of a sum."""
    outer = low.scope, low.guard
    letters: list[Sym] = []
    body, mask = sums.enter(low, node, letters, Product())
    reach, inside = low.scope[letters[0]], [Value(v.op.args[0], v.axes) for v in mask.powers]
    terms, rest = raised.parted(low.g, low.product(body))
    factor = low.value(body) if terms is None else realized(low.g, rest)
    sums_ = [sums.over(low, t.times(low.g, mask), letters, Product(), None) for t in terms or ()]
    low.scope, low.guard = outer
    for holds in inside:
        factor = entrywise(low.g, "where", holds, factor, Value(low.g.number(1)))
    plain = Product()
    if terms is None or rest != Product():
        made = (
            reduced(low.g, "prod", factor, frozenset(letters))
            if letters[0] in factor.axes
            else entrywise(low.g, "pow", factor, Value(low.g.size(reach.count)))
        )
        plain = product_of(low.g, made)
    return plain if terms is None else plain.times(low.g, raised.exponential(low.g, added_stably(low.g, sums_)))


def _running(low: Lowering, node: Prod) -> Value | None:
    """The product over all j from the start to i + c, or from i + c to the end, for every i; None if it is no such product."""
    first, last = affine(node.lower), affine(node.upper)
    if first is None or last is None:
        return None
    for bound, other, before in ((last, first, True), (first, last, False)):
        letter = _bound_letter(low, bound, other)
        if letter is None or letter in node.body.free:
            continue
        reach, shift = low.scope[letter], bound.put(letter, Affine(0))
        steps = Range(other, reach.upper + shift) if before else Range(reach.lower + shift, other)
        whole = reach.lower + shift + 1 == other if before else reach.upper + shift - 1 == other
        if whole:  # of no factor at the first (last) i, of one more at each that follows
            return _accumulated(low, node, letter, steps, before)
    return None


def _bound_letter(low: Lowering, bound: Affine, other: Affine) -> Sym | None:
    """The i of a bound i + c, if that is the only index in the two bounds."""
    letters = bound.letters & set(low.scope)
    if len(letters) != 1 or other.letters & set(low.scope):
        return None
    (letter,) = letters
    return letter if dict(bound.terms)[letter] == 1 else None


def _accumulated(low: Lowering, node: Prod, letter: Sym, steps: Range, before: bool) -> Value | None:
    outer = low.scope
    index = Sym(sympy.Dummy(node.index.name))
    low.scope = {**outer, index: steps}
    factor = low.value(replace(node.body, {node.index: index}))
    others = tuple(a for a in factor.axes if a != index)
    counts = tuple(low.scope[a].count for a in others)
    low.scope = outer
    if index not in factor.axes or letter in factor.axes:
        return None
    array = transposed(low.g, factor, (index, *others)).op
    start = low.g.make("full", low.g.number(1), attr=(Affine(1), *counts), ndim=array.ndim)
    parts = (start, _cumulated(low, array)) if before else (_flipped(low, _cumulated(low, _flipped(low, array))), start)
    return Value(low.g.make("concatenate", *parts, ndim=array.ndim), (letter, *others))


def _cumulated(low: Lowering, array: Op) -> Op:
    return low.g.make("cumprod", array)


def _flipped(low: Lowering, array: Op) -> Op:
    takes = tuple(("part", Affine(0), None, axis == 0) for axis in range(array.ndim))
    return low.g.make("slice", array, attr=takes, ndim=array.ndim)
