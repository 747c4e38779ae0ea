"""Branches that are one formula in two forms, and exponentials under a rectified layer: no array of three axes, no lost zeros."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from once import code_of, cost_of
from sympy import IndexedBase, Max, Sum, exp, symbols

from gdsym.arrays.alike import alike
from gdsym.written.nodes import ONE, TRUE, ZERO, Add, Cases, Div, Mul, Neg, Num, Rel, Sym, mul

i, j, k, h, m, p, q, r = symbols("i j k h m p q r", integer=True, positive=True)
A, B, X = map(IndexedBase, "A B X".split())
a, b, v, y = map(IndexedBase, "a b v y".split())
f, g, u = map(Sym, symbols("f g u"))
RNG = np.random.default_rng(8)
START = {A: (3, 4), a: (4,), B: (4, 2), b: (2,), v: (2,)}
DATA = {X: RNG.normal(size=(7, 3)), y: RNG.normal(size=7)}
INNER = {
    "exp": (exp, anp.exp),
    "SiLU": (lambda z: z / (1 + exp(-z)), lambda z: z / (1 + anp.exp(-z))),
    "sigmoid": (lambda z: 1 / (1 + exp(-z)), lambda z: 1 / (1 + anp.exp(-z))),
}


def rectified(inner: Any) -> Any:
    first = inner(Sum(X[i, k] * A[k, j], (k, 1, p)) + a[j])
    second = Max(0, Sum(first * B[j, h], (j, 1, q)) + b[h])
    return Sum((Sum(second * v[h], (h, 1, r)) - y[i]) ** 2, (i, 1, m))


def with_other(other: Any) -> Cases:
    """A case distinction whose first branch is f (1 + g u)."""
    return Cases(ZERO, Rel("<", u, ZERO), mul(f, Add(ONE, mul(g, u))), Rel(">", u, ZERO), other, TRUE)


def test_a_multiple_written_out_is_found() -> None:
    half = Div(Add(f, mul(f, g, u)), Num(Fraction(2)))
    value, _ = alike(with_other(half)).pairs[2]
    assert value == mul(Num(Fraction(1, 2)), mul(f, Add(ONE, mul(g, u))))
    minus = Neg(Add(Div(f, Num(Fraction(3))), Div(Mul(f, g, u), Num(Fraction(3)))))
    assert alike(with_other(minus)).pairs[2][0] == mul(Num(Fraction(-1, 3)), mul(f, Add(ONE, mul(g, u))))


@pytest.mark.parametrize("other", [Add(f, mul(f, g)), Div(f, Add(g, Neg(g))), mul(Num(Fraction(1, 2)), f)])
def test_what_is_none_stays(other: Any) -> None:
    """Another formula, one that divides by 0, a branch without the bracket."""
    assert alike(with_other(other)) == with_other(other)


@pytest.mark.parametrize(
    ("name", "engine"),
    [*((name, engine) for name in INNER for engine in ("numpy", "jax", "dask")), ("sigmoid", "numba")],
)
def test_descent(name: str, engine: str) -> None:
    """From a start where some units are on and some off, and from which the cost falls: a run that diverges asks for the Hessian."""
    inner, plainly = INNER[name]

    def plain(A: Any, a: Any, B: Any, b: Any, v: Any) -> Any:
        return anp.sum((anp.maximum(0, plainly(DATA[X] @ A + a) @ B + b) @ v - DATA[y]) ** 2)

    rng = np.random.default_rng(2)
    start = {base: rng.normal(size=shape) / 2 for base, shape in START.items()}
    options = {} if engine == "numpy" else {"backend": engine}
    run = cost_of(rectified(inner), start).descend(start=start, data=DATA, learning_rate=1e-3, maxiter=1, **options)
    points = list(start.values())
    assert run.status == "max_steps"
    np.testing.assert_allclose(run.history.cost[0], plain(*points), rtol=1e-9)
    for at, base in enumerate(start):
        after = points[at] - 1e-3 * autograd.grad(plain, at)(*points)
        np.testing.assert_allclose(run.params[base], after, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", INNER)
def test_no_array_of_three_axes(name: str) -> None:
    source = code_of(rectified(INNER[name][0]), START).source
    assert "abc" not in source and "[:, None, :]" not in source and "[:, :, None]" not in source


def test_products_of_the_same_factors_are_made_once() -> None:
    """The errors of the first layer, which the slopes by its weights and by its biases multiply in other orders."""
    source = code_of(rectified(INNER["SiLU"][0]), START).source
    errors = source.split("dJ_dA = X.T @ ")[1].split()[0]
    assert errors.isidentifier() and f"dJ_da = {errors}.sum(axis=0)" in source


def test_an_infinite_exponential_below_a_unit_that_is_off() -> None:
    """The first sample's exponentials are infinite, its units off: its slopes are 0, those of the other sample are as by hand."""
    start = {A: np.ones((1, 2)), a: np.zeros(2), B: -np.ones((2, 1)), b: np.array([9.0]), v: np.array([2.0])}
    data = {X: np.array([[800.0], [0.5]]), y: np.zeros(2)}
    value, slopes = code_of(rectified(exp), start).value_and_gradient(start, data)
    e = np.exp(0.5)
    residual = 2 * (9 - 2 * e)
    assert value == pytest.approx(residual**2)
    right = {
        A: np.full((1, 2), -4 * residual * e * 0.5),
        a: np.full(2, -4 * residual * e),
        B: np.full((2, 1), 4 * residual * e),
        b: [4 * residual],
        v: [2 * residual * (9 - 2 * e)],
    }
    for base, slope in right.items():
        np.testing.assert_allclose(slopes[base], slope, rtol=1e-12)
