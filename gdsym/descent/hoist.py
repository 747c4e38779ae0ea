"""A quadratic cost reads the data now and then: g(theta) = g_a + H d, J = J_a + (g_a + H d/2) d, d = theta - theta_a.

The anchor theta_a moves (one pass over the data) whenever rounding could be seen: when the gradient has fallen by 1e4
or J by 5e4 since the last one (looked at in every step), or when |H| |d| is 1e4 times the gradient (in every 64th: d
hardly grows in between where that matters). A step costs the same for any number of samples, as exact as the direct one.
Of a cost J = Q + R whose data stand in Q, which is quadratic, Q is treated so, and R is computed in every step.

Only for update rules that are linear in the gradient (plain, momentum, Nesterov): one that divides by the size of the
gradient (Adam, RMSProp, AdaGrad) makes the last digit of a tiny gradient a whole step, hoisted or not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gdsym.descent.evaluate import Evaluate
from gdsym.descent.hoist_text import Text, written
from gdsym.descent.task import Input, Parameter, Program, Value, flat, flat_slopes, unflat
from gdsym.record import record
from gdsym.written.nodes import Node

MOST_PARAMETERS = 500
FAR = 1e4  # |H| |d| / |g| at which the anchor moves: 12 of 16 digits are left
STEPS = 64  # between two looks at the length of d
AGREES = 1e-8  # relative: the two gradients at the trial point
SHRINK = (1.0, 1 / 8, 1 / 64, 1 / 512)  # of the trial step: the rest may end beside the start, as log w does


Hessian = Callable[[Mapping[Any, Value]], Any]


@record
class Extra:
    """An input of the hoisted program that stands for no letter of the cost."""

    name: str
    node: Node
    kind: str = "data"


@record
class Hoisted:
    """The program that runs in place of the direct one, and values for its inputs.

    `params` are what the loop moves: the cost's own, or all of them as one vector. `text.move` brings the anchor to
    where the run stands; `text.late` and, every `STEPS` steps, `text.far` say when.
    """

    inputs: tuple[Input, ...]
    text: Text
    needs: tuple[str, ...]
    data: dict[str, Any]
    anchor: Anchor
    first: Any
    matrix: Any
    reach: float  # (|H|/1e4)^2
    floats: bool = True  # numbers are Python floats, not NumPy's

    @property
    def params(self) -> tuple[Parameter, ...]:
        return self.text.params

    @property
    def once(self) -> tuple[str, ...]:
        return self.text.once

    @property
    def each(self) -> tuple[str, ...]:
        return self.text.each

    @property
    def value(self) -> str:
        return self.text.value

    @property
    def gradients(self) -> tuple[str, ...]:
        return self.text.gradients


@record
class Sample:
    """Some of the samples, by code name, and the Hessian over them: a formula that holds there holds for all."""

    data: Mapping[str, Value]
    hessian: Hessian


@record
class Parts:
    """J = Q + R: the two programs, over the inputs of J's; Q's Hessian over all data, and over some; R in words."""

    quadratic: Program
    rest: Program
    hessian: Hessian
    sample: Sample | None
    said: str


@record
class Trial:
    """What is tried before a run relies on it: the Hessian of Q, Q, R if there is one, and all of J, over some samples."""

    matrix: Any
    quadratic: Evaluate
    rest: Evaluate | None
    whole: Evaluate

    def succeeds(self, x: Any, params: Sequence[Parameter]) -> bool:
        """Is g(x + d) = q(x) + H d + r(x + d) at a step d of about the length that a descent makes? Is J, in parts?"""
        size = float(np.linalg.norm(self.matrix))
        first, slope = _at(self.quadratic, x, params)
        beside = _at(self.rest, x, params)[1] if self.rest else 0.0
        if not (0 < size < math.inf and math.isfinite(first) and np.isfinite(slope + beside).all()):
            return False
        for shrink in SHRINK:
            d = -shrink * (slope + beside) / size
            found, right = _at(self.whole, x + d, params)
            if math.isfinite(found) and np.isfinite(right).all():
                more, slant = _at(self.rest, x + d, params) if self.rest else (0.0, 0.0 * slope)
                turn = self.matrix @ d
                lengths = np.linalg.norm(slope) + np.linalg.norm(turn) + np.linalg.norm(slant)
                costs = (first, (slope + turn / 2) @ d, more)
                off = abs(found - sum(costs)) if self.rest else 0.0
                agrees = np.linalg.norm(right - (slope + turn + slant)) <= AGREES * lengths
                return bool(agrees and off <= AGREES * sum(map(abs, costs)))
        return False


@record
class Rest:
    """R of J = Q + R: its program, its data; R, and all of J, at any parameters."""

    program: Program
    data: Mapping[str, Value]
    evaluate: Evaluate
    whole: Evaluate


def _at(evaluate: Evaluate, x: Any, params: Sequence[Parameter]) -> tuple[float, Any]:
    """Cost and flat gradient; not numbers where they cannot be computed."""
    try:
        cost, slopes = evaluate(*unflat(x, params))
    except (ArithmeticError, ValueError):
        return math.nan, np.full(len(x), math.nan)
    return float(cost), flat_slopes(slopes, params)


class Anchor:
    """Cost and flat gradient over all data; counts its passes and remembers the last point."""

    def __init__(self, evaluate: Evaluate, params: Sequence[Parameter]) -> None:
        self.evaluate, self.params, self.passes = evaluate, params, 0
        self.point: Any = None
        self.found: Any = None

    def __call__(self, *theta: Value) -> tuple[float, Any]:
        point = flat(theta)
        if self.found is None or not np.array_equal(point, self.point):
            self.passes += 1
            cost, slopes = self.evaluate(*theta)
            self.found = float(cost), flat_slopes(slopes, self.params)
            self.point = point
        cost, slope = self.found
        return cost, slope

    def at(self, x: Any) -> tuple[float, Any]:
        """The same at a flat point."""
        return self(*unflat(x, self.params))

    def first(self, x: Any) -> Evaluate:
        """The evaluation, which finds again what is known at x."""
        cost, slope = self.at(x)
        known = cost, unflat(slope, self.params)

        def again(*theta: Value) -> tuple[Any, tuple[Any, ...]]:
            if np.array_equal(flat(theta), x):
                return known
            self.passes += 1
            return self.evaluate(*theta)

        return again


def hoisted(
    own: Sequence[Input],
    params: tuple[Parameter, ...],
    x: Any,
    evaluate: Evaluate,
    hessian: Any,
    *,
    gtol: float = 0.0,
    together: bool = True,
    trial: Trial | None = None,
    rest: Rest | None = None,
    tried_at: Any = None,
) -> Hoisted | None:
    """The hoisted program, its first anchor at x; None if the Hessian does not foretell a gradient.

    With `together` the loop moves many parameters as one vector; `trial` is one over some samples; `rest` is R, if
    `evaluate` and `hessian` are those of Q in J = Q + R. The trial is made at x, or at `tried_at`.
    """
    matrix, size = _symmetric(hessian, len(x))
    anchor = Anchor(evaluate, params)
    if not (0 < size < math.inf and np.isfinite(anchor.at(x)[1]).all()):
        return None
    if trial is None or not 0 < float(np.linalg.norm(trial.matrix)) < math.inf:
        again = anchor.first(x)
        trial = Trial(matrix, again, rest.evaluate, rest.whole) if rest else Trial(matrix, again, None, again)
    if not trial.succeeds(x if tried_at is None else tried_at, params):
        return None
    text = written(tuple(i.name for i in own), params, together, rest.program if rest else None)
    far, enough = (size / FAR) ** 2, math.nextafter(gtol**2, math.inf) if gtol else 0.0
    n = range(len(x))
    entries = {f"K{i}{j}": float(matrix[i, j]) / 2 for i in n for j in n} if text.few else {"H": matrix}
    data = {"anchor": anchor, "first": x, "far": far, "enough": enough, **entries}
    values = {text.prefix + name: value for name, value in data.items()}
    inputs = (
        *(Extra(p.code, own[0].node, "param") for p in text.params),
        *(Extra(name, own[0].node) for name in values),
    )
    if rest:
        used = [i for i in rest.program.inputs if i.kind != "param" and i.name in text.theirs]
        inputs = (*inputs, *(Extra(i.name, i.node) for i in used))
        values |= {i.name: rest.data[i.name] for i in used}
    needs = dict.fromkeys(("import numpy as np", *(rest.program.needs if rest else ())))
    return Hoisted(inputs, text, tuple(needs), values, anchor, x, matrix, far)


def _symmetric(hessian: Any, size: int) -> tuple[Any, float]:
    """The matrix and its norm."""
    matrix = np.array(hessian, dtype=float).reshape(size, size)
    matrix = np.ascontiguousarray((matrix + matrix.T) / 2)
    return matrix, float(np.linalg.norm(matrix))
