"""Two terms of a longer sum that cancel at u = 0: log(1 + k y)/k^2 beside (1/k + 1) y/(1 + k y)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added, entrywise
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.near import factors_within, near_zero
from gdsym.arrays.product import Product, factors_of, merged, realized, terms_of, without

MOST = 4  # terms of one group
CANCELLING = ("expm1", "log1p", "sinh", "sin", "tanh", "atan", "asinh")  # about u near 0


def near_pairs(g: Graph, terms: list[Product]) -> list[Product]:
    """The sum with each two terms that cancel at 0 as one: (e^u - 1) - u of e^u + v^2 - 1 - u; a bracket may hold one of them."""
    if len(terms) < 2 or not any(_functions(t) for t in terms):
        return terms
    for one, other in permutations(terms, 2):
        rest = [t for t in terms if t is not one and t is not other]
        if not _functions(one):
            continue
        whole = _cancelled(g, one, other) if rest else None
        if whole is not None:
            return near_pairs(g, [whole, *rest])
        for part, left in _parts(g, other):
            scaled = _scaled(g, one, part)
            found = _cancelled(g, one, scaled) if left or scaled is not part else None
            if found is not None:
                return near_pairs(g, [found, *rest, *left])
    return terms


def near_groups(
    g: Graph, terms: list[Product], paired: Callable[[Graph, list[Product]], list[Product]]
) -> list[Product]:
    """The terms of ((1 + u) a + (1 + u + u^2) b) e^-u - a - b, those of a and those of b as one each: both cancel at u = 0."""
    steep = [v for t in terms for v in t.powers if v.op.kind in ("exp", "expm1")]
    brackets = [t for t in terms if any(v in steep for v in t.powers) and _bracket(t) is not None]
    u = factors_within(Value(steep[0].op.args[0], steep[0].axes)).powers if brackets else {}
    widths = (len(v.op.args) for t in brackets for v, n in t.powers.items() if v.op.kind == "add")
    if not u or any(n < 0 for n in u.values()) or math.prod(widths) > MOST**2:
        return terms
    groups: dict[frozenset[tuple[Value, int]], list[Product]] = {}
    for term in (part for t in terms for part in (_opened(g, t) if t in brackets else [t])):
        groups.setdefault(_beside(term, u), []).append(term)
    alone = [group[0] for group in groups.values() if len(group) == 1]
    if any(all(part is not t for t in terms) for part in alone):
        return terms  # a bracket that is opened for nothing: (1 - y) e^u is 0 at y = 1, e^u - y e^u is not
    if len(groups) < 2 or any(len(group) > MOST for group in groups.values()):
        return terms
    made = [near_zero(g, paired(g, group)) if len(group) > 1 else group[0] for group in groups.values()]
    return terms if None in made else [t for t in made if t is not None]


def _beside(term: Product, u: Mapping[Value, int]) -> frozenset[tuple[Value, int]]:
    """The factors of a term but for functions of u and powers of it."""
    flat = merged(*(factors_within(v).power(n) for v, n in term.powers.items() if v.op.kind not in ("exp", "expm1")))
    k = min(flat.powers.get(v, 0) // n for v, n in u.items())
    return frozenset(merged(flat, Product(powers=u).power(-k)).powers.items())


def _bracket(term: Product) -> Value | None:
    return next((v for v, n in term.powers.items() if n == 1 and v.op.kind == "add"), None)


def _opened(g: Graph, term: Product) -> list[Product]:
    bracket = _bracket(term)
    if bracket is None:
        return [term]
    rest = without(term, {bracket: 1})
    return [part for t in terms_of(g, bracket) for part in _opened(g, merged(rest, t))]


def without_poles(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms of b/tanh(b u) - a/tanh(a u), where the poles 1/u cancel, each without its own where both are large."""
    found = [(t, *made) for t in terms if (made := _pole(t)) is not None]
    total: dict[frozenset[tuple[Value, int]], Fraction] = {}
    for _, pole, _ in found:
        key = frozenset(pole.powers.items())
        total[key] = total.get(key, Fraction(0)) + pole.coefficient
    if len(found) < 2 or any(total.values()):
        return terms
    left = [near_zero(g, [t, merged(Product(Fraction(-1)), pole)]) for t, pole, _ in found]
    if None in left:
        return terms
    largest, *others = (Value(g.abs(u.op), u.axes) for *_, u in found)
    for u in others:
        largest = entrywise(g, "maximum", largest, u)
    near = entrywise(g, "compare", largest, Value(g.number(1)), attr="<")
    sums = [_plain(g, part) for part in ([t for t in left if t is not None], [t for t, *_ in found])]
    kept = [t for t in terms if not any(t is u for u, *_ in found)]
    return [*kept, Product(powers={entrywise(g, "where", near, *sums): 1})]


def _pole(term: Product) -> tuple[Product, Value] | None:
    """What u^-n is for sinh(u)^-n, and this u."""
    flat = merged(Product(term.coefficient), *(factors_within(v).power(n) for v, n in term.powers.items()))
    found = [(v, n) for v, n in flat.powers.items() if n < 0 and v.op.kind in ("tanh", "sinh")]
    if len(found) != 1:
        return None
    ((value, n),) = found
    u = Value(value.op.args[0], value.axes)
    return merged(without(flat, {value: n}), factors_within(u).power(n)), u


def _plain(g: Graph, terms: Sequence[Product]) -> Value:
    signed = [(1 if t.coefficient > 0 else -1, Product(abs(t.coefficient), t.powers)) for t in terms]
    return added(g, [(sign, realized(g, t)) for sign, t in signed])


def _cancelled(g: Graph, one: Product, other: Product) -> Product | None:
    """The sum of the two; of what differs in sign only, the same function."""
    sign = Product(Fraction(1 if one.coefficient > 0 else -1))
    found = near_zero(g, [merged(sign, one), merged(sign, other)])
    return None if found is None else merged(sign, found)


def _functions(term: Product) -> list[Value]:
    return [v for v in term.powers if v.op.kind in CANCELLING]


def _parts(g: Graph, term: Product) -> Iterator[tuple[Product, list[Product]]]:
    """The term, and those of (1/k + 1) u if it has a bracket, each with the others."""
    yield term, []
    bracket = next((v for v, n in term.powers.items() if n == 1 and v.op.kind == "add"), None)
    if bracket is not None:
        rest = without(term, {bracket: 1})
        parts = [merged(rest, t) for t in terms_of(g, bracket)]
        yield from ((part, [*parts[:at], *parts[at + 1 :]]) for at, part in enumerate(parts))


def _scaled(g: Graph, one: Product, term: Product) -> Product:
    """The term with s (1 + u/s) for s + u, if u/s is what the functions are of."""
    for function in _functions(one):
        u = Value(function.op.args[0], function.axes)
        for value, n in term.powers.items():
            parts = terms_of(g, value) if value.op.kind == "add" and len(value.op.args) == 2 else []
            for first, second in permutations(parts, 2):
                if first.powers and merged(second, first.power(-1)) == factors_of(g, u):
                    scaled = Product(powers={added(g, [(1, u), (1, Value(g.number(1)))]): n})
                    return merged(without(term, {value: n}), first.power(n), scaled)
    return term
