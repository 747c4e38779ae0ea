"""The slope beside a maximum: max(0, u) {0 if u < 0; c if u > 0; c/2 otherwise} = c max(0, u), which is 0 where u is not positive."""

from __future__ import annotations

import sympy

from gdsym.rules.fractions import exponents, rebuilt, split
from gdsym.rules.powers import base_exponent, base_of, raised
from gdsym.written.nodes import (
    ONE,
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
    """The slope of the branch where the maximum (or minimum) of 0 and u is u, in place of the case distinction.

    In a sum that has such a maximum beside it, u {0 if u < 0; c if u > 0; c/2 otherwise} is c max(0, u).
    """
    if not node.has(CASES):
        return node
    if isinstance(node, Add):
        return _beside_maxima(node)
    if not isinstance(node, (Mul, Div)):
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


def _beside_maxima(node: Add) -> Node:
    """max(0, u) + u {0 if u < 0; 1 if u > 0; 1/2 otherwise} = max(0, u) + max(0, u)."""
    if not any(map(_turns_with_a_factor, node.children)):
        return node
    extrema = {found: part for part in walk(node) if (found := _taken(part)) is not None}
    if not extrema:
        return node
    terms = tuple(_by_maximum(term, extrema) for term in node.children)
    return node if terms == node.children else node.with_children(terms)


def _turns_with_a_factor(term: Node) -> bool:
    """Is it u^k {... if u < 0; ...}? What is looked at before a long sum is searched for maxima."""
    core = term.arg if isinstance(term, Neg) else term
    if not isinstance(core, (Mul, Div)) or not core.has(CASES):
        return False
    ups, _ = split(core)
    turning = {f.children[1].children[0] for f in ups if isinstance(f, Cases) and isinstance(f.children[1], Rel)}
    return bool(turning) and not turning.isdisjoint(map(base_of, ups))


def _by_maximum(term: Node, extrema: dict[tuple[Node, str], Node]) -> Node:
    if isinstance(term, Neg):
        return term if (new := _by_maximum(term.arg, extrema)) is term.arg else Neg(new)
    if not isinstance(term, (Mul, Div)) or not term.has(CASES):
        return term
    ups, downs = split(term)
    for at, factor in enumerate(ups):
        if isinstance(factor, Cases):
            for place, other in enumerate(ups):
                slope, extremum = _extremum(factor, base_exponent(other)[0], extrema)
                if slope is not None and (power := base_exponent(other)[1]) >= 1:
                    left = [f for j, f in enumerate(ups) if j not in (at, place)]
                    lower = raised(base_exponent(other)[0], power - 1)
                    return rebuilt([f for f in (*left, slope, lower, extremum) if f != ONE], downs)
    return term


def _extremum(cases: Cases, u: Node, extrema: dict[tuple[Node, str], Node]) -> tuple[Node | None, Node]:
    """The number c if u times the cases is c max(0, u), and that maximum."""
    for (other, op), extremum in extrema.items():
        if other == u and _slope(cases, {(u, OPPOSITE[op])}) == ZERO:
            return _slope(cases, {(u, op)}), extremum
    return None, u


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
