"""Cases by an index that a sum is not over stand in front of it: sum_k {f if q < m; else 0} is {sum_k f if q < m; else 0}.

The summand is then a product like any other, and the sum is made only where it is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.pieces import holds_on_interval
from gdsym.arrays.reach import either_or_zero
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def cases_in_front(low: Lowering, node: n.Sum) -> n.Cases | None:
    """The sum, or nested sums, within the case outside of which all its terms are 0; None if there is none."""
    chain, body = [node], node.body
    while isinstance(body, n.Sum):
        chain.append(body)
        body = body.body
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
            total: n.Node = fraction([*up[:place], inner, *up[place + 1 :]], down)
            for each in reversed(chain):
                total = n.Sum(total, *each.children[1:])
            return n.Cases(total, n.both(*moved), n.ZERO, n.TRUE)
    return None


def _cuts(low: Lowering, condition: n.Rel) -> bool:
    letters = [letter for letter in low.scope if letter in condition.free]
    return len(letters) == 1 and holds_on_interval(low, condition, letters[0])
