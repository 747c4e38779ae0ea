"""SymPy's matrix expressions <-> the written form. Shapes are checked on the way in: SymPy multiplies m x n by m x n."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import sympy
from sympy.matrices.expressions.dotproduct import DotProduct
from sympy.matrices.expressions.matexpr import MatrixElement

from gdsym.errors import Unsupported
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.order import ordered_factors, sorted_by_class
from gdsym.written.wholes import Inverted, OfMatrix

KINDS = (sympy.MatrixExpr, sympy.Trace, sympy.Determinant, DotProduct, MatrixElement, sympy.MatrixBase)
LARGEST_POWER = 8
Value = Callable[[n.Node], Any]


def from_matrix(w: Any, e: Any) -> n.Node:
    """A matrix expression as it stands on paper; `w` is the Writer of the whole formula."""
    for kind, convert in FROM:
        if isinstance(e, kind):
            return convert(w, e)
    from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction  # loaded if there is one

    if isinstance(e, ElementwiseApplyFunction):
        return _apply(w, e)
    raise Unsupported(
        f"{sympy.sstr(e)[:120]} ({type(e).__name__}) is a kind of matrix that gdsym does not derive. Known: sums, products, "
        "T, I, Trace, Determinant, HadamardProduct, applyfunc, Identity, OneMatrix, ZeroMatrix. Index form always works: "
        "Sum(X[i, j]*w[j], (j, 1, n))."
    )


def _symbol(w: Any, e: Any) -> n.Node:
    return mat.MatSym(e, *w.all(e.shape))


def _constant(kind: type[n.Node]) -> Callable[[Any, Any], n.Node]:
    return lambda w, e: kind(*w.all(e.shape))


def _transpose(w: Any, e: Any) -> n.Node:
    return mat.transposed(w.write(e.arg))


def _inverse(w: Any, e: Any) -> n.Node:
    base = e.args[0]
    if isinstance(base, sympy.Transpose):  # SymPy writes (W^T)^-1 for W.I.T
        return mat.Transpose(_inverse_of(w, base.arg))
    return _inverse_of(w, base)


def _inverse_of(w: Any, base: Any) -> n.Node:
    node = w.write(base)
    if mat.is_number(node):
        return n.Div(n.ONE, node)
    _same(mat.shape(node), e=base, why="an inverse needs a square matrix")
    return mat.Inverse(node)


def _power(w: Any, e: Any) -> n.Node:
    base, exponent = e.args
    node = w.write(base)
    if mat.is_number(node):
        whole = exponent.is_Rational and exponent.p == 1 and exponent.q > 1
        return n.Root(node, n.Num(int(exponent.q))) if whole else n.Pow(node, w.write(exponent))
    _same(mat.shape(node), e=base, why="a power needs a square matrix")
    if not exponent.is_Integer or not 0 < abs(exponent) <= LARGEST_POWER:
        raise Unsupported(f"{sympy.sstr(e)[:120]}: powers of matrices are whole numbers up to {LARGEST_POWER}.")
    factor = node if exponent > 0 else mat.Inverse(node)
    return mat.matmul(*[factor] * int(abs(exponent)))


def _same(shape: mat.Shape | None, e: Any, why: str) -> None:
    if shape is not None and shape[0] != shape[1]:
        raise Unsupported(f"{sympy.sstr(e)[:120]} is {said(shape)}: {why}.")


def said(shape: mat.Shape | None) -> str:
    """`m x n`"""
    return "a number" if shape is None else " x ".join(str(size.to_sympy()) for size in shape)


def _product(w: Any, e: Any) -> n.Node:
    number, matrices = e.as_coeff_matrices()
    factors = w.all(matrices)
    for left, right, before, after in zip(factors, factors[1:], matrices, matrices[1:], strict=False):
        _fit(mat.shape(left), mat.shape(right), before, after)
    return multiple(w.write(number), mat.matmul(*factors))


def _fit(left: mat.Shape | None, right: mat.Shape | None, before: Any, after: Any) -> None:
    if left is not None and right is not None and left[1] != right[0]:
        raise Unsupported(
            f"{sympy.sstr(before)[:80]} is {said(left)} and {sympy.sstr(after)[:80]} is {said(right)}: their product needs "
            f"{left[1].to_sympy()} = {right[0].to_sympy()}. Transpose one (.T), or give both sizes one symbol."
        )


def multiple(number: n.Node, matrix: n.Node) -> n.Node:
    """C A, with the minus of both in front."""
    negative = isinstance(number, n.Neg) != isinstance(matrix, n.Neg)
    number, matrix = (part.arg if isinstance(part, n.Neg) else part for part in (number, matrix))
    node = matrix if n.is_num(number, 1) else n.times(number, matrix)
    return n.Neg(node) if negative else node


def _sum(w: Any, e: Any) -> n.Node:
    """SymPy writes (A + B)^T as A^T + B^T; people don't."""
    across = e if tuple(e.shape) == (1, 1) else sympy.Transpose(e).doit()
    if _transposes(across) < _transposes(e):
        return mat.Transpose(w.write(across))
    terms = w.all(e.args)
    first = mat.shape(terms[0])
    for term, part in zip(terms, e.args, strict=True):
        if mat.shape(term) != first:
            raise Unsupported(
                f"{sympy.sstr(e)[:160]} adds {sympy.sstr(part)[:80]}, which is {said(mat.shape(term))}, to a matrix that is "
                f"{said(first)}. Only matrices of one shape add up."
            )
    return n.Add(*sorted_by_class(terms, w.params))


def _transposes(e: Any) -> int:
    return sum(isinstance(part, sympy.Transpose) for part in sympy.preorder_traversal(e))


def _hadamard(w: Any, e: Any) -> n.Node:
    return mat.Hadamard(*ordered_factors(w.all(e.args), w.params))


def _hadamard_power(w: Any, e: Any) -> n.Node:
    t = n.Sym(sympy.Symbol("t", real=True))
    return mat.Apply(t, w.write(t.symbol**e.exp), w.write(e.base))


def _apply(w: Any, e: Any) -> n.Node:
    (letter,) = e.function.variables
    t = sympy.Symbol("t", real=True)
    return mat.Apply(n.Sym(t), w.write(e.function.expr.subs(letter, t)), w.write(e.expr))


def _trace(w: Any, e: Any) -> n.Node:
    node = w.write(e.arg)
    if mat.is_number(node):  # SymPy needs a trace there to mix numbers and 1 x 1 matrices; people don't
        return node
    _same(mat.shape(node), e=e.arg, why="a trace needs a square matrix")
    return _number_in_front(mat.Trace, node)


def _number_in_front(kind: type[n.Node], node: n.Node) -> n.Node:
    if isinstance(node, n.Neg):
        return n.Neg(_number_in_front(kind, node.arg))
    if isinstance(node, n.Mul) and not mat.is_number(node):
        front = [f for f in node.children if mat.is_number(f)]
        large = [f for f in node.children if not mat.is_number(f)]
        return n.times(*front, kind(*large)) if len(large) == 1 else kind(node)
    return kind(node)


def _determinant(w: Any, e: Any) -> n.Node:
    node = w.write(e.arg)
    _same(mat.shape(node), e=e.arg, why="a determinant needs a square matrix")
    return mat.Det(node)


def _dot(w: Any, e: Any) -> n.Node:
    left, right = (w.write(a) for a in e.args)
    left = left if mat.is_row(left) else mat.transposed(left)
    right = right if mat.is_column(right) else mat.transposed(right)
    return mat.matmul(left, right)


def _element(w: Any, e: Any) -> n.Node:
    if tuple(e.parent.shape) == (1, 1) and not isinstance(e.parent, sympy.MatrixSymbol):
        return w.write(e.parent)
    if isinstance(e.parent, sympy.MatrixSymbol):
        matrix = w.write(e.parent)
        assert isinstance(matrix, mat.MatSym)
        return n.Indexed(mat.Elements(matrix), *w.all(e.indices))
    raise Unsupported(
        f"{sympy.sstr(e)[:100]} is one entry of {sympy.sstr(e.parent)[:60]}, which has no formula for its entries. "
        "Give entries of MatrixSymbols, or a number made of the matrix: (u.T*A*v)[0, 0] is written Trace(u.T*A*v)."
    )


FROM: tuple[tuple[Any, Callable[[Any, Any], n.Node]], ...] = (
    (sympy.MatrixSymbol, _symbol),
    (sympy.Identity, lambda w, e: mat.Ident(w.write(e.shape[0]))),
    (sympy.OneMatrix, _constant(mat.Ones)),
    (sympy.ZeroMatrix, _constant(mat.Zeros)),
    (sympy.Transpose, _transpose),
    (sympy.Inverse, _inverse),
    (sympy.MatPow, _power),
    (sympy.MatMul, _product),
    (sympy.MatAdd, _sum),
    (sympy.HadamardProduct, _hadamard),
    (sympy.HadamardPower, _hadamard_power),
    (sympy.DiagMatrix, lambda w, e: mat.Diag(w.write(e.args[0]))),
    (sympy.Trace, _trace),
    (sympy.Determinant, _determinant),
    (DotProduct, _dot),
    (MatrixElement, _element),
)


def _is_matrix(value: Any) -> bool:
    return isinstance(value, sympy.MatrixExpr)


def number(value: Any) -> Any:
    """The number that a 1 x 1 matrix is: its trace."""
    return sympy.Trace(value) if _is_matrix(value) and tuple(value.shape) == (1, 1) else value


def total(parts: list[Any]) -> Any:
    """The sum, of matrices or of numbers."""
    if not any(map(_is_matrix, parts)):
        return sympy.Add(*parts)
    parts = [p for p in parts if p != 0]
    if not all(map(_is_matrix, parts)):
        return sympy.Add(*map(number, parts))
    return reduce(operator.add, parts)


def product(parts: list[Any]) -> Any:
    """The product of numbers and at most one larger matrix; a single 1 x 1 matrix stays one."""
    found = [p for p in parts if _is_matrix(p)]
    if not found:
        return sympy.Mul(*parts)
    large = next((p for p in found if tuple(p.shape) != (1, 1)), found[-1])
    return sympy.Mul(*(number(p) for p in parts if p is not large)) * large


def _applied(node: mat.Apply, value: Value) -> Any:
    body = node.body
    if isinstance(body, n.Pow) and body.base == node.letter and node.letter not in body.exponent.free:
        return sympy.HadamardPower(value(node.arg), value(body.exponent))
    return value(node.arg).applyfunc(sympy.Lambda(node.letter.symbol, number(value(node.body))))


def _of_matrix(node: OfMatrix, value: Value) -> Any:
    det = sympy.Determinant(value(node.matrix))
    return {"det": det, "sign_det": sympy.sign(det), "logdet": sympy.log(det), "logabsdet": sympy.log(sympy.Abs(det))}[
        node.word
    ]


def _differential(node: mat.Differential, value: Value) -> Any:
    name = f"d{node.of.name}"
    if isinstance(node.of, mat.MatSym):
        return sympy.MatrixSymbol(name, *node.of.matrix.shape)
    return sympy.Symbol(name, real=True)


def derivative(node: n.D, value: Value) -> Any:
    """A pending derivative; SymPy evaluates one by a matrix, so that one is a MatrixSymbol that says so."""
    body, var = value(node.body), value(node.var)
    if not _is_matrix(var) and not _is_matrix(body):
        return sympy.Derivative(body, var)
    name = f"D({sympy.sstr(body)}, {sympy.sstr(var)})"
    sizes = mat.shape(node) or mat.SCALAR
    return sympy.MatrixSymbol(name, *(value(size) for size in sizes))


TO: dict[type[n.Node], Callable[[Any, Value], Any]] = {
    mat.MatSym: lambda node, value: node.matrix,
    mat.Entries: lambda node, value: node.base,
    mat.Elements: lambda node, value: node.matrix.matrix,
    mat.Ident: lambda node, value: sympy.Identity(value(node.children[0])),
    mat.Ones: lambda node, value: sympy.OneMatrix(*map(value, node.children)),
    mat.Zeros: lambda node, value: sympy.ZeroMatrix(*map(value, node.children)),
    mat.Differential: _differential,
    mat.MatMul: lambda node, value: reduce(operator.mul, map(value, node.children)),
    mat.Transpose: lambda node, value: sympy.transpose(value(node.arg)),
    mat.Inverse: lambda node, value: value(node.arg).inverse(),
    mat.Hadamard: lambda node, value: sympy.hadamard_product(*map(value, node.children)),
    mat.Trace: lambda node, value: sympy.Trace(value(node.arg)),
    mat.Det: lambda node, value: sympy.Determinant(value(node.arg)),
    mat.Diag: lambda node, value: sympy.DiagMatrix(value(node.arg)),
    mat.Apply: _applied,
    Inverted: lambda node, value: node.base,
    OfMatrix: _of_matrix,
}
