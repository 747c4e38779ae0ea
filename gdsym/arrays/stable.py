"""Sums and logarithms that keep their accuracy: terms that would cancel are paired, products leave the logarithm."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations, permutations

from gdsym.arrays.align import added
from gdsym.arrays.beyond import with_brackets
from gdsym.arrays.chords import with_tangents
from gdsym.arrays.differences import with_divergences
from gdsym.arrays.ends import loss_and_share, residual_of_erfc
from gdsym.arrays.exponents import alike
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.near import near_zero
from gdsym.arrays.nearby import near_groups, near_pairs, without_poles
from gdsym.arrays.pairs import PAIRS, Pair, with_exponential, with_sigmoid
from gdsym.arrays.product import Product, merged, product_of, realized, terms_of, without
from gdsym.arrays.steep import Mixture, noted, without_one

GAMMAS, LOGS = ("lgamma", "polygamma"), ("log", "log1p", "polygamma")


def added_stably(g: Graph, terms: Sequence[Product]) -> Value:
    """The sum of the terms, pairs that would cancel or overflow rewritten."""
    return realized(g, summed(g, terms))


def paired(g: Graph, terms: Sequence[Product]) -> list[Product]:
    """The terms with those that would cancel or overflow as one."""
    terms = _without_complements(g, _with_losses(g, terms))
    terms = _with_excesses(g, _with_logs(g, _with_steps(g, _collected(terms))))
    terms = with_brackets(g, _multiplied_out(g, _with_chances(g, with_tangents(g, terms))))
    terms = with_divergences(g, terms) if len(terms) > 2 else terms
    before = len(terms) + 1
    while len(terms) < before:  # what one rule has made may be half of another's pair
        before = len(terms)
        for rule in (*PAIRS, _left_of_share):
            while len(fewer := _paired(g, terms, rule)) < len(terms):
                terms = _multiplied_out(g, fewer)
    return terms


def _with_losses(g: Graph, terms: Sequence[Product]) -> Sequence[Product]:
    """The terms, 1 - p^k - (1 - p)^k or three powers of a divergence among them without what cancels."""
    if len(terms) < 3 or not any(v.op.kind == "pow" for t in terms for v in t.powers):
        return terms
    from gdsym.arrays.bent import with_bends
    from gdsym.arrays.tilted import with_losses

    return with_losses(g, with_bends(g, list(terms)))


def _with_steps(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, lgamma(u + d) - lgamma(u) among them as one."""
    if sum(v.op.kind in GAMMAS for t in terms for v in t.powers) < 2:
        return terms
    from gdsym.arrays.gamma_steps import with_steps

    return with_steps(g, terms)


def _with_logs(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, log(x + c) - log x and log x - digamma x among them as one."""
    if len(terms) > 1 and any(v in g.logsums for t in terms for v in t.powers):
        from gdsym.arrays.tilted import with_tilts

        terms = with_tilts(g, terms)
    kinds = [v.op.kind for t in terms for v in t.powers if v.op.kind in LOGS]
    if len(kinds) < 2 or "log" not in kinds:
        return terms
    from gdsym.arrays.neighbours import less_digammas, with_neighbours

    return with_neighbours(g, less_digammas(g, terms) if "polygamma" in kinds else terms)


def _with_excesses(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, c x - c - c log x among them as one."""
    if len(terms) > 1 and any(n < 0 for t in terms for n in t.powers.values()):
        from gdsym.arrays.excess import with_slopes, with_squares

        terms = (with_squares if _constant(terms) else with_slopes)(g, terms, added_stably)
    ops = [v.op for t in terms for v in t.powers] if len(terms) > 1 else []
    inner = [*ops, *(a for op in ops for a in op.args)]
    if not any(a.kind == "log" for a in (*inner, *(b for a in inner for b in a.args))):
        return terms
    from gdsym.arrays.excess import with_excesses

    return with_excesses(g, terms, _collected, added_stably)


def summed(g: Graph, given: Sequence[Product]) -> Product:
    """The same, as a product if one term is left."""
    terms = paired(g, given)
    if len(terms) == 1:
        return terms[0]
    near = joined(g, terms)
    if near is not None:
        return near
    terms = near_pairs(g, near_groups(g, without_poles(g, terms), paired))
    signed = [(1 if t.coefficient >= 0 else -1, realized(g, _positive(t))) for t in terms]
    made = noted(g, added(g, signed), frozenset(), terms)
    if made in g.mixtures and (total := _constant(given)) and not _constant(terms):
        g.losses[made] = total, [t for t in given if t.powers]
    return product_of(g, made)


def loss_of(g: Graph, value: Value) -> tuple[Fraction, Product] | None:
    """(c, u) with value = c (1 - u), u without rounding: of what was given as c less shares, or is 1 less positive terms."""
    if value in g.losses:
        total, shares = g.losses[value]
        return total, summed(g, [Product(-t.coefficient / total, t.powers) for t in shares])
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture and (mixture.letters or mixture.parts):
        return None
    terms = mixture.terms if mixture else terms_of(g, value) if value.op.kind == "add" else ()
    if not terms or _constant(terms):
        return None
    left = paired(g, [Product(), *(Product(-t.coefficient, t.powers) for t in terms)])
    if _constant(left) or (len(left) > 1 and any(t.coefficient < 0 for t in left)):
        return None
    return Fraction(1), summed(g, left)


def joined(g: Graph, terms: Sequence[Product]) -> Product | None:
    """The sum if it cancels in a way that is known."""
    return near_zero(g, terms) or loss_and_share(g, terms) or residual_of_erfc(g, terms)


def _collected(terms: Sequence[Product]) -> list[Product]:
    """Like terms together: 2 v + 2 v = 4 v."""
    total: dict[Hashable, Product] = {}
    for t in terms:
        key = alike(t)
        before = total[key].coefficient if key in total else 0
        total[key] = Product(before + t.coefficient, t.powers)
    kept = [t for t in total.values() if t.coefficient]
    return kept or [Product(Fraction(0))]


def _multiplied_out(g: Graph, terms: list[Product]) -> list[Product]:
    """Write exp(-u) (s(u) + s(v)) - s(-u) as exp(-u) s(v): small sums are multiplied out if a term then cancels."""
    opened = [_opened(g, t) for t in terms]
    places = range(len(terms))
    alone = [(a, b, [terms[b]]) for a, b in permutations(places, 2)]
    for one, other, beside in [*alone, *((a, b, opened[b]) for a, b in combinations(places, 2))]:
        if opened[one] and any(_cancel(o, t) for o in opened[one] for t in beside):
            others = [t for place, t in enumerate(terms) if place not in (one, other)]
            return _multiplied_out(g, _collected([*others, *opened[one], *beside]))
    return terms


def _opened(g: Graph, term: Product) -> list[Product]:
    """The terms of a product with a bracket; none if it has none that can be multiplied out."""
    for value, n in term.powers.items():
        mixture: Mixture | None = g.mixtures.get(value) if n == 1 else None
        if mixture is not None and not mixture.letters and not mixture.parts:
            rest = without(term, {value: 1})
            return [rest.times(g, t) for t in mixture.terms]
        if (
            n == 1
            and value.op.kind == "add"
            and any(a.kind == "log" and a.args[0].kind == "number" for a in value.op.args)
        ):
            return [without(term, {value: 1}).times(g, t) for t in terms_of(g, value)]
    return []


def _cancel(one: Product, other: Product) -> bool:
    return one.coefficient == -other.coefficient and alike(one) == alike(other)


def _without_complements(g: Graph, terms: Sequence[Product]) -> Sequence[Product]:
    """Write 1 - s(u) s(v) as s(-u) + s(u) s(-v), and 2 - s(u) - s(v) as s(-u) + s(-v): neither is rounded to 0."""
    total = _constant(terms)
    shares = [t for t in terms if t.powers and _turns(g, t)]
    if not total or sum(map(_size, shares)) != -total or any(_size(t) * total > 0 for t in shares):
        return _without_shares(g, terms)
    if len(shares) == 1 and shares[0].weight == 1:
        return terms
    return [*(t for t in terms if t.powers and t not in shares), *(c for t in shares for c in _losses(g, t))]


def _without_shares(g: Graph, terms: Sequence[Product]) -> Sequence[Product]:
    """Write 1 - p a - (1 - p) b as p (1 - a) + (1 - p) (1 - b), if a and b are products of sigmoids."""
    total = _constant(terms)
    for first, second in permutations(terms, 2) if total else ():
        for p, q in ((p, q) for p in first.powers for q in second.powers if _is_rest(g, p, q)):
            rests = [(without(t, {v: 1}), Product(powers={v: 1})) for t, v in ((first, p), (second, q))]
            if all(r.coefficient == -total and r.powers and _turns(g, r) for r, _ in rests):
                kept = [t for t in terms if t.powers and t is not first and t is not second]
                return [*kept, *(c.times(g, chance) for r, chance in rests for c in _losses(g, r))]
    return terms


def _is_rest(g: Graph, p: Value, q: Value) -> bool:
    """Is q = 1 - p?"""
    if p.op.kind == q.op.kind == "sigmoid":
        return p.axes == q.axes and q.op.args[0] is g.neg(p.op.args[0])
    less = without_one(g, q)
    return less is not None and less.axes == p.axes and less.op is g.neg(p.op)


def _turns(g: Graph, share: Product) -> bool:
    return all(_turned(g, v) and n > 0 for v, n in share.powers.items())


def _turned(g: Graph, value: Value) -> Value | None:
    """1 less a share: s(-u) of s(u), exp(u) of 1 - exp(u), which is known as -expm1(u)."""
    u = value.op.args[0] if value.op.args else value.op
    if value.op.kind == "expm1":
        return Value(g.make("exp", u), value.axes)
    return Value(g.make("sigmoid", g.neg(u)), value.axes) if value.op.kind == "sigmoid" else None


def _size(share: Product) -> Fraction:
    """Its coefficient as a product of shares: expm1 is none, but -expm1."""
    return share.coefficient * (-1) ** sum(n for v, n in share.powers.items() if v.op.kind == "expm1")


def _with_chances(g: Graph, terms: list[Product]) -> list[Product]:
    """Write 1 - c - (1 - c) s(u) as (1 - c) s(-u), and so with exp(u) for s(u): a bracket of which the other terms are made stands in front."""
    for term in terms:
        for bracket in (v for v, n in term.powers.items() if n == 1 and v.op.kind == "add"):
            share = without(term, {bracket: 1})
            parts = [Product(-share.coefficient * t.coefficient, t.powers) for t in terms_of(g, bracket)]
            left = [t for t in terms if t is not term and not any(_is_same(t, p) for p in parts)]
            if len(left) + 1 + len(parts) != len(terms):
                continue
            both = [Product(), Product(Fraction(-1), share.powers)]
            rest = _paired(g, _paired(g, both, with_sigmoid), with_exponential)
            rest = _losses(g, both[1]) if len(rest) > 1 and share.powers and _turns(g, share) else rest
            if len(rest) == 1 or all(r.powers for r in rest):
                front = Product(-share.coefficient, {bracket: 1})
                return _with_chances(g, [*left, *(front.times(g, r) for r in rest)])
    return terms


def _is_same(one: Product, other: Product) -> bool:
    return one.coefficient == other.coefficient and one.powers == other.powers


def _left_of_share(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write t - t a/(a + b) as t b/(a + b)."""
    if first.coefficient != -second.coefficient or len(second.powers) < 2:
        return None
    ratio = merged(Product(powers=second.powers), Product(powers=first.powers).power(-1))
    below = [v for v, n in ratio.powers.items() if n == -1 and v.op.kind == "add"]
    if len(below) != 1 or any(n < 0 for v, n in ratio.powers.items() if v != below[0]):
        return None
    terms, above = terms_of(g, below[0]), without(ratio, {below[0]: -1})
    left = [t for t in terms if not _is_same(t, above)]
    if len(left) != len(terms) - 1 or not all(t.coefficient > 0 for t in terms):
        return None
    return first.times(g, product_of(g, added_stably(g, left)), Product(powers={below[0]: -1}))


def _constant(terms: Sequence[Product]) -> Fraction:
    return sum((t.coefficient for t in terms if not t.powers), Fraction(0))


def _losses(g: Graph, share: Product) -> list[Product]:
    """The terms of c (1 - s(u) s(v) ...), each of them positive."""
    found, before = [], Product(-_size(share))
    for value in (v for v, n in share.powers.items() for _ in range(n)):
        turned = _turned(g, value)
        assert turned is not None
        found.append(before.times(g, Product(powers={turned: 1})))
        sign = Product(Fraction(-1 if value.op.kind == "expm1" else 1))
        before = before.times(g, Product(powers={value: 1})).times(g, sign)
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
