"""Python's lists, `[f(i) for i in range(n)]`, filled by `append`, `[0]*n`: NumPy makes arrays of them, but Python adds and repeats them otherwise."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsym.array_kept import resolved
from gdsym.array_loops import runs_of, within
from gdsym.array_parts import Array, Axis, Call, read_all, sum_of
from gdsym.claim_text import LISTED, LOOP_LIST
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def _listed(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    (found,) = read_all(r, e, args, level, 1, "a list")
    return found


def _made(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """What each run of a loop puts behind the others."""
    body, name, lower, upper = args
    first, last = runs_of(r, lower, upper, level)
    with within(r, {str(getattr(name, "value", "")): (first, last)}) as letters:
        found = resolved(r, r.value(body, level), e)
    (letter,) = letters.values()
    if any(letter in end.free for axis in found.axes for end in axis.ends):
        raise r.error("The parts of this list differ in length.", e)
    axis = r.axis_of(from_sympy(last.to_sympy() - first.to_sympy()))
    place = sum_of(axis.letter, n.Neg(axis.lower), first)
    return Array((axis, *found.axes), n.replace(found.entry, {letter: place}))


def stacked(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.array([u, v])`: one behind the other, numbers or arrays of one shape."""
    (given,) = args
    assert isinstance(given, (ast.List, ast.Tuple))
    values = [r.value(part, level) for part in given.elts]
    if not values or e.keywords or any(isinstance(part, ast.Starred) for part in given.elts):
        raise r.error("This is read as np.array([u, v]), np.stack((u, v)).", e)
    axes = values[0].axes
    if any([a.ends for a in value.axes] != [a.ends for a in axes] for value in values):
        raise r.error(
            f"{' and '.join(value.shape for value in values)[:200]} are put together here; they must be alike.", e
        )
    own: Axis = r.axis_of(n.Num(len(values)))
    parts = list[n.Node]()
    for at, value in enumerate(values):
        along: dict[n.Node, n.Node] = {a.letter: b.letter for a, b in zip(value.axes, axes, strict=True)}
        parts += [n.replace(value.entry, along), n.Rel("==", own.letter, sum_of(own.lower, n.Num(at)))]
    return Array((own, *axes), n.Cases(*parts, n.ZERO, n.TRUE))


def _stack(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    if len(args) != 1 or e.keywords or not isinstance(args[0], (ast.List, ast.Tuple)):
        raise r.error("stack is read as np.stack([u, v]).", e)
    return stacked(r, e, args, level)


LISTS: Mapping[str, Call] = MappingProxyType({LISTED: _listed, LOOP_LIST: _made, "stack": _stack})
