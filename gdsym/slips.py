"""Which classic mistake explains a wrong derivative: the derivation is made again with one mistake planted in one place.

A mistake is named only if the judge agrees that it leads to exactly what is claimed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from gdsym.counterexample import nonzero
from gdsym.derivation import Derivation
from gdsym.export.page import Page
from gdsym.export.reasons import as_text
from gdsym.matrix_claims import in_matrices
from gdsym.matrix_derivation import READ, MatrixDerivation
from gdsym.record import changed, record
from gdsym.rules.dropping import drop
from gdsym.rules.laws import put, x
from gdsym.rules.mistakes import OUTER
from gdsym.rules.mistakes_matrix import of_gradient
from gdsym.solve import Work
from gdsym.step import Law, Reason, Rule, Slip
from gdsym.verify import Formulas, Point, agree
from gdsym.verify.evidence import Unknown
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import TRUE, D, Indexed, Node, Sym, rewrite, times, walk

MOST = 600  # wrong results that are looked at
AT_ONCE = 40  # of them are compared with the claim in one program
POINTS = 3  # at which a wrong result must meet the claim before the judge is asked
LONGEST = 60  # letters of a formula that is quoted


@record
class Trail:
    """The way from the whole derivative to one of its parts: the derivatives on it, and which part each next one is."""

    works: tuple[Work, ...]
    places: tuple[int, ...] = ()

    @property
    def end(self) -> Work:
        return self.works[-1]

    def below(self) -> Iterator[Trail]:
        """This way, and all that go on from it, the nearer ones first where they branch."""
        todo = [self]
        while todo:
            trail = todo.pop()
            yield trail
            parts = enumerate(trail.end.parts)
            todo += reversed([Trail((*trail.works, part), (*trail.places, j)) for j, part in parts])

    def rebuilt(self, wrong: Node) -> Node:
        """The value of the whole, if that of the end is `wrong` in this one place."""
        for work, j in zip(reversed(self.works[:-1]), reversed(self.places), strict=True):
            values = [part.value for part in work.parts]
            wrong = work.move.make(*values[:j], wrong, *values[j + 1 :])
        return wrong

    def everywhere(self, wrong: Node) -> Node:
        """The value of the whole, if that of the end is `wrong` wherever it occurs: the same mistake again."""
        known = {id(self.end): wrong}

        def value(work: Work) -> Node:
            if id(work) not in known:
                known[id(work)] = work.move.make(*map(value, work.parts))
            return known[id(work)]

        return value(self.works[0])


@record
class Planted:
    """A derivative with one mistake in it: what went wrong, where (None: where the gradient is read off), the result."""

    says: Reason
    trail: Trail | None
    result: Node


def slip(d: Derivation, claim: Node, given: Node = TRUE) -> str | None:
    """The mistake that leads from the expression to the claim, with its line; None if no single one does."""
    wrong = islice(planted(d), MOST)
    while several := list(islice(wrong, AT_ONCE)):
        for one in _meeting(several, claim, d):
            if agree(one.result, claim, given=given, where=d.where, beside=(d.node,)):
                return f"{_words(one.says, d.page())} (line {_line(d, one.trail)})"
    return None


def planted(d: Derivation) -> Iterator[Planted]:
    """Every mistake of every rule at every place, outermost first; then what can go wrong with the entries of the end."""
    for at, work in enumerate(d.works):
        for one in _wrong_values(d, work):
            value = one.result
            for variable in d.variables[at + 1 :]:
                value = D(value, variable)
            yield changed(one, result=value)
    yield from _swapped(d.works[-1].value)


def _swapped(right: Node) -> Iterator[Planted]:
    """Rows taken for columns: one entry of an array with two axes, its indices exchanged wherever it stands."""
    tables = [node for node in walk(right) if isinstance(node, Indexed) and len(node.indices) == 2]
    for entry in dict.fromkeys(tables):
        other = entry.with_children((entry.base, *reversed(entry.indices)))
        if other != entry:
            wrong = rewrite(right, lambda node, entry=entry, other=other: other if node == entry else node)  # type: ignore[misc]
            yield Planted(("the indices of ", entry, " were swapped: ", other), None, wrong)


def _wrong_values(d: Derivation, work: Work) -> Iterator[Planted]:
    trails = list(islice(Trail((work,)).below(), MOST))
    often = {key for key, count in Counter(id(trail.end) for trail in trails).items() if count > 1}
    met: set[int] = set()
    for trail in trails:
        for says, wrong in _slips(trail.end):
            if id(trail.end) in often and id(trail.end) not in met:
                yield from _ended(d, work, Planted(says, trail, trail.everywhere(wrong)))
            yield from _ended(d, work, Planted(says, trail, trail.rebuilt(wrong)))
        met.add(id(trail.end))
    if isinstance(d, MatrixDerivation):
        yield from (Planted(says, None, value) for says, value in of_gradient(d.read_off(work, work.value)))


def _ended(d: Derivation, work: Work, one: Planted) -> Iterator[Planted]:
    """With matrices, what is built so far is a differential: the gradient is read off, if the shapes still fit."""
    if not isinstance(d, MatrixDerivation):
        yield one
    elif mat.shape(one.result) == mat.shape(work.value):
        yield changed(one, result=d.read_off(work, rewrite(one.result, drop)))


def _slips(work: Work) -> Iterator[tuple[Reason, Node]]:
    """What the mistakes with the rules that were used here lead to."""
    move, body = work.move, work.lhs.body
    values = tuple(part.value for part in work.parts)
    outer = (*move.outer.slips, OUTER) if move.outer else ()
    for mistake in (*move.rule.slips, *outer):
        if mistake.plant:
            yield from mistake.plant(body, move, values)
        if mistake.law:
            yield from _by_law(mistake, mistake.law, work, values)
    if move.outer and move.outer.law and len(values) == 1:
        yield from _at_another_place(move.outer, work, values[0])


def _by_law(mistake: Slip, law: Law, work: Work, values: tuple[Node, ...]) -> Iterator[tuple[Reason, Node]]:
    """The wrong law's right-hand side for the parts of the body."""
    letters = _fitted(law.lhs.children[0], work.lhs.body, {})
    if letters is None:
        return
    parts = dict(zip((part.lhs.body for part in work.parts), values, strict=True))
    slots = [slot for slot in walk(law.rhs) if isinstance(slot, D)]
    if any(letters[slot.body] not in parts for slot in slots):
        return
    slope = put(law.rhs, letters | {slot: parts[letters[slot.body]] for slot in slots})
    quoted = letters | {D(old, x): D(new, work.lhs.var) for old, new in letters.items()}
    said = tuple(put(part, quoted) if isinstance(part, Node) else part for part in mistake.says)
    yield said, slope if slots or not values else times(slope, *values)


def _at_another_place(rule: Rule, work: Work, value: Node) -> Iterator[tuple[Reason, Node]]:
    """(f(g))' taken for f'(g'), or for f'(x) g'."""
    assert rule.law is not None
    letters = _fitted(rule.law.lhs.children[0], work.lhs.body, {})
    if letters and x in letters:
        wrong, at_x = (put(rule.law.rhs, {**letters, x: place}) for place in (value, work.lhs.var))
        yield ("the outer derivative was taken at ", value, ", the inner derivative (chain rule)"), wrong
        instead = ("the outer derivative was taken at ", work.lhs.var, " instead of ", letters[x], " (chain rule)")
        yield instead, times(at_x, value)


def _fitted(pattern: Node, node: Node, found: dict[Node, Node]) -> dict[Node, Node] | None:
    """What the letters of a law stand for in a formula of its shape."""
    if isinstance(pattern, Sym):
        return {**found, pattern: node} if found.get(pattern, node) == node else None
    if type(pattern) is not type(node) or len(pattern.children) != len(node.children):
        return None
    if pattern._payload() != node._payload():
        return None
    for mine, theirs in zip(pattern.children, node.children, strict=True):
        more = _fitted(mine, theirs, found)
        if more is None:
            return None
        found = more
    return found


def _meeting(several: Sequence[Planted], claim: Node, d: Derivation) -> list[Planted]:
    """Those that have the claim's values at a few points."""
    if in_matrices(claim, several[0].result):
        return list(several)
    try:
        both = Formulas(claim, *(one.result for one in several), where=d.where)
    except Unknown:
        return [found for one in several if len(several) > 1 for found in _meeting([one], claim, d)]
    left = list(range(len(several)))
    for seed in range(POINTS):
        theirs, *ours = both.at(Point(seed=seed, roles=both.roles, box="unit"))
        if theirs is not None:
            left = [j for j in left if (value := ours[j]) is None or not nonzero(value - theirs)]
    return [several[j] for j in left]


def _words(says: Reason, page: Page) -> str:
    """The sentence; a formula that is too long to quote is left out, with the sign of equality before it."""
    kept: list[str | Node] = []
    for part in says:
        long = isinstance(part, Node) and len(as_text((part,), page, limits=False)) > LONGEST
        if long and kept and str(kept[-1]).endswith(" = "):
            kept[-1] = str(kept[-1])[: -len(" = ")]
        elif not long:
            kept.append(part)
    return " ".join(as_text(tuple(kept), page, limits=False).split())


def _line(d: Derivation, trail: Trail | None) -> int:
    """The printed line (the first is what is derived) that the step, or what it belongs to, is in."""
    lines = list(enumerate(d.steps, start=2))
    if trail is None:
        return next((number for number, step in lines if step.detail == READ), len(lines) + 1)
    for work in reversed(trail.works):
        for number, step in lines:
            if step.lhs == work.lhs and step.rule.name == work.move.rule.name:
                return number
    return 2
