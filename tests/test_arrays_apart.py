"""Tables of data that are divided once, before a loop: dual costs of optimal transport."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Max, Sum, Symbol, exp, log, symbols

i, j, m, n = symbols("i j m n", integer=True, positive=True)
U, V, A, B, C, D = (IndexedBase(name) for name in "UVABCD")
s = Symbol("s")
COSTS: dict[str, Any] = {
    "both": (
        s * Sum(exp((U[i] + V[j] - C[i, j]) / s), (i, 1, m), (j, 1, n)) - Sum(A[i] * U[i], (i, 1, m)),
        lambda np, u, v, c, d: 0.3 * np.exp((u[:, None] + v - c) / 0.3).sum() - u.sum(),
    ),
    "one side": (
        s * Sum(log(Sum(exp((V[j] - C[i, j] + D[i, j]) / s), (j, 1, n))), (i, 1, m)) + Sum(U[i] ** 2, (i, 1, m)),
        lambda np, u, v, c, d: 0.3 * np.log(np.exp((v - c + d) / 0.3).sum(axis=1)).sum() + (u * u).sum(),
    ),
    "times": (
        Sum(exp(s * (U[i] - V[j] - C[i, j])) * U[i] ** 2, (i, 1, m), (j, 1, n)),
        lambda np, u, v, c, d: (np.exp(0.3 * (u[:, None] - v - c)) * (u * u)[:, None]).sum(),
    ),
}


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", list(COSTS))
def test_no_table_is_divided_in_a_loop(name: str, engine: str, jax: Any) -> None:
    pytest.importorskip({"numpy": "numpy"}.get(engine, engine))
    cost, plain = COSTS[name]
    rng = np.random.default_rng(1)
    u, v, c, d, a = (rng.normal(size=k) for k in (5, 4, (5, 4), (5, 4), 5))
    data = {key: value for key, value in {C: c, D: d, A: a * 0 + 1, s: 0.3}.items() if cost.has(key)}
    code: Any = code_of(cost, [U, V], engine)
    value, slopes = code.value_and_gradient({U: u, V: v}, data)
    right, by = jax.value_and_grad(lambda u, v: plain(jax.numpy, u, v, c, d), (0, 1))(u, v)
    assert value == pytest.approx(float(right), rel=1e-13)
    for p, slope in zip((U, V), by, strict=True):
        np.testing.assert_allclose(slopes[p], slope, rtol=1e-11, atol=1e-12)
    if engine == "numpy":
        assert "C" in "".join(step.code for step in code.program.once)
        assert "C" not in "".join(step.code for step in code.program.each)


def test_a_size_that_is_read_off_a_part_says_so() -> None:
    code: Any = code_of(Sum((s * A[i] - B[i]) ** 2, (i, 3, m - 2)), [s])
    assert "m: a size, read off axis 0 of A (2 more), axis 0 of B (2 more)" in code.explain()


def test_slopes_of_several_quantiles_are_asked_once() -> None:
    """A number for each column on both sides of 0, and half-way between at 0."""
    u = A[i] - V[j]
    code: Any = code_of(Sum(Max(B[j] * u, (B[j] - 1) * u), (i, 1, m), (j, 1, n)), [V])
    code.value_and_gradient({V: [0.5, 1.0]}, {A: [0.0, 2.0, 3.0], B: [0.1, 0.9]})
    assert "one_of_rows(" in "".join([*(step.code for step in code.program.each), *code.program.gradients])
    rng = np.random.default_rng(2)
    for a in (rng.normal(size=40), np.append(rng.normal(size=38), [0.25, -0.5])):
        at, shares = np.array([0.25, -0.5, 1.0]), np.array([0.1, 0.5, 0.9])
        r = a[:, None] - at
        slope = -np.where(r > 0, shares, np.where(r < 0, shares - 1, shares - 0.5)).sum(axis=0)
        value, slopes = code.value_and_gradient({V: at}, {A: a, B: shares})
        np.testing.assert_allclose(slopes[V], slope, rtol=1e-13)
        assert value == pytest.approx(np.maximum(shares * r, (shares - 1) * r).sum(), rel=1e-13)
