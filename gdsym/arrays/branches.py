"""What the branches of a case distinction have in common: {0 if c; 2 f if d; else f} is f {0 if c; 2 if d; else 1}."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.norms import squared
from gdsym.arrays.product import Product, product_of, realized
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Branches = Sequence[tuple[Product, Value]]  # each with its test
BOUNDED = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.tanh, sympy.sin, sympy.cos, sympy.atan)
LARGEST = 2**52  # a whole number that floats hold, and its double
FINITE = frozenset(
    "abs add arange atan compare copy cos einsum erf expand indicator leaf lookup matmul maximum minimum mul neg number sech2 sigmoid sign "
    "sin size slice softplus sqrt sum tanh transpose vdot whole".split()
)


def numbers_out(node: n.Cases) -> n.Cases:
    """The same with the numbers that all terms of a bracket have in common in front of it, and multiples of one branch as such."""
    from gdsym.arrays.alike import alike

    return alike(n.Cases(*(part for value, test in node.pairs for part in (_numbered(value), test))))


def _numbered(value: n.Node) -> n.Node:
    if not isinstance(value, n.Add):
        return value
    parts = [_number_and_rest(t) for t in value.children]
    common = abs(parts[0][0])
    if common in (0, 1) or any(abs(c) != common for c, _ in parts):
        return value
    return n.mul(n.Num(common), n.add(*(part if c > 0 else n.Neg(part) for c, part in parts)))


def _number_and_rest(term: n.Node) -> tuple[Fraction, n.Node]:
    """A term as a number times the rest."""
    up, down = over_and_under(term)
    number = Fraction(1)
    for f in [f for f in up if isinstance(f, n.Num)]:
        number *= f.value
    for f in [f for f in down if isinstance(f, n.Num) and f.value]:
        number /= f.value
    up = [f for f in up if not isinstance(f, n.Num)]
    minus = [f for f in up if f == n.Neg(n.ONE)]
    left = [f for f in up if f not in minus] or [n.ONE]
    below = [f for f in down if not isinstance(f, n.Num) or not f.value]
    return number * (-1) ** len(minus), fraction(left, below)


def shared_factors(low: Lowering, node: n.Cases) -> tuple[list[n.Node], list[n.Node]]:
    """Factors of all branches but those that are 0, and divisors, where they are finite wherever the cost is."""
    branches = [over_and_under(value) for value, _ in node.pairs if value != n.ZERO]
    if not branches:
        return [], []
    (up, down), *others = branches
    above = [f for f in dict.fromkeys(up) if _is_finite(low, f) and all(f in o for o, _ in others)]
    below = [d for d in dict.fromkeys(down) if all(d in o for _, o in others) and _is_divided_by(low, d)]
    return above, below


def cases_without(node: n.Cases, above: Sequence[n.Node], below: Sequence[n.Node]) -> n.Node:
    """The case distinction with each of these factors and divisors taken out of every branch once."""
    parts: list[n.Node] = []
    for value, condition in node.pairs:
        up, down = over_and_under(value)
        if value != n.ZERO:
            for f in above:
                up.remove(f)
            for d in below:
                down.remove(d)
        parts += [value if value == n.ZERO else fraction(up or [n.ONE], down), condition]
    return n.Cases(*parts)


def _is_finite(low: Lowering, node: n.Node) -> bool:
    """Made of names, entries and numbers, without functions that grow fast, and divided by sizes alone?"""
    if isinstance(node, n.Div):
        return _is_finite(low, node.num) and (node.den in low.shapes.sizes or isinstance(node.den, n.Num))
    if isinstance(node, (n.Add, n.Mul, n.Neg, n.Indexed)) or (isinstance(node, n.Fn) and node.func in BOUNDED):
        return all(_is_finite(low, c) for c in node.children if not isinstance(c, n.Base))
    if isinstance(node, n.Sum):
        return _is_finite(low, node.body)
    if isinstance(node, n.Cases):  # by indices alone, as they stand at entries
        tests = (test for _, test in node.pairs)
        return all(_is_finite(low, f) for f, _ in node.pairs) and not any(
            isinstance(part, n.Indexed) for test in tests for part in n.walk(test)
        )
    if isinstance(node, n.Pow):
        return _is_finite(low, node.base) and isinstance(node.exponent, n.Num) and node.exponent.value in (2, 3, 4)
    return isinstance(node, (n.Num, n.Dec, n.Const, n.Sym, n.Delta))


def bounded_fraction(low: Lowering, node: n.Cases) -> tuple[list[n.Node], list[n.Node]]:
    """Factors and divisors of all branches but those that are 0 that make, together, a function that is finite everywhere.

    Sigmoids and their slopes do; in the branches they would be computed once more, for those that need them.
    """
    (up, down), *others = [over_and_under(value) for value, _ in node.pairs if value != n.ZERO] or [([], [])]
    above = [f for f in dict.fromkeys(up) if all(f in o for o, _ in others) and not _is_finite(low, f)]
    below = [
        d
        for d in dict.fromkeys(down)
        if all(d in o for _, o in others) and not isinstance(d, n.Num) and d not in low.shapes.sizes
    ]
    whole = fraction(above or [n.ONE], below)
    if (above or below) and _is_tame(_unguarded(low, whole).op):
        return above, below
    return [], []


def exponentials(low: Lowering, node: n.Cases) -> list[n.Node]:
    """Exponentials that all branches but those that are 0 have as a factor and the cost computes without conditions.

    One that is infinite may stand beside a branch that is 0: products with what is chosen by signs have the largest float for it.
    """
    first, *others = [over_and_under(value)[0] for value, _ in node.pairs if value != n.ZERO] or [[]]
    shared = (f for f in dict.fromkeys(first) if isinstance(f, n.Fn) and f.func is sympy.exp)
    return [f for f in shared if all(f in o for o in others) and made(low, f) is not None]


def made(low: Lowering, node: n.Node) -> Value | None:
    """The value, if the cost computes it without conditions."""
    value = _unguarded(low, node)
    return value if value.op in low.certain else None


def _unguarded(low: Lowering, node: n.Node) -> Value:
    guard, low.guard = low.guard, None
    try:
        return low.value(node)
    finally:
        low.guard = guard


def _is_divided_by(low: Lowering, divisor: n.Node) -> bool:
    """Does the cost divide by it, or by its root, without conditions? Where it is 0 the cost itself is undefined."""
    while isinstance(divisor, (n.Pow, n.Root)):
        divisor = divisor.base if isinstance(divisor, n.Pow) else divisor.arg
    value = made(low, divisor)
    return value is not None and value.op in low.divisors


def divisors(ops: Iterable[Op]) -> Iterator[Op]:
    """What is divided by, and what that is a root or a product of."""
    left = [op.args[1] for op in ops if op.kind == "div"]
    while left:
        op = left.pop()
        yield op
        if op.kind in ("sqrt", "mul", "expand", "transpose"):
            left += op.args
        elif op.kind == "pow":
            left.append(op.args[0])


def finite(shared: Mapping[Value, int]) -> dict[Value, int]:
    """Those of the shared factors that are finite wherever they stand."""
    return {v: k for v, k in shared.items() if k > 0 and _is_tame(v.op)}


def _is_tame(op: Op) -> bool:
    if op.kind == "div":
        return _is_tame(op.args[0]) and (
            not op.args[1].needs or op.args[1].kind == "size" or _exceeds_square(op.args[1])
        )
    if op.kind == "sqrt" and not any(True for _ in squared(op.args[0])):
        return False
    if op.kind == "exp":
        return op.args[0].kind == "neg" and _is_square(op.args[0].args[0]) and _is_tame(op.args[0].args[0])
    return (op.kind in FINITE or _is_square(op)) and all(map(_is_tame, op.args))


def falls(op: Op) -> bool:
    """Is it an exponential of something that is nowhere above 0, as e^(-u^2/2)?"""
    return op.kind == "exp" and _is_at_most_0(op.args[0])


def _is_at_most_0(op: Op) -> bool:
    if op.kind == "neg":
        return _is_at_least_0(op.args[0])
    return op.kind == "div" and _is_at_most_0(op.args[0]) and _is_at_least_0(op.args[1])


def _is_at_least_0(op: Op) -> bool:
    if op.kind in ("mul", "div") and not _is_square(op):
        return all(map(_is_at_least_0, op.args))
    return _is_square(op) or _is_positive(op)


def _is_square(op: Op) -> bool:
    return (op.kind == "mul" and len(op.args) == 2 and op.args[0] is op.args[1]) or (
        op.kind == "pow" and op.args[1].attr == 2
    )


def _exceeds_square(op: Op) -> bool:
    """Is it a positive number and squares, or the root of that?"""
    if op.kind == "sqrt":
        return _exceeds_square(op.args[0])
    numbers = list(filter(_is_positive, op.args)) if op.kind == "add" and all(s > 0 for s in op.attr) else []
    others = [a for a in op.args if a not in numbers]
    return bool(numbers) and all((_is_square(a) or any(True for _ in squared(a))) and _is_tame(a) for a in others)


def _is_positive(op: Op) -> bool:
    """A positive number, or a quotient of two?"""
    return all(map(_is_positive, op.args)) if op.kind == "div" else op.kind == "number" and bool(op.attr > 0)


def halved(low: Lowering, branches: Branches) -> Product | None:
    """{0 if u < 0; 1 if u > 0; else 1/2} is (1 + sign u)/2: `np.where` would take several times as long."""
    numbers = [c for p, _ in branches if (c := _constant(p)) is not None]
    if len(branches) != 3 or len(numbers) != 3:
        return None
    (below, above, _), (a, b, middle) = [test for _, test in branches], numbers
    if below.op.attr == ">":
        below, above, a, b = above, below, b, a
    if (below.op.kind, below.op.attr, above.op.kind, above.op.attr) != ("compare", "<", "compare", ">"):
        return None
    u, other = below.op.args
    if above.op.args != (u, other) or middle * 2 != a + b:
        return None
    gap = u if other.kind == "number" and not other.attr else low.g.add(((1, u), (-1, other)))
    return by_sign(low.g, Value(gap, below.axes), a, b)


def by_sign(g: Graph, u: Value, below: Fraction, above: Fraction) -> Product | None:
    """One number where u < 0, another where u > 0, their mean between, as a number times n + k sign u, whole numbers that floats hold."""
    mean, half = (above + below) / 2, (above - below) / 2
    front = Fraction(math.gcd(mean.numerator * half.denominator, half.numerator * mean.denominator))
    front /= mean.denominator * half.denominator
    front = -front if (mean or half) < 0 else front
    n, k = mean / front, half / front
    if (below and above and mean and not u.axes) or max(n, abs(k)) > LARGEST:
        return None
    turned = u.op.kind == "neg"
    sign = Value(g.make("sign", u.op.args[0] if turned else u.op), u.axes)
    signs = realized(g, Product(-k if turned else k, {sign: 1}))
    step = signs if not n else Value(g.add(((1, g.number(n)), (1, signs.op))), u.axes)
    return Product(front).times(g, product_of(g, step))


def _decimal_and_rest(term: n.Node) -> tuple[Fraction, n.Node]:
    """The same, decimals among the numbers."""
    up, down = ([n.Num(_told(f.value)) if isinstance(f, n.Dec) else f for f in part] for part in over_and_under(term))
    return _number_and_rest(fraction(up or [n.ONE], down))


def _told(number: object) -> Fraction:
    """0.3 as 3/10."""
    return Fraction(str(number))


def _constant(product: Product) -> Fraction | None:
    """The number that a product is."""
    found = product.coefficient
    for value, power in product.powers.items():
        if value.op.kind != "number" or (isinstance(value.op.attr, float) and not math.isfinite(value.op.attr)):
            return None
        found *= _told(value.op.attr) ** power
    return found


def _numbers(node: n.Node) -> dict[n.Node, Fraction]:
    """Each term but for its number, and that; none if two terms are alike."""
    front, rest = _decimal_and_rest(node)
    terms = rest.children if isinstance(rest, n.Add) else (rest,)
    found = {part: front * number for number, part in map(_decimal_and_rest, terms)}
    return found if len(found) == len(terms) else {}


def slanted(low: Lowering, node: n.Fn) -> Product | None:
    """The larger, or smaller, of two multiples of one u as u times a number by the sign of u, which is the slope."""
    if node.func not in (sympy.Max, sympy.Min) or len(node.children) != 2:
        return None
    first, second = map(_numbers, node.children)
    if first.keys() != second.keys() or first.keys() <= {n.ONE} or 0 in (*first.values(), *second.values()):
        return None
    sizes, ratios = {abs(c) for c in first.values()}, {second[rest] / c for rest, c in first.items()}
    if len(sizes) > 1 or len(ratios) > 1 or ratios == {1}:
        return None
    a = sizes.pop()
    b = a * ratios.pop()
    below, above = sorted((a, b), reverse=node.func is sympy.Min)
    value = low.value(n.add(*(rest if c > 0 else n.Neg(rest) for rest, c in first.items())))
    slopes = by_sign(low.g, value, below, above)
    return None if slopes is None else slopes.times(low.g, product_of(low.g, value))
