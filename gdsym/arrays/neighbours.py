"""Logarithms whose difference is small: log(x + c) - log x as log(1 + c/x), and log x less digamma x, about 1/(2 x)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.excess import opened
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of, merged, realized, without

FAR = 1e300  # a step after which digamma is the logarithm
LARGE = 1e19  # a place with powers that are floats, for what is below 0


def with_neighbours(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, w log(x + c) - w log x among them as w log(1 + c/x); a bracket may hold w, (n + 1) log(n + 1) - n log n."""
    logs = [t for t in terms if any(v.op.kind in ("log", "log1p") for v in t.powers)]
    for up, down in permutations(logs, 2):
        for first in opened(g, up):
            for second in opened(g, down):
                made = _step(g, first, second)
                if made is not None:
                    kept = [t for t in terms if t is not up and t is not down]
                    left = [t for term, part in ((up, first), (down, second)) for t in opened(g, term) if t != part]
                    return with_neighbours(g, [*kept, made, *left])
    return terms


def _step(g: Graph, up: Product, down: Product) -> Product | None:
    """The term that w log(x + c) - w log x is; the logarithm of x where that is none."""
    if up.coefficient != -down.coefficient:
        return None
    for log in (v for v, n in down.powers.items() if v.op.kind == "log" and n == 1):
        weight, x = without(down, {log: 1}), unaligned(log.op.args[0], log.axes)
        for other in (v for v, n in up.powers.items() if v.op.kind in ("log", "log1p") and n == 1):
            if without(up, {other: 1}).powers != weight.powers:
                continue
            more = _more(g, other, x)
            if more is not None:
                ratio = realized(g, factors_of(g, more).times(g, factors_of(g, x).power(-1)))
                near = Value(g.make("log1p", ratio.op), ratio.axes)
                known = entrywise(g, "compare", x, Value(g.number(0)), attr=">")
                return merged(without(up, {other: 1}), Product(powers={entrywise(g, "where", known, near, log): 1}))
    return None


def _more(g: Graph, log: Value, x: Value) -> Value | None:
    """The c if it is the log of x + c."""
    inside = unaligned(log.op.args[0], log.axes)
    if log.op.kind == "log1p" and inside == x:
        return Value(g.number(1))
    if log.op.kind == "log1p" or inside.op.kind != "add":
        return None
    terms = [(s, unaligned(a, inside.axes)) for s, a in zip(inside.op.attr, inside.op.args, strict=True)]
    left = [t for t in terms if t != (1, x)]
    return added(g, left) if len(left) == len(terms) - 1 else None


def less_digammas(g: Graph, terms: Sequence[Product]) -> list[Product]:
    """The terms, w log(c x) - w digamma x among them as w log c and what the logarithm is more than digamma."""
    for one, other in permutations(terms, 2):
        psi = _only(one, "polygamma")
        log = _only(other, "log")
        if psi is None or log is None or psi.op.attr != 0:
            continue
        weight = without(other, {log: 1})
        if merged(weight, Product(Fraction(-1))) != without(one, {psi: 1}):
            continue
        x = unaligned(psi.op.args[0], psi.axes)
        inside, own = factors_of(g, unaligned(log.op.args[0], log.axes)), factors_of(g, x)
        share = merged(inside, own.power(-1))
        if share.coefficient <= 0 or any(inside.powers.get(v) != n for v, n in own.powers.items()):
            continue
        rest = Product(powers={entrywise(g, "digamma_rest", x, Value(g.number(LARGE)), Value(g.number(FAR))): 1})
        kept = [t for t in terms if t is not one and t is not other]
        return less_digammas(g, [*kept, *(merged(weight, part) for part in (rest, *_log(g, share)))])
    return list(terms)


def _log(g: Graph, product: Product) -> list[Product]:
    """The logarithm of a product, none of 1; of 1/x it is -log x."""
    turn = -1 if all(n < 0 for n in product.powers.values()) and product.coefficient == 1 else 1
    inside = realized(g, product.power(turn))
    log = Value(g.make("log", inside.op), inside.axes)
    return [] if product == Product() else [Product(Fraction(turn), {log: 1})]


def _only(term: Product, kind: str) -> Value | None:
    """The one factor of this kind."""
    found = [v for v, n in term.powers.items() if v.op.kind == kind and n == 1]
    return found[0] if len(found) == 1 else None
