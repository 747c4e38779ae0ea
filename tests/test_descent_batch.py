"""Mini-batches: unbiased, repeatable; saved runs; tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hand_programs import LINE, VECTOR, Input, Program, b, descended, v, w

from gdsym.descent import Batches, Descent, Settings
from gdsym.descent.batch import Draw, restored
from gdsym.descent.saving import load
from gdsym.errors import DescentError, GdsymError, GdsymTypeError
from gdsym.written.nodes import Sym

RNG = np.random.default_rng(5)
X = RNG.normal(size=12)
DATA: dict[str, Any] = {"x": X, "y": 3 * X - 1 + 0.1 * RNG.normal(size=12), "m": 12}
ZERO = {"w": 0.0, "b": 0.0}


def batches(size: int) -> Batches:
    return Batches(LINE, {**DATA, "m": size}, {"x": 0, "y": 0}, 12, size)


def run(size: int = 3, **options: Any) -> Descent:
    sizes = {n: options.pop(n) for n in ("maxiter", "gtol") if n in options}
    return descended(LINE, ZERO, DATA, batches=batches(size), learning_rate=0.1, settings=Settings(**sizes), **options)


def gradient(w0: float, b0: float, rows: Any = slice(None)) -> np.ndarray[Any, Any]:
    r = w0 * DATA["x"][rows] + b0 - DATA["y"][rows]
    return np.array([(r * DATA["x"][rows]).mean(), r.mean()])


@pytest.mark.parametrize("size", [1, 3, 4, 6, 12])
def test_the_mean_of_an_epochs_gradients_is_the_full_gradient(size: int) -> None:
    draw = Draw(batches(size), np.random.default_rng(0))
    seen = [draw(k) for k in range(12 // size)]
    assert sorted(np.concatenate([x for x, _ in seen])) == sorted(DATA["x"])
    slopes = [np.array([((2 * x - y) * x).mean(), (2 * x - y).mean()]) for x, y in seen]
    np.testing.assert_allclose(np.mean(slopes, axis=0), gradient(2.0, 0.0), rtol=1e-12)


def test_same_seed_same_run() -> None:
    one, two, other = run(rng=7, maxiter=50), run(rng=np.random.default_rng(7), maxiter=50), run(rng=8, maxiter=50)
    assert np.array_equal(one.history.params[w], two.history.params[w])
    assert not np.array_equal(one.history.params[w], other.history.params[w])
    assert np.array_equal(run(maxiter=9).x, run(maxiter=9).x)


def test_each_step_uses_its_batch() -> None:
    r = run(rng=3, maxiter=8, gtol=0)
    draw = Draw(batches(3), np.random.default_rng(3))
    theta = np.zeros(2)
    for k in range(9):
        x, y = draw(k)
        res = theta[0] * x + theta[1] - y
        assert r.history.params[w][k] == pytest.approx(theta[0], rel=1e-12)
        assert r.history.cost[k] == pytest.approx((res @ res) / 6, rel=1e-12)
        theta = theta - 0.1 * np.array([(res * x).mean(), res.mean()])


def test_full_cost_once_an_epoch_and_at_the_end() -> None:
    r = run(rng=3, maxiter=10, gtol=0)
    assert list(r.history.epoch_step) == [0, 4, 8]
    for k, cost in zip(r.history.epoch_step, r.history.epoch_cost, strict=True):
        res = r.history.params[w][k] * DATA["x"] + r.history.params[b][k] - DATA["y"]
        assert cost == pytest.approx((res @ res) / 24, rel=1e-12)
    res = r.params[w] * DATA["x"] + r.params[b] - DATA["y"]
    assert r.fun == pytest.approx((res @ res) / 24, rel=1e-12)
    np.testing.assert_allclose(r.jac, gradient(*r.x), rtol=1e-9)


def test_the_full_gradient_stops_a_batch_run() -> None:
    full = run(12, rng=0, maxiter=5000)  # one batch an epoch: the same as no batches
    assert full.success and np.linalg.norm(full.jac) <= 1e-6 and full.nit < 5000


def test_left_over_samples_sit_out_one_epoch() -> None:
    draw = Draw(batches(5), np.random.default_rng(0))
    for epoch in range(2):
        seen = np.concatenate([draw(2 * epoch + k)[0] for k in range(2)])
        assert len(seen) == 10 == len(set(seen))


@pytest.mark.parametrize("size", [0, 13, -1])
def test_batches_that_do_not_fit_are_refused(size: int) -> None:
    with pytest.raises(DescentError, match="12 samples"):
        batches(size)


def test_wrong_types_are_refused() -> None:
    for wrong in (2.5, "3", True):
        with pytest.raises(GdsymTypeError):
            batches(wrong)  # type: ignore[arg-type]
    with pytest.raises(GdsymTypeError, match="seed"):
        run(rng="lucky", maxiter=1)


def test_resume_draws_the_same_batches() -> None:
    whole = run(rng=1, maxiter=41, gtol=0)
    for stop in (16, 18):  # at an epoch's start, and inside one
        part = run(rng=1, maxiter=stop, gtol=0)
        rest = run(rng=99, maxiter=41, gtol=0, resume=part)
        assert np.array_equal(rest.history.params[w], whole.history.params[w])
        assert np.array_equal(rest.history.cost, whole.history.cost)
        assert list(rest.history.epoch_step) == list(whole.history.epoch_step) == list(range(0, 41, 4))
        assert np.array_equal(rest.history.epoch_cost, whole.history.epoch_cost)


@pytest.mark.parametrize("tests", [{"ftol": 1e-3}, {"xtol": 1e-2}, {"ftol": 1e-9, "xtol": 1e-3}])
@pytest.mark.parametrize("keep_every", [1, 3])
def test_a_resumed_run_stops_where_the_whole_one_does(tests: dict[str, float], keep_every: int, tmp_path: Path) -> None:
    def stopped(maxiter: int, resume: Descent | None = None) -> Descent:
        settings = Settings(maxiter=maxiter, gtol=0, keep_every=keep_every, **tests)
        made = descended(
            LINE, ZERO, DATA, batches=batches(3), learning_rate=0.1, rng=1, settings=settings, resume=resume
        )
        made.save(tmp_path / "run")
        return load(tmp_path / "run")

    whole = stopped(2000)
    assert whole.status == "converged" and whole.nit > 16
    for stop in (whole.nit - 4, whole.nit - 3):  # at an epoch's start, and inside one
        assert stopped(2000, stopped(stop)).nit == whole.nit


def test_a_saved_run_comes_back_exactly(tmp_path: Path) -> None:
    q = sympy.Symbol("w", real=True)
    program = Program((Input("w", Sym(q), "param"), *LINE.inputs[1:]), LINE.once, LINE.each, LINE.value, LINE.gradients)
    data = {"x": DATA["x"], "y": DATA["y"], "m": 12}
    first = descended(program, ZERO, data, update="adam", settings=Settings(maxiter=20, gtol=0))
    first.save(tmp_path / "run.gdsym")
    again = load(tmp_path / "run.gdsym")
    assert list(again.params) == [q, b] and again.params[q] == first.params[q] and again.nit == 20
    for name in ("cost", "gradient_norm", "rate", "step"):
        assert np.array_equal(getattr(again.history, name), getattr(first.history, name))
    assert (again.status, again.message, again.source, str(again)) == (
        first.status,
        first.message,
        first.source,
        str(first),
    )
    assert again.fun == first.fun and np.array_equal(again.jac, first.jac)
    whole = descended(program, ZERO, data, update="adam", settings=Settings(maxiter=35, gtol=0))
    rest = descended(program, ZERO, data, update="adam", settings=Settings(maxiter=35, gtol=0), resume=again)
    assert np.array_equal(rest.history.cost, whole.history.cost)
    assert list(tmp_path.iterdir()) == [tmp_path / "run.gdsym"]


def test_what_is_no_saved_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "other.npz").write_text(json.dumps({"format": "x"}))
    (tmp_path / "pickle.npz").write_text(json.dumps({"format": "gdsym descent 1", "keys": 3}))
    for name in ("text", "other.npz", "pickle.npz"):
        with pytest.raises(DescentError):
            load(tmp_path / name)
    with pytest.raises(GdsymError, match="folder"):
        run(maxiter=1).save(tmp_path / "nowhere" / "run")


def test_batch_runs_are_saved_with_their_random_state(tmp_path: Path) -> None:
    whole, part = run(rng=1, maxiter=41, gtol=0), run(rng=1, maxiter=18, gtol=0)
    part.save(tmp_path / "part")
    rest = run(maxiter=41, gtol=0, resume=load(tmp_path / "part"))
    assert np.array_equal(rest.history.cost, whole.history.cost)
    assert np.array_equal(rest.history.epoch_cost, whole.history.epoch_cost)


def test_the_table_is_small_and_says_why() -> None:
    lines = str(descended(LINE, ZERO, DATA, settings=Settings(maxiter=100, gtol=0))).splitlines()
    assert lines[0].startswith("made 100 steps") and lines[2].split() == ["step", "w", "b", "J(w,", "b)", "‖∇J‖"]
    assert [line.split()[0] for line in lines[3:]] == ["0", "1", "2", "3", "…", "99", "100"]


def test_the_table_says_that_its_costs_are_those_of_the_batches() -> None:
    lines = str(run(rng=1, maxiter=20, gtol=0)).splitlines()
    assert lines[2].split() == ["step", "w", "b", "J(w,", "b)", "of", "batch", "\u2016\u2207J\u2016", "of", "batch"]


def test_pandas() -> None:
    data = {"X": np.eye(3), "y": np.ones(3), "m": 3}
    r = descended(VECTOR, {"v": np.zeros(3), "b": 0.0}, data, settings=Settings(maxiter=4, gtol=0))
    frame = r.to_pandas()
    assert list(frame.columns) == ["step", "v[1]", "v[2]", "v[3]", "b", "cost", "gradient_norm"] and len(frame) == 5
    assert frame["v[2]"].iloc[-1] == r.params[v][1]


def test_a_run_that_is_cut_off_as_an_epoch_begins_goes_on_with_the_batches_of_its_last_row() -> None:
    """The next epoch is shuffled, its first row is not yet complete."""
    draw = Draw(batches(3), np.random.default_rng(4))
    drawn = [draw(k)[0].tolist() for k in range(9)]
    for last in (7, 8):
        again = Draw(batches(3), restored(draw.state(last)), last)
        assert [again(k)[0].tolist() for k in range(last, 9)] == drawn[last:]
