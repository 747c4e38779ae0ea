"""Conditions and notes where switches stand in switches: sign(floor(x) + 1/2), max(x, x), joints at irrational places."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    And,
    IndexedBase,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Symbol,
    exp,
    floor,
    frac,
    meijerg,
    sign,
    sqrt,
    symbols,
    tanh,
    true,
)

import gdsym as gd

x, y, t, a, b = symbols("x y t a b")

GIVEN: dict[str, Any] = {
    "sign(floor(x) + 1/2)": Ne(floor(x), x),
    "sign(floor(x) + x)": And(Ne(floor(x), x), Ne(x + floor(x), 0)),
    "sign(floor(t) + x)": Ne(x + floor(t), 0),
    "Heaviside(frac(x) - 1/2)": And(Ne(floor(x), x), Ne(frac(x) - Rational(1, 2), 0)),
    "sign(sign(x) + 3)": Ne(x, 0),
    "floor(Piecewise((1, x < 2), (5, True)))": Ne(x, 2),
    "Max(x, x)": true,
    "Max(x, x, x)": true,
}


@pytest.mark.parametrize("formula", GIVEN)
def test_the_condition_excludes_every_jump(formula: str) -> None:
    d = gd.derive(formula, "x")
    assert d.given == GIVEN[formula]
    assert all(step.check for step in d.steps)


def test_a_maximum_of_the_same_has_no_cases() -> None:
    d = gd.derive("Max(x, x)", "x")
    assert d.result == 1 and "x > x" not in d.text() and "convention" not in d.text()


def test_two_arguments_that_always_tie_are_judged() -> None:
    """e^(x^2) and e^(|x^2|) are one number, and no balls tell them apart."""
    cost = Min(x + Max(x, x**2) - 1, 6 * x + y + tanh(x) - 1, exp(x**2), exp(Abs(x**2)))
    assert all(step.check for step in gd.derive(cost, x).steps)


@pytest.mark.parametrize(
    ("cost", "words", "given"),
    [
        (Piecewise((0, x**2 < 2), (x**2 - 2, True)), "kink where x² = 2", Ne(x**2, 2)),
        (Piecewise((0, x**2 < 2), ((x**2 - 2) ** 2, True)), "meet smoothly where x² = 2", true),
        (Piecewise((1, x**2 <= x + 1), (0, True)), "jump where x² = x + 1", Ne(x**2, x + 1)),
        (Piecewise((x**2, Abs(x**2 - 2) < 1), (1, True)), "jump at x = √3", And(Ne(x, -1), Ne(x, 1), Ne(x, sqrt(3)), Ne(x, -sqrt(3)))),
    ],
)  # fmt: skip
def test_joints_at_irrational_places_are_judged(cost: Any, words: str, given: Any) -> None:
    d = gd.derive(cost, x)
    assert words in " ".join(d.text().split()) and d.given == given


@pytest.mark.parametrize("cost", [Abs(x), sign(x), Max(0, x), Max(x, y, t), floor(x), frac(x), Piecewise((x, x < 1), (x**2, True))])  # fmt: skip
def test_every_value_at_a_switch_is_called_a_convention(cost: Any) -> None:
    d = gd.derive(cost, x)
    for form in (d.text(), d.latex(), d.markdown(), d.html(), str(d.to_dict())):
        assert "convention" in form


def test_blank_names_and_lists_of_parameters_are_refused_by_name() -> None:
    for nothing in (Symbol(""), IndexedBase(" ")[1]):
        with pytest.raises(gd.GdsymError, match="cannot be read"):
            gd.derive(x * nothing, x)
    with pytest.raises(gd.Unsupported, match="meijerg"):
        gd.derive(x * meijerg(((a,), ()), ((b,), ()), x), x)
