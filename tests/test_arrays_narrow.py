"""Numbers for the rows of tables are multiplied once, where the tables are narrow; slopes of rectified layers are tables of bytes."""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.special import erf as erf_of
from sympy import IndexedBase, Max, Min, Rational, Sum, atan, erf, exp, log, sqrt, symbols, tanh

import gdsym as gd
from gdsym.arrays import Compiled
from gdsym.arrays import program as programs
from gdsym.arrays.associated import Usual
from gdsym.arrays.expand import reachable
from gdsym.arrays.gates import GATE
from gdsym.arrays.graph import Graph, Op
from gdsym.arrays.narrow import narrowed

i, j, k, h, o, t, m, n, p, q, r = symbols("i j k h o t m n p q r", integer=True, positive=True)
A, B, C, D, X, Y = (IndexedBase(name) for name in "A B C D X Y".split())
a, b, v, y = (IndexedBase(name) for name in "a b v y".split())


def layer(inside: Any, weights: Any, bias: Any, over: tuple[Any, Any], to: Any) -> Any:
    return Sum(inside * weights[over[0], to], (over[0], 1, over[1])) + bias[to]


FIRST = layer(X[i, k], A, a, (k, p), j)
RECTIFIED = Max(0, FIRST)
SECOND = layer(RECTIFIED, B, b, (j, q), h)
DEEP = Sum(Max(0, SECOND) * v[h], (h, 1, r))
MIXED = Sum(Min(0, layer(tanh(FIRST), B, b, (j, q), h)) * v[h], (h, 1, r))


def squares(z: Any) -> Any:
    return Sum((z - y[i]) ** 2, (i, 1, m)) / m


def relu(u: Any) -> Any:
    return anp.where(u > 0, u, anp.where(u < 0, 0.0, 0.5 * u))


def dip(u: Any) -> Any:
    return -relu(-u)


# cost, the same by whole arrays
COSTS: dict[str, tuple[Any, Any]] = {
    "two rectified layers": (squares(DEEP), lambda A, a, B, b, v, X, y: anp.mean((relu(relu(X @ A + a) @ B + b) @ v - y) ** 2)),
    "a bounded layer, then one that is cut from above": (
        squares(MIXED), lambda A, a, B, b, v, X, y: anp.mean((dip(anp.tanh(X @ A + a) @ B + b) @ v - y) ** 2)),
    "with log-loss": (
        Sum(log(1 + exp(-y[i] * DEEP)), (i, 1, m)),
        lambda A, a, B, b, v, X, y: anp.sum(anp.logaddexp(0, -y * (relu(relu(X @ A + a) @ B + b) @ v)))),
    "with weights of samples": (
        Sum(D[i] * (DEEP - y[i]) ** 2, (i, 1, m)),
        lambda A, a, B, b, v, X, y, D: anp.sum(D * (relu(relu(X @ A + a) @ B + b) @ v - y) ** 2)),
}  # fmt: skip
PARAMS = (A, a, B, b, v)
SHAPES = {A: (4, 5), a: (5,), B: (5, 3), b: (3,), v: (3,)}


@cache
def cost_of(name: str) -> gd.Cost:
    return gd.Cost(COSTS[name][0], PARAMS)


@cache
def compiled_layer(name: str) -> Any:
    function = LAYERS[name][0]
    return gd.Cost(squares(Sum(Max(0, layer(function(FIRST), B, b, (j, q), h)) * v[h], (h, 1, r))), PARAMS).compile()


def problem(name: str, scale: float) -> tuple[Any, dict[Any, Any], dict[Any, Any], Any]:
    rng = np.random.default_rng(3)
    cost, plain = COSTS[name]
    start = {base: scale * rng.normal(size=SHAPES[base]) for base in PARAMS}
    data = {X: rng.normal(size=(7, 4)), y: np.sign(rng.normal(size=7)), D: rng.random(7)}
    data = {base: value for base, value in data.items() if cost.has(base)}
    return cost, start, data, lambda *theta: plain(*theta, *data.values())


@pytest.mark.parametrize("scale", [0.0, 0.5, 3.0])  # at 0 each layer is at its kink
@pytest.mark.parametrize("name", COSTS)
def test_value_and_slopes(name: str, scale: float) -> None:
    _, start, data, plain = problem(name, scale)
    value, slopes = cost_of(name).compile().value_and_gradient(start, data)
    assert value == pytest.approx(plain(*start.values()), rel=1e-12)
    for at, base in enumerate(start):
        right = autograd.grad(plain, at)(*start.values())
        np.testing.assert_allclose(slopes[base], right, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", COSTS)
def test_the_same_as_without_moving(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, start, data, _ = problem(name, 0.7)
    moved = cost_of(name).compile()
    whole = moved.program
    monkeypatch.setattr(
        programs, "narrowed", lambda g, outputs, usual: (list(outputs), {op: op for op in g._made.values()})
    )
    plain = Compiled(programs.program_of(whole.formula, [part.node for part in whole.params], whole.slopes))
    assert moved.source != plain.source
    for one, other in zip(moved.gradient(start, data).values(), plain.gradient(start, data).values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("engine", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", COSTS)
def test_other_engines_agree(name: str, engine: str) -> None:
    _, start, data, _ = problem(name, 0.5)
    one, other = (
        cost_of(name).descend(start=start, data=data, learning_rate=1e-2, maxiter=5, **options)
        for options in ({}, {"backend": engine})
    )
    np.testing.assert_allclose(other.history.cost, one.history.cost, rtol=1e-10)


LAYERS: dict[str, tuple[Any, Any]] = {
    "sigmoid": (lambda u: 1 / (1 + exp(-u)), lambda u: 0.5 * (1 + anp.tanh(u / 2))),
    "softplus": (lambda u: log(1 + exp(u)), lambda u: anp.logaddexp(0, u)),
    "angle": (atan, anp.arctan),
    "error function": (erf, erf_of),
}


@pytest.mark.parametrize("scale", [0.5, 30.0])
@pytest.mark.parametrize("name", LAYERS)
def test_a_rectified_layer_over_another(name: str, scale: float) -> None:
    """What is finite everywhere leaves the branches: no array of three axes, and nothing undefined far out."""
    plain = LAYERS[name][1]
    _, start, data, _ = problem("two rectified layers", scale)
    x, labels = data.values()

    def whole(A: Any, a: Any, B: Any, b: Any, v: Any) -> Any:
        return anp.mean((relu(plain(x @ A + a) @ B + b) @ v - labels) ** 2)

    compiled = compiled_layer(name)
    assert all(op.ndim < 3 for op in reachable(compiled.program.graph.gradients))
    slopes = compiled.gradient(start, data)
    for at, base in enumerate(start):
        right = autograd.grad(whole, at)(*start.values())
        np.testing.assert_allclose(slopes[base], right, rtol=1e-9, atol=1e-13 * np.abs(right).max() + 1e-13)


def test_a_root_that_is_never_0_leaves_branches() -> None:
    """Pairs with a margin: max(0, 1 - distance)^2, its slope divided by the distance."""
    gap = Sum((Sum(X[i, k] * A[k, j], (k, 1, p)) - Sum(Y[i, k] * A[k, j], (k, 1, p))) ** 2, (j, 1, q))
    cost = Sum(y[i] * gap + (1 - y[i]) * Max(0, 1 - sqrt(gap + Rational(1, 10**6))) ** 2, (i, 1, m))
    rng = np.random.default_rng(6)
    one, other, labels = rng.normal(size=(9, 4)), rng.normal(size=(9, 4)), rng.integers(2, size=9).astype(float)
    other[0] = one[0]  # no distance

    def plain(w: Any) -> Any:
        squared = anp.sum(((one - other) @ w) ** 2, axis=1)
        return anp.sum(labels * squared + (1 - labels) * relu(1 - anp.sqrt(squared + 1e-6)) ** 2)

    compiled = gd.Cost(cost, [A]).compile()
    assert "where" not in compiled.source
    for scale in (0.1, 1.0):
        w = scale * rng.normal(size=(4, 3))
        slope = compiled.gradient({A: w}, {X: one, Y: other, y: labels})[A]
        np.testing.assert_allclose(slope, autograd.grad(plain)(w), rtol=1e-10, atol=1e-13)


def test_errors_go_from_the_end_to_the_start() -> None:
    """The residual stands beside the last layer only, and biases take sums of what the weights take."""
    source = cost_of("two rectified layers").compile().source
    assert source.count("[:, None]") == 1
    assert source.count(".sum(axis=0)") == 2


def test_a_rectified_layer_before_shares_makes_their_error_once() -> None:
    score = layer(RECTIFIED, B, b, (j, q), o)
    cost = -Sum(Y[i, o] * (score - log(Sum(exp(score.subs(o, t)), (t, 1, n)))), (i, 1, m), (o, 1, n))
    rng = np.random.default_rng(4)
    start = {base: rng.normal(size=SHAPES[base]) for base in (A, a, B, b)}
    x, z = rng.normal(size=(7, 4)), np.eye(3)[rng.integers(3, size=7)]

    def plain(A: Any, a: Any, B: Any, b: Any) -> Any:
        u = relu(x @ A + a) @ B + b
        return -anp.sum(z * (u - anp.log(anp.sum(anp.exp(u), axis=1, keepdims=True))))

    compiled = gd.Cost(cost, list(start)).compile()
    assert compiled.source.count("@ B.T") == 1
    assert compiled.source.count(".sum(axis=0)") == 2  # slopes by biases: of the errors themselves
    slopes = compiled.gradient(start, {X: x, Y: z})
    for at, base in enumerate(start):
        np.testing.assert_allclose(slopes[base], autograd.grad(plain, at)(*start.values()), rtol=1e-11, atol=1e-13)


def test_gates_are_signs() -> None:
    space: dict[str, Any] = {"np": np}
    exec(GATE, space)
    plain = np.random.default_rng(0).normal(size=(9, 4))
    kinks = np.array([[0.0, -0.0, np.inf], [-np.inf, np.nan, 1.0]])
    for u in (plain, kinks, np.zeros((0, 3)), np.asfortranarray(plain)):
        np.testing.assert_array_equal(1.0 * space["gate"](u), 1 + np.sign(u))
        np.testing.assert_array_equal(1.0 * space["gate"](u, -1), 1 - np.sign(u))


class Tables:
    """Products in a graph of their own: T has 1000 rows and 10 columns, U as many rows and 30 columns."""

    def __init__(self) -> None:
        self.g = Graph()
        self.T, self.U, self.S = (self.g.make("leaf", attr=name, ndim=2, needs=2) for name in "TUS")
        self.f, self.c = (self.g.make("leaf", attr=name, ndim=1, needs=2) for name in "fc")

    def usual(self, op: Op) -> tuple[int, ...]:
        sizes = {"T": (1000, 10), "U": (1000, 30), "S": (10, 30), "f": (1000,), "c": (10,)}
        measure = Usual.__new__(Usual)
        measure._sizes, measure._leaves, measure._known = {}, sizes, {}
        return measure(op)

    def row(self, f: Op) -> Op:
        return self.g.make("expand", f, attr=(True, False), ndim=2)

    def dot(self, one: Op, other: Op) -> Op:
        return self.g.make("matmul", one, other, ndim=2)

    def times(self, *factors: Op) -> Op:
        return self.g.make("mul", *factors, ndim=2)

    def turned(self, op: Op) -> Op:
        return self.g.make("transpose", op, attr=(1, 0))

    def moved(self, *outputs: Op) -> list[str]:
        return list(map(repr, narrowed(self.g, outputs, self.usual)[0]))  # type: ignore[arg-type]


def test_what_is_moved() -> None:
    x = Tables()
    sine = x.g.make("sin", x.T)
    wide = x.dot(sine, x.S)
    outer = x.dot(x.turned(x.U), x.times(x.row(x.f), wide))
    inner = x.dot(x.turned(x.times(x.row(x.f), x.U)), sine)
    error = x.times(x.row(x.f), sine)
    assert x.moved(outer, inner) == [repr(x.dot(x.turned(x.U), x.dot(error, x.S))), repr(x.dot(x.turned(x.U), error))]
    tall = x.dot(x.times(x.c, x.g.make("sin", x.T)), x.S)
    assert x.moved(tall) == [repr(x.dot(sine, x.times(x.row(x.c), x.S)))]


def test_what_is_not_moved() -> None:
    x = Tables()
    grown = x.g.make("exp", x.f)
    sine = x.g.make("sin", x.T)
    once = x.times(x.row(x.f), sine)
    for outputs in (
        (x.dot(x.turned(x.U), x.times(x.row(grown), x.dot(sine, x.S))),),  # it may overflow
        (x.dot(x.turned(x.U), once),),  # it is multiplied once as it is
        (x.dot(x.turned(x.U), x.times(x.row(x.f), x.dot(sine, x.S))), x.dot(sine, x.S)),  # needed without
    ):
        assert x.moved(*outputs) == list(map(repr, outputs))
