"""Figures: what is drawn is what was computed, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from sympy import Abs, IndexedBase, Sum, exp, sin, symbols

from gdsym import plot
from gdsym.cost import Cost
from gdsym.descent import GradientDescent, Momentum
from gdsym.plot.attract import descended
from gdsym.plot.critical import critical_points, grid_of_starts, turning_points
from gdsym.plot.everywhere import gradient_everywhere
from gdsym.plot.labels import number
from gdsym.plot.levels import log_levels
from gdsym.plot.paths import clipped, spaced
from gdsym.plot.section import section

mpl.use("Agg")

w, b, c = symbols("w b c")
i, m = symbols("i m", integer=True, positive=True)
j, n = symbols("j n", integer=True, positive=True)
x, y, X, W = IndexedBase("x"), IndexedBase("y"), IndexedBase("X"), IndexedBase("w")

LINE = Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [1, 2], y: [300, 500]}
SQUARE = Cost((w - 3) ** 2, [w])
QUARTIC = Cost((w - 1) ** 2 * (w - 5) ** 2, [w])
PARABOLA = Cost(0.3125 * w**2, [w])
HIMMELBLAU = Cost((w**2 + b - 11) ** 2 + (w + b**2 - 7) ** 2, [w, b])
TWO = Cost(w**4 - 8 * w**2 + 3 * b**2, [w, b])
VECTOR = Cost(Sum((Sum(W[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, b])
VECTOR_DATA = {X: [[1, 2], [3, 5], [2, 2]], y: [1, 2, 3]}


def every_picture() -> dict[str, Any]:
    """One call of each function, not yet made."""
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=300)
    return {
        "cost_curve": lambda ax: plot.cost_curve(SQUARE, run=SQUARE.descend({w: 0}, learning_rate=0.1), ax=ax),
        "contour": lambda ax: plot.contour(LINE, DATA, runs=run, ax=ax),
        "surface": lambda ax: plot.surface(LINE, DATA, run=run, ax=ax),
        "tangent": lambda ax: plot.tangent(SQUARE, [1, 5], ax=ax),
        "learning_rates": lambda ax: plot.learning_rates(SQUARE, {w: 0}, [0.1, 1.5], maxiter=30, ax=ax),
        "compare": lambda ax: plot.compare(SQUARE, {w: 0}, [GradientDescent(), Momentum()], maxiter=20, ax=ax),
        "animate": lambda ax: plot.animate(LINE, run, DATA, frames=4, ax=ax),
        "fit": lambda ax: plot.fit(w * x[i] + b, DATA, run, ax=ax),
        "basins": lambda ax: plot.basins(TWO, learning_rate=0.02, span=((-3, 3), (-2, 2)), ax=ax),
    }


def marked(ax: Any, marker: str) -> list[tuple[float, float]]:
    """The places of single points with this marker."""
    lines = [one for one in ax.lines if one.get_marker() == marker and len(one.get_xdata()) == 1]
    lines = [one for one in lines if marker != "o" or one.get_markerfacecolor() == "white"]  # filled: a row, no start
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def words(ax: Any) -> list[str]:
    legend = [t.get_text() for t in ax.get_legend().get_texts()] if ax.get_legend() else []
    return [*legend, *(t.get_text() for t in ax.texts)]


# the house


@pytest.mark.parametrize("name", every_picture())
def test_settings_stay_and_nothing_is_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    monkeypatch.setattr(pyplot, "show", lambda *a, **k: pytest.fail("show() was called"))
    before = dict(mpl.rcParams)
    ax = every_picture()[name](None)
    assert dict(mpl.rcParams) == before
    assert ax.figure.get_size_inches()[0] == 3.4
    assert pyplot.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize("name", every_picture())
def test_the_callers_axes_are_used(name: str) -> None:
    from matplotlib import pyplot

    own = pyplot.figure().add_subplot(projection="3d" if name == "surface" else None)
    assert every_picture()[name](own) is own
    assert len(pyplot.get_fignums()) == 1


def test_matplotlib_waits_until_something_is_drawn() -> None:
    code = "import sys, gdsym.plot; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_saving_twice_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    from matplotlib import pyplot

    files = []
    for k in range(2):
        ax = plot.contour(TWO, runs=TWO.descend({w: 0.5, b: 2}, learning_rate=0.02, maxiter=100))
        files.append(plot.save(ax, tmp_path / f"{k}{suffix}").read_bytes())
        pyplot.close("all")
    assert files[0] == files[1]
    assert b"dc:date" not in files[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"0{suffix}", f"1{suffix}"]


# one parameter


def test_curve_is_the_cost() -> None:
    ax = plot.cost_curve(SQUARE, run=SQUARE.descend({w: 0}, learning_rate=0.5))
    ticks, heights = ax.lines[0].get_data()
    assert np.allclose(heights, (ticks - 3) ** 2)
    assert marked(ax, "o") == [(0.0, 9.0)]
    assert marked(ax, "s") == [(3.0, 0.0)]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "$J(w)$")
    assert words(ax) == ["start", "end"]


def test_curve_of_one_of_two_parameters_says_what_is_held() -> None:
    ax = plot.cost_curve(LINE, w, at={"b": 100}, data=DATA)
    ticks, heights = ax.lines[0].get_data()
    assert np.allclose(heights, ((ticks + 100 - 300) ** 2 + (2 * ticks + 100 - 500) ** 2) / 4)
    assert ax.get_ylabel() == r"$J(w,\,b)$ at $b = 100$"
    assert ax.get_xlim()[0] < 0 < 200 < ax.get_xlim()[1]


def test_curve_without_a_run_shows_every_turning_point() -> None:
    low, high = plot.cost_curve(QUARTIC).get_xlim()
    assert low < 1
    assert high > 5


def test_curve_of_a_diverging_run_ends_at_the_frame() -> None:
    ax = plot.cost_curve(PARABOLA, run=PARABOLA.descend({w: 1}, learning_rate=4, maxiter=50))
    assert "diverges" in words(ax)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for line in ax.lines:
        across, up = line.get_data()
        if len(across) < 300:  # all but the curve itself
            assert np.all((across >= left) & (across <= right) & (up >= low - 1e-9) & (up <= high + 1e-9))
    assert not marked(ax, "s")


def test_turning_points() -> None:
    assert turning_points(section(QUARTIC, None, 1, None, None, (), "x")).tolist() == [1, 3, 5]
    assert turning_points(section(Cost(exp(w), [w]), None, 1, None, None, (), "x")).size == 0  # slopes underflow to 0
    assert np.allclose(
        turning_points(section(Cost(sin(w), [w]), None, 1, None, None, (), "x"))[3:], np.array([1, 3, 5]) * np.pi / 2
    )
    assert turning_points(section(Cost((w - 4321) ** 2, [w]), None, 1, None, None, (), "x")).tolist() == [4321]


@pytest.mark.parametrize(
    ("cost", "points", "slopes"),
    [
        (SQUARE, [1, 5], [-4, 4]),
        (QUARTIC, [0, 3, 5], [-60, 0, 0]),
        (Cost(Abs(w - 2), [w]), [0, 2, 5], [-1, 0, 1]),  # 0 at the kink: the derived convention, no difference quotient
    ],
)
def test_tangents_have_the_derived_slopes(cost: Cost, points: list[float], slopes: list[float]) -> None:
    ax = plot.tangent(cost, points)
    drawn = {}
    for line in ax.lines[1:]:
        across, up = line.get_data()
        if len(across) == 2 and across[0] != across[1]:
            drawn[round(float(np.mean(across)), 9)] = float((up[1] - up[0]) / (across[1] - across[0]))
    assert [drawn[p] for p in points] == pytest.approx(slopes, abs=1e-12)
    texts = words(ax)
    assert [t for t in texts if t.startswith("slope")] == [f"slope ${s}$" for s in slopes]
    assert [t for t in texts if "rises" in t] == ["$w$ rises"] * sum(s < 0 for s in slopes)
    assert [t for t in texts if "falls" in t] == ["$w$ falls"] * sum(s > 0 for s in slopes)


# two parameters


def test_contour_path_and_marks() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=10_000)
    ax = plot.contour(LINE, DATA, runs=run)
    assert marked(ax, "o") == [(0.0, 0.0)]
    assert marked(ax, "*") == [(pytest.approx(200), pytest.approx(100))]
    assert words(ax)[:2] == ["start", "end, at the minimum"]
    line = next(line for line in ax.lines if len(line.get_xdata()) > 5 and line.get_linestyle() == "-")
    rows = np.column_stack([run.history.params[w], run.history.params[b]])
    assert all(np.abs(rows - p).sum(axis=1).min() == 0 for p in np.column_stack(line.get_data()))
    assert len(line.get_xdata()) < 600  # ten thousand rows need not be in the file


def test_contour_uses_the_data_of_the_run() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=50)
    assert np.allclose(plot.contour(LINE, runs=run).get_xlim(), plot.contour(LINE, DATA, runs=run).get_xlim())


def test_contour_cuts_a_diverging_path_and_says_so() -> None:
    ax = plot.contour(LINE, DATA, runs=LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.8, maxiter=100))
    assert "diverges" in words(ax)
    assert "end" not in words(ax)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for line in ax.lines:
        across, up = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert np.all((across >= left - 1e-6) & (across <= right + 1e-6) & (up >= low - 1e-6) & (up <= high + 1e-6))


def test_contour_tells_runs_apart() -> None:
    starts = [{w: 0.5, b: 2}, {w: -0.5, b: -2}]
    runs = [TWO.descend(s, learning_rate=0.02, maxiter=200) for s in starts]
    assert words(plot.contour(TWO, runs=runs))[:2] == [r"from $({0.5},\,{2})$", r"from $({-0.5},\,{-2})$"]
    assert words(plot.contour(TWO, runs={"left $": runs[1], "right": runs[0]}))[:2] == [r"left \$", "right"]
    rates = [LINE.descend({w: 0, b: 0}, DATA, learning_rate=r, maxiter=50) for r in (0.01, 0.7)]
    assert words(plot.contour(LINE, DATA, runs=rates))[:2] == [r"$\alpha = 0.01$", r"$\alpha = 0.7$ (diverges)"]


def test_a_run_that_ends_on_a_saddle_is_marked_as_such() -> None:
    saddle = Cost(w**2 - b**2, [w, b])
    ax = plot.contour(saddle, runs=saddle.descend({w: 2, b: 0}, learning_rate=0.1, maxiter=500))
    assert marked(ax, "X") == [(pytest.approx(0, abs=1e-6), 0.0)]
    assert "saddle" in words(ax)
    assert not marked(ax, "*")


def test_contour_of_entries_of_a_vector() -> None:
    ax = plot.contour(VECTOR, VECTOR_DATA, params=[W[1], "w[2]"], at={b: 0})
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_{1}$", "$w_{2}$")
    matrix, target = np.array(VECTOR_DATA[X], dtype=float), np.array(VECTOR_DATA[y], dtype=float)
    assert np.allclose(marked(ax, "*"), np.linalg.lstsq(matrix, target, rcond=None)[0])


def test_himmelblau_has_four_minima() -> None:
    found = critical_points(section(HIMMELBLAU, None, 2, None, None, (), "x"), grid_of_starts(2))
    minima = sorted(tuple(np.round(p.point, 6)) for p in found if p.kind == "minimum")
    assert minima == [(-3.77931, -3.283186), (-2.805118, 3.131313), (3.0, 2.0), (3.584428, -1.848127)]
    assert {p.kind for p in found} == {"minimum", "maximum", "saddle"}
    assert len(marked(plot.contour(HIMMELBLAU), "*")) == 4


def test_levels_are_round_and_close_to_the_lowest() -> None:
    heights = np.linspace(-2, 3, 40)[:, None] ** 2 + np.linspace(-2, 3, 40) ** 2
    levels = log_levels(heights, 0.0)
    assert set(levels[-4:]) == {1.0, 2.0, 5.0, 10.0}
    assert np.all(np.diff(levels) > 0)
    assert np.allclose(log_levels(heights - 16, -16.0), levels - 16)
    assert len(log_levels(heights, 0.0, 7)) == 7


def test_surface_path_lies_above_the_surface() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=500)
    ax = plot.surface(LINE, DATA, run=run)
    part = section(LINE, None, 2, DATA, None, (run,), "x")
    for line in ax.lines:
        across, along, up = (np.asarray(v, dtype=float) for v in line.get_data_3d())
        assert np.all(up > part.values(np.column_stack([across, along])))
    assert ax.get_zlabel().startswith(r"$J(w,\,b)$")
    assert not ax.computed_zorder


# runs, fits, basins


def test_learning_rates_are_the_histories() -> None:
    runs = {r: PARABOLA.descend({w: 4}, learning_rate=r, maxiter=30) for r in (0.1, 1, 1.6, 4)}
    ax = plot.learning_rates(runs)
    assert words(ax) == [r"$\alpha = 0.1$", r"$\alpha = 1$", r"$\alpha = 1.6$", r"$\alpha = 4$", "diverges"]
    line = ax.lines[0]
    assert np.allclose(line.get_ydata(), np.log10(runs[0.1].history.cost[line.get_xdata().astype(int)]))
    assert max(float(np.max(one.get_ydata())) for one in ax.lines) <= ax.get_ylim()[1] + 1e-9
    assert ax.get_ylabel() == "$J(w)$"


def test_learning_rates_of_a_cost_that_is_negative_count_from_the_lowest() -> None:
    ax = plot.learning_rates(TWO, {w: 0.5, b: 2}, [0.001, 0.02], maxiter=60)
    assert ax.get_ylabel() == r"$J(w,\,b)$ above its lowest"


def test_fit_draws_the_model() -> None:
    ax = plot.fit(w * x[i] + b, {x: [1, 2, 4], y: [3, 4, 4]}, {w: 2, b: 1})
    data, curve = ax.lines
    assert np.allclose(np.column_stack(data.get_data()), [[1, 3], [2, 4], [4, 4]])
    assert np.allclose(curve.get_ydata(), 2 * curve.get_xdata() + 1)
    distances = [s[:, 1].tolist() for s in ax.collections[0].get_segments()]
    assert distances == [[3, 3], [4, 5], [4, 9]]


def test_fits_are_told_apart_and_may_be_vectors() -> None:
    data = {x: [1, 2, 4], y: [3, 4, 4]}
    ax = plot.fit(W[0] + W[1] * x[i] ** 2, data, {"squared error": {W: [1, 2]}, "absolute error": {"w": [0, 3]}})
    assert words(ax) == ["data", "squared error", "absolute error"]
    assert np.allclose(ax.lines[1].get_ydata(), 1 + 2 * ax.lines[1].get_xdata() ** 2)
    assert np.allclose(ax.lines[2].get_ydata(), 3 * ax.lines[2].get_xdata() ** 2)
    assert not ax.collections


def test_fit_takes_the_named_part_of_a_cost_and_plain_text() -> None:
    f = IndexedBase("f")
    cost = Cost(Sum((f[i] - y[i]) ** 2, (i, 1, m)) / m, [w, b], where={f[i]: w * x[i] + b})
    run = cost.descend({w: 0, b: 0}, DATA, learning_rate=0.1, maxiter=2000)
    ax = plot.fit(cost, DATA, run)
    assert np.allclose(ax.lines[1].get_ydata(), 200 * ax.lines[1].get_xdata() + 100, atol=1)
    ax = plot.fit("w*X + b", {"X": [1, 2], "Y": [3, 4]}, {"w": 1, "b": 2})
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$X$", "$Y$")


def test_basins_agree_with_descents() -> None:
    ax = plot.basins(HIMMELBLAU, learning_rate=0.01, span=((-5, 5), (-5, 5)))
    minima = marked(ax, "*")
    assert np.allclose(
        minima, [(-3.77931, -3.283186), (-2.805118, 3.131313), (3.0, 2.0), (3.584428, -1.848127)], atol=1e-4
    )
    grid = np.asarray(ax.collections[0].get_array()).reshape(161, 161)
    ticks = np.linspace(-5, 5, 161)
    for row, column in [(10, 10), (40, 90), (75, 83), (130, 20), (150, 150), (81, 30)]:
        run = HIMMELBLAU.descend({w: ticks[column], b: ticks[row]}, learning_rate=0.01, maxiter=1000)
        far = np.abs(np.array(minima) - run.x).max(axis=1)
        assert grid[row, column] == far.argmin()
        assert far.min() < 1e-3
    assert words(ax)[:4] == ["1: $J = 0$", "2: $J = 0$", "3: $J = 0$", "4: $J = 0$"]


def test_basins_leave_out_what_reaches_no_minimum() -> None:
    ax = plot.basins(TWO, learning_rate=0.02, span=((-6, 6), (-2, 2)))
    grid = np.asarray(ax.collections[0].get_array()).reshape(161, 161)
    assert grid[80, 0] == -1  # w = -6 diverges at this rate
    assert grid[80, 80] == -1  # w = 0 is a saddle
    assert set(np.unique(grid)) == {-1, 0, 1}


@pytest.mark.parametrize(("cost", "data", "asked"), [
    (HIMMELBLAU, None, None), (LINE, DATA, None), (VECTOR, VECTOR_DATA, [W[1], W[2]]),
    (Cost(Sum(Abs(w * x[i] + b - y[i]), (i, 1, m)) / m, [w, b]), DATA, None),
])  # fmt: skip
def test_gradient_everywhere_is_the_gradient(cost: Cost, data: Any, asked: Any) -> None:
    part = section(cost, asked, 2, data, {b: 0.5} if asked else None, (), "x")
    points = np.random.default_rng(1).normal(size=(50, len(part.base)))
    assert np.allclose(gradient_everywhere(part, data)(points), [part.bound.jac(p) for p in points], rtol=1e-12)


def test_all_starts_take_the_steps_of_one() -> None:
    part = section(HIMMELBLAU, None, 2, None, None, (), "x")
    ends = descended(gradient_everywhere(part, None), np.array([[1.0, 1.0], [-2.0, 0.5]]), 0.01, 25, 1e-7)
    run = HIMMELBLAU.descend({w: 1, b: 1}, learning_rate=0.01, maxiter=25, gtol=0)
    assert np.allclose(ends[0], run.x, rtol=1e-12)


# small parts


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (-4.0, "-4"), (200.0, "200"), (0.01, "0.01"), (79300.0, "79300"), (1e6, "10^{6}"), (-1e-7, "-10^{-7}"),
     (2.5e-9, r"2.5\cdot 10^{-9}"), (1 / 3, "0.3333"), (9999.96, "10000"), (float("inf"), r"\infty")],
)  # fmt: skip
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_path_is_cut_where_it_leaves() -> None:
    frame = ((0.0, 10.0), (0.0, 10.0))
    inside, leaves = clipped(np.array([[1.0, 1.0], [5.0, 5.0], [15.0, 10.0], [3.0, 3.0]]), frame)
    assert leaves
    assert inside.tolist() == [[1, 1], [5, 5], [10, 7.5]]
    whole = np.array([[1.0, 1.0], [10.0, 10.0]])
    assert clipped(whole, frame)[1] is False
    assert len(clipped(np.array([[11.0, 1.0], [5.0, 15.0]]), frame)[0]) == 0
    assert clipped(np.array([[1.0, 1.0], [np.nan, 2.0]]), frame)[1]


def test_rows_are_thinned_but_first_and_last_stay() -> None:
    points = np.column_stack([np.linspace(0, 1, 1001), np.zeros(1001)])
    kept = spaced(points, ((0, 1), (0, 1)), 0.1)
    assert kept[0] == 0
    assert kept[-1] == 1000
    assert len(kept) == 11


def test_hostile_names_are_drawn_as_words(tmp_path: Path) -> None:
    bad, theta = symbols(r"lear$%_\input{x}ning"), symbols("theta_0")
    ax = plot.contour(Cost(bad**2 + 3 * theta**2, [bad, theta]))
    plot.save(ax, tmp_path / "a.svg")
    assert "input{" not in ax.get_xlabel()
    assert ax.get_ylabel() == r"$\theta_{0}$"
