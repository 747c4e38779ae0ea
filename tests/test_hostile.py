"""Names and texts that mean harm, or look like something that they are not."""

from __future__ import annotations

import pytest
import sympy
from sympy import IndexedBase, Sum, Symbol, symbols

import gdsym as gd

x = Symbol("x")
i, m = symbols("i m", integer=True, positive=True)


@pytest.mark.parametrize("text", [" x + 1", "\n\n    x + 1\n", "\t(x + 1)"])
def test_blanks_around_a_formula_mean_nothing(text: str) -> None:
    assert gd.read(text).to_sympy() == x + 1
    assert gd.derive(text, " x ").result == 1


@pytest.mark.parametrize("name", ["\ud800", "w\udfff"])
def test_half_a_character_is_no_name(name: str) -> None:
    with pytest.raises(gd.CostError, match="cannot be read"):
        gd.derive(Symbol(name) * x, x)
    with pytest.raises(gd.CostError, match="cannot be read"):
        gd.derive(sympy.Function(" ")(x), x)
    with pytest.raises(gd.CostError, match="cannot be read"):
        gd.Cost(Sum(x * IndexedBase("a")[i], (i, 1, Symbol(name, integer=True))), [x])


@pytest.mark.parametrize("name", ["", " ", "\ud800"])
def test_an_index_has_a_name_too(name: str) -> None:
    k = Symbol(name, integer=True)
    with pytest.raises(gd.CostError, match="cannot be read"):
        gd.Cost(Sum((x - IndexedBase("a")[k]) ** 2, (k, 1, m)), [x])


def test_messages_hold_no_signs_that_turn_or_hide_the_text() -> None:
    with pytest.raises(gd.CostError) as wrong:
        gd.derive(Symbol("w\u202e") * Symbol("w") ** 2, Symbol("w"))
    assert "\u202e" not in str(wrong.value)
    assert "U+202E" in str(wrong.value)
    assert str(gd.GdsymError("a\x00b\ud800\n  c")) == "aU+0000bU+D800\n  c"


@pytest.mark.parametrize(
    "pair", [("\u0391", "A"), ("\u0430", "a"), ("\u03a1", "P"), ("\u0441\u0435", "ce"), ("1", "x"), ("20", "x")]
)
def test_letters_of_another_alphabet_that_print_alike_are_refused(pair: tuple[str, str]) -> None:
    one, other = map(Symbol, pair)
    with pytest.raises(gd.CostError):
        gd.derive(one * other**2, other)


@pytest.mark.parametrize(("letter", "constant"), [("pi", sympy.pi), ("gamma", sympy.EulerGamma), ("e", sympy.E)])
def test_a_letter_beside_the_constant_that_prints_like_it(letter: str, constant: sympy.Expr) -> None:
    with pytest.raises(gd.CostError, match="Rename the letter"):
        gd.derive(Symbol(letter) * x**2 + constant, x)
    assert gd.derive(Symbol("q") * x**2 + constant, x).result == 2 * Symbol("q") * x


def test_the_root_of_degree_zero_divides_by_zero() -> None:
    with pytest.raises(gd.Unsupported, match="divides by zero"):
        gd.derive("root(x, 0)", "x")


@pytest.mark.parametrize(
    ("cost", "slope"),
    [
        (x ** (10**7) + x, 10**7 * x ** (10**7 - 1) + 1),
        (1 / (1 + x**10000), -10000 * x**9999 / (1 + x**10000) ** 2),
        (sympy.sqrt(x**10000 - x + 2), (10000 * x**9999 - 1) / (2 * sympy.sqrt(x**10000 - x + 2))),
    ],
    ids=str,
)
def test_high_powers_are_not_factored(cost: sympy.Expr, slope: sympy.Expr) -> None:
    """x^9999 + 1 has many factors, and looking for them ended nowhere."""
    found = gd.derive(cost, x)
    assert found.check and all(step.check for step in found.steps)
    near = sympy.Float("1.0001", 40)
    assert abs(found.result.subs(x, near) / slope.subs(x, near) - 1) < 1e-30


def test_high_powers_of_two_letters_are_not_factored() -> None:
    y = Symbol("y")
    found = gd.check(1 / (x**150 + y**150 + 1), x, x**149 / (y**149 + 1))
    assert not found.ok and found.counterexample
    found = gd.check(x**150 + y**150, x, 75 * x**149)
    assert found.factor == sympy.Rational(1, 2)
    assert len(gd.check(x**150 + y**150, x, x**149 + y**149).message) < 100


def test_high_powers_of_sums_are_not_multiplied_out() -> None:
    cost, claim = "(x + y + w)**59/(x - y + a)**59", "(x + y*w)**58/(x - y + a)**57"
    assert not gd.check(cost, "x", claim).ok
    factor = gd.check("(x + y + w)**59", "x", "(x + y + w)**58/(c + 1)").factor
    assert sympy.expand(1 / factor) == 59 * Symbol("c") + 59


def test_a_claim_with_a_high_power_is_wrong_or_a_multiple() -> None:
    assert gd.check(x**2, x, x ** (10**8) + 1).message == "x: wrong. At x = -1: yours 2, the derivative -2."
    assert not gd.check(sympy.exp(10**7 * x) + x, x, sympy.exp(10**7 * x) + 2).ok
    assert gd.check(sympy.exp(10**7 * x), x, sympy.exp(10**7 * x)).factor == sympy.Rational(1, 10**7)


def test_numbers_beyond_the_floats_are_said() -> None:
    huge, tiny = (gd.check(x**2, x, sympy.exp(n)).message for n in (1000, -1000))
    assert "yours 1.970071114e+434, the derivative" in huge
    assert "yours 5.075958898e-435, the derivative" in tiny
