"""Sums whose bounds move with another index, where the summand is a product of what depends on either index alone.

Beside it may stand geometric weights. What else depends on both needs a table of all pairs; None then, and the sum is
made with a mask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.adjoint import Moved
from gdsym.arrays.affine import Affine, Range, affine
from gdsym.arrays.align import transposed
from gdsym.arrays.course import NONE, Course, course_of, joined, zeros
from gdsym.arrays.decays import decayed
from gdsym.arrays.fading import faded
from gdsym.arrays.graph import Value
from gdsym.arrays.moving import noted
from gdsym.arrays.product import Product, arrays_of, product_of, realized
from gdsym.arrays.reach import Reach
from gdsym.arrays.stable import added_stably
from gdsym.arrays.steep import is_exponential
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym


def cumulated(low: Lowering, index: Sym, reach: Reach, body: n.Node) -> Product | None:
    """The sum of the body, for all values of the letter that moves the bounds of its index."""
    if index in low.scope:
        fresh = Sym(sympy.Dummy(index.name))
        index, body = fresh, n.replace(body, {index: fresh})
    course = course_of(index, reach, low.scope[reach.letter])
    if course is not None and not course.has_room(span for _, span in low.shapes.ranges):
        course = course.clipped()
    if course is None:
        return None
    if _reads_within(low, body, course):
        return _made(low, body, course, reach, low.scope[reach.letter])
    return _filled_up(low, body, course, reach)


def _made(low: Lowering, body: n.Node, course: Course, reach: Reach, span: Range) -> Product | None:
    apart = low.g.apart
    low.g.apart = frozenset((course.index, course.letter))
    try:
        with low.within(course.letter, span):
            low.scope = {**low.scope, course.index: course.steps}
            return _summed(low, body, course, reach)
    finally:
        low.g.apart = apart


def _filled_up(low: Lowering, body: n.Node, course: Course, reach: Reach) -> Product | None:
    """The same where the letter reaches beyond an array while the sum is empty: made for the rest, then zeros."""
    span, (first, last) = low.scope[course.letter], course.empty
    ends = (last, first) if course.turned else (first, last)
    narrow = Range(span.lower + ends[0], span.upper - ends[1])
    found = _made(low, body, replace(course, empty=(NONE, NONE)), reach, narrow)
    if found is None:
        return None
    value = realized(low.g, found)
    axes = (course.letter, *(a for a in value.axes if a != course.letter))
    array = transposed(low.g, value, axes).op
    lengths = tuple(low.scope[a].count for a in axes[1:])
    return product_of(
        low.g, Value(joined(low.g, zeros(low.g, ends[0], lengths), array, zeros(low.g, ends[1], lengths)), axes)
    )


def _summed(low: Lowering, body: n.Node, course: Course, reach: Reach) -> Product | None:
    whole = decayed(low, body, course, reach) or faded(low, body, course, reach)
    if whole is None:
        whole = _separated(low, low.product(body), course)
    if whole is not None or not isinstance(body, n.Add):
        return whole
    terms = [_summed(low, term, course, reach) for term in body.children]
    found = [t for t in terms if t is not None]
    return product_of(low.g, added_stably(low.g, found)) if len(found) == len(terms) else None


def _separated(low: Lowering, product: Product, course: Course) -> Product | None:
    inside, outside = arrays_of(product, [course.index])
    if any(course.letter in v.axes for v in inside.powers):
        return None
    counts = {a: reach.count for a, reach in low.scope.items()}
    if not inside.powers:
        return outside.times(low.g, product_of(low.g, course.counted(low.g)))
    total = course.summed(low.g, realized(low.g, inside), counts)
    if any(is_exponential(low.g, v) for v in inside.powers):
        noted(low.g, total, inside, course, counts)
    elif course.is_exact:
        low.g.moved.setdefault(total, Moved(course, inside))
    return outside.times(low.g, product_of(low.g, total))


def _reads_within(low: Lowering, body: n.Node, course: Course) -> bool:
    """Has every array that the body reads at the letter an entry there, also where the sum is empty?"""
    if course.empty == (NONE, NONE):
        return True
    span = low.scope[course.letter]
    return all(_is_within(low, entry, course.letter, span) for entry in _entries(body, course.letter))


def _entries(body: n.Node, letter: Sym) -> Iterator[n.Indexed]:
    return (part for part in n.walk(body) if isinstance(part, n.Indexed) and letter in part.free)


def _is_within(low: Lowering, entry: n.Indexed, letter: Sym, span: Range) -> bool:
    for index, axis in zip(entry.indices, low.shapes.axes(entry.base), strict=True):
        if letter not in index.free:
            continue
        form = affine(index)
        if form is None or len(form.letters & set(low.scope)) != 1:
            return False
        ends = [form.put(letter, span.lower), form.put(letter, span.upper)]
        needs = [end + (1 - axis.origin) for end in ends]
        known = (axis.length,) if axis.length is not None else axis.least
        if not all(_fits(need, known) for need in needs) or min(_least(e) for e in ends) < axis.origin:
            return False
    return True


def _fits(need: Affine, known: tuple[Affine, ...]) -> bool:
    gaps = [(length - need).number for length in known]
    return any(gap is not None and gap >= 0 for gap in gaps) or (need.number is not None and need.number <= 1)


def _least(form: Affine) -> int:
    """The least value that the form may have if all sizes are at least 1; -1 if that is not known."""
    return form.const + sum(c for _, c in form.terms) if all(c > 0 for _, c in form.terms) else -1
