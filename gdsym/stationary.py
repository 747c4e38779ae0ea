"""All points where a polynomial cost has slope zero: the derived gradient solved as a system of polynomials.

A Groebner basis gives the finitely many complex solutions as eigenvalues of a matrix (Stickelberger); the real ones are
polished with Newton's method. Bounded: degrees multiply to at most 40.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from gdsym.record import record

Array = npt.NDArray[np.float64]
Numeric = Callable[[Array], Array]

MOST_SOLUTIONS = 40
MOST_PARAMETERS = 4
REAL = 1e-5  # relative: an imaginary part below this is rounding, before Newton decides
SAME = 1e-7
LARGEST_DENOMINATOR = 1000  # of a coordinate that is tried as a fraction
NEWTON = 20
GENERIC = tuple(sympy.Rational(*c) for c in ((1, 1), (7, 5), (-9, 11), (13, 17)))  # tells different solutions apart


@record
class StationaryPoint:
    """A point of slope zero, the cost there, and the Hessian's eigenvalues, ascending.

    `slope` is the gradient's norm there; `exact` if the gradient is 0 in exact arithmetic at the point as a fraction.
    `inertia` counts, for a quadratic cost, the directions that bend down, not at all and up: where it does not bend, the
    slope stays 0.
    """

    at: Mapping[Any, float]
    value: float
    eigenvalues: tuple[float, ...]
    slope: float = 0.0
    exact: bool = False
    inertia: tuple[int, int, int] | None = None

    @property
    def kind(self) -> str:
        """Minimum, maximum, saddle, or flat in some direction (the second derivatives do not decide); `line of minima`."""
        if self.inertia:
            return _kind(*self.inertia)
        low, top = self.eigenvalues[0], self.eigenvalues[-1]
        small = 1e-9 * max(abs(low), abs(top))
        if low > small:
            return "minimum"
        if top < -small:
            return "maximum"
        return "saddle" if low < -small and top > small else "flat in some direction"


def _kind(down: int, flat: int, up: int) -> str:
    """Of a point of slope 0 of a quadratic cost."""
    one, many = ("saddle", "saddles") if down and up else ("maximum", "maxima") if down else ("minimum", "minima")
    if not flat:
        return one
    shape = {1: "line", 2: "plane"}.get(flat, f"{flat}-dimensional space")
    return f"{shape} of {many if down or up else 'equal values'}"


def stationary_points(cost: Any, gradient: Sequence[Any], params: Sequence[Any]) -> tuple[StationaryPoint, ...] | None:
    """Every real point where all of `gradient` vanish, lowest cost first; None if this is no small polynomial system."""
    system = _polynomials(gradient, params)
    if system is None:
        return None
    roots = _solutions(system, params)
    if roots is None:
        return None
    slope = _numbers([system])
    bend = _numbers([[p.diff(q) for q in params] for p in system])
    value = _numbers([[sympy.Poly(cost, *params)]])
    found: list[Array] = []
    for root in roots:
        point = _polished(np.real(root), slope, bend)
        if point is not None and not any(np.allclose(point, p, rtol=SAME, atol=SAME) for p in found):
            found.append(point)
    points = [_described(p, value, bend, params, slope, system) for p in found]
    return tuple(sorted(points, key=lambda p: (round(p.value, 9), not p.exact, tuple(p.at.values()))))


def _numbers(table: Sequence[Sequence[Any]]) -> Numeric:
    """A table of polynomials as a function of a point: sums of coefficient times powers."""
    parts = [[(np.array(p.monoms()), np.array([float(c) for c in p.coeffs()])) for p in row] for row in table]
    return lambda x: np.array([[float(c @ np.prod(x**e, axis=1)) for e, c in row] for row in parts])


def _polynomials(gradient: Sequence[Any], params: Sequence[Any]) -> list[Any] | None:
    if not 0 < len(params) <= MOST_PARAMETERS:
        return None
    try:
        exact = [sympy.nsimplify(g, rational=True) for g in gradient]
        system = [sympy.Poly(sympy.together(g).as_numer_denom()[0], *params, domain="QQ") for g in exact]
        whole = all(sympy.together(g).as_numer_denom()[1].is_number for g in exact)
    except (sympy.PolynomialError, sympy.CoercionFailed):
        return None
    degrees = math.prod(p.total_degree() for p in system)
    return system if whole and 0 < degrees <= MOST_SOLUTIONS else None


def _solutions(system: Sequence[Any], params: Sequence[Any]) -> list[Any] | None:
    """Candidates for real solutions; None if there are infinitely many."""
    if len(params) == 1:
        return [np.array([z]) for z in map(complex, system[0].nroots(n=30, maxsteps=200)) if _is_real(z)]
    basis = sympy.groebner([p.as_expr() for p in system], *params, order="grevlex", domain=sympy.QQ)
    if basis.exprs == [1]:
        return []
    if not basis.is_zero_dimensional:
        return None
    monomials = _standard(basis, params)
    mixed = sum(c * p for c, p in zip(GENERIC, params, strict=False))
    vectors = np.linalg.eig(_multiplication(basis, monomials, mixed, params).T)[1]
    tables = [_multiplication(basis, monomials, p, params) for p in params]
    candidates = [np.array([_quotient(t.T, v) for t in tables]) for v in vectors.T]
    return [c for c in candidates if all(_is_real(x) for x in c)]


def _is_real(x: complex) -> bool:
    return abs(x.imag) <= REAL * (1 + abs(x))


def _quotient(matrix: Array, vector: Any) -> complex:
    """The eigenvalue of an eigenvector."""
    return complex(np.vdot(vector, matrix @ vector) / np.vdot(vector, vector))


def _standard(basis: Any, params: Sequence[Any]) -> list[tuple[int, ...]]:
    """The monomials that no leading monomial divides: a basis of the remainders."""
    leading = [p.monoms(order="grevlex")[0] for p in basis.polys]
    tops = [max(1, *(m[j] for m in leading)) for j in range(len(params))]
    every = product(*(range(t + 1) for t in tops))
    return [e for e in every if not any(all(a <= b for a, b in zip(m, e, strict=True)) for m in leading)]


def _multiplication(basis: Any, monomials: Sequence[tuple[int, ...]], factor: Any, params: Sequence[Any]) -> Array:
    """The matrix of f -> factor f among the remainders."""
    rows = {e: r for r, e in enumerate(monomials)}
    matrix = np.zeros((len(monomials), len(monomials)))
    for column, e in enumerate(monomials):
        term = factor * math.prod((p**k for p, k in zip(params, e, strict=True)), start=sympy.S.One)
        rest = sympy.Poly(basis.reduce(sympy.expand(term))[1], *params)
        for exponents, c in rest.terms():
            if c:
                matrix[rows[exponents], column] = float(c)
    return matrix


def _polished(x: Array, slope: Numeric, bend: Numeric) -> Array | None:
    """Newton's method from nearby; None if there is no real solution near."""
    first = x
    for _ in range(NEWTON):
        step = np.linalg.lstsq(bend(x), slope(x)[0], rcond=1e-12)[0]
        x = x - step
        if np.linalg.norm(step) <= 1e-15 * (1 + np.linalg.norm(x)):
            break
    scale = 1 + np.abs(bend(x)).sum() * (1 + np.linalg.norm(x))
    near = np.linalg.norm(x - first) <= 1e-2 * (1 + np.linalg.norm(x))
    settled = np.linalg.norm(slope(x)) <= 1e-10 * scale
    return np.where(np.abs(x) < 1e-15, 0.0, x) if near and settled else None


def _described(
    x: Array, value: Numeric, bend: Numeric, params: Sequence[Any], slope: Numeric, system: Sequence[Any]
) -> StationaryPoint:
    eigenvalues = np.linalg.eigvalsh(bend(x))
    at = dict(zip(params, map(float, x), strict=True))
    near = [sympy.Rational(float(v)).limit_denominator(LARGEST_DENOMINATOR) for v in x]
    exact = np.allclose(x, np.array(near, dtype=float), rtol=1e-13, atol=1e-15) and all(p(*near) == 0 for p in system)
    return StationaryPoint(
        at, float(value(x)[0, 0]), tuple(map(float, eigenvalues)), float(np.linalg.norm(slope(x))), bool(exact)
    )
