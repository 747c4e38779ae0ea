"""What all tests share: one thread, no display, repeatable random tests."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest
from hypothesis import HealthCheck, settings
from tools import needs

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # started in the background: tests of Ctrl-C need the signal
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "gdsym", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gdsym")


def pytest_collection_finish() -> None:
    """Thirteen thousand tests stay to the end: the garbage collector need not look at them again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    """A figure left open by one test must not reach the next."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture(name="jax")
def _jax() -> Iterator[Any]:
    """JAX in double precision; its settings are as they were for the next test."""
    needs("jax")
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield jax
    jax.config.update("jax_enable_x64", before)
