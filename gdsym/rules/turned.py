"""Differences that stand the other way round: (u - v)^2 = (v - u)^2, sin(u - v) = -sin(v - u)."""

from __future__ import annotations

from typing import Final

import sympy

from gdsym.written.nodes import Add, Div, Fn, Mul, Neg, Node, Num, Pow, Sum, rewrite, walk

EVEN: Final = (sympy.Abs, sympy.cos, sympy.cosh, sympy.sec, sympy.sech)
ODD: Final = (
    sympy.sign, sympy.sin, sympy.tan, sympy.asin, sympy.atan, sympy.sinh, sympy.tanh, sympy.asinh, sympy.atanh, sympy.erf,
)  # fmt: skip
Difference = tuple[Node, Node]  # u and v of u - v


def difference(node: Node) -> Difference | None:
    """The u and v of u - v."""
    if isinstance(node, Add) and len(node.children) == 2:
        u, v = node.children
        if isinstance(v, Neg) and not isinstance(u, Neg):
            return u, v.arg
    return None


def differences(node: Node) -> dict[Difference, None]:
    """Those that stand in a formula, each in the direction in which it comes first."""
    found: dict[Difference, None] = {}
    for part in walk(node):
        ends = difference(part)
        if ends is not None and ends[::-1] not in found:
            found[ends] = None
    return found


def turned(node: Node, ways: dict[Difference, None]) -> tuple[bool, Node]:
    """(is there a minus in front, the formula with its differences in the direction of `ways`)."""

    def round_about(part: Node) -> Node:
        ends = difference(part)
        if ends is not None:
            return Neg(Add(ends[1], Neg(ends[0]))) if ends[::-1] in ways else part
        return _outward(part)

    found = rewrite(node, round_about)
    return (True, found.arg) if isinstance(found, Neg) else (False, found)


def _outward(part: Node) -> Node:
    """A minus within goes in front, or is gone."""
    first = part.children[0] if part.children else None
    if isinstance(part, Neg):
        return first.arg if isinstance(first, Neg) else part
    if isinstance(part, (Mul, Div)):
        minus = sum(isinstance(factor, Neg) for factor in part.children)
        if not minus:
            return part
        bare = part.with_children(tuple(f.arg if isinstance(f, Neg) else f for f in part.children))
        return Neg(bare) if minus % 2 else bare
    if not isinstance(first, Neg):
        return part
    bare = part.with_children((first.arg, *part.children[1:]))
    if isinstance(part, Sum):
        return Neg(bare)
    if isinstance(part, Pow) and isinstance(part.exponent, Num) and part.exponent.value.denominator == 1:
        return Neg(bare) if part.exponent.value % 2 else bare
    if isinstance(part, Fn) and part.func in EVEN:
        return bare
    return Neg(bare) if isinstance(part, Fn) and part.func in ODD else part
