"""Cases that once went wrong, each named for what it caught."""

from __future__ import annotations

import math

import pytest
import sympy
from sympy import Abs, Function, IndexedBase, Max, Piecewise, Sum, exp, log, sqrt, symbols

import gdsym as gd
from gdsym.verify import recheck

s, t, b = symbols("s t b")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
w, x, y, X, e = map(IndexedBase, ("w", "x", "y", "X", "e"))


@pytest.mark.parametrize(
    ("cost", "at", "slope"),
    [
        (Max(s, exp(s)), 2.0, math.exp(2)),
        (Max(2, 1 / s), 0.1, -100),
        (Max(sqrt(2), sqrt(s**2 + 1)), 2.0, 2 / math.sqrt(5)),
        (Max(1, exp(s)), 2.0, math.exp(2)),
        (Max(0, log(s)), 9.0, 1 / 9),
        (Piecewise((s, s < 1), (2 * s, sqrt(s) > 2), (3 * s, True)), 9.0, 2),
    ],
)
def test_a_condition_is_not_guarded_by_the_branch_before_it(cost: sympy.Expr, at: float, slope: float) -> None:
    assert gd.Cost(cost, [s]).compile().gradient({s: at})[s] == pytest.approx(slope, rel=1e-14)


def test_no_letter_of_a_named_part_is_captured() -> None:
    part = Sum(w[j] * X[i, j], (j, 1, n)) - y[i]
    d = gd.derive(Sum(e[i] ** 2, (i, 1, m)), w[i], where={e[i]: part})
    for step in d.steps:
        letters = {symbol.name: symbol for symbol in step.line.to_sympy().free_symbols}
        assert len(letters) == len(step.line.to_sympy().free_symbols)
    assert "w_j x[j, j]" not in d.text() and "X[j, j]" not in d.text(ascii=True)


@pytest.mark.parametrize(("one", "two"), [("x_1", "x_{1}"), ("theta0", "theta_0"), ("theta", "θ")])
def test_names_that_print_alike_are_refused(one: str, two: str) -> None:
    p, q = sympy.Symbol(one), sympy.Symbol(two)
    with pytest.raises(gd.CostError, match="print alike"):
        gd.Cost(p * q, [p, q])


@pytest.mark.parametrize(
    "where",
    [
        {e[1]: s * x[1]},
        {e[i + 1]: s * x[i]},
        {e[i]: s * x[i], e[j]: s**2 * x[j]},
    ],
)
def test_odd_definitions_are_refused(where: dict[object, object]) -> None:
    with pytest.raises(gd.CostError, match="where="):
        gd.derive(Sum(e[i] ** 2, (i, 1, m)), s, where=where)


def test_a_named_function_used_otherwise_is_refused() -> None:
    f = Function("f")
    with pytest.raises(gd.CostError, match="does not fit"):
        gd.derive(Sum(f(y[i]), (i, 1, m)), s, where={f(x[i]): s * x[i]})


@pytest.mark.parametrize(
    "cost",
    [
        (Sum((s * x[i] + b - y[i]) ** 2, (i, 1, m)) / m) ** 2,
        sqrt(Sum((s * x[i] + b - y[i]) ** 2, (i, 1, m)) / m),
        Sum((s * x[i] - b * x[j]) ** 2, (i, 1, m), (j, 1, m)) / m**2,
    ],
)
def test_batches_of_a_cost_that_is_no_plain_sum_are_refused(cost: sympy.Expr) -> None:
    with pytest.raises(gd.CostError, match="no plain sum"):
        gd.Cost(cost, [s, b]).sample(i)


def test_the_last_entry_is_no_general_entry() -> None:
    assert gd.derive(Sum(w[i] ** 2, (i, 0, m - 1)), w[m]).result == 0


def test_limits_that_depend_on_outer_indices() -> None:
    i, j, k = symbols("i j k", integer=True, nonnegative=True)
    d = gd.derive(Sum(w[i - j] ** 2, (j, 0, i), (i, 0, n)), w[k])
    assert d.check
    for size, at in ((3, 1), (3, 2), (4, 4)):
        literal = sum(w[row - column] ** 2 for row in range(size + 1) for column in range(row + 1)).diff(w[at])
        assert sympy.expand(d.result.subs({n: size, k: at}).doit() - literal) == 0


@pytest.mark.parametrize("how", [{"complex": True}, {"real": False}, {"infinite": True}, {"imaginary": True}])
def test_symbols_that_are_not_real_are_refused(how: dict[str, bool]) -> None:
    z = sympy.Symbol("z", **how)
    with pytest.raises(gd.ComplexInput, match="not real"):
        gd.derive(z**2, z)


def test_a_size_may_stand_in_an_index() -> None:
    assert gd.Cost(Sum(w[n + 1 - i] * x[i], (i, 1, n)), [w]).partial(w[k]).result == x[n + 1 - k]


def test_kink_notes_only_where_the_branch_holds() -> None:
    d = gd.derive(Piecewise((s**2 / 2, Abs(s) <= 1), (Abs(s) - sympy.Rational(1, 2), True)), s)
    said = " ".join(part for note in d.notes for part in note if isinstance(part, str))
    assert "not differentiable" not in said and "meet smoothly" in said


def test_unknown_rules_to_keep_silent_about_are_refused() -> None:
    with pytest.raises(gd.GdsymError, match="is no rule"):
        gd.derive(s**2, s, known=("powr rule",))


def test_a_step_prints_as_one_line() -> None:
    assert repr(gd.derive(3 * s**5, s).steps[1]) == "power rule: d/ds [s⁵] = 5 s⁵⁻¹  (proved)"


def test_two_slopes_of_a_function_leave_no_letter_behind() -> None:
    f, u, v = Function("f"), *symbols("u v")
    expr = f(s * t, s).diff(s)
    result = gd.derive(expr, t).result
    assert result.free_symbols == {s, t}
    example = sympy.Lambda((u, v), u**3 * v**2)
    assert sympy.expand((result - expr.diff(t)).subs(f, example).doit()) == 0


@pytest.mark.parametrize("expr", [sympy.frac(s), s * sympy.Mod(s, 3)])
def test_what_was_proved_is_proved_again(expr: sympy.Expr) -> None:
    assert not recheck(gd.derive(expr, s).certificate).failures
