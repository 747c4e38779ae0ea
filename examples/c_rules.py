"""C3, C5 to C8: the parabola, the rules of calculus, and how many steps a rate takes."""

from __future__ import annotations

import math

import sympy
from sympy import Function, Rational, symbols

import gdsym as gd
from examples.book import Check, Example, Figure, Number
from examples.figures import panels

X, Y, Z, POWER = symbols("x y z n")
NEAR = 0.0055  # stop when the distance is below this part of the first


def C3() -> Example:
    """Y = x^2: derivative 2x, minimum 0."""
    cost = gd.Cost(X**2, [X], name="y")
    run = cost.descend({X: 1.5}, learning_rate=0.4, maxiter=100)
    slope = cost.partial(X).result
    return Example(
        "C3",
        "The parabola and its lowest point",
        """
            A squared error is a parabola in disguise. Its slope $2x$ is 0 at one place only, and because the slope
            itself has slope 2, a positive number, this place is the lowest.
        """,
        costs=[cost],
        derivations=[cost.partial(X), cost.hessian()[X, X]],
        numbers=[
            Number("where the derived slope is 0", sympy.solve(slope, X)[0], "0"),
            Number("second derivative", cost.hessian()[X, X].result, "2"),
            Number("end of a descent from 1.5", run.params[X], "0.000000"),
        ],
        checks=[Check("the derivative is $2x$", slope == 2 * X), Check("the descent converged", run.success)],
        figures=[
            Figure(
                "parabola",
                lambda: gd.plot.tangent(cost, [-1, 0, 1.5], span=(-2, 2.2)),
                "Slopes before, at, and after the lowest point.",
            )
        ],
        things={"cost": cost, "run": run},
    )


def C5() -> Example:
    """One parabola, three rates: 81 steps, 6 steps, 1 step."""
    curvature = Rational(5, 8)
    cost = gd.Cost(curvature * X**2 / 2, [X])
    second = cost.hessian()[X, X].result
    one_step = 1 / second
    rates = [0.1, 1.0, float(one_step)]
    runs = {rate: _until_near(cost, rate) for rate in rates}
    wild = cost.descend({X: 1}, learning_rate=4, maxiter=100)
    return Example(
        "C5",
        "One parabola in 81 steps, 6 steps, 1 step",
        rf"""
            On a parabola every step multiplies the distance to the minimum by the same factor, $1 - \alpha J''$.
            Rate 0.1 keeps 0.9375 of it, rate 1 keeps 0.375, and the rate $1/J''$ keeps nothing: one step, and we
            are there.

            The descent stops, by a callback, when less than {NEAR} of the first distance is left. The number of
            steps can be predicted: the smallest $k$ with $\left|1 - \alpha J''\right|^k < {NEAR}$.

            With rate 4 the factor is $-1.5$: each step lands on the other side, one and a half times as far out.
        """,
        costs=[cost],
        derivations=[cost.partial(X), cost.hessian()[X, X]],
        numbers=[
            Number("steps with rate 0.1", runs[0.1].nit, "81"),
            Number("steps with rate 1", runs[1.0].nit, "6"),
            Number("rate that needs one step, $1/J''$", one_step, "8/5"),
            Number("steps with rate 1.6", runs[1.6].nit, "1"),
            Number("factor of a step with rate 4", 1 - 4 * second, "-3/2"),
        ],
        checks=[
            *(
                Check(
                    f"predicted steps with rate {rate:g} are the steps taken",
                    _predicted(rate, second) == runs[rate].nit,
                )
                for rate in rates
            ),
            Check(
                "the insight agrees: best rate 1.6, no more than twice that is stable",
                cost.insight().best_rate == 1.6 and cost.insight().max_rate == 3.2,
            ),
            Check("rate 4 diverges", wild.status == "diverged"),
        ],
        figures=[Figure("rates", lambda: _three(cost, runs), "Rates 0.1, 1 and 1.6 on the same parabola.", wide=True)],
        chosen="""
            The article shows the three counts without the parabola. Curvature $5/8$ and the tolerance 0.0055 are a
            reconstruction that gives exactly its counts.
        """,
        things={"cost": cost, "runs": runs, "wild": wild, "one_step": one_step},
    )


def _until_near(cost: gd.Cost, rate: float) -> gd.Descent:
    """From 1 until less than NEAR of the distance to 0 is left."""

    def near(step: int, params: dict[sympy.Symbol, float]) -> bool:
        return abs(params[X]) < NEAR

    return cost.descend({X: 1}, learning_rate=rate, gtol=0, maxiter=1000, callback=near)


def _predicted(rate: float, second: sympy.Expr) -> int:
    """The smallest k with |1 - alpha J''|^k < NEAR."""
    factor = abs(1 - rate * float(second))
    return 1 if factor < NEAR else math.ceil(math.log(NEAR) / math.log(factor))


def _three(cost: gd.Cost, runs: dict[float, gd.Descent]) -> object:
    axes = panels(3, width=2.15, height=2.1)
    for ax, (rate, run) in zip(axes, runs.items(), strict=True):
        gd.plot.cost_curve(cost, run=run, span=(-1.15, 1.15), ax=ax)
        if ax.get_legend() is not None:
            ax.get_legend().remove()
        steps = "1 step" if run.nit == 1 else f"{run.nit} steps"
        ax.set_title(rf"$\alpha = {rate:g}$: {steps}", fontfamily="STIXGeneral")
        if ax is not axes[0]:
            ax.set_ylabel("")
    return axes[0]


def C6() -> Example:
    """x^n -> n x^(n-1), for an n that is only a letter; then 3 x^5."""
    general, number = gd.derive(X**POWER, X), gd.derive(3 * X**5, X)
    return Example(
        "C6",
        "The power rule",
        """
            To derive a power, bring the exponent down as a factor and lower it by one. The rule holds for a letter
            as exponent just as for a number.

            In $3x^5$ the 3 is a constant factor and waits; the power gives $5x^{5-1}$; only then are the numbers
            put together.
        """,
        derivations=[general, number],
        checks=[
            Check(r"$d/dx\,x^n = n\,x^{n-1}$", general.result == POWER * X ** (POWER - 1)),
            Check(r"$d/dx\,3x^5 = 15x^4$", number.result == 15 * X**4),
            Check(
                "constant multiple, power rule, arithmetic: three lines",
                [s.rule.name for s in number.steps] == ["constant multiple rule", "power rule", "simplify"],
            ),
            Check(r"the line $3 \cdot 5\,x^{5-1}$ stands before $15x^4$", r"3\cdot 5\,x^{5-1}" in number.latex()),
        ],
        put_right=r"""
            It writes a round $\partial$ for a function of one variable; with one variable a straight $d$ is the
            custom. (For $x^n$ there are two letters, so the round one stands here.)
        """,
        things={"general": general, "number": number},
    )


def C7() -> Example:
    """dz/dx = dz/dy dy/dx, for any functions; then y = x^2 with x = z^2."""
    outer, inner = Function("z"), Function("y")
    anything = gd.derive(outer(inner(X)), X)
    chain = gd.derive(Y, Z, where={Y: X**2, X: Z**2})
    links = {"y by x": gd.derive(X**2, X), "x by z": gd.derive(Z**2, Z)}
    return Example(
        "C7",
        "The chain rule",
        r"""
            If $z$ depends on $y$ and $y$ on $x$, a small change of $x$ is passed on from link to link, multiplied
            by a slope at each: $\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}$. Below first for functions
            without a formula.

            Then with formulas: $y = x^2$, and $x = z^2$. Both keep their names, so the product of the slopes $2x
            \cdot 2z$ can be seen before $x$ is put in.
        """,
        derivations=[anything, links["y by x"], links["x by z"], chain],
        numbers=[
            Number("$dy/dx$", links["y by x"].result, "2*x"),
            Number("$dx/dz$", links["x by z"].result, "2*z"),
            Number("$dy/dz$ with names kept", chain.result, "4*x*z"),
            Number("$dy/dz$ with $x = z^2$ put in", chain.expanded, "4*z**3"),
        ],
        checks=[
            Check(r"the line $2x \cdot 2z$ is shown", r"2x\cdot 2z" in chain.latex()),
            Check(
                "Leibniz: both slopes are named beside the step",
                r"\tfrac{d}{dx}\left[x^{2}\right]=2x" in chain.latex() and r"\tfrac{d}{dz}" in chain.latex(),
            ),
            Check("putting $z^2$ in directly gives the same", gd.check((Z**2) ** 2, Z, chain.expanded).ok),
        ],
        put_right=r"""
            Its example loses the letters of Leibniz' form on the way; written out it is $\frac{dy}{dz} =
            \frac{dy}{dx} \cdot \frac{dx}{dz}$.
        """,
        things={"anything": anything, "chain": chain, "links": links},
    )


def C8() -> Example:
    """f(x, y) = x^4 + y^7: hold one letter still, and its term gives 0."""
    cost = gd.Cost("x**4 + y**7", ["x", "y"], name="f")
    by_x, by_y = cost.gradient()
    return Example(
        "C8",
        "Partial derivatives: hold the other one still",
        """
            To see how $f(x, y) = x^4 + y^7$ changes with $x$ alone, treat $y$ as a number. A number does not
            change, so its term adds 0. The zero is written down before it is dropped: it says that nothing was
            forgotten.
        """,
        costs=[cost],
        derivations=[by_x, by_y],
        numbers=[
            Number(r"$\partial f/\partial x$", by_x.result, "4*x**3"),
            Number(r"$\partial f/\partial y$", by_y.result, "7*y**6"),
        ],
        checks=[
            Check("$4x^3 + 0$ is shown, and why", "4x^{3}+0" in _tight(by_x) and "held constant" in by_x.text()),
            Check("$0 + 7y^6$ is shown, and why", "0+7y^{6}" in _tight(by_y) and "held constant" in by_y.text()),
        ],
        things={"cost": cost, "by_x": by_x, "by_y": by_y},
    )


def _tight(d: gd.Derivation) -> str:
    return d.latex().replace(r"\,", "")
