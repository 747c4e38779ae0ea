"""What kind of numbers an array holds, as NumPy counts them, and which code takes entries one by one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gdsym.array_calls import FUNCTIONS
from gdsym.array_made import EXTREMES
from gdsym.array_masks import INTEGERS, is_condition
from gdsym.array_parts import called
from gdsym.claim_text import PART_CHANGED
from gdsym.reading import table

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

TRUTH, WHOLE, REAL = range(3)
KEPT = (
    "zeros_like", "ones_like", "empty_like", "copy", "asarray", "array", "ravel", "flatten", "squeeze", "reshape", "transpose",
    "flip", "roll", "clip", "abs",
)  # fmt: skip
MADE = ("zeros", "ones", "empty", "astype")
ONE_BY_ONE = frozenset({"where", "clip", "clamp", "astype", "copy", "copysign", *(name for name, _ in FUNCTIONS), *table.FUNCTIONS, *table.ALIASES, *table.WRITTEN}) - {*EXTREMES}  # fmt: skip


def refuse_cut_off(r: Arrays, target: ast.Subscript, sign: str, value: ast.expr) -> None:
    """What is put into an array of whole numbers loses its fraction in NumPy, into one of true and false all but that."""
    holds = kind(target.value)
    truth = is_condition(value) or getattr(value, "value", None) in (0, 1)
    if kind(value) > holds or (sign == "/" and holds < REAL) or (holds == TRUTH and (sign or not truth)):
        what = "whole numbers" if holds == WHOLE else "true and false"
        raise r.error(f"This array holds {what} in NumPy, and cuts off what is put in; begin with floats.", target)


def kind(e: ast.expr) -> int:
    """True and false, whole numbers, or any: what is not known is taken for any."""
    if is_condition(e):
        return TRUTH
    if isinstance(e, ast.Constant):
        return WHOLE if isinstance(e.value, int) else REAL
    if isinstance(e, ast.UnaryOp):
        return max(kind(e.operand), WHOLE)
    if isinstance(e, ast.BinOp):
        return REAL if isinstance(e.op, ast.Div) else max(kind(e.left), kind(e.right))
    if isinstance(e, ast.Subscript):
        return kind(e.value)
    return _kind_of_call(e) if isinstance(e, ast.Call) else REAL


def _kind_of_call(e: ast.Call) -> int:
    name, args = called(e), list(e.args)
    if isinstance(e.func, ast.Attribute) and not isinstance(e.func.value, ast.Name):
        args = [e.func.value, *args]
    said = [k.value for k in e.keywords if k.arg == "dtype"] + args[-1:] * (name == "astype")
    if said:
        word = str(getattr(said[0], "attr", getattr(said[0], "id", getattr(said[0], "value", ""))))
        return TRUTH if word.startswith("bool") else WHOLE if word in INTEGERS else REAL
    if name == "where" and len(args) == 3:
        return max(map(kind, args[1:]))
    if name == PART_CHANGED or name in KEPT:
        return kind(args[0]) if args else REAL
    return REAL


def entrywise(e: ast.AST) -> bool:
    """Does the entry of it come from the same entries of its parts?"""
    if isinstance(e, ast.BinOp):
        return not isinstance(e.op, ast.MatMult)
    return isinstance(e, (ast.UnaryOp, ast.Compare)) or (isinstance(e, ast.Call) and called(e) in ONE_BY_ONE)
