"""How many terms a sum has: sum_{i=1}^{m} c = m c."""

from __future__ import annotations

import sympy

from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, Add, Neg, Node, Sum, Sym, is_num, times


def counted_terms(node: Sum, body: Node) -> Node | None:
    """sum_{i=1}^{m} c = m c, unless the limits may be so far crossed that m < 0: an empty sum is 0."""
    first, last = node.lower, node.upper
    count = last if is_num(first, 1) else calculate(Add(last, Neg(first), ONE))
    if not _certainly_counts(count, last):
        return None
    return times(count, body) if not is_num(body, 1) else count


def may_be_empty(node: Sum) -> bool:
    """May the sum have no terms, as that of 1 to n - 1 for n = 1?"""
    return not _certainly_counts(calculate(Add(node.upper, Neg(node.lower))), Add(node.upper, node.lower))


def _certainly_counts(count: Node, last: Node) -> bool:
    """Is the count at least 0, a letter of the upper limit being a size, 1 or more?"""
    letters = {s.symbol: sympy.Dummy(integer=True, positive=True) for s in last.free if isinstance(s, Sym)}
    return bool(count.to_sympy().subs(letters).is_nonnegative)
