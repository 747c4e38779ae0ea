"""The logarithm of a mean of exponentials, log((e^u + e^v)/2): nearly 0 where all exponents are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, realized
from gdsym.arrays.steep import Mixture

Exponential = tuple[Fraction, Value | None]  # c e^z, or the number c


def exponentials_of(g: Graph, value: Value) -> list[Exponential]:
    """The (c, z) of a value that is written out as a sum of c e^z with c > 0; none if it is something else."""
    if value.op.kind in ("one_plus_exp", "softplus"):
        return [(Fraction(1), None), (Fraction(1), Value(value.op.args[0], value.axes))]
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture is None or mixture.letters or mixture.parts:
        return []
    found: list[Exponential] = []
    for term in mixture.terms:
        steep = [v for v, n in term.powers.items() if n == 1 and v.op.kind == "exp"]
        if len(steep) < len(term.powers) or len(steep) > 1 or term.coefficient <= 0:
            return []
        found.append((term.coefficient, Value(steep[0].op.args[0], steep[0].axes) if steep else None))
    return found


def log_of_mean(g: Graph, terms: Sequence[Exponential]) -> Value | None:
    """The logarithm of a sum of c e^z, in which all c add up to 1: with the largest z in front, log1p of the sum of c (e^(z - top) - 1)."""
    if len(terms) < 2 or sum(c for c, _ in terms) != 1 or all(z is None for _, z in terms):
        return None
    zero = Value(g.number(0))
    top, *others = [zero if z is None else z for _, z in terms]
    for z in others:
        top = entrywise(g, "maximum", top, z)
    if len(terms) == 2 and terms[0][0] == terms[1][0]:
        d = _step(g, terms[0][1], terms[1][1])
        losses = [(terms[0][0], None if d is None else Value(g.neg(g.abs(d.op)), d.axes))]
    else:
        losses = [(c, _step(g, z, top)) for c, z in terms]
    parts = [realized(g, Product(c, {Value(g.make("expm1", z.op), z.axes): 1})) for c, z in losses if z is not None]
    total = added(g, [(1, part) for part in parts])
    return added(g, [(1, top), (1, Value(g.make("log1p", total.op), total.axes))])


def _step(g: Graph, z: Value | None, other: Value | None) -> Value | None:
    """An exponent less another one; none where nothing is left."""
    parts = ([(z, 1)] if z is not None else []) + ([(other, -1)] if other is not None else [])
    return exponent_of(g, dict(parts)) if z != other else None
