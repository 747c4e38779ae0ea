"""B1 to B4, B9: the cost of a line, its derivatives, and the way down."""

from __future__ import annotations

import numpy as np
import sympy
from sympy import KroneckerDelta, Rational, Sum

import gdsym as gd
from examples.book import Check, Example, Figure, Number, step_by_numbers
from examples.letters import alpha, b, f, i, j, k, m, n, w, x, y

HOUSES = {x: [1, 2], y: [300, 500]}  # size, price; on the line y = 200 x + 100
ORIGIN = {w: 0, b: 0}


def line_cost() -> gd.Cost:
    """J(w, b) = 1/(2m) sum_i (w x_i + b - y_i)^2."""
    return gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])


def B1() -> Example:
    """J(w_1, ..., w_n, b): a vector of weights, its general entry k, and the Kronecker delta."""
    weights = sympy.IndexedBase("w")
    line = Sum(weights[j] * x[i, j], (j, 1, n)) + b
    cost = gd.Cost(Sum((line - y[i]) ** 2, (i, 1, m)) / (2 * m), [weights, b])
    by_k = cost.partial(weights[k])
    claim = Sum((line - y[i]) * x[i, k], (i, 1, m)) / m
    table = {x: [[1, 3], [2, 1], [3, 2], [4, 0]], y: [13, 12, 17, 16]}
    run = cost.descend({weights: [0, 0], b: 0}, table, learning_rate=0.1, maxiter=5000)
    return Example(
        "B1",
        "Many weights, one derivation",
        r"""
            With one feature the line has a weight $w$ and an intercept $b$. With $n$ features it has $n$ weights,
            but nobody derives $n$ times: take the general weight $w_k$ and derive once.

            Inside the square stands a sum over all weights. Of its terms only the one with $j = k$ contains $w_k$.
            The Kronecker delta $\delta_{jk}$ (1 if $j = k$, else 0) says exactly that, and the step in which it
            swallows the inner sum is shown on a line of its own.
        """,
        costs=[cost],
        derivations=[by_k, cost.partial(b)],
        numbers=[
            Number("$w_1$ fitted to four samples", run.params["w"][0], "3.0000"),
            Number("$w_2$", run.params["w"][1], "2.0000"),
            Number("$b$", run.params[b], "4.0000"),
        ],
        checks=[
            Check(
                r"$\partial J/\partial w_k$ is $\frac{1}{m}\sum_i (\sum_j w_j x_{ij} + b - y_i)\,x_{ik}$",
                by_k.result == claim,
            ),
            Check("the gradient check agrees", cost.check({weights[k]: claim}).ok),
            Check("the delta collapses in a step of its own", len(collapses(by_k)) == 1),
        ],
        chosen=r"""
            The article names $J(w_1, \dots, w_n, b)$ but works with two parameters; cost and data of this example
            are ours.
        """,
        things={"cost": cost, "run": run, "by_k": by_k, "w": weights},
    )


def collapses(d: gd.Derivation) -> list[gd.Step]:
    """The lines in which a Kronecker delta leaves the sum."""
    delta = [s for s in d.steps if s.rule.name == "Kronecker delta"]
    return [s for s in delta if s.lhs.to_sympy().has(KroneckerDelta) and not s.rhs.to_sympy().has(KroneckerDelta)]


def B2() -> Example:
    """From w = b = 0 down to the line: ten thousand steps on one page."""
    cost = line_cost()
    run = cost.descend(ORIGIN, HOUSES, learning_rate=0.01, maxiter=10_000)
    costs = run.history.cost
    return Example(
        "B2",
        "Down the bowl from (0, 0)",
        """
            Stand on the surface $J(w, b)$ at $w = b = 0$, look for the steepest way down, take a small step, look
            again. Ten thousand steps later we are at the bottom, give or take a hair: the bowl is long and narrow,
            so the first steps fall fast and the last ones creep.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        formulas=[step_by_numbers(run)],
        numbers=[
            Number("$w$ after 10 000 steps", run.params[w], "199.9929"),
            Number("$b$ after 10 000 steps", run.params[b], "100.0116"),
            Number("cost after step 1", costs[1], "7.93e+04"),
            Number("cost after step 1001", costs[1001], "3.41e+00"),
            Number("cost after step 9001", costs[9001], "2.90e-05"),
        ],
        checks=[Check("the cost falls at every step", bool((np.diff(costs) < 0).all()))],
        figures=[
            Figure("surface", lambda: gd.plot.surface(cost, run=run), "The way down on the surface of the cost."),
            Figure(
                "contour",
                lambda: gd.plot.contour(cost, runs=run),
                "The same way from above: across the valley first, then along it.",
            ),
        ],
        chosen="Data, rate and number of steps are a reconstruction: the article's text leaves them open.",
        things={"cost": cost, "run": run},
    )


def B3() -> Example:
    """Two starts, two minima of one cost."""
    cost = gd.Cost(w**4 / 4 - w**3 / 3 - w**2 + (b - w) ** 2 + 3, [w, b])
    slopes = list(cost.gradient().expr)
    critical = sympy.solve(slopes, [w, b], dict=True)
    minima = [point for point in critical if cost.hessian().expr.subs(point).is_positive_definite]
    starts = {"from (-0.5, 2)": {w: -0.5, b: 2}, "from (0.5, -2)": {w: 0.5, b: -2}}
    runs = {name: cost.descend(start, learning_rate=0.1, maxiter=3000, gtol=1e-10) for name, start in starts.items()}
    right, left = runs.values()
    return Example(
        "B3",
        "Two starts, two valleys",
        """
            This cost has two valleys with a pass between them. Which one a descent ends in depends on where it
            starts; it has no way of knowing that the other valley is deeper. Nor is the nearest valley always the
            one: the two starts below lie crosswise.

            The derived gradient is also a system of equations. SymPy solves it exactly, and the derived Hessian
            says which of the three solutions are minima: the two at which the descents arrive.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number("critical points", len(critical), "3"),
            Number("minima among them", len(minima), "2"),
            Number("end of the run from $(0.5, -2)$: $w$", left.params[w], "-1.00000000"),
            Number("and $b$", left.params[b], "-1.00000000"),
            Number("end of the run from $(-0.5, 2)$: $w$", right.params[w], "2.00000000"),
            Number("and $b$", right.params[b], "2.00000000"),
            Number(r"cost in the left valley, $\frac{31}{12}$", left.fun, "2.58333333"),
            Number(r"cost in the right valley, $\frac{1}{3}$", right.fun, "0.33333333"),
        ],
        checks=[
            Check(f"the run {name} ends within $10^{{-8}}$ of a solved minimum", _distance(run, minima) < 1e-8)
            for name, run in runs.items()
        ],
        figures=[
            Figure(
                "valleys",
                lambda: gd.plot.basins(cost, runs=runs, learning_rate=0.1, span=((-2.5, 3), (-3, 3))),
                "Every point coloured by the valley that a descent from there ends in.",
            )
        ],
        chosen="""
            The article describes two valleys without a formula; this cost is ours, chosen so that its minima are
            whole numbers.
        """,
        things={"cost": cost, "runs": runs, "minima": minima, "critical": critical},
    )


def _distance(run: gd.Descent, minima: list[dict[sympy.Symbol, sympy.Expr]]) -> float:
    return min(max(abs(float(point[p]) - run.params[p]) for p in (w, b)) for point in minima)


def B4() -> Example:
    """Both parameters at once, and the mistake of renewing one before the other."""
    cost = line_cost()
    right, wrong = (
        cost.descend(ORIGIN, HOUSES, learning_rate=0.01, update=gd.GradientDescent(simultaneous=at_once), maxiter=steps)
        for at_once, steps in ((True, 30), (False, 30))
    )
    mixed = cost.hessian()[w, b]
    slope, curve = (_at_origin(d.result) for d in (cost.partial(w), mixed))
    predicted = Rational(1, 100) ** 2 * slope * curve
    after = {"right": right.history.params[b][1], "wrong": wrong.history.params[b][1]}
    return Example(
        "B4",
        "At the same time, not one after the other",
        r"""
            Both slopes belong to the same point. If $w$ is renewed first and the slope for $b$ is then taken at the
            new $w$, the step no longer follows the gradient of any one point.

            How much does the mistake change? $w$ has moved by $-\alpha\,\partial J/\partial w$, so the slope for
            $b$ has changed by that times $\partial^2 J/\partial w\,\partial b$, and $b$ itself differs by
            $\alpha^2\,\frac{\partial J}{\partial w}\,\frac{\partial^2 J}{\partial w\,\partial b}$. For this cost
            that is exact, because it is quadratic.
        """,
        costs=[cost],
        derivations=[cost.partial(w), cost.partial(b), mixed],
        numbers=[
            Number(r"$\partial J/\partial w$ at $(0, 0)$", slope, "-650"),
            Number(r"$\partial^2 J/\partial w\,\partial b$", curve, "3/2"),
            Number("predicted difference in $b$", float(predicted), "-0.0975"),
            Number("$b$ after one simultaneous step", after["right"], "4.0000"),
            Number("$b$ after one wrong step", after["wrong"], "3.9025"),
        ],
        checks=[
            Check(
                "the difference after one step is the predicted one",
                abs(after["wrong"] - after["right"] - float(predicted)) < 1e-12,
            ),
            Check(
                "$w$ is the same in both: it is renewed first", right.history.params[w][1] == wrong.history.params[w][1]
            ),
        ],
        figures=[
            Figure(
                "paths",
                lambda: gd.plot.contour(cost, HOUSES, runs={"simultaneous": right, "one after the other": wrong}),
                "Thirty steps of each: close, but not the same way.",
            )
        ],
        chosen="Data and rate as in B2.",
        things={"cost": cost, "right": right, "wrong": wrong, "predicted": predicted, "alpha": alpha},
    )


def _at_origin(formula: sympy.Expr) -> sympy.Expr:
    """The value at w = b = 0 for the two houses, exactly."""
    written_out = formula.subs({w: 0, b: 0, m: 2}).doit()
    entries = {x[at + 1]: v for at, v in enumerate(HOUSES[x])} | {y[at + 1]: v for at, v in enumerate(HOUSES[y])}
    return written_out.subs(entries)


def B9() -> Example:
    """Linear regression: the two formulas that the article states, derived, with the prediction kept by name."""
    prediction = w * x[i] + b
    cost = gd.Cost(Sum((f[i] - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b], where={f[i]: prediction})
    claims = {w: Sum((f[i] - y[i]) * x[i], (i, 1, m)) / m, b: Sum(f[i] - y[i], (i, 1, m)) / m}
    run = cost.descend(ORIGIN, HOUSES, learning_rate=0.5, maxiter=1000)
    forgot = cost.check({w: claims[b]})
    return Example(
        "B9",
        "The two formulas of linear regression, derived",
        """
            Here are the formulas that everybody copies, with their reasons. The prediction keeps its name $f_i = w
            x_i + b$ all the way down: it is opened once, to see that its slope by $w$ is $x_i$ and its slope by $b$
            is 1.

            The 2 in front of the sum was there from the start: it waits for the 2 that the square brings down, and
            both vanish in a step of their own.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number("$w$ at the end", run.params[w], "200.0000"),
            Number("$b$ at the end", run.params[b], "100.0000"),
        ],
        checks=[
            Check(
                r"$\partial J/\partial w = \frac{1}{m}\sum_i (f_i - y_i)\,x_i$ passes the gradient check",
                cost.check({w: claims[w]}).ok,
            ),
            Check(
                r"$\partial J/\partial b = \frac{1}{m}\sum_i (f_i - y_i)$ passes the gradient check",
                cost.check({b: claims[b]}).ok,
            ),
            Check("that the 2 cancels the 1/2 is a shown step", any(cancels(d.steps[-1]) for d in cost.gradient())),
            Check(
                "leaving out the $x_i$ is refused, with numbers to check by hand",
                not forgot.ok and forgot.counterexample is not None,
            ),
        ],
        figures=[
            Figure(
                "fit",
                lambda: gd.plot.fit(prediction, HOUSES, run),
                "The line that the descent found, through both houses.",
            )
        ],
        chosen="Data as in B2.",
        things={"cost": cost, "run": run, "forgot": forgot, "claims": claims},
    )


def cancels(step: gd.Step) -> bool:
    return any(isinstance(part, str) and "cancels" in part for part in step.reason)
