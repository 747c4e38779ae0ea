"""Points where an exponential is seen beside the rest: exp(-10^8 (x - 1/3)^2) is 0 to hundreds of digits at all others.

Two formulas that differ by such a bump agree wherever somebody happens to look. So the exponents are looked at: one that is far
from 0 at all points so far is moved towards 0. The same for tanh, erf, cosh, and for u^n with large n, which is e^(n log u).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

import sympy

from gdsym.record import changed
from gdsym.verify.conditions import Condition
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import Number
from gdsym.verify.points import Point
from gdsym.verify.sought import Search, apart, is_short, rounded
from gdsym.verify.switches import at_term

HYPERBOLIC = (sympy.tanh, sympy.coth, sympy.sech, sympy.csch, sympy.cosh, sympy.sinh)
STEEP = frozenset((sympy.exp, sympy.erf, sympy.erfc, sympy.erfi, *HYPERBOLIC))
ASIDE = Fraction(1, 2)  # exponents of 1/2 or -1/2 are looked for: an even bump is flat at 0
LARGE = 8  # numbers without which nothing is narrow
UNSEEN = 8  # exponents beyond which an exponential may be missed
MOST = 4  # exponents that are searched for
SHORT = (0, 4, 8, 12, 16, 24, 32, 48)  # bits behind the point of the numbers that are shown


def narrow(
    g: Graph, targets: Sequence[int], condition: Condition, good: Sequence[Point], anywhere: bool
) -> Iterator[Point]:
    """Points at which exponents are close to 0 that are not at any of the `good` ones."""
    cone = g.cone(*targets)
    if not good or not any(_is_large(g, n) for n in cone):
        return
    lower = {g.data[b]: g.args[b][0] for b in cone if g.ops[b] in BINDERS}
    raised = dict.fromkeys(u for n in cone for u in _exponent(g, n))
    exponents = list(dict.fromkeys(at_term(g, u, lower, later) for u in raised for later in _terms(g, u)))
    search = Search(g, exponents, condition.roles, anywhere)
    met = [values for point in good if (values := search.values(point))]
    unseen = [u for at, u in enumerate(exponents) if all(_is_unseen(values[at]) for values in met)]
    longer = [point for point in good if not is_short(point)]  # a second term is there
    shorter = [point for point in good if is_short(point)]  # and no other, too large for every ball
    for u in unseen[:MOST]:
        above = bool(met) and met[0][exponents.index(u)] > 0
        search = Search(g, [g.plus(u, g.num(-ASIDE if above else ASIDE))], condition.roles, anywhere, curved=True)
        for starts in (shorter, longer):
            found = (_short(search, point) for point in search.reached(("near", 0), starts))
            yield from islice(filter(condition.holds, found), 1)


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
