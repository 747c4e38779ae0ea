"""Irreducible factors of a formula, by which it is seen that two ask for the same: x (x - 1) != 0 for x != 0 and x != 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from gdsym.written.nodes import ONE, Add, Fn, Neg, Node, Pow, is_num, replace, walk

LARGEST = 60  # nodes of a part that is factored to see whether it is asked for in another form
OTHERS = {sympy.sin: (sympy.cos, -1), sympy.cos: (sympy.sin, -1), sympy.cosh: (sympy.sinh, 1)}


def forms(part: Node) -> Iterator[Node]:
    """The formula, and by sines or cosines alone: 1 - cos^2 u is sin^2 u."""
    yield part
    for power in dict.fromkeys(p for p in walk(part) if isinstance(p, Pow) and is_num(p.exponent, 2)):
        if isinstance(power.base, Fn) and power.base.func in OTHERS:
            name, sign = OTHERS[power.base.func]
            other = Pow(Fn(name, *power.base.children), power.exponent)
            yield replace(part, {power: Add(ONE, other if sign > 0 else Neg(other))})


def irreducible(part: Node) -> tuple[set[Any], set[Any]]:
    """The irreducible factors above and below the bar, up to constants, if letters, entries and functions are letters."""
    if sum(1 for _ in walk(part)) > LARGEST:
        return {part.to_sympy()}, set()
    top, bottom = (
        set() if value.is_number else set(_factors(value)) for value in sympy.fraction(sympy.together(part.to_sympy()))
    )
    return top, bottom


def _factors(value: Any) -> Iterator[Any]:
    """The factors of each base: SymPy sorts the factors of x^k y^a by their exponents, and cannot."""
    for base, _ in (part.as_base_exp() for part in sympy.Mul.make_args(value)):
        try:
            yield from (factor for factor, _ in sympy.factor_list(base)[1])
        except sympy.PolynomialError:  # e^(-x - a) + 1 is no polynomial to SymPy
            yield base
