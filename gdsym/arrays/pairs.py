"""Two terms of a sum that would cancel or overflow, as one: 1 - sigmoid(u), exp(u) - 1, 1 - cos u, sqrt(1 + u) - 1."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, negative
from gdsym.arrays.beyond import with_ierfc, with_mills, with_spread
from gdsym.arrays.chords import less_an_end
from gdsym.arrays.differences import (
    only,
    turned,
    two_angles,
    two_powers,
    two_roots,
    two_sigmoids,
    two_softplus,
    with_power,
)
from gdsym.arrays.ends import with_arctangent, with_error_function
from gdsym.arrays.entropies import entropy_of_sigmoid, less_an_exponent, less_half, less_their_number
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.near import near_one
from gdsym.arrays.near_powers import beside_tangent
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized
from gdsym.arrays.quotients import doubled_sigmoid, halved_tanh
from gdsym.arrays.steep import without_one

Pair = Callable[[Graph, Product, Product, bool], "Product | None"]


def with_exponential(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """Write c exp(v) - c = c expm1(v); 1 + exp(v) is kept as one piece for sigmoid and softplus."""
    value = only(term, "exp")
    if one.powers or value is None:
        return None
    if one.coefficient == -term.coefficient:
        return Product(term.coefficient, {Value(g.make("expm1", value.op.args[0]), value.axes): 1})
    if one.coefficient == term.coefficient and alone:
        return Product(term.coefficient, {Value(g.make("one_plus_exp", value.op.args[0]), value.axes): 1})
    return None


def with_sigmoid(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - sigmoid(u) = sigmoid(-u); 2 sigmoid(u) - 1 = tanh(u/2)."""
    value = only(term, "sigmoid")
    if one.powers or value is None:
        return None
    if one.coefficient == -term.coefficient:
        return Product(one.coefficient, {turned(g, value): 1})
    if one.coefficient * 2 == -term.coefficient:
        return halved_tanh(g, value).times(g, Product(-one.coefficient))
    return None


def _two_squares(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference cosh(u)^2 - sinh(u)^2 is 1; sigmoid(u)^2 - sigmoid(-u)^2 = tanh(u/2)."""
    if first.coefficient != -second.coefficient:
        return None
    wide, narrow = only(first, "cosh", 2), only(second, "sinh", 2)
    if wide is not None and narrow is not None and wide.op.args == narrow.op.args:
        return Product(first.coefficient)
    value = only(first, "sigmoid", 2)
    if value is not None and only(second, "sigmoid", 2) == turned(g, value):
        return halved_tanh(g, value).times(g, Product(first.coefficient))
    return None


def _two_exponentials(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The sum exp(u) + exp(-u) is 2 cosh u, the difference 2 sinh u; exp(u) - exp(3 u) is -exp(u) (exp(2 u) - 1)."""
    value, other = only(first, "exp"), only(second, "exp")
    if value is None or other is None:
        return None
    if first.coefficient == -second.coefficient and value.axes == other.axes:
        u, v = (factors_of(g, Value(e.op.args[0], e.axes)) for e in (value, other))
        a, b = u.coefficient, v.coefficient
        if u.powers == v.powers and a * b > 0 and abs(a) < abs(b):
            more = realized(g, Product(b - a, u.powers))
            return Product(-first.coefficient, {value: 1, Value(g.make("expm1", more.op), more.axes): 1})
        step = exponent_of(g, {Value(other.op.args[0], other.axes): 1, Value(value.op.args[0], value.axes): -1})
        if step is not None and step.op.kind == "number" and step.op.attr > 0:  # exp(u + 1) - exp(u)
            return Product(-first.coefficient, {value: 1, Value(g.make("expm1", step.op)): 1})
    if other != turned(g, value) or value.op.args[0].kind == "neg":
        return None
    if abs(first.coefficient) != abs(second.coefficient):
        return None
    kind = "cosh" if first.coefficient == second.coefficient else "sinh"
    return Product(2 * first.coefficient, {Value(g.make(kind, value.op.args[0]), value.axes): 1})


def _with_tangent(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 + tanh u = 2 sigmoid(2 u); 1 - tanh(u)^2 = 1/cosh(u)^2."""
    value = only(term, "tanh")
    if value is not None and not one.powers and abs(one.coefficient) == abs(term.coefficient):
        sign = 1 if one.coefficient == term.coefficient else -1
        return Product(2 * one.coefficient, {doubled_sigmoid(g, value, sign): 1})
    square = only(term, "tanh", 2)
    if square is not None and not one.powers and one.coefficient == -term.coefficient:
        return Product(one.coefficient, {Value(g.make("sech2", square.op.args[0]), square.axes): 1})
    return None


def _with_quotient(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - 1/(1 + u) = u/(1 + u)."""
    if one.powers or len(term.powers) != 1 or one.coefficient != -term.coefficient:
        return None
    ((value, n),) = term.powers.items()
    rest = without_one(g, value) if n == -1 else None
    return None if rest is None else factors_of(g, rest).times(g, Product(one.coefficient, term.powers))


def _with_abs(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write log cosh u - |u| as log(1 + exp(-2 |u|)) - log 2, tanh u - sign u as -2 sign(u) sigmoid(-2 |u|)."""
    if first.coefficient != -second.coefficient:
        return None
    for kind, other in (("logcosh", "abs"), ("tanh", "sign")):
        value, size = only(first, kind), only(second, other)
        if value is None or size is None or value.axes != size.axes or value.op.args != size.op.args:
            continue
        u = Value(g.abs(value.op.args[0]), value.axes)
        twice = realized(g, Product(Fraction(-2), {u: 1}))
        if kind == "tanh":
            return Product(-2 * first.coefficient, {size: 1, Value(g.make("sigmoid", twice.op), u.axes): 1})
        near = Value(g.make("softplus", twice.op), u.axes)
        far = added(g, [(1, near), (-1, Value(g.make("log", g.number(2))))])
        small = entrywise(g, "compare", u, Value(g.number(1)), attr="<")
        made = entrywise(g, "where", small, added(g, [(1, value), (-1, size)]), far)
        return Product(first.coefficient, {made: 1})
    return None


def _with_log(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """log(1 - exp(-u)) - log u as one logarithm, of 1 at u = 0; so for log(exp(u) - 1) = u + log(1 - exp(-u))."""
    value, whole = only(second, "log"), next(iter(first.powers), None)
    if value is None or whole is None or first.weight != 1 or first.coefficient != -second.coefficient:
        return None
    u = Value(value.op.args[0], value.axes)
    loss = g.found("log1mexp", g.neg(u.op))
    rests = [(1, u)] if loss is not None and whole.op is g.add(((1, u.op), (1, loss))) else []
    if loss is None or whole.axes != u.axes or (not rests and whole.op is not loss):
        return None
    share = realized(g, Product(Fraction(-1), {Value(g.make("expm1", g.neg(u.op)), u.axes): 1, u: -1}))
    near = near_one(g, share)
    if near is None or not rests:
        return near and merged(Product(first.coefficient), near)
    return merged(Product(first.coefficient), product_of(g, added(g, [*rests, (1, realized(g, near))])))


def _with_cosine(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """1 - cos u = 2 sin(u/2)^2; cosh u - 1 = 2 sinh(u/2)^2."""
    for kind, sine, sign in (("cos", "sin", 1), ("cosh", "sinh", -1)):
        value = only(term, kind)
        if value is not None and not one.powers and one.coefficient == -term.coefficient:
            half = realized(g, product_of(g, Value(value.op.args[0], value.axes)).times(g, Product(Fraction(1, 2))))
            return Product(2 * sign * one.coefficient, {Value(g.make(sine, half.op), half.axes): 2})
    return None


def _with_root(g: Graph, one: Product, term: Product, alone: bool) -> Product | None:
    """The difference sqrt(c^2 + u) - c is u/(sqrt(c^2 + u) + c), and sqrt(1 + exp u) - 1 is expm1(softplus(u)/2)."""
    value = only(term, "sqrt")
    if value is None or one.powers or one.coefficient * term.coefficient >= 0:
        return None
    c, inside = -one.coefficient / term.coefficient, value.op.args[0]
    if inside.kind == "one_plus_exp" and c == 1:
        half = g.make("div", g.make("softplus", *inside.args), g.number(2))
        return Product(term.coefficient, {Value(g.make("expm1", half), value.axes): 1})
    rest = without_one(g, Value(value.op.args[0], value.axes), c * c)
    if rest is None:
        return None
    below = added(g, [(1, value), (1, Value(g.number(c)))])
    return Product(term.coefficient).times(g, factors_of(g, rest), Product(powers={below: -1}))


def _with_own_root(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference sqrt(a + u^2) - u is a/(sqrt(a + u^2) + u) for u > 0."""
    for root in (v for p in (first, second) for v in p.powers if v.op.kind == "sqrt" and v.op.args[0].kind == "add"):
        u = merged(second, first.power(-1) if first.coefficient else first, Product(powers={root: 1}))
        inside = root.op.args[0]
        terms = list(zip(inside.attr, inside.args, strict=True))
        value = realized(g, Product(abs(u.coefficient), u.powers))
        square = realized(g, u.power(2))
        if value.axes != root.axes or (1, square.op) not in terms or not u.powers:
            continue
        rest = Value(g.add(tuple(t for t in terms if t != (1, square.op))), root.axes)
        total = added(g, [(1, root), (1, Value(g.abs(value.op), value.axes))])
        far = entrywise(g, "compare", value, Value(g.number(0)), attr="<" if u.coefficient > 0 else ">")
        made = entrywise(g, "where", far, entrywise(g, "div", rest, total), total)
        if rest.op.kind == "number" and rest.op.attr == 1:  # log(u + sqrt(1 + u^2)), which has a name
            signed = value if u.coefficient > 0 else negative(g, value)
            g.logarithms[made] = Value(g.make("asinh", signed.op), signed.axes)
        return merged(first, Product(powers={root: -1}), Product(powers={made: 1}))
    return None


def _cross_entropy(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write a softplus(-u) + (1 - a) softplus(u) = softplus(u) - a u, from log p and log(1 - p)."""
    for plus, down in _kinds(first, "softplus"):
        for minus, up in _kinds(second, "softplus"):
            if plus.axes != minus.axes or g.neg(plus.op.args[0]) is not minus.op.args[0]:
                continue
            share, rest, common = _complement(g, down, up, first.coefficient, second.coefficient)
            if share is not None and rest is not None:
                u = Value(minus.op.args[0], minus.axes)
                inner = _plain(g, product_of(g, minus), product_of(g, u).times(g, share, Product(Fraction(-1))))
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
                inner = _plain(g, share, Product(Fraction(-1), {plus: 1}))
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


def _plain(g: Graph, *terms: Product) -> Value:
    return added(
        g, [(1 if t.coefficient >= 0 else -1, realized(g, Product(abs(t.coefficient), t.powers))) for t in terms]
    )


PAIRS: tuple[Pair, ...] = (
    with_exponential,
    with_sigmoid,
    two_sigmoids,
    two_softplus,
    less_half,
    less_an_exponent,
    less_their_number,
    entropy_of_sigmoid,
    two_angles,
    two_roots,
    _two_squares,
    _two_exponentials,
    two_powers,
    less_an_end,
    _with_tangent,
    with_error_function,
    with_mills,
    with_ierfc,
    with_spread,
    with_arctangent,
    _with_quotient,
    _with_cosine,
    _with_root,
    with_power,
    beside_tangent,
    _cross_entropy,
    _error_of_sigmoid,
    _with_own_root,
    _with_abs,
    _with_log,
)
