"""Where a minus stands: in front, or inside the bracket that has fewer signs then."""

from __future__ import annotations

from gdsym.written.nodes import Add, Div, Mul, Neg, Node, Sum, is_num


def flip(node: Node) -> Node:
    """-c (a - b) u = c (b - a) u: a minus in front goes into a bracket that has fewer signs then."""
    if not isinstance(node, Neg):
        return node
    return _flipped(node.arg) or node


def _flipped(node: Node) -> Node | None:
    if isinstance(node, Add):
        return _opposite(node)
    if isinstance(node, (Mul, Sum, Div)):
        spots = range(len(node.children)) if isinstance(node, Mul) else range(1)
        for j in spots:
            new = _flipped(node.children[j])
            if new is not None:
                return node.with_children((*node.children[:j], new, *node.children[j + 1 :]))
    return None


def _opposite(node: Add) -> Node | None:
    """-(-a - b + c) as a + b - c; None where that has no fewer signs, or would begin with one."""
    minus = [term.arg for term in node.children if isinstance(term, Neg)]
    plus = [Neg(term) for term in node.children if not isinstance(term, Neg)]
    if not minus or len(plus) > len(minus) or is_num(node.children[0]):
        return None
    return Add(*minus, *plus)
