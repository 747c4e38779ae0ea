"""A page for the eye: what is nested deeper than a reader can follow gets names, u_1 outside, u_2 inside of it, ...

So do the long conditions under which each of many arguments is the greatest: their 0 or 1 stands twice in a mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy

from gdsym.export.page import Page
from gdsym.lines import SUBSTITUTES
from gdsym.record import changed
from gdsym.step import Reason, Step
from gdsym.written.matrices import has_matrices
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    Base,
    Bound,
    Cases,
    D,
    Fn,
    Indexed,
    Logic,
    Neg,
    Node,
    Partial,
    Pow,
    Sym,
    kinds_of,
)

DEEPEST = len(SUBSTITUTES)  # brackets within brackets: as many as there are letters for substitutions
CALLS = frozenset((Fn, Partial))  # whose arguments stand in brackets, whatever they are
LONG = 4  # comparisons in one condition
CASES = kinds_of(Cases)


def nested(page: Page) -> Page:
    """The page with names for the inner parts of a formula that is nested deeper than there are letters for substitutions, and for long conditions.

    The formula itself stands whole in the head; what the names stand for is said in the notes.
    """
    parts = {} if has_matrices(page.expr) else _parts(page)
    if not parts:
        return page
    naming = _Naming(parts)
    steps = tuple(naming.step(step) for step in page.steps)
    notes = tuple(tuple(naming.part(part) for part in note) for note in page.notes)
    inner = {name: naming.opened(part) for part, name in parts.items()}
    return changed(page, steps=steps, notes=(*notes, _said(inner)), whole=page.whole or page.steps, inner=inner)


def _said(inner: Mapping[Node, Node]) -> Reason:
    """What the names stand for, the outermost first."""
    words: list[str | Node] = ["where "]
    for name, meaning in inner.items():
        words += [name, " = ", meaning, ", "]
    return tuple(words[:-1])


def _parts(page: Page) -> dict[Node, Node]:
    """The contents of brackets on paths that are too deep, with their names, the outermost first."""
    order = [node for top in (page.expr, *page.where.values()) for node in _ordered(top)]
    height: dict[Node, int] = {}
    for node in reversed(order):
        height[node] = max((height[child] + _held(node, child) for child in node.children), default=0)
    above = dict.fromkeys(order, 0)
    for node in order:
        for child in node.children:
            above[child] = max(above[child], above[node] + _held(node, child))
    deep = {
        child: None
        for node in order
        for child in node.children
        if _held(node, child) and height[child] and above[child] + height[child] > DEEPEST
    }
    return _named([*deep, *_conditions(page, order)], order)


def _conditions(page: Page, typed: list[Node]) -> list[Node]:
    """Long conditions written as 1 where they hold and 0 elsewhere, which the derivation brought in."""
    lines = [step.line for step in page.steps if step.line.has(CASES)]
    parts = dict.fromkeys(part for line in lines for part in _ordered(line))
    return [part for part in parts if isinstance(part, Cases) and _is_long(part) and part not in typed]


def _is_long(part: Cases) -> bool:
    values, conditions = zip(*part.pairs, strict=True)
    first = conditions[0]
    return values == (ONE, ZERO) and isinstance(first, Logic) and len(first.children) >= LONG


def _ordered(top: Node) -> list[Node]:
    """Every part of a formula once, before its own parts."""
    found: dict[Node, None] = {}
    stack = [(top, False)]
    while stack:
        node, done = stack.pop()
        if done:
            found[node] = None
        elif node not in found:
            stack += [(node, True), *((child, False) for child in node.children)]
    return list(reversed(found))


def _held(node: Node, child: Node) -> bool:
    """Does the child stand in brackets?"""
    raised = isinstance(node, Pow) and child is node.exponent and not isinstance(child, Neg)
    return bool(child.children) and (type(node) in CALLS or isinstance(child, Add) or raised)


def _named(parts: list[Node], order: list[Node]) -> dict[Node, Node]:
    """A letter that no name begins with, and numbers; of a part within a sum, an entry."""
    bound = {node.index for node in order if isinstance(node, Bound)}
    used = {node.name[0] for node in order if isinstance(node, (Sym, Base))}
    letter = next((letter for letter in SUBSTITUTES if letter not in used), "inner")
    names: dict[Node, Node] = {}
    for number, part in enumerate(parts, 1):
        symbol = sympy.Symbol(f"{letter}_{number}", real=True)
        indices = sorted(part.free & bound, key=lambda index: getattr(index, "name", ""))
        names[part] = Indexed(Base(sympy.IndexedBase(symbol)), *indices) if indices else Sym(symbol)
    return names


class _Naming:
    """Formulas and steps with the names put in; what stands in several places is written once."""

    def __init__(self, names: Mapping[Node, Node]) -> None:
        self._names, self._done = names, dict(names)
        self._steps: dict[int, Step] = {}

    def __call__(self, node: Node) -> Node:
        if node not in self._done:
            self._done[node] = self.opened(node)
        return self._done[node]

    def opened(self, node: Node) -> Node:
        """The node itself, its parts by their names."""
        children = tuple(map(self, node.children))
        same = all(a is b for a, b in zip(children, node.children, strict=True))
        return node if same else node.with_children(children)

    def part(self, part: str | Node) -> str | Node:
        return part if isinstance(part, str) else self(part)

    def step(self, step: Step) -> Step:
        """The step, its letters for substitutions exchanged for the names; what is rewritten is shown by its own parts."""
        if id(step) not in self._steps:
            self._steps[id(step)] = self._renamed(step)
        return self._steps[id(step)]

    def _renamed(self, step: Step) -> Step:
        lhs = D(self.opened(step.lhs.body), step.lhs.var) if isinstance(step.lhs, D) else self.opened(step.lhs)
        names = {letter: self._names[part] for letter, part in step.where.items() if part in self._names}
        return changed(
            step,
            lhs=lhs,
            rhs=self(step.rhs),
            line=self(step.line),
            said=tuple(self._reason(step, names)),
            where={names.get(letter, letter): self.opened(part) for letter, part in step.where.items()},
            substeps=tuple(self.step(sub) for sub in step.substeps),
        )

    def _reason(self, step: Step, names: Mapping[Node, Node]) -> Iterator[str | Node]:
        meanings = set(step.where.values())
        letters = _Naming(names)
        for part in step.reason:
            if isinstance(part, str):
                yield part
            else:
                yield self.opened(part) if part in meanings else letters(self(part))
