"""The condition under which a claim is made, and points where it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import islice, product
from typing import Any

import sympy

from gdsym.errors import GdsymError
from gdsym.verify.build import Builder
from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import Number, rational
from gdsym.verify.points import Point, Roles
from gdsym.verify.program import Program
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

MORE_TRIES = 60  # points that are drawn for each that is wanted, before a condition is given up
IN_VAIN = 6  # points in a row where a condition fails, before another box is tried
EACH = 5  # entries for which a condition of each entry is tried before the claim is, and all that it holds then
WIDE = 2  # boxes of numbers of any size, which are drawn from for longer


class Condition:
    """Draws points where a condition holds: equalities are solved for their letter, everything else is tried.

    An index that the claim has only under its sums, as i in x_i > 0 for sum_i log x_i, means: for every i.
    """

    def __init__(self, given: Any, builder: Builder, claim: frozenset[n.Node] = frozenset()) -> None:
        self.always = given is sympy.true or given == n.TRUE
        self.node = n.TRUE if self.always else _written(given)
        self._builder = builder
        self._claim = claim
        solved, tried = _parted(self.node)
        self._solved = [(name, builder.build(value)) for name, value in solved.items()]
        self._parts = [(part, _built(builder, part)) for part in tried]
        self._place = builder.build(n.Logic("and", *tried))

    def compile(self) -> None:
        """To be called when everything else was built."""
        names = [s for s in self.node.free if isinstance(s, n.Sym)]
        self.roles: Roles = self._builder.noted.roles(names)
        if self.always:
            self._every = self._values = self._early = []
            return
        indices = self.roles.integers - self._claim - frozenset(self.roles.sizes)
        self._every = [s for s in names if s in indices]
        self._test = Test(self._builder.graph, self._place)
        self._values = [(name, Program(self._builder.graph, [place])) for name, place in self._solved]
        later = {*self._every, *(name for name, _ in self._solved)}
        early = [place for part, place in self._parts if later.isdisjoint(part.free)] if len(self._parts) > 1 else []
        self._early = [Program(self._builder.graph, [place]) for place in early]

    def points(self, box: str, start: int = 0, tries: int = MORE_TRIES) -> Iterator[Point]:
        """Points of the box where the condition holds; no end, unless it fails at so many in a row."""
        misses, seed = 0, start
        while misses < tries:
            point = Point(seed=seed, box=box, roles=self.roles)
            if self._may_hold(seed, box) and self.holds(point):
                misses = 0
                yield point
            else:
                misses += 1
            seed += 1

    def rounds(self, boxes: Sequence[str], start: int, count: int, rare: int) -> Iterator[Point]:
        """Up to `count` points of each box where the condition holds, `rare` of the first ones.

        First from wherever they are found at once: that e^u/(1 + e^u) is not 1 is hard to see where u may be 1000.
        """
        seen = set()
        for tries in (MORE_TRIES,) if self.always else (IN_VAIN, MORE_TRIES):
            for box in boxes:
                for point in islice(self.points(box, start, tries), count):
                    if (box, point.seed) not in seen:
                        seen.add((box, point.seed))
                        yield point
        for box in boxes[:WIDE]:
            yield from islice(self.points(box, start), count, rare)

    def _may_hold(self, seed: int, box: str) -> bool:
        """False where a part of the condition fails: one part after the other, at a point of its own."""
        if not self._early:
            return True
        point = Point(seed=seed, box=box, roles=self.roles)
        try:
            return all(program.run(point)[0] is True for program in self._early)
        except (Undecided, TooLong):
            return False

    def holds(self, point: Point) -> bool:
        """Does the condition hold at the point, once the letters that it determines have got their values?"""
        if self.always:
            return True
        try:
            for name, program in self._values:
                point.drawn[name] = program.run(point)[0]
            return all(self._test.holds(p) for p in self._instances(point))
        except Undecided:
            return False
        except TooLong:  # sizes grew in search of the condition
            return False

    @property
    def solved(self) -> frozenset[n.Node]:
        """The letters that it sets equal to something else."""
        return frozenset(name for name, _ in self._solved)

    @property
    def tried(self) -> tuple[int, ...]:
        """The other parts of it, as operations: all of them hold."""
        return tuple(place for _, place in self._parts)

    @property
    def determines(self) -> bool:
        """Has it letters that it sets equal to something else?"""
        return bool(self._solved)

    @property
    def repeated(self) -> bool:
        """Is it one of each entry?"""
        return bool(self._every)

    def covers(self, point: Point) -> bool:
        """Does the condition hold for every entry, too, that was drawn only when the claim was evaluated?"""
        return not self._every or self.holds(point)

    def _instances(self, point: Point) -> Iterator[Point]:
        """The point with every value of the indices that mean `for every`; entries that are drawn are kept."""
        lowest = self.roles.lowest
        drawn = [i for place in point.drawn if isinstance(place, tuple) for i in place[1]]
        values = range(min(lowest, *drawn, lowest), max(lowest + EACH - 1, *drawn, lowest) + 1)
        for chosen in product(*(values for _ in self._every)):
            for letter, value in zip(self._every, chosen, strict=True):
                point.drawn[letter] = rational(value)
            yield point
        for letter in self._every:
            del point.drawn[letter]


class Test:
    """Does a condition hold? Of `and` no more is looked at than the first part that does not, of `or` the first that does."""

    def __init__(self, g: Graph, n: int) -> None:
        self._kind = g.data[n] if g.ops[n] == "logic" and g.data[n] in ("and", "or") else ""
        self._parts = [Test(g, part) for part in g.args[n]] if self._kind else []
        self._program = None if self._kind else Program(g, [n])

    def holds(self, point: Point) -> bool:
        if self._program is not None:
            return self._program.run(point)[0] is True
        decides = self._kind == "or"
        return decides if any(part.holds(point) == decides for part in self._parts) else not decides


def _built(builder: Builder, part: n.Node) -> int:
    """A part of a condition; x_i != 0 says nothing of what x holds, while y_i != 0 in a formula counts labels."""
    unequal = isinstance(part, n.Rel) and part.op == "!="
    with builder.noted.without_labels() if unequal else nullcontext():
        return builder.build(part)


def _written(given: Any) -> n.Node:
    if isinstance(given, n.Node):
        return given
    try:
        return from_sympy(given)
    except GdsymError as error:
        raise Unknown(f"the condition {given!s:.100} ({error})") from error


def _parted(node: n.Node) -> tuple[dict[n.Sym, n.Node], list[n.Node]]:
    """The letters that the condition sets equal to something else, and the other parts of the condition."""
    solved: dict[n.Sym, n.Node] = {}
    tried: list[n.Node] = []
    for part in n.conjuncts(node):
        found = _solved(part)
        if found is None or found[0] in solved or any(found[0] in value.free for value in solved.values()):
            tried.append(part)
        else:
            solved[found[0]] = found[1]
    return solved, tried


def _solved(part: n.Node) -> tuple[n.Sym, n.Node] | None:
    if isinstance(part, n.Rel) and part.op == "==":
        left, right = part.children
        for name, value in ((left, right), (right, left)):
            if isinstance(name, n.Sym) and name not in value.free:
                return name, value
    return None


def number_text(u: Number) -> str:
    """A number for a person: a fraction, or a decimal with nine digits."""
    return str(u) if type(u).__name__ == "fmpq" else str(u.mid().str(9, radius=False))
