"""Signs beside absolute values: u sign(u) = |u|, |u| sign(u) = u, sign(u)/|u| = 1/u, sign(u)/u = 1/|u|, |u|^2 = u^2, |u|/u^2 = 1/|u|."""

from __future__ import annotations

import sympy

from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.written.nodes import Div, Fn, Mul, Node, Num, Pow


def moduli(node: Node) -> Node:
    """The sign beside an absolute value or its argument taken up, or the node as it is."""
    if isinstance(node, Pow):
        base, exponent = node.children
        even = isinstance(exponent, Num) and exponent.value % 2 == 0
        return Pow(base.children[0], exponent) if even and _is(base, sympy.Abs) else node
    return _product(node) if isinstance(node, (Mul, Div)) else node


def _product(node: Node) -> Node:
    ups, downs = split(node)
    for at, factor in enumerate(ups):
        if _is(factor, sympy.sign):
            found = _taken_up(factor.children[0], [*ups[:at], *ups[at + 1 :]], downs)
            if found is not None:
                return found
    return _beside_square(ups, downs) or _beside_square(downs, ups, turned=True) or node


def _beside_square(sizes: list[Node], others: list[Node], turned: bool = False) -> Node | None:
    """|u|/u^2 = 1/|u|, and u^2/|u| = |u|."""
    for at, size in enumerate(sizes):
        for place, other in enumerate(others if _is(size, sympy.Abs) else ()):
            base, exponent = base_exponent(other)
            if base == size.children[0] and exponent % 2 == 0 and exponent > 0:
                left = [*sizes[:at], *sizes[at + 1 :]]
                new = [*others[:place], raised(size, exponent - 1), *others[place + 1 :]]
                return rebuilt(new, left) if turned else rebuilt(left, new)
    return None


def _taken_up(u: Node, ups: list[Node], downs: list[Node]) -> Node | None:
    """sign(u) ups/downs, where u or |u| stands above or below the bar."""
    size = Fn(sympy.Abs, u)
    for side in (ups, downs):
        for at, factor in enumerate(side):
            base, exponent = base_exponent(factor)
            if exponent % 1 or not (base in (u, size) if exponent % 2 else base == u and side is ups):
                continue
            less = [] if exponent == 1 else [raised(base, exponent - 1)]
            new = [*side[:at], *less, size if base == u else u, *side[at + 1 :]]
            return rebuilt(*((new, downs) if side is ups else (ups, new)))
    return None


def _is(node: Node, func: object) -> bool:
    return isinstance(node, Fn) and node.func is func
