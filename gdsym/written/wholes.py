"""What is made of a matrix as a whole, in index form: the entries of its inverse, its determinant.

The matrix is told by a formula for its entries in two letters of its own: row and column run from 1 to the size. What
it is called on paper is kept beside it.
"""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.written.composed import Fn
from gdsym.written.matrices import Det, Inverse
from gdsym.written.node import Base, Indexed, Node, Sym, kinds_of

WORDS = ("det", "sign_det", "logdet", "logabsdet")
Parts = tuple[Node, ...]  # the formula of an entry, the letter of its row, that of its column, how many rows there are


def _free(parts: Parts) -> frozenset[Node]:
    body, row, column, size = parts
    return (body.free - {row, column}) | size.free


class Inverted(Base):
    """The inverse of a matrix as an array with two indices, which count from 1; `matrix` is what is inverted, on paper."""

    __slots__ = ("matrix",)
    matrix: Node

    def __init__(self, matrix: Node, *parts: Node) -> None:
        object.__setattr__(self, "matrix", matrix)
        Node.__init__(self, *parts)

    @property
    def base(self) -> Any:
        """What stands for it in SymPy, which has no name for an array like this."""
        return sympy.IndexedBase(sympy.Symbol(f"inv({sympy.sstr(self.matrix.to_sympy())})"))

    def _payload(self) -> Any:
        return self.matrix

    def _find_free(self) -> frozenset[Node]:
        return _free(self.children)

    @property
    def paper(self) -> Node:
        return Inverse(self.matrix)

    def with_children(self, children: Parts) -> Node:
        return Inverted(self.matrix, *children)


class OfMatrix(Node):
    """A number: `det`, `sign_det`, its sign, `logabsdet` = log |det|, `logdet` = log det, which is undefined below 0."""

    __slots__ = ("matrix", "word")
    word: str
    matrix: Node

    def __init__(self, word: str, matrix: Node, *parts: Node) -> None:
        object.__setattr__(self, "word", word)
        object.__setattr__(self, "matrix", matrix)
        super().__init__(*parts)

    def _payload(self) -> Any:
        return self.word, self.matrix

    def _find_free(self) -> frozenset[Node]:
        return _free(self.children)

    @property
    def paper(self) -> Node:
        """As it stands on paper, `log(|det(A)|)`."""
        det = Det(self.matrix)
        inside = Fn(sympy.Abs, det) if self.word == "logabsdet" else det
        func = sympy.sign if self.word == "sign_det" else sympy.log
        return det if self.word == "det" else Fn(func, inside)

    def with_children(self, children: Parts) -> Node:
        return OfMatrix(self.word, self.matrix, *children)


def letters(node: Node) -> tuple[Sym, Sym]:
    """Row and column."""
    _, row, column, _ = node.children
    assert isinstance(row, Sym) and isinstance(column, Sym)
    return row, column


def is_whole(node: Node) -> bool:
    return isinstance(node, (Inverted, OfMatrix))


WHOLES = kinds_of(Inverted, OfMatrix)


def has_wholes(node: Node) -> bool:
    """Does an inverse or a determinant stand in the formula, in index form?"""
    return node.has(WHOLES)


def inside(node: Node) -> tuple[Node, ...]:
    """Of an entry, what decides which one it is, and of an inverse what is inverted; nothing of a letter."""
    return (*node.base.children, *node.indices) if isinstance(node, Indexed) else ()
