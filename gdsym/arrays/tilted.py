"""Slopes of log(sum c e^(k u))/k by k, where the c add up to 1: sum q z - log sum c e^z is a divergence, of second order in z."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial

from gdsym.arrays import series
from gdsym.arrays.align import added, entrywise, negative
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.means import Weighted, bounded, scaled_mean, weighted, weights_of_one
from gdsym.arrays.mixtures import scaled, tame
from gdsym.arrays.near import as_series
from gdsym.arrays.product import Product, factors_of, merged, realized, without
from gdsym.arrays.second_order import is_less_one
from gdsym.arrays.steep import is_steep_power


def with_tilts(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, w sum q z - w log sum c e^z with q = c e^z/sum c e^z among them as w sum c (d e^d - (e^d - 1)), d = z - log sum c e^z.

    None of these is negative, and all are of second order where the z are nearly equal.
    """
    for first, second in permutations(terms, 2):
        log = next((v for v, n in second.powers.items() if n == 1 and v in g.logsums), None)
        parts = weighted(g, g.logsums[log]) if log is not None else []
        if log is None or len(parts) < 2:
            continue
        weight = merged(Product(Fraction(-1)), without(second, {log: 1}))
        mean = [merged(Product(Fraction(-1)), weight, t) for t in _mean(g, g.logsums[log], parts)]
        if is_less_one([first, *mean], Product()):
            kept = [t for t in terms if t is not first and t is not second]
            return with_tilts(g, [*kept, merged(weight, Product(powers={_divergence(g, parts, log): 1}))])
    return terms


def with_losses(g: Graph, terms: Sequence[Product]) -> Sequence[Product]:
    """The terms, c - c p^k - c (1 - p)^k among them as -c p (p^(k - 1) - 1) - c (1 - p) ((1 - p)^(k - 1) - 1): each has a sign of its own."""
    one = next((t for t in terms if not t.powers), None)
    steep = [t for t in terms if any(is_steep_power(v.op) for v in t.powers)]
    if one is None or not one.coefficient or len(steep) < 2:
        return terms
    shares = [Product(-t.coefficient / one.coefficient, t.powers) for t in steep]
    losses = [
        (merged(Product(-one.coefficient), part.weight), Value(g.make("expm1", z.op), z.axes))
        for part in weights_of_one(g, shares)
        if (z := bounded(g, part)) is not None
    ]
    if len(losses) < len(steep):
        return terms
    kept = [t for t in terms if t is not one and t not in steep]
    return [*kept, *(weight.times(g, Product(powers={loss: 1})) for weight, loss in losses)]


def _mean(g: Graph, total: Value, parts: Sequence[Weighted]) -> list[Product]:
    """The terms of sum w z e^z/sum w e^z, on the scale of the largest exponent."""
    top, rest = scaled(g, total)
    found = []
    for part in parts:
        if part.z is not None:
            shift = negative(g, top) if part.exponent is None else added(g, [(1, part.exponent), (-1, top)])
            found.append(merged(part.factor, Product(powers={tame(g, shift): 1, rest: -1}), factors_of(g, part.z)))
    return found


def _divergence(g: Graph, parts: Sequence[Weighted], log: Value) -> Value:
    if any(part.weight.powers for part in parts):
        steps = [bounded(g, part) for part in parts]
    else:
        _, steps, log = scaled_mean(g, [(part.weight.coefficient, part.z) for part in parts])
    found = []
    for part, step in zip(parts, steps, strict=True):
        d = added(g, [*([(1, step)] if step is not None else []), (-1, log)])
        term = merged(part.weight, _of_second_order(g, d))
        found.append((1 if term.coefficient > 0 else -1, realized(g, Product(abs(term.coefficient), term.powers))))
    return added(g, found)


def _of_second_order(g: Graph, d: Value) -> Product:
    """The difference d e^d - (e^d - 1) = d^2/2 + d^3/3 + ..., where d^n has (n - 1)/n!."""
    rising, loss = (Value(g.make(kind, d.op), d.axes) for kind in ("exp", "expm1"))
    far = added(g, [(1, entrywise(g, "mul", d, rising)), (-1, loss)])
    s = series.normal(series.put(lambda n: Fraction(max(n - 1, 0), factorial(n)), Fraction(1), 1))
    found = as_series(g, {d: 1}, far, s, Product(), far) if s else None
    assert found is not None
    return found
