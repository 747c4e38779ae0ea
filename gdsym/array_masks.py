"""Masks and cut values in NumPy's notation: conditions and how they are joined, `np.clip`, `np.select`, what a mask leaves of a sum."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import sympy

from gdsym.array_labels import met_by
from gdsym.array_parts import Array, Call, called, is_new, is_unit, is_whole, refuse_lists
from gdsym.claim_text import CHOSEN, ONE_TRUTH
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
COMPARED = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
OTHERWISE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
JOINED: dict[type[ast.operator], str] = {ast.BitAnd: "and", ast.BitOr: "or"}
LOGICAL = {"logical_and": "and", "logical_or": "or"}
FLOATS = ("float", "float32", "float64", "double", "floating")
INTEGERS = ("int", "int32", "int64", "uint8")


def condition(r: Arrays, e: ast.expr, level: int) -> Array:
    """`z > 0`, `np.greater(z, 0)`, and several of them joined by `&`, `|`, `~`: true or false, entry by entry."""
    name = called(e)
    if isinstance(e, ast.Compare) and len(e.ops) == 1 and type(e.ops[0]) in RELATIONS:
        return _compared(r, RELATIONS[type(e.ops[0])], (e.left, e.comparators[0]), e, level)
    if isinstance(e, ast.Call) and name in COMPARED and len(e.args) == 2:
        return _compared(r, COMPARED[name], e.args, e, level)
    if isinstance(e, ast.BinOp) and type(e.op) in JOINED:
        return _joined(r, JOINED[type(e.op)], (e.left, e.right), e, level)
    if isinstance(e, ast.Call) and name in LOGICAL and len(e.args) == 2:
        return _joined(r, LOGICAL[name], e.args, e, level)
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.Invert):
        return _turned(condition(r, e.operand, level + 1))
    if isinstance(e, ast.Call) and name == "logical_not" and len(e.args) == 1:
        return _turned(condition(r, e.args[0], level + 1))
    if isinstance(e, ast.Subscript) and is_condition(e.value):
        places = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
        if all(is_whole(place) or is_new(place) for place in places):
            return _with_new_axes(r, condition(r, e.value, level), e, places)
    if name == ONE_TRUTH:
        return _one_truth(r, e, condition(r, e.args[0], level + 1))  # type: ignore[attr-defined]
    raise r.error("A condition is needed here, such as z > 0, or (z > 0) & (z < 1).", e)


def _one_truth(r: Arrays, e: ast.expr, found: Array) -> Array:
    """The condition of `if c`, for which Python asks once."""
    if any(not is_unit(axis) for axis in found.axes):
        raise r.error(
            f"Python asks for one truth value after `if`, and gets {found.shape}; entry by entry it is np.where(c, a, b).",
            e.args[0],  # type: ignore[attr-defined]
        )
    return Array((), n.replace(found.entry, {axis.letter: axis.lower for axis in found.axes}))


def _with_new_axes(r: Arrays, found: Array, e: ast.expr, places: Sequence[ast.expr]) -> Array:
    """`mask[:, None]`."""
    rest, axes = list(found.axes), []
    for place in places:
        if not is_new(place) and not rest:
            raise r.error(f"There are fewer axes in {found.shape}.", e)
        axes.append(r.unit() if is_new(place) else rest.pop(0))
    return Array((*axes, *rest), found.entry)


def where_held(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> tuple[ast.Call, list[ast.expr]]:
    """`np.sum(a, axis=0, where=mask)` as the sum of np.where(mask, a, 0)."""
    (mask,) = (k.value for k in e.keywords if k.arg == "where")
    found, holds = r.value(args[0], level), condition(r, mask, level)
    chosen = r.together(lambda a, c: n.Cases(a, c, n.ZERO, n.TRUE), (found, holds), e)
    if [axis.ends for axis in chosen.axes] != [axis.ends for axis in found.axes]:
        raise r.error(f"The mask is {holds.shape}, what it is taken of {found.shape}.", e)
    inner = ast.Call(ast.Name("where", ast.Load()), [mask, args[0], ast.Constant(0)], [])
    rest = [k for k in e.keywords if k.arg != "where"]
    whole = ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "sum", ast.Load()), [inner, *args[1:]], rest)
    ast.fix_missing_locations(ast.copy_location(whole, e))
    return whole, list(whole.args)


def is_condition(e: ast.expr) -> bool:
    """Is this true or false, entry by entry?"""
    if isinstance(e, ast.BinOp):
        return type(e.op) in JOINED
    if isinstance(e, ast.UnaryOp):
        return isinstance(e.op, ast.Invert)
    return isinstance(e, ast.Compare) or called(e) in (*COMPARED, *LOGICAL, "logical_not", ONE_TRUTH)


def counted(found: Array) -> Array:
    """1 where it holds, 0 elsewhere, as NumPy counts."""
    return Array(found.axes, n.Cases(n.ONE, found.entry, n.ZERO, n.TRUE))


def _compared(r: Arrays, sign: str, sides: Sequence[ast.expr], e: ast.expr, level: int) -> Array:
    a, b = sides
    values = met_by(r, a, b, level) or r.value(a, level), met_by(r, b, a, level) or r.value(b, level)
    refuse_lists(r, e, sides, values)
    return r.together(lambda a, b: n.Rel(sign, _everywhere(a), _everywhere(b)), values, e)


def _everywhere(e: n.Node) -> n.Node:
    """Without saying where places are beyond the end: a condition holds or does not."""
    return n.rewrite(e, lambda part: part.pairs[0][0] if isinstance(part, n.Cases) and len(part.pairs) == 1 else part)


def _joined(r: Arrays, op: str, sides: Sequence[ast.expr], e: ast.expr, level: int) -> Array:
    return r.together(lambda a, b: n.Logic(op, a, b), tuple(condition(r, s, level + 1) for s in sides), e)


def _turned(found: Array) -> Array:
    holds = found.entry
    if isinstance(holds, n.Rel):
        return Array(found.axes, n.Rel(OTHERWISE[holds.op], *holds.children))
    return Array(found.axes, n.Logic("not", holds))


def masked(r: Arrays, e: ast.expr, level: int, whole: bool) -> Array | None:
    """`a[mask]` in a sum over all entries, or the first axis: 0 where the mask does not hold; None if it is something else.

    A mask of fewer axes leaves out whole rows; what one of two axes leaves stands in one row, and has no other axis.
    """
    if not isinstance(e, ast.Subscript) or not is_condition(e.slice):
        return None
    found, holds = r.value(e.value, level), condition(r, e.slice, level)
    fits = all(is_unit(a) == is_unit(b) for a, b in zip(found.axes, holds.axes, strict=False))  # a mask is not repeated
    if len(found.axes) < len(holds.axes) or not holds.axes or not fits:
        raise r.error(f"The mask is {holds.shape}, what it is taken of {found.shape}.", e)
    if len(holds.axes) > 1 and not whole:
        raise r.error("What a mask of several axes leaves is one row of numbers: .sum() without axis=.", e)
    rest = (r.unit() for _ in found.axes[len(holds.axes) :])
    holds = Array((*holds.axes, *rest), holds.entry)
    return r.together(lambda a, c: n.Cases(a, c, n.ZERO, n.TRUE), (found, holds), e)


def made_one(r: Arrays, e: ast.expr, level: int) -> int:
    """How many axes become one in `a[mask]`."""
    return len(condition(r, e.slice, level).axes) if isinstance(e, ast.Subscript) and is_condition(e.slice) else 0


def _clip(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.clip(u, a, b)` is min(max(u, a), b); None, or an end that is left out, is no end."""
    said = [
        *zip(("min", "max"), args[1:3], strict=False),
        *((str(k.arg).removeprefix("a_"), k.value) for k in e.keywords),
    ]
    ends = {name: r.value(end, level) for name, end in said if not _is_none(end)}
    if not args or len(args) > 3 or not ends or len(dict(said)) < len(said) or not set(ends) <= {"min", "max"}:
        raise r.error("clip is read as np.clip(u, 0, 1), with None for no end, or u.clip(min=0, max=1).", e)
    found = r.value(args[0], level)
    for name, func in (("min", sympy.Max), ("max", sympy.Min)):
        if name in ends:
            found = r.together(lambda u, end, func=func: n.Fn(func, u, end), (found, ends[name]), e)
    return found


def _is_none(e: ast.expr) -> bool:
    """None was read as `newaxis`."""
    return getattr(e, "id", None) == "newaxis"


def _astype(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Numbers are numbers here; whole ones only where nothing is cut off, as of a mask."""
    kind = args[1] if len(args) == 2 and not e.keywords else None
    if kind is not None and _keeps(kind, args[0]):
        return r.value(args[0], level)
    raise r.error("astype is read as .astype(float), and of masks as .astype(int).", e)


def _keeps(kind: ast.expr, e: ast.expr) -> bool:
    """Are numbers of this kind the same: floats, or whole ones of a mask?"""
    name = str(getattr(kind, "attr", getattr(kind, "id", getattr(kind, "value", ""))))
    return name in FLOATS or (name in INTEGERS and is_condition(e))


def _itself(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.asarray(u)`, `mask.float()`: the same numbers; `np.array([u, v])`: one behind the other."""
    if called(e) in ("array", "asarray") and len(args) == 1 and isinstance(args[0], (ast.List, ast.Tuple)):
        from gdsym.array_lists import stacked

        return stacked(r, e, args, level)
    if len(args) != 1 or any(k.arg != "dtype" or not _keeps(k.value, args[0]) for k in e.keywords):
        raise r.error("This is read with one argument only, and dtype=float (of masks also int).", e)
    return r.value(args[0], level)


def _item(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`u.item()`: the one number that there is."""
    found = _itself(r, e, args, level)
    if not all(map(is_unit, found.axes)):
        raise r.error(f"item() is that of a number, not of {found.shape}.", e)
    return Array((), n.replace(found.entry, {axis.letter: axis.lower for axis in found.axes}))


def _whole(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`int(k == c[i])`, Python's."""
    if len(args) != 1 or e.keywords or not is_condition(args[0]):
        raise r.error("int is read of a condition only, as in int(k == c[i]).", e)
    return r.value(args[0], level)


def _copysign(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """The size of a with the sign of b."""
    if len(args) != 2 or e.keywords:
        raise r.error("This is read as np.copysign(a, b) only.", e)
    values = r.value(args[0], level), r.value(args[1], level)

    def signed(a: n.Node, b: n.Node) -> n.Node:
        size = n.Fn(sympy.Abs, a)
        return n.Cases(size, n.Rel(">=", b, n.ZERO), n.Neg(size), n.TRUE)

    return r.together(signed, values, e)


def _chosen(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`a if c else b`: one of the two, of one shape, whatever c is."""
    test, values = condition(r, args[0], level), (r.value(args[1], level), r.value(args[2], level))
    if [a.ends for a in values[0].axes] != [a.ends for a in values[1].axes]:
        shapes = " and ".join(value.shape for value in values)
        raise r.error(f"The condition chooses between {shapes}; they must be alike.", e)
    return r.together(lambda c, a, b: n.Cases(a, c, b, n.TRUE), (test, *values), e)


def _select(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.select([c, d], [u, v], w)`: u where c holds, else v where d holds, else w (0 if left out)."""
    rest = [*args[2:], *(k.value for k in e.keywords if k.arg == "default")]
    lists = [a.elts for a in args[:2] if isinstance(a, ast.List)]
    if len(lists) < 2 or len(lists[0]) != len(lists[1]) or not lists[0] or len(rest) > 1 or len(e.keywords) > len(rest):
        raise r.error("select is read as np.select([c, d], [u, v], w).", e)
    tests = [condition(r, c, level) for c in lists[0]]
    values = [r.value(v, level) for v in lists[1]]
    last = r.value(rest[0], level) if rest else Array((), n.ZERO)
    count = len(tests)

    def chosen(*parts: n.Node) -> n.Node:
        pairs = zip(parts[count:-1], parts[:count], strict=True)
        return n.Cases(*(part for pair in pairs for part in pair), parts[-1], n.TRUE)

    return r.together(chosen, (*tests, *values, last), e)


MASKS: Mapping[str, Call] = MappingProxyType(
    {
        "clip": _clip, "clamp": _clip, "clip_by_value": _clip, "astype": _astype, "float": _itself, "double": _itself, "int": _whole,
        "asarray": _itself, "array": _itself, "copy": _itself, **dict.fromkeys(("clone", "detach", "numpy", "cpu"), _itself), "item": _item, "copysign": _copysign, "select": _select, CHOSEN: _chosen,
    }
)  # fmt: skip
