"""The condition of a line search, with its numbers."""

from __future__ import annotations

from gdsym.descent.paper import number
from gdsym.descent.plan import ARMIJO
from gdsym.record import record
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name


@record
class Armijo:
    """J(new) <= J - c alpha |g|^2: the condition under which a line search takes a rate; the rate twice as large failed it."""

    name: str
    before: float
    after: float
    rate: float
    square: float  # |g|^2

    @property
    def bound(self) -> float:
        return self.before - float(ARMIJO) * self.rate * self.square

    def text(self) -> str:
        numbers = f"{self.before:.6g} - {ARMIJO} · {self.rate:.6g} · {self.square:.6g} = {self.bound:.6g}"
        return f"Armijo: {self.name}(new) = {self.after:.6g} ≤ {self.name} - {ARMIJO} α ‖∇{self.name}‖² = {numbers}"

    def latex(self) -> str:
        name, c = latex_name(self.name), "10^{-4}"
        before, after, rate, square, bound = (
            latex(number(v)) for v in (self.before, self.after, self.rate, self.square, self.bound)
        )
        return (
            rf"{name}_{{\text{{new}}}} = {after} &\leq {name}-{c}\,\alpha\,\lVert\nabla {name}\rVert^{{2}}"
            rf" = {before}-{c}\cdot {rate}\cdot {square} = {bound}"
        )
