"""Common factors of the terms of a bracket: u x / s - v x = (u / s - v) x, and powers of brackets."""

from __future__ import annotations

from collections.abc import Container, Sequence
from fractions import Fraction

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, exponents, rebuilt, split
from gdsym.rules.polynomials import expansion
from gdsym.rules.powers import base_exponent, base_of, number_of, raised
from gdsym.rules.regions import one_minus_logistic, rational, regions
from gdsym.rules.terms import coefficient
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import (
    ONE,
    Add,
    Div,
    Fn,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Sum,
    Sym,
    kinds_of,
    mul,
    rewrite,
    walk,
)

LETTERS = kinds_of(Add, Neg, Mul, Num, Sym, Pow)


def row_of_powers(node: Node) -> bool:
    """Is it a sum of different powers of one letter, some below a bar, -2/x^2 + 6/x^3? Such a row is no fraction to anybody."""
    if not isinstance(node, Add):
        return False
    sides = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    below = {base for _, downs in sides for base in exponents(downs) if not isinstance(base, Num)}
    if len(below) != 1 or not isinstance(letter := below.pop(), (Sym, Indexed)):
        return False
    powers = [exponents(ups).get(letter, 0) - exponents(downs).get(letter, 0) for ups, downs in sides]
    others = (base for ups, _ in sides for base in exponents(ups) if base != letter)
    return len(set(powers)) == len(powers) and not any(letter in base.free or isinstance(base, Add) for base in others)


def row_of_monomials(node: Node) -> bool:
    """Is it a sum of products of letters and their powers, 4 x^3 y^2 - 3 x^2 y? So ends the derivative of such a sum.

    Not if one number stands in front of all terms: 2 y - 2 x is 2 (y - x).
    """
    if not isinstance(node, Add) or node.kinds & ~LETTERS:
        return False
    numbers = {abs(coefficient(term)) for term in node.children}
    if len(numbers) == 1 and numbers != {1}:
        return False
    factors = (f for term in node.children for f in split(term.arg if isinstance(term, Neg) else term)[0])
    return all(isinstance(base_of(factor), (Sym, Num)) for factor in factors)


def factored_out(node: Node) -> Node:
    """U x / s - v x = (u / s - v) x: what all terms have above the bar, behind the bracket."""
    if not isinstance(node, Add):
        return node
    parts = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    shared = [f for f in dict.fromkeys(parts[0][0]) if all(f in ups for ups, _ in parts) and may_leave(f, node)]
    if all(isinstance(f, Num) for f in shared):
        shared = []
    terms = [_rest_without(ups, downs, shared) for ups, downs in parts]
    signed = [Neg(t) if isinstance(term, Neg) else t for t, term in zip(terms, node.children, strict=True)]
    bracket, power = _least_power(Add(*signed))
    return Mul(bracket, *shared, *power) if shared or power else node


def _least_power(node: Add) -> tuple[Add, list[Node]]:
    """U^g v - u^(g + 1) = (v - u) u^g, and x^2 + x^3 s (1 - s) = (1 + x s (1 - s)) x^2 beside a logistic function."""
    parts = [split(term.arg if isinstance(term, Neg) else term)[0] for term in node.children]
    for power in parts[0]:
        base, exponent = power.children if isinstance(power, Pow) else (power, ONE)
        if isinstance(base, Num) or (isinstance(exponent, Num) and not one_minus_logistic(node)):
            continue
        own = [next((f for f in ups if (f.children[0] if isinstance(f, Pow) else f) == base), None) for ups in parts]
        less = [_how_much_more(f, base, exponent) for f in own]
        if all(n is not None and n >= 0 and n.denominator == 1 for n in less):
            return _without_power(node, own, [raised(base, n) for n in less if n is not None]), [power]
    return node, []


def _how_much_more(power: Node | None, base: Node, exponent: Node) -> Fraction | None:
    """The number by which the exponent of the power is larger, if it is one."""
    if power is None:
        return None
    own = ONE if power == base else power.children[1]
    return number_of(calculate(Add(*(own.children if isinstance(own, Add) else (own,)), Neg(exponent))))


def _without_power(node: Add, powers: Sequence[Node | None], left: Sequence[Node]) -> Add:
    """The terms, each with what is left of its power."""
    terms = []
    for term, power, rest in zip(node.children, powers, left, strict=True):
        ups, downs = split(term.arg if isinstance(term, Neg) else term)
        new = rebuilt([rest if f == power else f for f in ups if f != power or rest != ONE] or [ONE], downs)
        terms.append(Neg(new) if isinstance(term, Neg) else new)
    return Add(*terms)


def may_leave(factor: Node, bracket: Node, below: Container[Node] = ()) -> bool:
    """An exponential stays beside the sums that terms are divided by, where it makes a share; unless they leave, too."""
    if not isinstance(factor, Fn) or factor.func is not sympy.exp:
        return True
    totals = {f for part in walk(bracket) if isinstance(part, Div) for f in map(base_of, split(part)[1])}
    return all(total in below for total in totals if isinstance(total, Sum))


def _rest_without(ups: list[Node], downs: list[Node], shared: list[Node]) -> Node:
    rest = list(ups)
    for factor in shared:
        rest.remove(factor)
    return rebuilt(rest, downs)


def powers_out(node: Node) -> Node:
    """((t + 1)^3 + 3 (1 - t) (t + 1)^2)/(t + 1)^6 = (t + 1 + 3 (1 - t))/(t + 1)^4: common powers of brackets go first."""
    return rewrite(node, lambda part: _without_powers(part) if isinstance(part, Add) else cancel(part))


def _without_powers(node: Add) -> Node:
    parts = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    exponents = [dict(map(base_exponent, ups)) for ups, _ in parts]
    least = {base: min(own.get(base, Fraction(0)) for own in exponents) for base in exponents[0]}
    common = [raised(base, power) for base, power in least.items() if power and isinstance(base, Add)]
    if not common or any(downs for _, downs in parts):
        return node
    return Mul(drop(Add(*(cancel(Div(term, mul(*common))) for term in node.children))), *common)


def opened_in_vain(node: Node, found: Node) -> bool:
    """Were brackets of a sum, or one behind a whole number, multiplied out for nothing?"""
    return _only_opened(node, found) or _nothing_meets(node, found)


def _nothing_meets(node: Node, found: Node) -> bool:
    """Was a sum multiplied out, (1 - a) w + b, without that any terms are put together? A number in front makes no difference."""
    found = found.arg if isinstance(found, Neg) else found
    if isinstance(found, Mul) and len(found.children) == 2 and isinstance(found.children[0], Num):
        found = found.children[1]
    if not isinstance(node, Add) or not isinstance(found, Add) or len(found.children) <= len(node.children):
        return False
    if any(isinstance(part, Div) and part.den.free for part in regions(node)):
        return False  # something cancels
    return expansion(node, rational) == (len(found.children), 1)


def _only_opened(node: Node, found: Node) -> bool:
    """Was what stands in front of a bracket, 6 (3 x + 2) or t^3 (1 + t^2), multiplied into it, and no terms met?"""
    node, found = (side.arg if isinstance(side, Neg) else side for side in (node, found))
    if not isinstance(node, Mul) or not isinstance(found, Add):
        return False
    brackets = [factor for factor in node.children if isinstance(factor, Add)]
    if len(brackets) != 1 or len(found.children) != len(brackets[0].children):
        return False
    rest = [factor for factor in node.children if factor not in brackets]
    if len(rest) == 1 and isinstance(rest[0], Num) and rest[0].value.denominator != 1:
        return False
    inside = [part for top in (*brackets[0].children, *rest) for part in regions(top)]
    return not any(isinstance(part, (Add, Div)) for part in inside)
