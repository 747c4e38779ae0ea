"""Sums of matrix products in their shortest form: A w + A^T w = (A + A^T) w."""

from __future__ import annotations

from itertools import combinations

from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import Add, Mul, Neg, Node, mul

Term = tuple[bool, tuple[Node, ...], tuple[Node, ...]]  # minus, numbers, factors


def gathered(node: Node) -> Node:
    """Everywhere in the formula."""
    if node.children:
        children = tuple(gathered(child) for child in node.children)
        if any(a is not b for a, b in zip(children, node.children, strict=True)):
            node = node.with_children(children)
    return _in_pairs(_together(node)) if isinstance(node, Add) else node


def _in_pairs(node: Node) -> Node:
    """Of several terms two that differ in one factor only: G u + A B C + A D C = G u + A (B + D) C."""
    if not isinstance(node, Add) or len(node.children) < 3:
        return node
    for one, other in combinations(node.children, 2):
        rows = [_term(term)[2] for term in (one, other)]
        pair = _together(Add(one, other))
        if (
            len({*map(len, rows)}) == 1
            and sum(a != b for a, b in zip(*rows, strict=True)) == 1
            and isinstance(pair, (Mul, Neg, mat.MatMul))
        ):
            return _in_pairs(Add(*(pair if term is one else term for term in node.children if term is not other)))
    return node


def _together(node: Add) -> Node:
    """What all terms have in front and behind, outside one bracket: A B C + A D C = A (B + D) C."""
    terms = [_term(child) for child in node.children]
    rows = [t[2] for t in terms]
    room = min(map(len, rows)) - 1
    front = _shared(rows, room)
    behind = _shared([row[::-1] for row in rows], room - front)
    single = terms[0][1] and all(len(row) == 1 for row in rows)  # 2 W - 2 W^T = 2 (W - W^T)
    if len({t[1] for t in terms}) > 1 or not (front + behind or single):
        return node
    inside = [mat.matmul(*row[front : len(row) - behind]) for row in rows]
    minus = all(t[0] for t in terms)  # -A u - B u = -(A + B) u
    bracket = Add(*(Neg(part) if t[0] and not minus else part for t, part in zip(terms, inside, strict=True)))
    tail = rows[0][len(rows[0]) - behind :]
    product = mat.scaled(mul(*terms[0][1]), mat.matmul(*rows[0][:front], bracket, *tail))
    return Neg(product) if minus else product


def _shared(rows: list[tuple[Node, ...]], room: int) -> int:
    """How many factors at the beginning are the same in all rows, `room` at most."""
    return next((j for j in range(room) if len({row[j] for row in rows}) > 1), max(room, 0))


def _term(node: Node) -> Term:
    minus, node = (True, node.arg) if isinstance(node, Neg) else (False, node)
    numbers: tuple[Node, ...] = ()
    if isinstance(node, Mul) and not mat.is_number(node) and sum(not mat.is_number(f) for f in node.children) == 1:
        numbers = tuple(f for f in node.children if mat.is_number(f))
        (node,) = (f for f in node.children if not mat.is_number(f))
    return minus, numbers, node.children if isinstance(node, mat.MatMul) else (node,)
