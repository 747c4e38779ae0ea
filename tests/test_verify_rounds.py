"""Where the judge draws its points from when a condition seldom holds in the first box."""

from __future__ import annotations

from itertools import islice

import sympy as sp

from gdsym.verify.build import Builder
from gdsym.verify.conditions import Condition
from gdsym.verify.numbers import precision
from gdsym.verify.points import DRAW, Point
from gdsym.written import from_sympy
from gdsym.written.nodes import Base, Sym

u, v, n, j = sp.Symbol("u"), sp.IndexedBase("v"), sp.Symbol("n", integer=True), sp.Symbol("j", integer=True)
BOXES = ("mixed", "positive", "unit", "small")


def condition(given: sp.Basic) -> Condition:
    builder = Builder({})
    found = Condition(from_sympy(given), builder)
    builder.beside(())
    found.compile()
    return found


def test_a_share_that_is_not_1_is_seen_where_exponents_are_small() -> None:
    """Of numbers up to 1000 nearly all make e^u/(1 + e^u) 0 or 1 to all bits; the next box is tried soon."""
    tries = 0
    with precision(128):
        given = condition(sp.Ne(sp.exp(50 * u) / (1 + sp.exp(50 * u)), 1))
        holds = given.holds

        def counted(point: object) -> bool:
            nonlocal tries
            tries += 1
            return holds(point)  # type: ignore[arg-type]

        given.holds = counted  # type: ignore[method-assign,assignment]
        found = list(islice(given.rounds(BOXES, 0, 24, 0), 8))
    assert len(found) == 8 and tries <= 40


def test_no_point_is_drawn_twice_and_the_condition_holds_at_each() -> None:
    with precision(128):
        given = condition(sp.And(u > 3, sp.Sum(v[j], (j, 1, n)) > u))
        found = list(islice(given.rounds(BOXES, 0, 24, 100), 200))
        assert all(map(given.holds, found))
    places = [(point.box, point.seed) for point in found]
    assert len(found) > 30 and len(set(places)) == len(places)


def test_a_condition_that_never_holds_ends() -> None:
    with precision(128):
        assert list(condition(sp.And(u > 1, u**2 < 1)).rounds(BOXES, 0, 24, 100)) == []


def test_what_is_declared_positive_is_never_0() -> None:
    """The boxes of zeros and ties drew 0 for it."""
    names = [Sym(sp.Symbol("p", **{kind: True})) for kind in ("positive", "negative", "nonnegative")]
    array = Base(sp.IndexedBase("P", positive=True))
    points = [Point(seed=seed, box=box) for box in DRAW for seed in range(20)]
    drawn = [[*(point.letter(name, 3) for name in names), point.entry(array, (1,), 3)] for point in points]
    positive, negative, not_negative, entry = zip(*drawn, strict=True)
    assert min(positive) > 0 > max(negative) and min(not_negative) == 0 and min(entry) > 0
