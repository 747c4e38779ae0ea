"""Write sum_i f_i sum_(j = k .. i) g_j as sum_(j >= k) g_j sum_(i >= j) f_i: then each sum moves with one index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, affine, hull
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.reach import taken_out
from gdsym.arrays.shapes import extent
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def swapped(low: Lowering, node: n.Sum) -> n.Sum | None:
    """The two sums in the other order, where the bounds of the inner one depend on the outer one's and on a third index."""
    up, down = over_and_under(node.body)
    inner = [f for f in up if isinstance(f, n.Sum)]
    if len(inner) != 1 or node.index in low.scope or inner[0].index in {node.index, *low.scope}:
        return None
    (total,), others = inner, [f for f in up if f is not inner[0]]
    part, found = taken_out(total.body, total.index)
    bounds = [n.Rel(">=", total.index, total.lower), n.Rel("<=", total.index, total.upper), *found]
    ours = [c for c in bounds if node.index in c.free]
    theirs = [c for c in bounds if c not in ours and c.free & set(low.scope)]
    if not ours or not theirs or node.index in part.free:
        return None
    limits = _limits(low, node, total)
    if limits is None:
        return None
    front = fraction(others, down)
    first = n.Sum(_where(front, ours), node.index, node.lower, node.upper)
    return n.Sum(_where(n.mul(part, first), theirs), total.index, *limits)


def _where(value: n.Node, conditions: list[n.Rel]) -> n.Node:
    test = conditions[0] if len(conditions) == 1 else n.Logic("and", *conditions)
    return n.Cases(value, test, n.ZERO, n.TRUE)


def _limits(low: Lowering, node: n.Sum, total: n.Sum) -> tuple[n.Node, n.Node] | None:
    """The widest range of the inner index."""
    forms = affine(total.lower), affine(total.upper)
    if forms[0] is None or forms[1] is None:
        return None
    scope = {**low.scope, node.index: extent(node, low.scope)}
    return written(hull(forms[0], scope, top=False)), written(hull(forms[1], scope, top=True))


def written(form: Affine) -> n.Node:
    """The form as a formula."""
    terms = [s if c == 1 else n.mul(n.Num(c), s) for s, c in form.terms]
    return n.add(*terms, *([n.Num(form.const)] if form.const or not terms else []))
