"""One Cost and one compiled function of each formula, for all tests of a process: what several ask for is derived once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import gdsym as gd


def cost_of(cost: Any, params: Iterable[Any]) -> gd.Cost:
    """The cost with its derivations, and what else it has found out."""
    return _cost(cost, tuple(params))


def code_of(cost: Any, params: Iterable[Any], backend: str = "numpy") -> Any:
    """Value and gradient of the cost on a backend."""
    return _code(cost, tuple(params), backend)


@cache
def _cost(cost: Any, params: tuple[Any, ...]) -> gd.Cost:
    return gd.Cost(cost, list(params))


@cache
def _code(cost: Any, params: tuple[Any, ...], backend: str) -> Any:
    return _cost(cost, params).compile(backend=backend)
