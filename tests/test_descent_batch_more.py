"""Mini-batches: unbiased for every loss, symbolically; odd sizes; explained with the samples that were drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Piecewise, Rational, Sum, Symbol, exp, log, symbols

import gdsym as gd
from gdsym import losses, models, numeric
from gdsym.closing import tidy
from gdsym.verify import agree
from gdsym.written import nodes

w, b, lam = symbols("w b lambda")
i, j, m, n, K, q = symbols("i j m n K q", integer=True, positive=True)
x, y, X, v, W, c = (IndexedBase(letter) for letter in ("x", "y", "X", "v", "W", "c"))
SAMPLES, FEATURES = (i, 1, m), (j, 1, n)
LINE = models.line(w, b, x[i])
LINEAR = models.linear(v, b, X, i, FEATURES)
COSTS: dict[str, Any] = {
    "mse": (losses.mse(LINE, y[i], SAMPLES), [w, b]),
    "half mse": (losses.half_mse(LINEAR, y[i], SAMPLES), [v, b]),
    "mae": (losses.mae(LINE, y[i], SAMPLES), [w, b]),
    "huber": (losses.huber(LINE, y[i], SAMPLES, 1), [w, b]),
    "log loss": (losses.log_loss(models.logistic(LINE), y[i], SAMPLES), [w, b]),
    "hinge": (losses.hinge(LINE, y[i], SAMPLES), [w, b]),
    "softmax": (
        losses.softmax_cross_entropy(Sum(W[q, j] * X[i, j], FEATURES), c[i], SAMPLES, (q, 1, K)), [W],
    ),
    "ridge": (losses.mse(LINEAR, y[i], SAMPLES) + losses.ridge(v, FEATURES, lam), [v, b]),
    "lasso": (losses.mse(LINEAR, y[i], SAMPLES) + losses.lasso(v, FEATURES, lam), [v, b]),
    "poisson": (Sum(exp(LINE) - y[i] * LINE, SAMPLES) / m, [w, b]),
    "sum without 1/m": (Sum(log(1 + exp(-y[i] * LINE)), SAMPLES) + lam * w**2, [w, b]),
    "network": (losses.mse(Sum(v[q] * Sum(W[q, j] * X[i, j], FEATURES) ** 2, (q, 1, K)), y[i], SAMPLES), [W, v]),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_the_mean_of_the_samples_gradients_is_the_gradient(name: str) -> None:
    cost = gd.Cost(*COSTS[name])
    one = cost.sample(i)
    for p in cost.params:
        whole, each = cost.partial(p), one.partial(p)
        assert str(whole.wrt) == str(each.wrt)
        mean = nodes.Div(nodes.Sum(each.written, nodes.Sym(i), nodes.Num(1), nodes.Sym(m)), nodes.Sym(m))
        found = agree(mean, whole.written)
        assert found, f"{p}: {found}"
        doubled = agree(nodes.mul(nodes.Num(2), mean), whole.written)
        assert not doubled  # planted: a factor


DATA = {x: [1, 2, 3, 4, 5], y: [3, 5, 7, 9, 12]}
SQUARES = gd.Cost(losses.half_mse(LINE, y[i], SAMPLES), [w, b])


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_sizes_that_do_and_do_not_divide_the_samples(size: int) -> None:
    run = SQUARES.descend({w: 0, b: 0}, DATA, batch=size, rng=1, maxiter=4 * (5 // size), gtol=0)
    assert list(run.history.epoch_step) == [e * (5 // size) for e in range(5)] or run.history.epoch_step[-1] == run.nit
    assert run.history.epoch_cost[0] == pytest.approx(SQUARES.compile().value({w: 0, b: 0}, DATA))
    assert run.fun == pytest.approx(SQUARES.compile().value(run.params, DATA))
    with pytest.raises(gd.GdsymError, match="batch is 6, but there are 5"):
        SQUARES.descend({w: 0, b: 0}, DATA, batch=6)


@pytest.mark.parametrize("update", [None, "adam", "nesterov", gd.GradientDescent(simultaneous=False)])
def test_steps_of_batches_are_explained_with_their_samples(update: Any) -> None:
    run = SQUARES.descend({w: 0, b: 0}, DATA, batch=2, rng=3, maxiter=9, gtol=0, update=update)
    for k in range(9):
        told = run.explain(k)
        assert "1/B Σ" in told.text and told.drawn.startswith("samples drawn: ")
        rows = [int(r) for r in told.drawn.split(":")[1].split("(")[0].split(",")]
        residuals = [
            run.history.params[w][k] * DATA[x][r - 1] + run.history.params[b][k] - DATA[y][r - 1] for r in rows
        ]
        assert run.history.cost[k] == pytest.approx(sum(e**2 for e in residuals) / 4, rel=1e-12)
        slope = sum(e * DATA[x][r - 1] for e, r in zip(residuals, rows, strict=True)) / 2
        assert f"{abs(slope):.6g}" in told.text
        last = [line for line in told.lines if str(line.new) == "Sym(w)" or "w ←" in line.text()][-1]
        assert last.text().endswith(f"{run.history.params[w][k + 1]:.6g}")
    assert len({tuple(run.redrawn.rows(k)) for k in (0, 2, 4, 6)}) > 1  # shuffled anew each epoch


def test_a_resumed_batch_run_explains_all_its_steps(tmp_path: Path) -> None:
    whole = SQUARES.descend({w: 0, b: 0}, DATA, batch=2, rng=3, maxiter=9, gtol=0, update="adam")
    part = SQUARES.descend({w: 0, b: 0}, DATA, batch=2, rng=3, maxiter=5, gtol=0, update="adam")
    rest = SQUARES.descend({w: 0, b: 0}, DATA, batch=2, rng=99, maxiter=9, gtol=0, update="adam", resume=part)
    assert [rest.explain(k).text for k in range(9)] == [whole.explain(k).text for k in range(9)]
    part.save(tmp_path / "part")
    again = SQUARES.descend(
        {w: 0, b: 0}, DATA, batch=2, maxiter=9, gtol=0, update="adam", resume=gd.load(tmp_path / "part")
    )
    assert np.array_equal(again.history.cost, whole.history.cost)
    with pytest.raises(gd.GdsymError, match="loaded from a file"):
        again.explain(7)


def test_vector_parameters_schedules_and_rates_in_batches() -> None:
    cost = gd.Cost(losses.mse(LINEAR, y[i], SAMPLES), [v, b])
    k = Symbol("k")
    data = {X: [[1, 2], [3, 4], [5, 6.0]], y: [1, 2, 3]}
    rates = {v: Rational(1, 100) / (k + 1), b: 0.1}
    run = cost.descend({v: [0.0, 0], b: 0}, data, batch=1, rng=1, maxiter=5, gtol=0, learning_rate=rates)
    text = run.explain(4).text
    assert f"= {run.history.params[v][5][1]:.6g}" in text and f"= {run.history.params[b][5]:.6g}" in text


NUMBERS = {"x": np.arange(1.0, 13.0), "y": np.arange(12.0) ** 2, "X": np.arange(144.0).reshape(12, 12)}
OTHER_NUMBERS: dict[str, Any] = {
    "the index as a number": Sum((w * x[i] - i) ** 2, SAMPLES) / m,
    "the index as an exponent": Sum(w**i * x[i], SAMPLES),
    "one sample chosen": Sum((w - x[i]) ** 2 * KroneckerDelta(i, 3), SAMPLES),
    "cases by the index": Sum(Piecewise(((w - x[i]) ** 2, i > 5), (0, True)), SAMPLES),
    "an inner sum up to the index": Sum(Sum((w * x[i] - y[j]) ** 2, (j, 1, i)), SAMPLES),
    "the diagonal": Sum((w * X[i, i] - y[i]) ** 2, SAMPLES),
    "beside the first sample": Sum((w * x[i] - x[1]) ** 2, SAMPLES),
    "beside a sum over some": Sum((w * x[i]) ** 2, SAMPLES) + Sum(w * x[j], (j, 1, 3)),
    "without the first two": Sum((w * x[i]) ** 2, (i, 3, m)),
    "the first eight": Sum((w * x[i]) ** 2, (i, 1, 8)),
}


@pytest.mark.parametrize("name", OTHER_NUMBERS)
def test_costs_that_drawn_samples_would_change_are_refused(name: str) -> None:
    cost = gd.Cost(OTHER_NUMBERS[name], [w])
    data = {k: v for k, v in NUMBERS.items() if any(str(base) == k for base in OTHER_NUMBERS[name].atoms(IndexedBase))}
    assert cost.descend({w: 2}, data, learning_rate=1e-9, maxiter=1).nit == 1
    with pytest.raises(gd.CostError):
        cost.descend({w: 1}, data, learning_rate=1e-9, maxiter=1, batch=4)


def test_one_sample_may_use_its_index_as_a_number() -> None:
    assert gd.Cost(Sum((w * x[i] - i) ** 2, SAMPLES) / m, [w]).sample(i).expr == (w * x[i] - i) ** 2


def test_parameters_that_labels_choose_are_drawn() -> None:
    cost = gd.Cost(Sum((Sum(W[c[i], q] * v[q], (q, 1, K)) - y[i]) ** 2, SAMPLES) / m, [W, v])
    start, labels = {W: np.arange(6.0).reshape(3, 2), v: [1.0, -2.0]}, np.arange(12) % 3 + 1
    data = {c: labels, y: NUMBERS["y"]}
    run = cost.descend(start, data, batch=4, rng=1, learning_rate=1e-15, maxiter=3, gtol=0)
    assert np.mean(run.history.cost[:3]) == pytest.approx(cost.compile().value(start, data), rel=1e-9)


def test_a_second_run_in_batches_derives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a batch's formulas look like is worked out when a step is explained, once."""
    tidied: list[Any] = []
    monkeypatch.setattr(numeric, "tidy", lambda *it: tidied.append(it) or tidy(*it))
    cost = gd.Cost(SQUARES.expr, [w, b])
    first, second = (cost.descend({w: 0, b: 0}, DATA, batch=2, rng=seed, maxiter=5) for seed in (1, 2))
    assert not tidied
    assert first.explain(3).text != second.explain(3).text and len(tidied) == 3  # cost and two slopes
