"""C9 to C11: the error by name, one sample at a time, squared or absolute."""

from __future__ import annotations

import numpy as np
from sympy import IndexedBase, Rational, Sum, symbols

import gdsym as gd
from examples.book import Check, Example, Figure, Number
from examples.c_line import CENTRED, X, Y, b, line_cost, m
from examples.letters import N, i, k
from gdsym import losses

Error, rate = symbols("Error r")
E = IndexedBase("Error")


def C9() -> Example:
    """J = Error^2 with Error = m X + b - Y: the derivative by name, and what became of the 2."""
    x, y = symbols("X Y")
    part = m * x + b - y
    cost = gd.Cost(Error**2, [m, b], where={Error: part})
    half = gd.Cost(Error**2 / 2, [m, b], where={Error: part})
    full = gd.Cost(Sum(E[i] ** 2, (i, 1, N)) / N, [m, b], where={E[i]: m * X[i] + b - Y[i]})
    dropped = cost.check({m: Error * x})
    inside = cost.check({m: Error * x * rate})
    sample, start = {x: 2, y: 7}, {m: 0.3, b: -0.1}
    with_two = cost.descend(start, sample, learning_rate=0.01, gtol=0, maxiter=50)
    without = half.descend(start, sample, learning_rate=0.02, gtol=0, maxiter=50)
    return Example(
        "C9",
        "The error by name, and the 2 that went missing",
        r"""
            One sample, one error: $J = \mathrm{Error}^2$ with $\mathrm{Error} = mX + b - Y$. The chain rule brings
            down the 2 and leaves the slope of the error itself, which is $X$ for the slope $m$ and 1 for the
            intercept $b$.

            With the 2 dropped the formula $\mathrm{Error} \cdot X$ is half the derivative. The descent does not
            mind, provided the rate is doubled: then the two runs agree in every step, to the last bit. It is the
            derivative of $\frac{1}{2}\mathrm{Error}^2$.

            For the whole cost of $N$ samples the same derivation gives $\frac{2}{N}\sum_i \mathrm{Error}_i X_i$.
        """,
        costs=[cost, full],
        derivations=[*cost.gradient(), *full.gradient()],
        numbers=[
            Number(r"$\partial J/\partial m$", cost.partial(m).result, "2*Error*X"),
            Number(r"$\partial J/\partial b$", cost.partial(b).result, "2*Error"),
            Number(r"factor of the claim $\mathrm{Error} \cdot X$", dropped.factor, "1/2"),
            Number(r"factor of the claim $\mathrm{Error} \cdot X \cdot r$", inside.factor, "r/2"),
            Number(
                r"$\partial J/\partial m$ of the whole cost",
                full.partial(m).result,
                "2*Sum(Error[i]*X[i], (i, 1, N))/N",
            ),
            Number("$m$ after 50 steps, either way", with_two.params[m], "2.8866"),
        ],
        checks=[
            Check(
                f"the check says: {' '.join(dropped.message.removeprefix('m: ').split())}",
                "The derivative is 2 times the claim; a learning rate can absorb it" in dropped.message,
            ),
            Check(r"half the cost has the derivative $\mathrm{Error} \cdot X$", half.partial(m).result == Error * x),
            Check(
                r"$\mathrm{Error} \cdot X$ with rate $2r$ equals $2\,\mathrm{Error} \cdot X$ with rate $r$, step for step",
                _same(with_two, without),
            ),
        ],
        figures=[
            Figure(
                "samestep",
                lambda: gd.plot.contour(
                    cost, sample, runs={"2 Error X, rate r": with_two, "Error X, rate 2r": without}
                ),
                "One sample determines a valley of lines, not one line; the two runs lie on top of each other.",
            )
        ],
        put_right=r"""
            Its last formulas write the learning rate into $\partial J/\partial m$: what stands there is the change
            $\delta m = \alpha\,\partial J/\partial m$, not the derivative. And the 2 is dropped from them: harmless
            for the descent, if one doubles the rate, but then the formula is no longer the derivative of
            $\mathrm{Error}^2$.
        """,
        chosen="The sample $(2, 7)$, the start and the rate are ours.",
        things={
            "cost": cost,
            "half": half,
            "full": full,
            "dropped": dropped,
            "inside": inside,
            "with_two": with_two,
            "without": without,
            "X": x,
        },
    )


def _same(one: gd.Descent, other: gd.Descent) -> bool:
    return all(np.array_equal(one.history.params[p], other.history.params[p]) for p in (m, b))


def C10() -> Example:
    """All samples at once or one at a time: the mean of the small gradients is the large one."""
    cost = line_cost()
    single = cost.sample(i)
    mean = {p: Sum(single.partial(p).result, (i, 1, N)) / N for p in (m, b)}
    schedule = Rational(1, 100) / (1 + k / 200)
    start = {m: 0, b: 130}
    batch = cost.descend(start, CENTRED, learning_rate=0.01, maxiter=300)
    one, again, other = (
        cost.descend(start, CENTRED, learning_rate=schedule, batch=1, rng=seed, maxiter=300, gtol=0)
        for seed in (7, 7, 8)
    )
    return Example(
        "C10",
        "All samples, or one at a time",
        """
            Batch descent looks at all errors before every step; stochastic descent looks at one. Its steps stagger,
            but they do not lie on average: the mean of the gradients of the single samples *is* the gradient of the
            cost, symbol for symbol.

            The staggering does not stop at the minimum, so the rate has to shrink. And chance is made repeatable by
            a seed: the same seed draws the same samples.
        """,
        costs=[cost, single],
        derivations=[cost.partial(m), single.partial(m)],
        numbers=[
            Number("cost after 300 batch steps", batch.fun, "2.01580"),
            Number("cost after 300 single samples, seed 7", one.fun, "2.31229"),
        ],
        checks=[
            Check("the mean of the single gradients is the batch gradient (slope)", cost.check({m: mean[m]}).ok),
            Check("the mean of the single gradients is the batch gradient (intercept)", cost.check({b: mean[b]}).ok),
            Check("the same seed draws the same samples and gives the same run", _same(one, again)),
            Check("another seed gives another run", not _same(one, other)),
        ],
        figures=[
            Figure(
                "paths",
                lambda: gd.plot.contour(cost, CENTRED, runs={"batch": batch, "one sample a step": one}),
                "Smoothly down the valley, and staggering down to the same place.",
            )
        ],
        chosen="Data as in C2, heights centred; start, rates and seeds are ours.",
        things={
            "cost": cost,
            "single": single,
            "mean": mean,
            "batch": batch,
            "one": one,
            "again": again,
            "other": other,
        },
    )


def C11() -> Example:
    """Squared and absolute error on the same data, one point of which is far out."""
    data = {X: [1, 2, 3, 4, 5, 6, 7], Y: [3, 5, 7, 9, 11, 25, 15]}
    line = m * X[i] + b
    squared = gd.Cost(losses.mse(line, Y[i], (i, 1, N)), [m, b], name="S")
    absolute = gd.Cost(losses.mae(line, Y[i], (i, 1, N)), [m, b], name="A")
    insight = squared.insight(data)
    by_squares = squared.descend({m: 0, b: 0}, data, learning_rate=insight.best_rate, maxiter=3000, gtol=1e-9)
    by_sizes = absolute.descend({m: 0, b: 0}, data, learning_rate=1 / (k + 1), maxiter=20_000)
    off = {name: _distances(run, data) for name, run in (("squared", by_squares), ("absolute", by_sizes))}
    parabola = gd.Cost(Error**2, [Error], name="J")
    slope = parabola.partial(Error).result
    return Example(
        "C11",
        "Squared or absolute? The far point decides",
        """
            Six points lie on the line $Y = 2X + 1$, one lies 12 above it. A squared error makes a point that is
            twice as far pull twice as hard, so the far point bends the whole line. An absolute error pulls with the
            same force from any distance, and the line stays with the six.

            A *loss* belongs to one sample, the *cost* is the average of the losses. On the parabola of one squared
            loss the slope grows with the error: far out it is steep and the steps are long, near the bottom it is
            shallow and they are short.
        """,
        costs=[squared, absolute, squared.sample(i)],
        derivations=[squared.partial(m), absolute.partial(m), squared.sample(i).partial(m), parabola.partial(Error)],
        numbers=[
            Number("slope by squared errors", by_squares.params[m], "2.8571"),
            Number("intercept by squared errors", by_squares.params[b], "-0.7143"),
            Number("slope by absolute errors", by_sizes.params[m], "2.000"),
            Number("intercept by absolute errors", by_sizes.params[b], "1.000"),
            Number("distance of the far point, squared errors", off["squared"][5], "8.57"),
            Number("distance of the far point, absolute errors", off["absolute"][5], "12.00"),
            Number("mean distance of the other six, squared errors", np.delete(off["squared"], 5).mean(), "1.71"),
            Number("mean distance of the other six, absolute errors", np.delete(off["absolute"], 5).mean(), "0.00"),
            Number("slope of the loss at a steep point, error 3", slope.subs(Error, 3), "6"),
            Number("slope of the loss at a shallow point, error 1/2", slope.subs(Error, Rational(1, 2)), "1"),
        ],
        checks=[
            Check(
                "the line of squared errors is the one of the normal equations",
                np.allclose(by_squares.x, [insight.minimiser[m], insight.minimiser[b]], atol=1e-8),
            ),
            Check(
                "the cost is the mean of the losses",
                squared.check({m: Sum(squared.sample(i).partial(m).result, (i, 1, N)) / N}).ok,
            ),
        ],
        figures=[
            Figure(
                "outlier",
                lambda: gd.plot.fit(line, data, {"squared": by_squares, "absolute": by_sizes}),
                "One far point: the squared fit follows it, the absolute fit does not.",
            ),
            Figure(
                "tangents",
                lambda: gd.plot.tangent(parabola, [0.5, 3], span=(-4, 4.5)),
                "A steep and a shallow point on the parabola of one loss.",
            ),
        ],
        put_right="It uses *loss* and *cost* for the same thing after telling them apart; here they stay apart.",
        chosen="The seven points are ours.",
        things={
            "squared": squared,
            "absolute": absolute,
            "by_squares": by_squares,
            "by_sizes": by_sizes,
            "off": off,
            "parabola": parabola,
            "insight": insight,
        },
    )


def _distances(run: gd.Descent, data: dict[IndexedBase, list[float]]) -> np.ndarray:
    return np.abs(run.params[m] * np.array(data[X]) + run.params[b] - np.array(data[Y]))
