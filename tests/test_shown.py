"""What a REPL prints of public objects is for reading, not the inside of them."""

from __future__ import annotations

import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

w, b, x = symbols("w b x")
i, m = symbols("i m", integer=True, positive=True)
xs, ys = IndexedBase("x"), IndexedBase("y")


def test_formulas_show_themselves_as_they_stand() -> None:
    assert repr(gd.read("2*(x + 1)")) == str(gd.read("2*(x + 1)")) == "2 (x + 1)"
    assert repr(gd.read("Sum(w*x[i], (i, 1, m))/(2*m)")) == "(Σᵢ₌₁ᵐ w xᵢ)/(2m)"
    assert gd.read("(x + 1)/2")._repr_latex_() == r"$\displaystyle \frac{x+1}{2}$"
    step = gd.derive("sin(x**2)", "x").steps[0]
    assert [repr(part) for part in (step.lhs, step.rhs)] == ["d/dx [sin(x²)]", "cos(x²) · d/dx [x²]"]
    assert repr(dict(step.where)) == "{u: x²}"


def test_rules_laws_and_evidence_are_sentences() -> None:
    law = gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))")
    assert repr(law) == "d/dx [log(1 + eᵘ)] = (d/dx [u])/(1 + e⁻ᵘ)"
    assert repr(gd.Rule("softplus", law)) == f"softplus: {law!r}"
    assert repr(gd.derive("x**5", "x").steps[0].rule) == "power rule: d/dx [xⁿ] = n xⁿ⁻¹"
    assert repr(gd.Evidence("agreed", "ball arithmetic", 4, 128)) == "agreed: ball arithmetic, 4 points, 128 bits"


@pytest.mark.parametrize(
    "rule", [gd.GradientDescent(), gd.Momentum(), gd.Adam(), gd.RMSProp(), gd.AdaGrad(), gd.Nesterov()]
)
def test_update_rules_are_their_equations(rule: gd.UpdateRule) -> None:
    assert repr(rule) == str(rule) and "theta[k + 1] = " in repr(rule)


def test_nothing_public_prints_an_address() -> None:
    cost = gd.Cost(Sum((w * xs[i] + b - ys[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    data = {xs: [1, 2], ys: [300, 500]}
    run = cost.descend({w: 0, b: 0}, data, maxiter=3)
    shown = [
        cost, cost.partial(w), cost.partial(w).steps[0], cost.gradient(), cost.hessian(), cost.compile(), cost.compile().bind(data),
        cost.check({w: 0}), cost.insight(data), cost.insight(data).critical_points, run, run.explain(0), run.history, cost.sample(i),
        gd.derive("x**2", "x").notes,
    ]  # fmt: skip
    assert [repr(each) for each in shown if " object at 0x" in repr(each) or "mappingproxy" in repr(each)] == []


def test_a_derivative_along_a_direction_ends_on_paper() -> None:
    shown = str(gd.directional("x**2*y", {"x": 1, "y": 2}))
    assert shown.splitlines()[-1] == "along the direction: 2 x² + 2x y"


def test_an_insight_says_in_a_notebook_what_it_says_in_print() -> None:
    cost = gd.Cost(Sum((w * xs[i] + b - ys[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    shown = cost.insight({xs: [1, 2], ys: [300, 500]})._repr_mimebundle_()["text/html"]
    assert "convex (everywhere" in shown and "minimum at w = 200, b = 100" in shown and shown.count("<br>") == 1


def test_the_gradient_stands_behind_its_bracket_in_update_rules() -> None:
    assert r"(1-\beta_{1})\,g_{k}" in gd.Adam().latex()
    assert "(1 - rho)*g[k]**2" in repr(gd.RMSProp())


def test_a_step_in_a_notebook_has_words_without_backslashes() -> None:
    """MathJax prints the backslash of a control space within `\\text{}`; and the d is that of the derivation."""
    step = gd.derive("x**2*sin(x)", "x").steps[0]
    assert step._repr_mimebundle_()["text/latex"].endswith(r"\qquad\text{product rule (proved)}$$")
    assert repr(step).startswith("product rule: d/dx [x² sin(x)] =")
