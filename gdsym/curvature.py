"""H = d(gradient)/d(parameters) in numbers: eigenvalues, the largest stable rate, is a point a minimum."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gdsym.record import record

if TYPE_CHECKING:
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[np.float64]"

MOST_PARAMETERS = 60  # a Hessian by differences takes two gradients a parameter
EPS = float(np.finfo(float).eps)
STEP = EPS ** (1 / 3)
FLAT = 1e-12  # an eigenvalue below this part of the largest counts as 0
REFINED = 8  # times that a minimiser is improved at most
ROUNDS, SETTLED = 30, 1e-3  # of power iteration, and the relative change that ends it
NOISE = 1e-5  # relative error that a Hessian by differences may have


@record
class Curvature:
    """Eigenvalues (ascending) and vectors of a Hessian; `noise`: below this, relative to the largest, means 0.

    If only the largest is known, the other one is no number.
    """

    eigenvalues: Array
    eigenvectors: Array
    noise: float

    @property
    def largest(self) -> float:
        """The largest eigenvalue's size."""
        return float(np.nanmax(np.abs(self.eigenvalues[[0, -1]])))

    @property
    def max_rate(self) -> float | None:
        """2/lambda_max: a fixed rate above it cannot converge here; None where the cost does not curve upwards."""
        top = float(self.eigenvalues[-1])
        return 2 / top if top > 0 else None

    @property
    def best_rate(self) -> float | None:
        """2/(lambda_min + lambda_max), the fastest fixed rate for a quadratic cost; None unless lambda_min > 0."""
        low, top = float(self.eigenvalues[0]), float(self.eigenvalues[-1])
        return 2 / (low + top) if low > self.noise * top else None

    @property
    def curves_down(self) -> bool:
        """Is there a direction of negative curvature?"""
        return bool(self.eigenvalues[0] < -self.noise * self.largest)


def curvature(hessian: Any, noise: float = 1e-9) -> Curvature | None:
    """The curvature that a symmetric matrix describes; None if it is not finite."""
    matrix = np.array(hessian, dtype=float)
    if matrix.size == 0 or not np.isfinite(matrix).all():
        return None
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return Curvature(values, vectors, noise)


def inertia(hessian: Any) -> tuple[int, int, int]:
    """How many eigenvalues are below, at and above 0, in parameters scaled to the same curvature: 10^150 x^2 + y^2 is flat nowhere."""
    matrix = np.array(hessian, dtype=float)
    bends = np.sqrt(np.abs(np.diag(matrix)))
    least = math.sqrt(EPS) * EPS * np.max(bends, initial=0.0)  # beside a larger bend off the diagonal a 0 is no scale
    coupled = np.max(np.abs(matrix - np.diag(np.diag(matrix))), axis=1, initial=0.0) > 0
    bends = np.where((bends > 0) & ((bends > least) | ~coupled), bends, np.max(bends, initial=0.0) or 1.0)
    values = np.linalg.eigvalsh(matrix / bends / bends[:, None])
    small = FLAT * np.max(np.abs(values), initial=0.0)
    down, up = int((values < -small).sum()), int((values > small).sum())
    if down:  # off the diagonal a 0 that is rounded is large beside two small bends
        plain = np.linalg.eigvalsh(matrix)
        rounding = EPS * len(plain) * np.max(np.abs(plain)) * coupled.any()
        down = min(down, int((plain < -rounding).sum()))
    return down, len(values) - down - up, up


def steps_at_worst(factor: float, tol: float) -> float:
    """The first k with factor^k <= tol."""
    return 1.0 if factor == 0 else max(1.0, math.ceil(math.log(tol) / math.log(factor)))


def steps_from(factors: Array, away: Array, tol: float) -> float:
    """The first k with |away * factors^k| <= tol |away|, which never grows with k."""
    first = float(np.linalg.norm(away))
    low, high = 0, 1
    while np.linalg.norm(away * factors**high) > tol * first:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        above = np.linalg.norm(away * factors**middle) > tol * first
        low, high = (middle, high) if above else (low, middle)
    return float(high)


def hessian_by_differences(gradient: Callable[[Array], Array], x: Array) -> Array:
    """Central differences of the gradient, one column a parameter; steps are exact in binary."""
    columns = []
    for j, value in enumerate(x):
        step = np.zeros_like(x)
        step[j] = math.ldexp(1.0, round(math.log2(STEP * max(1.0, abs(value)))))
        columns.append((gradient(x + step) - gradient(x - step)) / (2 * step[j]))
    return np.array(columns, dtype=float).reshape(len(x), len(x))


def curvature_at(gradient: Callable[[Array], Array], x: Array) -> Curvature | None:
    """The curvature at x by differences of the gradient; None if there are too many parameters or it is not finite."""
    if not 0 < len(x) <= MOST_PARAMETERS:
        return None
    with np.errstate(all="ignore"):
        return curvature(hessian_by_differences(gradient, x), NOISE)


def largest_bend(gradient: Callable[[Array], Array], x: Array) -> Curvature | None:
    """The largest eigenvalue alone, by power iteration on differences of the gradient: some sixty gradients however many parameters there are.

    None if it does not settle, is not above 0 or not finite.
    """
    way, found = gradient(x), math.nan
    step = STEP * max(1.0, float(np.abs(x).max(initial=0.0)))
    for _ in range(ROUNDS):
        size = float(np.linalg.norm(way))
        if not 0 < size < math.inf:
            return None
        way = way / size
        turned = (gradient(x + step * way) - gradient(x - step * way)) / (2 * step)
        before, found = found, float(way @ turned)
        if abs(found - before) <= SETTLED * abs(found):
            return Curvature(np.array([math.nan, found]), np.stack([way, way], axis=1), NOISE) if found > 0 else None
        way = turned
    return None


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
    near = EPS * (len(x) + 2) * 2 * (np.abs(hessian) @ np.abs(x))
    return without_noise(x, np.linalg.inv(matrix) * np.outer(scale, scale), near)


def without_noise(x: Array, inverse: Array, near: Array) -> Array:
    """The point with 0 for the entries that are 0 but for rounding: `near` is what rounding makes of each entry of the gradient."""
    return np.where(np.abs(x) <= np.abs(inverse) @ near, 0.0, x)
