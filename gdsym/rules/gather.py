"""Sums of matrix products in their shortest form: A w + A^T w = (A + A^T) w."""

from __future__ import annotations

from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import Add, Mul, Neg, Node, mul

Term = tuple[bool, tuple[Node, ...], tuple[Node, ...]]  # minus, numbers, factors


def gathered(node: Node) -> Node:
    """Everywhere in the formula."""
    if node.children:
        children = tuple(gathered(child) for child in node.children)
        if any(a is not b for a, b in zip(children, node.children, strict=True)):
            node = node.with_children(children)
    return _together(node) if isinstance(node, Add) else node


def _together(node: Add) -> Node:
    """All terms with equal numbers and one common factor, last or first, as one product with a bracket."""
    terms = [_term(child) for child in node.children]
    numbers = {t[1] for t in terms}
    if len(numbers) > 1 or any(len(t[2]) < 2 for t in terms):
        return node
    tails, heads = {t[2][1:] for t in terms}, {t[2][:-1] for t in terms}
    if len(tails) == 1:
        return _product(terms, numbers.pop(), _bracket(terms, 0), tails.pop())
    if len(heads) == 1:
        return mat.scaled(mul(*numbers.pop()), mat.matmul(*heads.pop(), _bracket(terms, -1)))
    return node


def _product(terms: list[Term], numbers: tuple[Node, ...], bracket: Node, tail: tuple[Node, ...]) -> Node:
    return mat.scaled(mul(*numbers), mat.matmul(bracket, *tail))


def _bracket(terms: list[Term], at: int) -> Node:
    return Add(*(Neg(t[2][at]) if t[0] else t[2][at] for t in terms))


def _term(node: Node) -> Term:
    minus, node = (True, node.arg) if isinstance(node, Neg) else (False, node)
    numbers: tuple[Node, ...] = ()
    if isinstance(node, Mul) and not mat.is_number(node):
        numbers = tuple(f for f in node.children if mat.is_number(f))
        (node,) = (f for f in node.children if not mat.is_number(f))
    return minus, numbers, node.children if isinstance(node, mat.MatMul) else (node,)
