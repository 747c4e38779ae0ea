"""A2, A5: costs for regression and for classification, each derived."""

from __future__ import annotations

import numpy as np
from sympy import IndexedBase, KroneckerDelta, Sum, exp, sign, sqrt, symbols

import gdsym as gd
from examples.book import Check, Example, Figure, Number
from examples.figures import blank, finished
from examples.letters import b, i, j, k, m, n, w, x, y
from gdsym import losses


def A2() -> Example:
    """Mean absolute error of a line: its slope counts the signs of the errors; it has a kink."""
    line = w * x[i] + b
    cost = gd.Cost(losses.mae(line, y[i], (i, 1, n)), [w, b], name="MAE")
    data = {x: [1, 2, 3, 4, 5], y: [3, 5, 7, 9, 11]}
    start = {w: 0, b: 0}
    fixed = cost.descend(start, data, learning_rate=0.1, maxiter=2000)
    decaying = cost.descend(start, data, learning_rate=1 / (2 * sqrt(k + 4)), maxiter=2000)
    claim = {w: Sum(sign(line - y[i]) * x[i], (i, 1, n)) / n, b: Sum(sign(line - y[i]), (i, 1, n)) / n}
    at_the_kink = cost.compile().gradient({w: 2, b: 1}, data)
    return Example(
        "A2",
        "Mean absolute error of a line",
        """
            How far off is a line on average? Take the size of each error and average. The derivative of a size is a
            sign, so every point pulls with the same force, however far away it lies: up, down, or, where it is hit
            exactly, not at all.

            Exactly there, at an error of zero, the absolute value has a kink and no derivative. Every number from
            $-1$ to $1$ would do as a slope (a *subgradient*); the usual choice, and ours, is 0.

            The pull does not weaken near the minimum, so with a fixed rate the steps stay as long as they are and
            hop to and fro across the kink. A rate that shrinks comes much closer.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number("lowest MAE in 2000 steps, fixed rate 0.1", fixed.history.cost.min(), "0.120"),
            Number(r"lowest MAE in 2000 steps, rate $1/(2\sqrt{k+4})$", decaying.history.cost.min(), "0.0195"),
            Number("slope by $w$ where all errors are 0", at_the_kink[w], "0.0"),
            Number("slope by $b$ where all errors are 0", at_the_kink[b], "0.0"),
        ],
        checks=[
            Check(
                r"$\partial/\partial w$ is $\frac{1}{n}\sum_i \operatorname{sign}(w x_i + b - y_i)\,x_i$",
                cost.check({w: claim[w]}).ok,
            ),
            Check(
                r"$\partial/\partial b$ is $\frac{1}{n}\sum_i \operatorname{sign}(w x_i + b - y_i)$",
                cost.check({b: claim[b]}).ok,
            ),
            Check(
                "the derivation says where there is no derivative and what is used there",
                "not differentiable" in cost.partial(w).text(),
            ),
            Check("the fixed rate is reported as caught at the kink", fixed.status == "kink"),
            Check("the decaying rate ends lower than the fixed one ever was", decaying.fun < fixed.history.cost.min()),
        ],
        figures=[
            Figure(
                "kink",
                lambda: _kink(fixed, decaying),
                "The lowest cost so far: a fixed rate soon finds nothing better, a decaying one closes in.",
            )
        ],
        chosen="The five points (on the line $y = 2x + 1$) and both rates are ours.",
        things={"cost": cost, "fixed": fixed, "decaying": decaying, "at_the_kink": at_the_kink},
    )


def _kink(fixed: gd.Descent, decaying: gd.Descent) -> object:
    ax = blank()
    for run, colour, dash, label in (
        (fixed, "#D55E00", "--", "fixed rate"),
        (decaying, "#0072B2", "-", "decaying rate"),
    ):
        steps = np.arange(1, len(run.history.cost) + 1)
        ax.loglog(steps, np.minimum.accumulate(run.history.cost), dash, color=colour, linewidth=1.4, label=label)
    ax.set_xlabel("step $k + 1$")
    ax.set_ylabel("lowest MAE so far")
    return finished(ax, legend=True)


def A5() -> Example:
    """Four costs from one sentence each: MSE, MAE, binary and multi-class cross-entropy."""
    c, q, K = symbols("c q K", integer=True, positive=True)
    p, W = IndexedBase("p"), IndexedBase("W")
    line = w * x[i] + b
    mse = gd.Cost(losses.mse(line, y[i], (i, 1, m)), [w, b], name="MSE")
    mae = gd.Cost(losses.mae(line, y[i], (i, 1, m)), [w, b], name="MAE")

    weights = IndexedBase("w")
    odds = Sum(weights[j] * x[i, j], (j, 1, n))
    binary = gd.Cost(losses.log_loss(p[i], y[i], (i, 1, m)), [weights], where={p[i]: 1 / (1 + exp(-odds))})

    def score(a_class: object) -> object:
        return Sum(W[a_class, j] * x[i, j], (j, 1, n))

    share = exp(score(c)) / Sum(exp(score(q)), (q, 1, K))
    several = gd.Cost(losses.softmax_cross_entropy(score(c), y[i], (i, 1, m), (c, 1, K)), [W], where={p[i, c]: share})

    points = {x: [[1, -2], [1, -1], [1, -0.5], [1, 0.5], [1, 1], [1, 2]]}
    two = binary.descend({weights: [0, 0]}, points | {y: [0, 0, 1, 0, 1, 1]}, learning_rate=1, maxiter=500)
    three = several.descend({W: np.zeros((3, 2))}, points | {y: [1, 1, 2, 2, 3, 3]}, learning_rate=1, maxiter=500)
    claimed_two = Sum((p[i] - y[i]) * x[i, k], (i, 1, m)) / m
    claimed_three = Sum((p[i, c] - KroneckerDelta(c, y[i])) * x[i, k], (i, 1, m)) / m
    return Example(
        "A5",
        "Costs for numbers and costs for classes",
        r"""
            To predict a number, average the squared errors (MSE) or their sizes (MAE). To predict a class, let the
            model give each class a probability and charge it the logarithm of what it gave to the right one:
            cross-entropy.

            Two classes: $p_i$ is the logistic function of $\sum_j w_j x_{ij}$. Several classes: $p_{ic}$ is the
            share of class $c$ among the exponentials of all scores (softmax). The derivations look long, but watch
            their last lines: both end in *prediction minus truth, times input*, just like the line.
        """,
        costs=[mse, mae, binary, several],
        derivations=[mse.partial(w), mae.partial(w), binary.partial(weights[k]), several.partial(W[c, k])],
        numbers=[
            Number(r"binary cost at $w = 0$, that is $\log 2$", two.history.cost[0], "0.693147"),
            Number("binary cost after 500 steps", two.fun, "0.4607"),
            Number(r"three-class cost at $W = 0$, that is $\log 3$", three.history.cost[0], "1.098612"),
            Number("three-class cost after 500 steps", three.fun, "0.0711"),
        ],
        checks=[
            Check(
                r"binary: $\partial J/\partial w_k = \frac{1}{m}\sum_i (p_i - y_i)\,x_{ik}$",
                binary.check({weights[k]: claimed_two}).ok,
            ),
            Check(
                r"softmax: $\partial J/\partial W_{ck} = \frac{1}{m}\sum_i (p_{ic} - [y_i = c])\,x_{ik}$",
                several.check({W[c, k]: claimed_three}).ok,
            ),
            Check(
                "the derivations end in these very formulas",
                _ends(binary, weights[k], claimed_two) and _ends(several, W[c, k], claimed_three),
            ),
        ],
        chosen="""
            The article names costs for classification but gives no formula for them; the models (logistic, softmax)
            and the six points are ours.
        """,
        things={
            "mse": mse,
            "mae": mae,
            "binary": binary,
            "several": several,
            "two": two,
            "three": three,
            "w": weights,
            "W": W,
            "p": p,
            "c": c,
        },
    )


def _ends(cost: gd.Cost, entry: object, formula: object) -> bool:
    return bool(cost.partial(entry).result == formula)
