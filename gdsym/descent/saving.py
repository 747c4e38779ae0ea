"""A run in one file: exact numbers, no pickle, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from gdsym.descent.history import ByName, Column, History
from gdsym.descent.result import Descent
from gdsym.errors import DescentError, GdsymTypeError

FORMAT = "gdsym descent 1"


def save(run: Descent, path: str | os.PathLike[str]) -> None:
    """Write `run`; a crash leaves either the old file or the new one."""
    target = Path(path)
    if target.is_dir() or not target.parent.is_dir():
        raise DescentError(f"Cannot save to {str(target)!r:.200}: it is a folder, or its folder does not exist.")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, about=np.array(json.dumps(_about(run))), **_arrays(run))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: str | os.PathLike[str]) -> Descent:
    """The run that `save` wrote; it has everything but the formulas that `explain` needs."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["about"][()]))
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError) as error:
        raise DescentError(f"{str(path)!r:.200} is no saved run: {error!s:.200}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise DescentError(f"{str(path)!r:.200} is no run that this version of gdsym reads (wanted: {FORMAT!r}).")
    return _built(about, arrays)


def _about(run: Descent) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "keys": [_key(k) for k in run.history.keys],
        "memory": list(run.memory),
        "rng_state": run.rng_state and _plain(run.rng_state),
        **{name: getattr(run, name) for name in ("status", "message", "nit", "nfev", "source", "name")},
    }


def _arrays(run: Descent) -> dict[str, Any]:
    history, count = run.history, len(run.history.keys)
    arrays = {f"column{c}": rows.array() for c, rows in enumerate(history.columns)}
    arrays |= {f"memory{j}": np.asarray(v) for j, v in enumerate(run.memory.values())}
    arrays |= {f"end{j}": np.asarray(v) for j, v in enumerate(run.params.values())}
    assert len(history.columns) == count + 2
    return arrays | {
        "step": history.step, "rate": history.rate, "fun": np.array(run.fun), "jac": run.jac,
        "epoch_step": history.epoch_step, "epoch_cost": history.epoch_cost,
    }  # fmt: skip


def _built(about: dict[str, Any], arrays: dict[str, Any]) -> Descent:
    keys = tuple(_symbol(k) for k in about["keys"])
    columns = tuple(Column([arrays[f"column{c}"]]) for c in range(len(keys) + 2))
    epochs = tuple(zip(map(int, arrays["epoch_step"]), map(float, arrays["epoch_cost"]), strict=True))
    history = History(keys, arrays["step"], columns, lambda: arrays["rate"], epochs)
    ends = [arrays[f"end{j}"] for j in range(len(keys))]
    memory = {name: arrays[f"memory{j}"] for j, name in enumerate(about["memory"])}
    return Descent(
        params=ByName((k, _number(v)) for k, v in zip(keys, ends, strict=True)),
        history=history,
        memory={name: _number(v) for name, v in memory.items()},
        rng_state=about["rng_state"] and _unplain(about["rng_state"]),
        at_end=lambda: (float(arrays["fun"]), arrays["jac"]),
        **{name: about[name] for name in ("status", "message", "nit", "nfev", "source", "name")},
    )


def _number(value: Any) -> Any:
    return float(value) if value.ndim == 0 else value


def _key(key: Any) -> dict[str, Any]:
    """A parameter's letter by kind, name and the assumptions that were given for it."""
    symbol = key.label if isinstance(key, sympy.IndexedBase) else key
    kind = "array" if isinstance(key, sympy.IndexedBase) else "number"
    return {"kind": kind, "name": symbol.name, "given": dict(symbol._assumptions_orig)}


def _symbol(key: dict[str, Any]) -> Any:
    if not isinstance(key.get("name"), str):
        raise GdsymTypeError("The saved run names a parameter by something that is no text.")
    given = {str(k): bool(v) for k, v in key["given"].items()}
    symbol = sympy.Symbol(key["name"], **given)
    return sympy.IndexedBase(symbol) if key["kind"] == "array" else symbol


def _plain(value: Any) -> Any:
    """JSON-able: arrays as lists with their type beside them."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "dtype": str(value.dtype)}
    return value.item() if isinstance(value, np.generic) else value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"array", "dtype"}:
        return np.array(value["array"], dtype=value["dtype"])
    return {k: _unplain(v) for k, v in value.items()} if isinstance(value, dict) else value
