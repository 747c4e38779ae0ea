"""The condition beside a step: where it holds as a statement about derivatives, in bare SymPy and against numbers."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from sympy import Abs, IndexedBase, Max, Min, Mod, Ne, Piecewise, Product, Sum, cbrt, exp, floor, frac, log, sign, sqrt

import gdsym as gd

t, w, x, y, z = sp.symbols("t w x y z")
i, j, k, m, n = sp.symbols("i j k m n", integer=True, positive=True)
p = sp.Symbol("p", positive=True)
q = sp.Symbol("q", integer=True)
X, Y, W = IndexedBase("X"), IndexedBase("Y"), IndexedBase("W")
half = sp.Rational(1, 2)

# expression, the derivation's condition, points where it holds, points where it fails (of x; w = 3/2 and y = 2)
ONE = [
    (log(x), x > 0, [half, 2], [0, -1]),
    (log(2 * x), x > 0, [half], [0, -1]),
    (log(1 - 2 * x), x < half, [0, -1], [half, 1]),
    (log(x**2), Ne(x, 0), [-1, 2], [0]),
    (log(Abs(x)), Ne(x, 0), [-1, 2], [0]),
    (log(x**2 + 1), sp.true, [-1, 0, 2], []),
    (log(1 + exp(x)), sp.true, [-1, 0, 2], []),
    (log(1 - 1 / (1 + exp(-x))), sp.true, [-1, 0, 2], []),
    (log(x * exp(x)), x > 0, [2], [0, -1]),
    (log(sqrt(x)), x > 0, [2], [0, -1]),
    (log(w * x - y), w * x - y > 0, [2, 5], [sp.Rational(4, 3), 0]),
    (log(log(x)), x > 1, [2], [half, 1, -1]),
    (x * log(x) - x, x > 0, [half], [0, -1]),
    (log(x, 10), x > 0, [half], [0, -1]),
    (Abs(x), Ne(x, 0), [-1, 2], [0]),
    (Abs(w * x - y), Ne(w * x - y, 0), [0, 2], [sp.Rational(4, 3)]),
    (Abs(x) + log(x), x > 0, [2], [0, -1]),
    (sqrt(Abs(x)), Ne(x, 0), [-1, 2], [0]),
    (exp(-Abs(x - 1)), Ne(x, 1), [0, 2], [1]),
    (sign(x), Ne(x, 0), [-1, 2], [0]),
    (sp.Heaviside(x), Ne(x, 0), [-1, 2], [0]),
    (sp.Heaviside(x - 1), Ne(x, 1), [0, 2], [1]),
    (floor(x), Ne(floor(x), x), [half, -half], [0, 1, -2]),
    (sp.ceiling(x), Ne(floor(x), x), [half, -half], [0, 1, -2]),
    (frac(x), Ne(floor(x), x), [half, -half], [0, 1, -2]),
    (Mod(x, 3), Ne(Mod(x, 3), 0), [1, 2, -1], [0, 3, -3]),
    (Mod(3, x), Ne(Mod(3, x), 0), [2, half + 2, -2], [1, 3, half]),
    (Max(0, x), Ne(x, 0), [-1, 2], [0]),
    (Min(x, 1 - x), Ne(x, 1 - x), [0, 1], [half]),
    (Max(x, -x, 1), (sp.Gt(1, x) & sp.Gt(1, -x)) | ((x > 1) & (x > -x)) | ((-x > 1) & (-x > x)), [0, 2, -3], [1, -1]),
    (sqrt(x), x > 0, [2], [0, -1]),
    (sqrt(x**2 + 1), sp.true, [-1, 0], []),
    (sqrt(x**2), Ne(x, 0), [-1, 2], [0]),
    (cbrt(x), x > 0, [2], [0, -1]),
    (x ** sp.Rational(5, 2), x > 0, [2], [-1]),
    (x ** sp.Rational(-1, 2), x > 0, [2], [0, -1]),
    (x**3, sp.true, [-1, 0, 2], []),
    (x**n, sp.true, [-1, 2], []),
    (x**q, Ne(x, 0), [-1, 2], []),
    (x**w, x > 0, [2], [-1]),
    (Abs(x) ** w, Ne(x, 0), [-1, 2], []),
    (x**x, x > 0, [half, 2], [-1]),
    (p * log(p), sp.true, [], []),
    (sp.atanh(x), Abs(x) < 1, [half, 0], [1, 2, -3]),
    (sp.asin(x), Abs(x) < 1, [half, 0], [1, 2, -1]),
    (sp.acosh(x), x > 1, [2], [1, 0]),
    (sp.acoth(x), Abs(x) > 1, [2, -2], [half, 1]),
    (sp.acot(x), Ne(x, 0), [1, -1], [0]),
    (sp.atan2(x, w - 2), (w - 2 > 0) | Ne(x, 0), [1, -1], [0]),
    (sp.loggamma(x), x > 0, [half], [-half, 0]),
    (sp.Si(x), Ne(x, 0), [1, -1], []),
    (sp.expint(2, x), x > 0, [half, 2], [0, -1]),
    (sp.uppergamma(w, x), x > 0, [half, 2], [-1]),
    (sp.besselj(half, x), x > 0, [half, 2], [0, -1]),
    (sp.besselj(2, x), sp.true, [0, -1, 2], []),
    (sp.atan(x), sp.true, [-1, 0, 2], []),
    (1 / x, sp.true, [-1, 2], []),
    (Piecewise((x, x < 0), (2 * x, True)), Ne(x, 0), [-1, 2], [0]),
    (Piecewise((x, x < 1), (x**2 + 1, True)), Ne(x, 1), [-1, 2], [1]),
    (Piecewise((x**2 / 2, Abs(x) <= 1), (Abs(x) - half, True)), sp.true, [0, 1, -1, 2], []),
    (Piecewise((x**2 / 2, Abs(x) <= 1), (Abs(x), True)), Ne(Abs(x), 1), [0, 2, -3], [1, -1]),
    (Piecewise((log(x), x > 1), (x - 1, True)), sp.true, [0, 1, 2, -1], []),
    (Piecewise((0, x <= 0), (x * log(x), True)), Ne(x, 0), [-1, 2], [0]),
]  # fmt: skip


def value(e: Any, at: Any) -> Any:
    """The formula at a point as a real number, or None."""
    found = sp.N(e.subs({w: sp.Rational(3, 2), y: 2, n: 3, q: -2}).subs(x, at), 60)
    return mp.mpf(str(found)) if found.is_real and found.is_finite else None


def slopes(e: Any, at: Any) -> list[Any]:
    """The difference quotients from the left and from the right; None where a value is missing."""
    step = sp.Rational(1, 10**20)
    here = value(e, at)
    sides = [(s, value(e, at + s * step)) for s in (-1, 1)]
    return [None if here is None or there is None else (there - here) * s * mp.mpf(10) ** 20 for s, there in sides]


@pytest.mark.parametrize(("expr", "condition", "holds", "fails"), ONE, ids=lambda c: str(c)[:40])
def test_the_condition_is_where_the_derivative_exists(expr: Any, condition: Any, holds: Any, fails: Any) -> None:
    d = gd.derive(expr, p if expr.has(p) else x)
    assert d.given == condition
    assert d.check
    numbers = {w: sp.Rational(3, 2), y: 2}
    with mp.workdps(60):
        for at in holds:
            assert condition.subs(numbers).subs(x, at) == sp.true
            left, right = slopes(expr, at)
            ours = value(d.result, at)
            assert abs(left - ours) < 1e-15 and abs(right - ours) < 1e-15
        for at in fails:
            assert condition.subs(numbers).subs(x, at) != sp.true
            left, right = slopes(expr, at)
            assert left is None or right is None or abs(left - right) > 1e-4 or abs(left) > 1e6


STEPS = [
    (log(x), x, x > 0), (Abs(x), x, Ne(x, 0)), (sqrt(x), x, x > 0), (sign(x), x, Ne(x, 0)), (floor(x), x, Ne(floor(x), x)),
    (sp.atanh(x), x, Abs(x) < 1), (x**w, x, x > 0), (x**w, w, x > 0), (Max(0, x), x, Ne(x, 0)), (log(w * x - y), w, w * x - y > 0),
    (Piecewise((x, x < 0), (2 * x, True)), x, Ne(x, 0)), (exp(x), x, sp.true), (x**2, x, sp.true),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "condition"), STEPS, ids=lambda c: str(c)[:40])
def test_the_first_step_states_it(expr: Any, by: Any, condition: Any) -> None:
    d = gd.derive(expr, by)
    assert d.steps[0].given == condition
    assert d.to_dict()["steps"][0]["given"] == str(condition)


@pytest.mark.parametrize("cost", [sp.exp(sp.sqrt(sp.floor(x))), x * sp.exp(sp.sqrt(sp.ceiling(x) - 1))])
def test_a_root_that_is_flat_at_zero_has_its_condition_and_a_tick(cost: Any) -> None:
    """sqrt(floor x) has the slope 0 at 0 < x < 1, which the chain rule does not show: 1/(2 sqrt 0) is no number."""
    d = gd.derive(cost, x)
    root = next(step for step in d.steps if step.lhs.body.to_sympy().is_Pow)
    assert all(step.check for step in d.steps)
    assert root.check.verdict == "holds where" and root.given in (sp.floor(x) > 0, sp.ceiling(x) - 1 > 0)


def test_a_value_that_is_used_at_a_switch_is_still_looked_at_there() -> None:
    for expr in (Abs(x), Max(0, x), sign(x), Piecewise((x, x < 0), (2 * x, True))):
        d = gd.derive(expr, x)
        assert d.steps[0].compared == sp.true and d.steps[0].given == Ne(x, 0)
    for claim in (
        gd.check(Abs(x), x, Piecewise((1, x >= 0), (-1, True))),
        gd.check(Max(0, x), x, Piecewise((1, x > 0), (0, True))),
    ):
        assert claim.ok and claim.kink == {x: 0}  # the same but at 0
    assert not gd.check(Abs(x), x, Piecewise((1, x > 0), (-1, x < 0), (3, True))).ok


SUMS = [
    (Sum(Abs(w * X[i] - Y[i]), (i, 1, m)), w, sp.true),
    (Sum(log(w * X[i]), (i, 1, m)), w, sp.true),
    (Sum(log(w + 1) * X[i], (i, 1, m)), w, w > -1),
    (log(w) * Sum(Max(0, X[i] - w), (i, 1, m)), w, w > 0),
    (Sum(w * x**t, (t, 0, n)), x, Ne(x, 0)),
    (Abs(Sum(w * X[i], (i, 1, m))), w, Ne(Sum(w * X[i], (i, 1, m)), 0)),
    (log(Sum(exp(w * X[i]), (i, 1, m))), w, sp.true),
    (Product(log(w * X[i]), (i, 1, m)), w, sp.true),
    (log(Product(w * X[i], (i, 1, m))), w, Product(w * X[i], (i, 1, m)) > 0),
    (sp.Integral(log(x * z), (z, 1, 2)), x, sp.true),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "condition"), SUMS, ids=lambda c: str(c)[:40])
def test_no_index_leaves_its_sum(expr: Any, by: Any, condition: Any) -> None:
    d = gd.derive(expr, by)
    assert d.given == condition
    assert d.given.free_symbols <= expr.free_symbols
    for step in d.steps:
        assert step.given.free_symbols <= step.lhs.to_sympy().free_symbols


def test_the_step_within_the_sum_has_the_condition() -> None:
    d = gd.derive(Sum(Abs(w * X[i] - Y[i]), (i, 1, m)), w)
    assert Ne(w * X[i] - Y[i], 0) in [step.given for step in d.steps]
    assert "not differentiable where" in str(d)


def test_a_letter_that_is_free_and_bound() -> None:
    assert gd.derive(X[i] * Sum(Abs(w * X[i] + 1), (i, 1, m)), w).given == sp.true
    assert gd.derive(X[i] * Sum(Abs(w * X[i]), (i, 1, m)), w).given == Ne(w, 0)  # the factor that may leave


def test_named_parts_keep_their_names() -> None:
    s = sp.Symbol("s")
    d = gd.derive(Abs(s) + log(x), x, where={s: x - 2 * y})
    assert d.given == Ne(s, 0) & (x > 0)
    assert gd.derive(exp(s), x, where={s: log(x)}).given == (x > 0)
    E = IndexedBase("e")
    d = gd.derive(Sum(Abs(E[i]), (i, 1, m)), w, where={E[i]: w * X[i] - Y[i]})
    assert d.given == sp.true
    assert Ne(E[i], 0) in [step.given for step in d.steps]


SECOND = [
    (log(x), (x, x), x > 0), (Abs(x), (x, x), Ne(x, 0)), (x**2 * log(x), (x, x), x > 0), (exp(x), (x, x), sp.true),
    (log(x) * Abs(y), (x, y), (x > 0) & Ne(y, 0)), (sqrt(x), (x, x), x > 0),
    (Max(0, x) ** 2, (x, x), Ne(x, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "condition"), SECOND, ids=lambda c: str(c)[:40])
def test_second_derivatives(expr: Any, by: Any, condition: Any) -> None:
    assert gd.derive(expr, by).given == condition


def test_an_entry_has_its_range_and_the_condition() -> None:
    d = gd.derive(Sum(Abs(W[j]), (j, 1, n)), W[k])
    assert d.given == (k <= n)
    assert Ne(W[j], 0) in [step.given for step in d.steps]
    assert gd.derive(Abs(W[1]), W[1]).given == Ne(W[1], 0)


def test_a_part_as_derived_above_has_the_conditions_of_all_its_steps() -> None:
    d = gd.derive(log(x) * exp(log(x) ** 2) + Abs(log(x) ** 2), x)
    again = [step for step in d.steps if "as derived above" in str(step.reason)]
    assert all(step.given == (x > 0) for step in again)


def test_a_rule_of_ones_own() -> None:
    rule = gd.Rule("log of the absolute value", gd.law("log(Abs(u))", "Derivative(u, x)/u"))
    assert gd.derive(log(Abs(x)), x, rules=(rule, *gd.RULES)).given == Ne(x, 0)


def test_powers_with_letters_below_the_bar_ask_for_their_bases() -> None:
    d = gd.derive("x/(1 + 1/(x**k*y**a))", "x")
    assert d.check and [d.given.subs({"x": x_, "y": 1, "k": 2, "a": 3}) for x_ in (-1, 2)] == [False, True]
    assert gd.derive("(x**2 - 1)/(x - 1)/(y + 1/(x**k*sqrt(y)))", "x").check


@pytest.mark.parametrize(
    ("cost", "printed"),
    [
        ("asin(x/2)", "Abs(x) < 2"),
        ("atanh(2*x)", "Abs(x) < 1/2"),
        ("acoth(x/2)", "Abs(x) > 2"),
        ("log(x - a)", "x > a"),
        ("sqrt(2*x - a)", "2*x > a"),
        ("log(1 - x - y)", "x + y < 1"),
        ("log(2*x + 3*y)", "2*x + 3*y > 0"),
        ("Abs(2*x - 2*a)", "Ne(a, x)"),
        ("Max(2*x, 4)", "Ne(x, 2)"),
        ("asin(1 - x)", "Abs(x - 1) < 1"),
        ("asin(x) - asin(x)", "Abs(x) < 1"),
        ("log(x - a)*Abs(x - a)", "x > a"),
    ],
)
def test_conditions_are_solved_for_what_stands_in_them(cost: str, printed: str) -> None:
    assert str(gd.derive(cost, "x").given) == printed


def test_a_branch_whose_comparison_has_no_value_asks_for_nothing_there() -> None:
    d = gd.derive(Max(1 / (x + 1), sqrt(2) - sign(x)) + x**2, (x, x))
    assert d.check and d.given.subs(x, 3) == sp.true and d.given.subs(x, 0) == sp.false
