"""The logarithm of a product whose factors are positive wherever one looks, though nobody says so: a sum of logarithms.

p^a (1 - p)^b and prod_i p^x_i exp(-p)/x_i! are beneath the floats long before their logarithms are. Where a base is not
positive (two negative factors have a positive product) the logarithm of the product stands as it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce

from gdsym.arrays.align import entrywise, reduced, unaligned
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of
from gdsym.arrays.stable import added_stably
from gdsym.arrays.steep import positive

Log = Callable[[Product], Product]


def logs_where_positive(g: Graph, product: Product, log: Log) -> tuple[Value, Value] | None:
    """A scalar condition, and the logarithm of each entry of the product where it holds; None if it always holds, or never.

    `log` takes the logarithm of a product that is positive.
    """
    if product.coefficient <= 0:
        return None
    logs = [log(Product(product.coefficient))] if product.coefficient != 1 else []
    bases: list[Value] = []
    for factor, n in product.powers.items():
        base, exponent = _power(g, factor)
        if not positive(g, base):
            bases.append(base)
            base = _kept_above(g, base) if base.axes else base
        gamma = factor.op.kind == "gamma"
        its = (
            Product(powers={Value(g.make("lgamma", base.op), base.axes): 1})
            if gamma
            else log(Product(powers={base: 1}))
        )
        logs.append(its.times(g, exponent, Product(Fraction(n))))
    if not bases:
        return None
    return reduce(lambda a, b: entrywise(g, "logic", a, b, attr="and"), (_is_above(g, b) for b in bases)), added_stably(
        g, logs
    )


def _power(g: Graph, factor: Value) -> tuple[Value, Product]:
    """The base, and its exponent where that is no number; of a gamma function its argument, above 0 of which it is positive."""
    if factor.op.kind == "gamma":
        return unaligned(factor.op.args[0], factor.axes), Product()
    if factor.op.kind != "pow":
        return factor, Product()
    base, exponent = (unaligned(arg, factor.axes) for arg in factor.op.args)
    return base, factors_of(g, exponent)


def _is_above(g: Graph, base: Value) -> Value:
    """Are all its entries positive?"""
    zero = Value(g.number(0))
    if not base.axes:
        return entrywise(g, "compare", base, zero, attr=">")
    below = reduced(g, "sum", entrywise(g, "compare", base, zero, attr="<="), frozenset(base.axes))
    return entrywise(g, "compare", below, zero, attr="==")


def _kept_above(g: Graph, base: Value) -> Value:
    """The entries where they are positive, and 1 elsewhere: their logarithm is not asked for there."""
    return entrywise(g, "where", entrywise(g, "compare", base, Value(g.number(0)), attr=">"), base, Value(g.number(1)))
