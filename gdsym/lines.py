"""From a solved derivative to its steps: the tree, and the lines that a reader sees, from one walk.

Every step is judged where it is made. `detail` decides which steps get a line of their own; the tree has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from gdsym.conditions import Conditions
from gdsym.errors import GdsymError
from gdsym.judging import Judge
from gdsym.record import changed, record
from gdsym.rules.laws import U
from gdsym.rules.quiet import ROUTINE, silenced
from gdsym.solve import SIMPLIFY, After, Work
from gdsym.step import Move, Reason, Rule, Step, always
from gdsym.written.alike import alike, in_other_order
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import ONE, TRUE, ZERO, Condition, Node, Sym, both, replace

DETAILS = ("full", "normal", "brief")
LEAVES = frozenset({"constant rule", "identity rule"})  # no line of their own unless every step is asked for
SUBSTITUTES = "uvstrpqz"

Context = Callable[[Node], Node]


@record
class _Row:
    """A line to be: its step, and whether a reader of this detail sees it."""

    step: Step
    shown: bool


class Writer:
    """One walk over solved work at one level of detail."""

    def __init__(
        self, judge: Judge, conditions: Conditions, letters: Sequence[Sym], detail: str, known: Sequence[str]
    ) -> None:
        if detail not in DETAILS:
            raise GdsymError(f"Unknown detail {detail!r}; known: {', '.join(DETAILS)}.")
        self._judge, self._conditions, self._letters, self._detail = judge, conditions, letters, detail
        self._quiet = silenced(known) | (ROUTINE if detail == "brief" else frozenset())
        self._rows: list[_Row | None] = []
        self._met: set[Node] = set()

    def derivative(self, work: Work, context: Context) -> Step:
        """All steps of a derivative, the root of its tree returned."""
        return self._write(work, context, 0, root=True)

    def closing(self, steps: Iterable[After], context: Context) -> None:
        """The tidy steps on the whole line."""
        for after in steps:
            self._follow(after, context, shown=self._detail == "full" or not _looks_alike(after.lhs, after.rhs))

    def lines(self) -> tuple[Step, ...]:
        """The rows that are seen; the last one always is."""
        rows = [row for row in self._rows if row is not None]
        seen: list[Step] = []
        silent: dict[str, None] = {}
        for row in rows:
            if row.shown:
                seen.append(_after(silent, row.step))
                silent = {}
            elif row.step.rule.name in self._quiet and row.step.rule != SIMPLIFY:
                silent[row.step.rule.name] = None
        return tuple(_ended(seen, rows[-1].step, silent)) if rows else ()

    def _write(self, work: Work, context: Context, depth: int, root: bool = False) -> Step:
        move = _lettered(work.move, self._letters, depth)
        again = work.lhs in self._met and bool(work.parts)
        self._met.add(work.lhs)
        leaf = not root and self._is_leaf(work)
        at = len(self._rows)
        self._rows.append(None)
        step = self._again(work, move, context) if again and not root else self._parts(work, move, context, depth, root)
        self._rows[at] = _Row(step, not leaf and move.rule.name not in self._quiet)
        return step

    def _again(self, work: Work, move: Move, context: Context) -> Step:
        reason: Reason = (f"{move.rule.name}: ", work.lhs, " as derived above")
        stated = partial(self._conditions.of_all, work)
        return self._step(
            move.rule, work.lhs, work.value, context(work.value), (), reason, given=compared_at(work), stated=stated
        )

    def _parts(self, work: Work, move: Move, context: Context, depth: int, root: bool) -> Step:
        shown: list[Node] = [p.value if self._is_leaf(p) else p.lhs for p in work.parts]
        rhs = self._settled(work, move.make(*shown), root)
        current = list(shown)
        deeper = depth + (move.rule.name == "chain rule")
        substeps = []
        for j, part in enumerate(work.parts):
            inner = self._within(work, context, list(current), j, root)
            substeps.append(self._write(part, inner, deeper))
            current[j] = part.value
        substeps += [
            self._follow(a, context, shown=not a.trivial or self._detail == "full") for a in _followed(work, root)
        ]
        stated = partial(self._conditions.of_step, work)
        parts = tuple(substeps)
        return self._step(
            move.rule, work.lhs, rhs, context(rhs), parts, move.reason, move.where, move.given, stated, move.detail
        )

    def _within(self, work: Work, context: Context, current: list[Node], j: int, root: bool) -> Context:
        def put(node: Node) -> Node:
            whole = work.move.make(*current[:j], node, *current[j + 1 :])
            return context(self._settled(work, whole, root))

        return put

    def _settled(self, work: Work, node: Node, root: bool) -> Node:
        """0 and 1 are left out at once where the last part is resolved (not in the first sum: there they are shown)."""
        first = next(iter(_followed(work, root)), None)
        if self._detail != "full" and first is not None and first.trivial and first.lhs == node:
            return first.rhs
        return node

    def _is_leaf(self, work: Work) -> bool:
        return self._detail != "full" and work.move.rule.name in LEAVES

    def _follow(self, after: After, context: Context, shown: bool) -> Step:
        step = self._step(
            after.rule,
            after.lhs,
            after.rhs,
            context(after.rhs),
            (),
            after.words,
            given=after.given,
            detail=after.detail,
        )
        self._rows.append(_Row(step, shown and step.rule.name not in self._quiet))
        return step

    def _step(
        self,
        rule: Rule,
        lhs: Node,
        rhs: Node,
        line: Node,
        substeps: tuple[Step, ...],
        said: Reason | Callable[[], Reason],
        where: Mapping[Node, Node] | None = None,
        given: Node = TRUE,
        stated: Callable[[], Condition] = always,
        detail: str = "",
    ) -> Step:
        check = self._judge(rule, lhs, rhs, given)
        if check.verdict == "one side undefined":  # sqrt(floor x) is flat where it is 0: its chain rule divides by 0
            given = both(given, from_sympy(stated()))
            check = self._judge(rule, lhs, rhs, given)
        return Step(rule, lhs, rhs, line, check, substeps, where or {}, given.to_sympy(), said, detail, stated=stated)


def _ended(seen: Sequence[Step], last: Step, silent: Collection[str]) -> Iterator[Step]:
    """The lines up to the result, which stands in the last one."""
    if not seen or not _looks_alike(seen[-1].line, last.line):
        yield from seen
        yield _after([name for name in silent if name != last.rule.name], last)
    else:
        yield from seen[:-1]
        yield changed(seen[-1], line=last.line) if seen[-1].line != last.line else seen[-1]


def _looks_alike(one: Node, other: Node) -> bool:
    """Are they printed alike, or in another order of factors: not worth a line of its own?"""
    return alike(one, other) or in_other_order(one, other)


def _after(silent: Collection[str], step: Step) -> Step:
    """The step; its reason also names the rules that were used before it without a line of their own."""
    before = f"{', '.join(silent)}, then "
    return changed(step, said=lambda: (before, *step.reason) if step.reason else ()) if silent else step


def compared_at(work: Work) -> Node:
    """Where a solved derivative and its value are compared: the conditions of all its steps that are no convention's."""
    return both(work.move.given, *(a.given for a in work.after), *map(compared_at, work.parts))


def _followed(work: Work, root: bool) -> tuple[After, ...]:
    """In the first rule the 0s of held constants stay to be seen, unless more than leaving them out follows."""
    return () if root and only_drops(work) else work.after


def only_drops(work: Work) -> bool:
    """Is nothing done but leaving out 0 and 1? Factors that were seen in a line before the last part are worth no line more."""
    found = [part.value for part in work.parts if part.move.rule.name not in LEAVES]
    seen = work.move.rule.name == "product rule" and found and found[-1] not in (ZERO, ONE)
    return len(work.after) == 1 and work.after[0].trivial and not seen


def root_value(work: Work) -> Node:
    """The value with which the closing tidy steps begin."""
    return work.raw if only_drops(work) else work.value


def _lettered(move: Move, letters: Sequence[Sym], depth: int) -> Move:
    """The substitution letter of this level: u outside, then v, s, ..."""
    if not move.where and not any(isinstance(part, Node) and U in part.free for part in move.reason):
        return move
    letter: dict[Node, Node] = {U: letters[min(depth, len(letters) - 1)]}
    reason = tuple(replace(p, letter) if isinstance(p, Node) else p for p in move.reason)
    return changed(move, reason=reason, where={replace(k, letter): v for k, v in move.where.items()})
