"""How people write functions: other spellings, names of one meaning that are written out, and slips of the pen."""

import re

import pytest
from sympy import Function, Max, Min, Symbol, acot, asin, atan, cos, cot, csc, exp, log, sin, sinh, sqrt, tan

import gdsym as gd
from gdsym.reading import table

x, y, a, b = map(Symbol, "xyab")

READ = {
    "sen(x)": sin(x), "tg(x)": tan(x), "ctg(x)": cot(x), "cotg(x)": cot(x), "cosec(x)": csc(x), "senh(x)": sinh(x),
    "arcsen(x)": asin(x), "arctg(x)": atan(x), "arcctg(x)": acot(x), "sinus(x)": sin(x), "cosine(x)": cos(x), "sqroot(x)": sqrt(x),
    "exponential(x)": exp(x), "loge(x)": log(x), "maximum(0, x)": Max(0, x), "minimum(x, y)": Min(x, y), "fabs(x)": abs(x),
    "sigmoid(a*x + b)": 1 / (1 + exp(-a * x - b)), "expit(x)": 1 / (1 + exp(-x)), "relu(x - 1)": Max(0, x - 1),
    "softplus(x)": log(1 + exp(x)), "logit(x)": log(x / (1 - x)), "swish(x)": x / (1 + exp(-x)), "log10(x)": log(x, 10),
    "log2(x)": log(x) / log(2), "log1p(x)": log(1 + x), "expm1(x)": exp(x) - 1, "exp2(x)": 2**x, "square(x - y)": (x - y) ** 2,
    "pow(x, 3)": x**3, "power(x, y)": x**y, "hypot(x, y)": sqrt(x**2 + y**2), "clip(x, 0, 1)": Min(1, Max(0, x)),
    "sigmoid(sigmoid(u))": 1 / (1 + exp(-1 / (1 + exp(-Symbol("u"))))), "pow(v, u)": Symbol("v") ** Symbol("u"),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_spellings_are_read(text: str) -> None:
    assert gd.read(text).to_sympy() == READ[text]


def test_names_of_one_meaning_are_written_out_and_derived() -> None:
    assert gd.read("sigmoid(2*x)") == gd.read("1/(1 + exp(-(2*x)))")
    assert "σ′ = σ (1 - σ)" in gd.derive("sigmoid(x)", "x").text()
    assert gd.Cost("Sum(softplus(-y[i]*w*x[i]), (i, 1, m))/m", ["w"]).partial("w").check


@pytest.mark.parametrize(("text", "said"), [("sigmoid(x, y)", r"sigmoid\(u\)"), ("clip(x)", r"clip\(u, v, w\)"), ("hypot(x)", r"hypot\(u, v\)"), ("pow(9, pow(9, 9))", "exponent"), ("log10(0)", "divides by zero|undefined"), ("Sigmoid(x)", "did you mean `sigmoid`"), ("sh(x)", r"sinh\(u\)"), ("leaky_relu(x)", "Max"), ("huber(x, 1)", "Piecewise"), ("logsumexp(z)", "Sum"), ("relu x", r"relu\(x\)")])  # fmt: skip
def test_what_is_wrong_with_them_is_said(text: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        gd.read(text)


def test_a_function_of_the_caller_keeps_its_name() -> None:
    sigmoid = Function("sigmoid")
    assert gd.derive(sigmoid(x) ** 2, x).result == 2 * sigmoid(x) * sigmoid(x).diff(x)


@pytest.mark.parametrize(("name", "meant"), [("sqt", "sqrt"), ("epx", "exp"), ("sinn", "sin"), ("cso", "cos"), ("gama", "gamma"), ("lgo", "log")])  # fmt: skip
def test_a_slip_of_the_pen_is_said_under_the_derivation(name: str, meant: str) -> None:
    d = gd.derive(f"{name}(x)*y", "x")
    assert f"{name} is taken for a function that is not defined further; did you mean {meant}?" in d.text().replace(
        "\n  ", " "
    )
    assert "did you mean" in d.latex(text_width=455) and "did you mean" in d.html() and d.check


@pytest.mark.parametrize("name", ["f", "g", "h", "cost", "loss", "dist", "prob", "phi", "fun", "pos", "cos2", "tan2", "exp3", "sing", "kernel", "ex"])  # fmt: skip
def test_names_of_their_own_are_left_alone(name: str) -> None:
    assert table.looks_like(name) is None and "did you mean" not in gd.derive(Function(name)(x), x).text()


@pytest.mark.parametrize(("formula", "said"), [("sinx", "sinx is one name here; if a function is meant, write sin(x)"), ("cosx*x", "write cos(x)"), ("lnx + x", "write ln(x)"), ("xy", "x does not stand in the formula; its letters are xy"), ("x_i**2", "x does not stand in the formula; its letters are xᵢ"), (y**2 * a, "its letters are a, y")], ids=str)  # fmt: skip
def test_a_letter_that_is_not_there_is_said(formula: object, said: str) -> None:
    d = gd.derive(formula, "x")
    assert said in d.text() and d.check and d.latex() and d.html()


@pytest.mark.parametrize(("formula", "by"), [("5", "x"), ("x*y", "x"), ("x**2*y", ("x", "y")), ("Sum(w[i]**2, (i, 1, m))", "w"), ("Sum(w[i]**2, (i, 1, m))", "w[1]"), ("sinh(x)", "x")])  # fmt: skip
def test_a_letter_that_is_there_is_not(formula: str, by: object) -> None:
    assert "formula" not in gd.derive(formula, by).text()
    assert gd.derive("e**2", "w", where={"e": "w*t - 1"}).notes == ()


def test_a_wrong_claim_names_the_misspelt_function() -> None:
    assert "did you mean sqrt?" in gd.check("sqt(x)", "x", "1/(2*sqrt(x))").message
    assert "did you mean exp?" in gd.check("exp(x)", "x", "epx(x)").message
    assert "did you mean" not in gd.check("sqt(x)", "x", "Derivative(sqt(x), x)").message


MEANT = {
    "2x": "2*x", "sin x": "sin(x)", "e^x/(1+e^x)": "exp(x)/(1+exp(x))", "5x^3-2x": "5*x**3-2*x", "sin^2(x)": "sin(x)**2",
    "sin**2 x": "sin(x)**2", "sin^{-1}(x)": "asin(x)", "tan^-1 x": "atan(x)", "(x+1)(x-1)": "(x+1)*(x-1)",
    "n!": "factorial(n)",
    "e^{-x^2/2}": "exp(-x**2/2)", "xe^x": "x*exp(x)", "np.exp(x)": "exp(x)", "f(x) = x^2 + 1": "x**2 + 1", "lambda x: x**2": "x**2",
    "sum((x[i]-m)^2, i=1..n)": "Sum((x[i]-m)**2, (i, 1, n))", "sum(x[i], i, 1, m)": "Sum(x[i], (i, 1, m))", "x^{n+1}": "x**(n+1)",
    r"\frac{1}{2m}\sum_{i=1}^{m}(w x_i+b-y_i)^2": "(1/(2*m))*Sum((w*x[i]+b-y[i])**2, (i, 1, m))", r"\sqrt{x}": "sqrt(x)",
    r"\sum_{i=1}^m\log(1+e^{-y_i w x_i}) + \lambda w^2": "Sum(log(1+exp(-y[i]*w*x[i])), (i, 1, m)) + lambda*w**2",
    "\u2211_{i=1}^{m}\u2211_{j=1}^{n} x_{ij}": "Sum(Sum(x[i, j], (j, 1, n)), (i, 1, m))", "3sin(2x)cos x": "3*sin(2*x)*cos(x)",
}  # fmt: skip


@pytest.mark.parametrize("text", MEANT)
def test_what_seems_to_be_meant_is_said_in_one_message(text: str) -> None:
    with pytest.raises(gd.ReadError) as refused:
        gd.read(text)
    assert str(refused.value).split("\n")[1] == f"Perhaps this is meant: {MEANT[text]}"
    assert gd.read(MEANT[text]) is not None


@pytest.mark.parametrize(
    "text", ["1/2x", "d/dx x**2", "w^T x", "0x10*x", "sum_i x_i", "x^^2", "(x+1", "x**2 +", "x//2", "2x" * 300]
)
def test_what_can_be_meant_in_two_ways_is_not_guessed(text: str) -> None:
    with pytest.raises(gd.ReadError) as refused:
        gd.read(text)
    assert "Perhaps" not in str(refused.value) and len(str(refused.value)) <= 600


def test_sigma_of_something_may_have_been_meant_for_the_logistic_function() -> None:
    assert "did you mean sigmoid?" in gd.derive("\u03c3(w*x)", "w").text()
    named = gd.derive("sigma(w*x)", "w", where={"sigma(u)": "1/(1 + exp(-u))"})
    assert "did you mean" not in named.text() and "\u03c3(w x) (1 - \u03c3(w x))" in named.text()


@pytest.mark.parametrize(
    ("text", "meant"), [("A e^(-γ t)", "A*exp(-gamma*t)"), ("zeta omega t", "zeta*omega*t"), ("2 beta x", "2*beta*x")]
)
def test_a_greek_letter_is_a_factor_where_no_bracket_follows(text: str, meant: str) -> None:
    with pytest.raises(gd.ReadError, match="Perhaps this is meant: " + re.escape(meant)):
        gd.read(text)


def test_constants_that_may_be_meant_as_quantities_are_spoken_of() -> None:
    with pytest.raises(gd.ReadError, match=r"the number E .*such as E_0"):
        gd.derive("A*exp(-E/(R*T))", "E")
    with pytest.raises(gd.ComplexInput, match="a current as I_0"):
        gd.derive("I**2*R", "I")
    assert "a quantity E needs another name, such as E₀" in gd.derive("A*exp(-E/(R*T))", "T").text()
    assert "needs another name" not in gd.derive("E*x + exp(x)", "x").text()
