"""Pairs of terms with the logarithm of a sum of exponentials: less one of its exponents, or how many there are; the entropy of a sigmoid."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gdsym.arrays.align import added, entrywise
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.means import exponentials_of, log_of_mean
from gdsym.arrays.mixtures import log_of_mixture
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized, without
from gdsym.arrays.steep import noted


def entropy_of_sigmoid(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference softplus(u) - u sigmoid(u) is softplus(-|u|) + |u| sigmoid(-|u|), both positive."""
    for value, rest in _logs(g, first):
        u = Value(value.op.args[0], value.axes)
        share = Value(g.make("sigmoid", u.op), u.axes)
        if value.op.kind != "softplus" or second.powers.get(share) != 1:
            continue
        if merged(second, Product(Fraction(-1), {share: -1})) == merged(rest, factors_of(g, u)):
            size = Value(g.abs(u.op), u.axes)
            log, small = (Value(g.make(kind, g.neg(size.op)), u.axes) for kind in ("softplus", "sigmoid"))
            return merged(rest, product_of(g, added(g, [(1, log), (1, entrywise(g, "mul", size, small))])))
    return None


def less_half(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference softplus(u) - u/2 is log(2 cosh(u/2))."""
    for value, rest in _logs(g, first):
        half = factors_of(g, Value(value.op.args[0], value.axes)).times(g, Product(Fraction(1, 2)))
        if value.op.kind == "softplus" and second == merged(Product(Fraction(-1)), rest, half):
            middle = realized(g, half)
            log = Value(g.make("logcosh", g.neg(middle.op) if middle.op.kind == "neg" else middle.op), middle.axes)
            return merged(rest, product_of(g, added(g, [(1, log), (1, Value(g.make("log", g.number(2))))])))
    return None


def less_an_exponent(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference log(e^u + e^v + ...) - u is softplus(log(e^(v - u) + ...))."""
    for value, rest in _logs(g, first):
        terms = [z for c, z in exponentials_of(g, g.logsums.get(value, value)) if c == 1]
        if value.op.kind == "softplus" or len(terms) < len(exponentials_of(g, g.logsums[value])):
            continue
        taken = merged(Product(Fraction(-1)), second, rest.power(-1))
        own = next((z for z in terms if z is not None and factors_of(g, z) == taken), None)
        others = [exponent_of(g, {own: -1} if z is None else {z: 1, own: -1}) for z in terms if z != own] if own else []
        steps = [z for z in others if z is not None]
        if len(terms) > 1 and len(steps) == len(terms) - 1:
            log = steps[0] if len(steps) == 1 else _log_of_sum(g, steps)
            return merged(rest, product_of(g, Value(g.make("softplus", log.op), log.axes)))
    return None


def _log_of_sum(g: Graph, exponents: list[Value]) -> Value:
    terms = [Product(powers={Value(g.make("exp", z.op), z.axes): 1}) for z in exponents]
    total = noted(g, added(g, [(1, realized(g, t)) for t in terms]), frozenset(), terms)
    return log_of_mixture(g, total, lambda value: value)


def less_their_number(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """The difference log(e^u + e^v) - log 2 as the logarithm of a mean."""
    count = next(
        (v for v, n in second.powers.items() if n == 1 and v.op.kind == "log" and v.op.args[0].kind == "number"), None
    )
    number = count.op.args[0].attr if count else None
    if count is None or not isinstance(number, (int, Fraction)):
        return None
    for value, rest in _logs(g, first):
        sign = merged(second, Product(powers={count: -1}), rest.power(-1))
        if sign.powers or abs(sign.coefficient) != 1:
            continue
        scale = Fraction(number) ** int(sign.coefficient)
        mean = log_of_mean(g, [(c * scale, z) for c, z in exponentials_of(g, g.logsums.get(value, value))])
        return None if mean is None else merged(rest, product_of(g, mean))
    return None


def _logs(g: Graph, term: Product) -> Iterator[tuple[Value, Product]]:
    """(logarithm of a sum of exponentials, what it is multiplied by) for each that is a factor."""
    for value, n in term.powers.items():
        if n == 1 and (value.op.kind == "softplus" or value in g.logsums):
            yield value, without(term, {value: 1})
