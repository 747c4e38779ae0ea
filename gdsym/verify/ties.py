"""Where several switches are on at once: x = y = z, and x = y < z, in a comparison of three, on purpose and not by chance.

The signs of all that is compared with 0 divide the space into cells; of those at and around a common zero each is visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import nullcontext
from itertools import combinations, islice, product
from typing import Any, TypeAlias

from flint import fmpq

from gdsym.record import changed
from gdsym.verify.evidence import TooLong, Undecided
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import ONE, SNAP_BITS, ZERO, Number, divide, precision, sign_of
from gdsym.verify.points import Point, Roles, mixed
from gdsym.verify.program import Program
from gdsym.verify.switches import MOST, Switch, allowed, moved, switches
from gdsym.verify.zeros import zeros

Cell: TypeAlias = "tuple[int | None, ...]"  # on which side of each switch
Held: TypeAlias = "tuple[tuple[Program, Any], ...]"  # what stays 0, each with the name that is moved for it

VALUES = tuple(fmpq(p, 2) for p in (2, 0, -2, 4, -4, 1, -1))  # of few different numbers many are equal
LATTICE = 343  # points of them
STARTS = 4  # from which other common zeros are looked for
CELLS = 128  # that are visited
STEPS = (fmpq(1, 10_000), fmpq(-1, 10_000), fmpq(1, 2), fmpq(-1, 2))


def at_ties(
    g: Graph, targets: Sequence[int], roles: Roles, good: Sequence[Point], holds: Callable[[Point], bool]
) -> Iterator[Point]:
    """A point in each cell at and around places where several switches are 0, at which the condition holds."""
    places = switches(g, *targets)
    if len(places) > 1:
        yield from islice(Ties(g, places, roles, holds).points(good), CELLS)


class Ties:
    """Common zeros of several switches: where names have equal values, and where one switch is held at 0 while another is solved."""

    def __init__(self, g: Graph, places: Sequence[int], roles: Roles, holds: Callable[[Point], bool]) -> None:
        self._all, self._holds = Program(g, places), holds
        self._switches = [Switch(g, n, roles) for n in places]

    def points(self, good: Sequence[Point]) -> Iterator[Point]:
        """A point for each cell in which none of the good ones is; first those where most is 0."""
        cells = [self._cell(point) for point in good]
        decided = [point for point, cell in zip(good, cells, strict=True) if cell]
        starts, seen = decided[:: len(decided) // STARTS + 1], set(cells)
        if not starts:
            return
        found = self._in_cells(self._lattice(starts[0]), seen)
        yield from (found[cell] for cell in sorted(found, key=lambda cell: -cell.count(0)))
        yield from self._in_cells(self._solved(starts, found.keys()), {*seen, *found}).values()

    def _in_cells(self, points: Iterable[Point], seen: Set[Cell]) -> dict[Cell, Point]:
        """The first of the points in each new cell."""
        found: dict[Cell, Point] = {}
        for point in points:
            cell = self._cell(point) if self._holds(point) else ()
            if cell and cell not in found and cell not in seen:
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
        count = len(VALUES) ** len(names)
        for t in range(min(count, LATTICE)):
            number = t if count <= LATTICE else mixed(t) % count
            for place in names:
                number, digit = divmod(number, len(VALUES))
                here.drawn[place] = VALUES[digit]
            if all(allowed(place, here.drawn[place]) for place in names):
                yield here

    def _solved(self, starts: Sequence[Point], seen: Set[Cell]) -> Iterator[Point]:
        """Common zeros of two switches that were not both 0 yet, and points beside them."""
        for pair in combinations(range(min(MOST, len(self._switches))), 2):
            if not any(all(cell[at] == 0 for at in pair) for cell in seen):
                for start in starts:
                    zeros = self._zeros(start, pair)
                    for zero in zeros:
                        yield zero
                        yield from self._beside(zero, pair)
                    if not zeros:
                        break

    def _zeros(self, start: Point, pair: Sequence[int]) -> list[Point]:
        """Common zeros of the pair that can be reached from the start."""
        exact = all(type(u) is fmpq for u in self._all.run(start))
        here = changed(_kept(start), values={}, snapped=not exact)
        with nullcontext() if exact else precision(SNAP_BITS):
            return _common([self._switches[at].value for at in pair], here, self._names(start, pair))

    def _beside(self, zero: Point, pair: Sequence[int]) -> Iterator[Point]:
        """Some of the switches are on, others no longer."""
        for place, step in product(self._names(zero, pair), STEPS):
            if allowed(place, zero.drawn[place] + step):
                yield moved(zero, place, zero.drawn[place] + step)


def _common(programs: Sequence[Program], point: Point, names: Sequence[Any]) -> list[Point]:
    """Points at which all programs give 0, reached by moving one name while others hold; `point` is moved about."""
    *others, last = programs
    held = _held(others, point, names)
    left = [name for name in names if held is not None and name not in [place for _, place in held]]
    found, drawn = [], dict(point.drawn)
    for name in left:
        point.drawn = dict(drawn)
        f = _along(last, name, point, held or ())
        found += [_kept(point) for root in _roots(f, point.snapped) if _is_zero(f(root)) and _may_be(point, names)]
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
        return zeros(f)
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
    return all(allowed(place, point.drawn[place]) for place in names)
