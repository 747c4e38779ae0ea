"""The slope beside a maximum: max(0, u) {0 if u < 0; c if u > 0; c/2 otherwise} = c max(0, u), which is 0 where u is not positive."""

from __future__ import annotations

import sympy

from gdsym.rules.fractions import exponents, rebuilt, split
from gdsym.written.nodes import (
    ZERO,
    Add,
    Base,
    Cases,
    Dec,
    Div,
    Fn,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Rel,
    Sym,
    kinds_of,
    walk,
)

CASES = kinds_of(Cases)
OPPOSITE = {"<": ">", ">": "<"}
KINDS = {sympy.Max: ">", sympy.Min: "<"}  # the sign of u where it is taken
EVERYWHERE = (Sym, Indexed, Base, Num, Dec, Add, Mul, Neg)  # such a slope has a value for all u


def halves(node: Node) -> Node:
    """The slope of the branch where the maximum (or minimum) of 0 and u is u, in place of the case distinction."""
    if not isinstance(node, (Mul, Div)) or not node.has(CASES):
        return node
    ups, downs = split(node)
    above, below = exponents(ups), exponents(downs)
    left = (base for base, power in above.items() if power > below.get(base, 0))  # sqrt(max(0, u))/sqrt(max(0, u)) is 1
    taken = {condition for base in left if (condition := _taken(base)) is not None}
    for at, factor in enumerate(ups):
        slope = _slope(factor, taken) if isinstance(factor, Cases) else None
        if slope is not None:
            return rebuilt([*ups[:at], slope, *ups[at + 1 :]], downs)
    return node


def _taken(base: Node) -> tuple[Node, str] | None:
    """U and its sign where max(0, u) or min(0, u) is not 0."""
    if not isinstance(base, Fn) or base.func not in KINDS or ZERO not in base.children:
        return None
    others = [part for part in base.children if part != ZERO]
    return (others[0], KINDS[base.func]) if len(others) == 1 else None


def _slope(cases: Cases, taken: set[tuple[Node, str]]) -> Node | None:
    """The value where u has that sign, if there is one for the other sign and one for 0, all of which are numbers."""
    if len(cases.pairs) != 3 or not all(map(_has_value, (value for value, _ in cases.pairs))):
        return None
    (first, when), (second, otherwise), _ = cases.pairs
    if not isinstance(when, Rel) or when.children[1] != ZERO or when.op not in OPPOSITE:
        return None
    u, turned = when.children[0], OPPOSITE[when.op]
    if otherwise != Rel(turned, u, ZERO):
        return None
    return first if (u, when.op) in taken else second if (u, turned) in taken else None


def _has_value(slope: Node) -> bool:
    """For all values of its letters?"""
    return all(isinstance(p, EVERYWHERE) or (isinstance(p, Div) and isinstance(p.den, Num)) for p in walk(slope))
