"""Products of arrays by name: `np.einsum`, `np.tensordot`, outer and inner products, PyTorch's `mm` and `mv`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsym.array_kinds import refuse_joined
from gdsym.array_parts import Array, Axis, Call, alike, met, read_all, whole_number
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def _einsum(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.einsum('ij,j->i', X, w)`: letters that meet are one axis, letters that are not on the right are added up over."""
    said = args[0].value if args and isinstance(args[0], ast.Constant) else None
    if not isinstance(said, str) or e.keywords:
        raise r.error("einsum begins with its letters in quotes: np.einsum('ij,j->i', X, w).", e)
    left, arrow, right = said.replace(" ", "").partition("->")
    groups = left.split(",")
    right = right if arrow else "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    arrays = [r.value(arg, level) for arg in args[1:]]
    fit = len(groups) == len(arrays) and all(len(g) == len(a.axes) for g, a in zip(groups, arrays, strict=False))
    if (
        not fit
        or not set(right) <= set(left)
        or len(set(right)) < len(right)
        or not (left.replace(",", "") + right).isalpha()
    ):
        shapes = ", ".join(array.shape for array in arrays)
        raise r.error(f"The letters of einsum do not fit what stands behind them ({shapes}).", e)
    found: dict[str, Axis] = {}
    for letter, axis in (
        (c, a) for g, array in zip(groups, arrays, strict=True) for c, a in zip(g, array.axes, strict=True)
    ):
        if not alike(axis.ends, found.setdefault(letter, axis).ends):
            raise r.error(f"The axes called {letter} differ in length.", e)
    entries = [
        n.replace(array.entry, {a.letter: met(a, found[c]) for c, a in zip(g, array.axes, strict=True)})
        for g, array in zip(groups, arrays, strict=True)
    ]
    entry = n.mul(*entries)
    for letter in [c for c in found if c not in right]:
        entry = n.Sum(entry, found[letter].letter, found[letter].lower, found[letter].upper)
    return Array(tuple(found[c] for c in right), entry)


def _outer(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Every entry of a with every entry of b."""
    a, b = read_all(r, e, args, level, 2, "np.outer(a, b)")
    if len(a.axes) != 1 or len(b.axes) != 1:
        raise r.error(f"np.outer of {a.shape} and {b.shape}: arrays of one axis are needed.", e)
    return Array((*a.axes, *b.axes), n.Mul(a.entry, b.entry))


def _inner(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Over the last axes of both."""
    a, b = read_all(r, e, args, level, 2, "np.inner(a, b)")
    return r.product(a, Array(b.axes[::-1], b.entry), e)


def _tensordot(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.tensordot(a, b, axes=1)`: the last axes of a meet the first of b, in their order; `axes=([0], [0])` says which."""
    said = [*args[2:], *(k.value for k in e.keywords)]
    if len(args) < 2 or len(said) > 1 or any(k.arg not in ("axes", "dims") for k in e.keywords):
        raise r.error("tensordot is read as np.tensordot(a, b, axes=1), or axes=([0], [0]).", e)
    refuse_joined(r, e, args[:2])
    a, b = r.value(args[0], level), r.value(args[1], level)
    inner, outer = _meeting(r, e, a, b, said[0] if said else ast.Constant(2))
    entry: n.Node = n.Mul(
        a.entry, n.replace(b.entry, {own.letter: met(own, over) for over, own in zip(inner, outer, strict=True)})
    )
    for over in reversed(inner):
        entry = n.Sum(entry, over.letter, over.lower, over.upper)
    left = [axis for axis in a.axes if axis not in inner], [axis for axis in b.axes if axis not in outer]
    return Array((*left[0], *left[1]), entry)


def _meeting(r: Arrays, e: ast.Call, a: Array, b: Array, axes: ast.expr) -> tuple[list[Axis], list[Axis]]:
    """The axes of both arrays that are added up over."""
    pair = axes.elts if isinstance(axes, (ast.Tuple, ast.List)) else []
    if (count := whole_number(axes)) is not None and 0 <= count <= min(len(a.axes), len(b.axes)):
        found = list(a.axes[len(a.axes) - count :]), list(b.axes[:count])
    elif len(pair) == 2:
        mine, theirs = (part.elts if isinstance(part, (ast.Tuple, ast.List)) else [part] for part in pair)
        found = [r.axis(place, a) for place in mine], [r.axis(place, b) for place in theirs]
    else:
        raise r.error(f"Which axes of {a.shape} and {b.shape} meet? Say axes=1, or axes=([0], [0]).", e)
    fit = len(found[0]) == len(found[1]) and all(alike(one.ends, other.ends) for one, other in zip(*found, strict=True))
    if not fit or any(len({axis.letter for axis in side}) < len(side) for side in found):
        raise r.error(f"The axes of {a.shape} and {b.shape} that meet here differ in length.", e)
    return found


def _product(*ranks: int) -> Call:
    def product(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
        """PyTorch's products say how many axes they take."""
        a, b = read_all(r, e, args, level, 2, "a.mm(b), a.mv(v)")
        if (len(a.axes), len(b.axes)) != ranks:
            raise r.error(f"This product is not one of {a.shape} and {b.shape}; `@` takes both.", e)
        return r.product(a, b, e)

    return product


PRODUCED: Mapping[str, Call] = MappingProxyType(
    {
        "einsum": _einsum, "outer": _outer, "inner": _inner, "tensordot": _tensordot, "mm": _product(2, 2),
        "mv": _product(2, 1),
    }
)  # fmt: skip
