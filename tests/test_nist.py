"""Eight regressions of the NIST Statistical Reference Datasets (public domain): certified values, met as far as honest.

Each file holds the data, the model and the certified parameters and residual sum of squares.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import IndexedBase, Sum, Symbol, symbols

import gdsym as gd
from gdsym.curvature import hessian_by_differences

FOLDER = Path(__file__).parent / "data" / "nist"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
LINEAR = ["longley", "noint1", "norris", "pontius"]
i, j, m, n = symbols("i j m n", integer=True, positive=True)
X, y, v = IndexedBase("X"), IndexedBase("y"), IndexedBase("v")


class Regression:
    """1/m sum (model(x_i) - y_i)^2 with the model of the file."""

    def __init__(self, name: str) -> None:
        self.given = json.loads((FOLDER / f"{name}.json").read_text())
        self.params = [Symbol(p) for p in self.given["parameters"]]
        self.columns = {Symbol(c): IndexedBase(c) for c in self.given["variables"]}
        self.model = gd.read(self.given["model"]).to_sympy()
        self.data: dict[Any, Any] = {x: self.given["data"][x.name] for x in self.columns.values()}
        self.data |= {y: self.given["data"][self.given["response"]]}
        self.certified = dict(zip(self.params, map(float, self.given["certified"]), strict=True))

    def cost(self, model: Any = None, params: Any = None) -> gd.Cost:
        entries = {c: x[i] for c, x in self.columns.items()}
        model = self.model if model is None else model
        return gd.Cost(Sum((model.subs(entries) - y[i]) ** 2, (i, 1, m)) / m, params or self.params)

    @property
    def theta(self) -> Any:
        return np.array(list(self.certified.values()))


@cache
def regression(name: str) -> tuple[Regression, gd.Cost]:
    found = Regression(name)
    return found, found.cost()


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_zero_at_the_certified_values(name: str) -> None:
    """To the 11 digits that the nonlinear values have, exactly to rounding for the linear ones (recomputed exactly)."""
    r, cost = regression(name)
    bound = cost.compile().bind(r.data)
    size = np.abs(hessian_by_differences(bound.jac, r.theta)) @ np.abs(r.theta)
    assert (np.abs(bound.jac(r.theta)) <= (1e-14 if name in LINEAR else 1e-10) * size).all()
    count = len(r.data[y])
    assert bound.fun(r.theta) * count == pytest.approx(float(r.given["rss"]), rel=2e-10)
    moved = r.theta.copy()
    moved[-1] *= 1 + 1e-6  # planted: the seventh digit wrong
    assert (np.abs(bound.jac(moved)) > 1e-9 * size).any()


@pytest.mark.parametrize(("name", "digits"), [("longley", 10), ("noint1", 14), ("norris", 12), ("pontius", 11)])
def test_the_closed_form_minimiser_is_the_certified_one(name: str, digits: int) -> None:
    r, cost = regression(name)
    found = cost.insight(r.data).minimiser
    assert found is not None
    np.testing.assert_allclose([found[p] for p in r.params], r.theta, rtol=10.0**-digits)


def test_the_insight_says_that_raw_data_give_few_digits_and_scaled_ones_many() -> None:
    r, cost = regression("norris")
    raw = cost.insight(r.data)
    xs = np.array(r.data[next(iter(r.columns.values()))])
    scaled = cost.insight({"x": (xs - xs.mean()) / xs.std(), "y": r.data[y]})
    assert raw.condition == pytest.approx(7.3e5, rel=0.02) and raw.digits == pytest.approx(9.8, abs=0.1)
    assert scaled.condition == pytest.approx(1, abs=1e-9) and scaled.digits > 15.6
    assert regression("longley")[1].insight(regression("longley")[0].data).digits == 0


@pytest.mark.parametrize(("name", "claimed"), [("norris", 9.8), ("noint1", 15.7)])
def test_descent_on_raw_data_gives_at_least_the_digits_that_the_insight_claims(name: str, claimed: float) -> None:
    r, cost = regression(name)
    insight = cost.insight(r.data)
    low, top = insight.eigenvalues[[0, -1]]
    root = (np.sqrt(top / low) - 1) / (np.sqrt(top / low) + 1)
    how: Any = {"update": gd.Momentum(root**2), "learning_rate": (1 + root) ** 2 / top, "gtol": 0, "keep_every": 1000}
    run = cost.descend(dict.fromkeys(r.params, 0.0), r.data, maxiter=200 + int(60 * np.sqrt(insight.condition)), **how)
    error = np.linalg.norm(run.x - r.theta) / np.linalg.norm(r.theta)
    assert insight.digits == pytest.approx(claimed, abs=0.1)
    assert -np.log10(error + 1e-16) >= insight.digits - 0.3


def standardised(r: Regression) -> tuple[Any, Any, Any]:
    """Columns of the linear model without its constant, their means and spreads."""
    xs = {c: np.array(r.data[x]) for c, x in r.columns.items()}
    slopes = [sympy.diff(r.model, p) for p in r.params if sympy.diff(r.model, p) != 1]
    columns = np.column_stack([sympy.lambdify(list(xs), s)(*xs.values()) * np.ones(len(r.data[y])) for s in slopes])
    constant = len(slopes) < len(r.params)
    means = columns.mean(axis=0) if constant else np.zeros(columns.shape[1])
    return columns, means, np.sqrt(((columns - means) ** 2).mean(axis=0))


@pytest.mark.parametrize(("name", "digits"), [("longley", 7), ("noint1", 13), ("norris", 12), ("pontius", 8)])
def test_descent_on_standardised_columns_meets_the_certified_values(name: str, digits: int) -> None:
    """Centred, scaled, descended with momentum, and transformed back."""
    r, _ = regression(name)
    columns, means, spreads = standardised(r)
    target = np.array(r.data[y])
    shift = target.mean() if len(columns[0]) < len(r.params) else 0.0
    cost = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m, [v])
    data = {X: (columns - means) / spreads, y: target - shift}
    start = {v: np.zeros(columns.shape[1])}
    insight = cost.insight(data, start)
    low, top = insight.eigenvalues[[0, -1]]
    root = (np.sqrt(top / low) - 1) / (np.sqrt(top / low) + 1)
    rule = gd.Momentum(root**2)  # Polyak's best: (1 + root)^2 / lambda_max
    run = cost.descend(start, data, update=rule, learning_rate=(1 + root) ** 2 / top, maxiter=30_000, gtol=1e-12)
    assert run.success and "Quadratic cost" in run.message
    best = np.linalg.lstsq(data[X], data[y])[0]  # of the same standardised columns: what descent itself can reach
    reached = -np.log10(np.linalg.norm(run.params[v] - best) / np.linalg.norm(best) + 1e-16)
    assert reached >= insight.digits - 1.5  # gtol stops a little earlier
    slopes = run.params[v] / spreads
    found = slopes if len(slopes) == len(r.params) else np.array([shift - slopes @ means, *slopes])
    np.testing.assert_allclose(found, r.theta, rtol=10.0**-digits)


# name -> in which units the parameters move; from which digit on the certified values are met (they have 11)
CURVED: dict[str, Any] = {
    "Chwirut2": (lambda first: first, 10),
    "Misra1a": (lambda first: first, 10),
    "Eckerle4": (lambda first: np.array([first[0], first[1], first[1]]), 10),  # the place of the peak, in its widths
    "Thurber": (lambda first: first, 9),
}


def mixed(r: Regression, first: Any, S: Any) -> tuple[gd.Cost, Any]:
    """The cost in u, with theta = first + S u."""
    us = [Symbol(f"u{k}") for k in range(len(first))]
    theta = {p: first[k] + sum(S[k, q] * u for q, u in enumerate(us) if S[k, q]) for k, p in enumerate(r.params)}
    return r.cost(r.model.xreplace(theta), us), us


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", ["Chwirut2", "Eckerle4", "Misra1a", pytest.param("Thurber", marks=pytest.mark.slow)])
def test_descent_from_the_starts_of_nist_meets_the_certified_values(name: str, start: int) -> None:
    """Adam in scaled parameters comes near; then plain descent where the cost curves alike in all directions: S'H S = 1."""
    r, cost = regression(name)
    units, digits = CURVED[name]
    x = np.array(r.given["starts"][start])
    S, k, bound = np.diag(units(x)), Symbol("k"), cost.compile().bind(r.data)
    steps = 20_000 if name in ("Thurber", "Misra1a") else 5000
    near, us = mixed(r, x, S)
    how: Any = {
        "update": gd.Adam(epsilon=1e-30),
        "learning_rate": 0.05 / (1 + 10 * k / steps),
        "maxiter": steps,
        "gtol": 0,
    }
    x = x + S @ near.descend(dict.fromkeys(us, 0.0), r.data, **how).x
    for rate in ["backtracking", "backtracking", 0.9][0 if name == "Thurber" else 1 :]:
        units_now = np.diag(np.abs(x))
        H = hessian_by_differences(lambda u, D=units_now: D @ bound.jac(D @ u), np.linalg.solve(units_now, x))  # type: ignore[misc]
        values, vectors = np.linalg.eigh(H)
        S = units_now @ vectors / np.sqrt(np.maximum(np.abs(values), 1e-9 * values[-1]))
        here, us = mixed(r, x, S)
        run = here.descend(dict.fromkeys(us, 0.0), r.data, learning_rate=rate, maxiter=400, gtol=1e-14)
        x = x + S @ run.x
    np.testing.assert_allclose(x, r.theta, rtol=10.0**-digits)
    assert run.fun * len(r.data[y]) == pytest.approx(float(r.given["rss"]), rel=1e-10)
    reached = -np.log10(np.linalg.norm(x - r.theta) / np.linalg.norm(r.theta) + 1e-11)
    if name != "Thurber":  # its Hessian is long
        assert reached >= min(cost.insight(r.data, at=r.certified).digits, 10) - 0.3
