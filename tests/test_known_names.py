"""Every rule that is printed as a reason can be named in `known`."""

from __future__ import annotations

import pytest

import gdsym as gd


@pytest.mark.parametrize("rule", sorted({rule.name for rule in gd.RULES}))
def test_every_rule_can_be_known(rule: str) -> None:
    assert gd.derive("x**2", "x", known={rule}).steps


@pytest.mark.parametrize(
    ("expr", "name"),
    [
        ("Integral(x*t, (t, 0, 1))*2", "Leibniz integral rule"), ("Integral(x*t, (t, 0, 1))*2", "Leibniz integral"),
        ("2*sin(x) + x**2", "derivative of sin"), ("2*besselj(0, x) + x", "derivative of the Bessel function J"),
        ("3*erf(x) + x**2", "derivative of erf"), ("2*Piecewise((x**2, x > 0), (0, True))", "piecewise"),
        ("2*Max(x, y) + x**2", "maximum"),
    ],
)  # fmt: skip
def test_a_known_rule_has_no_line_of_its_own(expr: str, name: str) -> None:
    silent, spoken = gd.derive(expr, "x", known={name}), gd.derive(expr, "x")
    assert len(silent.steps) < len(spoken.steps) and silent.steps[-1].line == spoken.steps[-1].line
    assert silent.certificate


@pytest.mark.parametrize("name", ["derivative of sine3", "derivative of Symbol", "derivative of", "Leibnitz"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(gd.GdsymError, match="is no rule"):
        gd.derive("x**2", "x", known={name})
