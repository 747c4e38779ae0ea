"""Update rules against recurrences written by hand; schedules; one-after-the-other updates; searches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from hand_programs import LINE, PARABOLA, VECTOR, Program, b, descended, scalar, v, w

import gdsym as gd
from gdsym.descent import Adam, GradientDescent, Momentum, Nesterov, Settings, UpdateRule
from gdsym.descent.rules import RULES
from gdsym.errors import DescentError, GdsymError, GdsymTypeError

PAIR = {"x": np.array([1.0, 2.0]), "y": np.array([300.0, 500.0]), "m": 2}
ZERO = {"w": 0.0, "b": 0.0}
theta, g, alpha, k, u = sympy.symbols("theta g alpha k u")
STEPS, RATE = 40, 0.05


def by_hand(name: str, start: Any) -> Any:
    """The papers' recurrences on J = |theta - 3|^2, nothing shared with the package."""
    t, a, c = np.array(start, dtype=float), np.zeros_like(start), np.zeros_like(start)
    path = [t]
    for n in range(STEPS):
        s = 2 * (t - 3)
        if name == "gradient descent":
            t = t - RATE * s
        elif name == "momentum":
            a = 0.9 * a - RATE * s
            t = t + a
        elif name == "nesterov":
            a = 0.9 * a - RATE * s
            t = t + 0.9 * a - RATE * s
        elif name == "adagrad":
            c = c + s**2
            t = t - RATE * s / (np.sqrt(c) + 1e-8)
        elif name == "rmsprop":
            c = 0.9 * c + 0.1 * s**2
            t = t - RATE * s / (np.sqrt(c) + 1e-8)
        else:
            a, c = 0.9 * a + 0.1 * s, 0.999 * c + 0.001 * s**2
            t = t - RATE * (a / (1 - 0.9 ** (n + 1))) / (np.sqrt(c / (1 - 0.999 ** (n + 1))) + 1e-8)
        path.append(t)
    return np.array(path)


SQUARES = Program((VECTOR.inputs[0],), (), ("r = v - 3.0",), "r @ r", ("2.0*r",))


@pytest.mark.parametrize("name", list(RULES))
def test_rules_follow_their_papers(name: str) -> None:
    settings = Settings(maxiter=STEPS, gtol=0)
    one = descended(PARABOLA, {"w": 0.5}, {}, learning_rate=RATE, update=name, settings=settings)
    assert one.nit == STEPS
    np.testing.assert_allclose(one.history.params[w], by_hand(name, 0.5), rtol=1e-12, atol=1e-12)
    many = descended(
        SQUARES, {"v": np.array([0.5, -4.0])}, {}, learning_rate=RATE, update=RULES[name](), settings=settings
    )
    np.testing.assert_allclose(many.history.params[v], by_hand(name, [0.5, -4.0]), rtol=1e-12, atol=1e-12)


def test_nesterov_is_the_look_ahead_point_of_the_paper() -> None:
    """y_k = theta_k + beta v_k, where theta and v follow v <- beta v - alpha J'(y), theta <- theta + v."""
    r = descended(
        PARABOLA, {"w": 0.5}, {}, learning_rate=RATE, update=Nesterov(), settings=Settings(maxiter=30, gtol=0)
    )
    t, a, ahead = 0.5, 0.0, []
    for _ in range(31):
        ahead.append(t + 0.9 * a)
        a = 0.9 * a - RATE * 2 * (ahead[-1] - 3)
        t = t + a
    np.testing.assert_allclose(r.history.params[w], ahead, rtol=1e-12)


def test_the_callers_own_rule_runs_and_prints_from_one_equation() -> None:
    rule = UpdateRule({u: sympy.Rational(1, 2) * u + g, theta: theta - alpha * u / (k + 1)}, start={u: 0})
    r = descended(PARABOLA, {"w": 0.0}, {}, learning_rate=0.1, update=rule, settings=Settings(maxiter=2, gtol=0))
    first = 0.0 - 0.1 * -6.0  # u = -6
    second = first - 0.1 * (0.5 * -6.0 + 2 * (first - 3)) / 2
    assert list(r.history.params[w]) == pytest.approx([0.0, first, second], rel=1e-15)
    assert rule.latex() == (
        "\\begin{aligned}\nu_{k+1} &= \\frac{u_{k}}{2}+g_{k} \\\\\n"
        "\\theta_{k+1} &= \\theta_{k}-\\frac{\\alpha u_{k+1}}{k+1}\n\\end{aligned}"
    )
    assert GradientDescent().latex() == r"\theta_{k+1} = \theta_{k}-\alpha g_{k}"
    assert "w = w - alpha*g_w" in descended(PARABOLA, {"w": 0.0}, {}).source


def test_equations_see_what_stands_above_them_renewed() -> None:
    late = UpdateRule([(theta, theta - alpha * u), (u, g)], start={u: 1})  # theta moves by the old u
    r = descended(PARABOLA, {"w": 0.0}, {}, learning_rate=0.5, update=late, settings=Settings(maxiter=2, gtol=0))
    assert list(r.history.params[w]) == [0.0, -0.5, -0.5 - 0.5 * -6.0]


@pytest.mark.parametrize(
    ("equations", "start"),
    [
        ({u: g}, {u: 0}),  # nothing for theta
        ({theta: theta - alpha * u}, {}),  # u is unknown
        ({theta: theta - alpha * g, u: g}, {}),  # u has no start
        ({theta: theta - alpha * g}, {u: 0}),  # u has no equation
        ({theta: theta - alpha * g, g: g / 2}, {}),  # g is not the rule's to change
        ({theta: theta - alpha * g, u: g}, {u: math.inf}),
        ({theta: "__import__('os')"}, {}),
    ],
)
def test_unusable_rules_are_refused(equations: Any, start: Any) -> None:
    with pytest.raises(GdsymError):
        UpdateRule(equations, start=start)


def test_hostile_names_of_states_reach_neither_code_nor_latex() -> None:
    bad = sympy.Symbol("x=1;import os#\\input{a}")
    rule = UpdateRule({bad: g, theta: theta - alpha * bad}, start={bad: 0}, name='"""\nimport os')
    r = descended(PARABOLA, {"w": 0.0}, {}, update=rule, settings=Settings(maxiter=1, gtol=0))
    assert r.params[w] == 0.06 and "import os" not in r.source.replace("?", "").split("def")[0]
    assert "\\input" not in rule.latex() and "x=1" not in r.source


def test_unknown_rules_name_the_known_ones() -> None:
    with pytest.raises(DescentError, match="Unknown update rule 'adm'; known: gradient descent, momentum"):
        descended(PARABOLA, {"w": 0.0}, {}, update="adm")
    with pytest.raises(GdsymTypeError):
        descended(PARABOLA, {"w": 0.0}, {}, update=3)
    for wrong in (1.0, -0.1):
        with pytest.raises(DescentError):
            Momentum(wrong)
    with pytest.raises(GdsymTypeError):
        Momentum(True)
    assert Adam(epsilon=1e-7).constants[sympy.Symbol("epsilon")] == 1e-7


def test_simultaneous_and_one_after_the_other_differ_as_derived() -> None:
    settings = Settings(maxiter=1, gtol=0)
    right = descended(LINE, ZERO, PAIR, settings=settings)
    wrong = descended(LINE, ZERO, PAIR, update=GradientDescent(simultaneous=False), settings=settings)
    assert (right.params[w], right.params[b]) == (6.5, 4.0)
    assert wrong.params[w] == 6.5
    # dJ/db rises by mean(x) * 6.5 = 9.75 when w has moved, so b moves by 0.01 * 9.75 less
    assert right.params[b] - wrong.params[b] == pytest.approx(0.01 * 1.5 * 6.5, rel=1e-12)
    assert wrong.nfev == 3 and right.nfev == 2


def rates(rate: Any, n: int = 5, program: Program = PARABOLA, start: Any = None) -> Any:
    return descended(
        program, start or {"w": 0.0}, {}, learning_rate=rate, settings=Settings(maxiter=n, gtol=0)
    ).history.rate


def test_schedules_start_at_k_0() -> None:
    assert list(rates(1 / (k + 10))[:3]) == [1 / 10, 1 / 11, 1 / 12]
    assert list(rates(sympy.Symbol("k", integer=True) * 0 + sympy.Rational(1, 4))) == [0.25] * 6
    assert list(rates(lambda n: 0.5**n / 4)[:3]) == [0.25, 0.125, 0.0625]
    assert list(rates(np.float32(0.5))) == [0.5] * 6
    r = descended(PARABOLA, {"w": 0.0}, {}, learning_rate=1 / (k + 10), settings=Settings(maxiter=1, gtol=0))
    assert r.params[w] == pytest.approx(0.6) and "alpha = 1.0/(k + 10.0)" in r.source


def test_a_schedule_may_reach_0() -> None:
    falling = sympy.Max(0, sympy.Rational(1, 10) - k / 50)
    r = descended(PARABOLA, {"w": 0.0}, {}, learning_rate=falling, settings=Settings(maxiter=9, gtol=0))
    assert list(r.history.rate[4:]) == [pytest.approx(0.02), *[0.0] * 5]
    assert len(set(r.history.params[w][5:])) == 1
    exact = descended(
        PARABOLA, {"w": 0.0}, {}, learning_rate=lambda n: 0.5 - n / 10, settings=Settings(maxiter=6, gtol=0)
    )
    assert exact.nit == 6 and exact.history.rate[5] == 0.0


@pytest.mark.parametrize(
    "rate",
    [0, -0.1, math.nan, math.inf, "0.1", "fast", True, 1j, None, sympy.I, sympy.Symbol("eta"),
     sympy.Rational(1, 10) - k, [0.1],
     1 / k, k, sympy.log(k), sympy.sqrt(2 - k), lambda n: -1.0, lambda n: "x", lambda n: 0.1 - n, lambda n: 1 / n,
     sympy.Symbol("k") ** sympy.Symbol("q")],
)  # fmt: skip
def test_unusable_rates_are_refused_before_the_first_step(rate: Any) -> None:
    with pytest.raises(GdsymError) as caught:
        rates(rate)
    assert len(str(caught.value)) <= 600


def test_a_function_that_fails_on_the_way_leaves_the_rows() -> None:
    r = descended(
        PARABOLA,
        {"w": 0.0},
        {},
        learning_rate=lambda n: {4: math.nan}.get(n, 0.1),
        settings=Settings(maxiter=9, gtol=0),
    )
    assert r.status == "callback_error" and r.nit == 4 and "k = 4" in r.message


def test_a_rate_for_each_parameter() -> None:
    settings = Settings(maxiter=2, gtol=0)
    r = descended(LINE, ZERO, PAIR, learning_rate={w: 0.01, "b": sympy.Rational(1, 10) / (k + 1)}, settings=settings)
    assert r.history.params[w][1] == 6.5 and r.history.params[b][1] == 40.0
    assert r.history.rate.shape == (3, 2) and list(r.history.rate[1]) == [0.01, 0.05]
    with pytest.raises(DescentError, match="missing: b"):
        descended(LINE, ZERO, PAIR, learning_rate={w: 0.01})
    with pytest.raises(DescentError, match="no parameter: q"):
        descended(LINE, ZERO, PAIR, learning_rate={w: 0.01, b: 0.1, "q": 1})
    f = descended(LINE, ZERO, PAIR, learning_rate={w: lambda n: 0.01, b: 0.1}, settings=settings)
    assert f.history.params[b][1] == 40.0 and list(f.history.rate[0]) == [0.01, 0.1]


def test_backtracking_never_goes_up_and_needs_no_rate() -> None:
    rosenbrock = Program(LINE.inputs[:2], (), (), "(1.0 - w)**2 + 100.0*(b - w*w)**2",
                         ("-2.0*(1.0 - w) - 400.0*w*(b - w*w)", "200.0*(b - w*w)"))  # fmt: skip
    r = descended(
        rosenbrock, {"w": -1.0, "b": 1.0}, {}, learning_rate="backtracking", settings=Settings(maxiter=20_000)
    )
    assert r.success and (np.diff(r.history.cost) < 0).all() and r.params[w] == pytest.approx(1, abs=1e-5)
    assert r.nfev > r.nit + 1 and (r.history.rate[:-1] > 0).all()
    barrier = scalar("w - math.log(w)", "1.0 - 1.0/w")  # trial points out of the domain are stepped back from
    assert descended(barrier, {"w": 5.0}, {}, learning_rate="backtracking").params[w] == pytest.approx(1)
    with pytest.raises(DescentError, match="plain gradient descent"):
        descended(barrier, {"w": 5.0}, {}, learning_rate="backtracking", update="adam")


def test_a_parameter_called_k_is_not_the_step() -> None:
    import gdsym as gd

    k, w = sympy.symbols("k w")
    runs = [gd.Cost((p - 3) ** 2, [p]).descend({p: 0}, learning_rate=0.1 / (1 + k), maxiter=3, gtol=0) for p in (k, w)]
    assert runs[0].history.params["k"].tolist() == runs[1].history.params["w"].tolist()
    assert runs[0].params["k"] == pytest.approx(0.984, abs=1e-12)


def test_numbers_too_large_for_a_float_are_refused() -> None:
    huge = 10**400
    settings: list[dict[str, Any]] = [{"maxiter": huge}, {"keep_every": huge}, {"gtol": huge}, {"maxiter": -huge}]
    for setting in settings:
        with pytest.raises(GdsymError) as refused:
            Settings(**setting)
        assert len(str(refused.value)) < 200
    with pytest.raises(GdsymError, match="found inf"):
        descended(PARABOLA, {"w": 0.0}, {}, learning_rate=huge)
    with pytest.raises(GdsymError, match="give a finite one"):
        UpdateRule({"theta": sympy.Symbol("theta")}, constants={"beta": huge})


def test_rules_and_schedules_as_text() -> None:
    cost, decay = gd.Cost("(w - 3)**2", ["w"]), sympy.Symbol("k")
    theta, g, alpha, kept = sympy.symbols("theta g alpha v")
    typed = gd.UpdateRule({"v": "0.9*v + g", "theta": "theta - alpha*v"}, start={"v": 0})
    built = gd.UpdateRule({kept: 0.9 * kept + g, theta: theta - alpha * kept}, start={kept: 0})
    runs = [
        cost.descend({"w": 0}, update=rule, learning_rate=rate, maxiter=5, gtol=0)
        for rule, rate in ((typed, "0.1/(k + 1)"), (built, 0.1 / (decay + 1)))
    ]
    assert runs[0].history.cost.tolist() == runs[1].history.cost.tolist()
    for rate in ("0.1", "backtrack", "", "k"):
        with pytest.raises(GdsymError, match="Numbers are written without quotes"):
            cost.descend({"w": 0}, learning_rate=rate)
    with pytest.raises(GdsymError, match="contains j"):
        cost.descend({"w": 0}, learning_rate="0.1/(j + 1)")


@pytest.mark.parametrize(
    "rate",
    [[0.1, 0.2], np.array([0.1, 0.2]), np.array(0.1), (0.1,), {0.1}, 1j, True, None, b"0.1", "0.1", "fast", sympy.I, sympy.nan,
     sympy.I * k + 1, sympy.sqrt(-2) * (k + 1), {"w": [0.1]}, lambda k: [0.1], lambda: 0.1, float("nan"), -1, 0],
)  # fmt: skip
def test_a_rate_that_is_none_is_told_what_to_give(rate: Any) -> None:
    with pytest.raises(GdsymError) as refused:
        gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=rate)
    assert any(
        mend in str(refused.value) for mend in ("; give e.g. 0.01", "Try 0.01", "e.g. return", "give e.g. lambda")
    )


def test_no_rates_at_all() -> None:
    with pytest.raises(GdsymError, match="learning_rate has no rate; the parameters are w; missing: w"):
        gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate={})


@pytest.mark.parametrize(
    ("rate", "at"),
    [
        (1 / sympy.cosh(k), 711),
        (1 / (1 + sympy.exp(k - 5)), 720),
        (1 / (1 + 2**k), 1030),
        (1 / (1 + 1 / (k - 5) ** 2), 5),
    ],
)
def test_a_part_of_a_rate_may_be_infinite(rate: Any, at: int) -> None:
    """Python's cosh(711) is an error; the rate is 0 there."""
    run = gd.Cost("w", ["w"]).descend({"w": 0}, learning_rate=rate, maxiter=1100, gtol=0)
    assert run.nit == 1100 and run.history.rate[at] == 0
    right = [float(rate.subs(k, step)) for step in (0, 1, 4, 6, 20)]
    assert run.history.rate[[0, 1, 4, 6, 20]] == pytest.approx(right, rel=1e-14)
    assert -np.diff(run.history.params["w"]) == pytest.approx(run.history.rate[:-1], abs=1e-12)


def test_a_rate_below_zero_late_in_a_long_run() -> None:
    """Only the first million steps were looked at."""
    for fall in (1_500_000, 2_999_990):
        with pytest.raises(GdsymError, match=rf"gives -.* at k = {str(fall)[0]}"):
            gd.Cost("w", ["w"]).descend({"w": 0}, learning_rate=1 - k / fall, maxiter=3_000_000, keep_every=1000)


def test_a_letter_of_a_rule_means_one_thing() -> None:
    for start, constants in (({theta: 0}, {}), ({k: 0}, {}), ({}, {alpha: 1}), ({u: 0}, {u: 1})):
        with pytest.raises(GdsymError, match="would mean two things"):
            UpdateRule({theta: theta - alpha * g, u: u + g}, start, constants)


def test_no_step_was_made() -> None:
    run = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 3})
    with pytest.raises(GdsymError, match=r"There is no step 0: the run made none\."):
        run.explain(0)


@pytest.mark.parametrize("cost", ["abs(w - 3)", "(w - 3)**2 + abs(w - 3)"])
@pytest.mark.parametrize("rule", ["theta - alpha*sign(g)", "theta - alpha*floor(g)", "floor(10*theta - 10*alpha*g)/10"])
def test_rules_with_signs_descend_costs_with_kinks(rule: str, cost: str) -> None:
    """NumPy's sign made the parameter a number of NumPy's, which the cost's own sign(u) = (u > 0) - (u < 0) does not take."""
    runs = [gd.Cost(cost, ["w"]), gd.Cost(cost.replace("w", "w[1]"), ["w"])]
    rule_ = gd.UpdateRule({"theta": rule})
    starts: list[Any] = [0.05, [0.05]]
    plain, array = (
        c.descend({"w": s}, update=rule_, learning_rate=0.1, maxiter=50, gtol=0)
        for c, s in zip(runs, starts, strict=True)
    )
    assert plain.nit == 50 and type(plain.params["w"]) is float
    assert plain.history.params["w"] == pytest.approx(array.history.params["w"][:, 0], abs=1e-12)
    assert "sign" in str(plain.explain(0)) or "⌊" in str(plain.explain(0))


@pytest.mark.parametrize(
    "update", [gd.GradientDescent(simultaneous=False), gd.UpdateRule({"theta": "theta - alpha*sign(g)"})]
)
def test_kinks_one_parameter_after_the_other(update: gd.UpdateRule) -> None:
    """Both in what is explained, and in what is said of the row that has no value."""
    cost = gd.Cost("abs(w) + abs(b) + log(b)*sign(w)", ["w", "b"])
    run = cost.descend({"w": 1, "b": 0.7}, update=update, learning_rate=0.5, maxiter=9, gtol=0)
    assert run.status == "nonfinite" and "log(b): the argument is -" in run.message
    shorter = cost.descend({"w": 1, "b": 0.7}, update=update, learning_rate=0.01, maxiter=9, gtol=0)
    assert len(shorter.explain(8).lines) == 2
