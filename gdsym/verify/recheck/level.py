"""Lines brought to one level, so that they can be compared as written: named parts put in, products in one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from gdsym.errors import ReadError
from gdsym.written import matrix_algebra as mat
from gdsym.written.match import substituted
from gdsym.written.nodes import Add, Mul, Neg, Node, mul, walk

LARGEST = 200_000  # nodes of a line with its named parts put in


class Level:
    """Formulas on one level; each is brought there once."""

    def __init__(self, where: Mapping[Node, Node]) -> None:
        self._where = where
        self._done: dict[Node, Node] = {}
        self._sizes: dict[Node, int] = {}

    def __call__(self, node: Node) -> Node:
        known = self._done.get(node)
        if known is None:
            children = () if isinstance(node, mat.Differential) else tuple(self(child) for child in node.children)
            same = all(a is b for a, b in zip(children, node.children, strict=False))
            known = self._done[node] = self._part(node if same else node.with_children(children))
            self.size(known)
        return known

    def size(self, node: Node) -> int:
        """How many nodes the formula has, written out."""
        if node not in self._sizes:
            self._sizes[node] = 1 + sum(self.size(child) for child in node.children)
            if self._sizes[node] > LARGEST:
                raise ReadError(f"With its named parts put in, a line has more than {LARGEST} parts.")
        return self._sizes[node]

    def _part(self, node: Node) -> Node:
        for key, meaning in self._where.items():
            found = substituted(key, meaning, node)
            if found is not None:
                return self(found)
        row = IN_ONE_ROW.get(type(node))
        return node if row is None else row(*node.children)


def _product(*factors: Node) -> Node:
    """3 (5 x) stands as 3 5 x; before matrices, signs stand in front, as in their products."""
    if not any(map(mat.has_matrices, factors)):
        return mul(*_in_a_row(factors))
    row = _in_a_row(factors)
    bare = _in_a_row([f.arg if isinstance(f, Neg) else f for f in row])
    negative = sum(isinstance(f, Neg) for f in row) % 2 == 1
    return Neg(mul(*bare)) if negative else mul(*bare)


def _in_a_row(factors: Iterable[Node]) -> list[Node]:
    return [f for c in factors for f in (c.children if isinstance(c, Mul) else (c,))]


def _minus(arg: Node) -> Node:
    return arg.arg if isinstance(arg, Neg) and mat.has_matrices(arg) else Neg(arg)


IN_ONE_ROW: dict[type[Node], Callable[..., Node]] = {
    Mul: _product,
    Neg: _minus,
    mat.MatMul: mat.matmul,
    mat.Transpose: mat.transposed,
    mat.Trace: mat.traced,
    mat.Hadamard: mat.hadamard,
}


def stands_in(part: Node, whole: Node) -> bool:
    """Is it a part, or neighbouring factors or terms of one?"""
    row = part.children if isinstance(part, (Add, Mul)) else ()
    return any(other == part or (type(other) is type(part) and _run(row, other.children)) for other in walk(whole))


def _run(row: tuple[Node, ...], longer: tuple[Node, ...]) -> bool:
    count = len(row)
    return 0 < count < len(longer) and any(longer[j : j + count] == row for j in range(len(longer) - count + 1))


def is_replacement(before: Node, after: Node, lhs: Node, rhs: Node) -> bool:
    """Is `after` what `before` becomes when lhs = rhs is used, at one place or several?"""
    if before == after or (before == lhs and after == rhs):
        return True
    if type(before) is not type(after) or before._payload() != after._payload():
        return isinstance(before, Mul) and _row_replaced(before.children, factors(after), lhs, rhs)
    pairs = zip(before.children, after.children, strict=False)
    if len(before.children) == len(after.children) and all(is_replacement(a, b, lhs, rhs) for a, b in pairs):
        return True
    return isinstance(before, Mul) and _row_replaced(before.children, after.children, lhs, rhs)


def _row_replaced(before: tuple[Node, ...], after: tuple[Node, ...], lhs: Node, rhs: Node) -> bool:
    """The same row of factors with rhs in place of lhs, each of which may be several."""
    old, new = factors(lhs), factors(rhs)
    places = range(len(before) - len(old) + 1)
    return any(
        before[j : j + len(old)] == old and (*before[:j], *new, *before[j + len(old) :]) == after for j in places
    )


def factors(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Mul) else (node,)
