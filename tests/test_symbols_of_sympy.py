"""What SymPy's own users write: Idx as an index, comparisons that SymPy's Piecewise cannot hold, deltas of real letters."""

from __future__ import annotations

import pickle

import pytest
from sympy import (
    Abs,
    Idx,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Max,
    Min,
    Ne,
    Piecewise,
    Poly,
    Rational,
    Sum,
    Symbol,
    UnevaluatedExpr,
    sin,
    symbols,
)
from sympy.physics.units import second

import gdsym as gd
from gdsym.verify import recheck

x, y, a = symbols("x y a")
n, M = symbols("n M", integer=True, positive=True)
i, l, j, k = Idx("i", M), Idx("l", n), Idx("j"), Idx("k")
w, X, Y = map(IndexedBase, "wXY")


def test_an_idx_is_an_index_and_stays_one() -> None:
    cost = Sum((a * w[j] - Y[j]) ** 2, (j, 1, M))
    d = gd.derive(cost, a)
    assert d.result == 2 * Sum((a * w[j] - Y[j]) * w[j], (j, 1, M))
    assert d.result.atoms(Idx) == {j} and all(step.check for step in d.steps)
    assert gd.derive(cost, w[j]).result == 2 * a * (a * w[j] - Y[j])
    assert recheck(d.certificate)
    assert gd.derive(x * w[k], x).result == w[k]


def test_sums_over_the_range_of_an_idx() -> None:
    cost = gd.Cost(Sum((Sum(w[l] * X[i, l], l) - Y[i]) ** 2, i) / (2 * M), [w])
    d = cost.partial(w[k])
    assert d.result == Sum((Sum(X[i, l] * w[l], (l, 0, n - 1)) - Y[i]) * X[i, k], (i, 0, M - 1)) / M
    assert recheck(d.certificate)
    assert cost.check({w: Sum((Sum(w[l] * X[i, l], l) - Y[i]) * X[i, k], i) / M}).ok
    run = cost.descend({w: [0, 0]}, {X: [[1, 0], [0, 1], [1, 1]], Y: [1, 2, 3]}, learning_rate=0.5, maxiter=2000)
    assert run.success and run.params[w] == pytest.approx([1, 2], abs=1e-4)
    assert pickle.loads(pickle.dumps(cost)).partial(w[k]).result == d.result


def test_an_idx_and_a_symbol_of_one_name_are_told_apart() -> None:
    with pytest.raises(gd.GdsymError):
        gd.derive(w[k] * x + Symbol("k", integer=True), x)


def test_comparisons_of_multiples_can_be_put_in() -> None:
    """3 (y - x)/4 > (x - y)/4: `subs(..., simultaneous=True)` in such a Piecewise ended in a RecursionError of SymPy."""
    d = gd.derive(Max(Rational(3, 4) * (y - x), Rational(-1, 4) * (y - x)), x)
    assert d.result.subs({x: 1, y: 1}, simultaneous=True) == Rational(-1, 4)
    assert d.result.subs({x: 1, y: 2}, simultaneous=True) == Rational(-3, 4)
    assert d.result.subs({x: 2, y: 1}, simultaneous=True) == Rational(1, 4)
    assert (
        d.steps[-1].line.to_sympy()
        == d.result
        == Piecewise((-Rational(3, 4), x < y), (Rational(1, 4), x > y), (-Rational(1, 4), True))
    )
    least = gd.derive(Min(2 * x - 2 * y, 3 * x - 3 * y, y - x), x).result
    assert [least.subs({x: 0, y: at}, simultaneous=True) for at in (-1, 0, 1)] == [-1, Rational(4, 3), 3]


def test_comparisons_whose_canonical_form_flips_can_be_put_in() -> None:
    """2 x - sin(y) <= -abs(z) is turned into abs(z) <= sin(y) - 2 x and back, without end: another RecursionError."""
    cost = Max(1, x**2, -2 * x + sin(y), x + y, x**2 + 2 * x - 1, Abs(Max(-1, 2 * x, y)))
    d = gd.derive(cost, x)
    assert bool(d.check) and bool(recheck(d.certificate))
    for at in ({x: Rational(1, 3), y: 1}, {x: -3, y: 2}, {x: 2, y: -1}, {x: Rational(1, 2), y: 5}):
        half = d.result.subs(y, at[y])
        slope = (cost.subs({x: at[x] + Rational(1, 10**9), y: at[y]}) - cost.subs(at)) * 10**9
        assert half.subs(x, at[x]) == d.result.subs(at, simultaneous=True)
        assert abs(slope - half.subs(x, at[x])).n() < 1e-6


def test_comparisons_are_turned_round_by_the_names_of_letters_too() -> None:
    """Y - x <= -x^2 - x stays as it is, the same in other letters did not: conditions put their own letters in first."""
    terms = (-x, x, 2 * x, y - x, x**2 + x, y - 1, 2 * x + y + Min(x, x**2) + Min(1, x, y), x * y + 2 * y + Abs(x) - 1)
    d = gd.derive(Min(*terms), x)
    assert d.check and all(step.check for step in d.steps)
    assert d.result.subs({x: 2, y: 9}, simultaneous=True) == -1


def test_the_delta_of_real_letters_jumps() -> None:
    d = gd.derive(KroneckerDelta(x, y) * x, x)
    assert d.given == Ne(x, y) and "not differentiable where x = y" in d.text() and "convention" in d.text()


def test_conditions_on_sums_of_maxima_are_not_worked_out_by_sympy() -> None:
    """SymPy makes every maximum in a sum anew to answer what the sum depends on: seconds for a layer upon a layer."""
    i, j, k, m, n, h = symbols("i j k m n h", integer=True, positive=True)
    X, W, v, y = map(IndexedBase, ("X", "W", "v", "y"))
    layer = Max(0, Sum(v[j] * Max(0, Sum(W[j, k] * X[i, k], (k, 1, n))), (j, 1, h)))
    slope = gd.derive(Sum((layer - y[i]) ** 2, (i, 1, m)), v[j]).expanded
    switches = slope.atoms(Piecewise)
    assert any(condition.has(Max) for piece in switches for _, condition in piece.args)
    at = {m: 2, n: 1, h: 2, j: 1, W[1, 1]: 2, W[2, 1]: -1, X[1, 1]: 3, X[2, 1]: -2, v[1]: 1, v[2]: 4, y[1]: 1, y[2]: 5}
    value = slope.subs({m: 2, n: 1, h: 2, j: 1}).doit().subs(at)
    assert value == 2 * (6 - 1) * 6


def test_other_kinds_of_expressions_say_what_to_write() -> None:
    """Units, polynomials and functions of SymPy are no formulas of letters; each error tells the way to one."""
    for thing, words in (
        (second * x**2, r"Units are letters here: s = Symbol\('s', positive=True\)"),
        (Poly(x**2), r"p.as_expr\(\)"),
        (Lambda(x, x**2), r"Call it with symbols first: f\(x\)"),
        (UnevaluatedExpr(x) + 1, r"u.doit\(\)"),
    ):
        with pytest.raises(gd.Unsupported, match=words):
            gd.derive(thing, x)
