"""Sums over all entries, and sums of products with a common factor, without tables made for them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Rational, Sum, log, sqrt, symbols

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
