"""Directions between two entries of one array, with the terms apart in which both are the same entry: these are 0 by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.branches import finite
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.norms import guarded, not_zero
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Root,
    Sum,
    Sym,
    both,
    conjuncts,
    replace,
)

if TYPE_CHECKING:
    from gdsym.arrays.graph import Value
    from gdsym.arrays.lower import Lowering


def direction(low: Lowering, node: Cases) -> Node | None:
    """F (x_i - x_j)/|x_i - x_j| of `{f (x_i - x_j)/|x_i - x_j| if i != j; 0 otherwise}`: a direction is 0 at 0 (see `norms`), and f is finite.

    What else is asked for (k <= i: a triangle) is a factor 1 or 0 beside it. None for any other case distinction.
    """
    (value, condition), *others = node.pairs
    if others != [(ZERO, TRUE)]:
        return None
    up, down = over_and_under(value)
    parts = conjuncts(condition)
    apart = [part for part in parts if isinstance(part, Rel) and part.op == "!=" and _parts_entries(part, up)]
    if not apart:
        return None
    if not all(isinstance(factor, Root) or _is_positive(factor) for factor in down) or not all(map(_is_plain, up)):
        return None
    product = low.product(value)
    above = [v for v, n in product.powers.items() if n > 0]
    norms = [(v, n) for v, n in product.powers.items() if n < 0 and guarded(v.op).kind == "sqrt"]
    known = all(n == -1 and not_zero(low.g, v, iter(above)) != v for v, n in norms)
    if not known or not all(map(_is_finite, above)):
        return None
    left = both(*(part for part in parts if part not in apart))
    return value if left == TRUE else fraction([*up, Cases(ONE, left, ZERO, TRUE)], down)


def _parts_entries(condition: Rel, factors: Iterable[Node]) -> bool:
    """Is it i != j beside a factor u_i - u_j?"""
    return any(_cancels(factor, *condition.children) for factor in factors)


def _is_finite(value: Value) -> bool:
    return value.op.kind == "exp" or bool(finite({value: 1}))


def _is_plain(factor: Node) -> bool:
    """No exponential but of a distance: that of data may be infinite where i = j."""
    if not isinstance(factor, Fn) or factor.func is not sympy.exp:
        return True
    return any(isinstance(part, Root) for part in over_and_under(factor.children[0])[0])


def _cancels(factor: Node, i: Node, j: Node) -> bool:
    """Is it u_i - u_j, the same entry where i = j?"""
    if not (isinstance(i, Sym) and isinstance(factor, Add) and len(factor.children) == 2):
        return False
    first, second = (replace(part, {i: j}) for part in factor.children)
    return second == Neg(first) or first == Neg(second)


def _is_positive(node: Node) -> bool:
    """By its form, as 1 + u^2 and e^u are."""
    if isinstance(node, Num):
        return node.value > 0
    if isinstance(node, Sym):
        return bool(node.symbol.is_positive)
    if isinstance(node, Add):
        return any(map(_is_positive, node.children)) and all(map(_is_no_less_than_zero, node.children))
    if isinstance(node, Mul):
        return all(map(_is_positive, node.children))
    return (isinstance(node, Pow) and _is_positive(node.base)) or (isinstance(node, Fn) and node.func is sympy.exp)


def _is_no_less_than_zero(node: Node) -> bool:
    if isinstance(node, (Mul, Sum)):
        return all(map(_is_no_less_than_zero, node.children[:1] if isinstance(node, Sum) else node.children))
    even = isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value % 2 == 0
    return even or isinstance(node, Root) or (isinstance(node, Fn) and node.func is sympy.Abs) or _is_positive(node)
