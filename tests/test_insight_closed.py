"""H theta = c of quadratic costs of any shape: solved for the data, against least squares of another library; what kind it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy import IndexedBase, MatrixSymbol, Sum, exp, symbols

import gdsym as gd

w, b, c, d, lam = symbols("w b c d lambda")
i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, X, v, u, W, Y, s = map(IndexedBase, ("x", "y", "X", "v", "u", "W", "Y", "s"))
SCORE = Sum(v[j] * X[i, j], (j, 1, n)) + b
LEAST = Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m)
LINE = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
SIZE = Sum(v[j] ** 2, (j, 1, n))

RNG = np.random.default_rng(0)
ROWS, WEIGHTS = RNG.normal(size=(50, 3)), RNG.random(50)
TARGET = ROWS @ [1.0, 2.0, 3.0] + 0.5 + 0.1 * RNG.normal(size=50)
WIDE, MANY = np.column_stack([ROWS, np.ones(50)]), RNG.normal(size=(50, 2))


def form(expr: Any, params: Any, data: Any = None) -> Any:
    return gd.Cost(expr, params).insight(data).closed_form


def flat(found: Any) -> Any:
    return np.concatenate([np.ravel(value) for value in found.params.values()])


def least(rows: Any, target: Any) -> Any:
    return np.linalg.lstsq(rows, target, rcond=None)[0]


def test_a_vector_with_intercept() -> None:
    found = form(LEAST, [v, b], {X: ROWS, y: TARGET})
    assert flat(found) == pytest.approx(least(WIDE, TARGET), rel=1e-13)
    assert (found.kind, found.rank, found.size, found.directions) == ("minimum", 4, 4, ())
    assert "∂²J/∂vₖ∂vₗ = 1/m Σᵢ₌₁ᵐ Xᵢₖ Xᵢₗ" in str(found) and "∂²J/∂vₖ∂b = 1/m Σᵢ₌₁ᵐ Xᵢₖ" in str(found)
    assert "-∂J/∂vₖ at 0 = 1/m Σᵢ₌₁ᵐ yᵢ Xᵢₖ" in str(found) and "H has rank 4 of 4: one solution" in str(found)
    assert r"\frac{\partial^{2} J}{\partial b^{2}} &= 1" in found.latex()


def test_ridge_weights_and_several_outputs() -> None:
    ridge = form(LEAST + lam * SIZE, [v, b], {X: ROWS, y: TARGET, lam: 0.1})
    pulled = np.vstack([WIDE, np.sqrt(0.2 * 50) * np.eye(3, 4)])
    assert flat(ridge) == pytest.approx(least(pulled, np.append(TARGET, np.zeros(3))), rel=1e-12)
    weighted = form(Sum(s[i] * (SCORE - y[i]) ** 2, (i, 1, m)), [v, b], {X: ROWS, y: TARGET, s: WEIGHTS})
    root = np.sqrt(WEIGHTS)
    assert flat(weighted) == pytest.approx(least(WIDE * root[:, None], TARGET * root), rel=1e-12)
    outputs = Sum((Sum(W[k, j] * X[i, j], (j, 1, n)) - Y[i, k]) ** 2, (i, 1, m), (k, 1, K))
    assert form(outputs, [W], {X: ROWS, Y: MANY}).params[W] == pytest.approx(least(ROWS, MANY).T, rel=1e-12)


def test_two_vectors_and_plain_parameters_of_a_cubic() -> None:
    two = Sum((SCORE + Sum(u[j] * Y[i, j], (j, 1, K)) - y[i]) ** 2, (i, 1, m))
    found = form(two, [v, u, b], {X: ROWS, Y: MANY, y: TARGET})
    assert flat(found) == pytest.approx(least(np.column_stack([ROWS, MANY, np.ones(50)]), TARGET), rel=1e-11)
    cubic = Sum((w * x[i] ** 3 + b * x[i] ** 2 + c * x[i] + d - y[i]) ** 2, (i, 1, m)) / m
    found = form(cubic, [w, b, c, d], {x: ROWS[:, 0], y: TARGET})
    assert flat(found) == pytest.approx(np.polyfit(ROWS[:, 0], TARGET, 3), rel=1e-11)


def test_matrix_notation() -> None:
    A, B, M = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, 1), MatrixSymbol("w", n, 1)
    found = form((A * M - B).T * (A * M - B), [M], {A: ROWS, B: TARGET[:, None]})
    assert flat(found) == pytest.approx(least(ROWS, TARGET), rel=1e-12)


def test_equal_columns_leave_a_line_of_minima() -> None:
    twice = ROWS[:, [0, 0, 1]]
    insight = gd.Cost(LEAST, [v, b]).insight({X: twice, y: TARGET})
    found = insight.closed_form
    assert found is not None and found.kind == "line of minima" and found.rank == 3
    assert flat(found) == pytest.approx(least(np.column_stack([twice, np.ones(50)]), TARGET), rel=1e-12)  # the shortest
    (way,) = found.directions
    assert way[v] == pytest.approx(np.sign(way[v][0]) * np.array([1, -1, 0]) / np.sqrt(2), abs=1e-14)
    (point,) = insight.critical_points
    assert point.kind == "line of minima" and "1 of them 0, as is the slope that way" in str(insight.critical_points)
    assert insight.minimiser is None


def test_saddles_and_costs_without_a_lower_bound() -> None:
    bent = SIZE - 3 * b**2 + b * Sum(v[j] * s[j], (j, 1, n)) + b
    insight = gd.Cost(bent, [v, b]).insight({s: np.arange(3.0)})
    assert insight.closed_form.kind == "saddle" and [p.kind for p in insight.critical_points] == ["saddle"]
    slope = gd.Cost(bent, [v, b]).compile().gradient(insight.closed_form.params, {s: np.arange(3.0)})
    assert slope[v] == pytest.approx(np.zeros(3), abs=1e-15) and slope[b] == pytest.approx(0, abs=1e-15)
    falling = gd.Cost(Sum((v[j] - v[1]) ** 2, (j, 1, n)) + Sum(v[j], (j, 1, n)), [v]).insight({n: 3})
    assert falling.closed_form.kind == "none" and falling.closed_form.params is None
    assert "the cost has no lower bound" in str(falling.closed_form) and falling.critical_points == ()


@pytest.mark.parametrize(
    ("expr", "kind"),
    [
        ((w + b) ** 2, "line of minima"),
        (-((w + b - 1) ** 2), "line of maxima"),
        (w**2 - b**2, "saddle"),
        (w * b, "saddle"),
        (-(w**2) - b**2, "maximum"),
        (10**6 * w**2 + b**2 / 10**6, "minimum"),
        ((w + b) ** 2 + w, "none"),
        (3 * w - b, "none"),
    ],
)
def test_kinds_in_the_plane(expr: Any, kind: str) -> None:
    insight = gd.Cost(expr, [w, b]).insight()
    assert insight.closed_form.kind == kind and [p.kind for p in insight.critical_points] == [kind] * (kind != "none")


def test_scales_far_apart_do_not_hide_a_minimum() -> None:
    rows = np.column_stack([ROWS[:, 0] * 1e9, ROWS[:, 1], ROWS[:, 2] * 1e-9])
    found = form(LEAST, [v, b], {X: rows, y: TARGET})
    assert found.kind == "minimum"
    assert flat(found) * [1e9, 1, 1e-9, 1] == pytest.approx(least(WIDE, TARGET), rel=1e-10)


def test_the_stated_error_holds() -> None:
    """Exact fits, so that the truth is known: the error is at most the stated one, which is not absurd."""
    for spread in (1.0, 1e-2, 1e-4):
        rows = np.column_stack([np.ones(50), 1 + spread * ROWS[:, 1]])
        truth = np.array([3.0, -2.0])
        found = form(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [v], {X: rows, y: rows @ truth})
        off = np.linalg.norm(found.params[v] - truth)
        assert off <= found.error <= 1e-9 / spread**2


def test_a_slope_that_mixes_a_parameter_and_its_exponential_has_none() -> None:
    assert gd.Cost(exp(w) + w**2, [w]).insight(at={w: 0}).closed_form is None


def test_what_is_0_but_for_rounding_is_told_as_0() -> None:
    """A line through (0.1, 0.1), (0.2, 0.2), (0.3, 0.3) has b = 0; 1.3e-18 came out. What is small and known stays."""
    line = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    insight = line.insight({x: [0.1, 0.2, 0.3], y: [0.1, 0.2, 0.3]})
    assert str(insight).endswith("minimum at w = 1, b = 0")
    assert "\n  w = 1, b = 0\n" in str(insight.closed_form)
    assert "\n  w = 1, b = 0: " in str(insight.critical_points)
    small = gd.Cost((w - 1) ** 2 + (b - 1e-30) ** 2, [w, b]).insight()
    assert small.minimiser == small.closed_form.params == {w: 1, b: 1e-30}
    close = gd.Cost((w - b - 1) ** 2 + (b - 1e-9) ** 2, [w, b]).insight()
    assert close.closed_form.params[b] == pytest.approx(1e-9, rel=1e-6)
    assert close.minimiser[b] == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.parametrize("far", [1e5, 1e6, 1e7])
def test_a_line_fit_far_from_0_has_one_minimum(far: float) -> None:
    """It was called unbounded below from 1e7 on, where 30 samples lie side by side."""
    steps = np.arange(1.0, 31)
    target = 3 * steps + np.sin(steps)
    found = form(LINE, [w, b], {x: far + steps, y: target})
    slope, offset = np.polyfit(steps, target, 1)
    assert found.kind == "minimum"
    assert flat(found) == pytest.approx([slope, offset - slope * far], rel=1e-6)


@pytest.mark.parametrize("far", [1e8, 1.7e9, 1e12])
def test_a_direction_that_floats_cannot_tell_is_neither_flat_nor_unbounded(far: float) -> None:
    """Times in seconds: H lacks the digits to know the one minimum, and the slope that is left shows that."""
    steps = np.arange(1.0, 31)
    insight = gd.Cost(LINE, [w, b]).insight({x: far + steps, y: 3 * steps + np.sin(steps)})
    found = insight.closed_form
    assert found.kind == "not known" and found.params is None and insight.critical_points is None
    assert "rank 1 of 2 to 12 digits" in str(found) and "Centre and scale the data" in str(found)
    assert "minima" not in str(found) and "lower bound" not in str(found)


def test_a_rank_that_hangs_on_the_last_digits_says_so() -> None:
    ridge = SIZE * w / 10**11 + Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m))
    twice = ROWS[:, [0, 0, 1]]
    doubtful = gd.Cost(ridge, [v]).insight({X: twice, y: TARGET, w: 1}).closed_form
    assert "H has rank 2 of 3 to 12 digits: a line of minima" in str(doubtful)
    plain = gd.Cost(ridge, [v]).insight({X: twice, y: TARGET, w: 0}).closed_form
    assert "H has rank 2 of 3: a line of minima" in str(plain)


@pytest.mark.parametrize("degree", range(1, 7))
@pytest.mark.parametrize("near", [0.0, 1000.0, 1990.0, 1.7e9])
def test_least_squares_are_never_unbounded_below(near: float, degree: int) -> None:
    """Columns x^0 ... x^degree of numbers that lie side by side, and a target that all columns are at right angles to."""
    rows = np.vander(near + np.linspace(0, 30, 20), degree + 1, increasing=True)
    target = np.sin(np.arange(20.0))
    insight = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [v]).insight({X: rows, y: target})
    found = insight.closed_form
    assert found is None or found.kind in ("minimum", "not known")
    if found is not None and found.kind == "minimum":
        exact = sp.Matrix(rows.tolist()).applyfunc(sp.Rational)
        truth = (exact.T * exact).LUsolve(exact.T * sp.Matrix(target.tolist()).applyfunc(sp.Rational))
        assert np.linalg.norm(found.params[v] - np.array(truth.evalf(30)).astype(float).ravel()) <= found.error


def test_residuals_of_a_fit_over_equal_columns() -> None:
    """X'y is nothing but rounding: it was called a slope without end."""
    twice = np.column_stack([ROWS, ROWS[:, 0] / 10, ROWS[:, 1] + ROWS[:, 2]])
    rest = TARGET - twice @ least(twice, TARGET)
    found = form(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [v], {X: twice, y: rest})
    assert found.kind == "plane of minima" and np.linalg.norm(found.params[v]) < 1e-14
