"""Claims about matrices are proved entry by entry for every shape, and only those that hold at each shape that is written out."""

from __future__ import annotations

import random

import pytest
import sympy as sp

import gdsym as gd
from gdsym.verify import agree
from gdsym.verify.any_shape import in_entries
from gdsym.verify.by_entries import _at
from gdsym.verify.evidence import Unknown
from gdsym.verify.expand import choices
from gdsym.verify.judge import proof
from gdsym.written import matrix_algebra as mat
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import TRUE, Add, D, Mul, Neg, Node, Num, Rel

m, n, p = sp.symbols("m n p", integer=True, positive=True)
X, W, Y = sp.MatrixSymbol("X", m, n), sp.MatrixSymbol("W", n, p), sp.MatrixSymbol("Y", m, p)
w, y, v = sp.MatrixSymbol("w", n, 1), sp.MatrixSymbol("y", m, 1), sp.MatrixSymbol("v", n, 1)
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
t = sp.Symbol("t")
softplus = sp.Lambda(t, sp.log(1 + sp.exp(t)))
COSTS = {
    "least squares": ((X * w - y).T * (X * w - y) / (2 * m), w),
    "its matrix of data": ((X * w - y).T * (X * w - y), X),
    "several outputs": (sp.Trace((X * W - Y).T * (X * W - Y)) + sp.Trace(W.T * W), W),
    "a quadratic form": (w.T * A * w, w),
    "a cube": (sp.Trace(A**3), A),
    "a product with its transpose": (sp.Trace(A.T * A * B), A),
    "entry by entry": (sp.OneMatrix(1, m) * (X * w).applyfunc(softplus), w),
    "products entry by entry": (sp.Trace(sp.HadamardProduct(A, B).T * A), A),
    "three rows": (sp.MatrixSymbol("u", 3, 1).T * sp.MatrixSymbol("u", 3, 1), sp.MatrixSymbol("u", 3, 1)),
}


@pytest.mark.parametrize("name", COSTS)
def test_matrix_steps_are_proved_for_every_shape(name: str) -> None:
    cost, by = COSTS[name]
    d = gd.derive(cost, by)
    assert {s.check.verdict for s in d.steps} == {"proved"}
    assert all(s.check.kind.startswith("entry by entry at every shape") for s in d.steps)
    assert "all proved; entry by entry at every shape" in str(d)


def test_inverses_are_written_out() -> None:
    d = gd.derive(sp.Trace(A.inv() * B), A)
    assert all(s.check.kind.startswith("entry by entry at 3 shapes") for s in d.steps)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sp.Trace(A * B), sp.Trace(A.T * B)),
        (A * B, B * A),
        (w.T * A * v, v.T * A * w),
        (sp.Trace(A * A.T), sp.Trace(A * A)),
        (A.T * w, A * w),
        (sp.Identity(n) * sp.Trace(A), A),
    ],
)
def test_what_holds_of_numbers_alone_is_refuted(left: sp.MatrixExpr, right: sp.MatrixExpr) -> None:
    """At one row and column each of these holds."""
    one, other = from_sympy(left), from_sympy(right)
    assert proof(*in_entries(one, other)) is None
    assert agree(one, other).verdict == "refuted"


def test_the_inverse_of_a_number_is_written_out() -> None:
    """A 1 x 1 matrix below a bar has no sums for its entry: it was looked for without end."""
    below = mat.Inverse(from_sympy(v.T * v))
    with pytest.raises(Unknown):
        in_entries(below, Num(1))
    assert agree(below, Num(1)).verdict == "refuted"


def test_shapes_that_differ_are_no_claim() -> None:
    with pytest.raises(Unknown):
        in_entries(from_sympy(X * w), from_sympy(w))
    assert agree(from_sympy(X * w), from_sympy(w)).verdict == "refuted"


NAMES = tuple(map(from_sympy, (A, B)))
COLUMN = from_sympy(v)
ONE_BY_ONE = mat.matmul(mat.transposed(from_sympy(w)), COLUMN)


def test_a_number_that_is_a_product_has_one_entry() -> None:
    """The entry of w'v at the place of the matrix behind it is none."""
    turned = mat.transposed(ONE_BY_ONE)
    assert proof(*in_entries(Mul(ONE_BY_ONE, NAMES[0]), Mul(turned, NAMES[0])))
    assert proof(*in_entries(Mul(ONE_BY_ONE, COLUMN), mat.MatMul(COLUMN, ONE_BY_ONE)))


@pytest.mark.parametrize(
    "node",
    [
        mat.Det(NAMES[0]),
        Rel("==", *NAMES),
        mat.Hadamard(NAMES[0], COLUMN),
        Add(NAMES[0], ONE_BY_ONE),
        mat.Diag(NAMES[0]),
    ],
)
def test_no_entry_stands_for_a_matrix(node: Node) -> None:
    """A = B is not that their first entries are equal."""
    with pytest.raises(Unknown):
        in_entries(node, node)


def _matrix(r: random.Random, depth: int) -> Node:
    """A random n x n matrix."""
    if depth == 0:
        return r.choice((*NAMES, *NAMES, mat.Ident(from_sympy(n)), mat.Diag(COLUMN)))
    one, other = _matrix(r, depth - 1), _matrix(r, r.randrange(depth))
    return r.choice(
        (
            lambda: mat.matmul(one, other),
            lambda: mat.matmul(one, other),
            lambda: mat.transposed(one),
            lambda: Add(one, other),
            lambda: mat.hadamard(one, other),
            lambda: mat.scaled(mat.Trace(other), one),
        )
    )()


def _rewritten(r: random.Random, node: Node) -> Node:
    """The matrix by laws of algebra, some of which hold of few matrices."""
    if isinstance(node, mat.MatMul) and r.random() < 0.5:
        first, *rest = node.children
        return (
            mat.transposed(mat.matmul(*(mat.transposed(f) for f in reversed(node.children))))
            if r.random() < 0.7
            else mat.matmul(*rest, first)
        )
    if isinstance(node, Add) and r.random() < 0.5:
        return Add(*reversed(node.children))
    if isinstance(node, mat.Transpose) and r.random() < 0.2:
        return node.arg
    return (
        node.with_children(tuple(_rewritten(r, c) for c in node.children))
        if isinstance(node, (Add, mat.MatMul, mat.Hadamard, mat.Transpose))
        else node
    )


def test_random_matrices_that_are_proved_equal_are_equal_at_each_shape() -> None:
    r = random.Random(3)
    proved = tried = 0
    for _ in range(80):
        one, other = (_matrix(r, r.choice((1, 2))) for _ in range(2))
        dA = mat.Differential(NAMES[0])
        claims = (
            (one, _rewritten(r, one)),
            (mat.Trace(mat.MatMul(one, other)), mat.Trace(mat.MatMul(other, _rewritten(r, one)))),
            (
                D(mat.Trace(mat.MatMul(one, other)), dA),
                Add(mat.Trace(mat.MatMul(D(one, dA), other)), mat.Trace(mat.MatMul(D(other, dA), one))),
            ),
            (
                mat.MatMul(one, COLUMN),
                mat.Transpose(mat.MatMul(mat.Transpose(COLUMN), mat.Transpose(_rewritten(r, one)))),
            ),
            (
                mat.matmul(Add(one, other), NAMES[1]),
                Add(mat.matmul(one, NAMES[1]), mat.matmul(_rewritten(r, other), NAMES[1])),
            ),
            (Mul(Num(2), one), Add(_rewritten(r, one), Neg(Neg(one)))),
        )
        for left, right in claims:
            tried += 1
            try:
                found = proof(*in_entries(left, right))
            except Unknown:
                continue
            if found:
                proved += 1
                assert all(_at(sizes, left, right, TRUE, {}, 0) for sizes in choices((left, right))), (left, right)
    assert tried // 2 < proved < tried
