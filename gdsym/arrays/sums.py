"""Sums over indices: what is free of the index goes to the front, the rest is contracted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays import inward, labels, raised
from gdsym.arrays.adjoint import is_wide, turned_over
from gdsym.arrays.align import Axes
from gdsym.arrays.branches import cases_without, numbers_out, shared_factors
from gdsym.arrays.contract import contracted
from gdsym.arrays.directions import direction
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import Value
from gdsym.arrays.guards import bounded
from gdsym.arrays.outward import cases_in_front, in_pieces, terms_apart
from gdsym.arrays.product import Product, arrays_of, product_of, settled
from gdsym.arrays.reach import reach_of
from gdsym.arrays.shapes import extent
from gdsym.arrays.stable import added_stably
from gdsym.arrays.steep import noted
from gdsym.arrays.swapped import swapped
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym
NONE = Product()  # no bounds that move
CASES = n.kinds_of(n.Cases)


def total(low: Lowering, node: n.Sum, extra: Product, want: Axes | None) -> Product:
    """Nested sums are one sum over several indices; factors that are free of them stand in front."""
    if not extra.powers and node.has(CASES) and (pieces := in_pieces(low, node)) is not None:
        return low.product(n.add(*pieces))
    if low.scope and not extra.powers and node.has(CASES):
        if terms := terms_apart(low, node):
            return low.product(n.add(*terms))
        if (moved := cases_in_front(low, node)) is not None:
            return low.product(moved)
    outer = low.scope, low.guard
    letters: list[Sym] = []
    node, below = inward.common_below(low, node)
    front = Product().times(low.g, *(low.product(d).power(-1) for d in below))
    mask = Product()
    body: n.Node = node
    done: Product | None = None
    while isinstance(body, n.Sum) and done is None:
        body = swapped(low, body) or body
        done = _moving(low, body) or _in_windows(low, body, letters)
        if done is None:
            body, mask = enter(low, body, letters, mask)
            body, front = _peeled(low, body, letters, front)
    extra = Product(extra.coefficient, {**extra.powers, **mask.powers})  # not rewritten before it meets the body
    result = _summed(low, body, letters, extra, want) if done is None else over(low, done, letters, extra, want)
    low.scope, low.guard = outer
    return front.times(low.g, result)


def _moving(low: Lowering, body: n.Sum) -> Product | None:
    """A sum whose bounds move with an index that runs around it may be made for all its values at once."""
    found = reach_of(low, body)
    if found is None:
        return None
    from gdsym.arrays.cumulated import cumulated

    return cumulated(low, body.index, *found)


def _in_windows(low: Lowering, body: n.Sum, letters: list[Sym]) -> Product | None:
    """A sum whose bounds or cases move with an index that runs around it may be one over windows."""
    bounds = {a for part in n.walk(body) if isinstance(part, n.Sum) for a in part.lower.free | part.upper.free}
    if not body.has(CASES) and bounds.isdisjoint(low.scope):
        return None
    from gdsym.arrays.sheared import sheared
    from gdsym.arrays.windows import windowed

    return windowed(low, body, letters) or sheared(low, body, letters)


def enter(low: Lowering, node: n.Bound, letters: list[Sym], mask: Product) -> tuple[n.Node, Product]:
    """Bind the index of a sum; bounds that depend on other indices become a mask."""
    index, body = node.index, node.body
    if index in low.scope:
        index = Sym(sympy.Dummy(index.name))
        body = n.replace(body, {node.index: index})
    low.scope = {**low.scope, index: extent(node, low.scope)}
    letters.append(index)
    for bound, op in ((node.lower, ">="), (node.upper, "<=")):
        if bound.free & set(low.scope):
            inside = low.value(n.Rel(op, index, bound))
            low.guard = bounded(low, node, index, inside)
            mask = mask.times(low.g, Product(powers={Value(low.g.make("indicator", inside.op), inside.axes): 1}))
    return body, mask


def _peeled(low: Lowering, body: n.Node, letters: list[Sym], front: Product) -> tuple[n.Node, Product]:
    """In c sum f with c free of the indices so far, c goes to the front."""
    if isinstance(body, n.Mul):
        sums = [c for c in body.children if isinstance(c, n.Sum)]
        others = [c for c in body.children if not isinstance(c, n.Sum)]
        if (
            len(sums) == 1
            and not any(c.free & set(letters) for c in others)
            and not inward.divides_steeply(low, sums[0])
        ):
            products = [low.product(c) for c in others]
            if not any(
                set(letters) & set(v.axes) for p in products for v in p.powers
            ):  # by what holds for these indices only
                return sums[0], front.times(low.g, *products)
    return body, front


def _summed(low: Lowering, body: n.Node, letters: list[Sym], extra: Product, want: Axes | None) -> Product:
    parts = _collapsed(low, body, letters)
    if parts is not None:
        done = [_summed(low, part, left, extra.times(low.g, mask), want) for part, left, mask in parts]
        return done[0] if len(done) == 1 else low.added(done)
    if (
        isinstance(body, n.Add)
        and not extra.powers
        and (_are_of_tables(low, body, letters) or _is_wider_than_terms(low, body))
    ):
        sums = [_summed(low, t, letters, extra, want) for t in body.children]
        return product_of(low.g, added_stably(low.g, sums))
    return over(low, low.product(body), letters, extra, want)


def over(low: Lowering, product: Product, letters: list[Sym], extra: Product, want: Axes | None) -> Product:
    """The sum of a product over the letters."""
    inside, outside = arrays_of(settled(low.g, product.times(low.g, extra)), letters)
    low.g.lengths = {a: reach.count for a, reach in low.scope.items()}
    inside, letters = turned_over(low.g, inside, letters, low.g.lengths)
    for letter in letters:
        if not any(letter in v.axes for v in inside.powers):
            count = Value(low.g.size(low.scope[letter].count))
            outside = outside.times(low.g, product_of(low.g, count))
    left = frozenset(letters) & frozenset(a for v in inside.powers for a in v.axes)
    parts = _independent(inside, left)
    for part, its in parts:
        total = contracted(low.g, part, its, want if len(parts) == 1 else None)
        if len(total) == 1 and its:
            noted(low.g, total[0], its, [part])
        outside = outside.times(low.g, *(product_of(low.g, v) for v in total))
    return outside


def _independent(product: Product, letters: frozenset[Sym]) -> list[tuple[Product, frozenset[Sym]]]:
    """The product as factors that share no letter that is summed: each is a sum of its own."""
    groups: list[tuple[dict[Value, int], frozenset[Sym]]] = []
    for value, power in product.powers.items():
        own = letters.intersection(value.axes)
        mine = [group for group in groups if group[1] & own]
        groups = [group for group in groups if group not in mine]
        powers = {v: k for group in mine for v, k in group[0].items()}
        groups.append(({**powers, value: power}, own.union(*(group[1] for group in mine))))
    return [(Product(powers=powers), its) for powers, its in groups] if letters else [(product, letters)]


def _collapsed(low: Lowering, body: n.Node, letters: list[Sym]) -> list[tuple[n.Node, list[Sym], Product]] | None:
    """A Kronecker delta of two indices leaves one term of its sum; brackets that hold one, or are wide, are multiplied out first."""
    terms = inward.multiplied_out(low, body)
    if terms != [body]:
        return [(t, letters, NONE) for t in terms]
    up, down = over_and_under(body)
    shorter = raised.cancelled(low, up, down)
    if shorter is not None:
        return [(shorter, letters, NONE)]
    for factor in up:
        others = [f for f in up if f is not factor]
        if isinstance(factor, n.Delta) and (pair := _same_range(low, factor, letters)):
            gone, kept = pair
            return [(n.replace(fraction(others, down), {gone: kept}), [a for a in letters if a != gone], NONE)]
        if isinstance(factor, n.Add) and (
            any(_holds_delta(low, t, letters) for t in factor.children)
            or all(map(labels.holds, factor.children))
            or (
                _is_wider_than_factors(low, factor, letters)
                and not _is_below_too(factor, [d for d in down if d.free & set(letters)])
            )
            or inward.has_to_be_multiplied_out(low, factor, others, down)
            or (low.g.moved and factor.free & set(letters) and _holds_running_sum(low, factor, others))
        ):
            return [(fraction([t, *others], down), letters, NONE) for t in factor.children]
        if isinstance(factor, n.Sum) and (inside := _opened(low, factor, letters)):
            body, index, mask = inside
            return [(fraction([body, *others], down), [*letters, index], mask)]
        if isinstance(factor, n.Cases):
            directed = direction(low, factor)
            if directed is not None:
                return [(fraction([directed, *others], down), letters, NONE)]
            cases = numbers_out(factor)
            shared, below = shared_factors(low, cases)
            wide = [f for f in shared if isinstance(f, n.Add) and _is_wider_than_factors(low, f, letters)]
            if wide:
                return [(fraction([*wide, cases_without(cases, wide, below), *others], [*down, *below]), letters, NONE)]
    return None


def _opened(low: Lowering, inner: n.Sum, letters: list[Sym]) -> tuple[n.Node, Sym, Product] | None:
    """The body of a sum within the product, and its index, if the sum would be an array of three axes or more."""
    around = inner.free & set(low.scope)
    if len(around) < 3 or not around & set(letters):
        return None
    if (inner.lower.free | inner.upper.free) & set(low.scope) and _moving(low, inner) is not None:
        return None
    inside: list[Sym] = []
    body, mask = enter(low, inner, inside, Product())
    return body, inside[0], mask


def _holds_running_sum(low: Lowering, factor: n.Add, others: Sequence[n.Node]) -> bool:
    """Is a term a running sum wider than all beside it, which is turned over if it stands alone? A residual stays whole."""
    around = {a for f in others for a in f.free} & set(low.scope)
    for term in factor.children:
        powers = low.product(term).powers
        for value in powers:
            if is_wide(low.g, value) and around.union(*(v.axes for v in powers if v != value)) < set(value.axes):
                return True
    return False


def _is_wider_than_factors(low: Lowering, factor: n.Add, letters: list[Sym]) -> bool:
    """Would the bracket be an array of three axes or more, although none of what its terms multiply is?"""
    if not factor.free & set(letters):
        return False
    parts = [v for t in factor.children for v in low.product(t).powers]
    whole = {a for v in parts for a in v.axes}
    return len(whole) > 2 and len(whole) > max(len(v.axes) for v in parts)


def _is_below_too(factor: n.Add, down: Sequence[n.Node]) -> bool:
    """Does a difference z_ik - z_jk stand in what it is divided by, its norm? Where that is nearly 0, parts of it lose the digits.

    A sum of exponentials is not nearly 0 there.
    """
    bases = {part for part in n.walk(factor) if isinstance(part, n.Base)}
    below = (part for d in down for part in _outside_exponents(d) if isinstance(part, n.Add))
    return any({p for p in n.walk(part) if isinstance(p, n.Base)} == bases for part in below)


def _outside_exponents(node: n.Node) -> Iterator[n.Node]:
    if not (isinstance(node, n.Fn) and node.func is sympy.exp):
        yield node
        for child in node.children:
            yield from _outside_exponents(child)


def _holds_delta(low: Lowering, term: n.Node, letters: list[Sym]) -> bool:
    """Is a delta of a summed index among the factors, also those inside brackets?"""
    for factor in over_and_under(term)[0]:
        if isinstance(factor, n.Delta) and _same_range(low, factor, letters):
            return True
        if isinstance(factor, n.Add) and any(_holds_delta(low, t, letters) for t in factor.children):
            return True
    return False


def _same_range(low: Lowering, delta: n.Delta, letters: list[Sym]) -> tuple[Sym, Sym] | None:
    """(the summed index, the index that it equals), if both run over the same range."""
    a, b = delta.children
    for gone, kept in ((a, b), (b, a)):
        if not (isinstance(gone, Sym) and isinstance(kept, Sym) and gone in letters and gone != kept):
            continue
        if low.scope[gone] == low.scope.get(kept):
            return gone, kept
    return None


def _are_of_tables(low: Lowering, body: n.Add, letters: list[Sym]) -> bool:
    """Is each term an array of three axes or more, and a product of smaller ones, or of sums and brackets that are wide themselves?"""
    around = set(low.scope)
    for term in body.children:
        axes = term.free & around
        parts = [f for side in over_and_under(term) for f in side]
        if len(axes) < 3 or not axes & set(letters):
            return False
        if not all(len(f.free & around) < len(axes) or isinstance(f, (n.Sum, n.Add)) for f in parts):
            return False
    return True


def _is_wider_than_terms(low: Lowering, body: n.Add) -> bool:
    """Would adding the terms before summing make a larger array than each of them?"""
    axes = [frozenset(low.value(t).axes) for t in body.children]
    return len(frozenset().union(*axes)) > max(map(len, axes))
