"""To go on with a run: the stop tests know the row before, so that a run which was over stays over."""

from __future__ import annotations

import importlib.util
import json
import re
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd
from gdsym.descent.history import Recorder
from gdsym.descent.task import Parameter

w, b = symbols("w b")
VALLEY = gd.Cost((w - 3) ** 2 + (b + 1) ** 2 / 5, [w, b])
ENGINES = ("numpy", "numba", "jax")


def needs(backend: str) -> None:
    if backend != "numpy" and importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")


def valley(**how: Any) -> Any:
    return VALLEY.descend({w: 0, b: 0}, learning_rate=0.1, gtol=0, **how)


@pytest.mark.parametrize("backend", ENGINES)
def test_a_run_that_diverged_makes_no_further_step(backend: str) -> None:
    needs(backend)
    how: Any = {"learning_rate": 1.5, "maxiter": 500, "backend": backend}
    for every in (1, 3):
        run = gd.Cost(w**2, [w]).descend({w: 1}, keep_every=every, **how)
        more = gd.Cost(w**2, [w]).descend({w: 1}, keep_every=every, resume=run, **how)
        assert run.status == more.status == "diverged" and more.nit == run.nit == 11 and more.message == run.message


@pytest.mark.parametrize("backend", ENGINES)
def test_a_run_that_diverged_goes_on_at_a_better_rate(backend: str) -> None:
    needs(backend)
    cost = gd.Cost(w**2 + b**2, [w, b])
    run = cost.descend({w: 1, b: 2}, learning_rate=1.5, backend=backend)
    for rate in (0.1, {w: 0.1, b: 0.2}, "0.3/(1 + k/100)", "backtracking"):
        if backend == "numpy" or not isinstance(rate, str) or rate != "backtracking":
            more = cost.descend(resume=run, learning_rate=rate, backend=backend)
            assert more.status == "converged" and more.history.cost[0] == 5 and more.nit > run.nit
    worse = cost.descend(resume=run, learning_rate=3, backend=backend)
    assert worse.status == "diverged" and worse.nit > run.nit


@pytest.mark.parametrize("test", [{"xtol": 1e-4}, {"ftol": 1e-5}], ids=str)
@pytest.mark.parametrize("backend", ENGINES)
def test_tests_on_two_rows_span_the_seam(backend: str, test: Any) -> None:
    """Whether the first part ends one step early, at the very row, or by the same test."""
    needs(backend)
    whole = valley(backend=backend, **test)
    early, there = valley(backend=backend, maxiter=whole.nit - 1, **test), valley(backend=backend, maxiter=whole.nit)
    for first in (early, there, whole):
        more = valley(backend=backend, resume=first, **test)
        assert more.nit == whole.nit and more.status == "converged"
        same = backend == "numpy" or first is not there  # with another test it is another compiled loop
        assert np.allclose(more.history.cost, whole.history.cost, rtol=0 if same else 1e-12, atol=0)


def test_a_rate_at_the_limit_is_told_from_it() -> None:
    from gdsym.descent.verdict import _apart

    assert _apart(1.5, 1.0) == ("1.5", "1") and _apart(1.0000004, 1.0) == ("1.0000004", "1")
    assert _apart(0.10000001, 0.1) == ("0.10000001", "0.1")


x, y = IndexedBase("x"), IndexedBase("y")
i, m = symbols("i m", integer=True, positive=True)
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
XS, YS = np.arange(5000.0) / 5000, np.arange(5000.0) / 1000 + 1


def line(data: Any, **how: Any) -> Any:
    return LINE.descend({w: 0, b: 0}, data, learning_rate=0.1, gtol=0, **{"maxiter": 40, **how})


def test_a_run_goes_on_with_the_same_data_however_they_are_given() -> None:
    first = line({x: XS, y: YS}, maxiter=20)
    for same in ({"x": XS.tolist(), "y": YS.copy()}, {x: np.repeat(XS, 2)[::2], y: YS, m: 5000}):
        assert line(same, resume=first).nit == 40
    signed = np.where(XS == 0, -0.0, XS)  # an equal number, of other bits
    assert line({x: signed, y: YS}, resume=first).nit == 40


@pytest.mark.parametrize("hoist", [True, False])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({x: XS, y: 2 * YS}, "y holds other numbers"),
        ({x: XS[:40], y: YS[:40]}, "x had shape (5000,) and has (40,)"),
        ({x: XS[::-1], y: YS}, "x holds other numbers"),
    ],
)
def test_a_run_does_not_go_on_with_other_data(data: Any, said: str, hoist: bool, tmp_path: Any) -> None:
    first = line({x: XS, y: YS}, maxiter=20, hoist=hoist)
    first.save(tmp_path / "run")
    for run in (first, gd.load(tmp_path / "run")):
        with pytest.raises(gd.GdsymError, match=re.escape(said)):
            line(data, resume=run, hoist=hoist)


def test_data_that_were_changed_in_place_are_other_data() -> None:
    changing = YS.copy()
    first = line({x: XS, y: changing}, maxiter=20)
    changing *= 2
    with pytest.raises(gd.GdsymError, match="y holds other numbers"):
        line({x: XS, y: changing}, resume=first)


def test_another_number_and_another_cost_are_refused() -> None:
    lam = symbols("lambda")
    ridge = gd.Cost((w - 3) ** 2 + lam * w**2, [w])
    first = ridge.descend({w: 0}, {lam: 0.1}, maxiter=5)
    with pytest.raises(gd.GdsymError, match="lambda is another number"):
        ridge.descend(resume=first, data={lam: 0.2}, maxiter=9)
    with pytest.raises(gd.GdsymError, match="lambda is gone"):
        gd.Cost((w - 3) ** 2, [w]).descend(resume=first, maxiter=9)
    plain = gd.Cost((w - 3) ** 2, [w]).descend({w: 0}, maxiter=5)
    with pytest.raises(gd.GdsymError, match="another cost"):
        gd.Cost((w - 4) ** 2, [w]).descend(resume=plain, maxiter=9)
    assert gd.Cost(w**2 - 6 * w + 9, [w]).descend(resume=plain, maxiter=9).nit == 9


def test_an_older_file_is_known_by_the_data_that_it_carries(tmp_path: Any) -> None:
    line({x: XS, y: YS}, maxiter=20).save(tmp_path / "run")
    contents = json.loads((tmp_path / "run").read_text())
    del contents["seen"]
    (tmp_path / "old").write_text(json.dumps(contents))
    assert line({x: XS, y: YS}, resume=gd.load(tmp_path / "old")).nit == 40
    with pytest.raises(gd.GdsymError, match="y holds other numbers"):
        line({x: XS, y: -YS}, resume=gd.load(tmp_path / "old"))
    contents["carried"] = None
    (tmp_path / "bare").write_text(json.dumps(contents))
    assert line({x: XS, y: YS}, resume=gd.load(tmp_path / "bare")).nit == 40


@pytest.mark.parametrize("first", [None, gd.Momentum(), gd.Adam()], ids=str)
@pytest.mark.parametrize("then", [None, gd.Nesterov(), gd.RMSProp(), gd.Adam()], ids=str)
def test_another_rule_has_no_use_for_what_the_first_remembers(first: Any, then: Any, tmp_path: Any) -> None:
    run = valley(maxiter=3, update=first)
    run.save(tmp_path / "run")
    for part in (run, gd.load(tmp_path / "run")):
        if str(first) == str(then):
            assert valley(maxiter=5, update=then, resume=part).nit == 5
            continue
        with pytest.raises(gd.GdsymError, match=r"was made by .* start=run.params without resume"):
            valley(maxiter=5, update=then, resume=part)


def test_constants_of_a_rule_may_change_on_the_way() -> None:
    first = valley(maxiter=3, update=gd.Momentum(0.9))
    assert valley(maxiter=5, update=gd.Momentum(0.5), resume=first).nit == 5


SHORT = {
    "line": ((w * x[i] + b - y[i]) ** 2, {w: 0.5, b: 0}),
    "lasso": ((w * x[i] + b - y[i]) ** 2 + abs(w) / 9, {w: 0.5, b: 0}),
}


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("cut", [0, 1, 5, 12, 13])
def test_a_run_of_a_few_steps_goes_on_as_one_that_did_not_stop(name: str, backend: str, cut: int) -> None:
    """Whether a run is hoisted must not depend on where it ends."""
    needs(backend)
    body, start = SHORT[name]
    cost = gd.Cost(Sum(body, (i, 1, m)) / m, [w, b])
    rng = np.random.default_rng(5)
    data = {x: rng.normal(size=30), y: rng.normal(size=30)}
    how: dict[str, Any] = {"learning_rate": 0.1, "gtol": 0, "backend": backend}
    whole, first = (cost.descend(start, data, maxiter=n, **how) for n in (40, cut))
    rest = cost.descend(data=data, resume=first, maxiter=40, **how)
    for p in (w, b):
        assert (rest.history.params[p] == whole.history.params[p]).all()
    assert (rest.history.cost == whole.history.cost).all() and (
        rest.history.gradient_norm == whole.history.gradient_norm
    ).all()


@pytest.mark.parametrize("test", [{"xtol": 1e-3}, {"ftol": 1e-4}], ids=str)
@pytest.mark.parametrize("backend", ENGINES)
def test_a_run_in_batches_that_was_over_stays_over(test: dict[str, float], backend: str) -> None:
    """The last epoch is compared with the one before it, again."""
    needs(backend)
    rng = np.random.default_rng(5)
    data = {x: rng.normal(size=20), y: rng.normal(size=20)}
    cost = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / m, [w, b])
    how: dict[str, Any] = {
        "learning_rate": 0.1,
        "gtol": 0,
        "batch": 20,
        "rng": 1,
        "maxiter": 500,
        "backend": backend,
        **test,
    }
    over = cost.descend({w: 1, b: 0}, data, **how)
    again = cost.descend(data=data, resume=over, **how)
    assert over.status == "converged" and again.nit == over.nit < 500 and again.message == over.message
    assert (again.history.epoch_cost == over.history.epoch_cost).all()


@pytest.mark.parametrize("batch", [None, 7])
@pytest.mark.parametrize("every", [1, 3, 10])
def test_a_line_search_goes_on_from_the_last_rate(every: int, batch: int | None) -> None:
    """Where the row of the last step was not kept, it went on from an earlier step's rate."""
    cost = gd.Cost("Sum(log(1 + exp(-y[i]*(w*x[i] + b))), (i, 1, m))/m", ["w", "b"])
    rng = np.random.default_rng(0)
    data = {"x": rng.normal(size=30), "y": np.sign(rng.normal(size=30))}
    how: Any = {"learning_rate": "backtracking", "keep_every": every, "batch": batch, "gtol": 0}
    whole = cost.descend({"w": 0, "b": 0}, data, maxiter=40, **how)
    for cut in range(0, 40, 3 if batch else 5):
        first = cost.descend({"w": 0, "b": 0}, data, maxiter=cut, **how)
        if first.nit == cut:  # where no step goes down any more, it is over
            rest = cost.descend(None, data, maxiter=40, resume=first, **how)
            assert rest.nit == whole.nit and rest.x.tolist() == whole.x.tolist()


def test_a_rate_that_made_no_step_is_not_gone_on_from() -> None:
    """Ctrl-C between the search and the step: the row holds a rate, but its step is not made."""
    recorder = Recorder([Parameter("w", w, ())], 1, 10, 1)
    lists, _ = recorder.page(0)
    assert recorder.of_last_step(-2) is None
    for column, value in zip(lists, (0.0, 9.0, 0.5, 36.0), strict=True):
        column[0] = value
    assert recorder.of_last_step(-2) is None
    lists, _ = recorder.page(1)
    assert recorder.of_last_step(-2) is None
    for row in (0, 1):
        for column, value in zip(lists, (1.0, 4.0, 0.25 + row, 16.0), strict=True):
            column[row] = value
        assert recorder.of_last_step(-2) == 0.5 - row * 0.25
    assert [c[-1] for c in recorder.finish()[1]] == [1.0, 4.0, 1.25, 16.0]


@pytest.mark.parametrize(
    "how", [{"update": "momentum", "ftol": 1e-9}, {"update": "nesterov", "xtol": 1e-9}, {}], ids=str
)
@pytest.mark.parametrize("backend", ENGINES)
def test_a_very_short_first_part_changes_no_digit(backend: str, how: Any) -> None:
    """XLA rounded otherwise in a loop of one or two rows."""
    needs(backend)
    cost, start = gd.Cost("(1 - w)**2 + 100*(b - w**2)**2", ["w", "b"]), {"w": -1.2, "b": 1}
    how = {"learning_rate": 1e-3, "gtol": 0, "backend": backend, **how}
    whole = cost.descend(start, maxiter=40, **how)
    for cut in (1, 2, 5):
        rest = cost.descend(resume=cost.descend(start, maxiter=cut, **how), maxiter=40, **how)
        assert rest.x.tolist() == whole.x.tolist()
