"""Inverses and determinants as Python text."""

from __future__ import annotations

from typing import Final

from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ATOM, Name, Write
from gdsym.errors import Unsupported

WHOLES: Final = ("inverse", "det", "sign_det", "logdet", "logabsdet", "solved")  # of a square matrix
# helper functions of generated code; a matrix that is singular, or not finite, has NaN for its inverse
OF_MATRICES: Final = {
    "inverse": (
        "def inverse(a):  # NaN where there is none; of a symmetric matrix it is symmetric, which rounding would change\n"
        "    try:\n"
        "        b = np.linalg.inv(a)\n"
        "    except np.linalg.LinAlgError:\n"
        "        return np.full(a.shape, np.nan)\n"
        "    return 0.5*(b + b.T) if a[0, -1] == a[-1, 0] and a.tobytes() == a.tobytes('F') else b"
    ),
    "solved": (
        "def solved(a, b):  # the x for which a x is b; NaN where there is none\n"
        "    try:\n"
        "        return np.linalg.solve(a, b)\n"
        "    except np.linalg.LinAlgError:\n"
        "        return np.full(b.shape, np.nan)"
    ),
    "logdet": (
        "def logdet(a):  # log det a without the determinant, which may be too large for a float; NaN where that is below 0\n"
        "    sign, value = np.linalg.slogdet(a)\n"
        "    return float(value) if sign >= 0 else np.nan"
    ),
}
# over traced arrays, which raise nothing
TRACED: Final = {
    "inverse": "inverse({})",
    "det": "np.linalg.det({})",
    "sign_det": "np.linalg.slogdet({})[0]",
    "logdet": "logdet({})",
    "logabsdet": "np.linalg.slogdet({})[1]",
}
TRACED_HELPERS: Final = {
    "logdet": (
        "def logdet(a):  # log det a without the determinant, which may be too large for a float; NaN where that is below 0\n"
        "    sign, value = np.linalg.slogdet(a)\n"
        "    return np.where(sign >= 0, value, np.nan)"
    ),
    "inverse": (
        "def inverse(a):  # of a symmetric matrix it is symmetric, which rounding would change\n"
        "    b = np.linalg.inv(a)\n"
        "    return np.where((a == a.T).all(), 0.5*(b + b.T), b)"
    ),
}
# as machine code
COMPILED: Final = {
    "inverse": (
        "def inverse(a):  # NaN where there is none; of a symmetric matrix it is symmetric, which rounding would change\n"
        "    try:\n"
        "        b = np.linalg.inv(a)\n"
        "    except Exception:\n"
        "        return np.full(a.shape, np.nan)\n"
        "    return 0.5*(b + b.T) if np.all(a == a.T) else b"
    ),
    "det": "def det(a):\n    return np.linalg.det(a)",
    "sign_det": "def sign_det(a):\n    return np.linalg.slogdet(a)[0]",
    "logabsdet": "def logabsdet(a):\n    return np.linalg.slogdet(a)[1]",
    "logdet": (
        "def logdet(a):  # log det a without the determinant, which may be too large for a float; NaN where that is below 0\n"
        "    sign, value = np.linalg.slogdet(a)\n"
        "    return value if sign >= 0 else np.nan"
    ),
}


def whole_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return TEXTS[op.kind].format(*(write(a, 0) for a in op.args)), ATOM


TEXTS: Final = {
    "inverse": "inverse({})",
    "solved": "solved({}, {})",
    "det": "float(np.linalg.det({}))",
    "sign_det": "float(np.linalg.slogdet({})[0])",
    "logdet": "logdet({})",
    "logabsdet": "float(np.linalg.slogdet({})[1])",
}


def of_matrix(op: Op, write: Write, fused: bool) -> str:
    """Over traced arrays; chunks, which are not fused, have no whole matrix."""
    if not fused:
        raise Unsupported(
            "An inverse or a determinant needs its matrix whole, and the backend 'dask' has arrays in chunks. "
            "Use backend='numpy', 'numba' or 'jax'."
        )
    return TRACED[op.kind].format(write(op.args[0], 0))
