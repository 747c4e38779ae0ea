"""The end of a derivation: arithmetic, what cancels, the shortest form; each a step that says what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial

from gdsym.changes import Change, different, is_zero
from gdsym.memory import ANY, Memory, Once, Pass, Still, settling
from gdsym.record import record
from gdsym.rules.algebra import DEFINITION
from gdsym.rules.arrange import arranged, names_as_typed
from gdsym.rules.brackets import row_of_monomials
from gdsym.rules.branches import by_intervals, cleared, joined_cases, opened
from gdsym.rules.collect import collect
from gdsym.rules.common import common_factor
from gdsym.rules.comparisons import comparisons
from gdsym.rules.deviations import deviations
from gdsym.rules.domain import conditioned
from gdsym.rules.dropping import drop
from gdsym.rules.evened import evened
from gdsym.rules.exponentials import of_logarithm, one_exponent, one_exponential, powers_beside
from gdsym.rules.flat import above, flat, multiplied, roots_below
from gdsym.rules.fractions import cancel, without_fractions
from gdsym.rules.grouped import grouped
from gdsym.rules.halves import halves
from gdsym.rules.logistic import logistics
from gdsym.rules.moduli import moduli
from gdsym.rules.onesum import one_sum
from gdsym.rules.plain import PLAIN
from gdsym.rules.radicals import of_quotient, radical
from gdsym.rules.regions import size, told_apart
from gdsym.rules.shares import left_over, over_sums
from gdsym.rules.signs import flip, is_less_one
from gdsym.rules.squares import root_of_square
from gdsym.rules.tangents import tangents
from gdsym.rules.tidy import calculate
from gdsym.solve import SIMPLIFY, After
from gdsym.step import Reason
from gdsym.written.match import with_name
from gdsym.written.matrices import FACTORS
from gdsym.written.nodes import (
    Add,
    Cases,
    Div,
    Fn,
    Indexed,
    Integral,
    Mul,
    Neg,
    Node,
    Pow,
    Prod,
    Root,
    Sum,
    kinds_of,
    rewrite,
)

MAXIMUM, QUOTIENT, LIKE_TERMS = "maximum", "named quotient", "like terms"
NOTHING: frozenset[Node] = frozenset()
FRACTIONS, FUNCTIONS, SUMS, CASES = kinds_of(Div), kinds_of(Fn), kinds_of(Sum), kinds_of(Cases)
PRODUCTS, POWERS, ROOTS = kinds_of(Prod), kinds_of(Pow), kinds_of(Root)
ENTRIES, BRACKETS = kinds_of(Indexed), kinds_of(Add)
BESIDE = SUMS | CASES | PRODUCTS | kinds_of(Integral, *FACTORS)
Stage = tuple[str, int, "Callable[[_Stages], Change]"]  # its name, the kinds one of which it needs, what it does


def tidied(
    node: Node,
    params: frozenset[Node],
    where: Mapping[Node, Node],
    *,
    typed: frozenset[Node] = NOTHING,
    variables: frozenset[Node] | None = None,
    memory: Memory | None = None,
) -> list[After]:
    """The closing steps: arithmetic, then 0 and 1 left out, then cancelling, then the shortest form.

    What is in `typed` stays as it is, factors in their order; in other products the `variables` stand in front of brackets.
    """
    memory = memory or Memory()
    steps: list[After] = []
    stages = _Stages(params, where, typed, params if variables is None else variables, memory)
    for name, within, made in STAGES:
        if not node.kinds & within:
            continue
        if name == LIKE_TERMS and not (steps and steps[-1].detail == QUOTIENT):
            continue
        change = made(stages)
        after = change(node)
        if after != node:
            steps.append(After(SIMPLIFY, node, after, Words(name, change, node, after), detail=name))
            node = after
    for key, meaning in where.items():
        named = with_name(node, key, meaning)
        if named != node:
            steps.append(After(DEFINITION, node, named, ("definition: ", meaning, " = ", key)))
            node = named
    return conditioned(steps, memory.needs)


@record(slots=True)
class Words:
    """What is said of a change, found out when somebody reads it: until then the words are not even imported."""

    stage: str
    change: Change
    before: Node
    after: Node

    def __call__(self) -> Reason:
        from gdsym.stages_said import SAID

        return ("simplify: ", *SAID[self.stage](different(self.before, self.after, self.change), self.before))


class _Stages:
    """What is done to a formula at the end, in which order, and what is said of it."""

    def __init__(
        self,
        params: frozenset[Node],
        where: Mapping[Node, Node],
        typed: frozenset[Node],
        variables: frozenset[Node],
        memory: Memory,
    ) -> None:
        self._params, self._where, self._typed, self._variables = params, where, typed, variables
        self._shorter, self._memory = memory.shorter(typed), memory
        self._in_order: Change = Once(self._ordered).__getitem__
        self._evened: Change = partial(evened, stays=self._stands)
        order, common, tangent = (ANY, self._in_order), (BESIDE, self._common), (FUNCTIONS, self.tangents)
        product = (order, common, tangent, (BRACKETS, self._evened))
        own = {Mul: product, Div: product, Neg: (order,), Add: (common,), Sum: ((ANY, self.balance), common)}
        self._still = Still((PLAIN, own), memory.still(typed), typed)

    def _ordered(self, part: Node) -> Node:
        if part in self._typed or not isinstance(part, (Mul, Div, Neg)):
            return part
        rows = self._memory.tails(self._typed)
        return names_as_typed(arranged(part, self._variables, rows), rows, self._variables)

    def _stands(self, part: Node) -> bool:
        """Was it typed, whatever the indices of its entries are called by now? Of a constant p - 1, what stands is 1 - p."""
        if part in self._typed:
            return not (is_less_one(part) and part.free.isdisjoint(self._variables))
        return isinstance(part, Add) and part.has(ENTRIES) and self._memory.like_typed(part, self._typed)

    def tangents(self, part: Node) -> Node:
        return part if part in self._typed or (new := tangents(part)) is part else calculate(new)

    def _common(self, part: Node) -> Node:
        return common_factor(part, self._typed.__contains__)

    def balance(self, part: Node) -> Node:
        return deviations(part, self._where)

    def everywhere(self, change: Change, within: int = ANY) -> Change:
        return Pass(change, self._still, within)

    def with_order(self, change: Change, within: int = ANY) -> Change:
        return self.everywhere(
            lambda part: part if (new := change(part)) is part or new == part else self._in_order(new), within
        )

    def where_used(self, rule: Change, within: int, change: Change) -> Change:
        """The change of a whole to which the rule applies."""
        apply = self.everywhere(rule, within)
        return lambda whole: whole if apply(whole) == whole else settling(self.with_order(change))(whole)

    def by_rule(self, rule: Change, within: int) -> Change:
        """The rule, and the arithmetic that it makes room for."""
        return self.where_used(rule, within, lambda part: cancel(calculate(drop(rule(part)))))

    @cached_property
    def _shortest(self) -> Change:
        shorter = self.everywhere(lambda part: self._in_order(one_exponential(cancel(calculate(drop(part))))))

        def change(whole: Node) -> Node:
            new = shorter(whole)
            return new if (flipped := flip(new, self._stands)) is new else shorter(flipped)

        return change

    @cached_property
    def calculated(self) -> Change:
        """Arithmetic; where there is any, 0 and 1 are left out with it, but for empty products and the zeros of held constants."""
        arithmetic, bare = settling(self.with_order(without_fractions)), settling(self.everywhere(drop))
        exponents = self.everywhere(one_exponent, FUNCTIONS)

        def change(whole: Node) -> Node:
            held = isinstance(whole, Add) and any(map(is_zero, whole.children))
            new = arithmetic(whole)
            if not new.kinds & (BRACKETS | BESIDE):
                new = rewrite(new, one_exponent)
            elif not new.kinds & BESIDE and (joined := exponents(new)) is not new and not powers_beside(new):
                new = joined
            return new if new == whole or held or new.has(PRODUCTS) else bare(new)

        return change

    def collect(self, whole: Node) -> Node:
        if row_of_monomials(whole):
            return whole
        shorter = self._shorter_within(collect(whole, self._params, self._shorter))
        return self._shortest(shorter if self._left(shorter) else grouped(shorter, letters=False))

    def _shorter_within(self, whole: Node) -> Node:
        return rewrite(whole, self._brackets, self._memory.bracketed(self._typed))

    def _brackets(self, product: Node) -> Node:
        """Brackets that are factors, and were not typed, in their shortest form."""
        if not isinstance(product, (Mul, Div)) or all(map(self._left, product.children)):
            return product
        return product.with_children(tuple(p if self._left(p) else self._bracket(p) for p in product.children))

    def _bracket(self, bracket: Node) -> Node:
        shorter = min((bracket, collect(bracket, self._params, self._shorter)), key=size)
        whole = not isinstance(shorter, Add) or self._left(shorter)
        return self._shorter_within(shorter) if whole else grouped(shorter, letters=True)

    def _left(self, factor: Node) -> bool:
        return not isinstance(factor, Add) or bool(factor.kinds & BESIDE) or self._stands(factor) or told_apart(factor)

    def one_sum(self, whole: Node) -> Node:
        new = rewrite(whole, lambda part: part if self._stands(part) else one_sum(part, self.collect))
        return whole if new == whole else self._shortest(new)

    def over(self, whole: Node) -> Node:
        found = self.with_order(over_sums, SUMS)(whole)
        return whole if found == whole else settling(self.everywhere(left_over))(found)

    def taken(self, whole: Node) -> Node:
        new = self.everywhere(self._common, BESIDE)(whole)
        return whole if new == whole else self._shortest(self._shorter_within(new))

    def roots(self, whole: Node) -> Node:
        """Roots that a law brought in; of those that were typed roots of quotients, if the formula is shorter then."""

        def untyped(part: Node) -> Node:
            return part if isinstance(part, Root) and part.arg in self._typed else radical(part)

        whole = self._rooted(whole, untyped, size(whole) + 1)
        return self._rooted(whole, of_quotient, size(whole))

    def _rooted(self, whole: Node, rule: Change, below: int) -> Node:
        """The formula with these roots, if it is smaller than that."""
        change = self.where_used(rule, ROOTS, lambda part: moduli(cancel(calculate(drop(rule(part))))))
        if size(found := change(whole)) >= below or found == whole:
            return whole
        return self.everywhere(self._in_order)(found)

    def bars_above(self, whole: Node) -> Node:
        """Fractions in a bracket above a bar, and what is shorter below it then."""
        new = self.by_rule(above, FRACTIONS)(whole)
        return whole if new == whole else self.everywhere(self._in_order)(self.everywhere(multiplied)(new))

    def logistic(self, whole: Node) -> Node:
        new = logistics(whole, frozenset(self._where.values()), self._typed, self.everywhere)
        return whole if new == whole else flip(new, self._stands)


# The stages, first to last.
STAGES: tuple[Stage, ...] = (
    ("arithmetic", ANY, lambda s: s.calculated),
    ("drop + 0 and * 1", ANY, lambda s: settling(s.everywhere(drop))),
    ("exponential of a logarithm", FUNCTIONS, lambda s: s.by_rule(of_logarithm, FUNCTIONS)),
    ("modulus", FUNCTIONS, lambda s: s.by_rule(moduli, FUNCTIONS)),
    (MAXIMUM, CASES, lambda s: s.by_rule(halves, CASES)),
    ("below a bar", FRACTIONS, lambda s: s.with_order(flat, FRACTIONS)),
    ("root of a square", ROOTS, lambda s: s.by_rule(root_of_square, ROOTS)),
    ("cancel", ANY, lambda s: settling(s.with_order(lambda p: one_exponential(cancel(calculate(drop(p))))))),
    ("modulus left", FUNCTIONS, lambda s: s.by_rule(moduli, FUNCTIONS)),
    ("one bar", FRACTIONS, lambda s: s.with_order(multiplied, FRACTIONS)),
    ("deviations", SUMS, lambda s: s.where_used(s.balance, SUMS, lambda p: cancel(calculate(drop(s.balance(p)))))),
    ("conditions", CASES, lambda s: s.everywhere(comparisons, CASES)),
    ("intervals", CASES, lambda s: s.everywhere(by_intervals, CASES)),
    ("cases", CASES, lambda s: s.everywhere(joined_cases, CASES)),
    ("branches", CASES, lambda s: s.with_order(cleared, CASES)),
    ("brackets of branches", CASES, lambda s: s.everywhere(opened, CASES)),
    ("collect", ANY, lambda s: s.collect),
    ("evened", BRACKETS, lambda s: s.by_rule(s._evened, BRACKETS)),
    ("roots below", POWERS, lambda s: s.by_rule(roots_below, POWERS)),
    ("root", ROOTS, lambda s: s.roots),
    ("bars above", FRACTIONS, lambda s: s.bars_above),
    ("one sum", SUMS, lambda s: s.one_sum),
    ("over a sum", SUMS, lambda s: s.over),
    ("common factor", BESIDE, lambda s: s.taken),
    (QUOTIENT, FUNCTIONS, lambda s: s.with_order(s.tangents, FUNCTIONS)),
    (LIKE_TERMS, FUNCTIONS, lambda s: s.calculated),
    ("logistic", FUNCTIONS, lambda s: s.logistic),
    ("exponent", FUNCTIONS, lambda s: s.with_order(one_exponent, FUNCTIONS)),
)


def tidy(node: Node, params: Iterable[Node]) -> Node:
    """The formula after all closing steps."""
    steps = tidied(node, frozenset(params), {})
    return steps[-1].rhs if steps else node
