"""Arrays put one behind the other, `np.concatenate`, or side by side, `np.column_stack([X, np.ones(m)])`, `np.c_[X, y]`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsym.array_kept import refuse_kept
from gdsym.array_lists import stacked
from gdsym.array_parts import Array, Call, alike, called, is_unit, met, sum_of, whole_number
from gdsym.claim_text import PART_OF
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

ROWS, COLUMNS = 0, 1
AS_COLUMNS, AS_ROWS = ("column_stack", "c_"), ("r_",)


def joined(r: Arrays, pieces: Sequence[Array], e: ast.expr, along: int = ROWS) -> Array:
    """One behind the other along an axis; a number is one entry."""
    ranks = {len(piece.axes) or 1 for piece in pieces}
    if len(ranks) > 1 or max(ranks) > 2 or along >= max(ranks):
        raise r.error(f"{_shapes(pieces)} are not put together here; they have as many axes, one or two.", e)
    others = [[axis for at, axis in enumerate(piece.axes) if at != along] for piece in pieces]
    if any(not alike(a.ends, b.ends) for other in others for a, b in zip(other, others[0], strict=True)):
        raise r.error(f"{_shapes(pieces)} are put together here; they must be alike but for one axis.", e)
    for axis in (axis for piece in pieces for axis in piece.axes):
        refuse_kept(r, axis, e)
    counts = [piece.axes[along].size if piece.axes else n.ONE for piece in pieces]
    axis = r.axis_of(sum_of(*counts))
    found, begin = [], axis.lower
    for piece, other, count in zip(pieces, others, counts, strict=True):
        places: dict[n.Node, n.Node] = {a.letter: met(a, b) for a, b in zip(other, others[0], strict=True)}
        if piece.axes:
            own = piece.axes[along]
            places[own.letter] = own.lower if is_unit(own) else sum_of(axis.letter, own.lower, n.Neg(begin))
        begin = sum_of(begin, count)
        found += [n.replace(piece.entry, places), n.Rel("<", axis.letter, begin)]
    entry = n.Cases(*found[:-1], n.TRUE) if len(pieces) > 1 else found[0]
    axes = [*others[0]]
    axes.insert(along, axis)
    return Array(tuple(axes), entry)


def _shapes(pieces: Sequence[Array]) -> str:
    return " and ".join(piece.shape for piece in pieces)[:200]


def listed(r: Arrays, e: ast.expr, level: int) -> list[Array]:
    """`[0, d, 1]`: what is in it, one by one; else the array itself."""
    if isinstance(e, (ast.List, ast.Tuple)):
        found = [r.value(part, level) for part in e.elts]
        if found and not any(array.axes for array in found):
            return found
        raise r.error("A list of numbers is needed here, as in np.concatenate(([0], d)).", e)
    return [r.value(e, level)]


def _concatenate(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.concatenate(([0], d))`, `np.concatenate((X, Y), axis=1)`, `np.hstack((a, b))`."""
    said = [*args[1:], *(k.value for k in e.keywords if k.arg in ("axis", "dim"))]
    sideways = called(e) == "hstack"
    if not args or len(said) > 1 or len(e.keywords) > len(said) or (said and sideways) or not _is_row(args[0]):
        raise r.error(
            "This is read as np.concatenate((a, b)) for arrays of one axis, and with axis= for those of two.", e
        )
    pieces = [piece for part in args[0].elts for piece in listed(r, part, level)]  # type: ignore[attr-defined]
    count = max(len(piece.axes) for piece in pieces) or 1
    along = whole_number(said[0]) if said else int(sideways and count > 1)
    if along is None or not -count <= along < count:
        raise r.error(f"There is no such axis of {_shapes(pieces)}.", e)
    return joined(r, pieces, e, along % count)


def _is_row(e: ast.expr) -> bool:
    return isinstance(e, (ast.Tuple, ast.List)) and bool(e.elts) and not any(isinstance(p, ast.Starred) for p in e.elts)


def _column_stack(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    if len(args) != 1 or e.keywords or not _is_row(args[0]):
        raise r.error("This is read as np.column_stack((a, b)).", e)
    return _side_by_side(r, e, args[0].elts, level)  # type: ignore[attr-defined]


def _side_by_side(r: Arrays, e: ast.expr, parts: Sequence[ast.expr], level: int) -> Array:
    """Arrays of one axis are columns."""
    pieces = [r.value(part, level) for part in parts]
    if any(not 1 <= len(piece.axes) <= 2 for piece in pieces):
        raise r.error(f"{_shapes(pieces)} are no columns.", e)
    return joined(r, [Array((*p.axes, r.unit()), p.entry) if len(p.axes) == 1 else p for p in pieces], e, COLUMNS)


def put_together(r: Arrays, e: ast.Subscript, level: int) -> Array | None:
    """`np.c_[X, np.ones(m)]`, `np.r_[w, b]`; None if it is something else."""
    name = e.value.attr if isinstance(e.value, ast.Attribute) else ""
    if name not in (*AS_COLUMNS, *AS_ROWS):
        return None
    parts = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
    if any(
        isinstance(part, (ast.Slice, ast.Constant)) for part in parts if name == "c_" or isinstance(part, ast.Slice)
    ):
        raise r.error("This is read as np.c_[a, b], np.r_[a, b], of arrays.", e)
    if name == "c_":
        return _side_by_side(r, e, parts, level)
    return joined(r, [r.value(part, level) for part in parts], e)


def _vstack(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Arrays of one axis are rows."""
    if len(args) != 1 or e.keywords or not _is_row(args[0]):
        raise r.error("vstack is read as np.vstack((u, v)).", e)
    pieces = [r.value(part, level) for part in args[0].elts]  # type: ignore[attr-defined]
    if all(len(piece.axes) == 1 for piece in pieces):
        return stacked(r, e, args, level)
    if any(not 1 <= len(piece.axes) <= 2 for piece in pieces):
        raise r.error(f"{_shapes(pieces)} are no rows.", e)
    return joined(r, [Array((r.unit(), *p.axes), p.entry) if len(p.axes) == 1 else p for p in pieces], e)


def _append(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    if len(args) != 2 or e.keywords:
        raise r.error("This is read as np.append(a, b), for arrays of one axis.", e)
    pieces = [piece for part in args for piece in listed(r, part, level)]
    if any(len(piece.axes) > 1 for piece in pieces):
        raise r.error("This is read as np.append(a, b), for arrays of one axis.", e)
    return joined(r, pieces, e)


def _part_of(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """One entry of an array that has one for each parameter, which are numbers."""
    found, place, count = r.value(args[0], level), whole_number(args[1]) or 0, whole_number(args[2]) or 0
    rest = [axis for axis in found.axes if not is_unit(axis)]
    if len(found.axes) != 1 or not rest or rest[0].size.to_sympy() != count:
        raise r.error(
            f"The code comes to {found.shape}, the cost has {count} parameters: return one gradient for each, or give a dict.",
            args[0],
        )
    (axis,) = rest
    return Array((), n.replace(found.entry, {axis.letter: sum_of(axis.lower, n.Num(place))}))


JOINED: Mapping[str, Call] = MappingProxyType(
    {
        **dict.fromkeys(("concatenate", "hstack", "concat", "cat"), _concatenate), "append": _append, PART_OF: _part_of,
        "column_stack": _column_stack, "vstack": _vstack,
    }
)  # fmt: skip
