"""Networks with rectified layers, norms over a batch, distances: no array of three axes, on every engine beside automatic differentiation."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from once import code_of, cost_of
from sympy import IndexedBase, Max, Piecewise, Sum, exp, log, sqrt, symbols

i, j, k, l, c, d, m, n, p, q, r = symbols("i j k l c d m n p q r", integer=True, positive=True)
A, B, C, F, P, W, X, Y, Z = map(IndexedBase, "A B C F P W X Y Z".split())
u, v, y, z = map(IndexedBase, "u v y z".split())
ENGINES = ("numpy", "numba", "jax", "dask")
rng = np.random.default_rng(5)
ROWS, INPUTS, HIDDEN, SECOND = 7, 3, 4, 2


def normal(*shape: int) -> Any:
    return rng.normal(size=shape)


def row(table: Any, matrix: Any, at: Any = j, sample: Any = i) -> Any:
    return Sum(table[sample, k] * matrix[k, at], (k, 1, p))


def by_batch() -> Any:
    """Max(0, (z - mean)/sqrt(variance + 1/10)), z the scores of a layer, mean and variance over the samples."""
    mean, variance = Sum(row(X, W, sample=l), (l, 1, m)) / m, symbols("s", integer=True, positive=True)
    mean_of = Sum(row(X, W, sample=c), (c, 1, m)) / m
    spread = Sum((row(X, W, sample=variance) - mean_of) ** 2, (variance, 1, m)) / m
    return Max(0, (row(X, W) - mean) / sqrt(spread + 0.1))


def by_batch_plain(W: Any, v: Any, X: Any, y: Any) -> Any:
    e = X @ W - anp.mean(X @ W, axis=0)
    return anp.sum((anp.maximum(0, e / anp.sqrt(anp.mean(e * e, axis=0) + 0.1)) @ v - y) ** 2)


def contrast() -> Any:
    def score(at: Any) -> Any:
        return Sum(Sum(X[i, k] * W[k, d], (k, 1, p)) * Sum(Y[at, l] * W[l, d], (l, 1, p)), (d, 1, q))

    return -Sum(score(i) - log(Sum(exp(score(j)), (j, 1, m))), (i, 1, m))


def contrast_plain(W: Any, X: Any, Y: Any) -> Any:
    scores = (X @ W) @ (Y @ W).T
    return -anp.sum(anp.diag(scores) - anp.log(anp.sum(anp.exp(scores), axis=1)))


first = Max(0, row(X, A) + u[j])
second = Max(0, Sum(first * B[j, l], (j, 1, q)) + v[l])
near, far = (Sum((row(X, W) - row(T, W)) ** 2, (j, 1, q)) for T in (Y, Z))
DATA = {X: normal(ROWS, INPUTS), Y: normal(ROWS, INPUTS), Z: normal(ROWS, INPUTS), y: normal(ROWS)}
WEIGHTS = {W: normal(INPUTS, HIDDEN)}
LAYERS = {A: normal(INPUTS, HIDDEN), u: normal(HIDDEN), B: normal(HIDDEN, SECOND), v: normal(SECOND), z: normal(SECOND)}
MODELS: dict[str, tuple[Any, dict[Any, Any], Any]] = {
    "two rectified layers": (Sum((Sum(second * z[l], (l, 1, r)) - y[i]) ** 2, (i, 1, m)), LAYERS, lambda A, u, B, v, z, X, y: anp.sum((anp.maximum(0, anp.maximum(0, X @ A + u) @ B + v) @ z - y) ** 2)),
    "triplets": (Sum(Max(0, near - far + 1), (i, 1, m)), WEIGHTS, lambda W, X, Y, Z: anp.sum(anp.maximum(0, 1 + anp.sum(((X - Y) @ W) ** 2, axis=1) - anp.sum(((X - Z) @ W) ** 2, axis=1)))),
    "a norm over the batch": (Sum((Sum(by_batch() * v[j], (j, 1, q)) - y[i]) ** 2, (i, 1, m)), WEIGHTS | {v: normal(HIDDEN)}, by_batch_plain),
    "contrast": (contrast(), WEIGHTS, contrast_plain),
}  # fmt: skip


def slopes_agree(cost: Any, start: dict[Any, Any], data: dict[Any, Any], plain: Any, engine: str) -> None:
    options = {} if engine == "numpy" else {"backend": engine}
    given = [value for base, value in data.items() if cost.has(base)]
    points = list(start.values())
    rate = 1e-3
    used = {base: value for base, value in data.items() if cost.has(base)}
    run = cost_of(cost, start).descend(start=start, data=used, learning_rate=rate, maxiter=2, **options)
    for step in range(2):
        np.testing.assert_allclose(run.history.cost[step], plain(*points, *given), rtol=1e-9)
        found = [autograd.grad(plain, at)(*points, *given) for at in range(len(points))]
        points = [point - rate * slope for point, slope in zip(points, found, strict=True)]
    for base, point in zip(start, points, strict=True):
        np.testing.assert_allclose(np.ravel(run.params[base]), np.ravel(point), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", MODELS)
def test_descent(name: str, engine: str) -> None:
    cost, start, plain = MODELS[name]
    slopes_agree(cost, start, DATA, plain, engine)


@pytest.mark.parametrize("name", MODELS)
def test_no_array_of_three_axes(name: str) -> None:
    cost, start, _ = MODELS[name]
    _, source = code_of(cost, start).source.split(
        "def value_and_gradient"
    )  # a helper in front may choose among a few entries
    assert "abc" not in source and "[:, :, None]" not in source and "np.where" not in source


def test_a_divisor_that_may_be_0_stays_in_its_branch() -> None:
    """The slope divides by 0 where y_i = 0; the cost does not."""
    w = IndexedBase("w")
    body = Piecewise((X[i, 1] * w[1] / y[i], y[i] > 1), (2 * X[i, 1] * w[1] / y[i], y[i] > 0), (0, True))
    code = code_of(Sum(body**2, (i, 1, m)), [w])
    value, slopes = code.value_and_gradient({w: [3.0]}, {X: [[1.0], [1.0], [1.0]], y: [0.0, 2.0, 0.5]})
    assert value == 1.5**2 + 12**2
    np.testing.assert_allclose(slopes[w], [2 * 1.5 * 0.5 + 2 * 12 * 4])


def test_a_kink_has_the_slope_between() -> None:
    """Max(0, u) at u = 0, and below and above."""
    w = IndexedBase("w")
    code = code_of(Sum(Max(0, y[i] * w[i]), (i, 1, m)), [w])
    np.testing.assert_array_equal(code.gradient({w: [1.0, 0.0, -1.0]}, {y: [2.0, 2.0, 2.0]})[w], [2, 1, 0])
    assert "sign" in code.source and "where" not in code.source


def test_products_stand_as_the_tables_that_they_meet() -> None:
    """W H like X_ij, and the other way round like X_ji."""
    for table, code in ((X[i, j], "W @ H"), (X[j, i], "H.T @ W.T")):
        H = IndexedBase("H")
        total = Sum(W[i, k] * H[k, j], (k, 1, r))
        assert code in code_of(Sum(total - table * log(total), (i, 1, m), (j, 1, n)), [W, H]).source


@pytest.mark.parametrize("engine", ENGINES)
def test_springs(engine: str) -> None:
    """Distances are made in layers, one for each coordinate: sums over the coordinates add whole tables."""
    length = sqrt(Sum((P[i, k] - P[j, k]) ** 2, (k, 1, 2)) + 0.1)
    cost = Sum(F[i, j] * (length - 1) ** 2, (i, 1, m), (j, 1, m))

    def plain(at: Any, F: Any) -> Any:
        gaps = at[:, None] - at
        return anp.sum(F * (anp.sqrt(anp.sum(gaps * gaps, axis=2) + 0.1) - 1) ** 2)

    slopes_agree(cost, {P: normal(ROWS, 2)}, {F: rng.random((ROWS, ROWS))}, plain, engine)
    assert "np.einsum('abc,abc->bc', r, r)" in code_of(cost, [P]).source


@pytest.mark.parametrize("engine", ENGINES)
def test_soft_clusters(engine: str) -> None:
    """In a quotient of exponentials X_id - C_kd may be taken apart: nothing is nearly 0 there."""
    size = Sum((X[i, d] - C[k, d]) ** 2, (d, 1, p))
    cost = -Sum(log(Sum(exp(-size), (k, 1, q))), (i, 1, m))

    def plain(at: Any, X: Any) -> Any:
        return -anp.sum(anp.log(anp.sum(anp.exp(-anp.sum((X[:, None] - at) ** 2, axis=2)), axis=1)))

    slopes_agree(cost, {C: normal(HIDDEN, INPUTS)}, DATA, plain, engine)
    assert code_of(cost, [C]).source.count("einsum") == 1
