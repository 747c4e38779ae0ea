"""The steps, lines and the whole of a certificate, judged anew: a sentence for each that is not supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gdsym.errors import GdsymError
from gdsym.reading.sizes import Sizes
from gdsym.verify.changes import changes
from gdsym.verify.evidence import SUPPORTING, Evidence
from gdsym.verify.matrices import agree
from gdsym.verify.recheck.connect import continued, gaps, said
from gdsym.verify.recheck.level import Level
from gdsym.verify.recheck.reading import Certificate, Entry
from gdsym.written.nodes import TRUE, ZERO, D, Node, Rel, Sym, both, conjuncts, walk

MOST_FAILURES = 20
NOT_JUDGED = "not judged"
LONG = 300  # nodes of a line
LARGEST_CONDITION = 2000  # nodes
MOST_INDICES = 4  # letters of a condition that mean `for every`


def failures(found: Certificate, seed: int) -> Iterator[str]:
    """One sentence for each claim that is not supported, the first few of them."""
    for at, failure in enumerate(dict.fromkeys(_failures(found, seed))):
        if at == MOST_FAILURES:
            yield "... and more."
            return
        yield failure


def conditions(found: Certificate) -> tuple[str, ...]:
    """Under which the whole is claimed, each once."""
    given = (found.claim.given, *(step.given for step in found.steps))
    return tuple(dict.fromkeys(said(part) for whole in given for part in conjuncts(whole) if part != TRUE))


def _failures(found: Certificate, seed: int) -> Iterator[str]:
    """Is it as it was written? How the lines are connected, then every step and every line, then the whole."""
    if not found.sealed:
        yield "The certificate was changed after it was written: its sha256 does not fit."
    judge = _Judge(found.claim.where, seed)
    level = Level(found.claim.where)
    of_steps = both(*(step.given for step in found.steps))
    given = both(of_steps, found.claim.given)
    yield from gaps(found, level)
    if given != of_steps and judge.holds(found.claim.pending(), found.claim.result, of_steps):
        yield f"The condition of the claim, {said(found.claim.given)}, is not that of its steps, under which it holds as well."
    for at, (step, before, name) in enumerate(continued(found), 1):
        yield from judge(f"Step {at} ({step.rule})", step.lhs, step.rhs, step.given)
        yield from judge.strength(step, at)
        if level.size(level(step.line)) < LONG:  # a longer one is as sure as its step, which alone tells it from before
            yield from judge(f"Line {at}, which continues {name},", before, step.line, given)
    yield from judge("The whole", _derived(found), found.claim.result, given)


def _derived(found: Certificate) -> Node:
    """What is derived: the first line, where the first step only writes the formula in another way, as that step is judged."""
    first = found.steps[0]
    rewritten = isinstance(first.lhs, D) and isinstance(first.rhs, D) and first.lhs.var == first.rhs.var
    return first.line if rewritten else found.claim.pending()


class _Judge:
    """Sentences about claims that are not supported; equal claims are judged once."""

    def __init__(self, where: Mapping[Node, Node], seed: int) -> None:
        self._where, self._seed = where, seed
        self._known: dict[tuple[Node, Node, Node], Evidence] = {}

    def __call__(self, name: str, lhs: Node, rhs: Node, given: Node) -> Iterator[str]:
        evidence = self._found(lhs, rhs, given)
        if not evidence:
            yield f"{name} claims {said(lhs)} = {said(rhs)}, {_words(evidence)}."

    def holds(self, lhs: Node, rhs: Node, given: Node) -> bool:
        """Is the claim supported?"""
        return bool(self._found(lhs, rhs, given))

    def strength(self, step: Entry, at: int) -> Iterator[str]:
        """A verdict may not say more than what is found here: `proved` is proved again, as a whole or each part that changed."""
        name = f"Step {at} ({step.rule}) is said to be"
        if step.verdict == "agreed" and self._narrower(step):
            yield f"{name} agreed everywhere, but its condition is {said(step.given)}."
        elif step.verdict not in SUPPORTING:
            yield f"{name} without support: {step.verdict}."
        elif step.verdict == "proved" and not self._proved(step):
            yield f"{name} proved, but is supported by agreement at points only."

    def _narrower(self, step: Entry) -> bool:
        """Is it found under its condition only? Derivatives of equal functions are equal without it."""
        return step.given != TRUE and self._found(step.lhs, step.rhs, step.given).verdict == "holds where"

    def _proved(self, step: Entry) -> bool:
        ways = changes(step.lhs, step.rhs), ((step.lhs, step.rhs),)
        return any(way and all(self._found(*sides, step.given).verdict == "proved" for sides in way) for way in ways)

    def _found(self, lhs: Node, rhs: Node, given: Node) -> Evidence:
        claim = (lhs, rhs, given)
        if claim not in self._known:
            self._known[claim] = self._judged(lhs, rhs, given)
        return self._known[claim]

    def _judged(self, lhs: Node, rhs: Node, given: Node) -> Evidence:
        refusal = _unjudgeable(given, lhs.free | rhs.free)
        if refusal:
            return Evidence("unknown", NOT_JUDGED, note=refusal)
        try:
            return agree(lhs, rhs, given=_with_declared(given), where=self._where, seed=self._seed)
        except Exception as error:  # a made-up formula may break anything; the answer is a sentence all the same
            return Evidence("unknown", NOT_JUDGED, note=f"{type(error).__name__}: {str(error)[:120]}")


def _with_declared(given: Node) -> Node:
    """A condition says of its letters also what is declared of them: k >= 1 is left out where k is positive."""
    names = sorted((s for s in given.free if isinstance(s, Sym)), key=lambda s: s.name)
    positive = [Rel(">", s, ZERO) for s in names if s.symbol.is_positive]
    return both(given, *positive, *(Rel(">=", s, ZERO) for s in names if s.symbol.is_nonnegative))


def _words(evidence: Evidence) -> str:
    if evidence.verdict == "refuted":
        return f"which is wrong: {evidence.note}"
    if evidence.verdict == "one side undefined":
        return f"but one side is undefined where the other is not: {evidence.note}"
    if evidence.kind == NOT_JUDGED:
        return f"which was not judged: {evidence.note}"
    return f"which could not be confirmed: {evidence.note}"


def _unjudgeable(given: Node, names: frozenset[Node]) -> str:
    """Conditions are small: the judge hands them to SymPy, which evaluates every number that it sees."""
    if given == TRUE:
        return ""
    parts = []
    for part in walk(given):
        parts.append(part)
        if len(parts) > LARGEST_CONDITION:
            return "its condition is too long"
    if len(given.free - names) > MOST_INDICES:
        return "its condition has too many letters of its own"
    sizes = Sizes()
    try:
        return next((why for part in reversed(parts) if (why := sizes.refusal(part))), "")
    except (GdsymError, ValueError, RecursionError) as error:
        return str(error)
