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
    low, top = cost.insight(data, start).eigenvalues[[0, -1]]
    root = (np.sqrt(top / low) - 1) / (np.sqrt(top / low) + 1)
    rule = gd.Momentum(root**2)  # Polyak's best: (1 + root)^2 / lambda_max
    run = cost.descend(start, data, update=rule, learning_rate=(1 + root) ** 2 / top, maxiter=30_000, gtol=1e-12)
    assert run.success and "Quadratic cost" in run.message
    slopes = run.params[v] / spreads
    found = slopes if len(slopes) == len(r.params) else np.array([shift - slopes @ means, *slopes])
    np.testing.assert_allclose(found, r.theta, rtol=10.0**-digits)


@pytest.mark.parametrize(
    ("name", "digits"),
    [("Chwirut2", 8), ("Eckerle4", 9), ("Misra1a", 8), pytest.param("Thurber", 7, marks=pytest.mark.slow)],
)
def test_descent_meets_the_certified_values_of_curved_models(name: str, digits: int) -> None:
    """From 1 % beside, in directions in which the cost curves alike: theta = theta_0 + S u with S'H S = 1."""
    r, cost = regression(name)
    first = r.theta * (1 + (0.001 if name == "Thurber" else 0.01) * (-1.0) ** np.arange(len(r.params)))
    scale, bound = np.diag(np.abs(first)), cost.compile().bind(r.data)
    H = hessian_by_differences(lambda u: scale @ bound.jac(scale @ u), np.linalg.solve(scale, r.theta))
    values, vectors = np.linalg.eigh(H)
    round_enough = values[-1] < 100 * values[0]
    S = scale if round_enough else scale @ vectors / np.sqrt(values)
    rate = 2 / (values[0] + values[-1]) if round_enough else 0.9
    us = [Symbol(f"u{k}") for k in range(len(r.params))]
    mixed = {p: first[k] + sum(S[k, q] * u for q, u in enumerate(us) if S[k, q]) for k, p in enumerate(r.params)}
    run = r.cost(r.model.xreplace(mixed), us).descend(
        dict.fromkeys(us, 0.0), r.data, learning_rate=rate, maxiter=400, gtol=1e-14
    )
    found = first + S @ run.x
    np.testing.assert_allclose(found, r.theta, rtol=10.0**-digits)
    assert run.fun * len(r.data[y]) == pytest.approx(float(r.given["rss"]), rel=1e-10)
