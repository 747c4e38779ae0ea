"""Do two formulas look alike on paper? (2 x) y and 2 x y do; so do 1/2 as a fraction and as a number, x (a + b)/c as one fraction."""

from __future__ import annotations

from gdsym.written.composed import Add, Div, Fn, Mul, Neg, Pow
from gdsym.written.node import Indexed, Node, Num, Sym
from gdsym.written.trees import mul, rewrite


def alike(one: Node, other: Node) -> bool:
    """Are they printed alike?"""
    if one == other:
        return True
    done: dict[Node, Node] = {}
    return _may_be(one, other) and rewrite(one, _in_one_row, done) == rewrite(other, _in_one_row, done)


def in_other_order(one: Node, other: Node) -> bool:
    """Do they differ at most in the order of terms, and of factors that are no numbers, as cos(x) x and x cos(x) do?"""
    if one == other:
        return True
    if type(one) is not type(other) or one._payload() != other._payload():
        return False
    left = list(other.children)
    if len(one.children) != len(left):
        return False
    if not isinstance(one, (Add, Mul)):
        return all(map(in_other_order, one.children, left))
    for at, factor in enumerate(one.children):
        if isinstance(one, Mul) and isinstance(factor, Num):
            if other.children[at] != factor:
                return False
            left.remove(factor)
            continue
        found = next((part for part in left if in_other_order(factor, part)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _may_be(one: Node, other: Node) -> bool:
    """Are they of kinds that can be printed alike, sums with as many terms?"""
    kinds = {type(one), type(other)}
    if kinds == {Add}:
        return _terms(one) == _terms(other)
    return len(kinds) == 1 or kinds in ({Mul, Neg}, {Mul, Div}, {Div, Num}, {Div, Neg})


def _terms(node: Node) -> int:
    """Of a sum, those of the sum that leads it counted as its own."""
    if not isinstance(node, Add):
        return 1
    return len(node.children) - 1 + (_terms(node.children[0]) if _leads_bare(node) else 1)


def _leads_bare(node: Add) -> bool:
    """Is the first term, if it is a sum, printed without brackets?"""
    return not any(isinstance(term, Add) for term in node.children[1:])


def _sign_ahead(node: Mul) -> Node:
    """(-x) y is printed like -(x y)."""
    first, *rest = node.children
    return Neg(Mul(first.arg, *rest)) if isinstance(first, Neg) else node


def _one_bar(node: Mul) -> Node:
    """A product u ((a + b)/c) is read like (u (a + b))/c; u 1/c is not read like u/c."""
    *ahead, last = node.children
    if not isinstance(last, Div) or not isinstance(last.num, (Add, Pow, Sym, Indexed, Fn)):
        return node
    return Div(mul(*ahead, last.num), last.den)


def _in_one_row(node: Node) -> Node:
    if isinstance(node, Mul) and any(isinstance(part, Mul) for part in node.children):
        node = mul(*(f for part in node.children for f in (part.children if isinstance(part, Mul) else (part,))))
    if isinstance(node, Mul):
        node = _one_bar(node) if isinstance(node.children[-1], Div) else node
        return _sign_ahead(node) if isinstance(node, Mul) else node
    if isinstance(node, Add) and isinstance(node.children[0], Add) and _leads_bare(node):
        return Add(*node.children[0].children, *node.children[1:])
    if isinstance(node, Div) and all(isinstance(part, Num) and part.value > 0 for part in node.children):
        above, below = (part.value for part in node.children if isinstance(part, Num))
        return Num(above / below)
    return node
