"""Quotients of sums of exponentials as the exponential of a difference: exp(v)/sum exp(z) = exp(v - top)/rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdsym.arrays.align import added
from gdsym.arrays.exponents import exponent_of, opposed
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.mixtures import Masks, counted, masks_of, scaled, where_it_counts
from gdsym.arrays.product import Product, merged, product_of, realized, without
from gdsym.arrays.steep import Mixture, is_exponential, is_scaled, is_tail, positive

RISING = ("exp", "expm1", "one_plus_exp")


def balanced(g: Graph, p: Product) -> Product:
    """exp(v)/sum exp(z) = exp(v - top)/rest, and any other quotient of two sums of exponentials."""
    for below, n in p.powers.items():
        if n < 0 and is_scaled(g, below):
            by_terms = _by_terms(g, p, below)
            if by_terms is not None:
                return by_terms
            chosen = own = _own_term(g, below, p)
            if not chosen or _is_left_rising(g, below, p, chosen):
                chosen = _others(g, p, -n, rising=is_exponential(g, below))
            if chosen and not any(_kept_apart(g, below, v) for v in chosen):
                return _rewritten(g, p, below, chosen, chosen is own)  # which is rewritten in its turn
    return p


def _is_left_rising(g: Graph, below: Value, p: Product, chosen: Mapping[Value, int]) -> bool:
    """Would a sum be left above that has an exponential in common with what is below, and no other below it?"""
    steep = {v: n - chosen.get(v, 0) for v, n in p.powers.items() if is_exponential(g, v)}
    limited = below in g.mixtures and g.mixtures[below].bounded
    left = [v for v, n in steep.items() if n > 0 and (limited or _exponentials(g, v) & _exponentials(g, below))]
    return bool(left) and sum(n for n in steep.values() if n < 0) == -1


def _exponentials(g: Graph, mixture: Value) -> set[Value]:
    """Those of the terms; none if they are summed over letters."""
    found: Mixture | None = g.mixtures.get(mixture)
    return set() if found is None or found.letters else {v for t in found.terms for v in t.powers if v.op.kind == "exp"}


def _kept_apart(g: Graph, first: Value, second: Value) -> bool:
    """Do they depend on different ones of two indices that are to stay in factors of their own?"""
    ours, theirs = (g.apart & set(v.axes) for v in (first, second))
    return bool(ours and theirs and ours != theirs)


def met(g: Graph, p: Product) -> Product:
    """Write exp(v) sum 1/exp(z) as exp(v + top) rest: the sum alone may overflow where the product does not."""
    for mixture, n in p.powers.items():
        if n > 0 and mixture in g.mixtures and _is_of_quotients(g, g.mixtures[mixture]):
            rising = {v: k for v, k in p.powers.items() if k > 0 and v != mixture and is_exponential(g, v)}
            chosen = {v: k for v, k in rising.items() if set(v.axes) <= set(mixture.axes)}
            if chosen:
                return _together(g, p, {mixture: n, **chosen})
    return p


def fallen(g: Graph, p: Product) -> Product:
    """Write exp(u) s(-2 u) as exp(u + min(-2 u, 0)) s(|2 u|): what rises alone may overflow where the sigmoid is 0."""
    falling = [v for v, n in p.powers.items() if n > 0 and v.op.kind == "sigmoid" and is_tail(g, v)]
    rising = [(v, _risen(g, v)) for v, n in p.powers.items() if n > 0] if falling else []
    pairs = [(v, w) for v, us in rising for w in falling if any(opposed(g, u, _inner(w)) for u in us)]
    chosen = {v: p.powers[v] for pair in pairs for v in pair}
    return _together(g, p, chosen) if chosen else p


def _together(g: Graph, p: Product, chosen: Mapping[Value, int]) -> Product:
    """The product with the exponents of these factors in one exponential."""
    exponents, factors = _taken_apart(g, chosen)
    z = exponent_of(g, exponents)
    together = [] if z is None else [Product(powers={_exp(g, z): 1})]
    return without(p, chosen).times(g, *factors, *together)


def _risen(g: Graph, value: Value) -> list[Value]:
    """The exponents of what rises in a value, or in the terms of a sum."""
    found: Mixture | None = g.mixtures.get(value)
    if found is not None:
        inner = [] if found.letters or found.parts else [v for t in found.terms for v, n in t.powers.items() if n > 0]
        return [u for v in inner if set(v.axes) <= set(value.axes) for u in _risen(g, v)]
    return [_inner(value)] if value.op.kind in RISING and value.op not in g.tame else []


def _inner(value: Value) -> Value:
    return Value(value.op.args[0], value.axes)


def _is_of_quotients(g: Graph, mixture: Mixture) -> bool:
    """Are there quotients of exponentials among the terms, which may be large where what they are multiplied by is small?

    Not if their largest exponent would need a wider array than the terms are made of.
    """
    shifted = any(v.op in g.shifted for t in mixture.terms for v in t.powers)
    return mixture.falling or (shifted and not _widens(g, mixture))


def _widens(g: Graph, mixture: Mixture) -> bool:
    for term in mixture.terms:
        steep = [v for v, n in term.powers.items() if n > 0 and is_exponential(g, v)]
        axes = [frozenset(v.axes) for v in steep]
        if steep and frozenset().union(*axes) not in axes:
            return True
        if any(v in g.mixtures and _widens(g, g.mixtures[v]) for v in steep):
            return True
    return False


def _exp(g: Graph, z: Value) -> Value:
    return Value(g.make("exp", z.op), z.axes)


def _by_terms(g: Graph, p: Product, below: Value) -> Product | None:
    """Write s t (e^a - e^b)/(s e^a + t e^b) with the two shares, where each term above is one of those below."""
    for bracket, n in p.powers.items():
        mixture: Mixture | None = g.mixtures.get(bracket) if n == 1 else None
        if mixture is None or mixture.letters or mixture.parts or below not in g.mixtures or g.mixtures[below].letters:
            continue
        rest = without(p, {bracket: 1})
        owns = [_own_term(g, below, merged(rest, t)) for t in mixture.terms]
        taken = {v: k for own in owns for v, k in own.items() if v in rest.powers}
        inside = any(v not in rest.powers for own in owns for v in own)
        if inside and all(owns) and any(is_tail(g, v) for own in owns for v in own):
            share = merged(Product(powers={below: -1}), Product(powers=taken))
            terms = [merged(share, t).times(g) for t in mixture.terms]
            signed = [(1 if t.coefficient > 0 else -1, Product(abs(t.coefficient), t.powers)) for t in terms]
            total = added(g, [(sign, realized(g, t)) for sign, t in signed])
            return merged(rest, share.power(-1)).times(g, Product(powers={total: 1}))
    return None


def _own_term(g: Graph, below: Value, p: Product) -> dict[Value, int]:
    """Factors above the bar that are the exponentials of one term below, up to the letters that are summed there."""
    mixture: Mixture | None = g.mixtures.get(below)
    if mixture is None or mixture.parts or (not mixture.letters and masks_of(g, below)):
        return {}
    for term in mixture.terms:
        wanted = {v: n for v, n in term.powers.items() if n > 0 and is_scaled(g, v)}
        if not wanted:
            continue
        widest = max(wanted, key=lambda v: len(v.axes))
        for above in (v for v in p.powers if v.op is widest.op):
            called = dict(zip(widest.axes, above.axes, strict=True))
            if any(a != b and a not in mixture.letters for a, b in called.items()):
                continue
            found = {Value(v.op, tuple(called.get(a, a) for a in v.axes)): n for v, n in wanted.items()}
            if all(p.powers.get(v, 0) >= n for v, n in found.items()):
                return found
    return {}


def _others(g: Graph, p: Product, times: int, *, rising: bool) -> dict[Value, int]:
    """The exponentials above the bar for one of `times` factors below; without those that would make a wider array."""
    above = {
        v: n
        for v, n in p.powers.items()
        if n > 0 and (v.op in g.tame or is_scaled(g, v) or (rising and _may_rise(g, v)))
    }
    if not above:
        return {}
    widest = max(above, key=lambda v: len(v.axes))
    return {v: max(1, n // times) for v, n in above.items() if set(v.axes) <= set(widest.axes)}


def _may_rise(g: Graph, value: Value) -> bool:
    """Is it exp(u) - 1 with a u that may be large?"""
    u = value.op.args[0] if value.op.kind == "expm1" else None
    return u is not None and not (u.kind == "neg" and positive(g, Value(u.args[0], value.axes)))


def _rewritten(g: Graph, p: Product, below: Value, chosen: Mapping[Value, int], is_own: bool) -> Product:
    """One power of what is below, and the chosen factors above, as a quotient of what does not overflow."""
    powers = {v: n - chosen.get(v, 0) + (v == below) for v, n in p.powers.items()}
    left = Product(p.coefficient, {v: n for v, n in powers.items() if n})
    masks = masks_of(g, below)
    above, factors = _taken_apart(g, chosen, masks)
    top, rest = scaled(g, below, masks)
    z = exponent_of(g, above)
    z = z and where_it_counts(g, z, _within(left, (z, top)))
    shift = exponent_of(g, {z: 1, top: -1} if z not in (None, top) else {})
    if shift is not None:
        shift = counted(g, shift, left, masks) if is_own else shift
        factors.append(Product(powers={_exp(g, shift): 1}))
        share = g.make("exp", shift.op)
        g.shifted.add(share)
        if is_own and z is not None and _counts_below(g, z.op, top.op):
            g.tame.add(share)
    return left.times(
        g, *factors, product_of(g, rest).power(-1)
    )  # at once: what is left would be rewritten without them


def _counts_below(g: Graph, exponent: Op, top: Op) -> bool:
    """Is it `u if c else 0` where the largest u is that of the same c: at most the largest wherever it counts?"""
    if exponent.kind != "where":
        return False
    return any(op.kind == "where" and op.args[0] is exponent.args[0] for op in g.reached(top))


def _within(weight: Product, values: Sequence[Value]) -> Product:
    """The factors that run over no other letters."""
    letters = {a for v in values for a in v.axes}
    return Product(powers={v: n for v, n in weight.powers.items() if letters.issuperset(v.axes)})


def _taken_apart(
    g: Graph, chosen: Mapping[Value, int], masks: Masks = frozenset()
) -> tuple[dict[Value, int], list[Product]]:
    """Exponents and the other factors of a product of exponentials."""
    exponents: dict[Value, int] = {}
    factors: list[Product] = []
    for value, n in chosen.items():
        top, rest = scaled(g, value, masks)
        exponents[top] = exponents.get(top, 0) + n
        factors.append(product_of(g, rest).power(n))
    return exponents, factors
