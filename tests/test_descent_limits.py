"""A cost that only comes closer to its limit has no minimum, however small the gradient is."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import IndexedBase, Max, Sum, atan, cosh, exp, log, symbols, tanh

import gdsym as gd

w, b, penalty = symbols("w b lambda")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LOSS = Sum(log(1 + exp(w * x[i] + b)) - y[i] * (w * x[i] + b), (i, 1, m)) / m
APART = {x: [-3.0, -2, -1, 1, 2, 3], y: [0, 0, 0, 1, 1, 1]}
MIXED = {x: [-3.0, -2, 1.5, -1.5, 2, 3], y: [0, 0, 0, 1, 1, 1]}


def logistic(data: Any, expr: Any = LOSS, **how: Any) -> Any:
    return gd.Cost(expr, [w, b]).descend({w: 0, b: 0}, data, **how)


@pytest.mark.parametrize(
    "how",
    [
        {"learning_rate": 100},  # one step, and the gradient is 9e-45
        {"learning_rate": 1000},  # cost and gradient are exactly 0
        {"learning_rate": 1, "gtol": 1e-2},
        {"learning_rate": 100, "gtol": 0, "xtol": 1e-6},
        {"learning_rate": 1, "gtol": 1e-3, "update": "adam"},
    ],
)
def test_classes_that_a_line_separates(how: Any) -> None:
    run = logistic(APART, **how)
    assert run.status == "stationary_not_min" and not run.success
    assert "no minimum there, only a limit" in run.message and "penalty" in run.message


@pytest.mark.parametrize(
    ("expr", "start", "rate"),
    [
        (exp(-w), 0.0, 1000.0),
        (log(1 + exp(-w)), 0.0, 60.0),
        (1 / w, 0.001, 1.0),
        (-atan(w), 0.0, 1e7),
        (-tanh(w), 0.0, 30.0),
    ],
)
def test_a_jump_into_the_tail(expr: Any, start: float, rate: float) -> None:
    run = gd.Cost(expr, [w]).descend({w: start}, learning_rate=rate)
    assert run.status == "stationary_not_min" and run.nit == 1


def test_a_minimum_far_out_is_one() -> None:
    assert logistic(MIXED, learning_rate=1).status == "converged"
    small = logistic({**APART, penalty: 1e-9}, LOSS + penalty * w**2, learning_rate=1, gtol=1e-2)
    assert small.status == "converged"


@pytest.mark.parametrize(
    ("expr", "start", "rate"),
    [
        ((w - 3) ** 4, 2.0, 0.25),  # the first step ends at the minimum itself
        (1 - exp(-((w - 3) ** 2)), 2.5, 0.3),
        (log(cosh(w)), 3.0, 0.5),
        ((w - b) ** 4 + (w - b) ** 2, 1.0, 0.1),  # a line of minima
        (w**2 / (1 + w**2), 1.0, 0.5),
        ((w * b - 1) ** 2, 1.5, 0.1),
    ],
)
def test_a_minimum_is_one(expr: Any, start: float, rate: float) -> None:
    letters = [s for s in (w, b) if s in expr.free_symbols]
    run = gd.Cost(expr, letters).descend(dict(zip(letters, (start, 0.5), strict=False)), learning_rate=rate)
    assert run.status == "converged"


def test_a_hinge_is_met_where_it_is_flat() -> None:
    hinge = Sum(Max(0, 1 - y[i] * w * x[i]), (i, 1, m)) / m
    run = gd.Cost(hinge, [w]).descend({w: 0}, {x: [-2.0, 2.0], y: [-1, 1]}, learning_rate=1)
    assert run.status == "converged" and run.fun == 0
