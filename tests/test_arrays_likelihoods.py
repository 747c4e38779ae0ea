"""Likelihoods as they are typed, log prod u_i and log(p^a (1 - p)^b): their products are beneath the floats, their logarithms are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import gdsym as gd

DRAWN = np.random.default_rng(7)
COUNTS, NORMAL = DRAWN.poisson(3, 3000), DRAWN.normal(1, 2, 3000)
LABELS = (DRAWN.random(3000) < 0.3) * 1.0


def _normal(x: Any, mu: Any, s: Any) -> Any:
    return -(mp.mpf(x - mu) ** 2) / (2 * s**2) - mp.log(s * mp.sqrt(2 * mp.pi))


LIKELIHOODS: dict[str, tuple[str, dict[str, float], Any, Callable[..., Any]]] = {
    "Bernoulli": ("t**x[i]*(1 - t)**(1 - x[i])", {"t": 0.3}, LABELS, lambda x, t: x * mp.log(t) + (1 - x) * mp.log(1 - t)),
    "Poisson": ("exp(-t)*t**x[i]/factorial(x[i])", {"t": 2.5}, COUNTS, lambda x, t: -t + x * mp.log(t) - mp.loggamma(int(x) + 1)),
    "normal": ("exp(-(x[i] - u)**2/(2*s**2))/(s*sqrt(2*pi))", {"u": 0.5, "s": 1.5}, NORMAL, _normal),
    "narrow normal": ("exp(-(x[i] - u)**2/(2*s**2))/(s*sqrt(2*pi))", {"u": 0.5, "s": 1e-3}, NORMAL, _normal),
    "geometric": ("t*(1 - t)**(x[i] - 1)", {"t": 0.2}, COUNTS + 1, lambda x, t: mp.log(t) + (x - 1) * mp.log(1 - t)),
    "Pareto": ("t*s**t/x[i]**(t + 1)", {"t": 2.0, "s": 1.5}, 2 + COUNTS, lambda x, t, s: mp.log(t) + t * mp.log(s) - (t + 1) * mp.log(x)),
    "linear": ("t*x[i] + 1", {"t": 2.0}, COUNTS, lambda x, t: mp.log(t * x + 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_logarithm_of_a_likelihood_is_a_number(name: str) -> None:
    factor, start, x, log = LIKELIHOODS[name]
    value, slopes = (
        gd.Cost(f"log(Product({factor}, (i, 1, m)))", list(start)).compile().value_and_gradient(start, {"x": x})
    )
    given = {name: mp.mpf(float(at)) for name, at in start.items()}
    with mp.workdps(40):
        right = mp.fsum(log(mp.mpf(float(v)), *given.values()) for v in x)
        for at, (param, slope) in enumerate(slopes.items()):
            values = list(given.values())

            def along(t: Any, at: int = at, values: list[Any] = values) -> Any:
                moved = [*values[:at], t, *values[at + 1 :]]
                return mp.fsum(log(mp.mpf(float(v)), *moved) for v in x[:40])

            few = gd.Cost(f"log(Product({factor}, (i, 1, m)))", list(start)).compile().gradient(start, {"x": x[:40]})
            assert float(few[param]) == pytest.approx(float(mp.diff(along, values[at])), rel=1e-10)
            assert np.isfinite(slope)
    assert value == pytest.approx(float(right), rel=1e-13)


@pytest.mark.parametrize(
    ("cost", "right"),
    [
        ("log(t**a*(1 - t)**b)", lambda t, a, b: a * mp.log(t) + b * mp.log(1 - t)),
        ("-log(t**a/(1 + t)**b)", lambda t, a, b: b * mp.log(1 + t) - a * mp.log(t)),
        ("log(b*t**a)", lambda t, a, b: mp.log(b) + a * mp.log(t)),
    ],
)
def test_powers_beneath_the_floats(cost: str, right: Callable[..., Any]) -> None:
    compiled = gd.Cost(cost, ["t"]).compile()
    at = {"t": 0.01}, {"a": 3000.5, "b": 2000.25}
    expected = right(mp.mpf(0.01), mp.mpf(3000.5), mp.mpf(2000.25))
    assert compiled.value(*at) == pytest.approx(float(expected), rel=1e-14)


def test_where_factors_are_negative_the_product_stands() -> None:
    """(-1/2)^2 and two negative factors have a logarithm, as they had in the formula."""
    power = gd.Cost("log(t**a*(1 - t)**b)", ["t"]).compile()
    assert power.value({"t": -0.5}, {"a": 2, "b": 3}) == pytest.approx(np.log(0.25 * 1.5**3), rel=1e-14)
    assert np.isnan(power.value({"t": -0.5}, {"a": 3, "b": 2}))
    factors = gd.Cost("log(Product(t*x[i] + 1, (i, 1, m)))", ["t"]).compile()
    assert factors.value({"t": -2.0}, {"x": [1.0, 2.0, 0.1]}) == pytest.approx(np.log(-1 * -3 * 0.8), rel=1e-14)
    assert np.isnan(factors.value({"t": -2.0}, {"x": [1.0, 0.1]}))
    labels = gd.Cost("log(Product(t**x[i], (i, 1, m)))", ["t"]).compile()
    assert labels.value({"t": -2.0}, {"x": [1.0, 3.0]}) == pytest.approx(np.log(16), rel=1e-14)


@pytest.mark.parametrize("backend", ["numba", "jax"])
@pytest.mark.parametrize("name", ["Bernoulli", "normal"])
def test_other_engines(name: str, backend: str) -> None:
    pytest.importorskip(backend)
    factor, start, x, _ = LIKELIHOODS[name]
    cost = gd.Cost(f"-log(Product({factor}, (i, 1, m)))/m", list(start))
    ours, theirs = (
        cost.descend(start, {"x": x}, learning_rate=1e-3, maxiter=5, **more) for more in ({}, {"backend": backend})
    )
    assert np.allclose(ours.history.cost, theirs.history.cost, rtol=1e-10)


def test_a_likelihood_is_descended() -> None:
    cost = gd.Cost("-log(Product(exp(-t)*t**x[i]/factorial(x[i]), (i, 1, m)))/m", ["t"])
    run = cost.descend({"t": 1.0}, {"x": COUNTS}, learning_rate=0.5, maxiter=2000)
    assert run.status == "converged" and float(run.x[0]) == pytest.approx(COUNTS.mean(), rel=1e-6)
