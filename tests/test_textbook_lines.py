"""Lines of exercises in calculus: in the order in which the terms were typed, no step that helps nobody, reasons that are true."""

from __future__ import annotations

import pytest

import gdsym as gd
from gdsym.step import Reason
from gdsym.writing.text import text


def lines(expr: str, *wrt: str) -> list[str]:
    return [text(step.line, ascii=True) for step in gd.derive(expr, *wrt).steps]


def said(expr: str, *wrt: str) -> list[str]:
    return [words(step.reason) for step in gd.derive(expr, *wrt).steps]


def notes(expr: str, *wrt: str) -> list[str]:
    return [words(note) for note in gd.derive(expr, *wrt).notes]


def words(reason: Reason) -> str:
    return "".join(part if isinstance(part, str) else text(part, ascii=True) for part in reason)


@pytest.mark.parametrize(
    ("expr", "wrt", "line"),
    [
        ("x/(2 - tan(x))", "x", "(2 - tan(x) + x*(1 + tan(x)**2))/(2 - tan(x))**2"),
        ("(x - 2)*(2*x + 3)", "x", "2*x + 3 + 2*(x - 2)"),
        ("(x + 1)/(x - 1)", "x", "(x - 1 - (x + 1))/(x - 1)**2"),
        ("sin(x + y(x)) - y(x)**2*cos(x)", "x", "cos(x + y(x))*(1 + y'(x)) - 2*y(x)*y'(x)*cos(x) + y(x)**2*sin(x)"),
        ("(1/y**2 - 3/y**4)*(y + 5*y**3)", "y", "(-2/y**3 + 12/y**5)*(y + 5*y**3) + (1/y**2 - 3/y**4)*(1 + 15*y**2)"),
    ],
)
def test_terms_stay_in_the_order_in_which_they_were_typed(expr: str, wrt: str, line: str) -> None:
    assert line in lines(expr, wrt)


@pytest.mark.parametrize(
    ("expr", "wrt", "end"),
    [
        ("x**4*y**2 - x**3*y", ("x",), "4*x**3*y**2 - 3*x**2*y"),
        ("x**4*y**2 - x**3*y", ("x", "x"), "12*x**2*y**2 - 6*x*y"),
        ("x**3*y**5 + 2*x**4*y", ("x", "y"), "15*x**2*y**4 + 8*x**3"),
        ("x**2*y(x)**2 + x*sin(y(x))", ("x",), "2*x*y(x)**2 + 2*x**2*y(x)*y'(x) + sin(y(x)) + x*cos(y(x))*y'(x)"),
        ("t**2*(1 - 2*t)", ("t",), "2*t*(1 - 3*t)"),
    ],
)
def test_a_sum_of_monomials_is_derived_term_by_term_and_stays_one(expr: str, wrt: tuple[str, ...], end: str) -> None:
    assert lines(expr, *wrt)[-1] == end
    assert len(wrt) == 1 or not any("product rule" in reason for reason in said(expr, *wrt))


@pytest.mark.parametrize(("expr", "factor"), [("-12/s**5", "-12"), ("-2/(3*s**2)", "-2/3"), ("-7/sqrt(s)", "-7")])
def test_a_minus_and_a_number_above_a_bar_are_one_factor(expr: str, factor: str) -> None:
    assert said(expr, "s")[0] == f"constant multiple rule: the factor is {factor}"
    assert len([reason for reason in said(expr, "s") if reason.startswith("constant multiple")]) == 1


def test_a_reason_names_no_arithmetic_that_was_not_done() -> None:
    assert said("-1/x", "x")[-1] == "simplify: minus times minus is plus"
    reasons = said("(1/y**2 - 3/y**4)*(y + 5*y**3)", "y")
    assert "simplify: -3*(-4/y**5) = 12/y**5" in reasons and not any("minus times minus" in r for r in reasons)


def test_a_slope_that_swings_is_no_limit() -> None:
    swinging = "Piecewise((x*sin(1/x), Ne(x, 0)), (0, True))"
    assert lines(swinging, "x")[-1] == "Piecewise((sin(1/x) - cos(1/x)/x, x != 0), (0, True))"
    assert not any("limit" in note for note in notes(swinging, "x"))
    calm = "Piecewise((x**2*sin(1/x), Ne(x, 0)), (0, True))"
    assert lines(calm, "x")[-1] == "Piecewise((0, x == 0), (2*x*sin(1/x) - cos(1/x), True))"


def test_where_two_strict_conditions_meet_the_branch_between_them_is_told() -> None:
    jumps = [note for note in notes("Max(x**2, 2*x)", "x", "x") if note.startswith("jump")]
    assert len(jumps) == 1 and jumps[0].endswith("is used: 1")
    hat = "Piecewise((2*x, x > 0), (-x, x < 0), (0, True))"
    assert [note for note in notes(hat, "x") if note.startswith("kink")] == [
        "kink at x = 0: no derivative there; by convention the slope of the branch that holds is used: 0"
    ]
    uneven = [note.split(":")[0] for note in notes("Piecewise((x**2, x > 0), (5, x < 0), (0, True))", "x")]
    assert uneven == ["jump at x = 0"]


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("(2*x + 1)**3/(3*x - 1)**4", "-6*(2*x + 1)**2*(x + 3)/(3*x - 1)**5"),
        ("log((x**2 + 1)/(x + 2))", "(x**2 + 4*x - 1)/((x**2 + 1)*(x + 2))"),
        ("log((x - 1)/(x + 1))", "2/(x**2 - 1)"),
    ],
)
def test_brackets_below_a_bar_are_multiplied_out_only_where_that_is_short(expr: str, end: str) -> None:
    assert lines(expr, "x")[-1] == end


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("atanh(sin(x))", "1/cos(x)"),
        ("atanh(cos(x))", "-1/sin(x)"),
        ("acoth(cosh(x))", "-1/sinh(x)"),
        ("atan(sinh(x))", "1/cosh(x)"),
    ],
)
def test_pythagoras_below_a_bar_from_both_sides(expr: str, end: str) -> None:
    assert lines(expr, "x")[-1] == end


@pytest.mark.parametrize(
    ("expr", "end"), [("asin(2*x + 1)", "1/sqrt(-x*(x + 1))"), ("acos(1 + 2*x)", "-1/sqrt(-x*(x + 1))")]
)
def test_a_square_leaves_the_root_of_a_product_with_a_minus(expr: str, end: str) -> None:
    assert lines(expr, "x")[-1] == end


@pytest.mark.parametrize("typed", ["d/dx(x**2)", "d/dx x**2", "d/dx [x**2]", "d/dx (x²)", "2*d/dx(x)"])
def test_a_sign_of_derivation_in_front_is_no_quotient_of_names(typed: str) -> None:
    with pytest.raises(
        gd.ReadError, match=r"`d/dx` is not read: give what is derived without it, and x as the variable"
    ):
        gd.derive(typed, "x")
    assert str(gd.read("d/dx*x")) == "d/dx · x" and str(gd.read("c*d/dy")) == "c d/dy"


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("sqrt(x)**(-2)*x**2*log(x)", "1 + log(x)"),
        ("sqrt(x)**(-4)*(x**3 + 1)", "(x**3 - 2)/x**3"),
    ],
)
def test_a_root_with_a_negative_exponent(expr: str, end: str) -> None:
    assert lines(expr, "x")[-1] == end


def test_what_is_said_where_no_word_fits() -> None:
    """Signs alone are called signs; what was shortened in one part of a line claims no like terms."""
    assert "simplify: signs are put in front" in said("(1 - x**2)/(1 + x**2)", "x")
    assert said("5*exp(2*x) - exp(x)/sin(2*x)", "x")[-1] == "simplify: a shorter form"
    assert said("(4*x + 5)**3*exp(-x**2)", "x")[-1].endswith("is a common factor, the rest is factored")


def test_the_sign_of_a_divisor_goes_to_it_in_words() -> None:
    assert said("sign(1/y)*x/y", "x")[-1] == "simplify: sign(1/y)/y = 1/Abs(y)"
    assert said("Sum(Abs((y[i] - w*x[i])/y[i]), (i, 1, m))/m", "w")[-1] == "simplify: sign(u/v)/v = sign(u)/Abs(v)"
