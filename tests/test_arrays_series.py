"""Series near 0 end where they are known to end: powers of u with gaps, roots that are |u|; against 60 digits."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from sympy import Expr, IndexedBase, Sum, Symbol, cosh, diff, exp, lambdify, log, sin, sqrt, symbols

import gdsym as gd

u = Symbol("u", real=True)
w = symbols("w")
i, m = symbols("i m", integer=True, positive=True)
x = IndexedBase("x")


def made(form: Expr) -> Any:
    return gd.Cost(Sum(form.subs(u, w * x[i]), (i, 1, m)), [w]).compile()


@pytest.mark.parametrize(
    "form",
    [
        u**4 - sin(u**4), exp(u**4) - 1 - u**4, log(1 + u**4) - u**4, cosh(u**4) - 1 - u**8 / 2, sqrt(1 + u**6) - 1 - u**6 / 2,
        u**2 * sin(u**4) - u**6, sqrt(1 + u**8) - 1, sin(u) + sin(u**6) - u - u**6,
    ],
)  # fmt: skip
def test_series_of_high_powers(form: Expr) -> None:
    """The next term of a function of u^4 stands four or eight places on: what was not computed is not 0."""
    value, slope = (lambdify(u, f, "mpmath") for f in (form, diff(form, u)))
    compiled = made(form)
    for at in (0.2, 0.35, 0.6, 0.74, 0.76, 0.9, 0.99, -0.74, -0.9):
        fun, jac = compiled.value_and_gradient({w: 1.0}, {x: [at]})
        with mpmath.workdps(60):
            right, bent = value(mpmath.mpf(at)), at * slope(mpmath.mpf(at))
        assert fun == pytest.approx(float(right), rel=1e-9)
        assert jac[w] == pytest.approx(float(bent), rel=1e-9)


@pytest.mark.parametrize("form", [sqrt(2 * cosh(u) - 2) - sin(u), sqrt(u**2 + u**4) - u, sqrt(cosh(u) ** 2 - 1) - u])
def test_the_root_of_a_square_is_an_absolute_value(form: Expr) -> None:
    """Below 0 nothing cancels."""
    right = lambdify(u, form, "mpmath")
    for at in (-0.7, -0.05, 0.3):
        assert made(form).value({w: 1.0}, {x: [at]}) == pytest.approx(float(right(mpmath.mpf(at))), rel=1e-9)
