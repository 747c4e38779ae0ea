"""Products of powers of values: a coefficient, factors above and factors below the fraction bar."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from gdsym.arrays.align import entrywise, multiplied, negative, unaligned
from gdsym.arrays.gates import is_choice
from gdsym.arrays.graph import DATA, Graph, Value
from gdsym.arrays.norms import not_zero
from gdsym.arrays.specials import PLAIN
from gdsym.record import field, record
from gdsym.written.nodes import Sym

ODD = ("sin", "sinh", "tan", "tanh", "asin", "asinh", "atan", "atanh", "expm1", "log1p")
APART = "apart"  # a quotient that must not be joined with others, as a compiler might
LARGEST = sys.float_info.max
NO_POWERS: Mapping[Value, int] = MappingProxyType({})


@record
class Product:
    """coefficient * v1^n1 * v2^n2 ..., with whole powers."""

    coefficient: Fraction = Fraction(1)
    powers: Mapping[Value, int] = field(default_factory=lambda: NO_POWERS)

    def times(self, g: Graph, *others: Product) -> Product:
        coefficient, powers = self.coefficient, dict(self.powers)
        for other in others:
            coefficient *= other.coefficient
            for value, n in other.powers.items():
                powers[value] = powers.get(value, 0) + n
        return g.stable(Product(coefficient, {v: n for v, n in powers.items() if n}))

    @property
    def weight(self) -> int:
        """How many factors it has."""
        return sum(map(abs, self.powers.values()))

    def power(self, n: int) -> Product:
        return Product(self.coefficient**n, {v: k * n for v, k in self.powers.items()})


def merged(*products: Product) -> Product:
    """The product as it is, without any rewriting."""
    coefficient, powers = Fraction(1), dict[Value, int]()
    for p in products:
        coefficient *= p.coefficient
        for value, n in p.powers.items():
            powers[value] = powers.get(value, 0) + n
    return Product(coefficient, {v: n for v, n in powers.items() if n})


def product_of(g: Graph, value: Value) -> Product:
    """A value as a product: a minus and numbers go to the coefficient."""
    op = value.op
    if op.kind == "neg":
        return Product(Fraction(-1)).times(g, product_of(g, Value(op.args[0], value.axes)))
    if op.kind == "number" and isinstance(op.attr, (int, Fraction)):
        return Product(Fraction(op.attr))
    if op.kind == "number" and op.attr < 0:
        return Product(Fraction(-1), {Value(g.number(-op.attr)): 1})
    return g.stable(Product(Fraction(1), {value: 1}))


def factors_of(g: Graph, value: Value) -> Product:
    """A value as the product that it was made of."""
    found = g.factors.get(value)
    if found is None and value.op.kind == "neg":
        inner = factors_of(g, Value(value.op.args[0], value.axes))
        return Product(-inner.coefficient, inner.powers)
    return product_of(g, value) if found is None else found


def terms_of(g: Graph, value: Value) -> list[Product]:
    """The terms of a sum."""
    parts = zip(value.op.attr, value.op.args, strict=True)
    return [Product(Fraction(sign)).times(g, factors_of(g, unaligned(a, value.axes))) for sign, a in parts]


def realized(g: Graph, product: Product) -> Value:
    """The product as one value, the same one whatever the order of its factors and the names of its letters."""
    key, letters = _pattern(product)
    if key not in g.products:
        made = _realized(g, product)
        g.products[key] = made.op, tuple(letters.index(a) for a in made.axes)
    op, places = g.products[key]
    value = Value(op, tuple(letters[p] for p in places))
    if product.weight > 1 or product.coefficient != 1:
        g.factors.setdefault(value, product)
        if product.coefficient < 0:
            g.factors.setdefault(negative(g, value), Product(-product.coefficient, product.powers))
    return value


def _pattern(product: Product) -> tuple[Hashable, list[Sym]]:
    """What tells a product from others but for its letters, and these."""
    parts = sorted(product.powers.items(), key=lambda part: id(part[0].op))
    letters = list(dict.fromkeys(a for value, _ in parts for a in value.axes))
    shown = tuple((value.op, n, tuple(map(letters.index, value.axes))) for value, n in parts)
    return (product.coefficient, shown), letters


def _realized(g: Graph, product: Product) -> Value:
    """Scalars are combined first, so that arrays are gone through once."""
    product = settled(g, product)
    up, down = powers_of(g, product, positive=True), powers_of(g, product, positive=False)
    c = abs(product.coefficient)
    narrow_up = _numbered(g, c.numerator, [v for v in up if not v.axes])
    narrow_down = _numbered(g, c.denominator, [v for v in down if not v.axes])
    wide_up, wide_down = [v for v in up if v.axes], [v for v in down if v.axes]
    if not wide_up:
        result = _quotient(g, [*narrow_up, *wide_up], [*narrow_down, *wide_down])
    elif narrow_up and narrow_down:
        result = _quotient(g, [_quotient(g, narrow_up, narrow_down), *wide_up], wide_down)
    else:
        result = _quotient(g, [*narrow_up, *wide_up], [*narrow_down, *wide_down])
    return negative(g, result) if product.coefficient < 0 else result


def settled(g: Graph, product: Product) -> Product:
    """The product as it is computed, once nothing in it can cancel any more."""
    if all(n > 0 for n in product.powers.values()):
        for value in [v for v, n in product.powers.items() if v in g.whole and n == 1]:
            front, whole = g.whole[value]
            if all(k > 0 and product.powers.get(v, 0) >= k for v, k in front.powers.items()):
                product = merged(product, front.power(-1), Product(powers={value: -1, whole: 1}))
    if any(v.op.kind in PLAIN for v in product.powers):
        from gdsym.arrays.special_calls import plainly

        product = plainly(g, product)
    return _finite(g, _in_ratios(g, _with_norms(g, _with_one_exponential(g, product))))


def _with_one_exponential(g: Graph, product: Product) -> Product:
    """Write exp(u) exp(-v) of plain numbers as one: either may be 0 or infinite where the product is not."""
    steep = {v: n for v, n in product.powers.items() if n > 0 and v.op.kind == "exp" and not v.axes}
    rising = [v for v in steep if v.op.args[0].kind != "neg" and v.op not in g.tame]
    if len(steep) < 2 or not rising or any(v.op in g.shifted for v in steep):
        return product
    from gdsym.arrays.exponents import exponent_of

    z = exponent_of(g, {Value(v.op.args[0]): n for v, n in steep.items()})
    one = Product() if z is None else Product(powers={Value(g.make("exp", z.op)): 1})
    return merged(without(product, steep), one)


def _with_norms(g: Graph, product: Product) -> Product:
    """u/|u| is 0 at 0."""
    for value, n in product.powers.items():
        if n == -1 and (safe := not_zero(g, value, (v for v, k in product.powers.items() if k > 0))) != value:
            return _with_norms(g, merged(product, Product(powers={value: 1, safe: -1})))
    return product


def _in_ratios(g: Graph, product: Product) -> Product:
    """sin(u)^2/u^2 as (sin(u)/u)^2: each of the squares may be 0 or infinite where the quotient is not."""
    found, left = Product(), product
    for value, n in product.powers.items():
        u = factors_of(g, Value(value.op.args[0], value.axes)).powers if value.op.kind in ODD else {}
        sign = 1 if n > 0 else -1
        k = (
            min((abs(n), *(max(0, -sign * left.powers.get(v, 0)) // p for v, p in u.items())))
            if u and min(u.values()) > 0
            else 0
        )
        if k:
            below = Product(powers=u)
            ratio = entrywise(g, "div", value, realized(g, below), attr=APART)
            left = merged(left, Product(powers={value: -sign * k}), below.power(sign * k))
            found = merged(found, Product(powers={ratio: sign * k}))
    return merged(left, found) if found.weight > 1 else product


def _finite(g: Graph, product: Product) -> Product:
    """Write (1 - y) exp(z), y data, or (1 + sign u) exp(z), with the largest float for exp(z), or a bracket that holds it, if that is infinite: it may be 0 times that."""
    if not any(n > 0 and (_is_complement(v) or is_choice(v.op)) for v, n in product.powers.items()):
        return product
    return Product(product.coefficient, {_clipped(g, v) if n > 0 else v: n for v, n in product.powers.items()})


def _clipped(g: Graph, value: Value) -> Value:
    """An exponential, or a sum with one, within the floats."""
    op = value.op
    terms = zip(op.attr, op.args, strict=True) if op.kind == "add" else [(1, op)]
    for sign, term in terms:
        inner = term.args[0] if term.kind == "expand" else term
        if inner.kind == "exp" and inner not in g.tame:
            kind = "minimum" if sign > 0 else "maximum"
            value = entrywise(g, kind, value, Value(g.number(sign * LARGEST)))
    return value


def _is_complement(value: Value) -> bool:
    """Is it 1 - y for data y?"""
    return value.op.kind == "add" and value.op.needs == DATA and any(a.kind == "number" for a in value.op.args)


def _numbered(g: Graph, number: int, values: list[Value]) -> list[Value]:
    return values if number == 1 else [Value(g.number(number)), *values]


def _quotient(g: Graph, up: list[Value], down: list[Value]) -> Value:
    """Quotient of products, narrow arrays first: (u_i/v_i) A_ik needs one pass over A."""
    if not down:
        return multiplied(g, up)
    for letters in sorted(dict.fromkeys(frozenset(v.axes) for v in up), key=len)[:-1]:
        mine, below = ([v for v in part if frozenset(v.axes) == letters] for part in (up, down))
        if below:
            ratio = entrywise(g, "div", multiplied(g, mine), multiplied(g, below))
            up = [ratio, *(v for v in up if v not in mine)]
            down = [v for v in down if v not in below]
    if not down:
        return multiplied(g, up)
    return entrywise(g, "div", multiplied(g, up), multiplied(g, down))


def powers_of(g: Graph, product: Product, *, positive: bool) -> list[Value]:
    """The factors above (or below) the fraction bar, powers written out by repeated squaring."""
    found = [(v, n if positive else -n) for v, n in product.powers.items()]
    return [raised(g, v, n) for v, n in found if n > 0]


def raised(g: Graph, value: Value, n: int) -> Value:
    """v^n by squaring: x^5 = (x^2)^2 x; NumPy's own power costs twenty multiplications."""
    if n > 64:
        return Value(g.make("pow", value.op, g.number(n)), value.axes)
    result: Value | None = None
    square = value
    while n:
        if n & 1:
            result = square if result is None else entrywise(g, "mul", result, square)
        n >>= 1
        if n:
            square = entrywise(g, "mul", square, square)
    assert result is not None
    return result


def shared_wide(products: Sequence[Product]) -> dict[Value, int]:
    """Factors of all products, without which they have fewer axes: (p_i - y_i) X_ik for p_i X_ik - y_i X_ik."""
    first, *others = [p for p in products if p.coefficient] or [Product()]
    shared = {v: n for v, n in first.powers.items() if v.axes and all(p.powers.get(v) == n for p in others)}
    wide = _letters([v for p in products for v in p.powers])
    narrow = _letters([v for p in products for v in p.powers if v not in shared])
    return shared if len(narrow) < len(wide) else {}


def _letters(values: Iterable[Value]) -> frozenset[Sym]:
    return frozenset(a for v in values for a in v.axes)


def without(product: Product, factors: Mapping[Value, int]) -> Product:
    """The product without some of its factors."""
    return Product(product.coefficient, {v: n for v, n in product.powers.items() if v not in factors})


def arrays_of(product: Product, letters: Iterable[Sym]) -> tuple[Product, Product]:
    """(the factors that depend on the letters, the others with the coefficient)."""
    among = frozenset(letters)
    inside = {v: n for v, n in product.powers.items() if among & set(v.axes)}
    outside = {v: n for v, n in product.powers.items() if v not in inside}
    return Product(Fraction(1), inside), Product(product.coefficient, outside)
