"""A1, A3, A4, A6: the update rule, derivatives and gradients, the learning rate."""

from __future__ import annotations

import numpy as np
import sympy
from sympy import Function, Rational, Sum, exp, log, pi, sqrt, symbols

import gdsym as gd
from examples.book import Check, Example, Figure, Formula, Number, step_by_numbers, tex
from examples.figures import finished, panels
from examples.letters import b, i, k, m, w, x, y
from examples.rule import by_hand, labelled

DATA = {x: [1, 2], y: [300, 500]}  # sizes in 1000 square feet, prices in 1000 dollars


def A1() -> Example:
    """theta_{k+1} = theta_k - alpha dJ/dtheta: the equation that is printed is the one that runs."""
    cost = gd.Cost((w - 3) ** 2 / 2, [w])
    rule = gd.GradientDescent()
    run = cost.descend({w: 7}, update=rule, learning_rate=0.25, gtol=0, maxiter=8)
    hand = by_hand(cost, {w: 7}, Rational(1, 4))
    picture = labelled(rule, "The rule as the descent runs it, its parts named:")
    return Example(
        "A1",
        "The update rule and its five parts",
        r"""
            One step of gradient descent needs five things: where you are ($\theta_k$), a cost $J$ that says how bad
            that is, the slope of the cost there, a learning rate $\alpha$ that says how far to trust the slope, and
            so the place where you are next ($\theta_{k+1}$).

            The slope points to where the cost *grows*. The minus sign turns it round.
        """,
        costs=[cost],
        derivations=[cost.partial(w)],
        formulas=[picture, step_by_numbers(run)],
        numbers=[
            Number("$w$ after one step, by hand", hand[w], "6"),
            Number("$w$ after one step of the descent", run.history.params[w][1], "6.0"),
            Number("$w$ after eight steps", run.history.params[w][8], "3.4005"),
        ],
        checks=[
            Check("one step by hand equals one step of the descent", float(hand[w]) == run.history.params[w][1]),
            Check("every step is the one that the equation says", _follows(run, cost)),
        ],
        figures=[
            Figure(
                "steps",
                lambda: gd.plot.cost_curve(cost, run=run, span=(-1, 8)),
                r"Eight steps with $\alpha = 0.25$ on $J(w)$.",
            )
        ],
        put_right=r"""
            It calls $\partial J/\partial\theta$ the direction of steepest descent. It is the direction of steepest
            *ascent*; the minus sign in front of $\alpha$ makes it descent. The article also writes $\theta_j$ for
            the value at step $j$; as $j$ mostly counts parameters, we write $k$ for the step.
        """,
        chosen="The cost, the start and the rate are ours; the article works no numbers here.",
        things={"cost": cost, "run": run, "rule": rule, "hand": hand, "formula": picture},
    )


def _follows(run: gd.Descent, cost: gd.Cost) -> bool:
    slope = sympy.lambdify(w, cost.partial(w).result)
    rows = run.history.params[w]
    return bool(np.array_equal(rows[1:], rows[:-1] - 0.25 * slope(rows[:-1])))


def A3() -> Example:
    """d/dx f(x), partial f(x, y), and the gradient as a column: for functions without a formula too."""
    s, t, V, r = symbols("x y V r", positive=True)
    f = Function("f")
    anything = gd.Cost(f(s, t), [s, t], name="f")
    hill = gd.Cost(120 * exp(-(s**2 + 2 * t**2) / 8), [s, t], name="h")
    glass = gd.derive(V / (pi * r**2), V)
    here = {s: 2, t: 1}
    uphill = [sympy.simplify(e.subs(here)) for e in hill.gradient().expr]
    return Example(
        "A3",
        "Derivative, partial derivative, gradient",
        r"""
            A derivative is a rate: how fast does this change when that changes? With several variables we let one
            move and hold the others still; that is a partial derivative, written with a round $\partial$. All
            partial derivatives in one column are the gradient.

            None of this needs a formula for $f$: the first three lines below hold for every smooth function.

            Two things that can be touched. Water in a straight glass of radius $r$ stands $h = V/(\pi r^2)$ high,
            so its height rises by $1/(\pi r^2)$ for each unit of volume: slowly in a wide glass, fast in a narrow
            one. And on a hill the gradient of the height is the direction in which you would climb fastest.
        """,
        costs=[hill],
        derivations=[gd.derive(f(s), s), *anything.gradient(), glass, *hill.gradient()],
        formulas=[
            Formula(
                "The gradient of any $f(x, y)$, as a column:",
                anything.gradient().column(),
                str(anything.gradient().expr),
            ),
            Formula("The gradient of the hill:", hill.gradient().column(), str(hill.gradient().expr)),
        ],
        numbers=[
            Number("height per volume in a glass of radius 3", float(glass.result.subs(r, 3)), "0.03537"),
            Number("slope of the hill eastwards at $(2, 1)$", float(uphill[0]), "-28.3420"),
            Number("slope of the hill northwards at $(2, 1)$", float(uphill[1]), "-28.3420"),
        ],
        checks=[
            Check(r"$dh/dV = \frac{1}{\pi r^2}$", glass.result == 1 / (pi * r**2)),
            Check(r"$d/dx\,f(x)$ of an undefined $f$ is its derivative", gd.derive(f(s), s).result == f(s).diff(s)),
            Check(
                "the gradient column is printed as a matrix with brackets",
                r"\begin{bmatrix}" in anything.gradient().column(),
            ),
        ],
        figures=[
            Figure(
                "hill",
                lambda: _hill(hill, (s, t)),
                "The hill from above: the gradient is at right angles to the contour lines.",
            )
        ],
        chosen="""
            The hill and the glass are ours; the article describes both in words only. It speaks of the derivative
            of the height with respect to the volume; with $r$ held fixed that is the partial derivative shown here.
        """,
        things={"glass": glass, "hill": hill, "anything": anything, "V": V, "r": r},
    )


def _hill(hill: gd.Cost, letters: tuple[sympy.Symbol, sympy.Symbol]) -> object:
    """Contour lines and a few gradients, drawn from the derived partials."""
    slopes = sympy.lambdify(letters, list(hill.gradient().expr))
    ax = gd.plot.contour(hill, span=((-4.5, 4.5), (-3.5, 3.5)), levels=[5, 15, 30, 50, 70, 90, 105])
    for east, north in [(2, 1), (-2.5, 1.2), (-1.2, -1.6), (3, -1), (0.6, 2.2)]:
        ax.annotate(
            "",
            _toward((east, north), slopes(east, north)),
            (east, north),
            arrowprops={"arrowstyle": "-|>", "lw": 1.1, "color": "#D55E00"},
        )
    ax.set_aspect("equal")
    ax.set_xlabel("$x$ (east)")
    ax.set_ylabel("$y$ (north)")
    return ax


def _toward(point: tuple[float, float], slope: list[float]) -> tuple[float, float]:
    return point[0] + slope[0] / 28, point[1] + slope[1] / 28


def A4() -> Example:
    """Too small, right, too large: one cost, three learning rates."""
    cost = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    insight = cost.insight(DATA)
    rates = {"too small": 0.01, "right": 0.5, "too large": 0.6}
    runs = {what: cost.descend({w: 0, b: 0}, DATA, learning_rate=rate, maxiter=400) for what, rate in rates.items()}
    shown = {f"rate {rates[what]:g}": run for what, run in runs.items()}
    return Example(
        "A4",
        "A learning rate too small, right, too large",
        rf"""
            The same cost, the same start, three rates. With 0.01 the cost falls at every step, but after 400 steps
            it is still far from its minimum. With 0.5 it is there. With 0.6 each step overshoots a little more than
            the one before, and the cost grows.

            Where the border lies is no matter of luck: it is $2/\lambda_{{\max}}$, twice the inverse of the largest
            curvature, here {insight.max_rate:.4f}.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number(r"largest stable rate, $2/\lambda_{\max}$", insight.max_rate, "0.5836"),
            Number("cost after 400 steps, rate 0.01", runs["too small"].fun, "8.20e+00"),
            Number("steps to a gradient of $10^{-6}$, rate 0.5", runs["right"].nit, "383"),
            Number("cost at the end, rate 0.5", runs["right"].fun, "0.000000"),
            Number("steps until rate 0.6 is stopped", runs["too large"].nit, "127"),
        ],
        checks=[
            Check("too small: not there after the same number of steps", runs["too small"].status == "max_steps"),
            Check("right: converged", runs["right"].success),
            Check("too large: the cost grows and the run stops as diverged", runs["too large"].status == "diverged"),
            Check(
                "nothing is lost: every row of the diverged run is finite",
                bool(np.isfinite(runs["too large"].history.cost).all()),
            ),
        ],
        figures=[
            Figure("rates", lambda: gd.plot.learning_rates(shown), "Cost against step, one line a learning rate.")
        ],
        chosen="Data and rates are ours (the two houses of example B2).",
        things={"cost": cost, "runs": runs, "insight": insight},
    )


def A6() -> Example:
    """A random start, and a learning rate that changes with the step."""
    cost = gd.Cost(log(1 + (w - 2) ** 2 + 3 * (b + 1) ** 2), [w, b])
    schedule = Rational(1, 2) / sqrt(k + 1)
    starts = {
        seed: dict(zip((w, b), np.random.default_rng(seed).uniform(-3, 3, 2).tolist(), strict=True)) for seed in (1, 2)
    }
    runs = {seed: cost.descend(start, learning_rate=schedule, maxiter=300) for seed, start in starts.items()}
    again = cost.descend(
        dict(zip((w, b), np.random.default_rng(1).uniform(-3, 3, 2).tolist(), strict=True)),
        learning_rate=schedule,
        maxiter=300,
    )
    rates = np.array([float(schedule.subs(k, at)) for at in range(len(runs[1].history.rate))])
    return Example(
        "A6",
        "A random start and a rate that changes",
        """
            A descent often starts at random. A seed makes the chance repeatable: the same seed gives the same start
            and the same run, bit for bit.

            The rate need not stay fixed either. Here it is an expression in the step $k$, written with SymPy like
            everything else; the descent evaluates the object that is printed below.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        formulas=[
            Formula("The learning rate at step $k$:", rf"\alpha_{{k}} = {tex(schedule)}", f"alpha[k] = {schedule}")
        ],
        numbers=[
            Number("start with seed 1, $w$", starts[1][w], "0.0709"),
            Number("start with seed 1, $b$", starts[1][b], "2.7028"),
            Number("rate at step 0", runs[1].history.rate[0], "0.5000"),
            Number("rate at step 24", runs[1].history.rate[24], "0.1000"),
            Number("$w$ at the end, seed 1", runs[1].params[w], "2.000000"),
            Number("$b$ at the end, seed 2", runs[2].params[b], "-1.000000"),
        ],
        checks=[
            Check("the same seed gives the same run", bool(np.array_equal(again.history.cost, runs[1].history.cost))),
            Check("another seed gives another start", starts[1] != starts[2]),
            Check(
                "the rates that ran are the printed schedule",
                bool(np.allclose(runs[1].history.rate, rates, rtol=1e-15)),
            ),
        ],
        figures=[
            Figure(
                "starts",
                lambda: _starts(cost, runs),
                "Two random starts (left), and the learning rate that both used (right).",
                wide=True,
            )
        ],
        put_right="""
            It says that the learning rate is not constant. It may be either: a fixed rate also converges where it
            is small enough (B8); a decaying one is needed where the cost has a kink (A2) or the gradient is noisy
            (C10).
        """,
        chosen="Cost, seeds and schedule are ours.",
        things={"cost": cost, "runs": runs, "schedule": schedule, "starts": starts, "again": again},
    )


def _starts(cost: gd.Cost, runs: dict[int, gd.Descent]) -> object:
    left, right = panels(2)
    gd.plot.contour(cost, runs={f"seed {seed}": run for seed, run in runs.items()}, ax=left)
    right.plot(runs[1].history.rate[:60], ".", markersize=3, color="#0072B2")
    right.set_xlabel("step $k$")
    right.set_ylabel(r"$\alpha_k$")
    right.set_ylim(0, None)
    finished(right)
    return left
