"""Sums of exponentials of differences, exp(-b (t_i - t_j)): no table of pairs, right at every rate, order and end, on every engine."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from mpmath import mp, mpf
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import needs

import gdsym as gd

b, mu, a, T = symbols("b mu a T")
i, j, m = symbols("i j m", integer=True, positive=True)
k, l, n, p = symbols("k l n p", integer=True, positive=True)
t, x, y, r, X, w = (IndexedBase(name) for name in "t x y r X w".split())
AWAY = t[i] - t[j]
rng = np.random.default_rng(3)


def faded(weight: Any = x[j], first: Any = 1, last: Any = i, power: Any = -b * AWAY) -> Any:
    return Sum(weight * exp(power), (j, first, last))


# the sum for one i; the weights of all x_j from b and the differences; which j - i are left out
SUMS: dict[str, tuple[Any, Any, Any]] = {
    "up to now": (faded(), lambda b, d: anp.exp(-b * d), lambda s: s > 0),
    "before": (faded(last=i - 1), lambda b, d: anp.exp(-b * d), lambda s: s > -1),
    "late": (faded(last=i - 2), lambda b, d: anp.exp(-b * d), lambda s: s > -2),
    "ahead": (faded(first=i, last=m, power=b * AWAY), lambda b, d: anp.exp(b * d), lambda s: s < 0),
    "behind": (faded(first=i + 1, last=m, power=b * AWAY), lambda b, d: anp.exp(b * d), lambda s: s < 1),
    "by a time": (faded(power=-AWAY / b), lambda b, d: anp.exp(-d / b), lambda s: s > 0),
    "opened": (faded(power=b * t[j] - b * t[i]), lambda b, d: anp.exp(-b * d), lambda s: s > 0),
    "squares": (faded(x[j] * AWAY**2, last=i - 1), lambda b, d: d**2 * anp.exp(-b * d), lambda s: s > -1),
    "multiples": (
        faded(3 * x[j] * AWAY * (2 * t[j] - 2 * t[i]), i + 1, m, b * AWAY),
        lambda b, d: -6 * d**2 * anp.exp(b * d), lambda s: s < 1),
    "two differences": (
        faded(power=-b * AWAY - (y[i] - y[j]) / 9),
        lambda b, d: anp.exp(-b * d - (ys[: len(d), None] - ys[: len(d)]) / 9), lambda s: s > 0),
}  # fmt: skip
M = 300
ts, xs, ys = np.cumsum(rng.exponential(size=M) * (rng.random(M) < 0.9)), *rng.normal(size=(2, M))


@lru_cache
def compiled(name: str, backend: str) -> Any:
    return gd.Cost(Sum((SUMS[name][0] - y[i]) ** 2 + x[i] ** 2, (i, 1, m)), [b, x]).compile(backend=backend)


def check(name: str, backend: str, size: int, rate: float = 0.7) -> None:
    _, weights, without = SUMS[name]
    at, value, goal = ts[:size], xs[:size], ys[:size]
    away, steps = at[:, None] - at, np.arange(size) - np.arange(size)[:, None]

    def plain(b: Any, x: Any) -> Any:
        left_out = without(steps)
        return anp.sum((anp.where(left_out, 0, weights(b, anp.where(left_out, 0, away))) @ x - goal) ** 2 + x**2)

    cost, slopes = compiled(name, backend).value_and_gradient({b: rate, x: value}, {t: at, y: goal})
    assert cost == pytest.approx(float(plain(rate, value)), rel=1e-12)
    for param, right in ((b, grad(plain, 0)(rate, value)), (x, grad(plain, 1)(rate, value))):
        np.testing.assert_allclose(slopes[param], right, rtol=1e-10, atol=1e-12 * np.abs(right).max())


@pytest.mark.parametrize("name", SUMS)
def test_against_automatic_differentiation_without_a_table(name: str) -> None:
    for size in (1, 2, 3, 30, M)[name == "late" :]:
        check(name, "numpy", size)
    check(name, "numpy", 40, -0.2)
    source = compiled(name, "numpy").source
    assert "fading_sum(" in source and "[:, None]" not in source


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
def test_on_other_engines(backend: str) -> None:
    """From the end, with the squared differences that its slope has, and with zeros among the weights."""
    needs(backend)
    cost = gd.Cost(Sum((SUMS["multiples"][0] - y[i]) ** 2, (i, 1, m)), [b])
    data = {t: ts[:30], y: ys[:30], x: np.where(xs[:30] > 1, 0, xs[:30])}
    value, slopes = cost.compile().value_and_gradient({b: 0.7}, data)
    other, others = cost.compile(backend=backend).value_and_gradient({b: 0.7}, data)
    assert other == pytest.approx(value, rel=1e-13)
    assert others[b] == pytest.approx(slopes[b], rel=1e-12)


RATE = mu + a * faded(1, last=i - 1)
LIKELIHOOD = mu * T + a * Sum((1 - exp(-b * (T - t[i]))) / b, (i, 1, m)) - Sum(log(RATE), (i, 1, m))


def likelihood(start: tuple[float, ...], end: float, times: Any) -> list[Any]:
    """The cost and its three slopes by their sums, to 40 digits."""
    with mp.workdps(40):
        mu, a, b, T, *at = (mpf(float(v)) for v in (*start, end, *times))
        cost, by_mu, by_a, by_b = mu * T, T, mpf(0), mpf(0)
        for place, now in enumerate(at):
            waves = [mp.exp(-b * (now - then)) for then in at[:place]]
            total, away = mp.fsum(waves), mp.fsum((now - then) * e for then, e in zip(at, waves, strict=False))
            rate, left, end_ = mu + a * total, T - now, mp.exp(-b * (T - now))
            cost += a * (1 - end_) / b - mp.log(rate)
            by_mu -= 1 / rate
            by_a += (1 - end_) / b - total / rate
            by_b += a * (away / rate + left * end_ / b - (1 - end_) / b**2)
        return [cost, by_mu, by_a, by_b]


SOON = np.cumsum(rng.exponential(size=250))
TIMES: dict[str, tuple[Any, float, float]] = {  # times, b, tolerance
    "as they come": (SOON, 1.3, 3e-15),
    "late": (1e6 + SOON[:60], 1.3, 3e-14),
    "long waits": (np.cumsum(np.where(rng.random(60) < 0.2, 1000, 0.3)), 1.0, 1e-14),
    "at once": (np.sort(rng.integers(0, 20, size=60)).astype(float), 1.3, 1e-14),
    "every tenth": (np.arange(1, 251) / 10, 0.01, 1e-14),
    "no end": (SOON[:60], 1e-9, 1e-14),
    "no time": (SOON[:60], 1e6, 1e-14),
    "in disorder": (rng.permutation(SOON[:60]), 1.3, 1e-14),
    "in disorder, far": (rng.permutation(SOON[:60]), 50.0, 1e-14),
    "growing": (SOON[:60], -0.4, 1e-14),
}


@pytest.fixture(scope="module")
def hawkes() -> Any:
    return gd.Cost(LIKELIHOOD, [mu, a, b]).compile()


@pytest.mark.parametrize("name", TIMES)
def test_the_likelihood_of_what_excites_itself(hawkes: Any, name: str) -> None:
    times, rate, tolerance = TIMES[name]
    end = float(max(times)) + 1
    cost, slopes = hawkes.value_and_gradient({mu: 0.5, a: 0.6, b: rate}, {t: times, T: end})
    for ours, right in zip([cost, *slopes.values()], likelihood((0.5, 0.6, rate), end, times), strict=True):
        assert abs(mpf(float(ours)) - right) <= tolerance * abs(right)


def logarithms(weight: Any = 1) -> Any:
    return gd.Cost(Sum(log(faded(weight, last=i - 1)), (i, 2, m)), [b]).compile()


def test_logarithms_of_what_is_below_and_beyond_the_floats() -> None:
    """Logarithms of e^-2000, and of e^(2000 + 3000) + e^3000."""
    below = logarithms().value_and_gradient({b: 2.0}, {t: [0.0, 1000.0]})
    assert below == (-2000.0, {b: -1000.0})
    beyond = logarithms().value_and_gradient({b: -2.0}, {t: [0.0, 1000.0, 2500.0]})
    assert beyond == (2000.0 + 5000.0, {b: -1000.0 - 2500.0})
    disorder = logarithms().value_and_gradient({b: 2.0}, {t: [1000.0, 0.0, 1500.0]})
    assert disorder == (2000.0 - 1000.0, {b: 1000.0 - 500.0})


def test_what_counts_for_nothing_sets_no_scale() -> None:
    """The event at 1000 has weight 0: what is left of the first is e^-3000."""
    cost = gd.Cost(Sum(log(faded(last=i - 1)), (i, 3, m)), [b]).compile()
    assert cost.value({b: 2.0}, {t: [0.0, 1000.0, 1500.0], x: [1.0, 0.0, 1.0]}) == -3000.0
    assert cost.value({b: -2.0}, {t: [0.0, 1000.0, 1500.0], x: [0.0, 1.0, 1.0]}) == 1000.0


def test_a_weight_below_the_floats_is_not_taken_for_none() -> None:
    """1/(1 + e^1500) is 0 in floats, and e^1600 after it brings it back: a slope of 1 for 4 would be believed, NaN is not."""
    run = gd.Cost(Sum(log(1 + Sum(exp(w[j] - w[i]), (j, 1, i - 1))), (i, 1, m)), [w]).compile()
    near = run.gradient({w: [300.0, -300.0, 200.0, 1.0, 2.0]}, {})[w]
    np.testing.assert_allclose(near, [4, -1, -1, -1, -1], rtol=1e-12)
    with np.errstate(all="ignore"):
        far = run.gradient({w: [800.0, -800.0, 700.0, 1.0, 2.0]}, {})[w]
    assert np.isnan(far[0]) or far[0] == pytest.approx(4)


def test_rates_of_their_own() -> None:
    """A sum of several exponentials, each with its rate, over events with features."""
    one = Sum(r[k] * faded(Sum(w[l] * X[j, l], (l, 1, p)), last=i - 1, power=-r[k] * AWAY), (k, 1, n))
    cost = gd.Cost(Sum((one - y[i]) ** 2, (i, 1, m)), [r, w]).compile()
    table, rates, weights, size = rng.normal(size=(90, 2)), np.array([0.3, 2.0]), np.array([0.4, -0.7]), 90

    def plain(r: Any, w: Any) -> Any:
        away = np.where(np.tri(size, k=-1) > 0, ts[:size, None] - ts[:size], 0)
        kernel = np.tri(size, k=-1) * sum(r[c] * anp.exp(-r[c] * away) for c in range(2))
        return anp.sum((kernel @ (table @ w) - ys[:size]) ** 2)

    value, slopes = cost.value_and_gradient({r: rates, w: weights}, {X: table, t: ts[:size], y: ys[:size]})
    assert value == pytest.approx(float(plain(rates, weights)), rel=1e-12)
    np.testing.assert_allclose(slopes[r], grad(plain, 0)(rates, weights), rtol=1e-10)
    np.testing.assert_allclose(slopes[w], grad(plain, 1)(rates, weights), rtol=1e-10)
    assert "fading_sum(" in cost.source


def test_weights_that_are_exponentials() -> None:
    """Magnitudes as in earthquakes; the largest exponent is that of both."""
    c = symbols("c")
    one = faded(exp(c * x[j]), last=i - 1)
    cost = gd.Cost(-Sum(log(one), (i, 2, m)), [b, c]).compile()
    assert "fading_sum(" in cost.source
    times, sizes = ts[:60] + 0.1 * np.arange(60), xs[:60]

    def plain(b: Any, c: Any) -> Any:
        away = np.where(np.tri(60, k=-1) > 0, times[:, None] - times, 0)
        return -anp.sum(anp.log(((np.tri(60, k=-1) * anp.exp(-b * away)) @ anp.exp(c * sizes))[1:]))

    value, slopes = cost.value_and_gradient({b: 0.8, c: 1.1}, {t: times, x: sizes})
    assert value == pytest.approx(float(plain(0.8, 1.1)), rel=1e-12)
    assert slopes[b] == pytest.approx(grad(plain, 0)(0.8, 1.1), rel=1e-10)
    assert slopes[c] == pytest.approx(grad(plain, 1)(0.8, 1.1), rel=1e-10)
    assert cost.value({b: 2.0, c: 1.0}, {t: [0.0, 1.0, 3.0], x: [900.0, -900.0, 0.0]}) == -(900 - 2) - (900 - 6)


@pytest.mark.parametrize(
    "power", [-b * (t[i] - y[j]), -b * AWAY**2, -b * r[j] * AWAY, -b * t[i] * t[j], -b * (t[i] + t[j])]
)
def test_no_other_exponents(power: Any) -> None:
    """Their sums do not follow from one another in this way."""
    times, value = np.array([0.5, 1.0, 3.0]), np.array([1.0, -2.0, 4.0])
    cost = gd.Cost(Sum(faded(x[j], power=power) ** 2, (i, 1, m)), [b]).compile()
    assert "fading_sum" not in cost.source
    data = {array: times for array in (t, y, r) if power.has(array)}
    plain = [
        sum(float(exp(power.subs(b, 0.7)).subs([(e, float(times[int(e.indices[0].subs([(i, p), (j, q)])) - 1])) for e in power.atoms(t[i].func)]))
            * value[q - 1] for q in range(1, p + 1)) for p in (1, 2, 3)]  # fmt: skip
    assert cost.value({b: 0.7}, {x: value, **data}) == pytest.approx(sum(v**2 for v in plain), rel=1e-12)
