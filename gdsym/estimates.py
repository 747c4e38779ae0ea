"""Stationary points in closed form beyond quadratic costs, line by line: the equations of likelihoods, and their solution for the data.

Every line is a claim that is judged: the sorted equation against the derived gradient times its factor, the solution by putting it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.cleared import Cleared, in_order
from gdsym.critical import _short, _tex
from gdsym.derivation import Derivation
from gdsym.errors import StepRefused
from gdsym.estimating import Estimated
from gdsym.judging import Judge
from gdsym.linear import minus, product
from gdsym.named import put_in
from gdsym.normal import DERIVED, SOLVED, SORTED, STATIONARY, NormalEquation, NormalEquations, normal_equations
from gdsym.problem import has_kinks
from gdsym.record import record
from gdsym.stationary import AtPoint, StationaryPoint
from gdsym.step import Reason, Step
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.written.nodes import ZERO, D, Fn, Indexed, Node, Num, Pow, Sym, is_num, mul, replace, walk

if TYPE_CHECKING:
    from gdsym.closed import ClosedForm
    from gdsym.facts import Facts
    from gdsym.gradient import Hessian


def equations_of(
    name: str, params: Sequence[Node], partials: Sequence[Derivation], quadratic: bool
) -> NormalEquations | None:
    """Normal equations of a quadratic cost; of others the stationary equations, if these can be solved."""
    return (normal_equations if quadratic else stationary_equations)(name, params, partials)


def form_of(
    name: str,
    params: Sequence[Node],
    hessian: Callable[[], Hessian],
    equations: Callable[[], NormalEquations | None],
    facts: Facts,
) -> ClosedForm | Estimates | None:
    """Where the slope is 0 for these data, in closed form."""
    if facts.quadratic:
        from gdsym.closed import closed_form

        solution = facts.closed()
        return None if solution is None else closed_form(name, params, hessian(), equations(), solution)
    found = facts.estimated
    derived = None if found is None else equations()
    return None if found is None or derived is None else Estimates(name, tuple(params), derived, found)


def stationary_equations(name: str, params: Sequence[Node], partials: Sequence[Derivation]) -> NormalEquations | None:
    """The equations gradient = 0, each solved for a parameter in those before it; None where that is not found."""
    if not all(
        isinstance(d.variables[0], Sym | Indexed) and not has_kinks(put_in(d.node, d.where), params) for d in partials
    ):
        return None
    slopes = [(d.variables[0], put_in(d.written, d.where)) for d in partials]
    found = in_order(slopes)
    if found is None:
        return None
    by = {one.param: one for one in found}
    try:
        rows = [_steps(by[v], d, slope, found) for d, (v, slope) in zip(partials, slopes, strict=True)]
    except StepRefused:  # what SymPy brought together holds on a part of the line only
        return None
    if not all(step.check for steps in rows for step in steps):
        return None
    equations = [
        NormalEquation(name, params, d, steps, (mul(by[v].pivot, by[v].image), by[v].rest))
        for d, steps, (v, _) in zip(partials, rows, slopes, strict=True)
    ]
    return NormalEquations(equations, params, {p.to_sympy(): v.to_sympy() for p, v in _whole(found).items()})


def _steps(one: Cleared, d: Derivation, slope: Node, found: Sequence[Cleared]) -> list[Step]:
    """As derived; sorted; solved, which put into the slope makes 0, whatever the parameters before it are."""
    judge, slope = Judge(d.where), replace(slope, dict(one.put))
    times = slope if is_num(one.factor, 1) else mul(one.factor, slope)
    sides = minus(product(one.image, one.pivot), [one.rest])
    put = replace(slope, {one.param: one.value})
    return [
        Step(DERIVED, D(d.node, d.variables[0]), d.written, d.written, d.check, said=("as derived, step by step",)),
        Step(SORTED, times, sides, sides, judge(SORTED, times, sides), said=_multiplied(one), head=ZERO),
        Step(
            SOLVED, put, ZERO, one.value, judge(SOLVED, put, ZERO, one.given), said=_words(one, d.node, found), head=one.param,
            compared=one.given.to_sympy(),
        ),
    ]  # fmt: skip


def _multiplied(one: Cleared) -> Reason:
    times: Reason = () if is_num(one.factor, 1) else (", and so it is times ", one.factor)
    return (
        *STATIONARY,
        *times,
        *(word for p, _ in one.put for word in (", with ", p, " from its own equation put in")),
    )


def _words(one: Cleared, cost: Node, found: Sequence[Cleared]) -> Reason:
    """`solved for sigma, with mu from its own equation`."""
    before = [q.param for q in found if q is not one and q.param in set(walk(one.value))]
    below = [(", with ", q, " from its own equation") for q in before]
    even = one.twin and isinstance(one.image, Pow) and isinstance(one.image.exponent, Num)
    twin = ("; minus that solves it, too",) if even and not _is_positive(one.param, cost) else ()
    return ("solved for ", one.param, *(word for words in below for word in words), *twin)


def _is_positive(param: Node, cost: Node) -> bool:
    """Does the cost need it to be above 0: is there a logarithm of it?"""
    return any(isinstance(part, Fn) and part.func is sympy.log and part.children[0] == param for part in walk(cost))


def _whole(found: Sequence[Cleared]) -> dict[Node, Node]:
    """Each parameter without the others in it; entries of one array at the same index."""
    full: dict[Node, Node] = {}
    for one in found:
        full[one.param] = replace(one.value, dict(full))
    return full


@record
class Estimates(AtPoint):
    """Where the slope of a cost is 0, in closed form: the formulas, as they were derived, and their numbers for the data.

    `params` are the numbers, `kind` says what the point is, `equations` how it was derived.
    """

    name: str
    letters: tuple[Node, ...]
    equations: NormalEquations
    estimated: Estimated

    @property
    def found(self) -> StationaryPoint:
        """The point; the lowest, where there are several."""
        return self.estimated.points[0]

    @property
    def error(self) -> float:
        """About how far the numbers are from the true ones."""
        return self.estimated.error

    @property
    def formulas(self) -> list[tuple[Node, Node]]:
        """Each parameter and what it is, in those before it."""
        return [(step.head, step.line) for step in (e.steps[-1] for e in self.equations) if step.head is not None]

    def point(self) -> StationaryPoint:
        return self.found

    @property
    def solution(self) -> Mapping[Any, Any]:
        """The formulas as SymPy, each without the other parameters."""
        return self.equations.solution or {}

    def text(self) -> str:
        """Formulas, numbers, and the gradient there."""
        rows = [f"  {text(p)} = {text(value)}" for p, value in self.formulas]
        at = ", ".join(f"{text(p)} = {_short(v)}" for p, v in zip(self.letters, self.params.values(), strict=True))
        said = f"the gradient there has the length {self.slope:.2g}, so the numbers are right to about {self.error:.1g}"
        letters, many = ", ".join(map(text, self.letters)), len(self.estimated.points)
        count = "one point" if many == 1 else f"{many} points"
        return "\n".join(
            [
                f"{self.name}({letters}) has slope 0 at {count}, in closed form",
                *rows,
                f"  {at}: a {self.kind}",
                f"  {said}",
            ]
        )

    def latex(self) -> str:
        r"""The same as one `\begin{aligned}` block; needs amsmath."""
        rows = [
            rf"{latex(p)} &= {latex(value)} = {_tex(number)}"
            for (p, value), number in zip(self.formulas, self.params.values(), strict=True)
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    __repr__ = AtPoint.__str__


__all__ = ["Estimates", "stationary_equations"]
