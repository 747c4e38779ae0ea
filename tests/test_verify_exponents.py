"""Powers of negative numbers: they have values where the exponent is whole, and halves of such exponents are roots of squares."""

from __future__ import annotations

import pytest
from sympy import Abs, Expr, IndexedBase, Sum, Symbol, log, sqrt, symbols

from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy

x, a, b = symbols("x a b")
p = Symbol("p", positive=True)
i, k, m = symbols("i k m", integer=True)
X, W = IndexedBase("X"), IndexedBase("W")

WRONG: dict[str, tuple[Expr, Expr]] = {
    "a power of a power": ((x**a) ** b, x ** (a * b)),
    "a root": (sqrt(x**a), x ** (a / 2)),
    "back again": ((x**a) ** (1 / a), x),
    "the exponent is an entry": (sqrt(x ** W[k]), x ** (W[k] / 2)),
    "in a sum": (Sum(sqrt(X[i] ** a), (i, 1, m)), Sum(X[i] ** (a / 2), (i, 1, m))),
}
RIGHT: dict[str, tuple[Expr, Expr]] = {
    "of a positive number": ((p**a) ** b, p ** (a * b)),
    "of a square": ((x**2) ** (a / 2), Abs(x) ** a),
    "a product": (x**a * x**b, x ** (a + b)),
    "a slope": ((x**a).diff(a), x**a * log(x)),
    "a quotient": (x**a / x, x ** (a - 1)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_holds_for_positive_numbers_alone_is_refuted(name: str) -> None:
    lhs, rhs = map(from_sympy, WRONG[name])
    assert agree(lhs, rhs).verdict == "refuted"


@pytest.mark.parametrize("name", RIGHT)
def test_what_holds_for_negative_numbers_too_is_accepted(name: str) -> None:
    lhs, rhs = map(from_sympy, RIGHT[name])
    assert agree(lhs, rhs)
