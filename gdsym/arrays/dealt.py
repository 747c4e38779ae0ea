"""(sum_i f_i e^u_i) (sum_j g_j e^v_j)/(sum_k e^z_k)^2: each sum above takes one of those below into its terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gdsym.arrays import sums
from gdsym.arrays.graph import Value
from gdsym.arrays.inward import is_rising, rises
from gdsym.arrays.product import Product, without
from gdsym.arrays.steep import is_exponential, positive
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def dealt(low: Lowering, up: list[n.Node], below: Product, mixed: Mapping[Value, int]) -> Product:
    """One of each sum of exponentials below for each sum above, as far as they go; the rest stays outside.

    So does what rises above, if there is enough below for that; else it goes into the first sum.
    """
    totals = [f for f in up if isinstance(f, n.Sum)]
    left, result = dict(mixed), without(below, mixed)
    others = Product().times(low.g, *(low.product(f) for f in up if f not in totals))
    totals = [t for t in totals if not _cancels(low, t, left)]
    rest = Product(powers=left).times(low.g, others)
    unused = {v: k for v, k in rest.powers.items() if v in left and k < 0}
    enough = sum(rises(low, t) for t in totals) <= max((-k for k in unused.values()), default=0)
    if not totals or (enough and not is_rising(low.g, rest)):
        left, others = unused, without(rest, unused)
    steep = {v: k for v, k in others.powers.items() if k > 0 and is_exponential(low.g, v)} if totals else {}
    extra = Product(powers=steep)
    if any(not set(v.axes) <= {*totals[0].free, totals[0].index} for v in steep):  # the sum would be wider for them
        return below.times(low.g, *map(low.product, up))
    for total in totals:
        extra = Product(powers={**extra.powers, **dict.fromkeys(left, -1)})
        result = result.times(low.g, sums.total(low, total, extra, None))
        left, extra = {v: k + 1 for v, k in left.items() if k < -1}, Product()
    return result.times(low.g, without(others, steep), Product(powers=left))


def _cancels(low: Lowering, total: n.Sum, below: dict[Value, int]) -> bool:
    """Does the sum stand below too? Then it is taken away there."""
    product = low.product(total)
    for value, k in product.powers.items() if product.coefficient == 1 and len(product.powers) == 1 else ():
        if k == 1 and below.get(value, 0) < 0 and positive(low.g, value):
            below[value] += 1
            if not below[value]:
                del below[value]
            return True
    return False
