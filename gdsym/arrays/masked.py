"""Sums of exponentials of one vector, with weights that may be 0: sum_k M_ik exp(z_k) for all i is one matrix product.

With an own shift for each row the exponentials are a table as large as M. One shift for all rows, by the largest z, is
enough for the rows whose sum is not small then; `far` are the others, and they keep their own shift.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import DATA, Graph, Op
from gdsym.record import record

Term = tuple[int, "Op | None", Op]  # sign, a matrix or None, a vector: the sum of sign * matrix @ vector


@record
class Table:
    """exp(min(z_k - top_i, 0)), top_i the largest z_k with M_ik != 0; `turned` if k is its first axis."""

    weights: Op
    logits: Op
    top: Op
    turned: bool


def by_one_shift(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where such tables are no longer needed; nothing if there are none, or one is needed."""
    tables = {op: t for op in reachable(outputs) if (t := _table(op)) is not None}
    if not tables:
        return {}
    rewriting = _Rewriting(g, tables)
    for op in outputs:
        rewriting.visit(op)
    return {} if tables.keys() & rewriting.done.keys() else rewriting.done


def _table(op: Op) -> Table | None:
    shift = op.args[0].args[0] if op.kind == "exp" and op.args[0].kind == "minimum" else None
    if shift is None or op.ndim != 2 or shift.kind != "add" or shift.attr != (1, -1):
        return None
    (logits, turned), (top, level) = map(_column, shift.args)
    if turned == level or logits.ndim != 1 or top.kind != "max" or top.args[0].ndim != 2:
        return None
    weights = _weights(top, logits)
    return None if weights is None else Table(weights, logits, top, turned)


def _column(op: Op) -> tuple[Op, bool]:
    """A vector, and whether it is a column."""
    return (op.args[0], True) if op.kind == "expand" and op.attr == (True, False) else (op, False)


def _weights(top: Op, logits: Op) -> Op | None:
    """The table M, its rows first, in max_k (z_k - 1e308 [M_ik == 0])."""
    inside = top.args[0]
    if inside.kind != "add" or inside.attr != (1, -1) or inside.args[1].kind != "mul":
        return None
    own, gone = _column(inside.args[0]), inside.args[1].args[-1]
    by_column = top.attr == (0,)
    if own != (logits, by_column) or gone.kind != "indicator" or gone.args[0].kind != "compare":
        return None
    weights = gone.args[0].args[0]
    if weights.ndim != 2 or weights.needs != DATA:
        return None
    return weights


def _view(op: Op) -> tuple[Op, bool]:
    """A matrix, and whether it is transposed."""
    return (op.args[0], True) if op.kind == "transpose" and op.attr == (1, 0) else (op, False)


class _Rewriting:
    def __init__(self, g: Graph, tables: dict[Op, Table]) -> None:
        self.g, self.tables = g, tables
        self.done: dict[Op, Op] = {}
        self.tops = {t.top: t for t in tables.values()}

    def visit(self, op: Op) -> Op:
        if op not in self.done:
            self.done[op] = self._made(op)
        return self.done[op]

    def _made(self, op: Op) -> Op:
        if op in self.tops:
            return self._top(self.tops[op])
        table = self._summed(op)
        if table is not None:
            weights, logits, top = self.visit(table.weights), self.visit(table.logits), self._top(table)
            return self.g.make("row_sums", weights, logits, self._near(table), self._far(table), top, ndim=1)
        if op.kind == "matmul" and op.ndim == 1 and self._holds_table(op):
            first, second = op.args
            return self._added(self._times(*((self._turned(second), first) if first.ndim == 1 else (first, second))))
        args = tuple(map(self.visit, op.args))
        return self.g.remade(op, args)

    def _turned(self, matrix: Op) -> Op:
        """The transposed matrix, its parts transposed: ((A @ B)/v[:, None] + C)' is (B' @ A')/v + C'."""
        inner, is_turned = _view(matrix)
        if is_turned:
            return inner
        if matrix.kind == "add" and all(a.ndim == 2 for a in matrix.args):
            return self.g.add(tuple((s, self._turned(a)) for s, a in zip(matrix.attr, matrix.args, strict=True)))
        if matrix.kind == "matmul":
            return self.g.make("matmul", *map(self._turned, matrix.args[::-1]), ndim=2)
        if matrix.kind == "div" and matrix.args[1].kind == "expand" and matrix.args[1].attr == (True, False):
            return self.g.make("div", self._turned(matrix.args[0]), matrix.args[1].args[0], ndim=2)
        return self.g.make("transpose", matrix, attr=(1, 0))

    def _holds_table(self, op: Op) -> bool:
        return any(t in self.g.reached(op) for t in self.tables)

    # the parts of sum_k M_ik exp(z_k)

    def _largest(self, table: Table) -> Op:
        return self.g.make("max", self.visit(table.logits), ndim=0)

    def _exponentials(self, table: Table) -> Op:
        return self.g.make("exp", self.g.add(((1, self.visit(table.logits)), (-1, self._largest(table)))))

    def _near(self, table: Table) -> Op:
        return self.g.make("matmul", self.visit(table.weights), self._exponentials(table), ndim=1)

    def _far(self, table: Table) -> Op:
        most = self.g.make("max", self.visit(table.weights), ndim=0)
        return self.g.make("far_rows", self._near(table), self._largest(table), most, ndim=1)

    def _top(self, table: Table) -> Op:
        parts = self.visit(table.weights), self.visit(table.logits), self._far(table), self._largest(table)
        return self.g.make("row_tops", *parts, ndim=1)

    def _shares(self, table: Table, r: Op) -> Op:
        """The sum over i of r_i M_ik exp(z_k - top_i)."""
        weights, logits = self.visit(table.weights), self.visit(table.logits)
        parts = r, weights, logits, self._exponentials(table), self._far(table), self._top(table)
        return self.g.make("row_shares", *parts, ndim=1)

    # where they stand

    def _summed(self, op: Op) -> Table | None:
        """The table of a sum over k of M_ik times it."""
        if op.kind != "einsum" or len(op.args) != 2:
            return None
        words, out = str(op.attr).split("->")
        for place, word in enumerate(words.split(",")):
            table, beside = self.tables.get(op.args[place]), words.split(",")[1 - place]
            if table is not None and op.args[1 - place] is table.weights:
                own = word[::-1] if table.turned else word
                if out == own[0] and beside == own:
                    return table
        return None

    def _product(self, op: Op) -> tuple[Table, bool] | None:
        """The table times M, and whether k is the first axis."""
        base, flipped = _view(op)
        pair = base.args if base.kind == "mul" and len(base.args) == 2 else ()
        for one, other in zip(pair, pair[::-1], strict=True):
            table, is_flipped = self.tables.get(_view(one)[0]), _view(one)[1]
            if table is not None:
                turned = table.turned != is_flipped
                weights, other_way = _view(table.weights)
                if _view(other) == (weights, other_way != turned):
                    return table, turned != flipped
        return None

    def _times(self, matrix: Op, r: Op) -> list[Term]:
        """Write ((B @ T)/v - B) @ r, T such a product, as B @ (T @ (r/v) - r)."""
        found = self._product(matrix)
        if found is not None and found[1]:
            return [(1, None, self._shares(found[0], self.visit(r)))]
        if matrix.kind == "div" and matrix.args[1].ndim == 1:
            above, below = matrix.args
            return self._times(above, self.g.make("div", r, below))
        if matrix.kind == "add" and all(a.ndim == 2 for a in matrix.args):
            parts = zip(matrix.attr, matrix.args, strict=True)
            return [(sign * s, left, v) for sign, a in parts for s, left, v in self._times(a, r)]
        if matrix.kind == "matmul" and self._holds_table(matrix.args[1]) and matrix.args[1].ndim == 2:
            return [(1, self.visit(matrix.args[0]), self._added(self._times(matrix.args[1], r)))]
        return [(1, self.visit(matrix), self.visit(r))]

    def _added(self, terms: Sequence[Term]) -> Op:
        """The sum, each matrix used once."""
        vectors: dict[Op | None, list[tuple[int, Op]]] = {}
        for sign, left, vector in terms:
            vectors.setdefault(left, []).append((sign, vector))
        sums = [(left, self.g.add(tuple(parts))) for left, parts in vectors.items()]
        return self.g.add(tuple((1, v if left is None else self.g.make("matmul", left, v, ndim=1)) for left, v in sums))
