"""Degrees of roots: a root sign is for 2, 3, ...; u^(1/n) of a letter n is a power, whose base may not be negative for all n."""

from __future__ import annotations

from gdsym.written.nodes import ONE, Div, Node, Num, Pow, Root, kinds_of, rewrite

ROOTS = kinds_of(Root)


def counted_roots(node: Node) -> Node:
    """The formula with roots of any other degree as powers."""
    return rewrite(node, _as_power) if node.has(ROOTS) else node


def _as_power(part: Node) -> Node:
    if not isinstance(part, Root):
        return part
    degree = part.degree
    counts = isinstance(degree, Num) and degree.value.denominator == 1 and degree.value > 1
    return part if counts else Pow(part.arg, Div(ONE, degree))
