"""A run as a small table: its sentence, then the first and the last rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.errors import DescentError
from gdsym.export import notebook

if TYPE_CHECKING:
    from gdsym.descent.result import Descent

SHOWN = 4  # entries of an array that get a column of their own
HEAD, TAIL = 4, 2


def table(run: Descent) -> str:
    """The sentence, and under it step, parameters, cost and gradient norm of the first and last rows."""
    titles, body = _rows(run)
    widths = [max(len(line[j]) for line in [titles, *body]) for j in range(len(titles))]
    lines = [
        "  " + "   ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in [titles, *body]
    ]
    return "\n".join([run.message, "", *lines])


def shown(run: Descent) -> str:
    """The same as HTML, for a notebook."""
    return notebook.table(*_rows(run), caption=run.message)


def _rows(run: Descent) -> tuple[list[str], list[list[str]]]:
    """Titles, and the cells of the first and last rows."""
    titles, cells = _columns(run)
    count = len(run.history)
    rows = list(range(count)) if count <= HEAD + TAIL + 1 else [*range(HEAD), -1, *range(count - TAIL, count)]
    return titles, [["…" if j == 0 else "" for j in range(len(titles))] if r < 0 else cells(r) for r in rows]


def _columns(run: Descent) -> tuple[list[str], Callable[[int], list[str]]]:
    """Titles, and the cells of a row."""
    history, keys = run.history, run.history.keys
    names = [str(getattr(k, "label", k)) for k in keys]
    entries = list(
        itertools.chain.from_iterable(
            _entries(n, run.params[k], run.first_index) for n, k in zip(names, keys, strict=True)
        )
    )
    cost = f"{run.name}({', '.join(names)})" if len(names) <= SHOWN else run.name

    slope = "‖∇" + run.name + "‖"
    if run.history.epochs:
        cost, slope = f"{cost} of batch", f"{slope} of batch"

    def cells(r: int) -> list[str]:
        values = [c[r] for c in history.columns[: len(keys)]]
        shown = [f"{v:.6g}" for value in values for v in _numbers(value)]
        norm = float(history.columns[-1][r]) ** 0.5
        return [str(history.step[r]), *shown, f"{history.columns[len(keys)][r]:.4g}", f"{norm:.4g}"]

    return ["step", *entries, cost, slope], cells


def entry_name(place: tuple[int, ...], first: int) -> str:
    """`[1,2]`: the entry as the formula counts, from `first`."""
    return f"[{','.join(str(p + first) for p in place)}]" if place else ""


def _entries(name: str, value: Any, first: int) -> Iterator[str]:
    if np.ndim(value) == 0:
        yield name
    elif np.size(value) <= SHOWN:
        yield from (name + entry_name(place, first) for place in np.ndindex(np.shape(value)))
    else:
        yield f"‖{name}‖"


def _numbers(value: Any) -> Iterator[float]:
    if np.ndim(value) == 0 or np.size(value) <= SHOWN:
        yield from np.ravel(value)
    else:
        yield float(np.linalg.norm(np.ravel(value)))


def frame(run: Descent) -> Any:
    """The history as a pandas DataFrame; entries of arrays are named w[1], w[2] ... as in the formula.

    Beside a parameter called `step` or `cost` our own column is `step_`, `cost_`.
    """
    try:
        import pandas
    except ImportError as error:
        raise DescentError("to_pandas() needs pandas: pip install pandas.") from error
    history, columns = run.history, dict[str, Any]()
    for key, rows in history.params.items():
        name = str(getattr(key, "label", key))
        for place in np.ndindex(rows.shape[1:]):
            label = name + entry_name(place, run.first_index)
            columns[label] = rows[(slice(None), *place)]
    first, cost, slope = (f"{name}_" if name in columns else name for name in ("step", "cost", "gradient_norm"))
    return pandas.DataFrame({first: history.step, **columns, cost: history.cost, slope: history.gradient_norm})
