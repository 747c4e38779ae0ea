"""Inverses and determinants with a run's numbers: their values, and why they have none."""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsym.written.wholes import OfMatrix

SINGULAR = "the matrix is singular"


def inverse(table: Any) -> Any:
    """NaN where there is none."""
    try:
        return np.linalg.inv(table)
    except np.linalg.LinAlgError:
        return np.full(np.shape(table), np.nan)


def number(node: OfMatrix, table: Any) -> float:
    """The determinant, its sign or its logarithm; log det is NaN where the determinant is below 0."""
    if node.word == "det":
        return float(np.linalg.det(table))
    sign, size = map(float, np.linalg.slogdet(table))
    return sign if node.word == "sign_det" else np.nan if node.word == "logdet" and sign < 0 else size


def reason(node: OfMatrix, table: Any) -> str:
    """Why the number is not finite although the matrix is."""
    sign = float(np.linalg.slogdet(table)[0])
    return (
        f"{SINGULAR}, its determinant is 0" if sign == 0 else "the determinant is below 0" if sign < 0 else "too large"
    )
