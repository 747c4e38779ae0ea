"""Entries that are compared may be labels, and may be measured: a claim must hold for both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import (
    Abs,
    Derivative,
    Eq,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Ne,
    Piecewise,
    Rational,
    Sum,
    exp,
    floor,
    log,
    symbols,
)

from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy

w = symbols("w")
i, j, m = symbols("i j m", integer=True)
x, y = IndexedBase("x"), IndexedBase("y")
counts = IndexedBase("c", integer=True)

PLACES: dict[str, Callable[[Expr], Expr]] = {"an entry": lambda e: e, "a sum": lambda e: Sum(e, (i, 1, m))}


def cases(value: object, otherwise: Expr, first: Expr | int = 0) -> Expr:
    return Piecewise((first, Eq(x[i], value)), (otherwise, True))


RIGHT = {
    "a sign of 0": (cases(0, Abs(x[i]) / x[i], w), Piecewise((w, Eq(x[i], 0)), (1, x[i] > 0), (-1, True))),
    "a delta": (KroneckerDelta(x[i], 2) * x[i], 2 * KroneckerDelta(x[i], 2)),
    "unequal": (Piecewise((w, Ne(x[i], 3)), (x[i], True)), Piecewise((3, Eq(x[i], 3)), (w, True))),
}
WRONG = {
    "positive only": (cases(0, w * Abs(x[i])), cases(0, w * x[i])),
    "whole only": (cases(0, w * x[i]), cases(0, w * floor(x[i]))),
    "beside a delta": (KroneckerDelta(x[i], 1) + Abs(x[i]), KroneckerDelta(x[i], 1) + x[i]),
    "beside another entry": (cases(y[i], Abs(x[i])), cases(y[i], x[i])),
    "counts below 0": (Abs(counts[i]), counts[i]),
    **{f"at {c}": (cases(c, w * x[i], w), cases(c, w * x[i], w + 1)) for c in (0, -1, 7, Rational(1, 2), 20, -30)},
    **{f"delta at {c}": (w * KroneckerDelta(x[i], c), 2 * w * KroneckerDelta(x[i], c)) for c in (0, -1, 7)},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", WRONG)
def test_what_holds_for_labels_only_is_refused(name: str, place: str) -> None:
    lhs, rhs = (from_sympy(PLACES[place](side)) for side in WRONG[name])
    assert agree(lhs, rhs).verdict == "refuted"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", RIGHT)
def test_what_holds_for_both_is_accepted(name: str, place: str) -> None:
    lhs, rhs = (from_sympy(PLACES[place](side)) for side in RIGHT[name])
    assert agree(lhs, rhs)


def test_entries_that_are_compared_with_each_other_are_measured_too() -> None:
    """Whole numbers never show that v_i > v_j - 1 is another condition than v_i > v_j where they differ."""
    below, above = (Sum(Piecewise((0, Eq(x[i], x[j])), (1, x[i] > x[j] - c), (2, True)), (j, 1, m)) for c in (0, 1))
    assert agree(from_sympy(below), from_sympy(above)).verdict == "refuted"


def test_an_index_beside_labels_is_within_all_ranges() -> None:
    """All labels are 1 at some points; the sizes have room for the free index there, too."""
    k, n, q = symbols("k n q", integer=True)
    labels, weights = IndexedBase("c"), IndexedBase("W")
    total = Sum(exp(weights[q]), (q, 1, n))
    cost = Sum(log(total) - weights[labels[i]], (i, 1, m))
    slope = m * exp(weights[k]) / total - Sum(KroneckerDelta(labels[i], k), (i, 1, m))
    assert agree(from_sympy(Derivative(cost, weights[k])), from_sympy(slope))
    assert agree(from_sympy(Derivative(cost, weights[k])), from_sympy(slope), room=False).verdict == "refuted"
