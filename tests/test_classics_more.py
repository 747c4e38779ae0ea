"""More classic functions, in n dimensions as sums, and more real data sets: each meets its published result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from sympy import IndexedBase, KroneckerDelta, Rational, Sum, Symbol, cos, exp, log, pi, sin, sqrt, symbols

import gdsym as gd

x, y, w, b = symbols("x y w b")
k = Symbol("k")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
t, X, Y, g, mu = (IndexedBase(letter) for letter in ("t", "X", "Y", "g", "mu"))
HALF = Rational(1, 2)
ONES = np.ones(5)


def total(body: Any, last: Any = n) -> Any:
    return Sum(body, (i, 1, last))


WEIGHTED = total(i * t[i] / 2)
ACKLEY = -20 * exp(-sqrt((x**2 + y**2) / 2) / 5) - exp((cos(2 * pi * x) + cos(2 * pi * y)) / 2) + 20 + exp(1)
# name -> cost, start, minimiser, minimum, how to descend, tolerance of the parameters
IN_N: dict[str, Any] = {
    "sphere": (total(t[i] ** 2), [3.0, -2, 1, 5, -4], 0 * ONES, 0, {"learning_rate": 0.4}, 1e-7),
    "Rosenbrock": (
        total(100 * (t[i + 1] - t[i] ** 2) ** 2 + (1 - t[i]) ** 2, n - 1), [-1.2, 1, -1.2, 1, 1], ONES, 0,
        {"learning_rate": "backtracking", "maxiter": 60_000}, 1e-4,
    ),
    "Zakharov": (total(t[i] ** 2) + WEIGHTED**2 + WEIGHTED**4, 0.5 * ONES, 0 * ONES, 0, {"learning_rate": 5e-4, "maxiter": 30_000}, 1e-6),
    "Dixon-Price": (
        (t[1] - 1) ** 2 + Sum(i * (2 * t[i] ** 2 - t[i - 1]) ** 2, (i, 2, n)), 0.8 * ONES,
        [2.0 ** -(1 - 2.0 ** (1 - p)) for p in range(1, 6)], 0, {"learning_rate": 0.01, "maxiter": 20_000}, 1e-5,
    ),
    "sum of powers": (
        total(t[i] ** (2 * i)), [0.9, -0.5], [0, 0], 0, {"learning_rate": 0.2, "maxiter": 100_000, "gtol": 1e-6}, 0.01,
    ),
    "sum of squares": (total(i * t[i] ** 2), [3.0, -2, 1, 5, -4], 0 * ONES, 0, {"learning_rate": 0.15}, 1e-7),
    "Trid": (
        total((t[i] - 1) ** 2) - Sum(t[i] * t[i - 1], (i, 2, n)), 0 * ONES, [p * (6 - p) for p in range(1, 6)], -30,
        {"learning_rate": 0.5}, 1e-5,
    ),
    "Styblinski-Tang": (
        total(t[i] ** 4 - 16 * t[i] ** 2 + 5 * t[i]) / 2, -2 * ONES, -2.903534027771 * ONES, -39.16616570377 * 5,
        {"learning_rate": 0.01}, 1e-8,
    ),
    "Rastrigin": (
        10 * n + total(t[i] ** 2 - 10 * cos(2 * pi * t[i])), [0.2, -0.3, 0.4, 0.1, -0.1], 0 * ONES, 0,
        {"learning_rate": 0.002}, 1e-8,
    ),
    "Griewank": (
        total(t[i] ** 2) / 4000 - cos(t[1]) * cos(t[2] / sqrt(2)) + 1, [1.0, -1.0], [0, 0], 0, {"learning_rate": 1}, 1e-5,
    ),
}  # fmt: skip
IN_TWO: dict[str, Any] = {
    "Ackley": (ACKLEY, (0.3, -0.2), (0, 0), 0, {"learning_rate": 0.1 / (1 + k / 5), "maxiter": 4000, "gtol": 0}, 1e-3),
    "drop wave": (
        -(1 + cos(12 * sqrt(x**2 + y**2))) / ((x**2 + y**2) / 2 + 2), (0.1, 0.1), (0, 0), -1, {"learning_rate": 0.01}, 1e-6,
    ),
    "Levy N.13": (
        sin(3 * pi * x) ** 2 + (x - 1) ** 2 * (1 + sin(3 * pi * y) ** 2) + (y - 1) ** 2 * (1 + sin(2 * pi * y) ** 2),
        (1.1, 0.9), (1, 1), 0, {"learning_rate": 0.004}, 1e-6,
    ),
    "Bohachevsky 2": (
        x**2 + 2 * y**2 - Rational(3, 10) * cos(3 * pi * x) * cos(4 * pi * y) + Rational(3, 10), (0.1, 0.1), (0, 0), 0,
        {"learning_rate": 0.02}, 1e-7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_N)
def test_in_n_dimensions(name: str) -> None:
    expr, start, minimiser, minimum, how, close = IN_N[name]
    run = gd.Cost(expr, [t]).descend({t: np.array(start, dtype=float)}, **{"gtol": 1e-7, "maxiter": 5000, **how})
    assert run.status == "converged", run.message
    np.testing.assert_allclose(run.params[t], minimiser, atol=close)
    assert run.fun == pytest.approx(minimum, abs=1e-6)


@pytest.mark.parametrize("name", IN_TWO)
def test_in_two_dimensions(name: str) -> None:
    expr, start, minimiser, minimum, how, close = IN_TWO[name]
    run = gd.Cost(expr, [x, y]).descend(
        dict(zip((x, y), start, strict=True)), **{"gtol": 1e-7, "maxiter": 20_000, **how}
    )
    assert run.status == ("max_steps" if name == "Ackley" else "converged"), run.message  # Ackley has a kink at 0
    np.testing.assert_allclose(run.x, minimiser, atol=close)
    assert run.fun == pytest.approx(minimum, abs=1e-3 if name == "Ackley" else 1e-9)


LINES: dict[str, Any] = {
    "Forbes 1857: pressure (in. Hg) by boiling point (F)": (
        [194.5, 194.3, 197.9, 198.4, 199.4, 199.9, 200.9, 201.1, 201.4, 201.3, 203.6, 204.6, 209.5, 208.6, 210.7, 211.9,
         212.2],
        [20.79, 20.79, 22.40, 22.67, 23.15, 23.35, 23.89, 23.99, 24.02, 24.01, 25.14, 26.57, 28.49, 27.76, 29.04, 29.88,
         30.06],
        -81.0637, 0.5229, 4,
    ),
    "Hubble 1929: velocity (km/s) by distance (Mpc)": (
        [0.032, 0.034, 0.214, 0.263, 0.275, 0.275, 0.45, 0.5, 0.5, 0.63, 0.8, 0.9, 0.9, 0.9, 0.9, 1.0, 1.1, 1.1, 1.4, 1.7,
         2.0, 2.0, 2.0, 2.0],
        [170, 290, -130, -70, -185, -220, 200, 290, 270, 200, 300, -30, 650, 150, 500, 920, 450, 500, 500, 960, 500, 850,
         800, 1090],
        -40.784, 454.158, 3,
    ),
}  # fmt: skip
LINE = gd.Cost(Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / m, [w, b])


@pytest.mark.parametrize("name", LINES)
def test_a_line_through_real_data(name: str) -> None:
    xs, ys, intercept, slope, digits = LINES[name]
    xs = np.array(xs)
    data = {X: (xs - xs.mean()) / xs.std(), Y: ys}
    run = LINE.descend({w: 0, b: 0}, data, learning_rate=LINE.insight(data).best_rate, gtol=1e-11)
    found = run.params[w] / xs.std()
    fit = [found, run.params[b] - found * xs.mean()]
    assert fit == pytest.approx([slope, intercept], abs=0.6 * 10.0**-digits)
    assert fit == pytest.approx(np.polyfit(xs, ys, 1), rel=1e-10)


def test_plant_growth_group_means() -> None:
    """Dobson 1983: dried weights of plants, control and two treatments; means 5.032, 4.661, 5.526."""
    weights = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14, 4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89,
               4.32, 4.69, 6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]  # fmt: skip
    model = Sum(KroneckerDelta(g[i], j) * mu[j], (j, 1, n))
    cost = gd.Cost(Sum((model - Y[i]) ** 2, (i, 1, m)) / m, [mu])
    run = cost.descend({mu: np.zeros(3)}, {g: np.repeat([1, 2, 3], 10), Y: weights}, learning_rate=1, gtol=1e-12)
    assert run.params[mu] == pytest.approx([5.032, 4.661, 5.526], abs=1e-10)


def test_sleep_mean_difference() -> None:
    """Student 1908: extra hours of sleep by two drugs on ten patients; mean difference 1.58."""
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    cost = gd.Cost(Sum((w - Y[i]) ** 2, (i, 1, m)) / m, [w])
    run = cost.descend({w: 0}, {Y: second - first}, learning_rate=0.3, gtol=1e-13)
    assert run.params[w] == pytest.approx(1.58, abs=1e-12)


def test_puromycin_michaelis_menten() -> None:
    """Treloar 1974 (Bates and Watts): V = 212.7, K = 0.06412, residual standard error 10.93 on 10 degrees."""
    dose = np.repeat([0.02, 0.06, 0.11, 0.22, 0.56, 1.10], 2)
    rate = np.array([76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200], dtype=float)
    cost = gd.Cost(Sum((100 * w * X[i] / (b / 10 + X[i]) - Y[i]) ** 2, (i, 1, m)) / (1000 * m), [w, b])
    run = cost.descend({w: 1, b: 1}, {X: dose, Y: rate}, learning_rate="backtracking", maxiter=20_000, gtol=1e-7)
    assert run.success and 100 * run.params[w] == pytest.approx(212.7, abs=0.06)
    assert run.params[b] / 10 == pytest.approx(0.06412, abs=6e-6)
    assert np.sqrt(run.fun * 12_000 / 10) == pytest.approx(10.93, abs=6e-3)
    fit, _ = scipy.optimize.curve_fit(lambda c, v, h: v * c / (h + c), dose, rate, p0=[200, 0.1])
    assert [100 * run.params[w], run.params[b] / 10] == pytest.approx(fit, rel=1e-5)


def test_dobson_poisson_regression() -> None:
    """Dobson 1990: counts by outcome and treatment; coefficients 3.0445, -0.4543, -0.2930, 0, 0."""
    counts = [18, 17, 15, 20, 10, 20, 25, 13, 12]
    rows = [[1, int(o == 2), int(o == 3), int(s == 2), int(s == 3)] for s in (1, 2, 3) for o in (1, 2, 3)]
    score = Sum(t[j] * X[i, j], (j, 1, n))
    cost = gd.Cost(Sum(exp(score) - Y[i] * score, (i, 1, m)) / m, [t])
    run = cost.descend({t: np.zeros(5)}, {X: rows, Y: counts}, learning_rate="backtracking", maxiter=20_000, gtol=1e-10)
    assert run.params[t] == pytest.approx([3.044522, -0.454255, -0.292987, 0, 0], abs=6e-7)


def test_a_softmax_of_three_counts_is_their_shares() -> None:
    """Mendel 1865, round-yellow to wrinkled-green: 315, 108, 101, 32 of 556 peas."""
    counts = np.array([315, 108, 101, 32])
    cost = gd.Cost(log(Sum(exp(t[j]), (j, 1, n))) - Sum(Y[j] * t[j], (j, 1, n)), [t])
    run = cost.descend({t: np.zeros(4)}, {Y: counts / 556}, learning_rate=2, maxiter=5000, gtol=1e-12)
    share = np.exp(run.params[t]) / np.exp(run.params[t]).sum()
    assert share == pytest.approx(counts / 556, abs=1e-10)
