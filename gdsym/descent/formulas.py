"""The written side of a run."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.descent.task import Value
from gdsym.record import field, record
from gdsym.written.nodes import Node, Sym, is_num


@record
class Formulas:
    """The written side of a run, for `explain`: cost, one partial a parameter (in order), numbers for the rest.

    The partial by an array is (letters, formula of the entry at these letters). `data` maps written letters (Sym,
    Base, sizes too) to numbers; `first_index` is that of an array's first entry, `origins` says so axis by axis.
    """

    cost: Node
    gradients: tuple[Node | tuple[tuple[Sym, ...], Node], ...]
    data: Mapping[Node, Value]
    first_index: int = 1
    name: str = "J"
    origins: Mapping[Node, tuple[int, ...]] = field(default_factory=dict)

    @property
    def stepped(self) -> bool:
        """Are all derivatives 0, as those of floor(w)^2 are?"""
        return all(is_num(g[1] if isinstance(g, tuple) else g, 0) for g in self.gradients)

    def origin(self, base: Node, axes: int) -> tuple[int, ...]:
        """The index of the first entry on each axis."""
        return self.origins.get(base, (self.first_index,) * axes)
