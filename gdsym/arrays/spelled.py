"""Functions that are others in other words: frac u = u - floor u, acot u = atan(1/u), erf2(u, v) = erf v - erf u, li u = Ei log u."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import sympy

from gdsym.written.nodes import ONE, TRUE, TWO, ZERO, Add, Cases, Const, Div, Fn, Neg, Node, Rel


def _acot(u: Node) -> Node:
    half = Div(Const(sympy.pi), TWO)
    return Cases(half, Rel("==", u, ZERO), Fn(sympy.atan, Div(ONE, u)), TRUE)


SPELLED: Mapping[object, Callable[..., Node]] = MappingProxyType(
    {
        sympy.frac: lambda u: Add(u, Neg(Fn(sympy.floor, u))),
        sympy.erf2: lambda u, v: Add(Fn(sympy.erf, v), Neg(Fn(sympy.erf, u))),
        sympy.acot: _acot,
        sympy.li: lambda u: Fn(sympy.Ei, Fn(sympy.log, u)),
    }
)


def spelled(node: Fn) -> Node | None:
    """The same value by functions of the closed table; None if there is none."""
    formula = SPELLED.get(node.func)
    return None if formula is None else formula(*node.children)
