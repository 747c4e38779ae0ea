"""The logarithm of a mean of exponentials, log((e^u + e^v)/2): nearly 0 where all exponents are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of, merged, realized, without
from gdsym.arrays.steep import Mixture, is_steep_power, log_of_base, without_one
from gdsym.record import record

LARGEST = 700  # exponent of a float
Exponential = tuple[Fraction, Value | None]  # c e^z, or the number c


@record
class Weighted:
    """A term c e^u as w e^z, where u and z may be 0."""

    factor: Product
    exponent: Value | None
    weight: Product
    z: Value | None


def exponentials_of(g: Graph, value: Value) -> list[Exponential]:
    """The (c, z) of a value that is written out as a sum of c e^z with c > 0; none if it is something else."""
    if value.op.kind in ("one_plus_exp", "softplus"):
        return [(Fraction(1), None), (Fraction(1), Value(value.op.args[0], value.axes))]
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture is None or mixture.letters or mixture.parts:
        return []
    found: list[Exponential] = []
    for term in mixture.terms:
        exponents = [_exponent(g, v) for v, n in term.powers.items() if n == 1]
        if len(exponents) < len(term.powers) or len(exponents) > 1 or None in exponents or term.coefficient <= 0:
            return []
        found.append((term.coefficient, exponents[0] if exponents else None))
    return found


def _exponent(g: Graph, value: Value) -> Value | None:
    """The z if it is e^z, or b^c = e^(c log b) with a c that moves."""
    if is_steep_power(value.op):
        base, exponent = (unaligned(a, value.axes) for a in value.op.args)
        return realized(g, factors_of(g, exponent).times(g, Product(powers={log_of_base(g, base): 1})))
    return Value(value.op.args[0], value.axes) if value.op.kind == "exp" else None


def log_of_mean(g: Graph, terms: Sequence[Exponential]) -> Value | None:
    """The logarithm of a sum of c e^z, in which all c add up to 1: with the largest z in front, log1p of the sum of c (e^(z - top) - 1)."""
    if len(terms) < 2 or sum(c for c, _ in terms) != 1 or all(z is None for _, z in terms):
        return None
    top, _, log = scaled_mean(g, terms)
    return added(g, [(1, top), (1, log)])


def log_of_weighted(g: Graph, value: Value) -> Value | None:
    """The logarithm of a mean of powers with weights that are no numbers, w a^k + (1 - w) b^k; or of p^k + (1 - p)^k, a mean of p^(k - 1)."""
    terms = weighted(g, value)
    if len(terms) < 2 or not any(t.weight.powers for t in terms):
        return None
    exponents = [bounded(g, t) for t in terms]
    limited = [
        (t, Value(g.make("minimum", z.op, g.number(LARGEST)), z.axes))
        for t, z in zip(terms, exponents, strict=True)
        if z
    ]
    total = _sum(g, "expm1", [(t.weight, z) for t, z in limited])
    near = Value(g.make("log1p", total.op), total.axes)
    top, rest = _scale(g, exponents)
    whole = _sum(g, "exp", [(t.weight, z or Value(g.number(0))) for t, z in zip(terms, rest, strict=True)])
    far = added(g, [(1, top), (1, Value(g.make("log", whole.op), whole.axes))])
    small = entrywise(g, "compare", Value(g.abs(total.op), total.axes), Value(g.number(Fraction(1, 2))), attr="<")
    return entrywise(g, "where", small, near, far)


def bounded(g: Graph, term: Weighted) -> Value | None:
    """Its z, finite where the weight may be 0 with it: that of 0^k at k < 1 would be infinite."""
    if term.z is None or term.weight == term.factor:
        return term.z
    return entrywise(g, "minimum", term.z, Value(g.number(LARGEST)))


def weighted(g: Graph, value: Value) -> list[Weighted]:
    """The terms of a value, c e^u, each as w e^z, where the w add up to 1; none if it is no such sum."""
    plain = exponentials_of(g, value)
    if sum(c for c, _ in plain) == 1:
        return [Weighted(Product(c), z, Product(c), z) for c, z in plain]
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture is None or mixture.letters or mixture.parts or len(mixture.terms) < 2:
        return []
    return weights_of_one(g, mixture.terms)


def weights_of_one(g: Graph, terms: Sequence[Product]) -> list[Weighted]:
    """Products with powers that move, as w e^z, where the w add up to 1; none if they do not."""
    if not all(any(is_steep_power(v.op) for v in t.powers) for t in terms):
        return []
    from gdsym.arrays.second_order import is_less_one

    for at_one in (False, True):
        found = [_weighted(g, t, at_one=at_one) for t in terms]
        known = [t for t in found if t is not None]
        if len(known) == len(found) and is_less_one([*(t.weight for t in known), Product(Fraction(-1))], Product()):
            return known
    return []


def is_mean(g: Graph, p: Product) -> bool:
    """Is it a mean of exponentials or powers, the logarithm of which is better known than itself?"""
    return p.weight == 1 and p.coefficient == 1 and any(n == 1 and weighted(g, v) for v, n in p.powers.items())


def _weighted(g: Graph, term: Product, *, at_one: bool) -> Weighted | None:
    """A product with powers b^k as c e^u; w is what it is at k = 0, or at k = 1, where b^(1 - k) is 1."""
    steep = {v: n for v, n in term.powers.items() if is_steep_power(v.op)}
    rest = without(term, steep)
    if not steep or any(n != 1 for n in steep.values()) or any(v.op.kind == "exp" for v in rest.powers):
        return None
    weight, whole, parts = rest, dict[Value, int](), dict[Value, int]()
    for value in steep:
        base, exponent = (unaligned(a, value.axes) for a in value.op.args)
        log = Product(powers={log_of_base(g, base): 1})
        less = exponent
        if at_one and exponent.op.kind == "leaf":
            weight = weight.times(g, factors_of(g, base))
            less = added(g, [(1, exponent), (-1, Value(g.number(1)))])
        elif at_one and without_one(g, exponent) is None:
            return None
        whole[realized(g, merged(Product(powers={exponent: 1}), log))] = 1
        parts[realized(g, factors_of(g, less).times(g, log))] = 1
    return Weighted(rest, exponent_of(g, whole), weight, exponent_of(g, parts))


def scaled_mean(g: Graph, terms: Sequence[Exponential]) -> tuple[Value, list[Value | None], Value]:
    """The largest z, each z less it, and the logarithm of the sum of c e^(z - top)."""
    top, steps = _scale(g, [z for _, z in terms])
    losses = [(c, step) for (c, _), step in zip(terms, steps, strict=True)]
    if len(terms) == 2 and terms[0][0] == terms[1][0]:
        d = _step(g, terms[0][1], terms[1][1])
        losses = [(terms[0][0], None if d is None else Value(g.neg(g.abs(d.op)), d.axes))]
    total = _sum(g, "expm1", [(Product(c), z) for c, z in losses if z is not None])
    return top, steps, Value(g.make("log1p", total.op), total.axes)


def _scale(g: Graph, exponents: Sequence[Value | None]) -> tuple[Value, list[Value | None]]:
    """The largest exponent, and each less it."""
    zero = Value(g.number(0))
    top, *others = [zero if z is None else z for z in exponents]
    for z in others:
        top = entrywise(g, "maximum", top, z)
    return top, [_step(g, z, top) for z in exponents]


def _sum(g: Graph, kind: str, terms: Sequence[tuple[Product, Value]]) -> Value:
    parts = [w.times(g, Product(powers={Value(g.make(kind, z.op), z.axes): 1})) for w, z in terms]
    return added(
        g, [(1 if p.coefficient > 0 else -1, realized(g, Product(abs(p.coefficient), p.powers))) for p in parts]
    )


def _step(g: Graph, z: Value | None, other: Value | None) -> Value | None:
    """An exponent less another one; none where nothing is left."""
    parts = ([(z, 1)] if z is not None else []) + ([(other, -1)] if other is not None else [])
    return exponent_of(g, dict(parts)) if z != other else None
