"""C1, C2, C4: the update rule, and a line through heights and weights."""

from __future__ import annotations

import numpy as np
from sympy import IndexedBase, Rational, symbols

import gdsym as gd
from examples.book import Check, Example, Figure, Formula, Number, digits, step_by_numbers
from examples.letters import N, i
from examples.rule import by_hand, labelled
from gdsym import losses

m, b = symbols("m b")
X, Y = IndexedBase("X"), IndexedBase("Y")

# average heights (in) and weights (lb) of American women of 30 to 39; The World Almanac and Book of Facts, 1975
HEIGHT = np.arange(58.0, 73.0)
WEIGHT = np.array([115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164], dtype=float)
CENTRED = {X: HEIGHT - HEIGHT.mean(), Y: WEIGHT}

PARTS = ("next position", "current position", "opposite way", "small step", "fastest increase")


def line_cost() -> gd.Cost:
    """(1/N) sum_i (m X_i + b - Y_i)^2."""
    return gd.Cost(losses.mse(m * X[i] + b, Y[i], (i, 1, N)), [m, b])


def C1() -> Example:
    """Theta_{k+1} = Theta_k - alpha grad J(Theta_k), with its parts named and with numbers put in."""
    cost = gd.Cost((m - 2) ** 2 + 2 * (b + 1) ** 2, [m, b])
    run = cost.descend({m: 0, b: 1}, learning_rate=0.125, gtol=0, maxiter=6)
    hand = by_hand(cost, {m: 0, b: 1}, Rational(1, 8))
    rule = labelled(
        run.rule, "The rule of this run, its parts named:", letter="Theta", slope=r"\nabla J(\Theta_{k})", names=PARTS
    )
    return Example(
        "C1",
        "One line that says it all",
        r"""
            Where you will be next is where you are now, minus a small step times the direction in which the cost
            grows fastest. The minus sign turns the direction round.

            With two parameters $\Theta$ is the column of both, and so is the gradient. Lower indices count the
            steps here: an upper 1 or 0 would look like a power.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        formulas=[
            rule,
            Formula("The gradient:", cost.gradient().column(), str(cost.gradient().expr)),
            step_by_numbers(run),
        ],
        numbers=[
            Number("$m$ after one step, by hand", hand[m], "1/2"),
            Number("$b$ after one step, by hand", hand[b], "0"),
            Number("$m$ after one step of the descent", run.history.params[m][1], "0.5"),
            Number("$b$ after one step of the descent", run.history.params[b][1], "0.0"),
        ],
        checks=[
            Check(
                "one step by hand equals one step of the descent",
                all(float(hand[p]) == run.history.params[p][1] for p in (m, b)),
            )
        ],
        figures=[
            Figure(
                "steps",
                lambda: gd.plot.contour(cost, runs=run, span=((-1, 3.2), (-2.2, 1.6))),
                "Six steps: each at right angles to the contour line that it leaves.",
            )
        ],
        chosen="The cost and the numbers are ours; the article gives the rule alone.",
        things={"cost": cost, "run": run, "hand": hand, "rule": rule},
    )


def C2() -> Example:
    """A line through fifteen heights and weights; why to centre the heights first."""
    cost = line_cost()
    raw = cost.insight({X: HEIGHT, Y: WEIGHT})
    centred = cost.insight(CENTRED)
    run = cost.descend({m: 0, b: 0}, CENTRED, learning_rate=centred.best_rate, maxiter=2000, gtol=1e-10)
    slope, intercept = run.params[m], run.params[b] - run.params[m] * HEIGHT.mean()
    condition, steps = digits(f"{raw.condition:.1e}"), digits(f"{raw.predicted_steps(1e-11):.1e}")
    return Example(
        "C2",
        "A line through heights and weights",
        f"""
            Fifteen heights and the average weight at each. The cost is the mean squared error of a line $Y' = mX +
            b$.

            The heights run from 58 to 72, far from 0, so slope and intercept are tied together: turn the line a
            little and its intercept, 58 inches away, jumps. The Hessian puts a number to it. Its condition is
            ${condition}$, and even the best fixed rate would need some ${steps}$ steps to come $10^{{11}}$ times
            closer. We do not run that.

            Subtract the mean height first, and slope and intercept no longer disturb each other. The descent takes
            a few hundred steps; its intercept is then moved back to height 0.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        numbers=[
            Number("slope, pounds per inch", slope, "3.45000000"),
            Number("intercept, moved back to height 0", intercept, "-87.51666667"),
            Number("condition with raw heights", raw.condition, "9.7e+05"),
            Number("predicted steps with raw heights", raw.predicted_steps(1e-11), "1.2e+07"),
            Number("condition with centred heights", centred.condition, "18.67"),
            Number("steps with centred heights", run.nit, "268"),
        ],
        checks=[
            Check("slope within $10^{-8}$ of 3.45", abs(slope - 3.45) < 1e-8),
            Check("intercept within $10^{-8}$ of $-87.51666667$", abs(intercept + 87.51666667) < 1e-8),
            Check("the descent converged", run.success),
        ],
        figures=[
            Figure(
                "line",
                lambda: gd.plot.fit(slope * X[i] + b, {X: HEIGHT, Y: WEIGHT}, {b: intercept}),
                "The fitted line; thin lines are the errors.",
            )
        ],
        chosen="""
            The article names no data. These are the fifteen rows known as *women* (The World Almanac and Book of
            Facts, 1975).
        """,
        things={"cost": cost, "run": run, "raw": raw, "centred": centred, "slope": slope, "intercept": intercept},
    )


def C4() -> Example:
    """M <- m - delta m, b <- b - delta b: the small changes are rate times slope."""
    cost = line_cost()
    run = cost.descend({m: 0, b: 0}, {X: [-1, 1], Y: [1, 5]}, learning_rate=0.25, gtol=0, maxiter=3)
    rows = run.history.params
    delta = {p: Rational(1, 4) * _at_start(cost.partial(p).result) for p in (m, b)}
    return Example(
        "C4",
        "The small change",
        r"""
            The article renews slope and intercept by a small change each: $m$ becomes $m - \delta m$, $b$ becomes
            $b - \delta b$. The small changes are not free to choose. They are the learning rate times the partial
            derivatives: $\delta m = \alpha\,\partial J/\partial m$ and $\delta b = \alpha\,\partial J/\partial b$,
            both taken before either is renewed.
        """,
        costs=[cost],
        derivations=list(cost.gradient()),
        formulas=[labelled(run.rule, "What the descent runs:"), step_by_numbers(run)],
        numbers=[
            Number(r"$\delta m$ in the first step, by hand", delta[m], "-1"),
            Number(r"$\delta b$ in the first step, by hand", delta[b], "-3/2"),
            Number("$m$ after the first step", rows[m][1], "1.0"),
            Number("$b$ after the first step", rows[b][1], "1.5"),
        ],
        checks=[
            Check(
                r"$\delta m$ and $\delta b$ by hand are what the descent subtracts",
                all(rows[p][0] - rows[p][1] == float(delta[p]) for p in (m, b)),
            ),
        ],
        put_right=r"""
            It writes $m = m - \delta m$, with an equals sign. As an equation that would say $\delta m = 0$; meant
            is an assignment, which we write with step numbers or an arrow.
        """,
        chosen="Two points and the rate are ours.",
        things={"cost": cost, "run": run, "delta": delta},
    )


def _at_start(slope: object) -> object:
    """The derived slope at m = b = 0 for the points (-1, 1) and (1, 5), exactly."""
    return slope.subs({m: 0, b: 0, N: 2}).doit().subs({X[1]: -1, X[2]: 1, Y[1]: 1, Y[2]: 5})  # type: ignore[attr-defined]
