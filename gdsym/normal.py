"""The equations `gradient = 0` of a quadratic cost, sorted into a linear system and solved where that is short.

Every line is a claim that is judged: the sorted form against the derived gradient, the solution by putting it into all
of the gradient, which must be 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import sympy

from gdsym.closing import tidy
from gdsym.derivation import Derivation
from gdsym.errors import GdsymError
from gdsym.export.facts import round_d, sizes
from gdsym.export.page import Page
from gdsym.export.shown import Shown
from gdsym.gradient import find
from gdsym.judging import Judge
from gdsym.linear import (
    NotLinearError,
    factor_before,
    minus,
    negative,
    over,
    product,
    quotient,
    shortened,
    split,
    total,
    without_factor,
)
from gdsym.named import put_in
from gdsym.record import changed
from gdsym.step import Reason, Rule, Step
from gdsym.verify import Evidence
from gdsym.written import from_sympy
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import (
    ONE,
    ZERO,
    D,
    Div,
    Neg,
    Node,
    Num,
    Rel,
    Sym,
    add,
    both,
    is_num,
    replace,
    rewrite,
    walk,
)  # fmt: skip

DERIVED, SORTED, SOLVED = Rule("derivation"), Rule("normal equation"), Rule("solution")
MOST_SOLVED = 2  # plain parameters whose closed form is written down


class NormalEquation(Shown):
    """dJ/dp = 0 for one parameter: the derived gradient, sorted, and solved for p where that is short.

    `lhs` and `rhs` are the linear equation as SymPy: what depends on the parameters, and what does not. `solution` is p
    in closed form, or None.
    """

    def __init__(self, name: str, params: Sequence[Node], d: Derivation, steps: Sequence[Step], sides: Any) -> None:
        self._name, self._params, self._d, self._steps = name, tuple(params), d, tuple(steps)
        self._sides: tuple[Node, Node] = sides

    @property
    def lhs(self) -> Any:
        return self._sides[0].to_sympy()

    @property
    def rhs(self) -> Any:
        return self._sides[1].to_sympy()

    @property
    def constant(self) -> tuple[Node, Node]:
        """What the cost is derived by, a letter or a general entry, and the right side as it stands on paper."""
        return self._d.variables[0], self._sides[1]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines, in order, each with its evidence in `.check`."""
        return self._steps

    @property
    def solution(self) -> Any:
        """The parameter in closed form as SymPy, in the parameters solved before it; None if it is not written down."""
        last = self._steps[-1]
        return last.line.to_sympy() if last.rule is SOLVED else None

    @property
    def _notes(self) -> tuple[Reason, ...]:
        given = self._steps[-1].given
        return () if given == sympy.true else (("The solution needs ", from_sympy(given), "."),)

    @property
    def certificate(self) -> str:
        raise GdsymError(
            "A normal equation has no certificate: its lines are equations, not one chain of equals. "
            "The derivative that it starts from has one: cost.partial(w).certificate."
        )

    def page(self, detail: str | None = None, known: Collection[str] | None = None) -> Page:
        """What the exporters print."""
        node = self._d.node
        start = D(node, *self._d.variables)
        partial = round_d(put_in(node, self._d.where), self._params)
        return Page(
            self._name, self._params, node, self._d.variables, partial, start, self._steps, self._notes, sizes(node),
            self._d.where,
        )  # fmt: skip


class NormalEquations:
    """One `NormalEquation` a parameter; `equations[w]` picks one, `.solution` is the closed form of all parameters."""

    def __init__(self, equations: Sequence[NormalEquation], params: Sequence[Node], solution: Mapping[Any, Any] | None):
        self._equations, self._params, self.solution = tuple(equations), tuple(params), solution

    def __len__(self) -> int:
        return len(self._equations)

    def __iter__(self) -> Iterator[NormalEquation]:
        return iter(self._equations)

    def __getitem__(self, param: Any) -> NormalEquation:
        return self._equations[find(param, self._params)]

    def text(self, **how: Any) -> str:
        return "\n\n".join(e.text(**how) for e in self)

    def latex(self, **how: Any) -> str:
        r"""One `\begin{aligned}` block a parameter."""
        return "\n\n".join(e.latex(**how) for e in self)

    def markdown(self, **how: Any) -> str:
        return "\n\n".join(e.markdown(**how) for e in self)

    def html(self, **how: Any) -> str:
        return "\n".join(e.html(**how) for e in self)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/latex": "\n\n".join(f"$${e.latex()}$$" for e in self)}


def normal_equations(name: str, params: Sequence[Node], partials: Sequence[Derivation]) -> NormalEquations | None:
    """The normal equations of a cost whose `partials` are linear in `params`; None where they cannot be sorted."""
    return _Maker(name, params, partials).made()


class _Maker:
    """Sorts and solves; judges every line."""

    def __init__(self, name: str, params: Sequence[Node], partials: Sequence[Derivation]) -> None:
        self.name, self.params, self.partials = name, tuple(params), tuple(partials)
        self.free = frozenset(params)
        self.judges = [Judge(d.where) for d in partials]
        self.gradients = [put_in(d.written, d.where) for d in partials]

    def made(self) -> NormalEquations | None:
        try:
            sides = [self.sides(g) for g in self.gradients]
        except NotLinearError:
            return None
        solved = self.solved()
        rows = [tuple(self.steps(at, sides[at], solved)) for at in range(len(self.params))]
        if not all(step.check for steps in rows for step in steps):
            return None
        equations = [
            NormalEquation(self.name, self.params, d, s, r) for d, s, r in zip(self.partials, rows, sides, strict=True)
        ]
        full = {p.to_sympy(): value.to_sympy() for p, value in self.whole(solved).items()} if solved else None
        return NormalEquations(equations, self.params, full)

    def sides(self, gradient: Node) -> tuple[Node, Node]:
        """(what is linear in the parameters, minus the rest): the equation `linear = rest`."""
        linear, rest = split(gradient, self.free)
        return tidy(linear, self.params), tidy(negative(rest), self.params)

    def steps(self, at: int, sides: tuple[Node, Node], solved: Mapping[Node, Node]) -> Iterator[Step]:
        """The lines of one parameter."""
        d, judge, gradient = self.partials[at], self.judges[at], self.gradients[at]
        start = D(d.node, d.variables[0])
        yield Step(DERIVED, start, d.written, d.written, d.check, said=("as derived, step by step",))
        head, line = self.shown(at, sides)
        whole = add(sides[0], Neg(sides[1]))
        yield Step(SORTED, gradient, whole, line, judge(SORTED, gradient, whole), said=STATIONARY, head=head)
        if self.params[at] in solved:
            yield self.solution(at, solved)

    def shown(self, at: int, sides: tuple[Node, Node]) -> tuple[Node, Node]:
        """Left and right of the equation: 0 = sum of parameter times coefficient, or linear part = the rest."""
        if not all(isinstance(p, Sym) for p in self.params):
            return shortened(*sides)
        terms = [product(p, c) for p, c in zip(self.params, self.coefficients(at), strict=True)]
        rest = [] if is_num(sides[1], 0) else [negative(sides[1])]
        return ZERO, without_factor(total(ZERO, [*terms, *rest]))

    def coefficients(self, at: int) -> list[Node]:
        """The factor of each plain parameter in one equation: what is left when it is 1 and the others are 0."""
        linear, _ = split(self.gradients[at], self.free)
        return [
            tidy(replace(linear, {q: ONE if q == p else ZERO for q in self.params}), self.params) for p in self.params
        ]

    def solved(self) -> dict[Node, Node]:
        """Each parameter in those before it: the last equation is solved first, and put into the others."""
        if len(self.params) > MOST_SOLVED or not all(isinstance(p, Sym) for p in self.params):
            return self.matrix_solved()
        rows = [[*self.coefficients(at), self.sides(g)[1]] for at, g in enumerate(self.gradients)]
        found: dict[Node, Node] = {}
        for at in reversed(range(len(self.params))):
            pivot, right = rows[at][at], rows[at][-1]
            if is_num(pivot, 0):
                return {}
            before = [product(p, c) for c, p in zip(rows[at][:at], self.params[:at], strict=True) if not is_num(c, 0)]
            found[self.params[at]] = quotient(minus(right, before), pivot, self.params)
            for above in range(at):
                factor = tidy(over(rows[above][at], pivot), ())
                rows[above] = [
                    tidy(minus(old, [product(factor, mine)]), ())
                    for old, mine in zip(rows[above], rows[at], strict=True)
                ]
        return dict(reversed(found.items()))

    def matrix_solved(self) -> dict[Node, Node]:
        """W = (X^T X)^-1 X^T y for one column of parameters."""
        if len(self.params) != 1 or not isinstance(self.params[0], mat.MatSym):
            return {}
        left, right = shortened(*self.sides(self.gradients[0]))
        square = factor_before(left, self.params[0])
        return {} if square is None else {self.params[0]: mat.matmul(mat.Inverse(square), right)}

    def whole(self, solved: Mapping[Node, Node]) -> dict[Node, Node]:
        """Each parameter without the others in it."""
        full: dict[Node, Node] = {}
        for p, value in solved.items():
            full[p] = replace(value, dict(full))
        return full

    def solution(self, at: int, solved: Mapping[Node, Node]) -> Step:
        """The closed form, put into the whole gradient: that must be 0."""
        param, full = self.params[at], self.whole(solved)
        put = replace(self.gradients[at], full)
        pivots = [value.den for value in solved.values() if isinstance(value, Div)]
        check = self.judges[at](SOLVED, put, ZERO, both(*(Rel("!=", pivot, ZERO) for pivot in pivots)))
        own = [v.den for v in [solved[param]] if isinstance(v, Div)]
        if isinstance(param, mat.MatSym):
            square = next(part.children[0] for part in walk(solved[param]) if isinstance(part, mat.Inverse))
            check, own = self.at_shapes(at, put), [mat.Det(square)]
        given = both(*(Rel("!=", pivot, ZERO) for pivot in own)).to_sympy()
        return Step(SOLVED, put, ZERO, solved[param], check, said=self.words(at, solved), head=param, compared=given)

    def words(self, at: int, solved: Mapping[Node, Node]) -> Reason:
        """`solved for w, with b from its own equation put in`."""
        below = [(", with ", q, " from its own equation put in") for q in self.params[at + 1 :] if q in solved]
        return ("solved for ", self.params[at], *(word for words in below for word in words))

    def at_shapes(self, at: int, put: Node) -> Evidence:
        """The claim at shapes at which the inverse exists: at least as many rows of data as parameters."""
        own = {s for s in mat.shape(self.params[at]) or () if isinstance(s, Sym)}
        found = []
        for size in (1, 2, 3):

            def count(s: Node, size: int = size) -> Node:
                return Num(size if s in own else 3) if isinstance(s, Sym) else s

            def sized(node: Node, count: Callable[[Node], Node] = count) -> Node:
                if isinstance(node, mat.Ident):
                    return mat.Ident(*map(count, node.children))
                return (
                    mat.MatSym(node.matrix, *map(count, (node.rows, node.cols)))
                    if isinstance(node, mat.MatSym)
                    else node
                )

            found.append(self.judges[at](SOLVED, rewrite(put, sized), ZERO))
        worst = next((e for e in found if not e), found[0])
        return changed(worst, verdict="holds where") if worst else worst


STATIONARY: Reason = ("stationary point: the derivative is 0",)


__all__ = ["NormalEquation", "NormalEquations", "normal_equations"]
