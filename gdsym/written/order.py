"""The order on paper: parameters first, data last, numbers in front of products and at the end of sums.

SymPy sorts `w*x[i] + b - y[i]` as `b + w*x[i] - y[i]`; people do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.written.nodes import (
    Add,
    Base,
    Const,
    Dec,
    Div,
    Fn,
    Indexed,
    Neg,
    Node,
    Num,
    Pow,
    Root,
    Sum,
    Sym,
    is_num,
    kinds_of,
    walk,
)
from gdsym.written.rank import by_names, in_order

POWERS = kinds_of(Pow)


def ordered_terms(terms: Sequence[Node], params: frozenset[Node]) -> tuple[Node, ...]:
    """The terms of a sum: with parameters and data, with parameters, without, numbers; a minus does not lead.

    Within each of these by their powers and names.
    """
    return sorted_by_class(in_order(terms), params)


def sorted_by_class(terms: Sequence[Node], params: frozenset[Node]) -> tuple[Node, ...]:
    """As `ordered_terms`, but terms of one class keep the order in which they come."""
    ordered = sorted(terms, key=lambda t: _term_class(t, params))
    if len(ordered) == 2 and _reads_backwards(ordered[0], ordered[1], params):
        ordered.reverse()
    if len(ordered) > 2 and isinstance(ordered[0], Neg):
        ordered.sort(key=lambda t: not _is_plain_data(t, params))
    return tuple(ordered)


def _reads_backwards(first: Node, second: Node, params: frozenset[Node]) -> bool:
    """`-a + b` reads better as `b - a`, `e^-z + 1` as `1 + e^-z`, `(1 - y) q + y p` as `y p + (1 - y) q`."""
    if isinstance(second, Neg):
        return False
    if isinstance(first, Neg) or (is_num(second) and isinstance(first, Fn)):
        return True
    return _brackets(second) < _brackets(first) and _term_class(first, params) == _term_class(second, params)


def _brackets(node: Node) -> int:
    return sum(isinstance(part, Add) for part in walk(node))


def minus_in_front(node: Node) -> Node:
    """SymPy makes `-w x - b` of `-(w x + b)`; in an exponent people write the bracket."""
    if isinstance(node, Add) and all(isinstance(term, Neg) for term in node.children):
        return Neg(Add(*(term.children[0] for term in node.children)))
    return node


def _is_plain_data(term: Node, params: frozenset[Node]) -> bool:
    """Does `y - w x - b` begin with it?"""
    return bool(term.free) and term.free.isdisjoint(params) and not isinstance(term, Neg)


def _term_class(term: Node, params: frozenset[Node]) -> tuple[int, int, int]:
    free = term.free
    if not free:
        return (3, 0, 0)
    if free.isdisjoint(params):
        return (2, 1 if isinstance(term, Neg) else 0, 0)
    own = free & params
    degree = -_degree(term, params) if len(own) == 1 else 0
    if len(own) == len(free):
        return (1, 0, degree)
    has_data = any(isinstance(f, Base) for f in free - params)
    return (0, 0 if has_data else 1, degree)


def _degree(term: Node, params: frozenset[Node]) -> int:
    """The highest numeric power of a parameter in the term (1 if it only occurs)."""
    if not term.has(POWERS):
        return 1
    degrees = [
        int(p.exponent.value)
        for p in walk(term)
        if isinstance(p, Pow) and isinstance(p.exponent, Num) and p.exponent.value > 1 and p.base.free & params
    ]
    return max(degrees, default=1)


def ordered_factors(factors: Sequence[Node], params: frozenset[Node]) -> tuple[Node, ...]:
    """The factors of a product: numbers, coefficients, parameters, brackets, data, functions, sums."""
    return tuple(sorted(factors, key=lambda f: _factor_class(f, params)))


def _factor_class(factor: Node, params: frozenset[Node]) -> int:
    while isinstance(factor, (Pow, Root)):
        factor = factor.children[0]
    if isinstance(factor, Sym):
        return 2 if factor in params else 3 if factor.name[:1].isupper() else 1
    if isinstance(factor, (Num, Dec, Const)):
        return 0
    if isinstance(factor, Indexed):
        return 2 if factor.base in params else 5
    if isinstance(factor, (Add, Neg, Div)):
        return 4
    return 7 if isinstance(factor, Sum) else 6


def many_factors(factors: Sequence[Node]) -> list[Node]:
    """Very many factors, as people count: that with x2 before that with x10."""
    return sorted(factors, key=by_names)


def appearance(node: Node) -> tuple[Node, ...]:
    """Letters and arrays in the order in which they stand."""
    return tuple(dict.fromkeys(part for part in walk(node) if isinstance(part, (Sym, Base))))
