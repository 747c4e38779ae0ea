"""Graph -> flat program: a list of (place, function), run once a point. A sum runs its own list once a term.

What a sum's body does not need its index for is computed outside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import sympy
from flint import arb, fmpq

from gdsym.verify.along import ALONG, has_way
from gdsym.verify.evidence import TooLong, Undecided
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import ONE, UNDEFINED, ZERO, Number, power_of, rational, whole
from gdsym.verify.operations import MAKE, Operation, powers
from gdsym.verify.points import Point, name_key
from gdsym.written.nodes import Node

Code: TypeAlias = "list[tuple[int, Operation]]"
MOST_TERMS = 20_000  # at one point, over all sums
INDICES = tuple(map(fmpq, range(32)))  # made once
NONE: frozenset[int] = frozenset()


class Program:
    """Computes operations of a graph at a point."""

    def __init__(self, g: Graph, targets: Sequence[int]) -> None:
        self.targets = tuple(targets)
        self._graph = g
        self._names: dict[str, list[Any]] = {}
        self._ints = len(g.ops)  # behind the values: those of indices as int
        self._start: list[Any] = [None] * (2 * self._ints + 1)  # and the entries that were met
        cone = g.cone(*targets)
        self._indices = {a for n in cone for a in _integers(g.ops[n], g.args[n])}
        self._around = _loops(g, cone)
        self._operations: dict[tuple[int, bool], Operation] = {}
        self._code = self._compiled(self.targets, None)

    def run(self, point: Point) -> list[Any]:
        """The values of the targets at `point`."""
        values = self._start.copy()
        values[-1] = {}
        for place, operation in self._code:
            values[place] = operation(values, point)
        return [values[n] for n in self.targets]

    def _compiled(self, targets: Sequence[int], slot: int | None, along: bool = False) -> Code:
        """The code of what depends on this slot and on none that is deeper; `along` a way of integration it is complex."""
        g = self._graph
        code: Code = []
        for n in g.cone(*targets):
            if g.innermost(n) == slot:
                operation = self._operation(n, along)
                if operation is not None:
                    code.append((n, operation))
                    if n in self._indices:
                        code.append((self._ints + n, lambda v, p, n=n: whole(v[n])))  # type: ignore[misc]
        return code

    def _operation(self, n: int, along: bool) -> Operation | None:
        g, op = self._graph, self._graph.ops[n]
        if op == "num":
            self._start[n] = rational(g.data[n])
            self._start[self._ints + n] = whole(self._start[n])
            return None
        if op == "slot":
            return None
        if (n, along) not in self._operations:
            self._operations[n, along] = self._made(n, along)
        return self._operations[n, along]

    def _made(self, n: int, along: bool) -> Operation:
        g, op = self._graph, self._graph.ops[n]
        if op in BINDERS:
            return self._bound(n, along)
        if op in ("sym", "entry"):
            return self._input(n)
        if op in ("change", "leibniz"):
            return self._moved(n)
        if op == "pow" and not along and g.ops[g.args[n][1]] == "num":
            return powers(g.args[n][0], power_of(rational(g.data[g.args[n][1]]), g.data[n]))
        return (ALONG if along else MAKE)[op](g.args[n], g.data[n])

    def _moved(self, n: int) -> Operation:
        """An integral whose limits depend on the letter."""
        from gdsym.verify.integrals import change, checked

        g = self._graph
        first, letter = g.args[n]
        if g.ops[n] == "change":
            return change(Program(g, [first]), g.data[letter], letter)
        return checked(first, Program(g, [g.data[n]]), g.data[letter], letter)

    def _key(self, name: Node) -> int:
        """A key for the name; names that look alike but differ (by their assumptions) get different ones."""
        same = self._names.setdefault(name.name, [])  # type: ignore[attr-defined]
        if name not in same:
            same.append(name)
        return name_key(f"{type(name).__name__} {name.name} {same.index(name)}")  # type: ignore[attr-defined]

    def _input(self, n: int) -> Operation:
        name, args = self._graph.data[n], self._graph.args[n]
        key = self._key(name)
        if self._graph.ops[n] == "sym":
            return lambda v, p: p.drawn.get(name) or p.letter(name, key)
        return _entry(name, [self._ints + a for a in args], key)

    def _bound(self, n: int, along: bool) -> Operation:
        g = self._graph
        (lower, upper, body), slot = g.args[n], g.data[n]
        place = g.put("slot", data=slot)
        if g.ops[n] == "integral":
            from gdsym.verify.integrals import integral

            plain = self._compiled((body,), slot)
            smooth = self._compiled((body,), slot, along=True) if _has_way(g, body, slot) else None
            return integral((lower, upper), body, place, plain, smooth, along, _joints(g, body, slot))
        inner = self._compiled((body,), slot, along)
        limits = self._ints + lower, self._ints + upper
        nested = any(g.ops[part] in BINDERS for part, _ in inner if part < self._ints)
        repeated = _repeated(g.ops[n] == "sum", limits, body, (place, self._ints + place), inner, nested)
        return repeated if along else self._once(n, repeated)

    def _once(self, n: int, operation: Operation) -> Operation:
        """Computed once for the indices that it depends on, where a loop over another goes around it."""
        own = self._graph.slots[n]
        around = frozenset().union(*(self._around.get(slot, NONE) for slot in own))
        if around == own or not own <= self._around.keys():
            return operation
        key, places = -1 - n, [self._ints + self._graph.put("slot", data=slot) for slot in sorted(own)]

        def remembered(v: list[Any], p: Point) -> Number:
            place = (key, *[v[at] for at in places])
            value = v[-1].get(place)
            if value is None:
                value = v[-1][place] = operation(v, p)
            return value

        return remembered


def _loops(g: Graph, cone: Sequence[int]) -> dict[int, frozenset[int]]:
    """For each index of a sum or product those of all loops that it runs in, and itself."""
    found: dict[int, frozenset[int]] = {}
    for n in reversed(cone):
        if g.ops[n] in ("sum", "prod"):
            found[g.data[n]] = found.get(g.data[n], NONE) | g.slots[n] | {g.data[n]}
    for slot in sorted(found, key=g.levels.__getitem__):
        found[slot] = found[slot].union(*(found.get(outer, NONE) for outer in found[slot]))
    return found


def _integers(op: str, args: tuple[int, ...]) -> tuple[int, ...]:
    """The operands that are looked at as whole numbers: indices and limits."""
    return args if op == "entry" else args[:2] if op in ("sum", "prod") else ()


def _joints(g: Graph, body: int, slot: int) -> tuple[int, ...]:
    """What, where it is 0, may be a place at which the body of an integral bends, jumps or grows beyond all bounds."""
    found: dict[int, None] = {}
    for m in g.cone(body):
        op, args = g.ops[m], g.args[m]
        if slot in g.slots[m] and (
            op in ("abs", "sign", "heaviside", "pow") or (op == "fn" and g.data[m][0] is sympy.log)
        ):
            found[args[0]] = None
        elif op == "div":
            found[args[1]] = None
    return tuple(m for m in found if slot in g.slots[m])


def _has_way(g: Graph, body: int, slot: int) -> bool:
    """Can all of the body that depends on the index of an integral be evaluated at complex balls?"""
    parts = (n for n in g.cone(body) if slot in g.slots[n] and g.ops[n] not in ("slot", *BINDERS))
    return all(has_way(g.ops[n], g.data[n]) for n in parts)


def _entry(base: Any, places: Sequence[int], key: int) -> Operation:
    """An entry of an array, looked up once a run; `places` keep its indices as int, or None where one is none."""

    def found(seen: dict[Any, Number], place: tuple[Any, ...], p: Point) -> Number:
        indices = place[1:]
        value = seen[place] = UNDEFINED if None in indices else p.entry(base, indices, key)
        return value

    def one(v: list[Any], p: Point) -> Number:
        place = (key, v[a])
        return v[-1].get(place) or found(v[-1], place, p)

    def two(v: list[Any], p: Point) -> Number:
        place = (key, v[a], v[b])
        return v[-1].get(place) or found(v[-1], place, p)

    def several(v: list[Any], p: Point) -> Number:
        place = (key, *[v[n] for n in places])
        return v[-1].get(place) or found(v[-1], place, p)

    a, b = places[0], places[-1]
    return one if len(places) == 1 else two if len(places) == 2 else several


def _repeated(
    adds: bool, limits: tuple[int, int], body: int, places: tuple[int, int], code: Code, nested: bool
) -> Operation:
    """A sum or product, term by term; without terms 0 or 1. `places` keep the index, as a number of the judge and as int."""
    (lower, upper), (place, as_int) = limits, places

    def operation(v: list[Any], p: Point) -> Number:
        total = ZERO if adds else ONE
        for i in _terms(v[lower], v[upper], p):
            v[place], v[as_int] = INDICES[i] if 0 <= i < len(INDICES) else fmpq(i), i
            for n, f in code:
                v[n] = f(v, p)
            total = total + v[body] if adds else total * v[body]
            if nested and type(total) is arb and total.is_nan():  # whatever comes: it stays undefined
                break
        return total

    return operation


def _terms(low: int | None, high: int | None, p: Point) -> range:
    if low is None or high is None:
        raise Undecided
    p.terms += max(0, high - low + 1)
    if p.terms > MOST_TERMS:
        raise TooLong(f"sums of {p.terms} terms")
    return range(low, high + 1)
