"""Where a formula uses an array: for each axis the least range that holds every index written there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Bound, Indexed, Node, Num, replace, walk

Ends = tuple[Node, Node]


def known_ranges(node: Node, var: Indexed) -> dict[Node, Ends]:
    """What is certain of the variable's indices: a letter runs over the whole axis, a number is a place on it.

    Arrays start at 1, or at a lower number that the formula uses: a sum from 2 leaves w_1 out, and a sum from a letter
    may leave out any. A declared shape says how many entries there are.
    """
    shape = var.base.base.shape or ()
    return {
        index: limits
        for axis, (index, limits) in enumerate(zip(var.indices, index_ranges(node, var), strict=False))
        if limits is not None and _whole(index, limits, shape[axis : axis + 1])
    }


def _whole(index: Node, limits: Ends, declared: Sequence[Any]) -> bool:
    """Does the range start where the array does, and is it as long as was declared?"""
    low, high = (end.to_sympy() for end in limits)
    starts = isinstance(index, Num) or bool(low.is_Integer and low <= 1)
    return starts and all(high - low + 1 == count for count in declared)


def index_ranges(node: Node, var: Indexed) -> tuple[Ends | None, ...]:
    """For each axis: the least range that holds every index at which the formula uses the array, but for the variable itself.

    A label (`W[y[i], j]`) or a letter that is no size (`w[q]`) stands for one of the entries that are there, and makes no range wider.
    """
    uses: list[list[Ends]] = []
    _collect_uses(node, var, {}, uses)
    sizes = frozenset(
        name for part in walk(node) if isinstance(part, Bound) for end in part.children[2:] for name in end.free
    )
    return (
        tuple(_hull([ends for ends in axis if _certain(ends, sizes)] or axis) for axis in zip(*uses, strict=False))
        if uses
        else ()
    )


def _certain(ends: Ends, sizes: frozenset[Node]) -> bool:
    """Is it known which entries these are, in numbers and sizes?"""
    return all(name in sizes for end in ends for name in end.free)


def _collect_uses(node: Node, var: Indexed, limits: Mapping[Node, Ends], uses: list[list[Ends]]) -> None:
    if var.base not in node.free or node == var:
        return
    if isinstance(node, Bound):
        _collect_uses(node.body, var, {**limits, node.index: (node.lower, node.upper)}, uses)
        return
    if isinstance(node, Indexed) and node.base == var.base:
        uses.append([_reach(index, limits) for index in node.indices])
    for child in node.children:
        _collect_uses(child, var, limits, uses)


def _reach(index: Node, limits: Mapping[Node, Ends]) -> Ends:
    return _end(index, limits, 0), _end(index, limits, 1)


def _end(index: Node, limits: Mapping[Node, Ends], end: int) -> Node:
    """The least (0) or greatest (1) value of an index; limits of inner sums may hold outer indices."""
    for _ in range(len(limits) + 1):
        value = index.to_sympy()
        bound = {
            letter: limits[letter][end if rises(value, letter) else 1 - end]
            for letter in limits
            if letter in index.free
        }
        if not bound:
            break
        index = replace(index, bound)
    return index


def rises(value: Any, letter: Node) -> bool:
    """Does an index expression grow with the letter? (`n + 1 - j` falls.)"""
    name = letter.to_sympy()
    return value == name or not value.diff(name).is_negative


def _hull(reaches: Sequence[Ends]) -> Ends | None:
    different = list(dict.fromkeys(reaches))
    if len(different) == 1:
        return different[0]
    low = _extreme([r[0] for r in different], -1)
    high = _extreme([r[1] for r in different], 1)
    return None if low is None or high is None else (low, high)


def _extreme(limits: Sequence[Node], sign: int) -> Node | None:
    """The least (-1) or greatest (+1) of the limits, if their differences have a known sign."""
    for candidate in dict.fromkeys(limits):
        value = candidate.to_sympy()
        if all((sign * (value - other.to_sympy())).is_nonnegative for other in limits):
            return from_sympy(value)
    return None
