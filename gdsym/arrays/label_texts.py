"""Entries by labels, and sums by labels, as Python text."""

from __future__ import annotations

from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ADD, ATOM, MUL, Name, Write

ADDED = {"scatter": "added_by_label", "spread": "added_by_place"}


def lookup_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return f"{write(op.args[0], ATOM)}[{', '.join(write(a, 0) for a in op.args[1:])}]", ATOM


def taken_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """The same where only speed counts: `np.take`, which chunked arrays know too, needs a fifth of the time for short rows."""
    table, *places = op.args
    if len(places) > 1 or not places[0].ndim:
        return lookup_text(op, write, name)
    return f"np.take({write(table, 0)}, {write(places[0], 0)}{', axis=0' if table.ndim > 1 else ''})", ATOM


def scatter_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    word = "np.bincount" if op.ndim == 1 else ADDED[op.kind]
    if op.ndim == 1 and op.args[0].ndim > 1:
        parts = [f"{write(a, ATOM)}.ravel()" for a in op.args]
    else:
        parts = [write(a, 0) for a in op.args]
    return f"{word}({', '.join(parts)}, {op.attr[0].text(name)})", ATOM


def spots_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    width = op.attr.text(name)
    factor = width if width.isidentifier() or width.isdigit() else f"({width})"
    return f"{write(op.args[0], MUL)}*{factor} + np.arange({width})", ADD
