"""Polynomials with rational coefficients in numbered atoms, whose exponents may be negative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from flint import fmpq

from gdsym.verify.numbers import Number

Monomial: TypeAlias = tuple[tuple[int, int], ...]  # atoms with their exponents, in order
Terms: TypeAlias = dict[Monomial, Number]

UNIT: Monomial = ()
JUST_ONE: Terms = {UNIT: fmpq(1)}


class TooMuch(Exception):
    """The polynomial would be too large, or there is none."""


def total(several: Iterable[Mapping[Monomial, Number]]) -> Terms:
    """The sum of polynomials."""
    found: Terms = {}
    for terms in several:
        for m, c in terms.items():
            put(found, m, c)
    return found


def negative(terms: Terms) -> Terms:
    """The polynomial with the other sign."""
    return {m: -c for m, c in terms.items()}


def turned(terms: Terms) -> Terms:
    """The polynomial, or its negative: the same one for both."""
    return terms if not terms or terms[min(terms)] > 0 else negative(terms)


def constant(value: Number) -> Terms:
    """The number as a polynomial."""
    return {UNIT: value} if value else {}


def value_of(terms: Terms) -> Number | None:
    """The number that the polynomial is, if it is one."""
    if not terms:
        return fmpq(0)
    return terms.get(UNIT) if len(terms) == 1 else None


def put(found: Terms, m: Monomial, c: Number) -> None:
    """Add c m."""
    value = found.get(m, 0) + c
    if value:
        found[m] = value
    else:
        found.pop(m, None)


def content_of(terms: Terms) -> Monomial:
    """What all terms have as a factor, and what divides any of them."""
    if not terms:
        raise TooMuch  # a division by 0
    first, *others = [dict(m) for m in terms]
    found: dict[int, int] = first
    for m in others:
        found = {at: min(found.get(at, 0), m.get(at, 0)) for at in (*found, *m)}
    return tuple(sorted((at, e) for at, e in found.items() if e))
