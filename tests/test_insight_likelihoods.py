"""Closed forms of likelihoods: derived line by line, met by the estimators of the books, by the gradient and by a descent."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import sympy

import gdsym as gd

DRAW = np.random.default_rng(5)
X, N, B, T = DRAW.gamma(2, 1.5, 30) + 0.5, DRAW.poisson(3, 30), DRAW.integers(0, 2, 30), DRAW.integers(0, 2, (30, 2))
Y, W = DRAW.normal(1, 2, (30, 2)), DRAW.random(30) + 0.2
FIT, HEAVY = np.polyfit(X, N, 1), np.polyfit(X, N, 1, w=np.sqrt(W))
LEFT = N - np.polyval(FIT, X)
BERNOULLI = "-Sum(x[i]*log(p) + (1 - x[i])*log(1 - p), (i, 1, m))/m"

LAWS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (BERNOULLI, "p", {"x": B}, {"p": B.mean()}),
    ("-log(Product(p**x[i]*(1 - p)**(1 - x[i]), (i, 1, m)))", "p", {"x": B}, {"p": B.mean()}),
    ("Sum(t - x[i]*log(t), (i, 1, m))/m", "t", {"x": N}, {"t": N.mean()}),
    ("Sum(exp(b) - x[i]*b, (i, 1, m))", "b", {"x": N}, {"b": np.log(N.mean())}),
    ("Sum(c[i]*(t*x[i] - log(t)), (i, 1, m))", "t", {"x": X, "c": W}, {"t": W.sum() / (W @ X)}),
    ("-Sum(log(p) + (x[i] - 1)*log(1 - p), (i, 1, m))/m", "p", {"x": N + 1}, {"p": 1 / (N + 1).mean()}),
    ("Sum(log(s) + (x[i] - u)**2/(2*s**2), (i, 1, m))/m", "u s", {"x": X}, {"u": X.mean(), "s": X.std()}),
    ("Sum(log(v)/2 + (x[i] - u)**2/(2*v), (i, 1, m))", "u v", {"x": X}, {"u": X.mean(), "v": X.var()}),
    ("Sum(r + (x[i] - u)**2*exp(-2*r)/2, (i, 1, m))/m", "u r", {"x": X}, {"u": X.mean(), "r": np.log(X.std())}),
    (  # a line with unknown noise
        "m*log(s) + Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*s**2)", "w b s", {"x": X, "y": N},
        {"w": FIT[0], "b": FIT[1], "s": LEFT.std()},
    ),
    (  # the same by its logarithm, which stands first
        "m*r + exp(-2*r)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))/2", "r w b", {"x": X, "y": N},
        {"w": FIT[0], "b": FIT[1], "r": np.log(LEFT.std())},
    ),
    (  # weighted, by the precision
        "t*Sum(c[i]*(w*x[i] + b - y[i])**2, (i, 1, m))/2 - m*log(t)/2", "w b t", {"x": X, "y": N, "c": W},
        {"w": HEAVY[0], "b": HEAVY[1], "t": 30 / (W @ (N - np.polyval(HEAVY, X)) ** 2)},
    ),
    ("Sum(log(1 + exp(b)) - x[i]*b, (i, 1, m))/m", "b", {"x": B}, {"b": np.log(B.mean() / (1 - B.mean()))}),
    ("Sum((x[i]/L)**k + k*log(L), (i, 1, m))/m", "L", {"x": X, "k": 1.7}, {"L": (X**1.7).mean() ** (1 / 1.7)}),
    ("Sum(x[i]**2/(2*s**2) + 2*log(s), (i, 1, m))", "s", {"x": X}, {"s": np.sqrt((X**2).mean() / 2)}),
    ("-Sum(log(a) + a*log(c) - (a + 1)*log(x[i]), (i, 1, m))", "a", {"x": X, "c": 0.4}, {"a": 1 / np.log(X / 0.4).mean()}),
    (
        "-Sum(x[i,j]*log(p[j]) + (1 - x[i,j])*log(1 - p[j]), (i, 1, m), (j, 1, n))/m", "p", {"x": T}, {"p": T.mean(axis=0)},
    ),
    (
        "Sum(log(s[j]) + (x[i,j] - u[j])**2/(2*s[j]**2), (i, 1, m), (j, 1, n))/m", "u s", {"x": Y},
        {"u": Y.mean(axis=0), "s": Y.std(axis=0)},
    ),
    (
        "Sum(l*(x[i] - u)**2/(2*u**2*x[i]) - log(l)/2, (i, 1, m))/m", "u l", {"x": X},
        {"u": X.mean(), "l": 1 / (1 / X - 1 / X.mean()).mean()},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "data", "books"), LAWS, ids=[law[0][:40] for law in LAWS])
def test_the_estimators_of_the_books(text: str, names: str, data: dict[str, Any], books: dict[str, Any]) -> None:
    cost = gd.Cost(text, names.split())
    insight = cost.insight(data)
    form = insight.closed_form
    assert form is not None and form.kind == "minimum"
    for name, value in books.items():
        assert form.params[name if name in form.params else _key(form, name)] == pytest.approx(value, rel=1e-12)
    assert all(step.check for e in insight.normal_equations for step in e.steps)
    gradient = cost.compile().gradient(dict(form.params), data)
    scale = float(np.max(np.abs(insight.hessian)))
    assert max(float(np.max(np.abs(g))) for g in gradient.values()) <= 1e-13 * scale * max(
        float(np.max(np.abs(v))) for v in books.values()
    )
    assert "the only critical point" in str(insight) and [p.kind for p in insight.critical_points] == ["minimum"]


def _key(form: Any, name: str) -> Any:
    return next(key for key in form.params if str(getattr(key, "label", key)) == name)


def test_two_equations_that_need_each_other_are_solved_by_elimination() -> None:
    cost = gd.Cost("m*log(s) + Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*s**2)", ["w", "b", "s"])
    said = str(cost.insight({"x": X, "y": N}).normal_equations)
    assert "0 = w (m Σᵢ xᵢ² - (Σᵢ xᵢ)²) - (m Σᵢ yᵢ xᵢ - (Σᵢ xᵢ) Σᵢ yᵢ)" in said and "b = (Σᵢ yᵢ - w Σᵢ xᵢ)/m" in said
    assert "times m s², with b from its own equation put in" in " ".join(said.split())
    assert "The solution needs m Σᵢ₌₁ᵐ xᵢ² - (Σᵢ₌₁ᵐ xᵢ)² ≠ 0." in said
    for same in (2.0, 1 / 3, 0.1):  # m sum x_i^2 - (sum x_i)^2 is 0, or what rounding leaves of it
        assert cost.insight({"x": np.full(5, same), "y": N[:5]}, at={"w": 1, "b": 0, "s": 1}).closed_form is None


@pytest.mark.parametrize("offset", [1e3, 1e5, 1e7, 1e8])
def test_the_error_of_an_elimination_is_no_less_than_it_is(offset: float) -> None:
    """Far from 0 digits are lost; where all are, there is no closed form, nor where the fit is perfect and sigma is rounding."""
    cost = gd.Cost("m*log(s) + Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*s**2)", ["w", "b", "s"])
    x = offset + np.arange(8.0) ** 1.5
    form: Any = cost.insight({"x": x, "y": N[:8]}, at={"w": 1, "b": 0, "s": 1}).closed_form
    near = x - x.mean()
    assert form is None or abs(form.params["w"] - near @ N[:8] / (near @ near)) <= form.error
    assert (form is None) == (offset > 1e6)
    exact = {"x": offset / 1e4 * np.arange(1, 4), "y": offset / 1e4 * np.arange(3, 9, 2)}
    assert cost.insight(exact, at={"w": 1, "b": 0, "s": 1}).closed_form is None
    law = gd.Cost("Sum(log(v)/2 + (x[i] - u)**2/(2*v), (i, 1, m))", ["u", "v"])
    assert law.insight({"x": np.full(7, offset / 1e4)}, at={"u": 1, "v": 1}).closed_form is None


def test_a_descent_ends_where_the_formula_says() -> None:
    cost = gd.Cost("Sum(log(s) + (x[i] - u)**2/(2*s**2), (i, 1, m))/m", ["u", "s"])
    insight = cost.insight({"x": X})
    run = cost.descend({"u": 1.0, "s": 3.0}, {"x": X}, learning_rate=insight.best_rate, gtol=1e-10, maxiter=5000)
    assert run.success and run.params["u"] == pytest.approx(X.mean(), rel=1e-8)
    assert run.params["s"] == pytest.approx(insight.closed_form.params[sympy.Symbol("s")], rel=1e-8)


def test_the_lines_name_the_factor_and_what_the_solution_needs() -> None:
    equations = gd.Cost(BERNOULLI, ["p"]).insight({"x": B}).normal_equations
    assert "0 = m p - Σᵢ xᵢ" in str(equations) and "and so it is times m p (1 - p)" in str(equations)
    assert "p = 1/m Σᵢ xᵢ" in str(equations) and "solved for p" in str(equations)
    assert r"p" in equations.latex() and r"\frac{1}{m}" in equations.latex()
    assert str(equations.solution[sympy.Symbol("p")]) == "Sum(x[i], (i, 1, m))/m"
    width = gd.Cost("Sum(r + (x[i] - u)**2*exp(-2*r)/2, (i, 1, m))/m", ["u", "r"]).insight({"x": X})
    assert "The solution needs" in str(width.normal_equations["r"])
    assert "with u from its own equation" in str(width.normal_equations["r"])
    assert "r = log(1/m Σᵢ₌₁ᵐ (xᵢ - u)²)/2" in str(width.closed_form) and r"\log" in width.closed_form.latex()
    assert pickle.loads(pickle.dumps(width)).closed_form.kind == "minimum"


NONE = [
    ("Sum(log(1 + exp(w*x[i])) - y[i]*w*x[i], (i, 1, m))", "w", {"x": X, "y": W}), ("exp(w) + w**2", "w", {}), ("w**4 + floor(w)", "w", {}),
    ("Sum(Abs(x[i] - u)/s + log(2*s), (i, 1, m))", "u s", {"x": X}), (BERNOULLI, "p", {"x": B * 0 + 1}), ("(a*b - 1)**2 + a**2", "a b", {}),
    ("Sum(r + (x[i] - u)**2*exp(-2*r)/2, (i, 1, m))/m", "u r", {"x": X * 0 + 1}), ("w*log(w) + w*a + sin(w)", "w", {"a": 1.0}),
    ("Sum(exp(b) - x[i]*b, (i, 1, m))", "b", {"x": -X}),
    ("Sum((w**2 - x[i])**2, (i, 1, m))", "w", {"x": X}), ("Sum((w**3 - x[i])**2, (i, 1, m))", "w", {"x": X}),  # 0 at w = 0, too
    ("Sum((w**2 + x[i])**2, (i, 1, m))", "w", {"x": X}), ("Sum(w**3 + x[i]*w, (i, 1, m))", "w", {"x": X}),
    ("log(p)**3/3 - a*log(p)", "p", {"a": 2.0}), ("Sum(x[i]*log(p) + x[i]*p**(3/2), (i, 1, m))", "p", {"x": X}),
    ("(p**2/2 - 2*p)*log(p) - p**2/4 + 2*p", "p", {}), ("sqrt(p**2 + 0) + 1/sqrt(p**2)", "p", {}), ("(p**2)**(1/2)*a - p", "p", {"a": 2.0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "data"), NONE, ids=[text[:40] for text, *_ in NONE])
def test_where_there_is_no_closed_form_none_is_told(text: str, names: str, data: Any) -> None:
    at = dict.fromkeys(names.split(), 0.5)
    assert gd.Cost(text, names.split()).insight(data, at=at).closed_form is None


def test_both_roots_are_told_where_the_cost_has_both() -> None:
    insight = gd.Cost("Sum(log(s**2)/2 + x[i]**2/(2*s**2), (i, 1, m))", ["s"]).insight({"x": X})
    root = float(np.sqrt((X**2).mean()))
    assert sorted(p.at[sympy.Symbol("s")] for p in insight.critical_points) == pytest.approx([-root, root])
    assert "2 points" in str(insight.closed_form) and "minus that solves it, too" in str(insight.normal_equations)


def test_an_array_of_roots_of_either_sign_is_no_one_point() -> None:
    cost = gd.Cost("Sum(w[k]**3/3 - a[k]*w[k], (k, 1, n))", ["w"])
    assert cost.insight({"a": [1.0, 2.0]}, at={"w": [1.0, 1.0]}).closed_form is None


@pytest.mark.parametrize(
    ("text", "names", "points"),
    [
        ("u**3/3 - a*u + v**3/3 - 4*a*v", "u v", [(-1, -2), (-1, 2), (1, -2), (1, 2)]),
        ("(u**3/3 - a*u)/v + log(v**2)/2", "u v", [(-1, 2 / 3), (1, -2 / 3)]),  # v is solved for with either u
        ("u**3/3 - 0*a*u + (a - 1)*u + v**2", "u v", [(0, 0)]),
    ],
)
def test_every_choice_of_roots_is_told(text: str, names: str, points: list[tuple[float, float]]) -> None:
    found = gd.Cost(f"{text} + Sum(x[i] - x[i], (i, 1, m))", names.split()).insight(
        {"a": 1.0, "x": X}, at={"u": 1, "v": 1}
    )
    at = sorted(tuple(p.at.values()) for p in found.critical_points)
    assert at == [pytest.approx(point) for point in points]
    assert str(found.closed_form).splitlines()[0].count(f"{len(points)} points") == (len(points) > 1)


def test_parameters_of_very_different_sizes_are_flat_in_no_direction() -> None:
    insight = gd.Cost("10**150*x**2 + y**2/10**150", ["x", "y"]).insight()
    assert insight.kind == "minimum" and insight.condition == pytest.approx(1e300) and "2e-150, 2e+150" in str(insight)
    assert (
        gd.Cost("10**150*x**2 + 0*y + (y - y)**2 + y**2*0 + (x + y)**2*0 + y**2/10**150", ["x", "y"]).insight().convex
    )
    assert gd.Cost("(x + y)**2", ["x", "y"]).insight().kind == "flat in some direction"
    assert gd.Cost("x**4 + y**2", ["x", "y"]).insight(at={"x": 0, "y": 0}).kind == "minimum"
