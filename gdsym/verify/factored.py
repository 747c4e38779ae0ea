"""Denominators by their irreducible factors, so that x^2 + 2 x + 1 and (x + 1)^2 are different from 0 at the same places."""

from __future__ import annotations

from math import gcd

from flint import Ordering, fmpq_mpoly_ctx

from gdsym.verify.numbers import Number
from gdsym.verify.polynomials import Terms

MOST_TERMS, MOST_DEGREE = 24, 12  # of what is factored


def factors(terms: Terms) -> tuple[Number, list[tuple[Terms, int]]]:
    """A number, and factors with their powers, each with 1 as its first coefficient; the polynomial has no negative exponents."""
    degrees = [sum(e for _, e in m) for m in terms]
    if 1 < max(degrees) <= MOST_DEGREE and len(terms) <= MOST_TERMS and not _is_plain(terms):
        atoms = sorted({at for m in terms for at, _ in m})
        ring = fmpq_mpoly_ctx.get([f"a{j}" for j in range(len(atoms))], Ordering.lex)
        number, found = ring.from_dict({tuple(dict(m).get(a, 0) for a in atoms): c for m, c in terms.items()}).factor()
        if len(found) > 1 or int(found[0][1]) > 1:
            several = []
            for factor, e in found:
                lead, monic = _monic(factor.to_dict(), atoms)
                number *= lead ** int(e)
                several.append((monic, int(e)))
            return number, several
    lead, monic = _led(terms)
    return lead, [(monic, 1)]


def _is_plain(terms: Terms) -> bool:
    """Is it a number and a product, of powers without a common divisor: 1 + x y^2?"""
    return len(terms) == 2 and () in terms and gcd(*(e for m in terms for _, e in m)) == 1


def _monic(rows: dict[tuple[int, ...], Number], atoms: list[int]) -> tuple[Number, Terms]:
    return _led({tuple((at, int(e)) for at, e in zip(atoms, row, strict=True) if e): c for row, c in rows.items()})


def _led(terms: Terms) -> tuple[Number, Terms]:
    lead = terms[min(terms)]
    return lead, {m: c / lead for m, c in terms.items()}
