"""How data lie in memory: column order where it is quicker, and files that must not be copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdsym.arrays.program import Program

BIG = 1 << 14  # entries from which a matrix is worth a copy in column order


def in_columns(program: Program, bound: Mapping[str, Any]) -> dict[str, Any]:
    """Big matrices that are multiplied from both sides copied to column order: worth it where many evaluations come."""
    again = {name: bound[name] for name in program.column_major if bound[name].size >= BIG}
    return {**bound, **{name: np.asfortranarray(array) for name, array in again.items() if not is_on_disk(array)}}


def is_on_disk(array: Any) -> bool:
    """Is it a view of a memory map? A copy would read the whole file."""
    while array is not None:
        if isinstance(array, np.memmap):
            return True
        array = getattr(array, "base", None)
    return False
