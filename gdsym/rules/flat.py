"""Fractions within fractions: x/(c^2 (1 + r^2/c^2)) = x/(c^2 + r^2), (a sqrt(u) - b/sqrt(u))/u = (a u - b)/u^(3/2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, exponents, rebuilt, split
from gdsym.rules.powers import base_exponent, number_of, raised
from gdsym.rules.regions import size
from gdsym.rules.terms import coefficient
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, Add, Div, Mul, Neg, Node, Num, Pow, Root, Sum, Sym, kinds_of, mul, walk

FRACTIONS, POWERS, ROOTS, SUMS = kinds_of(Div), kinds_of(Pow, Root), kinds_of(Root), kinds_of(Sum)
HALF = Fraction(1, 2)
FEW = 3  # terms of a bracket that is multiplied by what they are divided by
Side = Mapping[Node, Fraction]  # base -> exponent


def flat(node: Node) -> Node:
    """A factor below the bar multiplied into a sum of fractions beside it that are divided by it."""
    return _shorter(node, lambda missing: not missing)


def multiplied(node: Node) -> Node:
    """The fraction with both sides multiplied by what the terms of a sum below its bar are divided by, if that makes it shorter."""
    return _without_roots_above(_shorter(node, lambda missing: True))


def _shorter(node: Node, may_be: Callable[[list[Node]], bool]) -> Node:
    if isinstance(node, Neg):
        return node if (found := _shorter(node.arg, may_be)) is node.arg else Neg(found)
    if not isinstance(node, (Mul, Div)) or not node.has(FRACTIONS):
        return node
    odd, ups, downs = sides(node)
    for at, bracket in enumerate(downs):
        beside = [*downs[:at], *downs[at + 1 :]]
        if isinstance(bracket, Add) and bracket.has(FRACTIONS) and not _under_a_root(bracket, (*ups, *beside)):
            new = _multiplied(bracket, ups, beside, may_be)
            if new is not None and size(new) < size(node):
                return Neg(new) if odd else new
    return node


def sides(node: Node) -> tuple[bool, list[Node], list[Node]]:
    """Has the product a minus, and the factors above and below the bar; signs of factors left aside."""
    signed = node.children if isinstance(node, Mul) else ()
    bare = tuple(f.arg if isinstance(f, Neg) else f for f in signed)
    odd = sum(isinstance(f, Neg) for f in signed) % 2 == 1
    return odd, *split(node.with_children(bare) if odd or bare != signed else node)


def _under_a_root(bracket: Node, factors: Iterable[Node]) -> bool:
    """Does the bracket stand under a root, too, with which it makes one power?"""
    parts = (part for factor in factors if factor.has(POWERS) for part in walk(factor))
    return any(base != part and base == bracket for part in parts for base in (base_exponent(part)[0],))


def _without_roots_above(node: Node) -> Node:
    """(a sqrt(u) - b/sqrt(u))/u = (a u - b)/u^(3/2), if that is shorter; polynomials do it where there is no sum over an index."""
    if isinstance(node, Neg):
        return node if (found := _without_roots_above(node.arg)) is node.arg else Neg(found)
    if not isinstance(node, (Mul, Div)) or not (node.has(ROOTS) and node.has(SUMS)):
        return node
    ups, downs = split(node)
    for at, bracket in enumerate(ups if downs else ()):
        roots = _roots(bracket) if isinstance(bracket, Add) else {}
        if roots:
            new = [*ups[:at], with_factors(bracket, roots), *ups[at + 1 :]]
            found = cancel(rebuilt(new, _factors(exponents([*downs, *_factors(roots)]))))
            if size(found) < size(node):
                return found
    return node


def above(node: Node) -> Node:
    """(1 + 1/(2 sqrt(v)))/(2 sqrt(u)) = (2 sqrt(v) + 1)/(4 sqrt(v) sqrt(u)): no root below a bar within a fraction, unless the bracket stands below, too."""
    if isinstance(node, Neg):
        return node if (found := above(node.arg)) is node.arg else Neg(found)
    if not isinstance(node, (Mul, Div)) or not node.has(FRACTIONS):
        return node
    odd, ups, downs = sides(node)
    for at, bracket in enumerate(ups if any(f.free for f in downs) else ()):
        below = _denominator(bracket) if isinstance(bracket, Add) and not bracket.has(SUMS) else {}
        beside = any(bracket == part for factor in downs for part in walk(factor)) if below else True
        if not beside and len(bracket.children) <= FEW and _simple(below):
            number, cleared = _whole(with_factors(bracket, below))
            under = [*downs, number, *_factors(below)]
            found = calculate(rebuilt([*ups[:at], cleared, *ups[at + 1 :]], [f for f in under if f != ONE]))
            return Neg(found) if odd else found
    return node


def _simple(below: Side) -> bool:
    """Nothing but square roots, or one letter?"""
    roots = all(power == HALF for power in below.values())
    return roots or (len(below) == 1 and all(isinstance(u, Sym) and n.denominator == 1 for u, n in below.items()))


def _roots(bracket: Add) -> dict[Node, Fraction]:
    """The square roots of what is below the bars of its terms."""
    below = _denominator(bracket)
    return {base: HALF for base, power in below.items() if power.denominator == 2}


def _multiplied(
    bracket: Add, ups: Sequence[Node], beside: Sequence[Node], may_be: Callable[[list[Node]], bool]
) -> Node | None:
    """Both sides times the common denominator of the bracket below; None if it has none, or if more than `may_be` goes above the bar.

    A bracket of fractions above the bar is multiplied by its own.
    """
    below, own = _denominator(bracket), exponents(beside)
    if not below or not may_be(_factors(_less(below, own))):
        return None
    at = next(
        (at for at, up in enumerate(ups) if _less(below, own) and isinstance(up, Add) and up.has(FRACTIONS)), None
    )
    above = {} if at is None else _denominator(ups[at])
    for base, power in above.items():
        own[base] = own.get(base, Fraction(0)) + power
    new = [with_factors(up, above) if j == at else up for j, up in enumerate(ups)]
    number, cleared = _whole(with_factors(bracket, below))
    over = [f for f in (*new, *_factors(_less(below, own)), number) if f != ONE]
    return rebuilt(over, [cleared, *_factors(_less(own, below))])


def _whole(bracket: Node) -> tuple[Node, Node]:
    """A number, and the bracket times it, in which no number divides a term: 2 s^2 + x^2 of s^2 + x^2/2."""
    number = lcm(*(coefficient(term).denominator for term in bracket.children)) if isinstance(bracket, Add) else 1
    if number == 1:
        return ONE, bracket
    terms = (calculate(Mul(Num(number), term)) for term in bracket.children)
    return Num(number), Add(*(drop(calculate(cancel(term))) for term in terms))


def _denominator(bracket: Node) -> dict[Node, Fraction]:
    """The common denominator of the terms, numbers left aside."""
    found: dict[Node, Fraction] = {}
    for term in bracket.children:
        for base, power in exponents(opened_sides(term)[1]).items():
            if not isinstance(base, Num):
                found[base] = max(power, found.get(base, Fraction(0)))
    return found


def _less(one: Side, other: Side) -> Side:
    """What is left of one product if it is divided by another."""
    left = {base: power - other.get(base, Fraction(0)) for base, power in one.items()}
    return {base: power for base, power in left.items() if power > 0}


def with_factors(bracket: Node, factors: Side) -> Node:
    """The sum, each term multiplied by these powers."""
    return Add(*(_term(term, factors) for term in bracket.children))


def _term(term: Node, times: Side) -> Node:
    ups, downs = opened_sides(term)
    new = drop(cancel(calculate(rebuilt([*(f for f in ups if f != ONE), *_factors(times)], downs))))
    return Neg(new) if isinstance(term, Neg) else new


def opened_sides(term: Node) -> tuple[list[Node], list[Node]]:
    """The factors of the term above and below its bar; (r/c)^2 is r^2/c^2."""
    ups, downs = split(term.arg if isinstance(term, Neg) else term)
    for factor in tuple(ups):
        base, power = base_exponent(factor)
        if isinstance(base, Div) and power.denominator == 1 and power > 1:
            ups.remove(factor)
            above, under = split(base)
            ups += _factors({b: e * power for b, e in exponents(above).items()})
            downs += _factors({b: e * power for b, e in exponents(under).items()})
    return ups, downs


def _factors(side: Side) -> list[Node]:
    return [raised(base, power) for base, power in side.items()]


def roots_below(node: Node) -> Node:
    """2/3 x (x^2 + 1)^(-2/3) = 2 x/(3 (x^2 + 1)^(2/3)): brackets to a power below 0 that is not whole."""
    if not isinstance(node, Mul) or not any(map(_below, node.children)):
        return node
    ups, downs = split(node)
    crossing = [raised(f.children[0], power) for f in ups if (power := _below(f))]
    stay = [f for f in ups if not _below(f)]
    bar, bracket = ONE, next((f for f in stay if isinstance(f, Add)), None)
    if bracket is not None:
        bar = Num(lcm(*(coefficient(term).denominator for term in bracket.children)))
        cleared = Add(*(calculate(drop(Mul(bar, term))) for term in bracket.children))
        stay = [cleared if f is bracket else f for f in stay]
    return calculate(cancel(Div(drop(mul(*stay)), drop(mul(bar, *downs, *crossing)))))


def _below(factor: Node) -> Fraction | None:
    """The power to which the bracket stands below a bar, if it belongs there."""
    power = number_of(factor.exponent) if isinstance(factor, Pow) and isinstance(factor.base, Add) else None
    return -power if power is not None and power < 0 and power.denominator > 1 else None
