"""Write sum_k q_k sum_(j <= k) a_jl as sum_j a_jl sum_(k >= j) q_k: what is run through is then a vector, not a matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import sympy

from gdsym.arrays.align import negative, transposed
from gdsym.arrays.course import NONE, Course, joined, run, zeros
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, arrays_of, realized
from gdsym.record import record
from gdsym.written.nodes import Sym


@record
class Moved:
    """A running sum: its course, its summands over the course's index, and the stairs by which they are scaled."""

    course: Course
    terms: Product
    stairs: Value | None = None


def is_wide(g: Graph, value: Value) -> bool:
    """Is it a running sum of more than a vector, which can be turned over?"""
    moved: Moved | None = g.moved.get(value)
    if moved is None or len(value.axes) < 2:
        return False
    narrow = moved.stairs is None or len(moved.stairs.axes) == 1
    return narrow and moved.course.is_exact and not moved.course.turned


def turned_over(g: Graph, inside: Product, letters: Sequence[Sym]) -> tuple[Product, list[Sym]]:
    """The product under a sum over the letters, with a wide running sum turned over; and what is then summed over."""
    for value, n in inside.powers.items() if g.moved else ():
        if n == 1 and value.axes and value.axes[0] in letters and is_wide(g, value):
            moved: Moved = g.moved[value]
            rest = Product(inside.coefficient, {v: k for v, k in inside.powers.items() if v != value})
            weights, others = arrays_of(rest, [moved.course.letter])
            if set(_letters(weights.powers)) == {moved.course.letter}:
                index = Sym(sympy.Dummy(moved.course.index.name))
                terms = _renamed(moved.terms, moved.course.index, index)
                share = Value(_turned(g, moved, realized(g, weights)), (index,))
                kept = [index if a == moved.course.letter else a for a in letters]
                return others.times(g, terms, Product(powers={share: 1})), kept
    return inside, list(letters)


def _letters(values: Iterable[Value]) -> Iterable[Sym]:
    return (a for v in values for a in v.axes)


def _renamed(p: Product, old: Sym, new: Sym) -> Product:
    powers = {Value(v.op, tuple(new if a == old else a for a in v.axes)): n for v, n in p.powers.items()}
    return replace(p, powers=powers)


def _turned(g: Graph, moved: Moved, weights: Value) -> Op:
    """The running sum of the weights in the other direction, at every summand."""
    course = moved.course
    (first, last), op = course.empty, transposed(g, weights, (course.letter,)).op
    if (first, last) != (NONE, NONE):
        stop = None if last == NONE else last * -1
        if stop is not None and stop.number is None:
            stop = first + course.steps.count - course.skip - course.drop
        op = g.make("slice", op, attr=(("part", first, stop, False),), ndim=1)
    op = joined(g, zeros(g, course.skip, ()), op, zeros(g, course.drop, ()))
    if moved.stairs is None:
        return run(g, "cumsum", op, behind=not course.behind)
    return run(g, "scan", op, negative(g, moved.stairs).op, behind=not course.behind)
