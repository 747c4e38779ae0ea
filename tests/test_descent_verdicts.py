"""What a run's end is called where a small slope or a small change alone would say `converged`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sympy import Abs, IndexedBase, Sum, atan, cosh, exp, log, sin, sqrt, symbols

import gdsym as gd

w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")


def run(expr: Any, start: dict[Any, float], **how: Any) -> Any:
    return gd.Cost(expr, list(start)).descend(start, **how)


@pytest.mark.parametrize(
    ("expr", "start"),
    [
        (exp(-w), {w: 20}),
        (exp(-w), {w: 14}),
        (exp(-w) + exp(-b), {w: 20, b: 18}),
        (exp(-w) + b**2, {w: 14, b: 1}),  # b runs to its minimum, w has none
        (1 / w, {w: 2000}),
        (1 / (1 + w**2), {w: 200}),
        (log(1 + exp(-w)), {w: 20}),
        (-w / (1 + w), {w: 1e4}),
        (-atan(w), {w: 1e4}),
        (exp(-w) + Abs(b), {w: 20, b: 0}),
        (exp(-Abs(w)), {w: 20}),
    ],
)
def test_a_start_in_a_tail_that_only_comes_closer_to_its_limit(expr: Any, start: dict[Any, float]) -> None:
    r = run(expr, start, learning_rate=0.1)
    assert r.status == "stationary_not_min" and "no minimum there, only a limit" in r.message, r.message


@pytest.mark.parametrize(
    ("expr", "start", "away"),
    [
        (exp(-w) + w / 10**8, {w: 20}, 1.58),  # at 8 log 10 = 18.42
        (exp(-w) + w**2 / 10**8, {w: 14}, 1.02),  # 2e-8 w = exp(-w) at 15.02
        ((w - 3) ** 4 / 10**9, {w: 0}, 2.88),  # eight Newton steps, each a third of what is left
        (w * log(w) / 10**8, {w: 1}, 0.632),  # at 1/e
        ((w - 3) ** 2 / 10**8, {w: 0}, 3),
        (Abs(w - 3) ** 3 / 10**8, {w: 0}, 2.99),  # Newton steps halve what is left
    ],
)
def test_a_minimum_that_is_far_is_followed_to_where_it_is(expr: Any, start: dict[Any, float], away: float) -> None:
    r = run(expr, start)
    assert r.status == "converged" and f"about {away:.3g} away" in r.message, r.message


@pytest.mark.parametrize("expr", [w / 10**7, -w / 10**7, -w / 10**7 + b**2, -w / 10**7 + b**4, w / 10**7 + exp(b) - b])
def test_a_small_slope_that_never_ends_is_no_minimum(expr: Any) -> None:
    r = run(expr, dict.fromkeys([s for s in (w, b) if s in expr.free_symbols], 0))
    assert r.status == "diverged" and "unbounded below" in r.message and "fell from" not in r.message, r.message


@pytest.mark.parametrize(("labels", "said"), [((-1.0, 1.0), True), ((-2.0, 2.0), False)])
def test_a_log_loss_of_labels_that_it_is_not_for_falls_without_end(labels: tuple[float, float], said: bool) -> None:
    u = w * x[i] + b
    data = {x: [-0.9, 0.5, 0.4, 1.4, -1.6, -0.3], y: [labels[k] for k in (0, 1, 1, 1, 0, 1)]}
    r = run(Sum(log(1 + exp(u)) - y[i] * u, (i, 1, m)) / m, {w: 0, b: 0}, data=data, learning_rate=0.5, maxiter=400)
    assert r.status == "diverged" and "unbounded below" in r.message, r.message
    assert ("y holds -1 and 1 only: is the cost for 0 and 1?" in r.message) is said
    data[y] = [0, 1, 1, 1, 0, 1]
    assert "unbounded" not in run(Sum(log(1 + exp(u)) - y[i] * u, (i, 1, m)) / m, {w: 0, b: 0}, data=data).message


def test_an_inflection_behind_the_walk_is_no_minimum() -> None:
    r = run(w**3 / 10**7, {w: 1})
    assert r.status == "stationary_not_min" and "away" not in r.message, r.message


@pytest.mark.parametrize(("expr", "start"), [(-log(w), 1e7), (-sqrt(w), 1e14), (-log(w) + 1 / w, 1e8)])
def test_a_slow_fall_without_end_has_no_limit(expr: Any, start: float) -> None:
    r = run(expr, {w: start}, learning_rate=1)
    assert r.status == "stationary_not_min" and "to no limit" in r.message and "unbounded below" in r.message, r.message


def test_a_small_slope_that_grows_is_neither_saddle_nor_maximum() -> None:
    r = run(sqrt(w) / 10**7, {w: 1})
    assert r.status == "stationary_not_min" and "saddle" not in r.message and "no point of slope 0 is near" in r.message
    assert "saddle or a maximum" in run(w**2 - b**2, {w: 1e-8, b: 1e-8}).message
    r = run(
        w**2 + sqrt(b) / 10**7, {w: 1e-8, b: 1}
    )  # what curves upwards beside it does not bring a point of slope 0 near
    assert r.status == "stationary_not_min" and "saddle" not in r.message


@pytest.mark.parametrize(
    ("expr", "start", "how", "status"),
    [
        (
            log(cosh(w)),
            1,
            {"learning_rate": 5},
            "stationary_not_min",
        ),  # ends at w = +-2.464, to and fro, higher than it began
        (sqrt(1 + w**2), 0.7, {"learning_rate": 8}, "stationary_not_min"),
        (w**2, 1, {"learning_rate": 1}, "stationary_not_min"),
        (Abs(w), 0.005, {"learning_rate": 0.01}, "kink"),
        (Abs(w) + w**2, 1, {"learning_rate": 0.1}, "kink"),
    ],
)
def test_equal_costs_on_two_sides_of_a_valley_are_no_end(expr: Any, start: float, how: Any, status: str) -> None:
    r = run(expr, {w: start}, ftol=1e-9, maxiter=3000, **how)
    assert r.status == status and not r.success and r.nit < 3000, r.message
    assert status == "kink" or "half-way" in r.message


@pytest.mark.parametrize("rate", [0.1, 0.9, 0.99])
def test_ftol_is_an_end_where_the_steps_shrink(rate: float) -> None:
    r = run(w**2 + 1, {w: 1}, learning_rate=rate, ftol=1e-9, gtol=0, maxiter=10_000)
    assert r.status == "converged" and "half-way" not in r.message
    assert run(w**2 + b**2 / 50 + sin(b) ** 2, {w: 1, b: 0.3}, learning_rate=0.3, ftol=1e-9).status == "converged"


def test_a_change_that_the_size_of_the_cost_hides_is_not_called_a_short_step() -> None:
    r = run(w**2 + 10**16, {w: 1}, learning_rate=0.1, ftol=1e-12)
    assert r.status == "converged" and "or the cost's own size hides the change" in r.message


def test_steps_that_change_nothing_do_not_ask_for_shorter_ones() -> None:
    r = run((w - 3) ** 2, {w: 0}, learning_rate=1e-320, maxiter=5)
    assert r.status == "max_steps" and "smaller learning rate" not in r.message


SQUARES = Sum((w * x[i] - y[i]) ** 2, (i, 1, m)) / m
LINE = {x: [1.0, 2, 3], y: [1, 2, 3]}


@pytest.mark.parametrize("batch", [None, 1, 2, 3])
def test_batches_end_at_no_maximum(batch: Any) -> None:
    r = gd.Cost(-SQUARES, [w]).descend({w: 1}, LINE, batch=batch, rng=0)
    assert r.status == "stationary_not_min" and "maximum" in r.message
    assert gd.Cost(SQUARES, [w]).descend({w: 0}, LINE, batch=batch, rng=0, learning_rate=0.05).status == "converged"


@pytest.mark.parametrize("batch", [None, 1])
def test_batches_of_classes_that_a_line_separates(batch: Any) -> None:
    loss = Sum(log(1 + exp(-y[i] * w * x[i])), (i, 1, m)) / m
    r = gd.Cost(loss, [w]).descend({w: 0}, {x: [1, 2.0], y: [1, 1]}, batch=batch, rng=0, learning_rate=100)
    assert r.status == "stationary_not_min" and "only a limit" in r.message


def test_the_second_half_of_a_run_in_batches_is_told_of_all_data() -> None:
    """One sample has a cost of thousands, the others of next to nothing."""
    line = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    data = {x: [1, 2, 4, 0.0], y: [3, 5, 8, 100.0]}
    for steps in (50, 160):
        r = line.descend({w: 2, b: 1}, data, batch=2, rng=0, maxiter=steps)
        told = re.search(r"from (\S+) to ([\d.]+), by (?:only )?(\S+) in the second half", r.message)
        assert told is None or float(told[3]) <= float(told[1]) - float(told[2]), r.message
    assert (
        "in the second half"
        in line.descend({w: 2, b: 1}, data, batch=2, rng=0, maxiter=160, learning_rate=0.002).message
    )


def test_a_run_in_batches_whose_last_gradient_is_small_has_converged() -> None:
    """An epoch of 100 steps is longer than the run; it was said that 1e-16 is above gtol."""
    rows = [0.5 + 0.01 * j for j in range(100)]
    r = gd.Cost(SQUARES, [w]).descend({w: 0}, {x: rows, y: rows}, batch=1, rng=0, learning_rate=0.3, maxiter=90)
    assert r.status == "converged" and "at most gtol" in r.message and r.nit == 90
    assert (
        gd.Cost(SQUARES, [w]).descend({w: 0}, {x: rows, y: rows}, batch=1, rng=0, maxiter=90, gtol=0).status
        == "max_steps"
    )


def test_a_walk_that_does_not_end_tells_how_far_it_went() -> None:
    """Two classes that a line nearly separates: far out, along a line through the start, a few samples are on the wrong side."""
    loss = Sum(log(1 + exp(w * x[i] + b)) - y[i] * (w * x[i] + b), (i, 1, m)) / m
    rows = [(j - 50) / 20 + 0.013 for j in range(100)]
    data = {x: rows, y: [float(r > 0) for r in rows]}
    r = gd.Cost(loss, [w, b]).descend({w: 30, b: 0}, data, gtol=1e-2)
    assert r.status == "stationary_not_min" or "away" in r.message


@pytest.mark.parametrize(
    "how", [{"ftol": 1e-9}, {"xtol": 1e-3, "gtol": 0}, {"learning_rate": "backtracking", "ftol": 1e-9}]
)
def test_a_crawl_along_a_narrow_valley_says_how_much_is_missing(how: Any) -> None:
    """Years as they are: after eight steps the cost hardly changes, and is 332 above the line that meets all samples."""
    line = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    years, told = [float(j) for j in range(2001, 2031)], [3.0 * j for j in range(1, 31)]
    r = line.descend({w: 0, b: 0}, {x: years, y: told}, **({"learning_rate": 2e-7, "maxiter": 1000} | how))
    assert r.status == "converged" and "6e+03 away" in r.message and "the cost is lower by 332" in r.message, r.message
    centred = line.descend(
        {w: 0, b: 0}, {x: [u - 2015.5 for u in years], y: told}, learning_rate=0.02, maxiter=3000, ftol=1e-9
    )
    assert centred.status == "converged" and "lower by" not in centred.message
