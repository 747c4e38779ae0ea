"""Sums and logarithms that keep their accuracy: terms that would cancel are paired, products leave the logarithm."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.ends import residual_of_erfc
from gdsym.arrays.graph import DATA, Graph, Value
from gdsym.arrays.near import near_zero
from gdsym.arrays.pairs import PAIRS, Pair, with_sigmoid
from gdsym.arrays.product import Product, factors_of, product_of, realized, without
from gdsym.arrays.steep import Mixture, noted


def added_stably(g: Graph, terms: Sequence[Product]) -> Value:
    """The sum of the terms, pairs that would cancel or overflow rewritten."""
    return realized(g, summed(g, terms))


def paired(g: Graph, terms: Sequence[Product]) -> list[Product]:
    """The terms with those that would cancel or overflow as one."""
    terms = _multiplied_out(g, _with_chances(g, _collected(_without_complements(g, terms))))
    for rule in PAIRS:
        while len(fewer := _paired(g, terms, rule)) < len(terms):
            terms = fewer
    return terms


def summed(g: Graph, given: Sequence[Product]) -> Product:
    """The same, as a product if one term is left."""
    terms = paired(g, given)
    if len(terms) == 1:
        return terms[0]
    near = joined(g, terms)
    if near is not None:
        return near
    signed = [(1 if t.coefficient >= 0 else -1, realized(g, _positive(t))) for t in terms]
    made = noted(g, added(g, signed), frozenset(), terms)
    if made in g.mixtures and (total := _constant(given)) and not _constant(terms):
        g.losses[made] = total, [t for t in given if t.powers]
    return product_of(g, made)


def joined(g: Graph, terms: Sequence[Product]) -> Product | None:
    """The sum if it cancels in a way that is known."""
    return near_zero(g, terms) or _loss_and_share(g, terms) or residual_of_erfc(g, terms)


def _loss_and_share(g: Graph, terms: Sequence[Product]) -> Product | None:
    """exp(v) - 1 + y with y data, perhaps 0 and 1: exp(v) + (y - 1) where exp(v) is small, and nothing if it is taken from 1."""
    if len(terms) != 2 or terms[0].coefficient != terms[1].coefficient:
        return None
    factors = [v for t in terms for v, n in t.powers.items() if n == 1 and t.weight == 1]
    loss = next((v for v in factors if v.op.kind == "expm1"), None)
    share = next((v for v in factors if v.op.needs == DATA), None)
    if loss is None or share is None or len(factors) < 2:
        return None
    v = Value(loss.op.args[0], loss.axes)
    less = added(g, [(1, share), (-1, Value(g.number(1)))])
    small = added(g, [(1, Value(g.make("exp", v.op), v.axes)), (1, less)])
    near = entrywise(g, "compare", v, Value(g.number(Fraction(-2, 3))), attr=">")
    both = entrywise(g, "where", near, added(g, [(1, loss), (1, share)]), small)
    return Product(terms[0].coefficient, {both: 1})


def _collected(terms: Sequence[Product]) -> list[Product]:
    """Like terms together: 2 v + 2 v = 4 v."""
    total: dict[frozenset[tuple[Value, int]], Product] = {}
    for t in terms:
        key = frozenset(t.powers.items())
        before = total[key].coefficient if key in total else 0
        total[key] = Product(before + t.coefficient, t.powers)
    kept = [t for t in total.values() if t.coefficient]
    return kept or [Product(Fraction(0))]


def _multiplied_out(g: Graph, terms: list[Product]) -> list[Product]:
    """Write exp(-u) (s(u) + s(v)) - s(-u) as exp(-u) s(v): a small sum is multiplied out if a term then cancels."""
    for place, term in enumerate(terms):
        for value, n in term.powers.items():
            mixture: Mixture | None = g.mixtures.get(value) if n == 1 else None
            if mixture is None or mixture.letters or mixture.parts:
                continue
            rest, others = without(term, {value: 1}), [*terms[:place], *terms[place + 1 :]]
            opened = [rest.times(g, t) for t in mixture.terms]
            if any(o.powers == t.powers and o.coefficient == -t.coefficient for o in opened for t in others):
                return _multiplied_out(g, _collected([*others, *opened]))
    return terms


def _without_complements(g: Graph, terms: Sequence[Product]) -> Sequence[Product]:
    """Write 1 - s(u) s(v) as s(-u) + s(u) s(-v), and 2 - s(u) - s(v) as s(-u) + s(-v): neither is rounded to 0."""
    total = _constant(terms)
    shares = [t for t in terms if t.powers and all(v.op.kind == "sigmoid" and n > 0 for v, n in t.powers.items())]
    if not total or sum(t.coefficient for t in shares) != -total or any(t.coefficient * total > 0 for t in shares):
        return terms
    if len(shares) == 1 and shares[0].weight == 1:
        return terms
    return [*(t for t in terms if t.powers and t not in shares), *(c for t in shares for c in _losses(g, t))]


def _with_chances(g: Graph, terms: list[Product]) -> list[Product]:
    """Write 1 - c - (1 - c) s(u) as (1 - c) s(-u): a bracket of which the other terms are made stands in front."""
    for term in terms:
        for bracket in (v for v, n in term.powers.items() if n == 1 and v.op.kind == "add"):
            share = without(term, {bracket: 1})
            parts = [Product(-share.coefficient * t.coefficient, t.powers) for t in _terms_of(g, bracket)]
            left = [t for t in terms if t is not term and not any(_is_same(t, p) for p in parts)]
            if len(left) + 1 + len(parts) != len(terms):
                continue
            rest = _paired(g, [Product(), Product(Fraction(-1), share.powers)], with_sigmoid)
            if len(rest) == 1:
                return _with_chances(g, [*left, Product(-share.coefficient, {bracket: 1}).times(g, *rest)])
    return terms


def _is_same(one: Product, other: Product) -> bool:
    return one.coefficient == other.coefficient and one.powers == other.powers


def _terms_of(g: Graph, value: Value) -> list[Product]:
    """The terms of a sum."""
    parts = zip(value.op.attr, value.op.args, strict=True)
    return [Product(Fraction(sign)).times(g, factors_of(g, unaligned(a, value.axes))) for sign, a in parts]


def _constant(terms: Sequence[Product]) -> Fraction:
    return sum((t.coefficient for t in terms if not t.powers), Fraction(0))


def _losses(g: Graph, share: Product) -> list[Product]:
    """The terms of c (1 - s(u) s(v) ...), each of them positive."""
    found, before = [], Product(-share.coefficient)
    for value in (v for v, n in share.powers.items() for _ in range(n)):
        turned = Value(g.make("sigmoid", g.neg(value.op.args[0])), value.axes)
        found.append(before.times(g, Product(powers={turned: 1})))
        before = before.times(g, Product(powers={value: 1}))
    return found


def _positive(p: Product) -> Product:
    return Product(abs(p.coefficient), p.powers)


def _paired(g: Graph, terms: list[Product], rule: Pair) -> list[Product]:
    for a, first in enumerate(terms):
        for b, second in enumerate(terms):
            made = _made(g, first, second, len(terms) == 2, rule) if a != b else None
            if made is not None:
                place = min(a, b)
                return [made if p == place else t for p, t in enumerate(terms) if p not in {a, b} - {place}]
    return terms


def _made(g: Graph, first: Product, second: Product, alone: bool, rule: Pair) -> Product | None:
    """What the rule makes of two terms, or of what is left of them without their common factors."""
    made = rule(g, first, second, alone)
    common = {v: n for v, m in first.powers.items() if (n := min(m, second.powers.get(v, 0))) > 0}
    if made is not None or not common:
        return made
    rests = [
        Product(t.coefficient, {v: k for v, n in t.powers.items() if (k := n - common.get(v, 0))})
        for t in (first, second)
    ]
    made = rule(g, rests[0], rests[1], alone)
    return None if made is None else made.times(g, Product(powers=common))
