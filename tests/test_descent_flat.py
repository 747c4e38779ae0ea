"""Ends on flat ground, on slopes below gtol and at hidden bends: no minimum is known there, and the sentence says what is."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import gdsym as gd

NET = "Sum((v*Max(0, w*x[i] + c) + b - y[i])**2, (i, 1, m))/(2*m)"
DATA = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]}
DEAD = {"w": -2.0, "c": -1.0, "v": 1.0}

NO_MINIMUM = [
    ("w**4 - w**3/1000", {"w": 0}, {}, "a small step beside it the cost is lower"),
    ("1 + w**4 - w**3/1000", {"w": 0}, {}, "a small step beside it the cost is lower"),
    ("Abs(w)/10**7", {"w": 1}, {}, "the start is on a slope"),
    ("exp(-w)", {"w": 100}, {}, "only a limit"),
    ("exp(-w)", {"w": 1000}, {}, "by w it is exactly 0"),
    (NET, {**DEAD, "b": 2.0}, DATA, "the start is on flat ground: .* by w, c, v it is exactly 0"),
    ("Sum(Min((w*x[i] - y[i])**2, 1), (i, 1, m))", {"w": 9.0}, DATA, "flat ground"),
]


@pytest.mark.parametrize(("cost", "start", "data", "said"), NO_MINIMUM)
def test_no_minimum_is_known_where_the_slope_is_small(cost: str, start: Any, data: Any, said: str) -> None:
    run = gd.Cost(cost, list(start)).descend(start, data)
    assert run.status == "stationary_not_min" and not run.success and run.nit == 0
    assert re.search(said, run.message) and len(run.message) <= 600


MINIMA = [
    ("w**4", {"w": 0.0}, {}), ("w**4 - w**3*0", {"w": 0.0}, {}), ("(w - 1)**4 + w**4*0", {"w": 1.0}, {}), ("w**4 - 4*w**3 + 6*w**2 - 4*w", {"w": 1.0}, {}),
    ("Sum(Max(0, 1 - y[i]*w*x[i]), (i, 1, m))/m", {"w": 5.0}, DATA), ("Max(0, w)**2", {"w": -3.0}, {}), ("Sum(Max(0, w*x[i] - y[i])**2, (i, 1, m))", {"w": -2.0}, DATA),
    ("(v - w**2)**2", {"v": 1e-8, "w": 0.0}, {}), ("Abs(w)/10**7", {"w": 0.0}, {}), ("w**4 + w**5/10", {"w": 0.0}, {}), ("(Max(0, w)*b)**2", {"w": -1.0, "b": 1.0}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "start", "data"), MINIMA)
def test_minima_stay_minima(cost: str, start: Any, data: Any) -> None:
    run = gd.Cost(cost, list(start)).descend(start, data)
    assert run.status == "converged" and run.nit == 0 and "exactly 0" not in run.message


NO_INFLUENCE = {"x": [1.0, 2.0, -1.0], "z": [0.0, 0.0, 0.0], "y": [1.0, 0.0, 0.0]}
SCORE = "(w*x[i] + v*z[i])"


@pytest.mark.parametrize(
    "term", [f"({SCORE} - y[i])**2", f"log(1 + exp{SCORE}) - y[i]*{SCORE}", f"log(1 + ({SCORE} - y[i])**2)"]
)
def test_a_column_of_zeros_is_no_flat_ground(term: str) -> None:
    cost = gd.Cost(f"Sum({term}, (i, 1, m))/m", ["w", "v"])
    run = cost.descend({"w": 0.3, "v": 0.3}, NO_INFLUENCE, learning_rate=0.2)
    assert run.status == "converged" and "exactly 0" not in run.message


def test_parameters_that_cannot_move_are_named_beside_another_verdict() -> None:
    run = gd.Cost(NET, ["w", "c", "v", "b"]).descend({**DEAD, "b": 0.0}, DATA, maxiter=20)
    assert run.status == "max_steps" and "By w, c, v the gradient is exactly 0, here and all around" in run.message
    alive = gd.Cost(NET, ["w", "c", "v", "b"]).descend({**DEAD, "w": 2.0, "b": 0.0}, DATA, maxiter=20)
    assert "exactly 0" not in alive.message


def test_the_rate_that_a_kink_is_blamed_on_is_the_one_that_was_used() -> None:
    cost = gd.Cost("Abs(w - 1) + Abs(w + 1)/2 + w**2/10", ["w"])
    said = {
        "backtracking": "A line search cannot follow",
        "0.3/(k + 1)**0.001": "hardly gets smaller",
        0.3: "A fixed learning rate",
    }
    for rate, sentence in said.items():
        run = cost.descend({"w": 3.05}, learning_rate=rate)
        assert run.status == "kink" and sentence in run.message


def test_a_fit_over_times_in_seconds_says_where_the_cost_is_lower() -> None:
    days = 1.6e9 + np.arange(50) * 86400.0
    values = 3 + 1e-8 * (days - 1.6e9) + 0.1 * np.sin(np.arange(50) ** 2)
    line = gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)", ["w", "b"])
    run = line.descend({"w": 0, "b": 0}, {"x": days, "y": values}, learning_rate=1e-19, gtol=0, ftol=1e-9)
    assert "where a Newton step leads, the cost is lower by" in run.message
    best = np.polyfit(days - 1.6e9, values, 1)
    least = float(np.mean((np.polyval(best, days - 1.6e9) - values) ** 2) / 2)
    assert float(run.message.split("lower by ")[1].split(". ")[0]) == pytest.approx(run.fun - least, rel=0.01)


def test_a_small_change_on_a_tail_is_no_end() -> None:
    """A long first step of the line search leads far out on log s, where the cost hardly changes: 3.8 higher than at its minimum."""
    law = gd.Cost("Sum(log(s) + (x[i] - u)**2/(2*s**2), (i, 1, m))/m", ["u", "s"])
    data = {"x": 30 * np.sin(np.arange(24.0) ** 2)}
    run = law.descend({"u": 0, "s": 2600}, data, learning_rate="backtracking", ftol=1e-6, maxiter=50)
    assert run.status == "stationary_not_min" and "neither ftol nor xtol" in run.message
    near = law.descend({"u": 0, "s": 20}, data, learning_rate="backtracking", ftol=1e-9, maxiter=500)
    assert near.status == "converged" and "But" not in near.message


def test_a_rate_that_fell_is_told_where_a_step_became_short() -> None:
    cost = gd.Cost("Sum(Abs(w*x[i] - y[i]), (i, 1, m))", ["w"])
    data = {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.5, 6.0]}
    run = cost.descend({"w": 0}, data, learning_rate="0.01/(k + 1)**2", xtol=1e-3)
    assert run.status == "converged" and "the learning rate was down to" in run.message
    smooth = gd.Cost("(w - 1)**2", ["w"]).descend({"w": 0}, learning_rate="0.5/(k + 1)", xtol=1e-6)
    assert smooth.status == "converged" and "down to" not in smooth.message


def test_a_cost_above_its_start_is_told() -> None:
    run = gd.Cost("w**2", ["w"]).descend({"w": 1}, learning_rate=lambda k: 2.0 if k == 0 else 1e-9, xtol=1e-6)
    assert run.status == "converged" and run.fun == pytest.approx(9, rel=1e-6)
    assert "But the cost is higher than at the start, 1: the steps led away" in run.message
