"""Divergences and deviances: x - 1 - log x of an x near 1, alone or beside another one, and p log(p/q) + (1 - p) log((1 - p)/(1 - q))."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations

from gdsym.arrays import series
from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.graph import Graph, Value, number_and_rest
from gdsym.arrays.near import as_series
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized, without
from gdsym.record import record

HIGHEST = 4  # power of x that may stand beside log x
Collected = Callable[[Sequence[Product]], list[Product]]  # like terms together
Sum = Callable[[Graph, Sequence[Product]], Value]


@record
class Log:
    """A term weight * log(inside), or two of them."""

    terms: tuple[Product, ...]
    weight: Product
    inside: Product


def with_excesses(g: Graph, terms: Sequence[Product], collected: Collected, total: Sum) -> list[Product]:
    """The terms, with c x - c - c log x as c r^2 (1/2 - r/3 + ...) at x = 1 + r: what is left of them is of second order."""
    flat = [part for t in terms for part in (opened(g, t) if _is_sum_of_logs(t) else [t])]
    logs = [log for t in flat if (log := _log(g, t)) is not None] if len(flat) > 1 else []
    for one, other in combinations(logs, 2):
        pair = _two_chances(g, one, other, collected, total)
        if pair is not None:
            rest = [t for t in flat if t not in (*one.terms, *other.terms)]
            return [*with_excesses(g, rest, collected, total), *pair]
    for log in (*logs, *_joined(logs)):
        found = _beside(g, log, [t for t in flat if t not in log.terms], total)
        if found is not None:
            return with_excesses(g, collected(found), collected, total)
    return list(terms)


def with_squares(g: Graph, terms: Sequence[Product], total: Sum) -> list[Product]:
    """The terms, c x + c/x - 2 c among them as c (x - 1)^2/x."""
    for one, other in combinations(terms, 2):
        number = next((t for t in terms if not t.powers and t.coefficient == -2 * one.coefficient), None)
        if number is None or one.coefficient != other.coefficient or not one.powers:
            continue
        x = Product(powers=one.powers)
        if x.power(-1) == Product(powers=other.powers):
            up, down = _sides(x)
            gap = factors_of(g, total(g, [up, *_turned([down])]))
            parts = [realized(g, merged(gap, side.power(-1))) for side in (up, down)]  # their product may overflow
            square = merged(Product(one.coefficient), *(Product(powers={part: 1}) for part in parts))
            return [*(t for t in terms if t not in (one, other, number)), square]
    return list(terms)


def with_slopes(g: Graph, terms: Sequence[Product], total: Sum) -> list[Product]:
    """The terms, c s - c s/x^2 among them as c (x - 1)/x ((x + 1)/x s): the slope of x + 1/x by a factor of x, which may be too large to be squared."""
    for one, other in permutations([t for t in terms if any(n < 0 for n in t.powers.values())], 2):
        if one.coefficient != -other.coefficient or _size(one) > _size(other):
            continue
        ratio = merged(Product(powers=one.powers), Product(powers=other.powers).power(-1))
        if any(n % 2 for n in ratio.powers.values()):
            continue
        x = Product(powers={v: n // 2 for v, n in ratio.powers.items()})
        front = merged(Product(powers=one.powers), x.power(-1)).powers
        if list(front.values()) == [-1] and front.keys() <= x.powers.keys():
            up, down = _sides(x)
            gap, both = (
                Product(powers={realized(g, merged(factors_of(g, total(g, [up, *ends])), up.power(-1))): 1})
                for ends in (_turned([down]), [down])
            )
            share = realized(g, merged(both, Product(powers=one.powers)))  # a product of the two may overflow
            made = merged(Product(one.coefficient), gap, Product(powers={share: 1}))
            return [*(t for t in terms if t not in (one, other)), made]
    return list(terms)


def _size(p: Product) -> int:
    return sum(map(abs, p.powers.values()))


def _is_sum_of_logs(term: Product) -> bool:
    """Is a factor log a + 2 log b?"""
    inner = (number_and_rest(a)[1] for v, n in term.powers.items() if n == 1 and v.op.kind == "add" for a in v.op.args)
    return any(a.kind == "log" for a in inner)


def opened(g: Graph, term: Product) -> list[Product]:
    """The terms of a product with a bracket in it."""
    for value, n in term.powers.items():
        if n == 1 and value.op.kind == "add":
            rest = without(term, {value: 1})
            parts = zip(value.op.attr, value.op.args, strict=True)
            return [merged(rest, Product(Fraction(s)), factors_of(g, unaligned(a, value.axes))) for s, a in parts]
    return [term]


def _log(g: Graph, term: Product) -> Log | None:
    flat = merged(Product(term.coefficient), *(factors_of(g, v).power(n) for v, n in term.powers.items()))
    found = [v for v, n in flat.powers.items() if v.op.kind == "log" and n == 1]
    if len(found) != 1:
        return None
    inside = factors_of(g, Value(found[0].op.args[0], found[0].axes))
    return Log((term,), without(flat, {found[0]: 1}), inside)


def _joined(logs: Sequence[Log]) -> Iterator[Log]:
    """Terms c log a - c log b, or c log a + c log b, as one."""
    for one, other in combinations(logs, 2):
        ratio = other.weight.coefficient / one.weight.coefficient
        if one.weight.powers == other.weight.powers and abs(ratio) == 1:
            inside = merged(one.inside, other.inside.power(int(ratio)))
            yield Log((*one.terms, *other.terms), one.weight, inside)


def _beside(g: Graph, log: Log, others: Sequence[Product], total: Sum) -> list[Product] | None:
    """The terms with c x - c beside -c log x replaced."""
    parts = [(place, part) for place, t in enumerate(others) for part in opened(g, t)]
    for one in (p for p in parts if _bare(g, p[1]).powers == _bare(g, log.weight).powers):
        k = log.weight.coefficient / one[1].coefficient
        if k.denominator != 1 or not 0 < abs(k) <= HIGHEST or log.inside.weight == 0:
            continue
        x = log.inside.power(int(k))
        wanted = _bare(g, merged(Product(Fraction(-1)), one[1], x))
        other = next((p for p in parts if p is not one and _bare(g, p[1]) == wanted), None)
        made = other and _excess(g, x, log, one[1], total)
        if other and made is not None:
            touched = {one[0], other[0]}
            kept = [t for place, t in enumerate(others) if place not in touched]
            left = [p[1] for p in parts if p[0] in touched and p is not one and p is not other]
            return [*kept, *left, made]
    return None


def _bare(g: Graph, p: Product) -> Product:
    """With a^2 for |a|^2."""
    even = {v: n for v, n in p.powers.items() if v.op.kind == "abs" and n % 2 == 0}
    inner = [factors_of(g, Value(v.op.args[0], v.axes)).power(n) for v, n in even.items()]
    return merged(without(p, even), *inner)


def _excess(g: Graph, x: Product, log: Log, one: Product, total: Sum) -> Product | None:
    """Minus the weight of 1 times x - 1 - log x."""
    up, down = _sides(x)
    r = merged(product_of(g, total(g, [*opened(g, up), *_turned(opened(g, down))])), down.power(-1))
    share = merged(Product(1 / one.coefficient), Product(powers=one.powers).power(-1))
    logs = [merged(t, share) for t in log.terms]
    signed = [x, Product(Fraction(-1)), *_turned(logs)]
    far = None if len(log.terms) > 1 or abs(log.weight.coefficient) != abs(one.coefficient) else _kernel(g, r, x)
    return _times(one, far or _series(g, r, _plain(g, signed)))


def _kernel(g: Graph, r: Product, x: Product) -> Product | None:
    """The difference r - log x of tables as one function of both."""
    step, ratio = realized(g, r), realized(g, x)
    if not step.axes or set(step.axes) != set(ratio.axes):
        return None
    return Product(powers={entrywise(g, "log_excess", step, ratio): 1})


def _series(g: Graph, r: Product, far: Value) -> Product | None:
    """The difference r - log(1 + r), which is `far` where r is not small."""
    s = series.normal(series.put(lambda k: Fraction((-1) ** k, k) if k > 1 else Fraction(0), r.coefficient, 1))
    return as_series(g, r.powers, far, s, Product(), far) if s and r.powers else None


def _sides(x: Product) -> tuple[Product, Product]:
    up = Product(Fraction(x.coefficient.numerator), {v: n for v, n in x.powers.items() if n > 0})
    return up, Product(Fraction(x.coefficient.denominator), {v: -n for v, n in x.powers.items() if n < 0})


def _turned(terms: Sequence[Product]) -> list[Product]:
    return [Product(-t.coefficient, t.powers) for t in terms]


def _plain(g: Graph, terms: Sequence[Product]) -> Value:
    signed = [(1 if t.coefficient >= 0 else -1, Product(abs(t.coefficient), t.powers)) for t in terms]
    return added(g, [(sign, realized(g, t)) for sign, t in signed])


def _times(one: Product, made: Product | None) -> Product | None:
    return None if made is None else merged(Product(Fraction(-1)), one, made)


def _two_chances(g: Graph, one: Log, other: Log, collected: Collected, total: Sum) -> list[Product] | None:
    """The terms of p log(p/q) + (1 - p) log((1 - p)/(1 - q)), or any weights with the same sum before and after, each term with its q - p."""
    sign = 1 if one.weight.coefficient > 0 else -1
    for turn in (1, -1):
        weights = [merged(Product(Fraction(sign)), log.weight) for log in (one, other)]
        after = [merged(p, log.inside.power(-turn)) for p, log in zip(weights, (one, other), strict=True)]
        parts = [t for p, q in zip(weights, after, strict=True) for t in (*opened(g, p), *_turned(opened(g, q)))]
        if any(t.coefficient for t in collected(parts)):
            continue
        front = Product(Fraction(-sign * turn))
        ends = zip(weights, after, (one, other), strict=True)
        made = [_excess(g, merged(q, p.power(-1)), log, merged(front, p), total) for p, q, log in ends]
        found = [m for m in made if m is not None]
        return found if len(found) == 2 else None
    return None
