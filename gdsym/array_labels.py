"""Labels of a cost, `c` in S[i, c_i], as code has them: whole numbers that choose entries, counted from 0 whatever the cost counts from."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import IndexedBase

from gdsym.array_parts import Array, Axis, called, size, sum_of, whole_number
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

COUNTED = ("arange", "range")
NUMBERS = ("int", "int32", "int64", "intp", "float", "float64")  # of these kinds labels are the same numbers
SHAPED = ("reshape", "ravel", "flatten")
MARK = "label "
SPARE = (
    "Without its last class, this table is right for labels from 0: write minlength=K; labels from 1 are c - 1 from 0."
)
ADVICE = "A label is compared with a letter of range(K), or with np.arange(K), counted from 0; or both from 1."


def is_label(r: Arrays, e: ast.expr) -> bool:
    """Is this labels of the cost, all or one of them: `c`, `c - 1`, `c[i]`, `c[:, None]`, `c.astype(int)`?"""
    return _name(e)[0] in r.labels


def taken_apart(e: ast.expr) -> tuple[ast.expr, int]:
    """Without `.astype(int)`, and without `- 1`, also in `(c - 1)[i]`; how much was subtracted (more than 1 by mistake)."""
    if isinstance(e, ast.Call):
        owner = e.func.value if isinstance(e.func, ast.Attribute) else None
        if called(e) == "int" and owner is None and len(e.args) == 1:
            return taken_apart(e.args[0])
        if owner is not None and called(e) == "astype" and _word(e) in NUMBERS:
            return taken_apart(owner)
        if owner is not None and called(e) in SHAPED:
            inner, less = taken_apart(owner)
            func = ast.Attribute(inner, called(e), ast.Load())
            return ast.copy_location(ast.Call(func, e.args, e.keywords), e), less
    if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Sub) and (count := whole_number(e.right) or 0) > 0:
        inner, less = taken_apart(e.left)
        return inner, less + count
    if isinstance(e, ast.Subscript):
        inner, less = taken_apart(e.value)
        return ast.copy_location(ast.Subscript(inner, e.slice, e.ctx), e), less
    return e, 0


def _word(e: ast.Call) -> str:
    said = [*e.args, *(k.value for k in e.keywords if k.arg == "dtype")]
    return str(getattr(said[0], "attr", getattr(said[0], "id", getattr(said[0], "value", "")))) if said else ""


def chosen_by(r: Arrays, e: ast.expr, written: ast.expr, axis: Axis, level: int) -> Array:
    """The places, in an axis, of the labels `c` or `c - 1`; in one with a place more than there are classes, labels count from 1."""
    name, one_less = _name(written)
    if name not in r.labels and not _too_few(r, written) and in_labels(r, written):
        raise r.error("This is read as labels, c or c - 1, that choose entries.", e)
    lower, classes = r.labels.get(name, axis.lower), axis.lower
    labels = _as_coded(r, taken_apart(written)[0], level)
    if one_less and name in r.labels and lower == n.ZERO:
        raise r.error("In the cost these labels count from 0, where c - 1 would be one too few; write c for c - 1.", e)
    spare = lower == n.ONE and not one_less and name in r.labels and _is_known(r, axis.size, 1)
    if lower == n.ONE:
        _show(r, e, bool(one_less) or spare)
        r.spare |= spare
    less = n.Num(one_less) if one_less else n.ZERO if spare else lower
    return Array(labels.axes, sum_of(labels.entry, n.Neg(less), classes))


def _is_known(r: Arrays, count: n.Node, more: int) -> bool:
    """Is it the size of an axis of the cost, and so much more?"""
    known = {str(size(ends).to_sympy()) for _, axes in r.arrays.values() for ends in axes if ends is not None}
    return str(count.to_sympy()) not in known and str(count.to_sympy() - more) in known


def refuse_spare(r: Arrays, axis: Axis, place: ast.Slice) -> None:
    """A table with a place more than there are classes leaves out its last one where labels count from 0, and its first where from 1."""
    if r.spare and whole_number(place.upper) == -1 and place.lower is None and _is_known(r, axis.size, 1):
        raise r.error(f"Do labels count from 0 or from 1 here? {SPARE}", place)


def in_labels(r: Arrays, e: ast.expr) -> bool:
    """Do labels stand there?"""
    return any(getattr(part, "id", "") in r.labels for part in ast.walk(e))


def _too_few(r: Arrays, e: ast.expr) -> bool:
    """Is it `c - 2`, another class than c from wherever labels count?"""
    minus = isinstance(e, ast.BinOp) and isinstance(e.op, ast.Sub) and type(getattr(e.right, "value", None)) is int
    return minus and r.labels.get(_name(e.left)[0]) == n.ONE  # type: ignore[attr-defined]


def met_by(r: Arrays, e: ast.expr, other: ast.expr, level: int) -> Array | None:
    """The labels e as they are counted by what they are compared with, a letter of a loop or np.arange; None if they count from 0 in the cost."""
    (name, one_less), (their, less) = _name(e), _name(other)
    if name not in r.labels or (their in r.labels and (r.labels[their], less) == (r.labels[name], one_less)):
        return _as_coded(r, e, level) if name in r.labels else None
    below = None if their in r.labels else _below(r, other, level)
    if {r.labels[name], r.labels.get(their, n.ZERO)} == {n.ZERO}:
        if below is not None and _is_known(r, below, 1) and _first(r, other) == 1:
            raise r.error(
                "In the cost these labels count from 0; here they are compared with 1, 2, ... up to as many as there are classes.",
                e,
            )
        return None
    first = None if their in r.labels else _first(r, other)
    if (
        first == 1 and not one_less and below is not None and not _is_known(r, below, 1)
    ):  # range(1, K) leaves one class out
        first = 1 if r.one_less == {True} else 0 if r.one_less == {False} else None
    if first is None:
        raise r.error(f"Do labels count from 0 or from 1 here? {ADVICE}", e)
    from_1 = bool(one_less) or first == 1
    _show(r, e, from_1)
    found = _as_coded(r, taken_apart(e)[0], level)
    return Array(found.axes, sum_of(found.entry, n.Num(-one_less if one_less else 0 if from_1 else -1)))


def _show(r: Arrays, e: ast.expr, from_1: bool) -> None:
    """Labels of the code begin at 1 here, or at 0."""
    r.one_less.add(from_1)
    if len(r.one_less) > 1:
        raise r.error("Labels count from 0 at one place of the claim and from 1 at another, as in np.eye(K)[c - 1].", e)


def _as_coded(r: Arrays, e: ast.expr, level: int) -> Array:
    """These labels, marked as what chooses or is compared: what is left without a mark is a number."""
    found, name = r.value(e, level), _name(e.left if _too_few(r, e) else e)[0]  # type: ignore[attr-defined]
    if name not in r.labels:
        return found
    return Array(found.axes, _renamed(found.entry, name, n.Base(IndexedBase(MARK + name))))


def _renamed(entry: n.Node, old: str, new: n.Node) -> n.Node:
    def renamed(part: n.Node) -> n.Node:
        return n.Indexed(new, *part.indices) if isinstance(part, n.Indexed) and part.base.name == old else part

    return n.rewrite(entry, renamed)


def without_marks(r: Arrays, entry: n.Node, e: ast.expr) -> n.Node:
    """The labels by their own names; refused if they count from 0 as labels, and are numbers, which the cost counts from 1, elsewhere."""
    bases = {part.base.name for part in n.walk(entry) if isinstance(part, n.Indexed)}
    if False in r.one_less and any(lower == n.ONE and name in bases for name, lower in r.labels.items()):
        raise r.error("Labels that count from 0 are numbers here, too, which the cost counts from 1.", e)
    for name in r.labels:
        if MARK + name in bases:
            entry = _renamed(entry, MARK + name, r.arrays[name][0])
    return entry


def _name(e: ast.expr) -> tuple[str, int]:
    """(the array of the labels, how often 1 is subtracted)."""
    e, less = taken_apart(e)
    while isinstance(e, ast.Subscript) or (called(e) in SHAPED and isinstance(getattr(e, "func", None), ast.Attribute)):
        e = e.value if isinstance(e, ast.Subscript) else e.func.value  # type: ignore[attr-defined]
    return getattr(e, "id", ""), less


def _first(r: Arrays, e: ast.expr) -> int | None:
    """The number that k, `k + 1`, `k - 1`, `np.arange(K)`, `np.arange(1, K + 1)[:, None]` begins with; None if it is something else."""
    if isinstance(e, ast.Subscript):
        places = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
        return _first(r, e.value) if all(ast.unparse(place) in (":", "newaxis") for place in places) else None
    if called(e) in SHAPED and isinstance(e, ast.Call) and isinstance(e.func, ast.Attribute):
        return _first(r, e.func.value)
    if isinstance(e, ast.Name) and e.id in r.begun:
        begins = r.begun[e.id][0]
        found = 0 if begins == n.ZERO else 1 if begins == n.ONE else None
    elif isinstance(e, ast.Call) and called(e) in COUNTED:
        found = 0 if len(e.args) == 1 else 1 if getattr(e.args[0], "value", None) == 1 else None
    elif isinstance(e, ast.BinOp) and isinstance(e.op, (ast.Add, ast.Sub)) and getattr(e.right, "value", None) == 1:
        before, found = (0, 1) if isinstance(e.op, ast.Add) else (1, 0)
        found = found if _first(r, e.left) == before else None
    elif not any(isinstance(part, ast.Name) and part.id in r.begun for part in ast.walk(e)):
        return None
    else:
        found = None
    if found is None:
        raise r.error(ADVICE, e)
    return found


def _below(r: Arrays, e: ast.expr, level: int) -> n.Node | None:
    """Below which number k, `np.arange(1, K)[:, None]` stay, if they begin with 1; None if it is something else."""
    if isinstance(e, ast.Subscript):
        return _below(r, e.value, level)
    if called(e) in SHAPED and isinstance(e, ast.Call) and isinstance(e.func, ast.Attribute):
        return _below(r, e.func.value, level)
    if isinstance(e, ast.Name) and e.id in r.begun:
        first, last = r.begun[e.id]
        return last if first == n.ONE else None
    counted = isinstance(e, ast.Call) and called(e) in COUNTED and len(e.args) == 2
    if counted and getattr(e.args[0], "value", None) == 1:  # type: ignore[attr-defined]
        return r.value(e.args[1], level).entry  # type: ignore[attr-defined]
    return None


def index_of(r: Arrays, axis: Axis, place: ast.expr, level: int) -> Array:
    """The indices in an axis that labels choose."""
    return chosen_by(r, place, place, axis, level)


def refuse_parted(r: Arrays, e: ast.Subscript, places: Sequence[ast.expr], message: str) -> None:
    """Where a slice or a new axis stands between labels and numbers, NumPy puts the axes of the labels first."""
    sliced = [isinstance(place, ast.Slice) or ast.unparse(place) in ("newaxis", "...") for place in places]
    if True in sliced[sliced.index(False) : len(sliced) - sliced[::-1].index(False)]:
        raise r.error(message, e)
