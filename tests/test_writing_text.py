"""Text: Unicode for the eye, ASCII that Python reads."""

import re
from fractions import Fraction

import pytest
import sympy
from sample_trees import f, same_value, trees, valued
from sample_trees import w as sw
from sample_trees import x as sx
from sample_trees import y as sy

from gdsym.errors import Unsupported
from gdsym.writing.text import text
from gdsym.written import nodes as n

w, b, x, y, q = (n.Sym(sympy.Symbol(s)) for s in "w b x y q".split())
i, j, k, m = (n.Sym(sympy.Symbol(s, integer=True)) for s in "i j k m".split())
X, Y = (n.Base(sympy.IndexedBase(s)) for s in ("x", "y"))
xi, yi = n.Indexed(X, i), n.Indexed(Y, i)
r = n.Add(n.Mul(w, xi), b, n.Neg(yi))
cost = n.Mul(n.Div(n.ONE, n.Mul(n.TWO, m)), n.Sum(n.Pow(r, n.TWO), i, n.ONE, m))

GOOD = [
    (cost, "1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²", "1/(2*m)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))"),
    (n.Mul(n.TWO, r, n.D(r, w)), "2 (w xᵢ + b - yᵢ) · ∂/∂w [w xᵢ + b - yᵢ]", "2*(w*x[i] + b - y[i])*d/dw [w*x[i] + b - y[i]]"),
    (n.Mul(n.Num(3), n.Num(5), n.Pow(x, n.Add(n.Num(5), n.Neg(n.ONE)))), "3 · 5 x⁵⁻¹", "3*5*x**(5 - 1)"),
    (n.Add(x, n.Neg(n.Add(y, n.Neg(b)))), "x - (y - b)", "x - (y - b)"),
    (n.Mul(x, n.Neg(y)), "x · (-y)", "x*(-y)"),
    (n.Div(n.Mul(w, x), m), "w x/m", "w*x/m"),
    (n.Mul(n.Div(n.Mul(w, x), m), y), "(w x)/m · y", "w*x/m*y"),
    (n.Mul(w, n.Div(n.ONE, m)), "w · 1/m", "w*(1/m)"),
    (n.Div(n.ONE, n.Div(x, y)), "1/(x/y)", "1/(x/y)"),
    (n.Pow(n.Num(Fraction(1, 2)), n.TWO), "(1/2)²", "(1/2)**2"),
    (n.Pow(x, n.Num(Fraction(3, 2))), "x^(3/2)", "x**(3/2)"),
    (n.Fn(sympy.exp, n.Neg(x)), "e⁻ˣ", "exp(-x)"),
    (n.Fn(sympy.exp, n.Neg(n.Mul(w, x))), "exp(-w x)", "exp(-w*x)"),
    (n.Fn(sympy.Abs, x), "|x|", "Abs(x)"),
    (n.Fn(sympy.Max, n.ZERO, x), "max(0, x)", "Max(0, x)"),
    (n.Root(n.Add(x, n.ONE), n.TWO), "√(x + 1)", "sqrt(x + 1)"),
    (n.Root(x, n.Num(5)), "x^(1/5)", "x**(1/5)"),
    (n.Delta(j, k), "δⱼₖ", "KroneckerDelta(j, k)"),
    (n.Partial(f, (1,), n.Pow(x, n.TWO)), "f′(x²)", "f'(x**2)"),
    (n.Partial(f, (1, 2), x, y), "∂₁∂₂²f(x, y)", "D(f, 1, 2, 2)(x, y)"),
    (n.Cases(x, n.Rel(">=", x, n.ZERO), n.ZERO, n.TRUE), "{x if x ≥ 0; 0 otherwise}", "Piecewise((x, x >= 0), (0, True))"),
    (n.Sum(x, i, n.ONE, n.Add(m, n.ONE)), "Σᵢ₌₁ᵐ⁺¹ x", "Sum(x, (i, 1, m + 1))"),
    (n.Sum(x, q, n.ONE, m), "Σ[q=1..m] x", "Sum(x, (q, 1, m))"),
    (n.Integral(x, x, n.ZERO, n.ONE), "∫₀¹ x dx", "Integral(x, (x, 0, 1))"),
    (n.Dec(sympy.Float("0.01")), "0.01", "0.01"),
    (n.Const(sympy.pi), "π", "pi"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "unicode", "plain"), GOOD)
def test_what_stands_there(node, unicode, plain):
    assert text(node) == unicode
    assert text(node, ascii=True) == plain


def test_straight_d_and_short_sums():
    assert text(n.D(x, x), partial=False) == "d/dx [x]"
    assert text(cost, limits=False) == "1/(2m) Σᵢ (w xᵢ + b - yᵢ)²"


def evaluated(plain: str):
    """ASCII text as Python reads it; `d/dw [..]` becomes a call first."""
    while found := re.search(r"d/d(\w+) \[", plain):
        depth = 1
        end = found.end()
        while depth:
            depth += {"[": 1, "]": -1}.get(plain[end], 0)
            end += 1
        plain = f"{plain[: found.start()]}Derivative({plain[found.end() : end - 1]}, {found[1]}){plain[end:]}"
    exact = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"Integer(\1)", plain)
    names = {"x": sx, "y": sy, "w": sw, "i": sympy.Symbol("i", positive=True), "f": f}
    return eval(exact, {"__builtins__": {}}, {**vars(sympy), **names})


def test_ascii_read_by_python_has_the_value_of_the_tree():
    pairs = [(text(node, ascii=True), value) for node, value in valued(400, first_seed=10_000)]
    pairs = [
        (plain, value) for plain, value in pairs if "Piecewise" not in plain
    ]  # Python would compare while it reads
    assert len(pairs) > 300
    for plain, value in pairs:
        assert same_value(value, evaluated(plain)), plain


def test_unicode_of_every_random_formula_has_its_brackets():
    for node in trees(300, first_seed=20_000):
        shown = text(node)
        assert shown.count("(") == shown.count(")")
        assert "--" not in shown
        assert "+ -" not in shown


def test_unknown_node_names_visitor_and_type():
    class Strange(n.Node):
        __slots__ = ()

    for ascii_only, name in ((False, "Unicode"), (True, "ASCII")):
        with pytest.raises(Unsupported, match=f"{name} printer met Strange"):
            text(Strange(), ascii=ascii_only)
