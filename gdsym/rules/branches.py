"""Case distinctions with the same conditions are one: {u if c; 0} - {v if c; 0} = {u - v if c; 0}."""

from __future__ import annotations

from gdsym.rules.dropping import drop
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ZERO, Add, Cases, Neg, Node, add, kinds_of

CASES = kinds_of(Cases)


def joined_cases(node: Node) -> Node:
    """Terms of a sum that distinguish the same cases are put together, at the place of the first."""
    if not isinstance(node, Add) or not node.has(CASES):
        return node
    groups: dict[object, list[Node]] = {}
    for at, term in enumerate(node.children):
        core = term.arg if isinstance(term, Neg) else term
        groups.setdefault(core.children[1::2] if isinstance(core, Cases) else at, []).append(term)
    if len(groups) == len(node.children):
        return node
    return add(*(group[0] if len(group) == 1 else _together(group) for group in groups.values()))


def _together(terms: list[Node]) -> Node:
    """One case distinction, branch by branch."""
    first = terms[0].arg if isinstance(terms[0], Neg) else terms[0]
    children: list[Node] = []
    for at, condition in enumerate(first.children[1::2]):
        children += [calculate(drop(Add(*(_value(term, 2 * at) for term in terms)))), condition]
    return Cases(*children)


def _value(term: Node, at: int) -> Node:
    """The value of a branch, with the sign of the term."""
    value = term.arg.children[at] if isinstance(term, Neg) else term.children[at]
    return Neg(value) if isinstance(term, Neg) and value != ZERO else value
