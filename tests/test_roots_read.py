"""Roots of any degree: a root sign for 2, 3, ..., a power for others, and SymPy's real_root for odd ones."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import im, real_root, root, symbols

import gdsym as gd

x, y, n, c = symbols("x y n c")


@pytest.mark.parametrize(
    ("formula", "wrt", "end"),
    [
        ("root(x, n)", "x", "x^(1/n - 1)/n"),
        ("root(x, n)", "n", "-x^(1/n) log(x)/n²"),
        ("root(x, x)", "x", "x^(1/x) (1 - log(x))/x²"),
        ("root(x**2 + 1, n)", "x", "2x (x² + 1)^(1/n - 1)/n"),
        ("root(x, 3)", "x", "1/(3 x^(2/3))"),
        (root(x, n), "n", "-x^(1/n) log(x)/n²"),
    ],
)
def test_a_root_of_any_degree_has_its_steps(formula: Any, wrt: str, end: str) -> None:
    d = gd.derive(formula, wrt)
    assert str(d.steps[-1].line) == end
    assert all(step.check for step in d.steps)
    assert "SymPy differentiates this" not in str(d)


@pytest.mark.parametrize(
    ("formula", "end"),
    [
        ("real_root(x, 3)", "1/(3 |x|^(2/3))"),
        ("real_root(2*x - 1, 5)", "2/(5 |2x - 1|^(4/5))"),
        ("real_root(x, 2)", "1/(2 √x)"),
        (real_root(x, 3), "1/(3 |x|^(2/3))"),
        (real_root(x - y, 5), "1/(5 |x - y|^(4/5))"),
    ],
)
def test_the_real_root_of_a_negative_number_is_negative(formula: Any, end: str) -> None:
    d = gd.derive(formula, "x")
    assert str(d.steps[-1].line) == end
    assert all(step.check for step in d.steps)
    assert gd.read("real_root(-8, 3)").to_sympy() == -2


def test_other_imaginary_parts_are_refused() -> None:
    with pytest.raises(gd.ComplexInput):
        gd.derive(im(c) * x, x)
