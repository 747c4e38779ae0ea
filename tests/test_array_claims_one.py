"""Whole arrays in claims: axes of one entry, and factors that would be other ones for other entries."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import IndexedBase, KroneckerDelta, MatrixSymbol, Sum, symbols

import gdsym as gd

i, j, k, l = symbols("i j k l", integer=True)
m, n = symbols("m n", integer=True, positive=True)
Q, w, x = map(IndexedBase, ("Q", "w", "x"))
slope = symbols("slope")


def test_slices_that_leave_one_entry_are_one_entry() -> None:
    """x[1:] of two numbers is the second one, repeated where it meets a longer array, as NumPy does."""
    squares = Sum(x[i] ** 2, (i, 1, 2))
    for claim in ("2*x + x[1:] - x[1:]", "2*x + x[:-1]*x[1:] - x[1:]*x[:-1]", "x*x[1:]/x[1:] + x"):
        assert gd.check(squares, x[k], claim).ok
    assert gd.check(Sum(x[i] ** 2, (i, 0, 1)), x[k], "2*x + x[1:] - x[1:]").ok
    F = MatrixSymbol("F", 2, 3)
    assert gd.check(sp.Trace(F * F.T), F, "2*F + F[:-1] - F[:-1]").ok
    wrong = gd.check(squares, x[k], "2*x + x[1:] - x[:-1]")
    assert not wrong.ok and "stand in the claim" not in wrong.message
    at = wrong.counterexample
    assert at is not None and at[x[1]] != at[x[2]]


def test_which_entry_a_slice_leaves_is_seen() -> None:
    product = x[1] * x[2]
    for index in (1, 2):
        assert gd.check(product, x[index], "x[1:]*x[:-1]/x").ok
        assert gd.check(product, x[index], "x[1:] + x[:-1] - x").ok
        assert gd.check(product, x[index], "x[1:] + 0*x").ok == (index == 1)
    assert gd.check(slope**2 * product, slope, "2*slope*(x[1:]*x[:-1]).ravel()").ok


def test_axes_of_one_entry_may_be_counted_from_0() -> None:
    """Elements of a product, [0, 0], count from 0; a new axis counts from 1."""
    A, c, t = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
    rest = A * c - t
    for cost in ((rest.T * rest)[0, 0] / (2 * m), sp.Trace(rest.T * rest) / (2 * m)):
        for claim in ("np.sum(X*(X@w-y),axis=0,keepdims=True).T/m", "X.T@(X@w-y)/m", "((X@w-y)*X).mean(axis=0).reshape(-1, 1)", "((X@w-y).ravel()@X)[:, None]/m", "X.T@((X@w).sum(axis=1,keepdims=True)-y)/m", "np.einsum('ij,ik,ik->jk', X, X@w-y, np.ones_like(y.sum(axis=1,keepdims=True)))/m"):  # fmt: skip
            assert gd.check(cost, c, claim).ok, claim
        assert gd.check(cost, c, "X.T@(X@w)/m").counterexample
        assert "an array of length n, but" in gd.check(cost, c, "(X.T@(X@w-y)).ravel()/m").message


def test_an_array_of_which_one_later_entry_is_used_is_not_repeated() -> None:
    with pytest.raises(gd.ReadError, match="do not fit"):
        gd.check(Sum((w[j] - x[2]) ** 2, (j, 1, n)), w[k], "2*(w - x)")


def test_ones_are_no_multiple_of_the_identity() -> None:
    """The derivative of a trace is 0 where the indices differ: 1/delta_kl is no factor."""
    A = MatrixSymbol("A", n, n)
    for claim in ("np.ones_like(A)", "A*0+1"):
        verdict = gd.check(sp.Trace(A), A, claim)
        assert not verdict.ok and verdict.factor is None and verdict.message.endswith("yours 1, the derivative 0.")


def test_no_factor_holds_the_index_of_the_entry() -> None:
    assert gd.check(Sum(Q[i, i], (i, 1, n)), Q[k, l], 1).factor is None
    assert gd.check(Sum(Q[i, i], (i, 1, n)), Q[k, l], 3 * KroneckerDelta(k, l)).factor == 3
    weighted = gd.check(Sum(i * x[i] ** 2, (i, 1, n)), x[k], 2 * x[k])
    assert weighted.factor is None and weighted.counterexample and weighted.slip
    assert gd.check(Sum(x[i] ** 2, (i, 1, n)) / n, x[n], 2 * x[n]).factor == n


def test_letters_of_a_plain_formula_are_no_learning_rate() -> None:
    """b^2 of a plain formula is said as a factor; numbers, counts and what scales a cost can go into the rate."""
    rate = "a learning rate can absorb it"
    a, b, z = symbols("a b z")
    plain = gd.check("a*x/b", "x", "a*b")
    assert (
        plain.factor == b**2
        and plain.message == "x: right up to the factor b². The derivative is 1/b² times the claim."
    )
    assert rate in gd.check("x**2", "x", "x").message and rate in gd.check(z**2 / m, z, 2 * z).message
    assert rate in gd.check(Sum((z - x[i]) ** 2, (i, 1, m)) / m, z, Sum(2 * (z - x[i]), (i, 1, m))).message
    assert rate in gd.Cost(a * z**2, [z]).check({z: 2 * z}).message


def test_matrices_are_compared_with_arrays_that_begin_at_0() -> None:
    """The claim's matrices count from 1 in index form, elements and sums from 0 count from 0: the same entries."""
    A, c, t = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1)
    cost = ((A * c - t).T * (A * c - t))[0, 0] / (2 * m)
    assert gd.check(cost, c, A.T * (A * c - t) / m).ok
    assert gd.check(cost, c, A.T * (A * c - t)).factor == m
    assert gd.check(cost, c, A.T * (A * c + t) / m).counterexample
    B, table = MatrixSymbol("B", n, n), MatrixSymbol("F", 2, 3)
    squares = Sum(B[i, j] ** 2, (i, 0, n - 1), (j, 0, n - 1))
    assert gd.check(squares, B, 2 * B).ok and not gd.check(squares, B, 2 * B.T).ok
    assert gd.check(Sum(table[i, j] ** 2, (i, 0, 1), (j, 0, 2)), table, 2 * table).ok
    inner = Sum(Q[i, j] * w[j], (j, 0, n - 1))
    design = MatrixSymbol("Q", m, n)
    assert gd.check(Sum(inner**2, (i, 0, m - 1)), w, 2 * design.T * design * c).ok
    assert "B[k, l] is n x n" in gd.check(squares, B, table).message
