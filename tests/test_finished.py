"""Derivations that end where a textbook ends: tables of inverse functions, bars, roots of quotients, the order of terms, words that say something."""

from __future__ import annotations

import pytest
import sympy

import gdsym as gd
from gdsym.step import Reason
from gdsym.writing.text import text


def last(expr: str, wrt: str = "x") -> str:
    return text(gd.derive(expr, wrt).steps[-1].line)


def words(reason: Reason) -> str:
    return "".join(part if isinstance(part, str) else text(part) for part in reason)


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("acosh(x)", "1/√(x² - 1)"),
        ("asec(x)", "1/(|x| √(x² - 1))"),
        ("acsc(x)", "-1/(|x| √(x² - 1))"),
        ("acsch(x)", "-1/(|x| √(1 + x²))"),
        ("asec(2*x)", "1/(|x| √(4 x² - 1))"),
        ("asec(x**2)", "2/(x √(x⁴ - 1))"),
        ("asec(x**3)", "3/(|x| √(x⁶ - 1))"),
        ("asec(sqrt(x))", "1/(2x √(x - 1))"),
        ("acsc(-x/2)", "2/(|x| √(x² - 4))"),
        ("acsc(exp(x))", "-1/√(e²ˣ - 1)"),
        ("acos(1/x)", "1/(|x| √(x² - 1))"),
        ("asec(1/x)", "-1/√(1 - x²)"),
        ("acosh(2*x + 1)", "1/√(x (x + 1))"),
    ],
)
def test_inverse_functions_end_as_in_tables(expr: str, end: str) -> None:
    assert last(expr) == end


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("x*Abs(3*x)", "6 |x|"),
        ("x*Abs(x*exp(x))", "(x + 2) eˣ |x|"),
        ("sqrt(1/x)", "-1/(2 x^(3/2))"),
        ("sqrt(4/x)", "-1/x^(3/2)"),
        ("sqrt(2/x)", "-1/(x² √(2/x))"),
        ("sqrt(1/(1 + x**2))", "-x/(1 + x²)^(3/2)"),
        ("sqrt(x/y)", "1/(2y √(x/y))"),
    ],
)
def test_what_is_above_0_leaves_bars_and_roots(expr: str, end: str) -> None:
    assert last(expr) == end


@pytest.mark.parametrize(
    ("expr", "end", "said"),
    [
        ("exp(2*log(x))", "2x", "simplify: exp(2 log(x)) = x², for x > 0"),
        ("exp(log(x)/2)", "1/(2 √x)", "simplify: exp(log(x)/2) = √x, for x > 0"),
        ("exp(-log(x + 1))", "-1/(x + 1)²", "simplify: exp(-log(x + 1)) = 1/(x + 1), for x > -1"),
        ("exp(x*log(x))", "exp(x log(x)) (log(x) + 1)", "simplify: x cancels"),
        ("exp(-2*x*exp(2*x))", "-2 (2x + 1) exp(-2x e²ˣ) e²ˣ", "simplify: factored"),
    ],
)
def test_an_exponential_of_a_logarithm_is_a_power(expr: str, end: str, said: str) -> None:
    assert last(expr) == end and words(gd.derive(expr, "x").steps[-1].reason) == said


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("atan(x*y**2)", "y²/(1 + x² y⁴)"),
        ("asin(a*x)", "a/√(1 - a² x²)"),
        ("exp(x)*exp(x)*x", "(2x + 1) e²ˣ"),
        ("acosh(x**2 + 1)", "2x/(|x| √(x² + 2))"),
        ("asin(x**2 - 1)", "2x/(|x| √(2 - x²))"),
        ("asin(x + 1)", "1/√(-x (x + 2))"),
        ("sqrt(x + sqrt(x + 1))", "(2 √(x + 1) + 1)/(4 √(x + 1) √(x + √(x + 1)))"),
        ("sqrt(x + 1/x)", "(x² - 1)/(2 x² √(x + 1/x))"),
        ("sin(x + 1/x)/x", "((x² - 1) cos(x + 1/x) - x sin(x + 1/x))/x³"),
        ("log(x + y/x)", "(x² - y)/(x (x² + y))"),
        ("log((x**2 + 1)/(x - 1)**3)", "2x/(x² + 1) - 3/(x - 1)"),
        ("log((2*x + 1)**3/(3*x - 1)**4)", "6/(2x + 1) - 12/(3x - 1)"),
        ("log(x**3*sin(x)/(x**2 + 1)**2)", "3/x + cot(x) - 4x/(x² + 1)"),
        ("log(sqrt(x + 1)*(x - 2)**2)", "1/(2 (x + 1)) + 2/(x - 2)"),
        ("log((x + 1)/(x + 2))", "1/((x + 1) (x + 2))"),
    ],
)
def test_powers_and_roots_end_as_one_writes_them(expr: str, end: str) -> None:
    assert last(expr) == end


@pytest.mark.parametrize(
    ("expr", "wrt", "end"),
    [
        ("Product(a*k**a/x[i]**(a + 1), (i, 1, n))", "a", "(Πᵢ₌₁ⁿ a kᵃ/xᵢᵃ⁺¹) Σᵢ₌₁ⁿ (1/a + log(k) - log(xᵢ))"),
        ("Product(a*k**a/x[i]**(a + 1), (i, 1, n))", "k", "n a/k Πᵢ₌₁ⁿ a kᵃ/xᵢᵃ⁺¹"),
        ("Product(r*exp(-r*x[i]), (i, 1, n))", "r", "(Πᵢ₌₁ⁿ r exp(-r xᵢ)) Σᵢ₌₁ⁿ (1/r - xᵢ)"),
        (
            "Product(p**x[i]*(1 - p)**(1 - x[i]), (i, 1, n))",
            "p",
            "1/(p (1 - p)) (Πᵢ₌₁ⁿ p^xᵢ (1 - p)^(1 - xᵢ)) Σᵢ₌₁ⁿ (xᵢ - p)",
        ),
    ],
)
def test_a_likelihood_is_derived_by_its_logarithm(expr: str, wrt: str, end: str) -> None:
    d = gd.derive(expr, wrt)
    assert text(d.written) == end and d.check and not d.given.subs(wrt, 0)
    assert f"the logarithms, for {wrt} " in " ".join(
        d.text().split()
    )  # r e^(-r x) has a slope at r = 0, the last line no value
    data = [sympy.Rational(3, 2), sympy.Rational(5, 4)]  # two samples, written out and derived by SymPy

    def numbers(formula: sympy.Expr) -> sympy.Expr:
        bare = formula.xreplace({s: sympy.Symbol(s.name) for s in formula.free_symbols if isinstance(s, sympy.Symbol)})
        names = {s.name: s for s in bare.free_symbols}
        whole = bare.subs(names["n"], 2).doit()
        return whole.xreplace({part: data[int(part.indices[0]) - 1] for part in whole.atoms(sympy.Indexed)})

    by = sympy.Symbol(wrt)
    at = {s: sympy.Rational(2, 5) for s in numbers(d.expr).free_symbols}
    assert abs((numbers(d.expr).diff(by) - numbers(d.result)).subs(at).evalf(30)) < 1e-25


def test_a_logarithm_by_factors_says_its_law_and_keeps_its_condition() -> None:
    d = gd.derive("log((x**2 + 1)/(x - 1)**3)", "x")
    assert words(d.steps[0].reason) == "logarithm of a quotient: (log(uⁿ/vˢ))′ = n u′/u - s v′/v"
    assert [bool(d.given.subs("x", at)) for at in (0, 2)] == [False, True] and d.check


@pytest.mark.parametrize(
    ("expr", "lines"),
    [
        ("(1 - x)/(1 + x)", ["(-(1 + x) - (1 - x))/(1 + x)²", "-2/(1 + x)²"]),  # not -(1 + x + 1 - x) between
        ("exp(x)*exp(x)*x", ["2 e²ˣ x + e²ˣ", "(2x + 1) e²ˣ"]),  # not (eˣ)²
        ("atanh(cos(x))", ["-sin(x)/(1 - cos(x)²)", "-1/sin(x)"]),
    ],
)
def test_no_detour_in_the_last_two_lines(expr: str, lines: list[str]) -> None:
    steps = gd.derive(expr, "x").steps
    assert [text(step.line) for step in steps[-2:]] == lines
    assert "for " not in words(steps[-1].reason)  # sin x is below the bar still: nothing is asked for


def test_the_logarithm_of_a_product_says_which_signs_it_asks_for() -> None:
    product = "log(Product(1/(s*sqrt(2*pi))*exp(-x[i]**2/(2*s**2)), (i, 1, n)))"
    assert words(gd.derive(product, "s").steps[0].reason).endswith("is a sum of logarithms, for s > 0")
    bernoulli = "log(Product(p**x[i]*(1 - p)**(1 - x[i]), (i, 1, n)))"
    assert words(gd.derive(bernoulli, "p").steps[0].reason).endswith(", for p > 0 and p < 1")


def test_no_condition_that_the_formula_asks_for_itself() -> None:
    assert not any(", for " in words(step.reason) for step in gd.derive("acos(1/x)", "x").steps)
    assert not any(", for " in words(step.reason) for step in gd.derive("sqrt(1/x)", "x").steps)


@pytest.mark.parametrize(
    ("expr", "end"),
    [
        ("sin(x) - x**2*cos(x)", "(1 - 2x) cos(x) + x² sin(x)"),
        ("f(x)**2*g(x)", "f(x) (2 f′(x) g(x) + f(x) g′(x))"),
        ("x/(x**2 + y**2)", "(y² - x²)/(x² + y²)²"),
        ("sin(x)/(1 + cos(x)) + x*sin(x)", "1/(1 + cos(x)) + sin(x) + x cos(x)"),
    ],
)
def test_terms_stand_in_the_order_in_which_their_functions_came(expr: str, end: str) -> None:
    assert last(expr) == end


@pytest.mark.parametrize("expr", ["sin(x)/x", "x**(y*x)*y", "exp(x*y)", "x*sin(x)", "A*y**b*x**(1 - a)"])
def test_no_line_that_only_puts_factors_in_order(expr: str) -> None:
    reasons = [words(step.reason) for step in gd.derive(expr, "x").steps]
    assert "simplify: factors in their usual order" not in reasons


def test_a_factor_1_that_was_seen_is_left_out_with_the_last_part() -> None:
    steps = gd.derive("x*sin(x)", "x").steps
    assert len(steps) == 2 and text(steps[-1].line) == "sin(x) + x cos(x)"
    assert text(gd.derive("(x + 2)*(x - 1)", "x").steps[1].line).startswith("1 · (x - 1)")


def test_no_sum_begins_with_minus_0() -> None:
    assert not any(text(step.line).startswith("-0") for step in gd.derive("-a*log(b) - x**2/c", "x").steps)


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("sqrt(x**2 + 4*x + 1)", "simplify: 2 is a common factor and cancels"),
        ("4/(3*x**2 - 2*x + 1)", "simplify: -4 is multiplied into the bracket"),
        ("sin(x) - x**2*cos(x)", "simplify: the bracket behind the minus is opened, and terms with cos(x) are put together"),
        ("asec(2*x)", "simplify: |2x| = 2 |x|"),
        ("asin(1/x)", "simplify: √(1 - 1/x²) = √(x² - 1)/|x|"),
    ],
)  # fmt: skip
def test_the_last_reason_says_what_was_done(expr: str, said: str) -> None:
    assert words(gd.derive(expr, "x").steps[-1].reason) == said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("log x^2", "log(x**2), or log(x)**2"),
        ("sin 2x + 1", "sin(2*x) + 1, or sin(2)*x + 1"),
        ("log x y", "log(x*y), or log(x)*y"),
        ("sin x cos x", "sin(x)*cos(x)"),
        ("sin x + 1", "sin(x) + 1"),
    ],
)
def test_a_function_without_brackets_is_told_in_both_meanings(typed: str, meant: str) -> None:
    with pytest.raises(gd.ReadError) as refused:
        gd.read(typed)
    assert f"Perhaps this is meant: {meant}\n" in str(refused.value)
