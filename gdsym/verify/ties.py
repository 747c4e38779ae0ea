"""Where several switches are on at once: x = y = z, and x = y < z, in a comparison of three, on purpose and not by chance.

The signs of all that is compared with 0 divide the space into cells; of those at and around a common zero each is visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import nullcontext
from itertools import combinations, islice, product
from math import prod
from typing import Any, TypeAlias

from flint import fmpq

from gdsym.record import changed
from gdsym.verify.conditions import Condition
from gdsym.verify.evidence import TooLong, Undecided
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import ONE, SNAP_BITS, ZERO, Number, divide, precision, sign_of
from gdsym.verify.points import Point, mixed
from gdsym.verify.program import Program
from gdsym.verify.switches import MOST, Ends, Switch, allowed, between, switches
from gdsym.verify.thinned import compare_alike, thinned
from gdsym.verify.zeros import exact_zeros

Cell: TypeAlias = "tuple[int | None, ...]"  # on which side of each switch
Held: TypeAlias = "tuple[tuple[Program, Any], ...]"  # what stays 0, each with the name that is moved for it

VALUES = tuple(fmpq(p, 2) for p in (2, 0, -2, 4, -4, 1, -1))  # of few different numbers many are equal
LATTICE = 512  # points of them
STARTS = 4  # from which other common zeros are looked for
SOLVED = 400  # points that are solved for
CELLS = 128  # that are visited
GROUPS = ((2, 6, STARTS), (3, 5, 1))  # how many are solved together, of how many, from how many points
STEPS = (fmpq(1, 10_000), fmpq(-1, 10_000), fmpq(1, 2), fmpq(-1, 2))


def at_ties(
    g: Graph, targets: Sequence[int], condition: Condition, good: Sequence[Point], ends: Ends
) -> Iterator[Point]:
    """A point in each cell at and around places where several switches are 0, at which the condition holds.

    `ends` are numbers at which a switch of one name is.
    """
    places, first = switches(g, *targets), len(switches(g, *targets, terms=1))
    if len(places) > 1:
        yield from islice(Ties(g, places, first, condition, ends, compare_alike(g, targets)).points(good), CELLS)


class Ties:
    """Common zeros of several switches: where names have equal values, and where one switch is held at 0 while another is solved."""

    def __init__(
        self, g: Graph, places: Sequence[int], first: int, condition: Condition, ends: Ends, alike: bool
    ) -> None:
        self._all, self._condition, self._ends = Program(g, places), condition, ends
        self._alike = alike
        self._first = first  # so many are not about later terms of sums
        self._switches = [Switch(g, n, condition.roles) for n in places]

    def points(self, good: Sequence[Point]) -> Iterator[Point]:
        """A point for each cell in which none of the good ones is; first those where most is 0."""
        cells = [self._cell(point) for point in good]
        decided = [point for point, cell in zip(good, cells, strict=True) if cell]
        starts, seen = decided[:: len(decided) // STARTS + 1], set(cells)
        if not starts:
            return
        found = self._in_cells(self._lattice(starts[0]), seen)
        yield from (found[cell] for cell in sorted(found, key=lambda cell: -cell.count(0)))
        yield from self._in_cells(islice(self._solved(starts, found.keys()), SOLVED), {*seen, *found}).values()

    def _in_cells(self, points: Iterable[Point], seen: Set[Cell]) -> dict[Cell, Point]:
        """The first of the points in each new cell at which the condition holds, which is asked first only if it moves the point."""
        found: dict[Cell, Point] = {}
        holds, moves = self._condition.holds, self._condition.determines
        for point in thinned(points, self._alike):
            cell = self._cell(point) if not moves or holds(point) else ()
            if cell and cell not in found and cell not in seen and (moves or holds(point)):
                found[cell] = _kept(point)
        return found

    def _cell(self, point: Point) -> Cell:
        """On which side of each switch the point is; nothing where that is not decided."""
        point.terms = 0
        with precision(SNAP_BITS) if point.snapped else nullcontext():
            try:
                return tuple(map(sign_of, self._all.run(point)))
            except (Undecided, TooLong):
                return ()

    def _names(self, point: Point, at: Iterable[int]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(place for j in at for place in self._switches[j].places(point)))

    def _lattice(self, start: Point) -> Iterator[Point]:
        """Every choice of few different numbers for the names, or some of them: one point, moved about."""
        names, here = self._names(start, range(len(self._switches))), _kept(start)
        values = [self._values(place) for place in names]
        for chosen in product(*values) if prod(map(len, values)) <= LATTICE else _some(values):
            here.drawn.update(zip(names, chosen, strict=True))
            if all(allowed(place, x) for place, x in zip(names, chosen, strict=True)):
                yield here

    def _values(self, place: Any) -> tuple[Number, ...]:
        """Few numbers for a name; where switches of its own are, numbers at, between and beyond them."""
        roots = sorted(set(self._ends.get(place, ())))[:MOST]
        if not roots:
            return VALUES
        return tuple(dict.fromkeys((*between(roots), roots[0] - 1, roots[-1] + 1, *roots, *VALUES)))

    def _solved(self, starts: Sequence[Point], seen: Set[Cell]) -> Iterator[Point]:
        """Common zeros of two and of three switches that were not 0 together yet, and points beside them."""
        for size, most, count in GROUPS:
            for group in combinations(range(min(most, self._first)), size):
                if not any(all(cell[at] == 0 for at in group) for cell in seen):
                    yield from self._around(starts[:count], group)

    def _around(self, starts: Sequence[Point], group: tuple[int, ...]) -> Iterator[Point]:
        for start in starts:
            zeros = self._zeros(start, group)
            yield from zeros
            if not zeros:
                return

    def _zeros(self, start: Point, group: tuple[int, ...]) -> list[Point]:
        """Common zeros of the group that can be reached from the start, and where all but one are 0 beside them."""
        exact = all(type(u) is fmpq for u in self._all.run(start))
        here = changed(_kept(start), values={}, snapped=not exact)
        with nullcontext() if exact else precision(SNAP_BITS):
            orders = [group[at:] + group[:at] for at in range(len(group))] if len(group) == 2 else [group]
            names = self._names(start, group)
            return [p for order in orders for p in _common([self._switches[at].value for at in order], here, names)]


def _some(values: Sequence[Sequence[Number]]) -> Iterator[list[Number]]:
    """Some of the combinations; numbers that stand in front more often."""
    for t in range(LATTICE):
        draws = [(mixed(t, 2 * at) % len(row), mixed(t, 2 * at + 1) % len(row)) for at, row in enumerate(values)]
        yield [row[min(pair)] for row, pair in zip(values, draws, strict=True)]


def _common(programs: Sequence[Program], point: Point, names: Sequence[Any]) -> list[Point]:
    """Points at which all programs give 0, reached by moving one name while others hold; `point` is moved about."""
    *others, last = programs
    held = _held(others, point, names)
    left = [name for name in names if held is not None and name not in [place for _, place in held]]
    found, drawn = [], dict(point.drawn)
    for name in left:
        point.drawn = dict(drawn)
        f = _along(last, name, point, held or ())
        for root in _roots(f, point.snapped):
            if _is_zero(f(root)):
                found += [
                    _kept(point) for step in (ZERO, *STEPS) if f(root + step) is not None and _may_be(point, names)
                ]
    point.drawn = drawn
    return found


def _held(programs: Sequence[Program], point: Point, names: Sequence[Any]) -> Held | None:
    """A name for each program, by which it is held at 0 while others move; None if there is none."""
    held: Held = ()
    for program in programs:
        left = (place for place in names if all(place != other for _, other in held))
        found = next((place for place in left if _settled(point, (*held, (program, place)))), None)
        if found is None:
            return None
        held = (*held, (program, found))
    return held


def _settled(point: Point, held: Held) -> bool:
    """Move the names of `held` so that all of its programs give 0; the later ones while the earlier are held."""
    if not held:
        return True
    program, place = held[-1]
    f = _along(program, place, point, held[:-1])
    root = _root_of_line(f)
    return root is not None and _is_zero(f(root))


def _along(program: Program, place: Any, point: Point, held: Held) -> Callable[[Number], Number | None]:
    """What the program gives when one name is moved and the programs of `held` stay 0."""

    def f(x: Number) -> Number | None:
        point.drawn[place], point.terms = x, 0
        try:
            return program.run(point)[0] if _settled(point, held) else None
        except (Undecided, TooLong):
            return None

    return f


def _roots(f: Callable[[Number], Number | None], snapped: bool) -> list[Number]:
    if not snapped:
        return exact_zeros(f) or []
    root = _root_of_line(f)
    return [] if root is None else [root]


def _root_of_line(f: Callable[[Number], Number | None]) -> Number | None:
    """Where f is 0 if it is a line, which is for the caller to try."""
    low, high = f(ZERO), f(ONE)
    return None if low is None or high is None or low == high else divide(-low, high - low)


def _is_zero(u: Number | None) -> bool:
    try:
        return u is not None and sign_of(u) == 0
    except Undecided:
        return False


def _kept(point: Point) -> Point:
    return changed(point, values={}, drawn=dict(point.drawn), terms=0)


def _may_be(point: Point, names: Sequence[Any]) -> bool:
    """Names that were not asked for have no number yet."""
    return all(allowed(place, point.drawn[place]) for place in names if place in point.drawn)
