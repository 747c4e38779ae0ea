"""Slices in claims: lags and differences. What is called right is run in NumPy against differences of the cost."""

from __future__ import annotations

import numpy as np
import pytest

import gdsym as gd

AR = ("Sum((x[t] - phi*x[t - 1])**2, (t, 2, n))", "((x[1:] - phi*x[:-1])**2).sum()")
AR_FROM_0 = ("Sum((x[t] - phi*x[t - 1])**2, (t, 1, n - 1))", AR[1])
TWO = ("Sum((x[t] - phi*x[t - 1] - c*x[t - 2])**2, (t, 3, n))/2", "((x[2:] - phi*x[1:-1] - c*x[:-2])**2).sum()/2")
COLUMNS = ("Sum((X[i, j + 1] - phi*X[i, j])**2, (i, 1, n), (j, 1, n - 1))", "((X[:, 1:] - phi*X[:, :-1])**2).sum()")
RIGHT = [
    (AR, "-2*((x[1:] - phi*x[:-1])*x[:-1]).sum()"), (AR, "-2*(x[1:] - phi*x[:-1]) @ x[:-1]"), (AR_FROM_0, "-2*(x[1:] - phi*x[:-1]) @ x[:-1]"),
    (TWO, "-(x[2:] - phi*x[1:-1] - c*x[:-2]) @ x[1:-1]"), (COLUMNS, "-2*((X[:, 1:] - phi*X[:, :-1])*X[:, :-1]).sum()"),
    (AR, "-2*np.sum((x[1:] - phi*x[0:-1])*x[:-1])"),
]  # fmt: skip
WRONG = [
    (AR, "-2*(x[1:] - phi*x[:-1]) @ x[1:]"), (AR_FROM_0, "-2*x[1:] @ x[:-1]"), (TWO, "-(x[2:] - phi*x[1:-1] - c*x[:-2]) @ x[:-2]"),
    (COLUMNS, "-2*((X[1:] - phi*X[:-1])*X[:-1]).sum()"),
]  # fmt: skip


def _run(code: str, phi: float) -> float:
    rng = np.random.default_rng(5)
    return float(eval(code, {"np": np}, {"x": rng.normal(size=5), "X": rng.normal(size=(5, 5)), "c": 0.7, "phi": phi}))


def _slope(cost: str) -> float:
    return _run(cost, 0.8) - _run(cost, -0.2)  # exact for a square


@pytest.mark.parametrize(("cost", "claim"), RIGHT)
def test_right(cost: tuple[str, str], claim: str) -> None:
    assert gd.Cost(cost[0], ["phi"]).check({"phi": claim}).ok
    assert abs(_run(claim, 0.3) - _slope(cost[1])) < 1e-12


@pytest.mark.parametrize(("cost", "claim"), WRONG)
def test_wrong(cost: tuple[str, str], claim: str) -> None:
    verdict = gd.Cost(cost[0], ["phi"]).check({"phi": claim})
    assert not verdict.ok and verdict.factor is None and verdict.counterexample
    assert abs(_run(claim, 0.3) - _slope(cost[1])) > 1e-6


def test_lengths_must_fit() -> None:
    with pytest.raises(gd.ReadError, match="length n - 1 and an array of length n do not fit"):
        gd.Cost(AR[0], ["phi"]).check({"phi": "-2*(x[1:] - phi*x) @ x[:-1]"})


@pytest.mark.parametrize("part", ["x[:3]", "x[::2]", "x[-2:]", "x[:0]", "x[n:]", "x[1.5:]", "x[True:]", "x[1::-1]"])
def test_other_slices_are_refused(part: str) -> None:
    with pytest.raises(gd.ReadError, match="Slices leave out entries at the two ends"):
        gd.Cost(AR[0], ["phi"]).check({"phi": f"({part}).sum()"})
