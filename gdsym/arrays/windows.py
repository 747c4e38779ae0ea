"""Sums over what stands i + h places into an array: windows of it, as a view, and then a product like any other.

A sum over i of f_i w_(k - i), i from a window that k moves, is one over the distance d = i - k, which has the same
range for every k: f is read at k + d, with zeros around it. Convolutions and their slopes become windows so, whichever
of the two is the parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.affine import Affine, Range, affine, hull
from gdsym.arrays.align import transposed
from gdsym.arrays.branches import cases_without, numbers_out, shared_factors
from gdsym.arrays.course import NONE, WHOLE, joined, zeros
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import DATA, PARAM, Graph, Op, Value
from gdsym.arrays.product import Product, arrays_of, product_of, realized
from gdsym.arrays.reach import Reach, either_or_zero, reach_of, surely
from gdsym.arrays.shapes import Axis, extent
from gdsym.arrays.steep import is_exponential
from gdsym.arrays.wholes import array
from gdsym.record import record
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym
Take = tuple[object, ...]


@record
class Along:
    """How an axis is cut, the letter of the window, those of places in it, and which of these run backwards."""

    cut: Take
    letter: Sym
    places: tuple[Sym, ...]
    backwards: frozenset[Sym]


def entry(low: Lowering, node: n.Indexed, takes: Sequence[tuple[Take, Sym | None] | None]) -> Value | None:
    """The entries X[i + h, ...] as a view, an axis for i and one for h; None if they must be looked up."""
    own: list[Along] = []
    cuts, axes = list[Take](), list[Sym]()
    for take, index, axis in zip(takes, node.indices, low.shapes.axes(node.base), strict=True):
        if take is None:
            along = _along(low, index, axis)
            if along is None:
                return None
            own.append(along)
            take = along.cut, along.letter
        cut, letter = take
        cuts.append(cut)
        axes += [] if letter is None else [letter]
    every = [*axes, *(place for along in own for place in along.places)]
    if len(set(every)) < len(every):
        return None
    base = array(low, node.base)
    if any(cut != WHOLE for cut in cuts):
        base = low.g.make("slice", base, attr=tuple(cuts), ndim=len(axes))
    found = opened(low.g, Value(base, tuple(axes)), [(a.letter, a.letter, p) for a in own for p in a.places], low.scope)
    backwards = frozenset().union(*(along.backwards for along in own))
    flips = tuple(("part", NONE, None, a in backwards) for a in found.axes)
    return Value(low.g.make("slice", found.op, attr=flips, ndim=found.op.ndim), found.axes) if backwards else found


def _along(low: Lowering, index: n.Node, axis: Axis) -> Along | None:
    form = affine(index)
    running = sorted((form.letters if form else frozenset()) & set(low.scope), key=list(low.scope).index)
    if form is None or len(running) < 2 or (low.guard is not None and set(low.guard.axes) & set(running)):
        return None
    steps = dict(form.terms)
    letter, *places = sorted(running, key=lambda a: (steps[a] < 0, *shortness(low, low.scope[a].count)))
    if steps[letter] != 1 or any(abs(steps[place]) != 1 for place in places):
        return None
    start, stop = hull(form, low.scope, top=False) - axis.origin, hull(form, low.scope, top=True) + (1 - axis.origin)
    gap = None if axis.length is None else (stop - axis.length).number
    end = None if gap == 0 else Affine(gap) if gap is not None and gap < 0 else stop
    backwards = frozenset(place for place in places if steps[place] < 0)
    return Along(("part", start, end, False), letter, tuple(places), backwards)


def shortness(low: Lowering, count: Affine) -> tuple[bool, bool, bool, str]:
    """Numbers and sizes of parameters are small as a rule, and m - p is large: of two letters the same one tells the place, whatever they are called."""
    readers = [r for size in count.letters for r in low.shapes.sizes.get(size, ())]
    own = any(low.leaves[r.base].needs == PARAM for r in readers)
    whole = all(c > 0 for _, c in count.terms)
    return count.number is not None, whole, own, count.text(lambda size: size.name)


def opened(g: Graph, value: Value, cuts: Sequence[tuple[Sym, Sym, Sym]], scope: Mapping[Sym, Range]) -> Value:
    """The value with windows for some of its axes: (its letter, the window's, that of places in the window)."""
    attr = tuple((value.axes.index(old), scope[place].count) for old, _, place in cuts)
    new = {old: letter for old, letter, _ in cuts}
    axes = (*(place for *_, place in cuts), *(new.get(a, a) for a in value.axes))
    return Value(g.make("windows", value.op, attr=attr, ndim=len(axes)), axes)


@record
class Window:
    """A sum over `index` while `letter` moves its bounds: over the distances `place`, of summands with zeros around them."""

    index: Sym
    letter: Sym
    place: Sym
    distances: Range
    steps: Range
    before: Affine
    after: Affine


def windowed(low: Lowering, node: n.Sum, letters: list[Sym]) -> Product | None:
    """The summand of a sum, and of those within it, over distances; they are added to the letters. None if it is no such sum."""
    windows, others = list[Window](), list[n.Sum]()
    inner, chain = _chain(node)
    bounds = {a for each in chain for bound in (each.lower, each.upper) for a in bound.free}
    up, down = over_and_under(inner)
    if not bounds & set(low.scope) and not any(isinstance(factor, n.Cases) for factor in up):
        return None
    inner = _freed(low, up, down)
    taken = {each.index for each in chain}
    if taken & set(low.scope) or len(taken) < len(chain):
        return None
    for each in chain:
        found = reach_of(low, n.Sum(inner, each.index, each.lower, each.upper))
        window = None if found is None else _window(low, each.index, found[0])
        if found is not None and window is not None:
            windows.append(window)
            inner = found[1]
        else:
            others.append(each)
    moved = {w.letter for w in windows}
    if len(moved) < max(len(windows), 1) or any((o.lower.free | o.upper.free) & {*low.scope, *taken} for o in others):
        return None
    if low.guard is not None and moved & set(low.guard.axes):
        return None
    outer = low.scope
    low.scope = {**outer, **{o.index: extent(o, outer) for o in others}}
    product = _summand(low, inner, windows)
    if product is None:
        low.scope = outer
        return None
    letters += [*(o.index for o in others), *(w.place for w in windows)]
    return product


def _chain(node: n.Node) -> tuple[n.Node, list[n.Sum]]:
    """The summand of nested sums, and these; also of a sum of cases within the product."""
    chain = list[n.Sum]()
    while isinstance(node, n.Sum):
        chain.append(node)
        up, down = over_and_under(node.body)
        inner = [
            f for f in up if isinstance(f, n.Sum) and any(isinstance(c, n.Cases) for c in over_and_under(f.body)[0])
        ]
        others = [f for f in up if f not in inner]
        node = node.body
        if len(inner) == 1 and others and not any(inner[0].index in f.free for f in (*others, *down)):
            (total,) = inner
            node = n.Sum(fraction([*others, total.body], down), *total.children[1:])
    return node, chain


def _freed(low: Lowering, up: Sequence[n.Node], down: list[n.Node]) -> n.Node:
    """The summand with cases by indices apart from others: {0 if u < 0; {w[k - i] if i <= k; else 0} if u > 0; ...}."""
    found: list[n.Node] = []
    for factor in up:
        if isinstance(factor, n.Cases) and either_or_zero(factor) is None:
            cases = numbers_out(factor)
            inner = [f for f in shared_factors(low, cases)[0] if isinstance(f, n.Cases)]
            found += [*inner, cases_without(cases, inner, ())] if inner else [factor]
        else:
            found.append(factor)
    return fraction(found, down)


def _window(low: Lowering, index: Sym, reach: Reach) -> Window | None:
    """Its distances from the letter, and how many summands are missing around; None if that depends on the sizes."""
    span = low.scope[reach.letter]
    first = reach.first if reach.first is not None or reach.low is None else reach.low - span.upper
    last = reach.last if reach.last is not None or reach.high is None else reach.high - span.lower
    if reach.turned or first is None or last is None or not is_there(last - first):
        return None
    start, end = span.lower + first, span.upper + last
    steps = [start if reach.low is None else reach.low, end if reach.high is None else reach.high]
    gaps = [steps[0] - start, end - steps[1]]
    for side, gap in enumerate(gaps):
        if not is_there(gap):
            if not is_there(gap * -1):
                return None
            steps[side], gaps[side] = (start, end)[side], NONE
    place = Sym(sympy.Dummy(index.name))
    return Window(index, reach.letter, place, Range(first, last), Range(steps[0], steps[1]), *gaps)


def is_there(form: Affine) -> bool:
    """Is the form never negative, each size being at least 1?"""
    at_ones = form.const + sum(c for _, c in form.terms)
    return surely(form) or (at_ones >= 0 and all(c >= 0 and type(s) is Sym for s, c in form.terms))


def _summand(low: Lowering, body: n.Node, windows: Sequence[Window]) -> Product | None:
    """What depends on the indices as windows of a padded array, times what depends on the distances."""
    indices, letters = {w.index for w in windows}, {w.letter for w in windows}
    sides: list[tuple[list[n.Node], list[n.Node], list[n.Node]]] = [([], [], []), ([], [], [])]
    for (own, apart, front), factors in zip(sides, over_and_under(body), strict=True):
        for factor in (part for f in factors for part in _parted(f, frozenset(low.scope) - letters | indices)):
            if not factor.free & indices:
                front.append(factor)
            elif not factor.free & letters:
                own.append(factor)
            else:
                moved = _by_distance(factor, [w for w in windows if w.letter in factor.free])
                if moved.free & {*indices, *letters}:
                    return None
                apart.append(moved)
    (own, apart, front), (own_below, apart_below, front_below) = sides
    if not apart and not apart_below:
        return None
    outer = low.scope
    low.scope = {**outer, **{w.index: w.steps for w in windows}, **{w.place: w.distances for w in windows}}
    inside, rest = arrays_of(low.product(fraction(own, own_below)), indices)
    weights = low.product(fraction(apart, apart_below))
    before = low.product(fraction(front, front_below))
    risen = [v for p in (inside, weights) for v in p.powers if is_exponential(low.g, v) and v.op.needs & PARAM]
    strange = {a for p in (inside, weights) for v in p.powers for a in v.axes} & letters
    if risen or strange:
        low.scope = outer
        return None
    values = product_of(low.g, _padded(low, realized(low.g, inside), windows))
    low.scope = {a: r for a, r in low.scope.items() if a not in indices}
    return before.times(low.g, rest, weights, values)


def _parted(factor: n.Node, indices: frozenset[Sym]) -> list[n.Node]:
    """A case `f if ... else 0` as f, and 1 or 0: what is left of its conditions is about a letter alone."""
    found = either_or_zero(factor) if isinstance(factor, n.Cases) else None
    if found is None or any(c.free & indices for c in found[1]):
        return [factor]
    return [found[0], n.Cases(n.ONE, n.both(*found[1]), n.ZERO, n.TRUE)]


def _by_distance(node: n.Node, windows: Sequence[Window]) -> n.Node:
    """The factor with letter + distance for each index; in k - i + 1 the letter k then cancels."""
    letters = frozenset(a for w in windows for a in (w.letter, w.place))
    return cancelled(n.replace(node, {w.index: n.add(w.letter, w.place) for w in windows}), letters)


def cancelled(node: n.Node, letters: frozenset[Sym]) -> n.Node:
    """Whole-number forms of the letters with their terms added up."""
    if not node.free & letters or not node.children:
        return node
    form = affine(node)
    if form is None:
        return node.with_children(tuple(cancelled(c, letters) for c in node.children))
    terms = [letter if c == 1 else n.Neg(letter) if c == -1 else n.mul(n.Num(c), letter) for letter, c in form.terms]
    return n.add(*terms, *([n.Num(form.const)] if form.const or not terms else []))


def _padded(low: Lowering, value: Value, windows: Sequence[Window]) -> Value:
    """The windows of an array, zeros around it where summands are missing."""
    lengths = {a: reach.count for a, reach in low.scope.items()}
    for w in windows:
        others = tuple(a for a in value.axes if a != w.index)
        if w.index in value.axes:
            op = transposed(low.g, value, (w.index, *others)).op
        else:
            shape = (w.steps.count, *(lengths[a] for a in others))
            op = low.g.make("full", value.op, attr=shape, ndim=len(shape), needs=DATA)
        around = tuple(lengths[a] for a in others)
        op = _whole(low.g, [zeros(low.g, w.before, around), op, zeros(low.g, w.after, around)])
        lengths[w.index] = w.before + w.steps.count + w.after
        value = Value(op, (w.index, *others))
    return opened(low.g, value, [(w.index, w.letter, w.place) for w in windows], low.scope)


def _whole(g: Graph, parts: Sequence[Op | None]) -> Op:
    """The parts one behind the other, as an array that is there whole."""
    there = [p for p in parts if p is not None]
    plain = len(there) > 1 or there[0].kind in ("leaf", "slice", "concatenate")
    return joined(g, *there) if plain else g.make("concatenate", *there, ndim=there[0].ndim)
