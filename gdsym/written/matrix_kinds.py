"""How names and operations of matrices are stored."""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.errors import ReadError, Unsupported
from gdsym.written import known
from gdsym.written import matrices as mat
from gdsym.written import nodes as n
from gdsym.written.kinds import ANY, Kind, plain_sizes
from gdsym.written.wholes import WORDS, Inverted, OfMatrix


def _write_matrix(node: mat.MatSym, store: object) -> list[Any]:
    if not isinstance(node.matrix.args[0], sympy.core.symbol.Str):
        raise Unsupported(f"The name of the matrix {node.name} is no plain text; it cannot be stored.")
    return [node.name]


def _read_matrix(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (name,) = data
    rows, cols = (part.to_sympy() for part in parts)
    return mat.MatSym(sympy.MatrixSymbol(known.text(name), rows, cols), *parts)


def _read_apply(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    arg, letter, body = parts
    if data or not isinstance(letter, n.Sym):
        raise ReadError("a function of every entry has an argument, a letter and a formula in that letter")
    return mat.Apply(letter, body, arg)


def _read_inverted(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    *of, matrix = parts
    if data:
        raise ReadError("an inverse has no words beside its parts")
    return Inverted(matrix, *of)


def _read_of_matrix(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (word,), (*of, matrix) = data, parts
    if word not in WORDS:
        raise ReadError(f"a number of a matrix is one of {', '.join(WORDS)}")
    return OfMatrix(word, matrix, *of)


def _in_letters(parts: tuple[n.Node, ...]) -> bool:
    """Entry, row, column, size, and the matrix on paper."""
    return isinstance(parts[1], n.Sym) and isinstance(parts[2], n.Sym) and plain_sizes(parts[3:4])


def _named(parts: tuple[n.Node, ...]) -> bool:
    return isinstance(parts[0], (mat.MatSym, n.Sym))


def _of_matrix(parts: tuple[n.Node, ...]) -> bool:
    return isinstance(parts[0], mat.MatSym)


def _entries(kind: type[mat.Entries | mat.Elements]) -> Kind:
    def read(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
        (matrix,) = parts
        if data or not isinstance(matrix, mat.MatSym):
            raise ReadError("entries are those of one matrix")
        return kind(matrix)

    return Kind(kind, 1, 1, None, read, _of_matrix, lambda node: (node.matrix,))


MATRICES: dict[str, Kind] = {
    "MatSym": Kind(mat.MatSym, 2, 2, _write_matrix, _read_matrix, plain_sizes, lambda node: (node.rows, node.cols)),
    "Entries": _entries(mat.Entries),
    "Elements": _entries(mat.Elements),
    "Ident": Kind(mat.Ident, 1, 1, fits=plain_sizes),
    "Ones": Kind(mat.Ones, 2, 2, fits=plain_sizes),
    "Zeros": Kind(mat.Zeros, 2, 2, fits=plain_sizes),
    "Differential": Kind(mat.Differential, 1, 1, fits=_named),
    "MatMul": Kind(mat.MatMul, 2, ANY),
    "Transpose": Kind(mat.Transpose, 1, 1),
    "Inverse": Kind(mat.Inverse, 1, 1),
    "Hadamard": Kind(mat.Hadamard, 2, ANY),
    "Trace": Kind(mat.Trace, 1, 1),
    "Det": Kind(mat.Det, 1, 1),
    "Diag": Kind(mat.Diag, 1, 1),
    "Inverted": Kind(Inverted, 5, 5, None, _read_inverted, _in_letters, lambda node: (node.matrix,)),
    "OfMatrix": Kind(OfMatrix, 5, 5, lambda node, store: [node.word], _read_of_matrix, _in_letters, lambda node: (node.matrix,)),
    "Apply": Kind(mat.Apply, 3, 3, None, _read_apply, more=lambda node: (node.letter, node.body)),
}  # fmt: skip
