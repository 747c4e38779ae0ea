"""What is written in figures: round heights, short ticks, room for words, a light ground, and the word that is true."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sympy import Abs, IndexedBase, Rational, Sum, Symbol, log, symbols

import gdsym as gd
from gdsym.errors import DataError, GdsymError
from gdsym.plot.levels import log_levels
from gdsym.plot.paths import clipped

w, b, i = symbols("w b i")
m = Symbol("m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [1, 2], y: [300, 500]}
SQUARE = gd.Cost((w - 3) ** 2, [w])
BOWL = gd.Cost((w - 1) ** 2 + 3 * (b + 2) ** 2, [w, b])
BOX = ((0.0, 1.0), (0.0, 1.0))


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    with mpl.rc_context({"backend": "Agg"}):
        yield
    plt.close("all")


def key(ax: Any) -> list[str]:
    legend = ax.get_legend()
    return [t.get_text() for t in legend.get_texts()] if legend else []


def drawn(ax: Any) -> Any:
    ax.figure.canvas.draw()
    return ax.figure.canvas.get_renderer()


def ticks(axis: Any) -> list[str]:
    drawn(axis.axes)
    return [t.get_text() for t in axis.get_ticklabels() if t.get_text()]


# contour lines


def test_heights_are_round_though_the_lowest_is_not() -> None:
    heights = 1 + np.linspace(-20, 20, 81)[:, None] ** 2 + np.linspace(-20, 20, 81) ** 2
    levels = log_levels(heights, 1.0)
    assert np.allclose(levels[-3:], [100, 200, 500])
    assert np.all(np.diff(levels) > 0) and levels[0] > 1


def test_heights_of_a_cost_far_from_zero_are_told_apart() -> None:
    ax = gd.plot.contour(gd.Cost((w - 1) ** 2 + 3 * (b + 2) ** 2 + 1234567, [w, b]))
    texts = [t.get_text() for t in ax.texts]
    assert "heights above $1234567$" in key(ax)
    assert len(texts) == len(set(texts)) >= 2 and all(t.startswith("$+") for t in texts)


@pytest.mark.parametrize("start", [(0, 0), (350, 350), (100, -100)])
def test_heights_stand_inside_the_frame_and_off_the_path(start: tuple[int, int]) -> None:
    run = LINE.descend({w: start[0], b: start[1]}, DATA, learning_rate=0.01, maxiter=3000)
    ax = gd.plot.contour(LINE, DATA, runs=run)
    renderer = drawn(ax)
    boxes = [t.get_window_extent(renderer) for t in ax.texts]
    assert len(boxes) >= 2
    assert all(ax.bbox.x0 < v.x0 and v.x1 < ax.bbox.x1 and ax.bbox.y0 < v.y0 and v.y1 < ax.bbox.y1 for v in boxes)
    assert not any(a.overlaps(c) for a, c in itertools.combinations(boxes, 2))
    path = ax.transData.transform(np.column_stack([run.history.params["w"], run.history.params["b"]]))
    assert not any(v.contains(*point) for v in boxes for point in path)


def test_heights_that_were_asked_for_are_written() -> None:
    assert {t.get_text() for t in gd.plot.contour(BOWL, levels=[1, 2, 5]).texts} == {"$1$", "$2$", "$5$"}


def test_a_descent_that_ends_in_a_valley_without_one_lowest_point_has_an_end() -> None:
    valley = gd.Cost((w + b - 1) ** 2, [w, b])
    assert key(gd.plot.contour(valley, runs=valley.descend({w: 2, b: 3}, learning_rate=0.1))) == ["start", "end"]


# what is in the frame


def test_a_path_that_comes_into_the_frame_is_drawn_from_there() -> None:
    points, leaves = clipped(np.array([[2.0, 0.5], [0.5, 0.5], [0.4, 0.5]]), BOX)
    assert not leaves and points.tolist() == [[1.0, 0.5], [0.5, 0.5], [0.4, 0.5]]
    points, leaves = clipped(np.array([[2.0, 0.5], [0.5, 0.5], [-0.5, 0.5]]), BOX)
    assert leaves and points.tolist() == [[1.0, 0.5], [0.5, 0.5], [0.0, 0.5]]
    to_and_fro = np.array([[-1.0, 0.5], [0.5, 0.5], [3.0, 0.5], [0.25, 0.5], [0.5, 0.25]])
    points, leaves = clipped(to_and_fro, BOX)
    assert not leaves and points[1:].tolist() == to_and_fro[3:].tolist() and points[0].tolist() == [1.0, 0.5]


def test_the_end_of_a_descent_can_be_looked_at_closely() -> None:
    run = LINE.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=10_000)
    ax = gd.plot.contour(LINE, runs=run, span=((150, 230), (50, 160)))
    assert key(ax) == ["end, at the minimum"]
    assert max(len(line.get_xdata()) for line in ax.lines) > 20
    assert key(gd.plot.cost_curve(SQUARE, run=SQUARE.descend({w: -1}, learning_rate=0.1), span=(2, 8))) == ["end"]


def test_a_run_that_ends_in_no_number_has_no_end() -> None:
    cost = gd.Cost(log(w) ** 2, [w])
    run = cost.descend({w: 5}, learning_rate=9)
    assert run.status == "nonfinite"
    assert key(gd.plot.cost_curve(cost, run=run)) == ["start", "last finite point"]
    rates = gd.plot.learning_rates(cost, {w: 5}, [0.1, 9, 20])
    assert [t.get_text() for t in rates.texts] == ["not finite"] * 2
    assert rates.texts[0].xyann != rates.texts[1].xyann


def test_a_run_above_the_curve_moves_in_the_picture() -> None:
    ax = gd.plot.animate(LINE, LINE.descend({w: 0, b: 0}, DATA, maxiter=300), DATA, params=[w])
    assert max(np.max(line.get_ydata()) for line in ax.lines) == pytest.approx(85_000)
    assert ax.get_ylim()[1] > 85_000


# numbers and names on the axes


def test_what_all_ticks_have_in_common_stands_in_the_label() -> None:
    cost = gd.Cost((w - 1_000_000) ** 2 + 12_345_678, [w])
    ax = gd.plot.cost_curve(cost, run=cost.descend({w: 1_000_001}, learning_rate=0.1))
    assert ax.get_xlabel() == "$w$ $-$ $1000000$" and ax.get_ylabel() == "$J(w)$ $-$ $12345670$"
    assert len(set(ticks(ax.yaxis))) == len(ticks(ax.yaxis)) and "$8.2$" in ticks(ax.yaxis)
    solid = gd.plot.surface(gd.Cost(w**2 + b**2 + 1_234_567, [w, b]))
    assert len(set(ticks(solid.zaxis))) == len(ticks(solid.zaxis)) >= 3
    flat = gd.plot.fit(w * x[i], {x: [1e-12, 2e-12], y: [1, 2]}, {w: 1e12})
    assert flat.get_xlabel() == "$x$ / $10^{-12}$" and "$1.2$" in ticks(flat.xaxis)


def test_short_ticks_stay() -> None:
    assert gd.plot.cost_curve(SQUARE, span=(0, 6)).get_xlabel() == "$w$"


def test_long_names_are_not_cut_off() -> None:
    first, second = Symbol("theta_of_the_very_first_layer"), Symbol("phi_of_the_second_layer")
    cost = gd.Cost((first - 3) ** 2 + second**2, [first, second], name="Loss")
    words = "a label that tells everything about this run and its settings"
    runs = {words: cost.descend({first: 0, second: 1}), "5 $": cost.descend({first: 0, second: 1}, learning_rate=0.1)}
    for ax in (gd.plot.learning_rates(runs), gd.plot.contour(cost, runs=runs), gd.plot.surface(cost, run=runs)):
        renderer, page = drawn(ax), ax.figure.bbox
        texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_legend().get_texts()]
        for box in (t.get_window_extent(renderer) for t in texts):
            assert page.x0 <= box.x0 and box.x1 <= page.x1 + 1 and page.y0 <= box.y0 and box.y1 <= page.y1 + 1
        assert key(ax)[0].endswith("\N{HORIZONTAL ELLIPSIS}") and key(ax)[1] == r"5 \$"


def test_rates_that_are_close_are_told_apart() -> None:
    assert key(gd.plot.learning_rates(SQUARE, {w: 0}, [0.1, 0.12345, 0.12346])) == [
        r"$\alpha = 0.1$", r"$\alpha = 0.12345$", r"$\alpha = 0.12346$",
    ]  # fmt: skip


def test_words_stand_beside_the_lines() -> None:
    ax = gd.plot.learning_rates(SQUARE, {w: 0}, [1.1, 1.5, 3])
    renderer = drawn(ax)
    boxes = [t.get_window_extent(renderer) for t in ax.texts]
    assert len(boxes) == 3 and not any(a.overlaps(c) for a, c in itertools.combinations(boxes, 2))
    for line in ax.lines:
        ends = ax.transData.transform(np.column_stack(line.get_data()))
        way = np.concatenate([np.linspace(p, q, 50) for p, q in itertools.pairwise(ends)] or [ends])
        assert not any(v.shrunk(0.9, 0.7).contains(*point) for v in boxes for point in way)


def test_arrows_of_tangents_do_not_lie_on_each_other() -> None:
    ax = gd.plot.tangent(SQUARE, [1, 1.2])
    renderer = drawn(ax)
    boxes = [t.get_window_extent(renderer) for t in ax.texts if "rises" in t.get_text()]
    assert len(boxes) == 2 and not boxes[0].overlaps(boxes[1])
    assert gd.plot.tangent(gd.Cost(Abs(w - 2), [w]), 2).texts[-1].xyann[1] < 0  # in the V there is no room


# any style of the caller's


@pytest.mark.parametrize("name", ["dark_background", "ggplot", "bmh"])
def test_a_new_figure_is_the_same_in_every_style(name: str, tmp_path: Path) -> None:
    pages = []
    for style in ("default", name):
        with plt.style.context([style, {"figure.dpi": 100}]):
            ax = gd.plot.cost_curve(SQUARE, run=SQUARE.descend({w: 0}, learning_rate=0.1))
            pages.append(gd.plot.save(ax, tmp_path / f"{style}.png").read_bytes())
    assert pages[0] == pages[1]


def test_on_dark_axes_everything_is_seen() -> None:
    with plt.style.context("dark_background"):
        ax = gd.plot.fit(w * x[i] + b, DATA, {w: 200, b: 100}, ax=plt.subplots()[1])
    assert mpl.colors.to_hex(ax.get_facecolor()) == "#ffffff"
    assert mpl.colors.to_hex(ax.get_legend().get_texts()[0].get_color()) == "#ffffff"
    assert ax.get_legend().legend_handles[0].get_color() == "white"


def test_own_axes_have_one_kind_of_letters() -> None:
    ax = gd.plot.learning_rates(SQUARE, {w: 0}, [0.1], ax=plt.subplots()[1])
    drawn(ax)
    texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_yticklabels(), *ax.get_xticklabels()]
    assert {t.get_fontproperties().get_math_fontfamily() for t in texts} == {"stix"}
    assert {t.get_fontfamily()[0] for t in texts} == {"STIXGeneral"}


def test_letters_that_ours_does_not_have_are_the_callers() -> None:
    ax = gd.plot.learning_rates({"\N{SNOWMAN} winter": SQUARE.descend({w: 0}, maxiter=3)})
    drawn(ax)  # a letter that no font has is a warning, and that an error here
    assert key(ax) == ["\N{SNOWMAN} winter"]


def test_axes_in_a_part_of_a_figure(tmp_path: Path) -> None:
    left, right = plt.figure(figsize=(7, 3)).subfigures(1, 2)
    run = BOWL.descend({w: 4, b: 1}, learning_rate=0.05)
    gd.plot.contour(BOWL, runs=run, ax=left.add_subplot())
    ax = gd.plot.surface(BOWL, run=run, ax=right.add_subplot(projection="3d"))
    assert plt.imread(gd.plot.save(ax, tmp_path / "two.png")).shape[:2] == (600, 1400)


# what cannot be drawn


@pytest.mark.parametrize("column", [[1, 2, float("nan")], [1, 2, float("inf")], []])
def test_a_fit_needs_numbers(column: list[float]) -> None:
    with pytest.raises(DataError, match=r"not finite|is empty"):
        gd.plot.fit(w * x[i], {x: column, y: [1.0] * len(column)}, {w: 1})


def test_a_pole_does_not_flatten_the_data() -> None:
    ax = gd.plot.fit(w / x[i] + b, {x: [-1, -0.5, 0.5, 1], y: [1, 2, 3, 4]}, {w: 1, b: 0})
    assert ax.get_ylim()[1] < 20
    far = gd.plot.fit(w * x[i], {x: [1, 2], y: [1, 2]}, {w: 100})
    assert far.get_ylim()[1] > 200  # a bad fit is shown as bad as it is


def test_a_cloud_of_points_is_one_picture_in_an_svg(tmp_path: Path) -> None:
    across = np.linspace(0, 1, 20_000)
    ax = gd.plot.fit(w * x[i], {x: across, y: across}, {w: 1})
    assert gd.plot.save(ax, tmp_path / "cloud.svg").stat().st_size < 300_000


def test_runs_that_stay_at_the_lowest_cost_are_no_empty_picture() -> None:
    with pytest.raises(GdsymError, match="stay at the lowest cost"):
        gd.plot.learning_rates(SQUARE, {w: 3}, [0.1, 0.2])
    tiny = gd.Cost(Rational(1, 10**12) * (w - 3) ** 2, [w])
    assert gd.plot.learning_rates(tiny, {w: 0}, [1e11], maxiter=3)


# what stays behind


def test_a_script_that_saves_many_figures_keeps_none_open(tmp_path: Path) -> None:
    run = SQUARE.descend({w: -1}, learning_rate=0.1, maxiter=3)
    for k in range(22):  # beyond 20 open ones matplotlib warns
        gd.plot.save(gd.plot.cost_curve(SQUARE, run=run), tmp_path / f"{k}.png")
    assert plt.get_fignums() == []
    moving = gd.plot.animate(SQUARE, run)
    pages = [gd.plot.save(moving, tmp_path / name).read_bytes() for name in ("a.png", "a.gif", "b.gif")]
    assert pages[1] == pages[2] and plt.get_fignums() == []
    own = plt.figure().add_subplot()
    gd.plot.save(gd.plot.cost_curve(SQUARE, run=run, ax=own), tmp_path / "own.png")
    assert plt.get_fignums() == [own.figure.number]


def test_basins_of_a_small_cost_have_their_own_heights_and_the_grey_is_explained() -> None:
    cost = gd.Cost((w**4 - 8 * w**2 + 3 * b**2 + 20) / 10**12, [w, b])
    ax = gd.plot.basins(cost, learning_rate=5e10, span=((-6, 6), (-3, 3)), maxiter=300)
    assert key(ax) == [rf"{k}: $J = 4\cdot 10^{{-12}}$" for k in (1, 2)] + ["no minimum reached"]


@pytest.mark.parametrize("draw", ["contour", "surface", "basins"])
def test_costs_beyond_all_pictures_are_refused(draw: str) -> None:
    span = ((-1e120, 1e120), (-1e120, 1e120))
    with pytest.raises(GdsymError, match="too far to be drawn"):
        getattr(gd.plot, draw)(BOWL, span=span)


def test_tangents_beside_a_pole() -> None:
    ax = gd.plot.tangent(gd.Cost(b**2 + log(w), [w, b]), 0.5, param=w, others={b: 0.3})
    with pytest.raises(GdsymError, match="is not defined"):
        gd.plot.tangent(gd.Cost(b**2 + w ** Rational(1, 2), [w, b]), -2, param=w, others={b: 0.3})
    assert np.isfinite(ax.get_ylim()).all() and ax.get_ylim()[0] < float(np.log(0.5)) < ax.get_ylim()[1]
