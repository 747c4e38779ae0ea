"""Pictures of runs and costs that are not well behaved: nothing is cut off, covered, or said of what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

w, b, q, r = symbols("w b q r")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
VALLEY = gd.Cost((1 - q) ** 2 + 100 * (r - q**2) ** 2, [q, r])
DATA = {x: [0.0, 1, 2, 3], y: [1.0, 3, 2, 5]}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    with matplotlib.rc_context({"backend": "Agg"}):
        yield
    plt.close("all")


def said(ax: Any) -> list[str]:
    return [t.get_text() for t in ax.texts]


def key(ax: Any) -> list[str]:
    legend = ax.get_legend()
    return [t.get_text() for t in legend.get_texts()] if legend else []


def test_rates_that_all_diverge_start_in_the_picture_and_say_so() -> None:
    ax = gd.plot.learning_rates(VALLEY, {q: -1.2, r: 1}, [0.01, 0.1, 1.0])
    assert said(ax) == ["diverges"] * 3
    low, high = ax.get_ylim()
    assert low < np.log10(24.2) < high


def test_costs_within_one_decade_have_their_own_ticks() -> None:
    ax = gd.plot.learning_rates(gd.Cost((w - 1) ** 2 + 5, [w]), {w: 0}, [0.01, 0.1])
    ax.figure.canvas.draw()
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert len(set(labels)) == len(labels) >= 3 and "$5.5$" in labels
    ax = gd.plot.learning_rates(gd.Cost(1e-12 * (w - 1e-6) ** 2, [w]), {w: 0}, [0.01])
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert len(set(labels)) == len(labels)


def test_the_power_of_ten_stands_in_the_label() -> None:
    run = LINE.descend({w: 1e6, b: -1e6}, DATA, learning_rate=0.1, maxiter=200)
    contour = gd.plot.contour(LINE, DATA, runs=[run])
    contour.figure.canvas.draw()
    assert contour.yaxis.get_offset_text().get_text() == "" and contour.get_ylabel() == "$b$ / $10^{6}$"
    curve = gd.plot.cost_curve(LINE, w, at=run.params, data=DATA, run=run)
    assert " / $10^{12}$ at $b" in curve.get_ylabel()
    solid = gd.plot.surface(LINE, DATA, run=run)
    solid.figure.canvas.draw()
    assert [a.get_offset_text().get_text() for a in (solid.xaxis, solid.yaxis, solid.zaxis)] == ["", "", ""]
    assert solid.get_xlabel() == "$w$ / $10^{6}$"


def test_no_tick_of_a_surface_is_cut_off() -> None:
    for cost, start, data in ((LINE, {w: 0, b: 0}, DATA), (VALLEY, {q: -1.2, r: 1}, None)):
        ax = gd.plot.surface(cost, data, run=cost.descend(start, data, learning_rate=1e-3, maxiter=50))
        ax.figure.canvas.draw()
        page, renderer = ax.figure.bbox, ax.figure.canvas.get_renderer()
        boxes = [t.get_window_extent(renderer) for a in (ax.xaxis, ax.yaxis, ax.zaxis) for t in a.get_ticklabels()]
        shown = [box for box in boxes if box.width > 0]
        assert shown and all(box.y0 >= -1 and box.y1 <= page.y1 + 1 for box in shown)


def test_a_run_above_the_curve_is_drawn_and_one_far_away_is_not_in_the_key() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.1, maxiter=200)
    ax = gd.plot.cost_curve(LINE, w, at=run.params, data=DATA, run=run)
    assert key(ax) == ["start", "end"]
    far = LINE.descend({w: 0, b: 0}, DATA, learning_rate=2.5, maxiter=500)
    assert far.status == "diverged"
    assert key(gd.plot.cost_curve(LINE, w, at=far.params, data=DATA, run=far)) == []


def test_runs_that_stay_where_they_are_are_no_empty_figure() -> None:
    still = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, maxiter=0)
    with pytest.raises(gd.GdsymError, match="nothing to draw; give runs that move"):
        gd.plot.compare([still])


@pytest.mark.parametrize("draw", [gd.plot.contour, gd.plot.surface, gd.plot.basins])
def test_a_constant_cost_has_no_picture(draw) -> None:  # type: ignore[no-untyped-def]
    flat = gd.Cost("Sum((w*x[i] + b*x[i])**2, (i, 1, m))/m", ["w", "b"])
    with pytest.raises(gd.GdsymError, match="The cost is constant"):
        draw(flat, {"x": [0, 0, 0]})
