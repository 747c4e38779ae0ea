"""Descents compared, and descents in motion: what is drawn is what was computed."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [0.0, 1, 2, 3], y: [1.0, 3, 2, 5]}
SQUARE = gd.Cost((w - 3) ** 2 - 7, [w])


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    with matplotlib.rc_context({"backend": "Agg"}):
        yield
    plt.close("all")


def points(ax: Any, colour: str) -> set[tuple[float, float]]:
    """All points of the lines in this colour."""
    lines = (line for line in ax.lines if line.get_color() == colour)
    return {tuple(np.round(p, 9)) for line in lines for p in np.column_stack(line.get_data()).astype(float)}


def test_costs_are_counted_from_the_lowest_that_was_reached() -> None:
    runs = [SQUARE.descend({w: 0}, learning_rate=rate, maxiter=10, gtol=0) for rate in (0.1, 0.3)]
    ax = gd.plot.compare(runs)
    lowest = min(run.history.cost[-1] for run in runs)
    slow, fast = ax.lines[0], ax.lines[2]
    assert np.allclose(slow.get_ydata(), np.log10(runs[0].history.cost - lowest))
    assert np.allclose(fast.get_ydata()[:10], np.log10(runs[1].history.cost[:10] - lowest))
    assert ax.get_ylabel() == "$J(w)$ above the lowest reached"


def test_update_rules_are_run_from_one_start() -> None:
    ax = gd.plot.compare(
        LINE, {w: 0, b: 0}, [gd.GradientDescent(), gd.Adam(), gd.Momentum()], data=DATA, learning_rate=0.1
    )
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["gradient descent", "Adam", "momentum"]
    adam = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.1, update=gd.Adam(), maxiter=100)
    excess = 10 ** ax.lines[2].get_ydata()
    assert np.allclose(excess - excess[0], adam.history.cost[: len(excess)] - adam.history.cost[0])


@pytest.mark.parametrize("draw", [gd.plot.compare, gd.plot.learning_rates])
def test_batches_are_drawn_by_their_full_cost(draw: Any) -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=10, batch=1, rng=1)
    full = [
        LINE.compile().value({w: run.history.params[w][k], b: run.history.params[b][k]}, DATA) for k in (0, 4, 8, 10)
    ]
    low = min(full) if draw is gd.plot.compare else 0
    steps, heights = draw([run]).lines[0].get_data()
    assert list(steps[:3]) == [0, 4, 8]
    assert np.allclose(10.0 ** heights[:3], np.array(full[:3]) - low)


def test_runs_that_all_grow_begin_in_the_picture() -> None:
    ax = gd.plot.compare(
        {"one": SQUARE.descend({w: 0}, learning_rate=1.5), "two": SQUARE.descend({w: 0}, learning_rate=2)}
    )
    assert [t.get_text() for t in ax.texts] == ["diverges"] * 2


def test_the_end_stands_until_it_is_played() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.1, maxiter=30)
    ax = gd.plot.animate(LINE, run)
    colour = ax.lines[-1].get_markerfacecolor()
    assert ax.texts[-1].get_text().startswith("step 30, $J = ")
    last = tuple(np.round([run.params[w], run.params[b]], 9))
    assert last in points(ax, colour) | {tuple(np.round(np.ravel(ax.lines[-1].get_data()), 9))}


def test_each_picture_is_the_run_up_to_its_step() -> None:
    run = SQUARE.descend({w: 0}, learning_rate=0.1, maxiter=5)
    ax = gd.plot.animate(SQUARE, run)
    still = ax.lines[0].get_data()
    for step in (0, 3, 5, 2):
        ax.animation._func(step)
        assert ax.texts[-1].get_text().startswith(f"step {step}, $J = ")
        shown = points(ax, gd.plot.style.COLOURS[1])
        theta = run.history.params[w]
        assert {p for p in zip(np.round(theta, 9), np.round((theta - 3) ** 2 - 7, 9), strict=True) if p in shown} >= {
            (round(float(t), 9), round(float((t - 3) ** 2 - 7), 9)) for t in theta[1 : step + 1]
        }
        assert not {(round(float(t), 9), round(float((t - 3) ** 2 - 7), 9)) for t in theta[step + 1 :]} & shown
        left, right = ax.lines[-1].get_data()  # the tangent, with the derived slope
        assert (right[1] - right[0]) / (left[1] - left[0]) == pytest.approx(2 * (theta[step] - 3))
    assert all(np.array_equal(p, q) for p, q in zip(ax.lines[0].get_data(), still, strict=True))


def test_steps_of_long_runs_grow_apart_and_end_at_the_end() -> None:
    run = SQUARE.descend({w: 0}, learning_rate=1e-3, maxiter=5000, gtol=0, keep_every=7)
    steps = [*gd.plot.animate(SQUARE, run, frames=20).animation.new_frame_seq()]
    assert steps[:20] == sorted(set(steps[:20]))
    assert (steps[0], steps[19], set(steps[20:])) == (0, 5000, {5000})


def test_several_runs_start_together() -> None:
    runs = {
        "slow": SQUARE.descend({w: 0}, learning_rate=0.1, maxiter=4),
        "fast": SQUARE.descend({w: 6}, learning_rate=0.4, maxiter=9),
    }
    ax = gd.plot.animate(SQUARE, runs)
    assert ax.texts[-1].get_text() == "step 9"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["slow", "fast"]


def test_saved_twice_the_same_moving_picture(tmp_path: Path) -> None:
    run = SQUARE.descend({w: 0}, learning_rate=0.1, maxiter=1)
    files = [gd.plot.save(gd.plot.animate(SQUARE, run), tmp_path / f"{k}.gif").read_bytes() for k in range(2)]
    assert files[0] == files[1]
    with Image.open(tmp_path / "0.gif") as picture:
        assert picture.n_frames == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.gif", "1.gif"]


def test_an_animation_that_is_not_played_is_no_mistake() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gd.plot.animate(SQUARE, SQUARE.descend({w: 0}, learning_rate=0.1, maxiter=3))
        plt.close("all")
        gc.collect()
