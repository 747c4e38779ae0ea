"""Logarithms of special functions that are functions of their own: near 1 they are known by what is lacking."""

from __future__ import annotations

from fractions import Fraction

from gdsym.arrays.align import entrywise, unaligned
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, merged
from gdsym.arrays.steep import positive


def known_logarithms(g: Graph, p: Product) -> tuple[Product, list[Product]]:
    """What is left of a product without I_0 and shares of gamma functions, and the logarithms of these."""
    logs = []
    for value, k in list(p.powers.items()):
        taken = _taken(g, p, value) if value.op.kind in ("i0e", "gammainc", "gammaupper_e") else None
        if taken is not None:
            log, whole = taken
            p = merged(p, whole.power(-k))
            logs.append(Product(Fraction(k), {log: 1}))
    return p, logs


def _taken(g: Graph, p: Product, value: Value) -> tuple[Value, Product] | None:
    """(the logarithm, of what) if all of that stands in the product to the same power."""
    k, own = p.powers[value], Product(powers={value: 1})
    if value.op.kind == "i0e":
        (u,) = value.op.args
        exponential = Value(g.make("exp", g.abs(u)), value.axes)
        whole = merged(own, Product(powers={exponential: 1}))
        return (Value(g.make("log_i0", u, value.op), value.axes), whole) if p.powers.get(exponential) == k else None
    a, u_value = (unaligned(part, value.axes) for part in value.op.args)
    if not all(positive(g, v) or v.op.kind == "gamma" for v in p.powers if v != value) or p.coefficient <= 0:
        return None
    if value.op.kind == "gammainc":
        return entrywise(g, "log_lower_share", a, u_value), own
    exponential = Value(g.make("exp", g.neg(u_value.op)), u_value.axes)
    below = Value(g.make("gamma", a.op), a.axes)
    if p.powers.get(exponential) != k or p.powers.get(below) != -k:
        return None
    return entrywise(g, "log_upper_share", a, u_value), merged(own, Product(powers={exponential: 1, below: -1}))
