"""One pass over blocks of samples: the same numbers as with all samples at once, and only where that is possible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, KroneckerDelta, Sum, exp, log, symbols, tanh

import gdsym as gd
from gdsym.arrays import blocked
from gdsym.arrays.along import along_samples
from gdsym.arrays.data import bind
from gdsym.arrays.memory import is_on_disk
from gdsym.descent.evaluate import evaluator
from gdsym.descent.task import Parameter

w, b, lam = symbols("w b lambda")
i, j, k, s, m, n, K, H = symbols("i j k s m n K H", integer=True, positive=True)
x, y, X, v, W, U, V, c = map(IndexedBase, ("x", "y", "X", "v", "W", "U", "V", "c"))
Z = Sum(v[j] * X[i, j], (j, 1, n)) + b
SCORE = Sum(W[k, j] * X[i, j], (j, 1, n))
SHARE = exp(SCORE) / Sum(exp(SCORE.subs(k, s)), (s, 1, K))
HIDDEN = Sum(V[k] * tanh(Sum(W[k, j] * X[i, j], (j, 1, n)) + U[k]), (k, 1, H))
COSTS = {
    "line": (Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b]),
    "absolute": (Sum(Abs(w * x[i] + b - y[i]), (i, 1, m)) / m, [w, b]),
    "ridge": (Sum((Z - y[i]) ** 2, (i, 1, m)) / m + lam * Sum(v[j] ** 2, (j, 1, n)), [v, b]),
    "logistic": (Sum(log(1 + exp(Z)) - y[i] * Z, (i, 1, m)) / m, [v, b]),
    "softmax": (-Sum(Sum(KroneckerDelta(c[i], k) * log(SHARE), (k, 1, K)), (i, 1, m)) / m, [W]),
    "hidden layer": (Sum((HIDDEN + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, U, V, b]),
    "root of a mean": ((Sum((w * x[i] - y[i]) ** 2, (i, 1, m)) / m) ** 2, [w]),
}
RNG = np.random.default_rng(4)
ROWS = RNG.normal(size=(70, 3))
DATA = {x: ROWS[:, 0], y: (ROWS @ [1, 2, 3] > 0).astype(float), X: ROWS, c: RNG.integers(1, 5, size=70), lam: 0.3}
START = {w: 0.3, b: -0.2, v: [0.1, -0.4, 0.2], U: [0.1, 0.2], V: [1.0, -1.0], W: [[0.1, 0.2, 0.3], [0.3, -0.1, 0.2]]}


def inputs(name: str) -> tuple[gd.Cost, dict[Any, Any], dict[Any, Any]]:
    expr, params = COSTS[name]
    start = {p: START[p] for p in params}
    if name == "softmax":
        start[W] = RNG.normal(size=(4, 3))
    used = {str(f) for f in expr.free_symbols}
    return gd.Cost(expr, params), start, {d: value for d, value in DATA.items() if str(d) in used}


@pytest.mark.parametrize("name", COSTS)
def test_a_run_in_blocks_is_the_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, start, data = inputs(name)
    settings: dict[str, Any] = {"learning_rate": 0.1, "maxiter": 40, "gtol": 0, "hoist": False}
    whole = cost.descend(start, data, **settings)
    monkeypatch.setattr(blocked, "_rows", lambda *_: 11)  # six blocks of 11 rows and one of 4
    cut = inputs(name)[0].descend(start, data, **settings)
    assert "range(0, m, 11)" in cut.source and "blocks" not in whole.source
    np.testing.assert_allclose(cut.history.cost, whole.history.cost, rtol=1e-12)
    np.testing.assert_allclose(cut.x, whole.x, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(
    ("expr", "params"),
    [
        (Sum((x[i] - w * x[i - 1]) ** 2, (i, 2, m)), [w]),  # neighbours meet
        (Sum((w * x[i] - Sum(tanh(w * x[k]), (k, 1, m)) / m) ** 2, (i, 1, m)), [w]),  # a mean first: two passes
        (log(Sum(exp(w * x[i]), (i, 1, m))), [w]),  # the largest entry first
        (Sum((v[i] - y[i]) ** 2, (i, 1, m)), [v]),  # a parameter for each sample
        (Sum(i * (w * x[i] - y[i]) ** 2, (i, 1, m)), [w]),  # the number of the sample
    ],
)
def test_what_needs_all_samples_at_once_is_not_cut(expr: Any, params: Any) -> None:
    assert along_samples(gd.Cost(expr, params).compile().program) is None


def test_wide_data_are_cut_without_being_asked() -> None:
    cost = inputs("logistic")[0]
    rows = RNG.normal(size=(40_000, 40))
    data = {X: rows, y: (rows[:, 0] > 0).astype(float)}
    run = cost.descend({v: np.zeros(40), b: 0.0}, data, maxiter=3, gtol=0)
    value, slope = cost.compile().value_and_gradient(run.params, data)
    assert "for X, y, in blocks:" in run.source and run.fun == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(run.jac[:40], slope[v], rtol=1e-10, atol=1e-14)


def test_a_few_evaluations_go_without_copies_in_column_order() -> None:
    cost = inputs("logistic")[0]
    rows = RNG.normal(size=(8_000, 40))
    program = cost.compile().program
    bound = bind(program, {X: rows, y: (rows[:, 0] > 0).astype(float)})
    found = blocked.in_blocks(program, bound, along_samples(program))
    assert found is not None and "asfortranarray(X[" in str(found.once)
    seldom, params = found.seldom, (Parameter("v", v, (40,)), Parameter("b", b, ()))
    assert "asfortranarray" not in str(seldom.once) and seldom.each == found.each
    many, few = (evaluator(p, params, bound)(np.full(40, 0.1), 0.2) for p in (found, seldom))
    assert few[0] == pytest.approx(many[0], rel=1e-14)
    np.testing.assert_allclose(few[1][0], many[1][0], rtol=1e-12)


def test_a_memory_map_is_read_in_blocks_and_never_copied(tmp_path: Path) -> None:
    on_disk = np.memmap(tmp_path / "x.bin", dtype=float, mode="w+", shape=(200_000,))
    on_disk[:] = RNG.normal(size=200_000)
    program = gd.Cost(*COSTS["line"]).compile().program
    bound = bind(program, {x: on_disk, y: np.asarray(on_disk) * 2})
    assert is_on_disk(bound["x"]) and np.shares_memory(bound["x"], on_disk)
    assert f"at:at + {blocked.NARROW + 8}" in str(blocked.in_blocks(program, bound, along_samples(program)))
