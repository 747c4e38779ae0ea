"""Points near the numbers that stand in a formula: log(x - 5000) and asin(x - 50) have values there, and at no usual point."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product

from flint import fmpq

from gdsym.verify.numbers import rational
from gdsym.verify.points import DRAW, Point, Roles, mixed, name_key
from gdsym.written.nodes import Dec, Node, Num, Pow, Sym, walk

MOST_NUMBERS = 6
LARGEST_POWER = 100
OFFSETS = ("small", "unit", "unit", "plain")  # how far from the number


def nearby(*formulas: Node, roles: Roles, beyond: int = -1) -> Iterator[Point]:
    """Points at which every real letter is close to a number of the formulas greater than `beyond`, or to minus that number.

    Or to a product of two of them: acos(x/1000 - 5) has values near 5000.
    """
    parts = dict.fromkeys(
        part for formula in formulas for part in walk(formula) if isinstance(part, (Num, Dec, Sym, Pow))
    )
    letters = [part for part in parts if isinstance(part, Sym) and part not in {*roles.sizes, *roles.integers}]
    exact = {number for part in parts if (number := _number(part)) is not None}
    sizes = sorted(size for size in map(abs, map(rational, exact)) if size > beyond)[-MOST_NUMBERS:]
    products = sorted({a * b for a, b in combinations(sizes, 2)} - set(sizes))[-MOST_NUMBERS:]
    for (seed, box), number, sign in product(enumerate(OFFSETS), (*reversed(sizes), *reversed(products)), (1, -1)):
        centre = fmpq(sign) * number
        drawn = {letter: centre + DRAW[box](mixed(name_key(letter.name), seed)) for letter in letters}
        yield Point(seed=seed, box="mixed", roles=roles, drawn=dict(drawn))
        if len(letters) > 1 and box == "plain":  # e^(a x) is beyond every ball where both are large
            yield from (Point(seed=seed, box="small", roles=roles, drawn={one: drawn[one]}) for one in letters)


def _number(part: Node) -> Fraction | None:
    """3, 0.5, and 10^7 as it is typed."""
    if isinstance(part, Dec):
        return part.exact
    if isinstance(part, Num):
        return part.value
    if not isinstance(part, Pow) or not isinstance(part.base, Num) or not isinstance(part.exponent, Num):
        return None
    power = part.exponent.value
    return part.base.value ** int(power) if power.denominator == 1 and 0 < power <= LARGEST_POWER else None
