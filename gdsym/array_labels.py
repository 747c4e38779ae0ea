"""Labels of a cost, `c` in S[i, c_i], as code has them: whole numbers that choose entries, counted from 0 whatever the cost counts from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gdsym.array_parts import Array, Axis, called, sum_of
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

COUNTED = ("arange", "range")
ADVICE = "A label is compared with a letter of range(K), or with np.arange(K), counted from 0; or both from 1."


def is_label(r: Arrays, e: ast.expr) -> bool:
    """Is this labels of the cost, all or one of them: `c`, `c - 1`, `c[i]`, `c[:, None]`, `c.astype(int)`?"""
    return _name(e)[0] in r.labels


def taken_apart(e: ast.expr) -> tuple[ast.expr, bool]:
    """Without `.astype(int)`, and without `- 1`; was there one?"""
    if called(e) in ("astype", "int") and isinstance(e, ast.Call):
        e = e.func.value if isinstance(e.func, ast.Attribute) else e.args[0] if len(e.args) == 1 else e
    one_less = isinstance(e, ast.BinOp) and isinstance(e.op, ast.Sub) and getattr(e.right, "value", None) == 1
    return (e.left if one_less else e), one_less  # type: ignore[attr-defined]


def chosen_by(r: Arrays, e: ast.expr, written: ast.expr, classes: n.Node, level: int) -> Array:
    """The labels as the cost counts them, of `c` or `c - 1`; its `classes` begin with this number."""
    label, one_less = taken_apart(written)
    labels = r.value(label, level)
    if one_less and classes != n.ONE:
        labels = Array(labels.axes, n.add(labels.entry, n.Num(-1)))
    r.one_less.add(one_less)
    if classes == n.ONE and len(r.one_less) > 1:
        raise r.error("Labels count from 0 at one place of the claim and from 1 at another, as in np.eye(K)[c - 1].", e)
    return labels


def met_by(r: Arrays, e: ast.expr, other: ast.expr, level: int) -> Array | None:
    """The labels e as they are counted by what they are compared with, a letter of a loop or np.arange; None if it is neither."""
    if not is_label(r, e) or is_label(r, other):
        return None
    name, one_less = _name(e)
    lower = r.labels[name]
    if isinstance(other, ast.Constant) and lower == n.ONE:
        raise r.error(f"Do labels count from 0 or from 1 here? {ADVICE}", e)
    first = _first(r, other)
    if first is None:
        return None
    if first == 1 and not one_less and lower == n.ONE:  # c[i] == k + 1
        r.one_less.add(True)
        return r.value(e, level)
    found = chosen_by(r, e, e, lower, level)
    return Array(found.axes, sum_of(found.entry, n.Neg(lower)))


def _name(e: ast.expr) -> tuple[str, bool]:
    """(the array of the labels, is 1 subtracted)."""
    e, one_less = taken_apart(e)
    while isinstance(e, ast.Subscript):
        e, less = taken_apart(e.value)
        one_less |= less
    return getattr(e, "id", ""), one_less


def _first(r: Arrays, e: ast.expr) -> int | None:
    """The number that k, `k + 1`, `np.arange(K)`, `np.arange(1, K + 1)[:, None]` begins with; None if it is something else."""
    if isinstance(e, ast.Subscript):
        return _first(r, e.value)
    if isinstance(e, ast.Name) and e.id in r.begun:
        begins = r.begun[e.id]
        found = 0 if begins == n.ZERO else 1 if begins == n.ONE else None
    elif isinstance(e, ast.Call) and called(e) in COUNTED:
        found = 0 if len(e.args) == 1 else 1 if getattr(e.args[0], "value", None) == 1 else None
    elif isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add) and getattr(e.right, "value", None) == 1:
        found = 1 if _first(r, e.left) == 0 else None
    elif not any(isinstance(part, ast.Name) and part.id in r.begun for part in ast.walk(e)):
        return None
    else:
        found = None
    if found is None:
        raise r.error(ADVICE, e)
    return found


def index_of(r: Arrays, axis: Axis, place: ast.expr, level: int) -> Array:
    """The indices in an axis that labels choose."""
    return chosen_by(r, place, place, axis.lower, level)
