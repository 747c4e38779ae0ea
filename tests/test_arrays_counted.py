"""Terms that do not count: weights of 0 beside a divisor that leaves others out, conditions inside of sums, distances of a point to itself."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from sympy import Expr, IndexedBase, Piecewise, Sum, exp, log, sqrt, symbols

from gdsym import Cost, GdsymError

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
u, v, c = symbols("u v c")
a, z, d, x, y, t, M, N = map(IndexedBase, ("a", "z", "d", "x", "y", "t", "M", "N"))
SEEN = np.array([[0, 1, 1.0], [0, 1, 0], [0, 0, 1]])
ASKED = np.array([[0, 1, 0.0], [0, 1, 0], [0, 0, 1]])


def slopes(function: Any, at: Any) -> list[float]:
    with mp.workdps(50):
        ones = [tuple(int(p == q) for p in range(len(at))) for q in range(len(at))]
        return [float(mp.diff(lambda *p: function(p), tuple(map(mp.mpf, at)), one)) for one in ones]


@pytest.mark.parametrize("logits", [(1000.0, 3.0, -2.0), (-1000.0, 3.0, -2.0), (0.5, 800.0, 799.0)])
def test_a_share_whose_weights_are_not_those_of_its_divisor(logits: tuple[float, ...]) -> None:
    shares = Sum(Sum(N[i, j] * exp(a[j]), (j, 1, n)) / Sum(M[i, j] * exp(a[j]), (j, 1, n)), (i, 1, m))

    def literal(p: Any) -> Any:
        e = [mp.exp(q) for q in p]
        return sum(sum(map(lambda w, q: w * q, row, e)) / sum(map(lambda w, q: w * q, seen, e)) for row, seen in zip(ASKED, SEEN, strict=True))  # fmt: skip

    found, grad = Cost(shares, [a]).compile().value_and_gradient({a: logits}, {M: SEEN, N: ASKED})
    with mp.workdps(50):
        assert found == pytest.approx(float(literal(list(map(mp.mpf, logits)))), rel=1e-14)
    assert np.allclose(grad[a], slopes(literal, logits), rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("w", [0.7, 700.0, -3000.0])
def test_risk_sets_by_a_condition_on_times(w: float) -> None:
    text = "-Sum(d[i]*(w*x[i] - log(Sum(Piecewise((exp(w*x[j]), t[j] >= t[i]), (0, True)), (j, 1, n)))), (i, 1, n))"
    xs, ts, ds = [0.5, -1.0, 2.0, 0.3], [3.0, 1.0, 2.0, 2.0], [1, 1, 0, 1]

    def literal(p: Any) -> Any:
        risk = [[mp.mpf(q) for q, late in zip(xs, ts, strict=True) if late >= own] for own in ts]
        return -sum(e * (p[0] * q - mp.log(sum(mp.exp(p[0] * r) for r in row))) for e, q, row in zip(ds, xs, risk, strict=True))  # fmt: skip

    found, grad = Cost(text, "w").compile().value_and_gradient({"w": w}, {"x": xs, "t": ts, "d": ds})
    with mp.workdps(50):
        assert found == pytest.approx(float(literal([mp.mpf(w)])), rel=1e-14)
    assert grad["w"] == pytest.approx(slopes(literal, [w])[0], rel=1e-14)


@pytest.mark.parametrize("gap", [1.0, 1e-9, 0.0])
def test_stress_with_coordinates_in_a_table_has_a_slope_where_points_meet(gap: float) -> None:
    table = Sum((d[i, j] - sqrt(Sum((z[i, k] - z[j, k]) ** 2, (k, 1, K)))) ** 2, (j, 1, n), (i, 1, n))
    plain = Sum((d[i, j] - sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2)) ** 2, (j, 1, n), (i, 1, n))
    given = {d: np.array([[0, 1, 2.0], [1, 0, 1.5], [2, 1.5, 0.25]])}
    points = np.array([[0, 0.0], [gap, gap / 2], [2, 1]])
    first, one = Cost(table, [z]).compile().value_and_gradient({z: points}, given)
    second, two = Cost(plain, [x, y]).compile().value_and_gradient({x: points[:, 0], y: points[:, 1]}, given)
    assert first == pytest.approx(second, rel=1e-14)
    assert np.allclose(one[z], np.column_stack([two[x], two[y]]), rtol=1e-13)


@pytest.mark.parametrize("number", [0.25, 1 / 8])
def test_a_slope_whose_brackets_cancel_is_multiplied_out(number: float) -> None:
    hill: Expr = c ** exp(u) / (exp(v * exp(u)) + c ** exp(u))
    code = Cost((number - hill) ** 2, [u, v]).compile()
    for at in ((0.3, 0.5), (3.0, 1.7), (1.5, -1.7)):
        grad = code.gradient({u: at[0], v: at[1]}, {c: 20.0})

        def literal(p: Any) -> Any:
            above = mp.mpf(20) ** mp.exp(p[0])
            return (mp.mpf(number) - above / (above + mp.exp(p[1] * mp.exp(p[0])))) ** 2

        assert [grad[u], grad[v]] == pytest.approx(slopes(literal, at), rel=1e-13)


def test_a_piecewise_that_sympy_has_moved_out_of_its_sum_is_told_or_put_back() -> None:
    late = Piecewise((exp(u * x[j]), t[j] >= t[i]), (0, True))
    with pytest.raises(GdsymError, match="zoo") as error:
        Cost(Sum(log(Sum(late, (j, 1, n))), (i, 1, n)), [u])
    assert "give the formula as text" in str(error.value)
    given = {x: [0.3, -1.0, 2.0], t: [2.0, 1.0, 3.0]}
    value = Cost(Sum(Sum(late, (j, 1, n)) ** 2, (i, 1, n)), [u]).compile().value({u: 0.5}, given)
    e = np.exp(0.5 * np.array([0.3, -1.0, 2.0]))
    assert value == pytest.approx((e[0] + e[2]) ** 2 + e.sum() ** 2 + e[2] ** 2, rel=1e-14)
