"""The larger of two multiples of one u (quantile losses, leaky rectifiers): u times a number by the sign of u, digits kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Max, Min, Rational, Sum, symbols

i, m = symbols("i m", integer=True, positive=True)
w = symbols("w", real=True)
x, y = IndexedBase("x"), IndexedBase("y")
U = w * x[i] - y[i]
AT = np.array([1.0, -1.0, 0.0, 3e-300, -5e-324, 7e150, 0.25, -3.5])
PAIRS = {  # of numbers, by the function: above and below u = 0
    "quantile": (Max, Rational(3, 10), Rational(-7, 10)), "decimals": (Max, 0.3, -0.7), "median": (Max, 1, -1), "leaky": (Max, Rational(1, 100), 1),
    "smaller": (Min, 2, -3), "both rising": (Max, 2, 5), "nearly 0": (Max, Rational(1, 10**12), Rational(1, 10**12) - 1),
    "beyond whole numbers": (Max, Rational(1, 3**40), Rational(-2, 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(PAIRS))
def test_value_and_slope_of_every_entry(name: str) -> None:
    """Each term alone, and all: the slope at a tie is the mean of both; digits of a number of 1e-12 are kept."""
    larger, a, b = PAIRS[name]
    code = code_of(Sum(larger(a * U, b * U), (i, 1, m)), [w])
    pick = max if larger is Max else min
    low, high = sorted((float(a), float(b)), reverse=larger is Min)
    total, slope = 0.0, 0.0
    for u in AT.tolist():
        data = {x: np.array([2.0, 0.0])[::2], y: np.array([2.0 - u])}
        exact = 2.0 - (2.0 - u)
        right = pick(float(a) * exact, float(b) * exact), 2 * (high if exact > 0 else low if exact < 0 else (a + b) / 2)
        value, slopes = code.value_and_gradient({w: 1.0}, data)
        assert (value, float(slopes[w])) == pytest.approx(right, rel=1e-14, abs=0), u
        total, slope = total + value, slope + float(slopes[w])
    every = np.repeat(2.0 - AT, 2)[::2]
    value, slopes = code.value_and_gradient({w: 1.0}, {x: np.full(len(AT), 2.0), y: every})
    assert (value, float(slopes[w])) == pytest.approx((total, slope), rel=1e-14)


def test_what_whole_numbers_tell_is_made_by_the_sign() -> None:
    """One table serves value and slope, whole numbers as long as floats hold them: 2 + 5 sign u over 10 for 3/10 and -7/10."""
    by_sign = {
        name: "np.sign" in code_of(Sum(f(a * U, b * U), (i, 1, m)), [w]).source for name, (f, a, b) in PAIRS.items()
    }
    assert by_sign == {name: name != "beyond whole numbers" for name in PAIRS}


def test_a_quantile_that_is_a_letter() -> None:
    """Its slope is one of three numbers for each sample, 1e-12 among them; ties and no numbers are neither above nor below."""
    t = symbols("t", positive=True)
    code: Any = code_of(Sum(Max(t * U, (t - 1) * U), (i, 1, m)), [w])
    for quantile in (0.3, 1e-12):
        data = {x: np.array([2.0, 7.0, 2.0, 7.0, 5.0, 7.0])[::2], y: np.array([1.0, 2.0, 7.0]), t: quantile}
        slope = 2 * quantile + 2 * (quantile - 0.5) + 5 * (quantile - 1)
        value, slopes = code.value_and_gradient({w: 1.0}, data)
        assert (value, float(slopes[w])) == pytest.approx((quantile + 2 * (1 - quantile), slope), rel=1e-14)
        value, slopes = code.value_and_gradient({w: 1.0}, {x: [2.0], y: [1.0], t: quantile})
        assert (value, float(slopes[w])) == pytest.approx((quantile, 2 * quantile), rel=1e-15)


def test_largest_entries() -> None:
    code: Any = code_of(Sum(Max(Rational(3, 10) * U, -Rational(7, 10) * U), (i, 1, m)), [w])
    assert code.value({w: 1.0}, {x: [1e300], y: [-1e306]}) == pytest.approx(3.000003e305, rel=1e-14)
    assert code.value({w: 1e10}, {x: [1e300], y: [0.0]}) == math.inf


LETTERS = {  # the formula, and its slopes by u for u > 0 and u < 0 at t = 1e-17
    "quantile": (lambda t: Max(t * U, (t - 1) * U), 1e-17, 1e-17 - 1), "smaller": (lambda t: Min((2 - t) * U, -t * U), -1e-17, 2.0),
    "turned": (lambda t: Max((t - 1) * -U, t * -U), 1 - 1e-17, -1e-17),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LETTERS))
def test_letters_by_the_sign(name: str) -> None:
    """One table of the slope serves the value, and no digit of a number of 1e-17 is lost."""
    t = symbols("t", positive=True)
    formula, above, below = LETTERS[name]
    code: Any = code_of(Sum(formula(t), (i, 1, m)), [w])
    assert "np.maximum" not in code.source and "np.minimum" not in code.source and code.source.count("np.where(") == 2
    for u in AT.tolist():
        exact = 2.0 - (2.0 - u)
        slope = above if exact > 0 else below if exact < 0 else (above + below) / 2
        value, slopes = code.value_and_gradient({w: 1.0}, {x: [2.0], y: [2.0 - u], t: 1e-17})
        assert value == pytest.approx(slope * exact, rel=1e-15, abs=0)
        assert float(slopes[w]) == pytest.approx(2 * slope, rel=1e-15, abs=0)


def test_letters_of_many_samples() -> None:
    """As the larger one of both entry by entry, where the numbers' difference is no float and where entries are 0."""
    t = symbols("t", positive=True)
    code: Any = code_of(Sum(Max(t * U, (t - 1) * U), (i, 1, m)), [w])
    rng = np.random.default_rng(5)
    for quantile, ties in ((0.3, 0), (0.1, 0), (1e-17, 0), (0.3, 7)):
        at, target = rng.normal(size=(2, 301))
        target[:ties] = at[:ties] / 2
        u = at / 2 - target
        value, slopes = code.value_and_gradient({w: 0.5}, {x: at, y: target, t: quantile})
        slope = np.where(u > 0, quantile, np.where(u < 0, quantile - 1, quantile - 0.5))
        assert value == pytest.approx(np.maximum(quantile * u, (quantile - 1) * u).sum(), rel=1e-14)
        assert float(slopes[w]) == pytest.approx(slope @ at, rel=1e-13)


def test_letters_of_many_samples_as_jax_derives_them(jax: Any) -> None:
    t = symbols("t", positive=True)
    code: Any = code_of(Sum(Max(t * U, (t - 1) * U), (i, 1, m)), [w])
    at, target = np.random.default_rng(7).normal(size=(2, 5000))

    def plain(s: Any) -> Any:
        return jax.numpy.maximum(0.3 * (s * at - target), -0.7 * (s * at - target)).sum()

    value, slopes = code.value_and_gradient({w: 0.5}, {x: at, y: target, t: 0.3})
    right = jax.value_and_grad(plain)(0.5)
    assert (value, float(slopes[w])) == pytest.approx(tuple(map(float, right)), rel=1e-12)
