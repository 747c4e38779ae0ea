"""Quotients that would overflow or cancel, in another form: the rules by which every product is rewritten.

1/(1 + exp(v)) is the sigmoid of -v; sinh u/cosh u is tanh u; exp(v)/sum exp(z) is exp(v - max z)/sum exp(z - max z).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added
from gdsym.arrays.balance import balanced, fallen, met
from gdsym.arrays.between import over_between
from gdsym.arrays.beyond import over_ierfc
from gdsym.arrays.chords import over_gaps
from gdsym.arrays.ends import over_error_function
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Op, Value, number_and_rest
from gdsym.arrays.means import exponentials_of
from gdsym.arrays.near import over_square
from gdsym.arrays.product import APART, Product, factors_of, merged, product_of, realized
from gdsym.arrays.special_calls import by_parts
from gdsym.arrays.steep import noted, two_exponentials, without_one


def moved(p: Product, *changes: tuple[Value, int], factor: Fraction | int = 1) -> Product:
    """The product with some powers changed, times a number."""
    powers = dict(p.powers)
    for value, n in changes:
        powers[value] = powers.get(value, 0) + n
    return Product(p.coefficient * factor, {v: n for v, n in powers.items() if n})


def made(g: Graph, kind: str, u: Op, like: Value, *others: Op) -> Value:
    return Value(g.make(kind, u, *others), like.axes)


def _sigmoids(g: Graph, p: Product) -> Product:
    """1/(1 + exp(v)) = sigmoid(-v)."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "one_plus_exp" and n < 0:
            p = moved(p, (value, -n), (made(g, "sigmoid", g.neg(value.op.args[0]), value), -n))
    return p


def _two_shares(g: Graph, p: Product) -> Product:
    """e^u/(e^u + e^v) = sigmoid(u - v)."""
    for value, n in list(p.powers.items()):
        terms = exponentials_of(g, value) if n < 0 and value.op.kind == "add" else []
        exponents = [z for c, z in terms if c == 1 and z is not None]
        if len(terms) == len(exponents) == 2 and exponents[0].axes == exponents[1].axes:
            for u, v in (exponents, exponents[::-1]):
                own = made(g, "exp", u.op, u)
                k = min(-p.powers.get(value, 0), p.powers.get(own, 0))
                d = exponent_of(g, {u: 1, v: -1}) if k > 0 else None
                if d is not None:
                    p = moved(p, (value, k), (own, -k), (made(g, "sigmoid", d.op, d), k))
    return p


def _cancelled(g: Graph, p: Product) -> Product:
    """(1 + exp(-u)) s(u) = 1, (1 + exp(u)) s(u) = s(u)/s(-u) = exp(u) and exp(u) exp(-u) = 1."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "sigmoid" and n > 0:
            p = _instead(g, p, value, made(g, "sigmoid", g.neg(value.op.args[0]), value), -1)
        if value.op.kind == "one_plus_exp" and n > 0:
            p = _instead(g, p, value, made(g, "sigmoid", value.op.args[0], value), 1)
    inverses = {"one_plus_exp": "sigmoid", "exp": "exp"}
    for value, n in list(p.powers.items()):
        if value.op.kind in inverses and n > 0:
            inverse = made(g, inverses[value.op.kind], g.neg(value.op.args[0]), value)
            k = min(p.powers.get(value, 0), p.powers.get(inverse, 0))
            p = moved(p, (value, -k), (inverse, -k)) if k > 0 else p
    return p


def _instead(g: Graph, p: Product, value: Value, other: Value, sign: int) -> Product:
    """exp(u) for a function of u times another one, or over it."""
    k = min(p.powers.get(value, 0), sign * p.powers.get(other, 0))
    return moved(p, (value, -k), (other, -sign * k), (made(g, "exp", value.op.args[0], value), k)) if k > 0 else p


def _exponential_times_sigmoid(g: Graph, p: Product) -> Product:
    """exp(-k u) sigmoid(u)^k = sigmoid(-u)^k."""
    for value, n in list(p.powers.items()):
        if value.op.kind != "sigmoid" or n <= 0:
            continue
        turned = g.neg(value.op.args[0])
        for k in range(n, 0, -1):
            u = Value(turned, value.axes)
            many = u.op if k == 1 else realized(g, product_of(g, u).times(g, Product(Fraction(k)))).op
            exponential = made(g, "exp", many, value)
            times = min(n // k, p.powers.get(exponential, 0))
            if times > 0:
                p = moved(p, (value, -k * times), (exponential, -times), (made(g, "sigmoid", turned, value), k * times))
                break
    return p


def _sigmoid_powers(g: Graph, p: Product) -> Product:
    """exp(-(c + 1) softplus(u)) exp(u) = exp(-c softplus(u)) sigmoid(u), the slope of a power of a sigmoid."""
    steep = [v for v, n in p.powers.items() if n == 1 and v.op.kind == "exp"]
    for one, other in permutations(steep, 2) if len(steep) > 1 else ():
        plus = Value(g.make("softplus", one.op.args[0]), one.axes)
        z = factors_of(g, Value(other.op.args[0], other.axes))
        rest = moved(z, (plus, -1), factor=-1) if z.powers.get(plus) == 1 and z.weight == 2 else None
        less = None if rest is None else without_one(g, realized(g, rest))
        if less is not None:
            power = realized(g, Product(Fraction(-1), {plus: 1}).times(g, factors_of(g, less)))
            share = made(g, "sigmoid", one.op.args[0], one)
            return moved(p, (one, -1), (other, -1), (made(g, "exp", power.op, power), 1), (share, 1))
    return p


def _tangents(g: Graph, p: Product) -> Product:
    """Sinh u/cosh u = tanh u; (e^v - 1)/(e^v + 1) = tanh(v/2)."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "sinh":
            other, side = made(g, "cosh", value.op.args[0], value), 1 if n > 0 else -1
            k = side * min(abs(n), -side * p.powers.get(other, 0))
            if k * side > 0:
                p = moved(p, (value, -k), (other, k), (made(g, "tanh", value.op.args[0], value), k))
        if value.op.kind == "expm1" and n > 0:
            share = made(g, "sigmoid", g.neg(value.op.args[0]), value)
            k = min(n, p.powers.get(share, 0))
            if k > 0:
                p = moved(p, (value, -k), (share, -k)).times(g, halved_tanh(g, value).power(k))
    return p


def _steep_differences(g: Graph, p: Product) -> Product:
    """Write exp(v)/(exp(v) - 1) as 1/(1 - exp(-v))."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "expm1" and n < 0:
            v = value.op.args[0]
            k = min(-n, p.powers.get(made(g, "exp", v, value), 0))
            if k > 0:
                turned = made(g, "expm1", g.neg(v), value)
                p = moved(p, (value, k), (made(g, "exp", v, value), -k), (turned, -k), factor=(-1) ** k)
    return p


def halved_tanh(g: Graph, value: Value) -> Product:
    """tanh(v/2) for a function of v."""
    half = realized(g, product_of(g, Value(value.op.args[0], value.axes)).times(g, Product(Fraction(1, 2))))
    sign = -1 if half.op.kind == "neg" else 1
    inside = half.op.args[0] if sign < 0 else half.op
    return Product(Fraction(sign), {Value(g.make("tanh", inside), half.axes): 1})


def doubled_sigmoid(g: Graph, value: Value, sign: int) -> Value:
    """sigmoid(2 v) or sigmoid(-2 v) for a function of v."""
    twice = realized(g, product_of(g, Value(value.op.args[0], value.axes)).times(g, Product(Fraction(2 * sign))))
    return Value(g.make("sigmoid", twice.op), twice.axes)


def _over_differences(g: Graph, p: Product) -> Product:
    """1/(exp(u) - exp(v)) = 1/(tanh((u - v)/2) (exp(u) + exp(v))), which keeps its digits where u is near v."""
    for value, n in p.powers.items():
        found = two_exponentials(g, value) if n < 0 else None
        d = exponent_of(g, {found[1]: 1, found[2]: -1}) if found else None
        if found is not None and d is not None:
            half = realized(g, factors_of(g, d).times(g, Product(Fraction(1, 2))))
            terms = [Product(powers={made(g, "exp", u.op, u): 1}) for u in found[1:]]
            total = noted(g, added(g, [(1, realized(g, t)) for t in terms]), frozenset(), terms)
            angle = Product(found[0], {made(g, "tanh", half.op, half): 1})
            return merged(p, Product(powers={value: -n})).times(g, angle.power(n), Product(powers={total: n}))
    return p


def _steep_bells(g: Graph, p: Product) -> Product:
    """1 - tanh(v)^2 over a sigmoid of 2 v is 4 times the other sigmoid."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "sech2" and n > 0:
            pair = [doubled_sigmoid(g, value, sign) for sign in (1, -1)]
            if any(p.powers.get(s, 0) < 0 for s in pair):
                p = moved(p, (value, -1), *((s, 1) for s in pair), factor=4)
    return p


def _roots(g: Graph, p: Product) -> Product:
    """sqrt(u)^2 = u."""
    for value, n in list(p.powers.items()):
        if value.op.kind == "sqrt" and (k := int(n / 2)):  # towards 0
            p = moved(p, (value, -2 * k), (Value(value.op.args[0], value.axes), k))
    return p


def _limited(g: Graph, p: Product) -> Product:
    """exp(u) exp(-exp(u)) is 0 times infinity in the tail: a finite exp(u) is as good, for what it is multiplied by is 0."""
    growing = {v: n for v, n in p.powers.items() if n > 0 and (e := _grown(v.op)).kind in GROWING and e not in g.tame}
    for value in list(growing):
        others = [(v.op, k) for w, k in p.powers.items() if w != value for v in factors_of(g, w).powers]
        if not any(_vanishes(g, op, k, _grown(value.op)) for op, k in others):
            del growing[value]
    largest = 10.0 ** (LARGEST // max(1, sum(growing.values())))
    for value, n in growing.items():
        op = g.make("minimum", value.op, g.number(largest))
        if value.op.kind == "sinh":
            op = g.make("maximum", op, g.number(-largest))
        p = moved(p, (value, -n), (Value(op, value.axes), n))
    return p


def _grown(op: Op) -> Op:
    """What is growing, without its least value."""
    return op.args[0] if op.kind == "maximum" and op.args[1].attr == LEAST else op


def _vanishes(g: Graph, op: Op, power: int, growing: Op) -> bool:
    """May the power be 0 where what is growing is infinite?"""
    rises, z = number_and_rest(growing.args[0])
    same = [a for a in g.reached(op) if a.kind in GROWING and _is_multiple(a.args[0], rises, z)]
    if not same:
        return False
    if op.kind == "add":  # of functions of what is growing, exp(-exp(u)) + y
        return any(a.kind in TAILS and not g.reached(a).isdisjoint(same) for a in g.reached(op))
    if op.kind not in TAILS:
        return False
    factor, inside = number_and_rest(op.args[0])
    ends = TAILS[op.kind] if inside not in same else TAILS[op.kind][factor > 0]
    return ("0" if power > 0 else "inf") in ends


def _is_multiple(op: Op, number: Fraction, z: Op) -> bool:
    factor, rest = number_and_rest(op)
    return rest is z and factor * number > 0


def _lifted(g: Graph, p: Product) -> Product:
    """(1 - exp(-exp(u)))/exp(u) is 0/0 in the tail: an exp(u) that is just not 0 is as good."""
    for value, n in p.powers.items():
        factor, e = number_and_rest(value.op.args[0]) if value.op.kind == "expm1" else (0, value.op)
        if factor and e.kind == "exp" and e not in g.tame:
            above, below = made(g, "exp", e.args[0], value), made(g, "exp", g.neg(e.args[0]), value)
            k = p.powers.get(above, 0) - p.powers.get(below, 0)
            if k * n < 0:
                least = made(g, "maximum", e, value, g.number(LEAST))
                inside = realized(g, Product(Fraction(factor), {least: 1}))
                loss = made(g, "expm1", inside.op, value)
                rest = moved(p, *((v, -p.powers.get(v, 0)) for v in (above, below)))
                return moved(rest, (value, -n), (loss, n), (least, k))
    return p


def _level(g: Graph, p: Product) -> Product:
    """sigmoid(u)/log(1 + exp(u)) is 0/0 in the tail, where it is 1 for any u; so is exp(u) over it."""
    for value, n in p.powers.items():
        for kind in ("sigmoid", "exp") if value.op.kind == "softplus" and n < 0 else ():
            u = value.op.args[0]
            share = made(g, kind, u, value)
            if p.powers.get(share, 0) > 0:
                k, far = min(-n, p.powers[share]), g.make("compare", u, g.number(LOWEST), attr="<")
                ratio = g.make("div", share.op, value.op, attr=APART)
                level = made(g, "where", far, value, g.number(1), ratio)
                return _level(g, moved(p, (share, -k), (value, k), (level, k)))
    return p


def _level_logarithm(g: Graph, p: Product) -> Product:
    """The quotient log cosh(u)/u^2 is 0/0 near 0, where it is 1/2 - u^2/12 + ..."""
    for value, n in p.powers.items():
        if value.op.kind == "logcosh" and n > 0:
            share = over_square(g, value)
            k = n if share is None else min(n, *(-p.powers.get(v, 0) // m for v, m in share[0].items()))
            if share is not None and k > 0:
                return merged(p, Product(powers={value: -k, share[1]: k}), Product(powers=share[0]).power(k))
    return p


GROWING = ("exp", "expm1", "cosh", "sinh")
TAILS = {  # what becomes of them at -infinity and at infinity
    "exp": ("0", "inf"), "expm1": ("-1", "inf"), "one_plus_exp": ("1", "inf"), "sigmoid": ("0", "1"),
    "sech2": ("0", "0"), "cosh": ("inf", "inf"), "sinh": ("-inf", "inf"),
}  # fmt: skip
LARGEST = 290  # decimal digits before the point that all such factors of a product have together
LEAST, LOWEST = 1e-300, -40

RULES = (
    _sigmoids, _two_shares, _cancelled, _exponential_times_sigmoid, _sigmoid_powers, _tangents, _steep_differences,
    _steep_bells, over_error_function, over_ierfc, over_between, over_gaps, _over_differences, _lifted, balanced, met,
    fallen, _roots, _level, _level_logarithm, _limited, by_parts,
)  # fmt: skip
