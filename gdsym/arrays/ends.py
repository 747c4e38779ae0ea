"""Distribution functions at their ends: 1 - erf u, its logarithm and e^(-u^2) over it, 1/2 - atan(u)/pi.

Far out erfc u is below the floats; `mills`, e^(-u^2)/erfc u, is about u sqrt pi there and has a polynomial of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, negative, unaligned
from gdsym.arrays.graph import DATA, Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, merged, realized


def with_error_function(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - erf u = erfc u, 1 + erf u = erfc(-u), and 2 - erfc u = erfc(-u)."""
    ((value, n),) = term.powers.items() if len(term.powers) == 1 else ((None, 0),)
    if (
        value is not None
        and n == 1
        and value.op.kind == "erfc"
        and one.weight == 0
        and one.coefficient == -2 * term.coefficient
    ):
        return Product(-term.coefficient, {Value(g.make("erfc", g.neg(value.op.args[0])), value.axes): 1})
    if value is None or n != 1 or value.op.kind != "erf" or one.powers or abs(one.coefficient) != abs(term.coefficient):
        return None
    u = value.op.args[0]
    turned = u if one.coefficient == -term.coefficient else g.neg(u)
    return Product(one.coefficient, {Value(g.make("erfc", turned), value.axes): 1})


def with_arctangent(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """Write pi/2 - atan u, or any multiple of it, as the angle of (u, 1)."""
    value = next((v for v, n in term.powers.items() if v.op.kind == "atan" and n == 1), None)
    pi = Value(g.number(math.pi))
    ratio = merged(term, one.power(-1)) if value is not None and one.coefficient else Product()
    if value is None or ratio.powers != {value: 1, pi: -1} or abs(ratio.coefficient) != 2:
        return None
    u = Value(value.op.args[0], value.axes)
    turned = u if ratio.coefficient < 0 else negative(g, u)
    angle = entrywise(g, "atan2", Value(g.number(1)), turned)
    return merged(one, Product(Fraction(2), {angle: 1, pi: -1}))


def log_of_angle(g: Graph, product: Product) -> Value | None:
    """The log of c times the angle of (u, 1) as log(c pi) + log1p(-other angle/pi) for u < 0, where it is nearly pi."""
    if product.coefficient <= 0 or sorted(product.powers.values()) not in ([1], [-1, 1]):
        return None
    angle = next((v for v, n in product.powers.items() if n == 1 and v.op.kind == "atan2"), None)
    if angle is None or any(v.op.kind != "number" for v in product.powers if v != angle):
        return None
    one, u = (unaligned(a, angle.axes) for a in angle.op.args)
    if one.op is not g.number(1):
        return None
    other = entrywise(g, "atan2", one, negative(g, u))
    pi = Value(g.number(math.pi))
    loss = realized(g, Product(Fraction(-1), {other: 1, pi: -1}))
    near = Value(g.make("log1p", loss.op), loss.axes)
    whole = merged(product, Product(powers={angle: -1, pi: 1}))
    if whole.powers or whole.coefficient != 1:
        near = added(g, [(1, near), (1, Value(g.make("log", realized(g, whole).op)))])
    size = realized(g, product)
    low = entrywise(g, "compare", u, Value(g.number(0)), attr="<")
    return entrywise(g, "where", low, near, Value(g.make("log", size.op), size.axes))


def over_error_function(g: Graph, p: Product) -> Product:
    """Write exp(-u^2)/erfc(u), or its inverse, as one function, which is about u sqrt pi where both are 0."""
    for value, n in [(v, n) for v, n in p.powers.items() if v.op.kind == "erfc"]:
        u = Value(value.op.args[0], value.axes)
        own = Value(g.make("mills", u.op), u.axes)
        for k in range(abs(n), 0, -1):  # exp(-2 u^2) over erfc(u)^2
            z = realized(g, square(g, u).times(g, Product(Fraction(-k if n < 0 else k))))
            many = Value(g.make("exp", z.op), z.axes)
            if p.powers.get(many, 0) > 0 and (k > 1 or n > 0):
                sign = 1 if n < 0 else -1
                return merged(p, Product(powers={value: sign * k, many: -1, own: sign * k}))
        if n > 0:
            continue
        bell = Value(g.make("exp", z.op), z.axes)
        other = Value(g.make("erfc", g.neg(u.op)), u.axes)
        if p.powers.get(bell, 0) < 1:
            continue
        if p.powers.get(other, 0) < 0:  # the one of the two that is small
            size = g.abs(u.op)
            below = Product(powers={value: 1, other: 1, Value(g.make("erfc", g.neg(size)), u.axes): -1})
            u = Value(size, u.axes)
        else:
            below = Product(powers={value: 1})
        return merged(p, below, Product(powers={bell: -1, Value(g.make("mills", u.op), u.axes): 1}))
    return p


def residual_of_erfc(g: Graph, terms: Sequence[Product]) -> Product | None:
    """The residual erfc(u) - 2 y of data that may be 1, below 0 as 2 (1 - y) - erfc(-u): what is left of 2 - 2 is not lost."""
    if len(terms) != 2 or any(t.weight != 1 for t in terms):
        return None
    (one, other), (v, w) = terms, (next(iter(t.powers)) for t in terms)
    if w.op.kind == "erfc":
        one, other, v, w = other, one, w, v
    if v.op.kind != "erfc" or w.op.needs != DATA or other.coefficient != -2 * one.coefficient:
        return None
    u = Value(v.op.args[0], v.axes)
    two = Value(g.number(2))
    rest = entrywise(g, "mul", two, added(g, [(1, Value(g.number(1))), (-1, w)]))
    low = added(g, [(1, rest), (-1, Value(g.make("erfc", g.neg(u.op)), u.axes))])
    high = added(g, [(1, v), (-1, entrywise(g, "mul", two, w))])
    both = entrywise(g, "where", entrywise(g, "compare", u, Value(g.number(0)), attr=">"), high, low)
    return Product(one.coefficient, {both: 1})


def loss_and_share(g: Graph, terms: Sequence[Product]) -> Product | None:
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


def square(g: Graph, u: Value) -> Product:
    """The square u^2, with sqrt(2)^2 as the number 2."""
    square = factors_of(g, u).power(2).times(g)
    numbers = {v: k for v, k in square.powers.items() if v.op.kind == "number" and isinstance(v.op.attr, int)}
    known = [Product(Fraction(v.op.attr) ** k, {v: -k}) for v, k in numbers.items()]
    return merged(square, *known)


def log_of_share(g: Graph, product: Product) -> Value | None:
    """The log of c erfc u as log(erfc(u)/2) + log(2 c): the first is nearly 0 where erfc u is nearly 2, or of 1 - erf u near 0."""
    ((value, n),) = product.powers.items() if len(product.powers) == 1 else ((None, 0),)
    if value is None or n != 1 or value.op.kind != "erfc" or product.coefficient <= 0:
        return None
    terms = [(1, Value(g.make("log_erfc", value.op.args[0]), value.axes))]
    if product.coefficient != Fraction(1, 2):
        terms.append((1, Value(g.make("log", g.number(2 * product.coefficient)))))
    if product.coefficient == 1:
        u = Value(value.op.args[0], value.axes)
        size = Value(g.abs(u.op), u.axes)
        small = entrywise(g, "compare", size, Value(g.number(Fraction(1, 2))), attr="<")
        near = Value(g.make("log1p", g.neg(g.make("erf", u.op))), u.axes)
        return entrywise(g, "where", small, near, added(g, terms))
    return added(g, terms)


def log_of_erfc(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The log of erfc(u)/2: log(1 - erfc(-u)/2) below 0, else -u^2 - log(2 e^(-u^2)/erfc u)."""
    (u,) = args
    right = g.make("mills", g.make("maximum", u, g.number(0)))
    tail = g.neg(g.add(((1, g.make("mul", u, u)), (1, g.make("log", g.make("mul", g.number(2), right))))))
    wide = g.make("log1p", g.neg(g.make("div", g.make("erfc", g.abs(u)), g.number(2))))
    return g.make("where", g.make("compare", u, g.number(0), attr="<"), wide, tail)
