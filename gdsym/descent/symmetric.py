"""A minimum among symmetric matrices, where a cost with a determinant or an inverse curves downwards across them.

-log det T has its second derivative tr((T^-1 dT)^2), which is below 0 for dT = -dT^T: the likelihood of a covariance has a
saddle at its maximum, among all matrices. A run that starts symmetric stays so, but for rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.curvature import Curvature
from gdsym.written.wholes import has_wholes

if TYPE_CHECKING:
    from gdsym.descent.run import Run

ALIKE = 1e-5  # of the largest entry: T_ij and T_ji, after a run
COUPLED = 1e-3  # of the largest eigenvalue: symmetric and other directions have to do with each other


def minimum_among_symmetric(run: Run, x: Any, bend: Curvature) -> str:
    """The name of the one matrix, if it is symmetric and the cost curves upwards among symmetric ones alone; else nothing."""
    formulas, params = run.known.formulas, run.task.params
    if len(params) != 1 or formulas is None or not has_wholes(formulas.cost) or np.isnan(bend.eigenvalues).any():
        return ""
    (param,) = params
    shape = param.shape
    if (
        len(shape) != 2
        or shape[0] != shape[1]
        or not all(map(_is_symmetric, (x.reshape(shape), run.task.start[param.code])))
    ):
        return ""
    ways, across = _ways(shape[0])
    hessian = (bend.eigenvectors * bend.eigenvalues) @ bend.eigenvectors.T
    if np.abs(across @ hessian @ ways.T).max(initial=0.0) > COUPLED * bend.largest:
        return ""
    least = float(np.linalg.eigvalsh(ways @ hessian @ ways.T)[0])
    return str(param.name) if least > bend.noise * bend.largest else ""


def _is_symmetric(table: Any) -> bool:
    return float(np.abs(table - table.T).max()) <= ALIKE * float(np.abs(table).max())


def _ways(size: int) -> tuple[Any, Any]:
    """Flat unit vectors of the symmetric directions, and of those across them."""
    unit = np.eye(size * size).reshape(size, size, size, size)
    pairs = [(i, j) for i in range(size) for j in range(i)]
    ways = [*(unit[i, i] for i in range(size)), *((unit[i, j] + unit[j, i]) / np.sqrt(2) for i, j in pairs)]
    across = [(unit[i, j] - unit[j, i]) / np.sqrt(2) for i, j in pairs]
    return np.array(ways).reshape(-1, size * size), np.array(across).reshape(-1, size * size)
