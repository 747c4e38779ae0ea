"""Sums over all entries, and sums of products with a common factor, without tables made for them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Max, Min, Rational, Sum, exp, log, sqrt, symbols

from gdsym.arrays.functions import HELPERS

i, j, k, m, n, r = symbols("i j k m n r", integer=True, positive=True)
A, B, W, Y = (IndexedBase(name) for name in "ABWY")
v, w = IndexedBase("v"), IndexedBase("w")
U = Sum(A[i, k] * B[k, j], (k, 1, r))
KL = Sum(U - Y[i, j] * log(U), (i, 1, m), (j, 1, n))
CUT = Sum(W[i, j] * (v[i] - v[j]) ** 2, (i, 1, m), (j, 1, m)) / Sum(W[i, j] * v[i] ** 2, (i, 1, m), (j, 1, m))


def lines(code: Any) -> str:
    program = code.program
    return "\n".join([*(s.code for s in program.each), program.value, *program.gradients])


def test_divergence_of_factors(jax: Any) -> None:
    """As jax derives it, and with no sum over the table A B, nor 1 - p beside p."""
    rng = np.random.default_rng(1)
    a, b, z = rng.random((120, 5)) + 0.1, rng.random((5, 90)) + 0.1, rng.poisson(3, size=(120, 90)).astype(float)
    code: Any = code_of(KL, [A, B])
    value, slopes = code.value_and_gradient({A: a, B: b}, {Y: z})

    def plain(one: Any, other: Any) -> Any:
        u = one @ other
        return (u - z * jax.numpy.log(u)).sum()

    right, (by_a, by_b) = jax.value_and_grad(plain, (0, 1))(a, b)
    assert value == pytest.approx(float(right), rel=1e-13)
    np.testing.assert_allclose(slopes[A], by_a, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(slopes[B], by_b, rtol=1e-10, atol=1e-10)
    text = lines(code)
    assert ".sum()" not in text and "1.0 - " not in text and text.count("np.log(") == 1


def test_what_a_number_needs_is_made_before_the_slopes() -> None:
    """The logarithms of all entries are gone when Y/u is made."""
    program = code_of(KL, [A, B]).program
    codes = [s.code for s in program.each]
    assert next(p for p, c in enumerate(codes) if "np.log(" in c) < next(
        p for p, c in enumerate(codes) if c.startswith("Y/")
    )


@pytest.mark.parametrize("symmetric", [True, False])
def test_normalised_cut(symmetric: bool) -> None:
    """Sums of data are made once, both slopes of a difference are one sum, and where all v are near one another nothing is lost."""
    rng = np.random.default_rng(2)
    weights = rng.random((40, 40))
    weights = weights + weights.T if symmetric else weights
    code: Any = code_of(CUT, [v])
    for at in (rng.normal(size=40), 1e6 + rng.normal(size=40)):
        value, slopes = code.value_and_gradient({v: at}, {W: weights})
        gaps = at[:, None] - at
        low = weights.sum(axis=1) @ (at * at)
        right = (weights * gaps**2).sum() / low
        slope = (2 * ((weights + weights.T) * gaps).sum(axis=1) - 2 * right * weights.sum(axis=1) * at) / low
        assert value == pytest.approx(right, rel=1e-13)
        np.testing.assert_allclose(slopes[v], slope, rtol=1e-11, atol=1e-13 * abs(slope).max())
    assert "W + W.T" in {s.code for s in code.program.once}
    assert lines(code).count("np.einsum") == 1


COSTS = {  # sums over all entries, as terms of more than one kind
    "scaled": 3 * Sum(U / 2 - 2 * Y[i, j] * U**2, (i, 1, m), (j, 1, n)),
    "turned": Sum(A[j, i] * Y[i, j] ** 2 - Sum(Y[i, k] * A[j, k], (k, 1, m)), (i, 1, m), (j, 1, m)),
    "by rows": Sum(w[i] ** 2 * Y[i, j], (i, 1, m), (j, 1, m)) + Sum(w[j] * Y[i, j], (i, 1, m), (j, 1, m)),
    "roots": Sum(sqrt(U**2 + 1) + Y[i, j] * U - Rational(1, 3) * U, (i, 1, m), (j, 1, n)),
    "with a number": Sum(Y[i, j] * log(U) - 2, (i, 1, m), (j, 1, n)),
    "with a row": Sum(Y[i, j] * log(U) - w[j], (i, 1, m), (j, 1, n)),
}


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", list(COSTS))
def test_as_term_by_term(name: str, backend: str) -> None:
    """Slopes as differences of the value on NumPy; what has an axis of one number for all is no table."""
    pytest.importorskip({"numpy": "numpy"}.get(backend, backend))
    rng = np.random.default_rng(3)
    square = name in ("turned", "by rows")
    count = 4 if square else 6
    given = {A: rng.random((4, 4 if square else 3)) + 0.1, B: rng.random((3, 6)) + 0.1, w: rng.random(count) + 0.1}
    z = rng.random((4, count)) + 0.1
    cost = COSTS[name]
    params = [p for p in (A, B, w) if cost.has(p)]
    code: Any = code_of(cost, params, backend)
    at = {p: given[p] for p in params}
    value, slopes = code.value_and_gradient(at, {Y: z})
    plain = code_of(cost, params).value
    for p in params:
        for place in np.ndindex(given[p].shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = {q: a.copy() for q, a in at.items()}
                moved[p][place] += step
                ends.append(plain(moved, {Y: z}))
            assert np.asarray(slopes[p])[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-7, abs=1e-7)
    assert value == pytest.approx(plain(at, {Y: z}), rel=1e-13)


def test_what_cancels_entry_by_entry_stays_one_sum() -> None:
    """Max(z, 0) less y z is 0 where the label is right: of log-losses far out log(1 + e^-|z|) is left, for tables as for vectors."""
    rng = np.random.default_rng(4)
    a, b = (np.sign(rng.normal(size=shape)) * (6 + rng.random(shape)) for shape in ((30, 1), (1, 20)))
    labels = (a @ b > 0).astype(float)
    code: Any = code_of(Sum(log(1 + exp(U)) - Y[i, j] * U, (i, 1, m), (j, 1, n)), [A, B])
    right = np.log1p(np.exp(-abs(a @ b))).sum()
    assert code.value({A: a, B: b}, {Y: labels}) == pytest.approx(right, rel=1e-14)
    row = Sum(Y[i, k] * w[k], (k, 1, r))
    code = code_of(Sum(log(1 + exp(row)) - v[i] * row, (i, 1, m)), [w])
    right = np.log1p(np.exp(-abs(a[:, 0] * 6))).sum()
    assert code.value({w: [6.0]}, {Y: a, v: labels[:, 0] if b[0, 0] > 0 else 1 - labels[:, 0]}) == pytest.approx(
        right, rel=1e-14
    )


def test_sums_over_samples_are_products_of_vectors(jax: Any) -> None:
    """A Weibull law with censored times: no vector is made for a sum alone."""
    s = symbols("s", positive=True)
    u = log(v[i]) - Sum(Y[i, k] * w[k], (k, 1, r))
    code: Any = code_of(Sum(exp(s * u) - B[i] * (log(s) + s * u - log(v[i])), (i, 1, m)), [w, s])
    rng = np.random.default_rng(5)
    x, times, seen, at = (
        rng.normal(size=(40, 3)),
        rng.weibull(1.3, 40),
        (rng.random(40) < 0.7) * 1.0,
        rng.normal(size=3),
    )

    def plain(one: Any, shape: Any) -> Any:
        z = shape * (jax.numpy.log(times) - x @ one)
        return (jax.numpy.exp(z) - seen * (jax.numpy.log(shape) + z - jax.numpy.log(times))).sum()

    value, slopes = code.value_and_gradient({w: at, s: 1.2}, {Y: x, v: times, B: seen})
    right, (by_w, by_s) = jax.value_and_grad(plain, (0, 1))(at, 1.2)
    assert value == pytest.approx(float(right), rel=1e-13)
    np.testing.assert_allclose(slopes[w], by_w, rtol=1e-11)
    assert slopes[s] == pytest.approx(float(by_s), rel=1e-11)
    assert lines(code).count(".dot(B)") == 2 and "*B" not in lines(code)


def test_bounds_by_a_number_are_those_of_numpy() -> None:
    """Of short and long arrays, of any layout, NaN as NaN."""
    rng = np.random.default_rng(6)
    code: Any = code_of(Sum(Max(0, Min(1, v[i])), (i, 1, m)), [v])
    text = lines(code)
    assert "at_least(" in text and "at_most(" in text and "np.maximum" not in text
    for count in (3, 1000, 1001, 5000):
        x = rng.normal(size=2 * count)[::2]
        assert code.value({v: x}) == np.clip(x, 0, 1).sum()
    helpers: dict[str, Any] = {"np": np}
    for kind in ("maximum", "minimum"):
        exec(HELPERS[kind, True], helpers)
    x = np.asfortranarray(rng.normal(size=(60, 40)))
    x[3, 4], x[5, 6], x[7, 8] = np.nan, np.inf, -np.inf
    np.testing.assert_array_equal(helpers["at_least"](x, 0.25), np.maximum(x, 0.25))
    np.testing.assert_array_equal(helpers["at_most"](x, -0.25), np.minimum(x, -0.25))
