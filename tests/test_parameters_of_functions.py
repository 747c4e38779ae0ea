"""Slopes by the parameters of special functions: against mpmath, and refused with a way out where there is none."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest
import sympy as sp

import gdsym as gd

a, b, x = sp.symbols("a b x")
n = sp.Symbol("n", integer=True, nonnegative=True)
k = sp.Symbol("k", integer=True)
m = sp.Symbol("m", integer=True, positive=True)
POLYNOMIALS = {
    "Gegenbauer": (sp.gegenbauer(n, a, x), lambda n, a, b, x: mp.gegenbauer(n, a, x), (a,)),
    "Laguerre": (sp.assoc_laguerre(n, a, x), lambda n, a, b, x: mp.laguerre(n, a, x), (a,)),
    "Jacobi": (sp.jacobi(n, a, b, x), mp.jacobi, (a, b)),
}


@pytest.mark.parametrize("name", POLYNOMIALS)
@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_polynomials_by_their_parameters(name: str, degree: int) -> None:
    expr, function, parameters = POLYNOMIALS[name]
    at = {a: sp.Rational(7, 3), b: sp.Rational(5, 7), x: sp.Rational(-2, 5)}
    for j, parameter in enumerate(parameters):
        d = gd.derive(expr, parameter)
        assert d.check and d.steps[0].check

        def by(u: Any, j: int = j) -> Any:
            told = [mp.mpf(at[p].p) / at[p].q for p in (a, b)]
            told[j] = u
            return function(degree, *told, mp.mpf(-2) / 5)

        value = d.result.subs(n, degree).doit().subs(at)
        assert float(value) == pytest.approx(
            float(mp.diff(by, mp.mpf(at[parameter].p) / at[parameter].q)), rel=1e-9, abs=1e-12
        )


def test_a_degree_that_is_not_declared_whole_is_refused_with_the_way_out() -> None:
    with pytest.raises(gd.Unsupported, match=r"degree b is whole: integer=True, nonnegative=True"):
        gd.derive(sp.gegenbauer(b, a, x), a)
    assert gd.derive(sp.gegenbauer(b, a, x), x).check


@pytest.mark.parametrize(
    ("expr", "function"),
    [
        (sp.uppergamma(a, x), lambda u: mp.gammainc(u, mp.mpf(6) / 5)),
        (sp.lowergamma(a, x), lambda u: mp.gammainc(u, 0, mp.mpf(6) / 5)),
        (sp.expint(a, x), lambda u: mp.expint(u, mp.mpf(6) / 5)),
    ],
    ids=["upper", "lower", "expint"],
)
@pytest.mark.parametrize("order", [1, 2, sp.Rational(7, 3)])
def test_incomplete_gamma_functions_by_their_order(expr: Any, function: Any, order: Any) -> None:
    """Whole orders, too, where formulas with Gamma(1 - a) have a pole."""
    d = gd.derive(expr, a)
    assert d.check
    value = sp.N(d.result.subs({a: order, x: sp.Rational(6, 5)}), 20)
    assert float(value) == pytest.approx(
        float(mp.diff(function, mp.mpf(sp.Rational(order).p) / sp.Rational(order).q)), rel=1e-9
    )


@pytest.mark.parametrize(
    ("expr", "by"),
    [
        (sp.betainc_regularized(a, b, 0, x), x),
        (sp.betainc_regularized(a, b, x, 1), x),
        (sp.marcumq(a, b, x), x),
        (sp.marcumq(2, x, x), x),
        (sp.Sum(sp.assoc_laguerre(k, a, x), (k, 0, m)), x),
        (sp.Sum(sp.laguerre(k, x), (k, 0, m)), x),
    ],
    ids=str,
)
def test_every_line_is_checked(expr: Any, by: Any) -> None:
    d = gd.derive(expr, by)
    assert d.check and all(step.check for step in d.steps), d


@pytest.mark.parametrize("expr", [sp.Ynm(2, 1, a, b), sp.Znm(2, 1, a, b), sp.hankel1(2, a)], ids=str)
def test_spherical_harmonics_are_complex(expr: Any) -> None:
    with pytest.raises(gd.ComplexInput):
        gd.derive(expr, a)
