"""An array of formulas: a letter for each axis, and the entry at these letters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from gdsym.claim_text import CHOSEN, LISTED, LOOP_LIST
from gdsym.record import record
from gdsym.uses import Ends
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import Entries

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

Entry = Callable[..., n.Node]
Call: TypeAlias = "Callable[[Arrays, ast.Call, Sequence[ast.expr], int], Array]"
A_LIST = "This is a list of Python's, which `+` makes longer and `*` repeats; write np.array(...) around it."
NEUTRAL: Mapping[str, n.Node] = MappingProxyType({"+": n.ZERO, "-": n.ZERO, "*": n.ONE, "/": n.ONE})


@record
class Axis:
    """One direction of an array: its letter, and from where to where it runs."""

    letter: n.Sym
    lower: n.Node
    upper: n.Node

    @property
    def ends(self) -> Ends:
        return self.lower, self.upper

    @property
    def size(self) -> n.Node:
        return size(self.ends)


@record
class Array:
    """Formulas by the letters of the axes; a number has no axis."""

    axes: tuple[Axis, ...]
    entry: n.Node

    @property
    def shape(self) -> str:
        return shape([axis.ends for axis in self.axes])


def called(e: ast.expr) -> str:
    """The name of what is called, without the library; nothing if it is no call."""
    func = e.func if isinstance(e, ast.Call) else None
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def read_all(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int, count: int, example: str) -> list[Array]:
    """What these arguments are, if there are so many and no others."""
    if len(args) != count or e.keywords:
        raise r.error(f"This is read as {example} only.", e)
    return [r.value(arg, level) for arg in args]


def size(ends: Ends) -> n.Node:
    """How many entries from the first to the last."""
    lower, upper = ends
    return upper if lower == n.ONE else n.add(upper, n.Neg(lower), n.ONE)


def shape(axes: Iterable[Ends | None]) -> str:
    """`m x n`, as matrices are said; one axis: `an array of length m`."""
    sizes = ["?" if ends is None else str(size(ends).to_sympy()) for ends in axes]
    if len(sizes) < 2:
        return f"an array of length {sizes[0]}" if sizes else "a number"
    return " x ".join(sizes)


def is_unit(axis: Axis) -> bool:
    """One entry: it is repeated where it meets a longer axis."""
    return _one_entry(axis.ends)


def _one_entry(ends: Ends) -> bool:
    """From 1 to 1, or from 0 to 0: an array of which only entry 2 is used is longer."""
    return ends in ((n.ONE, n.ONE), (n.ZERO, n.ZERO))


def alike(a: Ends, b: Ends) -> bool:
    """As long as each other, counted from the same number; one entry may be counted from either."""
    return a == b or (_one_entry(a) and _one_entry(b))


def met(axis: Axis, other: Axis) -> n.Node:
    """What stands for the letter of an axis that meets another: the other's letter, or the one place that there is."""
    return other.letter if axis.ends == other.ends else axis.lower


def matrix_axes(base: Entries) -> tuple[Ends, Ends]:
    """From where to where the rows and the columns of a matrix run, also where there is only one."""
    return (n.ONE, base.matrix.rows), (n.ONE, base.matrix.cols)


def sum_of(*parts: n.Node) -> n.Node:
    """In the shortest form: sizes and places are compared as they are written."""
    return from_sympy(sum(part.to_sympy() for part in parts))


def in_places(old: n.Node, sign: str, new: n.Node, test: n.Node) -> n.Node:
    """`old op= new` where the test holds; the old formula stands there once, however often it is changed."""
    if not sign:
        return new if test == n.TRUE else n.Cases(new, test, old, n.TRUE)
    new = new if test == n.TRUE else n.Cases(new, test, NEUTRAL[sign], n.TRUE)
    return (
        n.Add(old, new if sign == "+" else n.Neg(new)) if sign in "+-" else (n.Mul if sign == "*" else n.Div)(old, new)
    )


def whole_number(e: ast.expr | None) -> int | None:
    minus = isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub)
    value = getattr(e.operand if isinstance(e, ast.UnaryOp) and minus else e, "value", None)
    return None if type(value) is not int else -value if minus else value


def is_new(place: ast.expr) -> bool:
    return getattr(place, "id", getattr(place, "attr", None)) == "newaxis"


def is_whole(place: ast.expr) -> bool:
    return isinstance(place, ast.Slice) and place.lower is place.upper is place.step is None


def depth(e: ast.AST) -> int:
    """How many lists within lists this is; 0 if it is none."""
    if isinstance(e, ast.Call):
        if called(e) == LISTED:
            inner = e.args[0]
            return 1 + (depth(inner.args[0]) if isinstance(inner, ast.Call) and called(inner) == LOOP_LIST else 0)
        if getattr(e.func, "id", "") in ("where", CHOSEN) and len(e.args) == 3:
            return max(map(depth, e.args[1:]))
    if isinstance(e, ast.Subscript):
        return depth(e.value) - (not isinstance(e.slice, ast.Slice)) if depth(e.value) else 0
    return 0


def refuse_lists(r: Arrays, e: ast.AST, parts: Sequence[ast.expr], values: Sequence[Array]) -> None:
    """Beside an array NumPy makes an array of a list; beside anything else Python has another meaning for it."""
    lists = [depth(part) > 0 for part in parts]
    arrays = [not listed and value.axes for listed, value in zip(lists, values, strict=False)]
    if any(lists) and not any(arrays):
        raise r.error(A_LIST, e)


def refuse_list(r: Arrays, e: ast.AST, part: ast.AST) -> None:
    if depth(part):
        raise r.error(A_LIST, e)


def as_declared(e: n.Node, known: Sequence[Ends]) -> n.Node:
    """The formula with the cost's own letters for sizes, which are positive whole numbers."""
    names = {s.name: s for ends in known for end in ends for s in end.free if isinstance(s, n.Sym)}
    return n.replace(e, {s: names.get(s.name, s) for s in e.free if isinstance(s, n.Sym)})


def known_axis(letter: n.Sym, known: Sequence[Ends], count: n.Node) -> Axis:
    """An axis of this size, from where to where a known one runs that is as long."""
    count = as_declared(count, known)
    wanted = str(count.to_sympy())
    last = from_sympy(count.to_sympy() - 1)
    other = (n.ZERO, last) if known and all(lower == n.ZERO for lower, _ in known) else (n.ONE, count)
    return Axis(letter, *next((e for e in known if str(size(e).to_sympy()) == wanted), other))
