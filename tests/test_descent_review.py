"""Stationary points whose second derivatives are 0: a minimum, or not."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, symbols

from gdsym import Cost
from gdsym.errors import DataError, DescentError

s, t = symbols("s t")


@pytest.mark.parametrize(
    "expr", [-(s**4), s**3, -Abs(s), -(s**2) * Abs(s), 5 - s**4, t**2 - s**6 + 0 * t, s**2 * t**2 - s**6]
)
def test_a_maximum_or_inflection_without_curvature_is_no_minimum(expr: Any) -> None:
    start = {p: 0 for p in (s, t) if p in expr.free_symbols}
    run = Cost(expr, list(start)).descend(start)
    assert run.status == "stationary_not_min" and "no minimum" in run.message and not run.success


@pytest.mark.parametrize("expr", [s**4, Abs(s), s**2 * t**2, s**4 + t**2, (s + t) ** 2, 5 + s**6, s**2 * Abs(s)])
def test_a_flat_minimum_is_converged(expr: Any) -> None:
    start = {p: 0 for p in (s, t) if p in expr.free_symbols}
    assert Cost(expr, list(start)).descend(start).status == "converged"


def test_a_flat_valley_reached_by_descent_is_converged() -> None:
    run = Cost((s * t - 1) ** 2 + (s * t - 1) ** 4, [s, t]).descend({s: 2.0, t: 0.2}, learning_rate=0.05)
    assert run.status == "converged"


def test_an_unknown_parameter_of_the_history_is_named() -> None:
    run = Cost(s**2, [s]).descend({s: 1})
    with pytest.raises(DataError, match="zz is no parameter; the parameters are s"):
        run.history.params["zz"]


def test_a_gradient_whose_square_is_no_float_is_told_from_one_without_a_value() -> None:
    cost = Cost(1e200 * (s - 1) ** 2, [s])
    with pytest.raises(DescentError, match="the square of the gradient's length is too large"):
        cost.descend({s: 3.0})
    with pytest.raises(DescentError, match="the denominator is 0"):
        Cost(1 / s, [s]).descend({s: 0})
