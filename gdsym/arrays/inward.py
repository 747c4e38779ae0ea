"""exp(u) sum_i f_i/sum_j exp(z_j) with exp(u) in the sum: in front of it, it may overflow where the whole does not.

Each term is then a quotient of exponentials, which `mixtures` makes from the difference of their exponents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.bessel_orders import by_neighbour
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import DATA, Graph
from gdsym.arrays.product import Product
from gdsym.arrays.steep import is_exponential, is_tail, positive
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Factors = tuple[list[n.Node], list[n.Node]]  # above and below the fraction bar


def rises(low: Lowering, node: n.Node) -> bool:
    """Does it hold an exponential as a factor?"""
    return is_rising(low.g, low.product(node))


def is_rising(g: Graph, product: Product) -> bool:
    """Is an exponential among its factors?"""
    return any(k > 0 and is_exponential(g, v) for v, k in product.powers.items())


def divides_steeply(low: Lowering, total: n.Node) -> bool:
    """Does each term of the sum divide by a sum of exponentials? Not in r = y - p: such a residual stays whole."""
    if isinstance(total, n.Add):
        return all(_is_quotient(low, term) for term in total.children)
    if not isinstance(total, n.Sum):
        return False
    return any(isinstance(q, n.Div) and _holds_exp(q.den) for q in n.walk(total.body))


def _is_quotient(low: Lowering, term: n.Node) -> bool:
    up, down = over_and_under(term)
    return any(rises(low, d) for d in down if _holds_exp(d)) or any(divides_steeply(low, f) for f in up)


def has_to_be_multiplied_out(low: Lowering, total: n.Add, others: list[n.Node], down: list[n.Node]) -> bool:
    """Does what it is multiplied by rise, so that each term has to be a quotient of its own?"""
    return divides_steeply(low, total) and _still_rises(low, _rising(low, others), _falling(low, down))


def multiplied_out(low: Lowering, node: n.Node) -> list[n.Node]:
    """Write (exp(z_q) - D/S) S/D as exp(z_q) S/D and -1: on one scale D would be summed for each q."""
    up, down = over_and_under(node)
    if (apart := by_neighbour(up, down)) is not None:
        return apart
    for place, factor in enumerate(up):
        if isinstance(factor, n.Add) and _falling(low, down) and _is_wider_than_sums(low, factor):
            others = [*up[:place], *up[place + 1 :]]
            return [t for term in factor.children for t in multiplied_out(low, _cancelled(term, others, down))]
    return [node]


def _is_wider_than_sums(low: Lowering, total: n.Add) -> bool:
    """Is there a sum of exponentials among the terms, all of which rise, and another exponential that depends on more?

    Not if terms are to be multiplied out themselves: something may cancel then.
    """
    if not all(rises(low, t) and multiplied_out(low, t) == [t] for t in total.children):
        return False
    steep = [f for t in total.children for f in over_and_under(t)[0] if _holds_exp(f) and rises(low, f)]
    axes = [f.free & set(low.scope) for f in steep]
    return any(
        isinstance(f, n.Sum) and any(other - ours for other in axes) for f, ours in zip(steep, axes, strict=True)
    )


def _cancelled(term: n.Node, others: list[n.Node], down: list[n.Node]) -> n.Node:
    """The product of the term and the others over what is below, without what stands on both sides."""
    above, below = over_and_under(term)
    above, below = [*others, *above], [*down, *below]
    for f in list(above):
        if f in below:
            above, below = _without_first(above, f), _without_first(below, f)
    return fraction(above or [n.ONE], below)


def _holds_exp(node: n.Node) -> bool:
    return any(isinstance(part, n.Fn) and part.func is sympy.exp for part in n.walk(node))


def common_below(low: Lowering, total: n.Sum) -> tuple[n.Sum, list[n.Node]]:
    """Write sum_i f_i/sum_j exp(z_j) as (sum_i f_i)/sum_j exp(z_j): the sum without its divisors that are free of the index."""
    up, down = over_and_under(total.body)
    free = [d for d in down if total.index not in d.free and rises(low, d)] if low.guard is None else []
    if not free:
        return total, []
    left = [d for d in down if d not in free]
    return n.Sum(fraction(up, left), total.index, total.lower, total.upper), free


def _bracket_below(low: Lowering, node: n.Node) -> tuple[n.Node, list[n.Node]]:
    """Write (a/S - b/S) as (a - b)/S for a sum S of exponentials: times a sigmoid either quotient may overflow alone."""
    if not isinstance(node, n.Add):
        return node, []
    pairs = [over_and_under(t) for t in node.children]
    shared = [d for d in pairs[0][1] if all(d in down for _, down in pairs) and rises(low, d)]
    if not shared:
        return node, []
    left = [fraction(up, _without_first(down, shared[0])) for up, down in pairs]
    inner, below = _bracket_below(low, n.add(*left))
    return inner, [shared[0], *below]


def freed(low: Lowering, up: list[n.Node], down: list[n.Node]) -> Factors:
    """The factors with such divisors of each sum among them outside of it, and without what stands above and below."""
    for f in [f for f in up if f in down and _holds_exp(f)]:
        if f in down and all(positive(low.g, v) for v in low.product(f).powers):
            up, down = _without_first(up, f), _without_first(down, f)
    adds = any(isinstance(f, n.Add) for f in up)
    falls = adds and any(
        is_tail(low.g, v) for f in [*up, *down] if not isinstance(f, n.Sum) for v in low.product(f).powers
    )
    found = [common_below(low, f) if isinstance(f, n.Sum) else _bracket_below(low, f) if falls else (f, []) for f in up]
    return [f for f, _ in found], [*down, *(d for _, below in found for d in below)]


def _without_first(nodes: list[n.Node], one: n.Node) -> list[n.Node]:
    at = nodes.index(one)
    return nodes[:at] + nodes[at + 1 :]


def taken_in(low: Lowering, up: list[n.Node], down: list[n.Node]) -> Factors | None:
    """The factors with what rises inside the sum that divides by exponentials; None if nothing has to go there."""
    inner = next((f for f in up if divides_steeply(low, f)), None) if len(up) + len(down) > 1 else None
    if inner is None:
        return None
    rising, falling = _rising(low, [f for f in up if f is not inner]), _falling(low, down)
    if not _still_rises(low, rising, falling):
        rising = [f for f in up if f is not inner and (_weighs(low, f, inner) or _vanishes(low, f, inner, 1))]
        falling = [f for f in down if _vanishes(low, f, inner, -1)]
    if not rising and not falling:
        return None
    total = _times_inside(inner, rising, falling)
    return [total, *(f for f in up if f is not inner and f not in rising)], [d for d in down if d not in falling]


def _weighs(low: Lowering, factor: n.Node, total: n.Node) -> bool:
    """Is it an entry of data that are weights of the exponentials by which the sum divides? Where it is 0 they may be infinite."""
    if not isinstance(factor, n.Indexed) or not isinstance(total, n.Sum) or low.value(factor).op.needs != DATA:
        return False
    below = [s for q in n.walk(total.body) if isinstance(q, n.Div) for s in n.walk(q.den) if isinstance(s, n.Sum)]
    weights = [f for s in below for f in over_and_under(s.body)[0]]
    return any(isinstance(f, n.Indexed) and f.base == factor.base for f in weights)


def _vanishes(low: Lowering, factor: n.Node, total: n.Node, power: int) -> bool:
    """Is it a sigmoid that the sums by which the total divides hold too? Where it is nearly 0 the total may be infinite."""
    below = [part for q in n.walk(total) if isinstance(q, n.Div) for part in n.walk(q.den)]
    if factor not in below:
        return False
    product = low.product(factor)
    return any(is_tail(low.g, v) for v in product.power(power).times(low.g).powers)


def _rising(low: Lowering, up: list[n.Node]) -> list[n.Node]:
    return [f for f in up if not divides_steeply(low, f) and rises(low, f)]


def _falling(low: Lowering, down: list[n.Node]) -> list[n.Node]:
    return [d for d in down if rises(low, d)]


def _still_rises(low: Lowering, rising: list[n.Node], falling: list[n.Node]) -> bool:
    """Is what stands above more than what stands below can take?"""
    below = [low.product(d).power(-1) for d in falling]
    return bool(rising) and is_rising(low.g, Product().times(low.g, *map(low.product, rising), *below))


def _times_inside(total: n.Node, up: list[n.Node], down: list[n.Node]) -> n.Node:
    """The sum with these factors, and these divisors, in each of its terms."""
    if isinstance(total, n.Add):
        return n.add(*(fraction([*up, t], down) for t in total.children))
    assert isinstance(total, n.Sum)
    index, body = total.index, total.body
    if any(index in f.free for f in (*up, *down)):
        index = n.Sym(sympy.Dummy(index.name))
        body = n.replace(body, {total.index: index})
    return n.Sum(fraction([*up, body], down), index, total.lower, total.upper)
