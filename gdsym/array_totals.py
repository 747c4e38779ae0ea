"""Sums over an axis along which arrays were put together: one sum for each of them, in which no case is left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sympy

from gdsym.array_parts import Axis
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

MOST = 6  # entries that are added up one by one


def total(entry: n.Node, axis: Axis) -> n.Node:
    """The sum over an axis."""
    letter, whole = axis.letter, n.Sum(entry, axis.letter, axis.lower, axis.upper)
    tests = {part for part in n.walk(entry) if isinstance(part, n.Rel) and part.children[0] == letter}
    first, end = axis.lower.to_sympy(), axis.upper.to_sympy() + 1
    count = end - first
    if not tests:
        return whole
    if count.is_Integer:
        joints = [first + at for at in range(int(count) + 1)] if 0 < count <= MOST else []
    else:
        joints = _in_order([first, *(t.children[1].to_sympy() for t in tests if t.op == "<"), end])
    if not joints:
        return whole
    parts = [_between(entry, letter, *ends) for ends in pairwise(joints)]
    return n.Add(*parts) if len(parts) > 1 else parts[0]


def _in_order(places: Sequence[Any]) -> list[Any]:
    """The places from the first to the last, each beyond the one before, whatever sizes there are; none if that is not so."""
    sizes = {s: sympy.Symbol(s.name, integer=True, positive=True) for place in places for s in place.free_symbols}
    found: list[Any] = []
    for place in places:
        apart = [(place - one).subs(sizes).expand() for one in found]
        if any(not (d.is_zero or d.is_positive or d.is_negative) for d in apart):
            return []
        if not any(d.is_zero for d in apart):
            found.insert(sum(bool(d.is_positive) for d in apart), place)
    return found if found[:1] == [places[0]] and found[-1:] == [places[-1]] else []


def _between(entry: n.Node, letter: n.Sym, first: Any, end: Any) -> n.Node:
    """The sum from the first place to before the end, where comparisons of the letter with joints are decided."""
    alone = end - first == 1

    def holds(test: n.Node) -> bool | None:
        if not isinstance(test, n.Rel) or test.children[0] != letter or test.op not in ("<", "=="):
            return None
        apart = (
            (test.children[1].to_sympy() - first)
            .subs(
                {
                    s: sympy.Symbol(s.name, integer=True, positive=True)
                    for s in (test.children[1].to_sympy() - first).free_symbols
                }
            )
            .expand()
        )
        if test.op == "==":
            return bool(apart == 0) if alone and apart.is_number else None
        return True if apart.is_positive else False if apart.is_nonpositive else None

    def decided(part: n.Node) -> n.Node:
        if not isinstance(part, n.Cases):
            return part
        left: list[n.Node] = []
        for branch, test in part.pairs:
            if (known := holds(test)) is not False:
                left += [branch, n.TRUE if known else test]
            if known:
                break
        return left[0] if len(left) > 1 and left[1] == n.TRUE else n.Cases(*left) if left else part

    body = n.rewrite(entry, decided)
    if alone:
        return n.replace(body, {letter: from_sympy(first)})
    return n.Sum(body, letter, from_sympy(first), from_sympy(end - 1))
