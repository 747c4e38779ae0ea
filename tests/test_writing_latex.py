"""LaTeX: what stands there, and that it can be read in one way only."""

import sys
from fractions import Fraction

import pytest
import sympy
from latex_reader import Unreadable, read
from sample_trees import NAMES, same_value, valued

from gdsym.errors import Unsupported
from gdsym.writing.latex import latex
from gdsym.writing.numbers import decimal
from gdsym.writing.special import NOTATION
from gdsym.writing.text import text
from gdsym.written import from_sympy
from gdsym.written import nodes as n

w, b, x, y, u, v = (n.Sym(sympy.Symbol(s)) for s in "w b x y u v".split())
i, j, k, m = (n.Sym(sympy.Symbol(s, integer=True)) for s in "i j k m".split())
X, Y, T = (n.Base(sympy.IndexedBase(s)) for s in ("x", "y", "theta_0"))
f, g = sympy.Function("f"), sympy.Function("g")
xi, yi = n.Indexed(X, i), n.Indexed(Y, i)
r = n.Add(n.Mul(w, xi), b, n.Neg(yi))
two, three, half = n.TWO, n.Num(3), n.Num(Fraction(1, 2))


def fn(name, *args):
    return n.Fn(getattr(sympy, name), *args)


def total(body):
    return n.Sum(body, i, n.ONE, m)


GOOD = [
    (r, "w x_{i}+b-y_{i}"),
    (n.Mul(n.Div(n.ONE, n.Mul(two, m)), total(n.Pow(r, two))), r"\frac{1}{2m}\sum_{i=1}^{m}(w x_{i}+b-y_{i})^{2}"),
    (n.D(n.Pow(x, n.Num(5)), x), r"\frac{\partial}{\partial x}\left[x^{5}\right]"),
    (n.Mul(three, n.D(n.Pow(x, two), x)), r"3\cdot\frac{\partial}{\partial x}\left[x^{2}\right]"),
    (n.Mul(three, n.Num(5), n.Pow(x, n.Add(n.Num(5), n.Neg(n.ONE)))), r"3\cdot 5\,x^{5-1}"),
    (n.Mul(n.Num(15), n.Pow(x, n.Num(4))), r"15\,x^{4}"),
    (n.Mul(two, r, n.D(r, w)), r"2\,(w x_{i}+b-y_{i})\cdot\frac{\partial}{\partial w}\left[w x_{i}+b-y_{i}\right]"),
    (n.Mul(n.Div(n.ONE, m), n.D(x, w)), r"\frac{1}{m}\,\frac{\partial}{\partial w}\left[x\right]"),
    (n.Mul(n.D(n.Indexed(X, j), n.Indexed(X, k)), n.Indexed(Y, i, j)), r"\frac{\partial}{\partial x_{k}}\left[x_{j}\right]\,y_{ij}"),
    (n.Mul(n.Delta(j, k), xi), r"\delta_{jk}\,x_{i}"),
    (n.Add(x, n.Neg(n.Add(y, n.Neg(u)))), "x-(y-u)"),
    (n.Add(x, n.Add(y, u)), "x+(y+u)"),
    (n.Add(n.Add(x, y), u), "x+y+u"),
    (n.Neg(n.Add(x, y)), "-(x+y)"),
    (n.Neg(n.Neg(x)), "-(-x)"),
    (n.Add(x, n.Neg(n.Neg(y))), "x-(-y)"),
    (n.Add(x, n.Mul(n.Neg(y), u)), r"x+(-y\,u)"),
    (n.Mul(x, n.Neg(y)), r"x\cdot(-y)"),
    (n.Mul(x, n.Num(-2)), r"x\cdot(-2)"),
    (n.Mul(n.Add(x, y), u), r"(x+y)\,u"),
    (n.Mul(two, half), r"2\cdot\frac{1}{2}"),
    (n.Mul(x, two), r"x\cdot 2"),
    (n.Mul(n.Neg(n.Mul(x, fn("sin", y))), u), r"(-x\sin y)\,u"),
    (n.Mul(fn("sin", x), y), r"\sin(x)\,y"),
    (n.Mul(y, fn("log", x)), r"y\log x"),
    (n.Pow(fn("sin", x), two), r"\sin^{2}(x)"),
    (n.Pow(fn("log", x), two), r"(\log x)^{2}"),
    (n.Pow(n.Neg(x), two), "(-x)^{2}"),
    (n.Pow(n.Pow(x, y), u), "(x^{y})^{u}"),
    (n.Pow(x, n.Pow(y, u)), "x^{y^{u}}"),
    (n.Pow(n.Div(x, y), two), r"\left(\frac{x}{y}\right)^{2}"),
    (n.Pow(n.Root(x, two), two), r"(\sqrt{x})^{2}"),
    (n.Pow(xi, two), "x_{i}^{2}"),
    (n.Pow(half, two), r"\left(\frac{1}{2}\right)^{2}"),
    (n.Pow(n.Num(-2), two), "(-2)^{2}"),
    (n.Pow(x, n.Num(Fraction(3, 2))), "x^{3/2}"),
    (n.Pow(n.Sym(sympy.Symbol("x'")), two), "(x')^{2}"),
    (n.Root(n.Add(x, y), three), r"\sqrt[3]{x+y}"),
    (n.Mul(total(xi), y), r"\left(\sum_{i=1}^{m}x_{i}\right)\,y"),
    (n.Mul(y, total(xi)), r"y\sum_{i=1}^{m}x_{i}"),
    (n.Add(total(n.Mul(w, xi)), b), r"\sum_{i=1}^{m}w x_{i}+b"),
    (total(n.Add(xi, b)), r"\sum_{i=1}^{m}(x_{i}+b)"),
    (total(n.Neg(xi)), r"\sum_{i=1}^{m}(-x_{i})"),
    (total(n.Sum(n.Indexed(X, i, j), j, n.ONE, k)), r"\sum_{i=1}^{m}\sum_{j=1}^{k}x_{ij}"),
    (n.Prod(xi, i, n.ONE, m), r"\prod_{i=1}^{m}x_{i}"),
    (n.Integral(n.Mul(x, y), x, n.ZERO, n.ONE), r"\int_{0}^{1}x y\,dx"),
    (fn("exp", n.Neg(x)), "e^{-x}"),
    (fn("exp", n.Div(x, y)), r"\exp\left(\frac{x}{y}\right)"),
    (n.Pow(fn("exp", x), two), "(e^{x})^{2}"),
    (n.Mul(n.Sym(sympy.Symbol("e")), fn("exp", x)), r"e\exp(x)"),
    (fn("Abs", n.Add(x, y)), r"\left|x+y\right|"),
    (fn("sign", r), r"\operatorname{sign}(w x_{i}+b-y_{i})"),
    (fn("Max", n.ZERO, x), r"\max(0, x)"),
    (fn("Heaviside", x), r"\operatorname{H}(x)"),
    (fn("Heaviside", x, half), r"\operatorname{H}(x)"),
    (fn("floor", x), r"\left\lfloor x\right\rfloor"),
    (fn("factorial", n.Add(x, n.ONE)), "(x+1)!"),
    (n.Fn(sympy.log, x, two), r"\log_{2}(x)"),
    (n.Fn(f, n.Pow(x, two)), "f(x^{2})"),
    (n.Partial(f, (1,), x), "f'(x)"),
    (n.Partial(f, (2,), n.Mul(two, x)), "f''(2x)"),
    (n.Partial(f, (4,), x), "f^{(4)}(x)"),
    (n.Partial(f, (1, 0), x, y), r"\frac{\partial f}{\partial x}(x, y)"),
    (n.Partial(f, (2, 1), x, y), r"\frac{\partial^{3} f}{\partial x^{2}\,\partial y}(x, y)"),
    (n.Partial(f, (1, 0), n.Mul(x, y), y), r"\partial_{1} f(x y, y)"),
    (n.Cases(x, n.Rel(">", x, n.ZERO), n.ZERO, n.TRUE), r"\begin{cases}x & \text{if }x>0 \\ 0 & \text{otherwise}\end{cases}"),
    (n.Logic("and", n.Rel("<=", n.ONE, k), n.Rel("<=", k, m)), r"1\leq k\leq m"),
    (n.Rel("!=", x, y), r"x\neq y"),
    (n.Indexed(T, i), r"\theta_{0,i}"),
    (n.Pow(n.Indexed(T, i), two), r"\theta_{0,i}^{2}"),
    (n.Indexed(X, n.Add(i, n.Neg(n.ONE)), j), "x_{i-1,j}"),
    (n.Mul(n.Const(sympy.pi), x), r"\pi x"),
    (n.Dec(sympy.Float("0.5")), "0.5"),
    (n.Mul(n.Dec(sympy.Float("1e-12")), x), r"1\cdot 10^{-12}x"),
    (n.Mul(two, n.Sym(sympy.Symbol("Error"))), r"2\,\mathrm{Error}"),
    (n.D(x, n.Sym(sympy.Symbol("Error"))), r"\frac{\partial}{\partial\,\mathrm{Error}}\left[x\right]"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "tex"), GOOD)
def test_what_stands_there(node, tex):
    assert latex(node) == tex


def test_straight_d_and_small_fractions():
    assert latex(n.D(x, x), partial=False) == r"\frac{d}{dx}\left[x\right]"
    assert latex(n.Div(n.ONE, two), small=True) == r"\tfrac{1}{2}"
    assert latex(n.Div(n.Div(x, y), two), small=True) == r"\frac{\frac{x}{y}}{2}"
    assert latex(n.D(x, n.Indexed(T, i)), partial=False) == r"\frac{d}{d\theta_{0,i}}\left[x\right]"


READABLE = {
    "w": w.symbol, "b": b.symbol, "x": X.base, "y": Y.base, "u": u.symbol, "v": v.symbol,
    "i": i.symbol, "j": j.symbol, "k": k.symbol, "m": m.symbol, "f": f, "g": g,
}  # fmt: skip


@pytest.mark.parametrize(
    "node",
    [
        n.Mul(n.Div(n.ONE, n.Mul(two, m)), total(n.Pow(r, two))),
        n.Mul(two, r, n.D(r, w)),
        total(n.Mul(n.Delta(j, k), n.Indexed(X, i, j))),
        n.Mul(w, n.Delta(j, n.Add(k, n.Neg(n.ONE)))),
        n.Add(total(n.Mul(w, xi)), n.Neg(total(n.Mul(xi, total(yi))))),
        n.Mul(n.Partial(f, (1,), n.Pow(w, two)), two, w),
        n.Partial(f, (1, 2), n.Mul(w, b), b),
        n.Partial(f, (1, 2), w, b),
        n.Partial(f, (5,), w),
        n.Mul(n.Fn(f, w), n.Add(w, b)),
        n.Pow(n.Fn(f, w), two),
        n.Indexed(X, n.Num(10), two),
        n.Indexed(X, n.ONE, two),
        n.Indexed(X, n.Add(i, n.Neg(n.ONE)), j),
        n.Cases(
            w, n.Logic("and", n.Rel("<=", n.ONE, k), n.Rel("<", k, m)), b, n.Logic("not", n.Rel(">", w, b)), u, n.TRUE
        ),
        n.Mul(n.Add(w, n.Neg(b)), fn("Heaviside", w), fn("erf", u), fn("asinh", w)),
        n.Div(fn("log", w), n.Add(fn("exp", n.Add(n.Neg(w), b)), n.ONE)),
    ],
)
def test_read_back_by_hand(node):
    assert same_value(node.to_sympy(), read(latex(node), READABLE))


def test_read_back_hundreds_of_random_formulas():
    """An independent reader gets the value of the tree: the brackets are right."""
    pairs = valued(600)
    assert len(pairs) > 500
    for node, value in pairs:
        assert same_value(value, read(latex(node), NAMES)), latex(node)


@pytest.mark.parametrize("rule", ["bracket_term", "bracket_negated", "bracket_factor", "bracket_body", "stands_alone"])
def test_a_printer_that_forgets_brackets_is_caught(rule, monkeypatch):
    """Planted: each bracket rule in turn says 'none needed'; the reader must disagree with the tree."""
    printer = sys.modules["gdsym.writing.latex"]
    monkeypatch.setattr(printer, rule, lambda *_: rule == "stands_alone")
    assert any(_is_misread(node, value) for node, value in valued(150))


def _is_misread(node, value):
    try:
        return not same_value(value, read(latex(node), NAMES))
    except Exception:
        return True


@pytest.mark.parametrize(
    ("tex", "wrong"),
    [("x-y-w", "x-(y-w)"), (r"\sum_{i=1}^{3}x+i", r"\sum_{i=1}^{3}(x+i)"), ("-x^{2}", "(-x)^{2}"), ("x+y\\,w", "(x+y)\\,w")],
)  # fmt: skip
def test_the_reader_sees_missing_brackets(tex, wrong):
    assert not same_value(read(tex, NAMES), read(wrong, NAMES))


@pytest.mark.parametrize(
    "tex", ["x+-y", "x 2", r"\sin x y", r"\frac{d}{dx}x", "x_{1}", r"\foo", "(x", r"\sum_{i=1}^{3}-x"]
)
def test_the_reader_refuses_what_is_ambiguous(tex):
    with pytest.raises((Unreadable, KeyError)):
        read(tex, NAMES)


def test_deep_formulas_are_printed():
    node = x
    for _ in range(40):
        node = fn("sin", n.Add(y, n.Neg(n.Mul(two, node))))
    assert latex(node).count(r"\sin") >= 40
    assert text(node).count("sin") >= 40
    assert text(node, ascii=True).count("sin") >= 40


def test_unknown_node_names_visitor_and_type():
    class Strange(n.Node):
        __slots__ = ()

    with pytest.raises(Unsupported, match=r"LaTeX printer met Strange"):
        latex(n.Add(x, Strange()))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("0.5", ("0.5", 0)), ("2.0", ("2", 0)), ("0.001", ("0.001", 0)), ("1e-5", ("0.00001", 0)), ("1.5e-5", ("0.000015", 0)),
     ("1e-12", ("1", -12)), ("6.02e23", ("6.02", 23)), ("0.1", ("0.1", 0)), ("123456.75", ("123456.75", 0))],
)  # fmt: skip
def test_decimals_as_typed(typed, shown):
    assert decimal(sympy.Float(typed)) == shown


def test_from_sympy_prints_as_on_paper():
    a, c = sympy.symbols("a c")
    assert latex(from_sympy(a - sympy.Rational(1, 2) * c)) == r"a-\frac{c}{2}"
    assert latex(from_sympy(sympy.exp(-(a**2) / 2))) == r"\exp\left(-\frac{a^{2}}{2}\right)"


@pytest.mark.parametrize(("name", "count"), sorted(NOTATION))
def test_special_functions_read_back(name: str, count: int) -> None:
    p, q, s, t = sympy.symbols("p q s t", real=True)
    args, made = (p, q + 1, s, t)[:count], getattr(sympy, name)
    tex = latex(n.Fn(made, *map(from_sympy, args)))
    assert rf"\operatorname{{{name}}}" not in tex
    assert read(tex, {"p": p, "q": q, "s": s, "t": t}) == made(*args)


def test_a_letter_of_the_cost_is_no_function() -> None:
    J, p, q, s = sympy.symbols("J p q s")
    assert latex(from_sympy(J * sympy.besselj(1, p))) == r"J\operatorname{besselj}(1, p)"
    assert latex(from_sympy(sympy.besselj(1, p))) == "J_{1}(p)"
    assert latex(from_sympy(sympy.hyper([p], [q, 1], s))) == "{}_{1}F_{2}(p; 1, q; s)"
