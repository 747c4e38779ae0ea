"""Matrix products with a factor in common are one, chains of them begin where they are shortest, and attention has no array of three axes."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from once import code_of, cost_of
from sympy import IndexedBase, Max, Sum, Symbol, exp, log, symbols, tanh

from gdsym.arrays.expand import reachable
from gdsym.arrays.gathered import gathered
from gdsym.arrays.graph import Graph, Op

i, j, k, h, d, o, s, m, n, p, q, r = symbols("i j k h d o s m n p q r", integer=True, positive=True)
A, B, K, Q, W, X, Y = (IndexedBase(name) for name in "A B K Q W X Y".split())
U, y, c = IndexedBase("U"), IndexedBase("y"), Symbol("c")
SHARE = exp(Sum(tanh(Sum(X[i, h] * A[h, j], (h, 1, p))) * B[j, k], (j, 1, q)))


def score(at: Any) -> Any:
    query, key = Sum(X[i, k] * Q[k, d], (k, 1, p)), Sum(X[at, h] * K[h, d], (h, 1, p))
    return exp(Sum(query * key, (d, 1, r)))


def attended(x: Any, a: Any, b: Any) -> Any:
    u = (x @ a) @ (x @ b).T
    e = anp.exp(u - anp.max(u, axis=1, keepdims=True))
    return (e / anp.sum(e, axis=1, keepdims=True)) @ x


def log_shares(u: Any) -> Any:
    u = u - anp.max(u, axis=1, keepdims=True)
    return u - anp.log(anp.sum(anp.exp(u), axis=1, keepdims=True))


COSTS: dict[str, tuple[Any, tuple[Any, ...], Any]] = {
    "softmax behind a layer": (
        -Sum(Y[i, k] * log(SHARE / Sum(SHARE.subs(k, o), (o, 1, n))), (k, 1, n), (i, 1, m)), (A, B),
        lambda a, b, x, y: -anp.sum(y * log_shares(anp.tanh(x @ a) @ b)),
    ),
    "components": (
        Sum((X[i, k] - Sum(W[k, d] * Sum(W[h, d] * X[i, h], (h, 1, p)), (d, 1, q))) ** 2, (i, 1, m), (k, 1, p)), (W,),
        lambda w, x, y: anp.sum((x - x @ w @ w.T) ** 2),
    ),
    "attention": (
        Sum((Sum(score(j) / Sum(score(s), (s, 1, m)) * X[j, o], (j, 1, m)) - Y[i, o]) ** 2, (i, 1, m), (o, 1, p)), (Q, K),
        lambda a, b, x, y: anp.sum((attended(x, a, b) - y) ** 2),
    ),
}  # fmt: skip
SHAPES = {A: (4, 3), B: (3, 2), W: (4, 3), Q: (4, 3), K: (4, 3)}


def problem(name: str, scale: float = 0.5) -> tuple[Any, dict[Any, Any], dict[Any, Any], Any]:
    cost, params, plain = COSTS[name]
    rng = np.random.default_rng(5)
    start = {base: scale * rng.normal(size=SHAPES[base]) for base in params}
    x = rng.normal(size=(6, 4))
    y = np.eye(2)[rng.integers(2, size=6)] if name == "softmax behind a layer" else rng.normal(size=(6, 4))
    data = {X: x, Y: y} if cost.has(Y) else {X: x}
    return cost, start, data, lambda *theta: plain(*theta, x, y)


@pytest.mark.parametrize("scale", [0.5, 3])
@pytest.mark.parametrize("name", COSTS)
def test_value_and_slopes(name: str, scale: float) -> None:
    cost, start, data, plain = problem(name, scale)
    value, slopes = code_of(cost, start).value_and_gradient(start, data)
    assert value == pytest.approx(plain(*start.values()), rel=1e-11)
    for at, base in enumerate(start):
        right = autograd.grad(plain, at)(*start.values())
        np.testing.assert_allclose(slopes[base], right, rtol=1e-9, atol=1e-12 * np.abs(right).max())


@pytest.mark.parametrize("name", COSTS)
def test_far_out_nothing_overflows(name: str) -> None:
    cost, start, data, plain = problem(name, 1000)
    value, slopes = code_of(cost, start).value_and_gradient(start, data)
    assert value == pytest.approx(plain(*start.values()), rel=1e-9)
    assert all(np.isfinite(slope).all() for slope in slopes.values())


@pytest.mark.parametrize("engine", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", COSTS)
def test_other_engines_agree(name: str, engine: str) -> None:
    cost, start, data, _ = problem(name)
    one, other = (
        cost_of(cost, start).descend(start=start, data=data, learning_rate=1e-2, maxiter=5, **options)
        for options in ({}, {"backend": engine})
    )
    np.testing.assert_allclose(other.history.cost, one.history.cost, rtol=1e-10)


def test_the_slopes_of_a_layer_share_the_error() -> None:
    source = code_of(*COSTS["softmax behind a layer"][:2]).source
    assert source.count("@ B.T") == 1 and "Y @ B.T" not in source


def test_a_chain_begins_where_it_is_shorter() -> None:
    """The rank of W counts less than its rows, and these less than samples."""
    assert "X.T @ (r @ W)" in code_of(*COSTS["components"][:2]).source


def test_a_product_of_data_that_is_as_large_as_one_of_them_is_made_once() -> None:
    """Neighbours' features of a graph, Y X, but not X' X, which may be larger than X."""
    layers = Sum(tanh(Sum(Y[i, j] * X[j, h] * A[h, k], (j, 1, m), (h, 1, p))), (i, 1, m), (k, 1, q))
    components = Sum(Sum(X[i, h] * W[h, k], (h, 1, p)) ** 2, (i, 1, m), (k, 1, q))
    graph, squares = (code_of(cost, [param]).program for cost, param in ((layers, A), (components, W)))
    assert any("Y.dot(X)" in s.code for s in graph.once) and not any(".dot(" in s.code for s in squares.once)
    rng = np.random.default_rng(2)
    y, x, a = rng.normal(size=(5, 5)), rng.normal(size=(5, 3)), rng.normal(size=(3, 2))
    slope = code_of(layers, [A]).gradient({A: a}, {X: x, Y: y})[A]
    np.testing.assert_allclose(slope, (y @ x).T @ (1 - np.tanh(y @ x @ a) ** 2), rtol=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_sums_of_tables_of_data_are_not_made(sign: int) -> None:
    """Intensities (a'w)^2 + (b'w)^2; a difference of tables, which may be nearly equal, is made before it is multiplied."""
    body = Sum(A[i, k] * W[k], (k, 1, p)) ** 2 + sign * Sum(B[i, k] * W[k], (k, 1, p)) ** 2
    code = code_of(Sum((body - Y[i]) ** 2, (i, 1, m)), [W])
    rng = np.random.default_rng(4)
    a, b, w, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=6)
    error = (a @ w) ** 2 + sign * (b @ w) ** 2 - y
    slope = 4 * ((error * (a @ w)) @ a + sign * (error * (b @ w)) @ b)
    np.testing.assert_allclose(code.gradient({W: w}, {A: a, B: b, Y: y})[W], slope, rtol=1e-12, atol=1e-13)
    assert ("[:, None]*A" in code.source) == (sign < 0)


def test_stacks_of_matrices_are_products_wherever_their_axes_stand() -> None:
    body = Sum(A[i, j, k] * B[j, k, d], (j, 1, n))
    code = code_of(Sum((body - Y[i, d]) ** 2, (i, 1, m), (k, 1, p), (d, 1, q)), [A, B])
    rng = np.random.default_rng(3)
    a, b, y = rng.normal(size=(4, 3, 2)), rng.normal(size=(3, 2, 5)), rng.normal(size=(4, 5))
    error = np.einsum("ijk,jkd->ikd", a, b) - y[:, None, :]
    value, slopes = code.value_and_gradient({A: a, B: b}, {Y: y})
    assert value == pytest.approx(np.vdot(error, error), rel=1e-13)
    np.testing.assert_allclose(slopes[A], 2 * np.einsum("ikd,jkd->ijk", error, b), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slopes[B], 2 * np.einsum("ijk,ikd->jkd", a, error), rtol=1e-12, atol=1e-13)
    written = "".join((*(s.code for s in code.program.each), *code.program.gradients))
    assert written.count("np.matmul(") == 3 and "einsum" not in written


def test_attention_holds_no_array_of_three_axes() -> None:
    compiled = code_of(*COSTS["attention"][:2])
    assert "einsum('ab,ac,ad" not in compiled.source and ":, None, " not in compiled.source
    assert all(op.ndim < 3 for op in reachable(compiled.program.graph.gradients))


class Matrices:
    """Sums of products in a graph of their own."""

    def __init__(self) -> None:
        self.g = Graph()
        self.A, self.B, self.C, self.D = (self.g.make("leaf", attr=name, ndim=2, needs=1) for name in "ABCD")
        vector = self.g.make("leaf", attr="v", ndim=1, needs=1)
        self.rows = self.g.make("expand", vector, attr=(True, False), ndim=2)
        self.columns = self.g.make("expand", vector, attr=(False, True), ndim=2)

    def dot(self, a: Op, b: Op) -> Op:
        return self.g.make("matmul", a, b, ndim=2)

    def first(self, *outputs: Op) -> str:
        return repr(gathered(self.g, outputs)[0][0])


def test_what_is_gathered() -> None:
    x = Matrices()
    g, A, B, C, D = x.g, x.A, x.B, x.C, x.D
    behind = g.add(((1, g.make("mul", x.rows, x.dot(A, B))), (-1, x.dot(C, B))))
    assert x.first(behind) == repr(x.dot(g.add(((1, g.make("mul", x.rows, A)), (-1, C))), B))
    before = g.add(((1, x.dot(A, B)), (-1, x.dot(A, C)), (1, D)))
    assert x.first(before) == repr(g.add(((1, x.dot(A, g.add(((1, B), (-1, C))))), (1, D))))
    halved = g.add(((1, g.make("div", x.dot(A, B), g.number(2))), (1, g.neg(x.dot(C, B)))))
    assert x.first(halved) == repr(x.dot(g.add(((1, g.make("div", A, g.number(2))), (1, g.neg(C)))), B))


def test_what_is_not_gathered() -> None:
    x = Matrices()
    g, A, B, C, D = x.g, x.A, x.B, x.C, x.D
    product = x.dot(A, B)
    needed = g.add(((1, product), (1, x.dot(C, B))))
    assert x.first(needed, product) == repr(needed)  # made anyway
    by_columns = g.add(((1, g.make("mul", x.columns, x.dot(A, B))), (1, x.dot(C, B))))
    assert x.first(by_columns) == repr(by_columns)
    rows_before = g.add(((1, g.make("mul", x.rows, x.dot(A, B))), (1, x.dot(A, C))))
    assert x.first(rows_before) == repr(rows_before)
    square = g.add(((1, g.make("mul", product, product)), (1, x.dot(C, B))))
    assert x.first(square) == repr(square)
    apart = g.add(((1, x.dot(A, B)), (1, x.dot(C, D))))
    assert x.first(apart) == repr(apart)


KU = Sum(Y[i, j] * U[j], (j, 1, m))
KERNELS: dict[str, tuple[Any, Any]] = {  # over a table K that need not be symmetric
    "hinge": (
        Sum(Max(0, 1 - y[i] * KU), (i, 1, m)) / m + c / 2 * Sum(U[i] * KU, (i, 1, m)),
        lambda u, k, z: anp.mean(anp.maximum(0, 1 - z * (k @ u))) + 0.15 * (u @ k @ u),
    ),
    "squares": (
        Sum((KU - y[i]) ** 2 * exp(-(U[i] ** 2)), (i, 1, m)) + c * Sum(U[i] * KU, (i, 1, m)) / 7 - Sum(KU, (i, 1, m)),
        lambda u, k, z: anp.sum((k @ u - z) ** 2 * anp.exp(-u * u)) + 0.3 * (u @ k @ u) / 7 - anp.sum(k @ u),
    ),
}


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_read_as_seldom_as_can_be(name: str, engine: str) -> None:
    """Once for the value, once for all that meets it from the left."""
    cost, plain = KERNELS[name]
    rng = np.random.default_rng(7)
    u, z = rng.normal(size=(2, 9))
    k_ = rng.normal(size=(9, 9))
    code: Any = code_of(cost, [U], engine)
    value, slopes = code.value_and_gradient({U: u}, {Y: k_, y: z, c: 0.3})
    assert value == pytest.approx(plain(u, k_, z), rel=1e-12)
    np.testing.assert_allclose(slopes[U], autograd.grad(plain)(u, k_, z), rtol=1e-11, atol=1e-12)
    if engine == "numpy":
        program = code.program
        text = "\n".join([*(s.code for s in program.each), program.value, *program.gradients])
        assert text.count(".dot(Y)") + text.count("Y.dot(") == 2
