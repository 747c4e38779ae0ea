"""The engines end runs as NumPy does: same status, same sentence, same rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import needs

import gdsym as gd

w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
DATA = {x: [1, 2, -4, 3], y: [1, 0, 2, 5.0]}
LINE = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / m
LOGS = Sum(-log(w * x[i] + 5) + w, (i, 1, m)) / m
RUNS: dict[str, Any] = {
    "diverged": (LINE, {w: 0, b: 0}, DATA, {"learning_rate": 1}),
    "nonfinite": (LOGS, {w: 0.5}, {x: DATA[x]}, {"learning_rate": 2}),
    "unbounded": (w**3, {w: -1}, None, {"learning_rate": 0.1}),
    "plateau": (1 / (1 + exp(-w)), {w: 20}, None, {}),
    "saddle": (w**2 - b**2, {w: 1, b: 0}, None, {"learning_rate": 0.1}),
    "kink": (Sum(abs(w * x[i] - y[i]), (i, 1, m)) / m, {w: 3}, DATA, {"learning_rate": 0.3, "maxiter": 500}),
    "batch": (LINE, {w: 0, b: 0}, DATA, {"batch": 2, "rng": 2, "maxiter": 40}),
    "Adam": (LINE, {w: 0, b: 0}, DATA, {"update": "adam", "maxiter": 100, "gtol": 0}),
}


@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", RUNS)
def test_an_engine_tells_the_same_end(name: str, backend: str) -> None:
    needs(backend)
    expr, start, data, how = RUNS[name]
    cost = gd.Cost(expr, list(start))
    if (name, backend) == ("batch", "dask"):
        with pytest.raises(gd.GdsymError, match="batch"):
            cost.descend(start, data, backend=backend, **how)
        return
    right, run = cost.descend(start, data, **how), cost.descend(start, data, backend=backend, **how)
    assert (run.status, run.nit) == (right.status, right.nit)
    assert run.message.split(" (Quadratic cost")[0] == right.message.split(" (Quadratic cost")[0]
    np.testing.assert_allclose(run.history.cost, right.history.cost, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(run.x, right.x, rtol=1e-10, atol=1e-12)


def test_rows_that_nobody_has_looked_at_do_not_count() -> None:
    """A compiled loop fills many rows; Ctrl-C among the looks at them leaves those that were looked at."""
    from gdsym.backends.chunks import ArrayRecorder, Driver, Pace
    from gdsym.descent.hooks import Hooks
    from gdsym.descent.task import Parameter

    params = [Parameter("w", symbols("w"), ())]
    recorder = ArrayRecorder(params, [], 40, 1, 0)
    back: list[int] = []

    class Filled:
        def __call__(self, first: int, start: int, stop: int, columns: Any, high: float) -> tuple[str, int]:
            for column in columns:
                column[start:stop] = 1.0
            return "", stop

        def until(self, stop: int) -> None:
            back.append(stop)

    def look(k: int, *theta: Any) -> str:
        if k == 7:
            raise KeyboardInterrupt
        return ""

    driver = Driver(Hooks(recorder, params, 0.0), recorder, Filled(), 0, 40, watch=look, pace=Pace(1.0, rows=30))
    with pytest.raises(KeyboardInterrupt):
        driver.run()
    steps, _ = recorder.finish()
    assert steps[-1] == 7 and back == [7]  # row 7 is row 6 of the second page
