"""All real solutions of a polynomial system with rational coefficients, each in balls as small as wanted.

One unknown: the roots of a polynomial. Several: a Groebner basis gives the matrices that multiply by each unknown (Stickelberger),
a mixture t of the unknowns that is different at different solutions, and each unknown as a fraction of polynomials in t
(Rouillier's rational univariate representation). Solutions that are close together, or count several times, stay apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, product
from math import prod
from typing import Any, TypeAlias

import sympy
from flint import arb, arb_poly, ctx, fmpq, fmpq_mat, fmpq_poly

from gdsym.record import record

Point: TypeAlias = tuple[arb, ...]

BITS = 400  # of a coordinate
MIXED = (1, 3, 7, 13)  # how much of each unknown is in t; their powers, where that is the same at two solutions


def real_solutions(system: Sequence[Any], unknowns: Sequence[Any]) -> list[Point] | None:
    """Every real solution of the polynomials (`sympy.Poly` over the fractions); None if there are infinitely many."""
    if len(unknowns) == 1:
        return [(root,) for root in _real_roots(fmpq_poly(list(map(_fraction, reversed(system[0].all_coeffs())))))]
    basis = sympy.groebner([p.as_expr() for p in system], *unknowns, order="grevlex", domain=sympy.QQ)
    if basis.exprs == [1]:
        return []
    return _Quotient.of(basis, unknowns).solutions() if basis.is_zero_dimensional else None


def _fraction(number: Any) -> fmpq:
    return fmpq(int(number.p), int(number.q))


def _real_roots(f: fmpq_poly) -> list[arb]:
    """The different real roots."""
    with ctx.workprec(BITS):
        return [root.real for root, _ in f.complex_roots() if root.imag == 0]


@record
class _Quotient:
    """Polynomials up to the system: remainders, the matrix of f -> x f among them for each unknown x, and the trace of each f -> b f."""

    by: tuple[fmpq_mat, ...]
    traces: fmpq_mat
    alike: tuple[fmpq_mat, ...]  # f -> b f for each remainder b that is a product of unknowns

    @classmethod
    def of(cls, basis: Any, unknowns: Sequence[Any]) -> _Quotient:
        """From a Groebner basis with finitely many solutions."""
        monomials = _standard(basis, len(unknowns))
        by = tuple(_multiplication(basis, monomials, x, unknowns) for x in unknowns)
        alike = tuple(prod((m**k for m, k in zip(by, e, strict=True)), start=_one(len(monomials))) for e in monomials)
        return cls(by, fmpq_mat(1, len(alike), list(map(_trace, alike))), alike)

    def solutions(self) -> list[Point]:
        """Real where t is real, since t is different at different solutions."""
        mixed, f = next(found for found in self._mixtures() if found[1].degree() == self._count())
        over = [self._over(x, mixed, f) for x in (_one(len(self.alike)), *self.by)]
        with ctx.workprec(BITS):
            below, *above = map(arb_poly, over)
            return [tuple(g(root) / below(root) for g in above) for root in _real_roots(f)]

    def _mixtures(self) -> Iterator[tuple[fmpq_mat, fmpq_poly]]:
        """Mixtures t of the unknowns, and the polynomial with t at each solution as simple roots."""
        for step in count(1):
            weights = [fmpq(c**step) for c in MIXED]
            mixed = sum((x * c for x, c in zip(self.by, weights, strict=False)), start=_one(len(self.alike)) * 0)
            f = fmpq_poly(mixed.charpoly())
            yield mixed, f / f.gcd(f.derivative())

    def _count(self) -> int:
        """Of different solutions, complex ones too: the rank of (b, c) -> trace of b c."""
        return int(fmpq_mat([(self.traces * m).entries() for m in self.alike]).rank())

    def _over(self, x: fmpq_mat, mixed: fmpq_mat, f: fmpq_poly) -> fmpq_poly:
        """The sum over all solutions of x there, times the product of T - t over the others: x is this over that of 1."""
        vector = x * fmpq_mat(len(self.alike), 1, [1] + [0] * (len(self.alike) - 1))
        sums = []
        for _ in range(f.degree()):
            sums.append((self.traces * vector)[0, 0])
            vector = mixed * vector
        lead = list(reversed(f.coeffs()))
        down = [sum((sums[i] * lead[k - i] for i in range(k + 1)), start=fmpq(0)) for k in range(f.degree())]
        return fmpq_poly(list(reversed(down)))


def _one(size: int) -> fmpq_mat:
    return fmpq_mat([[int(a == b) for b in range(size)] for a in range(size)])


def _trace(matrix: fmpq_mat) -> fmpq:
    return sum((matrix[a, a] for a in range(matrix.nrows())), start=fmpq(0))


def _standard(basis: Any, unknowns: int) -> list[tuple[int, ...]]:
    """The monomials that no leading monomial divides, 1 first: a basis of the remainders."""
    leading = [p.monoms(order="grevlex")[0] for p in basis.polys]
    tops = [max(1, *(m[j] for m in leading)) for j in range(unknowns)]
    every = product(*(range(t + 1) for t in tops))
    return [e for e in every if not any(all(a <= b for a, b in zip(m, e, strict=True)) for m in leading)]


def _multiplication(basis: Any, monomials: Sequence[tuple[int, ...]], factor: Any, unknowns: Sequence[Any]) -> fmpq_mat:
    """The matrix of f -> factor f among the remainders."""
    rows = {e: r for r, e in enumerate(monomials)}
    matrix = fmpq_mat(len(monomials), len(monomials))
    for column, e in enumerate(monomials):
        term = factor * prod((x**k for x, k in zip(unknowns, e, strict=True)), start=sympy.S.One)
        rest = sympy.Poly(basis.reduce(term)[1], *unknowns)
        for exponents, c in rest.terms():
            if c:
                matrix[rows[exponents], column] = _fraction(c)
    return matrix
