"""Under which conditions a derivation holds as a statement about derivatives: each step, and all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import sympy

from gdsym.compound import Joint
from gdsym.joints import joint_notes, joints, noted, smooth
from gdsym.named import put_in
from gdsym.rules.reached import STEPS, SWITCHES, has_convention, is_switch, reached
from gdsym.solve import Work
from gdsym.step import Reason
from gdsym.written.nodes import TRUE, Bound, Cases, Node, Num, both, conjuncts, head_of, walk

if TYPE_CHECKING:
    from gdsym.crossings import Slope

Inside: TypeAlias = tuple[sympy.Basic, ...]  # the conditions of the branches around a derivative
Letters: TypeAlias = frozenset[Node]
DEFINITION, CONSTANT = "definition", "constant rule"  # a named part brings names that are not bound


class Conditions:
    """What is stated beside the steps. Where a convention fills in (0 at a kink) the steps are checked all the same."""

    def __init__(self, works: Iterable[Work], where: Mapping[Node, Node]) -> None:
        self._works, self._where = tuple(works), where
        self._own: dict[int, Node] = {}
        self._bound: dict[int, Letters] = {}  # empty until a condition is asked for
        self._joints: dict[int, tuple[Joint, ...]] = {}
        self._all: dict[tuple[int, Letters, Inside], tuple[Any, ...]] = {}

    def of_step(self, work: Work) -> Any:
        """The condition of the one step from d/dx of the body, as SymPy; the parts that it leaves have their own."""
        return self._step(work).to_sympy()

    def of_all(self, *works: Work) -> Any:
        """The condition of derivatives with all below them, as SymPy.

        A condition about a bound index cannot leave its sum and is left out; the notes say it. One about a branch of a
        case distinction is asked for where the branch holds.
        """
        from gdsym.minimal import minimal

        found = dict.fromkeys(c for work in works or self._works for c in self._below(work, frozenset(), ()))
        return minimal(found)

    def notes(self, ends: Iterable[Node]) -> tuple[Reason, ...]:
        """What is said of the switches, each sentence once; nothing of a switch where the formula has no value.

        Nor of those of |u|, max and min if no convention is left in the last line (`ends`), x |x| has the slope 2 |x|, or
        if the slope is the same on both sides: |x| sin x at 0.
        """
        from gdsym.crossings import Slope  # only who reads the notes waits for them
        from gdsym.terms_told import at_the_entry

        found: dict[Reason, None] = {}
        for top, end in zip(self._works, ends, strict=True):
            whole, last = put_in(top.lhs.body, self._where), put_in(end, self._where)
            head = head_of(top.lhs.var)
            agreed = has_convention(last, {head, *head.children})  # dw, and w in the conditions
            slope = Slope(top, last, self._where)
            for work, only in noted(top):
                if reached(whole, work.lhs.body) and (agreed or not is_switch(work.lhs.body)):
                    said = (at_the_entry(note, work, top) for note in self._said(work, slope) if note)
                    found.update(dict.fromkeys(note if only == TRUE else ("for ", only, " ", *note) for note in said))
        return tuple(found)

    def _said(self, work: Work, slope: Slope) -> tuple[Reason, ...]:
        """What is said of one switch, but for what is smooth in the whole."""
        body = work.lhs.body
        if isinstance(body, Cases):
            met = self._met(work)
            rough, cancelled = slope.at_joints(met)
            return (*(joint_notes(work, rough) if rough or not met else ()), *cancelled)
        return (slope.at_switch(body, work.move.note) if is_switch(body, (*SWITCHES, *STEPS)) else work.move.note,)

    def _met(self, work: Work) -> tuple[Joint, ...]:
        """Where the branches of a derived case distinction meet, each place judged once."""
        at = id(work)
        if at not in self._joints:
            self._joints[at] = joints(work, self._where)
        return self._joints[at]

    def _step(self, work: Work) -> Node:
        at = id(work)
        if not self._bound:
            for top in self._works:
                self._visit(top, frozenset())
        if at not in self._own:
            self._own[at] = both(work.move.given, self._found(work))
        return self._own[at]

    def _found(self, work: Work) -> Node:
        body = work.lhs.body
        if work.move.rule.name == CONSTANT:
            return TRUE
        if isinstance(body, Cases):
            return smooth(work, self._met(work)) if work.move.note else TRUE
        from gdsym.rules.existence import exists  # only who asks for conditions waits for it

        return exists(body, work.move, _letters(work), self._bound.get(id(work), frozenset()), self._counted)

    @cached_property
    def _counted(self) -> Letters:
        """Indices of sums that start at 1 or later: whatever was declared of them, they are positive."""
        sums = [p for top in self._works for p in walk(put_in(top.lhs.body, self._where)) if isinstance(p, Bound)]
        early = {p.index for p in sums if not (isinstance(p.lower, Num) and p.lower.value >= 1)}
        return frozenset(p.index for p in sums) - early

    def _visit(self, work: Work, bound: Letters) -> None:
        """The letters that are bound around each derivative."""
        known = self._bound.get(id(work))
        if known is not None and bound <= known:
            return
        self._bound[id(work)] = bound | (known or frozenset())
        for part in work.parts:
            self._visit(part, _inner(work, part, bound))

    def _below(self, work: Work, bound: Letters, inside: Inside) -> tuple[Any, ...]:
        key = (id(work), bound, inside)
        if key not in self._all:
            found = [_within(c, inside) for c in _outside(self._step(work), bound)]
            for after in work.after:
                found += [_within(c, inside) for c in _outside(after.given, bound | _indices(after.lhs))]
            for part, around in zip(work.parts, _branches(work, inside), strict=True):
                found += self._below(part, _inner(work, part, bound), around)
            self._all[key] = tuple(dict.fromkeys(c for c in found if c != sympy.true))
        return self._all[key]


def _outside(condition: Node, bound: Letters) -> list[Any]:
    """The parts of a condition that name no bound letter, as SymPy."""
    return [part.to_sympy() for part in conjuncts(condition) if part.free.isdisjoint(bound)]


def _indices(formula: Node) -> Letters:
    return frozenset(part.index for part in walk(formula) if isinstance(part, Bound)) - formula.free


def _letters(work: Work) -> Letters:
    """What the variable is called: x, or w of an entry w_k and the entry itself."""
    var = work.lhs.var
    head = head_of(var)
    return frozenset((var, head, *head.children))


def _inner(work: Work, part: Work, bound: Letters) -> Letters:
    """The bound letters around a part: those before, and what its body names and the whole does not."""
    if work.move.rule.name == DEFINITION:
        return bound
    return bound | (part.lhs.body.free - work.lhs.free)


def _branches(work: Work, inside: Inside) -> list[Inside]:
    """The conditions around each part: a branch is taken where its own holds and those before it fail."""
    body = work.lhs.body
    if not isinstance(body, Cases) or len(work.parts) != len(body.pairs):
        return [inside] * len(work.parts)
    conditions = [condition.to_sympy() for _, condition in body.pairs]
    return [(*inside, *map(sympy.Not, conditions[:at]), here) for at, here in enumerate(conditions)]


def _within(condition: Any, inside: Inside) -> Any:
    """The condition where the branch holds; nothing is asked for elsewhere."""
    if condition == sympy.true or not inside:
        return condition
    fails = sympy.Not(condition)
    failing = sympy.And(*inside, fails)
    if isinstance(fails, sympy.Eq) and any(_fails_at(c, fails) for c in inside):
        return sympy.true
    return sympy.Not(failing.simplify() if len(failing.free_symbols) == 1 else failing)


def _fails_at(condition: Any, place: sympy.Eq) -> bool:
    """Does the condition not hold there, as where what it compares has no value?"""
    try:
        return bool(condition.subs(*place.args) == sympy.false)
    except TypeError:  # SymPy compares no zoo
        return True
