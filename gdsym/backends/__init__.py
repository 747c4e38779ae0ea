"""Engines beside NumPy: the same generated program, printed for Numba, JAX or Dask. Each is an extra, imported on use."""

from gdsym.backends.engines import Engine, engine

__all__ = ["Engine", "engine"]
