"""Powers and roots below a fraction bar, and what a step says where there is nothing to compare."""

from __future__ import annotations

import pytest
import sympy

import gdsym as gd
from gdsym.plainly import plainly

CASES = (
    ("1/x", "-1/x²", "power rule: d/dx [1/x] = -1/x²"),
    ("1/x**3", "-3/x⁴", "power rule: d/dx [1/xⁿ] = -n/xⁿ⁺¹"),
    ("5/sqrt(x)", "-5/(2 x^(3/2))", "power rule: d/dx [1/√x] = -1/(2 x^(3/2))"),
    ("1/sqrt(2*x + 1)", "-1/(2x + 1)^(3/2)", "chain rule with u = 2x + 1, d/du [1/√u] = -1/(2 u^(3/2))"),
    ("1/cbrt(x)", "-1/(3 x^(4/3))", "power rule: d/dx [1/x^(1/n)] = -1/(n x^(1 + 1/n))"),
    ("a/(x + b)**2", "-2a/(x + b)³", "constant multiple rule: a does not depend on x"),
    ("3/(4*x**2)", "-3/(2 x³)", "constant multiple rule: the factor is 3/4"),
    ("1/x**n", "-n/xⁿ⁺¹", "power rule: d/dx [1/xⁿ] = -n/xⁿ⁺¹"),
    ("1/x**(3/2)", "-3/(2 x^(5/2))", "power rule: d/dx [1/xⁿ] = -n/xⁿ⁺¹"),
)


def _said(d: gd.Derivation) -> str:
    return " ".join(d.text().split())


@pytest.mark.parametrize(("formula", "last", "said"), CASES)
def test_a_power_below_the_bar_is_derived_by_the_power_rule(formula: str, last: str, said: str) -> None:
    d = gd.derive(formula, "x")
    assert d.check and repr(d.steps[-1].line) == last
    assert said in _said(d) and "quotient rule" not in _said(d)


@pytest.mark.parametrize("formula", [formula for formula, _, _ in CASES])
def test_the_quotient_rule_is_there_for_who_asks(formula: str) -> None:
    d = gd.derive(formula, "x", method="quotient")
    assert d.check and "quotient rule" in _said(d)


@pytest.mark.parametrize("formula", ["1/(x**2 + 1)", "1/sin(x)", "x/(x + 1)**2", "1/x**0"])
def test_what_is_no_power_is_a_quotient_as_before(formula: str) -> None:
    assert "quotient rule" in _said(gd.derive(formula, "x"))


@pytest.mark.parametrize(
    ("cost", "claim", "slip"),
    [
        ("1/w**3", "3/w**4", "the minus of the power rule"),
        ("1/w**3", "-3/w**2", "was lowered by 1"),
        ("1/w**3", "-1/w**4", "the factor"),
        ("1/w**3", "1/(3*w**2)", "derived by itself"),
        ("1/w", "log(w)", "integrated"),
        ("1/w", "1/w**2", "the minus of the derivative of 1/u"),
        ("1/sqrt(w)", "-1/(2*sqrt(w))", "was lowered by 1"),
        ("1/sqrt(w)", "-1/w**(3/2)", "the factor 1/2"),
    ],
)
def test_the_classic_mistakes_are_known(cost: str, claim: str, slip: str) -> None:
    verdict = gd.Cost(cost, ["w"]).check({"w": claim})
    assert not verdict.ok
    assert verdict.factor == -1 or slip in str(verdict.slip)


def test_constant_factors_above_the_bar_go_with_what_is_below() -> None:
    assert _said(gd.derive("sin(pi*x/180)", "x")).count("constant multiple rule") == 1
    assert repr(gd.derive("sin(pi*x/180)", "x").steps[-1].line) == "π cos(π x/180)/180"
    assert "constant multiple rule: a b/(2c) does not depend on x" in _said(gd.derive("a*b*(x + 1)**2/(2*c)", "x"))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x**2 + 1", "sum rule: 1 is a constant"),
        ("x**2 + a + 1", "sum rule: a and 1 are held constant"),
        ("x**2 + 2 + pi", "sum rule: 2 and π are constants"),
        ("(1 - x)**2", "simplify: the factor 1 is left out and signs are put in front"),
        ("log(sin(x))", "simplify: products are written as one fraction"),
        ("-2*(1 - x)**2", "numbers are multiplied and minus times minus is plus"),
        ("sin(2*x)", "simplify: factors in their usual order"),
        ("x*cos(x) - sin(x)", "simplify: like terms are put together"),
        ("a*x", "simplify: the factor 1 is left out"),
    ],
)
def test_a_reason_does_not_repeat_its_line(formula: str, said: str) -> None:
    assert said in _said(gd.derive(formula, "x"))


def test_a_sum_of_ones_is_counted_in_an_equation() -> None:
    assert "simplify: Σᵢ₌₁ᵐ 1 = m" in _said(gd.derive("Sum(x, (i, 1, m))", "x"))


@pytest.mark.parametrize(
    ("text", "sympys"),
    [
        ("|x| + Piecewise((x, x > 0), (0, True))", "Piecewise((x, x > 0), (0, True)) + Abs(x)"),
        ("Piecewise((|x|, |x| > 1), (0, True))", "Piecewise((Abs(x), Abs(x) > 1), (0, True))"),
    ],
)
def test_bars_stand_beside_cases(text: str, sympys: str) -> None:
    assert str(gd.read(text).to_sympy()) == sympys


def test_a_claim_is_read_as_a_cost_is() -> None:
    assert gd.Cost("|x|", ["x"]).check({"x": "x/|x|"}).ok


def test_what_belongs_to_printing_is_said_to() -> None:
    cost = gd.Cost("Sum((w*x[i] - y[i])**2, (i, 1, m))/m", ["w"])
    with pytest.raises(gd.GdsymTypeError, match=r"\.text\(known=\.\.\.\)"):
        cost.partial("w", known={"sum"})  # type: ignore[call-arg]
    with pytest.raises(gd.GdsymTypeError, match="The letter of a sample is 1"):
        cost.sample(1)
    with pytest.raises(gd.CostError, match="m stands in the cost already"):
        cost.sample("m")


@pytest.mark.parametrize(
    ("formula", "last", "said"),
    [
        ("log(a*exp(-b*t))", "-b", "log(v eᵘ) = log(v) + u"),
        ("log(exp(t)/(1 + t))", "t/(1 + t)", "log(eᵘ/v) = u - log(v)"),
        ("log(exp(2*t))", "2", "log(eᵘ) = u"),
        ("log(t/exp(t))", "1/t - 1", "log(v/eᵘ) = log(v) - u"),
        ("log(1/exp(t))", "-1", "log(1/eᵘ) = -u"),
        ("log(1/(t*exp(t)))", "-1/t - 1", "log(1/(v eᵘ)) = -log(v) - u"),
    ],
)
def test_exponents_leave_a_logarithm(formula: str, last: str, said: str) -> None:
    d = gd.derive(formula, "t")
    assert d.check and repr(d.steps[-1].line) == last
    assert f"logarithm of an exponential: {said}" in _said(d) and "quotient rule" not in _said(d)
    assert "use the logarithm rule" in d.hint() and "log(eᵘ v)" in d.hint()


@pytest.mark.parametrize(
    ("formula", "last", "said"),
    [
        ("log(sqrt(t))", "1/(2t)", "logarithm of a root: log(√v) = 1/2 log(v)"),
        ("log(1/(1 + t**2))", "-2t/(1 + t²)", "logarithm of a quotient: log(1/v) = -log(v)"),
        ("log(1/sqrt(2*pi*t**2)*exp(-1/t))", "-1/t + 1/t²", "logarithm of a root: log(√v) = 1/2 log(v)"),
    ],
)
def test_the_logarithm_of_a_root_or_an_inverse(formula: str, last: str, said: str) -> None:
    d = gd.derive(formula, "t")
    assert d.check and repr(d.steps[-1].line) == last and said in _said(d)
    assert "logistic" in _said(gd.derive("log(1/(1 + exp(-t)))", "t"))


@pytest.mark.parametrize(
    ("formula", "last", "said"),
    [
        ("log(t**x*(1 - t)**(1 - x))", "(x - t)/(t (1 - t))", "logarithm of a product: log(u v) = log(u) + log(v) and log(uⁿ) = n log(u)"),
        ("log(exp(-t)*t**x/factorial(x))", "-1 + x/t", "log(u v) = log(u) + log(v), log(u/v) = log(u) - log(v) and log(uⁿ) = n log(u)"),
        ("log((1 + t**2)**a)", "2a t/(1 + t²)", "logarithm of a power: log(uⁿ) = n log(u)"),
        ("log(t**(a - 1)/b**a)", "(a - 1)/t", "logarithm of a quotient: log(u/v) = log(u) - log(v) and log(uⁿ) = n log(u)"),
        ("log(2**t*b)", "log(2)", "log(uⁿ) = n log(u)"),
    ],
)  # fmt: skip
def test_powers_leave_a_logarithm(formula: str, last: str, said: str) -> None:
    d = gd.derive(formula, "t")
    assert d.check and all(step.check for step in d.steps) and repr(d.steps[-1].line) == last
    assert said in _said(d) and "product rule" not in _said(d) and "log(uⁿ v)" in d.hint()


@pytest.mark.parametrize(
    ("factor", "last"),
    [
        ("t**x[i]*(1 - t)**(1 - x[i])", "1/(t (1 - t)) Σᵢ₌₁ᵐ (xᵢ - t)"),
        ("exp(-t)*t**x[i]/factorial(x[i])", "Σᵢ₌₁ᵐ (-1 + xᵢ/t)"),
        ("t*exp(-t*x[i])", "Σᵢ₌₁ᵐ (1/t - xᵢ)"),
        ("exp(-(x[i] - t)**2/(2*s**2))/(s*sqrt(2*pi))", "1/s² Σᵢ₌₁ᵐ (xᵢ - t)"),
        ("Product(exp(t*x[i, j]), (j, 1, n))", "Σᵢ₌₁ᵐ Σⱼ₌₁ⁿ xᵢⱼ"),
    ],
)
def test_a_likelihood_is_a_sum_of_logarithms(factor: str, last: str) -> None:
    d = gd.derive(f"log(Product({factor}, (i, 1, m)))", "t")
    assert d.check and all(step.check for step in d.steps) and repr(d.steps[-1].line) == last
    assert "the logarithm of a product is a sum of logarithms" in _said(d) and "product rule" not in _said(d)


def test_factors_of_unknown_sign_stay_in_their_product() -> None:
    """Two negative factors have a positive product: there log u_i has no value, and the slope of log prod u_i has."""
    d = gd.derive("log(Product(t*x[i] + 1, (i, 1, m)))", "t")
    assert d.check and repr(d.steps[-1].line) == "Σᵢ₌₁ᵐ xᵢ/(t xᵢ + 1)" and "each with the slope (du/dx)/u" in _said(d)
    alternating = gd.derive("log(Product((-1)**i*t**x[i], (i, 1, m)))", "t")
    assert all(step.check for step in alternating.steps) and "log(-1)" not in alternating.text()
    assert gd.derive("log(t**x*(1 - t)**(1 - x))", "t").given == sympy.And(sympy.Symbol("t") > 0, sympy.Symbol("t") < 1)


def test_a_softmax_in_a_logarithm_needs_no_quotient_rule() -> None:
    score = "exp(Sum(W[{0}, j]*x[i, j], (j, 1, p)))"
    inner = f"Y[i, k]*log({score.format('k')}/Sum({score.format('l')}, (l, 1, K)))"
    d = gd.Cost(f"-1/m*Sum({inner}, (k, 1, K), (i, 1, m))", ["W"]).partial("W")
    assert d.check and "quotient rule" not in _said(d)


@pytest.mark.parametrize(
    ("formula", "last"),
    [
        (
            "Sum(y[i]*log(1 + exp(-w*x[i])) + (1 - y[i])*log(1 + exp(w*x[i])), (i, 1, m))/m",
            "1/m Σᵢ₌₁ᵐ (1/(1 + exp(-w xᵢ)) - yᵢ) xᵢ",
        ),
        (
            "Sum(y[i]*log(1 + exp(-w*x[i])) + (n[i] - y[i])*log(1 + exp(w*x[i])), (i, 1, m))",
            "Σᵢ₌₁ᵐ (nᵢ/(1 + exp(-w xᵢ)) - yᵢ) xᵢ",
        ),
        ("a*log(1 + exp(-w)) + (3 - a)*log(1 + exp(w))", "3/(1 + e⁻ʷ) - a"),
        ("a*log(1 + exp(-w*x)) + (1 - a)*log(1 + exp(w*x))", "x (1/(1 + exp(-w x)) - a)"),
    ],
)
def test_cross_entropy_of_logits_ends_at_the_chance_less_the_label(formula: str, last: str) -> None:
    d = gd.derive(formula, "w")
    assert d.check and repr(d.steps[-1].line) == last


def test_what_terms_with_fractions_share_stands_in_front() -> None:
    d = gd.derive("h*v**3/(exp(h*v/(k*T)) - 1)", "v")
    assert d.check and repr(d.steps[-1].line).startswith("h v² (3 (exp(h v/(k T)) - 1) - h v ")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x**(-3)", "simplify: -3 x⁻³⁻¹ = -3 x⁻⁴"),
        ("4/3*pi*x**3", "simplify: 4/3 π · 3 x³⁻¹ = 4 π x²"),
        ("tanh(x/2)", "simplify: factors in their usual order"),
        ("2**(-x)", "simplify: the factor 1 is left out and signs are put in front"),
        ("x/10**3", "simplify: 1/10³ · 1 = 1/1000"),
        ("3*x/0.5", "simplify: 3/0.5 · 1 = 6"),
        ("1 - x/3", "simplify: 0 is left out"),
        ("9*x/5 + 32", "simplify: 0 is left out"),
        ("1/exp(x)", "simplify: eˣ/e²ˣ = e⁻ˣ"),
        ("2*pi*x/360", "simplify: 2 π/360 = π/180"),
        ("3/(4*x**2)", "simplify: 3/4 · (-2/x³) = -3/(2 x³)"),
        ("x/(1 - x)**2", "like terms put together, 1 - x cancels"),
        ("x**2/exp(x)", "simplify: factored, eˣ cancels"),
        ("sqrt(x)/(1 + sqrt(x))", "simplify: √x cancels"),
        ("log(exp(x)/(1 + exp(x)))", "simplify: 1 - eˣ/(1 + eˣ) = 1/(1 + eˣ)"),
    ],
)
def test_what_a_reason_says_is_true_of_its_line(formula: str, said: str) -> None:
    d = gd.derive(formula, "x")
    assert d.check and said in _said(d)


@pytest.mark.parametrize(
    ("formula", "last"),
    [
        ("2/x - 3/x**2 + 1/sqrt(x)", "-2/x² + 6/x³ - 1/(2 x^(3/2))"),
        ("A/x**12 - B/x**6", "-12A/x¹³ + 6B/x⁷"),
        ("a/x + b/x", "-(a + b)/x²"),
        ("(x**2 + a**2)**(3/2)", "3x √(x² + a²)"),
        ("1/x**1.5", "-1.5/x^2.5"),
    ],
)
def test_powers_end_as_a_book_writes_them(formula: str, last: str) -> None:
    d = gd.derive(formula, "x")
    assert d.check and repr(d.steps[-1].line) == last


def test_words_are_said_only_where_nothing_else_was_done() -> None:
    def words(before: str, after: str) -> tuple[str, ...]:
        return plainly(gd.read(before), gd.read(after))

    assert words("2*x*3", "6*x") == ("numbers are multiplied",)
    assert words("2*x*3", "5*x") == ()
    assert words("x/y*y", "x") == ()
    assert words("1/2*x*2", "x") == ()
    assert words("a*(1/b)", "a/b") == ("products are written as one fraction",)
    assert words("x - y - x", "-y") == ("like terms are put together",)
    assert words("x - (x - y)", "y") == ("the bracket behind the minus is opened", "like terms are put together")
    assert words("x - (y - z)", "x - y + z") == ("the bracket behind the minus is opened",)
    assert words("x + y", "y + x") == ("terms in their usual order",)
    assert words("1 + 0 + y", "y + 1") == ("0 is left out", "terms in their usual order")
    assert words("1/a + 1/b", "(b + a)/(a*b)") == ("over a common denominator",)
    assert words("1/a + 1/b", "(b - a)/(a*b)") == ()
    assert words("-(-x)", "x") == ("minus times minus is plus",)
    assert words("x*x", "x**2") == ("like factors are put together",)


@pytest.mark.parametrize(
    ("formula", "last", "said"),
    [
        ("(x**2 + 1)**(3/2)", "3x √(x² + 1)", "simplify: numbers are worked out"),
        ("1/x**(1/2)", "-1/(2 x^(3/2))", "simplify: fractions within the fraction are cleared"),
        ("x**(3/2) - x**(1/2)", "3/2 √x - 1/(2 √x)", "x^(1/2 - 1) = 1/√x"),
        ("log((x**2 + 1)**(1/4))", "x/(2 (x² + 1))", "logarithm of a power: log(vⁿ) = n log(v)"),
        ("a*log(1 + exp(-x)) + (1 - a)*(x + log(1 + exp(-x)))", "1/(1 + e⁻ˣ) - a", "e⁻ˣ/(1 + e⁻ˣ) = 1/(1 + eˣ)"),
        ("log(1 + exp(x)) - x - x**2/2", "-1/(1 + eˣ) - x", "eˣ/(1 + eˣ) = 1/(1 + e⁻ˣ)"),
    ],
)
def test_halves_and_complements(formula: str, last: str, said: str) -> None:
    d = gd.derive(formula, "x")
    assert d.check and repr(d.steps[-1].line) == last and said in _said(d)
