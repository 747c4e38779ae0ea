"""Claims that are right only where data are shares, which add up to 1, or labels of two kinds: p - y for a softmax with labels y in rows of 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.array_claims import axes_of
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.named import put_in
from gdsym.verify import agree
from gdsym.writing.text import text
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Cases,
    Delta,
    Div,
    Indexed,
    Neg,
    Node,
    Rel,
    Sum,
    Sym,
    fresh,
    rewrite,
    walk,
)

MOST_ARRAYS = 3
LABELS = ((ZERO, "0 or 1"), (Neg(ONE), "-1 or 1"))  # the lower of two


def where_shares(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> str:
    """A sentence, if the claim is right where the entries of a data array add up to 1 along one of its axes."""
    for total in _totals(truth, claim, d, params):
        left, right = (rewrite(side, lambda part, total=total: _share(part, total)) for side in (truth, claim))  # type: ignore[misc]
        if agree(left, right, given=d.compared, where=d.where, beside=(d.node,)):
            return f"\n   Where {text(total)} = 1 it is right: for data that are shares, as labels of which one is 1 and the others are 0."
    return ""


def where_labels(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> str:
    """A sentence, if the claim compares entries of a data array and is right where they are labels: `np.where(y == 1, ...)`."""
    sides = put_in(truth, d.where), put_in(claim, d.where)
    compared = {name for part in walk(sides[1]) if isinstance(part, (Rel, Delta)) for name in part.free}
    used = {part.base: part for part in walk(put_in(d.node, d.where)) if isinstance(part, Indexed)}
    for base in [base for base in used if base in compared - params][:MOST_ARRAYS]:
        for lower, said in LABELS:
            left, right = (rewrite(s, lambda part, b=base, low=lower: _label(part, b, low)) for s in sides)  # type: ignore[misc]
            if agree(left, right, given=d.compared, beside=(d.node,)):
                return f"\n   Where {text(used[base])} is {said} it is right: for labels of two kinds."
    return ""


def _label(part: Node, base: Node, lower: Node) -> Node:
    """1 where the entry is above 0, and else the lower label."""
    if not isinstance(part, Indexed) or part.base != base:
        return part
    return Cases(ONE, Rel(">", part, ZERO), lower, TRUE)


def _totals(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> Iterator[Sum]:
    """Each data array that both sides use, added up along its last axis, and the others."""
    whole = put_in(d.node, d.where)
    used = {part.base: part for part in walk(whole) if isinstance(part, Indexed) and part.base not in params}
    both = [base for base in used if base in truth.free and base in claim.free]
    axes = axes_of(d)
    for base in both[:MOST_ARRAYS]:
        for at, ends in reversed(tuple(enumerate(axes[base]))):
            if ends is None:
                continue
            indices = list(used[base].indices)
            if not isinstance(indices[at], Sym):
                indices[at] = fresh("k", all_names(truth, claim, whole))
            letter = indices[at]
            assert isinstance(letter, Sym)
            yield Sum(Indexed(base, *indices), letter, *ends)


def _share(part: Node, total: Sum) -> Node:
    """An entry of the array divided by what all in its row add up to."""
    entry = total.body
    assert isinstance(entry, Indexed)
    if not isinstance(part, Indexed) or part.base != entry.base:
        return part
    at = entry.indices.index(total.index)
    indices = [total.index if j == at else index for j, index in enumerate(part.indices)]
    return Div(part, Sum(Indexed(entry.base, *indices), total.index, *total.children[2:]))
