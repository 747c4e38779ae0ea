"""Arguments by kind: one number, a row of numbers, True or False, a path; anything else is a typed error that says what was found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.errors import GdsymTypeError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def as_float(value: Any) -> float:
    """The number as a float, infinite if it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def real(value: Any, name: str, wish: str) -> float:
    """One real number as a float (nan and infinity too); `wish`: what to give instead of what is none."""
    try:
        known = isinstance(value, (Real, Decimal)) or (isinstance(value, sympy.Expr) and value.is_number)
        if known and not isinstance(value, bool):
            return as_float(value)
    except (TypeError, ValueError, IndexError):
        pass
    raise odd(value, name, wish)


def truth(value: Any, name: str) -> bool:
    """True or False, of Python or NumPy."""
    if isinstance(value, bool):
        return value
    import numpy as np

    if not isinstance(value, np.bool_):
        raise odd(value, name, "give True or False")
    return bool(value)


def vector(value: Any, name: str) -> npt.NDArray[np.float64]:
    """Real numbers as one flat array."""
    import numpy as np

    try:
        found = np.asarray(value)
        if found.dtype.kind in "biufO":
            return found.astype(float, copy=False).ravel()
    except (TypeError, ValueError, IndexError, OverflowError):
        pass
    raise odd(value, name, "give real numbers in one row")


def members(value: Any, name: str, wish: str) -> list[Any]:
    """The members of a list or of anything else that has some, but text and dicts."""
    try:
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping)):
            return list(value)
    except TypeError:
        pass
    raise odd(value, name, wish)


def mapping(value: Any, name: str, wish: str) -> Mapping[Any, Any]:
    """A dict, or what behaves like one."""
    if not isinstance(value, Mapping):
        raise odd(value, name, wish)
    return value


def file_path(value: Any) -> Path:
    """Where a file is or will be: text or a Path."""
    try:
        return Path(value)
    except TypeError:
        raise odd(value, "path", 'give a file name as text or a Path, e.g. "run.json"') from None


def odd(value: Any, name: str, wish: str) -> GdsymTypeError:
    """The error for an argument of the wrong kind: what it is, and what to give."""
    return GdsymTypeError(f"{name} is {value!r:.60} ({type(value).__name__:.40}); {wish}.")
