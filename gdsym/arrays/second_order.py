"""Slopes of likelihoods for many degrees of freedom: digamma of two places and logarithms of which nothing is left but the second order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations
from random import Random

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.excess import opened
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, merged, realized, without

PRIME, PLACES = 2**61 - 1, 3  # a formula that is 0 at so many places of this field is 0
PLAIN = ("number", "add", "neg", "mul", "div", "expand", "transpose")
Distance = Callable[[Graph, Value, Value], "Value | None"]


def of_second_order(g: Graph, terms: Sequence[Product], distance: Distance) -> list[Product]:
    """The terms, c (digamma u - digamma v) + c log x + R, where R is c (1 - x u/v), as c (log(1 + r) - r) with r = R/-c, and what digamma is more than the logarithm.

    None of these is a difference of large terms: at u it is of the order 1/u^2, as the whole is.
    """
    digammas = [t for t in terms if _only(t, "polygamma") is not None]
    for up, down in permutations(digammas, 2):
        first, second = _only(up, "polygamma"), _only(down, "polygamma")
        assert first is not None and second is not None
        weight = without(up, {first: 1})
        if weight.coefficient < 0 or without(down, {second: 1}) != merged(weight, Product(Fraction(-1))):
            continue
        u, v = (unaligned(f.op.args[0], f.axes) for f in (first, second))
        d = distance(g, u, v)
        others = [part for t in terms if t not in (up, down) for part in _without_series(g, t)]
        found = None if d is None else _joined(g, weight, (u, v), others)
        if d is not None and found is not None:
            rest = entrywise(g, "digamma_rest", v, u, d)
            return [*found, merged(weight, Product(powers={rest: 1}))]
    return list(terms)


def _without_series(g: Graph, term: Product) -> list[Product]:
    """The terms of a sum with a logarithm, which has become a series, as they stood."""
    for series in (v for v, n in term.powers.items() if v.op.kind in ("near", "log_excess") and n == 1):
        inside = factors_of(g, _far(g, series))
        parts = opened(g, merged(without(term, {series: 1}), inside))
        if any(_only(t, "log") or _only(t, "log1p") for t in parts):
            return parts
    return [term]


def _far(g: Graph, series: Value) -> Value:
    """What a series is where it is none."""
    if series.op.kind == "near":
        return Value(series.op.args[1], series.axes)
    r, x = (unaligned(a, series.axes) for a in series.op.args)
    return added(g, [(1, r), (-1, Value(g.make("log", x.op), x.axes))])


def _only(term: Product, kind: str) -> Value | None:
    """The one factor of this kind."""
    found = [v for v, n in term.powers.items() if v.op.kind == kind and n == 1 and not v.op.attr]
    return found[0] if len(found) == 1 else None


def _joined(g: Graph, weight: Product, places: tuple[Value, Value], terms: list[Product]) -> list[Product] | None:
    """The log of x u/v and R as one; None if they are not so."""
    x = Product(powers={places[0]: 1, places[1]: -1})
    ratio = realized(g, x)
    size = Value(g.abs(ratio.op), ratio.axes)
    logs, others = [Product(powers={Value(g.make("log", size.op), size.axes): 1})], []
    for term in terms:
        log = _only(term, "log") or _only(term, "log1p")
        sign = merged(without(term, {log: 1}), weight.power(-1)) if log else None
        if log is None or sign is None or sign.powers or abs(sign.coefficient) != 1:
            others.append(term)
        else:
            logs.append(Product(sign.coefficient, {log: 1}))
            x = merged(x, _inside(g, log).power(int(sign.coefficient)))
    if len(others) == len(terms) or not others:
        return None
    for turn in (1, -1):
        r = [merged(Product(Fraction(-turn)), t, weight.power(-1)) for t in others]
        if is_less_one(r, x.power(turn)):
            step = _plain(g, r)
            far = _plain(g, [Product(powers={step: 1}), *(merged(Product(Fraction(-turn)), t) for t in logs)])
            made = Product(powers={_excess(g, step, far): 1})
            return [merged(Product(Fraction(-turn)), weight, made)]
    return None


def _inside(g: Graph, log: Value) -> Product:
    u = unaligned(log.op.args[0], log.axes)
    return (
        factors_of(g, u) if log.op.kind == "log" else Product(powers={added(g, [(1, u), (1, Value(g.number(1)))]): 1})
    )


def _plain(g: Graph, terms: Sequence[Product]) -> Value:
    return added(
        g, [(1 if t.coefficient > 0 else -1, realized(g, Product(abs(t.coefficient), t.powers))) for t in terms]
    )


def _excess(g: Graph, r: Value, far: Value) -> Value:
    """The difference r - log(1 + r), which is `far` where r is not small: r s - 2 (s^3/3 + s^5/5 + ...) with s = r/(2 + r)."""
    s = g.make("div", r.op, g.add(((1, g.number(2)), (1, r.op))))
    square, total = g.make("mul", s, s), g.number(Fraction(2, 11))
    for k in (9, 7, 5, 3):
        total = g.add(((1, g.number(Fraction(2, k))), (1, g.make("mul", square, total))))
    near = g.make("mul", s, g.add(((1, r.op), (-1, g.make("mul", square, total)))))
    small = g.make("compare", g.abs(r.op), g.number(Fraction(1, 16)), attr="<")
    return entrywise(g, "where", Value(small, r.axes), Value(near, r.axes), far)


def is_less_one(terms: Sequence[Product], x: Product) -> bool:
    """Is the sum of the terms x - 1, whatever the letters are?"""
    random = Random(7)
    for _ in range(PLACES):
        known: dict[Op, int] = {}
        try:
            total = sum(_at(t, known, random) for t in terms) + 1
            if (total - _at(x, known, random)) % PRIME:
                return False
        except ValueError:  # 0 below
            return False
    return True


def _at(product: Product, known: dict[Op, int], random: Random) -> int:
    total = product.coefficient.numerator * pow(product.coefficient.denominator, -1, PRIME)
    for value, n in product.powers.items():
        total = total * pow(_number(value.op, known, random), n, PRIME) % PRIME
    return total


def _number(op: Op, known: dict[Op, int], random: Random) -> int:
    """The value at a random place; what is no fraction is a letter of its own."""
    if op not in known:
        known[op] = (
            _computed(op, [_number(a, known, random) for a in op.args]) if _is_plain(op) else random.randrange(1, PRIME)
        )
    return known[op]


def _is_plain(op: Op) -> bool:
    return op.kind in PLAIN and (op.kind != "number" or isinstance(op.attr, (int, Fraction)))


def _computed(op: Op, args: Sequence[int]) -> int:
    if op.kind == "number":
        number = Fraction(op.attr)
        return number.numerator * pow(number.denominator, -1, PRIME) % PRIME
    if op.kind == "add":
        return sum(sign * a for sign, a in zip(op.attr, args, strict=True)) % PRIME
    if op.kind == "mul":
        total = 1
        for a in args:
            total = total * a % PRIME
        return total
    if op.kind == "div":
        return args[0] * pow(args[1], -1, PRIME) % PRIME
    return -args[0] % PRIME if op.kind == "neg" else args[0]
