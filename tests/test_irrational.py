"""Claims that differ from the derivative at isolated irrational points only."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, IndexedBase, Max, Piecewise, Sum, cos, exp, sin, sqrt, symbols

import gdsym as gd
from gdsym.verify import Point

x, y = symbols("x y")
i, m = symbols("i m", integer=True, positive=True)
X = IndexedBase("X")


def cases(quantity: Any, elsewhere: Any, there: Any) -> Any:
    return Piecewise((elsewhere, quantity < 0), (elsewhere, quantity > 0), (there, True))


ROOT = sqrt(2)
WRONG: dict[str, tuple[Any, Any, Any]] = {
    "a square root": (x**3, cases(x**2 - 2, 3 * x**2, 0), {x: -ROOT}),
    "as comparisons of a square": (x**3, Piecewise((3 * x**2, x**2 < 2), (3 * x**2, x**2 > 2), (0, True)), {x: -ROOT}),
    "in a sum": (x**3 * Sum(X[i], (i, 1, m)), cases(x**2 - 2, 3 * x**2 * Sum(X[i], (i, 1, m)), 0), None),
    "a logarithm": (sin(x), cases(exp(x) - 2, cos(x), 0), None),
    "of the fifth degree": (x**5 - x - 1, cases(x**5 - x - 1, 5 * x**4 - 1, 0), None),
}  # fmt: skip

RIGHT: dict[str, tuple[Any, Any]] = {
    "the derivative itself": (x**3, cases(x**2 - 2, 3 * x**2, 6)),
    "a smooth joint is none": (Abs(x**2 - 2), Piecewise((2 * x, x**2 > 2), (-2 * x, x**2 < 2), (0, True))),
    "another subgradient": (Abs(x**2 - 2), Piecewise((2 * x, x**2 > 2), (-2 * x, x**2 < 2), (1, True))),
    "the left slope": (Max(x**3, 2), Piecewise((3 * x**2, x**3 > 2), (0, True))),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_wrong_there(name: str) -> None:
    cost, claim, place = WRONG[name]
    verdict = gd.check(cost, x, claim)
    assert not verdict.ok and verdict.factor is None and ": wrong. At " in verdict.message
    assert len(verdict.message) <= 600
    assert verdict.counterexample and (place is None or verdict.counterexample == place)


@pytest.mark.parametrize("name", RIGHT)
def test_it_is_right(name: str) -> None:
    assert gd.check(*RIGHT[name][:1], x, RIGHT[name][1]).ok


def test_what_is_no_subgradient_there_is_wrong() -> None:
    claim = Piecewise((2 * x, x**2 > 2), (-2 * x, x**2 < 2), (50, True))
    verdict = gd.check(Abs(x**2 - 2), x, claim)
    assert not verdict.ok and verdict.kink == {x: -ROOT} and "Yours is no subgradient" in verdict.message
    assert "At x = -sqrt(2) there is none" in verdict.message


def test_a_short_fraction_is_itself() -> None:
    assert not Point({x: 3}).snapped


def test_a_branch_that_is_a_fraction_near_the_switch_is_compared() -> None:
    assert gd.derive("min(Piecewise((x, -x < x), (y, True)), 0) - x*cos(-1)/2", x).check
