"""A run in one text file: exact numbers, no pickle, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from gdsym.arguments import file_path
from gdsym.descent.carried import carried
from gdsym.descent.packing import packed
from gdsym.export.saving import refuse_odd_place, written_whole

if TYPE_CHECKING:
    from gdsym.descent.result import Descent

FORMAT = "gdsym descent 1"
PLAIN = (
    "status",
    "message",
    "nit",
    "nfev",
    "source",
    "name",
    "first_index",
)  # attributes that are text or whole numbers


def save(run: Descent, path: str | os.PathLike[str]) -> Path:
    """Write `run`, and say where; a crash leaves either the old file or the new one."""
    target = file_path(path)
    refuse_odd_place(target)  # before the run is packed
    return written_whole(target, written(run))


def written(run: Descent) -> str:
    """The text that is saved."""
    return json.dumps(_contents(run))


def _contents(run: Descent) -> dict[str, Any]:
    history = run.history
    return {
        "format": FORMAT,
        **{name: getattr(run, name) for name in PLAIN},
        "keys": [_key(k) for k in history.keys],
        "columns": [packed(c.array()) for c in history.columns],
        "step": packed(history.step),
        "rate": packed(history.rate),
        "epochs": [[k, float(cost).hex()] for k, cost in history.epochs],
        "fun": float(run.fun).hex(),
        "jac": packed(run.jac),
        "memory": {name: packed(np.asarray(v)) for name, v in run.memory.items()},
        "anchor": None if run.anchor is None else packed(run.anchor),
        "carried": carried(run),
        "tried": None if run.tried is None else float(run.tried).hex(),
        "seen": run.seen and {name: [list(p.shape), p.sum] for name, p in run.seen.items()},
        "rng_state": None if run.rng_state is None else _plain(run.rng_state),
    }


def _key(key: Any) -> dict[str, Any]:
    """A parameter's letter by kind, name and the assumptions that were given for it."""
    if isinstance(key, sympy.MatrixSymbol):
        return _matrix_key(key)
    symbol = key.label if isinstance(key, sympy.IndexedBase) else key
    kind = "array" if isinstance(key, sympy.IndexedBase) else "number"
    return {"kind": kind, "name": symbol.name, "given": dict(symbol._assumptions_orig)}


def _matrix_key(key: Any) -> dict[str, Any]:
    """A matrix by name and sizes; one with sizes such as n + 1 is kept as an array of its name."""
    if all(size.is_Integer or size.is_Symbol for size in key.shape):
        sizes = [int(size) if size.is_Integer else _key(size) for size in key.shape]
        return {"kind": "matrix", "name": key.name, "given": {}, "sizes": sizes}
    return {"kind": "array", "name": key.name, "given": {}}


def _plain(value: Any) -> Any:
    """JSON-able: arrays packed, NumPy's numbers as Python's."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return packed(value)
    return value.item() if isinstance(value, np.generic) else value
