"""Sums that are a number times another sum and a number: u + 50 is 10 (u/10 + 4) + 10."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from gdsym.arrays import series
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import terms_of
from gdsym.arrays.series import Series

Terms = dict[frozenset[tuple[Value, int]], Fraction]


def linear_in(g: Graph, value: Value, u: Mapping[Value, int]) -> Series | None:
    """The series of a sum in u, a sum as well, if it is linear in it."""
    ((other, n),) = u.items() if len(u) == 1 else ((value, 0),)
    if n != 1 or other.op.kind != "add" or value.op.kind != "add" or value.axes != other.axes:
        return None
    (ours, number), (theirs, shift) = _terms(g, value), _terms(g, other)
    ratios = {c / theirs[key] for key, c in ours.items() if key in theirs}
    if len(ratios) != 1 or ours.keys() != theirs.keys():
        return None
    k = ratios.pop()
    return series.added([series.monomial(k, 1), series.monomial(number - k * shift, 0)])


def _terms(g: Graph, value: Value) -> tuple[Terms, Fraction]:
    """The terms of a sum by their powers, and the number among them."""
    total: Terms = {}
    for t in terms_of(g, value):
        key = frozenset(t.powers.items())
        total[key] = total.get(key, Fraction(0)) + t.coefficient
    number = total.pop(frozenset(), Fraction(0))
    return {key: c for key, c in total.items() if c}, number
