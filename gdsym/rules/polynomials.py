"""Rational formulas as fractions of polynomials with rational coefficients, in lowest terms (python-flint does the work)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from math import gcd, lcm
from operator import mul as mul_of
from typing import Any, TypeAlias

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from gdsym.rules.regions import whole
from gdsym.written.nodes import Add, Dec, Div, Neg, Node, Num, Pow

Polynomial: TypeAlias = Any  # flint.fmpq_mpoly; python-flint is untyped
Ratio: TypeAlias = tuple[Polynomial, Polynomial]  # above and below the bar
Factors: TypeAlias = list[tuple[Polynomial, int]]


MANY = 10**6


class Polynomials:
    """Rational formulas in some letters: parts of the formula that are no + - * / or whole power."""

    def __init__(self, letters: Sequence[Node]) -> None:
        self._ring = fmpq_mpoly_ctx.get([f"a{j}" for j in range(len(letters))], Ordering.lex)
        self._one = self._ring.constant(1)
        self._done: dict[Node, Ratio] = {
            node: (x, self._one) for node, x in zip(letters, self._ring.gens(), strict=True)
        }

    def ratio(self, node: Node) -> Ratio | None:
        """The formula as a fraction; None if it divides by zero."""
        try:
            return self._lowest(*self._ratio(node))
        except ZeroDivisionError:
            return None

    def above(self, node: Node) -> Polynomial:
        """What stands above the bar if the formula is one fraction, its coefficients without a common divisor."""
        above = self._ratio(node)[0]
        return above if above.is_zero() else _primitive(above)

    def _ratio(self, node: Node) -> Ratio:
        found = self._done.get(node)
        if found is None:
            found = self._done[node] = self._made(node)
        return found

    def _made(self, node: Node) -> Ratio:
        if isinstance(node, Num):
            return self._ring.constant(fmpq(*node.ratio)), self._one
        if isinstance(node, Dec):
            return self._ring.constant(fmpq(*node.exact.as_integer_ratio())), self._one
        if isinstance(node, Pow):
            return self._power(self._ratio(node.base), node.exponent)
        parts = [self._ratio(child) for child in node.children]
        if isinstance(node, Neg):
            return -parts[0][0], parts[0][1]
        if isinstance(node, Div):
            (a, b), (c, d) = parts
            return a * d, b * c
        total = parts[0]
        for part in parts[1:]:
            total = plus(total, part) if isinstance(node, Add) else (total[0] * part[0], total[1] * part[1])
        return total

    def _power(self, base: Ratio, exponent: Node) -> Ratio:
        power = whole(exponent)
        assert power is not None
        above, below = base[0] ** abs(power), base[1] ** abs(power)
        return (below, above) if power < 0 else (above, below)

    def _lowest(self, above: Polynomial, below: Polynomial) -> Ratio:
        """No common factor, whole coefficients, a positive sign below."""
        if below.is_zero():
            raise ZeroDivisionError
        common = above.gcd(below)
        above, below = above / common, below / common
        size = content(above) / content(below)
        sign = -1 if below.leading_coefficient() < 0 else 1
        above, below = _primitive(above), _primitive(below)
        return above * (size.p * sign), below * (size.q * sign)

    def without_root(self, ratio: Ratio, letter: Node, degree: int, arg: Node) -> Ratio:
        """Powers of a root above the bar put in as what is below it: r^3 is u r where r = sqrt(u)."""
        at = self._ring.gens().index(self._done[letter][0])
        below = self._ratio(arg)
        total: Ratio = (self._ring.constant(0), self._one)
        for exponents, coefficient in ratio[0].to_dict().items():
            whole, rest = divmod(exponents[at], degree)
            term = self._ring.from_dict({(*exponents[:at], rest, *exponents[at + 1 :]): coefficient})
            total = plus(total, (term * below[0] ** whole, below[1] ** whole))
        return self._lowest(total[0], total[1] * ratio[1])


def expansion(node: Node, rational: Callable[[Node], bool]) -> tuple[int, int]:
    """How many terms there are at most above and below the bar, multiplied out; `MANY` stands for more."""
    if not rational(node):
        return 1, 1
    up, down = _power(node, rational) if isinstance(node, Pow) else _joined(node, rational)
    return min(up, MANY), min(down, MANY)


def _power(node: Pow, rational: Callable[[Node], bool]) -> tuple[int, int]:
    power = whole(node.exponent)
    above, below = (terms ** min(64 if power is None else abs(power), 64) for terms in expansion(node.base, rational))
    return (below, above) if power is not None and power < 0 else (above, below)


def _joined(node: Node, rational: Callable[[Node], bool]) -> tuple[int, int]:
    up, down = 0 if isinstance(node, Add) else 1, 1
    for at, (above, below) in enumerate(expansion(child, rational) for child in node.children):
        if isinstance(node, Add):
            up, down = up * below + above * down, down * below
        elif isinstance(node, Div) and at:
            up, down = up * below, down * above
        else:
            up, down = up * above, down * below
    return up, down


def plus(one: Ratio, other: Ratio) -> Ratio:
    (a, b), (c, d) = one, other
    return (a + c, b) if b == d else (a * d + c * b, b * d)


def content(p: Polynomial) -> fmpq:
    if p.is_zero():
        return fmpq(1)
    coefficients = p.coeffs()
    return fmpq(gcd(*(int(c.p) for c in coefficients)), lcm(*(int(c.q) for c in coefficients)))


def _primitive(p: Polynomial) -> Polynomial:
    return p / content(p)


def factors(p: Polynomial) -> tuple[fmpq, Factors]:
    """The constant, and the irreducible factors with their exponents."""
    constant, found = p.factor()
    return constant, [(factor, int(power)) for factor, power in found]


def by_letters(p: Polynomial, places: Sequence[int]) -> list[tuple[tuple[int, ...], Polynomial]]:
    """The polynomial sorted by its powers of some letters: these powers, and what they are multiplied by."""
    groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in p.to_dict().items():
        own = tuple(int(e) if at in places else 0 for at, e in enumerate(exponents))
        rest = tuple(0 if at in places else int(e) for at, e in enumerate(exponents))
        groups.setdefault(own, {})[rest] = coefficient
    return [(own, p.context().from_dict(rest)) for own, rest in groups.items()]


def as_standing(constant: fmpq, found: Factors, standing: Collection[Polynomial]) -> tuple[fmpq, Factors]:
    """The factors with the signs that their brackets have in the formula: 1 - s, where that stands there, for s - 1."""
    turned = [-factor in standing and factor not in standing for factor, _ in found]
    odd = sum(power for (_, power), turn in zip(found, turned, strict=True) if turn) % 2
    signed = [(-factor if turn else factor, power) for (factor, power), turn in zip(found, turned, strict=True)]
    return -constant if odd else constant, signed


def grouped(constant: fmpq, found: Factors, standing: Collection[Polynomial]) -> tuple[fmpq, Factors]:
    """The same, where a bracket that stands in the formula is one factor, t^3 - t and not t (t - 1) (t + 1)."""
    rest = as_standing(constant, found, standing)[1]
    whole: list[tuple[Polynomial, int]] = []
    for bracket in standing:
        own = [factor for factor, power in bracket.factor()[1] if power == 1]
        if len(own) < 2 or len(own) < len(bracket.factor()[1]):
            continue
        inside = [(factor, power) for factor, power in rest if factor in own or -factor in own]
        if len(inside) == len(own) and len({power for _, power in inside}) == 1:
            whole.append((bracket, inside[0][1]))
            rest = [pair for pair in rest if pair not in inside]
    joined = [*rest, *whole]
    return (_constant(constant, found, joined), joined) if whole else as_standing(constant, found, standing)


def _constant(constant: fmpq, found: Factors, joined: Factors) -> fmpq:
    """What is in front of `joined`, where constant * found is the polynomial."""
    first, second = (reduce(mul_of, (factor**power for factor, power in side)) for side in (found, joined))
    return constant * first.leading_coefficient() / second.leading_coefficient()


def least(p: Polynomial) -> int:
    """At least so much is to be read if the polynomial is written out: a letter a part, and the + around them."""
    monomials = p.monoms()
    return sum(max(1, sum(e > 0 for e in exponents)) for exponents in monomials) + (len(monomials) > 1)


def least_of(found: Factors) -> int:
    return sum(least(factor) for factor, _ in found)


def written(p: Polynomial, letters: Sequence[Any]) -> Any:
    """The polynomial as SymPy in these letters."""
    terms = p.to_dict().items()
    return sympy.Add(*(_term(exponents, coefficient, letters) for exponents, coefficient in terms))


def _term(exponents: Sequence[int], coefficient: fmpq, letters: Sequence[Any]) -> Any:
    powers = (x ** int(e) for x, e in zip(letters, exponents, strict=True) if e)
    return sympy.Mul(sympy.Rational(int(coefficient.p), int(coefficient.q)), *powers)


def product(constant: fmpq, above: Factors, below: Factors, letters: Sequence[Any]) -> Any:
    """The product of the factors as SymPy; a number in front of a bracket stays there."""
    up, down = (sympy.Mul(*(written(f, letters) ** power for f, power in side)) for side in (above, below))
    number, rest = sympy.Rational(int(constant.p), int(constant.q)), up / down
    if rest.is_Add and number not in (1, -1):
        return sympy.Mul(number, rest, evaluate=False)
    return number * rest
