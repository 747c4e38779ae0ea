"""What was found out about formulas while they were made shorter, so that it is found out once."""

from __future__ import annotations

from gdsym.written.nodes import Node


class Known:
    """What is known of formulas, by the parameters in whose order they are written; `typed` stays as it is below a function."""

    def __init__(self, typed: frozenset[Node] = frozenset()) -> None:
        self._typed = typed
        self._by: dict[frozenset[Node], Shorter] = {}

    def by(self, params: frozenset[Node]) -> Shorter:
        if params not in self._by:
            self._by[params] = Shorter(params, self._typed)
        return self._by[params]


class Shorter:
    """The shorter forms of formulas, of which parts get shorter, the shortest fraction that each is, and its shortest form as a whole."""

    def __init__(self, params: frozenset[Node], typed: frozenset[Node]) -> None:
        self.params, self.typed = params, typed
        self.forms: dict[Node, Node] = {}
        self.letters: dict[Node, dict[Node, Node]] = {}
        self.fractions: dict[Node, Node] = {}
        self.wholes: dict[Node, Node] = {}
