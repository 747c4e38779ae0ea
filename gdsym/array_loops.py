"""Loops over entries, counted from 0 as Python does: what they add up, the places that they set, and entries at their letters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsym.array_parts import Array, Axis, Call, in_places
from gdsym.claim_text import LOOP_SET, LOOP_SUM
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def in_loop(r: Arrays, place: ast.expr) -> bool:
    """Does a letter of a loop stand there?"""
    return any(isinstance(part, ast.Name) and part.id in r.loops for part in ast.walk(place))


def place_in_loop(r: Arrays, axis: Axis, place: ast.expr, level: int) -> n.Node:
    """The index of `x[i]`, `x[i - 1]`; below 0 it counts from the end."""
    found = r.value(place, level)
    letters = {name for name in found.entry.free if isinstance(name, n.Sym)}
    if found.axes or letters != found.entry.free:
        raise r.error("An index in a loop is made of its letters and of sizes: x[i], x[i + 1], X[i, j].", place)
    at = found.entry.to_sympy()
    ahead = n.add(axis.lower, from_sympy(at)) if axis.lower != n.ZERO else from_sympy(at)
    if isinstance(found.entry, n.Sym) or any(
        (at - name.to_sympy()).is_nonnegative for name in letters & set(r.loops.values())
    ):
        return ahead
    behind = from_sympy(axis.upper.to_sympy() + 1 + at)
    return n.Cases(ahead, n.Rel(">=", from_sympy(at), n.ZERO), behind, n.TRUE)


@contextmanager
def _within(r: Arrays, name: str) -> Iterator[n.Sym]:
    before = dict(r.loops)
    r.loops[name] = letter = r.letter()
    try:
        yield letter
    finally:
        r.loops.clear()
        r.loops.update(before)


def _end(r: Arrays, e: ast.expr, level: int) -> n.Node:
    found = r.value(e, level)
    if found.axes:
        raise r.error(f"A loop runs up to a number, not to {found.shape}.", e)
    return found.entry


def _summed(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Over all runs of a loop."""
    body, name, lower, upper = args
    first, last = _end(r, lower, level), _end(r, upper, level)
    with _within(r, str(getattr(name, "value", ""))) as letter:
        found = r.value(body, level)
    return Array(found.axes, n.Sum(found.entry, letter, first, from_sympy(last.to_sympy() - 1)))


def _set(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`for i in range(m): a[i] op= b`: each run sets a place of its own."""
    from gdsym.array_kinds import refuse_cut_off

    target, sign, value, *runs = args
    assert isinstance(target, ast.Subscript)
    refuse_cut_off(r, target, str(getattr(sign, "value", "")), value)
    whole = r.value(target.value, level)
    places = list(target.slice.elts) if isinstance(target.slice, ast.Tuple) else [target.slice]
    names = [str(getattr(name, "value", "")) for name in runs[::3]]
    where = [getattr(place, "id", "") for place in places]
    if len(places) != len(whole.axes) or any(where.count(name) != 1 for name in names):
        raise r.error("In a loop, each run sets an entry of its own: for i in range(m): a[i] = b.", target)
    ends = [(_end(r, low, level), _end(r, high, level)) for low, high in zip(runs[1::3], runs[2::3], strict=True)]
    before = dict(r.loops)
    letters = {name: r.letter() for name in names}
    r.loops.update(letters)
    new = r.value(value, level)
    tests, put = list[n.Node](), dict[n.Node, n.Node]()
    for place, axis in zip(places, whole.axes, strict=True):
        own = letters.get(getattr(place, "id", ""))
        if own is None:
            tests.append(n.Rel("==", axis.letter, place_in_loop(r, axis, place, level)))
        else:
            put[own] = from_sympy(axis.letter.to_sympy() - axis.lower.to_sympy())
    r.loops.clear()
    r.loops.update(before)
    for name, (first, last) in zip(names, ends, strict=True):
        at = put[letters[name]]
        tests += [n.Rel("<=", first, at), n.Rel("<", at, last)]
    if new.axes:
        raise r.error(f"One number is put in here, not {new.shape}.", value)
    entry = n.replace(new.entry, put)
    return Array(whole.axes, in_places(whole.entry, str(getattr(sign, "value", "")), entry, n.both(*tests)))


LOOPS: Mapping[str, Call] = MappingProxyType({LOOP_SUM: _summed, LOOP_SET: _set})
