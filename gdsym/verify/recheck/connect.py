"""Do the lines of a certificate follow from each other, and is nothing left out? Looked at as written, without values."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.verify.recheck.level import Level, stands_in
from gdsym.verify.recheck.reading import Certificate, Entry
from gdsym.writing import text
from gdsym.written.nodes import D, Node, walk

SHORT = 120  # characters of a formula in a sentence


def said(node: Node) -> str:
    """A formula in a sentence."""
    words = text(node, partial=len(node.free) > 1)
    return words if len(words) <= SHORT else f"{words[: SHORT - 20]} ... {words[-15:]}"


def gaps(certificate: Certificate, level: Level) -> Iterator[str]:
    """A sentence for each place where a line does not continue the one before it."""
    claim = certificate.claim
    before = level(claim.pending())
    for at, step in enumerate(certificate.steps, 1):
        after = level(step.line)
        yield from _from_line(step, level(step.lhs), before, at)
        yield from _vanished(before, after, level(step.lhs), at)
        yield from _unresolved(certificate, step, at)
        yield from _substitutions(step, at)
        before = after
    if certificate.steps[-1].line != claim.result:
        yield f"The last line, {said(certificate.steps[-1].line)}, is not the claimed result, {said(claim.result)}."


def _from_line(step: Entry, lhs: Node, before: Node, at: int) -> Iterator[str]:
    if not stands_in(lhs, before):
        where = f"line {at - 1}" if at > 1 else "the derivative that is claimed"
        yield f"Step {at} ({step.rule}) starts from {said(step.lhs)}, which does not stand in {where}: a step is missing or was changed."


def _innermost(node: Node) -> frozenset[D]:
    """The pending derivatives in which no other stands."""
    found = [part for part in walk(node) if isinstance(part, D)]
    return frozenset(d for d in found if not any(isinstance(part, D) for part in walk(d.body)))


def _vanished(before: Node, after: Node, lhs: Node, at: int) -> Iterator[str]:
    """A derivative that was pending stays until a step of its own resolves it."""
    for left in _innermost(before) - _innermost(after):
        if not stands_in(lhs, left) and not stands_in(left, lhs):
            yield f"Line {at} no longer has {said(left)}, but step {at} works on {said(lhs)}: a step is missing."


def _unresolved(certificate: Certificate, step: Entry, at: int) -> Iterator[str]:
    """What a step leaves pending is what its substeps start from."""
    count = len(certificate.steps)
    wrong = [place for place in step.substeps if place >= count]
    if wrong:
        yield f"Step {at} ({step.rule}) names the substep {wrong[0] + 1}, but there are {count} steps."
        return
    solved = {certificate.steps[place].lhs for place in step.substeps}
    for left in _innermost(step.rhs) - solved:
        if left not in _innermost(step.lhs):
            yield f"Step {at} ({step.rule}) leaves {said(left)} pending, and none of its substeps resolves it."


def _substitutions(step: Entry, at: int) -> Iterator[str]:
    for letter, meaning in step.where.items():
        if not any(part == meaning for part in walk(step.lhs)):
            yield f"Step {at} ({step.rule}) writes {said(letter)} for {said(meaning)}, which does not stand in {said(step.lhs)}."

