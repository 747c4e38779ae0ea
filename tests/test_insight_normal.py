"""Normal equations as derivations: sorted, solved, judged line by line, met by least squares of another library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import IndexedBase, MatrixSymbol, Sum, exp, symbols

import gdsym as gd
from gdsym.normal import normal_equations

w, b, c, lam = symbols("w b c lambda")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, X, v = (IndexedBase(letter) for letter in "xyXv")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
XS, YS = [1.0, 2.0, 4.0, 7.0], [1.0, 2.5, 3.0, 8.0]
A, t, u = MatrixSymbol("X", m, n), MatrixSymbol("y", m, 1), MatrixSymbol("w", n, 1)


def equations(expr: Any, params: Any) -> Any:
    cost = gd.Cost(expr, params)
    return normal_equations("J", cost.problem.params, [cost.partial(p) for p in cost.params])


def test_a_line_has_slope_and_intercept_in_closed_form() -> None:
    found = LINE.insight({x: XS, y: YS}).normal_equations
    assert found is not None and len(found) == 2
    data = {m: 4, **{x[k + 1]: sympy.Rational(value) for k, value in enumerate(XS)}}
    data |= {y[k + 1]: sympy.Rational(value) for k, value in enumerate(YS)}
    numbers = [found.solution[p].subs(m, 4).doit().subs(data) for p in (w, b)]
    assert [float(v) for v in numbers] == pytest.approx(np.polyfit(XS, YS, 1), rel=1e-13)
    assert found[w].steps[-1].check.verdict == found[b].steps[-1].check.verdict == "holds where"
    assert all(step.check for e in found for step in e.steps)
    assert "b = 1/m Σᵢ yᵢ - 1/m · w Σᵢ xᵢ" in str(found[b]) and "The solution needs" in str(found[w])


def test_every_exporter_shows_the_equations(tmp_path: Path) -> None:
    equation = LINE.insight({x: XS, y: YS}).normal_equations[b]
    assert (
        r"b" in equation.latex()
        and r"&= \frac{1}{m}\sum_{i=1}^{m}y_{i}-\frac{1}{m}\,w\sum_{i=1}^{m}x_{i}" in equation.latex()
    )
    assert "stationary point" in equation.markdown() and equation.to_dict()["steps"]
    for suffix in ("tex", "md", "json", "txt"):
        assert equation.save(tmp_path / f"b.{suffix}").stat().st_size > 200
    with pytest.raises(gd.GdsymError, match="no certificate"):
        _ = equation.certificate


def test_matrix_notation_gives_the_equations_of_the_books() -> None:
    data = {A: np.array([[1, 2], [3, 4], [5, 7.0]]), t: np.array([[1.0], [2], [4]])}
    insight = gd.Cost((A * u - t).T * (A * u - t), [u]).insight(data)
    (equation,) = insight.normal_equations
    assert "Xᵀ X w = Xᵀ y" in str(equation) and "w = (Xᵀ X)⁻¹ Xᵀ y" in str(equation)
    assert equation.solution == (A.T * A) ** -1 * A.T * t and equation.steps[-1].check
    assert np.ravel(insight.minimiser[u]) == pytest.approx(np.ravel(np.linalg.lstsq(data[A], data[t])[0]), rel=1e-10)


def test_vectors_ridge_and_parabolas_are_sorted() -> None:
    ridge = Sum((Sum(v[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / m + lam * Sum(v[j] ** 2, (j, 1, n))
    found = equations(ridge, [v, b])
    left, right = found[v].lhs, found[v].rhs
    at = {m: 3, n: 2, lam: 2, b: 5}
    values = {X[p, q]: p * q + p for p in (1, 2, 3) for q in (1, 2)} | {y[p]: 2 * p - 1 for p in (1, 2, 3)}
    values |= {v[1]: 3, v[2]: -1}
    slope = sympy.diff(ridge.subs(at).doit().subs({y[p]: 2 * p - 1 for p in (1, 2, 3)}), v[2]).subs(values)
    k = next(
        iter(
            left.free_symbols & symbols("k l p q", seq=True)
            if False
            else {s for s in left.free_symbols if s.name == "k"}
        )
    )
    assert ((left - right).subs({**at, k: 2}).doit().subs(values) - slope).expand() == 0
    assert found.solution is None and all(step.check for e in found for step in e.steps)
    parabola = equations(Sum((w * x[i] ** 2 + b * x[i] + c - y[i]) ** 2, (i, 1, m)), [w, b, c])
    assert "0 = w Σᵢ xᵢ⁴ + b Σᵢ xᵢ³ + c Σᵢ xᵢ² - Σᵢ yᵢ xᵢ²" in str(parabola[w]) and parabola.solution is None


@pytest.mark.parametrize(
    ("expr", "params", "solution"),
    [
        ((w - 3) ** 2 + (w - b) ** 2, [w, b], {w: 3, b: 3}),
        ((w - 3) ** 2, [w], {w: 3}),
        (5 * w**2 + lam * w, [w], {w: -lam / 10}),
        (w**2 + w * b + b**2 - 3 * b, [w, b], {w: -1, b: 2}),
        (Sum((w - y[i]) ** 2, (i, 1, m)), [w], {w: Sum(y[i], (i, 1, m)) / m}),
        (Sum((w * x[i] - y[i]) ** 2, (i, 1, m)), [w], {w: Sum(x[i] * y[i], (i, 1, m)) / Sum(x[i] ** 2, (i, 1, m))}),
    ],
)
def test_short_solutions(expr: Any, params: Any, solution: Any) -> None:
    found = equations(expr, params)
    assert {p: sympy.simplify(value - found.solution[p]) for p, value in solution.items()} == dict.fromkeys(solution, 0)


def test_where_there_is_no_solution_or_no_system() -> None:
    flat = equations((w + b) ** 2, [w, b])
    assert flat is None or flat.solution is None
    assert gd.Cost(exp(w), [w]).insight(at={w: 0}).normal_equations is None
    assert equations(3 * w - b, [w, b]) is None or equations(3 * w - b, [w, b]).solution is None


def test_a_wrong_solution_is_refused() -> None:
    """Planted: the last equation's right side with the other sign."""
    from gdsym import normal

    class Wrong(normal._Maker):
        def solved(self) -> Any:
            return {p: normal.negative(value) for p, value in super().solved().items()}

    params = LINE.problem.params
    with pytest.raises(gd.StepRefused):
        Wrong("J", params, [LINE.partial(p) for p in (w, b)]).made()


def test_critical_points_show_their_derivation() -> None:
    found = gd.Cost((w - 1) ** 2 * (w - 5) ** 2, [w]).insight(at={w: 0}).critical_points
    assert "w = 3: J = 16, gradient exactly 0; second derivative -16, below 0: a maximum" in str(found)
    assert "∂J/∂w = 4 (w - 1) (w - 5) (w - 3) = 0" in str(found) and r"\text{maximum}" in found.latex()
    saddle = gd.Cost(w**2 - b**2 + w**4, [w, b]).insight(at={w: 0, b: 0}).critical_points
    assert "of both signs: a saddle" in str(saddle) and [p.exact for p in saddle] == [True]
    assert "there are none" in str(gd.Cost(w**3 + w, [w]).insight(at={w: 0}).critical_points)


def test_an_insight_prints_its_minimum_and_its_rates() -> None:
    insight = LINE.insight({x: XS, y: YS})
    assert f"minimum at w = {np.polyfit(XS, YS, 1)[0]:.6g}, b = " in str(insight)
    assert r"\alpha_{\max} &= \frac{2}{\lambda_{\max}}" in insight.latex()


def test_numbers_that_all_terms_share_are_left_out() -> None:
    """With 1/m in place of 1/(2m) the 2 is gone from equations and solutions."""
    found = equations(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / m, [w, b])
    assert "0 = w Σᵢ xᵢ² + b Σᵢ xᵢ - Σᵢ yᵢ xᵢ" in str(found[w])
    assert "b = 1/m Σᵢ yᵢ - 1/m · w Σᵢ xᵢ" in str(found[b])
    half = equations(LINE.expr, [w, b])
    assert sympy.simplify(half.solution[w] - found.solution[w]) == 0


def test_ridge_in_matrix_notation_is_solved_with_the_identity() -> None:
    data = {A: np.array([[1, 2], [3, 4], [5, 7.0]]), t: np.array([[1.0], [2], [4]]), lam: 0.5}
    insight = gd.Cost((A * u - t).T * (A * u - t) + lam * u.T * u, [u]).insight(data)
    (equation,) = insight.normal_equations
    assert "Xᵀ X w + λ w = Xᵀ y" in str(equation) and "(Xᵀ X + λ I)⁻¹ Xᵀ y" in str(equation)
    best = np.linalg.solve(data[A].T @ data[A] + 0.5 * np.eye(2), data[A].T @ data[t])
    assert np.ravel(insight.minimiser[u]) == pytest.approx(np.ravel(best), rel=1e-10)
    assert equation.steps[-1].check.verdict == "holds where"
