"""How rows are broken, bracketed and summed up for the eye."""

from __future__ import annotations

import pytest
from sympy import MatrixSymbol, Symbol, besseli, besselj, besselk, bessely, log, symbols

import gdsym as gd
from gdsym.export.columns import wrapped
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.written.nodes import Add, Mul, Neg, Num, Sym

a, x = symbols("a x", real=True)
m, n = symbols("m n", integer=True, positive=True)
A, X = Sym(a), Sym(x)


def test_no_line_ends_behind_a_minus() -> None:
    assert not any(line.endswith("-") for room in range(8, 20) for line in wrapped("(1 - u) log(1 - 1/(1 + e))", room))


def test_a_line_of_factors_ends_before_a_sum() -> None:
    assert wrapped("exp(a b c d e f) Σⱼ ∂/∂w [w] x - c", 30)[0] == "exp(a b c d e f)"


def test_a_product_that_begins_with_a_bracket_does_not_begin_with_a_minus() -> None:
    bracket = Mul(Add(Neg(A), X), Num(2))
    assert text(Add(X, bracket)) == "x + (-a + x) · 2"
    assert text(Mul(Num(3), Add(bracket, X))) == "3 ((-a + x) · 2 + x)"
    assert latex(Add(X, bracket)) == r"x+(-a+x)\cdot 2"


def test_shapes_are_named_once() -> None:
    M, w, y = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
    told = gd.derive((M * w - y).T * (M * w - y), w).text()
    assert told.count("entry by entry") == 1


def test_a_mirrored_order_is_the_reason() -> None:
    assert "simplify: besseli(-1, x) = besseli(1, x)" in gd.derive(log(besseli(0, x)), x).text()
    assert "simplify: besselj(-1, x) = -besselj(1, x)" in gd.derive(besselj(0, x), x).text()


@pytest.mark.parametrize(
    ("expr", "result"),
    [
        (besselj(0, x), -besselj(1, x)), (bessely(0, x), -bessely(1, x)), (besseli(0, x), besseli(1, x)),
        (besselk(0, x), -besselk(1, x)), (log(besseli(0, x)), besseli(1, x) / besseli(0, x)),
    ],
)  # fmt: skip
def test_bessel_functions_of_negative_order(expr: object, result: object) -> None:
    d = gd.derive(expr, Symbol("x", real=True))
    assert d.result == result
    assert all(step.check for step in d.steps)
