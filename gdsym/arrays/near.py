"""A sum whose terms cancel at u = 0, (u - sin u) or (u cosh u - sinh u)/u^2, as its series near 0.

What is common to all terms stands in front, and so does what grows, cosh u or e^u - 1: in a tail it may meet its like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd

from gdsym.arrays import series
from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.linear_in import linear_in
from gdsym.arrays.product import Product, factors_of, merged, realized
from gdsym.arrays.series import TAYLOR, Series
from gdsym.arrays.steep import is_steep_power, log_of_base

MADE = ("add", "sqrt", "log", "logcosh")  # of series
STEEP = ("cosh", "expm1", "sinh", "exp")
RADII = tuple(Fraction(k, 16) for k in (16, 12, 8, 6, 5, 4, 3, 2, 1))
TERMS, SEEN = 21, Fraction(1, 10**18)
WIDEST = 2  # the highest power of u in a function; an even one then has a coefficient among 2 WIDEST neighbours
LONG = 1_000_000
Powers = Mapping[Value, int]


def near_zero(g: Graph, terms: Sequence[Product]) -> Product | None:
    """The sum of the terms, if they are functions of one u that cancel at 0."""
    if not 1 < len(terms) < 5:
        return None
    terms = [_flat(_opened(g, t)) for t in terms]
    if not any(v.op.kind in (*TAYLOR, *MADE) and v.op.kind != "exp" for t in terms for v in t.powers):
        return None  # sums of exponentials are known as such
    for u in _arguments(g, terms):
        parts = [p for t in terms if (p := _parted(g, t, u)) is not None]
        found = _joined(g, u, parts, terms) if len(parts) == len(terms) else None
        if found is not None:
            return found
    return None


def _opened(g: Graph, term: Product) -> Product:
    """With log cosh(u)/u^2 as it was before it became a series, and x^c as exp(c log x)."""
    parts = [
        _exponential(g, v) if is_steep_power(v.op) else g.level.get(v, Product(powers={v: 1})) for v in term.powers
    ]
    return merged(
        *(part.power(n) for part, n in zip(parts, term.powers.values(), strict=True)), Product(term.coefficient)
    )


def _exponential(g: Graph, power: Value) -> Product:
    base, exponent = (unaligned(a, power.axes) for a in power.op.args)
    log = Product(powers={log_of_base(g, base): 1})
    z = realized(g, factors_of(g, exponent).times(g, log))
    return Product(powers={Value(g.make("exp", z.op), z.axes): 1})


def _flat(term: Product) -> Product:
    return merged(Product(term.coefficient), *(factors_within(v).power(n) for v, n in term.powers.items()))


def near_one(g: Graph, value: Value) -> Product | None:
    """log(1 + ...), where the whole is a function of u that is 1 at 0."""
    term = _flat(Product(powers={value: 1}))
    found = (_near_one(g, value, term, u) for u in _arguments(g, [term]))
    return next((product for product in found if product is not None), None)


def _near_one(g: Graph, value: Value, term: Product, u: Powers) -> Product | None:
    part = _parted(g, term, u)
    k = _exponent(part[1].powers, u) if part else None
    if part is None or k is None:
        return None
    (v, c), _ = part
    found = series.logarithm((v + k, c))
    s = None if found is None else series.normal(found)
    log = Value(g.make("log", value.op), value.axes)
    return None if s is None else as_series(g, u, log, s, Product(), log)


def over_square(g: Graph, value: Value) -> tuple[Powers, Value] | None:
    """Write log cosh u as u^2 times another function: (the powers of u^2, that function)."""
    u = _primitive(factors_within(Value(value.op.args[0], value.axes)).powers)
    inner = u and _series(g, Value(g.make("cosh", value.op.args[0]), value.axes), u)
    found = inner and series.logarithm(inner)
    s = found and series.normal(found)
    made = as_series(g, u, value, s, Product(), value) if s and u else None
    new = next((v for v in made.powers if v.op.kind == "near"), None) if made else None
    if made is None or new is None:
        return None
    square = {v: n for v, n in made.powers.items() if v != new}
    g.level[new] = merged(Product(powers={value: 1}), Product(powers=square).power(-1))
    return square, new


def _arguments(g: Graph, terms: Sequence[Product]) -> Sequence[Powers]:
    """What u may be: t of sin(t^4), and t^4 itself, in which the series has no gaps."""
    whole = next((b for t in terms for v in t.powers if (b := _base(g, v))), None)
    primitive = _primitive(whole) if whole else None
    return [] if not whole or not primitive else [primitive] if primitive == whole else [primitive, whole]


def _base(g: Graph, value: Value) -> Powers | None:
    """The u of a function of u, as a product of powers; None if there is no function."""
    op = value.op
    if op.kind in TAYLOR:
        return factors_within(Value(op.args[0], value.axes)).powers or None
    for part in _parts(value):
        found = _base(g, part)
        if found is None and op.kind in ("sqrt", "log"):
            found = next((factors_within(q).powers for q in _parts(part) if q.op.needs), None)
        if found:
            return found
    return None


def _parts(value: Value) -> Iterator[Value]:
    if value.op.kind in MADE and value.op.kind != "logcosh":
        yield from (unaligned(a, value.axes) for a in value.op.args)


def factors_within(value: Value) -> Product:
    """A value as a product of powers of what is no product."""
    op = value.op
    if op.kind == "number" and isinstance(op.attr, (int, Fraction)):
        return Product(Fraction(op.attr))
    if op.kind not in ("neg", "mul", "div"):
        return Product(powers={value: 1})
    parts = [factors_within(unaligned(a, value.axes)) for a in op.args]
    if op.kind == "div":
        parts[1] = parts[1].power(-1) if parts[1].coefficient else parts[1]
    return merged(Product(Fraction(-1 if op.kind == "neg" else 1)), *parts)


def _primitive(powers: Powers) -> Powers | None:
    common = gcd(*powers.values()) if powers else 0
    return {v: n // common for v, n in powers.items()} if common else None


def _exponent(powers: Powers, u: Powers) -> int | None:
    """The k of u^k."""
    first = next(iter(u))
    k, left = divmod(powers.get(first, 0), u[first])
    same = not left and {v: n * k for v, n in u.items() if k} == dict(powers)
    return k if same else None


def _series(g: Graph, value: Value, u: Powers) -> Series | None:
    """The series of a value in u."""
    product = factors_within(value)
    k = _exponent(product.powers, u)
    if k is not None:
        return series.monomial(product.coefficient, k)
    op = value.op
    if op.kind in TAYLOR:
        inner = factors_within(Value(op.args[0], value.axes))
        k = _exponent(inner.powers, u)
        return series.put(TAYLOR[op.kind], inner.coefficient, k) if k and 0 < k <= WIDEST else None
    if op.kind == "logcosh":
        inside = _series(g, Value(g.make("cosh", op.args[0]), value.axes), u)
        return None if inside is None else series.logarithm(inside)
    if op.kind in MADE:
        parts = [s for part in _parts(value) if (s := _series(g, part, u))]
        if len(parts) < len(op.args):
            return linear_in(g, value, u)
        return _made(op, parts)
    if product.weight > 1 or product.coefficient != 1:
        return _product(g, product, u)
    return None


def _made(op: Op, parts: list[Series]) -> Series | None:
    if op.kind == "add":
        signed = [(v, tuple(sign * x for x in c)) for sign, (v, c) in zip(op.attr, parts, strict=True)]
        return series.normal(series.added(signed))
    if series.gap(parts[0]) > WIDEST:
        return None
    return (series.root if op.kind == "sqrt" else series.logarithm)(parts[0])


def _product(g: Graph, product: Product, u: Powers) -> Series | None:
    total = series.monomial(product.coefficient, 0)
    for value, n in product.powers.items():
        part = _series(g, value, u)
        if part is None or (part := series.normal(part)) is None:
            return None
        total = series.times(total, series.power(part, n))
    return total


Part = tuple[Series, Product]  # the functions of u in a term, and what else there is, powers of u among it


def _parted(g: Graph, term: Product, u: Powers) -> Part | None:
    functions = {v: n for v, n in term.powers.items() if v.op.kind in (*TAYLOR, *MADE) and _series(g, v, u)}
    found = _product(g, Product(term.coefficient, functions), u)
    return (
        None if found is None else (found, Product(powers={v: n for v, n in term.powers.items() if v not in functions}))
    )


def _joined(g: Graph, u: Powers, parts: Sequence[Part], terms: Sequence[Product]) -> Product | None:
    """What all have in common times the series."""
    common = parts[0][1]
    every: list[Series] = []
    for (v, c), rest in parts:
        k = _exponent(merged(rest, common.power(-1)).powers, u)
        if k is None:
            return None
        every.append((v + k, c))
    total = series.normal(series.added(every))
    if total is None or total[0] == min(v for v, _ in every) or total[0] > 6 + min(v for v, _ in every):
        return None
    grown = _product(g, _grown(terms), u)
    assert grown is not None
    v, c = series.times(total, series.inverse(grown))
    return _written(g, u, common, _grown(terms), terms, (v, c))


def _grown(terms: Sequence[Product]) -> Product:
    """What grows in two terms or more: cosh u of u cosh u - sinh u, e^u - 1 of u e^u - (e^u - 1)."""
    rising = sorted((p for t in terms if (p := _rising(t)).powers), key=_speed)
    falls = any(v.op.kind == "exp" for v in rising[0].powers) if rising else True  # to 0 on the other side
    single = len(rising) == 1 and sum(rising[0].powers.values()) == 1
    return Product() if falls or single else rising[0]


def _rising(term: Product) -> Product:
    steep = {v: n for v, n in term.powers.items() if v.op.kind in STEEP}
    return Product(powers={v: n for v, n in steep.items() if n > 0} if sum(steep.values()) > 0 else {})


def _speed(p: Product) -> tuple[Fraction, int]:
    """The fastest first; of equal ones cosh u before sinh u, and e^u - 1 before e^u."""
    rates = [abs(factors_within(Value(v.op.args[0], v.axes)).coefficient) * n for v, n in p.powers.items()]
    return -sum(rates, Fraction(0)), sum(STEEP.index(v.op.kind) for v in p.powers)


def _written(
    g: Graph, u: Powers, common: Product, grown: Product, terms: Sequence[Product], s: Series
) -> Product | None:
    front = merged(common, grown)
    found = as_series(g, u, _total(g, terms, front), s, common, _total(g, terms, grown))
    return None if found is None else merged(front, found)


def _total(g: Graph, terms: Sequence[Product], front: Product) -> Value:
    """The sum of the terms without what stands in front."""
    stable = [merged(t, front.power(-1)).times(g) for t in terms]
    return added(
        g, [(1 if t.coefficient >= 0 else -1, realized(g, Product(abs(t.coefficient), t.powers))) for t in stable]
    )


def as_series(g: Graph, u: Powers, inner: Value, s: Series, common: Product, whole: Value) -> Product | None:
    """What is `inner` far from 0 as a power of u times another function; with what is common it may be `whole`."""
    v, c = s
    found = _cut(c)
    base = Product(powers=u)
    x = realized(g, base)
    far = realized(g, merged(Product(powers={inner: 1}), base.power(-v)))
    if found is None or x.axes != far.axes:
        return None
    made = Value(g.make("near", x.op, far.op, attr=found), far.axes)
    front = realized(g, merged(common, Product(powers={x: v})))
    g.whole[made] = merged(common, base.power(v)), entrywise(g, "near", x, whole, front, attr=found)
    return merged(base.power(v), Product(powers={made: 1}))


def _cut(c: Sequence[Fraction]) -> tuple[Fraction, int, tuple[Fraction, ...]] | None:
    """(up to which |u| the series is used, the step of its powers, its coefficients)."""
    step = 1 if any(c[1::2]) else 2
    kept = c[::step]
    for radius in RADII:
        seen = [k for k, x in enumerate(kept) if abs(x) * radius ** (step * k) > SEEN * abs(kept[0])]
        if seen[-1] + 1 < TERMS and step * seen[-1] + 2 * WIDEST < len(c):
            return radius, step, tuple(kept[: seen[-1] + 1])
    return None


def expanded_near(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The series by Horner's scheme where |u| is small, else the sum as it stands."""
    radius, step, (*others, last) = op.attr
    u, far, *front = args
    x = g.make("mul", u, u) if step == 2 else u
    total = g.number(_short(last))
    for c in reversed(others):
        total = g.make("mul", x, total)
        total = g.add(((1, g.number(_short(c))), (1, total))) if c else total
    total = g.make("mul", front[0], total) if front else total
    near = g.make("compare", g.abs(u), g.number(radius), attr="<")
    return g.make("where", near, total, far)


def _short(c: Fraction) -> Fraction | float:
    """The number as a person would write it."""
    return c if max(abs(c.numerator), c.denominator) < LONG else float(c)
