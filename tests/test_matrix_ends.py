"""Last lines of matrix costs: symmetric inverses, differences of a matrix and its transpose, inverses that cancel."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Determinant, Identity, MatrixSymbol, Trace, log, symbols
from sympy.matrices.expressions.hadamard import HadamardProduct

import gdsym as gd

m, n = symbols("m n", integer=True, positive=True)
lam = symbols("lambda")
X = MatrixSymbol("X", m, n)
A, W = MatrixSymbol("A", n, n), MatrixSymbol("W", n, n)
w = MatrixSymbol("w", n, 1)


@pytest.mark.parametrize(
    ("cost", "by", "end"),
    [
        (log(Determinant(X.T * X)), X, "2 X (Xᵀ X)⁻¹"),
        (log(Determinant(X * X.T)), X, "2 (X Xᵀ)⁻¹ X"),
        (log(Determinant(lam * Identity(n) + X.T * X)), X, "2 X (Xᵀ X + λ I)⁻¹"),
        (Trace((W - W.T).T * (W - W.T)), W, "4 (W - Wᵀ)"),
        (Determinant(W.inv()), W, "-det(W⁻¹) W⁻ᵀ"),
        (Trace(HadamardProduct(A, W).T * HadamardProduct(A, W)), W, "2 A ⊙ A ⊙ W"),
        (Trace(w.T * A * w) / Trace(w.T * w), w, "((wᵀ w) (A + Aᵀ) w - 2 (wᵀ A w) w)/(wᵀ w)²"),
    ],
)
def test_the_last_line_is_that_of_a_book(cost: Any, by: Any, end: str) -> None:
    d = gd.derive(cost, by)
    assert str(d.steps[-1].line) == end
    assert all(step.check for step in d.steps)
    assert "not checked" not in str(d)
