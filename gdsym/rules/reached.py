"""Is the switch of |u|, max(u, v) or min(u, v) at a place where the whole formula has a value? log|x| has none at x = 0."""

from __future__ import annotations

from collections.abc import Iterator, Set

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ZERO, Bound, Cases, Div, Fn, Neg, Node, Num, Pow, distinct, is_num, rewrite, walk

SWITCHES = (sympy.Abs, sympy.Max, sympy.Min)
STEPS = (sympy.sign, sympy.Heaviside)
JUMPS = (*STEPS, sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod)


def reached(whole: Node, switch: Node) -> bool:
    """False where the formula certainly has no value at the switch, so that there is nothing to agree on."""
    there = _there(switch)
    bound = [part.index for part in walk(whole) if isinstance(part, Bound)]
    if not there or any(bound.count(index) > 1 for index in set(bound) & switch.free):
        return True  # w_i in one sum is not w_i in another
    return not _no_value(rewrite(whole, lambda part: there.get(part, part)), switch.free)


def is_switch(node: Node, functions: tuple[object, ...] = SWITCHES) -> bool:
    """Is it continuous, with a kink? Or another of the functions."""
    return isinstance(node, Fn) and node.func in functions


def has_convention(slope: Node, variable: Set[Node]) -> bool:
    """Does a slope use the sign of what varies or distinguish cases in it, so that it may jump where one turns over?"""
    return any(not variable.isdisjoint(free) for part in distinct(slope) for free in _turning(part))


def _turning(part: Node) -> Iterator[frozenset[Node]]:
    """The letters of each condition, or of a function that jumps."""
    if isinstance(part, Cases):
        yield from (condition.free for _, condition in part.pairs)
    elif isinstance(part, Fn) and part.func in JUMPS:
        yield part.free


def _there(switch: Node) -> dict[Node, Node]:
    """What is known at the place where |u| or max(u, 3) turns over."""
    if isinstance(switch, Fn) and switch.func is sympy.Abs:
        return {switch: ZERO, switch.children[0]: ZERO}
    if isinstance(switch, Fn) and switch.func in (sympy.Max, sympy.Min) and len(switch.children) == 2:
        for value, other in (switch.children, switch.children[::-1]):
            if isinstance(value, Num):
                return {switch: value, other: value}
    return {}


def _no_value(node: Node, letters: frozenset[Node]) -> bool:
    """Is there a division by 0 or the logarithm of 0 in it, outside of case distinctions?

    A sum over one of the `letters` has one term at the switch, and what the others are is not known.
    """
    found = False

    def value(part: Node) -> Node:
        nonlocal found
        if not part.children or isinstance(part, Cases):
            return part
        new = part.with_children(tuple(map(value, part.children)))
        found = found or _is_hole(new)
        if isinstance(part, Bound) and part.index in letters:
            return part.index
        return ZERO if found else _turned(calculate(drop(new)))

    value(node)
    return found


def _turned(node: Node) -> Node:
    """|0| is 0, max(3, 3) is 3."""
    if not isinstance(node, Fn) or node.func not in SWITCHES or len(set(node.children)) > 1:
        return node
    value = node.children[0]
    return value if node.func is not sympy.Abs or is_num(value, 0) else node


def _is_hole(node: Node) -> bool:
    if isinstance(node, Div):
        return is_num(node.den, 0)
    if isinstance(node, Pow):
        return is_num(node.base, 0) and isinstance(node.exponent, Neg) and isinstance(node.exponent.arg, Num)
    return isinstance(node, Fn) and node.func is sympy.log and is_num(node.children[0], 0)
