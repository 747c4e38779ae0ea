"""What the second derivatives tell: which learning rates are stable, how many steps a descent will take, is it convex."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.arrays.byname import ByName
from gdsym.closed import ClosedForm
from gdsym.critical import CriticalPoints
from gdsym.curvature import Curvature, curvature, steps_at_worst, steps_from
from gdsym.descent.paper import number
from gdsym.errors import CostError, DataError, GdsymError
from gdsym.export.notebook import paragraph
from gdsym.normal import NormalEquations
from gdsym.record import field, record
from gdsym.writing.latex import latex

Array = npt.NDArray[np.float64]
REFINED = 8  # times that a minimiser is improved at most
DIGITS = -math.log10(np.finfo(float).eps)
SMALL = 1e-6  # of the first distance: what the steps are told to
SHOWN = 4  # entries of an array that are printed
FLAT = 1e-12  # an eigenvalue below this part of the largest counts as 0


def _unknown() -> None:
    """Nothing is known."""


@record
class Insight:
    """Curvature of a cost at a point: H = J'' and what follows for gradient descent.

    For a fixed rate alpha the error along an eigenvector with eigenvalue lambda is multiplied by 1 - alpha lambda in
    every step; so alpha must be below 2/lambda_max, and 2/(lambda_min + lambda_max) makes the worst factor smallest.
    """

    numbers: tuple[Array, Curvature] | GdsymError = field(repr=False)  # the Hessian; or what is missing to know it
    quadratic: bool  # is the Hessian the same everywhere?
    at: Mapping[Any, Any]
    minimiser: Mapping[Any, Any] | None = None
    rules: str | None = None  # which rules show it to be convex everywhere
    kinks: bool = False  # does the cost have corners, jumps or cases?
    find_critical: Callable[[], CriticalPoints | None] = field(default=_unknown, repr=False)
    find_normal: Callable[[], NormalEquations | None] = field(default=_unknown, repr=False)
    find_closed: Callable[[], ClosedForm | None] = field(default=_unknown, repr=False)

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
        """Gradient = 0 of a quadratic cost as a linear system, derived and solved line by line; None for other costs."""
        return self.find_normal() if self.quadratic else None

    @cached_property
    def closed_form(self) -> ClosedForm | None:
        """H theta = c of a quadratic cost, for any number of parameters of any shape: the derived blocks of H and c, the
        solution for the data (the shortest where there are many), what kind it is, and how exact; None for other costs.
        """
        return self.find_closed() if self.quadratic else None

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
        return 2 / (low + top) if low > FLAT * top else None

    @property
    def condition(self) -> float:
        """lambda_max / lambda_min: how much longer than wide the valley is; infinite for a flat direction."""
        low, top = self._ends
        return top / low if low > FLAT * top else math.inf

    @property
    def digits(self) -> float:
        """About how many decimal digits of the minimum the gradient can tell: -log10(eps * condition), at least 0.

        The gradient is rounded to about eps ||H|| ||theta||, and H^-1 makes an error of eps * condition of that,
        whatever the rule and the number of steps. Centre and scale the data if it is too few.
        """
        return max(0.0, DIGITS - math.log10(self.condition)) if self.condition < math.inf else 0.0

    @property
    def _ends(self) -> tuple[float, float]:
        return float(self.eigenvalues[0]), float(self.eigenvalues[-1])

    @property
    def convex(self) -> bool | None:
        """True: everywhere, by a constant Hessian or by rules; False: curves downwards here; None: not decided."""
        if self.rules is not None:
            return True
        if isinstance(self.numbers, GdsymError):
            return None
        low, top = self._ends
        if self.quadratic:
            return low >= -FLAT * max(abs(low), abs(top))
        return False if low < -FLAT * max(abs(low), abs(top)) else None

    @property
    def kind(self) -> str:
        """What the point is if the gradient is 0 there: minimum, maximum, saddle, or flat in some direction."""
        low, top = self._ends
        small = FLAT * max(abs(low), abs(top))
        if low > small:
            return "minimum"
        if top < -small:
            return "maximum"
        return "saddle" if low < -small and top > small else "flat in some direction"

    def predicted_steps(self, tol: float, rate: float | None = None, start: Mapping[Any, Any] | None = None) -> float:
        """Steps until the distance to the minimum is `tol` times the first, with a fixed rate (best if None).

        From a `start`, for a quadratic cost: the very number. Without: at worst, log(tol) / log(f), f = max |1 - alpha lambda|:
        with a share c of the first distance along the slowest directions log(1/c) / log(1/f) fewer. Infinite if unstable or flat.
        """
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
        given = ByName(start)
        off = [np.ravel(np.asarray(given[p], dtype=float) - m) for p, m in self.minimiser.items()]
        return np.asarray(self.curvature.eigenvectors.T @ np.concatenate(off))

    @property
    def decided(self) -> str:
        """Is it convex, and how that was found out."""
        return _decided(self)

    def __str__(self) -> str:
        return "\n".join([*self._figures(), *self._sentences()])

    def _figures(self) -> list[str]:
        """Eigenvalues and rates."""
        if isinstance(self.numbers, GdsymError):
            return [f"no numbers yet. {self.numbers}"]
        values = ", ".join(f"{v:.6g}" for v in self.eigenvalues)
        lines = [f"Hessian eigenvalues: {values}; condition {self.condition:.4g}"]
        lines[0] += f" (about {self.digits:.0f} digits of the minimum can be found)"
        if self.max_rate is not None:
            best = f"; best fixed rate {self.best_rate:.6g}" if self.best_rate is not None else ""
            lines.append(f"largest stable rate 2/lambda_max = {self.max_rate:.6g}{best}")
        if self.best_rate is not None and self.quadratic:
            steps = f"number of steps at the best rate to {SMALL:g} of the first distance: {self.predicted_steps(SMALL):,.0f}"
            lines.append(f"{steps} or fewer; predicted_steps(tol, start=...) counts from a start")
        return lines

    def _sentences(self) -> list[str]:
        """Convex or not, corners, the minimum."""
        said = [self.decided]
        if self.kinks:
            said.append("the cost has corners or cases: the Hessian, and what follows, holds between them only")
        if self.minimiser is not None:
            said.append(f"minimum at {', '.join(f'{p} = {_short(v)}' for p, v in self.minimiser.items())}")
        return said

    __repr__ = __str__

    def latex(self) -> str:
        r"""Eigenvalues, condition and rates as a `\begin{aligned}` block; needs amsmath."""
        rows = [r"\lambda &= " + r",\ ".join(_tex(v) for v in self.eigenvalues)]
        if self.max_rate is not None:
            rows.append(rf"\alpha_{{\max}} &= \frac{{2}}{{\lambda_{{\max}}}} = {_tex(self.max_rate)}")
        if self.best_rate is not None:
            rows.append(r"\alpha_{\mathrm{best}} &= \frac{2}{\lambda_{\min}+\lambda_{\max}} = " + _tex(self.best_rate))
            rows.append(rf"\frac{{\lambda_{{\max}}}}{{\lambda_{{\min}}}} &= {_tex(self.condition)}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if isinstance(self.numbers, GdsymError):
            return {"text/plain": str(self), "text/html": paragraph(str(self))}
        formulas = f"$${self.latex()}$$"
        shown = paragraph(formulas.replace("\n", " ")) + paragraph("\n".join(self._sentences()))
        return {"text/plain": str(self), "text/latex": formulas, "text/html": shown}


def _short(value: Any) -> str:
    entries = np.ravel(value)
    if np.ndim(value) == 0:
        return f"{float(value):.6g}"
    return f"[{', '.join(f'{v:.6g}' for v in entries[:SHOWN])}{', ...' if len(entries) > SHOWN else ''}]"


def _tex(value: float) -> str:
    return latex(number(value))


def _decided(i: Insight) -> str:
    where = "everywhere: the Hessian does not depend on the parameters" if i.quadratic else "at this point"
    if isinstance(i.numbers, GdsymError):
        return (
            f"convex (everywhere: {i.rules})"
            if i.convex
            else "convex or not is not decided by rules: that needs numbers"
        )
    if i.convex is None:
        if i.kind != "minimum":
            return "convex or not is not decided: at this point the Hessian is flat in some direction"
        return "convex here; elsewhere the Hessian may differ"
    if not i.quadratic and i.rules is not None:
        where = f"everywhere: {i.rules}"
    return f"{'convex' if i.convex else 'not convex'} ({where})"


def insight(
    hessian: Array,
    quadratic: bool,
    at: Mapping[Any, Any],
    minimiser: Mapping[Any, Any] | None = None,
    rules: str | None = None,
    kinks: bool = False,
    find_critical: Callable[[], CriticalPoints | None] = _unknown,
) -> Insight:
    """The insight of a Hessian matrix."""
    found = curvature(hessian)
    if found is None:
        raise DataError("The Hessian is not finite at this point; choose another point: at={w: ..., b: ...}.")
    numbers = np.array(hessian, dtype=float), found
    return Insight(numbers, quadratic, dict(at), minimiser, rules, kinks, find_critical)


def without_numbers(missing: GdsymError, quadratic: bool, rules: str | None, kinks: bool) -> Insight:
    """What is known of a cost without data, or without a point: whether rules show it to be convex, and formulas."""
    return Insight(missing, quadratic, {}, rules=rules, kinks=kinks)


def quadratic_minimiser(hessian: Array, gradient: Callable[[Array], Array], start: Array) -> Array | None:
    """theta* = theta - H^-1 g(theta), the minimum of a quadratic cost with positive definite H; else None.

    The normal equations, in parameters scaled to the same curvature, repeated with the gradient at the new point:
    each time the error left is what the gradient's own rounding makes of it (Newton's method as refinement).
    """
    bends = np.diag(hessian)
    if not (bends > 0).all():
        return None
    scale = 1 / np.sqrt(bends)
    matrix = hessian * np.outer(scale, scale)
    low, top = np.linalg.eigvalsh(matrix)[[0, -1]]
    if not low > FLAT * top:
        return None
    x, before = start, math.inf
    for _ in range(REFINED):
        step = scale * np.linalg.solve(matrix, -scale * gradient(x))
        length = float(np.linalg.norm(step / scale))
        if not length < before:
            break
        x, before = x + step, length
    return x


__all__: Sequence[str] = ["Insight", "insight", "quadratic_minimiser", "without_numbers"]
