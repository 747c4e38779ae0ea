"""Exponentials whose exponents have like terms or a letter in common: e^(2x)/e^x = e^x, e^(k x)/e^x = e^((k - 1) x)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.polynomials import Polynomials
from gdsym.rules.powers import base_exponent, number_of, raised
from gdsym.rules.regions import large, letters_of
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    Div,
    Fn,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Sym,
    kinds_of,
    mul,
    replace,
    rewrite,
    walk,
)

FUNCTIONS, ENTRIES = kinds_of(Fn), kinds_of(Indexed)


class Exponential(NamedTuple):
    """A factor e^u or (e^u)^n: where it stands, above or below the bar, and n u with the sign of that."""

    at: int
    below: bool
    terms: list[Node]


def one_exponential(node: Node) -> Node:
    """e^u e^v = e^(u + v) and e^u/e^v = e^(u - v), where u and v have like terms or are products with a letter in common."""
    if not isinstance(node, (Mul, Div)):
        return node
    sides = split(node)
    for one, other in combinations(_exponentials(*sides), 2):
        total = _together(one.terms, other.terms)
        if total is not None:
            gone = {(one.below, one.at), (other.below, other.at)}
            above, below = ([f for at, f in enumerate(side) if (low, at) not in gone] for low, side in enumerate(sides))
            return one_exponential(rebuilt([*above, Fn(sympy.exp, total)] if total != ZERO else above or [ONE], below))
    return node


def _exponentials(above: list[Node], below: list[Node]) -> Iterator[Exponential]:
    for low, side in enumerate((above, below)):
        for at, factor in enumerate(side):
            base, power = base_exponent(factor)
            if isinstance(base, Fn) and base.func is sympy.exp and power.denominator == 1:
                yield Exponential(at, bool(low), _terms(base.children[0], -power if low else power))


def _terms(exponent: Node, times: Fraction) -> list[Node]:
    """The terms of the exponent, each that many times."""
    size = Num(abs(times))
    scaled = [calculate(Mul(size, term)) for term in (exponent.children if isinstance(exponent, Add) else (exponent,))]
    return [calculate(Neg(term)) for term in scaled] if times < 0 else scaled


def _together(one: list[Node], other: list[Node]) -> Node | None:
    """The sum of both exponents if like terms meet in it, or as (k - 1) x."""
    total = calculate(Add(*one, *other))
    if not isinstance(total, Add) or len(total.children) < len(one) + len(other):
        return total
    return _common(*one, *other) if len(one) == len(other) == 1 else None


def _common(one: Node, other: Node) -> Node | None:
    """K x - x = (k - 1) x, for a letter x."""
    minus = [isinstance(term, Neg) for term in (one, other)]
    sides = [split(term.arg if isinstance(term, Neg) else term) for term in (one, other)]
    shared = [f for f in sides[0][0] if isinstance(f, Sym) and f in sides[1][0]]
    if not shared or any(below for _, below in sides):
        return None
    rest = [mul(*(f for f in above if f not in shared)) for above, _ in sides]
    if any(not part.free.isdisjoint(shared) for part in rest):
        return None  # -2 x e^(2 x) + 2 x
    signed = [Neg(r) if low and not all(minus) else r for r, low in zip(rest, minus, strict=True)]
    bracket = calculate(
        drop(
            Add(
                *sorted(signed, key=lambda r: (isinstance(r.arg if isinstance(r, Neg) else r, Num), isinstance(r, Neg)))
            )
        )
    )
    return Neg(mul(bracket, *shared)) if all(minus) else mul(bracket, *shared)


def of_logarithm(node: Node) -> Node:
    """e^(n log u) = u^n, n without the letters of u and without functions; u is above 0."""
    if not isinstance(node, Fn) or node.func is not sympy.exp:
        return node
    exponent = node.children[0]
    ups, downs = split(exponent.arg if isinstance(exponent, Neg) else exponent)
    logs = [f for f in ups if isinstance(f, Fn) and f.func is sympy.log]
    if len(logs) != 1 or logs[0].has(ENTRIES):
        return node
    rest = [f for f in ups if f is not logs[0]]
    if any(f.has(FUNCTIONS) or not f.free.isdisjoint(logs[0].free) for f in (*rest, *downs)):
        return node
    times, base = calculate(rebuilt(rest or [ONE], downs)), logs[0].children[0]
    number = number_of(times)
    power = Pow(base, times) if number is None else raised(base, number)
    return Div(ONE, power) if isinstance(exponent, Neg) else power


def by_powers(node: Node, shortest: Callable[[Node], Node]) -> Iterator[Node]:
    """The shortest form in which e^(2x) and e^(3x) are powers of e^x to the polynomials."""
    powers = _as_powers([atom for atom in letters_of(node) if isinstance(atom, Fn) and atom.func is sympy.exp])
    if powers:
        inverse = {one_exponent(power.den): atom for atom, power in powers.items() if isinstance(power, Div)}

        def as_typed(part: Node) -> Node:
            """Where e^(-u) stood it stands again, not 1/e^u."""
            if isinstance(part, Div) and isinstance(part.num, Num) and part.den in inverse:
                return inverse[part.den] if part.num == ONE else Mul(part.num, inverse[part.den])
            return one_exponent(part)

        yield rewrite(shortest(replace(node, powers)), as_typed)


def _as_powers(atoms: Sequence[Fn]) -> dict[Node, Node]:
    """Each of the exponentials as a power of the one of which all others are whole powers, where there is such a one."""
    found: dict[Node, Node] = {}
    for base in atoms:
        times = {atom: ratio for atom in atoms if (ratio := _multiple(atom, base)) is not None and atom not in found}
        if len(times) > 1 and all(ratio.denominator == 1 for ratio in times.values()):
            found |= {atom: _power(base, int(ratio)) for atom, ratio in times.items() if atom != base}
    return found


def _power(base: Fn, n: int) -> Node:
    return Pow(base, Num(n)) if n > 0 else Div(ONE, Pow(base, Num(-n)) if n < -1 else base)


def _multiple(one: Fn, other: Fn) -> Fraction | None:
    """The number that the first exponent is times the second."""
    exponents = Div(one.children[0], other.children[0])
    ratio = None if large(exponents) else Polynomials(letters_of(exponents)).ratio(exponents)
    if ratio is None or not all(side.is_constant() for side in ratio):
        return None
    above, below = (side.leading_coefficient() for side in ratio)
    return Fraction(int(above.p * below.q), int(above.q * below.p))


def alike(one: Fn, other: Fn) -> bool:
    """Is one exponential a power of the other?"""
    return one == other or _multiple(one, other) is not None


def one_exponent(part: Node) -> Node:
    """(e^u)^n = e^(n u)."""
    base, power = base_exponent(part) if isinstance(part, Pow) else (part, Fraction(1))
    if power == 1 or not isinstance(base, Fn) or base.func is not sympy.exp:
        return part
    return Fn(sympy.exp, calculate(cancel(Mul(Num(power), base.children[0]))))


def powers_beside(whole: Node) -> bool:
    """Does e^u stand beside (e^u)^n? There they are powers of one letter to what comes."""
    powers = {part.children[0] for part in walk(whole) if isinstance(part, Pow) and _is_exp(part.children[0])}
    alone = (c for part in walk(whole) if not isinstance(part, Pow) for c in part.children if _is_exp(c))
    return bool(powers) and not powers.isdisjoint(alone)


def _is_exp(node: Node) -> bool:
    return isinstance(node, Fn) and node.func is sympy.exp
