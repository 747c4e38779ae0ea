"""Decimals over numbers are one number, and a number is said to cancel only where it does."""

from __future__ import annotations

import pytest
import sympy

import gdsym as gd
from gdsym.rules.decimals import in_decimals
from gdsym.written import nodes as n

LAST = {
    "sqrt(0.25*x**2 + 1)": "0.25 x/√(0.25 x² + 1)",
    "max(0, 1 - 0.5*w*x)": "{0 if 1 - 0.5 w x < 0; -0.5 w if 1 - 0.5 w x > 0; -0.25 w otherwise}",
    "0.5*x**2/(2*w)": "0.5 x/w",
    "0.3*x/(-4*w)": "-0.075/w",
    "x/0.7": "1/0.7",
    "x**2/(0.5*w)": "4x/w",
    "exp(x)/(0.7*w)": "eˣ/(0.7 w)",
}


@pytest.mark.parametrize("text", LAST)
def test_last_lines(text: str) -> None:
    d = gd.derive(text, "x")
    assert all(step.check for step in d.steps) and str(d.steps[-1].line) == LAST[text]


@pytest.mark.parametrize(
    ("text", "said"), [("erf(x/sqrt(2))", False), ("sqrt(0.25*x**2 + 1)", True), ("min(x**2, 4)", True)]
)
def test_a_number_is_said_to_cancel_where_it_does(text: str, said: bool) -> None:
    assert ("cancels the" in gd.derive(text, "x").markdown().replace("$", "").replace("`", "")) == said


@pytest.mark.parametrize("minus", ["above", "number", "below", "in front"])
def test_a_fraction_keeps_its_sign(minus: str) -> None:
    u, v = (n.Sym(sympy.Symbol(name)) for name in "uv")
    top, under = n.Mul(n.Num(-3 if minus == "number" else 3), u), n.Mul(n.Num(70), v)
    whole = n.Div(n.Neg(top) if minus == "above" else top, n.Neg(under) if minus == "below" else under)
    after = in_decimals(n.Neg(whole) if minus == "in front" else whole)
    assert abs(float(after.to_sympy().subs({"u": 1, "v": 1})) + 3 / 70) < 1e-15


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Max(x, 0.5)", "Piecewise((1, x > 0.5), (0, x < 0.5), (1/2, True))"),
        ("Max(0.3*x, 0.1*a)", "Piecewise((0.3, a < 3*x), (0, a > 3*x), (0.15, True))"),
        ("exp(0.5*x) + exp(x)", "0.5*exp(0.5*x) + exp(x)"),
        ("erf(0.5*x)", "exp(-0.25*x**2)/sqrt(pi)"),
        ("0.5/(x*exp(0.5*x))", "(-0.25*x - 0.5)*exp(-0.5*x)/x**2"),
    ],
)
def test_decimals_in_comparisons_and_exponents(text: str, result: str) -> None:
    d = gd.derive(text, "x")
    assert d.check and all(step.check for step in d.steps)
    assert (d.result - sympy.sympify(result)).subs({"x": 1.7, "a": 2.5}).evalf() == pytest.approx(0, abs=1e-12)
