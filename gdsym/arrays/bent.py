"""Three powers whose weights are those of a divided difference of exp: beta- and alpha-divergences, deviances of Tweedie's laws.

With w1 e^z1 + w2 e^z2 + w3 e^z3 and w1 (z1 - z2) (z1 - z3) = w2 (z2 - z1) (z2 - z3) = w3 (z3 - z1) (z3 - z2) = C the sum
is C times what exp bends between the three. With z_i linear in log x and log y, C is c (log x - log y)^2: nothing is
lost where x is near y, nor where an exponent is near one at which two of the z are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.excess import opened
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized, without
from gdsym.arrays.second_order import is_less_one

MOST = 6  # terms of a sum in which three are looked for
Powers = frozenset[tuple[Value, int]]
Exponents = dict[Value, dict[Powers, Fraction]]  # by base: what it is raised to, as terms


def with_bends(g: Graph, terms: list[Product]) -> list[Product]:
    """The terms, three of them with such weights as one where both bases are positive."""
    powered = [t for t in terms if any(v.op.kind == "pow" for v in t.powers)]
    if not 2 < len(terms) <= MOST or not powered:
        return terms
    bases = list(dict.fromkeys(_base(v) for t in powered for v in t.powers if v.op.kind == "pow"))
    for three in combinations(terms, 3):
        if not any(t in powered for t in three):
            continue
        for x, y in _pairs(bases, three):
            made = _bent(g, three, x, y)
            if made is not None:
                return with_bends(g, [made, *(t for t in terms if not any(t is s for s in three))])
    return terms


def _base(power: Value) -> Value:
    return unaligned(power.op.args[0], power.axes)


def _pairs(bases: Sequence[Value], three: Sequence[Product]) -> list[tuple[Value, Value]]:
    """Two bases: both of powers, or one of those and a factor."""
    others = [v for t in three for v, n in t.powers.items() if n == 1 and v.op.kind != "pow" and v not in bases]
    return list(combinations(dict.fromkeys([*bases, *others]), 2))


def _bent(g: Graph, three: Sequence[Product], x: Value, y: Value) -> Product | None:
    parted = [_parted(g, t, (x, y)) for t in three]
    gaps = {(i, j): _gap(g, parted[i][1], parted[j][1], x, y) for i, j in ((0, 1), (0, 2), (1, 2))}
    if any(gap is None or not gap.coefficient for gap in gaps.values()):
        return None
    known = {key: gap for key, gap in gaps.items() if gap is not None}
    turn = Product(Fraction(-1))
    sides = (
        merged(parted[0][0], known[0, 1], known[0, 2]),
        merged(turn, parted[1][0], known[0, 1], known[1, 2]),
        merged(parted[2][0], known[0, 2], known[1, 2]),
    )
    if not all(is_less_one([sides[0], merged(turn, other)], Product()) for other in sides[1:]):
        return None
    logs = [Value(g.make("log", v.op), v.axes) for v in (x, y)]
    between = added(g, [(1, logs[0]), (-1, logs[1])])
    ends = [_exponent(g, exponents, (x, y), logs) for _, exponents in parted]
    bend = merged(sides[0], Product(powers={between: 2, entrywise(g, "exp_bend", *ends): 1}))
    plain = [(1 if t.coefficient > 0 else -1, realized(g, Product(abs(t.coefficient), t.powers))) for t in three]
    low = entrywise(g, "minimum", x, y)
    above = entrywise(g, "compare", low, Value(g.number(0)), attr=">")
    return product_of(g, entrywise(g, "where", above, realized(g, bend.times(g)), added(g, plain)))


def _parted(g: Graph, term: Product, bases: tuple[Value, Value]) -> tuple[Product, Exponents]:
    """A term as a weight and what each base is raised to."""
    exponents: Exponents = {}
    taken = {}
    for value, n in term.powers.items():
        base = _base(value) if value.op.kind == "pow" else value
        if base in bases:
            power = factors_of(g, unaligned(value.op.args[1], value.axes)) if value.op.kind == "pow" else Product()
            total = exponents.setdefault(base, {})
            for part in opened(g, power):
                key = frozenset(part.powers.items())
                total[key] = total.get(key, Fraction(0)) + n * part.coefficient
            taken[value] = n
    return without(term, taken), exponents


def _gap(g: Graph, one: Exponents, other: Exponents, x: Value, y: Value) -> Product | None:
    """The c of z_i - z_j = c (log x - log y)."""
    steps = []
    for base in (x, y):
        step = dict(one.get(base, {}))
        for key, c in other.get(base, {}).items():
            step[key] = step.get(key, Fraction(0)) - c
        steps.append({key: c for key, c in step.items() if c})
    if steps[0] != {key: -c for key, c in steps[1].items()}:
        return None
    return product_of(g, _sum(g, steps[0])) if steps[0] else Product(Fraction(0))


def _sum(g: Graph, terms: dict[Powers, Fraction]) -> Value:
    signed = [(1 if c > 0 else -1, realized(g, Product(abs(c), dict(key)))) for key, c in terms.items()]
    return added(g, signed)


def _exponent(g: Graph, exponents: Exponents, bases: Sequence[Value], logs: Sequence[Value]) -> Value:
    """The sum of exponents times logarithms."""
    parts = [(_sum(g, e), log) for base, log in zip(bases, logs, strict=True) if (e := exponents.get(base))]
    terms = [(1, realized(g, merged(factors_of(g, e), Product(powers={log: 1})))) for e, log in parts]
    return added(g, terms) if terms else Value(g.number(0))
