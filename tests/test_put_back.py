"""A case distinction that SymPy takes out of the sum that binds its letter stands within it again, or is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Piecewise, Sum, exp, symbols

import gdsym as gd

a = symbols("a")
i, j, k, l, m, n, p = symbols("i j k l m n p", integer=True, positive=True)
c, v, w, x, y, X = map(IndexedBase, ("c", "v", "w", "x", "y", "X"))
RNG = np.random.default_rng(7)
PAST = Sum(Piecewise((v[k] * x[i - k + 1], i - k >= 0), (0, True)), (k, 1, p))


def test_sympy_takes_it_out() -> None:
    """If it ever stops to, this module may go."""
    assert Sum((y[i] - PAST) ** 2, (i, 1, n)).has(Sum(v[k] * x[i - k + 1], (k, 1, p)))


def test_the_formula_is_the_one_that_a_text_gives() -> None:
    ours = gd.derive(Sum((y[i] - PAST) ** 2, (i, 1, n)), v[l])
    text = "Sum((y[i] - Sum(Piecewise((v[k]*x[i - k + 1], i - k >= 0), (0, True)), (k, 1, p)))**2, (i, 1, n))"
    theirs = gd.derive(text, "v[l]")
    assert ours.check and str(ours) == str(theirs)


def test_sums_within_sums() -> None:
    leaky = Piecewise((w[j] * X[i, j], X[i, j] > 0), (a * w[j], True))
    cost = gd.Cost(Sum((y[i] - Sum(v[k] * leaky, (k, 1, p), (j, 1, m))) ** 2, (i, 1, n)), [v, w, a])
    start: dict[Any, Any] = {v: RNG.normal(size=2), w: RNG.normal(size=3), a: 0.3}
    table, right = RNG.normal(size=(5, 3)), RNG.normal(size=5)
    scores = np.where(table > 0, start[w] * table, 0.3 * start[w]).sum(axis=1)
    value, slopes = cost.compile().value_and_gradient(start, {X: table, y: right})
    left = right - start[v].sum() * scores
    assert value == pytest.approx(float(left @ left), rel=1e-12)
    np.testing.assert_allclose(slopes[v], np.full(2, -2 * left @ scores), rtol=1e-10)


def test_what_cannot_be_put_back_is_refused_with_the_way_out() -> None:
    """exp(sum_k 0) is 1 for SymPy: where the sum stood is lost."""
    with pytest.raises(gd.Unsupported, match=r"sum over k.*gd\.read"):
        gd.derive(Sum(exp(Sum(w[k] * Piecewise((x[i, k], x[i, k] > 0), (0, True)), (k, 1, p))), (i, 1, n)), w[l])


def test_a_condition_about_a_letter_of_an_outer_sum_stays() -> None:
    """The inner sum has another i."""
    cost = Sum(Piecewise((x[i] * Sum(w[i], (i, 1, n)), i > 2), (0, True)), (i, 1, m))
    value = gd.Cost(cost, [w]).compile().value({w: [1.0, 2.0]}, {x: [1.0, 2.0, 3.0, 4.0]})
    assert value == 21.0


def test_the_letter_of_the_variable_may_be_meant() -> None:
    """By v_k, the k of the condition may be that one, or the k of the sum: it is not guessed."""
    with pytest.raises(gd.Unsupported, match="call one of the letters otherwise"):
        gd.derive(Sum((y[i] - PAST) ** 2, (i, 1, n)), v[k])
    assert gd.derive(Sum((y[i] - PAST) ** 2, (i, 1, n)), v).check


def test_a_letter_that_is_free_elsewhere_is_the_free_one() -> None:
    formula = w[k] * Piecewise((Sum(x[k] * a**2, (k, 1, n)), k > 2), (a, True))
    d = gd.derive(formula, a)
    assert d.check and d.result.subs({k: 1}) == w[1]


def test_a_letter_that_is_free_everywhere_decides_as_it_stands() -> None:
    d = gd.derive(Piecewise((w[1] * a**2, k > 2), (a, True)), a)
    assert d.check
