"""Running sums of exponentials as exp(top) * rest, so that neither overflows, for all ends of the sum at once.

`top` is a staircase near the largest exponent so far: where it stays, the rest is a plain running sum; where it rises,
what has been summed is scaled once. On stairs of 64 the rest is from e^-32 to e^32, and most data need only one.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from gdsym.arrays.adjoint import Moved
from gdsym.arrays.affine import Affine
from gdsym.arrays.align import added, aligned, entrywise, transposed
from gdsym.arrays.course import Course, run
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import DATA, Graph, Value
from gdsym.arrays.mixtures import LEAST, scaled, tame
from gdsym.arrays.product import Product, product_of, realized, without
from gdsym.arrays.stairs import STAIR
from gdsym.arrays.steep import Mixture, is_exponential
from gdsym.written.nodes import Sym

Parts = tuple[Value, Value]


def noted(g: Graph, total: Value, inside: Product, course: Course, counts: Mapping[Sym, Affine]) -> None:
    """Remember that `total` is the moving sum of a product that holds exponentials."""
    exponents: dict[Value, int] = {}
    steep = {v: n for v, n in inside.powers.items() if is_exponential(g, v)}
    weight = without(inside, steep)
    for value, n in steep.items():
        top, rest = scaled(g, value)
        exponents[top] = exponents.get(top, 0) + n
        weight = weight.times(g, product_of(g, rest).power(n))
    z = exponent_of(g, exponents)
    if z is not None and course.index in z.axes:
        z = _first(g, z, course.index)
        parts = (_running if course.width is None else _neighbours)(g, z, weight, course, counts)
        falling = any(n < 0 for n in steep.values())
        g.mixtures.setdefault(total, Mixture(frozenset((course.index,)), (inside,), parts, falling))


def _running(g: Graph, z: Value, weight: Product, course: Course, counts: Mapping[Sym, Affine]) -> Parts:
    stairs = _stairs(g, Value(run(g, "cummax", z.op, behind=course.behind), z.axes))
    share = weight.times(g, Product(powers={tame(g, added(g, [(1, z), (-1, stairs)])): 1}))
    terms = _first(g, realized(g, share), course.index)
    rest = run(g, "scan", terms.op, aligned(g, stairs, terms.axes), behind=course.behind)
    parts = tuple(course.lengthened(g, value, counts) for value in (stairs, Value(rest, terms.axes)))
    g.moved.setdefault(parts[1], Moved(course, share, stairs))
    return parts[0], parts[1]


def _neighbours(g: Graph, z: Value, weight: Product, course: Course, counts: Mapping[Sym, Affine]) -> Parts:
    """The largest exponent among the neighbours, and their sum below it."""
    values = realized(g, weight)
    if course.index not in values.axes:
        ones = g.make("full", g.number(1), attr=(course.steps.count,), ndim=1, needs=DATA)
        each = Value(ones, (course.index,))
        values = entrywise(g, "mul", values, each) if values.op.kind != "number" or values.op.attr != 1 else each
    values = _first(g, values, course.index)
    padded = [course.padded(g, v, counts, fill) for v, fill in ((z, LEAST), (values, 0))]
    top = g.make("moving_max", padded[0], attr=course.width)
    floor = g.make("maximum", top, g.number(-1e308))  # of no neighbours at all
    exponent, below = (aligned(g, Value(op, z.axes), values.axes) for op in (padded[0], floor))
    rest = g.make("moving_exp", padded[1], exponent, below, ndim=len(values.axes))
    return course.placed(g, Value(floor, z.axes), counts), course.placed(g, Value(rest, values.axes), counts)


def _first(g: Graph, value: Value, index: Sym) -> Value:
    first = transposed(g, value, (index, *(a for a in value.axes if a != index)))
    return Value(g.make("copy", first.op), first.axes) if first.op.kind == "transpose" else first


def _stairs(g: Graph, value: Value) -> Value:
    """The multiple of the stair's height that is nearest: around 0, where exponents mostly are, there is one stair."""
    part = realized(g, product_of(g, value).times(g, Product(Fraction(1, STAIR))))
    half = added(g, [(1, part), (1, Value(g.number(Fraction(1, 2))))])
    return realized(g, Product(Fraction(STAIR), {Value(g.make("floor", half.op), half.axes): 1}))
