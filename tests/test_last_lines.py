"""Last lines that a person would want: what stays apart, what is joined, and powers of one root."""

from __future__ import annotations

import pytest
import sympy

import gdsym as gd

APART = [
    ("sqrt(x)*cos(x)", "cos(x)/(2 √x) - √x sin(x)"),
    ("3*x**5 - sin(x)/x", "15 x⁴ - (x cos(x) - sin(x))/x²"),
    ("exp(x)/x - x**3", "(x - 1) eˣ/x² - 3 x²"),
    ("x**2 - cos(x)/x**2", "2x + (x sin(x) + 2 cos(x))/x³"),
    ("x**3 + 1/(1 + x)", "3 x² - 1/(1 + x)²"),
    ("a*x**2 + log(x)/x", "2a x + (1 - log(x))/x²"),
    ("G*m*M/x + L**2/(2*m*x**2)", "-G m M/x² - L²/(m x³)"),
]
JOINED = [
    ("x*sqrt(x + 1)", "(3x + 2)/(2 √(x + 1))"),
    ("log(x)**2 + log(x)/x", "(2x log(x) - log(x) + 1)/x²"),
    ("1/x + 1/x**2", "-1/x² - 2/x³"),
]
FACTORED = [
    ("(2*x + 1)**5/(3*x - 1)**2", "2 (2x + 1)⁴ (9x - 8)/(3x - 1)³"),
    ("(x**2 - 1)**3*(x**2 + 1)**2", "2x (x² - 1)² (x² + 1) (5 x² + 1)"),
    ("(x + 1)**2*(x - 2)**3", "(x - 2)² (x + 1) (5x - 1)"),
    ("log((1 + x)/(1 - x))", "2/(1 - x²)"),
    ("(x**2 + 3*x - 1)/(x**3 + 2)", "(6 + 4x + 3 x² - 6 x³ - x⁴)/(x³ + 2)²"),
]
ROOTS = [
    ("sin(sqrt(x))/sqrt(x)", "(√x cos(√x) - sin(√x))/(2 x^(3/2))"),
    ("(x**(1/3) + 1)**3", "(x^(1/3) + 1)²/x^(2/3)"),
    ("(x**2 + 1)**(3/2)/x", "(2 x² - 1) √(x² + 1)/x²"),
    ("x/(1 - x**2)**(1/2)", "1/(1 - x²)^(3/2)"),
    ("sqrt(x + sqrt(x))", "(2 √x + 1)/(4 √x √(x + √x))"),
    ("sqrt(x) + 1/sqrt(x)", "1/(2 √x) - 1/(2 x^(3/2))"),
    ("x**(3/2) + 1/x**(1/2)", "3/2 √x - 1/(2 x^(3/2))"),
    ("1/x**(2/3)", "-2/(3 x^(5/3))"),
    ("1/(x**2 + 1)**(3/2)", "-3x/(x² + 1)^(5/2)"),
    ("x/sqrt(1 + x**2)", "1/(1 + x²)^(3/2)"),
    ("log(x**(1/2))", "1/(2x)"),
]
EXPONENTIALS = [
    ("exp(2*x)/(1 + exp(x))", "e²ˣ (2 + eˣ)/(1 + eˣ)²"),
    ("exp(3*x)/(1 + exp(x))", "e³ˣ (2 eˣ + 3)/(1 + eˣ)²"),
    ("exp(2*(a*x + b))/(1 + exp(a*x + b))", "a exp(2 (a x + b)) (2 + exp(a x + b))/(1 + exp(a x + b))²"),
    ("exp(-x)/(1 + exp(x))", "-(e⁻ˣ + 2)/(1 + eˣ)²"),
    ("exp(x/2)/(1 + exp(x))", "(exp(x/2) - exp(3x/2))/(2 (1 + eˣ)²)"),
    ("exp(x)/(1 + exp(x))**2", "eˣ (1 - eˣ)/(1 + eˣ)³"),
    ("exp(x)/(1 + exp(x)) + x**2", "eˣ/(1 + eˣ)² + 2x"),
    ("exp(x)/(1 + exp(x)) + exp(2*x)", "eˣ/(1 + eˣ)² + 2 e²ˣ"),
    ("exp(x)/(1 + exp(x)) + x*exp(x)", "eˣ/(1 + eˣ)² + eˣ + x eˣ"),
    ("1/(1 + exp(x)) + exp(2*x)", "-1/(1 + eˣ) (1 - 1/(1 + eˣ)) + 2 e²ˣ"),
    ("log(exp(x)/(1 + exp(x)))", "1/(1 + eˣ)"),
    ("exp(a*x)/(exp(a*x) + exp(b*x))", "(a - b) exp((a + b) x)/(exp(a x) + exp(b x))²"),
    ("sin(x)/(1 + cos(x)) + x*sin(x)", "1/(1 + cos(x)) + sin(x) + x cos(x)"),
    ("y*log(exp(x)/(1 + exp(x))) + (1 - y)*log(1/(1 + exp(x)))", "y - 1/(1 + e⁻ˣ)"),
]
GROUPED = [
    ("b/a*(x/a)**(b-1)/(1+(x/a)**b)**2", "b (b - (b + 1) (x/a)ᵇ - 1) (x/a)ᵇ⁻²/(a² (1 + (x/a)ᵇ)³)"),
    ("c*(1 - exp(-a*x))/x", "c ((a x + 1) exp(-a x) - 1)/x²"),
    ("r*x*(1 - (x/K)**th)", "r (1 - (1 + th) (x/K)ᵗʰ)"),
    ("G*M/x*(1 - J*(R/x)**2*(3*sin(p)**2 - 1)/2)", "G M (3 R² J (3 sin(p)² - 1) - 2 x²)/(2 x⁴)"),
    ("x**p/(a + b*x)**q", "(b x (p - q) + a p) xᵖ⁻¹/(a + b x)^(q + 1)"),
    ("a*x**2 + a*b*x + 2*c*x", "2a x + a b + 2c"),
]
TRIGONOMETRIC = [
    ("log(tan(x/2))", "1/sin(x)"),
    ("log(tan(a*x + b))/a", "2/sin(2 (a x + b))"),
    ("log(tan(x/2 + pi/4))", "1/sin(x + π/2)"),
    ("log(cot(3*x))", "-6/sin(6x)"),
    ("log(tanh(x/2))", "1/sinh(x)"),
    ("x*tan(x) + log(cos(x))", "x (1 + tan(x)²)"),
    ("atan(sinh(x))", "1/cosh(x)"),
    ("atanh(sin(x))", "1/cos(x)"),
    ("asin(cos(x))", "-sin(x)/|sin(x)|"),
    ("asinh(sinh(x))", "1"),
    ("(sin(x) + cos(x))/(sin(x) - cos(x))", "-2/(cos(x) - sin(x))²"),
]
SQUARES = [
    ("asin(2*x/(1 + x**2))", "2 (1 - x²)/((1 + x²) |1 - x²|)"),
    ("acos((1 - x**2)/(1 + x**2))", "2x/(|x| (1 + x²))"),
    ("acos(1/x)", "1/(|x| √(x² - 1))"),
]
COMPLEMENTS = [
    ("log(1/(1 + exp(-x)))", "1/(1 + eˣ)"),
    ("-log(1/(1 + exp(-(u*x + b))))", "-u/(1 + exp(u x + b))"),
    (
        "log(1/(1 + exp(-x)))*log(1/(1 + exp(-2*x)))",
        "log(1/(1 + e⁻²ˣ)) (1 - 1/(1 + e⁻ˣ)) + 2 log(1/(1 + e⁻ˣ)) (1 - 1/(1 + e⁻²ˣ))",
    ),
    ("x*(1 - 1/(1 + exp(-x)))", "(1 - 1/(1 + e⁻ˣ)) (1 - x · 1/(1 + e⁻ˣ))"),
    ("Sum(-log(1/(1 + exp(-x*v[i]))), (i, 1, n))", "-Σᵢ₌₁ⁿ vᵢ/(1 + exp(x vᵢ))"),
    ("-y*log(1/(1 + exp(-x))) - (1 - y)*log(1/(1 + exp(x)))", "1/(1 + e⁻ˣ) - y"),
    ("-y*log(1/(1 + exp(b - x))) - (1 - y)*log(1/(1 + exp(x - b)))", "1/(1 + eᵇ⁻ˣ) - y"),
    ("y*log(1 + exp(-x*a - b)) + (1 - y)*log(1 + exp(x*a + b))", "a (1/(1 + exp(-x a - b)) - y)"),
    ("log(1/(1 + exp(-x))) + log(1/(1 + exp(x)))", "1 - 2 · 1/(1 + e⁻ˣ)"),
]
BELOW = [
    ("log(log(log(x)))", "1/(x log(x) log(log(x)))"),
    ("sqrt(1 + sqrt(1 + sqrt(x)))", "1/(8 √x √(1 + √x) √(1 + √(1 + √x)))"),
    ("atan(w*x/R)", "w/(R (1 + (w x/R)²))"),
    ("(x**2 + 1)**(1/3)", "2x/(3 (x² + 1)^(2/3))"),
    ("x*(1 + x)**(2/3)", "(5x + 3)/(3 ∛(1 + x))"),
    ("x**(1/3)", "1/3 x^(-2/3)"),
    ("log(1 + x**2/(2*s**2))", "2x/(2 s² + x²)"),
    ("log(1 + 3*x**2/(4*s**2))", "6x/(4 s² + 3 x²)"),
    ("(a - b*x)*x - c*x", "a - 2b x - c"),
]
SWISH = [
    ("x/(1 + exp(-x))", "1/(1 + e⁻ˣ) (1 + x (1 - 1/(1 + e⁻ˣ)))"),
    ("x/(1 + exp(x))", "1/(1 + eˣ) (1 - x (1 - 1/(1 + eˣ)))"),
    ("x**2/(1 + exp(-x))", "x · 1/(1 + e⁻ˣ) (x (1 - 1/(1 + e⁻ˣ)) + 2)"),
]
WEIBULL = [
    ("(a/x)**k", "-k (a/x)ᵏ/x"),
    ("exp(-(a/x)**k)", "k exp(-(a/x)ᵏ) (a/x)ᵏ/x"),
    ("Sum(d[i]*(log(k) - k*log(x)) - (t[i]/x)**k, (i, 1, m))", "k/x Σᵢ₌₁ᵐ ((tᵢ/x)ᵏ - dᵢ)"),
    ("(x/a)**k", "k (x/a)ᵏ⁻¹/a"),
    ("(1/x)**k", "-k (1/x)ᵏ/x"),
]
RADICALS = [
    ("asin(x/2)", "1/√(4 - x²)"),
    ("asin((x - 1)/2)", "1/√(4 - (x - 1)²)"),
    ("asinh(x/3)", "1/√(9 + x²)"),
    ("asin(x**2/3)", "2x/√(9 - x⁴)"),
    ("acos(1 - x)", "1/√(x (2 - x))"),
    ("asin(2*x - 1)", "1/√(x (1 - x))"),
    ("acos(1 - 2*x**2)", "2x/(|x| √(1 - x²))"),
    ("acos((1 - x)/(1 + x))", "1/(√x |1 + x|)"),
    ("(x**2)**(3/2)", "3x |x|"),
    ("sqrt(x*sqrt(x))", "3/(4 ∜x)"),
    ("asin(x/sqrt(2))", "1/(√2 √(1 - x²/2))"),  # 2 is no square
    ("log(x + sqrt(x**2/4 + 1))", "(4 √(x²/4 + 1) + x)/(4 √(x²/4 + 1) (x + √(x²/4 + 1)))"),  # typed
]
OWN_POWERS = [
    ("x**(1/x)", "x^(1/x) (1 - log(x))/x²"),
    ("sin(x)**tan(x)", "sin(x)^(tan(x)) (log(sin(x)) (1 + tan(x)²) + 1)"),
]
CASES = [
    ("Max(x, y) + Min(x, y)", "1"),
    ("Max(0, x) - a*Max(0, -x)", "{a if x < 0; 1 if x > 0; (1 + a)/2 otherwise}"),
    ("Max(x, y) - Min(x, y)", "{1 if x > y; -1 if x < y; 0 otherwise}"),
    ("sqrt(Abs(x))**4", "2x"),
    ("Abs(x*Abs(x))", "2x"),
    ("Abs(atan(2*x))", "2 sign(x)/(1 + 4 x²)"),
    ("Abs((y - w*x)/y)", "-w sign(y - w x)/|y|"),
    ("Max(p*(y - x), (p - 1)*(y - x))", "{-p if y > x; 1 - p if y < x; (1 - 2p)/2 otherwise}"),
    ("x**(a - 1)*(1 - x)**(b - 1)", "(a - x (a + b - 2) - 1) xᵃ⁻² (1 - x)ᵇ⁻²"),
]
POWERS_OF_QUOTIENTS = [
    ("(2/x)**3", "-24/x⁴"),
    ("(3/x**2)**4", "-648/x⁹"),
    ("((x - m)/s)**3", "3 (x - m)²/s³"),
    ("(1 + (s/x)**2)**3", "-6 s² (1 + (s/x)²)²/x³"),
]


ALL = [
    *RADICALS,
    *OWN_POWERS,
    *CASES,
    *POWERS_OF_QUOTIENTS,
    *WEIBULL,
    *APART,
    *JOINED,
    *FACTORED,
    *ROOTS,
    *EXPONENTIALS,
    *SWISH,
]


@pytest.mark.parametrize(("cost", "end"), [*ALL, *GROUPED, *TRIGONOMETRIC, *SQUARES, *COMPLEMENTS, *BELOW])
def test_the_end_is_what_a_person_writes(cost: str, end: str) -> None:
    d = gd.derive(cost, "x")
    assert d.check
    assert str(d.steps[-1].line) == end


def test_what_leaves_a_sum_is_said_as_it_stands_there() -> None:
    d = gd.derive("Sum(-(t[i]/x)**k, (i, 1, m))", "x")
    assert str(d.steps[-1].line) == "k/x Σᵢ₌₁ᵐ (tᵢ/x)ᵏ" and "simplify: k and 1/x in front of the sum" in d.text()


def test_the_law_of_the_double_angle_is_said() -> None:
    said = gd.derive("w*log(tan(w*x)) + log(tanh(x))", "x").text()
    assert "(1 + tan(u)²)/tan(u) = 2/sin(2u) and (1 - tanh(u)²)/tanh(u) = 2/sinh(2u)" in " ".join(said.split())


def test_the_root_of_a_square_is_said() -> None:
    assert "√(1 - cos(x)²) = |sin(x)|, for" in " ".join(gd.derive("asin(cos(x))", "x").text().split())
    assert "√(1 - (2x/(1 + x²))²) = |1 - x²|/(1 + x²)" in " ".join(
        gd.derive("asin(2*x/(1 + x**2))", "x").text().split()
    )


def test_a_letter_that_is_positive_leaves_the_root() -> None:
    x, a, c = sympy.Symbol("x", real=True), sympy.Symbol("a", positive=True), sympy.Symbol("c", real=True)
    assert str(gd.derive(sympy.asin(x / a), x).written) == "1/√(a² - x²)"
    assert "√(c²" not in gd.derive(sympy.asin(x / c), x).text()


def test_a_root_written_in_another_way_asks_for_nothing_new() -> None:
    """1 - x^2/4 > 0 and 4 - x^2 > 0 are one condition: nothing is lost that were to be said."""
    assert " for " not in " ".join(gd.derive("asin(x/2)", "x").text().split())
    assert " for " not in " ".join(gd.derive("acos(1 - 2*x**2)", "x").text().split())


def test_terms_that_cancel_are_said_to_be_put_together() -> None:
    assert "= 0 simplify: like terms are put together" in " ".join(gd.derive("acos(x) + asin(x)", "x").text().split())


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ("(x**2 - 4)/(x + 2)", "= 1 simplify: multiplied out, x + 2 cancels, for x ≠ -2"),
        ("(x**3 - 1)/(x - 1)", "= 2x + 1 simplify: multiplied out, x - 1 cancels, for x ≠ 1"),
        ("sin(x)/(1 + cos(x))", "sin(x)² + cos(x)² = 1, multiplied out"),
    ],
)
def test_a_bracket_that_cancels_is_named(cost: str, said: str) -> None:
    assert said in " ".join(gd.derive(cost, "x").text().split())


def test_an_index_that_a_delta_fixes_is_worked_out() -> None:
    """x[i - k] at k = i - l is x_l."""
    x, w = sympy.IndexedBase("x"), sympy.IndexedBase("w")
    i, k, m, p = sympy.symbols("i k m p", integer=True, positive=True)
    d = gd.derive(sympy.Sum((x[i] - w[k] * x[i - k]) ** 2, (k, 1, p), (i, p + 1, m)), x)
    assert "i - (i - l)" not in d.text() and "xₗ wᵢ₋ₗ" in d.text()


@pytest.mark.parametrize(
    ("cost", "by", "begins"),
    [
        ("Sum((K/(1 + (K - c)/c*exp(-r*t[i])) - y[i])**2, (i, 1, n))", "c", "2/c² · K² Σᵢ₌₁ⁿ ("),
        ("Sum((S/(1 + (S/q - 1)*exp(-b*(t[i] - a))) - y[i])**2, (i, 1, n))", "b", "2S (S/q - 1) Σᵢ₌₁ⁿ ("),
    ],
)
def test_letters_stand_before_a_sum(cost: str, by: str, begins: str) -> None:
    """Not 2/c^2 (sum) K^2: a letter behind a sum is read as part of its body."""
    line = str(gd.derive(cost, by).steps[-1].line)
    assert line.startswith(begins)
    assert line.endswith("²")
