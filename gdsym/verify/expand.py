"""Matrices written out: a formula over matrices becomes formulas over their entries, at sizes that are numbers.

Nothing here knows a law of matrix calculus: a product is its sums, an inverse is cofactors over the determinant, a
derivative by a matrix is the matrix of the derivatives by its entries, a differential is the sum of those times dW_ij.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

import sympy

from gdsym.verify.evidence import Unknown
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n

Table: TypeAlias = list[list[n.Node]]
LARGEST, LARGEST_DETERMINANT = 12, 6  # rows or columns that are written out


class Expander:
    """One choice of sizes: `sizes` maps each size on paper to a whole number; with `keep`, only in the shapes."""

    def __init__(self, sizes: Mapping[n.Node, int], keep: bool = False) -> None:
        self._sizes, self._keep = dict(sizes), keep
        self._letters: dict[n.Node, n.Node] = {s: n.Num(k) for s, k in sizes.items() if isinstance(s, n.Sym)}
        self._tables: dict[n.Node, Table] = {}
        self._numbers: dict[n.Node, n.Node] = {}

    def table(self, node: n.Node) -> Table:
        """The entries of a matrix, row by row."""
        found = self._tables.get(node)
        if found is None:
            found = self._tables[node] = self._table(node)
        return found

    def number(self, node: n.Node) -> n.Node:
        """A number, or the one entry of a 1 x 1 matrix."""
        found = self._numbers.get(node)
        if found is None:
            found = self._numbers[node] = self._number(node)
        return found

    def size(self, node: n.Node) -> int:
        """How many rows or columns that is."""
        known = self._sizes.get(node)
        if known is not None:
            return known
        value = n.replace(node, self._letters).to_sympy()
        if not value.is_Integer or not 1 <= value <= LARGEST:
            raise Unknown(f"a matrix with {node.to_sympy()} rows or columns")
        return int(value)

    def _number(self, node: n.Node) -> n.Node:
        rule = NUMBERS.get(type(node))
        if rule is not None:
            return rule(self, node)
        if mat.shape(node) is not None and not isinstance(node, n.Add | n.Neg | n.Mul | n.Div):
            return _only(self.table(node))
        if isinstance(node, n.Sym):
            return node if self._keep else self._letters.get(node, node)
        if isinstance(node, n.Bound):
            return type(node)(self.number(node.body), node.index, self.number(node.lower), self.number(node.upper))
        if not node.children:
            return node
        return node.with_children(tuple(self.number(c) for c in node.children))

    def _table(self, node: n.Node) -> Table:
        rule = TABLES.get(type(node))
        if rule is None:
            raise Unknown(f"{type(node).__name__} has no entries")
        return rule(self, node)

    def entries(self, node: mat.MatSym) -> Table:
        rows, cols = range(1, self.size(node.rows) + 1), range(1, self.size(node.cols) + 1)
        base = mat.Entries(node)
        return [[n.Indexed(base, n.Num(i), n.Num(j)) for j in cols] for i in rows]

    def filled(self, shape: tuple[n.Node, n.Node], value: n.Node) -> Table:
        return [[value] * self.size(shape[1]) for _ in range(self.size(shape[0]))]


def _only(table: Table) -> n.Node:
    """The entry of a 1 x 1 matrix; no other is a number."""
    if len(table) > 1 or len(table[0]) > 1:
        raise Unknown(f"a {len(table)} x {len(table[0])} matrix for a number")
    return table[0][0]


def _symbol(x: Expander, node: mat.MatSym) -> Table:
    return x.entries(node)


def _ident(x: Expander, node: mat.Ident) -> Table:
    size = x.size(node.children[0])
    return [[n.ONE if i == j else n.ZERO for j in range(size)] for i in range(size)]


def _constant(value: n.Node) -> Callable[[Expander, n.Node], Table]:
    return lambda x, node: x.filled((node.children[0], node.children[1]), value)


def _differential(x: Expander, node: mat.Differential) -> Table:
    """Entries of dW: letters of their own."""
    assert isinstance(node.of, mat.MatSym)
    base = n.Base(sympy.IndexedBase(node.name))
    return [[n.Indexed(base, *entry.children[1:]) for entry in row] for row in x.entries(node.of)]


def _small(node: mat.Differential) -> n.Node:
    return n.Sym(sympy.Symbol(node.name, real=True))


def _matmul(x: Expander, node: mat.MatMul) -> Table:
    found = x.table(node.children[0])
    for factor in node.children[1:]:
        found = _times(found, x.table(factor))
    return found


def _times(a: Table, b: Table) -> Table:
    if len(a[0]) != len(b):
        raise Unknown(f"a product of {len(a)} x {len(a[0])} and {len(b)} x {len(b[0])}")
    columns = list(zip(*b, strict=True))
    return [[n.add(*(n.Mul(p, q) for p, q in zip(row, column, strict=True))) for column in columns] for row in a]


def _transpose(x: Expander, node: mat.Transpose) -> Table:
    return [list(row) for row in zip(*x.table(node.arg), strict=True)]


def _inverse(x: Expander, node: mat.Inverse) -> Table:
    """Cofactors over the determinant."""
    table = x.table(node.arg)
    whole = determinant(table)
    size = range(len(table))
    return [[n.Div(_cofactor(table, j, i), whole) for j in size] for i in size]


def _cofactor(table: Table, i: int, j: int) -> n.Node:
    value = determinant([[*row[:j], *row[j + 1 :]] for k, row in enumerate(table) if k != i])
    return value if (i + j) % 2 == 0 else n.Neg(value)


def determinant(table: Table) -> n.Node:
    """Along the first row."""
    if not table:
        return n.ONE
    if len(table) != len(table[0]):
        raise Unknown("a determinant of a matrix that is not square")
    if len(table) > LARGEST_DETERMINANT:
        raise Unknown(f"a determinant of {len(table)} rows, term by term")
    return n.add(*(n.Mul(entry, _cofactor(table, 0, j)) for j, entry in enumerate(table[0])))


def _hadamard(x: Expander, node: mat.Hadamard) -> Table:
    return _entrywise(x, node.children, n.Mul)


def _entrywise(x: Expander, parts: Sequence[n.Node], join: Callable[..., n.Node]) -> Table:
    tables = [x.table(part) for part in parts]
    if len({(len(t), len(t[0])) for t in tables}) > 1:
        raise Unknown("matrices of different shapes entry by entry")
    return [[join(*entries) for entries in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]


def _diag(x: Expander, node: mat.Diag) -> Table:
    column = x.table(node.arg)
    if len(column[0]) > 1:
        raise Unknown("a diagonal from what is no column")
    return [[column[i][0] if i == j else n.ZERO for j in range(len(column))] for i in range(len(column))]


def _apply(x: Expander, node: mat.Apply) -> Table:
    body = x.number(node.body)
    return [[n.replace(body, {node.letter: entry}) for entry in row] for row in x.table(node.arg)]


def _sum(x: Expander, node: n.Node) -> Table:
    """Terms of one shape; a plain 0 is the zero matrix."""
    terms = [c for c in node.children if not n.is_num(c.arg if isinstance(c, n.Neg) else c, 0)]
    return _entrywise(x, terms, n.add)


def _minus(x: Expander, node: n.Neg) -> Table:
    return [[n.Neg(entry) for entry in row] for row in x.table(node.arg)]


def _multiple(x: Expander, node: n.Mul) -> Table:
    large = next((f for f in node.children if not mat.is_number(f)), None)
    if large is None:
        return [[n.mul(*(x.number(f) for f in node.children))]]
    numbers = [x.number(f) for f in node.children if f is not large]
    return [[n.Mul(*numbers, entry) for entry in row] for row in x.table(large)]


def _quotient(x: Expander, node: n.Div) -> Table:
    below = x.number(node.den)
    return [[n.Div(entry, below) for entry in row] for row in x.table(node.num)]


def _slope(x: Expander, node: n.D) -> Table:
    """By a number: entry by entry. By a matrix: all derivatives of one number, or of a column by a column."""
    if isinstance(node.var, mat.Differential):
        return [[_change(x, entry, node.var) for entry in row] for row in x.table(node.body)]
    by = mat.shape(node.var)
    if by is None:
        return [[n.D(entry, x.number(node.var)) for entry in row] for row in x.table(node.body)]
    variables = x.table(node.var)
    if mat.is_number(node.body):
        body = x.number(node.body)
        return [[n.D(body, w) for w in row] for row in variables]
    if len(variables[0]) > 1 or not mat.is_column(node.body):
        raise Unknown("the derivative of a matrix by a matrix")
    return [[n.D(row[0], w[0]) for w in variables] for row in x.table(node.body)]


def _change(x: Expander, body: n.Node, var: mat.Differential) -> n.Node:
    """The sum of the derivatives by all entries, each times its dW_ij."""
    if not isinstance(var.of, mat.MatSym):
        return n.Mul(n.D(body, var.of), _small(var))
    pairs = zip(x.table(var.of), x.table(var), strict=True)
    return n.add(
        *(n.Mul(n.D(body, w), dw) for ws, dws in pairs for w, dw in zip(ws, dws, strict=True)),
    )


def _slope_number(x: Expander, node: n.D) -> n.Node:
    if isinstance(node.var, mat.Differential):
        return _change(x, x.number(node.body), node.var)
    if mat.shape(node.var) is not None:
        return _only(x.table(node))
    return n.D(x.number(node.body), x.number(node.var))


def _differential_number(x: Expander, node: mat.Differential) -> n.Node:
    return _small(node) if mat.shape(node) is None else _only(x.table(node))


def _trace(x: Expander, node: mat.Trace) -> n.Node:
    table = x.table(node.arg)
    if len(table) != len(table[0]):
        raise Unknown("a trace of a matrix that is not square")
    return n.add(*(row[i] for i, row in enumerate(table)))


NUMBERS: dict[type[n.Node], Callable[[Expander, n.Node], n.Node]] = {
    mat.Trace: _trace,  # type: ignore[dict-item]
    mat.Det: lambda x, node: determinant(x.table(node.children[0])),
    mat.Differential: _differential_number,  # type: ignore[dict-item]
    n.D: _slope_number,  # type: ignore[dict-item]
}

TABLES: dict[type[n.Node], Callable[..., Table]] = {
    mat.MatSym: _symbol,
    mat.Ident: _ident,
    mat.Ones: _constant(n.ONE),
    mat.Zeros: _constant(n.ZERO),
    mat.Differential: _differential,
    mat.MatMul: _matmul,
    mat.Transpose: _transpose,
    mat.Inverse: _inverse,
    mat.Hadamard: _hadamard,
    mat.Diag: _diag,
    mat.Apply: _apply,
    n.Add: _sum,
    n.Neg: _minus,
    n.Mul: _multiple,
    n.Div: _quotient,
    n.D: _slope,
}

WEIGHTS = tuple(
    Fraction(p, q) for p, q in ((1, 1), (3, 2), (-5, 3), (7, 4), (11, 5), (-13, 6), (17, 7), (19, 8), (-23, 9))
)
TRIED = ((2, 3, 1), (3, 1, 2), (1, 2, 3))  # sizes that the 1st, 2nd, 3rd size on paper gets in each trial
OTHERS = ((2, 1, 3), (3, 2, 1), (1, 3, 2))


def choices(nodes: Sequence[n.Node], rows: Sequence[Sequence[int]] = TRIED) -> list[dict[n.Node, int]]:
    """Sizes to try: each letter, and each number above 3, which is only a size, gets 1, 2 and 3."""
    found = mat.sizes(*nodes)
    letters = list(dict.fromkeys(s for size in found for s in size.free if isinstance(s, n.Sym)))
    numbers = [s for s in found if isinstance(s, n.Num) and s.value > 3]
    free = [*letters, *numbers]
    trials = [{s: row[j % 3] for j, s in enumerate(free)} for row in rows]
    return trials if free else trials[:1]


def one_claim(left: Table, right: Table) -> tuple[n.Node, n.Node]:
    """All entries in one claim, each with a weight of its own: a wrong entry shows."""
    places = list(product(range(len(left)), range(len(left[0]))))
    if len(places) == 1:
        return left[0][0], right[0][0]
    weights = [n.Num(WEIGHTS[k % len(WEIGHTS)] + k // len(WEIGHTS)) for k in range(len(places))]
    sides = [n.add(*(n.Mul(c, t[i][j]) for c, (i, j) in zip(weights, places, strict=True))) for t in (left, right)]
    return sides[0], sides[1]
