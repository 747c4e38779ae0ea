"""Square roots that a law brought in, as one writes them: 2 sqrt(1 - x^2/4) = sqrt(4 - x^2), sqrt(-4 x (x - 1)) = 2 sqrt(x (1 - x))."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm, prod

import sympy

from gdsym.rules.bounds import holds
from gdsym.rules.flat import opened_sides, with_factors
from gdsym.rules.fractions import exponents, rebuilt, split
from gdsym.rules.powers import base_exponent, base_of, raised
from gdsym.rules.signs import flip
from gdsym.written.nodes import ONE, TWO, Add, Div, Fn, Mul, Neg, Node, Num, Root, Sym, is_num, mul

MOST = 10**12  # of a number that is taken apart into a square and the rest


def radical(node: Node) -> Node:
    """The root without fractions, squares or a minus in front below it, or the node as it is.

    sqrt(x^(3/2)) = x^(3/4), sqrt(u^2) = |u|, sqrt(1/u) = 1/sqrt(u); what is below a bar in a sum leaves its root if it is a square, or positive.
    """
    if not isinstance(node, Root) or not is_num(node.degree, 2):
        return node
    arg = flip(node.arg)
    if isinstance(arg, Add):
        found = _without_fractions(arg) or _of_factors(arg)
    else:
        found = (
            _of_power(arg) or _quotient(arg) or (_without_squares(arg) if isinstance(arg, (Mul, Div, Neg)) else None)
        )
    return found or (node if arg is node.arg else Root(arg, TWO))


def of_quotient(node: Node) -> Node:
    """sqrt(1/u) = 1/sqrt(u), or the node as it is."""
    return (_quotient(node.arg) if isinstance(node, Root) and is_num(node.degree, 2) else None) or node


def _without_fractions(arg: Add) -> Node | None:
    """sqrt(1 - x^2/4) = sqrt(4 - x^2)/2, where the number is a square, sqrt(1 - 1/x^2) = sqrt(x^2 - 1)/|x|."""
    number, letters = 1, dict[Node, Fraction]()
    for term in arg.children:
        ups, downs = opened_sides(term)
        number = lcm(number, _value(ups).denominator, _value(downs).numerator)
        for base, power in exponents(f for f in downs if not isinstance(base_of(f), Num)).items():
            letters[base] = max(power, letters.get(base, Fraction(0)))
    if (number == 1 and not letters) or not 1 <= number < MOST:
        return None
    if any(power % 2 and not _positive(base) for base, power in letters.items()):
        return None
    root, rest = _square_in(number)
    if rest > 1:
        return None
    half = {base: Fraction(-(-power // 2)) for base, power in letters.items()}
    square = {base: 2 * power for base, power in half.items()}
    if root > 1:
        square[Num(number)] = Fraction(1)
    outside = [*([Num(root)] if root > 1 else []), *(_size(base, power) for base, power in half.items())]
    return Div(Root(with_factors(arg, square), TWO), mul(*outside))


def _without_squares(arg: Node) -> Node | None:
    """sqrt(4 u) = 2 sqrt(u), sqrt(x^2 u) = |x| sqrt(u); a minus that no bracket takes stays, sqrt(-4 x (x + 1)) = 2 sqrt(-x (x + 1))."""
    ups, downs = split(arg.arg if isinstance(arg, Neg) else arg)
    value = _value(ups) / (_value(downs) or 1)
    if not 0 < value.numerator < MOST or value.denominator >= MOST:
        return None
    outside: list[list[Node]] = []
    inside: list[list[Node]] = []
    for factors, number in ((ups, value.numerator), (downs, value.denominator)):
        root, rest = _square_in(number)
        others = [f for f in factors if not isinstance(base_of(f), Num)]
        squares = [f for f in others if base_exponent(f)[1] % 2 == 0]
        outside.append([*([Num(root)] if root > 1 else []), *map(_half, squares)])
        inside.append([*([Num(rest)] if rest > 1 else []), *(f for f in others if f not in squares)])
    if not any(outside) or not any(inside):
        return None
    below = rebuilt(inside[0] or [ONE], inside[1])
    return rebuilt([*outside[0], Root(flip(Neg(below)) if isinstance(arg, Neg) else below, TWO)], outside[1])


def _of_factors(arg: Add) -> Node | None:
    """sqrt((x^2 + 1)^2 - 1) = |x| sqrt(x^2 + 2): a square comes to light once the bracket is opened and all is factored."""
    powers = (base_of(term.arg if isinstance(term, Neg) else term) for term in arg.children)
    if not any(isinstance(base, Add) for base in powers):
        return None
    from gdsym.rules.squares import factored  # few have such a root

    product = factored(arg)
    return _without_squares(product) if isinstance(product, (Mul, Neg)) else None


def _half(square: Node) -> Node:
    """|u|^k of u^(2k), no absolute value where k is even."""
    base, power = base_exponent(square)
    return _size(base, power / 2)


def _size(base: Node, power: Fraction) -> Node:
    """|u|^k; u^k where that is the same."""
    return raised(Fn(sympy.Abs, base) if power % 2 and not _positive(base) else base, power)


def _quotient(arg: Node) -> Node | None:
    """sqrt(u/v) = sqrt(u)/sqrt(v) where one of both is above 0: then the other is. Numbers leave only as squares."""
    if not isinstance(arg, Div) or isinstance(arg.den, Num) or not any(holds(">", s, _positive) for s in arg.children):
        return None
    above: Node = Root(arg.num, TWO)
    if isinstance(arg.num, Num):
        whole = arg.num.value.denominator == 1 and arg.num.value < MOST
        root, rest = _square_in(int(arg.num.value)) if whole else (1, 2)
        if rest > 1:
            return None
        above = Num(root)
    return Div(above, Root(arg.den, TWO))


def _of_power(arg: Node) -> Node | None:
    """sqrt(x^(3/2)) = x^(3/4), where x is positive or 0; sqrt(u^2) = |u|."""
    base, power = base_exponent(arg)
    if power <= 0 or power == 1:
        return None
    if power.denominator % 2 == 0:
        return raised(base, power / 2)
    return _half(arg) if power % 2 == 0 else None


def _value(factors: Iterable[Node]) -> Fraction:
    pairs = ((base, power) for base, power in map(base_exponent, factors) if power.denominator == 1)
    return prod((base.value ** int(power) for base, power in pairs if isinstance(base, Num)), start=Fraction(1))


def _square_in(number: int) -> tuple[int, int]:
    """12 = 2^2 3: the root of the largest square that divides it, and the rest."""
    size = prod(p ** (e // 2) for p, e in sympy.factorint(number).items())
    return size, number // size**2


def _positive(letter: Node) -> bool:
    return isinstance(letter, Sym) and bool(letter.symbol.is_positive)
