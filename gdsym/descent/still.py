"""Where a cost does not change at all: a slope that is exactly 0 here and all around, as of rectified units that are 0 for every sample."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gdsym.convexity import Span, nowhere_lower
from gdsym.descent.formulas import Formulas
from gdsym.descent.standing import Slopes, scale
from gdsym.descent.task import Parameter
from gdsym.written.nodes import Base, Node, Sym

AROUND = (1e-6, 1e-4, 1e-3)  # relative to the largest parameter: how far off the slope is looked at again
ELSEWHERE = (0.1, 1.0, 1.0, 3.0, 10.0)  # how far from 0 it is looked for a place where it is not 0


def still_by(gradient: Slopes, x: Any, slope: Any, params: Sequence[Parameter], begun: Any) -> tuple[Parameter, ...]:
    """The parameters with a slope that is exactly 0 in all entries, at x and at places around it, but not everywhere.

    A weight of a column of zeros has no influence, at the start `begun` and far from it as little as here.
    """
    still = slope == 0
    if not still.any():
        return ()
    rng = np.random.default_rng(0)
    for part in AROUND:
        still &= gradient(x + part * scale(x) * rng.uniform(-1, 1, len(x))) == 0
    if not still.any():
        return ()
    counts = np.zeros(len(x), dtype=bool)
    for place in (begun, *(size * rng.uniform(-1, 1, len(x)) for size in ELSEWHERE)):
        found = gradient(place)
        counts |= np.isfinite(found) & (found != 0)
    ends = np.cumsum([p.size for p in params])[:-1]
    parts = zip(params, np.split(still, ends), np.split(counts, ends), strict=True)
    return tuple(p for p, own, moves in parts if own.all() and moves.any())


def is_least(formulas: Formulas | None, cost: float) -> bool:
    """Do rules show that the cost is nowhere lower than at a point of slope 0: a hinge loss that is 0, say?"""
    if formulas is None:
        return False
    data: Mapping[Node, Any] = formulas.data
    spans: dict[Node, Span] = {node: _ends(value) for node, value in data.items()}
    letters = [part for part in formulas.cost.free if isinstance(part, Sym | Base) and part not in spans]
    return nowhere_lower(formulas.cost, letters, spans, cost)


def _ends(values: Any) -> Span:
    """The least and the greatest entry, where these can be told at once."""
    if isinstance(values, (int, float, np.ndarray)) and np.size(values):
        return float(np.min(values)), float(np.max(values))
    return -math.inf, math.inf


__all__ = ["is_least", "still_by"]
