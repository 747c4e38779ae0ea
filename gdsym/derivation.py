"""`derive`: a derivative, step by step, every step checked, and what can be done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import sympy

from gdsym.closing import tidied
from gdsym.conditions import Conditions
from gdsym.diagonal import apart, begun
from gdsym.door import all_names, as_given, entry_of, parts, refuse_odd_settings, refuse_unmatched, unshadowed, variable
from gdsym.errors import GdsymTypeError
from gdsym.export.facts import round_d, sizes
from gdsym.export.page import Page
from gdsym.export.shown import Derived
from gdsym.judging import Judge
from gdsym.keywords import known_keywords
from gdsym.lines import SUBSTITUTES, Writer, root_value
from gdsym.lookalikes import missed, refuse_lookalikes
from gdsym.memory import Memory
from gdsym.named import put_in, size_letters
from gdsym.record import ReadOnly
from gdsym.rules import RULES, rules_for
from gdsym.solve import After, Solver, Work, pending
from gdsym.step import Reason, Rule, Step
from gdsym.uses import known_ranges
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import in_matrix_form
from gdsym.written.nodes import Base, D, Indexed, Node, Sym, both, fresh, head_of
from gdsym.written.trees import renamed


@known_keywords
def derive(
    expr: Any,
    wrt: Any,
    *more: Any,
    where: Mapping[Any, Any] | None = None,
    known: Collection[str] = (),
    detail: str = "normal",
    method: str | None = None,
    rules: Sequence[Rule] | None = None,
) -> Derivation:
    """The derivative of `expr` by `wrt`, as steps of textbook rules, each checked.

    Args:
        expr: a SymPy expression, a text for `gd.read`, or a written form.
        wrt: a Symbol; an entry `w[k]` (k general or a number); an IndexedBase (a free letter is taken as index); a MatrixSymbol
            (the result has its shape; a column by a column is the Jacobian); or a tuple of these, innermost first, as in `sympy.diff`.
        more: further variables: `derive(f, x, y)` is `derive(f, (x, y))`.
        where: named parts, e.g. `{e[i]: w*x[i] + b - y[i]}`; they keep their names in steps and result.
        known: rules to apply without a line of their own, e.g. `{"sum", "constant multiple"}`.
        detail: `"full"` shows every rule, `"normal"` leaves constants out, `"brief"` only the main rules.
        method: `"quotient"` (for 1/u^n, too), `"product"` (u/v is u v^(-1)), `"logarithmic"` (u' = u (log u)').
        rules: the laws to use, in order (`gd.RULES` if left out); `(*mine, *gd.RULES)` adds yours.

    Returns:
        A `Derivation`: `print` it, `.latex()` it, `.save("x.tex")` it, read its `.steps` and `.result`.

    Raises:
        GdsymError: the expression is complex, or no rule and no closed form exists for a part of it.

    Example:
        >>> from sympy.abc import x
        >>> import gdsym as gd
        >>> gd.derive(3*x**5, x).result
        15*x**4
    """
    refuse_odd_settings(detail, known)
    variables = wrt if isinstance(wrt, tuple) and not more else (wrt, *more)
    if not variables:
        raise GdsymTypeError("Derive by at least one variable; wrt is an empty tuple.")
    asked = as_given(expr, [variable(v) for v in variables])
    names = all_names(asked)
    chosen = tuple(variable(v, names) for v in variables)
    named = parts(where, chosen, names)
    node = unshadowed(asked, avoid=all_names(*chosen, *named, *named.values()))
    refuse_lookalikes(
        node.free.union(*(v.free for v in chosen), *(m.free for m in named.values()), *(k.free for k in named))
    )
    laws = rules_for(node, method, rules)
    return derivation(node, chosen, named, detail=detail, known=known, rules=laws, asked=asked)


def derivation(
    node: Node,
    wrt: Sequence[Node],
    where: Mapping[Node, Node],
    *,
    name: str | None = None,
    params: Sequence[Node] = (),
    detail: str = "normal",
    known: Collection[str] = (),
    rules: Sequence[Rule] = RULES,
    asked: Node | None = None,
    memory: Memory | None = None,
) -> Derivation:
    """The derivation of an already checked formula (`derive` and `Cost` are the doors)."""
    if in_matrix_form(wrt, node, *where.values()):
        from gdsym.matrix_derivation import MatrixDerivation

        return MatrixDerivation(node, tuple(wrt), where, name, tuple(params), detail, tuple(known), tuple(rules))
    refuse_unmatched(where, node, *where.values())
    entries: list[Node] = []
    for var in wrt:
        entries.append(entry_of(var, node, where, entries))
    letters = frozenset(
        i for v in entries for part in (v.indices if isinstance(v, Indexed) else (v,)) for i in part.free
    )
    others = all_names(node, *where, *where.values(), *entries)
    node = renamed(node, letters, others)
    where = {k: renamed(m, letters, others) for k, m in where.items()}
    made = Derivation(node, tuple(entries), where, name, tuple(params), detail, tuple(known), tuple(rules), memory)
    made._handed_in = asked
    return made


class Derivation(ReadOnly, Derived):
    """A derivative and how it came about. Immutable; equal subproblems are derived once.

    `steps` are the lines that are printed, in order; each `Step` has its `substeps`, so that `steps[0]` is the root of
    the tree. `result` is the last line as SymPy (named parts kept), `expanded` with named parts put in.

    Example:
        >>> [step.rule.name for step in derive("3*x**5", "x").steps]
        ['constant multiple rule', 'power rule', 'simplify']
    """

    def __init__(
        self,
        node: Node,
        wrt: tuple[Node, ...],
        where: Mapping[Node, Node],
        name: str | None,
        params: tuple[Node, ...],
        detail: str,
        known: tuple[str, ...],
        rules: tuple[Rule, ...],
        memory: Memory | None = None,
    ) -> None:
        self._made_of = node, wrt, dict(where), name, params, detail, known, rules
        self._memory = memory or Memory()
        self._node, self._wrt, self._where, self._name = node, wrt, dict(where), name
        self._params, self._detail, self._known, self._rules = params, detail, known, rules
        self._parted = apart(node, where, wrt)  # what is derived, and why it is written in another way
        self._judge = Judge(self._where, self._parted[0], self._wrt)
        self._written: dict[tuple[str, tuple[str, ...]], tuple[Step, ...]] = {}
        self._endings: dict[int, list[After]] = {}  # by the identity of works, which live as long as this does
        self._judge_whole()

    @property
    def expr(self) -> Any:
        """The expression that is derived, in the caller's symbols."""
        return (self._handed_in or self._node).to_sympy()

    @property
    def wrt(self) -> Any:
        """The variable, or the tuple of variables, innermost first."""
        variables = tuple(v.to_sympy() for v in self._wrt)
        return variables[0] if len(variables) == 1 else variables

    def _judge_whole(self) -> None:
        """Every step is made and judged now, and then the whole at once: a wrong derivation cannot exist."""
        self._asked = self.compared
        claim = pending(self._parted[0], self._wrt), self.written, self._asked, lambda: from_sympy(self.given)
        self.__dict__.update(zip(("check", "compared"), self._judge.whole(*claim), strict=True))

    @cached_property
    def compared(self) -> Node:
        """Where the derivative and the result were compared. At a kink, too: the value that is used there is checked."""
        found = (work for top in self.works for work in top.walk())
        closing = (from_sympy(step.compared) for step in self.steps if step.detail and step.compared != sympy.true)
        return both(*(c for work in found for c in (work.move.given, *(a.given for a in work.after))), *closing)

    @cached_property
    def given(self) -> Any:
        """All conditions of the steps (see `Step.given`) as a SymPy Boolean; one about a bound index stays within its sum and is left out here."""
        from gdsym.minimal import minimal

        return minimal((self._conditions.of_all(), *(step.given for step in self.steps if step.detail)))

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self.works, self._where)

    @property
    def node(self) -> Node:
        """The expression that is derived, as it stands on paper."""
        return self._node

    @property
    def variables(self) -> tuple[Node, ...]:
        """The variables, innermost first, as written names."""
        return self._wrt

    @property
    def where(self) -> Mapping[Node, Node]:
        """The named parts, as written."""
        return MappingProxyType(self._where)

    @property
    def written(self) -> Node:
        """The result as it stands on paper."""
        return self.steps[-1].line

    @cached_property
    def result(self) -> Any:
        """The derivative as SymPy, named parts kept."""
        return self.written.to_sympy()

    @cached_property
    def expanded(self) -> Any:
        """The derivative as SymPy, with named parts put in."""
        return put_in(self.written, self._where).to_sympy()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines, in order; `steps[0].substeps` is the tree below the first."""
        return self._lines(self._detail, self._known)

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """One solved derivative for each variable, innermost first; each starts from the last one's tidied value."""
        node, works = self._node, list[Work]()
        letters = frozenset(s for var in self._wrt for s in all_names(var))
        taken = letters | all_names(*self._where, *self._where.values()) if self._where else letters
        for var in self._wrt:
            tidy = self._tidied if self._where else None
            solver = Solver(var, self._rules, self._where, self._ranges, taken, self._memory, letters, tidy)
            works.append(work := solver.solve(D(node, var)) if works else begun(node, self._parted, solver))
            node = renamed(self._end(work), letters)
        return tuple(works)

    def _ranges(self, var: Node) -> dict[Node, tuple[Node, Node]]:
        if not isinstance(var, Indexed):
            return {}
        whole = put_in(self._node, self._where)
        fixed = size_letters(whole)  # the last entry w[m] is no general entry
        return {index: limits for index, limits in known_ranges(whole, var).items() if index not in fixed}

    def _closing(self, work: Work) -> list[After]:
        """The tidy steps at the end; what the user typed stays in its order."""
        at = id(work)
        if at not in self._endings:
            self._endings[at] = self._tidied(root_value(work))
        return self._endings[at]

    def _end(self, work: Work) -> Node:
        return closing[-1].rhs if (closing := self._closing(work)) else root_value(work)

    def _tidied(self, node: Node) -> list[After]:
        variables = frozenset(v for v in self._ranked if isinstance(v, Sym) or v in map(head_of, self._wrt))
        typed = self._memory.composed(self._node, *self._where.values())
        return tidied(node, self._ranked, self._where, typed=typed, variables=variables, memory=self._memory)

    @property
    def _ranked(self) -> frozenset[Node]:
        return frozenset(v.base if isinstance(v, Indexed) else v for v in (*self._params, *self._wrt))

    def _lines(self, detail: str, known: tuple[str, ...]) -> tuple[Step, ...]:
        if (detail, known) not in self._written:
            self._written[detail, known] = self._write(detail, known)
        return self._written[detail, known]

    def _write(self, detail: str, known: tuple[str, ...]) -> tuple[Step, ...]:
        lines: list[Step] = []
        for at, work in enumerate(self.works):
            writer = Writer(self._judge, self._conditions, self._letters, detail, known)
            context = partial(pending, variables=self._wrt[at + 1 :])
            writer.derivative(work, context)
            writer.closing(self._closing(work), context)
            lines += writer.lines()
        return tuple(lines)

    @cached_property
    def _letters(self) -> tuple[Sym, ...]:
        """Letters for substitutions, none of which the formula uses."""
        seen = all_names(self._node, *self._wrt, *self._where, *self._where.values())
        names = {s.name for s in seen if isinstance(s, (Sym, Base))}
        free = [letter for letter in SUBSTITUTES if letter not in names]
        return tuple(Sym(sympy.Symbol(letter, real=True)) for letter in free) or (fresh("u1", ()),)

    @property
    def notes(self) -> tuple[Reason, ...]:
        """Conventions and kinks: what is used where there is no derivative."""
        found = (*self._conditions.notes(map(self._end, self.works)), *self._judge.doubts)
        return tuple(dict.fromkeys((*found, *missed(put_in(self._node, self._where), self._wrt))))

    def page(self, detail: str | None = None, known: Collection[str] | None = None) -> Page:
        """What the exporters print; takes the levels that `latex` takes."""
        detail, known = self._detail if detail is None else detail, self._known if known is None else known
        refuse_odd_settings(detail, known)
        whole, narrower = put_in(self._node, self._where), both() if self.compared == self._asked else self.compared
        asked = pending(self._node, self._wrt)
        what = (self._name, self._params, self._node, self._wrt, round_d(whole, self._params), asked)
        return Page(*what, self._lines(detail, tuple(known)), self.notes, sizes(whole), self.where, narrower)
