"""What a caller may set, checked before anything is computed."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from gdsym.arguments import as_float
from gdsym.errors import DescentError, GdsymTypeError
from gdsym.record import record

MOST = 2**53  # whole numbers up to here are floats


@record
class Settings:
    """Stop tests and sizes: `gtol`, `xtol`, `ftol` (0 switches one off), `maxiter`, `keep_every`."""

    maxiter: int = 1000
    gtol: float = 1e-6
    xtol: float = 0.0
    ftol: float = 0.0
    keep_every: int = 1

    def __post_init__(self) -> None:
        _whole("maxiter", self.maxiter, 0)
        _whole("keep_every", self.keep_every, 1)
        for name in ("gtol", "xtol", "ftol"):
            _tolerance(name, getattr(self, name))

    @property
    def tests(self) -> tuple[float, float, float]:
        return float(self.gtol), float(self.xtol), float(self.ftol)


def _whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise GdsymTypeError(f"{name} is {value!r:.60}; give a whole number, e.g. {name}={max(least, 1000)}.")
    if value < least:
        raise DescentError(f"{name} is {value!s:.60}; it must be at least {least}.")
    if value > MOST:
        raise DescentError(f"{name} is {value!s:.30}...; it must be at most 2**53.")


def _tolerance(name: str, value: Any) -> None:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise GdsymTypeError(f"{name} is {value!r:.60}; give a number, 0 to switch the test off.")
    if not 0 <= as_float(value) < math.inf:
        raise DescentError(
            f"{name} is {as_float(value)!r}; it must be finite and at least 0 (0 switches the test off)."
        )
