"""A prime on a formula, (u v)': for laws in which every letter is a function of one variable."""

from __future__ import annotations

from gdsym.written.nodes import D, Node


class Prime(Node):
    """The derivative of its one child; only printers meet it."""

    __slots__ = ()


def primed(node: Node) -> Node:
    """The formula with u' for du/dx."""
    if isinstance(node, D):
        return Prime(node.body)
    return node.with_children(tuple(map(primed, node.children))) if node.children else node
