"""Formulas that no row could hold, written so that they can be broken: a wide fraction as 1/b times a bracket."""

from __future__ import annotations

from fractions import Fraction

from gdsym.export.breaking import broken
from gdsym.export.width import width
from gdsym.writing.latex import latex
from gdsym.written import nodes as n

SHARES = (0.8, 0.6, 0.4)  # of a row: a fraction or root that is wider is opened; less where others stand around it


def spread(node: n.Node, room: float, partial: bool = False) -> n.Node:
    """`node`, equal in value, with no fraction or root so wide that a row of `room` points could not hold it."""
    if width(latex(node)) <= room:
        return node
    forms = (_narrower(node, room * share) for share in SHARES)
    tried: list[n.Node] = []
    for form in forms:
        if all(width(line) <= room for line in broken(latex(form, partial=partial), room)):
            return form
        tried.append(form)
    return tried[0]


def _narrower(node: n.Node, most: float) -> n.Node:
    """Without fractions and roots wider than that."""
    return n.rewrite(node, lambda part: _opened(part, most))


def _opened(node: n.Node, room: float) -> n.Node:
    if isinstance(node, n.Div) and width(latex(node.den), 1) > room:
        inverse = n.Pow(node.den, n.Neg(n.ONE))
        return inverse if node.num == n.ONE else n.mul(node.num, inverse)
    if isinstance(node, n.Div) and width(latex(node.num), 1) > room:
        return n.mul(n.Div(n.ONE, node.den), node.num)
    if isinstance(node, n.Root) and width(latex(node.arg)) > room and isinstance(node.degree, n.Num):
        return n.Pow(node.arg, n.Num(Fraction(1, 1) / node.degree.value))
    return node
