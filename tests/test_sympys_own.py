"""What SymPy's own tests hold, and what came of it here: case distinctions, functions by other names, values near a pole."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy import Eq, Function, Ne, Piecewise, Rational, Subs, Sum, asin, asinh, atan, cos, exp, log, sin, sqrt
from sympy.codegen import cfunctions, numpy_nodes, scipy_nodes

import gdsym as gd

x, y, a, c, t, n = sp.symbols("x y a c t n")
f = Function("f")


def checked(expr: Any, by: Any = x) -> gd.Derivation:
    d = gd.derive(expr, by)
    assert d.check, d.check
    assert all(step.check for step in d.steps), [step.check for step in d.steps]
    return d


def test_what_a_branch_asks_for_is_not_asked_for_elsewhere() -> None:
    """The root of -a is taken where a < 0 only; a condition a < 0 and a > 0 would hold nowhere."""
    d = checked(Piecewise((asin(x * sqrt(-a)) / sqrt(-a), a < 0), (asinh(sqrt(a) * x) / sqrt(a), a > 0), (x, True)))
    for value in (-1, 0, 2):
        assert d.given.subs({a: value, x: Rational(1, 3)}) == sp.true
    assert "√(-a) and √a cancel\n" in d.text()


def test_what_a_branch_asks_for_beyond_its_own_condition_is_stated_with_it() -> None:
    other = (log(x - sqrt(c)) - log(x + sqrt(c))) / (2 * sqrt(c))
    d = checked(Piecewise((atan(x / sqrt(-c)) / sqrt(-c), c < 0), (other, True)))
    assert "c < 0 or (x - √c ≠ 0 and c > 0 and x + √c ≠ 0)" in d.text()
    assert d.given.subs({c: -1, x: 5}) == sp.true
    assert d.given.subs({c: 4, x: 2}) == sp.false


@pytest.mark.parametrize(
    "expr",
    [
        Piecewise((1, x < 2)),
        Piecewise((1, x < 1), (3, x < 5)),
        Piecewise((1, x > y)),
        x * Piecewise((1, x < 2)),
        sp.Abs(Piecewise((1, x < 2), (x**2, x < 3))),
    ],
    ids=str,
)
def test_no_value_outside_of_all_branches(expr: Any) -> None:
    d = checked(expr)
    assert d.result.subs({x: 7, y: 8}) is sp.nan


ISOLATED = (
    (Piecewise((x + 1, Eq(x, -1)), (4 * x + (y - 2) ** 4, Eq(x, 0) & Eq(x + y, 2)), (sin(x), True)), cos(5)),
    (Piecewise((1, Eq(x, 0)), (sin(x) / x, sp.Abs(x) < 1), (2 * x**2, True)), 20),
    (Piecewise((0, Eq(x, 0)), (x**3, sp.Abs(x) < 1), (2 * x**2, True)), 20),
    (Piecewise((x**3, sp.Abs(x) < 1), (7, Eq(x, 2)), (2 * x**2, True)), 20),
    (Piecewise((0, Eq(x, 0)), (5, Eq(x, 1)), (x**2 * sin(1 / x), True)), (x**2 * sin(1 / x)).diff(x).subs(x, 5)),
    (Piecewise((x**2, Ne(x, 0)), (1, True)), 10),
)


@pytest.mark.parametrize(("expr", "slope"), ISOLATED, ids=str)
def test_a_value_at_one_point_leaves_all_other_branches(expr: Any, slope: Any) -> None:
    assert sp.simplify(checked(expr).result.subs(x, 5) - slope) == 0


def test_a_value_at_one_point_and_nowhere_else() -> None:
    assert gd.derive(Piecewise((1, Eq(x, 1))), x).check.verdict == "unknown"


SPELLED = (
    (cfunctions.expm1(2 * x), exp(2 * x) - 1),
    (cfunctions.exp2(x), 2**x),
    (cfunctions.log1p(x * y), log(1 + x * y)),
    (cfunctions.log2(x), log(x) / log(2)),
    (cfunctions.log10(x), log(x) / log(10)),
    (cfunctions.hypot(x, 3 * y), sqrt(x**2 + 9 * y**2)),
    (cfunctions.fma(x, x, y), x**2 + y),
    (cfunctions.Sqrt(x), sqrt(x)),
    (cfunctions.Cbrt(x), sp.cbrt(x)),
    (scipy_nodes.cosm1(x) ** 2, (cos(x) - 1) ** 2),
    (scipy_nodes.powm1(x, y), x**y - 1),
    (numpy_nodes.logaddexp(x, y), log(exp(x) + exp(y))),
    (numpy_nodes.logaddexp2(x, y), log(2**x + 2**y) / log(2)),
    (numpy_nodes.maximum(x, y), sp.Max(x, y)),
    (numpy_nodes.minimum(x, y), sp.Min(x, y)),
    (sp.SingularityFunction(x, a, 0) * x**2, sp.Heaviside(x - a, 1) * x**2),
    (Subs(x * y, y, x + 1), x * (x + 1)),
    (Subs(x * f(t) ** 2, t, x), x * f(x) ** 2),
    (Subs(y * t, (y, t), (x + 1, x**2)), (x + 1) * x**2),
    (Subs(Sum(x * t, (t, 1, 3)), x, t * x), Sum(t * x * n, (n, 1, 3))),
)


@pytest.mark.parametrize(("expr", "meant"), SPELLED, ids=str)
def test_another_name_of_a_formula(expr: Any, meant: Any) -> None:
    d = checked(expr)
    assert gd.check(meant, x, d.result).ok


def test_the_second_derivative_of_a_ramp_is_a_step_and_jumps_by_convention() -> None:
    d = gd.derive(sp.SingularityFunction(x, 4, 1), (x, x))
    assert d.check and d.result == 0


def test_constants_and_functions_that_only_stand_by() -> None:
    assert checked(x * sp.TribonacciConstant).result == sp.TribonacciConstant
    k = sp.Symbol("k", integer=True)
    assert checked(x**2 * sp.factorial2(2 * k + 1)).result == 2 * x * sp.factorial2(2 * k + 1)


@pytest.mark.parametrize("func", [sp.lowergamma, sp.uppergamma])
@pytest.mark.parametrize("power", [2, 6, 12, 40])
def test_next_to_a_branch_point_a_right_step_is_not_refused(func: Any, power: int) -> None:
    checked(func(Rational(2, 3), x**power))


def test_a_letter_as_the_order_of_a_derivative_is_refused_by_name() -> None:
    with pytest.raises(gd.Unsupported, match=r"Derivative\(x\*\*3, \(x, n\)\)"):
        gd.derive(sp.Derivative(x**3, (x, n)), x)
    with pytest.raises(gd.Unsupported, match="letters that are replaced, too"):
        gd.derive(Subs(x * y, (y, x), (x + 1, n)), n)
    with pytest.raises(gd.Unsupported, match="derive first"):
        gd.derive(Subs(sp.Derivative(t + x, t), t, 2 * x), x)


@pytest.mark.parametrize("order", ["n", "m", "-2", "11", "1/2"])
def test_a_polygamma_of_any_order(order: str) -> None:
    whole = {"m": sp.Symbol("m", integer=True, positive=True)}
    checked(sp.polygamma(sp.sympify(order, locals=whole), x**2))


@pytest.mark.parametrize("order", [1, 2, 12])
def test_a_polygamma_in_an_integral(order: int) -> None:
    checked(sp.Integral(sp.polygamma(order, x**2 + t), (t, 1, 2)))


def test_an_incomplete_gamma_far_out_takes_no_minute() -> None:
    mu, omega = sp.symbols("mu omega", positive=True)
    checked(Piecewise((sp.lowergamma(mu, mu * x**2 / omega) / sp.gamma(mu), x > 0), (0, True)))


def test_a_whole_that_is_not_compared_is_told() -> None:
    """Each line holds for x > 0, but the sum begins at 0, where x^a log x has no value."""
    d = gd.derive(Sum(x ** (a + n), (x, 0, 3)), a)
    assert all(step.check for step in d.steps) and not d.check
    assert "the lines are checked one by one, not the last one against the formula" in d.text()
    assert "one by one" in d.html() and "one by one" in d.latex()


@pytest.mark.parametrize("power", [Rational(2, 3), Rational(1, 3), Rational(1, 6), Rational(-1, 2)])
def test_a_number_before_a_bracket_under_a_root(power: Any) -> None:
    d = checked((6 * x - 6) ** power + (3 * y - 3) ** power - 9)
    assert gd.check((6 * x - 6) ** power, x, d.result).ok
