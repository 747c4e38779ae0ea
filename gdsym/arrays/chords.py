"""Exponentials at two places that may be near: their difference over that of the places, and what the tangent leaves of it.

Chords (e^u - e^v)/(u - v) and their slopes by u or v, (e^u - e^v - (u - v) e^v)/(u - v)^2, are divided differences of exp:
positive, and as well known as e^u is, however near or far apart the places are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized, terms_of, without
from gdsym.arrays.steep import Mixture, two_exponentials

MOST = 24  # terms in which a tangent is looked for
Powers = frozenset[tuple[Value, int]]


def over_gaps(g: Graph, p: Product) -> Product:
    """Write (e^(-a t) - e^(-b t))/(b - a) as t times the chord of exp: the two places are as far apart as a t and b t."""
    gaps = [v for v, n in p.powers.items() if n < 0 and v.op.kind == "add"]
    for value in [v for v, n in p.powers.items() if n == 1] if gaps else ():
        found = two_exponentials(g, value)
        for gap in gaps if found else ():
            assert found is not None
            c, u, v = found
            times = _times(_apart(g, u, v), terms_of(g, gap))
            if times is not None:
                chord = Product(c, {entrywise(g, "exp_chord", u, v): 1})
                return over_gaps(g, merged(p, Product(powers={value: -1, gap: 1}), times, chord))
    return p


def with_tangents(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, e^u - e^v - (u - v) e^v among them as (u - v)^2 times what exp bends there; brackets may hold them."""
    if sum(_is_steep(g, v) for t in terms for v in t.powers) < 2 or sum(_width(g, t) for t in terms) > MOST:
        return terms
    flat = [part for t in terms for part in _opened(g, t)]
    steep = [t for t in flat if _exponent(t) is not None] if len(flat) > 2 else []
    for one, other in permutations(steep, 2) if len(steep) > 2 else ():
        u, v = _exponent(one), _exponent(other)
        assert u is not None and v is not None
        weight = without(other, {_bell(g, v): 1})
        if without(one, {_bell(g, u): 1}) == merged(weight, Product(Fraction(-1))):
            left = [t for t in flat if t is not one and t is not other]
            found = _beside(g, (u, v), weight, left) or _beside_leaning(g, (u, v), weight, left)
            if found is not None:
                return with_tangents(g, found)
    return terms


def _width(g: Graph, term: Product) -> int:
    """At most how many terms it has once it is opened."""
    return math.prod(max(len(g.mixtures[v].terms) if v in g.mixtures else 1, len(v.op.args)) for v in term.powers)


def _is_steep(g: Graph, value: Value) -> bool:
    return value.op.kind == "exp" or value in g.mixtures


def _opened(g: Graph, term: Product) -> list[Product]:
    """The terms of a product with sums of exponentials in it, or with 1 - a t."""
    for value in (v for v, n in term.powers.items() if n == 1):
        mixture: Mixture | None = g.mixtures.get(value)
        parts = mixture.terms if mixture and not mixture.letters and not mixture.parts else ()
        if not parts and value.op.kind == "add" and any(a.kind == "number" for a in value.op.args):
            parts = tuple(terms_of(g, value))
        if parts:
            rest = without(term, {value: 1})
            return [part for t in parts for part in _opened(g, merged(rest, t))]
    return [term]


def _beside(g: Graph, ends: tuple[Value, Value], weight: Product, left: list[Product]) -> list[Product] | None:
    """What is left, w e^v - w e^u and the step w (u - v) e^v among it as one."""
    from gdsym.arrays.excess import opened

    u, v = ends
    base, apart = merged(weight, Product(powers={_bell(g, v): 1})), _apart(g, u, v)
    several = permutations(left, 2) if len(left) < 4 else ()
    for steps in ([t] for t in left) if not several else (*([t] for t in left), *several):
        own = [merged(t, base.power(-1)) for t in steps]
        if apart and _counted([part for t in own for part in opened(g, t)]) == apart:
            d = own[0] if len(own) == 1 else product_of(g, _plain(g, own))
            bend = Product(Fraction(-1), {entrywise(g, "exp_bend", v, v, u): 1})
            kept = [t for t in left if not any(t is step for step in steps)]
            return [merged(weight, d, d, bend), *_chorded(g, ends, d, kept)]
    return None


def _chorded(g: Graph, ends: tuple[Value, Value], d: Product, terms: list[Product]) -> list[Product]:
    """The terms, w e^u - w e^v among them as w d times the chord."""
    for one, other in permutations(terms, 2):
        u, v = (_bell(g, z) for z in ends)
        weight = without(one, {u: 1})
        if one.powers.get(u) == 1 and other == merged(weight, Product(Fraction(-1), {v: 1})):
            chord = Product(powers={entrywise(g, "exp_chord", *ends): 1})
            return [merged(weight, d, chord), *(t for t in terms if t is not one and t is not other)]
    return terms


def _beside_leaning(g: Graph, ends: tuple[Value, Value], weight: Product, left: list[Product]) -> list[Product] | None:
    """What is left, w e^v - w e^u and a step among it that is a little more than w (u - v) e^v as one where the ends are near."""
    (u, v), minus = ends, Product(Fraction(-1))
    rise, bell = (Product(powers={_bell(g, z): 1}) for z in ends)
    for step in left:
        found = _leaning(g, merged(step, bell.power(-1)), weight, _apart(g, u, v))
        if found is not None:
            d, rest = found
            bend = Product(Fraction(-1), {entrywise(g, "exp_bend", v, v, u): 1})
            near = _plain(g, [merged(weight, d, d, bend), merged(rest, bell)])
            far = _plain(g, [merged(minus, weight, rise), merged(weight, bell), step])
            size = realized(g, d)
            small = entrywise(g, "compare", Value(g.abs(size.op), size.axes), Value(g.number(1)), attr="<")
            made = Product(powers={entrywise(g, "where", small, near, far): 1})
            return [made, *(t for t in left if t is not step)]
    return None


def _leaning(g: Graph, step: Product, weight: Product, apart: dict[Powers, Fraction]) -> tuple[Product, Product] | None:
    """(u - v, what the step is more than its weight times that), if both hold a gap, and the second one its square: a (b - a) t for b."""
    for gap in (v for v, n in step.powers.items() if n == 1 and v.op.kind == "add"):
        sides = terms_of(g, gap)
        times = _times(apart, sides)
        if times is None:
            continue
        less = merged(Product(Fraction(-1)), weight, times)
        more = _times(_counted([without(step, {gap: 1}), less]), sides)
        if more is not None:
            return merged(times, Product(powers={gap: 1})), merged(more, Product(powers={gap: 2}))
    return None


def less_an_end(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write the chord of exp between u and v less e^u as v - u times what exp bends there, if that is over something that v - u holds."""
    for chord in (v for v, n in first.powers.items() if n == 1 and v.op.kind == "exp_chord"):
        weight = without(first, {chord: 1})
        u, v = (unaligned(a, chord.axes) for a in chord.op.args)
        for end, other in ((u, v), (v, u)):
            if merged(weight, Product(Fraction(-1), {_bell(g, end): 1})) != second:
                continue
            for gap in (w for w, n in weight.powers.items() if n < 0 and w.op.kind == "add"):
                times = _times(_apart(g, other, end), terms_of(g, gap))
                if times is not None:
                    bend = entrywise(g, "exp_bend", end, end, other)
                    return merged(weight, times, Product(powers={gap: 1}), Product(powers={bend: 1}))
    return None


def _exponent(term: Product) -> Value | None:
    """The u of a term with one exponential e^u."""
    found = [v for v, n in term.powers.items() if v.op.kind == "exp"]
    return Value(found[0].op.args[0], found[0].axes) if len(found) == 1 and term.powers[found[0]] == 1 else None


def _bell(g: Graph, u: Value) -> Value:
    return Value(g.make("exp", u.op), u.axes)


def _apart(g: Graph, u: Value, v: Value) -> dict[Powers, Fraction]:
    """The terms of u - v, by their powers."""
    ours, theirs = (_terms(g, z) for z in (u, v))
    return _counted([*ours, *(merged(Product(Fraction(-1)), t) for t in theirs)])


def _terms(g: Graph, z: Value) -> list[Product]:
    from gdsym.arrays.excess import opened

    if z.op.kind == "neg":
        return [merged(Product(Fraction(-1)), t) for t in _terms(g, unaligned(z.op.args[0], z.axes))]
    return terms_of(g, z) if z.op.kind == "add" else opened(g, factors_of(g, z))


def _counted(terms: Sequence[Product]) -> dict[Powers, Fraction]:
    total: dict[Powers, Fraction] = {}
    for t in terms:
        key = frozenset(t.powers.items())
        total[key] = total.get(key, Fraction(0)) + t.coefficient
    return {key: c for key, c in total.items() if c}


def _times(apart: dict[Powers, Fraction], gap: Sequence[Product]) -> Product | None:
    """The product that the gap has to be multiplied by, if it is one."""
    first, wanted = gap[0], len(gap)
    for powers, c in apart.items() if len(apart) == wanted else ():
        times = merged(Product(c, dict(powers)), first.power(-1))
        if _counted([merged(times, t) for t in gap]) == apart:
            return times
    return None


def _plain(g: Graph, terms: Sequence[Product]) -> Value:
    signed = [(1 if t.coefficient >= 0 else -1, Product(abs(t.coefficient), t.powers)) for t in terms]
    return added(g, [(sign, realized(g, t)) for sign, t in signed])
