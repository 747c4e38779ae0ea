"""Text -> written form: order and grouping as typed, SymPy's value, and nothing but a GdsymError for the rest."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from sympy import Function, IndexedBase, Symbol, symbols

from gdsym.errors import ComplexInput, GdsymError, GdsymTypeError, ReadError, Unsupported
from gdsym.reading import read, read_symbol
from gdsym.reading.table import FUNCTIONS
from gdsym.written import from_sympy
from gdsym.written import nodes as n

a, b, c, d, w, m, i = (n.Sym(Symbol(name)) for name in "abcdwmi")
x_i, y_i = (n.Indexed(n.Base(IndexedBase(name)), i) for name in "xy")
residual = n.Add(n.Mul(w, x_i), b, n.Neg(y_i))

AS_TYPED = {
    "w*x[i] + b - y[i]": residual,
    "y[i] - b": n.Add(y_i, n.Neg(b)),
    "a + b + c": n.Add(a, b, c),
    "c + b + a": n.Add(c, b, a),
    "(a + b) + c": n.Add(n.Add(a, b), c),
    "a + (b + c)": n.Add(a, n.Add(b, c)),
    "a - (b - c)": n.Add(a, n.Neg(n.Add(b, n.Neg(c)))),
    "a - b + c": n.Add(a, n.Neg(b), c),
    "a*b*c": n.Mul(a, b, c),
    "c*a*b": n.Mul(c, a, b),
    "a*(b + c)": n.Mul(a, n.Add(b, c)),
    "a*(b*c)": n.Mul(a, n.Mul(b, c)),
    "a/b": n.Div(a, b),
    "a/b*c": n.Mul(n.Div(a, b), c),
    "a*b/c": n.Div(n.Mul(a, b), c),
    "a/b/c": n.Div(a, n.Mul(b, c)),
    "(a/b)/c": n.Div(n.Div(a, b), c),
    "a/(b*c)": n.Div(a, n.Mul(b, c)),
    "a/b*c/d": n.Div(n.Mul(n.Div(a, b), c), d),
    "1/2": n.Div(n.Num(1), n.Num(2)),
    "1/2*a": n.Mul(n.Div(n.Num(1), n.Num(2)), a),
    "-a": n.Neg(a),
    "-a*b": n.Neg(n.Mul(a, b)),
    "-a/b": n.Neg(n.Div(a, b)),
    "(-a)*b": n.Mul(n.Neg(a), b),
    "a*-b": n.Mul(a, n.Neg(b)),
    "-a + b": n.Add(n.Neg(a), b),
    "-a**2": n.Neg(n.Pow(a, n.TWO)),
    "(-a)**2": n.Pow(n.Neg(a), n.TWO),
    "+a": a,
    "-2": n.Neg(n.Num(2)),
    "3*5*a**(5 - 1)": n.Mul(n.Num(3), n.Num(5), n.Pow(a, n.Add(n.Num(5), n.Neg(n.Num(1))))),
    "a**b**c": n.Pow(a, n.Pow(b, c)),
    "2*(a + b)": n.Mul(n.TWO, n.Add(a, b)),
    "a + 0 - 0": n.Add(a, n.ZERO, n.Neg(n.ZERO)),
    "1*a": n.Mul(n.ONE, a),
    "sqrt(a)": n.Root(a, n.TWO),
    "cbrt(a)": n.Root(a, n.Num(3)),
    "root(a, m)": n.Root(a, m),
    "exp(a)": n.Fn(sympy.exp, a),
    "E**a": n.Fn(sympy.exp, a),
    "ln(a)": n.Fn(sympy.log, a),
    "log(a, b)": n.Div(n.Fn(sympy.log, a), n.Fn(sympy.log, b)),
    "abs(a)": n.Fn(sympy.Abs, a),
    "max(0, a)": n.Fn(sympy.Max, n.ZERO, a),
    "KroneckerDelta(i, m)": n.Delta(i, m),
    "Sum(x[i], (i, 1, m))": n.Sum(x_i, i, n.ONE, m),
    "1/(2*m) * Sum(x[i], (i, 1, m))": n.Mul(n.Div(n.ONE, n.Mul(n.TWO, m)), n.Sum(x_i, i, n.ONE, m)),
    "Sum(x[i], (i, 1, m))/(2*m)": n.Div(n.Sum(x_i, i, n.ONE, m), n.Mul(n.TWO, m)),
    "Sum(a, (i, 1, m), (b, 1, c))": n.Sum(n.Sum(a, i, n.ONE, m), b, n.ONE, c),
    "Product(x[i], (i, 1, m))": n.Prod(x_i, i, n.ONE, m),
    "Integral(a, (a, 0, b))": n.Integral(a, a, n.ZERO, b),
    "Derivative(f(a), a)": n.Partial(Function("f"), (1,), a),
    "Derivative(f(a, b), (a, 2), b)": n.Partial(Function("f"), (2, 1), a, b),
    "Derivative(f(a), a, 2)": n.Partial(Function("f"), (2,), a),
    "Derivative(a**2, a)": n.D(n.Pow(a, n.TWO), a),
    "Derivative(x[i]**2, x[i])": n.D(n.Pow(x_i, n.TWO), x_i),
    "Piecewise((a, a > 0), (0, True))": n.Cases(a, n.Rel(">", a, n.ZERO), n.ZERO, n.TRUE),
    "Piecewise((a, 0 < a <= 1))": n.Cases(a, n.Logic("and", n.Rel("<", n.ZERO, a), n.Rel("<=", a, n.ONE))),
    "Piecewise((a, a == b or not a < 0))": n.Cases(
        a, n.Logic("or", n.Rel("==", a, b), n.Logic("not", n.Rel("<", a, n.ZERO)))
    ),
    "a\n + b\t- c": n.Add(a, b, n.Neg(c)),
}


@pytest.mark.parametrize("text", AS_TYPED)
def test_order_and_grouping_stay_as_typed(text: str) -> None:
    assert read(text) == AS_TYPED[text]
    assert repr(read(text)) == repr(AS_TYPED[text])


def test_unequal_groupings_are_unequal() -> None:
    texts = ["a+b+c", "(a+b)+c", "a+(b+c)", "b+a+c", "a-b+c", "a*b*c", "a*(b*c)", "a/b/c", "a/(b/c)"]
    assert len({read(t) for t in texts}) == len(texts)


LIKE_SYMPY = """
w*x[i] + b - y[i]
(w*x[i] + b - y[i])**2
Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)
1/(2*m)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))
1/m*Sum(Abs(w*x[i] + b - y[i]), (i, 1, m))
Sum((Sum(v[j]*W[i, j], (j, 1, n)) + b - y[i])**2, (i, 1, m))/(2*m)
-1/m*Sum(y[i]*log(p(x[i])) + (1 - y[i])*log(1 - p(x[i])), (i, 1, m))
Sum(log(1 + exp(-y[i]*(w*x[i] + b))), (i, 1, m))/m
Sum(Sum(KroneckerDelta(k, j)*v[j], (j, 1, n)), (k, 1, n))
Sum(W[i, j], (i, 1, m), (j, 1, n))
Sum(i**2, (i, 1, 10))
Product(x[i], (i, 1, m))
Product(1 + a*x[i], (i, 2, m - 1))
Integral(exp(-t**2), (t, 0, z))
Integral(exp(-t**2), (t, -oo, oo))
a + b
a - b
-a - b
-(a + b)
a - (b - c)
a - -b
--a
+a
a*b*c
a*b/c
a/b*c
a/b/c
a/(b/c)
a/b*c/d*k
-a*b/c
(-a)**3
-a**2
-a**-2
a**-1
2**-a
a**b**c
(a**b)**c
(a*b)**2
(a + b)**2*(a - b)
1/2
1/2*a
3/4 - a/2
2*3*4
10**6
2**0.5
0.1
0.10*a
1e-3*a
2.5E+2
1.
.5
12345678901234567890
3.14159265358979323846264338
pi*a
E**a
exp(1)
exp(a)**2
EulerGamma + GoldenRatio + Catalan
sqrt(a)
sqrt(a**2 + b**2)
cbrt(a)
root(a, 5)
root(a, n)
a**(1/2)
a**(1/3)
log(a)
ln(a)
log(a, 2)
log(a, b)
log(sqrt(a))
sin(a)**2 + cos(a)**2
tan(a) + cot(a) + sec(a) + csc(a)
asin(a) + acos(a) + atan(a) + acot(a) + asec(a) + acsc(a)
atan2(a, b)
sinh(a) + cosh(a) + tanh(a) + coth(a) + sech(a) + csch(a)
asinh(a) + acosh(a) + atanh(a) + acoth(a) + asech(a) + acsch(a)
sinc(a)
Abs(a)
abs(a - b)
sign(a)
Max(a, b, 0)
Min(a, 1)
Max(0, 1 - y[i]*(w*x[i] + b))
Heaviside(a)
Heaviside(a, 1)
floor(a) + ceiling(b) + frac(c)
Mod(a, b)
factorial(a)
factorial(5)
gamma(a) + loggamma(a)
digamma(a) + trigamma(b)
polygamma(2, a)
beta(a, b)
binomial(a, b)
erf(a) + erfc(a) + erfi(a)
erfinv(a)
Ei(a) + Li(a) + Si(a) + Ci(a) + Shi(a) + Chi(a)
expint(2, a)
fresnels(a) + fresnelc(a)
besselj(2, a) + bessely(a, b) + besseli(0, a) + besselk(1, a)
airyai(a) + airybi(a)
LambertW(a)
zeta(a)
polylog(2, a)
lowergamma(a, b) + uppergamma(a, b)
elliptic_k(a) + elliptic_e(a)
legendre(3, a) + chebyshevt(2, a) + hermite(2, a) + laguerre(2, a)
harmonic(a)
f(a)
f(a, b)*g(a)
f(g(a))
f(x[i])
f(a)**2 + f(b)
Derivative(f(a), a)
Derivative(f(a), (a, 2))
Derivative(f(a, b), a, b)
Derivative(f(a, b), b)
Piecewise((a, a > 0), (0, True))
Piecewise((a, a >= b), (b, a < b))
Piecewise((a, Eq(a, b)), (b, Ne(a, 1)), (0, True))
Piecewise((a**2/2, Abs(a) <= delta), (delta*(Abs(a) - delta/2), True))
Piecewise((1, (a > 0) & (a < 1)), (2, (a > 5) | (a < -5)), (3, True))
Piecewise((1, And(a > 0, a < 1)), (2, Or(a > 5, ~(a > -5))), (3, True))
Piecewise((1, Not(a < 0)), (0, True))
x[1] + x[2] + x[i + 1] - x[2*i - 1]
W[i, 1]*W[i, j + 1]
theta_0 + theta_1*a
alpha*beta_1 + gamma_ab
N*S*Q*O*C
(a + b)*(a - b)/(a*b)
((((a))))
1/(1 + exp(-a))
1/(1 + 1/(1 + 1/(1 + a)))
exp(z[k])/Sum(exp(z[j]), (j, 1, n))
-Sum(Sum(KroneckerDelta(c[i], k)*log(W[i, k]), (k, 1, n)), (i, 1, m))/m
Sum((y[i] - tanh(a*x[i]))**2, (i, 1, m))/m + c_1*Sum(v[j]**2, (j, 1, n))
100*(b - a**2)**2 + (1 - a)**2
a**4 + b**7
a**n
0*a + 1*b
0**2
""".strip().splitlines()

NAMES = {name: Symbol(name) for name in ("N", "S", "Q", "O", "C")}
ARRAYS = {name: IndexedBase(name) for name in ("x", "y", "v", "W", "z")}


@pytest.mark.parametrize("text", LIKE_SYMPY)
def test_value_is_what_sympy_reads(text: str) -> None:
    arrays = {name: base for name, base in (ARRAYS | {"c": IndexedBase("c")}).items() if f"{name}[" in text}
    functions = {name: Function(name) for name in "fgp"}
    assert read(text).to_sympy() == sympy.sympify(text, locals={**NAMES, **functions, **arrays})


def test_there_are_over_100_such_formulas() -> None:
    assert len(LIKE_SYMPY) >= 120


def test_every_function_of_the_table_is_read() -> None:
    for name, entry in FUNCTIONS.items():
        args = "abcdfg"[: entry.fewest]
        node = read(f"{name}({', '.join(args)})")
        assert node == n.Fn(getattr(sympy, name), *(n.Sym(Symbol(x)) for x in args))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("theta", "theta"), (r"\theta", "theta"), ("\u03b8", "theta"), ("\u03d1", "theta"), (r"\theta_0", "theta_0"),
        (r"\theta_{10}", "theta_10"), ("\u03b8_0", "theta_0"), ("\u03b8\u2080", "theta_0"), ("w\u2081\u2082", "w_12"),
        ("lambda", "lambda"), (r"\lambda", "lambda"), ("\u03bb", "lambda"), ("lambda_1", "lambda_1"),
        ("x_lambda", "x_lambda"), (r"\hat y", "yhat"), (r"\hat{y}", "yhat"), (r"\hat{y}_i", "yhat_i"),
        ("\u0177", "yhat"), ("y\u0302", "yhat"), (r"\bar{x}", "xbar"), (r"\hat\theta", "thetahat"),
        (r"\hat{\theta}", "thetahat"), ("\u03b8\u0302", "thetahat"), ("\u0394", "Delta"), (r"\Omega", "Omega"),
        ("\u00b5", "mu"), ("\u2126", "Omega"), ("learning_rate", "learning_rate"), ("Error", "Error"), ("e", "e"),
    ],
)  # fmt: skip
def test_names_that_people_use(text: str, name: str) -> None:
    assert read(text) == n.Sym(Symbol(name))
    assert read_symbol(text) == n.Sym(Symbol(name))


def test_signs_that_people_use() -> None:
    assert read("\u03b8\u2080 + \u03b8\u2081\u00b7x\u00b2 \u2212 \u0177") == read("theta_0 + theta_1*x**2 - yhat")
    assert read(r"\alpha\cdot\beta") == read("alpha*beta")
    assert read("Piecewise((a, a \u2265 0), (b, a \u2260 1))") == read("Piecewise((a, a >= 0), (b, a != 1))")
    assert read("\u03c0*r\u00b2").to_sympy() == sympy.pi * Symbol("r") ** 2
    assert read("lambda[i]*lambda_2") == read(r"\lambda[i]*\lambda_2")
    assert read("lambda(x)").to_sympy() == Function("lambda")(Symbol("x"))


def test_numbers_are_exact() -> None:
    assert read("12345678901234567890") == n.Num(12345678901234567890)
    assert read("0.1") == n.Dec(sympy.Float("0.1"))
    assert read("0.12345678901234567890123").to_sympy() == sympy.Float("0.12345678901234567890123")
    assert str(read("0.12345678901234567890123").to_sympy()) == "0.12345678901234567890123"
    assert read("1/3").to_sympy() == sympy.Rational(1, 3)
    assert isinstance(read("2.0"), n.Dec)
    assert read("7") == n.Num(Fraction(7))


def test_the_callers_own_names_are_used() -> None:
    w_real, k = Symbol("w", real=True), Symbol("k", integer=True)
    data, g = IndexedBase("x"), Function("g")
    node = read("Sum(w*x[k] + g(w), (k, 1, m))", params=[w_real, k, data, g])
    assert node.to_sympy() == sympy.Sum(w_real * data[k] + g(w_real), (k, 1, Symbol("m")))
    assert read("w", params=[n.Sym(w_real)]) == n.Sym(w_real)
    assert read("x[k]", params=[data[k], g(k)]) == n.Indexed(n.Base(data), n.Sym(Symbol("k")))
    assert read("E*I", params=symbols("E I")) == n.Mul(*map(n.Sym, symbols("E I")))
    assert read("w + k", params=["w", k]) == n.Add(w, n.Sym(k))
    assert read("N(a)", params=[Function("N")]) == n.Fn(Function("N"), a)


def test_own_names_that_clash_are_refused() -> None:
    with pytest.raises(ReadError, match="`w`"):
        read("w", params=[Symbol("w"), Symbol("w", real=True)])
    with pytest.raises(ReadError, match="an array"):
        read("x + 1", params=[IndexedBase("x")])
    with pytest.raises(ReadError, match="no entries"):
        read("x[i]", params=[Symbol("x")])
    with pytest.raises(ReadError, match="no function"):
        read("x(a)", params=[Symbol("x")])
    with pytest.raises(ReadError, match="no single number"):
        read("A*b", params=[sympy.MatrixSymbol("A", 2, 2)])
    with pytest.raises(GdsymTypeError):
        read("x", params=[3])


def test_read_symbol() -> None:
    assert read_symbol("w") == n.Sym(Symbol("w"))
    assert read_symbol("w[k]") == n.Indexed(n.Base(IndexedBase("w")), n.Sym(Symbol("k")))
    assert read_symbol("W[1, k + 1]") == n.Indexed(n.Base(IndexedBase("W")), n.ONE, read("k + 1"))
    assert read_symbol("w", params=[IndexedBase("w")]) == n.Base(IndexedBase("w"))
    for text in ("pi", "E", "2*w", "w + 1", "f(x)", "3", "w**2", "sin", "Sum"):
        with pytest.raises(ReadError):
            read_symbol(text)
    with pytest.raises(ComplexInput):
        read_symbol("I")


REFUSED = {
    # what is typed: (the error, words of the message)
    "": (ReadError, "empty"),
    "   ": (ReadError, "empty"),
    "x^2": (ReadError, r"written `\*\*`"),
    "a ^ b": (ReadError, r"written `\*\*`"),
    "J = a": (ReadError, "up to `=`"),
    "f(x=1)": (ReadError, "up to `=`"),
    "a == b": (ReadError, "comparison"),
    "a < b": (ReadError, "comparison"),
    "Eq(a, b)": (ReadError, "Piecewise"),
    "a and b": (ReadError, "condition"),
    "not a": (ReadError, "conditions"),
    "a & b": (ReadError, "condition"),
    "Piecewise((1, a > 0 & b > 0))": (ReadError, "brackets"),
    "Piecewise((1, a))": (ReadError, "condition"),
    "Piecewise((1, 2))": (ReadError, "condition"),
    "Piecewise(a, b)": (ReadError, "pair"),
    "Piecewise()": (ReadError, "cases"),
    "2x": (ReadError, r"`\*`"),
    "2(x + 1)": (ReadError, r"`\*`"),
    "a b": (ReadError, r"`\*`"),
    "(a)(b)": (ReadError, r"`\*`"),
    "(a) b": (ReadError, r"`\*`"),
    "a 2": (ReadError, r"`\*`"),
    "b*b(x + 1)": (ReadError, r"b\*\(\.\.\.\)"),
    "x*x[i]": (ReadError, "array"),
    "x[i] + x[i, j]": (ReadError, "2 indices"),
    "I*a": (ComplexInput, "complex"),
    "2j": (ComplexInput, "imaginary"),
    "2.5j + a": (ComplexInput, "imaginary"),
    "re(a)": (ComplexInput, "complex"),
    "conjugate(a)": (ComplexInput, "complex"),
    "hankel1(1, a)": (ComplexInput, "complex"),
    "arg(a)": (ComplexInput, "complex"),
    "oo": (Unsupported, "Infinity"),
    "a + oo": (Unsupported, "Infinity"),
    "\u221e": (Unsupported, "Infinity"),
    "nan": (Unsupported, "finite"),
    "zoo + 1": (Unsupported, "finite"),
    "Sum(a, (i, 1, oo))": (Unsupported, "endless"),
    "Sum(a, i)": (ReadError, "triple"),
    "Sum(a)": (ReadError, r"Sum\(body"),
    "Sum(a, (i, 1))": (ReadError, "triple"),
    "Sum(a, (2, 1, m))": (ReadError, "triple"),
    "Sum(a, (pi, 1, m))": (ReadError, "constant"),
    "Sum(a, (i, 1, i))": (ReadError, "itself"),
    "sum(a)": (ReadError, r"Sum\(body"),
    "gelu(a)": (ReadError, r"write it out: u\*\(1 \+ erf"),
    "lg(a)": (ReadError, r"log\(u, 10\), or log\(u, 2\)"),
    "Sin(a)": (ReadError, "did you mean `sin`"),
    "EXP(a)": (ReadError, "did you mean `exp`"),
    "factoral(a)": (ReadError, "did you mean `factorial`"),
    "pi(a)": (ReadError, "no function"),
    "sin": (ReadError, r"sin\(\.\.\.\)"),
    "sin(a, b)": (ReadError, "takes 1 argument"),
    "sin()": (ReadError, "takes 1 argument"),
    "atan2(a)": (ReadError, "takes 2 arguments"),
    "f()": (ReadError, "no argument"),
    "sqrt(a, b)": (ReadError, r"sqrt\(u\)"),
    "log(a, b, c)": (ReadError, "log"),
    "f(*a)": (ReadError, "by position"),
    "np.exp(a)": (ReadError, "Attributes"),
    "a.b": (ReadError, "Attributes"),
    "a'": (ReadError, "Derivative"),
    "'a'": (ReadError, "Derivative"),
    '"a"': (ReadError, "Strings"),
    "f'{a}'": (ReadError, "primes"),
    "[a for a in b]": (ReadError, "reserved"),
    "a if b else c": (ReadError, "Piecewise"),
    "lambda x: x": (ReadError, "sign is missing"),
    "(a := 1)": (ReadError, "`:`"),
    "[a, b]": (ReadError, "list"),
    "a, b": (ReadError, "tuple"),
    "()": (ReadError, "tuple"),
    "{a}": (ReadError, "Braces"),
    "_a": (ReadError, "starts with a letter"),
    "__import__(a)": (ReadError, "starts with a letter"),
    "import os": (ReadError, "reserved"),
    "None": (ReadError, "reserved"),
    "True": (ReadError, "conditions"),
    "a; b": (ReadError, "one formula"),
    "a # b": (ReadError, "no meaning"),
    "a \\ b": (ReadError, "backslash"),
    "a ? b": (ReadError, "no meaning"),
    "a % b": (ReadError, "Mod"),
    "a // b": (ReadError, "floor"),
    "a @ b": (ReadError, "Sum"),
    "a!": (ReadError, "factorial"),
    "|a": (ReadError, "Abs|missing"),
    "$a$": (ReadError, "no meaning"),
    "`a`": (ReadError, "no meaning"),
    "\x00": (ReadError, "control"),
    "a\x1b": (ReadError, "control"),
    "\u200ba": (ReadError, r"U\+200B"),
    "\u202ea": (ReadError, r"U\+202E"),
    "\uff41": (ReadError, r"U\+FF41"),
    "\U0001d465": (ReadError, r"U\+1D465"),
    "\u0430": (ReadError, "cyrillic"),
    "\ud800": (ReadError, r"U\+D800"),
    "\u221a": (ReadError, "missing"),
    "\u2211 a": (ReadError, "Sum"),
    "\u2202f": (ReadError, "Derivative"),
    "\u03b1x": (ReadError, r"alpha\*x"),
    "x\u03b1": (ReadError, r"alpha\*x"),
    r"\alpha\beta": (ReadError, r"alpha\*x"),
    r"\alpha \beta": (ReadError, "sign is missing"),
    r"\frac{a}{b}": (ReadError, "LaTeX"),
    r"\input{/etc/passwd}": (ReadError, "LaTeX"),
    "x\u0177": (ReadError, "touches"),
    "\u0302": (ReadError, "over nothing"),
    "a +": (ReadError, "Nothing stands behind `.`: finish"),
    "* a": (ReadError, "Nothing stands before `.`: put"),
    "a ** ** b": (ReadError, "missing or misplaced"),
    "(a": (ReadError, "never closed"),
    "a)": (ReadError, "no bracket"),
    "(a]": (ReadError, "no bracket"),
    "x[]": (ReadError, "missing or misplaced"),
    "x[i][j]": (ReadError, r"x\[i, j\]"),
    "x[-1]": (ReadError, "from the end"),
    "x[0.5]": (ReadError, "whole"),
    "x[pi]": (ReadError, "whole"),
    "x[1:2]": (ReadError, "`:`"),
    "x[10**10]": (Unsupported, "1e9"),
    "f(a)[i]": (ReadError, "Only a name"),
    "pi[i]": (ReadError, "no entries"),
    "007": (ReadError, "start with 0"),
    "0x1F": (ReadError, r"`\*`"),
    "1_000": (ReadError, "starts with a letter"),
    "1e400": (ReadError, "1e300"),
    "1e-99999999": (ReadError, "1e300"),
    "1e99999999999999999999": (ReadError, "1e300"),
    "9" * 101: (ReadError, "101 digits"),
    "9**9**9**9": (Unsupported, "exponent"),
    "(9**9)**(9**9)": (Unsupported, "exponent"),
    "a**100000": (Unsupported, "exponent"),
    "2**(10**9*a)": (Unsupported, "exponent"),
    "10**301": (Unsupported, "float"),
    "10**-301": (Unsupported, "float"),
    "1/10**301": (Unsupported, "float"),
    "1e200*1e200": (Unsupported, "float"),
    "((2*a)**1000)**1000": (Unsupported, "digits"),
    "factorial(10**9)": (Unsupported, "factorial"),
    "factorial(factorial(10))": (Unsupported, "factorial"),
    "binomial(10**9, 5*10**8)": (Unsupported, "binomial"),
    "gamma(10**9)": (Unsupported, "gamma"),
    "hermite(10**6, a)": (Unsupported, "hermite"),
    "exp(exp(exp(10)))": (Unsupported, "float"),
    "floor(exp(10**9))": (Unsupported, "float"),
    "exp(1/1e-9)": (Unsupported, "float"),
    "1/0": (Unsupported, "divides by zero"),
    "a + 1/(2 - 2)": (Unsupported, "divides by zero"),
    "log(0)": (Unsupported, "undefined"),
    "0**-1*a": (Unsupported, "undefined"),
    "Mod(3, 0)": (Unsupported, "undefined"),
    "Mod(a, 0)": (Unsupported, "undefined"),
    "tan(pi/2)": (Unsupported, "undefined"),
    "sqrt(-1)*a": (ComplexInput, "complex"),
    "log(-2)": (ComplexInput, "complex"),
    "(-8)**(1/3)": (ComplexInput, "complex"),
    "acos(2)": (ComplexInput, "complex"),
    "Max(Product(1 + 1/i, (i, 1, 10**6)), 3)": (Unsupported, "put in its value"),
    "floor(Integral(sin(1/a), (a, 0, 1)))": (Unsupported, "put in its value"),
    "Piecewise((1, Sum(1/i, (i, 1, 10**9)) > 3))": (Unsupported, "put in its value"),
    "Derivative(f(a), (a, 10**9))": (ReadError, "whole number"),
    "Derivative(f(a), (a, 11))": (ReadError, "1 to 10"),
    "Derivative(f(a), 2)": (ReadError, "name or an entry"),
    "Derivative(f(a), a**2)": (ReadError, "name or an entry"),
    "Derivative(f(a))": (ReadError, r"Derivative\(f\(x\), x\)"),
    "sin(" * 101 + "a" + ")" * 101: (Unsupported, "levels"),
    "-" * 200 + "a": (Unsupported, "levels"),
    "a**" * 200 + "a": (Unsupported, "levels"),
    "a" * 61: (ReadError, "61 characters"),
    "[b, a]": (ReadError, r"gd\.jacobian"),
    "np.sum(a)": (ReadError, r"Sum\(x\[i\]"),
    "||ab - c||^2": (ReadError, r"sqrt\(Sum"),
    "a+" * 5_000: (ReadError, "missing|terms|behind"),
    "+".join(["a"] * 4_999): (ReadError, "terms"),
    "a" * 10_001: (ReadError, "10001 characters"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused_with_the_reason(text: str) -> None:
    kind, words = REFUSED[text]
    with pytest.raises(GdsymError, match=words) as caught:
        read(text)
    assert type(caught.value) is kind
    assert len(str(caught.value)) <= 600


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("w*x + b^2", "^"), ("theta + lambda*2j", "2j"), ("a + lambda*Sin(w)", "Sin(w)"), ("a + b*(c - I)", "I"),
        ("lambda + 9**9**9**9 + a", "9**9**9"), ("a + x[-1]", "-1"), ("a + (b - c", "("), ("a + Sum(x[i], i)", "i"),
        (f"{'+'.join(['abc'] * 300)} + Sin(x) + {'+'.join(['abc'] * 300)}", "Sin(x)"),
    ],
)  # fmt: skip
def test_messages_point_at_the_place(text: str, marked: str) -> None:
    with pytest.raises(GdsymError) as caught:
        read(text)
    _, line, carets = str(caught.value).rsplit("\n", 2)
    start = carets.index("^")
    assert line[start : start + carets.count("^")] == marked


@pytest.mark.parametrize("thing", [None, 3, b"x", ["x"], Symbol("x")])
def test_only_text_is_read(thing: object) -> None:
    with pytest.raises(GdsymTypeError, match="text is needed"):
        read(thing)  # type: ignore[arg-type]


def _depth(node: n.Node) -> int:
    return 1 + max(map(_depth, node.children), default=0)


def test_long_and_deep_formulas_within_the_limits() -> None:
    assert len(read("+".join(f"(a - {k})**2" for k in range(500))).children) == 500
    assert _depth(read("sin(" * 99 + "a" + ")" * 99)) == 100
    assert read("a" + "*b" * 1_000).to_sympy() == Symbol("a") * Symbol("b") ** 1_000


def test_way_back_from_sympy_is_the_paper_form() -> None:
    text = "1/(2*m)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))"
    node = read(text)
    assert from_sympy(node.to_sympy(), params=symbols("w b")) == node


def test_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*args: object, **kwargs: object) -> object:
        raise AssertionError("text was run")

    for name in ("sympify", "parse_expr", "S"):
        monkeypatch.setattr(sympy, name, forbidden)
    for name in ("eval", "exec"):
        monkeypatch.setattr(f"builtins.{name}", forbidden)
    for text in LIKE_SYMPY:
        read(text)
