"""The classic mistakes with differentials of matrices, and with the gradient that is read off."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.step import Move, Reason, Slip
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import Mul, Neg, Node, Num, walk

Planted = Iterator[tuple[Reason, Node]]


def _matrix(body: Node, move: Move, values: tuple[Node, ...]) -> Planted:
    right = move.make(*values)
    if len(values) > 1 and isinstance(body, (mat.MatMul, mat.Hadamard)):
        yield from _terms_left_out(body, move, values)
    if isinstance(right, Mul) and isinstance(right.children[0], Num):
        number, rest = right.children[0], right.children[1:]
        yield (
            ("the factor ", number, " in the derivative of ", body, " was left out"),
            rest[0] if len(rest) == 1 else Mul(*rest),
        )
    if isinstance(right, Neg):
        yield ("the minus in the derivative of ", body, " was left out"), right.arg
    if isinstance(body, mat.Det) and isinstance(right, Mul):
        yield ("the determinant in its own derivative was left out",), right.children[-1]


def _terms_left_out(body: Node, move: Move, values: tuple[Node, ...]) -> Planted:
    """D(U V) = dU V + U dV without one of the terms."""
    join = mat.matmul if isinstance(body, mat.MatMul) else mat.hadamard
    factors, varying = body.children, [pending.body for pending in move.pending]
    places = [j for j, factor in enumerate(factors) if factor in varying]
    for j in places:
        others = [join(*factors[:k], d, *factors[k + 1 :]) for k, d in zip(places, values, strict=True) if k != j]
        yield ("the term with the derivative of ", factors[j], " was left out (product rule)"), mat.total(others)


def of_gradient(result: Node) -> Planted:
    """A transpose that is missing, as if the matrix were symmetric, or the whole the other way round."""
    for part in dict.fromkeys(p for p in walk(result) if isinstance(p, mat.Transpose)):
        if mat.shape(part) == mat.shape(part.arg):
            yield ("the transpose of ", part.arg, " was left out, as if it were symmetric"), _put(result, part)
    if mat.shape(result) and not mat.is_column(result) and mat.shape(result) == mat.shape(mat.transposed(result)):
        yield ("the gradient is the transpose of this",), mat.transposed(result)


def _put(node: Node, part: mat.Transpose) -> Node:
    if node == part:
        return part.arg
    return node.with_children(tuple(_put(child, part) for child in node.children)) if node.children else node


MATRIX = (Slip(plant=_matrix),)
