"""Conditions of steps that widen the domain, and values of their own at single points."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from sympy import Eq, IndexedBase, Ne, Piecewise, Sum, exp, log, sin, sqrt

import gdsym as gd
from gdsym.minimal import minimal

a, b, s, x, y, z = sp.symbols("a b s x y z")
i, k, n, m = sp.symbols("i k n m", integer=True, positive=True)
q = sp.Symbol("q", positive=True)
w, X, Y = IndexedBase("w"), IndexedBase("X"), IndexedBase("Y")

CANCELLED = [
    ((s**2 - 1) / (s - 1), s, Ne(s, 1)),
    ("x*y/x", "x", Ne(x, 0)),
    ("x*y/x", "y", Ne(x, 0)),
    ((x**3 - x) / (x * (x - 1)), x, Ne(x, 0) & Ne(x, 1)),
    ("sqrt(x)*sqrt(x)", "x", x > 0),
    ("x**2/x", "x", Ne(x, 0)),
    ("sin(x)**2/sin(x)", "x", Ne(sin(x), 0)),
    (log(x / y), x, Ne(y, 0)),
    (sp.atan(x / y), x, Ne(y, 0)),
    ("x**(1/2)/x**(1/2) + x", "x", x > 0),
    ("Sum(w*x[i]/w, (i, 1, n))", "w", Ne(sp.Symbol("w"), 0)),
]  # fmt: skip
KEPT = [
    (x * log(x), x), (x * log(x) - x, x), (q * log(q), q), ((x + 1) / (x - 1), x), (1 / (x * y), x), (exp(x) / (1 + exp(x)), x), ("1/x**(1/2)", "x"), ("1/x**(2/3)", "x"),
    (1 / (1 + exp(-x)), x), (log(1 + exp(x)), x), (sqrt(x) * x, x), (x**2 / sqrt(x), x),
    (Sum((a * X[i] + b - Y[i]) ** 2, (i, 1, sp.Symbol("M"))) / (2 * sp.Symbol("M")), b), (sqrt(x**2 + 1), x),
    (-log(b) - (x - a) ** 2 / (2 * b**2), b), (Sum(X[i] * log(X[i] / Y[i]), (i, 1, n)), X[1]), (sp.tan(x), x),
    (log(Sum(exp(w[i]), (i, 1, n))), w[1]), (Piecewise((0, Eq(y, 0)), (y * log(y / x), True)), x),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "condition"), CANCELLED, ids=lambda c: str(c)[:40])
def test_a_cancelled_factor_is_a_condition(expr: Any, by: Any, condition: Any) -> None:
    d = gd.derive(expr, by)
    assert d.check
    steps = [step.given for step in d.steps if step.rule.name == "simplify" and step.given != sp.true]
    assert sp.And(*steps) == condition
    assert d.given == minimal((condition, *(step.given for step in d.steps)))
    assert "≠" in str(d) or ">" in str(d)


@pytest.mark.parametrize(
    ("expr", "by", "condition"), [(log(sqrt(x)), x, x > 0), ("log(x**(1/2))", "x", x > 0), (log(sqrt(x - 1)), x, x > 1)]
)
def test_a_root_that_leaves_a_logarithm_leaves_its_condition_with_it(expr: Any, by: Any, condition: Any) -> None:
    """1/(2 x) has a value where log(sqrt(x)) has none: the rule for log x asks for x > 0, no tidy step does."""
    d = gd.derive(expr, by)
    assert d.check and d.given == condition


@pytest.mark.parametrize(("expr", "by"), KEPT, ids=lambda c: str(c)[:40])
def test_no_condition_where_the_domain_stays(expr: Any, by: Any) -> None:
    d = gd.derive(expr, by)
    assert [step.given for step in d.steps if step.rule.name == "simplify" and step.given != sp.true] == []


SINGLE = [
    (Piecewise((1, Eq(x, 0)), (sin(x) / x, True)), 0, 0, "limit"),
    (Piecewise((sin(x) / x, Ne(x, 0)), (1, True)), 0, 0, "limit"),
    (Piecewise((1, Eq(x, 0)), ((exp(x) - 1) / x, True)), 0, sp.Rational(1, 2), "limit"),
    (Piecewise((0, Eq(x, 0)), (x**2 * sin(1 / x), True)), 0, 0, "limit"),
    (Piecewise((0, Eq(x, 0)), (exp(-1 / x**2), True)), 0, 0, "limit"),
    (Piecewise((0, Eq(x, 0)), (x, True)), 0, 1, "smooth"),
    (Piecewise((x, x < 0), (0, Eq(x, 0)), (x, True)), 0, 1, "smooth"),
    (Piecewise((x**2, Eq(x, 1)), (2 * x - 1, True)), 1, 2, "smooth"),
    (Piecewise((2, Eq(x, 1)), ((x**2 - 1) / (x - 1), True)), 1, 1, "limit"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "at", "right", "said"), SINGLE, ids=lambda c: str(c)[:40])
def test_a_value_that_continues_the_branch_around_it(expr: Any, at: Any, right: Any, said: str) -> None:
    d = gd.derive(expr, x)
    assert d.check and d.result.subs(x, at) == right
    assert said in str(d).split("checked")[0].replace("\n", " ")
    with mp.workdps(60):  # the difference quotient of what was given
        step = mp.mpf(10) ** -25
        f = sp.lambdify(x, expr, "mpmath")
        quotient = (f(mp.mpf(at) + step) - f(mp.mpf(at))) / step
        assert abs(quotient - sp.S(right)._to_mpmath(100)) < 1e-9


def test_a_value_that_does_not() -> None:
    d = gd.derive(Piecewise((1, Eq(x, 0)), (x, True)), x)
    assert d.result == 1 and "jump at x = 0" in str(d)
    assert gd.derive(Piecewise((-1, x < 0), (0, Eq(x, 0)), (1, True)), x).result == 0
    for branch, value in ((x * log(x), 0), (sin(x) / x, 2)):
        d = gd.derive(Piecewise((value, Eq(x, 0)), (branch, True)), x)
        assert "a branch has no value at x = 0; by convention the slope of the branch that holds is used: 0" in str(d)


def test_a_single_point_inside() -> None:
    """(e^u - 1)/u at u = w_i x, 1 at u = 0: by w_k and in the code."""
    cost = Sum(Piecewise((1, Eq(w[i] * X[i], 0)), ((exp(w[i] * X[i]) - 1) / (w[i] * X[i]), True)), (i, 1, n))
    d = gd.derive(cost, w[k])
    assert d.check and "chain rule" in [step.rule.name for step in d.steps]
    assert d.result.subs(w[k], 0) == X[k] / 2
    _, gradient = gd.Cost(cost, [w]).compile().value_and_gradient({w: [0.0, 1.0]}, {X: [3.0, 2.0]})
    np.testing.assert_allclose(gradient[w], [1.5, 2 * (2 * np.e**2 - np.e**2 + 1) / 4], rtol=1e-12)


def test_a_condition_that_is_wrong_is_seen() -> None:
    """The judge is asked under the condition, and still refuses what is wrong there."""
    from gdsym.verify import agree
    from gdsym.written import from_sympy

    left = from_sympy((s**2 - 1) / (s - 1))
    assert agree(left, from_sympy(s + 1), given=Ne(s, 1))
    assert agree(left, from_sympy(s + 2), given=Ne(s, 1)).verdict == "refuted"


@pytest.mark.parametrize(
    ("cost", "at", "asked"),
    [
        ("Piecewise((x**2, x + 1/y > 2 + 1/y), (3*x, True))", {"x": 1, "y": 0}, "y != 0"),
        ("Piecewise((x**2, Ne(1/y + x, 1/y + 2)), (3*x, True))", {"x": 1, "y": 0}, "y != 0"),
        ("Piecewise((x**2, Ne(log(x) + y, log(x) + 2)), (3*x, True))", {"x": -1, "y": 0}, "x > 0"),
        ("Piecewise((x**2, x + asin(x) > 2 + asin(x)), (3*x, True))", {"x": 3, "y": 0}, "-1 <= x <= 1"),
        ("Piecewise((x**2, x + x**y > 2 + x**y), (3*x, True))", {"x": -1, "y": 0.5}, "x > 0"),
        ("Max(x + gamma(x) - gamma(x), 2)", {"x": -1, "y": 0}, "no pole"),
        ("x*acosh(x)/acosh(x)", {"x": 0.5, "y": 0}, "x >= 1"),
        ("x + tan(x) - tan(x)", {"x": sp.pi / 2, "y": 0}, "cos(x) != 0"),
    ],
)
def test_what_cancels_in_a_comparison_keeps_its_domain(cost: str, at: dict[str, Any], asked: str) -> None:
    d = gd.derive(cost, "x")
    inside = {"x": sp.Rational(1, 2) if asked != "x >= 1" else 2, "y": sp.Rational(1, 3)}
    assert d.check and all(step.check for step in d.steps), asked
    assert d.given.subs(at) == sp.false and d.given.subs(inside) == sp.true


def test_a_case_for_one_point_takes_care_of_that_point_alone() -> None:
    d = gd.derive("Piecewise(((x**2 - 1)*x/(x**2 - 1), Ne(x, 1)), (1, True))", "x")
    assert d.given.subs({"x": -1}) == sp.false and d.given.subs({"x": 2}) == sp.true


def test_the_gamma_function_is_never_zero_and_has_the_poles_of_its_slope() -> None:
    """1/G * G psi = psi: where psi has a value the left side has one."""
    d = gd.derive("log(gamma(x))", "x")
    assert d.given == (sp.gamma(x) > 0) and "Γ(x) cancels\n" in d.text()
    assert gd.derive("x**2*sec(x)/x", "x").given == Ne(x, 0)
