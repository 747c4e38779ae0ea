"""What the derivations of one cost need to find out only once: which parts are tidy already, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import is_
from typing import TypeAlias

from gdsym.rules.arrange import Tails, tails
from gdsym.rules.domain import Needs
from gdsym.rules.known import Known
from gdsym.rules.shapes import has_a_sign, skeleton
from gdsym.step import Rule
from gdsym.written.nodes import MADE, Add, Div, Mul, Node, distinct

ANY = -1  # all kinds of nodes, as bits
Rewriting: TypeAlias = Callable[[Node], Node]
ByHead: TypeAlias = Mapping[
    type[Node], Sequence[tuple[int, Rewriting]]
]  # rules by the kind of formula that they may change


def by_head(*rules: tuple[Rewriting, Iterable[type[Node]], int]) -> ByHead:
    """Rules by the kinds of formula that they may change; each with the kinds (as bits) one of which stands in these."""
    found: dict[type[Node], list[tuple[int, Rewriting]]] = {}
    for rule, heads, within in rules:
        for head in heads:
            found.setdefault(head, []).append((within, rule))
    return found


class Suited(dict[type[Node], tuple[Rule, ...]]):
    """The rules that may say something about a kind of formula, in order; found when it is first asked for."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules

    def __missing__(self, kind: type[Node]) -> tuple[Rule, ...]:
        self[kind] = chosen = tuple(rule for rule in self._rules if not rule.heads or issubclass(kind, rule.heads))
        return chosen


class Once(dict[Node, Node]):
    """What a rewriting makes of formulas, each worked out when it is first asked for."""

    def __init__(self, rule: Rewriting) -> None:
        self._rule = rule

    def __missing__(self, node: Node) -> Node:
        self[node] = found = self._rule(node)
        return found


class Memory:
    """Shared by the partial derivatives of a cost, so that the work grows with what is new in each."""

    def __init__(self) -> None:
        self.cleaned: dict[Node, Node] = {}  # 0 and 1 left out
        self._suited: dict[int, Suited] = {}
        self._shorter: dict[frozenset[Node], Known] = {}
        self.needs: dict[Node, Needs] = {}  # what must hold for a formula to have a value
        self.places: dict[Node, dict[Node, list[int]]] = {}  # in which terms of a long sum each name stands
        self._composed: dict[tuple[Node, ...], frozenset[Node]] = {}
        self._bracketed: dict[frozenset[Node], dict[Node, Node]] = {}
        self._still: dict[frozenset[Node], set[Node]] = {}
        self._tails: dict[frozenset[Node], Tails] = {}
        self._sums: dict[frozenset[Node], dict[int, dict[Node, list[Node]]]] = {}  # typed, by length and first term
        self._skeletons: dict[Node, Node] = {}

    def composed(self, *typed: Node) -> frozenset[Node]:
        """The sums, products and quotients in what the user typed: they stay as they are."""
        if typed not in self._composed:
            found = frozenset(part for node in typed for part in distinct(node) if isinstance(part, (Add, Mul, Div)))
            self._composed[typed] = found
        return self._composed[typed]

    def suited(self, rules: Sequence[Rule]) -> Suited:
        """For each kind of formula the rules that may say something about it."""
        found = self._suited.get(id(rules))
        if found is None:
            found = self._suited[id(rules)] = Suited(rules)
        return found

    def tails(self, typed: frozenset[Node]) -> Tails:
        """The orders of the factors of what was typed."""
        if typed not in self._tails:
            self._tails[typed] = tails(typed)
        return self._tails[typed]

    def like_typed(self, part: Node, typed: frozenset[Node]) -> bool:
        """Is the sum one that was typed and has a sign, but for the letters of its indices? Long ones are told by their first terms."""
        known, terms = self._sums.setdefault(typed, {}), len(part.children)
        if terms not in known:
            known[terms] = {}
            for one in typed:
                if isinstance(one, Add) and len(one.children) == terms:
                    known[terms].setdefault(skeleton(one.children[0]), []).append(one)
        alike = known[terms].get(skeleton(part.children[0]))
        return alike is not None and has_a_sign(bare := skeleton(part)) and bare in map(self._skeleton, alike)

    def _skeleton(self, one: Node) -> Node:
        if one not in self._skeletons:
            self._skeletons[one] = skeleton(one)
        return self._skeletons[one]

    def shorter(self, typed: frozenset[Node]) -> Known:
        """The shorter forms of formulas, where this was typed."""
        if typed not in self._shorter:
            self._shorter[typed] = Known(typed)
        return self._shorter[typed]

    def bracketed(self, typed: frozenset[Node]) -> dict[Node, Node]:
        """Formulas with the brackets among their factors in their shortest form, where this was typed."""
        return self._bracketed.setdefault(typed, {})

    def still(self, typed: frozenset[Node]) -> set[Node]:
        """The parts that tidying leaves as they are, whatever the variable."""
        return self._still.setdefault(typed, set())


class Still:
    """Is a part so tidy that no rule changes it nor anything in it? What holds for any variable is remembered in `known`."""

    def __init__(self, rules: Iterable[ByHead], known: set[Node], typed: frozenset[Node]) -> None:
        self._rules, self._known, self._typed = rules, known, typed
        self._here: dict[Node, bool] = {}  # for this variable

    def __call__(self, node: Node) -> bool:
        if not node.kinds & MADE or node in self._known:
            return True
        found = self._here.get(node)
        if found is None:
            parts = [self(part) for part in node.children if part.kinds & MADE]
            found = self._here[node] = all(parts) and self._looked_at(node)
        return found

    def _looked_at(self, node: Node) -> bool:
        kinds = node.kinds
        for rules in self._rules:
            for within, rule in rules.get(type(node), ()):
                if kinds & within and rule(node) is not node:
                    return False
        sorted_by_variables = isinstance(node, Mul) and node not in self._typed
        if not sorted_by_variables and all(not part.kinds & MADE or part in self._known for part in node.children):
            self._known.add(node)
        return True


class Pass:
    """`rule` applied to every part that is not `still`, innermost first, each part once; none without kinds of `within` is changed."""

    def __init__(self, rule: Callable[[Node], Node], still: Callable[[Node], bool], within: int = ANY) -> None:
        self._rule, self._still, self._within = rule, still, within
        self._done: dict[Node, Node] = {}

    def __call__(self, node: Node) -> Node:
        kinds = node.kinds
        if not kinds & MADE or not kinds & self._within or self._still(node):
            return node
        found = self._done.get(node)
        if found is None:
            children = tuple([self(child) if child.kinds & MADE else child for child in node.children])
            same = all(map(is_, children, node.children))
            found = self._done[node] = self._rule(node if same else node.with_children(children))
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
