"""Chunks on other machines: two worker processes of a distributed scheduler, the same numbers, the data stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Sum, exp, log, symbols

import gdsym as gd

distributed = pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")

b, lam = symbols("b lambda")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
X, y, v = map(IndexedBase, ("X", "y", "v"))
SCORE = Sum(v[j] * X[i, j], (j, 1, n)) + b
LEAST = Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m)
COSTS = {
    "least squares": gd.Cost(LEAST, [v, b]),
    "lasso": gd.Cost(LEAST + Sum(Abs(v[j]), (j, 1, n)) / 10, [v, b]),
    "logistic": gd.Cost(Sum(log(1 + exp(SCORE)) - y[i] * SCORE, (i, 1, m)) / m, [v, b]),
}
START = {v: np.full(3, 0.2), b: 0}
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(1200, 3))
LABELS = (ROWS @ [1.0, -2.0, 0.5] + RNG.normal(size=1200) > 0).astype(float)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture
def data(client: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Chunks that live on the workers; to fetch them as a whole is an error."""
    held = client.persist([da.from_array(ROWS, chunks=(400, 3)), da.from_array(LABELS, chunks=400)])

    def refused(self: Any, *args: Any, **how: Any) -> Any:
        raise AssertionError(f"an array of shape {self.shape} was fetched")

    monkeypatch.setattr(da.Array, "__array__", refused)
    return dict(zip((X, y), held, strict=True))


@pytest.mark.parametrize("hoist", [True, False])
@pytest.mark.parametrize("name", COSTS)
def test_the_run_is_that_of_numpy(name: str, hoist: bool, data: Any) -> None:
    cost, steps = COSTS[name], 16 if hoist and name != "logistic" else 3
    how: Any = {"learning_rate": 0.2, "maxiter": steps, "gtol": 0, "hoist": hoist}
    run = cost.descend(START, data, backend="dask", **how)
    right = cost.descend(START, {X: ROWS, y: LABELS}, **how)
    assert run.nit == right.nit == steps and ("Quadratic" in run.message) == ("Quadratic" in right.message)
    for found, wanted in ((run.history.cost, right.history.cost), (run.history.params[v], right.history.params[v])):
        assert np.abs(found - wanted).max() <= 1e-10 * np.abs(wanted).max()


def test_a_number_that_is_none_is_found_where_it_is(data: Any) -> None:
    odd = da.where(da.arange(1200, chunks=400) == 777, np.nan, data[y])
    with pytest.raises(gd.GdsymError, match=r"y holds 1 value\(s\) that are not finite, the first at position 777"):
        COSTS["logistic"].descend(START, {X: data[X], y: odd}, backend="dask")


def test_chunks_that_cannot_be_made_end_the_run_with_its_rows(data: Any) -> None:
    def lost(part: Any) -> Any:
        raise OSError("the disk is gone")

    with pytest.raises(gd.GdsymError, match="could not be computed: OSError: the disk is gone"):
        COSTS["lasso"].descend(START, {X: data[X], y: data[y].map_blocks(lost, dtype=float)}, backend="dask")


def test_a_scheduler_that_is_lost_leaves_the_rows_so_far(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    def lost(*lazy: Any) -> Any:
        raise OSError("no scheduler")

    def watch(step: int, params: Any) -> None:
        if step == 2:
            monkeypatch.setattr(dask, "compute", lost)

    run = COSTS["logistic"].descend(START, data, backend="dask", callback=watch)
    assert run.status == "callback_error" and run.nit == 2 and len(run.history.cost) == 3
    assert "could not be computed: OSError: no scheduler" in run.message


def test_chunks_of_unknown_length_are_refused() -> None:
    rows, labels = da.from_array(ROWS, chunks=(400, 3)), da.from_array(LABELS, chunks=400)
    with pytest.raises(gd.GdsymError, match="compute_chunk_sizes"):
        COSTS["lasso"].descend(START, {X: rows[labels > 0], y: labels[labels > 0]}, backend="dask")
