"""What NumPy does with axes: new ones, broadcasting, shapes, norms; and functions entry by entry."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import sympy

from gdsym.array_kept import kept_axis, mask_of, refuse_kept
from gdsym.array_labels import index_of, is_label, refuse_parted, refuse_spare
from gdsym.array_loops import in_loop, may_be_there, place_in_loop, where_inside
from gdsym.array_made import refuse_strangers
from gdsym.array_parts import (
    Array,
    Axis,
    Call,
    Entry,
    alike,
    is_new,
    is_unit,
    is_whole,
    met,
    read_all,
    sum_of,
    whole_number,
)
from gdsym.reading import table
from gdsym.reading.forms import meaning
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

PARTS_OF = "Entries and parts of arrays are read as slices, x[0], x[-1] and [:, None]; for others write the claim with Sum(..., (i, 1, m))."

LIBRARIES = ("np", "numpy", "jnp", "torch", "tf", "scipy", "jax", "math")
LIBRARY_PARTS = ("linalg", "special", "nn", "functional", "math", "numpy")


def combined(arrays: Sequence[Array]) -> tuple[tuple[Axis, ...] | None, list[n.Node]]:
    """Axes and entries of arrays that meet entry by entry, lined up at their ends; no axes where they do not fit."""
    depth = max(len(array.axes) for array in arrays)
    padded = [(None,) * (depth - len(array.axes)) + array.axes for array in arrays]
    axes: list[Axis] = []
    for column in zip(*padded, strict=True):
        here = [axis for axis in column if axis is not None]
        long = [axis for axis in here if not is_unit(axis)] or here
        if not all(alike(axis.ends, long[0].ends) for axis in long):
            return None, []
        axes.append(long[0])
    return tuple(axes), [_at(array, axes[depth - len(array.axes) :]) for array in arrays]


def _at(array: Array, axes: Sequence[Axis]) -> n.Node:
    """The entry at the letters of other axes."""
    return n.replace(array.entry, {a.letter: met(a, b) for a, b in zip(array.axes, axes, strict=True)})


def indexed(r: Arrays, found: Array, e: ast.Subscript) -> Array:
    """`r[:, None]`: every axis as it is, and new ones of one entry; `x[1:]`, `x[:-1]`: without the first, without the last."""
    places = list(e.slice.elts) if isinstance(e.slice, ast.Tuple) else [e.slice]
    whole = sum(is_whole(place) for place in places)
    axes: list[Axis] = []
    rest, entry = list(found.axes), found.entry
    chosen: tuple[Axis, ...] = ()
    beyond: n.Node = n.TRUE
    for place in places:
        if is_new(place):
            axes.append(r.unit())
        elif is_whole(place) and rest:
            axes.append(rest.pop(0))
        elif rest and (mask := mask_of(place)) is not None:
            axis = rest.pop(0)
            kept = kept_axis(r, axis, mask, 0)
            chosen = _together(r, e, chosen, (kept,))
            axes += [kept] if chosen == (kept,) else []
            entry = n.replace(entry, {axis.letter: chosen[0].letter})
        elif rest and (count := whole_number(place)) is not None:
            axis = rest.pop(0)
            refuse_kept(r, axis, e)
            entry = n.replace(entry, {axis.letter: position(r, axis, count)})
        elif rest and is_label(r, place) and not in_loop(r, place):
            axis = rest.pop(0)
            labels = index_of(r, axis, place, 0)
            refuse_kept(r, axis, e)
            chosen = _together(r, e, chosen, labels.axes)
            axes += chosen if labels.axes is chosen else ()
            same: dict[n.Node, n.Node] = {a.letter: b.letter for a, b in zip(labels.axes, chosen, strict=True)}
            entry = n.replace(entry, {axis.letter: n.replace(labels.entry, same)})
        elif rest and in_loop(r, place):
            axis = rest.pop(0)
            at = place_in_loop(r, axis, place, 0)
            beyond = n.both(beyond, may_be_there(r, axis, place, at))
            entry = n.replace(entry, {axis.letter: at})
        elif isinstance(place, ast.Slice) and rest:
            axis = rest.pop(0)
            left, at = _cut(r, axis, place)
            axes.append(left)
            entry = n.replace(entry, {axis.letter: at})
        elif isinstance(place, ast.Constant) and place.value is ... and whole <= len(rest):
            count = len(rest) - whole
            axes, rest = [*axes, *rest[:count]], rest[count:]
        else:
            refuse_strangers(r, e.value)
            raise r.error(PARTS_OF, e)
    if chosen:
        refuse_parted(r, e, places, PARTS_OF)
    return Array((*axes, *rest), where_inside(entry, beyond))


def _together(r: Arrays, e: ast.Subscript, chosen: tuple[Axis, ...], axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Labels and masks at several places choose one entry each."""
    if chosen and [a.ends for a in chosen] != [a.ends for a in axes]:
        raise r.error(PARTS_OF, e)
    return chosen or axes


def position(r: Arrays, axis: Axis, count: int) -> n.Node:
    """The index of `x[0]`, `x[-1]`, counted as Python does."""
    if is_unit(axis) and count in (0, -1):
        return axis.lower
    r.needed(axis, count + 1 if count >= 0 else -count)
    return from_sympy(axis.lower.to_sympy() + count if count >= 0 else axis.upper.to_sympy() + count + 1)


def _cut(r: Arrays, axis: Axis, place: ast.Slice) -> tuple[Axis, n.Node]:
    """What is left of an axis, and what stands for its letter then."""
    refuse_kept(r, axis, place)
    refuse_spare(r, axis, place)
    if place.lower is place.upper is None and place.step is not None and whole_number(place.step) == -1:
        return axis, from_sympy(axis.lower.to_sympy() + axis.upper.to_sympy() - axis.letter.to_sympy())
    first, last = (0 if end is None else whole_number(end) for end in (place.lower, place.upper))
    if first is None or last is None or first < 0 or last > 0 or place.step or (place.upper and last == 0):
        raise r.error(
            "Slices leave out entries at the two ends, x[1:], x[:-1], x[2:-1], or turn them around, x[::-1].", place
        )
    lower, upper = axis.lower, from_sympy(axis.upper.to_sympy() - first + last)
    if lower == upper:
        return r.unit(), from_sympy(lower.to_sympy() + first)
    known = r.axis_of(sum_of(upper, n.Neg(lower), n.ONE))
    if known.lower == lower:
        return Axis(axis.letter, lower, upper), n.add(axis.letter, n.Num(first)) if first else axis.letter
    return known, sum_of(known.letter, n.Neg(known.lower), lower, n.Num(first))


def _transpose(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    (found,) = read_all(r, e, args, level, 1, "X.transpose(), or X.T")
    return Array(found.axes[::-1], found.entry)


def _turned(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """PyTorch's `X.t()`, of at most two axes."""
    (found,) = read_all(r, e, args, level, 1, "X.t()")
    if len(found.axes) > 2:
        raise r.error(f"t() of {found.shape}: at most two axes are needed.", e)
    return Array(found.axes[::-1], found.entry)


def _size(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`X.size(0)` of PyTorch, `np.size(X, 0)`, `np.size(X)`."""
    found = read_all(r, e, args[:1], level, 1, "X.size(0), or np.size(X)")
    counts = [axis.size for axis in found[0].axes]
    if len(args) == 1 and is_library(getattr(e.func, "value", e)):
        return Array((), n.mul(*counts))
    place = whole_number(args[1]) if len(args) == 2 else None
    if place is None or not -len(counts) <= place < len(counts):
        raise r.error(f"This is read as X.size(0), or np.size(X), here of {found[0].shape}.", e)
    return Array((), counts[place])


def _count(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    (found,) = read_all(r, e, args, level, 1, "X.numel()")
    return Array((), n.mul(*(axis.size for axis in found.axes)))


def _norm(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """The root of the sum of all squares."""
    (found,) = read_all(r, e, args, level, 1, "np.linalg.norm(a), the root of the sum of squares")
    entry: n.Node = n.Pow(found.entry, n.TWO)
    for axis in reversed(found.axes):
        entry = n.Sum(entry, axis.letter, axis.lower, axis.upper)
    return Array((), n.Root(entry, n.TWO))


def _flat(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """An array of one axis stays one, and loses axes of one entry."""
    (found,) = read_all(r, e, args, level, 1, "a.ravel()")
    axes = tuple(axis for axis in found.axes if not is_unit(axis))
    if len(axes) > 1:
        raise r.error(f"{found.shape} cannot be read as one row of numbers here.", e)
    return Array(axes, n.replace(found.entry, {axis.letter: axis.lower for axis in found.axes if is_unit(axis)}))


def _reshape(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`a.reshape(-1, 1)` is a[:, None], `a.reshape(-1)` one axis."""
    wanted = [ast.unparse(arg) for arg in args[1:]]
    if wanted in (["-1"], ["(-1,)"]):
        return _flat(r, e, args[:1], level)
    if wanted not in (["-1", "1"], ["(-1, 1)"], ["1", "-1"], ["(1, -1)"]) or e.keywords:
        raise r.error("reshape is read as .reshape(-1, 1), .reshape(1, -1) and .reshape(-1) only.", e)
    found = _flat(r, e, args[:1], level)
    column = wanted in (["-1", "1"], ["(-1, 1)"])
    return Array((*found.axes, r.unit()) if column else (r.unit(), *found.axes), found.entry)


def _like(value: n.Node) -> Call:
    def filled(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
        """An array as long as another, all entries the same."""
        if len(args) != 1 or any(k.arg != "dtype" for k in e.keywords):
            raise r.error("This is read as np.ones_like(y), also with dtype=.", e)
        return Array(r.value(args[0], level).axes, value)

    return filled


def power(base: n.Node, exponent: n.Node) -> n.Node:
    return n.Fn(sympy.exp, exponent) if base == n.Const(sympy.E) else n.Pow(base, exponent)


def _softmax(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`softmax(z, axis=1)`, in PyTorch's words dim=1: exp(z)/exp(z).sum(axis=1, keepdims=True)."""
    said = [*args[1:], *(k.value for k in e.keywords)]
    if not args or len(said) > 1 or any(k.arg not in ("axis", "dim") for k in e.keywords):
        raise r.error("softmax takes one array and axis=.", e)
    if not said and len(r.value(args[0], level).axes) > 1:
        raise r.error("softmax over which axis? SciPy takes all entries together, PyTorch rows; say axis= or dim=.", e)
    power = ast.Call(ast.Name("exp", ast.Load()), [args[0]], [])
    along = [ast.keyword("axis", value) for value in said]
    kept = ast.keyword("keepdims", ast.Constant(True))
    total = ast.Call(ast.Attribute(power, "sum", ast.Load()), [], [*along, kept])
    share = ast.copy_location(ast.BinOp(power, ast.Div(), total), e)
    return r.value(ast.fix_missing_locations(share), level)


def is_functional(owner: ast.expr, args: Sequence[ast.expr]) -> bool:
    """Is it PyTorch's `F.softmax(z, ...)`, not a method of an array F?"""
    return (
        isinstance(owner, ast.Name)
        and owner.id == "F"
        and bool(args)
        and not isinstance(args[0], (ast.Constant, ast.UnaryOp))
    )


def is_library(e: ast.expr) -> bool:
    """`np`, `np.linalg`, `scipy.special`."""
    return (isinstance(e, ast.Name) and e.id in LIBRARIES) or (
        isinstance(e, ast.Attribute) and e.attr in LIBRARY_PARTS and is_library(e.value)
    )


CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "transpose": _transpose, "t": _turned, "norm": _norm,
        "ravel": _flat, "flatten": _flat, "squeeze": _flat, "reshape": _reshape, "ones_like": _like(n.ONE),
        "zeros_like": _like(n.ZERO), "softmax": _softmax, "size": _size, "numel": _count,
    }
)  # fmt: skip
FUNCTIONS: dict[tuple[str, int], Entry] = {
    ("sqrt", 1): lambda u: n.Root(u, n.TWO),
    ("log", 1): lambda u: n.Fn(sympy.log, u),
    ("square", 1): lambda u: n.Pow(u, n.TWO),
    ("power", 2): power,
    ("maximum", 2): lambda u, v: n.Fn(sympy.Max, u, v),
    ("minimum", 2): lambda u, v: n.Fn(sympy.Min, u, v),
    ("fmax", 2): lambda u, v: n.Fn(sympy.Max, u, v),
    ("fmin", 2): lambda u, v: n.Fn(sympy.Min, u, v),
    ("log1p", 1): lambda u: n.Fn(sympy.log, n.Add(n.ONE, u)),
    ("expm1", 1): lambda u: n.Add(n.Fn(sympy.exp, u), n.Neg(n.ONE)),
    ("add", 2): n.Add,
    ("subtract", 2): lambda u, v: n.Add(u, n.Neg(v)),
    ("multiply", 2): n.Mul,
    ("divide", 2): n.Div,
    ("negative", 1): n.Neg,
    ("heaviside", 2): lambda u, v: n.Fn(sympy.Heaviside, u, v),
}


def function_of(name: str, count: int) -> Entry | None:
    known = FUNCTIONS.get((name, count)) or meaning(name, count)
    entry = table.FUNCTIONS.get(table.ALIASES.get(name, name))
    if known or entry is None or not entry.fewest <= count <= entry.most or name in ("max", "min"):
        return known
    return lambda *args: n.Fn(entry.func, *args)
