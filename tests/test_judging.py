"""A claim is judged once, whichever derivation it is from: what was found holds for the same claim alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Function, Symbol, cos, exp, sin

import gdsym as gd
from gdsym.judging import judged

LOSS = "-Sum(y[i]*log(1/(1 + exp(-w*x[i]))) + (1 - y[i])*log(1 - 1/(1 + exp(-w*x[i]))), (i, 1, m))/m"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The claims that the judge is asked."""
    from gdsym import judging

    claims: list[Any] = []
    judge: Callable[..., Any] = judging.agree
    monkeypatch.setattr(judging, "agree", lambda *claim, **how: claims.append(claim) or judge(*claim, **how))
    judged.cache_clear()
    return claims


@pytest.mark.parametrize("cost", ["(w*a - b)**2", "Abs(w**3) + Max(0, w)", LOSS])
def test_a_cost_that_is_derived_again_is_not_judged_again(cost: str, asked: list[Any]) -> None:
    first = gd.Cost(cost, ["w"]).partial("w")
    evidence = [step.check for step in first.steps]
    count = len(asked)
    assert count > 0
    again = gd.Cost(cost, ["w"]).partial("w")
    assert [step.check for step in again.steps] == evidence
    assert again is not first
    assert again.text() == first.text()
    assert len(asked) == count


def test_names_of_other_kinds_are_other_claims(asked: list[Any]) -> None:
    for kind in ({}, {"positive": True}, {"integer": True}):
        count = len(asked)
        x = Symbol("x", **kind)
        assert gd.derive(x * sin(x) * exp(x), x)
        assert len(asked) > count


def test_a_function_that_is_defined_anew_is_another_one(asked: list[Any]) -> None:
    """A cell of a notebook is run again, with another slope in it."""
    x = Symbol("x")

    def defined(slope: Callable[[Any], Any]) -> Any:
        class wave(Function):
            def fdiff(self, argindex: int = 1) -> Any:
                return slope(self.args[0])

        return wave

    for factor in (1, 3):
        count = len(asked)
        derivation = gd.derive(defined(lambda u, factor=factor: factor * cos(u))(2 * x), x)
        assert derivation.result == 2 * factor * cos(2 * x)
        assert len(asked) > count
