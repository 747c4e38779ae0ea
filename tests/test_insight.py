"""What the second derivatives tell, confirmed by runs; convexity by rules; the minimiser's digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import (
    Abs,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    cosh,
    erf,
    erfc,
    exp,
    log,
    sin,
    sqrt,
    symbols,
    tanh,
)  # fmt: skip

import gdsym as gd
from gdsym.convexity import convex_by_rules

w, b, lam, a = symbols("w b lambda a")
D = Symbol("D", positive=True)
i, j, k, s, m, n, K = symbols("i j k s m n K", integer=True, positive=True)
x, y, X, v, W, c = map(IndexedBase, ("x", "y", "X", "v", "W", "c"))
Z = w * x[i] + b
P = 1 / (1 + exp(-Z))
LINE = gd.Cost(Sum((Z - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
RNG = np.random.default_rng(5)
XS = RNG.normal(size=30)
DATA = {x: XS, y: 2 * XS + 1 + 0.1 * RNG.normal(size=30)}
SCORE = Sum(W[k, j] * X[i, j], (j, 1, n))
SHARE = exp(SCORE) / Sum(exp(SCORE.subs(k, s)), (s, 1, K))


def total(body: Expr) -> Expr:
    return Sum(body, (i, 1, m)) / m


@pytest.mark.parametrize("spread", [1.0, 3.0, 10.0])
@pytest.mark.parametrize("tol", [1e-2, 1e-4, 1e-6])
def test_predicted_steps_are_confirmed_by_the_descent(spread: float, tol: float) -> None:
    """From a start in the slowest direction, at the best rate, to within 5 %."""
    data = {x: spread * XS + 2, y: DATA[y]}
    insight = LINE.insight(data)
    at = np.array([insight.minimiser[p] for p in (w, b)])
    first = at + insight.curvature.eigenvectors[:, 0]
    run = LINE.descend(
        dict(zip((w, b), first, strict=True)), data, learning_rate=insight.best_rate, maxiter=5000, gtol=0
    )
    path = np.column_stack([run.history.params[p] for p in (w, b)])
    taken = int(np.argmax(np.linalg.norm(path - at, axis=1) <= tol))
    assert taken > 0 and abs(insight.predicted_steps(tol) - taken) <= max(1, 0.05 * taken)


SPEEDS = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14]
STOPS = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26]
HEIGHTS, WEIGHTS = range(58, 73), [115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164]


@pytest.mark.parametrize("part", [0.3, 0.9, 1.02])
@pytest.mark.parametrize(("xs", "ys"), [(SPEEDS, STOPS), (HEIGHTS, WEIGHTS)])
def test_predicted_steps_at_other_rates_and_on_real_data(xs: Any, ys: Any, part: float) -> None:
    """At a part of the best rate; in n dimensions (a cubic of the scaled column), from the slowest direction."""
    t = (np.array(xs) - np.mean(xs)) / np.std(xs)
    cost = gd.Cost(total((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2), [v])
    data = {X: np.column_stack([np.ones_like(t), t, 0.5 * t**2]), y: ys}
    insight = cost.insight(data, at={v: np.zeros(3)})
    rate = part * insight.best_rate
    factors = np.abs(1 - rate * insight.eigenvalues)
    at = insight.minimiser[v]
    start = at + insight.curvature.eigenvectors[:, int(np.argmax(factors))]
    run = cost.descend({v: start}, data, learning_rate=rate, maxiter=20_000, gtol=0)
    taken = int(np.argmax(np.linalg.norm(run.history.params[v] - at, axis=1) <= 1e-5))
    assert taken > 0 and abs(insight.predicted_steps(1e-5, rate) - taken) <= max(1, 0.05 * taken)


def test_the_largest_stable_rate_separates_runs_that_converge_from_runs_that_diverge() -> None:
    bound = LINE.insight(DATA).max_rate
    below, above = (LINE.descend({w: 0, b: 0}, DATA, learning_rate=f * bound, maxiter=20_000) for f in (0.999, 1.001))
    assert below.status == "converged" and above.status == "diverged"


CONVEX = {
    "squares": (total((Z - y[i]) ** 2), [w, b]),
    "fourth powers": (total((Z - y[i]) ** 4) + w**2, [w, b]),
    "absolute": (total(Abs(Z - y[i])) + 3 * Abs(w), [w, b]),
    "hinge": (total(Max(0, 1 - y[i] * Z)), [w, b]),
    "softplus": (total(log(1 + exp(Z)) - y[i] * Z), [w, b]),
    "log-sum-exp": (log(exp(w) + exp(b) + exp(-w - b)), [w, b]),
    "softmax": (-total(Sum(KroneckerDelta(c[i], k) * log(SHARE), (k, 1, K))), [W]),
    "exponential": (exp(w - b) + exp(b**2), [w, b]),
    "norm": (sqrt(w**2 + b**2 + 1) + sqrt(Sum(v[j] ** 2, (j, 1, n))), [w, b, v]),
    "log cosh": (total(log(cosh(Z - y[i]))), [w, b]),
    "Huber": (total(Piecewise(((Z - y[i]) ** 2 / 2, Abs(Z - y[i]) <= 2), (2 * Abs(Z - y[i]) - 2, True))), [w, b]),
    "Huber over its bound": (
        total(Piecewise((Abs(w - y[i]) - D / 2, Abs(w - y[i]) > D), ((w - y[i]) ** 2 / (2 * D), True))),
        [w],
    ),
    "probit": (-total(log((1 + erf(y[i] * Z / sqrt(2))) / 2)), [w, b]),
    "normal shares": (-total(log(erfc(Z)) + 2 * log(1 - erf(w) / 1)), [w, b]),
    "minus a logarithm": (w - log(w) - log(b + 1) + b, [w, b]),
    "minus a minimum": (-Min(w, b, -w), [w, b]),
    "affine": (3 * w - b, [w, b]),
}
NOT_SHOWN = {
    "product": (w * b, [w, b]),
    "odd power": (w**3, [w]),
    "double well": ((w**2 - 1) ** 2, [w]),
    "sine": (sin(w) + w**2, [w]),
    "network": (total((tanh(Z) - y[i]) ** 2), [w, b]),
    "unknown weight": (total(y[i] * Z**2), [w, b]),
    "minus a square": (b**2 - w**2, [w, b]),
    "root": (sqrt(w), [w]),
    "logarithm": (log(w), [w]),
    "minimum": (Min(w, -w), [w]),
    "a jump": (Piecewise((w**2 / 2, Abs(w) <= 1), (Abs(w) - 1, True)), [w]),
    "a line that is flatter": (Piecewise((w**2 / 2, Abs(w) <= 1), (Abs(w) / 2, True)), [w]),
    "a line that is steeper": (Piecewise((w**2 / 2, Abs(w) <= 1), (2 * Abs(w) - Rational(3, 2), True)), [w]),
    "minus Huber": (Piecewise((-(w**2) / 2, Abs(w) <= 1), (Rational(1, 2) - Abs(w), True)), [w]),
    "Huber of a bound of any sign": (Piecewise((w**2 / 2, Abs(w) <= a), (a * Abs(w) - a**2 / 2, True)), [w]),
    "Huber of a square": (Piecewise((w**4 / 2, w**2 <= 1), (w**2 - Rational(1, 2), True)), [w]),
    "another share": (-log(2 + erf(w)), [w]),
    "a share of a square": (-log(1 + erf(w**2)), [w]),
    "a share beyond 1": (-log(1 + 2 * erf(w)), [w]),
    "cases": (Piecewise((w**2, w > 0), (0, True)), [w]),
    "exp of concave": (exp(-(w**2)), [w]),
    "quotient": (1 / (1 + w**2), [w]),
    "square of a convex part": ((w**2 - 4) ** 2, [w]),
    "power of a number": (2**w - w**2, [w]),
}


def by_rules(expr: Any, params: Any, **spans: Any) -> str | None:
    problem = gd.Cost(expr, params).problem
    sizes = dict.fromkeys(problem.sizes, (1.0, np.inf))
    data = {a: spans[a.name] for a in problem.expanded.free if getattr(a, "name", "") in spans}
    return convex_by_rules(problem.expanded, problem.params, data | sizes)


@pytest.mark.parametrize("name", CONVEX)
def test_convex_costs_are_seen(name: str) -> None:
    assert by_rules(*CONVEX[name]) is not None


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_what_is_not_convex_or_not_known_is_never_called_convex(name: str) -> None:
    assert by_rules(*NOT_SHOWN[name]) is None


@pytest.mark.parametrize("name", CONVEX)
def test_what_the_rules_call_convex_lies_below_its_chords(name: str) -> None:
    expr, params = CONVEX[name]
    bound = gd.Cost(expr, params).compile()
    rows, labels = RNG.normal(size=(6, 2)), RNG.integers(1, 4, size=6)
    every = {"D": 1.5, "x": RNG.normal(size=6), "y": RNG.normal(size=6), "X": rows, "c": labels}
    data = {key: value for key, value in every.items() if key in {d.node.name for d in bound.program.data}}
    shapes = {w: (), b: (), v: (4,), W: (3, 2)}
    for _ in range(40):
        ends = [{p: RNG.uniform(0.1, 2, size=shapes[p]) for p in params} for _ in range(2)]
        middle = {p: (ends[0][p] + ends[1][p]) / 2 for p in params}
        chord = sum(bound.value(e, data) for e in ends) / 2
        assert bound.value(middle, data) <= chord + 1e-12 * (1 + abs(chord))


def test_signs_that_only_data_tell_are_asked_of_them() -> None:
    weighted, ridge = total(y[i] * Z**2), total((Z - y[i]) ** 4) + lam * w**2
    assert by_rules(weighted, [w, b], y=(0.0, 3.0)) and by_rules(weighted, [w, b], y=(-1.0, 3.0)) is None
    assert by_rules(ridge, [w, b], **{"lambda": (0.1, 0.1)}) and by_rules(ridge, [w, b]) is None
    entropy = -total(y[i] * log(P) + (1 - y[i]) * log(1 - P))
    assert by_rules(entropy, [w, b], y=(0.0, 1.0)) and by_rules(entropy, [w, b], y=(0.0, 1.5)) is None


def test_the_insight_says_how_it_was_decided() -> None:
    logistic = gd.Cost(total(log(1 + exp(Z)) - y[i] * Z), [w, b]).insight(DATA, at={w: 0, b: 0})
    assert logistic.convex is True and "everywhere: a sum of convex parts: log-sum-exp" in str(logistic)
    quadratic = LINE.insight(DATA)
    assert quadratic.convex is True and "does not depend on the parameters" in quadratic.decided
    well = gd.Cost((w**2 - 1) ** 2, [w])
    assert well.insight(at={w: 0}).convex is False and "not convex (at this point)" in str(well.insight(at={w: 0}))
    assert well.insight(at={w: 1}).convex is None
    assert well.insight().convex is False and "no second minimum" in str(well.insight())
    assert str(well.insight()).startswith("at w = -1, the lowest of the critical points (2 minima, 1 maximum):")
    bowl = gd.Cost(w**4 + w**2, [w]).insight()
    assert bowl.convex is True and str(bowl).startswith("at w = 0, the only critical point:")


def test_without_data_the_signs_that_convexity_needs_are_said() -> None:
    lasso = gd.Cost(total((Z - y[i]) ** 2) + lam * Abs(w), [w, b]).insight()
    assert lasso.convex is None and lasso.decided.startswith("convex if lambda >= 0 (everywhere: ")
    entropy = gd.Cost(-total(y[i] * log(P) + (1 - y[i]) * log(1 - P)), [w, b]).insight()
    assert entropy.supposed is not None and entropy.supposed[1] == ("0 <= y <= 1",)
    weighted = gd.Cost(total(y[i] * Abs(Z)) - lam * w**2, [w, b]).insight()
    assert weighted.supposed is None and "that needs numbers" in weighted.decided


@pytest.mark.parametrize("body", [-(w**4), w**3, w**4 - w**6])
def test_a_flat_point_is_not_called_convex(body: Expr) -> None:
    found = gd.Cost(body, [w]).insight(at={w: 0})
    assert found.convex is None and found.decided.startswith("convex or not is not decided")


def test_at_a_corner_the_hessian_is_said_to_hold_beside_it_only() -> None:
    assert "holds between them only" in str(gd.Cost(Max(0, w) ** 2, [w]).insight(at={w: 0}))
    assert "between them" not in str(gd.Cost(w**2, [w]).insight())


def test_the_minimiser_is_found_where_the_normal_equations_have_lost_all_digits() -> None:
    """With x = 1e6 + t the Hessian's condition is 1e24/4, its columns scaled 1e12."""
    ts = np.arange(-2.0, 3.0)
    found = LINE.insight({x: 1e6 + ts, y: 3 * ts + 1}).minimiser
    assert found is None or found[w] == pytest.approx(3, rel=1e-4)
    nearer = LINE.insight({x: 1e4 + ts, y: 3 * ts + 1})
    assert nearer.minimiser[w] == pytest.approx(3, rel=1e-9) and nearer.minimiser[b] == pytest.approx(-29999, rel=1e-9)
    assert nearer.digits < 2


def test_a_flat_or_falling_cost_has_no_minimiser() -> None:
    assert gd.Cost((w + b) ** 2, [w, b]).insight().minimiser is None
    assert gd.Cost(b**2 - w**2, [w, b]).insight().minimiser is None


@pytest.mark.parametrize("rate", [None, 0.02, 0.15])
@pytest.mark.parametrize("tol", [1e-1, 1e-3, 1e-6])
def test_steps_from_a_start_are_the_very_number(tol: float, rate: float | None) -> None:
    rng = np.random.default_rng(2)
    table = rng.normal(size=(40, 5)) * np.geomspace(1, 0.3, 5)
    data = {X: table, y: rng.normal(size=40)}
    cost = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [v, b])
    insight = cost.insight(data)
    start = {"v": np.ones(5), b: 2.0}
    best = np.r_[insight.minimiser[v], insight.minimiser[b]]
    run = cost.descend(start, data, learning_rate=rate or insight.best_rate, maxiter=20_000, gtol=0, hoist=False)
    off = np.linalg.norm(np.column_stack([run.history.params[v], run.history.params[b]]) - best, axis=1)
    taken = int(np.argmax(off <= tol * off[0]))
    assert 0 < taken == insight.predicted_steps(tol, rate, start) <= insight.predicted_steps(tol, rate)
    with pytest.raises(gd.GdsymError):
        insight.predicted_steps(tol, rate, {v: np.ones(5)})
    with pytest.raises(gd.GdsymError):
        gd.Cost(w**4, [w]).insight(at={w: 1}).predicted_steps(tol, rate, {w: 1})


def test_without_data_or_a_point_formulas_and_convexity_are_known() -> None:
    bare = LINE.insight()
    assert bare.convex is True and len(bare.normal_equations) == 2 and bare.critical_points is None
    assert str(bare).startswith("no numbers yet. No data are given for x, y") and "convex (everywhere" in str(bare)
    for ask in (
        lambda: bare.max_rate,
        lambda: bare.hessian,
        lambda: bare.predicted_steps(0.1),
        lambda: bare.closed_form,
    ):
        with pytest.raises(gd.GdsymError, match="No data are given for x, y"):
            ask()
    loss = gd.Cost(exp(w) + w**2, [w]).insight()
    assert loss.convex is True and loss.normal_equations is None
    with pytest.raises(gd.GdsymError, match="say where, at="):
        loss.eigenvalues
    wavy = gd.Cost(sin(w) + w * b, [w, b]).insight()
    assert wavy.convex is None and "that needs numbers" in str(wavy)
    assert set(wavy._repr_mimebundle_()) == {"text/plain", "text/html"}
    with pytest.raises(gd.GdsymError, match="No data are given for y"):
        LINE.insight({x: [1, 2]})


def test_a_point_without_a_cost_has_no_insight() -> None:
    with pytest.raises(gd.GdsymError, match=r"J has no value at this point; choose another: at=\{w: \.\.\.\}"):
        gd.Cost(log(w), [w]).insight(at={w: -1})
    with pytest.raises(gd.GdsymTypeError, match=r"at is \[1\] \(list\); give a dict"):
        gd.Cost(log(w), [w]).insight(at=[1])  # type: ignore[arg-type]


def test_an_insight_says_how_many_steps_at_most() -> None:
    told = str(LINE.insight({x: [1, 2], y: [300, 500]}))
    assert "to 1e-06 of the first distance: 325 or fewer; predicted_steps(tol, start=...) counts from a start" in told
    assert "steps" not in str(gd.Cost(exp(w) - w, [w]).insight(at={w: 0.5}))


def test_decimals_are_numbers_and_roots_are_named() -> None:
    assert gd.Cost("0.5*w**2 + 0.1*abs(w)", ["w"]).insight().convex is True
    assert gd.Cost("-0.5*abs(w)", ["w"]).insight().convex is None
    assert "minus root" in str(gd.Cost("2 - sqrt(3*w + b)", ["w", "b"]).insight())


def test_corners_of_constants_are_none_of_the_cost() -> None:
    for text in (
        "Max(a, 0)*w**2",
        "Piecewise((w**2, a > 0), (2*w**2, True))",
        "Sum(sign(x[i])*(w - x[i])**2, (i, 1, m))",
    ):
        assert not gd.Cost(text, ["w"]).insight().kinks, text
    for text in ("Max(a, w)", "Mod(w, 2) + w**2", "Sum(Abs(x[i] - w), (i, 1, m))"):
        assert gd.Cost(text, ["w"]).insight().kinks, text


def test_where_it_curves_downwards_no_rate_is_called_stable() -> None:
    saddle = str(gd.Cost("w**2 - b**2", ["w", "b"]).insight())
    assert "stable" not in saddle and "condition" not in saddle and "curves downwards" in saddle
    assert "alpha" not in gd.Cost("w**2 - b**2", ["w", "b"]).insight().latex()
    flat = str(gd.Cost("Sum(v[j], (j, 1, n))**2", ["v"]).insight({"n": 3}))
    assert "Hessian eigenvalues: 0, 0, 6\n" in flat and "digits" not in flat


def test_data_outside_the_domain_of_a_constant_are_no_error_of_sympy() -> None:
    found = gd.Cost("Min(log(c), Max(w, 0.5) + c)", ["w"]).insight({"c": -1.5})
    assert found.convex is None and "say where" in str(found)


def test_many_eigenvalues_are_not_all_printed() -> None:
    cost = gd.Cost("Sum(j*v[j]**2, (j, 1, n))", ["v"])
    assert "Hessian eigenvalues: 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24;" in str(cost.insight({"n": 12}))
    many = cost.insight({"n": 60})
    assert "Hessian eigenvalues: 2, 4, 6, 8, ..., 114, 116, 118, 120;" in str(many)
    assert r"\lambda &= 2,\ 4,\ 6,\ 8,\ \dots,\ 114,\ 116,\ 118,\ 120 &&" in many.latex()


def test_digits_are_those_of_a_minimum_only_where_one_is_known() -> None:
    assert "16 digits of a minimum near here can be found" in str(gd.Cost("exp(w)", ["w"]).insight(at={"w": 0}))
    assert "16 digits of the minimum can be found" in str(gd.Cost("(w - 3)**2", ["w"]).insight())
    assert "16 digits of the minimum can be found" in str(gd.Cost("w**4 - w**3", ["w"]).insight())
