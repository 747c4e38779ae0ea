"""Arrays that NumPy makes of sizes and labels, `np.eye(K)[c]`, `np.ones(n)`, and what is subtracted before exponentials."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.array_masks import called, is_condition
from gdsym.array_parts import Array, Axis, Call, alike
from gdsym.errors import ReadError
from gdsym.verify import agree
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

DIAGONAL = ("eye", "identity")
COUNTED = ("arange", "range")
EXTREMES = ("max", "min", "amax", "amin")


def one_hot(r: Arrays, e: ast.Subscript, level: int) -> Array | None:
    """`np.eye(K)[c]`: for each label a row with 1 in the place of the label; None if it is something else.

    Labels are those of the cost: where its classes are 1 to K and the array begins at 0, `np.eye(K)[c - 1]` is the same.
    """
    if called(e.value) not in DIAGONAL or isinstance(e.slice, (ast.Slice, ast.Tuple)):
        return None
    if is_condition(e.slice):
        raise r.error("A mask chooses rows in NumPy, it is no label.", e)
    rows = _diagonal(r, e.value, e.value.args, level)  # type: ignore[attr-defined]
    row, column = rows.axes
    labels = _labels(r, e, e.slice, row, level)
    return Array((*labels.axes, column), n.Delta(labels.entry, column.letter))


def _labels(r: Arrays, e: ast.expr, written: ast.expr, classes: Axis, level: int) -> Array:
    """The labels as the cost counts them, `c` or `c - 1`."""
    label, one_less = _label(written)
    labels = r.value(label, level)
    if one_less and classes.lower != n.ONE:
        labels = Array(labels.axes, n.add(labels.entry, n.Num(-1)))
    r.one_less.add(one_less)
    if classes.lower == n.ONE and len(r.one_less) > 1:
        raise r.error("Labels count from 0 at one place of the claim and from 1 at another, as in np.eye(K)[c - 1].", e)
    return labels


def picked(r: Arrays, e: ast.Subscript, whole: Array, level: int) -> Array | None:
    """`P[np.arange(n), c]`: the entry that the label of each row chooses; None if it is something else."""
    if (label := label_of_row(r, e, whole, level)) is None:
        return None
    rows, classes = whole.axes
    return Array((rows,), n.replace(whole.entry, {classes.letter: label}))


def label_of_row(r: Arrays, e: ast.Subscript, whole: Array, level: int) -> n.Node | None:
    """`P[np.arange(n), c]`: the label of the row, by the letter of its axis; None if it is something else."""
    places = e.slice.elts if isinstance(e.slice, ast.Tuple) else []
    if len(places) != 2 or called(places[0]) not in COUNTED or len(whole.axes) != 2:
        return None
    rows, classes = whole.axes
    count, labels = places[0].args, _labels(r, e, places[1], classes, level)  # type: ignore[attr-defined]
    runs = [_axis(r, size, level).ends for size in count] + [a.ends for a in labels.axes]
    if len(count) != 1 or runs != [rows.ends] * 2:
        raise r.error(f"This is read as P[np.arange(n), c], with a label for each row of {whole.shape}.", e)
    return n.replace(labels.entry, {labels.axes[0].letter: rows.letter})


def _one_hot(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`one_hot(c, K)` of PyTorch, JAX and TensorFlow, `to_categorical(c, K)` of Keras: `np.eye(K)[c]`."""
    sizes = [*args[1:], *(k.value for k in e.keywords if k.arg in ("num_classes", "depth"))]
    if not args or len(sizes) != 1 or len(e.keywords) > 2 - len(args):
        raise r.error("This is read as one_hot(c, K), for labels c of K classes.", e)
    rows = ast.Call(ast.Name("eye", ast.Load()), sizes, [])
    return r.value(ast.fix_missing_locations(ast.copy_location(ast.Subscript(rows, args[0], ast.Load()), e)), level)


def _label(e: ast.expr) -> tuple[ast.expr, bool]:
    """Without `.astype(int)`, and without `- 1`; was there one?"""
    if called(e) == "astype" and isinstance(e, ast.Call) and isinstance(e.func, ast.Attribute):
        e = e.func.value
    one_less = isinstance(e, ast.BinOp) and isinstance(e.op, ast.Sub) and getattr(e.right, "value", None) == 1
    return (e.left if one_less else e), one_less  # type: ignore[attr-defined]


def _diagonal(r: Arrays, e: ast.expr, args: Sequence[ast.expr], level: int) -> Array:
    """1 where the two indices are equal."""
    if len(args) != 1 or getattr(e, "keywords", None):
        raise r.error("This is read as np.eye(n), and np.eye(K)[c] for labels c.", e)
    row, column = _axis(r, args[0], level), _axis(r, args[0], level)
    return Array((row, column), n.Delta(row.letter, column.letter))


def _axis(r: Arrays, e: ast.expr, level: int) -> Axis:
    """An axis of this size: it runs as the one of the cost's arrays that is as long."""
    found = r.value(e, level)
    if found.axes:
        raise r.error(f"A size is needed here, not {found.shape}.", e)
    return r.axis_of(found.entry)


def _filled(value: n.Node) -> Call:
    def filled(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
        """`np.ones(n)`, `np.zeros((m, n))`: all entries the same."""
        if len(args) != 1 or any(k.arg != "dtype" for k in e.keywords):
            raise r.error("This is read with its sizes only: np.ones(n), np.ones((m, n)).", e)
        sizes = args[0].elts if isinstance(args[0], (ast.Tuple, ast.List)) else args
        return Array(tuple(_axis(r, size, level) for size in sizes), value)

    return filled


def _unset(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.empty(n)`, `np.empty_like(x)`: nothing is known of an entry before it is set."""
    like = called(e) == "empty_like"
    found = r.value(args[0], level) if like and len(args) == 1 else _filled(n.ZERO)(r, e, args, level)
    return Array(found.axes, r.unknown.entry(("", ast.unparse(e), None), [axis.letter for axis in found.axes]))


def _logsumexp(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """The logarithm of the sum of exponentials over an axis."""
    if not args:
        raise r.error("logsumexp takes one array and axis=.", e)
    power = ast.Call(ast.Name("exp", ast.Load()), [args[0]], [])
    total = ast.Call(ast.Attribute(power, "sum", ast.Load()), list(args[1:]), e.keywords)
    whole = ast.copy_location(ast.Call(ast.Name("log", ast.Load()), [total], []), e)
    return r.value(ast.fix_missing_locations(whole), level)


class Unknown:
    """Names for numbers of which nothing is known: what is subtracted before an exponential, and drops out."""

    def __init__(self, letter: Callable[[], n.Sym]) -> None:
        self._letter = letter
        self._names: dict[tuple[Any, ...], n.Node] = {}

    def entry(self, key: tuple[str, str, Any], indices: Sequence[n.Node]) -> n.Node:
        """The number at these indices; the same for the same key."""
        if key not in self._names:
            name = self._letter().name
            self._names[key] = n.Base(sympy.IndexedBase(name)) if indices else n.Sym(sympy.Symbol(name, real=True))
        found = self._names[key]
        return n.Indexed(found, *indices) if isinstance(found, n.Base) else found

    def dropped_from(self, entry: n.Node, given: n.Node) -> n.Node:
        """The formula with 0 for each of them; refused if it depends on one where `given` holds."""
        for (kind, of, _), name in self._names.items():
            freed = n.rewrite(entry, lambda part, name=name: n.ZERO if _is_of(part, name) else part)  # type: ignore[misc]
            if freed != entry and not agree(entry, freed, given=given):
                if not kind:
                    raise ReadError(f"{of[:60]}: the claim depends on an entry that is not set.")
                raise ReadError(
                    f"{of[:60]}.{kind}(): a {kind}imum over an axis is read only where any number could stand in its place, as "
                    "before the exponentials of a softmax; here the claim depends on it."
                )
            entry = freed
        return entry


def _is_of(part: n.Node, name: n.Node) -> bool:
    return part == name if isinstance(name, n.Sym) else isinstance(part, n.Indexed) and part.base == name


def extreme(r: Arrays, name: str, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`z.max(axis=1)`: a name for each of the axes that stay, and nothing else is known of it."""
    if not args:
        raise r.error(f"{name} takes one array and axis=.", e)
    over, found = r.reduced(e, args, level)
    stays = [axis.letter for axis in found.axes if axis not in over]
    key = name[-3:], ast.unparse(args[0]), tuple(found.axes.index(axis) for axis in over)
    return r.left_over(e, found, over, r.unknown.entry(key, stays))


def is_pair(e: ast.expr) -> bool:
    """Is it PyTorch's maximum along an axis: the values, and where they are?"""
    return called(e) in EXTREMES and isinstance(e, ast.Call) and any(k.arg == "dim" for k in e.keywords)


def _on_diagonal(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.diag(v)` has v on its diagonal, `np.diag(A)` is the diagonal of A."""
    if len(args) != 1 or e.keywords:
        raise r.error("diag is read as np.diag(v), or np.diag(A).", e)
    found = r.value(args[0], level)
    if len(found.axes) == 1:
        (axis,) = found.axes
        other = Axis(r.letter(), *axis.ends)
        return Array((axis, other), n.Mul(n.Delta(axis.letter, other.letter), found.entry))
    if len(found.axes) == 2 and alike(*(axis.ends for axis in found.axes)):
        row, column = found.axes
        return Array((row,), n.replace(found.entry, {column.letter: row.letter}))
    raise r.error(f"diag of {found.shape} is not read; it is taken of one axis, or of a square matrix.", e)


def _trace(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    (axis,), entry = (found := _on_diagonal(r, e, args, level)).axes[:1], found.entry
    if len(found.axes) > 1:
        raise r.error("A trace is that of a square matrix.", e)
    return Array((), n.Sum(entry, axis.letter, axis.lower, axis.upper))


def _length(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`len(x)`; of several, as a loop over all of them has it, one number: it ends with the shortest."""
    found = [array.axes[0] for arg in args if (array := r.value(arg, level)).axes]
    if not found or len(found) < len(args) or not all(alike(axis.ends, found[0].ends) for axis in found):
        raise r.error("These are not known to be arrays with as many entries.", e)
    return Array((), found[0].size)


MADE: Mapping[str, Call] = MappingProxyType(
    {
        **dict.fromkeys(DIAGONAL, _diagonal), **dict.fromkeys(("one_hot", "to_categorical"), _one_hot),
        "ones": _filled(n.ONE), "zeros": _filled(n.ZERO), "len": _length, "diag": _on_diagonal, "trace": _trace, "empty": _unset, "empty_like": _unset, "logsumexp": _logsumexp,
    }
)  # fmt: skip
