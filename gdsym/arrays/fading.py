"""Running sums of exponentials of differences, sum_(j <= i) exp(-b (t_i - t_j)) x_j: what happened before, forgotten at a rate.

They follow s_i = exp(z_i) s_(i - 1) + x_i, z_i = -b (t_i - t_(i - 1)), with no table of pairs (i, j); only neighbours are
compared, so nothing is lost where t is large. Times (t_i - t_j)^p, as in slopes by b, they follow from those of lower powers:
t_i - t_j is t_i - t_(i - 1) more than t_(i - 1) - t_j. Where z_i > 0 (times out of order, b < 0) a sum may be beyond the floats and its
logarithm not: all is kept as exp(top) rest, `top` the largest exponent.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.affine import Affine, Range
from gdsym.arrays.align import added, aligned, entrywise, transposed
from gdsym.arrays.course import NONE, WHOLE, Course, joined, run, zeros
from gdsym.arrays.decays import brackets, following, like_terms, without_cases
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.factors import fraction, over_and_under
from gdsym.arrays.graph import Value
from gdsym.arrays.product import Product, arrays_of, product_of, realized, without
from gdsym.arrays.reach import Reach
from gdsym.arrays.steep import positive
from gdsym.record import record
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym
HARDLY = -1e308  # the exponent of a term that is 0


@record
class Weights:
    """count distance^power exp(exponent), where distance and exponent are differences f_i - f_j, and what else a summand holds."""

    exponent: n.Node
    distance: n.Node | None
    power: int
    count: Fraction
    rest: n.Node


def faded(low: Lowering, body: n.Node, course: Course, reach: Reach) -> Product | None:
    """The sum for all values of the letter, if its weights are such exponentials; None if they are not."""
    end = reach.first if course.behind else reach.last
    shift = None if end is None else end.number
    if course.turned or course.width is not None or (course.before, course.after) != (NONE, NONE) or shift is None:
        return None
    found = _weights(body, course)
    if found is None:
        return None
    inside, outside = arrays_of(low.product(found.rest), [course.index])
    if any(course.letter in v.axes for v in inside.powers):
        return None
    exponent, total = _Sums(low, course, inside).at(found, shift)
    above = Value(low.g.make("exp", exponent.op), exponent.axes)
    return outside.times(low.g, Product(found.count), product_of(low.g, above), product_of(low.g, total))


class _Sums:
    """Sums for each place of the course, over exp(top)."""

    def __init__(self, low: Lowering, course: Course, inside: Product) -> None:
        self.low, self.g, self.course = low, low.g, course
        self.counts: Mapping[Sym, Affine] = {a: reach.count for a, reach in low.scope.items()}
        steep = {v: k for v, k in inside.powers.items() if v.op.kind == "exp" and v.op not in low.g.tame}
        self.own = exponent_of(low.g, {Value(v.op.args[0], v.axes): k for v, k in steep.items()})
        self.weight = without(inside, steep)

    def at(self, weights: Weights, shift: int) -> tuple[Value, Value]:
        """(exponent, rest) for each value of the letter, whose sum ends at a place so many steps further on."""
        g, placed = self.g, lambda v: self.course.placed(self.g, v, self.counts)
        steps = self._steps(weights.exponent)
        top = self._top(steps)
        sums = self._moments(weights, steps, top)
        if not shift:
            return placed(top), placed(sums[-1])
        ahead: dict[n.Node, n.Node] = {self.course.index: n.add(self.course.letter, n.Num(shift))}
        exponent = added(g, [(1, self._at_letter(n.replace(weights.exponent, ahead))), (1, placed(top))])
        if weights.distance is None:
            return exponent, placed(sums[-1])
        distance = product_of(g, self._at_letter(n.replace(weights.distance, ahead)))
        return exponent, self._mixed([product_of(g, placed(s)) for s in sums], distance, weights.power)

    def _steps(self, node: n.Node) -> Value:
        """The difference between each place and the one before (behind) it; 0 at the first."""
        course, (lower, upper) = self.course, (self.course.steps.lower, self.course.steps.upper)
        back = 1 if course.behind else -1
        reach = Range(lower, upper - 1) if course.behind else Range(lower + 1, upper)
        with self.low.within(course.index, reach):
            near: dict[n.Node, n.Node] = {course.letter: course.index, course.index: n.add(course.index, n.Num(back))}
            value = self._first(self.low.value(n.replace(node, near)))
        start = zeros(self.g, Affine(1), self._others(value))
        whole = joined(self.g, *((value.op, start) if course.behind else (start, value.op)))
        count = course.steps.count
        if count.const + sum(c for _, c in count.terms) < 1:  # there may be no place at all
            cut = ("part", NONE, count, False), *(WHOLE for _ in value.axes[1:])
            whole = self.g.make("slice", whole, attr=cut, ndim=whole.ndim)
        return Value(whole, value.axes)

    def _first(self, value: Value) -> Value:
        """With the index as its first axis."""
        index = self.course.index
        return transposed(self.g, value, (index, *(a for a in value.axes if a != index)))

    def _others(self, value: Value) -> tuple[Affine, ...]:
        return tuple(self.counts[a] for a in value.axes[1:])

    def _top(self, steps: Value) -> Value:
        """The largest exponent of a term that is not 0."""
        g, own = self.g, self.own
        zeros = {v: n for v, n in self.weight.powers.items() if n > 0 and not positive(g, v)}  # 1/v is 0 nowhere
        if zeros:
            none = entrywise(g, "compare", realized(g, Product(powers=zeros)), Value(g.number(0)), attr="==")
            own = entrywise(g, "where", none, Value(g.number(HARDLY)), own or Value(g.number(0)))
        if own is None:
            return Value(run(g, "rise", steps.op, behind=self.course.behind), steps.axes)
        return self._run("rise", steps, self._first(own))

    def _moments(self, weights: Weights, steps: Value, top: Value) -> list[Value]:
        """The sums of distance^q times the exponential, q = 0 .. power, over exp(top)."""
        g = self.g
        none = Value(g.number(0))
        above = top if self.own is None else added(g, [(1, top), (-1, self.own)])
        less = entrywise(g, "maximum", above, none)
        scale = Value(g.make("exp", g.neg(less.op)), less.axes)
        step = entrywise(g, "minimum", added(g, [(1, steps), (1, self._before(top)), (-1, top)]), none)
        made = [self._run("fade", self._first(realized(g, self.weight.times(g, product_of(g, scale)))), step)]
        if weights.distance is not None:
            gap, fall = product_of(g, self._steps(weights.distance)), Value(g.make("exp", step.op), step.axes)
            for q in range(1, weights.power + 1):
                before = self._mixed([product_of(g, self._before(s)) for s in made], gap, q)
                summand = realized(g, product_of(g, before).times(g, product_of(g, fall)))
                made.append(self._run("fade", self._first(summand), step))
        return made

    def _run(self, kind: str, first: Value, second: Value) -> Value:
        """A running operation on two arrays whose first axis is the index."""
        axes = (*first.axes, *(a for a in second.axes if a not in first.axes))
        ops = aligned(self.g, first, axes), aligned(self.g, second, axes)
        return Value(run(self.g, kind, *ops, behind=self.course.behind), axes)

    def _before(self, value: Value) -> Value:
        return Value(following(self.g, value.op, self._others(value), self.course), value.axes)

    def _mixed(self, sums: list[Product], distance: Product, power: int) -> Value:
        """sum_q binomial(power, q) distance^(power - q) sums_q: all distances are that much longer."""
        terms = [
            Product(Fraction(comb(power, q))).times(self.g, s, distance.power(power - q)) for q, s in enumerate(sums)
        ]
        return added(self.g, [(1, realized(self.g, t)) for t in terms])

    def _at_letter(self, node: n.Node) -> Value:
        """A formula of the letter, 0 where sums are empty."""
        letter, (first, last) = self.course.letter, self.course.empty
        span = self.low.scope[letter]
        with self.low.within(letter, Range(span.lower + first, span.upper - last)):
            value = self.low.value(node)
        value = transposed(self.g, value, (letter, *(a for a in value.axes if a != letter)))
        before, after = (zeros(self.g, count, self._others(value)) for count in (first, last))
        return Value(joined(self.g, before, value.op, after), value.axes)


def _weights(body: n.Node, course: Course) -> Weights | None:
    above, below = over_and_under(body)
    up, down = over_and_under(fraction([*map(without_cases, above)], below))
    both = frozenset((course.index, course.letter))
    mixed = [f for f in up if both <= f.free]
    steep = [f for f in mixed if isinstance(f, n.Fn) and f.func is sympy.exp]
    if len(steep) != 1 or any(both <= f.free for f in down) or not _is_difference(steep[0].children[0], course):
        return None
    distance: n.Node | None = None
    power, count = 0, Fraction(1)
    for factor in (part for f in mixed if f is not steep[0] for part in brackets(f) or [f]):
        distance = distance or factor
        ratio = _ratio(factor, distance) if _is_difference(factor, course) else None
        if ratio is None:
            return None
        power, count = power + 1, count * ratio
    return Weights(steep[0].children[0], distance, power, count, fraction([f for f in up if f not in mixed], down))


def _is_difference(node: n.Node, course: Course) -> bool:
    """Is it c (f_i - f_j) with c free of both, or a sum of such?"""
    both = frozenset((course.index, course.letter))
    up, down = over_and_under(node)
    inner = [f for f in up if both & f.free]
    if len(inner) != 1 or not isinstance(inner[0], n.Add) or any(both & f.free for f in down):
        return False
    left = [t for t in inner[0].children if not (both <= t.free and _is_difference(t, course))]
    if any(len(both & t.free) != 1 for t in left):
        return False
    swapped = [n.replace(t, {course.index: course.letter}) for t in left]
    return not like_terms(n.Add(*swapped)) if swapped else True


def _ratio(node: n.Node, other: n.Node) -> Fraction | None:
    """The number c if node is c times the other, term by term."""
    ours, theirs = like_terms(node), like_terms(other)
    ratios = {c / theirs[k][0] for k, (c, _) in ours.items() if k in theirs}
    return next(iter(ratios)) if ours.keys() == theirs.keys() and len(ratios) == 1 else None
