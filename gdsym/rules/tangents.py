"""Quotients that have a name: sin u / cos u = tan u, cosh u / sinh u = coth u."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sympy

from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.step import Reason
from gdsym.written.nodes import Div, Fn, Mul, Node, walk
from gdsym.written.trees import fresh

CIRCULAR, HYPERBOLIC = (sympy.sin, sympy.cos), (sympy.sinh, sympy.cosh)
NAMED: Final[dict[tuple[Any, Any], Any]] = {
    CIRCULAR: sympy.tan, CIRCULAR[::-1]: sympy.cot, HYPERBOLIC: sympy.tanh, HYPERBOLIC[::-1]: sympy.coth,
}  # fmt: skip
BY_NAME: Final = {name: pair for pair, name in NAMED.items()}
PARTNER: Final = dict([*NAMED])


def tangents(node: Node) -> Node:
    """sin^n u / cos^n u = tan^n u, whatever else stands above and below the bar."""
    if not isinstance(node, (Mul, Div)):
        return node
    ups, downs = split(node)
    for at, factor in enumerate(ups):
        base, exponent = base_exponent(factor)
        if isinstance(base, Fn) and base.func in PARTNER:
            below = raised(Fn(PARTNER[base.func], *base.children), exponent)
            if below in downs:
                name = NAMED[base.func, PARTNER[base.func]]
                downs.remove(below)
                ups[at] = raised(Fn(name, *base.children), exponent)
                return tangents(rebuilt(ups, downs))
    return node


def quotient_said(after: Iterable[Node], taken: Iterable[Node]) -> Reason:
    """The law, with a letter for what the functions are of: `sinh(u)/cosh(u) = tanh(u) with u = w x - y`."""
    found = dict.fromkeys(p for node in after for p in walk(node) if isinstance(p, Fn) and p.func in BY_NAME)
    named = next(iter(found))
    letter = fresh("u", taken)
    above, below = BY_NAME[named.func]
    law: Reason = (Div(Fn(above, letter), Fn(below, letter)), " = ", Fn(named.func, letter))
    return (*law, " with ", letter, " = ", named.children[0]) if len(found) == 1 else law
