"""The conditions of a derivation are said once, solved for their letter, and none that another one implies."""

from typing import Any

import pytest
import sympy as sp
from sympy import And, Ne, Rational, log, symbols

import gdsym as gd
from gdsym.minimal import minimal

u, v, x, y, t = symbols("u v x y t")

GIVEN = {
    "log(u) + u**n": u > 0, "log(u) + log(2*u)": u > 0, "abs(u) + log(u)": u > 0, "log(log(u))": u > 1, "log(log(log(u)))": u > sp.E,
    "log(-log(u))": (u > 0) & (u < 1), "log(2 - log(u + 1))": (u > -1) & (u < sp.exp(2) - 1), "sqrt(log(u) - 3)": u > sp.exp(3),
    "log(sqrt(u)) + sqrt(log(u))": u > 1, "log(exp(u) - 1)": u > 0, "log(1 - exp(u))": u < 0, "sqrt(u)*sqrt(u - 1)": u > 1,
    "acosh(u) + log(u - 1) + sqrt(u)": u > 1, "sqrt(u - 1) + log(2*u - 2)": u > 1, "asin(u) + sqrt(1 - u**2)": abs(u) < 1,
    "max(u, v) + abs(u - v)": Ne(u, v), "log(u*v) + log(u)": (u > 0) & (u * v > 0), "log(u/v)": u / v > 0, "tan(u) + log(cos(u))": sp.cos(u) > 0,
    "log(u)*(u**2 - 1)/(u - 1)": (u > 0) & Ne(u, 1), "log(1 - u) + log(u + 1)": (u > -1) & (u < 1), "u**2 + v": sp.true,
}  # fmt: skip


@pytest.mark.parametrize("text", GIVEN)
def test_conditions_are_said_once(text: str) -> None:
    assert gd.derive(text, "u").given == GIVEN[text]


SAID = [
    (u > 0, u > 1), (u > 0, 2 * u > 0), (u < 3, u < 2, Ne(u, 5)), (Ne(u, v), Ne(u - v, 0)), (u > 0, log(u) > 0), (log(u) < 2, u > 0), (1 - u**2 > 0, u > -5),
    (Ne(v, 0), u * v > 0), (Ne(v, 0), u / v < 0), (3 - 2 * u > 1, u < 7), (sp.exp(u) > 1, Ne(u, 0)), (log(u + 1) + 1 > 0, u > -1), (u > v, u > 0), (u >= 0, u > 1),
    (Ne(u + v, 0), u + v > 1), (Ne(u, 0), Ne(u, 1)), (abs(u) < 1, u > -3), (u > Rational(1, 3), u > sp.sqrt(2) / 4), (log(u) > log(2), u > 0), (-(u**2) > -4, v > 0),
]  # fmt: skip


@pytest.mark.parametrize("conditions", SAID, ids=str)
def test_nothing_is_lost(conditions: tuple[Any, ...]) -> None:
    """At points all around, the shorter form is true where all the conditions are, and nowhere else."""
    short = minimal(conditions)
    assert len(And.make_args(short)) <= len(conditions)
    values = [Rational(k, 3) for k in (-12, -9, -7, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 15, 22, 24)]
    for a in values:
        for b in (Rational(-2), Rational(0), Rational(1, 2), a):
            at = {u: a, v: b}
            assert _holds(And(short), at) == all(_holds(c, at) for c in conditions), at


def _holds(condition: Any, at: dict[Any, Any]) -> bool:
    """False where a part of it has no real value."""
    for part in And.make_args(condition):
        if part in (sp.true, sp.false):
            return bool(part)
        sides = [side.subs(at) for side in part.args]
        if not all(side.is_extended_real and side.is_finite for side in sides) or not part.func(*sides):
            return False
    return True


def test_many_nested_logarithms_have_a_short_condition() -> None:
    formula = u
    for _ in range(20):
        formula = log(formula + 1)
    assert len(str(gd.derive(formula, u).given)) < 500
