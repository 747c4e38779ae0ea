"""Points where an exponential is seen beside the rest: exp(-10^8 (x - 1/3)^2) is 0 to hundreds of digits at all others.

Two formulas that differ by such a bump agree wherever somebody happens to look. So the exponents are looked at: one that is far
from 0 at all points so far is moved towards 0. The same for tanh, erf, cosh, and for u^n with large n, which is e^(n log u).
Where that cannot be, as in exp(-x^2 - 1000), a point gets as many bits as are needed to see the exponential beside the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from math import e, inf, log2

import sympy

from gdsym.record import changed
from gdsym.verify.conditions import Condition
from gdsym.verify.goals import apart
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import Number, ball
from gdsym.verify.points import Point
from gdsym.verify.sought import Search, is_short, rounded
from gdsym.verify.switches import at_term

HYPERBOLIC = (sympy.tanh, sympy.coth, sympy.sech, sympy.csch, sympy.cosh, sympy.sinh)
ERRORS = (sympy.erf, sympy.erfc, sympy.erfi)
STEEP = frozenset((sympy.exp, *ERRORS, *HYPERBOLIC))
ASIDE = Fraction(1, 2)  # exponents of 1/2 or -1/2 are looked for: an even bump is flat at 0
LARGE = 8  # numbers without which nothing is narrow
UNSEEN = 8  # exponents beyond which an exponential may be missed
MOST = 4  # exponents that are searched for
LOG2_E = log2(e)
VISIBLE = 48  # bits between two numbers that are both seen at the usual precision
BEHIND = 128  # bits more than it takes
QUICK = frozenset((sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.atan, *HYPERBOLIC))
AFFORDABLE = 1 << 12, 1 << 14, 1 << 19  # bits of any function, of error functions, and of quick ones
SHORT = (0, 4, 8, 12, 16, 24, 32, 48)  # bits behind the point of the numbers that are shown


def narrow(
    g: Graph, targets: Sequence[int], condition: Condition, good: Sequence[Point], anywhere: bool
) -> Iterator[Point]:
    """Points at which exponents are close to 0 that are not at any of the `good` ones; or with the bits that it takes to see them."""
    cone = g.cone(*targets)
    if not good or not any(_is_large(g, n) for n in cone):
        return
    lower = {g.data[b]: g.args[b][0] for b in cone if g.ops[b] in BINDERS}
    raised = {u: n for n in cone for u in _exponent(g, n)}
    source = {at_term(g, u, lower, later): n for u, n in raised.items() for later in _terms(g, u)}
    exponents = list(source)
    search = Search(g, exponents, condition.roles, anywhere)
    seen = [(point, values) for point in good if (values := search.values(point))]
    met = [values for _point, values in seen]
    unseen = [u for at, u in enumerate(exponents) if all(_is_unseen(values[at]) for values in met)]
    longer = [point for point in good if not is_short(point)]  # a second term is there
    shorter = [point for point in good if is_short(point)]  # and no other, too large for every ball
    for u in unseen[:MOST]:
        above = bool(met) and met[0][exponents.index(u)] > 0
        search = Search(g, [g.plus(u, g.num(-ASIDE if above else ASIDE))], condition.roles, anywhere, curved=True)
        reached = False
        for starts in (shorter, longer):
            found = (_short(search, point) for point in search.reached(("near", 0), starts))
            for point in islice(filter(condition.holds, found), 1):
                reached = True
                yield point
        if not reached:
            bits = [(_bits(g, source[u], values[exponents.index(u)]), point) for point, values in seen]
            yield from _finer(
                bits, min((_affordable(g.data[n][0]) for n in cone if g.ops[n] == "fn"), default=AFFORDABLE[2])
            )


def _finer(bits: Sequence[tuple[float, Point]], most: int) -> Iterator[Point]:
    """The point at which the fewest bits show what the others do not; none where all is seen, or that is too much work."""
    few, point = min(bits, key=lambda one: one[0], default=(inf, None))
    if point is not None and VISIBLE < few < most - BEHIND:
        yield changed(point, bits=int(few) + BEHIND)


def _affordable(func: object) -> int:
    return AFFORDABLE[2 if func in QUICK else 1 if func in ERRORS else 0]


def _bits(g: Graph, n: int, exponent: Number) -> float:
    """How many bits lie between 1 and the value, at that exponent, of the exponential or power n, or what a tanh lacks of 1."""
    size = float(abs(ball(exponent)).mid())
    if g.ops[n] == "fn":
        return LOG2_E * (size * size if g.data[n][0] in ERRORS else 2 * size)
    base, power = g.args[n]
    if g.ops[base] == "num":
        return size * abs(_log2(g.data[base]))
    by = abs(float(g.data[power]))
    return by * log2(1 + size / by)


def _log2(value: Fraction) -> float:
    return log2(abs(value.numerator)) - log2(value.denominator) if value else 0.0


def _is_unseen(exponent: Number) -> bool:
    """Far from 0; or 0, as x_i - x_k is where i = k, which says nothing of all others."""
    return bool(abs(exponent) > UNSEEN or exponent == 0)


def _terms(g: Graph, u: int) -> tuple[int, ...]:
    """Which terms of the sums around an exponent are looked at: in two sums also one where the indices differ."""
    return (0, 1) if g.slots[u] else (0,)


def _is_large(g: Graph, n: int) -> bool:
    """A number far from 1, or 2^40."""
    if g.ops[n] == "num":
        return not Fraction(1, LARGE) < abs(g.data[n]) < LARGE and g.data[n] != 0
    return g.ops[n] == "pow" and all(g.ops[a] == "num" for a in g.args[n])


def _exponent(g: Graph, n: int) -> Iterator[int]:
    """What e^u and the like have for u; n (u - 1) of u^n."""
    op, args = g.ops[n], g.args[n]
    if op == "fn" and g.data[n][0] in STEEP:
        yield args[0]
    elif op == "pow" and g.ops[args[0]] == "num":
        yield args[1]
    elif op == "pow" and g.ops[args[1]] == "num" and abs(g.data[args[1]]) > LARGE:
        yield g.times(args[1], g.plus(args[0], g.num(-1)))


def _short(search: Search, point: Point) -> Point:
    """The point in short numbers, if they do what it is for, too."""
    for bits in SHORT:
        shorter = changed(point, drawn={place: rounded(x, bits) for place, x in point.drawn.items()}, values={})
        values = search.values(shorter)
        if values and apart("near", values[0]) == 0 and all(map(search.may_be, shorter.drawn, shorter.drawn.values())):
            return shorter
    return point
