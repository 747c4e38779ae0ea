"""How many rows a matrix has of which an inverse or a determinant is made."""

from __future__ import annotations

from gdsym.arrays.affine import Affine, Range, affine
from gdsym.errors import CostError
from gdsym.written.nodes import Node


def rows_of(node: Node) -> Range:
    """The rows of a matrix of which an inverse or a determinant is made; the columns are as many."""
    size = affine(node.children[-1])
    if size is None:
        raise CostError(
            f"{node.children[-1].to_sympy()} is no whole-number form such as n or n + 1: name the size by a symbol."
        )
    return Range(Affine(1), size)
