"""Bessel functions of neighbouring orders, as they stand in slopes: what they have in common with the one between cancels.

I_(v-1) + I_(v+1) is 2 I_(v+1) + 2 v/u I_v, and K_(v-1) + K_(v+1) is 2 K_(v-1) + 2 v/u K_v, where nothing is negative.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import sympy

from gdsym.arrays.factors import fraction, over_and_under
from gdsym.written import nodes as n

KEPT: Final = {sympy.besseli: 1, sympy.besselk: 0}  # which of the two orders stays


def by_neighbour(up: list[n.Node], down: list[n.Node]) -> list[n.Node] | None:
    """The two terms of a quotient that holds such a sum, over the function between or times u: as it stands it is known at u = 0."""
    for total in up:
        pair = _pair(total)
        if pair is None:
            continue
        between, kept = pair
        order, u = between.children
        rest = [f for f in up if f is not total]
        if between in down:
            others = [f for f in down if f != between]
            return [fraction([*rest, n.TWO, kept], down), fraction([*rest, n.TWO, order], [*others, u])]
        above, below = over_and_under(u)
        if set(above) <= set(rest) and set(below) <= set(down):
            left = [f for f in rest if f not in above]
            under = [f for f in down if f not in below] or [n.ONE]
            return [fraction([*rest, n.TWO, kept], down or [n.ONE]), fraction([*left, n.TWO, order, between], under)]
    return None


def _pair(total: n.Node) -> tuple[n.Fn, n.Fn] | None:
    """The function between the two of a sum, and the one of them that stays."""
    if not isinstance(total, n.Add) or len(total.children) != 2:
        return None
    first, other = total.children
    if not isinstance(first, n.Fn) or not isinstance(other, n.Fn) or first.func is not other.func:
        return None
    if first.func not in KEPT or first.children[1] != other.children[1]:
        return None
    (rest, low), (same, high) = (_apart(f.children[0]) for f in (first, other))
    if rest != same or abs(high - low) != 2:
        return None
    number = (low + high) / 2
    whole = n.Num(number) if number >= 0 else n.Neg(n.Num(-number))
    order = n.add(*rest, *([whole] if number or not rest else []))
    chosen = max if KEPT[first.func] else min
    return n.Fn(first.func, order, first.children[1]), chosen(first, other, key=_by_order)


def _by_order(f: n.Fn) -> Fraction:
    return _apart(f.children[0])[1]


def _apart(order: n.Node) -> tuple[tuple[n.Node, ...], Fraction]:
    """The terms of an order without its number, and the number."""
    terms = order.children if isinstance(order, n.Add) else (order,)
    numbers = [number(t) for t in terms]
    rest = tuple(t for t, c in zip(terms, numbers, strict=True) if c is None)
    return rest, sum((c for c in numbers if c is not None), Fraction(0))


def number(node: n.Node) -> Fraction | None:
    """3, -3 or 1/2, however it is written."""
    if isinstance(node, n.Neg):
        inner = number(node.arg)
        return None if inner is None else -inner
    if isinstance(node, n.Div):
        up, down = number(node.num), number(node.den)
        return None if up is None or not down else up / down
    return node.value if isinstance(node, n.Num) else None
