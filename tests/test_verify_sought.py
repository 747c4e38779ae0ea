"""Claims that are wrong at points which no draw meets: the judge looks for where their conditions hold."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy import Eq, IndexedBase, KroneckerDelta, Piecewise, symbols

import gdsym as gd
from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Add, Mul, Num

x, y = symbols("x y")
n, k, i, j = symbols("n k i j", integer=True)
m = symbols("m", integer=True, positive=True)
X, Y = IndexedBase("X"), IndexedBase("Y")


def only_where(condition: Any) -> Any:
    return Piecewise((1, condition), (0, True))


WRONG = [
    (KroneckerDelta(n, 2 * k + 11), sp.S.Zero),
    (KroneckerDelta(n, k**2 + 11), sp.S.Zero),
    (KroneckerDelta(i, j + 5), sp.S.Zero),
    (only_where(Eq(X[i], 7 * Y[i] + 3) & (i > 2)), sp.S.Zero),
    (only_where(Eq(X[1], X[2]) & Eq(X[2], X[3]) & (X[3] > 5)), sp.S.Zero),
    (only_where(Eq(x * y, 1) & (x > 50)), sp.S.Zero),
    (only_where((x - 30) ** 2 + (y - 40) ** 2 < sp.Rational(1, 100)), sp.S.Zero),
    (sp.Heaviside(sp.Rational(1, 10000) - (x - 3) ** 2 - (y - 4) ** 2), sp.S.Zero),
    (only_where((n > 30) & (k > n + 20)), sp.S.Zero),
    (only_where(~((n < 300) | (k < 3 * n))), sp.S.Zero),
    (sp.erf(10**6 * x), sp.sign(x)),
]
THIRD = sp.Rational(1, 3)
BUMPS = [
    sp.exp(-(10**8) * (x - THIRD) ** 2),
    sp.exp(-((x - 30) ** 2)),
    sp.exp(-(10**6) * (x - THIRD) ** 2 - 10**6 * (y + 2) ** 2),
    sp.exp(-(10**8) * (x**2 + y**2 - 1) ** 2),
    sp.exp(-(10**10) * (sp.sin(x) - THIRD) ** 2),
    sp.exp(-(10**8) * (x**3 - x - 1) ** 2),
    sp.exp(-(10**8) * sp.Abs(x - THIRD)),
    sp.sech(10**6 * (x - THIRD)),
    sp.erfc(10**8 * (x - THIRD) ** 2),
    sp.cos(x) ** (10**8),
    2 ** (-(10**8) * (x - THIRD) ** 2),
    sp.Sum(sp.exp(-(10**7) * (y * X[i] - THIRD) ** 2), (i, 1, m)),
]


@pytest.mark.parametrize(("left", "right"), WRONG, ids=[str(left) for left, _ in WRONG])
def test_a_rare_difference_is_found(left: Any, right: Any) -> None:
    assert agree(from_sympy(left), from_sympy(right)).verdict == "refuted"
    assert agree(Add(from_sympy(left), from_sympy(left)), Mul(Num(2), from_sympy(left)))
    assert agree(Add(from_sympy(left), from_sympy(left)), from_sympy(left)).verdict == "refuted"


@pytest.mark.parametrize("bump", BUMPS, ids=str)
def test_a_narrow_bump_is_found(bump: Any) -> None:
    """Everywhere else it is smaller than what is added up."""
    twice = Mul(Num(2), Add(from_sympy(x), from_sympy(bump)))
    assert agree(from_sympy(x + bump), from_sympy(x)).verdict == "refuted"
    assert agree(Add(from_sympy(x + bump), from_sympy(x + bump)), twice)


def test_what_is_small_beside_a_bump_upwards_is_found() -> None:
    hill = sp.exp(10**6 * (x - THIRD) ** 2)
    assert agree(from_sympy(hill + 1), from_sympy(hill)).verdict == "refuted"


def test_a_claim_without_the_bump_is_wrong() -> None:
    bump = sp.exp(-(10**8) * (x - THIRD) ** 2)
    found = gd.check(x + bump, x, 1)
    assert not found.ok and 0.3 < found.counterexample[x] < 0.4
    assert gd.check(x + bump, x, 1 - 2 * 10**8 * (x - THIRD) * bump).ok


RIGHT = [
    (only_where((x > 3) & (x < 2)), sp.S.Zero),
    (only_where(x**2 + y**2 < -1), sp.S.Zero),
    (KroneckerDelta(2 * n, 2 * k + 1), sp.S.Zero),
    (only_where(Eq(x**2, y**2) & (x > 50)), only_where((Eq(x, y) | Eq(x, -y)) & (x > 50))),
    (sp.Sum(KroneckerDelta(i, k) * X[i], (i, 1, m)), Piecewise((X[k], (k >= 1) & (k <= m)), (0, True))),
]


@pytest.mark.parametrize(("left", "right"), RIGHT, ids=[str(left) for left, _ in RIGHT])
def test_what_is_right_stays_right(left: Any, right: Any) -> None:
    assert agree(from_sympy(left), from_sympy(right))


def test_in_the_range_of_a_sum_an_index_stays() -> None:
    """One of 1, ..., 5, as the sum beside says."""
    beside = [from_sympy(sp.Sum(X[i], (i, 1, 5)))]
    assert agree(from_sympy(KroneckerDelta(k, 2 * j + 11)), from_sympy(sp.S.Zero), beside=beside)


def test_a_claim_about_a_small_disc() -> None:
    hole = Piecewise((x, (x - 30) ** 2 + (y - 40) ** 2 < sp.Rational(1, 100)), (2 * x, True))
    assert not gd.check(x**2, x, hole).ok


def test_the_slope_of_an_angle_that_does_not_change() -> None:
    d = gd.derive(sp.atan2(x, x) + x, x)
    assert all(step.check for step in d.steps) and d.check
