"""Forms that keep their accuracy: softplus, sigmoid, log-sum-exp, log1p, expm1, 1 - cos u, sqrt(1 + u) - 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, negative
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, product_of, realized, shifted

Pair = Callable[[Graph, Product, Product, bool], "Product | None"]


def added_stably(g: Graph, terms: Sequence[Product]) -> Value:
    """The sum of the terms, pairs that would cancel or overflow rewritten."""
    terms = _collected(terms)
    for rule in PAIRS:
        terms = _paired(g, terms, rule)
    signed = [(1 if t.coefficient >= 0 else -1, realized(g, _positive(t))) for t in terms]
    return added(g, signed)


def _collected(terms: Sequence[Product]) -> list[Product]:
    """Like terms together: 2 v + 2 v = 4 v."""
    total: dict[frozenset[tuple[Value, int]], Product] = {}
    for t in terms:
        key = frozenset(t.powers.items())
        before = total[key].coefficient if key in total else 0
        total[key] = Product(before + t.coefficient, t.powers)
    kept = [t for t in total.values() if t.coefficient]
    return kept or [Product(Fraction(0))]


def _positive(p: Product) -> Product:
    return Product(abs(p.coefficient), p.powers)


def _paired(g: Graph, terms: list[Product], rule: Pair) -> list[Product]:
    for a, first in enumerate(terms):
        for b, second in enumerate(terms):
            made = rule(g, first, second, len(terms) == 2) if a != b else None
            if made is not None:
                place = min(a, b)
                return [made if p == place else t for p, t in enumerate(terms) if p not in {a, b} - {place}]
    return terms


def _only(p: Product, kind: str) -> Value | None:
    """The v if p is coefficient * v and v is of this kind."""
    if len(p.powers) == 1:
        ((value, n),) = p.powers.items()
        if n == 1 and value.op.kind == kind:
            return value
    return None


def _with_exponential(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """Write c exp(v) - c = c expm1(v); 1 + exp(v) is kept as one piece for sigmoid and softplus."""
    value = _only(term, "exp")
    if one.powers or value is None:
        return None
    if one.coefficient == -term.coefficient:
        return Product(term.coefficient, {Value(g.make("expm1", value.op.args[0]), value.axes): 1})
    if one.coefficient == term.coefficient and alone:
        return Product(term.coefficient, {Value(g.make("one_plus_exp", value.op.args[0]), value.axes): 1})
    return None


def _with_sigmoid(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - sigmoid(u) = sigmoid(-u)."""
    value = _only(term, "sigmoid")
    if one.powers or value is None or one.coefficient != -term.coefficient:
        return None
    return Product(one.coefficient, {Value(g.make("sigmoid", g.neg(value.op.args[0])), value.axes): 1})


def _with_cosine(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - cos u = 2 sin(u/2)^2; cosh u - 1 = 2 sinh(u/2)^2."""
    for kind, sine, sign in (("cos", "sin", 1), ("cosh", "sinh", -1)):
        value = _only(term, kind)
        if value is not None and not one.powers and one.coefficient == -term.coefficient:
            half = realized(g, product_of(g, Value(value.op.args[0], value.axes)).times(g, Product(Fraction(1, 2))))
            return Product(2 * sign * one.coefficient, {Value(g.make(sine, half.op), half.axes): 2})
    return None


def _with_root(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """sqrt(1 + u) - 1 = u/(sqrt(1 + u) + 1)."""
    value = _only(term, "sqrt")
    if value is None or one.powers or one.coefficient != -term.coefficient:
        return None
    rest = without_one(g, Value(value.op.args[0], value.axes))
    if rest is None:
        return None
    below = added(g, [(1, value), (1, Value(g.number(1)))])
    return Product(term.coefficient).times(g, product_of(g, rest), Product(powers={below: -1}))


def without_one(g: Graph, value: Value) -> Value | None:
    """The u if the value is 1 + u."""
    op, flip = (value.op.args[0], -1) if value.op.kind == "neg" else (value.op, 1)
    if op.kind != "add":
        return None
    signs: tuple[int, ...] = op.attr
    terms = [(flip * s, a) for s, a in zip(signs, op.args, strict=True)]
    ones = [p for p, (s, a) in enumerate(terms) if a.kind == "number" and s * a.attr == 1]
    if not ones:
        return None
    return Value(g.add(tuple(t for p, t in enumerate(terms) if p != ones[0])), value.axes)


def _cross_entropy(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write a softplus(-u) + (1 - a) softplus(u) = softplus(u) - a u, from log p and log(1 - p)."""
    for plus, down in _kinds(first, "softplus"):
        for minus, up in _kinds(second, "softplus"):
            if plus.axes != minus.axes or g.neg(plus.op.args[0]) is not minus.op.args[0]:
                continue
            share, rest, common = _complement(g, down, up, first.coefficient, second.coefficient)
            if share is not None and rest is not None:
                u = Value(minus.op.args[0], minus.axes)
                inner = added_stably(g, [product_of(g, minus), product_of(g, u).times(g, share, Product(Fraction(-1)))])
                return rest.times(g, product_of(g, inner), common)
    return None


def _error_of_sigmoid(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write a sigmoid(-u) - (1 - a) sigmoid(u) = a - sigmoid(u), the slope of the cross-entropy."""
    for minus, down in _kinds(first, "sigmoid"):
        for plus, up in _kinds(second, "sigmoid"):
            if plus.axes != minus.axes or g.neg(plus.op.args[0]) is not minus.op.args[0]:
                continue
            share, rest, common = _complement(g, down, up, first.coefficient, -second.coefficient)
            if share is not None and rest is not None:
                inner = added_stably(g, [share, Product(Fraction(-1), {plus: 1})])
                return rest.times(g, product_of(g, inner), common)
    return None


def _kinds(p: Product, kind: str) -> list[tuple[Value, Product]]:
    """(factor, the other factors) for each factor of this kind."""
    hits = [v for v, n in p.powers.items() if v.op.kind == kind and n == 1]
    return [(v, Product(Fraction(1), {w: n for w, n in p.powers.items() if w != v})) for v in hits]


def _complement(
    g: Graph, a: Product, b: Product, c: Fraction, d: Fraction
) -> tuple[Product | None, Product | None, Product]:
    """c*a and d*b as common*rest*(share, 1 - share): the share, the rest, the common coefficient."""
    same = {v: n for v, n in a.powers.items() if b.powers.get(v) == n}
    own_a = Product(Fraction(1), {v: n for v, n in a.powers.items() if v not in same})
    own_b = Product(Fraction(1), {v: n for v, n in b.powers.items() if v not in same})
    share, other = realized(g, own_a), realized(g, own_b)
    for sign in (1, -1):
        turned = other if sign > 0 else negative(g, other)
        left = without_one(g, turned)
        if left is not None and left.axes == share.axes and g.neg(left.op) is share.op and c == sign * d:
            return own_a, Product(Fraction(1), same), Product(c)
    return None, None, Product()


PAIRS: tuple[Pair, ...] = (
    _with_exponential,
    _with_sigmoid,
    _with_cosine,
    _with_root,
    _cross_entropy,
    _error_of_sigmoid,
)


def logarithm(g: Graph, product: Product) -> Product | Value:
    """The log of a product: exponentials, sigmoids and sums of exponentials leave it, the rest stays inside."""
    outside: list[Product] = []
    inside: dict[Value, int] = {}
    for value, n in product.powers.items():
        left = _log_of(g, value)
        if left is None:
            inside[value] = n
        else:
            outside.append(left.times(g, Product(Fraction(n))))
    rest = Product(product.coefficient, inside)
    if inside and rest.coefficient == 1 and all(n < 0 for n in inside.values()):
        outside.append(product_of(g, _plain_log(g, realized(g, rest.power(-1)))).times(g, Product(Fraction(-1))))
    elif inside or rest.coefficient != 1:
        outside.append(product_of(g, _plain_log(g, realized(g, rest))))
    return outside[0] if len(outside) == 1 else added_stably(g, outside) if outside else Value(g.number(0))


def _log_of(g: Graph, value: Value) -> Product | None:
    u = Value(value.op.args[0], value.axes) if value.op.args else value
    if value.op.kind == "exp":
        return product_of(g, u)
    if value.op.kind == "one_plus_exp":
        return Product(powers={Value(g.make("softplus", u.op), u.axes): 1})
    if value.op.kind == "sigmoid":
        return Product(Fraction(-1), {Value(g.make("softplus", g.neg(u.op)), u.axes): 1})
    if value.op.kind == "sum_exp":
        largest, total = shifted(g, value)
        return product_of(g, added(g, [(1, largest), (1, Value(g.make("log", total.op), total.axes))]))
    return None


def _plain_log(g: Graph, value: Value) -> Value:
    """log(1 + u) = log1p(u), log cosh and log gamma without overflow."""
    direct = {"gamma": "lgamma", "cosh": "logcosh"}.get(value.op.kind)
    if direct:
        return Value(g.make(direct, value.op.args[0]), value.axes)
    rest = without_one(g, value)
    return Value(g.make("log", value.op), value.axes) if rest is None else Value(g.make("log1p", rest.op), rest.axes)


def log_sum_exp(g: Graph, terms: Sequence[Product]) -> Value | None:
    """log(exp(a) + exp(b) + 1) = M + log(exp(a-M) + exp(b-M) + exp(-M)), M the largest exponent."""
    exponents = [_exponent(g, t) for t in terms]
    if len(terms) < 2 or not any(t.powers for t in terms):
        return None
    known = [e for e in exponents if e is not None]
    if len(known) < len(terms):
        return None
    largest = known[0]
    for e in known[1:]:
        largest = entrywise(g, "maximum", largest, e)
    parts = [added(g, [(1, e), (-1, largest)]) for e in known]
    scaled = [
        Product(t.coefficient, {Value(g.make("exp", p.op), p.axes): 1}) for t, p in zip(terms, parts, strict=True)
    ]
    total = added(g, [(1, realized(g, s)) for s in scaled])
    return added(g, [(1, largest), (1, Value(g.make("log", total.op), total.axes))])


def _exponent(g: Graph, term: Product) -> Value | None:
    if term.coefficient <= 0:
        return None
    if not term.powers:
        return Value(g.number(0))
    value = _only(term, "exp")
    return None if value is None else Value(value.op.args[0], value.axes)
