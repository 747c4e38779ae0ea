"""What the derivations of one cost need to find out only once: which parts are tidy already, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdsym.step import Rule
from gdsym.written.nodes import Mul, Node, walk


class Memory:
    """Shared by the partial derivatives of a cost, so that the work grows with what is new in each."""

    def __init__(self) -> None:
        self.clean: set[Node] = set()  # there is no 0 or 1 to leave out
        self.cleaned: dict[Node, Node] = {}  # 0 and 1 left out
        self._suited: dict[tuple[int, type[Node]], tuple[Sequence[Rule], tuple[Rule, ...]]] = {}
        self.shorter: dict[tuple[frozenset[Node], Node], Node] = {}  # by parameters and formula: in its shortest form
        self.needs: dict[Node, dict[tuple[str, Node], None]] = {}  # what must hold for a formula to have a value
        self.places: dict[Node, dict[Node, list[int]]] = {}  # in which terms of a long sum each name stands
        self._products: dict[tuple[Node, ...], frozenset[Node]] = {}
        self._settled: dict[tuple[str, frozenset[Node]], set[Node]] = {}

    def products(self, *typed: Node) -> frozenset[Node]:
        """The products in what the user typed: they keep the order of their factors."""
        if typed not in self._products:
            found = frozenset(part for node in typed for part in walk(node) if isinstance(part, Mul))
            self._products[typed] = found
        return self._products[typed]

    def suited(self, rules: Sequence[Rule], kind: type[Node]) -> tuple[Rule, ...]:
        """The rules that may say something about this kind of formula, in order."""
        found = self._suited.get((id(rules), kind))
        if found is None:
            chosen = tuple(rule for rule in rules if not rule.heads or issubclass(kind, rule.heads))
            found = self._suited[id(rules), kind] = rules, chosen  # the rules live as long as their id is used
        return found[1]

    def settled(self, stage: str, typed: frozenset[Node]) -> set[Node]:
        """The parts that this stage of tidying leaves as they are, whatever the variable."""
        return self._settled.setdefault((stage, typed), set())


class Pass:
    """`rule` applied to every part that has parts, innermost first, each part once; what it leaves alone for any variable is settled."""

    def __init__(self, rule: Callable[[Node], Node], settled: set[Node], typed: frozenset[Node]) -> None:
        self.rule = rule
        self._settled, self._typed = settled, typed
        self._done: dict[Node, Node] = {}

    def __call__(self, node: Node) -> Node:
        if not node.children or node in self._settled:
            return node
        found = self._done.get(node)
        if found is None:
            found = self._done[node] = self._changed(node)
        return found

    def _changed(self, node: Node) -> Node:
        children = tuple([self(child) for child in node.children])
        same = all(a is b for a, b in zip(children, node.children, strict=True))
        found = self.rule(node if same else node.with_children(children))
        fixed = found is node and not (isinstance(node, Mul) and node not in self._typed)
        if fixed and all(not child.children or child in self._settled for child in children):
            self._settled.add(node)
        return found


def settling(change: Callable[[Node], Node]) -> Callable[[Node], Node]:
    """The change, again until nothing changes."""

    def whole(node: Node) -> Node:
        for _ in range(4):
            new = change(node)
            if new == node:
                break
            node = new
        return node

    return whole
