"""Points for conditions that hold at none of those met so far: n = 2k + 11, x y = 1 with x > 50, a small disc far out.

How far a condition is from holding is a number: |u - v| for u = v, u - v for u < v, sums of them for `and`, the least for
`or`. One name after the other is moved, and all together, as long as that number becomes smaller. What is found is a point
like any other; what is not found says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from flint import arb, fmpq

from gdsym.verify.conditions import Condition
from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.goals import Goals, Tree, distance, renumbered, unmet, used
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import Number, divide, is_undefined, whole
from gdsym.verify.points import Point, Roles
from gdsym.verify.program import Program
from gdsym.verify.switches import allowed, between, moved, name_at

MOST_GOALS = 4  # that are searched for
STARTS = 2
ROUNDS = 12
NAMES = 4
STEPS = tuple(fmpq(s * 2**k, 64) for k in (6, 7, 8, 9, 10, 11, 12, 14, 16, 3, 0) for s in (1, -1))
WIDTHS = (fmpq(1), fmpq(1, 1 << 20))  # of the three points that a parabola is laid through
LONG = 256  # bits below the bar: each parabola has many times those of the one before


def sought(
    g: Graph, targets: Sequence[int], condition: Condition, good: Sequence[Point], anywhere: bool
) -> Iterator[Point]:
    """Points at which conditions hold that none of the `good` ones meets; `anywhere`: index letters may be moved, too."""
    goals = Goals(g, targets)
    found = list(dict.fromkeys(goals.of(targets)))
    if not found or not good:
        return
    search = Search(g, goals.differences, condition.roles, anywhere)
    if not search.names:
        return
    known = tuple(good)  # more may be found meanwhile
    met = [search.values(point) for point in known]
    telling = [values for point, values in zip(known, met, strict=True) if not point.idle] or met
    left = (tree for tree in found if all(distance(tree, values) > 0 for values in telling))
    for tree in islice(left, MOST_GOALS):
        pairs = enumerate(zip(known, met, strict=True))
        order = sorted(
            (point.idle, unmet(tree, values), is_short(point), distance(tree, values), at)
            for at, (point, values) in pairs
        )
        starts = [known[at] for *_, at in order]
        own = sorted(set(used(tree)))
        nearer = Search(g, [goals.differences[at] for at in own], condition.roles, anywhere)
        yield from islice(filter(condition.holds, nearer.reached(renumbered(tree, own), starts)), 1)


def is_short(point: Point) -> bool:
    """Has a sum one term only?"""
    return any(point.drawn.get(size) == 1 for size in point.roles.sizes)


class Search:
    """Moves the names of a point until a condition holds; along parabolas if the differences are `curved`."""

    def __init__(
        self, g: Graph, differences: Sequence[int], roles: Roles, anywhere: bool, curved: bool = False
    ) -> None:
        self._curved = curved
        self._program = Program(g, differences)
        kept = frozenset(roles.sizes) | (frozenset() if anywhere else roles.integers | roles.labels)
        self._whole = roles.integers | roles.labels
        self._least = roles.lowest
        inputs = (m for m in g.cone(*differences) if g.ops[m] in ("sym", "entry"))
        self.names = [name_at(g, m) for m in inputs if g.data[m] not in kept]

    def values(self, point: Point) -> Sequence[Number]:
        """The differences at a point; nothing where they are not decided."""
        point.terms = 0
        try:
            return self._program.run(point)
        except (Undecided, Unknown, TooLong):
            return ()

    def reached(self, tree: Tree, starts: Sequence[Point]) -> Iterator[Point]:
        for start in starts[:STARTS]:
            point, values = start, self.values(start)
            far = distance(tree, values)
            for _ in range(ROUNDS):
                better = self._better(tree, point, values, far)
                if better is None:
                    break
                point, values, far = better
                if far == 0:
                    yield point
                    break

    def _better(
        self, tree: Tree, point: Point, values: Sequence[Number], far: float
    ) -> tuple[Point, Sequence[Number], float] | None:
        """The best of the points next to this one, if it is nearer."""
        best = None
        for candidate in self._next(point, values):
            there = self.values(candidate)
            left = distance(tree, there, far)
            if left < far:
                best, far = (candidate, there, left), left
            if far == 0:
                break
        return best

    def _next(self, point: Point, values: Sequence[Number]) -> Iterator[Point]:
        names = [place for name in self.names if (place := name(point)) is not None and place in point.drawn]
        places = list(dict.fromkeys(names))[:NAMES]
        for place in places:
            here = point.drawn[place]
            exact = list(self._exact(point, place, values))
            for x in (*exact, *between(exact), *(here + step for step in STEPS)):
                if self.may_be(place, x):
                    yield moved(point, place, x)
        if len(places) > 1:
            yield from self._together(point, places)

    def _together(self, point: Point, places: Sequence[Any]) -> Iterator[Point]:
        """All names made equal to one of them, then all moved by a step."""
        equal = (dict.fromkeys(places, point.drawn[place]) for place in places)
        along = ({place: point.drawn[place] + step for place in places} for step in STEPS)
        for drawn in chain(equal, along):
            if all(self.may_be(place, x) for place, x in drawn.items()):
                there = point
                for place, x in drawn.items():
                    there = moved(there, place, x)
                yield there

    def _exact(self, point: Point, place: Any, values: Sequence[Number]) -> Iterator[Number]:
        """Where each difference is 0 if it is a line in this name, and where it turns, or is 0, if it is a parabola."""
        here = point.drawn[place]
        for width in WIDTHS if self._curved else WIDTHS[:1]:
            ahead, behind = (self.values(moved(point, place, here + step)) for step in (width, -width))
            for now, after, before in zip(values, ahead, behind, strict=False):
                if not any(map(is_undefined, (now, after, before))):
                    steps = _crossings(now, after - now, (after - 2 * now + before) / 2, self._curved)
                    yield from (x for step in steps for x in _plain(here + width * step))

    def may_be(self, place: Any, x: Number) -> bool:
        name = place[0] if isinstance(place, tuple) else place
        if name in self._whole and (whole(x) is None or x < self._least):
            return False
        return allowed(place, x)


def _crossings(now: Number, rise: Number, bend: Number, curved: bool) -> Iterator[Number]:
    """Zeros of the line now + rise t, and what is told by the parabola now + (rise - bend) t + bend t^2."""
    if _is_some(rise):
        yield divide(-now, rise)
    if _is_some(bend):
        turn = divide(bend - rise, 2 * bend)
        yield turn
        if curved:
            aside = arb(turn * turn - divide(now, bend)).sqrt()
            yield from (turn + aside, turn - aside)


def _is_some(u: Number) -> bool:
    return bool(u > 0 or u < 0)


def rounded(x: Number, bits: int) -> Number:
    """The nearest number with so many bits behind the point."""
    return fmpq((x * 2**bits + fmpq(1, 2)).floor(), 2**bits) if type(x) is fmpq else x


def _plain(x: Number) -> Iterable[Number]:
    """As a fraction; of a ball, its midpoint."""
    if is_undefined(x):
        return ()
    if type(x) is fmpq:
        return (x if x.q.bit_length() < LONG else rounded(x, LONG // 2),)
    mantissa, exponent = arb(x).mid().man_exp()
    return (fmpq(int(mantissa)) * fmpq(2) ** int(exponent),) if abs(int(exponent)) < 4000 else ()
