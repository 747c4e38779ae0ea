"""Formulas that are linear in some letters: the linear part and the rest, and how both are written short."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.closing import tidy
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import ZERO, Add, Div, Indexed, Mul, Neg, Node, Num, Sum, add, is_num, mul, walk


class NotLinearError(Exception):
    """The formula is not (linear in the letters) + (free of them), or not written so that it can be seen."""


def split(node: Node, letters: frozenset[Node]) -> tuple[Node, Node]:
    """The formula = linear + rest."""
    if node.free.isdisjoint(letters):
        return ZERO, node
    if node in letters or (isinstance(node, Indexed) and node.base in letters):
        return node, ZERO
    if isinstance(node, Add):
        parts = [split(c, letters) for c in node.children]
        return total(ZERO, [p[0] for p in parts]), total(ZERO, [p[1] for p in parts])
    if isinstance(node, (Neg, Div, Mul, Sum, mat.MatMul, mat.Transpose)):
        return _inside(node, letters)
    raise NotLinearError


def _inside(node: Node, letters: frozenset[Node]) -> tuple[Node, Node]:
    """A product, quotient or sum over an index with one part that varies."""
    moving = [at for at, c in enumerate(node.children) if not c.free.isdisjoint(letters)]
    if len(moving) != 1 or (isinstance(node, (Div, Sum)) and moving != [0]):
        raise NotLinearError
    parts = split(node.children[moving[0]], letters)
    before, after = node.children[: moving[0]], node.children[moving[0] + 1 :]

    def within(part: Node) -> Node:
        if is_num(part, 0):
            return ZERO
        if isinstance(part, Neg) and not isinstance(node, Neg):
            return Neg(within(part.arg))
        whole = (*before, part, *after)
        return mat.matmul(*whole) if isinstance(node, mat.MatMul) else node.with_children(whole)

    return within(parts[0]), within(parts[1])


def negative(node: Node) -> Node:
    """Minus the formula; minus minus is plus."""
    return node.arg if isinstance(node, Neg) else ZERO if is_num(node, 0) else Neg(node)


def total(nothing: Node, parts: Sequence[Node]) -> Node:
    """The sum of the parts that are not 0."""
    kept = [p for p in parts if not is_num(p, 0)]
    return add(*kept) if kept else nothing


def minus(first: Node, parts: Sequence[Node]) -> Node:
    """The first minus all parts that are not 0."""
    parts = [p for p in parts if not is_num(p, 0)]
    if is_num(first, 0):
        return negative(add(*parts)) if parts else ZERO
    return add(first, *(Neg(p) for p in parts))


def product(param: Node, factor: Node) -> Node:
    """Parameter times coefficient; sign and plain numbers come first."""
    if is_num(param, 0) or is_num(factor, 0):
        return ZERO
    if isinstance(factor, Neg):
        return negative(product(param, factor.arg))
    if is_num(param, 1) or is_num(factor, 1):
        return factor if is_num(param, 1) else param
    front = factor.children if isinstance(factor, Mul) else (factor,)
    numbers = [f for f in front if not any(isinstance(part, Sum) for part in walk(f))]
    return mul(*numbers, param, *(f for f in front if f not in numbers))


def over(a: Node, b: Node) -> Node:
    """The quotient a/b."""
    return a if is_num(b, 1) or is_num(a, 0) else Div(a, b)


def quotient(above: Node, below: Node, params: Sequence[Node]) -> Node:
    """above/below, without the number that they share; tidied where nothing is summed below the bar."""
    above, below = shortened(tidy(above, params), tidy(below, params))
    if any(isinstance(part, Sum) for part in walk(below)):
        return over(above, below)
    return tidy(over(above, below), params)


def shortened(left: Node, right: Node) -> tuple[Node, Node]:
    """Both sides without the number in front that all their terms share: `2 A w = 2 A y` is `A w = A y`."""
    number = _front(left)
    if number is None or any(_front(t) != number for side in (left, right) for t in _terms(side)):
        return left, right
    return without_number(left, number)[0], without_number(right, number)[0]


def _terms(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Add) else (node,)


def _front(node: Node) -> Node | None:
    """The number that a term begins with; of a sum, that of the first term."""
    node = _terms(node)[0]
    node = node.arg if isinstance(node, Neg) else node
    return node.children[0] if isinstance(node, Mul) and isinstance(node.children[0], Num) else None


def without_number(node: Node, number: Node | None) -> tuple[Node, bool]:
    """The sum with a number that all its terms begin with left out, and whether that was so."""
    number = number or _front(node)
    if number is None or any(_front(t) != number for t in _terms(node)):
        return node, False

    def bare(term: Node) -> Node:
        if isinstance(term, Neg):
            return Neg(bare(term.arg))
        return mul(*term.children[1:])

    return add(*map(bare, _terms(node))), True
