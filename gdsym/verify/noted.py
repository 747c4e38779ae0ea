"""What part each name of a formula plays: collected while the formula is read, asked for when points are drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from gdsym.verify.large import numbers_in
from gdsym.verify.points import Roles
from gdsym.written import nodes as n


class Noted:
    """Letters that are whole numbers, sizes of sums, arrays of labels, and the numbers that these may be equal to."""

    def __init__(self) -> None:
        self.integers: set[n.Node] = set()  # letters that stand in an index or a limit
        self.sizes: set[n.Node] = set()  # letters that stand in the limit of a sum
        self.labels: set[n.Node] = set()  # arrays whose entries are used as an index
        self.compared: set[n.Node] = set()  # arrays whose entries may be equal to an index, a number, or one another
        self.values: set[int] = set()  # the numbers that are compared with an entry
        self.lowest: int | None = None  # the least lower limit that is written as a number
        self.highest: int | None = None  # the least upper limit that is
        self.numbers: set[int] = set()  # with which an index or a size may be compared

    @property
    def anywhere(self) -> bool:
        """May an index letter have any value, as nothing is summed up?"""
        return self.lowest is None and self.highest is None and not self.sizes

    def roles(self, bound: Iterable[n.Node] = ()) -> Roles:
        """What part each name plays; a condition restricts those in `bound`."""
        sizes = tuple(sorted(self.sizes, key=lambda s: s.name))  # type: ignore[attr-defined]
        lowest = 1 if self.lowest is None else max(0, self.lowest)
        highest = lowest + 2 if self.highest is None else self.highest
        labels, compared = frozenset(self.labels), frozenset(self.compared - self.labels)
        values = tuple(sorted(self.values))
        return Roles(sizes, frozenset(self.integers), labels, frozenset(bound), lowest, highest, compared, values)

    def index(self, indices: Iterable[n.Node], bound: Collection[n.Node]) -> None:
        """These stand as an index, where the letters in `bound` are those of sums."""
        self.labels.update(self._whole(indices, bound))

    def equal(self, sides: Iterable[n.Node], bound: Collection[n.Node]) -> None:
        """These are compared as indices are."""
        self.compared.update(self._whole(sides, bound))
        self.values.update(value for side in sides if (value := plain_number(side)) is not None)

    def relation(self, op: str, left: n.Node, right: n.Node, bound: Collection[n.Node]) -> None:
        """An entry that may be equal to an index, a whole number or an entry may be a label: a whole number, often equal."""
        for one, other in ((left, right), (right, left)):
            if op in ("==", "!=") and isinstance(one, n.Indexed) and self._is_label(other, bound):
                self.compared.add(one.base)
                value = plain_number(other)
                self.values.update(() if value is None else (value,))

    def limits(self, node: n.Bound, bound: Collection[n.Node]) -> None:
        """These are the limits of a sum."""
        self.index((node.lower, node.upper), bound)
        self.numbers.update(numbers_in(node.lower, node.upper))
        self.sizes.update(s for s in node.upper.free | node.lower.free if isinstance(s, n.Sym) and s not in bound)
        low, high = plain_number(node.lower), plain_number(node.upper)
        if low is not None:
            self.lowest = low if self.lowest is None else min(self.lowest, low)
        if high is not None:
            self.highest = high if self.highest is None else min(self.highest, high)

    @contextmanager
    def without_labels(self) -> Iterator[None]:
        """What is compared meanwhile is not taken for labels."""
        compared, values = set(self.compared), set(self.values)
        yield
        self.compared, self.values = compared, values

    def _whole(self, nodes: Iterable[n.Node], bound: Collection[n.Node]) -> set[n.Node]:
        """Note the letters as whole numbers; the arrays that stand there."""
        names = {s for node in nodes for s in ((node,) if isinstance(node, n.Sym) else node.free)}
        self.integers.update(s for s in names if isinstance(s, n.Sym) and s not in bound)
        return {s for s in names if isinstance(s, n.Base)}

    def _is_label(self, node: n.Node, bound: Collection[n.Node]) -> bool:
        letter = isinstance(node, n.Sym) and (node in bound or node in self.integers)
        return letter or isinstance(node, n.Indexed) or plain_number(node) is not None


def plain_number(node: n.Node) -> int | None:
    """3 or -3, however it is written."""
    if isinstance(node, n.Neg):
        inner = plain_number(node.arg)
        return None if inner is None else -inner
    return int(node.value) if isinstance(node, n.Num) and node.value.denominator == 1 else None
