"""Named parts put in: e_i becomes w x_i + b - y_i."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.written.match import substituted
from gdsym.written.nodes import Node, rewrite


def put_in(node: Node, where: Mapping[Node, Node]) -> Node:
    """The formula with all named parts replaced by what they stand for."""
    if not where:
        return node

    def change(part: Node) -> Node:
        for key, meaning in where.items():
            found = substituted(key, meaning, part)
            if found is not None:
                return put_in(found, where)
        return part

    return rewrite(node, change)
