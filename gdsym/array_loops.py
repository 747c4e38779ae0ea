"""Loops over entries, counted from 0 as Python does: what they add up, the places that they set, and entries at their letters."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Symbol

from gdsym.array_kept import ADVICE as COUNTED_OUT
from gdsym.array_kept import holds_along, mask_of, refuse_kept, resolved
from gdsym.array_labels import index_of, is_label
from gdsym.array_masks import condition
from gdsym.array_parts import Array, Axis, Call, in_places, is_whole, sum_of, whole_number
from gdsym.claim_text import LOOP_SET, LOOP_SUM
from gdsym.uses import Ends
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def in_loop(r: Arrays, place: ast.expr) -> bool:
    """Does a letter of a loop stand there?"""
    return any(isinstance(part, ast.Name) and part.id in r.loops for part in ast.walk(place))


def place_in_loop(r: Arrays, axis: Axis, place: ast.expr, level: int) -> n.Node:
    """The index of `x[i]`, `x[i - 1]`, `T[c[i]]`; below 0 it counts from the end."""
    refuse_kept(r, axis, place)
    if is_label(r, place):
        labels = index_of(r, axis, place, level)
        if labels.axes:
            raise r.error("In a loop, one label chooses an entry: T[c[i]].", place)
        return labels.entry
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
def within(r: Arrays, begun: Mapping[str, tuple[n.Node, n.Node]]) -> Iterator[dict[str, n.Sym]]:
    """A letter for each of these loops, which run from there to below there, while what stands in them is read."""
    before, letters = (r.loops, r.begun), {name: r.letter() for name in begun}
    r.loops, r.begun = {**r.loops, **letters}, {**r.begun, **begun}
    try:
        yield letters
    finally:
        r.loops, r.begun = before


def runs_of(r: Arrays, lower: ast.expr, upper: ast.expr, level: int) -> tuple[n.Node, n.Node]:
    """From where, and up to below where; an index below 0 would count from the end."""
    ends = r.value(lower, level), r.value(upper, level)
    for end in ends:
        if end.axes:
            raise r.error(f"A loop runs up to a number, not to {end.shape}.", upper)
        if not end.entry.free.isdisjoint(r.kept):
            raise r.error(COUNTED_OUT, upper)
    first, last = (end.entry for end in ends)
    if any(part.could_extract_minus_sign() for part in first.to_sympy().as_ordered_terms()):
        raise r.error("This loop may begin below 0, where an index counts from the end.", lower)
    return first, last


def _word(e: ast.expr) -> str:
    return str(getattr(e, "value", ""))


def _summed(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """Over all runs of a loop."""
    body, name, lower, upper = args
    first, last = runs_of(r, lower, upper, level)
    with within(r, {_word(name): (first, last)}) as letters:
        found = resolved(r, r.value(body, level), e)
    (letter,) = letters.values()
    begins = {ends[0] for _, axes in r.arrays.values() for ends in axes if ends is not None}
    if first == n.ZERO and begins != {n.ZERO}:
        return Array(found.axes, n.Sum(_from_1(found.entry, letter), letter, n.ONE, last))
    return Array(found.axes, n.Sum(found.entry, letter, first, from_sympy(last.to_sympy() - 1)))


def _from_1(entry: n.Node, letter: n.Sym) -> n.Node:
    """The formula for a letter that counts from 1, as the arrays of the cost do: the judge takes its sizes from where sums begin."""

    def moved(part: n.Node) -> n.Node:
        if (
            not isinstance(part, n.Indexed)
            or letter not in part.free
            or any(isinstance(e, n.Cases) for e in n.walk(part))
        ):
            return part
        return n.Indexed(part.base, *(from_sympy(index.to_sympy()) for index in part.indices))

    return n.rewrite(n.replace(entry, {letter: sum_of(letter, n.Num(-1))}), moved)


def _moved(place: ast.expr) -> tuple[str, int]:
    """The letter and what is added to it, of `i`, `i + 1`, `i - 1`; no letter if it is something else."""
    shift = whole_number(place.right) if isinstance(place, ast.BinOp) else 0
    if isinstance(place, ast.BinOp) and isinstance(place.op, (ast.Add, ast.Sub)) and shift is not None:
        return getattr(place.left, "id", ""), shift if isinstance(place.op, ast.Add) else -shift
    return getattr(place, "id", ""), 0


def _set(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`for i in range(m): a[i] op= b`: each run sets a place, or a row, of its own."""
    from gdsym.array_calls import combined
    from gdsym.array_kinds import refuse_cut_off

    target, sign, value, *runs = args
    guard = [runs.pop()] if len(runs) % 3 else []
    assert isinstance(target, ast.Subscript)
    refuse_cut_off(r, target, _word(sign), value)
    whole, names = r.value(target.value, level), [_word(name) for name in runs[::3]]
    places = list(target.slice.elts) if isinstance(target.slice, ast.Tuple) else [target.slice]
    moved = [_moved(place) for place in places]
    where = [name for name, _ in moved]
    if len(places) > len(whole.axes) or any(name not in where for name in names):
        raise r.error("In a loop, each run sets an entry of its own: for i in range(m): a[i] = b.", target)
    ends = [runs_of(r, low, high, level) for low, high in zip(runs[1::3], runs[2::3], strict=True)]
    tests, put = list[n.Node](), dict[n.Node, n.Node]()
    _refuse_below_0(r, target, dict(zip(names, ends, strict=True)), moved)
    rest = [axis for place, axis in zip_longest(places, whole.axes) if place is None or is_whole(place)]
    with within(r, dict(zip(names, ends, strict=True))) as letters:
        new = resolved(r, r.value(value, level), e)
        within_ends = inside(r, whole, target, guard, level)
        for place, (name, shift), axis in zip(places, moved, whole.axes, strict=False):
            own = letters.get(name)
            if own in put:  # D[i, i] = v
                tests.append(n.Rel("==", from_sympy(axis.letter.to_sympy() - axis.lower.to_sympy() - shift), own))
            elif own is not None:
                put[own] = from_sympy(axis.letter.to_sympy() - axis.lower.to_sympy() - shift)
            elif (mask := mask_of(place)) is not None:
                holds = holds_along(r, axis, mask, level)
                tests.append(n.replace(holds.entry, {holds.axes[0].letter: axis.letter}))
            elif axis not in rest:
                tests.append(n.Rel("==", axis.letter, place_in_loop(r, axis, place, level)))
    for letter, (first, last) in zip(letters.values(), ends, strict=True):
        tests += [n.Rel("<=", first, put[letter]), n.Rel("<", put[letter], last)]
    axes, parts = combined((Array(tuple(rest), n.ZERO), new))
    if axes is None or [a.ends for a in axes] != [a.ends for a in rest]:
        raise r.error(f"{new.shape} is put in here, where {Array(tuple(rest), n.ZERO).shape} is needed.", value)
    tests = [n.replace(test, put) for test in tests]
    changed = in_places(whole.entry, _word(sign), n.replace(parts[1], put), n.both(*tests))
    if within_ends == n.TRUE:
        return Array(whole.axes, changed)
    reached = where_inside(n.ZERO, within_ends)
    for letter, (first, last) in reversed(list(zip(letters.values(), ends, strict=True))):
        reached = n.Sum(reached, letter, first, from_sympy(last.to_sympy() - 1))
    return Array(whole.axes, n.Add(changed, reached))


def _refuse_below_0(r: Arrays, e: ast.expr, ends: Mapping[str, Ends], moved: Sequence[tuple[str, int]]) -> None:
    for name, shift in moved:
        if name in ends and shift < 0 and not (ends[name][0].to_sympy() + shift).is_nonnegative:
            raise r.error("This loop may begin below 0, where an index counts from the end.", e)


def where_inside(entry: n.Node, test: n.Node) -> n.Node:
    """The formula, which has no value where Python finds no such place."""
    return entry if test == n.TRUE else n.Cases(entry, test)


def inside(r: Arrays, whole: Array, target: ast.Subscript, guard: Sequence[ast.expr], level: int) -> n.Node:
    """Whether the places that a run of a loop sets are there: surely, or only if this holds. Where the guard does not, nothing is set."""
    places = list(target.slice.elts) if isinstance(target.slice, ast.Tuple) else [target.slice]
    tests = list[n.Node]()
    for place, axis in zip(places, whole.axes, strict=False):
        if in_loop(r, place) and not is_label(r, place) and mask_of(place) is None:
            test = may_be_there(r, axis, place, place_in_loop(r, axis, place, level))
            tests += [test] if test != n.TRUE else []
    if not tests or not guard:
        return n.both(*tests)
    return n.Logic("or", n.both(*tests), n.Logic("not", condition(r, guard[0], level).entry))


def may_be_there(r: Arrays, axis: Axis, place: ast.expr, at: n.Node) -> n.Node:
    """Whether an index is not beyond the end: surely, or only if this holds. Labels are taken to be within their range."""
    ahead = at.pairs[0][0] if isinstance(at, n.Cases) else at
    if is_label(r, place) or _surely_up_to(r, ahead, axis.upper):
        return n.TRUE
    return n.Rel("<=", ahead, axis.upper)


def _surely_up_to(r: Arrays, at: n.Node, upper: n.Node) -> bool:
    """Is an index never above this, in any run?"""
    ends = {letter.to_sympy(): r.begun[name] for name, letter in r.loops.items()}
    most = at.to_sympy()
    for _ in range(2 * len(ends)):
        for letter, (first, last) in ends.items():
            slope = most.diff(letter)
            if slope.is_number and slope != 0:
                most = most.subs(letter, last.to_sympy() - 1 if slope > 0 else first.to_sympy())
    left = upper.to_sympy() - most
    sizes = {s: Symbol(s.name, integer=True, positive=True) for s in left.free_symbols}
    return bool(left.subs(sizes).expand().is_nonnegative)


LOOPS: Mapping[str, Call] = MappingProxyType({LOOP_SUM: _summed, LOOP_SET: _set})
