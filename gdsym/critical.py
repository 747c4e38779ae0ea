"""Critical points with how they were found: the equations, the solutions, the second-derivative test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gdsym.descent.paper import number
from gdsym.stationary import StationaryPoint
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.writing.text import text
from gdsym.written.nodes import Indexed, Node

SHOWN = 6  # entries of an array, or eigenvalues, that are printed one by one
TESTS = {
    "minimum": "all above 0: a minimum",
    "maximum": "all below 0: a maximum",
    "saddle": "of both signs: a saddle",
    "flat in some direction": "one is 0: not decided by them",
}


class CriticalPoints(tuple[StationaryPoint, ...]):
    """The points, lowest cost first; `equations` are the derived partial derivatives that are 0 there.

    `params` are the letters that it is derived by, `v[k]` for an array `v`. `text()` and `latex()` show equations, solutions and the second-derivative test of each point.
    """

    name: str
    params: tuple[Node, ...]
    equations: tuple[Node, ...]

    def __new__(
        cls, points: Iterable[StationaryPoint], name: str, params: Sequence[Node], equations: Sequence[Node]
    ) -> CriticalPoints:
        made = super().__new__(cls, points)
        made.name, made.params, made.equations = name, tuple(params), tuple(equations)
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.name, self.params, self.equations

    def text(self) -> str:
        """Equations, points, tests, a line each."""
        letters = ", ".join(text(_whole(p)) for p in self.params)
        lines = [f"critical points of {self.name}({letters}): all partial derivatives are 0"]
        heads = [f"∂{self.name}/∂{text(p)}" for p in self.params]
        lines += [f"  {head} = {text(e)} = 0" for head, e in zip(heads, self.equations, strict=True)]
        return "\n".join([*lines, *(f"  {self._point(p)}" for p in self)] if self else [*lines, "  there are none"])

    def _point(self, point: StationaryPoint) -> str:
        at = ", ".join(f"{text(_whole(p))} = {_short(v)}" for p, v in zip(self.params, point.at.values(), strict=True))
        how = "gradient exactly 0" if point.exact else f"gradient {point.slope:.1g}"
        one, values = len(point.eigenvalues) == 1, ", ".join(map(_short, point.eigenvalues))
        if len(point.eigenvalues) > SHOWN:
            values = f"from {_short(point.eigenvalues[0])} to {_short(point.eigenvalues[-1])}"
        test = _told(point)
        test = test.removeprefix("all ").replace("one is", "it is") if one else test
        what = "second derivative" if one else "Hessian eigenvalues"
        return f"{at}: {self.name} = {_short(point.value)}, {how}; {what} {values}, {test}"

    def latex(self) -> str:
        r"""The same as one `\begin{aligned}` block; needs amsmath."""
        name = latex_name(self.name)
        rows = [
            rf"\frac{{\partial {name}}}{{\partial {latex(p)}}} &= {latex(e)} = 0"
            for p, e in zip(self.params, self.equations, strict=True)
        ]
        for point in self:
            at = r",\ ".join(
                rf"{latex(_whole(p))} = {_tex(v)}" for p, v in zip(self.params, point.at.values(), strict=True)
            )
            values = r",\ ".join(_tex(v) for v in _shown(point.eigenvalues))
            test = rf"{name} = {latex(number(point.value))},\quad \lambda = {values}\quad \text{{{point.kind}}}"
            rows.append(rf"{at}\colon\quad &{test}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def _told(point: StationaryPoint) -> str:
    """What the second-derivative test says."""
    if point.higher:
        order, sign = point.higher
        what = "an inflection, no minimum" if order % 2 else f"a {point.kind}"
        end = "th" if order % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(order % 10, "th")
        return f"one is 0, the {order}{end} is the first that is not, {'above' if sign > 0 else 'below'} 0: {what}"
    if point.convex and point.inertia[1]:
        return "one is 0, but the cost is convex: a minimum"
    if point.kind in TESTS:
        no_minimum = point.kind == "flat in some direction" and point.inertia[0]
        return "one is 0, but one is below 0: no minimum" if no_minimum else TESTS[point.kind]
    return f"{point.inertia[1]} of them 0, as is the slope that way: a {point.kind}"


def only_point(point: StationaryPoint | None, called: tuple[str, Sequence[Node], Sequence[Node]]) -> CriticalPoints:
    """The point of slope 0 of a quadratic cost, if there is one; `called` is its name, what it is derived by, its partials."""
    name, letters, equations = called
    return CriticalPoints([point] if point else [], name, letters, equations)


def _whole(letter: Node) -> Node:
    """The array of an entry `v[k]`; a plain letter."""
    return letter.base if isinstance(letter, Indexed) else letter


def _short(value: Any) -> str:
    if np.ndim(value):
        flat = np.ravel(value)
        return f"[{', '.join(map(_short, flat[:SHOWN]))}{', ...' if len(flat) > SHOWN else ''}]"
    return f"{value:.6g}"


def _tex(value: Any) -> str:
    if np.ndim(value):
        flat = np.ravel(value)
        more = [r"\dots"] if len(flat) > SHOWN else []
        return f"({', '.join([*map(_tex, flat[:SHOWN]), *more])})"
    return latex(number(float(value)))


def _shown(values: Sequence[float]) -> Sequence[float]:
    """The least and the greatest, where there are many."""
    return values if len(values) <= SHOWN else (values[0], values[-1])
