"""Branches that are one formula written in several ways, but for a number: f g + f h is f (g + h).

Whether they are, is found out in a finite field: sums, products and quotients are computed at places taken at random,
everything else is a letter.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

from gdsym.arrays.factors import over_and_under
from gdsym.arrays.second_order import PLACES, PRIME
from gdsym.written import nodes as n

SMALL = 64  # the largest number above or below the fraction bar of a ratio that is looked for


def alike(node: n.Cases) -> n.Cases:
    """The case distinction with its branches as multiples of the first one that is not 0, where they are such multiples."""
    values = [value for value, _ in node.pairs if value != n.ZERO]
    if len(set(map(_letters, values))) < 2:
        return node
    first, *others = values
    multiples = {first: first}
    for value in others:
        ratio = _ratio(value, first)
        if ratio is None:
            return node
        multiples[value] = first if ratio == 1 else n.mul(n.Num(ratio), first)
    return n.Cases(*(part for value, test in node.pairs for part in (multiples.get(value, value), test)))


def _letters(value: n.Node) -> tuple[frozenset[tuple[n.Node, int]], ...]:
    """The factors above and below that are no numbers, in any order."""
    sides = (Counter(f for f in side if not isinstance(f, n.Num)) for side in over_and_under(value))
    return tuple(frozenset(side.items()) for side in sides)


def _ratio(value: n.Node, other: n.Node) -> Fraction | None:
    """The number that the value is of the other formula, wherever both are defined."""
    random, found = Random(7), set[int]()
    for _ in range(PLACES):
        known: dict[n.Node, int] = {}
        try:
            found.add(_at(value, known, random) * pow(_at(other, known, random), -1, PRIME) % PRIME)
        except ValueError:  # 0 below
            return None
    return _small(found.pop()) if len(found) == 1 else None


def _small(number: int) -> Fraction | None:
    """The fraction of small numbers that is this one in the field."""
    for below in range(1, SMALL + 1):
        above = number * below % PRIME
        above = above - PRIME if above > PRIME // 2 else above
        if 0 < abs(above) <= SMALL:
            return Fraction(above, below)
    return None


def _at(node: n.Node, known: dict[n.Node, int], random: Random) -> int:
    """The formula at a place of the field that is made up as it is needed."""
    if node not in known:
        known[node] = _computed(node, known, random)
    return known[node]


def _computed(node: n.Node, known: dict[n.Node, int], random: Random) -> int:
    if isinstance(node, n.Num):
        return node.value.numerator * pow(node.value.denominator, -1, PRIME) % PRIME
    if isinstance(node, n.Pow) and isinstance(node.exponent, n.Num) and node.exponent.value.denominator == 1:
        return pow(_at(node.base, known, random), int(node.exponent.value), PRIME)
    if not isinstance(node, (n.Add, n.Mul, n.Neg, n.Div)):
        return random.randrange(1, PRIME)
    first, *others = (_at(c, known, random) for c in node.children)
    if isinstance(node, n.Div):
        return first * pow(others[0], -1, PRIME) % PRIME
    if isinstance(node, n.Neg):
        return -first % PRIME
    for other in others:
        first = (first + other if isinstance(node, n.Add) else first * other) % PRIME
    return first
