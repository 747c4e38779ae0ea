"""Points at larger sizes, and at each whole number that a claim compares with: a claim may go wrong from seven on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from flint import fmpq

from gdsym.verify.graph import Graph
from gdsym.verify.points import Point, Roles
from gdsym.written.nodes import Node, Num, walk

FAR = (17, 17, 8, 6, 4)  # a larger size, by the number of sums that stand in each other
MOST_NUMBERS = 4
SMALLEST, LARGEST = 4, 1000  # numbers in a claim that need points of their own
MOST_TERMS = 2000  # of all sums at such a point


def numbers_in(*nodes: Node) -> Iterator[int]:
    """The whole numbers that stand there, beyond what sizes 1, 2, 3 reach."""
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Num) and part.value.denominator == 1 and SMALLEST <= abs(part.value) <= LARGEST:
                yield abs(int(part.value))


def depth(g: Graph, *targets: int) -> int:
    """How many sums stand in each other."""
    return max((len(g.slots[n]) for n in g.cone(*targets)), default=0)


def points(roles: Roles, numbers: frozenset[int], nested: int, seed: int, room: bool) -> Iterator[Point]:
    """Two points of larger sizes, and around each number all ways in which sizes and indices lie about it.

    At the two, free indices are all different: near the beginning of the arrays, and near the end.
    """
    far = FAR[min(nested, len(FAR) - 1)]
    for t, first in enumerate((roles.lowest, far - len(roles.free)) if roles.sizes or roles.free else ()):
        drawn = {letter: fmpq(max(first, roles.lowest) + j) for j, letter in enumerate(roles.free)}
        yield Point(seed=seed + 700 + t, roles=roles, room=room, drawn=drawn, far=far)
    if roles.free and roles.lowest > 1 and not room:  # before the first entry that a sum takes
        yield Point(seed=seed + 710, roles=roles, room=room, drawn=dict.fromkeys(roles.free, fmpq(roles.lowest - 1)))
    for at, number in enumerate(sorted(numbers)[:MOST_NUMBERS]):
        if (number + 1) ** nested <= MOST_TERMS:
            yield from _around(number, roles, seed + 720 + 20 * at, room)


def _around(number: int, roles: Roles, seed: int, room: bool) -> Iterator[Point]:
    near = (number - 1, number, number + 1)
    for t, (size, index) in enumerate(product(near if roles.sizes else near[:1], near if roles.indices else near[:1])):
        last = size - (roles.lowest == 0)
        place = min(index, last) if room and roles.sizes else index
        drawn = {letter: fmpq(size) for letter in roles.sizes} | {letter: fmpq(place) for letter in roles.indices}
        yield Point(seed=seed + t, roles=roles, room=room, drawn=drawn)
