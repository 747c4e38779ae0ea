"""Matrices on paper: names with a shape, products that keep their order, transposes, inverses, traces, determinants.

A 1 x 1 matrix is a number: `u^T u` may stand wherever a number may. Sums and multiples of matrices are `Add`, `Neg`
and `Mul` (numbers and at most one larger matrix); only a product of matrices, `MatMul`, keeps the order of its factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from gdsym.errors import Unsupported
from gdsym.written.node import Base, Node, Sym


class MatSym(Base):
    """The name of a matrix: the caller's own SymPy MatrixSymbol. As an array, it is the IndexedBase of its name."""

    __slots__ = ("cols", "matrix", "rows")
    matrix: Any
    rows: Node
    cols: Node

    def __init__(self, matrix: Any, rows: Node, cols: Node) -> None:
        put = object.__setattr__
        put(self, "matrix", matrix)
        put(self, "rows", rows)
        put(self, "cols", cols)
        super().__init__(sympy.IndexedBase(sympy.Symbol(str(matrix.name))))

    @property
    def name(self) -> str:
        return str(self.matrix.name)

    def _payload(self) -> Any:
        return (self.matrix, self.rows, self.cols)


class Entries(Base):
    """The entries of a matrix as an array with indices, for the index form; the caller knows it by its MatrixSymbol."""

    __slots__ = ("matrix",)
    matrix: MatSym

    def __init__(self, matrix: MatSym) -> None:
        object.__setattr__(self, "matrix", matrix)
        super().__init__(matrix.base)

    def _payload(self) -> Any:
        return self.matrix


class Elements(Base):
    """A matrix of which only elements stand in a formula, A[i, j] with two indices: an array to all rules."""

    __slots__ = ("matrix",)
    matrix: MatSym

    def __init__(self, matrix: MatSym) -> None:
        object.__setattr__(self, "matrix", matrix)
        symbol = matrix.matrix
        super().__init__(sympy.IndexedBase(sympy.Symbol(str(symbol.name)), shape=tuple(symbol.shape)))

    def at(self, indices: tuple[Any, ...]) -> Any:
        """SymPy counts from 0 and refuses an element that is certainly outside; sums may count from 1."""
        matrix = self.matrix.matrix
        return matrix[indices] if matrix.valid_index(*indices) else self.base[indices]

    def _payload(self) -> Any:
        return self.matrix


class Constant(Node):
    """A matrix that is known from its shape alone; its children are its sizes."""

    __slots__ = ()

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


class Ident(Constant):
    """The identity matrix; its child is its size."""

    __slots__ = ()


class Ones(Constant):
    """The matrix of ones; children: rows, columns."""

    __slots__ = ()


class Zeros(Constant):
    """The matrix of zeros; children: rows, columns."""

    __slots__ = ()


class Differential(Node):
    """`dW`: what is added to W. `D(f, dW)` is the differential df, the part of f(W + dW) - f(W) that is linear in dW."""

    __slots__ = ()

    def __init__(self, of: Node) -> None:
        super().__init__(of)

    @property
    def of(self) -> MatSym | Sym:
        of = self.children[0]
        assert isinstance(of, (MatSym, Sym))
        return of

    @property
    def name(self) -> str:
        return f"d {self.of.name}"

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


class MatMul(Node):
    """A product of two or more matrices, in their order; numbers stand in front, in a `Mul`."""

    __slots__ = ()


class Transpose(Node):
    """Its one child with rows and columns exchanged."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Inverse(Node):
    """The inverse of its one child, a square matrix."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Hadamard(Node):
    """The product entry by entry."""

    __slots__ = ()


class Trace(Node):
    """The sum of the diagonal of its one child, a number."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Det(Node):
    """The determinant of its one child, a number."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Diag(Node):
    """The diagonal matrix with the entries of its one child, a column."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Apply(Node):
    """A function of one letter, applied to every entry of its one child: `Apply(t, exp(t), X)`."""

    __slots__ = ("body", "letter")
    letter: Sym
    body: Node

    def __init__(self, letter: Sym, body: Node, arg: Node) -> None:
        object.__setattr__(self, "letter", letter)
        object.__setattr__(self, "body", body)
        super().__init__(arg)

    @property
    def arg(self) -> Node:
        return self.children[0]

    def _payload(self) -> Any:
        return (self.letter, self.body)

    def _find_free(self) -> frozenset[Node]:
        return self.arg.free | (self.body.free - {self.letter})

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return Apply(self.letter, self.body, *children)


FACTORS = (
    MatSym,
    Ident,
    Ones,
    Zeros,
    MatMul,
    Transpose,
    Inverse,
    Hadamard,
    Apply,
    Diag,
    Trace,
)  # beside a bar, not on it
NAMES = (MatSym, Constant, Differential)


def has_elements(node: Node) -> bool:
    """Do elements of a MatrixSymbol stand in the formula, A[i, j]?"""
    return any(isinstance(name, Elements) for name in node.free)


def has_matrices(node: Node) -> bool:
    """Does the formula hold a matrix?"""
    return any(isinstance(name, NAMES) for name in node.free)


def in_matrix_form(wrt: Iterable[Node], *formulas: Node) -> bool:
    """Is it derived in matrix form? Elements A[i, j] make an index form, of a derivative by A too; no formula may be both."""
    elements = any(map(has_elements, formulas))
    if elements and any(map(has_matrices, formulas)):
        raise Unsupported(
            "Elements such as A[i, j] and whole matrices stand in one formula; write all of it as sums over elements, "
            "or all of it with matrices."
        )
    return not elements and any(map(has_matrices, (*formulas, *wrt)))
