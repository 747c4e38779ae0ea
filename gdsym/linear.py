"""Formulas that are linear in some letters: the linear part and the rest, and how both are written short."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdsym.closing import tidy
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import ONE, ZERO, Add, Div, Indexed, Mul, Neg, Node, Num, Sum, add, is_num, mul, walk


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
    """Both sides without the number that all their terms begin with: `2 A w = 2 A y` is `A w = A y`."""
    terms = [t for side in (left, right) if not is_num(side, 0) for t in _terms(side)]
    number = _front(terms[0]) if terms else None
    if number is None or any(_front(t) != number for t in terms):
        return left, right
    return _each(left, _bare), _each(right, _bare)


def without_factor(node: Node) -> Node:
    """The sum without what all its terms begin with: a number, and then 1/m."""
    node, _ = shortened(node, ZERO)
    firsts = {t.children[0] if isinstance(t, Mul) else ONE for t in map(_unsigned, _terms(node))}
    first = next(iter(firsts))
    if len(firsts) > 1 or not (isinstance(first, Div) and is_num(first.num, 1)):
        return node
    return _each(node, lambda t: mul(*t.children[1:]))


def factor_before(node: Node, column: Node) -> Node | None:
    """A where the formula is A w: `X^T X w + lambda w` is (X^T X + lambda I) w; None if it is not of that form."""
    if isinstance(node, Add):
        parts = [factor_before(t, column) for t in node.children]
        return None if any(p is None for p in parts) else add(*(p for p in parts if p is not None))
    if node == column:
        rows = mat.shape(column)
        return mat.Ident(rows[0]) if rows else None
    if isinstance(node, mat.MatMul) and node.children[-1] == column:
        return mat.matmul(*node.children[:-1])
    if isinstance(node, (Mul, Neg)):
        inner = factor_before(node.children[-1], column)
        return None if inner is None else node.with_children((*node.children[:-1], inner))
    return None


def _terms(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Add) else (node,)


def _unsigned(term: Node) -> Node:
    return term.arg if isinstance(term, Neg) else term


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    """Every term changed, signs kept."""
    if is_num(node, 0):
        return node
    parts = [Neg(change(t.arg)) if isinstance(t, Neg) else change(t) for t in _terms(node)]
    return add(*parts)


def _front(term: Node) -> Num | None:
    """The number that a term begins with, above a fraction bar too; None if that is 1."""
    term = _unsigned(term)
    if isinstance(term, Num):
        return None if term == ONE else term
    if isinstance(term, (Mul, Div)):
        return _front(term.children[0])
    return None


def _bare(term: Node) -> Node:
    """The term without that number."""
    if isinstance(term, Num):
        return ONE
    first = _bare(term.children[0])
    if isinstance(term, Div):
        return Div(first, term.den)
    return mul(*([] if first == ONE else [first]), *term.children[1:])


__all__ = [
    "NotLinearError", "factor_before", "minus", "negative", "over", "product", "quotient", "shortened", "split", "total", "without_factor",
]  # fmt: skip
