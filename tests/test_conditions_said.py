"""What a reader is told of conditions: what always holds is not said, what a logarithm asks for is said once."""

from __future__ import annotations

import pytest

import gdsym as gd
from gdsym.closing import STAGES, tidied
from gdsym.stages_said import SAID
from gdsym.writing.text import text


def _said(expr: str, wrt: str, **options: str) -> str:
    return " ".join(gd.derive(expr, wrt, **options).text().split())


def _tidied(line: str, param: str) -> str:
    """What is said of the closing steps of a line."""
    steps = tidied(gd.read(line), frozenset((gd.read(param),)), {})
    return " ".join(part if isinstance(part, str) else text(part) for step in steps for part in step.words())


def test_every_closing_stage_has_words() -> None:
    """They are looked for when a step is read, so that a missing one would be missed by nobody before."""
    assert [name for name, _, _ in STAGES] == list(SAID)


def test_a_factorial_is_never_zero() -> None:
    said = _tidied("1/(lam**k/factorial(k))*k*lam**(k - 1)/factorial(k)", "lam")
    assert "k!  cancels , for  lam > 0" in said and "≠" not in said


def test_a_power_of_what_is_positive_is_never_zero() -> None:
    shown = _tidied("1/(b**a*x**(a - 1)/gamma(a))*a*b**(a - 1)*x**(a - 1)/gamma(a)", "b")
    assert "x > 0" in shown and "b > 0" in shown and "xᵃ⁻¹ ≠ 0" not in shown


@pytest.mark.parametrize(
    "expr", ["log(x + sqrt(x**2 + 1))", "log(sqrt(x**2 + 1) - x)", "log(x + sqrt(x**2 + x + 1) + 1/2)"]
)
def test_a_root_that_is_larger_than_the_rest_is_no_condition(expr: str) -> None:
    assert "≠" not in _said(expr, "x")


def test_a_root_that_may_be_smaller_than_the_rest_is_one() -> None:
    assert "for x + √(x² - 1) ≠ 0" in _said("log(x + sqrt(x**2 - 1))", "x")


@pytest.mark.parametrize(
    ("expr", "condition"),
    [("x**x", "x > 0"), ("x**a*y", "x > 0 and y > 0"), ("(x + 1)/(x + 2)", "x > -1 and x > -2"), ("x**2*sin(x)*x", "x > 0 and sin(x) > 0")],
)  # fmt: skip
def test_the_step_that_takes_a_logarithm_says_where_it_has_one(expr: str, condition: str) -> None:
    shown = _said(expr, "x", method="logarithmic")
    law = "logarithmic differentiation: d/dx [u] = u · d/dx [log(u)]"
    assert shown.replace("∂", "d").count(f"for {condition}") == 1, shown
    assert "xˣ > 0" not in shown and law.split(":")[0] in shown


def test_a_letter_that_is_declared_positive_is_no_condition() -> None:
    from sympy import Symbol

    x = Symbol("x", positive=True)
    assert "for x" not in gd.derive(x**x, x, method="logarithmic").text()
