"""Cases that one formula tells apart are written by its intervals: clips, dead zones, maxima of several polynomials."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Heaviside,
    IndexedBase,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    cos,
    exp,
    floor,
    sign,
    sin,
    sqrt,
    symbols,
)

import gdsym as gd
from gdsym.rules.intervals import intervals
from gdsym.writing.text import text
from gdsym.written import from_sympy
from gdsym.written.nodes import ONE, TRUE, Cases, Mul, Num, Rel

x, w, y = symbols("x w y")
c = symbols("c", positive=True)
i, m = symbols("i m", integer=True, positive=True)
X = IndexedBase("x")
Y, Z = IndexedBase("Y"), IndexedBase("Z")

LINES = [
    (Min(Max(x, -1), 1), "{1 if |x| < 1; 0 if |x| > 1; 1/2 otherwise}"),
    (Min(Max(x, 0), 6), "{1 if 0 < x < 6; 0 if x < 0 or x > 6; 1/2 otherwise}"),
    (Max(0, Max(0, x) - 1), "{1 if x > 1; 0 if x < 1; 1/2 otherwise}"),
    (Min(Max(w * x - y, -1), 1), "{w if |w x - y| < 1; 0 if |w x - y| > 1; w/2 otherwise}"),
    (Max(x - 1, 0, -x - 1), "{0 if |x| < 1; 1 if x > 1; -1 if x < -1; -1/2 if x = -1; 1/2 otherwise}"),
    (Max(1, x, -x, x**2), "{0 if |x| < 1; 2x if |x| > 1; -1 if x = -1; 1 otherwise}"),
    (Max(x, x**2, x**3), "{1 if 0 < x < 1; 3 x² if x > 1; 2x if x < 0; 1/3 if x = 0; 2 otherwise}"),
    (Abs(x) - 2 * Max(0, x), "-1"),
    (y * Max(0, x) - y * Max(0, -x), "y"),
    (Max(0, x) - Min(0, x), "{-1 if x < 0; 1 if x > 0; 0 otherwise}"),
    (Abs(x) * Heaviside(x) - Max(0, x), "sign(x) H(x) - {0 if x < 0; 1 if x > 0; 1/2 otherwise}"),  # -1/2 at 0
    (Max(0, x) ** 2 / 2 + Max(0, x - 2), "max(0, x) + {0 if x - 2 < 0; 1 if x - 2 > 0; 1/2 otherwise}"),
]


@pytest.mark.parametrize(("expr", "last"), LINES, ids=lambda value: str(value) if not isinstance(value, str) else "")
def test_the_last_line_has_one_condition_for_each_value(expr, last):
    d = gd.derive(expr, x)
    assert str(d.steps[-1].line) == last
    assert all(step.check for step in d.steps)


def test_what_was_typed_stays():
    typed = Piecewise((x**2, (x > -1) & (x < 1)), (2 * x, True))
    assert str(gd.derive(typed, x).steps[-1].line) == "{2x if x > -1 and x < 1; 2 otherwise}"
    huber = Piecewise((x**2 / 2, Abs(x) <= 1), (Abs(x) - Rational(1, 2), True))
    assert str(gd.derive(huber, x).steps[-1].line) == "{x if |x| ≤ 1; sign(x) otherwise}"


def test_within_a_sum_the_entries_tell():
    d = gd.derive(Sum(Min(1, Max(-1, w * X[i])), (i, 1, m)), w)
    assert "{xᵢ if |w xᵢ| < 1; 0 if |w xᵢ| > 1; xᵢ/2 otherwise}" in str(d.steps[-1].line)


def test_roots_that_are_no_fractions_leave_the_cases_as_they_are():
    d = gd.derive(Max(x**2, 2, -x), x)
    assert "2x if x² > 2 and x² > -x" in str(d.steps[-1].line)


def test_two_formulas_are_not_told_by_one():
    d = gd.derive(Max(0, x) * Max(0, y), x)
    assert str(d.steps[-1].line) == "max(0, y) {0 if x < 0; 1 if x > 0; 1/2 otherwise}"


def test_a_value_goes_on_to_a_point_where_it_is_the_same():
    """At 0 all three slopes are 0, which 2 x is there."""
    d = gd.derive(Max(x**2, x**3, 0), x)
    assert d.result.subs(x, 0) == 0
    assert "x = 0" not in str(d.steps[-1].line)


numbers = st.sampled_from([-2, -1, 0, 1, 2, Rational(1, 2)])
lines = st.builds(lambda a, b: a * x + b, st.sampled_from([-2, -1, 0, 1, 3]), numbers)
formulas = st.recursive(
    lines,
    lambda inner: (
        st.builds(Max, inner, inner)
        | st.builds(Min, inner, inner)
        | st.builds(lambda u, v: u + v, inner, inner)
        | st.builds(Max, inner, inner, inner)
    ),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None)
@given(formulas)
def test_the_slope_is_that_of_the_cost_wherever_it_has_one_and_the_convention_elsewhere(cost):
    """Beside the literal cases that the rules made, at every place where one of them turns and between them."""
    d = gd.derive(cost, x)
    before = next((step.lhs for step in d.steps if step.detail == "intervals"), None)
    if before is None:
        return
    after = next(step.rhs for step in d.steps if step.detail == "intervals")
    literal, shorter = before.to_sympy(), after.to_sympy()
    for at in [Rational(k, 6) for k in range(-24, 25)]:
        assert literal.subs(x, at) == shorter.subs(x, at)


def test_a_product_by_hand():
    """{2 if x < 3; 5 otherwise} {0 if x < 1; 7 otherwise}: 35 from 3 on, 14 between, 0 below."""
    node_x = from_sympy(x, ())
    first = Cases(Num(2), Rel("<", node_x, Num(3)), Num(5), TRUE)
    second = Cases(Num(0), Rel("<", node_x, ONE), Num(7), TRUE)
    found = intervals(Mul(first, second)).to_sympy()
    assert [found.subs(x, at) for at in (0, 1, 2, 3, 4)] == [0, 14, 14, 35, 35]
    assert Fraction(35) == found.subs(x, 10**9)


@pytest.mark.parametrize(
    ("expr", "where"),
    [
        (Min(Max(x, 0), 6), ["x = 6", "x = 0"]),
        (Max(x - 1, 0, -x - 1), ["|x| = 1"]),
        (Max(x**2, x**3), ["x = 1"]),  # at 0 both slopes are 0
        (Max(x**2, x**3, 0), ["x = 1"]),
        (Max(x, x**2), ["x = x²"]),
        (Max(x, 2 * x, 3 * x), ["x = 0"]),
        (Max(0, Min(x, 1 - x)), ["x = 0 or x = 1", "x = 1 - x"]),
        (Max(Min(x, 3), Min(2 * x, 1)), ["x = 0 or x = 1", "x = 3", "2x = 1"]),
        (Max(0, x**2, evaluate=False), []),
        (Max(1, Abs(x)), ["|x| = 1"]),  # |x| is not taken at 0
        (Abs(x) * sin(x), []),
        (Abs(x) * cos(x), ["x = 0"]),
        (cos(Abs(x)), []),
        (Abs(x**3), []),
        (Abs(sin(x)), ["sin(x) = 0"]),
        (x * Max(0, x), []),
        ((x - y) * Max(x, y), []),
        ((x - w) * Max(x, y), ["x = y"]),
        (y * Abs(x), ["x = 0"]),
        (sqrt(Abs(x)), ["x = 0"]),
        (Max(0, x) - Min(0, x), ["x = 0"]),  # |x|: the branches of both stand in another order
        (Max(x, y) - Min(x, y), ["x = y"]),
        (Max(x, y) + Min(x, y), []),
        (Abs(x) * floor(x), ["x = 0"]),  # -x on the left, 0 on the right, and floor 0 is 0
        (Abs(x) * sign(x) * sign(2 * x), ["x = 0"]),
        (Abs(Max(x, -x, evaluate=False), evaluate=False), ["x = -x", "max(x, -x) = 0"]),
        (Abs(x) * sin(x) * sign(x - 2), []),
        (Max(-1, Abs(x), evaluate=False), ["x = 0"]),  # |x| is -1 nowhere
        (Max(-exp(x), 2 * exp(x), evaluate=False), []),
        (Abs(x) - 2 * Max(0, x), []),  # -x
        (Max(-x, x, evaluate=False) * cos(x) - 2 * Max(0, x), []),
        (Max(-x, x, evaluate=False) * cos(x) - 3 * Max(0, x), ["x = -x", "x = 0"]),
        (Abs(w * x - y) - 2 * Max(0, w * x - y), []),
        (Abs(w * x) - 2 * Max(0, x), ["w x = 0", "x = 0"]),  # w may be negative
        (Max(0, c * x) / c - Max(0, -x), []),  # c > 0: x
        (Max(0, c * x) / c + Max(0, -x), ["c x = 0", "x = 0"]),
        (Max(0, w * x) / w - Max(0, -x), ["w x = 0", "x = 0"]),
        (Abs(sin(x)) - 2 * Max(0, sin(x)), []),
        (Abs(sin(x)) - Abs(x), ["sin(x) = 0"]),  # at pi
        (Max(0, Abs(x) - 1) ** 2, []),
        (Max(x**3, 3 * x - 2), ["x = -2"]),  # at 1 both slopes are 3
        (Abs(Abs(x) - 1) * (x**2 - 1), ["x = 0"]),
        (Max(0, Abs(x) - y), ["x = 0", "|x| - y = 0"]),  # the one for y < 0, the other for y > 0
        (Abs(Abs(x) - 1) * (x - 1), ["x = -1", "x = 0"]),
        (Max(-1, Min(-1, x + 1, evaluate=False), evaluate=False), []),  # -1
        (Sum(Abs(x * Z[i] - Y[i]), (i, 1, m)), ["x Zᵢ - Yᵢ = 0 for some i with Zᵢ ≠ 0"]),
        (Sum(Max(0, 1 - x * Z[i] * Y[i]), (i, 1, m)), ["1 - x Yᵢ Zᵢ = 0 for some i"]),
        (Sum(Abs(x - Y[i]), (i, 1, m)), ["x - Yᵢ = 0 for some i"]),
    ],
    ids=str,
)
def test_the_note_says_where_the_kinks_are(expr, where):
    said = " ".join(gd.derive(expr, x).text().split())
    found = [part.split(";")[0].strip() for part in said.split("not differentiable where")[1:]]
    assert sorted(found) == sorted(where)


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        (x**2 * Piecewise((1, x > 0), (2, True)), ""),
        (x * Piecewise((1, x > 0), (2, True)), "jump at x = 0"),
        (x**2 * sign(x), ""),
        (sign(x - 1) * x**2, "jumps where"),
        (Heaviside(x - 1) * (x - 1) ** 2, ""),
        (Heaviside(x - 1) * (x - 1), "jumps where"),
        (floor(x) * x, "jumps where"),
        (Max(0, x, 3 * x) - 3 * Max(0, x), "kinks cancel at x = 0: the slope there is 0"),  # the means give -1/6
        (Abs(x) * sign(x), "kinks cancel at x = 0: the slope there is 1"),
        (Max(0, x) ** y, "not differentiable where x = 0"),  # for y = 1, and for y < 1
        (x * Max(0, x) ** y, ""),
    ],
    ids=str,
)
def test_a_jump_beside_what_is_0_there_is_no_jump_of_the_whole(expr, said):
    parts = (part for note in gd.derive(expr, x).notes for part in note)
    found = "".join(part if isinstance(part, str) else text(part) for part in parts)
    assert said in found if said else not found


def test_a_note_contradicts_no_other() -> None:
    """0 if x < 0, else x, without max(0, x) is 0; an integral over t is smooth where |t - x| is not."""
    zero = gd.derive("Piecewise((0, x < a), (x - a, True)) - max(0, x - a)", "x").text()
    assert "kinks cancel at x = a: the slope there is 0" in zero and "no derivative there" not in zero
    twice = gd.derive("Piecewise((0, x < 0), (x, True)) + max(0, x)", "x").text()
    assert "kink at x = 0: no derivative there" in twice and "not differentiable where x = 0" in twice
    mean = gd.derive("Integral(Abs(t - x), (t, 0, 1))", "x").text()
    assert "the integrand is not differentiable where t - x = 0;" in mean and "for some" not in mean


@pytest.mark.parametrize(
    ("expr", "order", "end"),
    [
        (Max(0, x) ** 3, 2, "6 max(0, x)"),
        (Max(0, x) ** 3, 3, "6 {0 if x < 0; 1 if x > 0; 1/2 otherwise}"),
        (x * Max(0, x), 1, "2 max(0, x)"),
        (x**2 * Max(0, x), 2, "6 max(0, x)"),
        (x * Min(x, 0) * y, 1, "2y min(0, x)"),
        (x * Max(1, x), 1, "max(1, x) + x {0 if x < 1; 1 if x > 1; 1/2 otherwise}"),
        (x * Abs(x), 2, "2 sign(x)"),
    ],
    ids=str,
)
def test_higher_derivatives_at_a_switch(expr, order, end):
    d = gd.derive(expr, *[x] * order)
    assert text(d.written) == end
    assert d.check and bool(d.notes) is ("0 if x <" in end or "sign" in end)


def test_a_case_within_a_case_that_turns_elsewhere_stays():
    """The outer condition always holds, and turns nowhere near 1, where the inner one does."""
    inner = Piecewise((x**2, x > 1), (Min(y, x - 1), True))
    d = gd.derive(Piecewise((inner, x < 2 * x + Min(-x, x**2) + 1), (0, True)), x)
    slopes = Piecewise((0, y < x - 1), (1, y > x - 1), (Rational(1, 2), True))
    assert d.check and d.result == Piecewise((2 * x, x > 1), (slopes, True))


def test_a_sum_that_may_be_empty_has_a_sign():
    i, j, n = symbols("i j n", integer=True, positive=True)
    A = IndexedBase("A")
    d = gd.derive(Abs(Sum(exp(x * A[i]), (i, 1, n - 1))), A[j])
    assert d.check and "sign(Σ" in text(d.written)
    full = gd.derive(Abs(Sum(exp(x * A[i]), (i, 1, n))), A[j])
    assert full.check and "sign" not in text(full.written)
