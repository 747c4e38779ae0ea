"""Linear models with an unknown noise: the coefficients first, for any noise, then the noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd

i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, v, X, d = map(IndexedBase, ("x", "y", "v", "X", "d"))
s, tau, lam = symbols("s tau lam", positive=True)
A, B, C, t = symbols("A B C t")
residual = Sum(X[i, j] * v[j], (j, 1, n)) - y[i]
squares = Sum(residual**2, (i, 1, m))
parabola = Sum((A + B * x[i] + C * x[i] ** 2 - y[i]) ** 2, (i, 1, m))
rng = np.random.default_rng(5)
T = rng.normal(size=12)
ROWS = np.stack([np.ones(12), T, T**2], axis=1)
Y = ROWS @ [1.0, 2.0, -0.5] + 0.1 * rng.normal(size=12)
D = 1 + rng.random(12)


def fitted(weights: Any = 1.0) -> tuple[Any, float]:
    """NumPy's least squares, and the mean of the (weighted) squares that are left."""
    root = np.sqrt(weights) * np.ones(12)
    found = np.linalg.lstsq(ROWS * root[:, None], Y * root, rcond=None)[0]
    return found, float(np.mean(weights * (ROWS @ found - Y) ** 2))


CASES: dict[str, tuple[gd.Cost, dict[Any, Any], Any, Any]] = {
    "standard deviation": (gd.Cost(squares / (2 * s**2) + m * log(s), [v, s]), {X: ROWS, y: Y}, 1.0, lambda square: square**0.5),
    "precision": (gd.Cost(tau * squares / 2 - m * log(tau) / 2, [tau, v]), {X: ROWS, y: Y}, 1.0, lambda square: 1 / square),
    "log of the variance": (gd.Cost(exp(-t) * squares / 2 + m * t / 2, [v, t]), {X: ROWS, y: Y}, 1.0, np.log),
    "weights": (gd.Cost(Sum(d[i] * residual**2, (i, 1, m)) / (2 * s) + m * log(s) / 2, [v, s]), {X: ROWS, y: Y, d: D}, D, lambda square: square),
    "three letters": (gd.Cost(parabola / (2 * s**2) + m * log(s), [A, B, C, s]), {x: T, y: Y}, 1.0, lambda square: square**0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_against_least_squares(name: str) -> None:
    cost, data, weights, noise = CASES[name]
    found = cost.insight(data).closed_form
    assert found is not None and found.kind == "minimum"
    coefficients, square = fitted(weights)
    ours = [found.params[v]] if v in found.params else [[found.params[p] for p in (A, B, C)]]
    assert np.allclose(ours, [coefficients], rtol=1e-10)
    (letter,) = (p for p in found.params if p in (s, tau, t))
    assert found.params[letter] == pytest.approx(noise(square), rel=1e-10)
    assert found.error < 1e-10 and found.slope < 1e-9


def test_it_is_told_line_by_line() -> None:
    cost, data, _, _ = CASES["standard deviation"]
    found = cost.insight(data).closed_form
    lines = str(found).splitlines()
    assert "∂²J/∂vₖ∂s = -2/s · ∂J/∂vₖ: where that slope is 0, it is so for every s" in lines[1]
    assert any("s = √(1/m Σᵢ₌₁ᵐ (Σⱼ₌₁ⁿ vⱼ Xᵢⱼ - yᵢ)²)" in line for line in lines)
    assert found is not None and found.latex().count("aligned") == 2


@pytest.mark.parametrize("cost", [
    gd.Cost(squares / (2 * s**2) + m * log(s) + lam * Sum(v[j] ** 2, (j, 1, n)), [v, s]),  # what v is depends on s
    gd.Cost(Sum(log(1 + residual**2 / s), (i, 1, m)) + m * log(s), [v, s]),
])  # fmt: skip
def test_none_where_the_coefficients_depend_on_the_noise(cost: gd.Cost) -> None:
    data = {X: ROWS, y: Y, lam: 0.5} if cost.expr.has(lam) else {X: ROWS, y: Y}
    assert cost.insight(data).closed_form is None


def test_none_where_rows_do_not_tell_the_coefficients_or_no_noise_is_left() -> None:
    cost, data, _, _ = CASES["standard deviation"]
    assert cost.insight({**data, X: np.ones((12, 3))}).closed_form is None
    assert cost.insight({X: ROWS[:3], y: Y[:3]}).closed_form is None
