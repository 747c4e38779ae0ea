"""Critical points with how they were found: the equations, the solutions, the second-derivative test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gdsym.descent.paper import number
from gdsym.stationary import StationaryPoint
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.writing.text import text
from gdsym.written.nodes import Node, Rel

TESTS = {
    "minimum": "all above 0: a minimum",
    "maximum": "all below 0: a maximum",
    "saddle": "of both signs: a saddle",
    "flat in some direction": "one is 0: not decided by them",
}


class CriticalPoints(tuple[StationaryPoint, ...]):
    """The points, lowest cost first; `equations` are the derived partial derivatives that are 0 there.

    `text()` and `latex()` show equations, solutions and the second-derivative test of each point.
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

    def text(self) -> str:
        """Equations, points, tests, a line each."""
        letters = ", ".join(map(text, self.params))
        lines = [f"critical points of {self.name}({letters}): all partial derivatives are 0"]
        heads = [f"∂{self.name}/∂{text(p)}" for p in self.params]
        lines += [f"  {head} = {text(e)} = 0" for head, e in zip(heads, self.equations, strict=True)]
        return "\n".join([*lines, *(f"  {self._point(p)}" for p in self)] if self else [*lines, "  there are none"])

    def _point(self, point: StationaryPoint) -> str:
        at = ", ".join(f"{text(p)} = {_short(v)}" for p, v in zip(self.params, point.at.values(), strict=True))
        how = "gradient exactly 0" if point.exact else f"gradient {point.slope:.1g}"
        values = ", ".join(map(_short, point.eigenvalues))
        one = len(self.params) == 1
        test = TESTS[point.kind].removeprefix("all ").replace("one is", "it is") if one else TESTS[point.kind]
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
                latex(Rel("==", p, number(v))) for p, v in zip(self.params, point.at.values(), strict=True)
            )
            values = r",\ ".join(latex(number(v)) for v in point.eigenvalues)
            test = rf"{name} = {latex(number(point.value))},\quad \lambda = {values}\quad \text{{{point.kind}}}"
            rows.append(rf"{at}\colon\quad &{test}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def _short(value: float) -> str:
    return f"{value:.6g}"
