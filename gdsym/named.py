"""Named parts put in: e_i becomes w x_i + b - y_i."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.written import matrix_algebra as mat
from gdsym.written.match import substituted
from gdsym.written.nodes import Bound, Node, Sym, rewrite, walk
from gdsym.written.wholes import is_whole


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


def size_letters(node: Node) -> frozenset[Node]:
    """Free letters in the limits of sums and products, and in the shapes of matrices."""
    found: set[Node] = set()
    for part in walk(node):
        if isinstance(part, Bound):
            found |= {name for limit in (part.lower, part.upper) for name in limit.free if isinstance(name, Sym)}
        elif is_whole(part):
            found |= part.children[-1].free
    return frozenset(found & node.free) | mat.size_symbols(node)
