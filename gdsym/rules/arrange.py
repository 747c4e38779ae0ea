"""The order of factors in a product that was put together by rules: `cos(x^2) 2x` is written `2x cos(x^2)`."""

from __future__ import annotations

from itertools import pairwise

import sympy

from gdsym.written.nodes import (
    Add,
    Base,
    Bound,
    Cases,
    Const,
    D,
    Dec,
    Delta,
    Div,
    Fn,
    Indexed,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Partial,
    Pow,
    Prod,
    Root,
    Sum,
    Sym,
)

DATA_LETTERS = frozenset("xyztABCDEFGHIJKLMNOPQRSTUVWXYZ")  # plain names that are read as data unless derived by

PENDING, SUMS = frozenset((D,)), frozenset((Add,))
FUNCTIONS = frozenset((Fn, Root, Partial, Sum, Prod, Integral, Cases))

NUMBER, NAME, PLAIN, EXPONENTIAL, FUNCTION, BRACKET, DATA = range(7)


def arranged(node: Node, variables: frozenset[Node]) -> Node:
    """Numbers, names, polynomials, functions, other brackets; data stay behind the bracket before them: (w x - y) x."""
    if isinstance(node, (Neg, Div)):
        return node.with_children(tuple(arranged(part, variables) for part in node.children))
    if not isinstance(node, Mul) or node.has(PENDING):
        return node
    classes = [_class_of(factor, node.children[:j], variables) for j, factor in enumerate(node.children)]
    if all(a <= b for a, b in pairwise(classes)):
        return node
    order = sorted(range(len(classes)), key=lambda j: classes[j])
    return Mul(*(node.children[j] for j in order))


def _class_of(factor: Node, before: tuple[Node, ...], variables: frozenset[Node]) -> int:
    core = factor.children[0] if isinstance(factor, Pow) else factor
    if isinstance(factor, Pow) and factor.exponent.free:
        return EXPONENTIAL
    if isinstance(core, (Num, Dec, Const)):
        return NUMBER
    if isinstance(core, Sym):
        return DATA if _is_data(core, variables) and any(map(_is_bracket, before)) else NAME
    if isinstance(core, (Indexed, Delta)):
        return DATA if _is_data(core, variables) and any(_binds_data(f, variables) for f in before) else NAME
    if isinstance(core, (Fn, Root, Partial)):
        if _of_data(core, variables) and any(map(_is_bracket, before)):
            return DATA
        return EXPONENTIAL if isinstance(core, Root) or core.func is sympy.exp else FUNCTION
    if not core.has(FUNCTIONS):
        return PLAIN if core.has(SUMS) else NAME
    return BRACKET


def _is_data(name: Node, variables: frozenset[Node]) -> bool:
    if isinstance(name, Sym):
        return name not in variables and name.name[:1] in DATA_LETTERS
    return not (isinstance(name, Indexed) and name.base in variables)


def _is_bracket(factor: Node) -> bool:
    core = factor.children[0] if isinstance(factor, Pow) else factor
    return isinstance(core, (Add, Neg, Div, Bound, Cases))


def _of_data(factor: Node, variables: frozenset[Node]) -> bool:
    return any(isinstance(name, Base) for name in factor.free - variables)


def _binds_data(factor: Node, variables: frozenset[Node]) -> bool:
    """A bracket, or a function of data: sign(w x_i - y_i) x_i stays as it is."""
    core = factor.children[0] if isinstance(factor, Pow) else factor
    return _is_bracket(factor) or (isinstance(core, Fn) and _of_data(core, variables))
