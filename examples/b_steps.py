"""B5 to B8, B10: one parameter, the sign of the slope, the learning rate, and when to stop."""

from __future__ import annotations

import numpy as np
import sympy

import gdsym as gd
from examples.b_line import HOUSES, ORIGIN, line_cost
from examples.book import Check, Example, Figure, Number, step_by_numbers
from examples.figures import finished, panels
from examples.letters import b, w


def B5() -> Example:
    """Right of the minimum the slope is positive and w falls; left of it the slope is negative and w rises."""
    cost = gd.Cost((w - 3) ** 2 + 1, [w])
    slope = cost.partial(w).result
    right, left = (cost.descend({w: start}, learning_rate=0.1, gtol=0, maxiter=1) for start in (5, 1))
    return Example(
        "B5",
        "The sign of the slope knows the way",
        """
            Draw the tangent where you stand. If it climbs to the right, its slope is positive, and taking away a
            positive number moves $w$ to the left. If it falls to the right, the slope is negative, and taking away
            a negative number moves $w$ to the right. Either way, downhill.
        """,
        costs=[cost],
        derivations=[cost.partial(w)],
        formulas=[
            step_by_numbers(right, "From the right, one step with its numbers:"),
            step_by_numbers(left, "From the left:"),
        ],
        numbers=[
            Number("slope at $w = 5$", slope.subs(w, 5), "4"),
            Number("slope at $w = 1$", slope.subs(w, 1), "-4"),
            Number(r"from 5 one step with $\alpha = 0.1$ leads to", right.params[w], "4.6000"),
            Number(r"from 1 one step with $\alpha = 0.1$ leads to", left.params[w], "1.4000"),
        ],
        checks=[
            Check("on the right $w$ falls, on the left it rises", right.params[w] < 5 and left.params[w] > 1),
            Check(
                "both steps make the cost smaller",
                right.fun < right.history.cost[0] and left.fun < left.history.cost[0],
            ),
            Check(
                "the compiled slope is the derived one",
                cost.compile().gradient({w: 5})[w] == 4 and cost.compile().gradient({w: 1})[w] == -4,
            ),
        ],
        figures=[
            Figure(
                "tangents",
                lambda: gd.plot.tangent(cost, [1, 5], span=(-0.5, 6.5)),
                "The slopes written on the tangents are the derived derivative at these points.",
            )
        ],
        chosen="The parabola is ours: the article draws a curve without a formula.",
        things={"cost": cost, "right": right, "left": left},
    )


def B6() -> Example:
    """Rate 0.8 on the two houses: the cost grows from step to step, and the Hessian says why."""
    cost = line_cost()
    run = cost.descend(ORIGIN, HOUSES, learning_rate=0.8, maxiter=1000)
    insight = cost.insight(HOUSES)
    costs = run.history.cost
    return Example(
        "B6",
        "Too large a step: divergence",
        r"""
            The data of B2, the rate 0.8. The first step already lands on the far side of the valley, higher up than
            it began; there the slope is steeper, so the next step is longer still.

            The second derivatives say beforehand where this begins. Along the steepest direction the distance to
            the minimum is multiplied by $1 - \alpha\lambda_{\max}$ in each step; its size stays below 1 only for
            $\alpha < 2/\lambda_{\max}$.
        """,
        costs=[cost],
        derivations=[cost.hessian()[w, w], cost.hessian()[w, b], cost.hessian()[b, b]],
        numbers=[
            Number("cost after step 1", costs[1], "2.58e+05"),
            Number("cost after step 2", costs[2], "7.82e+05"),
            Number("cost after step 3", costs[3], "2.37e+06"),
            Number(r"$\lambda_{\max}$ of the Hessian", insight.eigenvalues[-1], "3.4271"),
            Number(r"largest stable rate $2/\lambda_{\max}$", insight.max_rate, "0.5836"),
            Number(r"best fixed rate $2/(\lambda_{\min} + \lambda_{\max})$", insight.best_rate, "0.5714"),
        ],
        checks=[
            Check("the run stops as diverged", run.status == "diverged"),
            Check(f"it says: {run.message}", "0.8 is above 2/lambda_max = 0.5836" in run.message),
            Check(
                r"each step multiplies the cost by nearly $(1 - \alpha\lambda_{\max})^2$",
                abs(costs[13] / costs[12] - (1 - 0.8 * insight.eigenvalues[-1]) ** 2) < 1e-6,
            ),
        ],
        figures=[
            Figure(
                "divergence",
                lambda: _divergence(cost, run),
                "The steps leap from one side of the valley to the other (left); the cost grows (right).",
                wide=True,
            )
        ],
        put_right=r"""
            It says that a learning rate is usually between 0 and 1. That is no rule: here 0.8 diverges, and in C5
            the best rate is 1.6. The border is $2/\lambda_{\max}$, and it depends on the cost and the data.
        """,
        chosen="The data are those of B2; the rate 0.8 is a reconstruction.",
        things={"cost": cost, "run": run, "insight": insight},
    )


def _divergence(cost: gd.Cost, run: gd.Descent) -> object:
    left, right = panels(2, height=2.7)
    gd.plot.contour(cost, HOUSES, runs=run, span=((-1200, 1600), (-800, 1000)), ax=left)
    gd.plot.learning_rates({"rate 0.8": run}, ax=right)
    return left


def B7() -> Example:
    """At a minimum the slope is 0, and a step of gradient descent goes nowhere."""
    cost = gd.Cost((w - 1) ** 2 * (w - 5) ** 2, [w])
    run = cost.descend({w: 5}, learning_rate=0.1, gtol=0, maxiter=20)
    d = cost.partial(w)
    return Example(
        "B7",
        "At the bottom a step does nothing",
        r"""
            This cost has two minima, at 1 and at 5. Start the descent at $w = 5$ and let it take twenty steps with
            $\alpha = 0.1$ (with the stopping test switched off, so that they are really taken). The slope is 0, so
            each step subtracts 0.

            The derivation ends in factors, and that matters for the arithmetic: at 5 one factor is exactly 0, so
            the whole slope is, without any rounding.
        """,
        costs=[cost],
        derivations=[d],
        formulas=[step_by_numbers(run)],
        numbers=[
            Number("derived slope at $w = 5$", d.result.subs(w, 5), "0"),
            Number("steps taken", run.nit, "20"),
            Number("$w$ after them", run.params[w], "5.0"),
        ],
        checks=[
            Check("$w$ is exactly 5 in every row", bool((run.history.params[w] == 5).all())),
            Check("the gradient is exactly 0 in every row", bool((run.history.gradient_norm == 0).all())),
            Check("the derivation ends in the factored form", d.result == (w - 1) * (w - 5) * (w - 3) * 4),
        ],
        figures=[Figure("minima", lambda: gd.plot.tangent(cost, [5], span=(0, 6)), "The tangent at $w = 5$ is level.")],
        chosen=r"The article gives $w = 5$ and $\alpha = 0.1$ but no cost; this one, with two minima, is ours.",
        things={"cost": cost, "run": run, "derivation": d},
    )


def B8() -> Example:
    """A fixed rate converges all the same: the steps shrink because the slope does."""
    cost = gd.Cost((w - 1) ** 2 * (w - 5) ** 2, [w])
    run = cost.descend({w: 4.5}, learning_rate=0.01, gtol=1e-6, maxiter=500)
    lengths = np.abs(np.diff(run.history.params[w]))
    ratios = lengths[1:] / lengths[:-1]
    curvature = cost.hessian()[w, w]
    limit = abs(1 - sympy.Rational(1, 100) * curvature.result.subs(w, 5))
    return Example(
        "B8",
        "A fixed rate, ever smaller steps",
        r"""
            The learning rate stays at 0.01, yet the steps become smaller and smaller: a step is rate times slope,
            and the slope fades as the minimum comes near.

            How fast? Near the minimum $w^*$ the slope is almost $J''(w^*)\,(w - w^*)$, so each step leaves $1 -
            \alpha J''(w^*)$ of the distance. The step lengths shrink by the same factor.
        """,
        costs=[cost],
        derivations=[cost.partial(w), curvature],
        numbers=[
            Number("$J''(5)$", curvature.result.subs(w, 5), "32"),
            Number(r"predicted ratio $\left|1 - \alpha J''(5)\right|$", float(limit), "0.680000"),
            Number("ratio of the last two steps", ratios[-1], "0.680000"),
            Number("first step", lengths[0], "0.105000"),
            Number("steps to a gradient of $10^{-6}$", run.nit, "45"),
        ],
        checks=[
            Check("step lengths strictly fall", bool((np.diff(lengths) < 0).all())),
            Check(r"their ratio tends to $\left|1 - \alpha J''(5)\right|$", abs(ratios[-1] - float(limit)) < 1e-6),
        ],
        figures=[
            Figure(
                "lengths",
                lambda: _lengths(cost, run, lengths, float(limit)),
                "The run from 4.5 to 5 (left); its step lengths, and the predicted slope of their fall (right).",
                wide=True,
            )
        ],
        chosen="Cost, start and rate are ours.",
        things={"cost": cost, "run": run, "lengths": lengths, "limit": limit},
    )


def _lengths(cost: gd.Cost, run: gd.Descent, lengths: np.ndarray, ratio: float) -> object:
    left, right = panels(2)
    gd.plot.cost_curve(cost, run=run, span=(3.6, 5.8), ax=left)
    steps = np.arange(len(lengths))
    right.semilogy(steps, lengths, ".", markersize=3.5, color="#0072B2", label="step length")
    right.semilogy(
        steps,
        lengths[-1] * ratio ** (steps - steps[-1]),
        linewidth=0.9,
        color="#D55E00",
        label=f"times {ratio:g} a step",
    )
    right.set_xlabel("step $k$")
    right.set_ylabel("length of the step")
    finished(right, legend=True)
    return left


def B10() -> Example:
    """Stop when the parameters no longer change much: xtol."""
    cost = line_cost()
    run = cost.descend(ORIGIN, HOUSES, learning_rate=0.5, xtol=1e-6, gtol=0, maxiter=10_000)
    rows = np.column_stack([run.history.params[w], run.history.params[b]])
    moved = np.linalg.norm(np.diff(rows, axis=0), axis=1) / np.linalg.norm(rows[1:], axis=1)
    return Example(
        "B10",
        "When the parameters no longer change much",
        """
            When is it enough? One answer: when a step changes the parameters by less than a millionth of their
            size. That is the test `xtol=1e-6`.

            A small step is not yet a small error: on a flat slope steps are small far from the minimum. Here the
            remaining error is 26 times the last step, because along the flat direction of the valley each step
            removes only 3.6 % of it.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number("steps until the test holds", run.nit, "219"),
            Number("last relative change", moved[-1], "9.94e-07"),
            Number("relative change one step before", moved[-2], "1.03e-06"),
            Number("remaining error, in last steps", _left(run, moved), "26.4"),
            Number("$w$ where it stops", run.params[w], "199.997"),
            Number("$b$ where it stops", run.params[b], "100.005"),
        ],
        checks=[
            Check("the run says that it converged, by xtol", run.success and "xtol" in run.message),
            Check(
                "it stopped at the first step that is small enough",
                bool(moved[-1] <= 1e-6 and (moved[:-1] > 1e-6).all()),
            ),
        ],
        figures=[
            Figure(
                "change",
                lambda: _changes(moved),
                "Relative change of the parameters; the run stops where it meets the line.",
            )
        ],
        chosen="Data as in B2; the article gives no tolerance.",
        things={"cost": cost, "run": run, "moved": moved},
    )


def _left(run: gd.Descent, moved: np.ndarray) -> float:
    """Distance to the minimum (200, 100) divided by the length of the last step."""
    return float(np.linalg.norm(run.x - [200, 100]) / (moved[-1] * np.linalg.norm(run.x)))


def _changes(moved: np.ndarray) -> object:
    (ax,) = panels(1, width=3.4)
    ax.semilogy(np.arange(1, len(moved) + 1), moved, linewidth=1.2, color="#0072B2")
    ax.axhline(1e-6, linewidth=0.8, color="#D55E00")
    ax.text(2, 1.25e-6, "xtol", color="#D55E00", fontfamily="STIXGeneral")
    ax.set_xlabel("step $k$")
    ax.set_ylabel("relative change")
    return finished(ax)
