"""Cases by an index that a sum is not over stand in front of it: sum_k {f if q < m; else 0} is {sum_k f if q < m; else 0}.

The summand is then a product like any other, and the sum is made only where it is wanted. Where terms have cases by the index
itself and another one, each is a sum of its own: its index runs over what the case leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Range
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.pieces import holds_on_interval, intervals
from gdsym.arrays.reach import either_or_zero, taken_out
from gdsym.arrays.shapes import extent
from gdsym.arrays.swapped import written
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


def in_pieces(low: Lowering, node: n.Sum) -> list[n.Node] | None:
    """The sums over the parts of a range into which cases of the summand cut it: sum_i {f if i > 1; g} as one of f and one of g.

    Of nested sums it is one whose index stands in no bounds of the others. None if there is no such case distinction.
    """
    chain, body = _chain(node)
    up, down = over_and_under(body)
    bounds = frozenset().union(*(each.lower.free | each.upper.free for each in chain))
    outer = low.scope
    if any(each.index in outer for each in chain):
        return None
    for each in chain:
        low.scope = {**low.scope, each.index: extent(each, low.scope)}
    try:
        for place, factor in enumerate(up):
            if not isinstance(factor, n.Cases):
                continue
            index = _cut_index(low, factor)
            if index is None or index in outer or index in bounds:
                continue
            found = intervals(low, factor, index)
            if found is not None and len(found) > 1:
                rest = [*up[:place], *up[place + 1 :]]
                parts = [(span, fraction([branch, *rest], list(down))) for span, branch in found]
                return [_part(chain, index, span, low.scope[index], part) for span, part in parts]
        return None
    finally:
        low.scope = outer


def _cut_index(low: Lowering, cases: n.Cases) -> n.Sym | None:
    """The index that all conditions are about, if it is one."""
    about = [s for s in low.scope if any(s in condition.free for _, condition in cases.pairs)]
    return about[0] if len(about) == 1 else None


def _part(chain: Sequence[n.Sum], index: n.Sym, span: tuple[Affine, Affine], whole: Range, body: n.Node) -> n.Node:
    """The sums of a branch over its part of the range; the first or the last place alone is a term."""
    first, last = map(written, span)
    if first == last and (span[0] == whole.lower or span[1] == whole.upper):
        return n.replace(_summed(body, [each for each in chain if each.index != index]), {index: first})
    return _summed(body, [n.Sum(each.body, index, first, last) if each.index == index else each for each in chain])


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
