"""Named parts: `e_i := w x_i + b - y_i` read at e_j means the definition with j for i."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.record import record
from gdsym.written import nodes as n


@record
class Part:
    """A named part as it was found: its name, its definition, and what the letters of the name stand for."""

    key: n.Node
    definition: n.Node
    letters: Mapping[n.Node, n.Node]


def named_part(node: n.Node, where: Mapping[n.Node, n.Node]) -> Part | None:
    """The definition that `node` is an instance of."""
    for key, definition in where.items():
        letters: dict[n.Node, n.Node] = {}
        if type(key) is type(node) and _matches(key, node, letters):
            return Part(key, definition, letters)
    return None


def _matches(key: n.Node, node: n.Node, letters: dict[n.Node, n.Node]) -> bool:
    if isinstance(key, n.Indexed) and isinstance(node, n.Indexed):
        return key.base == node.base and _match_all(key.indices, node.indices, letters)
    if isinstance(key, n.Fn) and isinstance(node, n.Fn):
        return bool(key.func == node.func) and _match_all(key.children, node.children, letters)
    return key == node


def _match_all(keys: tuple[n.Node, ...], nodes: tuple[n.Node, ...], letters: dict[n.Node, n.Node]) -> bool:
    """Letter by letter: a Sym in the name is an index or argument and stands for anything, but always the same."""
    if len(keys) != len(nodes):
        return False
    for key, node in zip(keys, nodes, strict=True):
        if isinstance(key, n.Sym):
            if letters.setdefault(key, node) != node:
                return False
        elif not _matches(key, node, letters):
            return False
    return True
