"""All critical points of polynomial costs, each with its kind; an honest None where they are not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Float, IndexedBase, Mod, Rational, Sum, exp, floor, sign, symbols

import gdsym as gd

x, y, z, a = symbols("x y z a")
i, m = symbols("i m", integer=True, positive=True)
X = IndexedBase("X")


def points(expr: Any, params: Any, data: Any = None) -> Any:
    return gd.Cost(expr, params).insight(data, at=dict.fromkeys(params, 0.0)).critical_points


def test_two_minima_and_the_hill_between_them() -> None:
    found = points((x - 1) ** 2 * (x - 5) ** 2, [x])
    assert [(p.at[x], p.value, p.kind) for p in found] == [(1, 0, "minimum"), (5, 0, "minimum"), (3, 16, "maximum")]


def test_himmelblau_has_nine() -> None:
    found = points((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, [x, y])
    assert [p.kind for p in found] == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]
    minima = [(3, 2), (-3.779310, -3.283186), (-2.805118, 3.131313), (3.584428, -1.848127)]
    assert np.allclose([tuple(p.at.values()) for p in found[:4]], minima, atol=1e-6)
    assert found[-1].at[x] == pytest.approx(-0.270845, abs=1e-6) and found[-1].value == pytest.approx(181.616522)


def test_the_six_hump_camel_has_fifteen() -> None:
    camel = (4 - Rational(21, 10) * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2
    found = points(camel, [x, y])
    kinds = [p.kind for p in found]
    assert (kinds.count("minimum"), kinds.count("saddle"), kinds.count("maximum")) == (6, 7, 2)
    assert found[0].value == pytest.approx(-1.0316284535, abs=1e-10)


def test_one_point_of_three_parameters_and_none_at_all() -> None:
    trid = (x - 1) ** 2 + (y - 1) ** 2 + (z - 1) ** 2 - x * y - y * z
    (only,) = points(trid, [x, y, z])
    assert [only.at[p] for p in (x, y, z)] == pytest.approx([3, 4, 3], abs=1e-14) and only.value == pytest.approx(-7)
    assert points(x**3 + x, [x]) == () and points(x**3 + x + y**2, [x, y]) == ()


def test_a_degenerate_point_is_said_to_be_flat_where_higher_derivatives_do_not_tell() -> None:
    (origin,) = points(x**4, [x])
    assert origin.at[x] == 0 and origin.kind == "minimum" and origin.higher == (4, 1)
    (flattened,) = points(-(x**6) + 0 * x, [x])
    assert flattened.kind == "maximum" and flattened.higher == (6, -1)
    (monkey,) = points(x**3 - 3 * x * y**2, [x, y])
    assert monkey.kind == "flat in some direction" and abs(monkey.at[x]) < 1e-4


def test_plain_data_are_put_in() -> None:
    found = points((x**2 - a) ** 2, [x], {a: 9})
    assert [p.at[x] for p in found] == [-3, 3, 0]


@pytest.mark.parametrize(
    ("expr", "params", "data"),
    [
        (x**2 + exp(x), [x], None),  # no polynomial
        (x**2 * y**2, [x, y], None),  # infinitely many
        (Sum((x - X[i]) ** 4, (i, 1, m)), [x], {X: [1, 2]}),  # data
        ((x**8 - 1) ** 2 + (y**9 - x) ** 2, [x, y], None),  # too large
    ],
)
def test_where_they_are_not_known_it_says_none(expr: Any, params: Any, data: Any) -> None:
    assert points(expr, params, data) is None


def test_descent_ends_in_the_minima_that_were_found() -> None:
    well = (x**2 - 1) ** 2 + (y**2 - 1) ** 2 + x * y / 5
    found = [p for p in points(well, [x, y]) if p.kind == "minimum"]
    for p in found:
        start = {key: value + 0.1 for key, value in p.at.items()}
        run = gd.Cost(well, [x, y]).descend(start, learning_rate=0.05, gtol=1e-11)
        assert run.x == pytest.approx(list(p.at.values()), abs=1e-10) and run.fun == pytest.approx(p.value, abs=1e-12)
    assert len(found) == 4


def test_a_quadratic_cost_over_arrays_has_its_minimum_as_only_point() -> None:
    i, j, m, n = symbols("i j m n", integer=True, positive=True)
    X, y, v = map(IndexedBase, "Xyv")
    lam, c = symbols("lambda c")
    rows = np.random.default_rng(0).normal(size=(50, 3))
    target = rows @ [1.0, 2.0, 3.0] + 0.5
    score = Sum(v[j] * X[i, j], (j, 1, n)) + c - y[i]
    ridge = Sum(score**2, (i, 1, m)) / (2 * m) + lam * Sum(v[j] ** 2, (j, 1, n))
    found = gd.Cost(ridge, [v, c]).insight({X: rows, y: target, lam: 0.1}).critical_points
    assert found is not None and len(found) == 1 and found[0].kind == "minimum" and found[0].slope < 1e-12
    whole = np.column_stack([rows, np.ones(50)])
    right = np.linalg.solve(whole.T @ whole / 50 + np.diag([0.2, 0.2, 0.2, 0]), whole.T @ target / 50)
    np.testing.assert_allclose(np.append(found[0].at[v], found[0].at[c]), right, rtol=1e-10)
    assert "∂J/∂vₖ = 1/m Σᵢ₌₁ᵐ (Σⱼ₌₁ⁿ vⱼ Xᵢⱼ + c - yᵢ) Xᵢₖ + 2λ vₖ = 0" in str(found)
    assert "v = [0.971237, 1.52169, 2.33189], c = 0.736071: J = 1.10103" in str(found)
    assert r"\frac{\partial J}{\partial v_{k}}" in found.latex() and "v = (0.971237, 1.52169, 2.33189)" in found.latex()
    flat = np.column_stack([rows, rows[:, :1]])
    (point,) = gd.Cost(ridge, [v, c]).insight({X: flat, y: target, lam: 0}).critical_points
    assert point.kind == "line of minima"


@pytest.mark.parametrize(
    ("expr", "places"),
    [
        ((x - 1) ** 4, [1]),
        (x**20, [0]),
        ((x - 100_000_000) ** 4, [100_000_000]),
        ((x - Rational(1, 3)) ** 3, [Rational(1, 3)]),
        ((x - 1) ** 3 * (x - 2) ** 3, [1, 1.5, 2]),
    ],
)
def test_points_that_count_several_times(expr: Any, places: list[Any]) -> None:
    found = sorted(points(expr, [x]), key=lambda p: p.at[x])
    assert [p.at[x] for p in found] == [float(place) for place in places]
    for p, place in zip(found, places, strict=True):
        order = next(k for k in range(2, 30) if expr.diff(x, k).subs(x, place) != 0)
        sign = "minimum" if expr.diff(x, order).subs(x, place) > 0 else "maximum"
        assert p.kind == ("inflection" if order % 2 else sign)


def test_points_close_together_stay_apart() -> None:
    near = 2 + Rational(1, 10**8)
    slope = (x - 2) * (x - near) * x
    found = points(slope.expand().integrate(x) + (y - 1) ** 2 * (y + 2), [x, y])
    assert sorted({p.at[x] for p in found}) == [0, 2, float(near)] and len(found) == 6
    assert {p.kind for p in found if p.at[x] == 2.0} == {"saddle", "maximum"}


def test_small_costs_and_steps_beside_them() -> None:
    (only,) = points(Float("1e-300") * x**4 + Float("1e-300") * x**2, [x])
    assert only.kind == "minimum" and only.eigenvalues == (2e-300,)
    assert (
        points(x**4 + floor(x), [x]) is None and points(x**4 + sign(x), [x]) is None and points(Mod(x, 1), [x]) is None
    )


def test_a_second_derivative_of_0_at_no_double_is_no_sign() -> None:
    steep = gd.Cost(((x - Rational(1, 3)) ** 4).expand(), [x]).insight()
    assert steep.kind == "flat in some direction" and steep.convex is None and list(steep.eigenvalues) == [0]
    falling = gd.Cost(((x - Rational(2, 7)) ** 3).expand(), [x]).insight()
    assert falling.convex is None and falling.max_rate is None
    stairs = points(y**3 / 3 - y**2 / 4 - 3 * y + x**3 / 3 + 207 * x**2 / 2, [x, y])
    assert [(p.at[x], p.at[y]) for p in stairs if p.kind == "minimum"] == [(0, 2)] and len(stairs) == 4
    both = points((x + 1) ** 3 * (x - 1) + y**3 - 3 * y, [x, y])
    assert sorted((p.at[x], p.at[y], p.kind) for p in both) == [
        (-1, -1, "flat in some direction"),
        (-1, 1, "flat in some direction"),
        (0.5, -1, "saddle"),
        (0.5, 1, "minimum"),
    ]
    (valley,) = points(((x - Rational(1, 3) + y) ** 2 + (x - y) ** 4).expand(), [x, y])
    assert valley.kind == "flat in some direction" and valley.eigenvalues == pytest.approx((0, 4))


def test_a_point_that_bends_down_in_one_direction_is_told_to_be_no_minimum() -> None:
    points = gd.Cost(x**4 + y**4 - (x + y) ** 2, [x, y]).insight().critical_points
    assert points is not None and [p.kind for p in points] == ["minimum", "minimum", "flat in some direction"]
    assert "Hessian eigenvalues -4, 0, one is 0, but one is below 0: no minimum" in str(points)
    assert "one is 0: not decided by them" in str(gd.Cost(x**2 + y**4 - y**5, [x, y]).insight().critical_points)
    assert "but the cost is convex: a minimum" in str(gd.Cost(x**2 + y**4, [x, y]).insight().critical_points)
    for power, said in ((13, "13th"), (23, "23rd")):
        assert f"the {said} is the first" in str(gd.Cost(f"x**{power}", ["x"]).insight().critical_points)
    assert "the 3rd is the first that is not, above 0: an inflection, no minimum" in str(
        gd.Cost(x**3, [x]).insight().critical_points
    )
