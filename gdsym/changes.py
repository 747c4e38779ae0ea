"""The smallest parts of a formula that a change rewrote, each for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from gdsym.written.alike import alike
from gdsym.written.nodes import Add, Neg, Node, add, is_num, larger

Change = Callable[[Node], Node]
Pairs = Sequence[tuple[Node, Node]]  # the smallest parts that a step rewrote, before and after
LONG = 200  # nodes of a formula of which it is not said part by part what was done


def different(before: Node, after: Node, change: Change) -> Pairs:
    """The smallest parts that the change rewrote for themselves, each once; very long formulas are not taken apart."""
    if larger(before, LONG):
        return ((before, after),)
    return tuple(dict.fromkeys(_apart(before, after, change)))


def _apart(before: Node, after: Node, change: Change) -> Iterator[tuple[Node, Node]]:
    if alike(before, after):
        return
    parts = before.children
    if isinstance(before, Add):
        terms = [(term, change(term)) for term in parts if not is_zero(term)]
        if alike(add(*_terms(new for _, new in terms)), after):
            pairs = [pair for term, new in terms for pair in _apart(term, new, change)]
            yield from pairs or [pair for pair in terms if pair[0] != pair[1]] or [(before, after)]
            return
    same = type(before) is type(after) and before._payload() == after._payload() and len(parts) == len(after.children)
    if same and parts and all(change(b) == a for b, a in zip(parts, after.children, strict=True)):
        for b, a in zip(parts, after.children, strict=True):
            yield from _apart(b, a, change)
    else:
        yield before, after


def _terms(parts: Iterable[Node]) -> Iterator[Node]:
    """The terms of a sum of these, 0 left out."""
    for part in parts:
        yield from _terms(part.children) if isinstance(part, Add) else () if is_zero(part) else (part,)


def is_zero(term: Node) -> bool:
    return is_num(term.arg if isinstance(term, Neg) else term, 0)
