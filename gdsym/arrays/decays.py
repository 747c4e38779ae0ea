"""Running sums of geometric weights, sum_(j <= i) r^(i - j) x_j: moving averages, filters, momentum.

They follow s_i = r s_(i - 1) + x_i, with no table of pairs (i, j) and no division, so r may be 0 or negative. Where the
weights are d r^(d - 1) with d = i - j, as in a slope by r, the same is done twice, and for d^2 r^d, as d^2 is d + 2 d (d - 1)/2,
three times: binomial(d, k) r^(d - k) are the weights after k + 1 rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from gdsym.arrays.affine import Affine, affine
from gdsym.arrays.align import transposed
from gdsym.arrays.course import WHOLE, Course, flipped, joined, zeros
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import DATA, Graph, Op, Value
from gdsym.arrays.product import Product, arrays_of, product_of, realized
from gdsym.arrays.reach import Reach, either_or_zero
from gdsym.arrays.steep import is_exponential
from gdsym.record import record
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

HIGHEST = 9  # powers of the distance from which sums are not made this way
Terms: TypeAlias = "dict[Hashable, tuple[Fraction, n.Node]]"  # by their factors: how often, and what


@record
class Weights:
    """(sum_k terms_k binomial(d, k)) base^(step d + least) for a summand that is d places away, and what else it holds."""

    base: n.Node
    step: int
    least: int
    terms: tuple[Terms, ...]
    rest: n.Node


def decayed(low: Lowering, body: n.Node, course: Course, reach: Reach) -> Product | None:
    """The sum for all values of the letter, if its weights are geometric; None if they are not."""
    found = None if course.width is not None or course.turned else _weights(low, body, course, reach)
    if found is None:
        return None
    inside, outside = arrays_of(low.product(found.rest), [course.index])
    if any(course.letter in v.axes or is_exponential(low.g, v) for v in inside.powers):
        return None
    if not any(found.terms):
        return Product(Fraction(0))
    counts = {a: reach.count for a, reach in low.scope.items()}
    values = realized(low.g, inside)
    if course.index not in values.axes:
        ones = low.g.make("full", low.g.number(1), attr=(course.steps.count,), ndim=1, needs=DATA)
        values = Value(ones, (course.index,))
    array = transposed(low.g, values, (course.index, *(a for a in values.axes if a != course.index)))
    rate = low.value(n.Pow(found.base, n.Num(found.step))).op
    lengths = tuple(counts[a] for a in array.axes[1:])
    made, parts = _run(low.g, course.padded(low.g, array, counts, 0), rate, course), []
    for k, terms in enumerate(found.terms):
        made = _run(low.g, following(low.g, made, lengths, course), rate, course) if k else made
        if terms:
            total = course.placed(low.g, Value(made, array.axes), counts)
            parts.append(_weighted(low, terms, (found.base, found.least + k * found.step), total))
    return outside.times(low.g, low.added(parts))


def _weighted(low: Lowering, terms: Terms, power: tuple[n.Node, int], total: Value) -> Product:
    """The sum times a number, the terms, and a power of the base."""
    base, exponent = power
    factor = low.added([Product(count).times(low.g, low.product(node)) for count, node in terms.values()])
    front = [low.product(n.Pow(base, n.Num(exponent)))] if exponent else []
    return product_of(low.g, total).times(low.g, factor, *front)


def _run(g: Graph, op: Op, rate: Op, course: Course) -> Op:
    made = g.make("decay", flipped(g, op) if course.behind else op, rate, ndim=op.ndim)
    return flipped(g, made) if course.behind else made


def following(g: Graph, op: Op, lengths: tuple[Affine, ...], course: Course) -> Op:
    """Each entry at the place that comes after it."""
    zero, rest = zeros(g, Affine(1), lengths), tuple(WHOLE for _ in lengths)
    longer = joined(g, op, zero) if course.behind else joined(g, zero, op)
    cut = ("part", Affine(1), None, False) if course.behind else ("part", Affine(0), Affine(-1), False)
    return g.make("slice", longer, attr=(cut, *rest), ndim=op.ndim)


def _weights(low: Lowering, body: n.Node, course: Course, reach: Reach) -> Weights | None:
    above, below = over_and_under(body)
    up, down = over_and_under(fraction([*map(without_cases, above)], below))
    both = frozenset((course.index, course.letter))
    powers = [f for f in up if isinstance(f, n.Pow) and both <= f.exponent.free]
    slopes = [f for f in up if f not in powers and both <= f.free and brackets(f)]
    end = reach.first if course.behind else reach.last
    shift = None if end is None else end.number
    if len(powers) != 1 or shift is None or powers[0].base.free & set(low.scope):
        return None
    exponent = affine(powers[0].exponent)
    if exponent is None or exponent.letters != both:
        return None
    by = dict(exponent.terms)
    step = by[course.letter] * (-1 if course.behind else 1)
    if by[course.letter] != -by[course.index]:
        return None
    rest = fraction([f for f in up if f not in (*powers, *slopes)], down)
    polynomial: list[Terms] = [{(): (Fraction(1), n.ONE)}]
    for factor in (f for s in slopes for f in brackets(s)):
        slope, level = _linear(factor, course)
        if slope is None:
            return None
        # letter - index = d - shift, or -d - shift if sums run from the end
        level = _together([*level.items(), *((k, (-shift * c, f)) for k, (c, f) in slope.items())])
        if course.behind:
            slope = {k: (-c, f) for k, (c, f) in slope.items()}
        polynomial = _times(polynomial, slope, level)
    return Weights(powers[0].base, step, exponent.const - by[course.letter] * shift, tuple(polynomial), rest)


def brackets(node: n.Node) -> list[n.Node]:
    """The brackets in one, or in a whole power of one."""
    if isinstance(node, n.Add):
        return [node]
    if (
        isinstance(node, n.Pow)
        and isinstance(node.base, n.Add)
        and isinstance(node.exponent, n.Num)
        and node.exponent.value in range(2, HIGHEST)
    ):
        return [node.base] * int(node.exponent.value)
    return []


def _times(polynomial: list[Terms], slope: Terms, level: Terms) -> list[Terms]:
    """Slope d + level times a sum of terms_k binomial(d, k), where d binomial(d, k) is k binomial(d, k) + (k + 1) binomial(d, k + 1)."""
    found: list[list[tuple[Hashable, tuple[Fraction, n.Node]]]] = [[] for _ in (*polynomial, None)]
    for k, terms in enumerate(polynomial):
        for at, factor, times in ((k, level, 1), (k, slope, k), (k + 1, slope, k + 1)):
            for (one, (a, f)), (other, (b, h)) in product(terms.items(), factor.items()):
                found[at].append((frozenset(Counter((one, other)).items()), (times * a * b, n.mul(f, h))))
    return [_together(terms) for terms in found]


def without_cases(factor: n.Node) -> n.Node:
    """A case `f if ... else 0` as f times 0 or 1; what it asks of the index has become a bound."""
    found = either_or_zero(factor) if isinstance(factor, n.Cases) else None
    if found is None:
        return factor
    value, conditions = found
    return n.mul(n.Cases(n.ONE, n.both(*conditions), n.ZERO, n.TRUE), without_cases(value))


def _linear(node: n.Node, course: Course) -> tuple[Terms | None, Terms]:
    """(a, b) of a factor a (letter - index) + b; (None, ...) if it is none."""
    found: dict[n.Node | None, list[tuple[Hashable, tuple[Fraction, n.Node]]]] = {}
    for term in node.children:
        up, down = over_and_under(term)
        own = [f for f in up if f in (course.index, course.letter)]
        others = [f for f in up if f not in own]
        if len(own) > 1 or any({course.index, course.letter} & f.free for f in (*others, *down)):
            return None, {}
        key, count = _counted(others, down)
        plain = fraction([f for f in others if _number(f) is None], down)
        found.setdefault(own[0] if own else None, []).append((key, (count, plain)))
    slope, turned, level = (_together(found.get(a, [])) for a in (course.letter, course.index, None))
    same = {k: c for k, (c, _) in slope.items()} == {k: -c for k, (c, _) in turned.items()}
    return (slope if same else None), level


def like_terms(node: n.Node) -> Terms:
    """The terms of a sum, each but for its number, and the numbers; those that cancel are left out."""
    found = []
    for term in node.children if isinstance(node, n.Add) else (node,):
        up, down = over_and_under(term)
        key, count = _counted(up, down)
        found.append((key, (count, fraction([f for f in up if _number(f) is None], down))))
    return _together(found)


def _counted(up: Iterable[n.Node], down: Iterable[n.Node]) -> tuple[Hashable, Fraction]:
    """What a term is but for its number, and the number."""
    count = Fraction(1)
    letters: Counter[n.Node] = Counter()
    for factor in up:
        number = _number(factor)
        if number is None:
            letters[factor] += 1
        else:
            count *= number
    below = frozenset(Counter(down).items())
    return ((frozenset(letters.items()), below) if letters or below else ()), count


def _number(node: n.Node) -> Fraction | None:
    if isinstance(node, n.Neg):
        inner = _number(node.arg)
        return None if inner is None else -inner
    return node.value if isinstance(node, n.Num) else None


def _together(terms: Iterable[tuple[Hashable, tuple[Fraction, n.Node]]]) -> Terms:
    """Like terms as one; those that cancel are left out."""
    found: Terms = {}
    for key, (count, node) in terms:
        found[key] = (found[key][0] + count if key in found else count, node)
    return {k: (c, f) for k, (c, f) in found.items() if c}
