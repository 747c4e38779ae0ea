"""Functions that are others in other words run: frac, acot, erf2; and what has no code is told from what has no derivative."""

from __future__ import annotations

import math

import pytest
from sympy import IndexedBase, Sum, acot, erf2, frac, mathieus, mathieusprime, symbols

import gdsym as gd

a, b = symbols("a b")
i, n = symbols("i n", integer=True, positive=True)
x = IndexedBase("x")


def test_frac_is_what_is_left_of_the_floor() -> None:
    cost = gd.Cost(Sum(a * frac(x[i]), (i, 1, n)), [a])
    assert cost.compile().value_and_gradient({a: 2}, {x: [2.75, -0.25]}) == (3.0, {a: 1.5})


def test_acot_is_an_angle_at_0_too() -> None:
    compiled = gd.Cost(acot(a), [a]).compile()
    assert compiled.value_and_gradient({a: 0}) == (math.pi / 2, {a: -1.0})
    assert compiled.value({a: -1}) == pytest.approx(-math.pi / 4, rel=1e-15)


def test_erf2_is_a_difference() -> None:
    cost = gd.Cost(Sum(erf2(a * x[i], b), (i, 1, n)), [a, b])
    value, slopes = cost.compile().value_and_gradient({a: 0.5, b: 1}, {x: [1.0, -2.0]})
    assert value == pytest.approx(2 * math.erf(1) - math.erf(0.5) - math.erf(-1), rel=1e-14)
    assert slopes[b] == pytest.approx(4 * math.exp(-1) / math.sqrt(math.pi), rel=1e-14)


def test_a_function_without_code_is_derived_all_the_same() -> None:
    cost = gd.Cost(mathieus(1, 2, a), [a])
    assert cost.partial(a).result == mathieusprime(1, 2, a)
    with pytest.raises(gd.Unsupported, match="mathieus is derived, but no code is made for it"):
        cost.compile()
