"""The order of terms on paper: parameters first, data last, powers down, numbers in names counted, ties never left to chance."""

import pytest
from sympy import Add, IndexedBase, Rational, besseli, cos, exp, sin, sqrt, symbols

from gdsym.writing.text import text
from gdsym.written import from_sympy

a, b, c, w, x, y = symbols("a b c w x y")
x1, x2, x10 = symbols("x1 x2 x10")
i, j = symbols("i j", integer=True)
X, Y, v = IndexedBase("X"), IndexedBase("Y"), IndexedBase("v")


@pytest.mark.parametrize(
    ("expr", "params", "printed"),
    [
        (b + w * X[i] - Y[i], [w, b], "w*X[i] + b - Y[i]"),
        (1 + x + x**2, [], "x**2 + x + 1"),
        (y**2 + x * y + x**2, [], "x**2 + x*y + y**2"),
        (x + 1 / x + 1 / x**2, [], "x + 1/x + 1/x**2"),
        (x10 + x2 + x1, [], "x_1 + x_2 + x_10"),
        ((x10 - 1) ** 2 + (x2 - 1) ** 2, [], "(x_2 - 1)**2 + (x_10 - 1)**2"),
        (cos(x) + sin(x), [], "sin(x) + cos(x)"),
        (exp(-x) + exp(x), [], "exp(x) + exp(-x)"),
        (exp(x) + exp(2 * x), [], "exp(2*x) + exp(x)"),
        (sqrt(x) + x, [], "x + sqrt(x)"),
        (x ** Rational(3, 2) + sqrt(x), [], "x**(3/2) + sqrt(x)"),
        (1 - x, [], "1 - x"),
        (1 + exp(-x), [], "1 + exp(-x)"),
        ((x - 3) ** 2 + (x - 2) ** 2, [], "(x - 2)**2 + (x - 3)**2"),
        (100 * (v[j + 1] - v[j] ** 2) ** 2 + (1 - v[j]) ** 2, [v], "(1 - v[j])**2 + 100*(v[j + 1] - v[j]**2)**2"),
        (besseli(1, x) + besseli(0, x), [], "besseli(0, x) + besseli(1, x)"),
    ],
)
def test_terms_stand_as_people_write_them(expr, params, printed):
    assert text(from_sympy(expr, params), ascii=True) == printed


def test_the_order_does_not_depend_on_how_sympy_keeps_the_terms():
    terms = [x * y, x**2, a * b, sin(x) ** 2, X[i] * a, (a + b) ** 2, (a - b) ** 2, exp(-x), 3 * c, x2, x10]
    forwards, backwards = (from_sympy(Add(*row, evaluate=False)) for row in (terms, terms[::-1]))
    assert forwards == backwards


def test_partial_derivatives_share_what_they_found_out_and_say_the_same_alone():
    from sympy import tanh

    import gdsym as gd

    cost = (a * tanh(w * x + b) + c - y) ** 2 / 2 + (w * x + b) ** 2 * a
    shared = gd.Cost(cost, [a, b, c, w])
    for param in (w, a, c, b):
        alone = gd.Cost(cost, [a, b, c, w]).partial(param)
        assert shared.partial(param).text(detail="full") == alone.text(detail="full")


def test_many_terms_are_found_by_name():
    import gdsym as gd

    letters = symbols("x1:31")
    cost = gd.Cost(sum((letter - k) ** 2 for k, letter in enumerate(letters)) + letters[0] * letters[20], letters)
    assert cost.partial(letters[20]).result == letters[0] + 2 * letters[20] - 40
    assert cost.partial(letters[0]).result == 2 * letters[0] + letters[20]
