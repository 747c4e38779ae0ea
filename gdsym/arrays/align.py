"""Named axes to NumPy's positions: transpose, insert axes, and combine entry by entry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from gdsym.arrays.graph import Graph, Op, Value
from gdsym.written.nodes import Sym

Axes = tuple[Sym, ...]


def union(values: Sequence[Value]) -> Axes:
    """The widest value's axes, then what the others add: independent of what the letters are called."""
    widest = max(values, key=lambda v: (len(v.axes), v.op.kind != "arange"), default=None)
    axes = list(widest.axes) if widest else []
    for value in values:
        axes.extend(a for a in value.axes if a not in axes)
    return tuple(axes)


def aligned(g: Graph, value: Value, axes: Axes) -> Op:
    """`value` so that NumPy broadcasts it against an array with these axes."""
    op = transposed(g, value, tuple(a for a in axes if a in value.axes)).op
    if not value.axes:
        return op
    first = next(p for p, a in enumerate(axes) if a in value.axes)
    shown = tuple(a in value.axes for a in axes[first:])
    return op if all(shown) else g.make("expand", op, attr=shown, ndim=len(shown))


def unaligned(op: Op, axes: Axes) -> Value:
    """The value that was aligned with these axes."""
    own = axes[len(axes) - op.ndim :]
    if op.kind != "expand":
        return Value(op, own)
    return Value(op.args[0], tuple(a for a, shown in zip(own, op.attr, strict=True) if shown))


def transposed(g: Graph, value: Value, axes: Axes) -> Value:
    """`value` with its axes in the order `axes` (the same letters)."""
    if value.axes == axes:
        return value
    order = tuple(value.axes.index(a) for a in axes)
    op = value.op
    if op.kind == "transpose":
        inner: tuple[int, ...] = op.attr
        order, op = tuple(inner[p] for p in order), op.args[0]
    if order == tuple(range(len(order))):
        return Value(op, axes)
    return Value(g.make("transpose", op, attr=order), axes)


def entrywise(g: Graph, kind: str, *values: Value, attr: Hashable = None) -> Value:
    """One operation on each entry of broadcast arrays."""
    axes = union(values)
    return Value(g.make(kind, *(aligned(g, v, axes) for v in values), attr=attr, ndim=len(axes)), axes)


def added(g: Graph, terms: Sequence[tuple[int, Value]]) -> Value:
    """The sum of signed values, entry by entry; the smaller ones that are left over are added up first."""
    axes = union([v for _, v in terms])
    tables = [v for _, v in terms if len(v.axes) > 1]
    if len(axes) > 2 and len(axes) > max((len(v.axes) for v in tables), default=len(axes)):
        terms, axes = _by_layers(g, terms, tables, axes)
    return Value(g.add(tuple((s, aligned(g, v, axes)) for s, v in terms)), axes)


def _by_layers(
    g: Graph, terms: Sequence[tuple[int, Value]], tables: Sequence[Value], axes: Axes
) -> tuple[list[tuple[int, Value]], Axes]:
    """What tables have in common comes first: of z_ik - z_jk mostly sums over k are wanted, and those add whole layers.

    NumPy lays out what it makes as its operands are: a transposed one is copied.
    """
    order = tuple(sorted(axes, key=lambda a: not all(a in v.axes for v in tables)))
    if order == axes:
        return list(terms), axes
    laid = [(s, transposed(g, v, tuple(a for a in order if a in v.axes))) for s, v in terms]
    return [(s, Value(g.make("copy", v.op), v.axes) if v.op.kind == "transpose" else v) for s, v in laid], order


def negative(g: Graph, value: Value) -> Value:
    return Value(g.neg(value.op), value.axes)


def multiplied(g: Graph, values: Iterable[Value]) -> Value:
    """The entrywise product; narrow factors first, so that few full-size multiplications are left."""
    result: Value | None = None
    groups: dict[frozenset[Sym], list[Value]] = {}
    for value in values:
        groups.setdefault(frozenset(value.axes), []).append(value)
    for letters in sorted(groups, key=len):
        group = entrywise(g, "mul", *groups[letters]) if len(groups[letters]) > 1 else groups[letters][0]
        result = group if result is None else entrywise(g, "mul", result, group)
    return result if result is not None else Value(g.number(1))


def reduced(g: Graph, kind: str, value: Value, letters: frozenset[Sym]) -> Value:
    """sum, prod or max over some axes."""
    over = tuple(p for p, a in enumerate(value.axes) if a in letters)
    kept = tuple(a for a in value.axes if a not in letters)
    attr = None if not kept else over
    op = value.op
    if attr is None and op.kind == "transpose":
        op = op.args[0]
    return Value(g.make(kind, op, attr=attr, ndim=len(kept)), kept)
