"""Points at which a negative number has powers: (x^a)^b is x^(ab) for positive x, and is not for x = -1, a = 2, b = 1/2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from gdsym.verify.conditions import Condition
from gdsym.verify.graph import Graph
from gdsym.verify.points import Point
from gdsym.verify.switches import allowed, moved, name_at

EXPONENTS = tuple(fmpq(p, 2) for p in (4, 1, 2, -2, 6, -4))  # 2 and 1/2 first: sqrt(x^2) is |x|
POINTS = 12


def whole_exponents(g: Graph, targets: Sequence[int], condition: Condition, good: Sequence[Point]) -> Iterator[Point]:
    """The points `good` with whole numbers, and halves, for what stands in exponents alone."""
    if "pow" not in g.ops:
        return
    powers = [g.args[n] for n in g.cone(*targets) if g.ops[n] == "pow"]
    raised = [exponent for base, exponent in powers if g.ops[base] != "num" and g.ops[exponent] != "num"]
    if not raised or not good:
        return
    kept = condition.roles.integers | frozenset(condition.roles.sizes)
    above = {m for exponent in raised for m in g.cone(exponent) if g.ops[m] in ("sym", "entry")}
    names = [name_at(g, m) for m in sorted(above) if g.data[m] not in kept and not g.slots[m]]
    for t in range(POINTS if names else 0):
        point = good[0]
        point = Point(seed=point.seed + 900 + t, box="mixed", roles=point.roles, room=point.room)
        for j, name in enumerate(names):
            place, x = name(point), EXPONENTS[(t + j * (1 + t // len(EXPONENTS))) % len(EXPONENTS)]
            point = moved(point, place, x) if place is not None and allowed(place, x) else point
        if condition.holds(point):
            yield point
