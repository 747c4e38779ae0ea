"""Differences of one function at two places that may be near: softplus, sigmoid, tanh, atan, sqrt, and a power near that of 1."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from sys import float_info

from gdsym.arrays.align import added, entrywise, negative, unaligned
from gdsym.arrays.exponents import exponent_of, opposed, shares_a_term
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.near_powers import power_less_one
from gdsym.arrays.norms import squared
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized
from gdsym.arrays.quotients import doubled_sigmoid, halved_tanh
from gdsym.arrays.steep import is_at_least_0, is_steep_power, log_of_base, noted, without_one

SUMS = ("sum", "einsum", "matmul", "vdot", "mul")  # what is a length under a root, or may be one
HIGHEST = 4  # power of a bracket that is written as a sum of lower ones


def only(p: Product, kind: str, power: int = 1) -> Value | None:
    """The v if p is coefficient * v^power and v is of this kind."""
    if len(p.powers) == 1:
        ((value, n),) = p.powers.items()
        if n == power and value.op.kind == kind:
            return value
    return None


def turned(g: Graph, value: Value) -> Value:
    """The same function of -u."""
    return _at(g, value.op.kind, negative(g, _inner(value)))


def two_sigmoids(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference of p = sigmoid(u) and q = sigmoid(v) is tanh((u - v)/2) (p (1 - q) + q (1 - p)); so for tanh.

    It is p (1 - q) (1 - exp(v - u)) where u and v have a term in common and u is the larger one: exp(v - u) could be
    infinite. It is tanh(u/2) if v is -u.
    """
    for kind in ("sigmoid", "tanh"):
        up, down = only(first, kind), only(second, kind)
        if up is None or down is None or first.coefficient != -second.coefficient or up.axes != down.axes:
            continue
        if kind == "sigmoid" and down == turned(g, up):
            return halved_tanh(g, up).times(g, Product(first.coefficient))
        u, v = _inner(up), _inner(down)
        if kind == "sigmoid" and shares_a_term(v, u) and is_at_least_0(g, _difference(g, u, v)):
            loss = _at(g, "expm1", _difference(g, v, u))
            return Product(-first.coefficient, {up: 1, turned(g, down): 1, loss: 1})
        if opposed(g, u, v):
            continue
        d = _difference(g, u, v)
        if kind == "tanh":
            return _of_shares(g, doubled_sigmoid(g, up, 1), doubled_sigmoid(g, down, 1), _at(g, "tanh", d)).times(
                g, Product(2 * first.coefficient)
            )
        return _of_shares(g, up, down, _at(g, "sigmoid", d)).times(g, Product(first.coefficient))
    return None


def two_roots(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference sqrt(u) - sqrt(v) is (u - v)/(sqrt(u) + sqrt(v)), 0 where both are 0; lengths, roots of squares, stay."""
    up, down = only(first, "sqrt"), only(second, "sqrt")
    if up is None or down is None or first.coefficient != -second.coefficient or up.axes != down.axes:
        return None
    u, v = _inner(up), _inner(down)
    if any(op.kind in SUMS or any(True for a in op.args for _ in squared(a)) for op in (u.op, v.op)):
        return None
    total = entrywise(g, "maximum", added(g, [(1, up), (1, down)]), Value(g.number(float_info.min)))
    return Product(first.coefficient, {entrywise(g, "div", _difference(g, u, v), total): 1})


def _of_shares(g: Graph, p: Value, q: Value, angle: Value) -> Product:
    """The tanh of half the difference times p (1 - q) + q (1 - p), which is made of positive terms."""
    terms = [Product(powers={p: 1, turned(g, q): 1}), Product(powers={q: 1, turned(g, p): 1})]
    total = noted(g, added(g, [(1, realized(g, t)) for t in terms]), frozenset(), terms)
    front = halved_tanh(g, angle) if angle.op.kind == "sigmoid" else product_of(g, angle)
    return front.times(g, Product(powers={total: 1}))


def two_softplus(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference softplus(u) - softplus(v) is log(1 + sigmoid(v) (exp(u - v) - 1)) where u - v is small; u, if v is -u."""
    up, down = only(first, "softplus"), only(second, "softplus")
    if up is None or down is None or first.coefficient != -second.coefficient or up.axes != down.axes:
        return None
    found = _of_softplus(g, up, down)
    return None if found is None else found.times(g, Product(first.coefficient))


def _of_softplus(g: Graph, up: Value, down: Value) -> Product | None:
    if down == turned(g, up):
        return product_of(g, _inner(up))
    d = _difference(g, _inner(up), _inner(down))
    if d.op.kind == "number":
        return None
    share = _at(g, "sigmoid", _inner(down))
    near = _at(g, "log1p", entrywise(g, "mul", share, _at(g, "expm1", d)))
    small = entrywise(g, "compare", Value(g.abs(d.op), d.axes), Value(g.number(1)), attr="<")
    return Product(powers={entrywise(g, "where", small, near, added(g, [(1, up), (-1, down)])): 1})


def with_divergences(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, softplus(v) - softplus(u) + (u - v) sigmoid(u) among them as p log(p/q) + (1 - p) log((1 - p)/(1 - q)) with p and q the sigmoids."""
    for first, second in permutations(terms, 2):
        plus, minus = ([v for v in t.powers if v.op.kind == "softplus"] for t in (first, second))
        if len(plus) != 1 or len(minus) != 1:
            continue
        weight = merged(first, Product(powers={plus[0]: -1}))
        if merged(second, Product(Fraction(-1), {minus[0]: -1})) != weight:
            continue
        u, v = _inner(minus[0]), _inner(plus[0])
        share = _at(g, "sigmoid", u)
        front = merged(weight, Product(powers={share: 1}))
        steps = [merged(front, factors_of(g, _difference(g, u, v)))]
        parts = [merged(front, factors_of(g, u)), merged(front, Product(Fraction(-1)), factors_of(g, v))]
        beside = next((found for found in (steps, parts) if all(t in terms for t in found)), None)
        ends = _of_softplus(g, turned(g, plus[0]), turned(g, minus[0])), _of_softplus(g, plus[0], minus[0])
        if beside is not None and ends[0] is not None and ends[1] is not None:
            rest = merged(weight, Product(powers={turned(g, share): 1}))
            made = [merged(front, ends[0]), merged(rest, ends[1])]
            return with_divergences(g, [*(t for t in terms if t not in (first, second, *beside)), *made])
    return terms


def two_angles(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference atan(u) - atan(v) is the angle of (u - v, 1 + u v)."""
    up, down = only(first, "atan"), only(second, "atan")
    if up is None or down is None or first.coefficient != -second.coefficient or up.axes != down.axes:
        return None
    u, v = _inner(up), _inner(down)
    along = added(g, [(1, Value(g.number(1))), (1, entrywise(g, "mul", u, v))])
    return Product(first.coefficient, {entrywise(g, "atan2", _difference(g, u, v), along): 1})


def two_powers(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference a^c - b^c, for a c that moves, is the larger one times (1 - e^-|d|) sign d, with d = c (log a - log b): all of it is nearly 0 where c is."""
    up, down = only(first, "pow"), only(second, "pow")
    if up is None or down is None or first.coefficient != -second.coefficient or not is_steep_power(up.op):
        return None
    (a, c), (b, other) = ([unaligned(arg, v.axes) for arg in v.op.args] for v in (up, down))
    if c != other or up.axes != down.axes:
        return None
    u, v = (realized(g, factors_of(g, c).times(g, Product(powers={log_of_base(g, base): 1}))) for base in (a, b))
    d = added(g, [(1, u), (-1, v)])
    loss = _at(g, "expm1", Value(g.neg(g.abs(d.op)), d.axes))
    larger = _at(g, "exp", entrywise(g, "maximum", u, v))
    return Product(-first.coefficient, {larger: 1, loss: 1, _at(g, "sign", d): 1})


def with_power(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """The difference (1 + r)^p - 1 is expm1(p log1p(r)) for r >= 0, or for a p that moves; for a whole p it is r (1 + (1 + r) + ... + (1 + r)^(p - 1))."""
    if one.powers or not term.powers or one.coefficient != -term.coefficient:
        return None
    if len(term.powers) > 1:
        moving = [v for v, n in term.powers.items() if v.op.kind == "pow" and n == 1]
        whole = len(moving) == len(term.powers)
        return Product(term.coefficient, {power_less_one(g, moving): 1}) if whole else None
    ((value, n),) = term.powers.items()
    if value.op.kind == "add" and 1 < n <= HIGHEST:
        rest = without_one(g, value)
        if rest is None or rest.op.kind == "add":
            return None
        total = Value(g.number(1))
        for _ in range(n - 1):
            total = added(
                g, [(1, Value(g.number(1))), (1, realized(g, product_of(g, value).times(g, factors_of(g, total))))]
            )
        return merged(Product(term.coefficient), factors_of(g, rest)).times(g, product_of(g, total))
    if value.op.kind != "pow":
        return None
    base, exponent = (unaligned(a, value.axes) for a in value.op.args)
    rest = without_one(g, base)
    if not is_steep_power(value.op) and (rest is None or not is_at_least_0(g, rest)):
        return Product(term.coefficient, {power_less_one(g, [value]): 1}) if n == 1 else None
    log = log_of_base(g, base)
    z = realized(g, factors_of(g, exponent).times(g, Product(Fraction(n), {log: 1})))
    return Product(term.coefficient, {_at(g, "expm1", z): 1})


def _difference(g: Graph, u: Value, v: Value) -> Value:
    """The difference u - v without the terms that they have in common."""
    return exponent_of(g, {u: 1, v: -1}) or Value(g.number(0))


def _inner(value: Value) -> Value:
    return Value(value.op.args[0], value.axes)


def _at(g: Graph, kind: str, u: Value) -> Value:
    return Value(g.make(kind, u.op), u.axes)
