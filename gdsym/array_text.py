"""A formula about whole arrays in NumPy's notation, `X.T @ (X @ w - y) / m`, read entry by entry. Nothing of it is run.

What is read is an array of formulas: a letter for each axis, and the entry at these letters. Shapes follow NumPy: `*` is
entry by entry, shorter shapes are repeated in front, `@` and `sum` add up over an axis.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gdsym.array_calls import CALLS, combined, function_of, indexed, is_functional, is_library, power
from gdsym.array_joined import JOINED as PUT_TOGETHER
from gdsym.array_joined import put_together
from gdsym.array_kept import resolved
from gdsym.array_kinds import JOINING, refuse_joined
from gdsym.array_labels import without_marks
from gdsym.array_lists import LISTS
from gdsym.array_loops import LOOPS, in_loop
from gdsym.array_made import EXTREMES, MADE, Unknown, constant, extreme, is_pair, larger, refuse_strangers
from gdsym.array_masks import JOINED, MASKS, condition, counted, is_condition, where_held
from gdsym.array_parts import (
    Array,
    Axis,
    Entry,
    alike,
    as_declared,
    is_unit,
    known_axis,
    matrix_axes,
    met,
    refuse_list,
    refuse_lists,
    whole_number,
)
from gdsym.array_picked import PICKED, one_hot, picked
from gdsym.array_pieces import PIECES
from gdsym.array_products import PRODUCED
from gdsym.array_sums import SUMS, summed
from gdsym.array_totals import total
from gdsym.claim_text import is_ours, plain
from gdsym.errors import GdsymError, ReadError, Unsupported, shortened
from gdsym.reading import table
from gdsym.reading.source import DEEPEST, LAMBDA, parse, spelled
from gdsym.reading.walk import Reader
from gdsym.uses import Ends
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import Entries

SIGNS = "@.=:'\""
NOTHING: Mapping[str, n.Node] = MappingProxyType({})


def read_arrays(
    text: str,
    arrays: Mapping[n.Base, tuple[Ends | None, ...]],
    taken: frozenset[n.Node],
    labels: Mapping[str, n.Node] = NOTHING,
) -> Array:
    """The array that `text` describes; `arrays` has the range of each axis, `taken` the names that are in use.

    Of arrays whose entries choose entries of others, `labels` has the least number that they hold.

    Where the code needs entries that arrays may not have, its entry has no value for shorter ones.
    """
    source = spelled(plain(text), SIGNS)
    reading = Arrays(Reader(source), arrays, taken, labels)
    found = resolved(reading, reading.value(whole := parse(source)), whole)
    long = [n.Rel(">=", from_sympy(size), n.Num(count)) for size, count in reading.least.items() if count > 1]
    within = (n.Rel("<=", *pair) for a in found.axes for pair in ((a.lower, a.letter), (a.letter, a.upper)))
    entry = as_declared(without_marks(reading, found.entry, whole), [e for axes in arrays.values() for e in axes if e])
    entry = reading.unknown.dropped_from(entry, n.both(*long, *within))
    return Array(found.axes, n.Cases(entry, n.both(*long)) if long else entry)


class Arrays:
    """One reading. Every occurrence of an array has letters of its own until it meets another."""

    def __init__(
        self,
        reader: Reader,
        arrays: Mapping[n.Base, tuple[Ends | None, ...]],
        taken: frozenset[n.Node],
        labels: Mapping[str, n.Node],
    ) -> None:
        self._reader, self._taken, self.labels = reader, set(taken), labels
        self.arrays = {base.name: (base, axes) for base, axes in arrays.items()}
        self.unknown = Unknown(self.letter)
        self.one_less: set[bool] = set()  # do rows of labels begin at label 1?
        self.spare = False  # because of a table with a place more than there are classes?
        self.loops: dict[str, n.Sym] = {}  # the letters of loops
        self.begun: dict[str, tuple[n.Node, n.Node]] = {}  # and from where to below where they run
        self.masks, self.kept = dict[Any, n.Sym](), dict[n.Node, Array]()  # how much masks leave, and where they hold
        self.least: dict[Any, int] = {}  # how long arrays must be for the code to run, x[2] say

    def value(self, e: ast.expr, level: int = 0) -> Array:
        if level > DEEPEST:
            raise self.error(f"The formula is nested more than {DEEPEST} levels deep.", e, Unsupported)
        if isinstance(e, ast.Name) and e.id in self.loops:
            return Array((), self.loops[e.id])
        if isinstance(e, ast.Name) and _name(e) in self.arrays:
            return self._array(e)
        read = READ.get(type(e))
        found = Array((), self._reader.value(e, level)) if read is None else read(self, e, level + 1)
        self._reader.checked(found.entry, e)
        return found

    def error(self, message: str, e: ast.AST, kind: type[GdsymError] = ReadError) -> GdsymError:
        if not is_ours(self._reader.source.shown):
            return self._reader.error(message, e, kind)
        part = ast.unparse(e)  # of code that was put together only what its author wrote
        return kind(message if is_ours(part) else f"{message} Here: {shortened(part, 80)}")

    def _array(self, e: ast.Name) -> Array:
        base, ends = self.arrays[_name(e)]
        if isinstance(base, Entries):
            axes = tuple(Axis(self.letter(), *limits) for limits in matrix_axes(base))
            return Array(axes, n.Indexed(base, *(axis.letter for axis in axes if not is_unit(axis))))
        if None in ends:
            raise self.error(f"How long `{base.name}` is cannot be told from the cost; write the claim with Sum.", e)
        axes = tuple(Axis(self.letter(), *limits) for limits in ends if limits is not None)
        return Array(axes, n.Indexed(base, *(axis.letter for axis in axes)))

    def letter(self, name: str = "i") -> n.Sym:
        letter = n.fresh(name, self._taken)
        self._taken.add(letter)
        return letter

    def binary(self, e: ast.BinOp, level: int) -> Array:
        if type(e.op) in JOINED:
            return self.mask(e, level)
        if isinstance(e.op, (ast.Add, ast.Sub, ast.MatMult)):
            refuse_joined(self, e, (e.left, e.right))
        left, right = self.value(e.left, level), self.value(e.right, level)
        refuse_lists(self, e, (e.left, e.right), (left, right))
        if isinstance(e.op, ast.MatMult):
            return self.product(left, right, e)
        entry = ENTRYWISE.get(type(e.op))
        if entry is None:
            raise self.error("This sign is not read.", e)
        return self.together(entry, (left, right), e)

    def minus(self, e: ast.UnaryOp, level: int) -> Array:
        if isinstance(e.op, ast.Invert):
            return self.mask(e, level)
        if not isinstance(e.op, (ast.USub, ast.UAdd)):
            raise self.error("`not` is not read here; a mask is turned by `~`, as in ~(z > 0).", e)
        refuse_list(self, e, e.operand)
        found = self.value(e.operand, level)
        return found if isinstance(e.op, ast.UAdd) else Array(found.axes, n.Neg(found.entry))

    def mask(self, e: ast.expr, level: int) -> Array:
        return counted(condition(self, e, level))

    def attribute(self, e: ast.Attribute, level: int) -> Array:
        if is_library(e.value):
            return constant(self, e)
        refuse_list(self, e, e.value)
        found = self.value(e.value, level)
        if e.attr == "values" and is_pair(e.value):
            return found
        if e.attr == "T":
            return Array(found.axes[::-1], found.entry)
        if e.attr == "size":
            return Array((), n.mul(*(axis.size for axis in found.axes)))
        raise self.error(f"`.{e.attr[:30]}` is not read; known: .T, .size, .shape[0], .sum(), .mean(), .dot().", e)

    def subscript(self, e: ast.Subscript, level: int) -> Array:
        at, of = e.slice, e.value
        if (whole := put_together(self, e, level)) is not None:
            return whole
        if whole_number(at) is None and not isinstance(at, ast.Slice) and not in_loop(self, at):
            refuse_list(self, e, of)
        if isinstance(of, ast.Attribute) and of.attr == "shape":
            axes = self.value(of.value, level).axes
            if (place := whole_number(at)) is not None and -len(axes) <= place < len(axes):
                return Array((), axes[place].size)
        if in_loop(self, at):
            return indexed(self, self.value(of, level), e)
        if (row := one_hot(self, e, level)) is not None:
            return row
        if is_pair(of) and getattr(at, "value", None) == 0:
            return self.value(of, level)
        found = self.value(of, level)
        return indexed(self, found, e) if (own := picked(self, e, found, level)) is None else own

    def call(self, e: ast.Call, level: int) -> Array:
        """A function of a library, a plain function, or a method."""
        func, args = e.func, list(e.args)
        if isinstance(func, ast.Attribute):
            name = func.attr
            refuse_list(self, e, func.value)
            if name in EXTREMES:
                return extreme(self, name, e, args if is_library(func.value) else [func.value, *args], level)
            if not is_library(func.value) and not is_functional(func.value, args):
                args = [func.value, *args]
        elif isinstance(func, ast.Name):
            name = func.id
        else:
            raise self.error("Only a name can be called; a product is written with `*`.", e)
        return self._called(name, e, args, level)

    def _called(self, name: str, e: ast.Call, args: list[ast.expr], level: int) -> Array:
        if name == "sum" and any(k.arg == "where" for k in e.keywords):
            return summed(self, name, *where_held(self, e, args, level), level)
        if name in SUMS and len(args) in (1, 2):
            return summed(self, name, e, args, level)
        if name in JOINING and name not in ("outer", "multiply", "tensordot"):
            refuse_joined(self, e, args[name == "einsum" :])
        if made := next(
            (
                known[name]
                for known in (CALLS, PRODUCED, MASKS, MADE, PICKED, PIECES, PUT_TOGETHER, LOOPS, LISTS)
                if name in known
            ),
            None,
        ):
            return made(self, e, args, level)
        if name in ("max", "min") and len(args) > 1 and isinstance(e.func, ast.Name):
            return larger(self, name, e, args, level)
        if name in EXTREMES and len(args) == 1:
            return extreme(self, name, e, args, level)
        if is_condition(e):
            return self.mask(e, level)
        if e.keywords:
            raise self.error("Arguments are given by position, but for axis=.", e)
        if name == "where" and len(args) == 3:
            parts = (condition(self, args[0], level), self.value(args[1], level), self.value(args[2], level))
            return self.together(lambda c, a, b: n.Cases(a, c, b, n.TRUE), parts, e)
        values = tuple(self.value(arg, level) for arg in args)
        if name in PRODUCTS and len(values) == 2:
            return self.product(*values, e)
        entry = function_of(name, len(values))
        if entry is None:
            instead = f"; write it out: {table.INSTEAD[name]}" if name in table.INSTEAD else ""
            many = f"{len(values)} argument{'s' * (len(values) != 1)}"
            raise self.error(f"`{name[:40]}` of {many} is not read among whole arrays{instead}.", e)
        return self.together(entry, values, e)

    def together(self, entry: Entry, arrays: tuple[Array, ...], e: ast.AST) -> Array:
        """Entry by entry; shapes are lined up at their ends."""
        axes, parts = combined(arrays)
        if axes is None:
            shapes = " and ".join(a.shape for a in arrays)
            raise self.error(f"{shapes} do not fit entry by entry; a matrix product is written `@`.", e)
        return Array(axes, entry(*parts))

    def product(self, a: Array, b: Array, e: ast.AST) -> Array:
        """The last axis of a meets the last but one of b, or its only one."""
        if not 1 <= len(a.axes) <= 2 or not 1 <= len(b.axes) <= 2:
            refuse_strangers(self, *ast.iter_child_nodes(e))
            raise self.error("`@` stands between arrays of one or two axes; a number is multiplied with `*`.", e)
        over, inner = a.axes[-1], b.axes[0]
        if not alike(over.ends, inner.ends):
            raise self.error(f"{a.shape} @ {b.shape}: the inner sizes differ.", e)
        body = n.Mul(a.entry, n.replace(b.entry, {inner.letter: met(inner, over)}))
        return Array((*a.axes[:-1], *b.axes[1:]), total(body, over))

    def axis_of(self, count: n.Node) -> Axis:
        """A new axis of this size, from where to where an axis of the cost's arrays runs that is as long."""
        known = [ends for _, axes in self.arrays.values() for ends in axes if ends is not None]
        return known_axis(self.letter(), known, count)

    def needed(self, axis: Axis, count: int) -> None:
        """There must be so many entries: then the claim says something for such sizes alone."""
        number, size = axis.size.to_sympy().as_coeff_Add()
        if size != 0:  # m - 1 >= 1 is m >= 2
            self.least[size] = max(count - int(number), self.least.get(size, 1))
        elif number < count:
            raise ReadError(f"An array of length {number} has no entry [{count - 1}].")

    def unit(self) -> Axis:
        """A new axis with one entry."""
        return Axis(self.letter(), n.ONE, n.ONE)

    def axis(self, e: ast.expr, found: Array) -> Axis:
        value = whole_number(e)
        if value is None or not -len(found.axes) <= value < len(found.axes):
            raise self.error(f"There is no such axis: this is {found.shape}.", e)
        return found.axes[value]


def _name(e: ast.Name) -> str:
    return "lambda" if e.id == LAMBDA else e.id


PRODUCTS = ("dot", "matmul")
ENTRYWISE: dict[type[ast.operator], Entry] = {
    ast.Add: n.Add, ast.Sub: lambda a, b: n.Add(a, n.Neg(b)), ast.Mult: n.Mul, ast.Div: n.Div, ast.Pow: power,
}  # fmt: skip
READ: dict[type[ast.expr], Callable[[Arrays, Any, int], Array]] = {
    ast.BinOp: Arrays.binary, ast.UnaryOp: Arrays.minus, ast.Compare: Arrays.mask, ast.Call: Arrays.call,
    ast.Attribute: Arrays.attribute, ast.Subscript: Arrays.subscript,
}  # fmt: skip
