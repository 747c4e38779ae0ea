"""Figures that cannot be drawn: every message says what was asked, what was found and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from sympy import Abs, IndexedBase, Sum, log, symbols

from gdsym import plot
from gdsym.cost import Cost
from gdsym.errors import DataError, GdsymError, GdsymTypeError

mpl.use("Agg")

w, b, c = symbols("w b c")
i, m = symbols("i m", integer=True, positive=True)
j, n = symbols("j n", integer=True, positive=True)
x, y, X, W = IndexedBase("x"), IndexedBase("y"), IndexedBase("X"), IndexedBase("w")

LINE = Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [1, 2], y: [300, 500]}
SQUARE, THREE = Cost((w - 3) ** 2, [w]), Cost(w**2 + b**2 + c**2, [w, b, c])
VECTOR = Cost(Sum((Sum(W[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, b])
VECTOR_DATA = {X: [[1, 2], [3, 5], [2, 2]], y: [1, 2, 3]}
KINK = Cost(Sum(Abs(w * x[i] + b - y[i]), (i, 1, m)) / m, [w, b])
RUN = SQUARE.descend({w: 0}, learning_rate=0.1, maxiter=3)

CASES: list[tuple[Callable[[], Any], type[Exception], list[str]]] = [
    (lambda: plot.contour(THREE), GdsymError, ["has 3: w, b, c", "params=[w, b]", "at={c: 0}"]),
    (lambda: plot.contour(THREE, params=[w, b]), GdsymError, ["over w, b", "at={c: ...}"]),
    (lambda: plot.contour(THREE, params=[w, w], at={c: 0}), GdsymError, ["twice"]),
    (lambda: plot.contour(THREE, params=[w]), GdsymError, ["but 1 were named", "params=[...] with 2"]),
    (lambda: plot.contour(SQUARE), GdsymError, ["has 1: w", "cost_curve"]),
    (lambda: plot.contour(VECTOR, VECTOR_DATA), GdsymError, ["w[1], w[2], b", "params=[w[1], w[2]]"]),
    (
        lambda: plot.contour(VECTOR, VECTOR_DATA, params=[W, b]),
        GdsymError,
        ["shape (2,)", "say which entry, e.g. w[1]"],
    ),
    (lambda: plot.contour(VECTOR, VECTOR_DATA, params=[W[1], W[3]]), GdsymError, ["w[3] does not exist", "w[1]"]),
    (lambda: plot.contour(VECTOR, VECTOR_DATA, params=[W[j], b]), GdsymError, ["names no single entry", "w[1]"]),
    (lambda: plot.contour(VECTOR, VECTOR_DATA, params=[W[1], b]), GdsymError, ["w must be held fixed", "at={w: ...}"]),
    (lambda: plot.contour(LINE), DataError, ["x, y", "data={...}"]),
    (lambda: plot.contour(LINE, {x: [1, 2]}), DataError, ["No data are given for y"]),
    (lambda: plot.contour(w**2 + b**2), GdsymError, ["draws a Cost", "gd.Cost("]),
    (lambda: plot.contour(LINE, DATA, runs=[1]), GdsymTypeError, ["Cost.descend", "int"]),
    (lambda: plot.contour(LINE, DATA, runs=RUN, at={b: 1}), GdsymError, []),
    (lambda: plot.contour(LINE, DATA, span=(3, 1)), GdsymError, ["span of w is (3, 1)", "lower one first"]),
    (lambda: plot.contour(LINE, DATA, span=((0, 1),) * 3), GdsymError, ["3 pairs", "w, b"]),
    (lambda: plot.contour(LINE, DATA, span={w: (0, 1)}), GdsymError, ["span names w", "w, b"]),
    (lambda: plot.contour(LINE, DATA, levels=1), GdsymError, ["levels=1", "2 to 100"]),
    (lambda: plot.contour(LINE, DATA, ax=3), GdsymTypeError, ["ax is int"]),
    (lambda: plot.contour(LINE, DATA, at=3), GdsymTypeError, ["at must be a dict"]),
    (lambda: plot.surface(LINE, DATA, ax=plot.contour(LINE, DATA)), GdsymTypeError, ["flat Axes", 'projection="3d"']),
    (lambda: plot.cost_curve(LINE, data=DATA), GdsymError, ["has 2: w, b", "param=w", "at={b: 0}"]),
    (lambda: plot.cost_curve(LINE, c, data=DATA), GdsymError, ["c is no parameter", "w, b"]),
    (lambda: plot.cost_curve(SQUARE, run=[RUN] * 8), GdsymTypeError, ["7 runs", "8 were given"]),
    (lambda: plot.tangent(SQUARE, []), GdsymError, ["one or more finite numbers"]),
    (lambda: plot.tangent(SQUARE, "here"), GdsymError, ["'here'"]),
    (lambda: plot.tangent(SQUARE, 1e308), GdsymError, ["1e+308", "too far out", "1e+100"]),
    (lambda: plot.tangent(SQUARE, [1, 1e90]), GdsymError, ["where the cost is 1e+180"]),
    (lambda: plot.tangent(SQUARE, range(9)), GdsymError, ["9 points", "at most 6"]),
    (lambda: plot.tangent(Cost(w - log(w), [w]), [-1]), GdsymError, ["w = -1", "not defined"]),
    (lambda: plot.learning_rates([]), GdsymError, ["no run"]),
    (lambda: plot.learning_rates(SQUARE, rates=[0.1]), GdsymError, ["needs start"]),
    (lambda: plot.compare([]), GdsymError, ["no run"]),
    (lambda: plot.compare(SQUARE, {w: 0}), GdsymError, ["compare of a cost needs updates", "gd.Momentum()"]),
    (lambda: plot.compare(SQUARE, {w: 0}, "adam"), GdsymError, ["list of update rules"]),
    (lambda: plot.compare(SQUARE, {w: 0}, [None] * 8), GdsymError, ["7 runs", "8 updates"]),
    (lambda: plot.animate(SQUARE, []), GdsymError, ["no run", "cost.descend"]),
    (lambda: plot.animate(SQUARE, RUN, frames=1), GdsymError, ["frames is 1", "2 to 500"]),
    (
        lambda: plot.animate(THREE, THREE.descend({w: 1, b: 1, c: 1}, maxiter=1)),
        GdsymError,
        ["w, b, c", "params=[w, b]"],
    ),
    (lambda: plot.animate(SQUARE, 3), GdsymTypeError, ["Cost.descend", "int"]),
    (lambda: plot.save(plot.cost_curve(SQUARE), "a.gif"), GdsymError, ["0", "gd.plot.animate"]),
    (lambda: plot.fit(w * x[i] + b, DATA, {w: 1}), GdsymError, ["no number for b"]),
    (lambda: plot.fit(w * x[i] + b, DATA, 3), GdsymTypeError, ["a run", "{w: 2, b: 1}"]),
    (lambda: plot.fit(w * x[i] + b, {}, {w: 1, b: 1}), DataError, ["data as a dict"]),
    (lambda: plot.fit(w + b, DATA, {w: 1, b: 1}), DataError, ["no input among the data"]),
    (lambda: plot.fit(w * x[i] + b * X[i], {**DATA, X: [1, 2]}, {w: 1, b: 1}), DataError, ["inputs X, x"]),
    (lambda: plot.fit(w * x[i], {**DATA, X: [1, 2]}, {w: 1}), DataError, ["y, X", "y=..."]),
    (lambda: plot.fit(w * x[i], {x: [1, 2, 3], y: [1, 2]}, {w: 1}), DataError, ["3 entries", "y has 2"]),
    (lambda: plot.fit(LINE, DATA, {w: 1, b: 1}), GdsymError, ["0 named parts", "fit(w*x[i] + b"]),
    (lambda: plot.basins(LINE, DATA, learning_rate=5.0), GdsymError, ["No start", "too large"]),
    (lambda: plot.basins(LINE, DATA, learning_rate=-1), GdsymError, ["one positive number"]),
    (lambda: plot.basins(LINE, DATA, maxiter=0), GdsymError, ["whole number"]),
    (lambda: plot.basins(KINK, {x: [1, 2, 3], y: [1, 2, 2]}, maxiter=200), GdsymError, ["more than 6", "minima=[...]"]),
    (lambda: plot.save(plot.cost_curve(SQUARE), "a.jpg"), GdsymError, [".png or .svg", ".jpg"]),
    (lambda: plot.save(3, "a.png"), GdsymTypeError, ["not int"]),
    (lambda: plot.contour(KINK, [1, 2]), GdsymTypeError, ["data must be a dict", "not list"]),
    (lambda: plot.basins(KINK, KINK), GdsymTypeError, ["data must be a dict", "not Cost"]),
]


@pytest.mark.parametrize(("draw", "kind", "says"), CASES)
def test_bad_input_ends_with_a_sentence(draw: Callable[[], Any], kind: type[Exception], says: list[str]) -> None:
    with pytest.raises(kind) as caught:
        draw()
    assert isinstance(caught.value, GdsymError)
    assert len(str(caught.value)) <= 600
    for part in says:
        assert part in str(caught.value)


@pytest.mark.parametrize("name", plot.__all__)
def test_what_is_missing_is_named_with_an_example(name: str) -> None:
    with pytest.raises(GdsymTypeError, match=rf"^plot\.{name} needs .*, e\.g\. gd\.plot\.{name}\("):
        getattr(plot, name)()
    with pytest.raises(GdsymTypeError, match=rf"^plot\.{name} has no argument 'colour'"):
        getattr(plot, name)(colour="red")


def test_a_missing_folder_is_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(GdsymError, match="does not exist"):
        plot.save(plot.cost_curve(SQUARE), tmp_path / "no" / "a.svg")
    assert not list(tmp_path.iterdir())
