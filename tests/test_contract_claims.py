"""What the contract says of checks: the factor is any constant, a wrong claim has a point where it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import E, IndexedBase, Integer, Max, Min, Piecewise, Rational, Sum, Symbol, log, pi, sin, sqrt, symbols

import gdsym as gd

w, b, z, N = symbols("w b z N")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
dw = Sum((w * x[i] + b - y[i]) * x[i], (i, 1, m)) / m

CONSTANTS = [pi, 1 / pi, E, sqrt(2), sqrt(m), 1 / sqrt(m), m + 1, N + 1, N * (m + 2), -pi / 3, 1 / m**2, log(2), N**m]


@pytest.mark.parametrize("factor", CONSTANTS, ids=str)
def test_any_constant_is_a_factor(factor: Any) -> None:
    verdict = LINE.check({w: factor * dw})
    assert verdict.factor.equals(factor) and not verdict.ok and verdict.counterexample is None


def test_an_irrational_factor_is_seen_through_another_form_of_the_sum() -> None:
    squares, products = Sum(x[j] ** 2, (j, 1, m)), Sum((b - y[i]) * x[i], (i, 1, m))
    assert LINE.check({w: pi * (w * squares + products) / m}).factor == pi


def test_a_letter_may_stand_in_a_factor_only_if_it_scales_the_cost() -> None:
    assert gd.check(z**2 * (b + 1), z, 2 * z).factor == 1 / (b + 1)
    assert gd.check(sin(b * z), z, "cos(b*z)").factor is None


def test_sizes_under_two_letters_can_differ() -> None:
    verdict = LINE.check({w: Sum((w * x[j] + b - y[j]) * x[j], (j, 1, n)) / n})
    assert verdict.counterexample is not None and "wrong" in verdict.message
    assert verdict.counterexample[m] != verdict.counterexample[n]


def test_a_claim_without_a_value_where_the_derivative_has_one_is_wrong() -> None:
    verdict = gd.check(z**2, z, "2*z*sqrt(z)/sqrt(z)")
    assert verdict.counterexample == {z: -2} and "yours not defined, the derivative -4" in verdict.message


def test_a_counterexample_repeats_no_number_in_an_array_and_reads_as_one() -> None:
    X = IndexedBase("X")
    cost = gd.Cost(Sum((Sum(X[i, j] * IndexedBase("w")[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), ["w"])
    verdict = cost.check({"w": "Sum(Sum(X[i,j]*w[j], (j,1,n)) - y[i], (i,1,m))"})
    at = verdict.counterexample
    assert at is not None and len({at[X[r, c]] for r in (1, 2) for c in (1, 2)}) == 4
    assert "X = [[" in verdict.message and all(isinstance(v, (Integer, Rational)) for v in at.values())


def test_a_symbol_with_assumptions_is_met_by_its_name_in_text() -> None:
    rate = Symbol("r", positive=True)
    assert gd.check(log(rate), rate, "1/r").ok


WRONG_FROM = [(Sum(x[i], (i, 1, Min(5, m))), 6), (Sum(x[i], (i, 1, m)) + Max(0, m - 6), 7)]


@pytest.mark.parametrize(("claim", "size"), WRONG_FROM, ids=str)
def test_a_claim_that_goes_wrong_at_some_size_is_shown_at_the_least(claim: Any, size: int) -> None:
    at = gd.check(Sum(w * x[i], (i, 1, m)), w, claim).counterexample
    assert at is not None and at[m] == size and len({x[t] for t in range(1, size + 1)} & set(at)) == size


def test_a_long_array_is_shortened_in_the_sentence_only() -> None:
    claim = Sum(Piecewise((x[i], i <= 20), (2 * x[i], True)), (i, 1, m))
    verdict = gd.check(Sum(w * x[i], (i, 1, m)), w, claim)
    assert verdict.counterexample is not None and verdict.counterexample[m] == 21
    assert ", ..., " in verdict.message and len(verdict.message) < 200
