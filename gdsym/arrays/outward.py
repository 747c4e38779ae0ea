"""Cases by an index that a sum is not over stand in front of it: sum_k {f if q < m; else 0} is {sum_k f if q < m; else 0}.

The summand is then a product like any other, and the sum is made only where it is wanted. Where terms have cases by the index
itself and another one, each is a sum of its own: its index runs over what the case leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.pieces import holds_on_interval
from gdsym.arrays.reach import either_or_zero, taken_out
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def cases_in_front(low: Lowering, node: n.Sum) -> n.Cases | None:
    """The sum, or nested sums, within the case outside of which all its terms are 0; None if there is none."""
    chain, body = _chain(node)
    own = {each.index for each in chain}
    up, down = over_and_under(body)
    for place, factor in enumerate(up):
        found = either_or_zero(factor) if isinstance(factor, n.Cases) else None
        if found is None:
            continue
        value, conditions = found
        moved = [c for c in conditions if not c.free & own and _cuts(low, c)]
        if moved:
            left = [c for c in conditions if c not in moved]
            inner = n.Cases(value, n.both(*left), n.ZERO, n.TRUE) if left else value
            total = _summed(fraction([*up[:place], inner, *up[place + 1 :]], down), chain)
            return n.Cases(total, n.both(*moved), n.ZERO, n.TRUE)
    return None


def terms_apart(low: Lowering, node: n.Sum) -> list[n.Node]:
    """The sum, or nested sums, of each term, if terms have cases by an index that is summed over and one around; none if they have not."""
    chain, body = _chain(node)
    if not isinstance(body, n.Add) or not any(
        _joins(low, term, each.index) for term in body.children for each in chain
    ):
        return []
    return [_summed(term, chain) for term in body.children]


def _joins(low: Lowering, term: n.Node, index: n.Sym) -> bool:
    """Does a condition about the index, outside of which the term is 0, hold a letter around, too?"""
    return any(condition.free & set(low.scope) for condition in taken_out(term, index)[1])


def _chain(node: n.Sum) -> tuple[list[n.Sum], n.Node]:
    """Nested sums, and the summand of all."""
    chain, body = [node], node.body
    while isinstance(body, n.Sum):
        chain.append(body)
        body = body.body
    return chain, body


def _summed(body: n.Node, chain: Sequence[n.Sum]) -> n.Node:
    for each in reversed(chain):
        body = n.Sum(body, *each.children[1:])
    return body


def _cuts(low: Lowering, condition: n.Rel) -> bool:
    letters = [letter for letter in low.scope if letter in condition.free]
    return len(letters) == 1 and holds_on_interval(low, condition, letters[0])
