"""Likelihoods written with powers and products of probabilities: value and slopes at logits of 1000 beside the literal sums in many digits."""

from __future__ import annotations

from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import IndexedBase, Product, Sum, exp, log, pi, sqrt, symbols

import gdsym as gd

i, j, k, l, m, n, p = symbols("i j k l m n p", integer=True, positive=True)
b, t, o, w, X, y, N = map(IndexedBase, ("b", "t", "o", "w", "X", "y", "N"))
line = Sum(X[i, j] * w[j], (j, 1, p))
share = exp(b[k]) / Sum(exp(b[l]), (l, 1, n))


def s(u: Any) -> Any:
    return 1 / (1 + exp(-u))


def mixture(factor: Any) -> Any:
    return -Sum(log(Sum(share * Product(factor, (j, 1, p)), (k, 1, n))), (i, 1, m))


COSTS = {
    "Bernoulli mixture": (mixture(s(t[k, j]) ** o[i, j] * (1 - s(t[k, j])) ** (1 - o[i, j])), (b, t)),
    "Gaussian mixture": (mixture(exp(-((X[i, j] - t[k, j]) ** 2) / 2) / sqrt(2 * pi)), (b, t)),
    "Bernoulli": (-log(Product(s(line) ** y[i] * (1 - s(line)) ** (1 - y[i]), (i, 1, m))), (w,)),
    "binomial": (-Sum(log(s(line) ** y[i] * (1 - s(line)) ** (N[i] - y[i])), (i, 1, m)), (w,)),
}
DATA = {
    "o": np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]),
    "X": np.array([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.75]]),
    "y": np.array([1.0, 0.0, 1.0]),
    "N": np.array([3.0, 2.0, 1.0]),
}
START = {"b": np.array([0.5, -1.0]), "t": np.array([[1.0, -0.5], [0.25, -1.0]]), "w": np.array([0.5, -0.75])}


@cache
def code_of(name: str) -> Any:
    cost, params = COSTS[name]
    return gd.Cost(cost, list(params)).compile()


def literal(name: str, at: dict[str, Any]) -> Any:
    """The cost as it is written, one number at a time."""

    def sigmoid(u: Any) -> Any:
        return 1 / (1 + mpmath.exp(-u))

    def power(u: Any, at_one: Any, times: Any) -> Any:
        return sigmoid(u) ** int(at_one) * (1 - sigmoid(u)) ** int(times - at_one)

    rows = range(3)
    if "mixture" not in name:
        u = [sum(mpmath.mpf(x) * c for x, c in zip(DATA["X"][r], at["w"], strict=True)) for r in rows]
        times = [1, 1, 1] if name == "Bernoulli" else DATA["N"]
        return -sum(mpmath.log(power(u[r], DATA["y"][r], times[r])) for r in rows)
    total = sum(map(mpmath.exp, at["b"]))
    found = mpmath.mpf(0)
    for r in rows:
        inner = mpmath.mpf(0)
        for q in range(2):
            term = mpmath.exp(at["b"][q]) / total
            for c in range(2):
                mean = at["t"][q][c]
                normal = mpmath.exp(-((DATA["X"][r, c] - mean) ** 2) / 2) / mpmath.sqrt(2 * mpmath.pi)
                term *= power(mean, DATA["o"][r, c], 1) if name.startswith("B") else normal
            inner += term
        found -= mpmath.log(inner)
    return found


def lists(values: dict[str, Any]) -> dict[str, Any]:
    return {a: [[mpmath.mpf(e) for e in r] if r.ndim else mpmath.mpf(r) for r in v] for a, v in values.items()}


@pytest.mark.parametrize("name", COSTS)
def test_value_and_slopes_at_logits_of_a_thousand(name: str) -> None:
    cost, params = COSTS[name]
    code = code_of(name)
    names = {str(q) for q in cost.free_symbols}
    data = {a: v for a, v in DATA.items() if a in names}
    for scale in (1.0, 1000.0):
        at = {str(q): START[str(q)] * scale for q in params}
        value, slopes = code.value_and_gradient(at, data)
        with mpmath.workdps(1500 if "Bernoulli" in name or name == "binomial" else 60):
            h = mpmath.mpf(10) ** -20
            best = literal(name, lists(at))
            assert abs(value - best) <= 1e-13 * abs(best)
            for q, found in slopes.items():
                for place in np.ndindex(found.shape):
                    moved = lists(at)
                    row = moved[str(q)] if len(place) == 1 else moved[str(q)][place[0]]
                    row[place[-1]] += h
                    true = (literal(name, moved) - best) / h
                    assert abs(found[place] - true) <= 1e-12 * (1 + abs(true))


def test_one_exponential_for_a_product_of_them() -> None:
    source = code_of("Bernoulli mixture").source
    assert ".prod(" not in source and "cumprod" not in source and "einsum" not in source


def test_a_power_alone_keeps_its_value() -> None:
    cost = Sum(s(w[k]) ** b[k] + (2 + exp(w[k])) ** b[k], (k, 1, n))
    at, data = {"w": np.array([0.3, -40.0])}, {"b": np.array([1.5, 0.25])}
    u, e = at["w"], data["b"]
    plain = ((1 / (1 + np.exp(-u))) ** e + (2 + np.exp(u)) ** e).sum()
    slope = e * (1 / (1 + np.exp(-u))) ** e / (1 + np.exp(u)) + e * (2 + np.exp(u)) ** (e - 1) * np.exp(u)
    code = gd.Cost(cost, [w]).compile()
    assert abs(code.value(at, data) - plain) < 1e-14 * plain
    assert np.allclose(code.gradient(at, data)["w"], slope, rtol=1e-13)
