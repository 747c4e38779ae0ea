"""Points at larger sizes, and at each whole number that a claim compares with: a claim may go wrong from seven on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import count, islice, product
from typing import Any

from flint import fmpq

from gdsym.verify.far import Turn
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.points import Point, Roles
from gdsym.written.nodes import Node, Num, walk

FAR = ((17, 18), (17, 18), (6, 7), (6, 7), (4, 4))  # larger sizes, by the number of sums that stand in each other
MOST_NUMBERS = 4
MOST_BEFORE = 4  # entries that stand before the first one that a sum takes
LAST = 3  # beyond the first: the last index of a short array
MOST_PAIRS = 12  # choices of numbers in a claim for several sizes
FEW, MORE = 2, 7  # one size is larger than the others, where the claim names it as a number
SMALLEST, LARGEST = 3, 8000  # numbers in a claim that need points of their own
MOST_TERMS = 9000  # of all sums at such a point
TOO_LONG = 20_000  # terms, beyond which points of that size and larger ones are given up


def numbers_in(*nodes: Node) -> Iterator[int]:
    """The whole numbers that stand there, beyond what sizes 1, 2, 3 reach."""
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Num) and part.value.denominator == 1 and SMALLEST <= abs(part.value) <= LARGEST:
                yield abs(int(part.value))


def depth(g: Graph, *targets: int, kinds: Sequence[str] = BINDERS) -> int:
    """How many sums (or others of these `kinds`) stand in each other."""
    cone = g.cone(*targets)
    slots = {g.data[n] for n in cone if g.ops[n] in kinds}
    return max((len(g.slots[n] & slots) for n in cone), default=0)


def counted(g: Graph, targets: Sequence[int]) -> set[Any]:
    """The letters that are numbers in a formula, and not only an index or a limit: what is wrong at one size alone names it."""
    seen: set[int] = set()
    todo = list(targets)
    while todo:
        n = todo.pop()
        if n not in seen and g.ops[n] != "entry" and not (g.ops[n] in ("delta", "rel") and g.slots[n]):
            seen.add(n)
            todo.extend(g.args[n][2:] if g.ops[n] in BINDERS else g.args[n])
    return {g.data[n] for n in seen if g.ops[n] == "sym"}


def ranges(g: Graph, letters: Sequence[Node]) -> set[Any]:
    """The sizes that may bound one of these index letters: an array has an axis for both, or a limit holds both."""
    axes: dict[Any, set[Any]] = {}
    for n in range(len(g.ops)):
        op, args = g.ops[n], g.args[n]
        if op == "entry":
            for at, index in enumerate(args):
                axes.setdefault((g.data[n], at), set()).update(_letters(g, index))
        elif op in BINDERS:
            axes[n] = _letters(g, args[0]) | _letters(g, args[1])
    return set().union(*(names for names in axes.values() if not names.isdisjoint(letters)))


def _letters(g: Graph, n: int) -> set[Any]:
    """The letters in an index, and in the limits of the sum that it belongs to."""
    limits = [limit for slot in g.slots[n] for limit in g.limits(slot)]
    return {g.data[m] for m in g.cone(n, *limits) if g.ops[m] == "sym"}


class Large:
    """Where to look for what is wrong at large sizes only; where there are functions, also close to 0: beyond, sigmoids are flat."""

    def __init__(
        self, g: Graph, targets: Sequence[int], roles: Roles, seed: int, room: bool, boxes: Sequence[str]
    ) -> None:
        self._g, self._targets, self._nested = g, targets, depth(g, *targets)
        self._too_long = False
        self._roles, self._seed, self._room, self._boxes = roles, seed, room, boxes
        self._near = (boxes[0], "small") if any(g.ops[n] == "fn" for n in g.cone(*targets)) else boxes[:1]

    def points(self, numbers: frozenset[int], turns: Sequence[Turn]) -> Iterator[Point]:
        """Points of larger sizes, and around each number and each turn all ways in which sizes and indices lie about it."""
        for box in self._boxes:
            yield from self._all_different(box)
        seen = {at for letter, at in turns if letter is None and SMALLEST <= at <= LARGEST}
        told = sorted(numbers | seen)[:MOST_NUMBERS]
        for (at, number), box in product(enumerate(told), self._near):
            yield from () if self._too_long else self._around(number, told, 1000 + 100 * at, box)
        for at, (letter, number) in enumerate(turns):
            if letter is not None and number >= SMALLEST:
                yield from self._one_letter(letter, number, 850 + 3 * at)
        if self._roles.sizes:
            yield from self._one_by_one(counted(self._g, self._targets), told)

    def _one_by_one(self, named: Set[Any], told: Sequence[int]) -> Iterator[Point]:
        """One size after the other is larger, at the first index and the second; and an index beyond the sizes that do not bound it."""
        roles = self._roles
        sizes, indices = ([s for s in some if s in named] for some in (roles.sizes, roles.indices))
        bounds = ranges(self._g, roles.indices) if self._room and sizes and indices else None
        few = FEW + max(roles.lowest - 1, 0)
        for (at, size), later in product(enumerate(sizes), (0, 1) if indices else (1,)):
            placed = {i: fmpq(roles.lowest + (later + j) % 2 * later) for j, i in enumerate(roles.indices)}
            drawn = {**dict.fromkeys(roles.sizes, fmpq(few)), size: fmpq(few - FEW + MORE), **placed}
            yield self._point(730 + 2 * at + later, drawn, few * roles.chosen, self._near[-1])
        free = frozenset(sizes) - bounds if bounds else frozenset()
        first = dict.fromkeys(roles.indices, fmpq(roles.lowest))
        yield self._point(726, {**dict.fromkeys(roles.sizes, fmpq(few - 1)), **first}, box=self._near[-1])
        for (beyond, more), less in product(self._beyond(told), (0, 1)) if free else ():
            drawn = {s: fmpq(few - less if s in free else beyond + more) for s in roles.sizes}
            yield self._point(728 + less, {**drawn, **dict.fromkeys(roles.indices, fmpq(beyond))}, box=self._near[-1])
        for chosen in islice(product(told, repeat=len(sizes)), MOST_PAIRS if len(told) > 1 < len(sizes) else 0):
            yield self._point(727, dict(zip(sizes, map(fmpq, chosen), strict=True)), box=self._near[-1])

    def _beyond(self, told: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Indices, and how much larger their own sizes are: the second index at the end, others before it."""
        lowest = self._roles.lowest
        yield lowest + 1, int(lowest == 0)
        yield from ((index, 1) for index in (lowest + FEW, *told))

    def _all_different(self, box: str) -> Iterator[Point]:
        """Free indices are all different: in the middle of the arrays, before the end, and where all numbers are small; one is the last."""
        roles, several = self._roles, len(self._roles.free)
        some, many = FAR[min(self._nested, len(FAR) - 1)]
        first, behind = roles.lowest, roles.lowest == 0  # an array from 0 ends before its size
        if roles.sizes or roles.free:
            middle = max(min(some // 2, some - len(roles.indices)), first)
            yield self._point(700, dict(zip(roles.indices, _whole(middle), strict=False)), some, box)
            end = max(many - several, first)
            yield self._point(701, dict(zip(roles.free, _whole(end), strict=False)), many, box)
        if several == 1:
            yield self._point(703, {roles.free[0]: fmpq(first + LAST)}, first + LAST + behind, box)
        if several > 1:
            drawn = dict(zip(roles.free, _whole(roles.lowest), strict=False))
            yield self._point(702, drawn, far=roles.lowest + several, box="small")
        if roles.free and not self._room:  # before the first entry that a sum takes
            for before in range(max(1, roles.lowest - MOST_BEFORE), roles.lowest):
                yield self._point(710 + before % MOST_BEFORE, dict.fromkeys(roles.free, fmpq(before)))

    def _around(self, number: int, numbers: Sequence[int], seed: int, box: str) -> Iterator[Point]:
        """All sizes are about that large; if that is too long to add up, one after the other."""
        roles, near = self._roles, (number - 1, number, number + 1)
        placed = dict.fromkeys((*near, roles.lowest, roles.lowest + 1, *numbers)) if roles.indices else near[:1]
        together = (number + 1) ** self._nested <= MOST_TERMS
        grown: Sequence[Sequence[Node]] = [roles.sizes] if together else [[size] for size in roles.sizes]
        places = product(grown, near if roles.sizes else near[:1], placed)
        for t, (large, size, index) in enumerate(places):
            least = size if together else 2
            place = min(index, least - (roles.lowest == 0)) if self._room and roles.sizes else index
            small = dict.fromkeys(roles.sizes, fmpq(2))
            drawn = {**small, **dict.fromkeys(large, fmpq(size)), **dict.fromkeys(roles.indices, fmpq(place))}
            point = self._point(seed + t, drawn, far=least * roles.chosen, box=box)
            yield point
            self._too_long |= point.terms > TOO_LONG
            if self._too_long:
                return

    def _one_letter(self, letter: Node, number: int, seed: int) -> Iterator[Point]:
        """One size or index passes the number, the others stay small, or above an index; where sigmoids are neither 0 nor 1, too."""
        roles = self._roles
        restricted = [index for index in roles.indices if index in roles.bound]
        for (at, box), (t, value) in product(
            enumerate(("mixed", "small")), enumerate((number - 1, number, number + 1))
        ):
            others = 2 if letter in roles.sizes or not self._room else value + (roles.lowest == 0)
            placed = dict.fromkeys(restricted, fmpq(roles.lowest + at))
            drawn = {**dict.fromkeys(roles.sizes, fmpq(others)), **placed, letter: fmpq(value)}
            yield self._point(seed + t, drawn, box=box)

    def _point(self, seed: int, drawn: Mapping[Any, Any], far: int = 0, box: str = "mixed") -> Point:
        return Point(seed=self._seed + seed, roles=self._roles, room=self._room, drawn=dict(drawn), far=far, box=box)


def _whole(first: int) -> Iterator[Any]:
    return map(fmpq, count(first))
