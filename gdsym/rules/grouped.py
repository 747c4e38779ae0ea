"""Some terms of a bracket have a factor in common that the others have not: 1 - u^n - n u^n = 1 - (1 + n) u^n."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from gdsym.rules.fractions import exponents
from gdsym.rules.powers import raised
from gdsym.rules.regions import PLAIN, size, waits_for_slopes
from gdsym.rules.signs import in_one_letter
from gdsym.rules.terms import counted, number, scaled
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, Add, Delta, Div, Mul, Neg, Node, Num, mul

Monomial = dict[Node, Fraction]  # bases, with their exponents
FEWEST, MOST = 3, 12  # terms
GAIN = 2  # in size, where a letter is what they share


def grouped(total: Node, *, letters: bool) -> Node:
    """The sum with the terms that share a factor in one, if that is shorter; only a function or a power, without `letters`.

    Sums in which a bracket or a fraction stands are left alone, and those of which there are two ways that are as good.
    """
    if not isinstance(total, Add) or not FEWEST <= len(total.children) <= MOST or in_one_letter(total):
        return total
    if waits_for_slopes(total):
        return total
    parts = [counted(term) for term in total.children]
    monomials = [exponents(rest.children if isinstance(rest, Mul) else (rest,)) for _, rest in parts]
    if any(isinstance(base, (Add, Mul, Div, Delta)) for own in monomials for base in own):
        return total
    numbers = [value for value, _ in parts]
    found = sorted(_ways(total, numbers, monomials, letters=letters), key=size)
    tie = len(found) > 1 and size(found[0]) == size(found[1]) and found[0] != found[1]
    return found[0] if found and not tie else total


def _ways(total: Add, numbers: Sequence[Fraction], monomials: Sequence[Monomial], *, letters: bool) -> Iterator[Node]:
    """One for each factor that some terms have and others have not, if it is shorter by enough."""
    for base in dict.fromkeys(base for own in monomials for base in own if base != ONE):
        members = [at for at, own in enumerate(monomials) if base in own]
        plain = not base.kinds & ~PLAIN
        if 1 < len(members) < len(monomials) and (not plain or (letters and _much(members, numbers, monomials))):
            new = _in_one(total, members, numbers, monomials)
            if size(new) <= size(total) - (GAIN if plain else 1):
                yield new


def _much(members: Sequence[int], numbers: Sequence[Fraction], monomials: Sequence[Monomial]) -> bool:
    """Do three terms share a letter, or two of them several factors? 2 a^2 x^2 + x^4 + a^2 b^2 stays."""
    common = len(reduce(_shared, (monomials[at] for at in members))) + (
        gcd(*(numbers[at].numerator for at in members)) > 1
    )
    return len(members) > 2 or common > 1


def _in_one(total: Add, members: Sequence[int], numbers: Sequence[Fraction], monomials: Sequence[Monomial]) -> Node:
    """These terms as their common factor times a bracket, where the first of them stands that has a plus."""
    common = reduce(_shared, (monomials[at] for at in members))
    front = Fraction(gcd(*(numbers[at].numerator for at in members)), lcm(*(numbers[at].denominator for at in members)))
    ahead = sorted(members, key=lambda at: numbers[at] < 0)
    minus = numbers[ahead[0]] < 0
    inner = [_term((-1 if minus else 1) * numbers[at] / front, _left(monomials[at], common)) for at in ahead]
    together = calculate(Mul(*(() if front == 1 else (Num(front),)), *_written(common), Add(*inner)))
    place = members[0]
    terms = [
        (Neg(together) if minus else together) if at == place else term
        for at, term in enumerate(total.children)
        if at == place or at not in members
    ]
    return Add(*terms)


def _shared(one: Monomial, other: Monomial) -> Monomial:
    return {base: min(e, other[base]) for base, e in one.items() if base in other and min(e, other[base]) > 0}


def _left(own: Monomial, common: Monomial) -> Monomial:
    rest = {base: e - common.get(base, 0) for base, e in own.items()}
    return {base: e for base, e in rest.items() if e}


def _written(own: Monomial) -> list[Node]:
    return [raised(base, e) for base, e in own.items() if base != ONE]


def _term(value: Fraction, own: Monomial) -> Node:
    rest = mul(*_written(own))
    return number(value) if rest == ONE else scaled(value, rest)
