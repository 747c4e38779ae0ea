"""Entries of inverses and determinants in index form: what second derivatives of costs with matrices need."""

from __future__ import annotations

from collections.abc import Callable

from gdsym.rules import mistakes_matrix
from gdsym.step import Move, Rule, Scope
from gdsym.written.nodes import ONE, ZERO, D, Indexed, Neg, Node, Sum, replace, times
from gdsym.written.wholes import Inverted, OfMatrix, letters

Made = Callable[[Node, Node], Node]  # from the letters of row and column


def _entry(body: Node, scope: Scope) -> Move | None:
    """D (A^-1)_ij = -sum_p sum_q (A^-1)_ip D A_pq (A^-1)_qj."""
    if not (isinstance(body, Indexed) and isinstance(body.base, Inverted) and scope.varies(body)):
        return None
    inverse, (i, j) = body.base, body.indices
    pending, over = _changed(inverse, body, scope)
    return Move(
        WHOLE,
        (pending,),
        lambda value: Neg(over(lambda p, q: times(Indexed(inverse, i, p), value, Indexed(inverse, q, j)))),
        ("matrix rule: an inverse changes by minus itself times the change times itself",),
    )


def _determinant(body: Node, scope: Scope) -> Move | None:
    """D log det A = sum_p sum_q (A^-1)_qp D A_pq, and D det A = det A times that; the sign stays."""
    if not isinstance(body, OfMatrix):
        return None
    if body.word == "sign_det":
        return Move(WHOLE, (), lambda: ZERO, ("matrix rule: the sign does not change where the determinant is not 0",))
    inverse = Inverted(body.matrix, *body.children)
    pending, over = _changed(inverse, body, scope)

    def make(value: Node) -> Node:
        change = over(lambda p, q: times(Indexed(inverse, q, p), value))
        return times(body, change) if body.word == "det" else change

    return Move(WHOLE, (pending,), make, ("matrix rule: a determinant changes by tr(A^-1 dA) times itself",))


def _changed(inverse: Inverted, body: Node, scope: Scope) -> tuple[D, Callable[[Made], Node]]:
    """The derivative of an entry (p, q) of the matrix, and the double sum over p and q of what is made with them."""
    (row, column), (entry, _, _, size) = letters(inverse), inverse.children
    p = scope.letter("p", body)
    q = scope.letter("q", Indexed(inverse, p, p, *body.children))

    def over(made: Made) -> Node:
        return Sum(Sum(made(p, q), q, ONE, size), p, ONE, size)

    return D(replace(entry, {row: p, column: q}), scope.var), over


WHOLE = Rule("matrix rule", slips=mistakes_matrix.MATRIX)
WHOLES = (
    Rule("matrix rule", None, _entry, heads=(Indexed,)),
    Rule("matrix rule", None, _determinant, heads=(OfMatrix,)),
)
