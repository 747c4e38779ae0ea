"""Which of 0 and 1 is left out is said as it happened."""

import pytest

import gdsym as gd
from gdsym.rules.dropping import left_out
from gdsym.written.nodes import ONE, ZERO, Add, Div, Mul, Neg, Pow, Sym, walk

Y = Sym("y")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("log(x)**2 + 3", ["0 is left out"]),
        ("x + 5 + x*y", ["the factor 1 is left out", "0 is left out and terms in their usual order"]),
        ("(x + 5)*y + sin(x)", ["0 is left out", "the factor 1 is left out"]),
    ],
)
def test_reasons_name_what_goes(formula: str, said: list[str]) -> None:
    lines = gd.derive(formula, "x", detail="full").text().splitlines()
    assert [line.split("simplify: ")[1].strip() for line in lines if "left out" in line] == said


def test_both() -> None:
    assert left_out(walk(Add(ZERO, Mul(ONE, Y)))) == "0 and 1 are left out"
    assert left_out(walk(Add(ONE, Neg(ZERO)))) == "0 is left out"
    assert left_out(walk(Add(ONE, Y, ZERO))) == "0 is left out"


def test_each_law_is_said_as_what_it_is() -> None:
    assert left_out([Mul(ZERO, Y)]) == left_out([Mul(ZERO, ONE)]) == "what is multiplied by 0 is 0"
    assert left_out([Div(ZERO, Y)]) == "a fraction with 0 above the bar is 0"
    assert left_out([Div(Y, ONE)]) == "the 1 below the bar is left out"
    assert left_out([Pow(Y, ONE)]) == "the exponent 1 is left out"
    assert left_out([Add(ZERO, Y), Mul(ZERO, Y)]) == "0 is left out and what is multiplied by 0 is 0"
    assert left_out([Add(ZERO, Y), Mul(ONE, Y), Pow(Y, ONE)]) == "0 and 1 are left out and the exponent 1 is left out"
