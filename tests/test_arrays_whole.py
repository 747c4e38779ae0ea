"""Logarithms of sums that are nearly 1, log(s(b) + (1 - s(b)) e^-u): by what the sum lacks, not by what it is."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from sympy import Expr, IndexedBase, Sum, exp, log, symbols

from gdsym import Cost

i, m = symbols("i m", integer=True, positive=True)
x = IndexedBase("x")
b, t, p, w = symbols("b t p w")


def sigmoid(u: Any) -> Any:
    return 1 / (1 + exp(-u))


def share(u: Any) -> Any:
    return 1 / (1 + mp.exp(-u))


INSIDE: list[tuple[Expr, Any]] = [
    (sigmoid(b) + (1 - sigmoid(b)) * exp(-exp(w)), lambda b, w: share(b) + share(-b) * mp.exp(-mp.exp(w))),
    (sigmoid(b) * sigmoid(w) + (1 - sigmoid(b)) * sigmoid(2 * w), lambda b, w: share(b) * share(w) + share(-b) * share(2 * w)),
    (1 - sigmoid(b) * (1 - exp(-exp(w))), lambda b, w: 1 - share(b) * (1 - mp.exp(-mp.exp(w)))),
    (sigmoid(b) * sigmoid(w), lambda b, w: share(b) * share(w)),
    (1 - sigmoid(b) * sigmoid(w), lambda b, w: 1 - share(b) * share(w)),
]  # fmt: skip
POINTS = [(-3, 2), (40, -3), (-3, -40), (20, -20), (40, 40), (3, 38), (-40, -40), (50, 3)]


def right(inside: Any, *at: float) -> tuple[Any, list[Any]]:
    with mp.workdps(60):
        cost = lambda *q: -mp.log(inside(*q))  # noqa: E731
        places = [tuple(int(k == j) for k in range(len(at))) for j in range(len(at))]
        return cost(*map(mp.mpf, at)), [mp.diff(cost, at, place) for place in places]


@pytest.mark.parametrize("number", range(len(INSIDE)))
def test_the_log_of_a_sum_near_1_keeps_its_digits(number: int) -> None:
    formula, inside = INSIDE[number]
    code = Cost(-Sum(log(formula.subs(w, w * x[i])), (i, 1, m)), [b, w]).compile()
    plain = Cost(-log(formula), [b, w]).compile()
    for at in POINTS:
        value, slopes = right(inside, *at)
        for found, grad in (
            code.value_and_gradient({b: at[0], w: at[1]}, {x: [1.0]}),
            plain.value_and_gradient({b: at[0], w: at[1]}),
        ):
            assert found == pytest.approx(float(value), rel=1e-14, abs=1e-300)
            assert grad[w] == pytest.approx(float(slopes[1]), rel=4e-14, abs=1e-300)


@pytest.mark.parametrize("at", [(0.3, 2.0), (1e-3, 1e-12), (0.999, 2.0), (0.5, 30.0)])
def test_a_plain_chance_beside_an_exponential_or_a_sigmoid(at: tuple[float, float]) -> None:
    zeros = Cost(-log(p + (1 - p) * exp(-w)), [p, w]).compile()
    guess = Cost(-log(p + (1 - p) * sigmoid(w)), [p, w]).compile()
    twice = Cost(-log(p + (1 - p) * sigmoid(w) * sigmoid(t)), [p, t, w]).compile()
    both = Cost(-log(p * sigmoid(t) + (1 - p) * sigmoid(w)), [p, t, w]).compile()
    for code, inside, start in (
        (zeros, lambda p, w: p + (1 - p) * mp.exp(-w), at),
        (guess, lambda p, w: p + (1 - p) * share(w), at),
        (twice, lambda p, t, w: p + (1 - p) * share(t) * share(w), (at[0], 40.0, at[1])),
        (both, lambda p, t, w: p * share(t) + (1 - p) * share(w), (at[0], 40.0, at[1])),
    ):
        names = (p, w) if len(start) == 2 else (p, t, w)
        value, slopes = right(inside, *start)
        found, grad = code.value_and_gradient(dict(zip(names, start, strict=True)))
        assert found == pytest.approx(float(value), rel=1e-14)
        assert np.allclose([grad[n] for n in names[1:]], [float(s) for s in slopes[1:]], rtol=1e-14, atol=0)
