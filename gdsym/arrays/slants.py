"""Letters as slopes by the sign of u: Max(t u, (t - 1) u) is u {t if u > 0; t - 1 if u < 0; else (2 t - 1)/2}, whose table is the slope.

One of two sums is above the other where all but a positive number cancels in their difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.factors import over_and_under
from gdsym.arrays.graph import Graph, Op, Value, number_and_rest
from gdsym.arrays.product import Product, product_of, realized, without
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Form = Mapping[Op | None, Fraction]  # a sum of multiples of operations, None for a number alone


def by_letters(g: Graph, branches: Sequence[tuple[Product, Value]]) -> Product | None:
    """{a if u > v; b if u < v; else (a + b)/2} for numbers a and b, by the sign of u - v; the sign of a in front."""
    if len(branches) != 3 or any(p.coefficient and any(v.axes for v in p.powers) for p, _ in branches):
        return None
    above, below, _ = (test for _, test in branches)
    high, low, level = (realized(g, p).op for p, _ in branches)
    if above.op.attr == "<":
        above, below, high, low = below, above, low, high
    if (above.op.kind, above.op.attr, below.op.kind, below.op.attr) != ("compare", ">", "compare", "<"):
        return None
    u, other = above.op.args
    if below.op.args != (u, other) or not above.axes or _form(level, 2) != _sum(_form(high), _form(low)):
        return None
    gap = u if other.kind == "number" and not other.attr else g.add(((1, u), (-1, other)))
    return _table(g, Value(gap, above.axes), high, low)


def slanted_by_letters(low: Lowering, node: n.Fn) -> Product | None:
    """The larger, or smaller, of two multiples of one u by numbers with letters, where it is known which number is larger."""
    if node.func not in (sympy.Max, sympy.Min) or len(node.children) != 2:
        return None
    (first, _), (second, _) = parts = [over_and_under(c) for c in node.children]
    shared = [f for f in first if f in second and low.value(f).axes != ()]
    if len(shared) != 1 or any(below for _, below in parts):
        return None
    value, numbers = low.value(shared[0]), []
    for child in node.children:
        number = without(low.product(child), low.product(shared[0]).powers)
        if any(v.axes for v in number.powers):
            return None
        numbers.append(realized(low.g, number).op)
    gap = _sum(_form(numbers[0]), _form(numbers[1], -1))
    if set(gap) != {None} or low.guard is not None:
        return None
    a, b = numbers if (gap[None] > 0) == (node.func is sympy.Max) else numbers[::-1]
    return _table(low.g, value, a, b).times(low.g, product_of(low.g, value))


def _table(g: Graph, u: Value, high: Op, low: Op) -> Product:
    """One number where u > 0, another where u < 0, their mean between."""
    gap = u.op
    if gap.kind == "neg":
        gap, high, low = gap.args[0], low, high
    front = 1 if number_and_rest(high)[0] > 0 else -1
    high, low = (a if front > 0 else g.neg(a) for a in (high, low))
    zero, level = g.number(0), g.make("div", g.add(((1, high), (1, low))), g.number(2))
    other = g.make("where", g.make("compare", gap, zero, attr="<"), low, level)
    table = g.make("where", g.make("compare", gap, zero, attr=">"), high, other)
    return Product(Fraction(front), {Value(table, u.axes): 1})


def _form(op: Op, times: int | Fraction = 1) -> Form:
    """A sum, taken apart."""
    number, rest = number_and_rest(op)
    factor = number * times
    if rest.kind == "add":
        return _sum(*(_form(a, s * factor) for s, a in zip(rest.attr, rest.args, strict=True)))
    if rest.kind == "number" and isinstance(rest.attr, (int, Fraction)):
        return {None: factor * rest.attr}
    return {rest: factor}


def _sum(*forms: Form) -> Form:
    total = Counter[Op | None]()
    for form in forms:
        for part, factor in form.items():
            total[part] += factor  # type: ignore[assignment]
    return {part: Fraction(factor) for part, factor in total.items() if factor}
