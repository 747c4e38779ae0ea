"""Twenty classic test functions and ten small real data sets: known minima, met by descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Rational, Sum, Symbol, cos, exp, log, pi, sin, sqrt, symbols

import gdsym as gd

x, y, z, t = symbols("x y z t")
w, b = symbols("w b")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
X, Y, V = IndexedBase("X"), IndexedBase("Y"), IndexedBase("V")
HALF = Rational(1, 2)

Q = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
BEALE = (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
BRANIN = (y - 5.1 / (4 * pi**2) * x**2 + 5 / pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10
GOLDSTEIN = (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)) * (
    30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
)
LEVY = sin(3 * pi * x) ** 2 + (x - 1) ** 2 * (1 + sin(3 * pi * y) ** 2) + (y - 1) ** 2 * (1 + sin(2 * pi * y) ** 2)
CAMEL = (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2
COLVILLE = (
    100 * (x**2 - y) ** 2 + (x - 1) ** 2 + (z - 1) ** 2 + 90 * (z**2 - t) ** 2
    + 10.1 * ((y - 1) ** 2 + (t - 1) ** 2) + 19.8 * (y - 1) * (t - 1)
)  # fmt: skip
POWELL = (x + 10 * y) ** 2 + 5 * (z - t) ** 2 + (y - 2 * z) ** 4 + 10 * (x - t) ** 4
WEIGHTED = HALF * x + y + Rational(3, 2) * z
TRID = (x - 1) ** 2 + (y - 1) ** 2 + (z - 1) ** 2 - x * y - y * z
TWO, FOUR = [x, y], [x, y, z, t]
STEEP: dict[str, Any] = {"learning_rate": "backtracking", "maxiter": 40_000}


def fixed(rate: float, maxiter: int = 40_000) -> dict[str, Any]:
    return {"learning_rate": rate, "maxiter": maxiter}


def adam(rate: float) -> dict[str, Any]:
    return {"learning_rate": rate, "update": "adam", "maxiter": 40_000}


# name -> cost, parameters, start, minimiser, minimum, how to descend, digits of the parameters
FUNCTIONS: dict[str, Any] = {
    "sphere": (x**2 + y**2 + z**2, [x, y, z], (3, -2, 1), (0, 0, 0), 0, fixed(0.4), 7),
    "Rosenbrock": ((1 - x) ** 2 + 100 * (y - x**2) ** 2, TWO, (-1.2, 1), (1, 1), 0, STEEP, 5),
    "Himmelblau": (Q, TWO, (4, 3), (3, 2), 0, fixed(0.01), 7),
    "Beale": (BEALE, TWO, (2, 0), (3, 0.5), 0, fixed(0.02), 5),
    "Booth": ((x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2, TWO, (0, 0), (1, 3), 0, fixed(0.1), 6),
    "Matyas": (0.26 * (x**2 + y**2) - 0.48 * x * y, TWO, (4, -3), (0, 0), 0, fixed(1.5), 4),
    "McCormick": (
        sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1, TWO, (0, 0),
        (0.5 - np.pi / 3, -0.5 - np.pi / 3), -np.sqrt(3) / 2 - np.pi / 3, fixed(0.2), 6,
    ),
    "three-hump camel": (2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2, TWO, (0.5, -0.5), (0, 0), 0, fixed(0.2), 6),
    "six-hump camel": (CAMEL, TWO, (0.1, -0.5), (0.0898420131, -0.7126564032), -1.0316284535, fixed(0.05), 6),
    "Styblinski-Tang": (
        ((x**4 - 16 * x**2 + 5 * x) + (y**4 - 16 * y**2 + 5 * y)) / 2, TWO, (-2, -3),
        (-2.9035340277, -2.9035340277), -78.3323314075, fixed(0.01), 7,
    ),
    "Goldstein-Price": (GOLDSTEIN, TWO, (0.1, -0.9), (0, -1), 3, fixed(5e-4), 7),
    "Levy N.13": (LEVY, TWO, (1.1, 0.9), (1, 1), 0, fixed(0.004), 6),
    "Easom": (-cos(x) * cos(y) * exp(-((x - pi) ** 2) - (y - pi) ** 2), TWO, (2.8, 3.5), (np.pi, np.pi), -1, fixed(0.3), 6),
    "Bohachevsky": (
        x**2 + 2 * y**2 - 0.3 * cos(3 * pi * x) - 0.4 * cos(4 * pi * y) + 0.7, TWO, (0.1, 0.1), (0, 0), 0, fixed(0.01), 6,
    ),
    "Branin": (BRANIN, TWO, (3, 2), (np.pi, 2.275), 5 / (4 * np.pi), fixed(0.03), 6),
    "Zakharov": (x**2 + y**2 + z**2 + WEIGHTED**2 + WEIGHTED**4, [x, y, z], (1, 1, 1), (0, 0, 0), 0, fixed(0.005), 6),
    "Dixon-Price": ((x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2, TWO, (1, 1), (1, np.sqrt(0.5)), 0, fixed(0.04), 5),
    "Colville (Wood)": (COLVILLE, FOUR, (0.8, 0.7, 0.9, 0.8), (1, 1, 1, 1), 0, STEEP, 4),
    "Powell singular": (POWELL, FOUR, (3, -1, 0, 1), (0, 0, 0, 0), 0, STEEP | {"gtol": 1e-4}, 1),
    "Trid": (TRID, [x, y, z], (0, 0, 0), (3, 4, 3), -7, fixed(0.5), 6),
    "Ackley-like well": (-exp(-(x**2) - y**2), TWO, (0.5, -0.4), (0, 0), -1, fixed(0.4), 6),
    "Adam on Rosenbrock": ((1 - x) ** 2 + 100 * (y - x**2) ** 2, TWO, (-1.2, 1), (1, 1), 0, adam(0.02), 4),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_derived_gradient_is_zero_at_the_known_minimum(name: str) -> None:
    expr, params, start, minimiser, minimum, _, _ = FUNCTIONS[name]
    code = gd.Cost(expr, params).compile()
    value, slope = code.value_and_gradient(dict(zip(params, minimiser, strict=True)))
    far = code.gradient(dict(zip(params, start, strict=True)))
    size = max(1.0, *(abs(g) for g in far.values()))
    exact = all(float(p) == round(float(p), 3) for p in minimiser)
    assert max(abs(g) for g in slope.values()) <= (1e-12 if exact else 1e-8) * size
    assert value == pytest.approx(minimum, abs=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_descent_finds_the_known_minimum(name: str) -> None:
    expr, params, start, minimiser, minimum, how, digits = FUNCTIONS[name]
    run = gd.Cost(expr, params).descend(dict(zip(params, start, strict=True)), **{"gtol": 1e-7, **how})
    assert run.status == "converged", run.message
    np.testing.assert_allclose(run.x, minimiser, atol=10.0**-digits)
    assert run.fun == pytest.approx(minimum, abs=1e-6)
    assert (np.diff(run.history.cost)[-3:] <= 1e-12).all()


ANSCOMBE_X = (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
CARS = {
    "speed": (4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15,
              15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25),
    "dist": (2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26,
             54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85),
}  # fmt: skip
WEIGHTS = (115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164)
# name -> x, y, intercept, slope, digits printed in the source
LINES: dict[str, Any] = {
    "women: heights and weights (World Almanac 1975)": (range(58, 73), WEIGHTS, -87.51666667, 3.45, 8),
    "Anscombe 1 (1973)": (
        ANSCOMBE_X, (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68), 3.0001, 0.5001, 4,
    ),
    "Anscombe 2": (
        ANSCOMBE_X, (9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74), 3.0009, 0.5000, 4,
    ),
    "Anscombe 3": (
        ANSCOMBE_X, (7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73), 3.0025, 0.4997, 4,
    ),
    "Anscombe 4": (
        (8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8), (6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89),
        3.0017, 0.4999, 4,
    ),
    "cars: speed and stopping distance (Ezekiel 1930)": (CARS["speed"], CARS["dist"], -17.5791, 3.9324, 4),
}  # fmt: skip
LINE = gd.Cost(Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / m, [w, b])


@pytest.mark.parametrize("name", LINES)
def test_a_line_through_real_data(name: str) -> None:
    """Centred, descended at the best rate, and shifted back: the published fit."""
    xs, ys, intercept, slope, digits = LINES[name]
    xs, ys = np.array(xs, dtype=float), np.array(ys, dtype=float)
    data = {X: (xs - xs.mean()) / xs.std(), Y: ys}
    rate = LINE.insight(data).best_rate
    run = LINE.descend({w: 0, b: 0}, data, learning_rate=rate, gtol=1e-12)
    found = run.params[w] / xs.std()
    assert found == pytest.approx(slope, abs=0.6 * 10.0**-digits)
    assert run.params[b] - found * xs.mean() == pytest.approx(intercept, abs=0.6 * 10.0**-digits)
    assert [found, run.params[b] - found * xs.mean()] == pytest.approx(np.polyfit(xs, ys, 1), rel=1e-11)


def test_michelson_and_newcomb_like_means_are_the_minimum_of_squares() -> None:
    """Darwin's 15 differences of crossed and self-fertilised maize (eighths of an inch): mean 20.93."""
    ys = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    run = gd.Cost(Sum((w - Y[i]) ** 2, (i, 1, m)) / m, [w]).descend({w: 0}, {Y: ys}, learning_rate=0.4, gtol=1e-12)
    assert run.params[w] == pytest.approx(314 / 15, rel=1e-13)


def test_the_median_is_the_minimum_of_absolute_errors() -> None:
    """The same differences: median 24, with a decaying rate."""
    ys = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    k = Symbol("k")
    cost = gd.Cost(Sum(abs(w - Y[i]), (i, 1, m)) / m, [w])
    run = cost.descend({w: 0}, {Y: ys}, learning_rate=30 / sqrt(k + 1), maxiter=20_000, gtol=0)
    assert run.params[w] == pytest.approx(24, abs=0.05)


def test_challenger_o_rings_logistic() -> None:
    """23 shuttle flights (Dalal, Fowlkes and Hoadley 1989): distress against temperature, 15.0429 - 0.2322 t."""
    warm = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58]
    distress = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    xs = np.array(warm, dtype=float)
    score = w * X[i] + b
    cost = gd.Cost(Sum(log(1 + exp(score)) - Y[i] * score, (i, 1, m)) / m, [w, b])
    data = {X: (xs - xs.mean()) / xs.std(), Y: distress}
    run = cost.descend({w: 0, b: 0}, data, learning_rate=3, maxiter=5000, gtol=1e-12)
    slope = run.params[w] / xs.std()
    assert slope == pytest.approx(-0.2322, abs=6e-5)
    assert run.params[b] - slope * xs.mean() == pytest.approx(15.0429, abs=6e-5)


def test_bliss_beetles_logistic() -> None:
    """Bliss (1935): beetles killed by eight doses of carbon disulphide; logit -60.717 + 34.270 dose."""
    dose = np.array([1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839])
    total = np.array([59, 60, 62, 56, 63, 59, 62, 60])
    killed = np.array([6, 13, 18, 28, 52, 53, 61, 60])
    score = w * X[i] + b
    cost = gd.Cost(Sum(V[i] * log(1 + exp(score)) - Y[i] * score, (i, 1, m)) / 481, [w, b])
    data = {X: (dose - dose.mean()) / dose.std(), V: total, Y: killed}
    run = cost.descend({w: 0, b: 0}, data, learning_rate=3, maxiter=20_000, gtol=1e-12)
    slope = run.params[w] / dose.std()
    assert slope == pytest.approx(34.270, abs=6e-4)
    assert run.params[b] - slope * dose.mean() == pytest.approx(-60.717, abs=6e-4)


def test_horse_kicks_poisson_rate_is_the_mean() -> None:
    """Bortkiewicz (1898): deaths by horse kick in 200 corps-years, 0.61 a year on average."""
    deaths, years = [0, 1, 2, 3, 4], [109, 65, 22, 3, 1]
    cost = gd.Cost(Sum(V[i] * (exp(w) - Y[i] * w), (i, 1, m)) / 200, [w])
    run = cost.descend({w: 0}, {V: years, Y: deaths}, learning_rate=1, gtol=1e-13)
    assert np.exp(run.params[w]) == pytest.approx(0.61, rel=1e-12)


def test_stack_loss_three_columns() -> None:
    """Brownlee (1965): 21 days of an ammonia plant; -39.9197 + 0.7156 air + 1.2953 water - 0.1521 acid."""
    air = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
    water = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
    acid = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
    loss = np.array([42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15], dtype=float)
    rows = np.column_stack([air, water, acid]).astype(float)
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    cost = gd.Cost(Sum((Sum(V[j] * X[i, j], (j, 1, n)) + b - Y[i]) ** 2, (i, 1, m)) / m, [V, b])
    data, start = {X: (rows - mean) / spread, Y: loss}, {V: np.zeros(3), b: 0}
    run = cost.descend(start, data, learning_rate=cost.insight(data, start).best_rate, gtol=1e-12)
    slopes = run.params[V] / spread
    assert slopes == pytest.approx([0.7156, 1.2953, -0.1521], abs=6e-5)
    assert run.params[b] - slopes @ mean == pytest.approx(-39.9197, abs=6e-5)
