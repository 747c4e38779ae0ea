"""Last lines of costs from statistics, physics, finance and machine learning, as a person would write them."""

import pytest

import gdsym as gd

S = "1/(1 + exp(-w xᵢ))"
MIXTURE = "log(p*exp(-(x - m)**2/2)/(s*sqrt(2*pi)) + (1 - p)*exp(-(x - n)**2/2)/(r*sqrt(2*pi)))"

POWERS = [
    ("exp(x)**2", "x", "2 e²ˣ"),
    ("exp(x/2)**2", "x", "eˣ"),
    ("(x**n)**2", "x", "2n x²ⁿ⁻¹"),
    ("x**n/(1 + x**n)", "n", "xⁿ log(x)/(1 + xⁿ)²"),
    ("x*erf(x/sqrt(2))", "x", "erf(x/√2) + √(2/π) x exp(-x²/2)"),
]
BRACKETS = [
    ("lam*(Sum(p[i], (i, 1, n)) - 1) - Sum(p[i]*log(p[i]), (i, 1, n))", "p[k]", "lam - log(pₖ) - 1"),
    ("z*log(p + (1 - p)*exp(-l)) + (1 - z)*(y*log(l) - l)", "l", "-z (1 - p) e⁻ˡ/(p + (1 - p) e⁻ˡ) + (1 - z) (y/l - 1)"),
    (
        "-Sum((1 - 1/(1 + exp(-w*x[i])))**g*log(1/(1 + exp(-w*x[i]))), (i, 1, n))", "w",
        f"-Σᵢ₌₁ⁿ (1 - {S})ᵍ (1 - g · {S} log({S}) - {S}) xᵢ",
    ),
    ("a*x*(b*x)/(1 + exp(-b*x))", "b", "a · 1/(1 + exp(-b x)) (1 + x b (1 - 1/(1 + exp(-b x)))) x²"),
]  # fmt: skip
FRACTIONS = [
    ("Sum(log(1 + (x[i] - mu)**2/(n*s**2)), (i, 1, m))", "mu", "-2 Σᵢ₌₁ᵐ (xᵢ - μ)/(n s² + (xᵢ - μ)²)"),
    ("Sum(log(1 + ((w*x[i] - y[i])/c)**2), (i, 1, n))", "w", "2 Σᵢ₌₁ⁿ (w xᵢ - yᵢ) xᵢ/(c² + (w xᵢ - yᵢ)²)"),
    ("Sum(log(1 + ((w*x[i] - y[i])/c)**2), (i, 1, n))", "c", "-2/c Σᵢ₌₁ⁿ (w xᵢ - yᵢ)²/(c² + (w xᵢ - yᵢ)²)"),
    (MIXTURE, "p", "(r exp(-(x - m)²/2) - s exp(-(x - n)²/2))/(p r exp(-(x - m)²/2) + s (1 - p) exp(-(x - n)²/2))"),
    (
        "Sum(u[j]*v[j], (j, 1, d))/(sqrt(Sum(u[j]**2, (j, 1, d)))*sqrt(Sum(v[j]**2, (j, 1, d))))", "u[k]",
        "1/(√(Σⱼ₌₁ᵈ uⱼ²) √(Σⱼ₌₁ᵈ vⱼ²)) (vₖ - uₖ/(Σⱼ₌₁ᵈ uⱼ²) Σⱼ₌₁ᵈ uⱼ vⱼ)",
    ),
    ("1 - Sum((y[i] - w*x[i])**2, (i, 1, n))/Sum((y[i] - Y)**2, (i, 1, n))", "w", "(2 Σᵢ₌₁ⁿ (yᵢ - w xᵢ) xᵢ)/(Σᵢ₌₁ⁿ (yᵢ - Y)²)"),
    ("log(Sum(exp(a*x[i]), (i, 1, n)))", "a", "(Σᵢ₌₁ⁿ exp(a xᵢ) xᵢ)/(Σᵢ₌₁ⁿ exp(a xᵢ))"),
    ("Sum(Max(p*(y[i] - w*x[i]), (p - 1)*(y[i] - w*x[i])), (i, 1, n))", "w",
     "Σᵢ₌₁ⁿ {-p xᵢ if yᵢ > w xᵢ; (1 - p) xᵢ if yᵢ < w xᵢ; (1 - 2p) xᵢ/2 otherwise}"),
    ("exp(-(x - 1)**2/2)", "x", "-(x - 1) exp(-(x - 1)²/2)"),
    ("m*c**2/sqrt(1 - v**2/c**2)", "v", "m v/(1 - v²/c²)^(3/2)"),
    ("sqrt(x**2 + a**2)/(x*sqrt(x**2 + b**2))", "x", "-(2 a² x² + x⁴ + a² b²)/(x² (x² + b²)^(3/2) √(x² + a²))"),
]  # fmt: skip
TYPED = [
    (
        "Sum(log(w + a*e[t-1]**2 + b*s[t-1]) + e[t]**2/(w + a*e[t-1]**2 + b*s[t-1]), (t, 2, T))/2", "a",
        "1/2 Σ[t=2..T] (w + a eₜ₋₁² + b sₜ₋₁ - eₜ²) eₜ₋₁²/(w + a eₜ₋₁² + b sₜ₋₁)²",
    ),
    ("(r*(r*x*(1 - x))*(1 - r*x*(1 - x)) - y)**2", "r", "2r x (1 - x) (2 - 3r x (1 - x)) (r² x (1 - x) (1 - r x (1 - x)) - y)"),
    ("z*log(p + (1 - p)*exp(-l)) + (1 - z)*log(1 - p)", "p", "(z - p - (1 - p) e⁻ˡ)/((1 - p) (p + (1 - p) e⁻ˡ))"),
]  # fmt: skip
PROBIT = [
    (
        "-Sum(y[i]*log((1 + erf(w*x[i]/sqrt(2)))/2) + (1 - y[i])*log((1 - erf(w*x[i]/sqrt(2)))/2), (i, 1, n))", "w",
        "√(2/π) Σᵢ₌₁ⁿ ((1 - yᵢ)/(1 - erf(w xᵢ/√2)) - yᵢ/(1 + erf(w xᵢ/√2))) exp(-(w xᵢ)²/2) xᵢ",
    ),
]  # fmt: skip
PAIRS = [
    ("Sum(Sum(log(x[i] - x[j]), (j, i + 1, n)), (i, 1, n - 1))", "x[k]", "Σⱼ₌ₖ₊₁ⁿ 1/(xₖ - xⱼ) - Σᵢ₌₁ᵏ⁻¹ 1/(xᵢ - xₖ)"),
    ("Sum(Sum((x[i] - x[j])**2, (j, 1, i - 1)), (i, 2, n))", "x[k]", "2 Σⱼ₌₁ᵏ⁻¹ (xₖ - xⱼ) + 2 Σᵢ₌ₖ₊₁ⁿ (xₖ - xᵢ)"),
    ("Sum(Sum(cos(a[j] - a[i]), (j, 1, n)), (i, 1, n))/2", "a[k]", "-Σᵢ₌₁ⁿ sin(aₖ - aᵢ)"),
    ("Sum(Sum(a[i]*a[j]*exp(-(x[i] - x[j])**2), (i, 1, n)), (j, 1, n))", "a[k]", "2 Σⱼ₌₁ⁿ aⱼ exp(-(xₖ - xⱼ)²)"),
    ("Sum(Sum(log(1 + (x[i] - x[j])**2), (i, 1, n)), (j, 1, n))", "x[k]", "4 Σⱼ₌₁ⁿ (xₖ - xⱼ)/(1 + (xₖ - xⱼ)²)"),
    ("Sum((u[i+1] - u[i])**2, (i, 1, n - 1))/2", "u[k]", "{uₖ - uₖ₋₁ if 2 ≤ k; 0 otherwise} - {uₖ₊₁ - uₖ if k ≤ n - 1; 0 otherwise}"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "end"), [*POWERS, *BRACKETS, *FRACTIONS, *TYPED, *PROBIT, *PAIRS])
def test_the_end_is_what_a_person_writes(cost: str, by: str, end: str) -> None:
    d = gd.derive(cost, by)
    assert d.check and all(step.check for step in d.steps)
    assert str(d.steps[-1].line) == end


@pytest.mark.parametrize(
    ("cost", "kept"),
    [
        ("Sum(x[i]*Sum(x[j]*q[i], (j, 1, i - 1)), (i, 2, n))", "if 2 ≤ k"),  # there is no q_1
        ("Sum(x[i]/(n - i)*Sum(x[j], (j, i + 1, n)), (i, 1, n - 1))", "if k ≤ n - 1"),  # 1/0 at k = n
        ("Sum(x[i]*Sum(y[j], (j, i, n - 1)), (i, 1, n - 1)) + x[n + 1]", "k ≤ n - 1"),  # x has n + 1 entries
    ],
)
def test_a_condition_stays_where_the_sum_alone_would_not_do(cost: str, kept: str) -> None:
    d = gd.derive(cost, "x[k]")
    assert d.check and kept in str(d.steps[-1].line)


def test_an_empty_sum_needs_no_condition_and_it_is_said_why() -> None:
    d = gd.derive("Sum(Sum(q[i]*q[j]/(1 + i + j), (j, i + 1, n)), (i, 1, n - 1))", "q[k]")
    assert "only i = k is left, and for k = n there are no terms" in d.text()


def test_conditions_are_told_once() -> None:
    lens = gd.derive("1/(1/a + 1/b)", "a")
    assert "for a ≠ 0 and b ≠ 0" in lens.text() and "1/a + 1/b ≠ 0" not in lens.text()
    student = gd.derive("log(1 + (x - mu)**2/(n*s**2))", "mu").text()
    assert "for n ≠ 0 and s ≠ 0" in student and "≠ 0 and 1 +" not in student


def test_what_is_divided_below_a_bar_is_said_by_the_bars() -> None:
    assert "x² (1 + (y/x)²) = x² + y², for x ≠ 0" in gd.derive("atan(y/x)", "x").text()
    opened = gd.derive("x**3/3 - x*log(x)", "x").text()
    assert "the bracket behind the minus is opened" in " ".join(opened.split())


def test_what_was_typed_below_a_function_stays() -> None:
    import sympy

    x, s = sympy.symbols("x s", positive=True)
    d = gd.derive(x * sympy.erf((sympy.log(x) + s**2 / 2) / (s * sympy.sqrt(2))), x)
    assert str(d.steps[-1].line).startswith("erf(√2 (log(x) + s²/2)/(2s))")


@pytest.mark.parametrize(("inside", "where"), [("x**2/4", "x = 0"), ("2*x", "x = 0"), ("x - 1", "x = 1")])
def test_where_sinc_has_its_own_value_is_said_of_the_letter(inside: str, where: str) -> None:
    d = gd.derive(f"sinc({inside})", "x")
    assert d.check and all(step.check for step in d.steps)
    assert f"if {where};" in str(d.steps[-1].line)
