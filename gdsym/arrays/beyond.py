"""A normal variable beyond a bound: how far on average, with which variance, also far out where all of it is at the bound.

With m = mills(w) = e^(-w^2)/erfc w, about w sqrt(pi) far out, these are m - sqrt(pi) w (`mills_less`), e^(-w^2)/sqrt(pi) -
w erfc w (`ierfc`: the expected improvement), and 1 - 2/pi m (m - sqrt(pi) w) (`mills_bend`): of order 1/w, 1/w^2, 1/w^2.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added
from gdsym.arrays.ends import square
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, merged, realized, terms_of, without

CLOSE = 1e-15  # two ways to compute one number


def with_mills(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write mills(w) - sqrt(pi) w as one function."""
    for value in [v for v in (*first.powers, *second.powers) if v.op.kind == "mills"]:
        w = Value(value.op.args[0], value.axes)
        weight = merged(first, Product(powers={value: -1}))
        if _ratio(g, second, merged(weight, factors_of(g, w))) == -1:
            return merged(weight, Product(powers={Value(g.make("mills_less", w.op), w.axes): 1}))
    return None


def with_ierfc(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write e^(-w^2) - sqrt(pi) w erfc w as sqrt(pi) times one function."""
    for value in (v for v, n in second.powers.items() if n == 1 and v.op.kind == "erfc"):
        w = Value(value.op.args[0], value.axes)
        bell = _bell(g, w)
        if first.powers.get(bell) == 1:
            weight = without(first, {bell: 1})
            if _ratio(g, without(second, {value: 1}), merged(weight, factors_of(g, w))) == -1:
                pi = Value(g.number(math.pi))
                root = Value(g.make("sqrt", pi.op))
                return merged(weight, Product(powers={Value(g.make("ierfc", w.op), w.axes): 1, root: 1}))
    return None


def with_spread(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """Write 1 - 2/pi m (m - sqrt(pi) w), m = mills(w), as one function; 1 - 2/sqrt(pi) w (m - sqrt(pi) w) is 2/pi (m - sqrt(pi) w)^2 more."""
    value = next((v for v, n in term.powers.items() if n == 1 and v.op.kind == "mills_less"), None)
    if value is None or not one.coefficient:
        return None
    w = Value(value.op.args[0], value.axes)
    bend = Value(g.make("mills_bend", w.op), w.axes)
    share = merged(term, one.power(-1), Product(powers={value: -1}))
    number, rest = _parted(g, merged(share, Product(powers={Value(g.make("mills", w.op), w.axes): -1})))
    if not rest and _same(number, -2 / math.pi):
        return merged(one, Product(powers={bend: 1}))
    number, rest = _parted(g, merged(share, factors_of(g, w).power(-1)))
    if rest or not _same(number, -2 / math.sqrt(math.pi)):
        return None
    square = realized(g, Product(Fraction(2), {value: 2, Value(g.number(math.pi)): -1}))
    return merged(one, Product(powers={added(g, [(1, bend), (1, square)]): 1}))


def with_brackets(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, a bracket among them opened where it holds what mills(w) is beside: (1 + w^2) mills(w) less so much w mills(w)^2."""
    if not any(v.op.kind == "mills" for t in terms for v in t.powers):
        return terms
    for one, other in permutations(terms, 2):
        for bracket in (v for v, n in other.powers.items() if n == 1 and v.op.kind == "add"):
            rest = without(other, {bracket: 1})
            parts = [merged(rest, t) for t in terms_of(g, bracket)]
            for at, part in enumerate(parts):
                made = with_mills(g, one, part, False)
                if made is not None:
                    kept = [t for t in terms if t is not one and t is not other]
                    return with_brackets(g, [made, *parts[:at], *parts[at + 1 :], *kept])
    return terms


def over_ierfc(g: Graph, p: Product) -> Product:
    """Write ierfc w over erfc w or e^(-w^2), and what is over ierfc w, by mills: all of them are 0 far out."""
    for value, k in [(v, n) for v, n in p.powers.items() if v.op.kind == "ierfc"]:
        w = Value(value.op.args[0], value.axes)
        sign = 1 if k > 0 else -1
        for other, power in ((Value(g.make("erfc", w.op), w.axes), 0), (_bell(g, w), 1)):
            n = min(sign * p.powers.get(value, 0), -sign * p.powers.get(other, 0))
            if n > 0:
                root = Value(g.make("sqrt", g.number(math.pi)))
                less, own = (Value(g.make(kind, w.op), w.axes) for kind in ("mills_less", "mills"))
                by = {value: -n, other: n, root: -n, less: n, own: -n * power}
                p = merged(p, Product(powers={v: sign * m for v, m in by.items()}))
    return p


def _bell(g: Graph, w: Value) -> Value:
    z = realized(g, square(g, w).times(g, Product(Fraction(-1))))
    return Value(g.make("exp", z.op), z.axes)


def _ratio(g: Graph, up: Product, down: Product) -> int | None:
    """1 or -1, if up is so many times sqrt(pi) down."""
    number, rest = _parted(g, merged(up, down.power(-1)))
    found = next((k for k in (1, -1) if _same(number, k * math.sqrt(math.pi))), None)
    return None if rest else found


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * abs(other)


def _parted(g: Graph, p: Product) -> tuple[float, bool]:
    """The product of its numbers, and whether there is anything else."""
    number, other = float(p.coefficient), False
    for value, n in p.powers.items():
        known = _number(value.op)
        number, other = (number, True) if known is None else (number * known**n, other)
    return number, other


def _number(op: Op) -> float | None:
    """The value of a positive constant."""
    if op.kind == "number":
        return float(op.attr) if op.attr > 0 else None
    args = [_number(a) for a in op.args] if op.kind in ("sqrt", "mul", "div") else []
    known = [a for a in args if a is not None]
    if not known or len(known) < len(args):
        return None
    if op.kind == "sqrt":
        return math.sqrt(known[0])
    return math.prod(known) if op.kind == "mul" else known[0] / known[1]


def _far(g: Graph, w: Op) -> tuple[Op, Op]:
    """Whether w > 0, and w within what the kernels are for."""
    return g.make("compare", w, g.number(0), attr=">"), g.make("maximum", w, g.number(0))


def mills_less(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The difference mills(w) - sqrt(pi) w: mills(w) times what 1 is more than sqrt(pi) w/mills(w)."""
    (w,) = args
    far, right = _far(g, w)
    own = g.make("mills", w)
    plain = g.add(((1, own), (-1, g.make("mul", g.make("sqrt", g.number(math.pi)), w))))
    return g.make("where", far, g.make("mul", own, g.make("mills_loss", right)), plain)


def ierfc(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The integral of erfc from w on, e^(-w^2)/sqrt(pi) - w erfc w."""
    (w,) = args
    far, right = _far(g, w)
    bell, plain = _plain_ierfc(g, w)
    return g.make("where", far, g.make("mul", bell, g.make("mills_loss", right)), plain)


def _plain_ierfc(g: Graph, w: Op) -> tuple[Op, Op]:
    """Its first term, and both."""
    bell = g.make("div", g.make("exp", g.neg(g.make("mul", w, w))), g.make("sqrt", g.number(math.pi)))
    return bell, g.add(((1, bell), (-1, g.make("mul", w, g.make("erfc", w)))))


def log_ierfc(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The logarithm of ierfc: the exponential leaves it where w > 0."""
    (w,) = args
    far, right = _far(g, w)
    scale = g.make("div", g.make("mills_loss", right), g.make("sqrt", g.number(math.pi)))
    tail = g.add(((1, g.make("log", scale)), (-1, g.make("mul", w, w))))
    return g.make("where", far, tail, g.make("log", _plain_ierfc(g, w)[1]))


def mills_bend(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The variance 1 - 2/pi mills(w) (mills(w) - sqrt(pi) w) beyond a bound, as a share of what it was."""
    (w,) = args
    far, right = _far(g, w)
    own = g.make("mills", w)
    less = g.add(((1, own), (-1, g.make("mul", g.make("sqrt", g.number(math.pi)), w))))
    lost = g.make("mul", g.number(2 / math.pi), g.make("mul", own, less))
    return g.make("where", far, g.make("mills_spread", right), g.add(((1, g.number(1)), (-1, lost))))
