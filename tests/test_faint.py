"""Claims that differ by what no usual precision shows, or at a size that nobody puts in by hand."""

from __future__ import annotations

import pytest
from flint import arb, fmpq

import gdsym as gd
from gdsym.fewer import of_one_term
from gdsym.listing import both_said
from gdsym.verify import Formulas, Point
from gdsym.verify.numbers import Undecided, power


@pytest.mark.parametrize(
    "claim",
    [
        "2*x + exp(-x**2 - 100)",
        "2*x + exp(-x**2 - 1000)",
        "2*x + exp(-x**2 - 10000)",
        "2*x*tanh(x**2 + 1000)",
        "2*x*erf(x**2 + 100)",
        "2*x + 3**(-x**2 - 900)",
        "2*x*(1 + exp(x)/exp(1000 + x**2))",
    ],
)
def test_what_is_far_smaller_than_the_rest_is_seen(claim: str) -> None:
    verdict = gd.check("x**2", "x", claim)
    assert not verdict.ok
    assert verdict.counterexample
    assert "wrong" in verdict.message


def test_what_is_far_larger_hides_nothing() -> None:
    assert gd.check("x**2 + exp(x**2 + 1000)", "x", "2*x*exp(x**2 + 1000) + 2*x").ok
    assert not gd.check("x**2 + exp(x**2 + 1000)", "x", "2*x*exp(x**2 + 1000)").ok


def test_it_is_said_by_how_much_the_claim_is_off() -> None:
    message = gd.check("x**2", "x", "2*x + exp(-x**2 - 1000)").message
    assert "yours 10 + 7.0e-446, the derivative 10" in message  # e^-1025 is 7.0e-446
    assert both_said(fmpq(3), fmpq(2), 128) == "yours 3, the derivative 2"


@pytest.mark.parametrize(("cost", "claim"), [("x**3/3", "x**2.0000000000000001"), ("x**2", "2*x**1.0000000000000001")])
def test_an_exponent_that_was_rounded_may_be_whole(cost: str, claim: str) -> None:
    assert gd.check(cost, "x", claim).ok
    assert not gd.check(cost, "x", claim.replace("0000000000000001", "00001")).ok


def test_a_power_of_what_is_negative_needs_a_certain_exponent() -> None:
    with pytest.raises(Undecided):
        power(fmpq(-1), arb(2, 1e-20))
    assert power(fmpq(-1), arb(2.5, 1e-20)).is_nan()
    assert power(fmpq(-1), fmpq(2)) == 1


def test_one_term_of_a_long_sum_is_shown() -> None:
    verdict = gd.check(
        "Sum(Max(0, 1000 - y[i]*w*x[i]), (i, 1, m))", "w", "-Sum(y[i]*x[i]*Heaviside(1001 - y[i]*w*x[i]), (i, 1, m))"
    )
    point = {str(name): value for name, value in (verdict.counterexample or {}).items()}
    assert not verdict.ok
    assert point["m"] == 1
    assert 1000 <= point["w"] * point["x[1]"] * point["y[1]"] <= 1001


def test_one_row_after_the_other_is_the_only_one() -> None:
    m, w, x = "mwx"
    met = {m: 30, w: 2} | {(x, (i, j)): 10 * i + j for i in range(1, 31) for j in (1, 2)}
    rows = list(of_one_term(met, [m]))
    assert len(rows) == 30
    assert rows[6] == {m: 1, w: 2, (x, (1, 1)): 71, (x, (1, 2)): 72}
    assert not list(of_one_term({m: 5}, [m]))


def test_sums_that_are_too_long_have_no_value_instead_of_an_error() -> None:
    assert Formulas(gd.read("Sum(w[i], (i, 1, 20001))")).at(Point()) == (None,)
    assert Formulas(gd.read("Sum(i, (i, 1, 100))")).at(Point()) == (5050,)


def test_true_steps_stand_beside_what_fades() -> None:
    for formula in ("exp(-x**2 - 1000)*x", "log(1 + exp(-x**2 - 3000))", "x*tanh(x**2 + 2000)"):
        d = gd.derive(formula, "x")
        assert d.check and all(step.check for step in d.steps)


def test_a_factor_of_many_digits_is_told_roughly() -> None:
    assert "up to the factor about 1 + 1.0e-300. The derivative is about 1 - 1.0e-300 times" in str(
        gd.check("x**2", "x", "2*x*(1 + 1e-300)")
    )
    assert "up to the factor 999/1000." in str(gd.check("x**2", "x", "2*x*0.999"))
