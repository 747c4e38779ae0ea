"""Do two formulas look alike on paper? (2 x) y and 2 x y do; so do 1/2 as a fraction and as a number."""

from __future__ import annotations

from gdsym.written.composed import Add, Div, Mul
from gdsym.written.node import Node, Num
from gdsym.written.trees import mul, rewrite


def alike(one: Node, other: Node) -> bool:
    """Are they printed alike?"""
    return one == other or rewrite(one, _in_one_row) == rewrite(other, _in_one_row)


def _in_one_row(node: Node) -> Node:
    if isinstance(node, Mul) and any(isinstance(part, Mul) for part in node.children):
        return mul(*(f for part in node.children for f in (part.children if isinstance(part, Mul) else (part,))))
    if isinstance(node, Add) and isinstance(node.children[0], Add):
        return Add(*node.children[0].children, *node.children[1:])
    if isinstance(node, Div) and all(isinstance(part, Num) and part.value > 0 for part in node.children):
        above, below = (part.value for part in node.children if isinstance(part, Num))
        return Num(above / below)
    return node
