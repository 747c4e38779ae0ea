"""Sums over the same range as one, where their terms meet: sum_j (1 - u_j) s_j - sum_j u_j (1 - s_j) = sum_j (s_j - u_j)."""

from __future__ import annotations

from collections.abc import Callable

from gdsym.rules.regions import size
from gdsym.written.nodes import Add, Neg, Node, Sum, replace

Shorter = Callable[[Node], Node]


def one_sum(node: Node, shorter: Shorter) -> Node:
    """The sum with two of its sums joined, as long as that puts terms together; or the node as it is."""
    if not isinstance(node, Add):
        return node
    for at, term in enumerate(node.children):
        for other in range(at + 1, len(node.children)):
            joined = _joined(term, node.children[other], shorter)
            if joined is not None:
                left = [*node.children[:at], joined, *node.children[at + 1 : other], *node.children[other + 1 :]]
                return one_sum(Add(*left), shorter) if len(left) > 1 else joined
    return node


def _joined(one: Node, other: Node, shorter: Shorter) -> Node | None:
    (minus, first), (less, second) = _signed(one), _signed(other)
    if not isinstance(first, Sum) or not isinstance(second, Sum) or first.children[2:] != second.children[2:]:
        return None
    body = replace(second.body, {second.index: first.index})
    both = Add(first.body, Neg(body) if minus != less else body)
    found = shorter(both)
    if size(found) >= max(size(first.body), size(body)):
        return None  # nothing has met: sum_j v_j A_kj + sum_i v_i A_ik are two products with v
    whole: Node = Sum(found, *first.children[1:])
    return Neg(whole) if minus else whole


def _signed(term: Node) -> tuple[bool, Node]:
    return (True, term.arg) if isinstance(term, Neg) else (False, term)
