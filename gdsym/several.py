"""Derivatives side by side: the Jacobian of several expressions, the derivative along a direction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from numbers import Integral
from typing import Any

import sympy

from gdsym.arguments import odd
from gdsym.derivation import Derivation, derive
from gdsym.door import formula, variable
from gdsym.errors import CostError, GdsymTypeError, Unsupported
from gdsym.keywords import known_keywords
from gdsym.named import put_in
from gdsym.record import record
from gdsym.together import Together, said
from gdsym.uses import index_ranges
from gdsym.verify import Evidence, agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import has_matrices
from gdsym.written.nodes import Base, Indexed, Node, Sum, Sym, add, mul


class Jacobian(Together):
    """J[r, x] = d f_r / d x: one `Derivation` for each expression and variable; `.expr` is the matrix.

    Args:
        rows: the derivations, a row an expression. wrt: the variables, as the caller gave them.

    Example:
        >>> import gdsym as gd
        >>> J = gd.jacobian(["x**2*y", "x + y"], ["x", "y"])
        >>> len(J), J[0, "y"].result
        (2, x**2)
    """

    def __init__(self, rows: Sequence[Sequence[Derivation]], wrt: Sequence[Any]) -> None:
        self._rows, self._wrt = tuple(tuple(row) for row in rows), tuple(wrt)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Derivation, ...]]:
        return iter(self._rows)

    def __getitem__(self, place: tuple[int, Any]) -> Derivation:
        row, by = self._place(place)
        names = [str(x) for x in self._wrt]
        if str(by) not in names:
            raise CostError(f"{str(by)[:80]} is no variable of this Jacobian; its variables are {', '.join(names)}.")
        return self._rows[row][names.index(str(by))]

    def _place(self, place: Any) -> tuple[int, Any]:
        """A row that is there, and a variable."""
        if not isinstance(place, tuple) or len(place) != 2:
            raise odd(place, "The place in a Jacobian", "give a row and a variable, e.g. J[0, x]")
        row = place[0]
        if isinstance(row, bool) or not isinstance(row, (int, Integral)):
            raise odd(row, "The row of a Jacobian", "give a whole number from 0")
        if not -len(self) <= int(row) < len(self):
            raise CostError(f"Row {row!s:.40} is asked for; this Jacobian has {len(self)} rows, counted from 0.")
        return int(row), place[1]

    def _each(self) -> Iterator[Derivation]:
        return (d for row in self._rows for d in row)

    @cached_property
    def expr(self) -> Any:
        """The matrix, one row an expression, one column a variable (ImmutableMatrix)."""
        return sympy.ImmutableMatrix([[d.result for d in row] for row in self._rows])


@known_keywords
def jacobian(exprs: Sequence[Any], wrt: Sequence[Any], *, where: Mapping[Any, Any] | None = None) -> Jacobian:
    """The derivatives of each expression by each variable, step by step.

    Args:
        exprs: a list of expressions. wrt: a list of variables. where: named parts, as for `gd.derive`.

    Returns:
        A `Jacobian`: `[row, x]` a Derivation, `.expr` the matrix.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> r, t = symbols("r t")
        >>> gd.jacobian([r**2 * t, r + t], [r, t]).expr
        Matrix([
        [2*r*t, r**2],
        [    1,    1]])
    """
    if not _listed(exprs) or not _listed(wrt):
        raise GdsymTypeError(
            "A Jacobian takes a list of expressions and a list of variables: jacobian([f, g], [x, y])."
        )
    return Jacobian([[derive(f, x, where=where) for x in wrt] for f in exprs], wrt)


def _listed(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) > 0


@record
class Component:
    """One term of the derivative along a direction: the partial derivation, v there, and the index and range of its sum."""

    partial: Derivation
    along: Node
    sums: tuple[tuple[Node, Node, Node], ...] = ()

    @property
    def term(self) -> Node:
        """The partial derivative times v, summed over the entries of an array."""
        term = mul(self.partial.written, self.along)
        for index, low, high in reversed(self.sums):
            term = Sum(term, index, low, high)
        return term


class Directional(Together):
    """D_v f = sum of df/dx v_x: the partial derivations, and `.result`.

    Args:
        components: the terms, in the order of the direction.

    Example:
        >>> import gdsym as gd
        >>> [d.result for d in gd.directional("x**2*y", {"x": 3, "y": 4})]
        [2*x*y, x**2]
    """

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = tuple(components)

    def __iter__(self) -> Iterator[Derivation]:
        return self._each()

    def __len__(self) -> int:
        return len(self._components)

    def _each(self) -> Iterator[Derivation]:
        return (one.partial for one in self._components)

    @cached_property
    def result(self) -> Any:
        """The derivative along the direction (which is not made a unit vector), in the caller's own symbols."""
        return sympy.Add(*(one.term.to_sympy() for one in self._components))

    @cached_property
    def _end(self) -> Node:
        return from_sympy(self.result)

    @cached_property
    def check(self) -> Evidence:
        """That the end is the gradient times the direction, judged in numbers; the partials have their own checks."""
        return agree(add(*(one.term for one in self._components)), self._end)

    def _remark(self, form: str) -> list[str]:
        return said(("along the direction: ", self._end), self._components[0].partial.page(), form)


@known_keywords
def directional(expr: Any, direction: Mapping[Any, Any], *, where: Mapping[Any, Any] | None = None) -> Directional:
    """D_v f = df/dx v_x + df/dy v_y + ...: the derivative of `expr` along `direction`, the gradient times the direction.

    Args:
        expr: what is derived, SymPy or text.
        direction: {x: v_x, y: v_y}; components are numbers, expressions or text. An array w has an array as its
            component, {w: v}, and adds sum_k df/dw_k v_k over its entries; {w[k]: v[k]} is the one entry.
        where: named parts, as for `gd.derive`.

    Returns:
        A `Directional`: `.result`, `.check`, the partial derivations one by one, `.text() .latex() .markdown() .html()`.

    Raises:
        GdsymTypeError: if the direction is no dict, or a component no formula. CostError: if an array has no array as
        its component. The errors of `gd.derive`.

    Example:
        >>> from sympy import IndexedBase, Sum, symbols
        >>> import gdsym as gd
        >>> x, y, i, n = symbols("x y i n")
        >>> gd.directional(x**2 * y, {x: 3, y: 4}).result
        4*x**2 + 6*x*y
        >>> w, v = IndexedBase("w"), IndexedBase("v")
        >>> gd.directional(Sum(w[i]**2, (i, 1, n)), {w: v}).result
        Sum(2*v[k]*w[k], (k, 1, n))
    """
    if not isinstance(direction, Mapping) or not direction:
        raise GdsymTypeError("The direction is a dict {variable: component}, e.g. {x: 3, y: 4}.")
    for x in direction:
        if isinstance(x, tuple):
            raise odd(x, "A variable of the direction", "give one variable with its component, {x: 3, y: 4}")
    found = [_component(derive(expr, x, where=where), x, v) for x, v in direction.items()]
    twice = [entry for entry, times in Counter(one.partial.variables[0] for one in found).items() if times > 1]
    if twice:
        raise CostError(f"The direction has two components for {twice[0].to_sympy()!s:.60}: give one, their sum.")
    return Directional(found)


def _component(partial: Derivation, asked: Any, along: Any) -> Component:
    entry, letters = partial.variables[0], partial.node.free
    if has_matrices(entry):
        raise Unsupported(f"A direction by the matrix {asked}: write the cost in index form, with an IndexedBase.")
    if not isinstance(entry, Indexed) or not _is_whole(asked, letters):
        if isinstance(along, sympy.IndexedBase):
            raise GdsymTypeError(f"{str(asked)[:60]} is one number: its component is one too, not the array {along}.")
        return Component(partial, formula(along, letters))
    base = variable(along, letters) if isinstance(along, (str, sympy.IndexedBase)) else None
    base = Base(sympy.IndexedBase(base.symbol)) if isinstance(base, Sym) else base
    if not isinstance(base, Base):
        raise CostError(
            f"{entry.base.name} is an array: its component is an array, {{{entry.base.name}: IndexedBase('v')}}, found {str(along)[:60]!r}. "
            f"For one entry write {{{entry.to_sympy()}: ...}}."
        )
    ends = index_ranges(put_in(partial.node, partial.where), entry)
    if len(ends) < len(entry.indices) or None in ends:
        raise CostError(
            f"Which entries {entry.base.name} has is not said by any sum; write one entry, {entry.to_sympy()}."
        )
    ranges = [(index, *limits) for index, limits in zip(entry.indices, ends, strict=True) if limits is not None]
    return Component(partial, Indexed(base, *entry.indices), tuple(ranges))


def _is_whole(asked: Any, letters: Iterable[Node]) -> bool:
    """Is a whole array meant, and not one entry of it?"""
    return isinstance(variable(asked, letters), Base)
