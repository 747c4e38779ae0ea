"""The judge's integrals: bounded, nested, over kinks, improper; and what Leibniz' rule alone gets wrong."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp
from sympy import Abs, Function, Heaviside, Integral, Max, Piecewise, exp, log, oo, sin, sqrt, symbols, tanh

import gdsym as gd
from gdsym.verify import Point, agree, evaluate
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import D

x, y, a, t, s = symbols("x y a t s")
f = Function("f")

VALUES: tuple[tuple[Any, str], ...] = (
    (Integral(sin(t), (t, 0, 2)), "1 - cos(2)"),
    (Integral(Abs(t - sp.Rational(1, 3)), (t, 0, 1)), "5/18"),
    (Integral(Max(0, t - 1, 2 * t - 3), (t, 0, 4)), "13/2"),
    (Integral(sp.floor(2 * t), (t, 0, 2)), "3"),
    (Integral(sp.sign(t - 1) * t, (t, 0, 3)), "7/2"),
    (Integral(Piecewise((t, t**2 < 2), (0, True)), (t, 0, 3)), "1"),
    (Integral(Piecewise((1, (t > 1) & (t < 2)), (0, True)), (t, 0, 3)), "1"),
    (Integral(sqrt(t), (t, 0, 4)), "16/3"),
    (Integral(sp.asin(t), (t, 0, sp.Rational(1, 2))), "pi/12 + sqrt(3)/2 - 1"),
    (Integral(tanh(t), (t, 0, 1)), "log(cosh(1))"),
    (Integral(sp.besselj(1, t), (t, 0, 2)), "1 - besselj(0, 2)"),
    (Integral(t * s, (t, 0, s), (s, 0, 2)), "2"),
    (Integral(exp(-(t**2)), (t, 0, oo)), "sqrt(pi)/2"),
    (Integral(1 / (1 + t**2), (t, -oo, oo)), "pi"),
    (Integral(exp(t), (t, -oo, 1)), "E"),
    (Integral(log(t), (t, 0, 1)), "-1"),
    (Integral(1 / sqrt(t), (t, 0, 1)), "2"),
)


@pytest.mark.parametrize(("integral", "value"), VALUES, ids=str)
def test_the_value(integral: Any, value: str) -> None:
    found = evaluate(from_sympy(integral), Point())
    truth = mpmath.mpf(str(sp.N(sp.sympify(value), 40)))
    assert found is not None and abs(mpmath.mpf(found.mid().str(30, radius=False)) - truth) < 1e-13 * (1 + abs(truth))


@pytest.mark.parametrize("integral", [Integral(1 / t, (t, 0, 1)), Integral(1 / t, (t, 1, oo)), Integral(t, (t, 0, oo))])
def test_a_divergent_integral_has_no_value(integral: Any) -> None:
    assert evaluate(from_sympy(integral), Point()) is None


SLOPES: tuple[tuple[Any, Any], ...] = (
    (Integral(f(x * t), (t, 0, 1)), x),
    (Integral(f(x, t) ** 2, (t, 0, x)), x),
    (Integral(Integral(sin(x * t * s), (t, 0, s)), (s, 0, 1)), x),
    (Integral(exp(-x * t * s), (t, 0, s), (s, 0, x)), x),
    (Integral(Abs(t - x), (t, 0, 1)), x),
    (Integral(Max(0, t - x) * exp(-t), (t, 0, 5)), x),
    (Integral(Max(0, t - x) * exp(-t), (t, 0, oo)), x),
    (Integral(Piecewise((t, t < x), (x, True)), (t, 0, 1)), x),
    (Integral(exp(-x * t**2), (t, 0, oo)), x),
    (Integral(t ** (x - 1) * exp(-t), (t, 0, oo)), x),
    (Integral(sp.gamma(x + t), (t, 1, 2)), x),
    (Integral(sp.besselj(0, x * t), (t, 0, 1)), x),
    (sp.erf2inv(y / 4, x / 5), x),
    (sp.mathieus(x, y, a), a),
    (sp.mathieucprime(x, y, a), a),
    (sp.SingularityFunction(x, a, 2), x),
)


@pytest.mark.slow
@pytest.mark.parametrize(("expr", "by"), SLOPES, ids=str)
def test_every_step_has_evidence_and_a_wrong_one_is_refuted(expr: Any, by: Any) -> None:
    d = gd.derive(expr, by, detail="full")
    assert d.check and all(step.check for step in d.steps)
    slope = from_sympy(sp.Derivative(expr, by))
    for wrong in (2 * d.result, -d.result, d.result + sp.Rational(1, 100)):
        assert not agree(slope, from_sympy(wrong, [from_sympy(by)]))


def test_an_integral_that_was_added_up_says_so() -> None:
    assert gd.derive(Integral(exp(-x * t**2), (t, 0, oo)), x).check.kind == "numerical quadrature"
    assert gd.derive(Integral(exp(-x * t**2), (t, 0, 1)), x).check.kind == "ball arithmetic"


JUMPS = (
    Integral(Piecewise((t, t < x), (x**2, True)), (t, 0, 1)),
    Integral(sp.sign(t - x) * t, (t, 0, 1)),
    Integral(Heaviside(x - t) * exp(t), (t, 0, 1)),
    Integral(sp.floor(x * t), (t, 0, 3)),
)


@pytest.mark.parametrize("integral", JUMPS, ids=str)
def test_a_jump_that_moves_is_refused(integral: Any) -> None:
    """The derivative of the integrand is 0 almost everywhere, and that of the integral is not."""
    with pytest.raises(gd.Unsupported, match="jumps at a place that moves"):
        gd.derive(integral, x)


def test_the_second_derivative_of_an_integral_over_a_kink_is_refused() -> None:
    once = gd.derive(Integral(Abs(t - x), (t, 0, 1)), x)
    assert float(once.result.subs(x, sp.Rational(1, 4)).doit()) == -0.5
    with pytest.raises(gd.Unsupported, match="jumps at a place that moves"):
        gd.derive(Integral(Abs(t - x), (t, 0, 1)), (x, x))


@pytest.mark.parametrize("odd", [0, 1])
def test_mathieu_functions_solve_their_equation(odd: int) -> None:
    """Beside mpmath's integrator of differential equations."""
    place = (sp.Integer(2), sp.Rational(3, 2), sp.Rational(5, 4))
    truth = mpmath.odefun(lambda z, u: [u[1], (3 * mpmath.cos(2 * z) - 2) * u[0]], 0, [1 - odd, odd])(1.25)
    funcs = (sp.mathieus, sp.mathieusprime) if odd else (sp.mathieuc, sp.mathieucprime)
    for func, number in zip(funcs, truth, strict=True):
        found = evaluate(from_sympy(func(*place)), Point())
        assert found is not None and abs(float(found.mid()) - float(number)) < 1e-12


@pytest.mark.slow
def test_what_is_too_large_for_any_number_is_proved_where_only_the_order_differs() -> None:
    tower = x
    for _ in range(60):
        tower = exp(tower)
    assert gd.derive(tower, x).check.verdict == "proved"


LEIBNIZ_FAILS = (
    Integral(
        log(Abs(t - x)), (t, 0, 1)
    ),  # between 0 and 1 the slope is log|x| - log|1 - x|, and 1/(t - x) has no integral
    Integral(1 / sqrt(Abs(t - x)), (t, 0, 1)),
    Integral(1 / sqrt(x - t), (t, 0, x)),  # 2 sqrt x; infinite at the end that moves
)


@pytest.mark.parametrize("integral", LEIBNIZ_FAILS, ids=str)
def test_where_leibniz_rule_fails_the_integral_is_refused(integral: Any) -> None:
    with pytest.raises(gd.GdsymError, match="Leibniz' rule does not give it"):
        gd.derive(integral, x)


SLOPES: tuple[tuple[Any, Any], ...] = (
    (Integral(exp(-x * t) * sin(t) / t, (t, 0, oo)), -1 / (1 + x**2)),
    (Integral(x**3 * exp(-t * x**2), (t, 0, oo)), sp.Integer(1)),
    (Integral(t**x, (t, 0, 1)), -1 / (1 + x) ** 2),
    (Integral(sqrt(x - t), (t, 0, x)), sqrt(x)),
    (Integral(1 / sqrt(x - t), (t, 0, x)), 1 / sqrt(x)),
    (Integral(log(t + x), (t, 0, 1)), log(x + 1) - log(x)),
)


@pytest.mark.slow
@pytest.mark.parametrize(("integral", "slope"), SLOPES, ids=str)
def test_an_integral_that_is_not_bounded_is_derived_by_its_differences(integral: Any, slope: Any) -> None:
    pending = D(from_sympy(integral), from_sympy(x))
    assert agree(pending, from_sympy(slope))
    assert agree(pending, from_sympy(slope * sp.Rational(1001, 1000))).verdict == "refuted"


def test_three_integrals_within_each_other() -> None:
    d = gd.derive(Integral(1 / (1 + x * t * s * a), (t, 0, 1), (s, 0, t), (a, 0, 1)), x)
    assert all(step.check for step in d.steps)
