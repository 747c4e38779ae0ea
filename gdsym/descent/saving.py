"""Saved runs: what `Descent.save` wrote comes back as it was; nothing in the file is executed."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from gdsym.arrays.byname import ByName
from gdsym.descent.carried import BROKEN, restored
from gdsym.descent.contents import FORMAT, PLAIN
from gdsym.descent.formulas import Formulas
from gdsym.descent.history import Column, History, Steps
from gdsym.descent.packing import unpacked
from gdsym.descent.result import Descent
from gdsym.descent.seen import Print, prints
from gdsym.errors import DescentError, GdsymTypeError

STATUSES = (
    "converged", "max_steps", "diverged", "nonfinite", "stationary_not_min", "kink", "interrupted", "callback_error",
)  # fmt: skip


def load(path: str | os.PathLike[str]) -> Descent:
    """The run that `Descent.save` wrote, with every number exact; nothing in the file is run.

    Args:
        path: of the file.

    Returns:
        A `Descent`, which `Cost.descend(resume=...)` goes on with. `explain` needs the data, which are saved up to two
        million numbers.

    Raises:
        DescentError: the file cannot be read, or holds no run of this format. GdsymTypeError: the path is none.

    Example:
        >>> import tempfile
        >>> import gdsym as gd
        >>> run = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=0.5)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = run.save(f"{folder}/run.json")
        ...     gd.load(path).params["w"]
        3.0
    """
    if not isinstance(path, (str, os.PathLike)):
        raise GdsymTypeError(f"A run is loaded from a file: give its path, not {path!r:.60}.")
    try:
        contents = json.loads(Path(path).read_text(encoding="utf-8"))
        found = contents.get("format") if isinstance(contents, dict) else None
    except OSError as error:
        raise DescentError(f"{str(path)!r:.200} cannot be read: {error.strerror or error!s:.100}.") from error
    except BROKEN as error:
        raise DescentError(f"{str(path)!r:.200} is no saved run: {error!s:.100}") from error
    if found is None:
        raise DescentError(
            f"{str(path)!r:.200} is no saved run: it names no format. Derivations are saved for others to read."
        )
    if found != FORMAT:
        raise DescentError(f"{str(path)!r:.200} has the format {found!r:.60}; this version reads {FORMAT!r}.")
    try:
        return _run(contents)
    except BROKEN as error:
        raise DescentError(f"{str(path)!r:.200} is a damaged run ({type(error).__name__}): {error!s:.100}") from error


def read(text: str) -> Descent:
    """The run that this text was written from."""
    return _run(json.loads(text))


def _run(contents: dict[str, Any]) -> Descent:
    keys = tuple(_symbol(k) for k in contents["keys"])
    columns = tuple(Column([unpacked(c)]) for c in contents["columns"])
    epochs = tuple((int(k), float.fromhex(cost)) for k, cost in contents["epochs"])
    steps = unpacked(contents["step"])
    shapes = {key: np.shape(c[-1]) for key, c in zip(keys, columns, strict=False)}
    rate, jac, anchor = unpacked(contents["rate"]), unpacked(contents["jac"]), contents["anchor"]
    anchor = None if anchor is None else np.array(unpacked(anchor))
    _checked(contents, columns, steps)
    _same_sizes(shapes, rate, (jac,) if anchor is None else (jac, anchor), len(steps))
    rule, formulas, evaluate = None, None, None
    if contents.get("carried") is not None:
        rule, formulas, evaluate = restored(contents["carried"], contents["name"], contents["first_index"], shapes)
    end = float.fromhex(contents["fun"]), jac
    return Descent(
        params=ByName((k, _number(c[-1])) for k, c in zip(keys, columns, strict=False)),
        history=History(keys, Steps([steps]), columns, lambda: rate, epochs),
        memory={name: _number(unpacked(v)) for name, v in contents["memory"].items()},
        rng_state=_state(contents["rng_state"]),
        anchor=anchor,
        at_end=lambda: end,
        evaluate=evaluate,
        rule=rule,
        formulas=formulas,
        tried=_tried(contents, rate),
        seen=_seen(contents, formulas),
        **{name: contents[name] for name in PLAIN},
    )


def _seen(contents: dict[str, Any], formulas: Formulas | None) -> dict[str, Print] | None:
    """What the data were; an older file tells it by the data themselves, if it has them."""
    kept = contents.get("seen")
    if kept is None:
        return None if formulas is None else prints(formulas.data)
    return {
        str(name): Print(tuple(map(int, shape)), None if s is None else int(s)) for name, (shape, s) in kept.items()
    }


def _tried(contents: dict[str, Any], rate: Any) -> float | None:
    """The rate that a line search found last; in an older file the last one that was kept."""
    if contents.get("searched") is True:
        return next((float(r) for r in np.ravel(rate)[::-1] if 0 < r < math.inf), 1.0)
    kept = contents.get("tried")
    found = None if kept is None else float.fromhex(kept)
    if found is not None and not 0 < found < math.inf:
        raise ValueError("a line search that found no rate")
    return found


def _checked(contents: dict[str, Any], columns: tuple[Column, ...], steps: Any) -> None:
    """The parts belong together: as many rows in each column as steps, and the numbers of a run."""
    if len(columns) != len(contents["keys"]) + 2 or {len(c) for c in columns} != {len(steps)} or not len(steps):
        raise ValueError("columns of different lengths")
    texts = ("status", "message", "source", "name")
    if not all(isinstance(contents[k], str) for k in texts) or contents["status"] not in STATUSES:
        raise ValueError("status or message is none that a run can have")
    if not all(type(contents[k]) is int for k in ("nit", "nfev", "first_index")) or contents["nit"] != int(steps[-1]):
        raise ValueError("the number of steps is not that of the history")
    if not (np.diff(steps) > 0).all():
        raise ValueError("steps that are not in order")


def _same_sizes(shapes: dict[Any, tuple[int, ...]], rate: Any, vectors: tuple[Any, ...], rows: int) -> None:
    """A rate for each row (of each parameter), and as many numbers in a flat vector as in the parameters."""
    if rate.shape not in ((rows,), (rows, len(shapes))):
        raise ValueError(f"rates of the shape {rate.shape}")
    if any(v.shape != (sum(map(math.prod, shapes.values())),) for v in vectors):
        raise ValueError("a vector of another length than the parameters")


def _state(kept: Any) -> dict[str, Any] | None:
    """The random state, with its arrays."""
    if kept is not None and not isinstance(kept, dict):
        raise ValueError("a random state of an unknown kind")
    return None if kept is None else {str(k): _restored(v) for k, v in kept.items()}


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
    """With arrays in place of packed ones."""
    if isinstance(value, dict) and set(value) == {"type", "shape", "bytes"}:
        return np.array(unpacked(value))
    return {k: _restored(v) for k, v in value.items()} if isinstance(value, dict) else value
