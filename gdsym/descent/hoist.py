"""A quadratic cost reads the data now and then: g(theta) = g_a + H d, J = J_a + (g_a + H d/2) d, d = theta - theta_a.

The anchor theta_a moves (one pass over the data) whenever rounding could be seen: when the gradient has fallen by 1e4
or J by 5e4 since the last one (looked at in every step), or when |H| |d| is 1e4 times the gradient (in every 64th: d
hardly grows in between where that matters). A step costs the same for any number of samples, as exact as the direct one.

Only for update rules that are linear in the gradient (plain, momentum, Nesterov): one that divides by the size of the
gradient (Adam, RMSProp, AdaGrad) makes the last digit of a tiny gradient a whole step, hoisted or not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gdsym.descent.evaluate import Evaluate
from gdsym.descent.task import Input, Parameter, Value, flat, unflat
from gdsym.record import changed, record
from gdsym.written.nodes import Node

MOST_PARAMETERS = 500
MOST_FLOATS = 3  # with more parameters arrays are quicker than plain numbers
MOST_STACKED = 64  # parameters up to which one product with H and H/2 together is quicker than a sum more
FAR = 1e4  # |H| |d| / |g| at which the anchor moves: 12 of 16 digits are left
FALL = 2e-5  # J / J_a at which it moves
FALLEN = 1e-8  # |g|^2 / |g_a|^2 at which it moves
NOTE = "# the cost is quadratic: the data are read for the anchor only, again where rounding could be seen"
STEPS = 64  # between two looks at the length of d
LIMITS = [f"~low = {FALL}*~Ja if ~Ja > 0.0 else -math.inf", "~least = max(~floor, ~enough)"]
FINE = "~gg >= ~least and ~low < {J} < {high}"
LATE = "not (~gg >= ~floor and ~J > ~low)"
AGREES = 1e-8  # relative: the two gradients at the trial point


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

    `params` are what the loop moves: the cost's own, or all of them as one vector. `move` brings the anchor to where
    the run stands; `late` and, every `STEPS` steps, `far` say when.
    """

    inputs: tuple[Input, ...]
    params: tuple[Parameter, ...]
    once: tuple[str, ...]
    each: tuple[str, ...]
    value: str
    gradients: tuple[str, ...]
    square: str  # the squared norm of the gradient
    fine: str
    late: str
    far: str
    move: tuple[str, ...]
    needs: tuple[str, ...]
    data: dict[str, Any]
    anchor: Anchor
    first: Any
    matrix: Any
    reach: float  # (|H|/1e4)^2
    floats: bool = True  # numbers are Python floats, not NumPy's


@record
class Sample:
    """Some of the samples, by code name, and the Hessian over them: a formula that holds there holds for all."""

    data: Mapping[str, Value]
    hessian: Hessian


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
            self.found = (
                float(cost),
                flat([np.broadcast_to(g, p.shape) for g, p in zip(slopes, self.params, strict=True)]),
            )
            self.point = point
        cost, slope = self.found
        return cost, slope

    def at(self, x: Any) -> tuple[float, Any]:
        """The same at a flat point."""
        return self(*unflat(x, self.params))


def hoisted(
    own: Sequence[Input],
    params: Sequence[Parameter],
    x: Any,
    evaluate: Evaluate,
    hessian: Any,
    *,
    gtol: float = 0.0,
    together: bool = True,
    trial: tuple[Evaluate, Any] | None = None,
) -> Hoisted | None:
    """The hoisted program, its first anchor at x; None if the Hessian does not foretell a gradient.

    With `together` the loop moves many parameters as one vector; `trial` is cost and Hessian over some samples.
    """
    matrix, size = _symmetric(hessian, len(x))
    anchor = Anchor(evaluate, params)
    some, length = _symmetric(trial[1], len(x)) if trial else (matrix, 0.0)
    tried = (some, x, Anchor(trial[0], params)) if trial and 0 < length < math.inf else (matrix, x, anchor)
    if not (0 < size < math.inf and np.isfinite(anchor.at(x)[1]).all() and _foretells(*tried)):
        return None
    far = (size / FAR) ** 2
    enough = math.nextafter(gtol**2, math.inf) if gtol else 0.0
    data = {"~anchor": anchor, "~first": x, "~far": far, "~enough": enough}
    if len(x) <= MOST_FLOATS and not any(p.is_array for p in params):
        entries: dict[str, Any] = {f"~K{i}{j}": float(matrix[i, j]) / 2 for i in range(len(x)) for j in range(len(x))}
        lines, moved = _floats([p.code for p in params]), params
    else:
        entries = {"~H": matrix}
        lines, moved = _arrays(len(x)), (Parameter("~theta", None, (len(x),)),) if together else params
    return _program(own, tuple(moved), data | entries, lines, (anchor, x, matrix, far))


def _symmetric(hessian: Any, size: int) -> tuple[Any, float]:
    """The matrix and its norm."""
    matrix = np.array(hessian, dtype=float).reshape(size, size)
    matrix = np.ascontiguousarray((matrix + matrix.T) / 2)
    return matrix, float(np.linalg.norm(matrix))


def _foretells(matrix: Any, x: Any, anchor: Anchor) -> bool:
    """Is g(x + d) = g(x) + H d at a trial step d of about the length that a descent makes?"""
    slope = anchor.at(x)[1]
    if not np.isfinite(slope).all():
        return False
    d = -slope / float(np.linalg.norm(matrix))
    kept = anchor.point, anchor.found
    found, told = anchor.at(x + d)[1], slope + matrix @ d
    anchor.point, anchor.found = kept
    return bool(np.linalg.norm(found - told) <= AGREES * (np.linalg.norm(slope) + np.linalg.norm(matrix @ d)))


@record
class _Lines:
    """Lines before the loop, of a step, of a move of the anchor; the gradients' names; when d is too long."""

    once: list[str]
    each: list[str]
    move: list[str]
    gradients: list[str]
    far: str


def _program(
    own: Sequence[Input],
    params: tuple[Parameter, ...],
    data: dict[str, Any],
    lines: _Lines,
    facts: tuple[Anchor, Any, Any, float],
) -> Hoisted:
    """`~` in front of our own names becomes a prefix that no parameter's name starts with."""
    prefix = "q_"
    while any(i.name.startswith(prefix) for i in own):
        prefix += "_"

    def named(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(line.replace("~", prefix) for line in lines)

    values = dict(zip(named(data), data.values(), strict=True))
    moved = tuple(changed(p, code=p.code.replace("~", prefix)) for p in params)
    inputs = (*(Extra(p.code, own[0].node, "param") for p in moved), *(Extra(name, own[0].node) for name in values))
    J, square, fine, late, far = named(["~J", "~gg", FINE, LATE, lines.far])
    once, each, move, gradients = map(named, ([NOTE, *lines.once], lines.each, lines.move, lines.gradients))
    needs = ("import numpy as np",)
    return Hoisted(
        inputs, moved, once, each, J, gradients, square, fine, late, far, move, needs, values, *facts
    )  # fmt: skip


def _floats(codes: list[str]) -> _Lines:
    """A few plain parameters: plain arithmetic."""
    n = range(len(codes))
    slopes, news, points = (", ".join(f"~{word}{j}" for j in n) + "," for word in ("ga", "g", "a"))
    square, fallen = (" + ".join(f"~{word}{j}*~{word}{j}" for j in n) for word in ("g", "ga"))
    limits = [f"~floor = {FALLEN}*({fallen})", *LIMITS]
    once = ["~Ja, ~slope = ~anchor.at(~first)", f"{slopes} = ~slope.tolist()", f"{points} = ~first.tolist()", *limits]
    each = [f"~d{j} = {codes[j]} - ~a{j}" for j in n]
    for i in n:
        each.append(f"~h{i} = " + " + ".join(f"~K{i}{j}*~d{j}" for j in n))
        each += [f"~m{i} = ~ga{i} + ~h{i}", f"~g{i} = ~m{i} + ~h{i}"]
    each += [f"~J = ~Ja + ({' + '.join(f'~m{j}*~d{j}' for j in n)})", f"~gg = {square}"]
    move = [f"~Ja, ~slope = ~anchor({', '.join(codes)})", f"{slopes} = {news} = ~slope.tolist()"]
    move += [f"{points} = {', '.join(codes)},", "~J = ~Ja", f"~gg = {square}", *limits]
    return _Lines(once, each, move, [f"~g{j}" for j in n], f"~far*({' + '.join(f'~d{j}*~d{j}' for j in n)}) > ~gg")


def _arrays(size: int) -> _Lines:
    """Many parameters in one vector: one matrix times one vector, into arrays that are made once."""
    stacked = size <= MOST_STACKED
    limits = [f"~floor = {FALLEN}*float(~ga.dot(~ga))", *LIMITS]
    once = ["~Ja, ~ga = ~anchor.at(~first)", "~a = ~first", *limits]
    if stacked:  # (H/2 | g_a) and (H | g_a) times (d, 1)
        once += ["~M = np.vstack([np.column_stack([0.5*~H, ~ga]), np.column_stack([~H, ~ga])])"]
        once += [f"~d1, ~mg = np.ones({size + 1}), np.empty({2 * size})"]
        once += [f"~d, ~m, ~g = ~d1[:{size}], ~mg[:{size}], ~mg[{size}:]"]
        product = ["~M.dot(~d1, ~mg)"]
    else:
        once += ["~K, (~d, ~h, ~m, ~g) = 0.5*~H, np.empty((4, len(~a)))"]
        product = ["~K.dot(~d, ~h)", "np.add(~ga, ~h, ~m)", "np.add(~m, ~h, ~g)"]
    each = ["np.subtract(~theta, ~a, ~d)", *product, "~J = ~Ja + float(~m.dot(~d))", "~gg = float(~g.dot(~g))"]
    move = ["~Ja, ~ga = ~anchor.at(~theta)", "~a = ~anchor.point", "~J, ~g[:] = ~Ja, ~ga", "~gg = float(~g.dot(~g))"]
    move += [f"~M[:{size}, {size}] = ~M[{size}:, {size}] = ~ga"] if stacked else []
    return _Lines(once, each, [*move, *limits], ["~g"], "~far*float(~d.dot(~d)) > ~gg")
