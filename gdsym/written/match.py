"""Does a written name fit a pattern? `e_i` fits `e_3` with i = 3, so its definition can be put in."""

from __future__ import annotations

from gdsym.written.nodes import Base, Bound, Fn, Indexed, Node, Sym, replace, rewrite


def substituted(key: Node, meaning: Node, node: Node) -> Node | None:
    """What `node` stands for if `key` := `meaning`, or None if it is no case of `key`."""
    if key == node:
        return meaning
    letters = _fit(key, node, {})
    return None if letters is None else replace(meaning, letters)


def _fit(pattern: Node, node: Node, letters: dict[Node, Node]) -> dict[Node, Node] | None:
    """Letters of the pattern (indices of entries, arguments of functions) and what they stand for."""
    if type(pattern) is not type(node) or pattern._payload() != node._payload():
        return None
    if len(pattern.children) != len(node.children):
        return None
    if isinstance(pattern, (Sym, Base)):
        return letters
    for position, (mine, theirs) in enumerate(zip(pattern.children, node.children, strict=True)):
        free = isinstance(mine, Sym) and (_has_arguments(pattern) or (isinstance(pattern, Indexed) and position > 0))
        found = _bind(mine, theirs, letters) if free else _fit(mine, theirs, letters)
        if found is None:
            return None
        letters = found
    return letters


def _has_arguments(pattern: Node) -> bool:
    return isinstance(pattern, Fn) and pattern.undefined


def _bind(letter: Node, value: Node, letters: dict[Node, Node]) -> dict[Node, Node] | None:
    if letters.get(letter, value) != value:
        return None
    return {**letters, letter: value}


def occurrence(key: Node, meaning: Node, node: Node) -> Node | None:
    """The name of `node` if it is what `key` := `meaning` says, for some index: `exp(z_3)` is `e_3` where e_i := exp(z_i)."""
    letters = frozenset(
        s for part in (key, *key.children) if isinstance(part, Indexed) for i in part.indices for s in i.free
    )
    if _has_arguments(key):
        letters |= frozenset(c for c in key.children if isinstance(c, Sym))
    found = _alike(meaning, node, letters, {})
    return None if found is None else replace(key, {s: found.get(s, s) for s in letters})


def _alike(pattern: Node, node: Node, letters: frozenset[Node], found: dict[Node, Node]) -> dict[Node, Node] | None:
    """Equal up to the letters, each of which stands for one index, and up to the names of bound indices."""
    if pattern in letters:
        return _bind(pattern, node, found)
    if type(pattern) is not type(node) or len(pattern.children) != len(node.children):
        return None
    if isinstance(pattern, Bound) and isinstance(node, Bound) and pattern.index != node.index:
        if pattern.index in node.free:
            return None
        node = type(node)(replace(node.body, {node.index: pattern.index}), pattern.index, node.lower, node.upper)
    if pattern._payload() != node._payload():
        return None
    for mine, theirs in zip(pattern.children, node.children, strict=True):
        more = _alike(mine, theirs, letters, found)
        if more is None:
            return None
        found = more
    return found


def with_name(node: Node, key: Node, meaning: Node) -> Node:
    """What the named part stands for, wherever it stands, gets its name."""
    if not meaning.children:
        return node
    return rewrite(node, lambda part: occurrence(key, meaning, part) or part)
