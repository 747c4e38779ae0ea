"""Do the lines of a certificate follow from each other, and is nothing left out? Looked at as written, without values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from gdsym.verify.recheck.level import Level, is_replacement, stands_in
from gdsym.verify.recheck.reading import Certificate, Entry
from gdsym.writing.text import text
from gdsym.written.matrices import Differential, Transpose, has_matrices
from gdsym.written.nodes import TRUE, D, Node, conjuncts, replace, walk

CLAIMED = "the derivative that is claimed"
MOST_SAID = 3000  # nodes
SHORT = 120  # characters of a formula in a sentence


def said(node: Node) -> str:
    """A formula in a sentence."""
    if next(islice(walk(node), MOST_SAID, None), None) is not None:
        return f"a formula of more than {MOST_SAID} parts"
    words = text(node, partial=len(node.free) > 1)
    return words if len(words) <= SHORT else f"{words[: SHORT - 20]} ... {words[-15:]}"


def gaps(certificate: Certificate, level: Level) -> Iterator[str]:
    """A sentence for each place where a line does not continue the one before it."""
    claim = certificate.claim
    last = claim.expression
    for at, (step, before, name) in enumerate(continued(certificate), 1):
        yield from _break(step, at, before, name, level)
        if before == step.lhs and name == CLAIMED and _turned(last):
            yield f"Step {at} ({step.rule}) reads off a gradient, but {said(last)} still holds a transposed differential: a step is missing or was changed."
        last = step.line
        yield from _unresolved(certificate, step, at)
        yield from _substitutions(step, at)
    if not _parts(claim.given) >= frozenset(part for step in certificate.steps for part in _parts(step.given)):
        yield f"The condition of the claim, {said(claim.given)}, is not that of its steps."
    if certificate.steps[-1].line != claim.result:
        yield f"The last line, {said(certificate.steps[-1].line)}, is not the claimed result, {said(claim.result)}."


def _parts(given: Node) -> frozenset[Node]:
    """What must hold at once."""
    return frozenset(conjuncts(given)) - {TRUE}


def continued(certificate: Certificate) -> Iterator[tuple[Entry, Node, str]]:
    """Each step, the formula that its line continues, and what that is called."""
    first = certificate.steps[0].lhs
    if isinstance(first, D) and isinstance(first.var, Differential):
        yield from _in_matrix_form(certificate)
        return
    before, name = certificate.claim.pending(), CLAIMED
    for at, step in enumerate(certificate.steps, 1):
        yield step, before, name
        before, name = step.line, f"line {at}"


def _in_matrix_form(certificate: Certificate) -> Iterator[tuple[Entry, Node, str]]:
    """For each variable W: lines of dJ; then the line in which dJ/dW is read off; the next variable begins from there."""
    left = list(certificate.claim.variables)
    before, name, last = certificate.claim.pending(), CLAIMED, certificate.claim.expression
    body: Node | None = None
    for at, step in enumerate(certificate.steps, 1):
        if left and step.lhs == D(last, Differential(left[0])):
            body, before, name = last, step.lhs, CLAIMED
        elif left and body is not None and step.lhs == D(body, left[0]):
            before, name, body = step.lhs, CLAIMED, None
            left.pop(0)
        yield step, before, name
        before, name, last = step.line, f"line {at}", step.line


def _turned(line: Node) -> bool:
    """Does the transpose of dw stand in it? A gradient is read off tr(G' dw)."""
    return any(isinstance(part, Transpose) and isinstance(part.children[0], Differential) for part in walk(line))


def _break(step: Entry, at: int, before: Node, name: str, level: Level) -> Iterator[str]:
    """A line is the one before it with its step put in, and nothing else changed."""
    lhs, rhs = level(step.lhs), level(step.rhs)
    if not stands_in(lhs, level(before)) or (isinstance(step.lhs, D) and not _is_pending(step.lhs, before)):
        yield f"Step {at} ({step.rule}) starts from {said(step.lhs)}, which does not stand in {name}: a step is missing or was changed."
    elif not (is_replacement(level(before), level(step.line), lhs, rhs) or _put_in(step, before, level)):
        yield f"Line {at} is not {name} with {said(step.lhs)} = {said(step.rhs)} put in: a step is missing or was changed."


def _put_in(step: Entry, before: Node, level: Level) -> bool:
    """In a product of matrices, what is put in, at one place or everywhere, may be several factors and a sign, which moves to the front."""
    if not has_matrices(before):
        return False
    whole, lhs, rhs, line = (level(node) for node in (before, step.lhs, step.rhs, step.line))
    return any(level(found) == line for found in (replace(whole, {lhs: rhs}), *_at_one_place(whole, lhs, rhs)))


def _at_one_place(node: Node, lhs: Node, rhs: Node) -> Iterator[Node]:
    """The formula with rhs in place of lhs, at each place in turn."""
    if node == lhs:
        yield rhs
        return
    for j, child in enumerate(() if isinstance(node, Differential) else node.children):
        for new in _at_one_place(child, lhs, rhs):
            yield node.with_children((*node.children[:j], new, *node.children[j + 1 :]))


def _is_pending(derivative: Node, line: Node) -> bool:
    """Named parts are not put in here: that a part stands for its definition is a step of its own."""
    return any(part == derivative for part in walk(line))


def _innermost(node: Node) -> frozenset[D]:
    """The pending derivatives in which no other stands."""
    found = [part for part in walk(node) if isinstance(part, D)]
    return frozenset(d for d in found if not any(isinstance(part, D) for part in walk(d.body)))


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
