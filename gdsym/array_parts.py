"""An array of formulas: a letter for each axis, and the entry at these letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gdsym.record import record
from gdsym.uses import Ends
from gdsym.written import nodes as n
from gdsym.written.matrices import Entries

Entry = Callable[..., n.Node]


@record
class Axis:
    """One direction of an array: its letter, and from where to where it runs."""

    letter: n.Sym
    lower: n.Node
    upper: n.Node

    @property
    def size(self) -> n.Node:
        return size((self.lower, self.upper))


@record
class Array:
    """Formulas by the letters of the axes; a number has no axis."""

    axes: tuple[Axis, ...]
    entry: n.Node

    @property
    def shape(self) -> str:
        return shape([(axis.lower, axis.upper) for axis in self.axes])


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
    return axis.lower == axis.upper == n.ONE


def matrix_axes(base: Entries) -> tuple[Ends, Ends]:
    """From where to where the rows and the columns of a matrix run, also where there is only one."""
    return (n.ONE, base.matrix.rows), (n.ONE, base.matrix.cols)
