"""Last lines that a person would write: deviations, shares, limits, signs beside absolute values, common roots."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Max, Sum, cos, exp, log, sign, sin, sqrt, symbols

import gdsym as gd
from gdsym.writing.text import text

i, j, m, n, K = symbols("i j m n K", integer=True, positive=True)
k = symbols("k", integer=True)
a, t, mean = symbols("a t xbar")
x, y, v, z, mu = map(IndexedBase, ["x", "y", "v", "z", "mu"])
MEAN = Sum(x[j], (j, 1, m)) / m
TOTAL = Sum(exp(v[j]), (j, 1, K))


def last(d: gd.Derivation) -> str:
    assert d.check and all(step.check for step in d.steps)
    return text(d.steps[-1].line)


def said(d: gd.Derivation, at: int = -1) -> str:
    return "".join(part if isinstance(part, str) else text(part) for part in d.steps[at].reason)


def test_deviations_from_the_mean_add_up_to_0() -> None:
    d = gd.derive(Sum((x[i] - MEAN) ** 2, (i, 1, m)) / m, x)
    assert last(d) == "2 (xₖ - 1/m Σⱼ₌₁ᵐ xⱼ)/m"
    assert said(d) == "simplify: deviations from the mean add up to 0"
    named = gd.derive(Sum((x[i] - mean) ** 2, (i, 1, m)) / m, x, where={mean: MEAN})
    assert last(named) == "2 (xₖ - x̄)/m"
    weighed = gd.derive(Sum((x[i] - 2 * MEAN) ** 2, (i, 1, m)), x)  # no mean: stays
    assert "deviations" not in weighed.text()
    other = gd.derive(Sum((x[i] - Sum(x[j], (j, 1, n)) / n) ** 2, (i, 1, m)), x)  # over other entries
    assert "deviations" not in other.text()


def test_common_roots_stand_in_front_of_the_bracket() -> None:
    d = gd.derive(Sum(x[i] * y[i], (i, 1, n)) / (sqrt(Sum(x[i] ** 2, (i, 1, n))) * sqrt(Sum(y[i] ** 2, (i, 1, n)))), x)
    line = last(d)
    assert line.count("Σᵢ₌₁ⁿ xᵢ²") == 2 and line.endswith("/(√(Σᵢ₌₁ⁿ xᵢ²) √(Σᵢ₌₁ⁿ yᵢ²))")


def test_the_slope_of_a_mixture_by_its_weights_is_a_difference_of_shares() -> None:
    density = exp(-((x[i] - mu[j]) ** 2) / 2)
    d = gd.derive(-Sum(log(Sum(exp(v[j]) * density, (j, 1, K)) / TOTAL), (i, 1, m)), v)
    assert last(d).startswith("Σᵢ₌₁ᵐ (exp(vₖ)/(Σ[j=1..K] exp(vⱼ)) - exp(-(xᵢ - μₖ)²/2) exp(vₖ)/(Σ[j=1..K] ")
    assert said(d).startswith("simplify: Σᵢ₌₁ᵐ (pₖ - qᵢₖ) with pₖ = exp(vₖ)/(Σ[j=1..K] exp(vⱼ)) and qᵢₖ = ")
    chosen = gd.derive(-log(exp(v[1]) / TOTAL), v[k])
    assert last(chosen) == "exp(vₖ)/(Σ[j=1..K] exp(vⱼ)) - δ₁ₖ"


def test_a_condition_on_the_index_of_a_sum_becomes_its_limit() -> None:
    d = gd.derive(Sum((Sum(v[j], (j, 1, i)) - y[i]) ** 2, (i, 1, n)), v)
    assert last(d) == "2 Σᵢ₌ₖⁿ (Σⱼ₌₁ⁱ vⱼ - yᵢ)"
    assert said(d, -2) == "sum over an index: the terms with i < k are 0"
    assert last(gd.derive(Sum(exp(Sum(v[j], (j, i, n))), (i, 1, n)), v)) == "Σᵢ₌₁ᵏ exp(Σⱼ₌ᵢⁿ vⱼ)"
    assert last(gd.derive(Sum(y[i] * Sum(v[j], (j, 1, i - 1)), (i, 1, n)), v)) == "Σᵢ₌ₖ₊₁ⁿ yᵢ"
    assert last(gd.derive(Sum(v[i] * Sum(v[j], (j, 1, i)), (i, 1, n)), v)) == "Σⱼ₌₁ᵏ vⱼ + Σᵢ₌ₖⁿ vᵢ"
    assert last(gd.derive(Sum(Sum(v[j], (j, i, n)), (i, 1, n)), v)) == "k"
    lagged = gd.derive(Sum(y[i] * Sum(v[j], (j, i - 2, i)), (i, 3, n)), v)  # k may be 1: no limit of the sum
    assert "{1 if i - 2 ≤ k ≤ i; 0 otherwise}" in last(lagged)


def test_sums_with_a_moving_limit_have_the_right_numbers() -> None:
    cost = gd.Cost(Sum((Sum(v[j], (j, 1, i)) - y[i]) ** 2, (i, 1, n)), [v])
    at, data = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 4.0])
    residuals = np.cumsum(at) - data
    assert cost.compile().gradient({v: at}, {y: data})[v].tolist() == [2 * residuals[c:].sum() for c in range(3)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (t * Abs(t), "2 |t|"),
        (t**2 * Abs(t), "3t |t|"),
        (Abs(t) ** 3, "3t |t|"),
        (Abs(t) / t, "0"),
        (log(Abs(t)), "1/t"),
        (log(Abs(a - t**2)), "-2t/(a - t²)"),
        (t**2 * sign(t), "2 |t|"),
    ],
)
def test_signs_beside_absolute_values(body: object, expected: str) -> None:
    assert last(gd.derive(body, t)) == expected


@pytest.mark.parametrize("body", [log(Abs(t)), Abs(t) / t, 1 / Abs(t), log(Max(0, t)), Abs(t) * log(t)])
def test_no_convention_where_the_formula_has_no_value(body: object) -> None:
    d = gd.derive(body, t)
    assert d.notes == () and d.given != True  # noqa: E712


def test_the_convention_where_the_formula_has_a_value() -> None:
    for body in (Abs(t), log(1 + Abs(t)), sqrt(Abs(t)), Max(1, t) / (t - 2)):
        assert len(gd.derive(body, t).notes) == 1
    two = gd.derive(log(Abs(t)) + Abs(t - 1), t)
    assert next(text(part) for part in two.notes[0] if not isinstance(part, str)) == "t - 1"
    both = gd.derive(Sum(Abs(v[i]), (i, 1, n)) + Sum(log(Abs(v[i])), (i, 3, n)), v)
    assert both.notes  # |v_1| has a kink at 0, whatever the logarithms of the others say


@pytest.mark.parametrize(
    ("body", "expected", "reason"),
    [
        ((t**2 + 1) / (t**3 - t), "(1 - 4 t² - t⁴)/(t³ - t)²", "multiplied out, and like terms put together"),
        ((t - 1) / (t + 1) ** 3, "2 (2 - t)/(t + 1)⁴", "multiplied out, and like terms put together, factored"),
        (exp(t) / (t**2 - t), "(t² - 3t + 1) eᵗ/(t² - t)²", "eᵗ is a common factor"),
        ((t**2 - 1) / (t**3 + 2), "t (4 + 3t - t³)/(t³ + 2)²", "t is a common factor"),
        (sin(t) / (1 + cos(t)), "1/(1 + cos(t))", "sin(t)² + cos(t)² = 1"),
    ],
)
def test_quotients_end_as_on_paper_and_the_reason_says_how(body: object, expected: str, reason: str) -> None:
    d = gd.derive(body, t)
    assert last(d) == expected and reason in said(d)


def test_brackets_stay_closed_where_that_is_shorter() -> None:
    d = gd.derive(exp(-((x[1] - a) ** 2) / (2 * t**2)), (t, t))
    assert last(d) == "(x₁ - a)² ((x₁ - a)² - 3 t²) exp(-(x₁ - a)²/(2 t²))/t⁶"
    share = gd.derive(Sum(v[i] ** 2 / Sum(v[j], (j, 1, n)) ** 2, (i, 1, n)), v)
    assert last(share) == "2 (vₖ - 1/(Σⱼ₌₁ⁿ vⱼ) Σᵢ₌₁ⁿ vᵢ²)/(Σⱼ₌₁ⁿ vⱼ)²"


def test_new_brackets_begin_with_a_plus() -> None:
    assert last(gd.derive(exp(-(t**2) / 2) * sin(t), t)) == "exp(-t²/2) (cos(t) - t sin(t))"
    assert last(gd.derive(t / (t**2 + 1), (t, t))) == "2t (t² - 3)/(t² + 1)³"


def test_reasons_of_arithmetic_say_what_was_done() -> None:
    d = gd.derive(1 / (1 + exp(-t)), (t, t))
    reasons = [said(d, at) for at in range(len(d.steps)) if d.steps[at].rule.name == "simplify"]
    assert "simplify: signs are put in front and like factors are put together" in reasons
    assert not any("minus times minus" in reason or "factor 1" in reason for reason in reasons)


def test_a_maximum_beside_its_slope() -> None:
    d = gd.derive("Max(0, 1 - y*w)**2", "w")
    assert text(d.steps[-1].line) == "-2y max(0, 1 - y w)"
    assert "differentiable" not in d.text()  # it is, everywhere
    assert text(gd.derive("Min(0, x)**3", "x").steps[-1].line) == "3 min(0, x)²"
    kept = gd.derive("Max(0, x)**2 + Max(0, x)", "x")
    assert "not differentiable where x = 0" in kept.text()
    pole = gd.derive("Max(0, log(x))**2", "x")  # the slope of log x has no value where x = 0
    assert "otherwise" in text(pole.steps[-1].line)


def test_a_kink_that_is_smooth_in_the_whole_is_no_kink() -> None:
    for smooth in ("x*Abs(x)", "Abs(x)**3", "exp(Max(0, x)**2)"):
        assert "not differentiable" not in gd.derive(smooth, "x").text()
    for kink in ("Abs(x)", "Max(0, x)*y", "x*Abs(x) + Abs(x)", "Max(x, y)**2"):
        assert "not differentiable" in gd.derive(kink, "x").text()


def test_a_maximum_of_four_has_a_case_for_each_tie_and_no_indicators() -> None:
    d = gd.derive(Max(t * a, t**2, mean - t, 3), t)
    line = last(d)
    assert line.count(" if ") == 14 and "; 1 if " not in line and "{1 if" not in line
    assert all(piece in line for piece in ["2t if t² > 3", "(2t + a)/2 if t² = a t", "(2t + a - 1)/4 otherwise"])
    tie = {t: 2, a: 2, mean: 6}  # 4, 4, 4, 3
    assert float(d.result.subs(tie)) == 5 / 3  # the mean of 2, 4 and -1


def test_sums_cancel_whatever_their_index_is_called() -> None:
    p, w = IndexedBase("p"), IndexedBase("w")
    l = symbols("l", integer=True, positive=True)
    share = exp(p[k]) / Sum(exp(p[l]), (l, 1, n))
    cost = Sum(a * share * exp(w[k]) / Sum(exp(p[j]) / Sum(exp(p[l]), (l, 1, n)), (j, 1, n)), (k, 1, n))
    assert last(gd.derive(cost, w)) == "a exp(p[q]) exp(w[q])/(Σⱼ₌₁ⁿ exp(pⱼ))"


def test_an_exponential_leaves_a_bracket_only_with_its_total() -> None:
    """Alone it would overflow where the quotients that are left vanish."""
    p, w = IndexedBase("p"), IndexedBase("w")
    weights = Sum(exp(p[j]) * exp(w[j] * x[i]), (j, 1, n))
    d = gd.derive(Sum(y[k] * exp(p[k]) * exp(w[k] * x[i]) / weights, (i, 1, m), (k, 1, n)), w)
    assert not text(d.steps[-1].line).endswith(") exp(pₗ)") and not text(d.steps[-1].line).startswith("exp(pₗ) (")
