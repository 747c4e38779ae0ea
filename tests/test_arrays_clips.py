"""Huber's loss and its kin, a square that goes on as a line, by clipped residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import Abs, IndexedBase, Piecewise, Rational, Sum, Symbol, sign, symbols

i, j, m, n = symbols("i j m n", integer=True, positive=True)
X, w, y = (IndexedBase(name) for name in "Xwy")
d, half = Symbol("delta"), Rational(1, 2)
U = Sum(X[i, j] * w[j], (j, 1, n)) - y[i]
HUBER = {
    "as in the paper": Piecewise((U**2 / 2, Abs(U) <= d), (d * (Abs(U) - d / 2), True)),
    "opened": Piecewise((U**2 / 2, Abs(U) < d), (d * Abs(U) - d**2 / 2, True)),
    "the line first": Piecewise((Abs(U) - half, Abs(U) > 1), (U**2 / 2, True)),
    "twice": Piecewise((U**2, Abs(U) <= 2), (4 * Abs(U) - 4, True)),
    "a decimal": Piecewise((U**2 / 2, Abs(U) <= 1.345), (1.345 * Abs(U) - 1.345**2 / 2, True)),
}
OTHERS = {  # a jump, another line, a line in u itself
    "a jump": Piecewise((U**2 / 2, Abs(U) <= 1), (Abs(U) - 1, True)),
    "steeper": Piecewise((U**2 / 2, Abs(U) <= 1), (2 * Abs(U) - Rational(3, 2), True)),
    "one side": Piecewise((U**2 / 2, Abs(U) <= 1), (U - half, True)),
    "a slope": Piecewise((U, Abs(U) <= 2), (sign(U), True)),
    "a cube": Piecewise((U**3, Abs(U) <= 1), (sign(U), True)),
}


def lines(code: Any) -> str:
    program = code.program
    return "\n".join([*(s.code for s in program.each), program.value, *program.gradients])


def literal(name: str, r: Any, c: float) -> Any:
    c = {"the line first": 1.0, "twice": 2.0, "a decimal": 1.345}.get(name, c)
    line = c * (abs(r) - c / 2)
    return np.where(abs(r) <= c, r * r / 2, line) * (2 if name == "twice" else 1)


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", list(HUBER))
def test_huber_by_clips(name: str, backend: str) -> None:
    """As case by case, at joints, for a bound below 0, and for residuals whose squares are beyond the floats."""
    pytest.importorskip({"numpy": "numpy"}.get(backend, backend))
    rng = np.random.default_rng(1)
    code: Any = code_of(Sum(HUBER[name], (i, 1, m)), [w], backend)
    x = rng.normal(size=(50, 2))
    x[:6] = [[1, 0], [2, 0], [-1, 0], [-2, 0], [0, 0], [1.345, 0]]
    data = {X: x, y: np.append(np.zeros(6), 3 * rng.normal(size=44))}
    at = {w: np.array([1.0, 0.5])}
    for bound in (1.5, 1.0, -1.5) if HUBER[name].has(d) else (None,):
        given = data | ({} if bound is None else {d: bound})
        r, c = x @ at[w] - data[y], 1.5 if bound is None else bound
        value, slopes = code.value_and_gradient(at, given)
        assert value == pytest.approx(literal(name, r, c).sum(), rel=1e-13)
        far = {"the line first": 1.0, "twice": 2.0, "a decimal": 1.345}.get(name, c)
        slope = np.where(abs(r) <= far, r, far * np.sign(r)) * (2 if name == "twice" else 1)
        np.testing.assert_allclose(slopes[w], slope @ x, rtol=1e-12, atol=1e-12)
    if backend == "numpy":
        text = lines(code)
        assert "np.where(" not in text and "np.sign(" not in text and text.count("clipped(") == 1
        far = code.value(at, {X: [[1e200, 0.0]], y: [0.0], **({d: 1.0} if HUBER[name].has(d) else {})})
        assert far == pytest.approx(1e200 * {"twice": 4, "a decimal": 1.345}.get(name, 1), rel=1e-13)


@pytest.mark.parametrize("name", list(OTHERS))
def test_what_is_no_such_loss_stays_a_choice(name: str) -> None:
    rng = np.random.default_rng(2)
    code: Any = code_of(Sum(OTHERS[name], (i, 1, m)), [w])
    assert "np.where(" in code.program.value
    x, z = rng.normal(size=(40, 2)), 3 * rng.normal(size=40)
    r = x @ np.array([1.0, 0.5]) - z
    inner = {"a slope": r, "a cube": r**3}.get(name, r * r / 2)
    outer = {"a jump": abs(r) - 1, "steeper": 2 * abs(r) - 1.5, "one side": r - 0.5}.get(name, np.sign(r))
    right = np.where(abs(r) <= (2 if name == "a slope" else 1), inner, outer).sum()
    assert code.value({w: [1.0, 0.5]}, {X: x, y: z}) == pytest.approx(right, rel=1e-12)
