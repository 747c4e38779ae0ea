"""Written formulas with numeric values: compiled once, evaluated at many points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gdsym.errors import Unsupported
from gdsym.verify.build import Builder
from gdsym.verify.conditions import Condition
from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.numbers import SNAP_BITS, Number, is_open, precision
from gdsym.verify.points import NO_ROLES, Point
from gdsym.verify.program import Program
from gdsym.verify.sides import Kinks, Sides
from gdsym.written.nodes import TRUE, D, Node

NOTHING: Mapping[Node, Node] = MappingProxyType({})
BITS, MORE_BITS = 128, 1024


class Formulas:
    """The values of several formulas at a point; what they share is computed once.

    `holds(point)`: is the condition `given` true there? Names play the part that they play in the formulas `beside`, too.
    `sides(point)`: the slopes on both sides there of what `slope` is the derivative of. With `balls`, a decimal that was
    rounded is all that it may have been rounded from.
    """

    def __init__(
        self,
        *nodes: Node,
        where: Mapping[Node, Node] = NOTHING,
        given: Node = TRUE,
        beside: Iterable[Node] = (),
        slope: D | None = None,
        balls: bool = False,
    ) -> None:
        builder = Builder(where, balls)
        places = [builder.build(node) for node in nodes]
        condition = Condition(given, builder, frozenset().union(*(node.free for node in nodes)))
        builder.beside(beside)
        condition.compile()
        self._kinks = None if slope is None else Kinks(builder, slope)
        self.roles, self.holds = condition.roles, condition.holds
        self._program = Program(builder.graph, places)

    def at(self, point: Point, bits: int = BITS) -> tuple[Number | None, ...]:
        """The values at `point` (exact `fmpq` or ball `arb`); None where a formula is undefined, not decided or too long to add up."""
        found = self._run(point, bits)
        return (None,) * len(self._program.targets) if found is None else found

    def undefined(self, point: Point) -> bool:
        """Have all formulas certainly no value there? One that is too large for every ball may have one."""
        found = self._run(point, BITS)
        return found is not None and all(value is None for value in found)

    def _run(self, point: Point, bits: int) -> tuple[Number | None, ...] | None:
        if point.roles is NO_ROLES:
            point.roles = self.roles
        for enough in (SNAP_BITS,) if point.snapped else (bits, max(bits, MORE_BITS)):
            with precision(enough):
                try:
                    return tuple(None if is_open(u) else u for u in self._program.run(point))
                except Undecided:
                    continue
                except TooLong:
                    break
        return None

    def sides(self, point: Point) -> Sides | None:
        """The slopes on both sides at a point where the formulas were evaluated; None if they are not known."""
        return self._kinks.at(point) if self._kinks else None

    def beyond(self, point: Point) -> bool:
        """Has what `slope` is the derivative of certainly no value there?"""
        return self._kinks is not None and self._kinks.beyond(point)


def evaluate(node: Node, point: Point, *, where: Mapping[Node, Node] = NOTHING, bits: int = BITS) -> Number | None:
    """The value of `node` at `point`: exact (`fmpq`) or a ball (`arb`); None where it is undefined.

    Raises `Unsupported` if a part of `node` cannot be evaluated.
    """
    try:
        return Formulas(node, where=where).at(point, bits)[0]
    except Unknown as reason:
        raise Unsupported(f"A formula cannot be evaluated: {reason}.") from reason
