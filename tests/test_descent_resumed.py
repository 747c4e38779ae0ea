"""To go on with a run: the stop tests know the row before, so that a run which was over stays over."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from sympy import symbols

import gdsym as gd

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
