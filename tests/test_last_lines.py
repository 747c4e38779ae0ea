"""Last lines that a person would want: what stays apart, what is joined, and powers of one root."""

from __future__ import annotations

import pytest

import gdsym as gd

APART = [
    ("sqrt(x)*cos(x)", "cos(x)/(2 √x) - √x sin(x)"),
    ("3*x**5 - sin(x)/x", "15 x⁴ - (x cos(x) - sin(x))/x²"),
    ("exp(x)/x - x**3", "(x - 1) eˣ/x² - 3 x²"),
    ("x**2 - cos(x)/x**2", "2x + (x sin(x) + 2 cos(x))/x³"),
    ("x**3 + 1/(1 + x)", "3 x² - 1/(1 + x)²"),
    ("a*x**2 + log(x)/x", "2a x + (1 - log(x))/x²"),
]
JOINED = [
    ("x*sqrt(x + 1)", "(3x + 2)/(2 √(x + 1))"),
    ("log(x)**2 + log(x)/x", "(2x log(x) - log(x) + 1)/x²"),
    ("1/x + 1/x**2", "-(x + 2)/x³"),
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
    ("sqrt(x) + 1/sqrt(x)", "(x - 1)/(2 x^(3/2))"),
    ("x**(3/2) + 1/x**(1/2)", "3/2 x^(1/2) - 1/(2 x^(3/2))"),
    ("1/x**(2/3)", "-2/(3 x^(5/3))"),
    ("1/(x**2 + 1)**(3/2)", "-3x/(x² + 1)^(5/2)"),
    ("x/sqrt(1 + x**2)", "1/(1 + x²)^(3/2)"),
    ("log(x**(1/2))", "1/(2x)"),
]


@pytest.mark.parametrize(("cost", "end"), [*APART, *JOINED, *FACTORED, *ROOTS])
def test_the_end_is_what_a_person_writes(cost: str, end: str) -> None:
    d = gd.derive(cost, "x")
    assert d.check
    assert str(d.steps[-1].line) == end
