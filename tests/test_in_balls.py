"""Where code and literal sums disagree, balls say which of them has lost its digits, or that floats cannot hold the terms."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf
from sympy import IndexedBase, Rational, Sum, exp, legendre, symbols

import gdsym as gd
from gdsym.arrays.check import sound_points
from gdsym.arrays.in_balls import true_outputs

u, a, b = symbols("u a b")
i, j, m = symbols("i j m", integer=True, positive=True)
w, x, X = map(IndexedBase, "wxX")


def test_code_may_be_right_where_the_literal_sum_is_not() -> None:
    """It was refused as a bug: the sum of the reference cancels, SciPy's function does not."""
    value, slopes = gd.Cost("gegenbauer(30, 3/2, u)", "u").compile().value_and_gradient({"u": 0.3})
    with mp.workdps(40):
        right = mp.gegenbauer(30, mpf(3) / 2, mpf(0.3)), mp.diff(lambda t: mp.gegenbauer(30, mpf(3) / 2, t), mpf(0.3))
        assert value == pytest.approx(float(right[0]), rel=1e-13)
        assert slopes[u] == pytest.approx(float(right[1]), rel=1e-12)


def test_terms_that_floats_cannot_hold_are_no_bug() -> None:
    """SymPy writes legendre(30, u) out, with terms of 10^9 that cancel."""
    with pytest.raises(gd.Unsupported, match=r"Floats do not hold the terms of the cost.*legendre\(30, u\)"):
        gd.Cost(legendre(30, u), [u]).compile()
    assert gd.Cost("legendre(30, u)", "u").compile().value({"u": 0.3}) == pytest.approx(
        float(legendre(30, Rational(3, 10)))
    )


def test_the_second_opinion_is_the_literal_sum_where_that_keeps_its_digits() -> None:
    """Letters, entries from 1 and from 0, slopes at each entry."""
    cost = gd.Cost(Sum(exp(a * x[i] + Sum(w[j] * X[i, j], (j, 0, m - 1))), (i, 1, m)), [a, w])
    program = cost.compile().program
    for point, right in sound_points(program):
        true = true_outputs(program, point)
        assert true is not None
        for ours, theirs in zip(true, right, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)
