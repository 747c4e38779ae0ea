"""A page for the eye: long sums and products with dots, and of many alike derivations the first two and the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gdsym.export.nests import nested
from gdsym.export.page import Page
from gdsym.record import changed
from gdsym.step import Reason, Rule, Step
from gdsym.writing.elide import FIRST, LAST, MOST, Dots, Elision
from gdsym.written.alike import alike
from gdsym.written.matrices import Differential
from gdsym.written.nodes import D, Node, kinds_of, rewrite

SMALL = kinds_of(Differential)
MANY = 12  # lines: a page with fewer shows them all
EXTREMA = ("maximum", "minimum")  # each of their lines has a row for each argument
AND_SO_ON = Rule("and so on")


def for_the_eye(page: Page) -> Page:
    """The page with names for what is nested too deeply, and dots for what is too long."""
    return short(nested(told_once(page)))


def told_once(page: Page) -> Page:
    """Without lines that are printed like the one before: d[w] is dw in print, (2 x) y is 2 x y."""
    done: dict[Node, Node] = {}
    lines = [_in_print(step.line, done) for step in page.steps]
    steps = tuple(
        step for at, step in enumerate(page.steps) if not at or step.head or not _again(step, lines[at], lines[at - 1])
    )
    return page if len(steps) == len(page.steps) else changed(page, steps=steps)


def _again(step: Step, line: Node, before: Node) -> bool:
    return line == before or (step.rule.name == "simplify" and alike(step.lhs, step.rhs))


def _in_print(line: Node, done: dict[Node, Node]) -> Node:
    if not line.has(SMALL):
        return line
    return rewrite(line, lambda p: p.var if isinstance(p, D) and p.var == Differential(p.body) else p, done)


def short(page: Page) -> Page:
    """The page with long formulas and long rows of alike steps shortened; what was left out is said in its notes."""
    elide = Elision()
    steps = tuple(_rows(page)) if len(page.steps) > MANY else page.steps
    steps = tuple(_Shortener(elide).steps(steps))
    expr, start = elide(page.expr), elide(page.start)
    where = {name: elide(meaning) for name, meaning in page.where.items()}
    notes = tuple(tuple(_part(part, elide) for part in note) for note in page.notes)
    said = tuple(_said(elide))
    if not said and len(steps) == len(page.steps):
        return page
    return changed(
        page, expr=expr, start=start, steps=steps, where=where, notes=notes + said, whole=page.whole or page.steps
    )


def _part(part: str | Node, elide: Elision) -> str | Node:
    return part if isinstance(part, str) else elide(part)


def _said(elide: Elision) -> Iterator[Reason]:
    """What the dots stand for."""
    parts = [f"sums of {_listed(elide.terms)} terms"] if elide.terms else []
    parts += [f"products of {_listed(elide.factors)} factors"] if elide.factors else []
    if parts:
        yield (f"dots: {' and '.join(parts)} are shown by their first two and the last",)


def _listed(counts: set[int]) -> str:
    ordered = [str(count) for count in sorted(counts)]
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


class _Shortener:
    """Steps with their formulas shortened; a step that stands in several places is shortened once."""

    def __init__(self, elide: Elision) -> None:
        self._elide = elide
        self._done: dict[int, Step] = {}

    def steps(self, steps: tuple[Step, ...]) -> Iterator[Step]:
        yield from (self._step(step) for step in steps)

    def _step(self, step: Step) -> Step:
        if id(step) not in self._done:
            self._done[id(step)] = self._shortened(step)
        return self._done[id(step)]

    def _shortened(self, step: Step) -> Step:
        elide = self._elide
        subs = step.substeps
        kept = subs if len(subs) <= MOST else (*subs[:FIRST], *subs[-LAST:])
        return changed(
            step,
            lhs=elide(step.lhs),
            rhs=elide(step.rhs),
            line=elide(step.line),
            said=tuple(_part(part, elide) for part in step.reason),
            where={name: elide(meaning) for name, meaning in step.where.items()},
            substeps=tuple(self.steps(kept)),
        )


def _rows(page: Page) -> Iterator[Step]:
    """The lines, with one that says `and so on` in place of those of alike parts in the middle."""
    hidden = _hidden(page.steps)
    skipped: list[Step] = []
    for step in page.steps:
        if (step.lhs, step.line) in hidden:
            skipped.append(step)
            continue
        if skipped:
            yield _so_on(skipped)
            skipped = []
        yield step


def _so_on(skipped: list[Step]) -> Step:
    reason: Reason = (f"and so on: {len(skipped)} lines for the other parts, in the same way",)
    last = skipped[-1]
    return changed(last, rule=AND_SO_ON, line=Dots(), substeps=(), where={}, said=reason, detail="")


def _hidden(steps: tuple[Step, ...]) -> set[tuple[Node, Node]]:
    """Left side and line of the steps below the middle parts of every step that has very many."""
    hidden: set[tuple[Node, Node]] = set()
    seen: set[int] = set()
    todo = list(steps)
    while todo:
        step = todo.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        parts = [sub for sub in step.substeps if sub.rule.name != "simplify"]
        for row in _alike(parts) if step.rule.name in EXTREMA else [parts] if len(parts) > MOST else []:
            for part in row[FIRST : len(row) - LAST]:
                hidden |= {(below.lhs, below.line) for below in _below(part)}
        todo += step.substeps
    return hidden


def _alike(steps: list[Step]) -> Iterable[list[Step]]:
    """The steps, those together that are done by the same rules."""
    found: dict[tuple[str, ...], list[Step]] = {}
    for step in steps:
        found.setdefault(tuple(below.rule.name for below in _below(step)), []).append(step)
    return found.values()


def _below(step: Step) -> Iterator[Step]:
    todo = [step]
    while todo:
        top = todo.pop()
        yield top
        todo += top.substeps
