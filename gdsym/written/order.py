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
    walk,
)
from gdsym.written.rank import by_names, in_order


def ordered_terms(terms: Sequence[Node], params: frozenset[Node]) -> tuple[Node, ...]:
    """The terms of a sum: with parameters and data, with parameters, without, numbers; a minus does not lead.

    Within each of these by their powers and names.
    """
    return sorted_by_class(in_order(terms), params)


def sorted_by_class(terms: Sequence[Node], params: frozenset[Node]) -> tuple[Node, ...]:
    """As `ordered_terms`, but terms of one class keep the order in which they come."""
    ordered = sorted(terms, key=lambda t: _term_class(t, params))
    if len(ordered) == 2 and _reads_backwards(ordered[0], ordered[1]):
        ordered.reverse()
    return tuple(ordered)


def _reads_backwards(first: Node, second: Node) -> bool:
    """`-a + b` reads better as `b - a`, `e^-z + 1` as `1 + e^-z`."""
    if isinstance(second, Neg):
        return False
    return isinstance(first, Neg) or (is_num(second) and isinstance(first, Fn))


def _term_class(term: Node, params: frozenset[Node]) -> tuple[int, int, int]:
    free = term.free
    if not free:
        return (3, 0, 0)
    if free.isdisjoint(params):
        return (2, 1 if isinstance(term, Neg) else 0, 0)
    if free <= params:
        return (1, 0, -_degree(term, params) if len(free) == 1 else 0)
    has_data = any(isinstance(f, Base) for f in free - params)
    return (0, 0 if has_data else 1, -_degree(term, params) if len(free & params) == 1 else 0)


def _degree(term: Node, params: frozenset[Node]) -> int:
    """The highest numeric power of a parameter in the term (1 if it only occurs)."""
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
    if isinstance(factor, (Num, Dec, Const)):
        return 0
    if isinstance(factor, Sym):
        return 2 if factor in params else 3 if factor.name[:1].isupper() else 1
    if isinstance(factor, Indexed):
        return 2 if factor.base in params else 5
    if isinstance(factor, (Add, Neg, Div)):
        return 4
    return 7 if isinstance(factor, Sum) else 6


def many_factors(factors: Sequence[Node]) -> list[Node]:
    """Very many factors, as people count: that with x2 before that with x10."""
    return sorted(factors, key=by_names)


def is_minus(term: Node) -> bool:
    """Does the term start with a minus sign?"""
    return isinstance(term, Neg) or (isinstance(term, Num) and term.value < 0)


def is_one(node: Node) -> bool:
    return is_num(node, 1)


def appearance(node: Node) -> tuple[Node, ...]:
    """Letters and arrays in the order in which they stand."""
    return tuple(dict.fromkeys(part for part in walk(node) if isinstance(part, (Sym, Base))))
