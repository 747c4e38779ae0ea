"""Last lines and reasons as textbooks print them: bare forms, no helpers of the package beyond its text."""

import pytest
import sympy
from sympy import Determinant, Function, IndexedBase, MatrixSymbol, Sum, Trace, exp, log, symbols

import gdsym as gd
from gdsym.writing.special import NOTATION
from gdsym.writing.text import text
from gdsym.written.from_sympy import from_sympy

i, j, k, l, m, n = symbols("i j k l m n", integer=True, positive=True)
a, b, x, y = symbols("a b x y")
u, v, R = map(IndexedBase, "uvR")
X = IndexedBase("X")


def last(d: gd.Derivation) -> str:
    return repr(d.steps[-1].line)


def reasons(d: gd.Derivation) -> str:
    return d.text()


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("(y - w*x)**2", "w", "-2 (y - w x) x"),
        ("(y - m*x - b)**2", "m", "-2 (y - m x - b) x"),
        ("(5 - 3*x)**2", "x", "-6 (5 - 3x)"),
        ("(3*x + 2)**2", "x", "6 (3x + 2)"),
        ("(1 - x)**2 + 100*(y - x**2)**2", "x", "-2 (1 - x) - 400x (y - x²)"),
        ("exp(-(x - mu)**2/(2*s**2))", "x", "-(x - μ) exp(-(x - μ)²/(2 s²))/s²"),
        ("Sum((y[i] - w*x[i] - b)**2, (i, 1, m))/(2*m)", "w", "-1/m Σᵢ₌₁ᵐ (yᵢ - w xᵢ - b) xᵢ"),
    ],
)
def test_a_bracket_that_was_typed_keeps_its_sign(typed: str, by: str, printed: str) -> None:
    assert last(gd.derive(typed, by)) == printed


def test_a_typed_bracket_is_known_by_other_letters_of_its_indices() -> None:
    error = R[i, j] - Sum(u[i, l] * v[j, l], (l, 1, k))
    d = gd.derive(Sum(error**2, (j, 1, n), (i, 1, m)), u)
    assert last(d).startswith("-2 Σⱼ₌₁ⁿ (R") and len(d.steps) == 11
    pairs = gd.derive(Sum((u[i] - u[j]) ** 2, (j, 1, n), (i, 1, n)), u)
    assert last(pairs) == "4 Σⱼ₌₁ⁿ (uₖ - uⱼ)"


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("(2*x)**k/x", "x", "(k - 1) (2x)ᵏ/x²"),
        ("3*x**2*(2*x)**k", "x", "3x (k + 2) (2x)ᵏ"),
        ("(3*x)**k*(3*x)", "x", "3 (k + 1) (3x)ᵏ"),
        ("exp(k*x)/exp(x)", "x", "(k - 1) exp((k - 1) x)"),
        ("exp(2*x)/exp(x)", "x", "eˣ"),
        ("exp(x)*exp(2*x)", "x", "3 e³ˣ"),
        ("exp(x)/exp(2*x)", "x", "-e⁻ˣ"),
        ("exp(x**2)*exp(x)", "x", "(2x + 1) exp(x²) eˣ"),
    ],
)
def test_powers_and_exponentials_of_one_base_are_joined(typed: str, by: str, printed: str) -> None:
    d = gd.derive(typed, by)
    assert last(d) == printed and all(step.check for step in d.steps)


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("log(1/(s*sqrt(2*pi))*exp(-(x - mu)**2/(2*s**2)))", "s", "-1/s + (x - μ)²/s³"),
        ("exp(-(x - mu)**2/(2*s**2))/(s*sqrt(2*pi))", "s", "((x - μ)² - s²) exp(-(x - μ)²/(2 s²))/(s⁴ √(2 π))"),
        ("tan(x)**2 - sec(x)**2", "x", "0"),
        ("log(sec(x) + tan(x))", "x", "sec(x)"),
        ("log(csc(x) - cot(x))", "x", "csc(x)"),
        ("log(cosh(x))*tanh(x)", "x", "tanh(x)² + log(cosh(x)) (1 - tanh(x)²)"),
        ("x**4*sqrt(x**2 + 1)/(3*x + 2)**5", "x", "x³ (10 x² - 3x + 8)/((3x + 2)⁶ √(x² + 1))"),
    ],
)
def test_quotients_and_squares_end_as_in_tables(typed: str, by: str, printed: str) -> None:
    d = gd.derive(typed, by)
    assert last(d) == printed and all(step.check for step in d.steps)


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("b**a/gamma(a)*x**(a - 1)*exp(-b*x)", "x", "(a - b x - 1) bᵃ xᵃ⁻² exp(-b x)/Γ(a)"),
        ("k/l*(x/l)**(k - 1)*exp(-(x/l)**k)", "x", "k (k - k (x/l)ᵏ - 1) (x/l)ᵏ⁻² exp(-(x/l)ᵏ)/l²"),
        ("binomial(n, k)*p**k*(1 - p)**(n - k)", "p", "(k - n p) pᵏ⁻¹ (1 - p)^(n - k - 1) binomial(n, k)"),
        ("q**k*exp(-q)/factorial(k)", "q", "(k - q) qᵏ⁻¹ exp(-q)/k!"),
        ("x**y*y**x", "x", "xʸ⁻¹ yˣ (y + x log(y))"),
        ("x/s**2*exp(-x**2/(2*s**2))", "x", "(s² - x²) exp(-x²/(2 s²))/s⁴"),
        ("x*y/(x**2 + y**2)", "x", "y (y² - x²)/(x² + y²)²"),
        ("tan(x)**4/4", "x", "tan(x)³ (1 + tan(x)²)"),
        ("(a*x + b)/(c*x + d)", "x", "(a d - b c)/(c x + d)²"),
        ("p*(1 - p)**(k - 1)", "p", "(1 - k p) (1 - p)ᵏ⁻²"),
        ("a*b**a/x**(a + 1)", "a", "bᵃ x⁻ᵃ⁻¹ (a log(b) - a log(x) + 1)"),
        ("log(1 + (x - m)**2/g**2) + log(g)", "g", "(g² - (x - m)²)/(g (g² + (x - m)²))"),
        ("x**2*sqrt(a**2 - x**2)", "x", "x (2 a² - 3 x²)/√(a² - x²)"),
        ("sqrt(x**2 + a**2)/x", "x", "-a²/(x² √(x² + a²))"),
        ("x*sqrt(b*x + c)", "x", "(3b x + 2c)/(2 √(b x + c))"),
    ],
)
def test_densities_and_fractions_end_as_people_write_them(typed: str, by: str, printed: str) -> None:
    d = gd.derive(typed, by)
    assert last(d) == printed and all(step.check for step in d.steps)


def test_the_law_of_pythagoras_is_said_with_its_letters() -> None:
    assert "sec(x)² - tan(x)² = 1" in gd.derive("tan(x)**2 - sec(x)**2", "x").text()
    printed = gd.derive("sin(x)/(1 + cos(x))", "x").latex()
    assert r"\sin^{2}(x)+\cos^{2}(x)=1" in printed and "caret" not in printed


def test_a_minus_before_a_bracket_that_stands_alone_goes_into_it() -> None:
    luce = gd.derive("-Sum(u[i] - log(Sum(exp(u[j]), (j, i, n))), (i, 1, n))", "u[k]")
    assert last(luce) == "Σᵢ₌₁ᵏ exp(uₖ)/(Σⱼ₌ᵢⁿ exp(uⱼ)) - 1"


def test_an_implicit_derivative_keeps_its_terms() -> None:
    f = Function("y")
    assert last(gd.derive(x**2 + f(x) ** 2 - 25, x)) == "2x + 2 y(x) y′(x)"
    folium = gd.derive(x**3 + f(x) ** 3 - 6 * x * f(x), x)
    assert last(folium) == "3 x² + 3 y(x)² y′(x) - 6 (y(x) + x y′(x))"


@pytest.mark.parametrize(
    ("typed", "lines"),
    [("besseli(0, x)", 2), ("x**2*exp(-1/x)", 7), ("exp(1/x)", 3), ("x**2*sin(1/x)", 5)],
)
def test_no_row_only_moves_factors(typed: str, lines: int) -> None:
    assert len(gd.derive(typed, "x").steps) == lines


def test_like_terms_over_numbers_are_added() -> None:
    d = gd.derive("kappa*cos(x - mu) - log(2*pi*besseli(0, kappa))", "kappa")
    assert last(d) == "cos(x - μ) - besseli(1, κ)/besseli(0, κ)" and "2 besseli(1, κ)/2" not in d.text()


def test_a_matrix_derivation_in_full_prints_no_row_twice() -> None:
    A, w, t = MatrixSymbol("A", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("t", m, 1)
    d = gd.derive((A * w - t).T * (A * w - t), w, detail="full")
    rows = [line.strip().split("   ")[0] for line in d.text().splitlines() if line.strip()]
    assert len(set(rows)) == len(rows)
    assert gd.verify.recheck(d.certificate) and d.certificate.count('"rule"') == 7


def test_the_hessian_says_on_its_page_that_it_is_symmetric() -> None:
    words = "are the same in either order."
    line = gd.Cost(Sum((a * X[i] + b - u[i]) ** 2, (i, 1, m)), [a, b]).hessian()
    assert words in line.latex() and words in line.text() and words in line.html() and words in line.markdown()
    softmax = gd.Cost(log(Sum(exp(v[j]), (j, 1, n))), [v]).hessian()
    assert softmax.symmetric and "by entries of }v" in softmax.latex()
    both = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) + b) ** 2, (i, 1, m)), [v, b]).hessian()
    assert both.symmetric and words in both.latex()


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("Max(x - y, y - x)", "x", "{1 if x > y; -1 if x < y; 0 otherwise}"),
        ("Max(x, x/10)", "x", "{1 if x > 0; 1/10 if x < 0; 11/20 otherwise}"),
        ("Max(x, 2*x, 3*x)", "x", "{1 if x < 0; 3 if x > 0; 2 otherwise}"),
        ("Max(x**2, 2*x**2)", "x", "{4x if x² > 0; 3x otherwise}"),
        ("Max(0, 1 - y*w)", "w", "{0 if 1 - y w < 0; -y if 1 - y w > 0; -y/2 otherwise}"),
        (
            "Sum(Max(q*(y[i] - w*x[i]), (q - 1)*(y[i] - w*x[i])), (i, 1, m))",
            "w",
            "Σᵢ₌₁ᵐ {-q xᵢ if yᵢ > w xᵢ; (1 - q) xᵢ if yᵢ < w xᵢ; (1 - 2q) xᵢ/2 otherwise}",
        ),
        (
            "Max(x, y, (x + y)/2, 2*x)",
            "x",
            """{1 if x > y and x < 0; 0 if y > x and y > 2x; 2 if x > 0 and 2x > y and 3x > y;\
 3/2 if x = 0 and x > y; 1 if y = 2x and y > x; 1/2 if x = y and x < 0; 7/8 otherwise}""",
        ),
    ],
)
def test_comparisons_are_short_and_no_case_is_idle(typed: str, by: str, printed: str) -> None:
    d = gd.derive(typed, by)
    assert last(d) == printed and all(step.check for step in d.steps)


def test_a_tie_is_named_in_its_short_form() -> None:
    d = gd.derive("Max(q*(y - w*x), (q - 1)*(y - w*x))", "w")
    assert "not differentiable where y = w x;" in d.text()
    assert "simplify: x - y > y - x says x > y" in gd.derive("Max(x - y, y - x)", "x").text()


def test_what_stands_below_a_bar_is_one_piece_in_text() -> None:
    A, w = MatrixSymbol("A", n, n), MatrixSymbol("w", n, 1)
    ratio = gd.derive((w.T * w) * (w.T * A * w) ** -1, w)
    assert "/(wᵀ A w)" in ratio.text() and "/wᵀ" not in ratio.text()
    assert "/(w.T*A*w)" in ratio.text(ascii=True) and "/w.T*" not in ratio.text(ascii=True)


def test_terms_of_a_gradient_begin_with_a_plus() -> None:
    C, S, mean, t = MatrixSymbol("C", n, n), MatrixSymbol("S", n, n), MatrixSymbol("a", n, 1), MatrixSymbol("t", n, 1)
    assert last(gd.derive(log(Determinant(C)) + Trace(C.I * S), C)) == "C⁻ᵀ - C⁻ᵀ Sᵀ C⁻ᵀ"
    assert last(gd.derive((t - mean).T * C.I * (t - mean), mean)) == "-(C⁻¹ + C⁻ᵀ) (t - a)"


def test_greek_names_are_no_data() -> None:
    share = gd.derive("log(Sum(exp(u[j]/tau), (j, 1, n)))*v/tau", "u[k]")
    assert "1/(τ Σ" in share.text() or "τ²" in last(share)


def test_what_leaves_a_sum_is_said_with_its_sign() -> None:
    d = gd.derive("Sum(exp(v[j]/t), (j, 1, n))", "t")
    assert "simplify: -1/t² in front of the sum" in d.text()
    q = IndexedBase("q")
    em = gd.derive(Sum(-((X[i] - a) ** 2) * q[i] / (2 * b**2), (i, 1, n)), a)
    assert last(em) == "1/b² Σᵢ₌₁ⁿ qᵢ (Xᵢ - a)" and "-(-1)" not in em.text() and ", -1 " not in em.text()


def test_terms_that_meet_where_factors_cancel_are_said() -> None:
    assert "simplify: x cancels, and like terms are put together" in gd.derive("x*log(x) - x", "x").text()


@pytest.mark.parametrize(
    ("typed", "named", "printed"),
    [
        ("digamma(x**2)", "chain rule with u = x², d/du [ψ(u)] = ψ₁(u)", "2x ψ₁(x²)"),
        ("trigamma(x)", "derivative of trigamma", "ψ₂(x)"),
    ],
)
def test_the_slope_of_digamma_is_a_rule(typed: str, named: str, printed: str) -> None:
    d = gd.derive(typed, "x")
    assert last(d) == printed and named in " ".join(d.text().split()) and all(step.check for step in d.steps)


@pytest.mark.parametrize("key", NOTATION, ids=str)
@pytest.mark.parametrize("plain", [False, True])
def test_a_special_function_in_text_is_read_again(key: tuple[str, int], plain: bool) -> None:
    name, count = key
    called = getattr(sympy, name)(*symbols("a b c d")[:count])
    again = gd.read(text(from_sympy(called), ascii=plain)).to_sympy()
    assert again == called or again.rewrite(sympy.polygamma) == called.rewrite(sympy.polygamma)


def test_the_slope_of_gamma_is_psi_in_text() -> None:
    assert last(gd.derive("gamma(x)", "x")) == "Γ(x) ψ(x)"
    assert "= psi_3(x) " in gd.derive("polygamma(2, x)", "x").text(ascii=True)
    assert last(gd.derive("psi_1(x)", "x")) == "ψ₂(x)" == last(gd.derive("trigamma(x)", "x"))
    assert gd.derive("gamma(x)", "x").steps[-1].line.to_sympy() == sympy.gamma(x) * sympy.polygamma(0, x)
    wave = gd.derive(Function("psi")(x) * sympy.digamma(x), x)  # the letter is taken
    assert last(wave) == "polygamma(1, x) ψ(x) + polygamma(0, x) ψ′(x)"
    assert last(gd.derive("log(gamma(x))", "x")) == "ψ(x)"


def test_the_largest_of_five_is_compared_with_the_others_at_once() -> None:
    d = gd.derive("Max(a*x, b*x, c*x, d*x, q*x)", "x")
    first = "{a if a x > max(b x, c x, d x, q x); b if b x > max(a x, c x, d x, q x);"
    assert last(d).startswith(first) and " and " not in last(d) and all(step.check for step in d.steps)
    assert r"a & \text{if }a x>\max(b x, c x, d x, q x)" in d.latex()
    assert "(a, (a*x > b*x) & (a*x > c*x)" in d.text(ascii=True)  # as it is read again
    mean = "(a u₁ + b u₂ + c u₃ + d u₄ + q u₅)/(u₁ + u₂ + u₃ + u₄ + u₅)"  # of the tied slopes
    assert mean in d.text() and "where u₁ = {1 if a x ≥ max(b x, c x, d x, q x); 0 otherwise}" in d.text()
    assert r"\frac{a u_{1}+b u_{2}+c u_{3}+d u_{4}+q u_{5}}{u_{1}+u_{2}+u_{3}+u_{4}+u_{5}}" in d.latex()
    lines = gd.derive("Max(0, w*p + b, w*q + b, w*r + b, w*s + b)", "w").text()
    assert "w p + b > w q + b says w p > w q" in lines and "usual order" not in lines
    six = gd.derive("Max(w*o + b, w*p + b, w*q + b, w*r + b, w*s + b, 0)", "w")
    assert "and so on: 4 lines for the other parts, in the same way" in six.text() and len(six.steps) == 13
    assert r"\frac{\partial}{\partial w}\left[w o+b\right]\quad{}\text{if }w o+b>\max(" in six.latex(text_width=455)
    unlike = gd.derive("Max(x*sin(x), x**2*tan(x), exp(x)*cos(x), x*log(x), x*atan(x)**2)", "x")
    assert len(unlike.steps) > 12 and "and so on" not in unlike.text()
    alone = last(gd.derive("Max(x, y, z, u, v)", "x"))
    assert alone.startswith("{1 if x > max(y, z, u, v); 0 if x < max(y, z, u, v);")
    least = last(gd.derive("Min(x, y, z, x*y)", "x"))
    assert least.startswith("{1 if x < min(y, z, x y); 0 if y < min(x, z, x y); 0 if z < min(x, y, x y); y if x y <")


def test_numbers_stand_before_matrices_and_switches_are_one_case_list() -> None:
    w, t, y, X = MatrixSymbol("w", n, 1), MatrixSymbol("x", n, 1), MatrixSymbol("y", m, 1), MatrixSymbol("X", m, n)
    q, score = symbols("tau"), Trace(w.T * t)
    assert last(gd.derive((t.T * w) * (q - 1), w)) == "(τ - 1) x"
    assert r"2\,(\tau-1)\,w" in gd.derive((w.T * w) * (q - 1), w).latex()
    assert last(gd.derive((q - 1) * (X * w - y).T * (X * w - y), w)) == "2 (τ - 1) Xᵀ (X w - y)"
    for cost, printed in (
        (sympy.Max(0, 1 - b * score), "{0 if 1 - b wᵀ x < 0; -b if 1 - b wᵀ x > 0; -b/2 otherwise} x"),
        (sympy.Max(q * score, (q - 1) * score), "{τ if wᵀ x > 0; τ - 1 if wᵀ x < 0; (2τ - 1)/2 otherwise} x"),
        (
            sympy.Piecewise((score**2 / 2, sympy.Abs(score) < q), (q * sympy.Abs(score) - q**2 / 2, True)),
            "{wᵀ x if |wᵀ x| < τ; τ sign(wᵀ x) otherwise} x",
        ),
        (log(1 + exp(-b * score)), "-b/(1 + exp(b wᵀ x)) x"),
    ):
        d = gd.derive(cost, w)
        assert d.check and all(step.check for step in d.steps) and last(d) == printed
