"""Where two formulas differ: equal parts make equal wholes."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.written.nodes import Bound, Node


def changes(lhs: Node, rhs: Node) -> Sequence[tuple[Node, Node]]:
    """The pairs of smallest parts, at the same places, in which two formulas differ."""
    if lhs == rhs:
        return ()
    if not _same_frame(lhs, rhs):
        return ((lhs, rhs),)
    return tuple(pair for a, b in zip(lhs.children, rhs.children, strict=True) for pair in changes(a, b))


def _same_frame(lhs: Node, rhs: Node) -> bool:
    """Do both sides stand alike but for their parts (and, in a sum, but for its body)?"""
    if type(lhs) is not type(rhs) or lhs._payload() != rhs._payload() or len(lhs.children) != len(rhs.children):
        return False
    if not lhs.children or (isinstance(lhs, Bound) and lhs.children[1:] != rhs.children[1:]):
        return False
    same = sum(a == b for a, b in zip(lhs.children, rhs.children, strict=True))
    return same > 0 or len(lhs.children) == 1
