"""Claims with rounded decimals: 0.3333333333333333 x is x/3, as far as its digits tell, and 0.333333333333 x is not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from gdsym.verify.build import Builder
from gdsym.verify.evidence import TooLong, Undecided
from gdsym.verify.outcome import Outcome, compared
from gdsym.verify.points import Point
from gdsym.verify.program import Program
from gdsym.written.nodes import Node


class Rounded:
    """Two sides in which every rounded decimal is a ball: all numbers that it may have been rounded from."""

    def __init__(self, lhs: Node, rhs: Node, where: Mapping[Node, Node]) -> None:
        self._sides, self._where = (lhs, rhs), where

    @cached_property
    def _program(self) -> Program:
        """Needed only where the decimals, taken at their word, make a difference."""
        builder = Builder(self._where, balls=True)
        sides = [builder.build(side) for side in self._sides]
        return Program(builder.graph, sides)

    def compared(self, point: Point, bits: int, slow: bool) -> Outcome:
        """The outcome at a point at which all names have their numbers: `differ` if no rounding explains the difference."""
        point.terms = 0
        try:
            left, right = self._program.run(point)
        except (Undecided, TooLong):
            return "undecided"
        return compared(left, right, bits, point.rough, slow)
