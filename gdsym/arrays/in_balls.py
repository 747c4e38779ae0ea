"""A second opinion where code and literal sums disagree: the formula in balls that contain the true value.

Either may be the one that loses digits: polynomials of high degree, written out, cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from gdsym.arrays.program import Program
from gdsym.verify.evidence import Unknown
from gdsym.verify.formulas import MORE_BITS, Formulas
from gdsym.verify.points import Point
from gdsym.written.nodes import Base, Node


def true_outputs(program: Program, given: Mapping[Node, Any]) -> list[Any] | None:
    """Value and gradient at this point, correctly rounded; None if the judge cannot say."""
    values = dict(_values(program, given))
    found: list[Any] = [_at(program.formula, values)]
    for param, slope in zip(program.params, program.slopes, strict=True):
        if isinstance(slope, Node):
            found.append(_at(slope, values))
            continue
        letters, node = slope
        assert isinstance(param.node, Base)
        origins = [axis.origin for axis in program.shapes.arrays[param.node]]
        table = np.empty(given[param.node].shape)
        for place in np.ndindex(*table.shape):
            own = {a: k + first for a, k, first in zip(letters, place, origins, strict=True)}
            table[place] = _at(node, {**values, **own})
        found.append(table)
    return None if any(np.isnan(f).any() for f in found) else found


def _values(program: Program, given: Mapping[Node, Any]) -> Iterator[tuple[Any, Fraction]]:
    for node, value in given.items():
        if np.ndim(value) == 0:
            yield node, Fraction(float(value))
            continue
        assert isinstance(node, Base)
        origins = [axis.origin for axis in program.shapes.arrays[node]]
        for place in np.ndindex(*np.shape(value)):
            yield (node, tuple(map(int.__add__, place, origins))), Fraction(float(value[place]))


def _at(node: Node, values: Mapping[Any, Fraction | int]) -> float:
    try:
        (value,) = Formulas(node).at(Point(values=values), MORE_BITS)
    except Unknown:
        return float("nan")
    return float("nan") if value is None else float(arb(value).mid())
