"""Saved runs: what `Descent.save` wrote comes back as it was; nothing in the file is executed."""

from __future__ import annotations

import base64
import binascii
import json
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from gdsym.arrays.byname import ByName
from gdsym.descent.contents import FORMAT, PLAIN
from gdsym.descent.history import Column, History
from gdsym.descent.result import Descent
from gdsym.errors import DescentError, GdsymTypeError

TYPES = ("f8", "i8", "u8", "u4", "i4")
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, binascii.Error, zlib.error, RecursionError)


def load(path: str | os.PathLike[str]) -> Descent:
    """The run that `Descent.save` wrote; it has everything but the formulas that `explain` needs."""
    if not isinstance(path, (str, os.PathLike)):
        raise GdsymTypeError(f"A run is loaded from a file: give its path, not {path!r:.60}.")
    try:
        contents = json.loads(Path(path).read_text(encoding="utf-8"))
        found = contents["format"]
    except OSError as error:
        raise DescentError(f"{str(path)!r:.200} cannot be read: {error.strerror or error!s:.100}.") from error
    except BROKEN as error:
        raise DescentError(f"{str(path)!r:.200} is no saved run: {error!s:.100}") from error
    if found != FORMAT:
        raise DescentError(f"{str(path)!r:.200} has the format {found!r:.60}; this version reads {FORMAT!r}.")
    try:
        return _run(contents)
    except BROKEN as error:
        raise DescentError(f"{str(path)!r:.200} is a damaged run ({type(error).__name__}): {error!s:.100}") from error


def _run(contents: dict[str, Any]) -> Descent:
    keys = tuple(_symbol(k) for k in contents["keys"])
    columns = tuple(Column([_unpacked(c)]) for c in contents["columns"])
    epochs = tuple((int(k), float.fromhex(cost)) for k, cost in contents["epochs"])
    rate, end = _unpacked(contents["rate"]), (float.fromhex(contents["fun"]), _unpacked(contents["jac"]))
    return Descent(
        params=ByName((k, _number(c[-1])) for k, c in zip(keys, columns, strict=False)),
        history=History(keys, _unpacked(contents["step"]), columns, lambda: rate, epochs),
        memory={name: _number(_unpacked(v)) for name, v in contents["memory"].items()},
        rng_state=contents["rng_state"] and _restored(contents["rng_state"]),
        anchor=None if contents["anchor"] is None else np.array(_unpacked(contents["anchor"])),
        at_end=lambda: end,
        **{name: contents[name] for name in PLAIN},
    )


def _unpacked(part: dict[str, Any]) -> Any:
    if part["type"] not in TYPES:
        raise ValueError(f"numbers of type {part['type']!r:.20}")
    raw = zlib.decompress(base64.b64decode(part["bytes"]))
    return np.frombuffer(raw, dtype="<" + part["type"]).reshape(part["shape"])


def _number(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else np.array(value)


def _symbol(key: dict[str, Any]) -> Any:
    """The letter again: a Symbol of this name is only a name, whatever it reads like."""
    if not isinstance(key["name"], str):
        raise ValueError("a parameter's name is no text")
    if key["kind"] == "matrix":
        return sympy.MatrixSymbol(key["name"], *(s if isinstance(s, int) else _symbol(s) for s in key["sizes"]))
    symbol = sympy.Symbol(key["name"], **{str(k): bool(v) for k, v in key["given"].items()})
    return sympy.IndexedBase(symbol) if key["kind"] == "array" else symbol


def _restored(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"type", "shape", "bytes"}:
        return np.array(_unpacked(value))
    return {k: _restored(v) for k, v in value.items()} if isinstance(value, dict) else value
