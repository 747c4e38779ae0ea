"""Formulas as they stand on paper: what is read, what is refused, and our own text read back."""

import contextlib
from collections import Counter
from typing import Any

import pytest
import sympy as sp
from corpus import CASES
from hypothesis import given
from hypothesis import strategies as st

import gdsym as gd
from gdsym.writing.text import text as printed
from gdsym.written.from_sympy import from_sympy

# the same formula on paper and in plain spelling
READ = {
    "Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²": "Sum((w*x[i] + b - y[i])**2, (i, 1, m))",
    "1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b − yᵢ)²": "1/(2*m)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))",
    "∑ᵢ₌₁ⁿ∑ⱼ₌₁ⁿ wᵢ Aᵢⱼ wⱼ": "Sum(Sum(w[i]*A[i, j]*w[j], (j, 1, n)), (i, 1, n))",
    "Σᵢ₌₁ᵐ |w xᵢ - yᵢ| + λ w²": "Sum(Abs(w*x[i] - y[i]), (i, 1, m)) + lambda*w**2",
    "Σᵢ₌₁ⁿ⁻¹ (wᵢ₊₁ - wᵢ)²": "Sum((w[i + 1] - w[i])**2, (i, 1, n - 1))",
    "Σ[q=1..Q] |x[q]|": "Sum(Abs(x[q]), (q, 1, Q))", "Πₖ₌₁ⁿ pₖ": "Product(p[k], (k, 1, n))",
    "Sum((w xᵢ - yᵢ)², (i, 1, m))": "Sum((w*x[i] - y[i])**2, (i, 1, m))",
    "Σᵢ₌₁ᵐ (xᵢ - x₁)²": "Sum((x[i] - x[1])**2, (i, 1, m))", "θ₀ + θ₁ x⁻¹": "theta_0 + theta_1*x**(-1)",
    "|x|": "Abs(x)", "2|x| + |y|": "2*Abs(x) + Abs(y)", "||x| - 1|": "Abs(Abs(x) - 1)", "|2x - 1|": "Abs(2*x - 1)",
    "|x| |y|": "Abs(x)*Abs(y)", "√x": "sqrt(x)", "√(x+1)": "sqrt(x + 1)", "2√x y": "2*sqrt(x)*y", "∛x": "cbrt(x)", "√log(x)": "sqrt(log(x))", "2√(x)√(y)": "2*sqrt(x)*sqrt(y)", "⌊x⌋ + ⌈y⌉": "floor(x) + ceiling(y)",
    "x⁻¹": "x**(-1)", "n xⁿ⁻¹": "n*x**(n - 1)", "½x": "(1/2)*x", "½*x": "(1/2)*x", "eˣ": "exp(x)", "1/2 x²": "1/2*x**2", "a b/c · x²": "a*(b/c)*x**2",
    "eˣ/(1 + e⁻ˣ)": "exp(x)/(1 + exp(-x))", "e + eˣ": "e + e**x", "e**x √x": "e**x*sqrt(x)", "x^(k - 1) √x": "x**(k - 1)*sqrt(x)",
    "sin²(x) √x": "sin(x)**2*sqrt(x)", "n! √x": "factorial(n)*sqrt(x)", "f′(x) √x": "Derivative(f(x), x)*sqrt(x)",
    "{x² if x > 0; 0 otherwise}": "Piecewise((x**2, x > 0), (0, True))", "{1 if 0 < x ≤ 1; √x otherwise}": "Piecewise((1, (0 < x) & (x <= 1)), (sqrt(x), True))",
    "∫₀ˣ f(t) dt": "Integral(f(t), (t, 0, x))", "∫₀¹ ∫₀ᵗ s t ds dt": "Integral(Integral(s*t, (s, 0, t)), (t, 0, 1))",
    "w (x⁻¹ + w)": "w*(x**(-1) + w)", "f(x) + 2 f (√x)": "f(x) + 2*f(sqrt(x))", "(x² + 1)(x⁻¹ - 1)": "(x**2 + 1)*(x**(-1) - 1)",
    "x·10^-3": "x*10**(-3)", "a^-x √x": "a**(-x)*sqrt(x)", "γ √x": "gamma*sqrt(x)", "½ β x²": "1/2*beta*x**2", "ζ ω x⁻¹": "zeta*omega*x**(-1)", "Γ(x) √x": "gamma(x)*sqrt(x)", "ζ(x) √x": "zeta(x)*sqrt(x)",
}  # fmt: skip
REFUSED = {
    "γ(x + 1) √x": r"write gamma\*\(...\) for the letter, gamma\(...\) for the function", "β(x + 1)": r"write beta\*\(...\) for the letter", "gamma √x": r"the letter times ... is gamma\*..., the function gamma\(...\)",
    "√x(y + 1)": "How far does the root reach", "x = y²": "An equation cannot be read", "J = Σᵢ₌₁ᵐ xᵢ²": "An equation cannot be read",
    "√2x": "How far does the root reach", "d/dx x²": "Give the formula alone", "dy/dx √x": "Give the formula alone", "sum_i x²": "no factor", "Σ x²": "no factor|index and limits",
    "max_k √x": "no factor", "w^T x²": "transpose or a power", "0x10 √x": "Is `0x10` a number", "2j √x": "a number|imaginary", "2ex²": "a number|touch",
    "1/2x²": "How far does the fraction reach", "√x/2y": "How far does the fraction reach", "√a / b c": "How far does the fraction reach",
    "Σᵢ₌₁ᵐ xᵢ / m": "Is the sum divided", "|a|b|c|": "Which bar closes which", "|a |b| c|": "Which bar", "wₖ²": "could be an entry or a name",
    "Σᵢ₌₁ᵐ xᵢ - yᵢ": "`i` stands outside its sum", "Σᵢ xᵢ": "The limits are missing", "w (x⁻¹ + 1)": "neither as a product nor as a call",
    "sin √x": r"stands in brackets: sin\(...\)", "sin⁻¹(x)": r"the inverse of sin is asin\(x\)", "√x²": "Is the root raised", "√x^2": "Is the root raised", "√(x + 1)**2": "Is the root raised",
    "∫x dx": r"write ∫₀ˣ f\(t\) dt", "∏ᵢ xᵢ": r"Product\(body", "x²·10^-3x": "How far does the exponent reach", "‖w‖ + √x": "U\\+2016", "x² 2": "A sign is missing", "√x z^2a": "How far does the exponent reach",
    "Σᵢ₌₁ᵐ x^(i) √w": "a power or the sample", "Σᵢ₌₁ⁿ v₂ᵢ": "one index or several", "Σᵢ₌₁ⁿ Σⱼ₌₁ⁿ δᵢⱼ xᵢ": "KroneckerDelta", "√(H(x))": "Heaviside",
    "x² (y": "is missing|never closed", "√": "missing|sqrt", "Σᵢ₌₁ᵐ": "missing", "|x": "missing|Abs", "∫₀ˣ √t": "ends in its letter", "1/Σᵢ₌₁ᵐ xᵢ": "in brackets",
    "αx⁻¹": "touches another letter", "√(" * 200 + "x" + ")" * 200: "nested", "{x if x > 0": "missing|Braces", "x²³ⁿ⁺": "missing", "2ˣʸ": "one name or a product",
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_what_stands_on_paper_is_read(text: str) -> None:
    assert gd.read(text) == gd.read(READ[text])


@pytest.mark.parametrize("text", REFUSED)
def test_what_could_be_meant_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(gd.GdsymError, match=REFUSED[text]) as refused:
        gd.read(text)
    assert len(str(refused.value)) <= 600


def test_names_that_are_known_decide() -> None:
    v, x, w = sp.IndexedBase("v"), sp.Symbol("x"), sp.Symbol("w_k")
    assert gd.read("v₁² + x", params=[v, x]).to_sympy() == v[1] ** 2 + x
    assert gd.read("v₁² + x").to_sympy() == sp.Symbol("v_1") ** 2 + x
    assert gd.read("x wₖ", params=[w, x]).to_sympy() == x * w
    assert gd.read("2x", params=[x]).to_sympy() == 2 * x
    for text in ("2x", "x y", "x (y + 1) y"):
        with pytest.raises(gd.ReadError):
            gd.read(text)


def test_a_cost_on_paper_is_derived() -> None:
    d = gd.Cost("1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²", ["w", "b"]).partial("w")
    assert (
        d.check and d.result == gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)", ["w", "b"]).partial("w").result
    )


def letters(expr: Any) -> set[Any]:
    """The symbols, arrays and undefined functions of an expression."""
    parts = list(sp.preorder_traversal(sp.sympify(expr)))
    arrays = {part for part in parts if isinstance(part, sp.IndexedBase)}
    labels = {array.label for array in arrays}
    functions = {part.func for part in parts if isinstance(part, sp.core.function.AppliedUndef)}
    return arrays | functions | {part for part in parts if isinstance(part, sp.Symbol) and part not in labels}


def value(expr: Any) -> Any:
    """A number that tells formulas apart: sizes 3, every letter and entry a number of its own."""
    sizes = {s: 3 for s in expr.free_symbols if isinstance(s, sp.Symbol) and s.name in ("m", "n")}
    whole = expr.subs(sizes).doit()
    atoms = sorted(
        whole.atoms(sp.Indexed) | whole.free_symbols, key=lambda part: (isinstance(part, sp.Symbol), str(part))
    )
    numbers = {part: sp.Rational(2 * sum(map(ord, str(part))) + 1, 317) for part in atoms}
    return sp.N(whole.xreplace(numbers), 20)


def outcome(node: Any, expr: Any) -> str:
    """What becomes of a formula that is printed and read back."""
    try:
        back = gd.read(printed(node), params=letters(expr))
    except gd.GdsymError:
        return "refused"
    mine, theirs = node.to_sympy(), back.to_sympy()
    if mine == theirs:
        return "same"
    difference = value(mine) - value(theirs)
    return "same" if difference.is_number and abs(difference) < 1e-12 else "other"


def test_the_printed_costs_of_the_corpus_read_back() -> None:
    """What is refused: `^` where nothing else says paper, H(x) and the like; a Heaviside function alone is the one text with another reading: H(x) is a function of the user's own."""
    formulas: dict[str, tuple[Any, Any]] = {}
    for case in CASES:
        if not (isinstance(case.expr, sp.MatrixBase) or getattr(case.expr, "is_Matrix", False)):
            try:
                node = from_sympy(case.expr)
            except gd.GdsymError:
                continue
            formulas[printed(node)] = node, case.expr
    found = {text: outcome(node, expr) for text, (node, expr) in formulas.items()}
    assert [text for text, said in found.items() if said == "other"] == ["H(x)"]
    assert Counter(found.values())["refused"] <= 27 and len(found) > 600


NAMES = st.sampled_from(
    ["w", "b", "lambda", "theta_0", "x[i]", "y[i]", "A[i, j]", "v[j]", "x[i + 1]", "2", "3", "x[1]"]
)


def _grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(part, part)
    return st.one_of(
        two.map(lambda p: f"({p[0]} + {p[1]})"),
        two.map(lambda p: f"({p[0]} - {p[1]})"),
        two.map(lambda p: f"({p[0]}*{p[1]})"),
        two.map(lambda p: f"({p[0]})*({p[1]})"),
        two.map(lambda p: f"({p[0]})/(4 + ({p[1]})**2)"),
        part.map(lambda p: f"-({p})"),
        part.map(lambda p: f"Abs({p})"),
        part.map(lambda p: f"sqrt(1 + Abs({p}))"),
        part.map(lambda p: f"exp(-({p})**2)"),
        part.map(lambda p: f"({p})**3"),
        part.map(lambda p: f"Sum({p}, (i, 1, m))"),
        part.map(lambda p: f"Sum({p}, (j, 1, n))"),
        part.map(lambda p: f"Max(0, {p})"),
    )


@given(st.recursive(NAMES, _grown, max_leaves=8))
def test_our_own_text_reads_back_or_is_refused(plain: str) -> None:
    whole = f"Sum(Sum({plain}, (i, 1, m)), (j, 1, n))"
    try:
        node = gd.read(whole)
    except gd.GdsymError:
        return
    assert outcome(node, node.to_sympy()) in ("same", "refused")


@given(st.text(alphabet="xyeiΣ√|₁ᵢ₌ᵐ²⁻( )[]+-/·{};^!′dt∫½π2,", max_size=25))
def test_any_signs_are_read_or_refused(text: str) -> None:
    with contextlib.suppress(gd.GdsymError):
        assert printed(gd.read(text))


def test_a_power_of_e_alone_is_refused_and_that_of_a_known_e_is_a_letter() -> None:
    for unclear in ("e²", "√(1 - e²)", "x² + e⁻¹"):
        with pytest.raises(gd.ReadError, match=r"Euler's number or a letter\? Write exp\(-?\d\) or e\*\*"):
            gd.read(unclear)
    assert str(gd.derive("√(1 - e²)", "e").steps[-1].line) == "-e/√(1 - e²)"
    assert gd.read("e² + e").to_sympy() == sp.Symbol("e") ** 2 + sp.Symbol("e")
    assert gd.read("e²ˣ").to_sympy() == sp.exp(2 * sp.Symbol("x"))


def test_a_root_stands_beside_a_name() -> None:
    sigma = sp.Symbol("sigma")
    assert gd.read("1/(σ√(2π))").to_sympy() == 1 / (sigma * sp.sqrt(2 * sp.pi))
    for unclear in ("1/σ√2", "sin√x"):
        with pytest.raises(gd.ReadError):
            gd.read(unclear)


def test_names_by_which_is_derived_are_known_to_the_reader() -> None:
    assert str(gd.derive("w (x + 1)²", "w").steps[-1].line) == "(x + 1)²"
    assert str(gd.Cost("w (x + 1)²", ["w"]).partial("w").steps[-1].line) == "(x + 1)²"
    assert str(gd.derive("Σᵢ₌₁ⁿ (w₁ xᵢ - yᵢ)²", "w[1]").steps[-1].line) == "2 Σᵢ₌₁ⁿ (w₁ xᵢ - yᵢ) xᵢ"
    assert str(gd.derive("Sum(x[i]**2, (i, 1, n))", "x").steps[-1].line) == "2xₖ"
    with pytest.raises(gd.ReadError, match="`w` is no function"):
        gd.derive("w (x + 1)", "w")
