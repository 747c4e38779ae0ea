"""Derivatives side by side: the Jacobian of several expressions, the derivative along a direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sympy

from gdsym.derivation import Derivation, derive
from gdsym.errors import CostError, GdsymTypeError
from gdsym.writing.text import text
from gdsym.written.from_sympy import from_sympy


class Jacobian:
    """J[r, x] = d f_r / d x: one `Derivation` for each expression and variable; `.expr` is the matrix."""

    def __init__(self, rows: Sequence[Sequence[Derivation]], wrt: Sequence[Any]) -> None:
        self._rows, self._wrt = tuple(tuple(row) for row in rows), tuple(wrt)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Derivation, ...]]:
        return iter(self._rows)

    def __getitem__(self, place: tuple[int, Any]) -> Derivation:
        row, by = place
        names = [str(x) for x in self._wrt]
        if str(by) not in names:
            raise CostError(f"{str(by)[:80]} is no variable of this Jacobian; its variables are {', '.join(names)}.")
        return self._rows[row][names.index(str(by))]

    @cached_property
    def expr(self) -> Any:
        """The matrix, one row an expression, one column a variable (ImmutableMatrix)."""
        return sympy.ImmutableMatrix([[d.result for d in row] for row in self._rows])

    def latex(self, **how: Any) -> str:
        """All derivations, one block each."""
        return "\n\n".join(d.latex(**how) for row in self._rows for d in row)

    def __str__(self) -> str:
        return "\n\n".join(str(d) for row in self._rows for d in row)

    __repr__ = __str__


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


class Directional:
    """D_v f = sum of df/dx v_x: the partial derivations, and `.result`."""

    def __init__(self, partials: Sequence[Derivation], direction: Sequence[Any]) -> None:
        self._partials, self._direction = tuple(partials), tuple(direction)

    def __iter__(self) -> Iterator[Derivation]:
        return iter(self._partials)

    @cached_property
    def result(self) -> Any:
        """The derivative along the direction (which is not made a unit vector)."""
        return sympy.Add(*(d.result * v for d, v in zip(self._partials, self._direction, strict=True)))

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self._partials), f"along the direction: {text(from_sympy(self.result))}"])

    __repr__ = __str__


def directional(expr: Any, direction: Mapping[Any, Any], *, where: Mapping[Any, Any] | None = None) -> Directional:
    """The derivative of `expr` along `direction` {x: v_x, y: v_y}: the gradient times the direction.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> x, y = symbols("x y")
        >>> gd.directional(x**2 * y, {x: 3, y: 4}).result
        4*x**2 + 6*x*y
    """
    if not isinstance(direction, Mapping) or not direction:
        raise GdsymTypeError("The direction is a dict {variable: component}, e.g. {x: 3, y: 4}.")
    components = [sympy.sympify(v, strict=True) for v in direction.values()]
    return Directional([derive(expr, x, where=where) for x in direction], components)
