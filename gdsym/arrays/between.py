"""What a normal variable does between two bounds, erf a - erf b: its logarithm, and e^(-a^2) over it, also far out.

With lo and hi for the bounds on the side where both are positive, or -1 times the other one, it is erfc lo - erfc hi.
There erfc u is e^(-u^2)/mills(u), so that erfc hi/erfc lo is e^(-(hi - lo)(hi + lo)) mills(lo)/mills(hi).
"""

from __future__ import annotations

from fractions import Fraction

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.ends import square
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, merged, realized
from gdsym.arrays.steep import Mixture
from gdsym.record import record

NEAR = Fraction(1, 2)  # up to which erf itself is subtracted


def log_between(g: Graph, product: Product) -> Value | None:
    """The log of c (erf a - erf b) as log((erf a - erf b)/2) + log(2 c)."""
    ((value, n),) = product.powers.items() if len(product.powers) == 1 else ((None, 0),)
    found = _bounds(g, value) if value is not None and n == 1 else None
    if found is None or product.coefficient <= 0:
        return None
    c, a, b, d = found
    terms = [(1, entrywise(g, "log_between", a, b, d))]
    if (scale := 2 * c * product.coefficient) != 1:
        terms.append((1, Value(g.make("log", g.number(scale)))))
    return added(g, terms)


def over_between(g: Graph, p: Product) -> Product:
    """Write exp(-a^2)/(erf a - erf b), and a sum of such terms over it, as one function of the bounds."""
    for value in [v for v, n in p.powers.items() if n < 0 and v.op.kind == "add"]:
        found = _bounds(g, value)
        if found is None:
            continue
        whole = _replaced(g, p, value, found)
        if whole is not None:
            return whole
        for bracket in [v for v, n in p.powers.items() if n == 1 and v in g.mixtures]:
            mixture: Mixture = g.mixtures[bracket]
            share = Product(powers={value: -1})
            terms = [_replaced(g, merged(t, share), value, found) for t in mixture.terms]
            kept = [t for t in terms if t is not None]
            if not mixture.letters and not mixture.parts and len(kept) == len(terms):
                signed = [(1 if t.coefficient > 0 else -1, Product(abs(t.coefficient), t.powers)) for t in kept]
                total = added(g, [(sign, realized(g, t)) for sign, t in signed])
                return merged(p, Product(powers={value: 1, bracket: -1})).times(g, Product(powers={total: 1}))
    return p


Bounds = tuple[Fraction, Value, Value, Value]


def _replaced(g: Graph, p: Product, value: Value, bounds: Bounds) -> Product | None:
    """The product with the density at a bound over what is between them as one function."""
    c, a, b, d = bounds
    for upper, u in ((True, a), (False, b)):
        z = realized(g, square(g, u).times(g, Product(Fraction(-1))))
        bell = Value(g.make("exp", z.op), z.axes)
        if p.powers.get(bell, 0) > 0:
            made = entrywise(g, "bell_between", a, b, d, attr=upper)
            return merged(p, Product(1 / c, {value: 1, bell: -1, made: 1}))
    return None


def _bounds(g: Graph, value: Value) -> Bounds | None:
    """(c, a, b, a - b) of c (erf a - erf b) with c > 0, where erfc stands for erf, too."""
    op = value.op
    if op.kind != "add" or len(op.args) != 2:
        return None
    ends: dict[int, tuple[Fraction, Value]] = {}
    for sign, arg in zip(op.attr, op.args, strict=True):
        term = factors_of(g, unaligned(arg, value.axes))
        ((v, n),) = term.powers.items() if len(term.powers) == 1 else ((None, 0),)
        if v is None or n != 1 or v.op.kind not in ("erf", "erfc"):
            return None
        c = sign * term.coefficient * (1 if v.op.kind == "erf" else -1)
        ends[1 if c > 0 else -1] = abs(c), Value(v.op.args[0], v.axes)
    if len(ends) != 2 or ends[1][0] != ends[-1][0]:
        return None
    (c, a), (_, b) = ends[1], ends[-1]
    d = exponent_of(g, {a: 1, b: -1})
    return None if d is None else (c, a, b, d)


@record
class Scaled:
    """Whether lo > 1/2, and what is used there: e^(-(hi - lo)(hi + lo)), mills(lo), erfc hi/erfc lo; elsewhere erf a - erf b."""

    far: Op
    right: Op  # is a hi?
    lo: Op
    fall: Op
    scale: Op
    share: Op
    part: Op


def _scaled(g: Graph, a: Op, b: Op, d: Op) -> Scaled:
    """Each inside the domain of what is made of it, also where it is not used."""
    total = g.add(((1, a), (1, b)))
    right = g.make("compare", total, g.number(0), attr=">")
    lo, hi = g.make("where", right, b, g.neg(a)), g.make("where", right, a, g.neg(b))
    far = g.make("compare", lo, g.number(NEAR), attr=">")
    fall = g.make("exp", g.neg(g.make("mul", d, g.abs(total))))
    scale = g.make("mills", g.make("maximum", lo, g.number(NEAR)))
    share = g.make("div", g.make("mul", fall, scale), g.make("mills", hi))
    part = g.add(((1, g.make("erf", a)), (-1, g.make("erf", b))))
    used = g.make("where", far, share, g.number(0)), g.make("where", far, g.number(1), part)
    return Scaled(far, right, lo, fall, scale, *used)


def log_of_between(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The log of (erf a - erf b)/2; where that is nearly 1 it is known by what it lacks."""
    a, b, _ = args
    s, two, half = _scaled(g, *args), g.number(2), g.number(Fraction(1, 2))
    tail = g.make("log", g.make("mul", two, s.scale))
    far = g.add(((1, g.make("log1p", g.neg(s.share))), (-1, tail), (-1, g.make("mul", s.lo, s.lo))))
    lacks = g.make("div", g.add(((1, g.make("erfc", a)), (1, g.make("erfc", g.neg(b))))), two)
    most = g.make("log1p", g.neg(g.make("minimum", lacks, half)))
    some = g.make("log", g.make("div", s.part, two))
    near = g.make("where", g.make("compare", lacks, half, attr="<"), most, some)
    return g.make("where", s.far, far, near)


def bell_between(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """e^(-a^2)/(erf a - erf b), or e^(-b^2) over it."""
    a, b, _ = args
    s, one = _scaled(g, *args), g.number(1)
    bell = g.make("where", s.right, s.fall, one) if op.attr else g.make("where", s.right, one, s.fall)
    far = g.make("mul", bell, g.make("div", s.scale, g.add(((1, one), (-1, s.share)))))
    u = a if op.attr else b
    near = g.make("div", g.make("exp", g.neg(g.make("mul", u, u))), s.part)
    return g.make("where", s.far, far, near)
