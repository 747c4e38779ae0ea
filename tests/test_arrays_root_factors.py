"""Roots of differences of squares keep their digits at the edge: sqrt(a^2 - x^2) where x is nearly a."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import gdsym as gd

EDGE = [2 - 1e-12, 2 - 1e-9, 1.9999999, 1.5, 0.3, 1e-9, -1.99999, -2 + 1e-11]


def edge(at: float) -> mp.mpf:
    return 1 / mp.sqrt(4 - mp.mpf(at) ** 2)


@pytest.mark.parametrize(
    ("cost", "points", "slope"),
    [
        ("asin(w/2)", EDGE, edge),
        ("-acos(w/2)", EDGE, edge),
        ("asin(w)", [at / 2 for at in EDGE], lambda w: 1 / mp.sqrt(1 - mp.mpf(w) ** 2)),
        ("sqrt(4 - w**2)", EDGE, lambda w: -mp.mpf(w) * edge(w)),
        ("sqrt(w**2 - 9/4)", [1.5 + 1e-13, 1.5 + 1e-9, 2.0, 1e6], lambda w: w / mp.sqrt(mp.mpf(w) ** 2 - 2.25)),
        ("acos(1 - 2*w**2)", [1 - 1e-12, 1 - 1e-9, 0.3], lambda w: 2 / mp.sqrt(1 - mp.mpf(w) ** 2)),
    ],
)
def test_slopes_at_the_edge(cost: str, points: list[float], slope: Callable[[float], Any]) -> None:
    compiled = gd.Cost(cost, ["w"]).compile()
    with mp.workdps(50):
        for at in points:
            assert float(compiled.gradient({"w": at})["w"]) == pytest.approx(float(slope(at)), rel=1e-14)


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "dask"])
def test_entries_at_the_edge(backend: str) -> None:
    """With (w x_i)^2 and letters for both: what is squared is found in products and quotients."""
    if backend != "numpy":
        pytest.importorskip(backend)
    x, w = np.array(EDGE[:5]), 0.5
    cost = gd.Cost("Sum(asin(w*x[i]/a), (i, 1, m))/m", ["w"])
    run = cost.descend({"w": w}, {"x": x, "a": 1.0}, learning_rate=1e-9, maxiter=1, gtol=0, backend=backend)
    with mp.workdps(50):
        slopes = [mp.mpf(v) / mp.sqrt(1 - (mp.mpf(w) * mp.mpf(v)) ** 2) for v in x]
    assert float(run.history.gradient_norm[0]) == pytest.approx(float(mp.fsum(slopes) / len(x)), rel=1e-13)


def test_the_code_has_factors_and_pairs_have_none() -> None:
    assert "np.sqrt((2 - v0)*(2 + v0))" in gd.Cost("Sum(asin(w*x[i]/2), (i, 1, m))", ["w"]).compile().source
    assert "np.sqrt((x - w)*(x + w))" in gd.Cost("Sum(sqrt(x[i]**2 - w**2), (i, 1, m))", ["w"]).compile().source
    pairs = gd.Cost("w*Sum(sqrt(y[j]**2 - x[i]**2), (i, 1, m), (j, 1, n))", ["w"]).compile().source
    assert pairs.count("[:, None]") == 1


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
def test_lengths_whose_squares_are_no_floats(backend: str) -> None:
    """Plain numbers 3 and 4 times 1e200 or 1e-200: the length is 5 times that, and the slopes are 3/5 and 4/5."""
    if backend != "numpy":
        pytest.importorskip(backend)
    code = gd.Cost("sqrt(x**2 + y**2)", ["x", "y"]).compile(backend=backend)
    for scale in (1e200, 1.0, 1e-200):
        value, slopes = code.value_and_gradient({"x": 3 * scale, "y": -4 * scale})
        assert value == pytest.approx(5 * scale, rel=1e-15)
        assert [slopes["x"], slopes["y"]] == pytest.approx([0.6, -0.8], rel=1e-15)
    assert list(code.gradient({"x": 0.0, "y": 0.0}).values()) == [0, 0]
    beside_one = gd.Cost("sqrt(1 + 4*x**2)", ["x"]).compile(backend=backend)
    assert beside_one.gradient({"x": -1e200})["x"] == pytest.approx(-2, rel=1e-15)
    assert beside_one.value({"x": 1e200}) == pytest.approx(2e200, rel=1e-15)


def test_roots_of_arrays_are_plain_roots() -> None:
    """There NumPy's hypot takes several times as long."""
    assert "hypot" not in gd.Cost("Sum(sqrt(x[i]**2 + w**2), (i, 1, m))", ["w"]).compile().source
