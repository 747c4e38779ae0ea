"""Matrix rules: the differential d f of everything that is built from matrices, one law a kind.

d f is the part of f(W + dW) - f(W) that is linear in dW (Magnus and Neudecker, Matrix Differential Calculus, 1988). For
a number f it is tr(G^T dW), and G is the gradient: column by column in the shape of W. `D(f, dW)` stands for d f.
"""

from __future__ import annotations

import sympy

from gdsym.rules import mistakes, mistakes_matrix
from gdsym.rules.algebra import DEFINITION, PRODUCT, QUOTIENT, SUM
from gdsym.rules.entrywise import slope_of_letter
from gdsym.rules.function import FUNCTIONS, LOGISTIC
from gdsym.rules.indexed import SUM_OVER_INDEX
from gdsym.rules.laws import U, listed
from gdsym.rules.nonsmooth import NONSMOOTH
from gdsym.step import Move, Reason, Rule, Scope
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import ONE, TWO, ZERO, Add, D, Div, Fn, Mul, Neg, Node, Rel, Sym, mul, replace, times

DU = mat.Differential(U)
V = Sym(sympy.Symbol("v", real=True))  # the second factor of a law


def _constant(body: Node, scope: Scope) -> Move | None:
    """D A = 0 for a constant matrix or number A."""
    if scope.varies(body):
        return None
    return Move(CONSTANT, (), lambda: ZERO, ("constant rule: ", body, " is held constant"))


def _variable(body: Node, scope: Scope) -> Move | None:
    """D W in the direction dW is dW."""
    var = scope.var
    if not isinstance(var, mat.Differential) or body != var.of:
        return None
    return Move(IDENTITY, (), lambda: var, ("identity rule: the differential of ", body, " is ", var))


def _multiple(body: Node, scope: Scope) -> Move | None:
    """D (c U) = c d U for a constant number c, and d (s A) = ds A for a constant matrix A."""
    if isinstance(body, Neg):
        reason = ("constant multiple rule: the factor is ", Neg(ONE))
        return Move(MULTIPLE, (D(body.arg, scope.var),), lambda d: mat.scaled(Neg(ONE), d), reason)
    if isinstance(body, Div):
        return _quotient(body, scope)
    if not isinstance(body, Mul):
        return None
    held = [f for f in body.children if not scope.varies(f)]
    ahead, behind = [f for f in held if mat.is_number(f)], [f for f in held if not mat.is_number(f)]
    inner = mul(*(f for f in body.children if scope.varies(f)))
    if not held:
        return None
    return Move(MULTIPLE, (D(inner, scope.var),), lambda d: times(*ahead, d, *behind), _held(held))


def _quotient(body: Div, scope: Scope) -> Move | None:
    if scope.varies(body.den):
        return None
    factor = Div(ONE, body.den)
    return Move(MULTIPLE, (D(body.num, scope.var),), lambda d: times(factor, d), _held([factor]))


def _held(held: list[Node]) -> Reason:
    return ("constant multiple rule: ", *listed(held), " is constant" if len(held) == 1 else " are constant")


def _square(body: Node, scope: Scope) -> Move | None:
    """D (u^T u) = 2 u^T d u."""
    if not (isinstance(body, mat.MatMul) and len(body.children) == 2 and mat.is_number(body)):
        return None
    left, right = body.children
    if left != mat.transposed(right) or not scope.varies(right) or mat.is_number(right):
        return None
    return Move(
        MATRIX,
        (D(right, scope.var),),
        lambda d: mat.scaled(TWO, mat.matmul(left, d)),
        _law(mat.MatMul(mat.Transpose(U), U), Mul(TWO, mat.MatMul(mat.Transpose(U), DU)), right),
        where={U: right},
    )


def _law(what: Node, change: Node, inner: Node) -> Reason:
    """`matrix rule with u = ...: d[u^T u] = 2 u^T du`; a plain name stands for itself."""
    if isinstance(inner, mat.MatSym):
        what, change = (replace(part, {U: inner}) for part in (what, change))
        return ("matrix rule: ", D(what, mat.Differential(inner)), " = ", change)
    return ("matrix rule with ", U, " = ", inner, ": ", D(what, DU), " = ", change)


def _matmul(body: Node, scope: Scope) -> Move | None:
    """D (A U B) = A dU B for constant A, B; d (U V) = dU V + U dV."""
    if not isinstance(body, mat.MatMul):
        return None
    factors = body.children
    moving = [j for j, factor in enumerate(factors) if scope.varies(factor)]
    pending = tuple(D(factors[j], scope.var) for j in moving)

    def make(*values: Node) -> Node:
        pairs = zip(moving, values, strict=True)
        return mat.total(mat.matmul(*factors[:j], d, *factors[j + 1 :]) for j, d in pairs)

    if len(moving) == 1:
        held = [f for j, f in enumerate(factors) if j not in moving]
        return Move(MATRIX, pending, make, ("matrix rule: ", *listed(held), _stay(held)))
    if len(moving) == 2:
        law = Add(mat.MatMul(DU, V), mat.MatMul(U, mat.Differential(V)))
        return Move(MATRIX, pending, make, ("matrix rule, a product: ", D(mat.MatMul(U, V), DU), " = ", law))
    return Move(MATRIX, pending, make, ("matrix rule: one factor of the product at a time",))


def _stay(held: list[Node]) -> str:
    return f" {'is' if len(set(held)) == 1 else 'are'} held constant"


def _transpose(body: Node, scope: Scope) -> Move | None:
    """D (U^T) = (d U)^T."""
    if not isinstance(body, mat.Transpose):
        return None
    reason: Reason = ("matrix rule: ", D(mat.Transpose(U), DU), " = ", mat.Transpose(DU))
    return Move(MATRIX, (D(body.arg, scope.var),), mat.transposed, reason)


def _diagonal(body: Node, scope: Scope) -> Move | None:
    """D diag(u) = diag(d u)."""
    if not isinstance(body, mat.Diag):
        return None
    reason: Reason = ("matrix rule: ", D(mat.Diag(U), DU), " = ", mat.Diag(DU))
    return Move(MATRIX, (D(body.arg, scope.var),), mat.Diag, reason)


def _trace(body: Node, scope: Scope) -> Move | None:
    """D tr U = tr d U; d tr (U^T U) = 2 tr (U^T d U)."""
    if not isinstance(body, mat.Trace):
        return None
    inner = body.arg
    if isinstance(inner, mat.MatMul) and len(inner.children) == 2:
        left, right = inner.children
        if left == mat.transposed(right):
            return _frobenius(left, right, inner, scope)
    reason: Reason = ("matrix rule: ", D(mat.Trace(U), DU), " = ", mat.Trace(DU))
    return Move(MATRIX, (D(inner, scope.var),), mat.traced, reason)


def _frobenius(left: Node, right: Node, inner: Node, scope: Scope) -> Move:
    """D tr(U^T U) = 2 tr(U^T dU): the square of the Frobenius norm. tr(V V^T) is the same with U = V^T."""
    turned = isinstance(right, mat.Transpose)
    u, square = (left, mat.MatMul(U, mat.Transpose(U))) if turned else (right, mat.MatMul(mat.Transpose(U), U))
    return Move(
        MATRIX,
        (D(u, scope.var),),
        lambda d: mat.scaled(TWO, mat.traced(mat.matmul(mat.transposed(u), d))),
        _law(mat.Trace(square), Mul(TWO, mat.Trace(mat.MatMul(mat.Transpose(U), DU))), u),
        where={U: u},
    )


def _inverse(body: Node, scope: Scope) -> Move | None:
    """D U^-1 = - U^-1 dU U^-1, where U can be inverted."""
    if not isinstance(body, mat.Inverse):
        return None
    law = Neg(mat.MatMul(mat.Inverse(U), DU, mat.Inverse(U)))
    return Move(
        MATRIX,
        (D(body.arg, scope.var),),
        lambda d: mat.scaled(Neg(ONE), mat.matmul(body, d, body)),
        _law(mat.Inverse(U), law, body.arg),
        where={U: body.arg},
        given=Rel("!=", mat.Det(body.arg), ZERO),
    )


def _determinant(body: Node, scope: Scope) -> Move | None:
    """D det U = det U tr(U^-1 dU); d log det U = tr(U^-1 dU), det U > 0."""
    log = isinstance(body, Fn) and body.func is sympy.log and isinstance(body.children[0], mat.Det)
    det = body.children[0] if log else body
    if not isinstance(det, mat.Det):
        return None
    matrix = det.arg
    law = mat.Trace(mat.MatMul(mat.Inverse(U), DU))

    def make(value: Node) -> Node:
        change = mat.traced(mat.matmul(mat.inverted(matrix), value))
        return change if log else times(det, change)

    what: Node = Fn(sympy.log, mat.Det(U)) if log else mat.Det(U)
    return Move(
        MATRIX,
        (D(matrix, scope.var),),
        make,
        _law(what, law if log else Mul(mat.Det(U), law), matrix),
        where={U: matrix},
        given=Rel(">" if log else "!=", det, ZERO),
    )


def _hadamard(body: Node, scope: Scope) -> Move | None:
    """D (U o V) = dU o V + U o dV."""
    if not isinstance(body, mat.Hadamard):
        return None
    factors = body.children
    moving = [j for j, factor in enumerate(factors) if scope.varies(factor)]

    def make(*values: Node) -> Node:
        pairs = zip(moving, values, strict=True)
        return mat.total(mat.hadamard(*factors[:j], d, *factors[j + 1 :]) for j, d in pairs)

    return Move(
        MATRIX,
        tuple(D(factors[j], scope.var) for j in moving),
        make,
        ("matrix rule: one factor at a time, entry by entry",),
    )


def _apply(body: Node, scope: Scope) -> Move | None:
    """D g(U) = g'(U) o dU, for g applied to every entry."""
    if not isinstance(body, mat.Apply) or not scope.varies(body.arg):
        return None
    slope, note = slope_of_letter(body.body, body.letter)
    varying = body.letter in slope.free
    return Move(
        MATRIX,
        (D(body.arg, scope.var),),
        lambda d: mat.hadamard(mat.applied(body.letter, slope, body.arg), d) if varying else times(slope, d),
        ("matrix rule: chain rule entry by entry, ", D(body.body, body.letter), " = ", slope),
        note=note,
    )


CONSTANT = Rule("constant rule", None, _constant)
IDENTITY = Rule("identity rule", None, _variable)
MULTIPLE = Rule("constant multiple rule", None, _multiple, mistakes.CONSTANT_MULTIPLE)
MATRIX = Rule("matrix rule", slips=mistakes_matrix.MATRIX)


def _rule(apply: object) -> Rule:
    return Rule("matrix rule", None, apply)  # type: ignore[arg-type]


MATRICES = tuple(
    map(_rule, (_square, _matmul, _transpose, _diagonal, _trace, _inverse, _determinant, _hadamard, _apply))
)
DIFFERENTIALS: tuple[Rule, ...] = (
    DEFINITION, CONSTANT, IDENTITY, SUM, MULTIPLE, *MATRICES, SUM_OVER_INDEX, LOGISTIC, PRODUCT, QUOTIENT, *NONSMOOTH,
    *FUNCTIONS,
)  # fmt: skip
__all__ = ["DIFFERENTIALS", "MATRIX"]
