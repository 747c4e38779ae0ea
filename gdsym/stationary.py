"""All points where a polynomial cost has slope zero: the derived gradient solved as a system of polynomials.

Bounded: degrees multiply to at most 40.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy
from flint import arb, arb_mat, ctx

from gdsym.record import field, record
from gdsym.systems import BITS, real_solutions

Array: TypeAlias = npt.NDArray[np.float64]
Place: TypeAlias = Sequence[arb]

MOST_SOLUTIONS = 40
MOST_PARAMETERS = 4
LARGEST_DENOMINATOR = 1000  # of a coordinate that is tried as a fraction


@record
class StationaryPoint:
    """A point of slope zero, the cost there, and the Hessian's eigenvalues, ascending.

    `slope` is the gradient's norm there; `exact` if the gradient is 0 in exact arithmetic at the point as a fraction.
    `inertia` counts the directions that bend down, not at all and up; of a quadratic cost, which is `level`, the slope stays 0
    where it does not bend. `higher`: order and sign of the first derivative above the second that is not 0, of one parameter;
    `convex`: do rules show the cost to be convex? `hessian` is told for costs that are not quadratic.
    """

    at: Mapping[Any, float]
    value: float
    eigenvalues: tuple[float, ...]
    slope: float
    inertia: tuple[int, int, int]
    exact: bool = False
    level: bool = False
    higher: tuple[int, int] | None = None
    convex: bool = False
    hessian: tuple[tuple[float, ...], ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """Minimum, maximum, saddle, inflection, or flat in some direction (the derivatives do not decide); `line of minima`."""
        down, flat, up = self.inertia
        if self.higher:
            order, sign = self.higher
            return "inflection" if order % 2 else _kind(int(sign < 0), 0, int(sign > 0))
        if self.convex and flat and not self.level:
            return "minimum"
        if not flat or self.level:
            return _kind(down, flat, up)
        return "saddle" if down and up else "flat in some direction"


class AtPoint(ABC):
    """What closed forms tell of the point that they lead to, and how they are shown."""

    @abstractmethod
    def point(self) -> StationaryPoint:
        """The point; the lowest, where there are several."""

    @abstractmethod
    def text(self) -> str:
        """What is printed."""

    @abstractmethod
    def latex(self) -> str:
        """The same for TeX."""

    @property
    def params(self) -> Mapping[Any, Any]:
        """The numbers, by the caller's symbols."""
        return self.point().at

    @property
    def kind(self) -> str:
        """Minimum, maximum, saddle, or flat in some direction."""
        return self.point().kind

    @property
    def slope(self) -> float:
        """The length of the gradient there."""
        return self.point().slope

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def _kind(down: int, flat: int, up: int) -> str:
    """Of a point of slope 0: where it does not bend, the slope stays 0."""
    one, many = ("saddle", "saddles") if down and up else ("maximum", "maxima") if down else ("minimum", "minima")
    if not flat:
        return one
    shape = {1: "line", 2: "plane"}.get(flat, f"{flat}-dimensional space")
    return f"{shape} of {many if down or up else 'equal values'}"


def stationary_points(cost: Any, gradient: Sequence[Any], params: Sequence[Any]) -> tuple[StationaryPoint, ...] | None:
    """Every real point where all of `gradient` vanish, lowest cost first; None if this is no small polynomial system."""
    if not 0 < len(params) <= MOST_PARAMETERS:
        return None
    system = _polynomials([cost, *gradient], params)
    if system is None or not 0 < math.prod(p.total_degree() for p in system[1:]) <= MOST_SOLUTIONS:
        return None
    places = real_solutions(system[1:], params)
    if places is None:
        return None
    with ctx.workprec(BITS):
        points = [_described(place, system[0], system[1:], params) for place in places]
    return tuple(sorted(points, key=lambda p: (round(p.value, 9), not p.exact, tuple(p.at.values()))))


def _polynomials(formulas: Sequence[Any], params: Sequence[Any]) -> list[Any] | None:
    """The formulas as polynomials with fractions, decimals as what they stand for; None if one is none."""
    try:
        return [sympy.Poly(sympy.nsimplify(f, rational=True), *params, domain="QQ") for f in formulas]
    except (sympy.PolynomialError, sympy.CoercionFailed):
        return None


def _described(place: Place, cost: Any, system: Sequence[Any], params: Sequence[Any]) -> StationaryPoint:
    near = list(map(_float, place))
    bends = arb_mat([[_number(p.diff(q), place) for q in params] for p in system])
    hessian = [list(map(_float, row)) for row in bends.tolist()]
    slope = float(np.linalg.norm([_float(_number(p, list(map(arb, near)))) for p in system]))
    simple = [sympy.Rational(x).limit_denominator(LARGEST_DENOMINATOR) for x in near]
    exact = list(map(float, simple)) == near and all(p(*simple) == 0 for p in system)
    down, flat, _ = inertia = _inertia(bends)
    values = np.linalg.eigvalsh(hessian)
    values[down : down + flat] = 0.0
    at, value = dict(zip(params, near, strict=True)), _float(_number(cost, place))
    higher = _higher(system[0], place) if flat and len(params) == 1 else None
    return StationaryPoint(
        at, value, tuple(map(float, values)), slope, inertia, exact, higher=higher, hessian=tuple(map(tuple, hessian))
    )


def _higher(slope: Any, place: Place) -> tuple[int, int]:
    """Order and sign of the first derivative of a cost of one parameter that is not 0: one above how often its slope has this root."""
    times = next(k for factor, k in slope.sqf_list()[1] if _number(factor, place).contains(0))
    for _ in range(times):
        slope = slope.diff()
    return times + 1, 1 if _number(slope, place) > 0 else -1


def _inertia(matrix: arb_mat) -> tuple[int, int, int]:
    """How many eigenvalues of a symmetric matrix are below, at and above 0: Descartes' rule is exact where all roots are real."""
    signs = [0 if c.contains(0) else 1 if c > 0 else -1 for c in matrix.charpoly().coeffs()]
    flat = next(at for at, sign in enumerate(signs) if sign)
    told = [sign for sign in signs if sign]
    up = sum(a != b for a, b in pairwise(told))
    return matrix.nrows() - flat - up, flat, up


def _number(polynomial: Any, place: Place) -> arb:
    """The value there."""
    found = arb(0)
    for exponents, c in polynomial.terms():
        # products: flint's power of a ball around 0 is no number
        factors = (x for x, e in zip(place, exponents, strict=True) for _ in range(e))
        found += math.prod(factors, start=arb(c.p) / arb(c.q))
    return found


def _float(ball: arb) -> float:
    """0 if the ball holds 0."""
    return 0.0 if ball.contains(0) else float(ball.mid())
