"""Directions between two entries of one array, with the terms apart in which both are the same entry: these are 0 by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.branches import finite
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.norms import not_zero
from gdsym.written.nodes import TRUE, ZERO, Add, Cases, Neg, Node, Rel, Sym, replace

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def direction(low: Lowering, node: Cases) -> Node | None:
    """F (x_i - x_j)/|x_i - x_j| of `{f (x_i - x_j)/|x_i - x_j| if i != j; 0 otherwise}`: a direction is 0 at 0 (see `norms`), and f is finite.

    None for any other case distinction.
    """
    (value, condition), *others = node.pairs
    if others != [(ZERO, TRUE)] or not isinstance(condition, Rel) or condition.op != "!=":
        return None
    i, j = condition.children
    if not any(_cancels(factor, i, j) for factor in over_and_under(value)[0]):
        return None
    product = low.product(value)
    above = [v for v, n in product.powers.items() if n > 0]
    below = [(v, n) for v, n in product.powers.items() if n < 0]
    guarded = all(n == -1 and not_zero(low.g, v, iter(above)) != v for v, n in below)
    return value if guarded and len(finite(product.powers)) == len(above) else None


def _cancels(factor: Node, i: Node, j: Node) -> bool:
    """Is it u_i - u_j, the same entry where i = j?"""
    if not (isinstance(i, Sym) and isinstance(factor, Add) and len(factor.children) == 2):
        return False
    first, second = (replace(part, {i: j}) for part in factor.children)
    return second == Neg(first) or first == Neg(second)
