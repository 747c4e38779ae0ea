"""Inverses that meet vectors alone: one solution in place of an inverse, by symmetry for slopes as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import Determinant, Identity, MatrixSymbol, Trace, log, symbols

m, n, p = symbols("m n p", integer=True, positive=True)
a, b = symbols("a b", positive=True)
P, Q = MatrixSymbol("P", m, p), MatrixSymbol("Q", m, 1)
T, c = MatrixSymbol("T", n, n), MatrixSymbol("c", n, 1)
WHOLE = a * P * P.T + b * Identity(m)
FIT = Trace(Q.T * WHOLE.inv() * Q)
FORM = Trace(c.T * T.inv() * c)


def text(code: Any) -> str:
    return "\n".join([*(s.code for s in code.program.each), code.program.value, *code.program.gradients])


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
def test_one_solution_for_value_and_slopes_of_a_symmetric_matrix(backend: str) -> None:
    pytest.importorskip(backend)
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(60, 4)), rng.normal(size=(60, 1))
    code: Any = code_of(FIT, [a, b], backend)
    whole = 0.5 * x @ x.T + 0.9 * np.eye(60)
    s = np.linalg.solve(whole, z[:, 0])
    value, slopes = code.value_and_gradient({a: 0.5, b: 0.9}, {P: x, Q: z})
    assert value == pytest.approx(z[:, 0] @ s, rel=1e-12)
    assert slopes[a] == pytest.approx(-np.square(x.T @ s).sum(), rel=1e-11)
    assert slopes[b] == pytest.approx(-s @ s, rel=1e-12)
    assert text(code_of(FIT, [a, b])).count("solved(") == 1 and "inverse(" not in text(code_of(FIT, [a, b]))


def test_a_matrix_that_need_not_be_symmetric_has_two_sides(jax: Any) -> None:
    """By T alone: both solutions, digit for digit the same where T is symmetric, so that its slope is."""
    rng = np.random.default_rng(2)
    at, v = np.eye(40) + rng.normal(size=(40, 40)) / 30, rng.normal(size=(40, 1))
    code: Any = code_of(FORM, [T])
    assert text(code).count("solved(") == 2 and "solved(T.T" in text(code) and "inverse(" not in text(code)
    right = jax.value_and_grad(lambda t: (v.T @ jax.numpy.linalg.solve(t, v))[0, 0])(at)
    value, slopes = code.value_and_gradient({T: at}, {c: v})
    assert value == pytest.approx(float(right[0]), rel=1e-12)
    np.testing.assert_allclose(slopes[T], right[1], rtol=1e-9, atol=1e-11)
    even = (at + at.T) / 2
    slope = code.gradient({T: even}, {c: v})[T]
    np.testing.assert_array_equal(slope, slope.T)


def test_singular_matrices_have_no_value() -> None:
    code: Any = code_of(FORM, [T])
    value, slopes = code.value_and_gradient({T: [[1.0, 2.0], [2.0, 4.0]]}, {c: [[1.0], [1.0]]})
    assert np.isnan(value) and np.isnan(slopes[T]).all()


def test_where_the_inverse_stays() -> None:
    """A slope that is made of all its entries needs it; one of data alone is made once, before a loop."""
    assert "inverse(" in text(code_of(FIT + log(Determinant(WHOLE)), [a, b]))
    S, w = MatrixSymbol("S", m, m), MatrixSymbol("w", p, 1)
    e = P * w - Q
    fixed: Any = code_of(Trace(e.T * S.inv() * e), [w])
    assert "solved(" not in text(fixed) and any("inverse(" in s.code for s in fixed.program.once)
