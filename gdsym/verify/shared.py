"""What both sides of a claim share, and what always has a value, may stand for any number: a claim for all numbers holds for these.

In d/dU_pr max(0, sum_k U_jk max(0, sum_l W_kl x_il + b_k)) the inner maximum does not move: that the step is right for a
matrix H_ki of any numbers is more than that it is right for this one, and there is less to add up at each point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import TypeAlias

import sympy
from sympy import IndexedBase, Symbol

from gdsym.written import nodes as n

Pattern: TypeAlias = "tuple[n.Node, int]"  # with letters of its own for the indices, and how many these are

TOTAL = (n.Add, n.Mul, n.Neg, n.Sum, n.Indexed, n.Sym, n.Base, n.Num, n.Dec)  # of real numbers, a real number
TOTAL_FUNCTIONS = (sympy.Max, sympy.Min, sympy.Abs)
SUMS, PIECES = n.kinds_of(n.Sum), n.kinds_of(n.Cases, n.Fn)
SWITCHING = (*TOTAL_FUNCTIONS, sympy.sign)
LETTERS = tuple(n.Sym(sympy.Dummy(f"index {k}", integer=True)) for k in range(6))


def generalised(lhs: n.Node, rhs: n.Node, where: Mapping[n.Node, n.Node]) -> tuple[n.Node, n.Node] | None:
    """Both sides with a number, or an entry of an array, of its own for each sum that both share.

    None where there is none, and for claims without pieces: these are looked at from few points.
    """
    if not (lhs.kinds & SUMS and rhs.kinds & SUMS) or not _is_pieced(lhs, rhs):
        return None
    still = frozenset(n.head_of(name) for name in (*where, *_variables(lhs, rhs)))
    bound = frozenset(part.index for side in (lhs, rhs) for part in n.distinct(side) if isinstance(part, n.Bound))
    sides = [_Parts(side, still, bound) for side in (lhs, rhs)]
    shared = [pattern for pattern in sides[0].patterns if pattern in sides[1].patterns]
    if not shared:
        return None
    arrays = dict(zip(shared, _names(lhs.free | rhs.free), strict=False))
    return sides[0].put_in(arrays), sides[1].put_in(arrays)


def _is_pieced(*sides: n.Node) -> bool:
    return any(
        isinstance(part, n.Cases) or (isinstance(part, n.Fn) and part.func in SWITCHING)
        for side in sides
        if side.kinds & PIECES
        for part in n.distinct(side)
    )


def _variables(*sides: n.Node) -> Iterator[n.Node]:
    """What is derived by."""
    for side in sides:
        for part in n.distinct(side):
            if isinstance(part, n.D):
                yield part.var


def _names(taken: Iterable[n.Node]) -> Iterator[str]:
    used = {name.name for name in taken if isinstance(name, (n.Sym, n.Base))}
    return (name for k in count() if (name := f"shared {k}") not in used)


class _Parts:
    """The parts of a side that may stand for any number."""

    def __init__(self, side: n.Node, still: frozenset[n.Node], bound: frozenset[n.Node]) -> None:
        self._side, self._still, self._bound = side, still, bound
        self._found: dict[n.Node, tuple[Pattern, Sequence[n.Node]] | None] = {}
        parts = map(self._part, n.distinct(side))
        self.patterns = dict.fromkeys(part[0] for part in parts if part is not None)

    def put_in(self, arrays: Mapping[Pattern, str]) -> n.Node:
        """The side with entries of these arrays; the largest parts first."""
        return self._put_in(self._side, arrays)

    def _put_in(self, node: n.Node, arrays: Mapping[Pattern, str]) -> n.Node:
        found = self._found.get(node)
        if found is not None and found[0] in arrays:
            name, letters = arrays[found[0]], found[1]
            if not letters:
                return n.Sym(Symbol(name, real=True))
            return n.Indexed(n.Base(IndexedBase(name)), *letters)
        if not node.children:
            return node
        children = tuple([self._put_in(child, arrays) for child in node.children])
        return node if children == node.children else node.with_children(children)

    def _part(self, node: n.Node) -> tuple[Pattern, Sequence[n.Node]] | None:
        """Its pattern, and the letters on which it depends as an entry does, in order."""
        if node in self._found:
            return self._found[node]
        found = None
        if node.kinds & SUMS and self._still.isdisjoint(node.free) and _is_total(node):
            letters = [letter for letter in dict.fromkeys(_letters(node, self._bound)) if letter in node.free]
            if len(letters) <= len(LETTERS):
                new: dict[n.Node, n.Node] = dict(zip(letters, LETTERS, strict=False))
                found = (n.replace(node, new), len(letters)), letters
        self._found[node] = found
        return found


def _is_total(node: n.Node) -> bool:
    return all(
        isinstance(part, TOTAL) or (isinstance(part, n.Fn) and part.func in TOTAL_FUNCTIONS)
        for part in n.distinct(node)
    )


def _letters(node: n.Node, bound: frozenset[n.Node]) -> Iterator[n.Node]:
    """The letters on which the part depends as an entry does: those in indices, and those that a sum around it runs over, wherever they stand."""
    for part in n.walk(node):
        if part in bound:
            yield part
        elif isinstance(part, n.Indexed):
            for index in part.indices:
                yield from (letter for letter in n.walk(index) if isinstance(letter, n.Sym))
