"""Written-out costs: sums of plain numbers are put together from sums that are computed anyway."""

from __future__ import annotations

import sympy
from sympy import exp, log, symbols

import gdsym as gd

w, b, c, d, e, f = symbols("w b c d e f")


def test_a_slope_is_the_sum_of_the_residuals() -> None:
    r, s = w * c + b - d, w * e + b - f
    source = gd.Cost((r**2 + s**2) / 4, [w, b]).compile().source
    assert "J = (v0*v0 + v1*v1)/4" in source and "dJ_db = (v0 + v1)/2" in source
    assert "dJ_dw = (c*v0 + e*v1)/2" in source


def test_three_residuals_and_one_with_a_minus() -> None:
    r, s, t = w * c + b - d, w * e + b - f, c - b - w
    cost = gd.Cost(r**2 + s**2 + t**2, [w, b])
    values = {w: 0.3, b: -1.2}
    data = {c: 1.5, d: 0.25, e: -2.5, f: 7.0}
    found = cost.compile().gradient(values, data)
    exact = sympy.diff(r**2 + s**2 + t**2, b).subs({**values, **data})
    assert abs(found[b] - float(exact)) < 1e-12
    assert "dJ_db = 2*(v0 + v2 - v1)" in cost.compile().source
    assert "dJ_dw = 2*(c*v0 - v1 + e*v2)" in cost.compile().source


def test_what_is_put_together_with_care_stays() -> None:
    """softplus(u) - u y keeps its order: regrouped it would lose digits where both are large."""
    u = w * c + b
    cost = gd.Cost(log(1 + exp(u)) - u * d + (u - e) ** 2 * 0, [w, b])
    assert cost.compile().value({w: 1.0, b: 0.0}, {c: 700.0, d: 1.0}) < 1e-300


def test_numbers_that_differ_stay_where_they_are() -> None:
    source = gd.Cost(3 * w**2 + 5 * b**2, [w, b]).compile().source
    assert "5*(b*b) + 3*(w*w)" in source


def test_a_sum_and_its_double() -> None:
    cost = gd.Cost((w + b) ** 2 + (2 * w + 2 * b + c) ** 2, [w, b])
    assert cost.compile().value({w: 0.5, b: 0.25}, {c: 2.0}) == 0.75**2 + 3.5**2
    assert cost.compile().gradient({w: 0.5, b: 0.25}, {c: 2.0})[w] == 2 * 0.75 + 4 * 3.5
