"""Claims that use another value where there is no derivative: right elsewhere, and what is said of that value."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Eq,
    Heaviside,
    IndexedBase,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    cos,
    exp,
    log,
    sign,
    sin,
    sqrt,
    symbols,
)

import gdsym as gd
from gdsym.verify import recheck

x, y, z, w, b, c = symbols("x y z w b c")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
X, Y, W, A = map(IndexedBase, ("X", "Y", "W", "A"))

step = Piecewise((1, x > 0), (0, True))
margin = Y[i] * X[i] * w
hinge = Sum(Max(0, 1 - margin), (i, 1, m)) / m
score = Sum(W[j] * A[i, j], (j, 1, n))
absolute = Sum(Abs(w * X[i] - Y[i]), (i, 1, m)) / m


def total(*pairs: Any) -> Any:
    return Sum(Piecewise(*pairs), (i, 1, m)) / m


SUBGRADIENTS: dict[str, tuple[Any, Any, Any]] = {
    "relu, 0 at 0": (Max(0, x), x, Heaviside(x, 0)),
    "relu, 1 at 0": (Max(0, x), x, Heaviside(x, 1)),
    "relu, 1/3 at 0": (Max(0, x), x, Heaviside(x, Rational(1, 3))),
    "relu, by cases": (Max(0, x), x, step),
    "relu of a line": (Max(0, w * x + b), w, x * Heaviside(w * x + b, 0)),
    "abs, 1 at 0": (Abs(x), x, Piecewise((1, x >= 0), (-1, True))),
    "abs of a line": (Abs(w * x - y), w, Piecewise((x, w * x >= y), (-x, True))),
    "hinge, 0 at the margin": (hinge, w, total((-Y[i] * X[i], margin < 1), (0, True))),
    "hinge, -1 at the margin": (hinge, w, total((-Y[i] * X[i], margin <= 1), (0, True))),
    "absolute errors": (absolute, w, total((X[i], w * X[i] >= Y[i]), (-X[i], True))),
    "hinge of many features": (
        Sum(Max(0, 1 - Y[i] * score), (i, 1, m)), W[k], Sum(Piecewise((-Y[i] * A[i, k], Y[i] * score < 1), (0, True)), (i, 1, m)),
    ),
    "a tie of two letters": (Max(x, y), x, Piecewise((1, x > y), (0, True))),
    "a tie of three": (Max(x, y, z), x, Piecewise((1, (x >= y) & (x >= z)), (0, True))),
    "a concave corner": (Min(x, 0), x, Piecewise((1, x <= 0), (0, True))),
    "a joint": (Piecewise((x, x < 1), (x**2, True)), x, Piecewise((1, x <= 1), (2 * x, True))),
    "a corner at an irrational height": (Abs(x) * exp(2), x, exp(2) * Piecewise((1, x >= 0), (-1, True))),
    "a jump": (sign(x), x, Piecewise((7, Eq(x, 0)), (0, True))),
    "of the slope": (Max(0, x) ** 2, (x, x), Piecewise((2, x > 0), (0, True))),
    "not defined there": (Abs(x), x, x / Abs(x)),
}  # fmt: skip


@pytest.mark.parametrize("name", SUBGRADIENTS)
def test_another_value_at_a_kink_is_right(name: str) -> None:
    verdict = gd.check(*SUBGRADIENTS[name])
    assert verdict.ok and verdict.factor == 1 and verdict.counterexample is None and verdict.slip is None
    assert len(verdict.message) <= 600
    if name != "not defined there":
        assert verdict.kink and "right wherever there is a derivative" in verdict.message


def test_the_place_both_values_and_both_slopes_are_said() -> None:
    assert gd.check(Max(0, x), x, Heaviside(x, 0)).message == (
        "x: right wherever there is a derivative.\n   At x = 0 there is none: the slopes on its two sides are 0 and 1, yours "
        "gives 0, gdsym uses 1/2. Both are subgradients; which one is used is a convention."
    )
    concave = gd.check(Min(x, 0), x, Piecewise((1, x <= 0), (0, True)))
    assert "slopes on its two sides are 1 and 0" in concave.message and "Both are between the two" in concave.message
    assert "the function jumps" in gd.check(*SUBGRADIENTS["a jump"]).message
    tie = gd.check(*SUBGRADIENTS["a tie of two letters"]).kink
    assert tie is not None and set(tie) == {x, y} and tie[x] == tie[y]


OUTSIDE: dict[str, tuple[Any, Any, Any]] = {
    "relu, 5 at 0": (Max(0, x), x, Piecewise((1, x > 0), (5, Eq(x, 0)), (0, True))),
    "abs, 2 at 0": (Abs(x), x, Piecewise((sign(x), Ne(x, 0)), (2, True))),
    "relu, sometimes outside": (Max(0, w * x), w, Piecewise((x, w * x > 0), (0, w * x < 0), (x**2, True))),
    "hinge, beyond": (hinge, w, total((-Y[i] * X[i], margin < 1), (0, margin > 1), (-2 * Y[i] * X[i], True))),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_value_that_is_no_subgradient_is_not(name: str) -> None:
    verdict = gd.check(*OUTSIDE[name])
    assert not verdict.ok and verdict.factor is None and verdict.counterexample == verdict.kink != {}
    assert "right wherever there is a derivative" in verdict.message and "Yours is no subgradient" in verdict.message


WRONG: dict[str, tuple[Any, Any, Any]] = {
    "on one side": (Max(0, x), x, Piecewise((1, x > 0), (Rational(1, 3), True))),
    "a step too far right": (hinge, w, total((-Y[i] * X[i], margin < 2), (0, True))),
    "a term at ties": (absolute, w, total((X[i], w * X[i] > Y[i]), (X[i], True))),
    "x |x| has a derivative": (x * Abs(x), x, Piecewise((2 * x, x > 0), (-2 * x, x < 0), (1, True))),
    "|x|^3 has one": (Abs(x) ** 3, x, Piecewise((3 * x * Abs(x), Ne(x, 0)), (7, True))),
    "a smooth joint": (Piecewise((2 * x - 1, x < 1), (x**2, True)), x, Piecewise((2, x < 1), (3, Eq(x, 1)), (2 * x, True))),
    "two kinks that cancel": (Max(0, x) - Max(0, -x), x, Heaviside(x, 0) + Heaviside(-x, 0)),
    "a smooth function at 0": (sin(x), x, Piecewise((cos(x), Ne(x, 0)), (0, True))),
    "a steep bend": (sqrt(x**2 + Rational(1, 10**12)), x, Piecewise((x / sqrt(x**2 + Rational(1, 10**12)), Ne(x, 0)), (1, True))),
    "the wrong letter": (Max(x, y), x, Piecewise((1, y > x), (0, True))),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_where_there_is_a_derivative_stays_wrong(name: str) -> None:
    verdict = gd.check(*WRONG[name])
    assert not verdict.ok and verdict.factor is None and verdict.counterexample and verdict.kink is None
    assert ": wrong. At " in verdict.message


def test_the_true_slope_counts_where_conventions_do_not_add_up() -> None:
    """The mean of three slopes and of two: gdsym's convention has -1/6 at 0, where the function is flat."""
    flat = Max(0, x, 3 * x) - 3 * Max(0, x)
    assert gd.check(flat, x, 0).ok
    assert (
        gd.check(flat, x, Piecewise((0, Ne(x, 0)), (1, True))).message
        == "x: wrong. At x = 0: yours 1, the derivative 0."
    )


def test_a_factor_holds_wherever_there_is_a_derivative() -> None:
    verdict = gd.check(Max(0, x), x, 2 * Heaviside(x, 0))
    assert not verdict.ok and verdict.factor == 2 and verdict.counterexample is None and verdict.kink == {x: 0}
    assert "right up to the factor 2 wherever there is a derivative." in verdict.message
    times_m = gd.Cost(hinge, [w]).check({w: m * total((-Y[i] * X[i], margin <= 1), (0, True))})
    assert times_m.factor == m and times_m.kink
    assert gd.check(Max(0, x), x, 2 * Piecewise((1, x > 0), (5, Eq(x, 0)), (0, True))).factor is None


def test_several_parameters_and_named_parts() -> None:
    e = IndexedBase("e")
    cost = gd.Cost(Sum(Abs(e[i]), (i, 1, m)), [w, b], where={e[i]: w * X[i] + b - Y[i]})
    positive = e[i] >= 0
    right = cost.check({
        w: Sum(Piecewise((X[i], positive), (-X[i], True)), (i, 1, m)), b: Sum(Piecewise((1, positive), (-1, True)), (i, 1, m)),
    })  # fmt: skip
    assert right.ok and right.kink and right.parts[w].kink and right.parts[b].kink
    one = cost.check({w: Sum(Piecewise((X[i], positive), (-X[i], True)), (i, 1, m)), b: 0})
    assert not one.ok and one.parts[w].ok and not one.parts[b].ok


def test_one_entry_that_is_zero_is_not_all_of_them() -> None:
    w, v = IndexedBase("w"), IndexedBase("v")
    d = gd.derive(log(Sum(Abs(w[i]), (i, 1, n))), w[k])  # at w_k = 0 the other entries keep the logarithm finite
    assert "not differentiable where w" in d.text()
    assert "not differentiable" not in gd.derive(Sum(log(Abs(w[i])), (i, 1, n)), w[k]).text()
    assert "not differentiable" not in gd.derive(log(Abs(v[k])) * w[k], v[k]).text()


def test_a_convention_hides_in_a_name_but_not_in_a_range() -> None:
    w = IndexedBase("w")
    assert "not differentiable where x = 0" in gd.derive("s*y + abs(x)", "x", where={"s": "sign(x)"}).text()
    smooth = gd.derive(Sum(Max(0, w[i] - w[i + 1]) ** 2, (i, 1, n - 1)), w[k])
    assert "not differentiable" not in smooth.text()


def test_a_maximum_that_cancels_leaves_its_cases() -> None:
    for whole in (gd.derive("sqrt(max(0, x))**2", "x"), gd.derive("sqrt(max(0, x))*sqrt(max(0, x))", "x")):
        assert [whole.result.subs("x", at) for at in (-1, 2)] == [0, 1]


def test_nested_maxima_grow_with_their_levels_and_do_not_double() -> None:
    """The slope of the inner one stands once, beside 1, 0 or a half."""
    u: Any = x
    for level in range(1, 13):
        u = Max(0, w * u + level)
    d = gd.derive(u, x)
    assert len(str(d)) < 30_000
    assert d.check.verdict in ("agreed", "proved")
    slope = d.result
    assert slope.subs({x: 1, w: 2}) == 2**12
    assert slope.subs({x: -1, w: 1}) == Rational(1, 2)  # a tie in the innermost one
    assert slope.subs({x: -2, w: 1}) == 0
    assert gd.derive(Min(1, Max(0, x)), x).result == Piecewise(
        (1, (x > 0) & (x < 1)), (0, (x > 1) | (x < 0)), (Rational(1, 2), True)
    )


@pytest.mark.parametrize("text", ["abs(x)**2", "abs(x**2)", "sqrt(x**2)**2", "abs(x)*abs(x)", "2*abs(x - 3)**2"])
def test_a_square_of_a_kink_has_a_second_derivative(text: str) -> None:
    d = gd.derive(text, ("x", "x"))
    assert d.check and all(step.check for step in d.steps)
    assert [d.result.subs(d.expr.free_symbols.pop(), at) for at in (-2, 5)] == [4 if text[0] == "2" else 2] * 2
    assert recheck(d.certificate)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Max(x, sin(x))", ""),  # x - sin x rises, and is of third order at 0
        ("Max(x, exp(x) - 1)", ""),
        ("Abs(cos(x) - 1)", ""),
        ("Abs(x*Abs(x))", ""),
        ("x*Abs(tanh(x))", ""),
        ("Abs(tanh(x)) - Abs(x)", ""),
        ("Max(x, Abs(x)) - Abs(x)", "kinks cancel at x = 0"),
        ("Max(x, Abs(x))", "where x = 0"),
        ("Max(x, tanh(2*x))", "where x = tanh(2x)"),
        ("Max(0, -x)", "where x = 0"),
        ("Abs(sinh(3*x))", "where x = 0"),
        ("Abs(cos(x) - 1/2)", "where cos(x) - 1/2 = 0"),
        ("Abs(sin(x) - 1) + Abs(x)", "where x = 0"),
        ("Abs(x - 1/x)", "where x - 1/x = 0"),
        ("Abs(1/x)", ""),
        ("Abs(x**2 + x + 1)", ""),
        ("Abs((x - 1)**3)", ""),
        ("Abs(x**3 - x**2)", "where x = 1"),
        ("Abs(x**3 - 2)", "where x³ - 2 = 0"),
        ("Max(x, x**3)", "where x = x³"),
        ("Abs(x/(2*y))", "where x = 0"),
    ],
)
def test_a_kink_is_told_where_there_is_one(text: str, said: str) -> None:
    page = str(gd.derive(text, "x"))
    assert (said in page) and ("differentiable" in page or "kinks" in page) == bool(said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Sum(Max(0, w[j]) - Max(0, -w[j]), (j, 1, n))", False),
        ("Sum(Abs(w[j])*w[j], (j, 1, n))", False),
        ("Sum(Abs(w[j] - y[j])*(w[j] - y[j]), (j, 1, n))", False),
        ("Sum(Abs(w[j] - y[j])*w[j], (j, 1, n))", True),
        ("Sum(Abs(w[j]), (j, 1, n))*Sum(w[j]**2, (j, 1, n))", True),
        ("Sum(Abs(w[j] - 1), (j, 1, n)) + Abs(w[1] - 1)", True),
    ],
)
def test_the_kinks_of_an_entry_are_judged_together(text: str, told: bool) -> None:
    assert ("differentiable" in str(gd.derive(text, "w[k]"))) == told


def test_an_entry_that_no_switch_asks_for_at_a_point_stays_as_it_is() -> None:
    """Where sums have no term, an entry that could be moved has no number yet."""
    v, at = IndexedBase("v"), symbols("i j k", integer=True)
    longer = Sum(sqrt(Sum(Abs(w), (at[1], at[0], n)) ** 2 + 1), (at[0], at[2], n))
    d = gd.derive(Abs(Sum(v[at[2] + 1] * Max(w, v[n - at[2]], longer), (at[2], 1, 3))), v[at[1] - 1])
    assert d.check and all(step.check for step in d.steps)
