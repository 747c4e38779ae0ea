"""Shapes that have a name of their own."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from gdsym.written.nodes import (
    ONE,
    TWO,
    Add,
    Div,
    Fn,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Root,
    Sum,
    Sym,
    is_num,
    kinds_of,
    replace,
    rewrite,
)

INDEX = Sym(sympy.Dummy("i", integer=True))
COMPOUND = frozenset((Sum, Mul, Neg))  # of which a term may not be made up to be told from others at a glance
COMPOUND_ALONE = COMPOUND | {Add}
SUMS = kinds_of(Sum)


def logistic_exponential(node: Node) -> Fn | None:
    """The e^u of 1 / (1 + e^u), in either order of the terms; None for anything else."""
    if not (
        isinstance(node, Div) and is_num(node.num, 1) and isinstance(node.den, Add) and len(node.den.children) == 2
    ):
        return None
    rest = [term for term in node.den.children if not is_num(term, 1)]
    if len(rest) != 1 or not isinstance(rest[0], Fn) or rest[0].func is not sympy.exp:
        return None
    return rest[0]


def half_power(base: Node, exponent: Node) -> Node | None:
    """U^(1/2) is a root, and u^(-1/2) is 1 over it; nothing for other exponents."""
    size = exponent.arg if isinstance(exponent, Neg) else exponent
    if not isinstance(size, Num) or size.ratio != (1, 2):
        return None
    return Root(base, TWO) if size is exponent else Div(ONE, Root(base, TWO))


def is_one_minus_logistic(part: Node) -> bool:
    """1 - 1/(1 + e^u)."""
    if not isinstance(part, Add) or len(part.children) != 2:
        return False
    one, other = part.children
    return is_num(one, 1) and isinstance(other, Neg) and logistic_exponential(other.arg) is not None


def is_negated(node: Node) -> bool:
    """-u, or -u - v: is every sign a minus?"""
    return isinstance(node, Neg) or (isinstance(node, Add) and all(isinstance(term, Neg) for term in node.children))


def negated(node: Node) -> Node:
    """What -u and -u - v are the negative of: u, u + v."""
    return Add(*(term.children[0] for term in node.children)) if isinstance(node, Add) else node.children[0]


def plainly_unlike(terms: Sequence[Node]) -> bool:
    """Has every term its own factors, no sums among them (which may be alike in spite of their letters)?"""
    seen: set[tuple[Node, ...]] = set()
    for term in terms:
        if isinstance(term, Neg):
            term = term.children[0]
        if type(term) is Div and type(term.children[1]) is Num:
            term = term.children[0]
        factors = term.children if isinstance(term, Mul) else (term,)
        if isinstance(factors[0], Num):
            factors = factors[1:]
        compound = COMPOUND if len(factors) > 1 else COMPOUND_ALONE
        if factors in seen or not compound.isdisjoint(map(type, factors)) or _is_over_a_sum(factors):
            return False
        seen.add(factors)
    return True


def _is_over_a_sum(factors: Sequence[Node]) -> bool:
    return any(type(factor) is Div and factor.has(SUMS) for factor in factors)


def nameless(node: Node) -> Node:
    """The formula with the index of its outermost sums named alike."""
    if isinstance(node, (Mul, Div)):
        nested = any(isinstance(part, (Sum, Mul, Div, Pow)) for part in node.children)
        return node.with_children(tuple(map(nameless, node.children))) if nested else node
    if isinstance(node, Pow):
        return Pow(nameless(node.base), node.exponent)
    if not isinstance(node, Sum):
        return node
    return Sum(replace(node.body, {node.index: INDEX}), INDEX, *node.children[2:])


def skeleton(node: Node) -> Node:
    """The formula with all indices of entries and sums named alike: what x_i - y_i and x_k - y_k have in common."""
    return rewrite(node, _bare_entry)


def has_a_sign(bare: Node) -> bool:
    """Is it known which way round a sum stands, from its skeleton? R - u v has a sign, x_i - x_j is x_j - x_i as well."""
    minus = {term.arg for term in bare.children if isinstance(term, Neg)}
    return minus != {term for term in bare.children if not isinstance(term, Neg)}


def _bare_entry(part: Node) -> Node:
    if isinstance(part, Indexed):
        return Indexed(part.base, *(INDEX for _ in part.indices))
    return Sum(part.body, INDEX, *part.children[2:]) if isinstance(part, Sum) else part
