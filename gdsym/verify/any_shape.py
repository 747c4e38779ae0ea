"""Matrices of any shape, entry by entry: a formula over matrices becomes a formula of sums over their entries.

As in `expand`, nothing here knows a law of matrix calculus: a product is a sum over the inner index, a derivative by a matrix
that by its entry, a differential the sum of the derivatives by all entries W_ij, each times dW_ij. What has no sums for its
entries, an inverse or a determinant, is left to shapes that are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeAlias

import sympy

from gdsym.verify.evidence import Unknown
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n

Place: TypeAlias = tuple[n.Node, n.Node]  # row, column
WEIGHT = n.Base(sympy.IndexedBase("C any"))  # no name of a caller has a blank


def in_entries(lhs: n.Node, rhs: n.Node) -> tuple[n.Node, n.Node]:
    """Both sides as numbers."""
    shapes = [mat.shape(side) for side in (lhs, rhs) if not n.is_num(side, 0)]
    shape = next((s for s in shapes if s is not None), None)
    if any((s or mat.SCALAR) != (shape or mat.SCALAR) for s in shapes):
        raise Unknown("two shapes")
    x = AnyShape()
    if shape is None or shape == mat.SCALAR:
        return x.number(lhs), x.number(rhs)
    return x.weighted(lhs, shape), x.weighted(rhs, shape)


class AnyShape:
    """Entries at indices that are letters of their own, each used for one sum."""

    def __init__(self) -> None:
        self._letters = (n.Sym(sympy.Symbol(f"index {k}", integer=True)) for k in count(1))

    def number(self, node: n.Node) -> n.Node:
        """A number, or the one entry of a 1 x 1 matrix."""
        if not mat.has_matrices(node):
            return node
        if not mat.is_number(node):
            raise Unknown("a matrix for a number")
        if (rule := NUMBERS.get(type(node))) is not None:
            return rule(self, node)
        if mat.shape(node) is not None and not isinstance(node, (n.Add, n.Neg, n.Mul, n.Div)):
            return self.entry(node, mat.SCALAR)
        if isinstance(node, n.Bound):
            return type(node)(self.number(node.body), *node.children[1:])
        return node.with_children(tuple(self.number(child) for child in node.children))

    def entry(self, node: n.Node, at: Place) -> n.Node:
        """The entry of a matrix; a number, 0 for one, stands for a matrix of it."""
        rule, shape = ENTRIES.get(type(node)), mat.shape(node)
        if rule is not None and shape is not None:
            return rule(self, node, mat.SCALAR if shape == mat.SCALAR else at)
        if not mat.is_number(node) or (shape is not None and type(node) not in NUMBERS):
            raise Unknown(f"the entries of {type(node).__name__}")
        return self.number(node)

    def weighted(self, node: n.Node, shape: mat.Shape) -> n.Node:
        """The sum of its entries, each times a number that may be any: two matrices for which it is the same are equal."""
        return self.total(shape, lambda at: n.Mul(n.Indexed(WEIGHT, *at), self.entry(node, at)))

    def total(self, shape: mat.Shape, body: Callable[[Place], n.Node]) -> n.Node:
        """The sum over all places of a matrix of this shape; an axis of length 1 has the index 1."""
        row, column = (n.ONE if n.is_num(size, 1) else next(self._letters) for size in shape)
        found = body((row, column))
        for letter, size in ((column, shape[1]), (row, shape[0])):
            found = found if letter is n.ONE else n.Sum(found, letter, n.ONE, size)
        return found


def _named(base: n.Base, of: n.Node, at: Place) -> n.Node:
    if not isinstance(of, mat.MatSym):
        raise Unknown("no matrix")
    return n.Indexed(base, *at)


def _product(x: AnyShape, node: mat.MatMul, at: Place) -> n.Node:
    first, *others = node.children
    rest = others[0] if len(others) == 1 else mat.MatMul(*others)
    inner, below = (mat.shape(part) or mat.SCALAR for part in (first, rest))
    if inner[1] != below[0]:
        raise Unknown("two shapes")
    return x.total((n.ONE, inner[1]), lambda k: n.Mul(x.entry(first, (at[0], k[1])), x.entry(rest, (k[1], at[1]))))


def _sum(x: AnyShape, node: n.Node, at: Place) -> n.Node:
    terms = [c for c in node.children if not n.is_num(c.arg if isinstance(c, n.Neg) else c, 0)]
    _check_alike(terms)
    return n.add(*(x.entry(term, at) for term in terms))


def _check_alike(parts: Sequence[n.Node]) -> None:
    if len({mat.shape(part) or mat.SCALAR for part in parts}) > 1:
        raise Unknown("matrices of different shapes entry by entry")


def _multiple(x: AnyShape, node: n.Mul, at: Place) -> n.Node:
    """Numbers, and 1 x 1 matrices, times one matrix."""
    _check_alike([factor for factor in node.children if not mat.is_number(factor)])
    return n.mul(*(x.entry(factor, at) for factor in node.children))


def _entrywise(x: AnyShape, node: mat.Hadamard, at: Place) -> n.Node:
    _check_alike(node.children)
    return n.mul(*(x.entry(factor, at) for factor in node.children))


def _diagonal(x: AnyShape, node: mat.Diag, at: Place) -> n.Node:
    if not mat.is_column(node.arg):
        raise Unknown("a diagonal from what is no column")
    return n.Mul(n.Delta(*at), x.entry(node.arg, (at[0], n.ONE)))


def _apply(x: AnyShape, node: mat.Apply, at: Place) -> n.Node:
    return n.replace(x.number(node.body), {node.letter: x.entry(node.arg, at)})


def _slope(x: AnyShape, node: n.D, at: Place) -> n.Node:
    """By a number: of the entry. By a matrix: of a number by the entry, or of a column by a column."""
    if isinstance(node.var, mat.Differential):
        return _change(x, x.entry(node.body, at), node.var)
    if mat.shape(node.var) is None:
        return n.D(x.entry(node.body, at), x.number(node.var))
    if mat.is_number(node.body):
        return n.D(x.number(node.body), x.entry(node.var, at))
    if not (mat.is_column(node.var) and mat.is_column(node.body)):
        raise Unknown("the derivative of a matrix by a matrix")
    return n.D(x.entry(node.body, (at[0], n.ONE)), x.entry(node.var, (at[1], n.ONE)))


def _change(x: AnyShape, body: n.Node, var: mat.Differential) -> n.Node:
    of = var.of
    if not isinstance(of, mat.MatSym):
        return n.Mul(n.D(body, of), n.Sym(sympy.Symbol(var.name, real=True)))
    return x.total((of.rows, of.cols), lambda at: n.Mul(n.D(body, x.entry(of, at)), x.entry(var, at)))


def _slope_number(x: AnyShape, node: n.D) -> n.Node:
    if isinstance(node.var, mat.Differential):
        return _change(x, x.number(node.body), node.var)
    if mat.shape(node.var) is not None:
        return x.entry(node, mat.SCALAR)
    return n.D(x.number(node.body), x.number(node.var))


def _trace(x: AnyShape, node: mat.Trace) -> n.Node:
    rows, columns = mat.shape(node.arg) or mat.SCALAR
    if rows != columns:
        raise Unknown("a trace of a matrix that is not square")
    return x.total((rows, n.ONE), lambda at: x.entry(node.arg, (at[0], at[0])))


NUMBERS: dict[type[n.Node], Callable[..., n.Node]] = {
    mat.Trace: _trace,
    mat.Differential: lambda x, node: (
        n.Sym(sympy.Symbol(node.name, real=True)) if mat.shape(node) is None else x.entry(node, mat.SCALAR)
    ),
    n.D: _slope_number,
}

ENTRIES: dict[type[n.Node], Callable[..., n.Node]] = {
    mat.MatSym: lambda x, node, at: _named(mat.Entries(node), node, at),
    mat.Differential: lambda x, node, at: _named(n.Base(sympy.IndexedBase(node.name)), node.of, at),
    mat.Ident: lambda x, node, at: n.Delta(*at) if at[0] != at[1] else n.ONE,
    mat.Ones: lambda x, node, at: n.ONE,
    mat.Zeros: lambda x, node, at: n.ZERO,
    mat.Transpose: lambda x, node, at: x.entry(node.arg, (at[1], at[0])),
    mat.MatMul: _product,
    mat.Hadamard: _entrywise,
    mat.Apply: _apply,
    mat.Diag: _diagonal,
    n.Add: _sum,
    n.Neg: lambda x, node, at: n.Neg(x.entry(node.arg, at)),
    n.Mul: _multiple,
    n.Div: lambda x, node, at: n.Div(x.entry(node.num, at), x.number(node.den)),
    n.D: _slope,
}
