"""Arithmetic: numbers, signs, exponents and like terms of one node whose parts are tidy already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import prod

import sympy

from gdsym.rules.dropping import NOUGHT, UNITY
from gdsym.rules.orders import mirrored
from gdsym.rules.powers import UNIT, base_exponent, base_of, has_letters, joined, one_root, raised, without_inverses
from gdsym.rules.shapes import half_power, logistic_exponential
from gdsym.rules.terms import coefficient, counted, like_terms, number, scaled, signed
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    Dec,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Root,
    Sym,
    is_num,
    kinds_of,
    mul,
)

Tidy = Callable[[Node], Node]
DECIMALS = kinds_of(Dec)
LARGEST_POWER = 10**6  # numbers beyond are left as powers


def calculate(node: Node) -> Node:
    """Numbers are multiplied and moved in front, signs taken out, exponents of one base and like terms added."""
    if node.kinds & DECIMALS:
        from gdsym.rules.decimals import decimals

        node = decimals(node)
    rule = CALCULATE.get(type(node))
    return rule(node) if rule else node


def _negative(node: Node) -> bool:
    return isinstance(node, Neg)


def _calculate_mul(node: Node) -> Node:
    if _calculated(node.children):
        return node
    negative = False
    numbers: list[Num] = []
    rest: list[Node] = []
    for factor in node.children:
        if isinstance(factor, Neg):
            negative, factor = not negative, factor.arg
        elif _all_minus(factor):
            negative, factor = not negative, Add(*(t.children[0] for t in factor.children))
        for part in factor.children if isinstance(factor, Mul) else (factor,):
            if isinstance(part, Num):
                numbers.append(part)
            else:
                rest.append(part)
    front = _multiplied(numbers)
    if front and front[0].ratio == NOUGHT:
        return ZERO
    front, rest = _joined(front, without_inverses(rest))
    front, rest = _cleared(front, rest)
    return signed(negative, mul(*front, *one_root(_powers(rest))))


def _joined(front: list[Num], rest: list[Node]) -> tuple[list[Num], list[Node]]:
    """Powers with letters in their exponents joined, the number in front as well: 6 x (2 x)^(k - 1) = 3 (2 x)^k."""
    if not any(map(has_letters, rest)):
        return front, rest
    number = front[0].value if front else UNIT
    for within in filter(None, map(_number_within, rest)):
        if (number / within.value).denominator == 1:
            found = joined([within, *rest], like_terms)
            if found[0] is not within:
                return [Num(number / within.value)] if number != within.value else [], found
    return front, joined(rest, like_terms)


def _cleared(front: list[Num], rest: list[Node]) -> tuple[list[Num], list[Node]]:
    """2 (1/2 - a/2) w = (1 - a) w: a bracket of fractions takes the number in front that clears them."""
    for at, bracket in enumerate(rest if front else ()):
        if _clears(front[0], bracket):
            pairs = ((value * front[0].value, part) for value, part in map(counted, bracket.children))
            terms = [number(value) if part == ONE else scaled(value, part) for value, part in pairs]
            return [], [*rest[:at], Add(*terms), *rest[at + 1 :]]
    return front, rest


def _clears(front: Num, bracket: Node) -> bool:
    """Is the number the denominator of every term?"""
    return type(bracket) is Add and all(coefficient(term).denominator == front.value != 1 for term in bracket.children)


def _number_within(power: Node) -> Num | None:
    """The 2 of (2 x)^(k - 1), a power that was made lower."""
    if not has_letters(power) or not isinstance(power.children[0], Mul):
        return None
    number, exponent = power.children[0].children[0], power.children[1]
    lower = isinstance(exponent, Add) and coefficient(exponent.children[-1]) < 0
    return number if lower and isinstance(number, Num) and number.value else None


def _multiplied(numbers: list[Num]) -> list[Num]:
    """Their product, left out if it is 1."""
    if len(numbers) > 1:
        numbers = [_product(tuple([number.ratio for number in numbers]))]
    return [number for number in numbers if number.ratio != UNITY]


@lru_cache(maxsize=1024)
def _product(ratios: tuple[tuple[int, int], ...]) -> Num:
    """The product of fractions; the same few stand in every term of a sum."""
    above, below = zip(*ratios, strict=True)
    return Num(Fraction(prod(above), prod(below)))


def _calculated(factors: Sequence[Node]) -> bool:
    """Is there one number at most, in front, and every other base once?"""
    types = list(map(type, factors))
    if Neg in types or Mul in types or Num in types[1:] or (Add in types and any(map(_all_minus, factors))):
        return False
    if types.count(Fn) > 1 and sum(isinstance(f, Fn) and f.func is sympy.exp for f in factors) > 1:
        return False
    if Add in types and type(factors[0]) is Num and any(_clears(factors[0], f) for f in factors[1:]):
        return False
    if types.count(Root) > 1 and one_root(factors) is not factors:
        return False
    powers = Pow in types or Root in types
    if powers and any(map(has_letters, factors)):
        front = [f for f in factors if isinstance(f, Num)]
        rest = [f for f in factors if not isinstance(f, Num)]
        if _joined(front, rest) != (front, rest):
            return False
    single = len(set(map(base_of, factors) if powers else factors)) == len(factors)
    return single and not (isinstance(factors[0], Num) and factors[0].ratio in (NOUGHT, UNITY))


def _all_minus(factor: Node) -> bool:
    """A sum of terms with a minus: -u - v, but not -u - 3 (-v), whose last term has none once it is worked out, nor -(1 + x) - (1 - x), which is -2."""
    if type(factor) is not Add or type(factor.children[0]) is not Neg or set(map(type, factor.children)) != {Neg}:
        return False
    inner = [term.children[0] for term in factor.children]
    return Add not in map(type, inner) and not any(isinstance(u, Mul) and Neg in map(type, u.children) for u in inner)


def _powers(factors: Sequence[Node]) -> list[Node]:
    """x^a x^b = x^(a+b) for numeric exponents, at the place of the first."""
    if len({base_of(factor) for factor in factors}) == len(factors):
        return list(factors)
    exponents: dict[Node, Fraction] = {}
    for factor in factors:
        base, exponent = base_exponent(factor)
        exponents[base] = exponents[base] + exponent if base in exponents else exponent
    return [f for f in (raised(base, exponent) for base, exponent in exponents.items()) if not is_num(f, 1)]


def _calculate_neg(node: Node) -> Node:
    arg = node.children[0]
    return arg.arg if isinstance(arg, Neg) else node


def _calculate_div(node: Node) -> Node:
    """Signs in front; numbers that divide are divided."""
    num, den = node.children
    if _all_minus(num):
        return Neg(Div(Add(*(term.children[0] for term in num.children)), den))
    negative = _negative(num) != _negative(den)
    num, den = (part.arg if isinstance(part, Neg) else part for part in (num, den))
    if isinstance(num, Num) and isinstance(den, Num) and den.value:
        return signed(negative, Num(num.value / den.value))
    return signed(negative, node if not (_negative(node.children[0]) or _negative(node.children[1])) else Div(num, den))


def _calculate_pow(node: Node) -> Node:
    """Numbers are raised; (u^a)^b = u^(ab) for whole b."""
    base, exponent = node.children
    if (root := half_power(base, exponent)) is not None:
        return root
    if not isinstance(exponent, Num) or exponent.value.denominator != 1:
        return node
    power = exponent.value
    if isinstance(base, Num) and 0 < power <= 64 and abs(base.value) <= LARGEST_POWER:
        return Num(base.value ** int(power))
    if power == 1:
        return base
    if isinstance(base, Neg) and power > 0:
        return signed(power % 2 == 1, Pow(base.arg, exponent))
    inner = base.exponent.value if isinstance(base, Pow) and isinstance(base.exponent, Num) else None
    if inner is not None and (inner.denominator == 1 or power > 0):
        return raised(base.children[0], inner * power)
    if isinstance(base, Pow) and power > 0:
        return Pow(base.base, _times_so_much(power, base.exponent))
    if isinstance(base, Root) and isinstance(base.degree, Num) and base.degree.value > 0 and power > 0:
        return raised(base.arg, power / base.degree.value)
    return _distributed(base, power) or node if power > 1 else node


def _times_so_much(power: Fraction, exponent: Node) -> Node:
    """The exponent of (x^n)^2 = x^(2n)."""
    value, rest = counted(exponent)
    return number(value * power) if rest == ONE else scaled(value * power, rest)


def _distributed(base: Node, power: Fraction) -> Node | None:
    """(x/5)^2 = x^2/25, (x/(sqrt(2) s))^2 = x^2/(2 s^2), (1/u)^2 = 1/u^2, (x y^2)^2 = x^2 y^4: where numbers, roots or powers are raised, factor by factor."""
    if isinstance(base, Div) and logistic_exponential(base) is None and (is_num(base.num, 1) or _is_scaled(base)):
        return Div(_power_of(base.num, power), _power_of(base.den, power))
    if isinstance(base, Mul) and (any(isinstance(f, (Num, Root)) for f in base.children) or _is_monomial(base)):
        return _calculate_mul(Mul(*(_power_of(f, power) for f in base.children)))
    return None


def _is_monomial(base: Mul) -> bool:
    """A product of letters and their whole powers."""
    return all(isinstance(base_of(f), Sym) and base_exponent(f)[1].denominator == 1 for f in base.children)


def _is_scaled(base: Div) -> bool:
    below = base.den.children if isinstance(base.den, Mul) else (base.den,)
    number = isinstance(base.den, Num) or any(isinstance(f, Root) and not f.free for f in below)
    return number and not isinstance(base.num, Add)


def _power_of(node: Node, power: Fraction) -> Node:
    return _calculate_pow(Pow(node, Num(power)))


CALCULATE: dict[type[Node], Tidy] = {
    Add: like_terms, Mul: _calculate_mul, Neg: _calculate_neg, Div: _calculate_div, Pow: _calculate_pow, Fn: mirrored,
}  # fmt: skip
