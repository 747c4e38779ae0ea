"""Log-gamma, digamma and trigamma at two places that are a known step apart: lgamma(u + d) - lgamma(u), which keeps its digits for large u."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.graph import PARAM, Graph, Op, Value, number_and_rest
from gdsym.arrays.product import Product, factors_of, merged, realized, without
from gdsym.arrays.steep import without_one
from gdsym.record import record

STEPS = {("lgamma", None): "lgamma_step", ("polygamma", 0): "digamma_step", ("polygamma", 1): "trigamma_step"}

LOGS = ("log", "log1p")


@record
class Gamma:
    """A term rest * f(u), with f one of the functions."""

    term: Product
    rest: Product
    kind: str
    u: Value


Rule = Callable[[Graph, Sequence[Gamma]], "tuple[tuple[Gamma, ...], list[Product]] | None"]


def with_steps(g: Graph, terms: Sequence[Product]) -> list[Product]:
    """The terms, f(u + d) - f(u) among them as one; first where d is known from the data."""
    kinds = {v.op.kind for t in terms for v in t.powers}
    if "polygamma" in kinds and not kinds.isdisjoint((*LOGS, "near")):
        from gdsym.arrays.second_order import of_second_order

        terms = of_second_order(g, terms, lambda g, u, v: _distance(g, _terms(u), _terms(v)))
    for rule in (_known_step, _beta, _step):
        while (found := rule(g, [made for t in terms if (made := _gamma(t)) is not None])) is not None:
            used, new = found
            terms = [*(t for t in terms if not any(t is e.term for e in used)), *new]
    return list(terms)


def _gamma(term: Product) -> Gamma | None:
    found = [v for v, n in term.powers.items() if n == 1 and (v.op.kind, v.op.attr) in STEPS]
    if len(found) != 1:
        return None
    (value,) = found
    u = unaligned(value.op.args[0], value.axes)
    return Gamma(term, without(term, {value: 1}), STEPS[value.op.kind, value.op.attr], u)


def _known_step(g: Graph, gammas: Sequence[Gamma]) -> tuple[tuple[Gamma, ...], list[Product]] | None:
    return _step(g, gammas, known=True)


def _step(g: Graph, gammas: Sequence[Gamma], *, known: bool = False) -> tuple[tuple[Gamma, ...], list[Product]] | None:
    """Write c f(u) - c f(v), where u and v have terms in common, as c times one function of v and u - v."""
    for up, down in permutations(gammas, 2):
        if not _alike(up, down) or up.rest.coefficient * down.rest.coefficient >= 0 or up.rest.coefficient < 0:
            continue
        sign, u, v = (1, down.u, up.u) if len(_terms(down.u)) <= len(_terms(up.u)) else (-1, up.u, down.u)
        d = _distance(g, _terms(v), _terms(u))
        if d is None or (known and d.op.needs & PARAM):
            continue
        made = entrywise(g, up.kind, u, v, d)
        size = min(up.rest.coefficient, -down.rest.coefficient)
        step = merged(Product(sign * size, up.rest.powers), Product(powers={made: 1}))
        return (up, down), [step, *_left(up, size), *_left(down, -size)]
    return None


def _left(gamma: Gamma, size: Fraction) -> list[Product]:
    """What is left of a term without size times the function."""
    c = gamma.rest.coefficient - size
    return [Product(c, gamma.term.powers)] if c else []


def _beta(g: Graph, gammas: Sequence[Gamma]) -> tuple[tuple[Gamma, ...], list[Product]] | None:
    """Log-gamma of u and v less that of u + v - k, for a number k: of the smaller one, less the step that it makes from the larger one."""
    logs = [e for e in gammas if e.kind == "lgamma_step"]
    for at, first in enumerate(logs):
        for second in logs[at + 1 :]:
            for whole in logs:
                opposite = Product(-whole.rest.coefficient, whole.rest.powers)
                if not (first.rest == second.rest == opposite and _alike(first, whole)):
                    continue
                k = _number(_sum(_terms(first.u), _terms(second.u), _terms(whole.u, -1)))
                if k is None:
                    continue
                large, small = (entrywise(g, kind, first.u, second.u) for kind in ("maximum", "minimum"))
                d = small if not k else added(g, [(1, small), (-1 if k > 0 else 1, Value(g.number(abs(k))))])
                step = entrywise(g, "lgamma_step", large, whole.u, d)
                own = Value(g.make("lgamma", small.op), small.axes)
                return (first, second, whole), [
                    merged(first.rest, Product(powers={own: 1})),
                    merged(whole.rest, Product(powers={step: 1})),
                ]
    return None


def _alike(one: Gamma, other: Gamma) -> bool:
    return one.kind == other.kind and one.rest.powers == other.rest.powers


def logs_and_signs(g: Graph, product: Product) -> tuple[dict[Value, int], list[Product], Product]:
    """The gamma functions in a product and powers that are no whole ones, their logarithms, and their signs.

    Gamma is positive above 0, and by turns between the poles below; such a power is as it was where its base is negative.
    """
    found: dict[Value, int] = {}
    logs: list[Product] = []
    signs: dict[Value, int] = {}
    one = Value(g.number(1))
    for value, n in product.powers.items():
        if value.op.kind not in ("gamma", "pow"):
            continue
        u = unaligned(value.op.args[0], value.axes)
        above = entrywise(g, "compare", u, Value(g.number(0)), attr=">")
        if value.op.kind == "gamma":
            odd = entrywise(g, "mod", Value(g.make("floor", u.op), u.axes), Value(g.number(2)))
            other = added(g, [(1, one), (-1, realized(g, Product(Fraction(2), {odd: 1})))])
            log = Product(powers={Value(g.make("lgamma", u.op), u.axes): 1})
        else:
            other, exponent = value, unaligned(value.op.args[1], value.axes)
            log = factors_of(g, exponent).times(g, Product(powers={_log_above(g, u, above): 1}))
        found[value] = n
        logs.append(log.times(g, Product(Fraction(n))))
        signs[entrywise(g, "where", above, one, other)] = n
    return found, logs, Product(powers=signs)


def _log_above(g: Graph, base: Value, above: Value) -> Value:
    """The log of b > 0, and nothing elsewhere."""
    rest = without_one(g, base)
    inside = entrywise(g, "where", above, rest or base, Value(g.number(0 if rest else 1)))
    return Value(g.make("log1p" if rest else "log", inside.op), inside.axes)


Terms = dict["Value | None", Fraction]  # the number under None


def _terms(value: Value, times: int = 1) -> Terms:
    return _sum(*({part: c * times} for part, c in _opened(value, Fraction(1))))


def _opened(value: Value, factor: Fraction) -> Iterator[tuple[Value | None, Fraction]]:
    """The terms of a sum, (nu + 1)/2 as nu/2 + 1/2; of a case distinction that keeps a pole out, those of the usual case."""
    number, rest = number_and_rest(_usual(value.op))
    inner = unaligned(rest, value.axes)
    if rest.kind == "add":
        for sign, arg in zip(rest.attr, rest.args, strict=True):
            yield from _opened(unaligned(arg, inner.axes), sign * number * factor)
    elif rest.kind == "number" and isinstance(rest.attr, (int, Fraction)):
        yield None, number * factor * rest.attr
    else:
        yield inner, number * factor


def _usual(op: Op) -> Op:
    return op.args[2] if op.kind == "where" and op.args[1].kind == "number" else op


def _sum(*parts: Terms) -> Terms:
    total: Terms = {}
    for part in parts:
        for value, c in part.items():
            total[value] = total.get(value, Fraction(0)) + c
    return {v: c for v, c in total.items() if c}


def _number(terms: Terms) -> Fraction | None:
    """The value of what is only a number."""
    return terms.get(None, Fraction(0)) if set(terms) <= {None} else None


def _distance(g: Graph, first: Terms, second: Terms) -> Value | None:
    """The one less the other, if they have a letter in common."""
    total = _sum(first, {v: -c for v, c in second.items()})
    if not any(v is not None and v in first and v not in total for v in second) or not total:
        return None
    numbers = [(v, c) for v, c in total.items() if v is not None]
    signed = [(1 if c > 0 else -1, realized(g, Product(abs(c), {v: 1}))) for v, c in numbers]
    if (c := total.get(None)) is not None:
        signed.append((1 if c > 0 else -1, Value(g.number(abs(c)))))
    return added(g, signed)
