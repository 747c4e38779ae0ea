"""Linear models with an unknown noise: the parameters by which a cost is quadratic first, then the one that they do not depend on.

The derived second derivative by a parameter and the noise is judged to be a factor times the slope by the parameter, as
-2/sigma for sigma: where that slope is 0, it is 0 for every noise. So it is solved with any noise, and the noise then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gdsym.closed import ClosedForm
from gdsym.critical import _short
from gdsym.errors import GdsymError
from gdsym.estimates import Estimates
from gdsym.estimates import form_of as one_form_of
from gdsym.factors import ratio_of
from gdsym.linear import NotLinearError, split
from gdsym.named import put_in
from gdsym.normal import NormalEquations
from gdsym.record import record
from gdsym.stationary import AtPoint, StationaryPoint
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.writing.text import text
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Node, Sym

if TYPE_CHECKING:
    from gdsym.cost import Cost
    from gdsym.facts import Facts

Data = Mapping[Any, Any] | None


@record
class Concentrated(AtPoint):
    """Where the slope of a cost is 0, in closed form: `first` for the parameters of a quadratic cost, `second` for the noise.

    `factors` are the judged lines that make the first independent of the noise: what is derived by, and the factor.
    """

    name: str
    letters: tuple[Node, ...]
    noise: Node
    factors: tuple[tuple[Node, Node], ...]
    first: ClosedForm
    second: ClosedForm | Estimates
    found: StationaryPoint
    error: float  # about how far the numbers are from the true ones

    def point(self) -> StationaryPoint:
        return self.found

    @property
    def formulas(self) -> list[tuple[Node, Node]]:
        """The noise and what it is in the other parameters; those solve H theta = c."""
        return self.second.formulas if isinstance(self.second, Estimates) else []

    def text(self) -> str:
        """What makes the first part independent of the noise, both parts, and the whole point."""
        letters, noise = ", ".join(map(text, self.letters)), text(self.noise)
        rows = [
            f"  ∂²{self.name}/∂{text(p)}∂{noise} = {text(factor)} · ∂{self.name}/∂{text(p)}: where that slope is 0, it is so for every {noise}"
            for p, factor in self.factors
        ]
        at = ", ".join(f"{text(p)} = {_short(v)}" for p, v in zip(self.letters, self.params.values(), strict=True))
        return "\n".join(
            [
                f"{self.name}({letters}) has slope 0 at one point, in closed form: first for any {noise}, then {noise}",
                *rows,
                *(f"  {line}" for line in self.first.text().splitlines()),
                *(f"  {line}" for line in self.second.text().splitlines()),
                f"  {at}: a {self.kind}",
                f"  the gradient there has the length {self.slope:.2g}, so the numbers are right to about {self.error:.1g}",
            ]
        )

    def latex(self) -> str:
        r"""The lines that make the first part independent of the noise, and both parts; needs amsmath."""
        name, noise = latex_name(self.name), latex(self.noise)
        rows = [
            rf"\frac{{\partial^{{2}} {name}}}{{\partial {latex(p)}\,\partial {noise}}} &= {latex(factor)} \cdot \frac{{\partial {name}}}{{\partial {latex(p)}}}"
            for p, factor in self.factors
        ]
        parts = (part.latex().removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}") for part in (self.first, self.second))  # fmt: skip
        return "\\begin{aligned}\n" + " \\\\\n".join([*rows, *parts]) + "\n\\end{aligned}"

    __repr__ = AtPoint.__str__


def form_of(
    cost: Cost, facts: Facts, equations: Callable[[], NormalEquations | None], part: Callable[..., Cost], data: Data
) -> ClosedForm | Estimates | Concentrated | None:
    """Where the slope is 0 for these data, in closed form; `part` makes the same cost with fewer parameters."""
    found = one_form_of(cost.name, cost.problem.params, cost.hessian, equations, facts)
    if found is not None or facts.quadratic:
        return found
    noises = (p for p in cost.problem.params if isinstance(p, Sym) and len(cost.problem.params) > 1)
    return next(filter(None, (_concentrated(cost, noise, facts, part, data) for noise in noises)), None)


def _concentrated(cost: Cost, noise: Sym, facts: Facts, part: Callable[..., Cost], data: Data) -> Concentrated | None:
    others = [p for p in cost.problem.params if p != noise]
    factors = _factors(cost, others, noise)
    if factors is None:
        return None
    try:
        first = part([p.to_sympy() for p in others]).insight({**(data or {}), noise.to_sympy(): 1.0}).closed_form
        if not isinstance(first, ClosedForm) or first.params is None or first.directions or not first.known:
            return None
        second = part([noise.to_sympy()]).insight({**(data or {}), **first.params}).closed_form
        if not isinstance(second, ClosedForm | Estimates) or second.params is None:
            return None
        found = facts.described({**first.params, **second.params})
    except GdsymError:  # the noise cannot be 1, or there are no numbers
        return None
    return (
        None if found is None else Concentrated(cost.name, cost.problem.params, noise, factors, first, second, *found)
    )


def _factors(cost: Cost, others: Sequence[Node], noise: Sym) -> tuple[tuple[Node, Node], ...] | None:
    """For each parameter the factor between the second derivative by it and the noise, and the slope by it: one for all, free of them."""
    free = frozenset(others)
    found: list[tuple[Node, Node]] = []
    for p in others:
        slope = cost.partial(p.to_sympy())
        try:
            split(put_in(slope.written, slope.where), free)
        except NotLinearError:
            return None
        mixed = cost.hessian()[p.to_sympy(), noise.to_sympy()]
        if mixed.variables[0] != slope.variables[0]:
            return None
        factor = ratio_of(slope.written, mixed.written, slope, free, frozenset((noise,)))
        if factor is None:
            return None
        found.append((slope.variables[0], from_sympy(factor)))
    return tuple(found) if len({factor for _, factor in found}) == 1 else None


__all__ = ["Concentrated", "form_of"]
