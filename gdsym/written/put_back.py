"""Case distinctions that SymPy has taken out of the sum that binds their letter, put back where they were written.

`Sum((y[i] - Sum(Piecewise((x[k], k < i), (0, True)), (k, 1, p)))**2, (i, 1, n))` becomes {(y_i - sum_k x_k)^2 if k < i; (y_i - sum_k 0)^2 otherwise} in
SymPy: its outer sum folds every Piecewise about i to the top, past the sum over k, and the k of the condition is another one then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gdsym.errors import Unsupported
from gdsym.written.nodes import Add, Bound, Cases, Node, Sym, kinds_of, rewrite, walk

CASES = kinds_of(Cases)
NONE: frozenset[Node] = frozenset()


def put_back(formula: Node, letters: frozenset[Node] = NONE) -> Node:
    """The formula with such case distinctions within the sum again.

    A letter that is free in conditions only, and bound in what they decide about, is the sign of it. Raises `Unsupported` where
    the branches are not alike but for the sums, or the letter is one of `letters`, those of the variables: it may be meant.
    """
    if not formula.has(CASES):
        return formula
    free = formula.free - _without_conditions(formula).free
    lost = {letter for part in walk(formula) if isinstance(part, Cases) for letter in _lost(part, free)}
    if not lost:
        return formula
    if meant := lost & letters:
        raise _refusal(meant)
    return rewrite(formula, lambda part: _inside(part, free) if isinstance(part, Cases) and _lost(part, free) else part)


def _without_conditions(formula: Node) -> Node:
    return rewrite(formula, lambda part: Add(*(value for value, _ in part.pairs)) if isinstance(part, Cases) else part)


def _lost(cases: Cases, free: frozenset[Node]) -> frozenset[Node]:
    """The letters of the conditions that sums within the branches bind."""
    about = free.intersection(name for _, condition in cases.pairs for name in condition.free)
    return about and about & {part.index for value, _ in cases.pairs for part in walk(value) if isinstance(part, Bound)}


def _inside(cases: Cases, free: frozenset[Node]) -> Node:
    found = _merged([value for value, _ in cases.pairs], cases, free)
    if found is None:
        raise _refusal(_lost(cases, free))
    return found


def _refusal(lost: Iterable[Node]) -> Unsupported:
    letter = min(letter.name for letter in lost if isinstance(letter, Sym))
    return Unsupported(
        f"SymPy has taken a case distinction out of the sum over {letter}, where its condition is about another {letter}. "
        "Give the cost as a text, gd.read('Sum(...)'), which keeps what stands there, or call one of the letters otherwise."
    )


def _merged(values: Sequence[Node], cases: Cases, free: frozenset[Node]) -> Node | None:
    """What the branches have in common, with the case distinction in the sums in which they differ."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if any(type(value) is not type(first) or len(value.children) != len(first.children) for value in values):
        return None
    if isinstance(first, Bound) and first.index in _lost(cases, free):
        return _within([value for value in values if isinstance(value, Bound)], cases, free)
    parts = [_merged(parts, cases, free) for parts in zip(*(value.children for value in values), strict=True)]
    whole = [part for part in parts if part is not None]
    return first.with_children(tuple(whole)) if len(whole) == len(parts) else None


def _within(sums: Sequence[Bound], cases: Cases, free: frozenset[Node]) -> Node | None:
    """One sum over the case distinction of what is summed."""
    first = sums[0]
    if any((s.index, s.lower, s.upper) != (first.index, first.lower, first.upper) for s in sums):
        return None
    pairs = zip(sums, (condition for _, condition in cases.pairs), strict=True)
    inner = Cases(*(part for s, condition in pairs for part in (s.body, condition)))
    body = _inside(inner, free) if _lost(inner, free) else inner
    return first.with_children((body, *first.children[1:]))
