"""How the cost of a run is curved at a point: by differences, or by the derived Hessian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.curvature import Curvature, curvature, curvature_at
from gdsym.descent.evaluate import flat_gradient
from gdsym.descent.task import unflat

if TYPE_CHECKING:
    from gdsym.descent.run import Run


def curvature_of(run: Run, x: Any) -> Curvature | None:
    """The Hessian at x: by differences of the gradient where they tell its signs, else the derived one; None if neither.

    The derived Hessian of a long cost takes seconds to compile; that of a quadratic cost is short, or there already.
    """
    exact = run.hessian is not None and (run.hoist or run.kinks)
    near = None if exact else curvature_at(flat_gradient(run.evaluate(), run.task.params), x)
    if run.hessian is None or (near is not None and _tells_signs(near)):
        return near
    keys = (p.key for p in run.task.params)
    return curvature(run.hessian(dict(zip(keys, unflat(x, run.task.params), strict=True))))


def _tells_signs(bend: Curvature) -> bool:
    """Are all eigenvalues well above the error that differences make?"""
    sizes = np.abs(bend.eigenvalues)
    return bool(np.min(sizes) > 10 * bend.noise * np.max(sizes))
