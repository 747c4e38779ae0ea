"""What would be large is made tile by tile: the same numbers, little memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from arrays_costs import CASES
from sympy import Abs, IndexedBase, Max, Sum, exp, log, sqrt, symbols, tanh

import gdsym as gd
from gdsym.arrays import Compiled, tiled

a, b, s = symbols("a b s")
i, j, k, l, m, n, H, K = symbols("i j k l m n H K", integer=True, positive=True)
w, x, y, X, Y, W, U, V, d = map(IndexedBase, "w x y X Y W U V d".split())
RNG = np.random.default_rng(5)
ROW = Sum(w[k] * X[i, k], (k, 1, n))
HIDDEN = tanh(Sum(W[k, l] * X[i, l], (l, 1, n)) + U[k])
OUT = Sum(V[j, k] * HIDDEN, (k, 1, H))
DISTANCE = sqrt(Sum((W[i, k] - W[j, k]) ** 2, (k, 1, n)) + 1)
PAIRS: dict[str, tuple[Any, Any, Any]] = {
    "squares": (Sum((w[i] - w[j]) ** 2, (i, 1, m), (j, 1, m)), {w: 40}, {}),
    "kernel": (Sum(exp(-((w[i] - w[j]) ** 2) / s), (i, 1, m), (j, 1, m)) / m**2, {w: 40}, {s: 0.5}),
    "absolute": (Sum(Abs(w[i] - w[j]) * x[i], (i, 1, m), (j, 1, m)), {w: 40}, {x: 40}),
    "upper half": (Sum(Sum((w[i] - w[j]) ** 2 * x[i], (j, i + 1, m)), (i, 1, m)), {w: 40}, {x: 40}),
    "lower half": (Sum(Sum(exp(w[i] * w[j]) * x[j], (j, 1, i)), (i, 1, m)), {w: 40}, {x: 40}),
    "distances": (Sum((DISTANCE - d[i, j]) ** 2, (i, 1, m), (j, 1, m)), {W: (40, 3)}, {d: (40, 40)}),
    "density": (-Sum(log(Sum(exp(-((w[i] - w[j]) ** 2)), (j, 1, m))), (i, 1, m)), {w: 40}, {}),
    "ranks": (Sum(Max(0, 1 - ROW + ROW.subs(i, j)), (i, 1, m), (j, 1, m)), {w: 3}, {X: (40, 3)}),
    "ranks of later ones": (
        Sum(d[i] * Sum(log(1 + exp(ROW.subs(i, j) - ROW)), (j, i + 1, m)), (i, 1, m - 1)),
        {w: 3},
        {X: (40, 3), d: 39},
    ),
    "softmax of a network": (
        -Sum(Y[i, j] * log(exp(OUT) / Sum(exp(OUT.subs(j, l)), (l, 1, K))), (j, 1, K), (i, 1, m)) / m,
        {W: (4, 3), U: 4, V: (2, 4)},
        {X: (40, 3), Y: (40, 2)},
    ),
    "every other entry": (
        Sum((y[i] - Sum(w[j] * x[2 * i + j - 2], (j, 1, n))) ** 2, (i, 1, m)),
        {w: 4},
        {x: 182, y: 90},
    ),
    "filters": (
        Sum((y[i] - Sum(Max(0, Sum(V[l, j] * x[i + j - 1], (j, 1, n))), (l, 1, K))) ** 2, (i, 1, m)),
        {V: (3, 4)},
        {x: 93, y: 90},
    ),
}


def drawn(shapes: Any) -> dict[Any, Any]:
    return {key: v if isinstance(v, float) else RNG.normal(size=v) for key, v in shapes.items()}


@pytest.mark.parametrize("name", PAIRS)
def test_tiles_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expr, shapes, data_shapes = PAIRS[name]
    cost, start, data = gd.Cost(expr, list(shapes)), drawn(shapes), drawn(data_shapes)
    whole, slopes = cost.compile().value_and_gradient(start, data)
    monkeypatch.setattr(tiled, "LARGE", 100)
    monkeypatch.setattr(tiled, "TILE", 120)
    cut = cost.compile()
    value, tiled_slopes = cut.value_and_gradient(start, data)
    assert value == pytest.approx(whole, rel=1e-12)
    for p in shapes:
        np.testing.assert_allclose(tiled_slopes[p], slopes[p], rtol=1e-9, atol=1e-11)
    assert cut.value(start, data) == pytest.approx(whole, rel=1e-12)
    run = cost.descend(start, data, learning_rate=1e-4, maxiter=2, gtol=0, hoist=False)
    assert "for at in range(0, " in run.source and run.history.cost[0] == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("name", list(CASES))
def test_every_cost_that_can_be_tiled_gives_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]()
    program = case.program()
    whole = Compiled(program).value_and_gradient(case.start, case.data)
    monkeypatch.setattr(tiled, "LARGE", 20)
    monkeypatch.setattr(tiled, "TILE", 60)
    value, slopes = Compiled(program).value_and_gradient(case.start, case.data)
    assert value == pytest.approx(whole[0], rel=1e-12)
    for p, right in whole[1].items():
        np.testing.assert_allclose(slopes[p], right, rtol=1e-9, atol=1e-11)


def peak(call: Any) -> int:
    call()
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("name", ["squares", "kernel", "absolute", "upper half", "density", "ranks of later ones"])
def test_pairs_never_take_the_memory_of_all_pairs(name: str) -> None:
    expr, shapes, data_shapes = PAIRS[name]
    grown = [{key: 1460 + v if v in (39, 40) else (1500, *v[1:]) if isinstance(v, tuple) else v for key, v in part.items()}
             for part in (shapes, data_shapes)]  # fmt: skip
    start, data = map(drawn, grown)
    bound = gd.Cost(expr, list(shapes)).compile().bind(data)
    flat = bound.flat(start)
    assert peak(lambda: bound.fun_and_jac(flat)) < 1500 * 1500 * 8 / 3  # an array of all pairs takes 18 MB


def test_what_data_alone_give_is_made_once() -> None:
    """The kernel of a ridge regression: no tiles, though the differences of all pairs would be too large for each evaluation."""
    kernel = exp(-Sum((X[i, k] - X[j, k]) ** 2, (k, 1, n)) / 2)
    cost = gd.Cost(Sum((Sum(kernel * w[j], (j, 1, m)) - y[i]) ** 2, (i, 1, m)), [w])
    data = {X: RNG.normal(size=(310, 3)), y: RNG.normal(size=310)}
    bound, start = cost.compile().bind(data), RNG.normal(size=310)
    table = np.exp(-((data[X][:, None] - data[X]) ** 2).sum(axis=2) / 2)
    error = table @ start - data[y]
    value, slope = bound.fun_and_jac(start)
    assert value == pytest.approx(error @ error, rel=1e-12)
    np.testing.assert_allclose(slope, 2 * table @ error, rtol=1e-9)
    assert peak(lambda: bound.fun_and_jac(start)) < table.nbytes / 3


def test_a_network_takes_less_than_twice_its_largest_input() -> None:
    rows = 60_000
    cost = gd.Cost(Sum((Sum(V[1, k] * HIDDEN, (k, 1, H)) - y[i]) ** 2, (i, 1, m)) / m, [W, U, V])
    data = {X: RNG.normal(size=(rows, 10)), y: RNG.normal(size=rows), H: 20}
    bound = cost.compile().bind(data)
    flat = bound.flat({W: RNG.normal(size=(20, 10)), U: np.zeros(20), V: RNG.normal(size=(1, 20))})
    assert peak(lambda: bound.fun_and_jac(flat)) < 2 * data[X].nbytes


def test_what_all_branches_share_leaves_the_case_distinction() -> None:
    """The slope of a ranking loss is a table of pairs times X, not a table of pairs and columns."""
    cost, start, _ = PAIRS["ranks"]
    run = gd.Cost(cost, list(start)).compile()
    assert "[:, :, None]" not in run.source and "@ X" in run.source
    z = np.array([[0.0], [0.5], [2.0]])  # a tie: 1 - z_1 + z_j is 0 for none, 1 - z_3 + z_j for none
    value, slope = run.value_and_gradient({w: [1.0]}, {X: z})
    pairs = 1 - z + z.T
    assert value == pairs[pairs > 0].sum()
    assert slope[w].tolist() == [((z.T - z)[pairs > 0]).sum()]
