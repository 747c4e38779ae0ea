"""What a reader sees: the last line as a book would print it, reasons that say what was done, the same steps in every format."""

from __future__ import annotations

import html as markup
import json
import re

import pytest
from sympy import IndexedBase, MatrixSymbol, Max, Rational, Sum, exp, log, sqrt, symbols, tanh

import gdsym as gd
from gdsym.export.columns import columns
from gdsym.export.reasons import as_text
from gdsym.writing.text import text

w, b, x, y, a, alpha, c = symbols("w b x y a alpha c")
i, j, k, m, n, H = symbols("i j k m n H", integer=True, positive=True)
X, Y, W, V, P, Z, U = map(IndexedBase, ("x", "y", "W", "v", "p", "z", "U"))
line = Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)
sigma = 1 / (1 + exp(-(w * X[i] + b)))
log_loss = -Sum(Y[i] * log(sigma) + (1 - Y[i]) * log(1 - sigma), (i, 1, m)) / m
named = -Sum(Y[i] * log(P[i]) + (1 - Y[i]) * log(1 - P[i]), (i, 1, m)) / m


def last(d: gd.Derivation) -> str:
    return text(d.steps[-1].line, ascii=True)


def said(d: gd.Derivation) -> list[str]:
    return ["".join(p if isinstance(p, str) else text(p, ascii=True) for p in step.reason) for step in d.steps]


@pytest.mark.parametrize(
    ("expr", "wrt", "form"),
    [
        ("3*x**5 - 4*x**2 + 7*x - 2", "x", "15*x**4 - 8*x + 7"),
        ("(x**2 + 1)**3", "x", "6*x*(x**2 + 1)**2"),
        ("sin(exp(x**2))", "x", "2*x*exp(x**2)*cos(exp(x**2))"),
        ("(x**2 - 1)/(x**2 + 1)", "x", "4*x/(x**2 + 1)**2"),
        ("x**2*exp(-x)*log(x)", "x", "x*exp(-x)*(1 - (x - 2)*log(x))"),
        ("x/sqrt(1 + x**2)", "x", "1/(1 + x**2)**(3/2)"),
        ("1/(1 + exp(-x))", "x", "1/(1 + exp(-x))*(1 - 1/(1 + exp(-x)))"),
        ("log(1/(1 + exp(-x)))", "x", "1/(1 + exp(x))"),
        ("exp(-x**2/2)", ("x", "x"), "(x**2 - 1)*exp(-x**2/2)"),
        ("(w*x - y)**2", "w", "2*(w*x - y)*x"),
        ("(a*x + b)**2", "x", "2*a*(a*x + b)"),
        ("cos(w*x)", "w", "-x*sin(w*x)"),
        ("sin(x)/cos(x)", "x", "1/cos(x)**2"),
        ("sinh(x)/cosh(x)", "x", "1/cosh(x)**2"),
        ("x**2*2**x", "x", "x*2**x*(x*log(2) + 2)"),
        ("x**4 - 2*x**3 + x**2", "x", "4*x**3 - 6*x**2 + 2*x"),
        (Sum((Y[i] - w * X[i] - b) ** 2, (i, 1, m)) / (2 * m), b, "-1/m*Sum(y[i] - b - w*x[i], (i, 1, m))"),
        (Sum(Sum((X[i] - X[j]) ** 2, (j, 1, n)), (i, 1, n)), X[k], "4*Sum(x[k] - x[j], (j, 1, n))"),
        (line, w, "1/m*Sum((w*x[i] + b - y[i])*x[i], (i, 1, m))"),
        (log_loss, w, "1/m*Sum((1/(1 + exp(-(w*x[i] + b))) - y[i])*x[i], (i, 1, m))"),
    ],
)
def test_the_last_line_is_what_a_book_would_print(expr, wrt, form):
    d = gd.derive(expr, wrt)
    assert last(d) == form
    assert d.steps[-1].line.to_sympy() == d.result
    assert all(step.check for step in d.steps)


z_i = "Sum(w[j]*X[i,j], (j, 1, n))"
z_c = "Sum(W[c,j]*X[i,j], (j, 1, n))"
soft = "exp(Sum(W[k, j]*X[i, j], (j, 1, n)))/Sum(exp(Sum(W[{0}, j]*X[i, j], (j, 1, n))), ({0}, 1, K))"


@pytest.mark.parametrize(
    ("expr", "wrt", "form"),
    [
        (f"Sum(log(1 + exp(-y[i]*{z_i})), (i, 1, m))/m", "w", f"-1/m*Sum(y[i]*X[i, k]/(1 + exp(y[i]*{z_i})), (i, 1, m))"),
        (f"Sum(log(1 + exp({z_i})) - y[i]*{z_i}, (i, 1, m))/m", "w", f"1/m*Sum((1/(1 + exp(-{z_i})) - y[i])*X[i, k], (i, 1, m))"),
        (f"-Sum(y[i]*log(exp({z_i})/(1 + exp({z_i}))) + (1 - y[i])*log(1 - exp({z_i})/(1 + exp({z_i}))), (i, 1, m))/m", "w",
         f"1/m*Sum((1/(1 + exp(-{z_i})) - y[i])*X[i, k], (i, 1, m))"),
        (f"Sum(log(Sum(exp({z_c}), (c, 1, K))) - Sum(Y[i,c]*{z_c}, (c, 1, K)), (i, 1, m))/m", "W",
         f"1/m*Sum(({soft} - Y[i, k])*X[i, l], (i, 1, m))".format("c")),
        (f"-Sum(Sum(Y[i,c]*log(exp({z_c})/Sum(exp({z_c.replace('c', 'q')}), (q, 1, K))), (c, 1, K)), (i, 1, m))/m", "W",
         f"1/m*Sum(({soft}*Sum(Y[i, c], (c, 1, K)) - Y[i, k])*X[i, l], (i, 1, m))".format("q")),
    ],
)  # fmt: skip
def test_losses_of_classifiers_end_as_books_print_them(expr, wrt, form):
    d = gd.derive(expr, IndexedBase(wrt))
    assert last(d) == form.replace("X[i,j]", "X[i, j]")
    assert all(step.check for step in d.steps)


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("log(1 + exp(x))", "1/(1 + exp(-x))"),
        ("log(exp(-x) + 1)", "-1/(exp(x) + 1)"),
        ("log(1 + exp(1 - x))", "-1/(1 + exp(x - 1))"),
        ("log(1 + exp(2*x))", "2/(1 + exp(-2*x))"),
        ("exp(x)/(1 + exp(x))", "exp(x)/(1 + exp(x))**2"),
        ("log(1 + exp(-x/2))", "-1/(2*(1 + exp(x/2)))"),
        ("log(2 + exp(x))", "exp(x)/(2 + exp(x))"),
        ("2*log(1 + exp(x)) - x", "(exp(x) - 1)/(1 + exp(x))"),
        ("log(1 + exp(x)) + a*x", "1/(1 + exp(-x)) + a"),
        ("sin(exp(x)/(1 + exp(x)))", "exp(x)*cos(exp(x)/(1 + exp(x)))/(1 + exp(x))**2"),
        ("log(exp(x) + exp(-x))", "(exp(x) - exp(-x))/(exp(x) + exp(-x))"),
    ],
)
def test_an_exponential_over_one_plus_itself_is_a_logistic_function(expr, form):
    d = gd.derive(expr, "x")
    assert last(d) == form
    assert d.steps[-1].detail != "logistic" or d.steps[-1].check


def test_a_named_probability_written_with_exponentials_keeps_its_name():
    cost = Sum(log(1 + exp(w * X[i])) - Y[i] * w * X[i], (i, 1, m))
    d = gd.Cost(cost, [w], where={P[i]: exp(w * X[i]) / (1 + exp(w * X[i]))}).partial(w)
    assert last(d) == "Sum((p[i] - y[i])*x[i], (i, 1, m))"


def test_a_maximum_of_three_ends_as_a_case_distinction():
    """The slope of the greatest; the mean of the tied slopes, also where only two of the three tie."""
    d = gd.derive("Max(2*x, x**2, 3)", "x")
    assert last(d) == (
        "Piecewise((2, (2*x > x**2) & (2*x > 3)), (2*x, (x**2 > 2*x) & (x**2 > 3)), (0, (2*x < 3) & (x**2 < 3)), "
        "(1 + x, (2*x == x**2) & (2*x > 3)), (1, (2*x == 3) & (2*x > x**2)), (x, (x**2 == 3) & (x**2 > 2*x)), ((2*x + 2)/3, True))"
    )
    values = {-5: -10, 0: 0, 1: 0, "3/2": 1, "7/4": 2, 2: 3, 4: 8}
    assert {at: d.result.subs("x", Rational(at)) for at in values} == values
    assert d.result.subs("x", -sqrt(3)) == -sqrt(3)
    assert gd.derive("Min(x, 5*x, 6*x)", "x").result.subs("x", 0) == 4


def test_a_maximum_with_one_varying_argument_has_four_cases():
    one = gd.derive("Max(x, y, 2)", "x")
    assert (
        last(one)
        == "Piecewise((1, (x > y) & (x > 2)), (0, (y > x) | (x < 2)), (1/3, (x == y) & (x == 2)), (1/2, True))"
    )
    at = {(3, 1): 1, (1, 3): 0, (1, 1): 0, (2, 1): Rational(1, 2), (3, 3): Rational(1, 2), (2, 2): Rational(1, 3)}
    assert {p: one.result.subs(dict(zip((x, y), p, strict=True))) for p in at} == at


def test_compiled_slopes_of_a_maximum_of_three_are_means_at_ties():
    cost = Sum(Max(w * X[i], b, Y[i] - w), (i, 1, m))
    slopes = gd.Cost(cost, [w, b]).compile().gradient({w: 1.0, b: 2.0}, {X: [2, 3, 1, 2], Y: [0, 4, 3, 3]})
    assert slopes == {w: 1 + (3 - 1) / 2 - 1 / 2 + 1 / 3, b: 1 / 2 + 0 + 1 / 2 + 1 / 3}
    assert gd.derive("Min(x, 5*x, 3 - x)", "x").result.subs("x", 0) == 3


def test_cross_entropy_ends_at_p_minus_y_times_x():
    parts = {P[i]: 1 / (1 + exp(-Z[i])), Z[i]: w * X[i] + b}
    assert last(gd.Cost(named, [w, b], where=parts).partial(w)) == "1/m*Sum((p[i] - y[i])*x[i], (i, 1, m))"


def test_a_quotient_by_the_product_rule_ends_alike():
    by_product = gd.derive("(x**2 - 1)/(x**2 + 1)", "x", method="product")
    assert last(by_product) == last(gd.derive("(x**2 - 1)/(x**2 + 1)", "x", method="quotient"))


def test_what_was_typed_keeps_its_order():
    assert last(gd.derive("(exp(x)*x + 1)**2/2", "x")).endswith("(exp(x)*x + 1)")
    assert (
        last(gd.derive("Sum((y[i] - a*y[i-1])**2, (i, 2, m))/2", "a"))
        == "-Sum((y[i] - a*y[i - 1])*y[i - 1], (i, 2, m))"
    )


@pytest.mark.parametrize(
    ("expr", "wrt", "reason"),
    [
        ("3*x**5 - 4*x**2", "x", "simplify: 3*5*x**(5 - 1) = 15*x**4 and 4*2*x = 8*x"),
        ("x**2*log(x)/x", "x", "cancel"),
        (line, w, "simplify: the 2 cancels the 1/2"),
        ("x**2*exp(-x)*log(x)", "x", "simplify: x*exp(-x) is a common factor"),
        ("x/sqrt(1 + x**2)", "x", "simplify: over a common denominator"),
        ("-Sum(u[i] - log(Sum(exp(u[j]), (j, i, n))), (i, 1, n))", "u[k]", "simplify: the minus goes into the bracket"),
        ("f(x)*g(x)", "x", "product rule: (u*v)' = u'*v + u*v'"),
        ("f(x)/g(x)", "x", "quotient rule: (u/v)' = (u'*v - u*v')/v**2"),
        (
            "1/(1 + exp(-x))",
            "x",
            "derivative of the logistic function: sigma' = sigma*(1 - sigma) for sigma = 1/(1 + exp(-x))",
        ),
        ("-x**2/2", "x", "constant multiple rule: the factor is -1/2"),
        ("log(1 + exp(x))", "x", "simplify: exp(x)/(1 + exp(x)) = 1/(1 + exp(-x))"),
        ("log(1 + exp(2*z))", "z", "simplify: exp(u)/(1 + exp(u)) = 1/(1 + exp(-u)) with u = 2*z"),
        (
            "-y*log(exp(x)/(1 + exp(x))) - (1 - y)*log(1 - exp(x)/(1 + exp(x)))",
            "x",
            "simplify: the fraction is taken apart, exp(x)/",
        ),
        (f"Sum(log(1 + exp(-y[i]*{z_i})), (i, 1, m))", "w[k]", "simplify: signs are put in front"),
        (
            f"Sum(log(1 + exp(-y[i]*{z_i})), (i, 1, m))",
            "w[k]",
            "exp(-z)/(1 + exp(-z)) = 1/(1 + exp(z)) with z = y[i]*Sum(",
        ),
    ],
)
def test_reasons_say_what_was_done(expr, wrt, reason):
    assert any(reason in words for words in said(gd.derive(expr, wrt))), said(gd.derive(expr, wrt))


def test_an_equation_in_a_reason_is_true():
    """Every `lhs = rhs` beside a simplify step holds where it is evaluated."""
    shown = 0
    for expr in (
        "3*x**5 - 4*x**2 + 7*x",
        "x**2*exp(-x)*log(x)",
        "sin(x)**2*cos(3*x)",
        "x*(1 - x)*(2*x)",
        "-(1 - x)*(-x)*3",
    ):
        for step in gd.derive(expr, "x", detail="full").steps:
            sides = [p for p in step.reason if not isinstance(p, str)]
            if step.rule.name == "simplify" and " = " in step.reason:
                for left, right in zip(sides[::2], sides[1::2], strict=True):
                    point = dict.fromkeys(left.to_sympy().free_symbols, 1.7)
                    assert abs(left.to_sympy().evalf(subs=point) - right.to_sympy().evalf(subs=point)) < 1e-9
                    shown += 1
    assert shown > 5


ALL = [
    gd.derive("(x**2 - 1)/(x**2 + 1)", "x"),
    gd.Cost(line, [w, b]).partial(w),
    gd.derive(Sum(Sum(U[i, k] * V[k], (k, 1, n)) ** 2, (i, 1, m)), U),
    gd.Cost(log_loss, [w, b]).partial(b),
    gd.Cost(Sum((Sum(V[k] * tanh(Sum(W[k, j] * X[i, j], (j, 1, n))), (k, 1, H)) - Y[i]) ** 2, (i, 1, m)), [W, V]).partial(W),
    gd.derive((MatrixSymbol("A", m, n) * MatrixSymbol("w", n, 1)).T * MatrixSymbol("A", m, n) * MatrixSymbol("w", n, 1),
              MatrixSymbol("w", n, 1)),
    gd.derive("Max(0, 1 - x)", "x"),
]  # fmt: skip


@pytest.mark.parametrize("d", ALL, ids=lambda d: str(d.wrt))
@pytest.mark.parametrize("detail", ["normal", "brief"])
def test_the_same_steps_in_every_format(d, detail):
    """Reasons in their order, in text, LaTeX, Markdown, HTML and the notebook; formulas in JSON and Markdown."""
    page = d.page(detail, ())
    plain = d.text(detail=detail)
    assert plain.count(" = ") >= len(page.steps)
    reasons = [words_of(as_text(("".join(p for p in step.reason if isinstance(p, str)),), page)) for step in page.steps]
    for shown in (plain, d.latex(detail=detail), d.markdown(detail=detail), d.html(detail=detail)):
        bare = markup.unescape(re.sub(r"<[^>]*>", " ", shown)) if shown.startswith("<") else shown
        assert in_order(reasons, words_of(bare)), shown
    markdown = d.markdown(detail=detail)
    assert markdown.count("$$") == 2 * (len(page.steps) + 1)


def words_of(shown: str) -> list[str]:
    """Words of three letters and more, without markup."""
    return [word.lower() for word in re.findall(r"[A-Za-z]{4,}", shown.replace("\\", " \\"))]


def in_order(rows: list[list[str]], words: list[str]) -> bool:
    """Do all words of all rows occur one after the other?"""
    rest = iter(words)
    return all(word in rest for row in rows for word in row)


def test_json_has_the_same_lines():
    for d in ALL:
        data = d.to_dict()
        assert [s["line"]["ascii"] for s in data["steps"]] == [text(s.line, ascii=True) for s in d.steps]
        assert json.loads(json.dumps(data)) == data
        assert d._repr_mimebundle_()["text/latex"] == f"$${d.latex(text_width=455)}$$"
        assert d._repr_mimebundle_()["text/plain"] == d.text()


def test_text_stays_within_a_hundred_columns():
    for d in ALL:
        for detail in ("normal", "brief"):
            for plain in (False, True):
                assert max(map(columns, d.text(detail=detail, ascii=plain).splitlines())) <= 100


def test_every_result_shows_itself_in_a_notebook():
    cost = gd.Cost(line, [w, b])
    run = cost.descend({w: 0, b: 0}, {X: [1, 2], Y: [300, 500]}, maxiter=10)
    wrong = cost.check({w: "Sum(w*x[i] + b - y[i], (i, 1, m))/m"})
    shown = {
        "text/latex": [cost, cost.partial(w), cost.partial(w).steps[1], cost.gradient(), cost.hessian(), gd.Momentum(), run.explain(0), cost.insight({X: [1, 2], Y: [300, 500]})],
        "text/html": [run, wrong],
    }  # fmt: skip
    for kind, objects in shown.items():
        for thing in objects:
            bundle = thing._repr_mimebundle_()
            assert {"text/plain", kind} <= set(bundle)
            assert bundle["text/plain"] == str(thing) or thing is cost.partial(w).steps[1]
            tex = bundle[kind]
            assert tex.count("$$") % 2 == 0 and tex.count("{") == tex.count("}")
    assert "✗" in wrong._repr_mimebundle_()["text/html"]
    assert r"\nabla^{2} J = \begin{bmatrix}" in cost.hessian().latex()


def test_a_notebook_runs_nothing_that_a_name_says():
    t = symbols("<script>alert(1)</script>")
    run = gd.Cost((t - 1) ** 2, [t]).descend({t: 0}, maxiter=3)
    assert "<script" not in run._repr_mimebundle_()["text/html"]


def test_a_cost_shows_its_parts():
    cost = gd.Cost(Sum(P[i] ** 2, (i, 1, m)), [w], where={P[i]: w * X[i] - Y[i]})
    assert str(cost) == "J(w) = Σᵢ₌₁ᵐ pᵢ², where pᵢ = w xᵢ - yᵢ"
    assert cost.latex().count("&=") == 2


def test_rows_end_before_a_bracket_and_not_behind_its_first_number():
    d = gd.derive("Sum((y[i] - V*x[i]**h/(K**h + x[i]**h))**2, (i, 1, m))", "h")
    rows = [row.strip() for row in d.latex().split(r"\\")]
    assert any(row.startswith(r"&\qquad{}\cdot \left(0-") for row in rows)
    assert not any(row.endswith(("(0", r"\biggl(0", r"\bigl(0")) for row in rows)
