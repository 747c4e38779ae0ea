"""What kind of numbers an array holds, as NumPy counts them, and which code takes entries one by one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.array_calls import FUNCTIONS, is_library
from gdsym.array_made import EXTREMES
from gdsym.array_masks import INTEGERS, is_condition
from gdsym.array_parts import called
from gdsym.claim_text import ADDED_AT, CHOSEN, LISTED, LOOP_LIST, LOOP_SET, PART_CHANGED
from gdsym.reading import table

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

TRUTH, WHOLE, REAL = range(3)
KEPT = (
    "zeros_like", "ones_like", "empty_like", "copy", "asarray", "array", "ravel", "flatten", "squeeze", "reshape", "transpose",
    "flip", "roll", "clip", "abs",
)  # fmt: skip
JOINING = (
    "dot",
    "matmul",
    "inner",
    "outer",
    "vdot",
    "einsum",
    "add",
    "subtract",
    "multiply",
    "tensordot",
)  # of masks they make masks
COUNTING = ("sum", "cumsum", "prod")
MADE = ("zeros", "ones", "empty", "astype")
ONE_BY_ONE = frozenset({"where", "clip", "clamp", "astype", "copy", "copysign", *(name for name, _ in FUNCTIONS), *table.FUNCTIONS, *table.ALIASES, *table.WRITTEN}) - {*EXTREMES}  # fmt: skip


def refuse_cut_off(r: Arrays, target: ast.Subscript, sign: str, value: ast.expr) -> None:
    """What is put into an array of whole numbers loses its fraction in NumPy, into one of true and false all but that."""
    if called(target.value) == LISTED:  # Python's lists hold anything
        return
    holds = kind(target.value)
    if r.labels and holds == REAL:
        holds = kind(_Whole(r).visit(copy.deepcopy(target.value)))
    truth = is_condition(value) or getattr(value, "value", None) in (0, 1)
    if kind(value) > holds or (sign == "/" and holds < REAL) or (holds == TRUTH and (sign or not truth)):
        what = "whole numbers" if holds == WHOLE else "true and false"
        raise r.error(f"This array holds {what} in NumPy, and cuts off what is put in; begin with floats.", target)


def _perhaps_truth(e: ast.expr) -> bool:
    """Is it a mask, or `a if c else b` of which one is?"""
    if isinstance(e, ast.Call) and getattr(e.func, "id", "") in ("where", CHOSEN) and len(e.args) == 3:
        return any(map(_perhaps_truth, e.args[1:]))
    return kind(e) == TRUTH


class _Whole(ast.NodeTransformer):
    """Labels as the whole numbers that they are."""

    def __init__(self, r: Arrays) -> None:
        self._labels = r.labels

    def visit_Name(self, e: ast.Name) -> ast.expr:
        return ast.Constant(0) if e.id in self._labels else e


def kind(e: ast.expr) -> int:
    """True and false, whole numbers, or any: what is not known is taken for any."""
    if is_condition(e):
        return TRUTH
    if isinstance(e, ast.Constant):
        return WHOLE if isinstance(e.value, int) else REAL
    if isinstance(e, (ast.List, ast.Tuple)):
        return max(map(kind, e.elts), default=REAL)
    if isinstance(e, ast.UnaryOp):
        return max(kind(e.operand), WHOLE)
    if isinstance(e, ast.BinOp):
        return REAL if isinstance(e.op, ast.Div) else max(kind(e.left), kind(e.right))
    if isinstance(e, ast.Subscript) or (isinstance(e, ast.Attribute) and e.attr == "T"):
        return kind(e.value)
    return _kind_of_call(e) if isinstance(e, ast.Call) else REAL


def _kind_of_call(e: ast.Call) -> int:
    name, args = called(e), list(e.args)
    if isinstance(e.func, ast.Attribute) and not is_library(e.func.value):
        args = [e.func.value, *args]
    said = [k.value for k in e.keywords if k.arg == "dtype"] + args[-1:] * (name == "astype")
    if said:
        word = str(getattr(said[0], "attr", getattr(said[0], "id", getattr(said[0], "value", ""))))
        return TRUTH if word.startswith("bool") else WHOLE if word in INTEGERS else REAL
    if name == LISTED:
        return kind(args[0]) if called(args[0]) == LOOP_LIST else WHOLE  # perhaps
    if name in ("where", CHOSEN) and len(args) == 3:
        return max(map(kind, args[1:]))
    if name == "bincount":
        return REAL if len(args) > 1 or any(k.arg == "weights" for k in e.keywords) else WHOLE
    if name == "arange":
        parts = [part for arg in e.args for part in ast.walk(arg)]
        return (
            REAL
            if any(isinstance(part, ast.Div) or type(getattr(part, "value", 0)) is float for part in parts)
            else WHOLE
        )
    if name in JOINING or name in COUNTING:
        return max([*map(kind, args), WHOLE if name in COUNTING else TRUTH]) if args else REAL
    if name == "full" and len(args) == 2:
        return kind(args[1])
    if name in (PART_CHANGED, LOOP_SET, LOOP_LIST, ADDED_AT) or name in KEPT:
        return kind(args[0]) if args else REAL
    return REAL


def refuse_joined(r: Arrays, e: ast.AST, parts: Sequence[ast.expr]) -> None:
    """NumPy adds up true and false as "or": 1 and 1 make 1."""
    if len(parts) > 1 and all(map(_perhaps_truth, parts)):
        raise r.error(
            "NumPy joins two masks by `+` and `@` (1 and 1 make 1) and refuses `-`; write `|`, or .astype(float).", e
        )


def entrywise(e: ast.AST) -> bool:
    """Does the entry of it come from the same entries of its parts?"""
    if isinstance(e, ast.BinOp):
        return not isinstance(e.op, ast.MatMult)
    return isinstance(e, (ast.UnaryOp, ast.Compare)) or (isinstance(e, ast.Call) and called(e) in ONE_BY_ONE)
