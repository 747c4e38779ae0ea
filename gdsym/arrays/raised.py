"""sigmoid(u)^y as exp(y log sigmoid(u)), a product of exponentials as one exponential of a sum: no power underflows in a logarithm or a quotient."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.affine import affine
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import PARAM, Graph, Value
from gdsym.arrays.logarithms import logarithm
from gdsym.arrays.means import is_mean
from gdsym.arrays.product import Product, factors_of, product_of, realized
from gdsym.arrays.steep import is_exponential, positive
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

STEEP = ("one_plus_exp", "sigmoid")


def power(low: Lowering, node: n.Pow) -> Product | None:
    """Write base^c as exp(c log base) where the base is positive and its logarithm is better known than itself."""
    base, exponent = low.product(node.base), low.product(node.exponent)
    times = exponent.coefficient
    if times > 1 and times.denominator == 1 and any(v.op.needs & PARAM for v in exponent.powers):
        once = low.product(n.Pow(node.base, n.Div(node.exponent, n.Num(times))))
        return once.power(times.numerator)
    mean = any(v.op.needs & PARAM for v in exponent.powers) and is_mean(low.g, base)
    if not mean and (not _is_sure(low.g, base) or not any(_is_steep(low.g, v) for v in base.powers)):
        return None
    z = product_of(low.g, _log(low.g, base)).times(low.g, exponent)
    return exponential(low.g, realized(low.g, z))


def parted(g: Graph, factor: Product) -> tuple[list[Product] | None, Product]:
    """The factor of a product over an index as (terms of z, rest), exp(z) rest: what is steep and positive goes into z."""
    steep = {v: k for v, k in factor.powers.items() if _is_steep(g, v) and positive(g, v)}
    if not steep:
        return None, factor
    if _is_sure(g, factor):
        return _terms(g, factor), Product()
    rest = {v: k for v, k in factor.powers.items() if v not in steep}
    return _terms(g, Product(powers=steep)), Product(factor.coefficient, rest)


def _terms(g: Graph, p: Product) -> list[Product]:
    """The logarithm as a sum; in one piece if none of its terms is of fewer letters."""
    whole = factors_of(g, _log(g, p))
    exps = {v: k for v, k in p.powers.items() if v.op.kind == "exp"}
    parts = [factors_of(g, Value(v.op.args[0], v.axes)).times(g, Product(Fraction(k))) for v, k in exps.items()]
    widest = frozenset(a for v in p.powers for a in v.axes)
    if len(exps) < len(p.powers) or p.coefficient != 1 or any(_letters(v) >= widest for t in parts for v in t.powers):
        return [whole]
    return parts


def _letters(value: Value) -> frozenset[n.Sym]:
    return frozenset(value.axes)


def exponential(g: Graph, z: Value) -> Product:
    """The value exp(z)."""
    return product_of(g, Value(g.make("exp", z.op), z.axes))


def cancelled(low: Lowering, up: list[n.Node], down: list[n.Node]) -> n.Node | None:
    """The quotient with powers of one base cancelled, x^(y + 1)/x^y = x, and the slope of a product put together:

    f'_r prod_(j < r) f_j prod_(j > r) f_j is (f'_r/f_r) prod_j f_j where f is never 0. None if there is nothing of either.
    """
    found = _halves(low, up)
    if found is not None:
        whole, factor, others = found
        rest = _each_over(others, factor) if _is_never_0(low, factor) else None
        return None if rest is None else fraction([*rest, whole], down)
    for below in down:
        if _is_cancelled(below):
            rest = _each_over(up, below)
            if rest is not None:
                return fraction(rest, [d for d in down if d is not below] or [n.ONE])
    return None


def _is_cancelled(below: n.Node) -> bool:
    """Is it x^y or a gamma function, and no number? Either may be 0 or infinite where the quotient is not."""
    if not below.free:
        return False
    if isinstance(below, n.Pow):
        return not isinstance(below.exponent, n.Num)
    return isinstance(below, n.Fn) and below.func is sympy.gamma


def _is_never_0(low: Lowering, factor: n.Node) -> bool:
    """Is it an exponential times what is positive, or what it is divided by?"""
    product = low.product(factor)
    return parted(low.g, product)[0] is not None and all(k < 0 or positive(low.g, v) for v, k in product.powers.items())


def _each_over(up: list[n.Node], factor: n.Node) -> list[n.Node] | None:
    """The product over a factor: each term of a bracket or a sum over it, or what is written beside it."""
    for place, other in enumerate(up):
        if isinstance(other, n.Add):
            terms = [_over(t, factor) for t in other.children]
            kept = [t for t in terms if t is not None]
            if len(kept) == len(terms):
                return [n.add(*kept), *up[:place], *up[place + 1 :]]
        if isinstance(other, n.Sum) and other.index not in factor.free:
            above, below = over_and_under(other.body)
            inner = _each_over(above, factor)
            if inner is not None:
                total = n.Sum(fraction(inner, below), other.index, other.lower, other.upper)
                return [total, *up[:place], *up[place + 1 :]]
    quotient = _over(n.mul(*up), factor) if up else None
    return None if quotient is None else [quotient]


def _halves(low: Lowering, up: list[n.Node]) -> tuple[n.Node, n.Node, list[n.Node]] | None:
    """(the whole product, its factor at r, the other factors) for products up to r - 1 and from r + 1 on."""
    products = [f for f in up if isinstance(f, n.Prod)]
    for before in products:
        for after in products:
            letter = _gap(low, before, after)
            if letter is not None and before.body == n.replace(after.body, {after.index: before.index}):
                whole = n.Prod(before.body, before.index, before.lower, after.upper)
                factor = n.replace(before.body, {before.index: letter})
                return whole, factor, [f for f in up if f is not before and f is not after]
    return None


def _gap(low: Lowering, before: n.Prod, after: n.Prod) -> n.Sym | None:
    """The r that stands between the upper limit r - 1 of the one and the lower limit r + 1 of the other, if it runs over both."""
    upper, lower, first, last = map(affine, (before.upper, after.lower, before.lower, after.upper))
    if upper is None or lower is None or first is None or last is None:
        return None
    for letter in upper.letters & low.scope.keys():
        reach = low.scope[letter]
        own = affine(letter)
        if own is not None and (upper + 1, lower - 1) == (own, own) and (first, last) == (reach.lower, reach.upper):
            return letter
    return None


def _over(term: n.Node, factor: n.Node) -> n.Node | None:
    """The quotient of two products, each factor that depends on something cancelled against a power of the same base."""
    (up, down), (above, below) = over_and_under(term), over_and_under(factor)
    left = list(up)
    for f in above:
        base, exponent = _power(f)
        at = next((p for p, other in enumerate(left) if _power(other)[0] == base), None)
        if at is None:
            if f.free:
                return None
            down = [*down, f]
            continue
        rest = _difference(_power(left[at])[1], exponent)
        if rest is None:
            return None
        size = base if abs(rest) == 1 else n.Pow(base, n.Num(abs(rest)))
        left[at] = size if rest > 0 else n.ONE
        down = [*down, size] if rest < 0 else down
    return fraction([*left, *below], down)


def _power(node: n.Node) -> tuple[n.Node, n.Node]:
    return (node.base, node.exponent) if isinstance(node, n.Pow) else (node, n.ONE)


def _difference(first: n.Node, second: n.Node) -> Fraction | None:
    """The whole number by which two exponents differ; None if it is not certain."""
    terms: dict[n.Node, Fraction] = {}
    for node, sign in ((first, 1), (second, -1)):
        for part in node.children if isinstance(node, n.Add) else (node,):
            number, rest = _number_times(part)
            terms[rest] = terms.get(rest, Fraction(0)) + sign * number
    number = terms.pop(n.ONE, Fraction(0))
    return number if number.denominator == 1 and not any(terms.values()) else None


def _number_times(node: n.Node) -> tuple[Fraction, n.Node]:
    if isinstance(node, n.Neg):
        number, rest = _number_times(node.arg)
        return -number, rest
    return (node.value, n.ONE) if isinstance(node, n.Num) else (Fraction(1), node)


def _is_steep(g: Graph, value: Value) -> bool:
    return value.op.kind in STEEP or is_exponential(g, value)


def _is_sure(g: Graph, p: Product) -> bool:
    return p.coefficient > 0 and all(positive(g, v) for v in p.powers)


def _log(g: Graph, p: Product) -> Value:
    found = logarithm(g, p)
    return found if isinstance(found, Value) else realized(g, found)
