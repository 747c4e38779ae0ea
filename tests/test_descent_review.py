"""Stationary points whose second derivatives are 0: a minimum, or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Rational, Sum, log, sin, sqrt, symbols

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


CURVED = {
    "a ring from inside": ((s**2 + t**2 - 1) ** 2, {s: 0.3, t: 0.1}),
    "a ring of fourth order": ((s**2 + t**2 - 1) ** 4, {s: 0.3, t: 0.1}),
    "a ring that is steep without end": (sqrt(1 + (s**2 + t**2 - 1) ** 2) - 1, {s: 0.3, t: 0.1}),
    "a wave from its hollow side": ((s - sin(t)) ** 2, {s: 0.5, t: 1.0}),
    "a product of two factors": ((s * t - 1) ** 2, {s: 0.5, t: 0.4}),
}


@pytest.mark.parametrize("name", CURVED)
def test_the_hollow_side_of_a_curved_valley_is_no_saddle(name: str) -> None:
    """Above its floor the cost curves downwards along the valley, by slope/radius: at gtol as good as nothing."""
    expr, start = CURVED[name]
    run = Cost(expr, [s, t]).descend(start, learning_rate=0.05, maxiter=100_000, keep_every=100)
    assert run.status == "converged" and run.fun < 1e-6


def test_a_factorisation_reached_from_inside_is_converged() -> None:
    """a_i b_j leaves a scale undecided, so its minima are a curved line."""
    i, j, m, n = symbols("i j m n", integer=True, positive=True)
    a, b, table = IndexedBase("a"), IndexedBase("b"), IndexedBase("M")
    cost = Cost(Sum(Sum((a[i] * b[j] - table[i, j]) ** 2, (j, 1, n)), (i, 1, m)), [a, b])
    start, data = {a: [0.3, 0.1], b: [0.1, 0.2, 0.1]}, {table: np.outer([1.0, 0.5], [1.0, 0.5, -0.3])}
    assert cost.descend(start, data, learning_rate=0.02, maxiter=20_000).status == "converged"


BENT = {
    "lower on one side of the ring": ((s**2 + t**2 - 1) ** 2 + s / 10, {s: 0.9, t: 0.0}),
    "a ring with hardly a slope": ((s**2 + t**2 - 1) ** 2 - (s - Rational(3, 5)) ** 2 / 1000, {s: 0.3, t: 0.4}),
    "hardly curved, but so for ever": (s**2 + t**4 - 3e-7 * t**2, {s: 1.0, t: 0.0}),
    "along a parabola only": (s**2 - s * t**2, {s: 1.0, t: 0.0}),
}


@pytest.mark.parametrize("name", BENT)
def test_a_saddle_of_a_curved_floor_is_one(name: str) -> None:
    expr, start = BENT[name]
    run = Cost(expr, [s, t]).descend(start, learning_rate=0.05, maxiter=100_000, keep_every=100)
    assert run.status == "stationary_not_min" and not run.success


def test_a_point_as_far_out_as_floats_reach_is_looked_at_in_silence() -> None:
    """The square of a step beside it is no float."""
    run = Cost(-log(s), [s]).descend({s: 1.0}, learning_rate=lambda k: 1e308 if k else 1.0)
    assert run.nit == 2 and run.params[s] > 1e307


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
