"""Powers and roots: base and exponent, and how they are written."""

from __future__ import annotations

from fractions import Fraction

import sympy

from gdsym.written.nodes import ONE, Fn, Neg, Node, Num, Pow, Root

UNIT = Fraction(1)


def base_of(factor: Node) -> Node:
    """x, of a positive power of x or a root of x; anything else is its own base."""
    if isinstance(factor, (Pow, Root)):
        base, exponent = factor.children
        return base if isinstance(exponent, Num) and exponent.ratio[0] > 0 else factor
    return factor


def base_exponent(factor: Node) -> tuple[Node, Fraction]:
    base = base_of(factor)
    if base is factor:
        return factor, UNIT
    exponent = factor.children[1]
    assert isinstance(exponent, Num)
    return base, exponent.value if isinstance(factor, Pow) else 1 / exponent.value


def raised(base: Node, exponent: Fraction) -> Node:
    """base^exponent as on paper: roots as roots, 1 and 0 left out."""
    if exponent == 1:
        return base
    if exponent.numerator == 1 and exponent.denominator > 1:
        return Root(base, Num(exponent.denominator))
    return Pow(base, Num(exponent)) if exponent else ONE


def without_inverses(factors: list[Node]) -> list[Node]:
    """e^u e^-u = 1."""
    for factor in factors:
        if isinstance(factor, Fn) and factor.func is sympy.exp:
            u = factor.children[0]
            inverse = Fn(sympy.exp, u.arg if isinstance(u, Neg) else Neg(u))
            if inverse in factors:
                left = list(factors)
                left.remove(factor)
                left.remove(inverse)
                return without_inverses(left)
    return factors
