"""Staircases for running sums of exponentials: one stair is made at once, several as they are by definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd
from gdsym.arrays.stairs import STAIRS

i, j, m, n = symbols("i j m n", integer=True, positive=True)
w, x, d = (IndexedBase(name) for name in "wxd")
rng = np.random.default_rng(2)
space: dict[str, Any] = {"np": np}
exec(STAIRS, space)


def literal(z: Any, behind: bool) -> Any:
    top = np.array([z[at:].max(axis=0) if behind else z[: at + 1].max(axis=0) for at in range(len(z))]).reshape(z.shape)
    return 64 * np.floor(top / 64 + 0.5)


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("scale", [1.0, 40.0, 1000.0])
@pytest.mark.parametrize("shape", [(0,), (1,), (50,), (50, 3), (0, 3)])
def test_stairs(shape: tuple[int, ...], scale: float, behind: bool) -> None:
    z = scale * rng.normal(size=shape)
    np.testing.assert_array_equal(space["stairs"](z, behind), literal(z, behind))


def test_stairs_at_their_edges() -> None:
    for z in ([31.9, 32.0], [32.0, 31.9], [-32.0, -32.1], [-np.inf, 0.0], [np.inf, 0.0], [0.0, np.nan]):
        for behind in (False, True):
            np.testing.assert_array_equal(space["stairs"](np.array(z), behind), literal(np.array(z), behind))


@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
@pytest.mark.parametrize("ahead", [False, True])
def test_sums_of_exponentials_on_one_stair_and_on_many(scale: float, ahead: bool) -> None:
    """Against the sums at each end, each with its own largest exponent."""
    inside = Sum(exp(w[j] * x[j]), (j, i, m) if ahead else (j, 1, i))
    cost = gd.Cost(Sum(d[i] * log(inside), (i, 1, m)), [w])
    at, xs, ds = scale * rng.normal(size=40), rng.normal(size=40), rng.random(40)
    compiled = cost.compile()
    value, slope = compiled.value_and_gradient({w: at}, {x: xs, d: ds})
    z, total, right = at * xs, 0.0, np.zeros(40)
    for end in range(40):
        span = slice(end, None) if ahead else slice(None, end + 1)
        top = z[span].max()
        e = np.exp(z[span] - top)
        total += ds[end] * (top + np.log(e.sum()))
        right[span] += ds[end] * xs[span] * e / e.sum()
    assert value == pytest.approx(total, rel=1e-12)
    np.testing.assert_allclose(slope[w], right, rtol=1e-11, atol=1e-14)
