"""A step is a claim lhs = rhs that was checked; a rule is the textbook law behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from types import MappingProxyType, NoneType
from typing import Protocol, TypeAlias

import sympy

from gdsym.errors import GdsymTypeError
from gdsym.record import changed, field, record, state_of
from gdsym.verify import Evidence
from gdsym.written.nodes import TRUE, Bound, Condition, D, Indexed, Node, Sym, walk

Reason: TypeAlias = tuple["str | Node", ...]  # words and formulas in turn, as printed beside a step
NOTHING: Mapping[Node, Node] = MappingProxyType({})


@record
class Law:
    """A textbook statement lhs = rhs in its own letters, e.g. d/dx x^n = n x^(n-1).

    Example:
        >>> import gdsym as gd
        >>> gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))")
        d/dx [log(1 + eᵘ)] = (d/dx [u])/(1 + e⁻ᵘ)
    """

    lhs: Node
    rhs: Node

    def __repr__(self) -> str:
        """The statement: `d/dx [x^n] = n x^(n - 1)`."""
        from gdsym.writing.text import text

        return f"{text(self.lhs, partial=False)} = {text(self.rhs, partial=False)}"


class Scope(Protocol):
    """What a rule may ask while it looks at an expression."""

    @property
    def var(self) -> Node:
        """The variable of the derivative."""

    @property
    def fixed(self) -> frozenset[Node]:
        """The index letters of the variables: no sum runs over them."""

    def varies(self, node: Node) -> bool:
        """Does `node` depend on the variable (also through named parts)?"""

    def moving(self, node: Node) -> tuple[Node, ...]:
        """The parts of `node` that depend on the variable, in order."""

    def definition(self, node: Node) -> Node | None:
        """What the named part `node` stands for, or None."""

    def in_range(self, index: Node, lower: Node, upper: Node) -> tuple[bool, bool]:
        """Are lower <= index and index <= upper certain for every entry that the variable can be?"""

    def exists(self, entry: Indexed) -> bool:
        """Is there such an entry, of whatever array, for every entry that the variable can be?"""

    def letter(self, wanted: str, node: Node) -> Sym:
        """An index letter like `wanted` that stands neither in `node` nor for a variable."""


@record(slots=True)
class Move:
    """One use of a rule: the derivatives it leaves pending, and how their values are put together.

    Example:
        >>> import gdsym as gd
        >>> linear = gd.Move(gd.RULES[0], pending=(), make=lambda: gd.read("a"))
        >>> linear.rhs
        a
    """

    rule: Rule
    pending: tuple[D, ...]
    make: Callable[..., Node]  # values of the pending derivatives -> right-hand side
    reason: Reason = ()
    where: Mapping[Node, Node] = NOTHING
    given: Node = TRUE
    note: Reason = ()  # a convention or kink to print under the derivation
    detail: str = ""
    outer: Rule | None = None  # the law that the chain rule uses for the outer function

    @property
    def rhs(self) -> Node:
        """The right-hand side with the derivatives still pending."""
        return self.make(*self.pending)


@record
class Slip:
    """A classic mistake with a rule: a wrong `law` in its letters, or `plant`, which makes wrong right-hand sides.

    `says` is the sentence in the law's letters; `plant(body, move, values)` gives pairs of a sentence and what comes out.
    """

    says: Reason = ()
    law: Law | None = None
    plant: Callable[[Node, Move, tuple[Node, ...]], Iterable[tuple[Reason, Node]]] | None = None


@record
class Rule:
    """A textbook law: `name`, `law` as printed and proved, and `apply`, which finds it in an expression.

    `apply(body, scope)` is a `Move`, or None if the law says nothing about `body`. Without it the left side of the law is
    a pattern: `Rule("softplus", gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))"))`. `slips` are its classic mistakes.
    `words` is its name in a sentence, where that is another; `heads` the kinds of formula on which it is tried, if not on all.

    Example:
        >>> import gdsym as gd
        >>> gd.Rule("softplus", gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))"))
        softplus: d/dx [log(1 + eᵘ)] = (d/dx [u])/(1 + e⁻ᵘ)
    """

    name: str
    law: Law | None = None
    apply: Callable[[Node, Scope], Move | None] | None = field(default=None, repr=False, compare=False)
    slips: tuple[Slip, ...] = field(default=(), repr=False, compare=False)
    heads: tuple[type[Node], ...] = field(default=(), repr=False, compare=False)
    words: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not isinstance(self.law, (Law, NoneType)):
            raise GdsymTypeError(
                f"A rule is gd.Rule(name, gd.law(...)), not Rule({self.name!r:.60}, {self.law!r:.60})."
            )
        if self.apply is not None and not callable(self.apply):
            raise GdsymTypeError(f"apply is {self.apply!r:.60}; give a function apply(body, scope), or leave it out.")

    @property
    def spoken(self) -> str:
        """What a reason calls it."""
        return self.words or self.name

    def __repr__(self) -> str:
        """The name and the law, if it can be said in letters."""
        return f"{self.name}: {self.law!r}" if self.law else self.name


def always() -> Condition:
    """No condition."""
    return sympy.true


def _known(condition: Condition) -> Condition:
    return condition


def outside(condition: Condition, *formulas: Node) -> Condition:
    """The parts of a condition that name no index that is bound in the formulas: outside of its sum it means nothing."""
    bound = {part.index.symbol for formula in formulas for part in walk(formula) if isinstance(part, Bound)}
    free = {name.symbol for formula in formulas for name in formula.free if isinstance(name, Sym)}
    return sympy.And(*(c for c in sympy.And.make_args(condition) if c.free_symbols.isdisjoint(bound - free)))


@record
class Step:
    """One rewriting lhs -> rhs by a rule, with its evidence; immutable.

    `line` is the whole right-hand side after the step, `substeps` derive what the step left pending,
    `where` names substitutions (u := ...), `compared` is the condition under which both sides were compared,
    `stated` finds, when it is asked for, what the step needs besides as a statement about derivatives, `said` is the `reason`, or finds it, `detail` which tidy step a `simplify` is. `head`, if any, is what `line` is equal
    to from here on (dJ, say), where that is not what is derived.

    Example:
        >>> import gdsym as gd
        >>> step = gd.derive("sin(x**2)", "x").steps[0]
        >>> step.rule.name, bool(step.check), [inner.rule.name for inner in step.substeps]
        ('chain rule', True, ['power rule'])
    """

    rule: Rule
    lhs: Node
    rhs: Node
    line: Node
    check: Evidence
    substeps: tuple[Step, ...] = ()
    where: Mapping[Node, Node] = NOTHING
    compared: Condition = sympy.true
    said: Reason | Callable[[], Reason] = field(default=(), repr=False, compare=False)
    detail: str = ""
    head: Node | None = None
    stated: Callable[[], Condition] = field(default=always, repr=False, compare=False)

    @cached_property
    def reason(self) -> Reason:
        """What is printed beside it: words and formulas in turn."""
        return self.said() if callable(self.said) else self.said

    @property
    def given(self) -> Condition:
        """The condition under which the step holds, as a SymPy Boolean: x > 0 for log x, x != 0 for |x|; `true` if none.

        Where it fails there is no derivative, or the left side has no value. It is sufficient: |x^3| has a derivative at 0,
        which the chain rule does not show. Where neither side has a value nothing is claimed: 1/x asks for nothing. A
        condition about an index is left out where the index is bound; a step within the sum may name it, as `lhs` does.
        The value that is used at a kink is checked, too: that is why `compared` asks for less.
        """
        return sympy.And(outside(self.compared, self.lhs, self.rhs), self.stated())

    def __getstate__(self) -> dict[str, object]:
        """Pickled with its condition and its reason found."""
        return state_of(changed(self, stated=partial(_known, self.stated()), said=self.reason))

    def __repr__(self) -> str:
        """One line: the rule, what it rewrote into what, and how that was checked."""
        from gdsym.writing.text import text

        lhs, rhs = (text(side, partial=self._several) for side in (self.lhs, self.rhs))
        return f"{self.rule.name}: {lhs} = {rhs}  ({self.check.verdict})"

    @property
    def _several(self) -> bool:
        """Is it about a function of several letters, with the round d?"""
        return len(self.lhs.free) > 1

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from gdsym.writing.latex import latex
        from gdsym.writing.names import worded

        sides = " = ".join(latex(side, partial=self._several) for side in (self.lhs, self.rhs))
        words = rf"\qquad\text{{{worded(self.rule.name)} ({worded(self.check.verdict)})}}"
        return {"text/plain": repr(self), "text/latex": f"$${sides}{words}$$"}
