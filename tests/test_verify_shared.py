"""What both sides of a claim share may be any number: never a reason to accept what is wrong, nor to refuse what is right."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, IndexedBase, KroneckerDelta, Max, Piecewise, Sum, symbols
from sympy import Derivative as D

import gdsym as gd
from gdsym.verify import agree
from gdsym.verify.matrices import agree as agree_by_name
from gdsym.verify.shared import generalised
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Add, Base, Mul, Node, distinct
from gdsym.written.nodes import Indexed as Entry
from gdsym.written.nodes import Sum as Summed

i, j, k, l, m, n, p, q, h = symbols("i j k l m n p q h", integer=True, positive=True)
U, W, x, b, c = map(IndexedBase, "UWxbc")
INNER = Max(0, Sum(W[k, l] * x[i, l], (l, 1, n)) + b[k])
SCORE = Sum(U[j, k] * INNER, (k, 1, h)) + c[j]


def sums(node: Node) -> int:
    return sum(isinstance(part, Summed) for part in distinct(node))


def claim(lhs: Any, rhs: Any) -> tuple[Node, Node]:
    return from_sympy(lhs), from_sympy(rhs)


def test_a_shared_sum_stands_for_an_entry_of_any_array() -> None:
    r = symbols("r", integer=True)
    lhs, rhs = claim(Sum(KroneckerDelta(k, r) * INNER, (k, 1, h)), INNER.subs(k, r))
    general = generalised(lhs, rhs, {})
    assert general is not None
    assert [sums(side) for side in general] == [1, 0]
    assert isinstance(general[1], Entry) and isinstance(general[1].base, Base)
    assert agree_by_name(lhs, rhs, given=(r >= 1) & (r <= h)).verdict == "holds where"


def test_what_is_derived_by_stays() -> None:
    lhs, rhs = claim(D(Max(0, SCORE), W[p, q]), D(SCORE, W[p, q]) * Piecewise((1, SCORE > 0), (0, True)))
    assert generalised(lhs, rhs, {}) is None
    lhs, rhs = claim(D(Max(0, SCORE), U[p, q]), D(SCORE, U[p, q]) * Piecewise((1, SCORE > 0), (0, True)))
    general = generalised(lhs, rhs, {})
    assert general is not None
    assert all(W not in {base.base for base in side.free if isinstance(base, Base)} for side in general)


def test_named_parts_stay() -> None:
    e = IndexedBase("e")
    lhs, rhs = claim(Abs(Sum(e[k], (k, 1, n))), Max(Sum(e[k], (k, 1, n)), -Sum(e[k], (k, 1, n))))
    where = {from_sympy(e[k]): from_sympy(b[k] ** 2)}
    assert generalised(lhs, rhs, {}) is not None
    assert generalised(lhs, rhs, where) is None
    assert agree(lhs, from_sympy(Sum(e[k], (k, 1, n))), where=where)  # a sum of squares
    assert not agree(lhs, from_sympy(Sum(e[k], (k, 1, n))))


S = Sum(x[l] ** 2, (l, 1, n))
SQUARED = Sum(x[l] * x[l], (l, 1, n))


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (Abs(SQUARED), SQUARED),  # not of any number, but of this one
        (Max(0, SQUARED), SQUARED + 0 * Abs(x[1])),
        (Max(Sum(x[l], (l, 1, m)), Sum(x[l], (l, 1, m)) + SQUARED), Sum(x[l], (l, 1, m)) + SQUARED),
    ],
)
def test_what_holds_for_these_sums_alone_is_accepted_all_the_same(lhs: Any, rhs: Any) -> None:
    assert agree(*claim(lhs, rhs))


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (Abs(Sum(x[l], (l, 1, n))), Sum(x[l], (l, 1, n))),
        (Sum(KroneckerDelta(k, p) * INNER, (k, 1, h)), INNER.subs(k, p)),  # p may be beyond h
        (Sum(Max(0, SCORE), (j, 1, m)), m * Max(0, SCORE.subs(j, 1))),
        (D(Max(0, SCORE), c[p]), KroneckerDelta(j, p) * Piecewise((1, SCORE < 0), (0, True))),
    ],
)
def test_wrong_claims_are_refuted(lhs: Any, rhs: Any) -> None:
    assert agree(*claim(lhs, rhs), room=False).verdict == "refuted"


@pytest.mark.slow
def test_two_layers_are_derived_by_all_their_weights() -> None:
    cost = gd.Cost(Sum(Max(0, SCORE), (j, 1, q), (i, 1, m)), [U, W, b, c])
    for derivation in cost.gradient():
        assert all(step.check for step in derivation.steps) and derivation.check


def test_the_order_of_terms_in_comparisons_is_proved() -> None:
    y, z = symbols("y z", real=True)
    lhs, rhs = claim(Piecewise((y * z, y + z > 1), (0, True)), Piecewise((z * y, z + y > 1), (0, True)))
    assert agree(lhs, rhs).verdict == "proved"
    lhs, rhs = claim(Piecewise((y * z, y - z > 1), (0, True)), Piecewise((z * y, z - y > 1), (0, True)))
    assert agree(lhs, rhs).verdict == "refuted"


def test_terms_0_and_factors_1_are_nothing() -> None:
    y, z = symbols("y z", real=True)
    pieces = from_sympy(Piecewise((y * z, y + z > 1), (0, True)))
    one, zero = from_sympy(1 + 0 * y), from_sympy(0 * y)
    for more in (Add(pieces, zero), Add(zero, pieces), Mul(one, pieces), Add(Mul(one, pieces), zero, zero)):
        assert agree(more, pieces).verdict == agree(pieces, more).verdict == "proved"
    for other in (Add(pieces, one), Mul(zero, pieces), Add(Mul(pieces, one), pieces)):
        assert agree(other, pieces).verdict == "refuted"


@pytest.mark.parametrize(
    "inner",
    [Sum(x[j], (j, 1, i)), Sum(i * x[j], (j, 1, n)), Sum(x[j], (j, i, n))],
    ids=["a bound", "a factor", "the lower bound"],
)
@pytest.mark.parametrize("piece", [lambda u: Max(0, u), Abs], ids=["Max", "Abs"])
def test_a_letter_that_runs_around_a_shared_sum_is_one_of_its_indices(inner: Any, piece: Any) -> None:
    """Sum_i s_i y_i is not (mean of s) sum_i y_i: s_i is no constant, wherever the i stands."""
    y = IndexedBase("y")
    left = Sum(piece(inner) * y[i], (i, 1, n))
    wrong = Sum(piece(inner), (i, 1, n)) / n * Sum(y[i], (i, 1, n))
    assert agree_by_name(*claim(left, wrong)).verdict == "refuted"
    assert agree_by_name(*claim(left, Sum(y[i] * piece(inner), (i, 1, n))))
