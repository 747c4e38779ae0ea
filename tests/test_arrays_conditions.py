"""Case distinctions by indices: a branch reads the entries that its condition lets it read, and no others. Against autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from sympy import And, Eq, IndexedBase, Ne, Or, Piecewise, Product, Sum, exp, log, symbols

import gdsym as gd

a, b = symbols("a b")
i, j, k, l, m, n, p = symbols("i j k l m n p", integer=True, positive=True)
r = symbols("r", integer=True, nonnegative=True)
w, x, y, v, W, X, Y = map(IndexedBase, ("w", "x", "y", "v", "W", "X", "Y"))
RNG = np.random.default_rng(6)
SIX, SEVEN, OTHER, TABLE = RNG.normal(size=6), RNG.normal(size=7), RNG.normal(size=7), RNG.normal(size=(5, 6))


def of(function: Any, *conditions: Any) -> Any:
    """Piecewise, the last value without a condition."""
    return Piecewise(*zip((function, *conditions[1::2]), (*conditions[::2], True), strict=True))


def total(u: Any) -> Any:
    return anp.sum(u)


def padded(u: Any, width: int) -> Any:
    return anp.concatenate([anp.zeros(width), u, anp.zeros(width)])


PICTURE = (
    "Sum((Y[i,j] - Sum(v[k,l]*Piecewise((X[i+k-2,j+l-2], And(i+k-2 >= 1, i+k-2 <= m, j+l-2 >= 1, j+l-2 <= n)), (0, True)), "
    "(k, 1, 3), (l, 1, 3)))**2, (i, 1, m), (j, 1, n))"
)
Case = tuple[Any, dict[Any, Any], dict[Any, Any], Callable[..., Any]]
CASES: dict[str, Case] = {
    "behind the first": (
        Sum(of(w[i] * w[i - 1], i > 1, w[i] ** 2), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 2 + total(w[1:] * w[:-1]),
    ),
    "before the last": (
        Sum(of(w[i] * w[i + 1], i < n, w[i] ** 2), (i, 1, n)), {w: SIX}, {},
        lambda w: w[-1] ** 2 + total(w[1:] * w[:-1]),
    ),
    "the first": (
        Sum(of(w[i] ** 2, Eq(i, 1), w[i] * w[i - 1]), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 2 + total(w[1:] * w[:-1]),
    ),
    "not the first": (
        Sum(of(w[i] * w[i - 1], Ne(i, 1), w[i] ** 2), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 2 + total(w[1:] * w[:-1]),
    ),
    "both ends, or": (
        Sum(of(w[i] ** 3, Or(Eq(i, 1), Eq(i, n)), w[i - 1] * w[i] * w[i + 1]), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 3 + w[-1] ** 3 + total(w[:-2] * w[1:-1] * w[2:]),
    ),
    "both ends, and": (
        Sum(of(w[i - 1] * w[i] * w[i + 1], And(i > 1, i < n), w[i] ** 3), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 3 + w[-1] ** 3 + total(w[:-2] * w[1:-1] * w[2:]),
    ),
    "three branches": (
        Sum(of(w[1] ** 2, i < 2, (w[2] - w[1]) ** 2, i < 3, (w[i] - 2 * w[i - 1] + w[i - 2]) ** 2), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] ** 2 + (w[1] - w[0]) ** 2 + total((w[2:] - 2 * w[1:-1] + w[:-2]) ** 2),
    ),
    "from 0 on": (
        Sum(of(w[r] * w[r - 1], r > 0, w[0] ** 2), (r, 0, n - 1)), {w: SIX}, {},
        lambda w: w[0] ** 2 + total(w[1:] * w[:-1]),
    ),
    "a series with its first value": (
        Sum((x[i] - of(a * x[i - 1], i >= 2, b)) ** 2, (i, 1, n)), {a: 0.3, b: 0.2}, {x: SIX},
        lambda a, b, x: (x[0] - b) ** 2 + total((x[1:] - a * x[:-1]) ** 2),
    ),
    "a ring": (
        Sum((w[i] - of(w[i + 1], i < n, w[1])) ** 2, (i, 1, n)), {w: SIX}, {}, lambda w: total((w - anp.roll(w, -1)) ** 2),
    ),
    "rows and columns": (
        Sum(of((W[i + 1, j] - W[i, j]) ** 2, i < m, 0) + of((W[i, j + 1] - W[i, j]) ** 4, j < n, 0), (i, 1, m), (j, 1, n)),
        {W: TABLE}, {}, lambda W: total((W[1:] - W[:-1]) ** 2) + total((W[:, 1:] - W[:, :-1]) ** 4),
    ),
    "a product": (
        Product(of(2 + w[i] * w[i - 1], i > 1, w[1]), (i, 1, n)), {w: SIX}, {},
        lambda w: w[0] * anp.prod(2 + w[1:] * w[:-1]),
    ),
    "within a logarithm": (
        Sum(log(1 + of(w[i - 1] ** 2, i > 1, 0) + exp(w[i])), (i, 1, n)), {w: SIX}, {},
        lambda w: total(anp.log(1 + anp.concatenate([anp.zeros(1), w[:-1] ** 2]) + anp.exp(w))),
    ),
    "filter of the past": (
        Sum((y[i] - Sum(v[k] * of(x[i - k + 1], i - k + 1 >= 1, 0), (k, 1, p))) ** 2, (i, 1, n)),
        {v: SIX[:3]}, {x: SEVEN, y: OTHER},
        lambda v, x, y: total((y - sum(v[q] * padded(x, 3)[3 - q : 10 - q] for q in range(3))) ** 2),
    ),
    "filter, zeros around": (
        "Sum((y[i] - Sum(v[k]*Piecewise((x[i+k-2], And(i+k-2 >= 1, i+k-2 <= n)), (0, True)), (k, 1, 3)))**2, (i, 1, n))",
        {v: SIX[:3]}, {x: SEVEN, y: OTHER},
        lambda v, x, y: total((y - sum(v[q] * padded(x, 1)[q : q + 7] for q in range(3))) ** 2),
    ),
    "filter of a picture": (
        PICTURE,
        {v: RNG.normal(size=(3, 3))}, {X: TABLE, Y: RNG.normal(size=(5, 6))},
        lambda v, X, Y: total((Y - sum(v[q, s] * np.pad(X, 1)[q : q + 5, s : s + 6] for q in range(3) for s in range(3))) ** 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_value_and_slopes(name: str) -> None:
    expr, start, data, function = CASES[name]
    cost = gd.Cost(expr, list(start))
    value, slopes = cost.compile().value_and_gradient(start, data)
    theta, told = [np.asarray(t, dtype=float) for t in start.values()], list(data.values())
    assert value == pytest.approx(float(function(*theta, *told)), rel=1e-12)
    for place, parameter in enumerate(start):
        right = autograd.grad(function, place)(*theta, *told)
        np.testing.assert_allclose(np.asarray(slopes[parameter]), right, rtol=1e-10, atol=1e-12)
        assert cost.partial(parameter).check


def test_a_length_is_what_the_conditions_let_be_read() -> None:
    """{w_i w_(i+1) if i < n; w_i^2 otherwise} for i = 1..n reads n entries, not n + 1."""
    cost = gd.Cost(CASES["before the last"][0] + Sum((w[i] - y[i]) ** 2, (i, 1, n)), [w])
    with pytest.raises(gd.DataError, match=r"both run over i = 1\.\.n"):
        cost.compile().value({w: SEVEN}, {y: SIX})


def test_no_branch_guards_what_its_condition_does_not() -> None:
    with pytest.raises(gd.CostError, match="reads entry 0"):
        gd.Cost(Sum(of(w[i - 1], i < 3, w[i]), (i, 1, n)), [w]).compile()
