"""Bessel functions of a negative whole order, as those of the positive one: I_(-n) = I_n, J_(-n) = (-1)^n J_n."""

from __future__ import annotations

from typing import Any, Final

import sympy

from gdsym.written.nodes import Fn, Neg, Node, Num

TURNS: Final[dict[Any, bool]] = {  # does the sign change with an odd order?
    sympy.besselj: True, sympy.bessely: True, sympy.besseli: False, sympy.besselk: False,
}  # fmt: skip


def mirrored(node: Node) -> Node:
    """The function of the positive order, or the node as it is."""
    if not isinstance(node, Fn) or node.func not in TURNS:
        return node
    order, u = node.children
    size = order.arg if isinstance(order, Neg) else order
    if size is order or not isinstance(size, Num) or size.value.denominator != 1:
        return node
    new = Fn(node.func, size, u)
    return Neg(new) if TURNS[node.func] and size.value % 2 else new
