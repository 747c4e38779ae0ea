"""Long formulas for the eye: of a sum or product of very many parts, the first two and the last; dots for the others."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from gdsym.written.nodes import Add, D, Mul, Node, Num, Sym, kinds_of, larger

PENDING = kinds_of(D)
LARGE = 120  # nodes: what is smaller is shown whole
MOST = 8  # terms or factors in one row of a large formula
FIRST, LAST = 2, 1  # of them are shown


class Dots(Sym):
    """Stands for terms or factors that are not shown; only printers meet it."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(sympy.Symbol("⋯"))

    def _find_free(self) -> frozenset[Node]:
        return frozenset()


class Elision:
    """What was left out of the formulas of one page."""

    def __init__(self) -> None:
        self.terms: set[int] = set()  # how many terms those sums have that are not shown whole
        self.factors: set[int] = set()
        self._done: dict[Node, Node] = {}

    def __call__(self, node: Node) -> Node:
        """The formula as it is shown."""
        return self._short(node) if is_large(node) else node

    def _short(self, node: Node) -> Node:
        if node not in self._done:
            children = self._chosen(node)
            new = tuple(self._short(child) for child in children)
            same = len(new) == len(node.children) and all(a is b for a, b in zip(new, node.children, strict=True))
            self._done[node] = node if same else node.with_children(new)
        return self._done[node]

    def _chosen(self, node: Node) -> Sequence[Node]:
        if not isinstance(node, (Add, Mul)) or len(node.children) <= MOST:
            return node.children
        (self.terms if isinstance(node, Add) else self.factors).add(len(node.children))
        return _with_dots(node.children)


def _with_dots(row: Sequence[Node]) -> list[Node]:
    """The first two, the last, and the first in which a derivative is still pending (or was resolved just now).

    A number among factors with names is a derivative that was resolved: it stands between its neighbours.
    """
    pending = next((j for j, part in enumerate(row) if _is_pending(part)), 0)
    numbers = [at for j, part in enumerate(row) if j and isinstance(part, Num) for at in (j - 1, j, j + 1)]
    shown = sorted({*range(FIRST), *range(len(row) - LAST, len(row)), pending, max(pending - 1, 0)})
    shown = sorted({*shown, *(at for at in numbers if at < len(row))}) if len(numbers) <= MOST else shown
    out: list[Node] = []
    for before, at in zip([-1, *shown], shown, strict=False):
        out += [Dots()] if at - before > 2 else row[before + 1 : at]
        out.append(row[at])
    return out


def _is_pending(node: Node) -> bool:
    return node.has(PENDING)


def is_large(node: Node) -> bool:
    """Has it more nodes than one takes in at a glance?"""
    return larger(node, LARGE)
