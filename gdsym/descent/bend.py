"""How the cost of a run is curved at a point: by differences, or by the derived Hessian."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.curvature import MOST_PARAMETERS, STEP, Array, Curvature, curvature, curvature_at, largest_bend
from gdsym.descent.evaluate import Evaluate, flat_gradient
from gdsym.descent.task import flat, unflat

if TYPE_CHECKING:
    from gdsym.descent.run import Run

ASIDE = 1e-3  # of the parameters: so far beside a kink the cost is smooth
ALIKE = 1e-3  # of the largest eigenvalue: Hessians this close are taken for one


def curvature_of(run: Run, evaluate: Evaluate, x: Any) -> Curvature | None:
    """The Hessian at x: by differences of the gradient where they tell its signs, else the derived one; None if neither.

    The derived Hessian of a long cost takes seconds to compile; that of a quadratic cost is short, or there already.
    """
    exact = run.known.hessian is not None and (run.wholly or run.known.kinks)
    gradient = flat_gradient(evaluate, run.task.params)
    near = None if exact else curvature_at(gradient, x)
    if run.known.hessian is None or (near is not None and _tells_signs(near) and _is_steady(near, gradient, x)):
        return near
    keys = (p.key for p in run.task.params)
    return curvature(run.known.hessian(dict(zip(keys, unflat(x, run.task.params), strict=True))))


def curvature_at_start(run: Run, evaluate: Evaluate, end: Any) -> dict[str, Any]:
    """What an `Ending` tells of it: the Hessian where the run began, and whether it is another at `end`."""
    first = _roughly(run, evaluate, flat([run.task.start[p.code] for p in run.task.params]))
    last = None if first is None or run.wholly else _roughly(run, evaluate, end)
    return {"curvature": first, "bends": last is not None and first is not None and _differ(first, last)}


def _roughly(run: Run, evaluate: Evaluate, x: Any) -> Curvature | None:
    """The Hessian as far as a largest rate is told by it: by differences, beside a kink if there is one at x; None if it changes too quickly.

    To derive that of a network of rectified layers would take a minute.
    """
    if run.wholly and run.known.hessian is not None:
        return curvature_of(run, evaluate, x)
    gradient = flat_gradient(evaluate, run.task.params)
    beside = x + ASIDE * max(1.0, float(np.abs(x).max())) * np.cos(1.0 + np.arange(len(x)))
    for at in (x, beside) if run.known.kinks else (x,):
        near = curvature_at(gradient, at) if len(x) <= MOST_PARAMETERS else largest_bend(gradient, at)
        if near is not None and (not run.known.kinks or _is_steady(near, gradient, at, -1)):
            return near
    return None


def _differ(a: Curvature, b: Curvature) -> bool:
    """Are the eigenvalues others, by more than differences of the gradient err?"""
    return not np.allclose(a.eigenvalues, b.eigenvalues, rtol=0, atol=ALIKE * a.largest, equal_nan=True)


def _is_steady(bend: Curvature, gradient: Callable[[Array], Array], x: Array, at: int | None = None) -> bool:
    """Is the smallest eigenvalue (or the one `at`) about the same over a wider step? Where fourth derivatives alone made it, it is four times as large."""
    at = int(np.argmin(np.abs(bend.eigenvalues))) if at is None else at
    value, way = float(bend.eigenvalues[at]), bend.eigenvectors[:, at]
    step = 2 * STEP * max(1.0, float(np.abs(x).max())) * way
    with np.errstate(all="ignore"):
        wider = float(way @ (gradient(x + step) - gradient(x - step))) / (2 * float(np.linalg.norm(step)))
    return abs(wider - value) <= abs(value)


def _tells_signs(bend: Curvature) -> bool:
    """Are all eigenvalues well above the error that differences make?"""
    sizes = np.abs(bend.eigenvalues)
    return bool(sizes.min() > 10 * bend.noise * bend.largest)
