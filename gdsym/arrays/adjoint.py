"""Write sum_k q_k sum_(j <= k) a_jl as sum_j a_jl sum_(k >= j) q_k: what is run through is then a vector, not a matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sympy

from gdsym.arrays.affine import Affine
from gdsym.arrays.align import aligned, negative, transposed
from gdsym.arrays.course import NONE, WHOLE, Course, joined, run, zeros
from gdsym.arrays.graph import Graph, Value
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
    """Is it a running sum of more than a vector, and of more than its scale, which can be turned over?"""
    moved: Moved | None = g.moved.get(value)
    if moved is None or len(value.axes) < 2:
        return False
    narrow = moved.stairs is None or len(moved.stairs.axes) < len(value.axes)
    return narrow and moved.course.is_exact and not moved.course.turned


def turned_over(
    g: Graph, inside: Product, letters: Sequence[Sym], counts: Mapping[Sym, Affine]
) -> tuple[Product, list[Sym]]:
    """The product under a sum over the letters, with a wide running sum turned over; and what is then summed over."""
    for value, n in inside.powers.items() if g.moved else ():
        if n == 1 and value.axes and value.axes[0] in letters and is_wide(g, value):
            moved: Moved = g.moved[value]
            rest = Product(inside.coefficient, {v: k for v, k in inside.powers.items() if v != value})
            weights, others = arrays_of(rest, [moved.course.letter])
            own = set(_letters(weights.powers))
            scale = {moved.course.letter} if moved.stairs is None else {moved.course.letter, *moved.stairs.axes[1:]}
            if scale <= own and own < set(value.axes):
                index = Sym(sympy.Dummy(moved.course.index.name))
                terms = _renamed(moved.terms, moved.course.index, index)
                narrow = realized(g, weights)
                axes = (moved.course.letter, *(a for a in narrow.axes if a != moved.course.letter))
                share = _turned(g, moved, transposed(g, narrow, axes), index, tuple(counts[a] for a in axes[1:]))
                kept = [index if a == moved.course.letter else a for a in letters]
                return others.times(g, terms, Product(powers={share: 1})), kept
    return inside, list(letters)


def _letters(values: Iterable[Value]) -> Iterable[Sym]:
    return (a for v in values for a in v.axes)


def _renamed(p: Product, old: Sym, new: Sym) -> Product:
    powers = {Value(v.op, tuple(new if a == old else a for a in v.axes)): n for v, n in p.powers.items()}
    return replace(p, powers=powers)


def _turned(g: Graph, moved: Moved, weights: Value, index: Sym, lengths: tuple[Affine, ...]) -> Value:
    """The running sum of the weights in the other direction, at every summand."""
    course = moved.course
    (first, last), op = course.empty, weights.op
    if (first, last) != (NONE, NONE):
        stop = None if last == NONE else last * -1
        if stop is not None and stop.number is None:
            stop = first + course.steps.count - course.skip - course.drop
        op = g.make("slice", op, attr=(("part", first, stop, False), *(WHOLE for _ in lengths)), ndim=op.ndim)
    op = joined(g, zeros(g, course.skip, lengths), op, zeros(g, course.drop, lengths))
    axes = (index, *weights.axes[1:])
    if moved.stairs is None:
        return Value(run(g, "cumsum", op, behind=not course.behind), axes)
    stairs = Value(negative(g, moved.stairs).op, (index, *moved.stairs.axes[1:]))
    return Value(run(g, "scan", op, aligned(g, stairs, axes), behind=not course.behind), axes)
