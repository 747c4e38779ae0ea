"""Numbers at the ends of the floats: weights that are 0, log-rates past 709, densities to the n-th power; bare numbers."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from once import code_of
from sympy import Expr, IndexedBase, Product, Rational, Sum, atan, cosh, erf, exp, log, pi, sin, sinh, sqrt, symbols
from tools import needs

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, z, w, M, W, A = map(IndexedBase, ("x", "y", "z", "w", "M", "W", "A"))
u, s = symbols("u s", real=True)


def both(cost: Expr, values: dict[Any, Any], data: dict[Any, Any]) -> tuple[float, dict[Any, Any]]:
    return code_of(cost, values).value_and_gradient(values, data)


def test_a_term_of_weight_0_is_left_out_however_large_it_is() -> None:
    cost = -Sum(log(Sum(M[i, j] * exp(z[j]), (j, 1, n))), (i, 1, m))
    value, slope = both(cost, {z: [1000.0, 0, -1000]}, {M: [[0, 1, 1], [2, 0, 1], [0, 0, 3]]})
    assert value == pytest.approx(-log(2).n() - math.log(3), rel=1e-14)
    assert slope[z].tolist() == [-1, -1, -1]


def test_weights_of_each_entry() -> None:
    cost = -Sum(log(Sum(M[i, j] * exp(W[i, j]), (j, 1, n))), (i, 1, m))
    value, slope = both(cost, {W: [[1000.0, 0, -1000], [0, 800, 800]]}, {M: [[0, 1, 1], [3, 0, 0]]})
    assert value == pytest.approx(-math.log(3), rel=1e-14)
    assert slope[W].tolist() == [[0, -1, 0], [-1, 0, 0]]


def test_attention_with_a_mask() -> None:
    share = M[i, j] * exp(W[i, j]) / Sum(M[i, k] * exp(W[i, k]), (k, 1, n))
    cost = Sum((y[i] - Sum(share * x[j], (j, 1, n))) ** 2, (i, 1, m))
    value, slope = both(cost, {W: [[1000.0, 0, 0]]}, {M: [[0, 1, 1]], x: [5, 1, 2], y: [0]})
    assert value == 2.25
    assert slope[W].tolist() == [[0, -0.75, 0.75]]


def test_a_component_of_weight_0() -> None:
    cost = -Sum(log(Sum(w[k] * exp(-((x[i] - z[k]) ** 2) / 2), (k, 1, K))), (i, 1, m))
    value, slope = both(cost, {z: [200.0, 0]}, {w: [0, 1], x: [200, 199]})
    assert value == (200**2 + 199**2) / 2
    assert slope[z].tolist() == [0, -399]


def test_a_row_of_zeros_has_no_logarithm() -> None:
    value, _ = both(-Sum(log(Sum(M[i, j] * exp(z[j]), (j, 1, n))), (i, 1, m)), {z: [1.0, 2]}, {M: [[0, 0]]})
    assert value == math.inf


def test_complementary_log_log() -> None:
    """The residual y - p is exp(-e^z) at y = 1: not what is left of 1 - 1."""
    cost = -Sum(y[i] * log(1 - exp(-exp(s * x[i]))) - (1 - y[i]) * exp(s * x[i]), (i, 1, m))
    for at in (-1.0, 0.5, 3.0):
        e = math.exp(at)
        value, slope = both(cost, {s: at}, {x: [1], y: [1]})
        assert value == pytest.approx(-math.log(-math.expm1(-e)) if e < 0.7 else -math.log1p(-math.exp(-e)), rel=1e-14)
        assert slope[s] == pytest.approx(-e / math.expm1(e), rel=1e-14)
        assert both(cost, {s: at}, {x: [1], y: [0]})[1][s] == pytest.approx(e, rel=1e-14)
    assert both(cost, {s: 720.0}, {x: [1, 0], y: [1, 0]}) == (1.0, {s: 0.0})


@pytest.mark.parametrize(
    ("form", "at", "value", "slope"),
    [
        (u - sin(u), 1e150, 1e150, 1 - math.cos(1e150)), (u - sin(u), 1e-300, 0, 0), (sinh(u) - u, 1e-120, 0, 0),
        (u - log(1 + u), 1e200, 1e200, 1), ((1 - log(1 + u) / u), 1e300, 1, 0),
        (log(sinh(u)), 1000, 1000 - math.log(2), 1), (log(sinh(u)), 1e-300, -690.7755278982137, 1e300),
        (log(cosh(u) - 1), -3000, 3000 - math.log(2), -1),
    ],
)  # fmt: skip
def test_far_out(form: Expr, at: float, value: float, slope: float) -> None:
    ours, slopes = both(form, {u: at}, {})
    assert ours == pytest.approx(value, rel=1e-14)
    assert slopes[u] == pytest.approx(slope, rel=1e-14)
    over = Sum(form.subs(u, s * x[i]), (i, 1, m))
    ours, slopes = both(over, {s: 1.0}, {x: [at]})
    assert ours == pytest.approx(value, rel=1e-14)
    assert slopes[s] == pytest.approx(slope * at, rel=1e-14)


def test_a_scale_to_the_power_of_the_number_of_samples() -> None:
    data = np.arange(3000.0) / 1000
    square = float(((data - 1) ** 2).sum())
    value = 3000 * math.log(math.sqrt(2 * math.pi) * 1e-3) + square / 2e-6
    slope = 3000 / 1e-3 - square / 1e-9
    scale = 1 / sqrt(2 * pi * s**2)
    bell = Product(scale * exp(-((x[i] - u) ** 2) / (2 * s**2)), (i, 1, m))
    whole = scale**m * exp(-Sum((x[i] - u) ** 2, (i, 1, m)) / (2 * s**2))
    for likelihood in (bell, whole):
        ours, slopes = both(-log(likelihood), {s: 1e-3, u: 1.0}, {x: data})
        assert ours == pytest.approx(value, rel=1e-13)
        assert slopes[s] == pytest.approx(slope, rel=1e-13)


def test_a_mixture_in_three_hundred_dimensions() -> None:
    bell = exp(-Sum((A[i, j] - W[k, j]) ** 2, (j, 1, n)) / (2 * s**2)) / sqrt(2 * pi * s**2) ** n
    cost = -Sum(log(Sum(bell, (k, 1, K))), (i, 1, m))
    value, slope = both(cost, {s: 1e-3, W: [[1.0] * 300, [0.0] * 300]}, {A: [[1.001] * 300]})
    assert value == pytest.approx(300 * math.log(math.sqrt(2 * math.pi) * 1e-3) + 150, rel=1e-10)
    assert slope[s] == pytest.approx(300 / 1e-3 - 300 * 0.001**2 / 1e-9, abs=1e-4)
    assert slope[W][0] == pytest.approx([-1000.0] * 300, rel=1e-10)


HALF = Rational(1, 2)
PROBIT = -Sum(
    y[i] * log((1 + erf(s * x[i] / sqrt(2))) / 2) + (1 - y[i]) * log((1 - erf(s * x[i] / sqrt(2))) / 2), (i, 1, m)
)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_probit(engine: str) -> None:
    """The log of Phi(-z), also where Phi(-z) is below the floats, and phi over Phi."""
    needs(engine)
    code = code_of(PROBIT, [s], engine)
    for at in (-1000.0, -12.0, -11.3, -8.0, -5.0, -0.5, 0.0, 1e-12, 0.5, 5.0, 8.0, 11.3, 11.4, 26.0, 40.0, 1000.0):
        value, slope = code.value_and_gradient({s: at}, {x: [1.0], y: [0.0]})
        turned, falls = code.value_and_gradient({s: -at}, {x: [1.0], y: [1.0]})
        with mpmath.workdps(60):
            z = mpmath.mpf(at) / mpmath.sqrt(2)
            right = -mpmath.log(mpmath.erfc(z) / 2) if at > -30 else mpmath.erfc(-z) / 2
            ratio = mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-z * z) / mpmath.erfc(z)
        assert [value, turned] == pytest.approx([float(right)] * 2, rel=4e-14, abs=0)  # sqrt 2 is rounded
        assert [slope[s], -falls[s]] == pytest.approx([float(ratio)] * 2, rel=4e-14, abs=1e-300)


def test_cauchit_far_out() -> None:
    value, slope = both(-log(HALF - atan(u) / pi), {u: 1e10}, {})
    assert value == pytest.approx(math.log(math.pi) + math.log(1e10), rel=1e-14)
    assert slope[u] == pytest.approx(1e-10, rel=1e-5)
    assert both(-log(HALF + atan(u) / pi), {u: -1e10}, {})[0] == pytest.approx(value, rel=1e-14)


def test_an_ordinal_logit() -> None:
    """The difference of two shares of the same logit."""

    def share(z: Expr) -> Expr:
        return 1 / (1 + exp(-z))

    cost = -Sum(log(share(u + exp(s) - w[1] * x[i]) - share(u - w[1] * x[i])), (i, 1, m))
    for at in (-1000.0, -40.0, 0.0, 40.0, 1000.0):
        value, slope = both(cost, {u: 0.0, s: -20.0, w: [1.0]}, {x: [at]})
        with mpmath.workdps(1000):
            d, e = mpmath.exp(-20), mpmath.exp
            right = -mpmath.log(1 / (1 + e(at - d)) - 1 / (1 + e(at)))
        assert value == pytest.approx(float(right), rel=1e-14)
        if abs(at) < 700:
            assert slope[s] == pytest.approx(-1, rel=1e-8)


def test_sums_that_share_no_index_are_scaled_apart() -> None:
    cost = -log(Sum(Sum(exp(z[k] * x[1]) * exp(w[j] * x[2]) * exp(z[k]) * exp(w[j]), (j, 1, n)), (k, 1, K)))
    value, slope = both(cost, {z: [1000.0, 0], w: [-1000, -2000.0]}, {x: [1.0, 0.5]})
    assert value == -500.0
    assert [slope[z].tolist(), slope[w].tolist()] == [[-2, 0], [-1.5, 0]]


def test_the_mean_of_a_spin() -> None:
    value, slope = both(log(exp(u * x[1]) + exp(-u * x[1])), {u: 1000.0}, {x: [2.0]})
    assert (value, slope[u]) == (2000.0, 2.0)


def test_the_free_energy_of_a_mode() -> None:
    value, _ = both(Sum(log(1 - exp(-exp(u) * x[i])), (i, 1, m)), {u: -1000.0}, {x: [2.0, 1.0]})
    assert value == pytest.approx(-2000 + math.log(2), rel=1e-14)


def test_zero_inflated_counts_far_out() -> None:
    """(1 - y) times a bracket that is infinite is 0 where y is 1."""
    cost = -Sum(y[i] * u - (1 - y[i]) * (u * x[i] - exp(u * x[i])), (i, 1, m))
    assert both(cost, {u: 1000.0}, {x: [1.0], y: [1]})[0] == -1000
