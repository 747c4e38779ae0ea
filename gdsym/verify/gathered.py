"""Are polynomials equal once denominators are multiplied out, and sums over the same ranges are one sum?

sum_i y_i/(1 + u_i) + sum_i y_i u_i/(1 + u_i) = sum_i y_i: what each index adds is 0, although no two of these sums are equal.
sum_i sum_j A_ij B_ji = sum_i sum_j B_ij A_ji: the order of sums, and which of two indices has which name, do not matter.
sum_(i >= k) u_i is sum_i [i >= k] u_i.
"""

from __future__ import annotations

from itertools import chain, groupby, islice, permutations, product
from typing import Any, TypeAlias

from gdsym.verify.forms import Forms
from gdsym.verify.indicators import beyond
from gdsym.verify.numbers import ONE, Number
from gdsym.verify.polynomials import Monomial, Terms, TooMuch, constant, negative, put, total, value_of
from gdsym.verify.positive import is_not_negative, is_whole
from gdsym.verify.repeated import put_in

MOST_OPENED, MOST_ORDERS, MOST_RENAMED = 300, 24, 2_000
OPENED, IN_ORDER = 0, 1  # two kinds of names that no index has elsewhere
Ranges: TypeAlias = tuple[tuple[int, int], ...]
Name: TypeAlias = tuple[Any, ...]  # of an index: "bound", its number, the limits


def are_equal(forms: Forms, first: Terms, second: Terms) -> bool:
    """Are these equal polynomials, as far as denominators and sums term by term tell?"""
    return _is_zero(forms, total((first, negative(second))), 0)


def _is_zero(forms: Forms, terms: Terms, depth: int) -> bool:
    left = _multiplied_out(forms, terms)
    if not left:
        return True
    bodies, rest = _by_ranges(forms, left, depth)
    if not bodies or not _is_zero(forms, rest, depth):
        return False
    return all(not body or _is_zero(forms, body, depth + 1) for body in bodies)


def _multiplied_out(forms: Forms, left: Terms) -> Terms:
    """The polynomial times all its denominators, sums and roots."""
    while True:
        powers = [(at, e) for m in left for at, e in m if e < 0 and forms.degree(at)]
        if not powers:
            return forms.expanded(left)
        at = powers[0][0]
        least = min(e for other, e in powers if other == at)
        left = forms.expanded(forms.times(left, {((at, -least),): ONE}))


def _by_ranges(forms: Forms, terms: Terms, depth: int) -> tuple[list[Terms], Terms]:
    """What one choice of all indices adds, for all ranges that are summed over together, and the terms without a sum."""
    bodies: dict[Ranges, Terms] = {}
    rest: Terms = {}
    todo: list[tuple[tuple[Name, ...], Monomial, Number]] = [((), m, c) for m, c in terms.items()]
    for _ in range(MOST_OPENED):
        if not todo:
            return list(bodies.values()), rest
        names, m, c = todo.pop()
        at = next((at for at, e in m if e > 0 and _is_open(forms, at, names)), None)
        if at is not None:
            name, opened = _opened(forms, m, at, depth, len(names))
            todo += [((*names, name), inner, c * d) for inner, d in opened.items()]
        elif names:
            ranges, body = _in_order(forms, names, m, depth)
            several = bodies.setdefault(ranges, {})
            for inner, d in body.items():
                put(several, inner, c * d)
        else:
            put(rest, m, c)
    raise TooMuch


def _is_open(forms: Forms, at: int, names: tuple[Name, ...]) -> bool:
    """Is it a sum whose range is the same for all these indices?"""
    op, _, *rest = forms.keys[at]
    if op != "sum":
        return False
    return not any(forms.slots[a] & {*names} for limit in rest[0][:2] for m in forms.terms(limit) for a, _ in m)


def _name(kind: int, depth: int, place: int, limits: tuple[int, int]) -> Name:
    return ("bound", -1 - kind - 2 * (MOST_OPENED * depth + place), *limits)


def _opened(forms: Forms, m: Monomial, at: int, depth: int, place: int) -> tuple[Name, Terms]:
    """What an index adds, in place of one factor that is a sum over it; of a sum from a letter on, as one from 1."""
    _, old, (lower, upper, body), _ = forms.keys[at]
    first = forms.terms(lower)
    later = _begins_later(forms, first)
    name = _name(OPENED, depth, place, (forms.number(constant(ONE)) if later else lower, upper))
    left: Terms = {tuple((other, e - (other == at)) for other, e in m if other != at or e > 1): ONE}
    if later:
        left = forms.times(left, beyond(forms, total((_letter(forms, name), negative(first))), -ONE))
    return name, forms.expanded(forms.times(_renamed(forms, forms.terms(body), old, name), left))


def _begins_later(forms: Forms, lower: Terms) -> bool:
    """Is it a letter that is 1 or more?"""
    if value_of(lower) is not None or not is_whole(forms, lower):
        return False
    return is_not_negative(forms, total((lower, constant(-ONE))))


def _letter(forms: Forms, name: Name) -> Terms:
    return {((forms.atom(name, slots=(name,)), 1),): ONE}


def _renamed(forms: Forms, terms: Terms, old: Name, new: Name) -> Terms:
    return put_in(forms, terms, forms.atom(old, slots=(old,)), _letter(forms, new))


def _in_order(forms: Forms, names: tuple[Name, ...], m: Monomial, depth: int) -> tuple[Ranges, Terms]:
    """The ranges in order, and the one of all ways to name their indices that comes first."""
    told = {name: (name[2:], _part_played(forms, name, m)) for name in names}
    several = sorted(names, key=lambda name: told[name])
    ranges = tuple(name[2:] for name in several)
    new = [_name(IN_ORDER, depth, place, limits) for place, limits in enumerate(ranges)]
    alike = [[*group] for _, group in groupby(several, key=lambda name: told[name])]
    ways = (islice(permutations(group), MOST_ORDERS) for group in alike)  # of twelve there are 479 million
    orders = islice(product(*ways), MOST_ORDERS)
    found = []
    for order in orders:
        forms.renamed += len(names)
        if forms.renamed > MOST_RENAMED:
            raise TooMuch
        terms: Terms = {m: ONE}
        for old, name in zip(chain.from_iterable(order), new, strict=True):
            terms = _renamed(forms, terms, old, name)
        found.append(terms)
    return ranges, min(found, key=sorted)


def _part_played(forms: Forms, name: Name, m: Monomial) -> list[tuple[Any, ...]]:
    """Of which arrays, and where, it is the index: two that differ in this are not exchanged, whatever divides the product."""
    found = []
    for at, e in m:
        if forms.keys[at][0] == "entry" and name in forms.slots[at]:
            _, data, numbers, _ = forms.keys[at]
            holding = (any(name in forms.slots[a] for inner in forms.terms(n) for a, _ in inner) for n in numbers)
            found.append((data.name, tuple(holding), e))
    return sorted(found)
