"""Arithmetic with decimals as they were written: 2 * 0.5 = 1, 0.5 - 1 = -0.5; what has too many digits is left as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd

import sympy

from gdsym.written.nodes import ONE, Add, Dec, Div, Mul, Neg, Node, Num, Pow, kinds_of, mul, rewrite

DECIMALS = kinds_of(Dec)
MOST_DIGITS = 15  # of a decimal: SymPy's, and what a double keeps
HIGHEST = 64  # power of a decimal that is calculated

Term = tuple[Fraction, Node]


def decimals(node: Node) -> Node:
    """The numbers among the parts of the node put together, if one is a decimal and the result has few digits."""
    if not node.has(DECIMALS):
        return node
    if isinstance(node, Mul):
        return _product(node)
    if isinstance(node, Add):
        return _sum(node)
    if isinstance(node, Div):
        return _quotient(node)
    return _power(node) if isinstance(node, Pow) else node


def exact(node: Node) -> Node:
    """Every decimal as the fraction that it is."""
    return rewrite(node, lambda part: Num(part.exact) if isinstance(part, Dec) else part)


def in_decimals(node: Node) -> Node:
    """Fractions as decimals where they have few digits: 3 u/(70 v) as 0.3 u/(7 v)."""

    def change(part: Node) -> Node:
        if isinstance(part, Num) and part.value.denominator != 1:
            return _number(part.value) or part
        if not isinstance(part, Div):
            return part
        (ups, above), (downs, under) = map(_apart, part.children)
        value = _times(ups) / (_times(downs) or 1)
        found = None if value.denominator == 1 else _over(value)
        if found is None:
            return part
        size, below = found
        return _fraction(value < 0, part, _beside(size, above), [*([] if below == 1 else [Num(below)]), *under])

    return rewrite(node, change)


def _over(value: Fraction) -> tuple[Node, int] | None:
    """A decimal of few digits over the least whole number: 1/30 = 0.1/3."""
    below = value.denominator
    while (less := below // gcd(below, 10)) != below:
        below = less
    total = _number(abs(value) * below) if below < HIGHEST else None
    return None if total is None else (total, below)


def _power(node: Pow) -> Node:
    base, exponent = map(_value, node.children)
    if base is None or exponent is None or not any(isinstance(_bare(part), Dec) for part in node.children):
        return node
    return (_number(base ** int(exponent)) if exponent.denominator == 1 and 0 < exponent <= HIGHEST else None) or node


def _quotient(node: Div) -> Node:
    """0.5 x/(2 u) = 0.25 x/u: one number, above the bar."""
    (numbers, rest), (divisors, under) = map(_apart, node.children)
    if not divisors or not any(isinstance(_bare(f), Dec) for f in (*numbers, *divisors)) or not _times(divisors):
        return node
    total = _number(_times(numbers) / _times(divisors))
    if total is None:
        return node
    return _fraction(isinstance(total, Neg), node, _beside(_bare(total), rest), under)


def _apart(side: Node) -> tuple[list[Node], list[Node]]:
    """Which factors are numbers, and which are not."""
    factors = _factors(side)
    return [f for f in factors if _value(f) is not None], [f for f in factors if _value(f) is None]


def _beside(size: Node, rest: Sequence[Node]) -> Node:
    """Size u; 1 u is u."""
    return mul(*(() if size == ONE and rest else (size,)), *rest)


def _fraction(negative: bool, was: Div, top: Node, under: Sequence[Node]) -> Node:
    """With the sign of its numbers, and those that stood before what was above and below the bar."""
    signs = negative, *(isinstance(side, Neg) for side in was.children)
    return _signed(sum(signs) % 2 == 1, Div(top, mul(*under)) if under else top)


def _product(node: Mul) -> Node:
    numbers, rest = _apart(node)
    if len(numbers) < 2 or not any(isinstance(_bare(part), Dec) for part in numbers):
        return node
    value = _times(numbers)
    total = _number(value)
    if total is not None:
        return mul(total, *rest)
    found = _over(value)
    if found is None:
        return node
    size, below = found  # 1/3 0.5 2 u = u/3, 1/3 0.1 u = 0.1 u/3
    return _signed(value < 0, Div(_beside(size, rest), Num(below)))


def _sum(node: Add) -> Node:
    """Like terms: 0.1 w + 0.2 w = 0.3 w."""
    terms: dict[Node, list[Node]] = {}
    for term in node.children:
        terms.setdefault(_split(term)[1], []).append(term)
    new: list[Node] = []
    for rest, group in terms.items():
        total = _number(sum((_split(term)[0] for term in group), Fraction(0))) if len(group) > 1 else None
        if total is None or not any(isinstance(part, Dec) for term in group for part in _factors(term)):
            new += group
        else:
            negative = isinstance(total, Neg)
            new.append(_signed(negative, mul(_bare(total), *(() if rest == ONE else _factors(rest)))))
    return node if len(new) == len(node.children) else new[0] if len(new) == 1 else Add(*new)


def _split(term: Node) -> Term:
    """The number in front of a term, and the rest."""
    factors = _factors(term)
    value = _value(factors[0])
    rest = mul(*factors) if value is None else mul(*factors[1:]) if len(factors) > 1 else ONE
    return (Fraction(1) if value is None else value) * (-1 if isinstance(term, Neg) else 1), rest


def _factors(term: Node) -> tuple[Node, ...]:
    term = _bare(term)
    return term.children if isinstance(term, Mul) else (term,)


def _bare(node: Node) -> Node:
    return node.children[0] if isinstance(node, Neg) else node


def _signed(negative: bool, node: Node) -> Node:
    return Neg(node) if negative else node


def _value(node: Node) -> Fraction | None:
    """The number that a node is, a decimal as it was written."""
    bare = _bare(node)
    value = bare.value if isinstance(bare, Num) else bare.exact if isinstance(bare, Dec) else None
    return -value if value is not None and bare is not node else value


def _times(numbers: Iterable[Node]) -> Fraction:
    product = Fraction(1)
    for number in numbers:
        product *= _value(number) or 0
    return product


def _number(value: Fraction) -> Node | None:
    """A whole number, or a decimal of few digits."""
    size = abs(value)
    if size.denominator == 1 and size < 10**MOST_DIGITS:
        return _signed(value < 0, Num(size))
    decimal = Dec(sympy.Float(sympy.Rational(size.numerator, size.denominator), MOST_DIGITS))
    return _signed(value < 0, decimal) if decimal.exact == size else None
