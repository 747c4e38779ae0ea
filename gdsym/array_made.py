"""Arrays that NumPy makes of sizes, `np.eye(n)`, `np.ones(n)`, `np.arange(n)`, and what is subtracted before exponentials."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.array_parts import Array, Axis, Call, alike, called, sum_of
from gdsym.array_sums import left_over, reduced
from gdsym.errors import ReadError
from gdsym.reading.source import LAMBDA
from gdsym.verify import agree
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

DIAGONAL = ("eye", "identity")
EXTREMES = ("max", "min", "amax", "amin")


def diagonal(r: Arrays, e: ast.expr, args: Sequence[ast.expr], level: int) -> Array:
    """1 where the two indices are equal."""
    if len(args) != 1 or getattr(e, "keywords", None):
        raise r.error("This is read as np.eye(n), and np.eye(K)[c] for labels c.", e)
    row, column = axis_as_long(r, args[0], level), axis_as_long(r, args[0], level)
    return Array((row, column), n.Delta(row.letter, column.letter))


def axis_as_long(r: Arrays, e: ast.expr, level: int) -> Axis:
    """An axis of this size: it runs as the one of the cost's arrays that is as long."""
    found = r.value(e, level)
    if found.axes:
        raise r.error(f"A size is needed here, not {found.shape}.", e)
    return r.axis_of(found.entry)


def _counted(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.arange(n)`: 0, 1, ..., n - 1; `np.arange(1, n)` begins at 1."""
    ends = [r.value(arg, level) for arg in args]
    if not 1 <= len(ends) <= 2 or e.keywords or any(end.axes for end in ends):
        raise r.error("arange is read as np.arange(n), or np.arange(1, n).", e)
    first = ends[0].entry if len(ends) == 2 else n.ZERO
    axis = r.axis_of(sum_of(ends[-1].entry, n.Neg(first)))
    return Array((axis,), sum_of(axis.letter, n.Neg(axis.lower), first))


def _filled(value: n.Node) -> Call:
    def filled(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
        """`np.ones(n)`, `np.zeros((m, n))`: all entries the same."""
        if len(args) != 1 or any(k.arg != "dtype" for k in e.keywords):
            raise r.error("This is read with its sizes only: np.ones(n), np.ones((m, n)).", e)
        return Array(_shaped(r, args[0], level), value)

    return filled


def _shaped(r: Arrays, e: ast.expr, level: int) -> tuple[Axis, ...]:
    """The axes that `n`, `(m, n)`, `w.shape` ask for."""
    if isinstance(e, ast.Attribute) and e.attr == "shape":
        return tuple(Axis(r.letter(), *axis.ends) for axis in r.value(e.value, level).axes)
    sizes = e.elts if isinstance(e, (ast.Tuple, ast.List)) else [e]
    return tuple(axis_as_long(r, size, level) for size in sizes)


def _full(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.full((m, n), u)`: a number everywhere."""
    if len(args) != 2 or e.keywords:
        raise r.error("This is read as np.full(n, u), or np.full((m, n), u).", e)
    axes, value = _shaped(r, args[0], level), r.value(args[1], level)
    if value.axes:
        raise r.error(f"A number is put in here, not {value.shape}.", e)
    return Array(axes, value.entry)


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
    over, found = reduced(r, e, args, level)
    stays = [axis.letter for axis in found.axes if axis not in over]
    key = name[-3:], ast.unparse(args[0]), tuple(found.axes.index(axis) for axis in over)
    return left_over(r, e, found, over, r.unknown.entry(key, stays))


def larger(r: Arrays, name: str, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Python's own `max(0, u)`, of numbers."""
    values = [r.value(arg, level) for arg in args]
    if e.keywords or any(value.axes for value in values):
        raise r.error(f"Python's {name} compares numbers; of arrays, entry by entry, it is np.{name}imum(a, b).", e)
    return Array((), n.Fn(sympy.Max if name == "max" else sympy.Min, *(value.entry for value in values)))


def constant(r: Arrays, e: ast.Attribute) -> Array:
    """`np.pi`, `np.e`."""
    if e.attr not in ("pi", "e"):
        raise r.error(f"`{e.attr[:30]}` of a library is not read here.", e)
    return Array((), n.Const(sympy.pi if e.attr == "pi" else sympy.E))


def refuse_strangers(r: Arrays, *parts: ast.AST) -> None:
    """A plain name that is no array of the cost, where an array is needed."""
    for part in parts:
        if isinstance(part, ast.Name) and part.id.replace(LAMBDA, "lambda") not in (*r.arrays, *r.loops):
            names = ", ".join(r.arrays)
            raise r.error(f"`{part.id[:40]}` is no array of this cost; its arrays are {names[:200]}.", part)


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
    found = [array.axes[0].size for arg in args if (array := r.value(arg, level)).axes]
    apart = [size.to_sympy() - found[0].to_sympy() for size in found]
    if not found or len(found) < len(args) or not all(part.is_Integer for part in apart):
        raise r.error("These are not known to be arrays with as many entries.", e)
    return Array((), found[apart.index(min(apart))])


MADE: Mapping[str, Call] = MappingProxyType(
    {
        **dict.fromkeys(DIAGONAL, diagonal), "arange": _counted, "ones": _filled(n.ONE), "zeros": _filled(n.ZERO), "len": _length, "diag": _on_diagonal, "trace": _trace, "empty": _unset, "full": _full, "empty_like": _unset, "logsumexp": _logsumexp,
    }
)  # fmt: skip
