"""What the second derivatives tell: which learning rates are stable, how many steps a descent will take, is it convex."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.arguments import mapping, real, vector
from gdsym.arrays.byname import ByName
from gdsym.closed import ClosedForm
from gdsym.concentrated import Concentrated
from gdsym.critical import CriticalPoints
from gdsym.curvature import EPS, Curvature, curvature, inertia, steps_at_worst, steps_from
from gdsym.errors import CostError, DataError, GdsymError
from gdsym.estimates import Estimates
from gdsym.export.notebook import paragraph
from gdsym.normal import NormalEquations
from gdsym.record import field, record
from gdsym.told import decided, figures, sentences, typeset

Array = npt.NDArray[np.float64]
DIGITS = -math.log10(np.finfo(float).eps)


def _unknown() -> None:
    """Nothing is known."""


@record
class Insight:
    """Curvature of a cost at a point: H = J'' and what follows for gradient descent.

    For a fixed rate alpha the error along an eigenvector with eigenvalue lambda is multiplied by 1 - alpha lambda in
    every step; so alpha must be below 2/lambda_max, and 2/(lambda_min + lambda_max) makes the worst factor smallest.

    Example:
        >>> import gdsym as gd
        >>> insight = gd.Cost("(w - 3)**2 + 4*b**2", ["w", "b"]).insight()
        >>> insight.max_rate, insight.best_rate, insight.condition, insight.convex
        (0.25, 0.2, 4.0, True)
    """

    numbers: tuple[Array, Curvature] | GdsymError = field(repr=False)  # the Hessian; or what is missing to know it
    quadratic: bool  # is the Hessian the same everywhere?
    at: Mapping[Any, Any]
    minimiser: Mapping[Any, Any] | None = None
    rules: str | None = None  # which rules show it to be convex everywhere
    kinks: bool = False  # does the cost have corners, jumps or cases?
    searched: CriticalPoints | None = field(default=None, repr=False)  # where the point was looked for, and not given
    find_critical: Callable[[], CriticalPoints | None] = field(default=_unknown, repr=False)
    find_normal: Callable[[], NormalEquations | None] = field(default=_unknown, repr=False)
    find_closed: Callable[[], ClosedForm | Estimates | Concentrated | None] = field(default=_unknown, repr=False)
    find_supposed: Callable[[], tuple[str, tuple[str, ...]] | None] = field(default=_unknown, repr=False)

    @property
    def hessian(self) -> Array:
        """H as a matrix over all parameters; an error that says what is missing where data or a point are needed first."""
        return self._known[0]

    @property
    def curvature(self) -> Curvature:
        """Eigenvalues and vectors of H."""
        return self._known[1]

    @property
    def _known(self) -> tuple[Array, Curvature]:
        if isinstance(self.numbers, GdsymError):
            raise self.numbers
        return self.numbers

    @cached_property
    def critical_points(self) -> CriticalPoints | None:
        """All points of slope zero, lowest first: of a polynomial in a few plain parameters, of a quadratic cost (one
        point, or the shortest of a line or plane of them); None if they are not known.

        Printed, they show the equations, the points and the second-derivative test of each.
        """
        return self.find_critical()

    @cached_property
    def normal_equations(self) -> NormalEquations | None:
        """Gradient = 0, derived and solved line by line: of a quadratic cost as a linear system; of others where each equation
        is linear in a parameter (or a power, exponential or logarithm of it) once it is multiplied by what is not 0, as of
        most likelihoods; else None.
        """
        return self.find_normal()

    @cached_property
    def closed_form(self) -> ClosedForm | Estimates | Concentrated | None:
        """Where the slope is 0, for the data: of a quadratic cost H theta = c for any number of parameters of any shape, with
        the derived blocks of H and c and the solution (the shortest where there are many); of linear models with an unknown
        noise both; of others the solved `normal_equations`. `.params` are the numbers, `.kind` what the point is; None if there is no closed form.
        """
        return self.find_closed()

    @property
    def eigenvalues(self) -> Array:
        """Of the Hessian, ascending."""
        return self.curvature.eigenvalues

    @property
    def max_rate(self) -> float | None:
        """2/lambda_max; None where the cost curves nowhere upwards."""
        return self.curvature.max_rate

    @property
    def best_rate(self) -> float | None:
        """2/(lambda_min + lambda_max); None if lambda_min is not above 0."""
        low, top = self._ends
        return 2 / (low + top) if self._bends_up else None

    @property
    def condition(self) -> float:
        """lambda_max / lambda_min: how much longer than wide the valley is; infinite for a flat direction."""
        low, top = self._ends
        return top / low if self._bends_up else math.inf

    @property
    def digits(self) -> float:
        """About how many decimal digits of the minimum the gradient can tell: -log10(eps * condition), at least 0.

        The gradient is rounded to about eps ||H|| ||theta||, and H^-1 makes an error of eps * condition of that,
        whatever the rule and the number of steps. Centre and scale the data if it is too few.
        """
        return max(0.0, DIGITS - math.log10(self.condition)) if self.condition < math.inf else 0.0

    @cached_property
    def inertia(self) -> tuple[int, int, int]:
        """How many eigenvalues are below, at and above 0, in parameters scaled to the same curvature."""
        return inertia(self.hessian)

    @property
    def _bends_up(self) -> bool:
        """In all directions, and do the digits tell by how much at least?"""
        return not any(self.inertia[:2]) and self._ends[0] > self.rounding

    @property
    def rounding(self) -> float:
        """The error of an eigenvalue: 0 where each parameter bends by itself."""
        off = np.abs(self.hessian - np.diag(np.diag(self.hessian))).any()
        return EPS * len(self.hessian) * self.curvature.largest if off else 0.0

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.eigenvalues[0]), float(self.eigenvalues[-1])

    @property
    def convex(self) -> bool | None:
        """True: everywhere, by a constant Hessian or by rules; False: curves downwards here or at another critical point
        that was found on the way, or there are several minima; None: not decided.
        """
        if self.rules is not None:
            return True
        if isinstance(self.numbers, GdsymError):
            return None
        if self.quadratic:
            return not self.curves_down
        kinds = [point.kind for point in self.searched or ()]
        several = kinds.count("minimum") > 1
        return False if self.curves_down or several or "maximum" in kinds or "saddle" in kinds else None

    @property
    def curves_down(self) -> bool:
        """Is there a direction in which the cost curves downwards at this point?"""
        return self.inertia[0] > 0

    @cached_property
    def supposed(self) -> tuple[str, tuple[str, ...]] | None:
        """Rules that show a cost without numbers to be convex, and the signs of data and constants that they need."""
        return self.find_supposed()

    @property
    def kind(self) -> str:
        """What the point is if the gradient is 0 there: minimum, maximum, saddle, or flat in some direction."""
        down, flat, up = self.inertia
        if not down and (not flat or (self.rules is not None and not self.quadratic)):
            return "minimum"
        if not up and not flat:
            return "maximum"
        return "saddle" if down and up else "flat in some direction"

    def predicted_steps(self, tol: float, rate: float | None = None, start: Mapping[Any, Any] | None = None) -> float:
        """Steps until the distance to the minimum is `tol` times the first, with a fixed rate (best if None).

        From a `start`, for a quadratic cost: the very number. Without: at worst, log(tol) / log(f), f = max |1 - alpha lambda|:
        with a share c of the first distance along the slowest directions log(1/c) / log(1/f) fewer.
        A cost that is not quadratic is counted as if it curved everywhere as at the point looked at: an estimate, with no start.

        Args:
            tol: the part of the first distance that is left, between 0 and 1.
            rate: the learning rate; `best_rate` if left out.
            start: {parameter: number or array} from which the descent begins.

        Returns:
            A whole number, infinite if the rate is unstable or the cost flat in some direction.

        Raises:
            GdsymError: tol is no such part; a start is given and the cost is not quadratic with one minimum.

        Example:
            >>> import gdsym as gd
            >>> gd.Cost("(w - 3)**2", ["w"]).insight().predicted_steps(1e-6, rate=0.1)
            62
        """
        tol = real(tol, "tol", "give a part of the first distance, e.g. 1e-6")
        rate = None if rate is None else real(rate, "rate", "give a learning rate, or leave it out for the best")
        if not 0 < tol < 1:
            raise CostError(f"tol is {tol!r}; it is a part of the first distance, between 0 and 1.")
        alpha = rate if rate is not None else self.best_rate
        factors = np.abs(1 - (0.0 if alpha is None else alpha) * self.eigenvalues)
        away = np.ones(len(factors)) if start is None else self._away(start)
        if not float(np.max(factors, initial=0.0, where=away != 0)) < 1:
            return math.inf
        return steps_from(factors, away, tol) if start is not None else steps_at_worst(float(np.max(factors)), tol)

    def _away(self, start: Mapping[Any, Any]) -> Array:
        """How far the start is from the minimum along each eigenvector."""
        if self.minimiser is None:
            raise CostError(
                "Steps from a start need a quadratic cost with one minimum; leave start out for the worst case."
            )
        given = ByName(mapping(start, "start", "give a dict {parameter: number}"))
        off = [vector(given[p], f"start of {p}") - np.ravel(m) for p, m in self.minimiser.items()]
        return np.asarray(self.curvature.eigenvectors.T @ np.concatenate(off))

    @property
    def decided(self) -> str:
        """Is it convex, and how that was found out."""
        return decided(self)

    def __str__(self) -> str:
        return "\n".join([*figures(self), *sentences(self)])

    __repr__ = __str__

    def latex(self) -> str:
        r"""Eigenvalues, condition and rates as a `\begin{aligned}` block; needs amsmath."""
        return typeset(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if isinstance(self.numbers, GdsymError):
            return {"text/plain": str(self), "text/html": paragraph(str(self))}
        formulas = f"$${self.latex()}$$"
        shown = paragraph(formulas.replace("\n", " ")) + paragraph("\n".join(sentences(self)))
        return {"text/plain": str(self), "text/latex": formulas, "text/html": shown}


def insight(
    hessian: Array,
    quadratic: bool,
    at: Mapping[Any, Any],
    minimiser: Mapping[Any, Any] | None = None,
    rules: str | None = None,
    kinks: bool = False,
    searched: CriticalPoints | None = None,
    find_critical: Callable[[], CriticalPoints | None] = _unknown,
) -> Insight:
    """The insight of a Hessian matrix."""
    found = curvature(hessian)
    if found is None:
        raise DataError("The Hessian is not finite at this point; choose another point: at={w: ..., b: ...}.")
    numbers = np.array(hessian, dtype=float), found
    return Insight(numbers, quadratic, dict(at), minimiser, rules, kinks, searched, find_critical)


def without_numbers(
    missing: GdsymError,
    quadratic: bool,
    rules: str | None,
    kinks: bool,
    find_supposed: Callable[[], tuple[str, tuple[str, ...]] | None] = _unknown,
) -> Insight:
    """What is known of a cost without data, or without a point: whether rules show it to be convex, and formulas."""
    return Insight(missing, quadratic, {}, rules=rules, kinks=kinks, find_supposed=find_supposed)


__all__: Sequence[str] = ["Insight", "insight", "without_numbers"]
