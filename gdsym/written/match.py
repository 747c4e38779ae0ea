"""Does a written name fit a pattern? `e_i` fits `e_3` with i = 3, so its definition can be put in."""

from __future__ import annotations

from gdsym.written.nodes import Base, Indexed, Node, Sym, replace


def substituted(key: Node, meaning: Node, node: Node) -> Node | None:
    """What `node` stands for if `key` := `meaning`, or None if it is no case of `key`."""
    if key == node:
        return meaning
    letters = _fit(key, node, {})
    return None if letters is None else replace(meaning, letters)


def _fit(pattern: Node, node: Node, letters: dict[Node, Node]) -> dict[Node, Node] | None:
    """Index letters of the pattern (names inside the brackets of entries) and what they stand for."""
    if type(pattern) is not type(node) or pattern._payload() != node._payload():
        return None
    if len(pattern.children) != len(node.children):
        return None
    if isinstance(pattern, (Sym, Base)):
        return letters
    for position, (mine, theirs) in enumerate(zip(pattern.children, node.children, strict=True)):
        index = isinstance(pattern, Indexed) and position > 0 and isinstance(mine, Sym)
        found = _bind(mine, theirs, letters) if index else _fit(mine, theirs, letters)
        if found is None:
            return None
        letters = found
    return letters


def _bind(letter: Node, value: Node, letters: dict[Node, Node]) -> dict[Node, Node] | None:
    if letters.get(letter, value) != value:
        return None
    return {**letters, letter: value}
