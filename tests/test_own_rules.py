"""Rules that are given by their law alone: matched, printed, proved and applied; wrong laws are refused."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy import IndexedBase, Sum, exp, log, sin, tan

import gdsym as gd
from gdsym.export import latex

a, b, t, u, v, x, y = sp.symbols("a b t u v x y")
j, k, n = sp.symbols("j k n", integer=True, positive=True)
w, X = IndexedBase("w"), IndexedBase("X")

SOFTPLUS = gd.Rule("softplus", gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))"))
LAWS = [
    (SOFTPLUS, log(1 + exp(a * x)), x),
    (SOFTPLUS, log(1 + exp(x)), x),
    (SOFTPLUS, Sum(log(1 + exp(w[j] * X[j])), (j, 1, n)), w[k]),
    (gd.Rule("two factors", gd.law("u*v", "Derivative(u, x)*v + u*Derivative(v, x)")), x * sin(x) * exp(x), x),
    (gd.Rule("pulled out", gd.law("c*u", "c*Derivative(u, x)")), "a*x**2*b*sin(x)", x),
    (gd.Rule("tangent", gd.law("tan(x)", "1/cos(x)**2")), tan(x**2 + 1), x),
    (gd.Rule("powers", gd.law("x**n", "n*x**(n - 1)")), (1 + x**2) ** a, x),
    (gd.Rule("powers of u", gd.law("u**n", "n*u**(n - 1)*Derivative(u, x)")), (1 + x**2) ** a, x),
    (gd.Rule("squares", gd.law(u**2 + v**2, 2 * u * sp.Derivative(u, x) + 2 * v * sp.Derivative(v, x))), sin(x) ** 2 + exp(x * y) ** 2, x),
    (gd.Rule("affine", gd.law("c_1*x + c_2", "c_1")), a * x + b, x),
    (gd.Rule("x times", gd.law("x*exp(u)", "exp(u) + x*exp(u)*Derivative(u, x)")), x * exp(-(x**2)), x),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expr", "by"), LAWS, ids=lambda part: getattr(part, "name", str(part))[:30])
def test_a_law_is_applied_printed_and_judged(rule: gd.Rule, expr: Any, by: Any) -> None:
    d = gd.derive(expr, by, rules=(rule, *gd.RULES))
    plain = gd.derive(expr, by)
    assert {rule.name, "chain rule"} & {step.rule.name for step in d.steps}
    assert d.check and all(step.check for step in d.steps)
    assert gd.check(expr, by, d.result).ok and gd.check(expr, by, plain.result).ok
    assert latex.body(d.page())


def test_the_law_is_what_is_printed() -> None:
    d = gd.derive("log(1 + exp(a*t))", "t", rules=(SOFTPLUS, *gd.RULES))
    assert "softplus: d/dx [log(1 + eᵘ)] = (d/dx [u])/(1 + e⁻ᵘ)" in str(d)
    assert d.result == a / (1 + exp(-a * t))


WRONG = [
    (gd.law("sin(x)", "sin(x)"), sin(x)),
    (gd.law("sin(u)", "cos(u)"), sin(x**2)),
    (gd.law("u*v", "Derivative(u, x)*Derivative(v, x)"), x * sin(x)),
    (gd.law("x**n", "n*x**n"), x**3),
    (gd.law("exp(u)", "u*exp(u)*Derivative(u, x)"), exp(x)),
]


@pytest.mark.parametrize(("law", "expr"), WRONG)
def test_a_wrong_law_is_refused(law: gd.Law, expr: Any) -> None:
    with pytest.raises(gd.StepRefused, match="mine"):
        gd.derive(expr, x, rules=(gd.Rule("mine", law), *gd.RULES))


def test_a_law_that_does_not_fit_leaves_the_others_alone() -> None:
    d = gd.derive(x**3 + sin(y), x, rules=(SOFTPLUS, *gd.RULES))
    assert d.result == 3 * x**2
    assert gd.derive(x * y, x, rules=(gd.Rule("both vary", gd.law("c*u", "c*Derivative(u, x)")), *gd.RULES)).result == y


REFUSED = [
    (lambda: gd.law("a*u", "a"), "a has no meaning"),
    (lambda: gd.law("sin(u)", "v"), "the letter v"),
    (lambda: gd.law("u", "Derivative(u, x)"), "says nothing"),
    (lambda: gd.derive(x * sin(x), x, rules=(gd.Rule("loop", gd.law("u*v", "Derivative(u*v, x)")), *gd.RULES)), "never end"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "words"), REFUSED)
def test_what_is_no_law(made: Any, words: str) -> None:
    with pytest.raises(gd.GdsymError, match=words):
        made()
