"""Points for claims in which entries are told apart: every way in which the free indices can be equal or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from flint import fmpq

from gdsym.verify.conditions import Condition
from gdsym.verify.graph import Graph
from gdsym.verify.points import Point, Roles
from gdsym.written.nodes import Node

BOXES = ("mixed", "unit")  # with large numbers a share e^u/(e^u + e^v) is 0 or 1, and its slope 0
ALIKE, OFTEN = ("rows", "columns"), 12
MOST = 81  # combinations of free indices, each of three values
ENOUGH = 27  # points of a round; fewer combinations are taken again, with other numbers and labels
TRIES = 12  # other numbers, where a condition does not hold


def told_apart(g: Graph, targets: Sequence[int], roles: Roles) -> tuple[Node, ...]:
    """The free indices of which a formula sees more than the entry that they pick.

    Whether the i of X_ip is equal to another index makes no difference to a formula that has i nowhere else: both sides are
    functions of the entries, and what holds for any entries holds for those that happen to be one and the same.
    """
    used = {g.data[n] for n in targets if g.ops[n] == "sym"}
    for n in g.cone(*targets):
        if g.ops[n] not in ("entry", "named"):
            used.update(g.data[a] for a in g.args[n] if g.ops[a] == "sym")
    return tuple(letter for letter in roles.free if letter in used)


def index_points(
    condition: Condition, g: Graph, targets: Sequence[int], seed: int, room: bool, boxes: Sequence[str] = BOXES
) -> Iterator[Point]:
    """Without `room` a second round has other sizes, every combination inside the ranges and outside; then one for each size."""
    roles = condition.roles
    letters = told_apart(g, targets, roles)
    several, combinations = len(roles.sizes), max(3 ** len(letters), min(3 ** len(roles.free), ENOUGH))
    rounds = 1 if room else 2 + (several if several > 1 else 0)
    for t in range(min(rounds * combinations, MOST)):
        places = {letter: fmpq(roles.lowest + t // 3**j % 3) for j, letter in enumerate(letters)}
        places |= _one_small_size(roles, t // combinations - 2)
        for box in boxes if t < combinations else (boxes[(t + 1) % len(boxes)],):
            yield from _allowed(condition, Point(seed=seed + 500 + 2 * t, box=box, roles=roles, room=room), places)


def alike_points(condition: Condition, g: Graph, targets: Sequence[int], seed: int, room: bool) -> Iterator[Point]:
    """Matrices of which some rows, or columns, are wholly the same: two rows are 0 apart beside a third that differs."""
    cone = g.cone(*targets)
    if not any(g.ops[n] == "entry" and len(g.args[n]) > 1 for n in cone):
        return
    if any(g.ops[n] == "delta" for n in cone):
        yield from index_points(condition, g, targets, seed, room, ALIKE)
    else:
        yield from chain.from_iterable(islice(condition.points(box, seed), OFTEN) for box in ALIKE)


def _one_small_size(roles: Roles, at: int) -> dict[Any, Any]:
    """The sizes when number `at` of them is 1 and the others are 3; nothing for the first rounds."""
    if at < 0:
        return {}
    least = max(roles.lowest, 1)
    return {size: fmpq(least if j == at else least + 2) for j, size in enumerate(roles.sizes)}


def _allowed(condition: Condition, point: Point, places: Mapping[Any, Any]) -> Iterator[Point]:
    """The point with these indices; another one where the condition does not hold, as it may want other sizes."""
    for t in range(1 if condition.always else TRIES):
        found = Point(seed=point.seed + 1001 * t, box=point.box, roles=point.roles, room=point.room, drawn=dict(places))
        if condition.holds(found):
            yield found
            return
