"""Claims that are right only where data are shares, which add up to 1: p - y for a softmax with labels y in rows of 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.array_claims import axes_of
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.named import put_in
from gdsym.verify import agree
from gdsym.writing.text import text
from gdsym.written.nodes import Div, Indexed, Node, Sum, Sym, fresh, rewrite, walk

MOST_ARRAYS = 3


def where_shares(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> str:
    """A sentence, if the claim is right where the entries of a data array add up to 1 along one of its axes."""
    for total in _totals(truth, claim, d, params):
        left, right = (rewrite(side, lambda part, total=total: _share(part, total)) for side in (truth, claim))  # type: ignore[misc]
        if agree(left, right, given=d.compared, where=d.where, beside=(d.node,)):
            return f"\n   Where {text(total)} = 1 it is right: for data that are shares, as labels of which one is 1 and the others are 0."
    return ""


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
