"""Sums and means over axes, as NumPy has them: `a.sum(axis=0, keepdims=True)`, `np.sum(a, where=mask)`, Python's own `sum`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdsym.array_masks import made_one, masked
from gdsym.array_parts import Array, Axis, depth, refuse_list
from gdsym.array_totals import total
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

SUMS = ("sum", "mean", "average")
AXIS, KEPT = ("axis", "dim"), ("keepdims", "keepdim")


def summed(r: Arrays, name: str, e: ast.Call, args: list[ast.expr], level: int) -> Array:
    """Over all axes, or the one that is said."""
    if isinstance(e.func, ast.Name) and depth(args[0]) > 1:
        refuse_list(r, e, args[0])
    over, found = reduced(r, e, args, level, masked if name == "sum" else None)
    if isinstance(e.func, ast.Name) and name == "sum" and len(args) + len(e.keywords) == 1:
        over = over[: made_one(r, args[0], level) or 1]  # Python's own adds up rows
    entry = found.entry
    for axis in reversed(over):
        entry = total(entry, axis)
    if name in ("mean", "average") and over:
        entry = n.Div(entry, n.mul(*(axis.size for axis in over)))
    return left_over(r, e, found, over, entry)


def reduced(
    r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int, chosen: Any = None
) -> tuple[list[Axis], Array]:
    """The axes that a sum or maximum goes over, and what it is taken of; `chosen` reads what a mask leaves of an array."""
    said = [*args[1:], *(k.value for k in e.keywords if k.arg in AXIS)]
    if len(said) > 1 or any(k.arg not in (*AXIS, *KEPT) for k in e.keywords):
        raise r.error("One axis can be given: axis=0, and keepdims=True.", e)
    first = not said or getattr(said[0], "value", None) == 0
    found = (chosen(r, args[0], level, not (said or e.keywords)) if chosen and first else None) or r.value(
        args[0], level
    )
    return [r.axis(said[0], found)] if said else list(found.axes), found


def left_over(r: Arrays, e: ast.Call, found: Array, over: Sequence[Axis], entry: n.Node) -> Array:
    """The axes that a sum did not go over, and with keepdims=True one of one entry for each of the others."""
    kept = any(k.arg in KEPT and getattr(k.value, "value", None) is True for k in e.keywords)
    axes = tuple(r.unit() if axis in over else axis for axis in found.axes if kept or axis not in over)
    return Array(axes, entry)
