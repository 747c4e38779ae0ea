"""Lines and reasons as one would print them in a book: no line twice, no reason that names nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
import sympy
from sympy import IndexedBase, Sum, exp, symbols

import gdsym as gd
from examples import gallery
from examples.plates import GALLERY
from gdsym.export.reasons import as_text, reason_of
from gdsym.writing.text import text

i, j, k, l, m, n = symbols("i j k l m n", integer=True, positive=True)


def reasons(d: gd.Derivation) -> list[str]:
    """The reasons in plain text."""
    return [as_text(reason_of(step), d.page()) for step in d.steps]


def formulas(d: gd.Derivation) -> list[str]:
    return [text(step.line) for step in d.steps]


def derived(formula: str, by: str) -> gd.Derivation:
    return gd.derive(gd.read(formula), gd.read(by))


@pytest.mark.parametrize(
    ("formula", "by"),
    [
        ("((t - 2)/(2*t + 1))**9", "t"),
        ("4*epsilon*((sigma/r)**12 - (sigma/r)**6)", "r"),
        ("x**2*sign(x)", "x"),
        ("x*floor(x)", "x"),
    ],
)
def test_no_line_stands_twice(formula: str, by: str) -> None:
    lines = formulas(derived(formula, by))
    assert all(one != other for one, other in pairwise(lines))


def test_a_negative_exponent_is_worked_out_in_the_chain_rule() -> None:
    d = derived("(x**2 + 1)**(-3)", "x")
    assert "chain rule with u = x² + 1, d/du [u⁻³] = -3 u⁻⁴" in reasons(d)
    assert "chain rule with u = x² + 1, d/du [u⁻¹] = -u⁻²" in reasons(derived("(x**2 + 1)**(-1)", "x"))
    assert formulas(derived("x**(-3)", "x")) == ["-3 x⁻³⁻¹", "-3 x⁻⁴"]


def test_products_with_zero_go_at_once() -> None:
    assert formulas(derived("x**2*sign(x)", "x"))[-2:] == ["2x sign(x)", "2 |x|"]
    assert "simplify: x² · 0 = 0" in reasons(derived("x**2*sign(x)", "x"))
    assert formulas(derived("x**4 + y**7", "x"))[-2:] == ["4 x³ + 0", "4 x³"]  # the zeros of constants are seen


def test_terms_that_are_left_are_in_the_plural() -> None:
    w = IndexedBase("w")
    d = gd.derive(Sum((w[j + 1] - w[j]) ** 2, (j, 1, n - 1)), w[k])
    assert "Kronecker delta: only j = k - 1 and j = k are left" in reasons(d)


def test_a_delta_before_its_sum_says_why() -> None:
    U, V, y = map(IndexedBase, "UVy")
    d = gd.derive(Sum(Sum((Sum(U[i, k] * V[j, k], (k, 1, l)) - y[i, j]) ** 2, (j, 1, n)), (i, 1, m)), U[sympy.Symbol("r", integer=True, positive=True), sympy.Symbol("q", integer=True, positive=True)])  # fmt: skip
    assert "Kronecker delta: what does not depend on the index goes in front of its sum" in reasons(d)


def test_common_factors_are_named() -> None:
    U, V = IndexedBase("U"), IndexedBase("V")
    tau = sympy.Symbol("tau")
    score = Sum(U[i, j] * V[i, j], (j, 1, n)) / tau
    others = sympy.log(Sum(exp(Sum(U[i, j] * V[k, j], (j, 1, n)) / tau), (k, 1, m)))
    found = [reasons(d) for d in gd.Cost(-Sum(score - others, (i, 1, m)) / m, [U, V]).gradient()]
    assert all("simplify: 1/τ is a common factor" in rows for rows in found)


def test_a_minus_leaves_the_sum_with_its_number() -> None:
    d = derived("Sum((y[i] - w*x[i])**2, (i, 1, m))/m", "w")
    assert "simplify: -2 in front of the sum" in reasons(d)


def test_what_cancels_is_not_put_in_front_as_well() -> None:
    d = derived("Sum(exp(-x[i]**2/(2*s**2)), (i, 1, m))", "s")
    assert [row for row in reasons(d) if "cancel" in row] == [
        "simplify: the 2 cancels the 1/2, 1/s³ in front of the sum"
    ]


def test_no_page_ends_between_a_line_and_its_reason() -> None:
    book = gallery.book([(plate, plate.make()) for plate in GALLERY if plate.title == "Ridge regression"])
    rows = book.split(r"\begin{align*}")[-1].split(r"\end{align*}")[0]
    beneath = [row for row in rows.splitlines() if row.endswith(r"\\")]
    assert beneath and all(row.startswith(r"&\qquad") for row in beneath)


@pytest.mark.parametrize(
    ("formula", "by", "end"),
    [
        ("0.3*x/(3*x + 1)", "x", "0.3/(3x + 1)²"),
        ("0.5*(x - 1)**2/3", "x", "(x - 1)/3"),
        ("0.1*x**2/3", "x", "0.2 x/3"),
        ("-0.1*x**2/3", "x", "-0.2 x/3"),
        ("0.3*x**2/(1 + x)/7", "x", "0.3 x (x + 2)/(7 (1 + x)²)"),
        ("1.5*x**2*(x + 2)**3", "x", "1.5 x (x + 2)² (5x + 4)"),
        ("0.1*x/(x**2 + 0.3)", "x", "(0.1 (x² + 0.3) - 0.2 x²)/(x² + 0.3)²"),  # a bracket with decimals stays
        ("sin(x) - x*cos(x)", "x", "x sin(x)"),
        ("Sum((A[i, j]*(u[i] - u[j])**2), (i, 1, n), (j, 1, n))/4", "u[k]", "1/2 (Σⱼ₌₁ⁿ Aₖⱼ (uₖ - uⱼ) + Σᵢ₌₁ⁿ Aᵢₖ (uₖ - uᵢ))"),
    ],
)  # fmt: skip
def test_the_last_line_is_that_of_the_book(formula: str, by: str, end: str) -> None:
    d = derived(formula, by)
    assert formulas(d)[-1] == end and all(step.check for step in d.steps)


def test_a_minus_goes_into_a_bracket_in_front_only() -> None:
    d = derived("Sum((1 - x[i])**2 + 100*(x[i + 1] - x[i]**2)**2, (i, 1, n - 1))", "x[k]")
    assert formulas(d)[-1].startswith("{-2 (1 - xₖ) - 400xₖ (xₖ₊₁ - xₖ²) if k ≤ n - 1")
    assert formulas(derived("L/(1 + exp(-k*(x - x0)))", "x"))[-1].count("exp(-k (x - x₀))") == 2
    assert formulas(derived("(y - w*x)**2/2", "w"))[-1] == "-(y - w x) x"


def test_kinks_are_those_of_the_entry_derived_by() -> None:
    w, x = IndexedBase("w"), IndexedBase("x")
    lam = sympy.Symbol("lambda")
    d = gd.Cost(
        Sum((Sum(w[j] * x[i, j], (j, 1, n))) ** 2, (i, 1, m)) + lam * Sum(sympy.Abs(w[j]), (j, 1, n)), [w]
    ).partial(w)
    assert "not differentiable where wₖ = 0;" in d.text()
    steps = gd.derive(Sum(sympy.Abs(w[j + 1] - w[j]), (j, 1, n - 1)), w[k])
    assert "not differentiable where wⱼ₊₁ - wⱼ = 0 for some j;" in steps.text()  # two entries: there is no one place


@pytest.mark.parametrize(
    ("formula", "by", "end"),
    [
        ("x**2*(1 - beta)*g", "x", "2x (1 - β) g"),
        ("tan(x)", "x", "1 + tan(x)²"),
        ("atan(2*x)", "x", "2/(1 + 4 x²)"),
    ],
)
def test_the_order_is_that_of_the_book(formula: str, by: str, end: str) -> None:
    assert formulas(derived(formula, by))[-1] == end
