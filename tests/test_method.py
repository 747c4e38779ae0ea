"""Other methods, hints, what brief views say of silent steps, and long formulas on paper."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import pytest
import sympy
from sympy import IndexedBase, Sum, cos, exp, log, sin, sqrt, symbols

import gdsym as gd
from gdsym.verify import recheck
from gdsym.writing.elide import Dots, Elision
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.written.nodes import Add, D, Mul, Node, Pow

x, w, b, a = symbols("x w b a")
i, m = symbols("i m", integer=True, positive=True)
X, Y = IndexedBase("X"), IndexedBase("Y")
line_cost = Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)


def names(d: gd.Derivation) -> list[str]:
    return [step.rule.name for step in d.steps]


def reasons(d: gd.Derivation) -> list[str]:
    return ["".join(p if isinstance(p, str) else text(p, ascii=True) for p in step.reason) for step in d.steps]


QUOTIENTS = [
    sin(x) / (x**2 + 1),
    1 / (x**2 + 1),
    5 / x,
    a * x / (b + x),
    1 / (1 + exp(-x)),
    (x - 1) / (x + 1),
    log(x) / x**3,
]


@pytest.mark.parametrize("expr", QUOTIENTS, ids=str)
def test_a_quotient_by_either_rule(expr: sympy.Expr) -> None:
    by_product, by_quotient = (gd.derive(expr, x, method=method) for method in ("product", "quotient"))
    assert (names(by_product)[0], by_product.steps[0].detail) == ("simplify", "quotient as a product")
    assert "quotient rule" not in names(by_product)
    assert "quotient as a product" not in [step.detail for step in by_quotient.steps]
    assert by_quotient.steps[-1].line == gd.derive(expr, x).steps[-1].line
    assert by_product.check and by_quotient.check
    assert sympy.simplify(by_product.result - expr.diff(x)) == 0
    assert recheck(by_product.certificate)


def test_the_rewriting_is_a_line() -> None:
    d = gd.derive("sin(x)/(x**2 + 1)", "x", method="product")
    assert names(d)[:3] == ["simplify", "product rule", "derivative of sin"]
    assert text(d.steps[0].line, ascii=True) == "d/dx [sin(x)*(x**2 + 1)**(-1)]"
    assert reasons(d)[0] == "quotient as a product: u/v = u*v**(-1)"
    assert names(gd.derive("sin(x)/(x**2 + 1)", "x", method="quotient"))[0] == "quotient rule"
    assert names(gd.derive("sin(x)/(x**2 + 1)", "x"))[0] == "quotient rule"


def test_a_constant_denominator_stays() -> None:
    assert names(gd.derive(x**2 / a, x, method="product"))[0] == "constant multiple rule"


LOGARITHMIC = [
    (x**x, "x > 0"),
    (x**2 * sin(x) / (x + 1) ** 3, "0"),
    (sqrt(x) * exp(x) * (x + 1), "0"),
    ((x + 1) ** x, "0"),
]


@pytest.mark.parametrize(("expr", "given"), LOGARITHMIC, ids=str)
def test_logarithmic_differentiation(expr: sympy.Expr, given: str) -> None:
    d = gd.derive(expr, x, method="logarithmic")
    assert names(d)[:2] == ["logarithm rule", "simplify"]
    assert [step.detail for step in d.steps[:2]] == ["logarithmic differentiation", "logarithm of products and powers"]
    assert given in str(d.steps[0].given)
    at = {x: sympy.Rational(3, 2)}
    assert abs(float((d.result - expr.diff(x)).subs(at))) < 1e-12
    assert all(step.check for step in d.steps)
    assert recheck(d.certificate)


def test_the_law_of_logarithmic_differentiation_is_said() -> None:
    d = gd.derive(x**x, x, method="logarithmic")
    assert reasons(d)[0] == "logarithmic differentiation: d/dx [u] = u*d/dx [log(u)], for x > 0"
    assert "log(u*v) = log(u) + log(v), log(u**v) = v*log(u)" in reasons(d)[1]
    assert d.result == x**x * (log(x) + 1)


@pytest.mark.parametrize("method", ["magic", "Quotient", 3, True, ["product"]])
def test_unknown_methods_are_refused_with_the_known_ones(method: object) -> None:
    with pytest.raises(gd.GdsymTypeError, match="known: quotient, product, logarithmic"):
        gd.derive(1 / x, x, method=method)  # type: ignore[arg-type]


def test_a_method_that_does_not_apply_is_refused() -> None:
    with pytest.raises(gd.CostError, match="for a product, quotient or power"):
        gd.derive(x + 1, x, method="logarithmic")


# Hints


def test_hints_walk_through_the_lines() -> None:
    d = gd.derive(3 * x**5, x)
    assert [d.hint(k) for k in range(4)] == [
        "Line 1: use the constant multiple rule on d/dx [3 x⁵]. In general, (c u)′ = c u′. Which factor is held constant?",
        "Line 2: use the power rule on d/dx [x⁵]. In general, d/dx [xⁿ] = n xⁿ⁻¹. Which number or letter is the exponent?",
        "Line 3: simplify 3 · 5 x⁵⁻¹. Multiply numbers, add up exponents, take signs to the front.",
        "Nothing is left to do: line 3 is the result.",
    ]
    assert d.hint() == d.hint(0)
    assert d.hint(99) == d.hint(3)


def test_hints_say_part_and_law_and_not_the_outcome() -> None:
    d = gd.derive(line_cost, w)
    chain = d.hint(2)
    assert "use the chain rule on ∂/∂w [(w Xᵢ + b - Yᵢ)²]" in chain
    assert "d/dx [g(u)] = g′(u) · d/dx [u]" in chain and "Which part is u" in chain
    for expr in (line_cost, exp(sin(w**2)), w**2 * log(w), 1 / (1 + exp(-w)), sin(w) / (w**2 + 1), w**w):
        d = gd.derive(expr, w)
        for number, step in enumerate(d.steps):
            hint = d.hint(number)
            assert hint.startswith(f"Line {number + 1}: ")
            assert "\\" not in hint and "$" not in hint and hint.endswith((".", "?"))
            outcome = text(step.rhs, partial=len(step.rhs.free) > 1)
            said = hint if isinstance(step.lhs, D) else hint.replace(text(step.lhs, partial=len(step.lhs.free) > 1), "")
            assert len(outcome) < 5 or outcome not in said, hint


def test_a_table_entry_is_not_given_away() -> None:
    assert gd.derive(sin(x), x).hint() == (
        "Line 1: use the derivative of sin on d/dx [sin(x)]. It stands in every table of derivatives."
    )
    assert "cos" in gd.derive(sin(x) + 1, x).hint(1) or "table" in gd.derive(sin(x) + 1, x).hint(1)


def test_hints_know_what_came_up_before() -> None:
    d = gd.derive(sin(x**2) * exp(sin(x**2)), x)
    again = next(k for k, reason in enumerate(reasons(d)) if "as derived above" in reason)
    assert "d/dx [sin(x**2)] as derived above" in reasons(d)[again]
    assert d.hint(again).endswith("This derivative came up before: use what came out there.")


@pytest.mark.parametrize("number", [-1, 1.0, "1", None, True])
def test_a_hint_needs_a_number(number: object) -> None:
    with pytest.raises(gd.GdsymTypeError, match="A hint has a number"):
        gd.derive(x**2, x).hint(number)  # type: ignore[arg-type]


# Silent steps


def test_a_brief_line_says_which_silent_rules_it_used() -> None:
    brief = gd.derive(line_cost, w, detail="brief")
    assert reasons(brief) == [
        "constant multiple rule, sum over an index, then chain rule with u = w*X[i] + b - Y[i], d/du [u**2] = 2*u",
        "sum rule, constant multiple rule, then simplify: the 2 cancels the 1/2",
    ]
    assert not any(", then " in reason for reason in reasons(gd.derive(line_cost, w)))


def test_known_rules_are_named_too() -> None:
    d = gd.derive(3 * x**5, x, known={"constant multiple"})
    assert reasons(d)[0].startswith("constant multiple rule, then power rule: ")


def test_no_line_repeats_the_one_before() -> None:
    """Brackets that nobody writes are no step."""
    for expr in (w**2 * log(w), sqrt(w) * exp(w) * (w + 1), w * sin(w) * 2, sin(w) / (w**2 + 1)):
        for method in (None, "logarithmic"):
            d = gd.derive(expr, w, method=method)
            printed = [text(step.line) for step in d.steps]
            assert all(one != other for one, other in pairwise(printed)), printed
            assert d.steps[-1].line == gd.derive(expr, w, method=method, detail="full").steps[-1].line


# Long formulas

LONG = symbols("x1:201")


@cache
def squares() -> gd.Derivation:
    return gd.derive(sympy.Add(*[(w * s - 1) ** 2 for s in LONG]), w)


def test_two_hundred_terms_are_summarised() -> None:
    printed = squares().text()
    assert len(squares().steps) == 601 and len(printed) < 4000
    assert "∂/∂w [(x₁ w - 1)² + (x₂ w - 1)² + ⋯ + (x₂₀₀ w - 1)²]" in printed
    assert "and so on: 591 lines for the other parts, in the same way" in printed
    assert "sums of 200 terms are shown by their first two and the last" in printed
    assert "601 lines, each checked" in printed
    tex = squares().latex()
    assert r"\cdots" in tex and len(tex) < 6000
    assert len(squares().markdown()) < 8000 and "\\cdots" in squares().markdown()
    assert "..." in squares().text(ascii=True) and squares().text(ascii=True).isascii()


def test_nothing_is_lost_but_for_the_eye() -> None:
    assert len(squares().written.children) == 200
    assert sympy.expand(squares().result) == sympy.Add(*[2 * w * s**2 - 2 * s for s in LONG])
    ten = gd.derive(sympy.Mul(*[w + s for s in LONG[:10]]), w)
    assert "⋯" in ten.text() and "dots" in ten.text()
    data = ten.to_dict()
    assert len(data["steps"]) == len(ten.steps) and "⋯" not in json.dumps(data, ensure_ascii=False)
    assert all(f"x_{k}" in data["steps"][0]["line"]["ascii"] for k in range(1, 11))


def test_the_pending_derivative_is_never_hidden() -> None:
    elide = Elision()
    for step in squares().steps[:-1]:
        pending = [part for part in _walk(step.line) if isinstance(part, D)]
        shown = [part for part in _walk(elide(step.line)) if isinstance(part, D)]
        assert not pending or shown[0] == pending[0]


def _walk(node: Node) -> list[Node]:
    return [node, *(part for child in node.children for part in _walk(child))]


def test_twelve_factors_are_summarised() -> None:
    printed = gd.derive(sympy.Mul(*[w + s for s in LONG[:12]]), w).text()
    assert len(printed) < 6000
    assert "(w + x₁) (w + x₂) ⋯ (w + x₁₁) · ∂/∂w [w + x₁₂]" in printed
    assert "products of 11 to 12 factors" in printed
    assert "⋯ · 1" not in printed and "1 · ⋯" not in printed and "(w + x₂) ⋯ (w + x₁₁) · 1" in printed


def test_dots_are_counted_and_small_formulas_stay_whole() -> None:
    letters = [gd.read(f"x{k}") for k in range(1, 41)]
    elide = Elision()
    terms = Add(*(Pow(Mul(gd.read("w"), s), gd.read("n")) for s in letters))
    short = elide(terms)
    assert [type(part) is Dots for part in short.children] == [False, False, True, False]
    assert elide.terms == {40} and elide.factors == set()
    assert latex(short) == r"(w x_{1})^{n}+(w x_{2})^{n}+\cdots+(w x_{40})^{n}"
    small = Add(*letters)
    assert elide(small) is small
    assert text(elide(Mul(*(Add(gd.read("w"), s) for s in letters)))) == "(w + x₁) (w + x₂) ⋯ (w + x₄₀)"


def test_names_with_numbers_are_in_the_order_of_the_numbers() -> None:
    d = gd.derive(sum(LONG[:15]) * w, w)
    assert text(d.written, ascii=True) == " + ".join(f"x_{k}" for k in range(1, 16))


def test_usual_derivations_are_printed_whole() -> None:
    for expr in (line_cost, cos(w) ** 3 / w, sum(w**k for k in range(1, 8))):
        printed = gd.derive(expr, w).text()
        assert "⋯" not in printed and "and so on" not in printed
