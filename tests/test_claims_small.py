"""Claims that are wrong by very little, or of formulas that have no value: a tolerance must not make them right."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, Heaviside, Max, Piecewise, Rational, Symbol, cos, exp, log, sin, symbols

import gdsym as gd

x, y = symbols("x y")
p = Symbol("p", positive=True)
TINY = Rational(1, 10**15)
TOWER = x**x * (log(x) + 1)

WRONG: dict[str, tuple[Any, Any]] = {
    "a term": (x**2, 2 * x + TINY),
    "a term beyond a switch": (sin(x) * y, cos(x) * y + TINY * Heaviside(x - 1)),
    "a slope beyond a switch": (exp(x), exp(x) + TINY**2 * Max(0, x - 3)),
    "a term beside what is huge": (x**x, TOWER + Piecewise((1, x > 50), (0, True))),
    "a step beside what is huge": (exp(x), exp(x) + Heaviside(x - 80)),
    "a factor beyond a million": (x * exp(x * y), (1 + x * y) * exp(x * y) * (1 + Piecewise((1, y < -(10**6)), (0, True)))),
    "a factor between two thin lines": (Max(0, x * y + p), Piecewise((0, x * y + p < 0), (y, x * y + p > 0), (y / 2, True)) * (1 + Piecewise((1, (p < x) & (x < p + Rational(1, 1000))), (0, True)))),
    "nothing far out": (exp(-(x**2)), -2 * x * exp(-(x**2)) * Heaviside(50 - Abs(x), 0)),
    "nothing far out, beside 1": (1 + exp(-(x**2)), -2 * x * exp(-(x**2)) * Heaviside(50 - Abs(x), 0)),
    "beside a kink": (Abs(x) * x, 2 * Abs(x) + TINY * Heaviside(x - 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_small_mistake_is_a_mistake(name: str) -> None:
    expr, claim = WRONG[name]
    verdict = gd.check(expr, x, claim)
    assert not verdict.ok and verdict.factor is None
    assert verdict.counterexample is not None and "wrong" in verdict.message


def test_a_factor_near_1_is_a_factor() -> None:
    near = 1 + Rational(1, 10**13)
    assert gd.check(sin(x), x, cos(x) * near).factor == near
    assert gd.check(x**2, x, 2 * x * near).factor == near
    assert gd.check(x**2, x, 2 * x).ok


def test_the_numbers_are_printed_with_the_digits_that_differ() -> None:
    message = gd.check(exp(p), p, exp(p) + Heaviside(p - 80)).message
    theirs, mine = message.split("yours ")[1].split(", the derivative ")
    assert theirs != mine


def test_conventions_at_kinks_that_cancel_are_no_mistake_yet() -> None:
    """At 0 the derived line says 1/2 + 1/2; the claim is what the difference quotients tend to."""
    assert gd.check(Max(0, x) - Max(0, -x), x, 1).ok
    assert not gd.check(Max(0, x) - Max(0, -x), x, 1 + TINY).ok


@pytest.mark.parametrize(("expr", "claim"), [("log(x) + log(-x)", "2/x"), ("sqrt(x - 1)*sqrt(-x)", "1")])
def test_a_claim_about_a_formula_without_a_value_is_not_right(expr: str, claim: str) -> None:
    """log(x) + log(-x) is real nowhere; 2/x was right."""
    verdict = gd.check(expr, "x", claim)
    assert not verdict.ok and verdict.factor is None


def test_a_narrow_bump_is_a_mistake_and_no_polynomial() -> None:
    """Cancelling and factoring e^(-10^6 (y - 5)^2), written out, did not come to an end."""
    verdict = gd.check((x - y) ** 2, x, 2 * (x - y) * (1 + exp(-(10**6) * (y - 5) ** 2)))
    assert not verdict.ok and verdict.counterexample is not None


def test_a_factor_is_looked_for_where_the_cost_is_0_at_some_points() -> None:
    """A hinge is 0 where all margins are wide: that says nothing of a factor, and was a ZeroDivisionError."""
    cost = "lam*Sum(Max(0, 1 - y[i]*(w*x[i] + b)), (i, 1, m))"
    slope = "-lam*Sum(y[i]*x[i]*Heaviside(1 - y[i]*(w*x[i] + b), 1/2), (i, 1, m))"
    assert gd.check(cost, "w", f"2*{slope}").factor == 2
    assert gd.check(cost, "w", f"{slope}/lam").factor == 1 / Symbol("lam")
    wrong = gd.check(cost, "w", f"{slope}*(1 + Piecewise((1, b > 1), (0, True)))")
    assert not wrong.ok and wrong.factor is None and wrong.counterexample is not None


@pytest.mark.parametrize(
    ("expr", "claim"),
    [
        ("x**2/6", "0.333333333333*x"),
        ("0.05*x**2", "0.1000000000001*x"),
        ("x**3", "3*x**2.0000000001"),
        ("sqrt(2)*x", "1.414213562373"),
        ("E*x", "2.718281828459145"),
        ("max(0, x - 1/3)", "Heaviside(x - 0.333333333333, 1/2)"),
    ],
)
def test_a_decimal_is_what_it_says(expr: str, claim: str) -> None:
    """All but the last were right, as they are off by less than 1e-12."""
    verdict = gd.check(expr, "x", claim)
    assert not verdict.ok and verdict.factor != 1


@pytest.mark.parametrize(
    ("expr", "claim"),
    [
        (x**2 / 6, "0.3333333333333333*x"),
        (x**2 / 6 - x * y, x * (1 / 3) - y),
        (x**2 / 2 - 3 * x * y, x * (1 / 31) * 31 - y * 0.1 * 30),
        (x * Abs(x) / 3 + x * y, Abs(x) * (2 / 3) + y),
        ("0.05*x**2", "x*0.30000000000000004/3"),
        ("sqrt(2)*x", "1.41421356237309"),
        ("E*x", "2.71828182845904523536"),
        ("x**(1/3)", "0.3333333333333333*x**(-0.6666666666666666)"),
        ("max(0, x - 1/3)", "Heaviside(x - 0.3333333333333333, 1/2)"),
    ],
)
def test_a_decimal_of_fifteen_digits_was_rounded(expr: Any, claim: Any) -> None:
    assert gd.check(expr, x, claim).ok


def test_rounding_is_no_counterexample_and_no_factor() -> None:
    assert gd.check(x**2 / 6, x, x * (2 / 3)).factor == 2
    found = gd.check(x**2 / 6 + Max(0, x - 7) ** 2, x, x * (1 / 3)).counterexample
    assert found is not None and found[x] > 7


@pytest.mark.parametrize("bound", ["1e-6", "1e-12"])
def test_a_mask_of_pre_activations_ends_at_0(bound: str) -> None:
    """What is compared is a sum: that it can be moved to 0, and between 0 and the bound, was not seen."""
    u = "Sum(w[j]*X[i, j], (j, 1, n))"
    cost = f"Sum(max(0, {u}), (i, 1, m))"
    assert gd.check(cost, "w[k]", f"Sum(X[i, k]*Piecewise((1, {u} > 0), (0, True)), (i, 1, m))").ok
    assert not gd.check(cost, "w[k]", f"Sum(X[i, k]*Piecewise((1, {u} > {bound}), (0, True)), (i, 1, m))").ok


@pytest.mark.parametrize("where", ["x[1] > 1000", "x[2] > 1000000", "w < -1000000", "b > 10**5"])
def test_where_a_cost_is_too_small_to_be_told_from_0_it_has_a_value(where: str) -> None:
    """The log of 1 - 1/(1 + e^-1000) counted as undefined, and any claim as right there."""
    z = "(1 + exp(-w*x[i] - b))"
    cost = f"-Sum(y[i]*log(1/{z}) + (1 - y[i])*log(1 - 1/{z}), (i, 1, m))"
    slope = f"Sum((1/{z} - y[i])*x[i], (i, 1, m))"
    assert gd.check(cost, "w", slope).ok
    assert not gd.check(cost, "w", f"{slope}*(1 + Piecewise((1, {where}), (0, True)))").ok


@pytest.mark.parametrize("size", [TINY, TINY**3, 1 / TINY, 10**25])
def test_a_kink_is_one_at_every_scale(size: Any) -> None:
    """Slopes of 1e-15 and -1e-15 counted as equal: another convention there was wrong."""
    assert gd.check(size * Abs(x), x, size * Piecewise((1, x >= 0), (-1, True))).kink == {x: 0}
    assert gd.check(size * Max(0, x), x, size * Heaviside(x, 0)).ok
    assert not gd.check(size * Max(0, x), x, size * Heaviside(x, 2)).ok
    assert gd.check(size * (Max(0, x) - Max(0, -x)), x, size).ok
    bent = gd.check(size * x * Abs(x), x, size * (2 * Abs(x) + Piecewise((1, x**2 <= 0), (0, True))))
    assert not bent.ok and bent.counterexample == {x: 0}
    assert gd.check(
        exp(-(x**2)) * Abs(x - 7), x, exp(-(x**2)) * (Piecewise((1, x >= 7), (-1, True)) - 2 * x * Abs(x - 7))
    ).ok


@pytest.mark.parametrize("where", ["x**2 + y**2 < 1/10**6", "And(x < 1/10**6, x > 0)", "Eq(x, y/2)", "Eq(x*y, 1)"])
def test_a_factor_is_seen_beside_a_0(where: str) -> None:
    """In a small disc around 0 the one point that was looked at was 0, where the slope is 0 with any factor."""
    assert not gd.check("exp(-x**2/2)*y", "x", f"-x*y*exp(-x**2/2)*(1 + Piecewise((1, {where}), (0, True)))").ok
