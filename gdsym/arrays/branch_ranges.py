"""Which entries the branches of a case distinction read: x[i-1] in {x[i] - a x[i-1] if i > 1; x[1] otherwise} begins with entry 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gdsym.arrays.affine import Affine, Range, affine, solved
from gdsym.arrays.reach import surely
from gdsym.written.nodes import Cases, Logic, Node, Rel, Sym, conjuncts

Scope = Mapping[Sym, Range]
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def guarded(node: Cases, scope: Scope) -> Iterator[tuple[Node, Scope, list[Affine]]]:
    """The branches, each with the ranges that its comparisons of indices leave, and the forms that these say are not negative."""
    before: list[Rel] = []
    for value, condition in node.pairs:
        known = [*before, *_held(condition)]
        yield value, _narrowed(known, scope), [form for rel in known for form in _not_negative(rel)]
        yield condition, scope, []
        before += _failed(condition)


def parts_of_ranges(node: Cases, scope: Scope) -> list[tuple[str, Range]]:
    """The parts that branches see of ranges: code has one for each branch, so that none may end before the one before it does."""
    parts = [part for branch, part, _ in guarded(node, scope) if part is not scope]
    return list(dict.fromkeys((s.name, part[s]) for part in parts for s in part if part[s] != scope[s]))


def _held(condition: Node) -> list[Rel]:
    """Comparisons that hold where the condition does."""
    if isinstance(condition, Logic) and condition.op == "not":
        return _failed(condition.children[0])
    return [rel for part in conjuncts(condition) for rel in ([part] if isinstance(part, Rel) else [])]


def _failed(condition: Node) -> list[Rel]:
    """Comparisons that hold where the condition does not."""
    if isinstance(condition, Logic) and condition.op == "or":
        return [rel for part in condition.children for rel in _failed(part)]
    if isinstance(condition, Logic) and condition.op == "not":
        return _held(condition.children[0])
    return [Rel(OPPOSITE[condition.op], *condition.children)] if isinstance(condition, Rel) else []


def _not_negative(condition: Rel) -> list[Affine]:
    """`i + k <= n` says that n - i - k is not negative."""
    left, right = (affine(side) for side in condition.children)
    if left is None or right is None or condition.op == "!=":
        return []
    less, more = right - left, left - right
    return {"<": [less - 1], "<=": [less], ">": [more - 1], ">=": [more], "==": [less, more]}[condition.op]


def _narrowed(conditions: list[Rel], scope: Scope) -> Scope:
    for condition in conditions:
        for letter in [s for s in scope if s in condition.free]:
            scope = {**scope, letter: _part(condition, letter, scope)}
    return scope


def _part(condition: Rel, letter: Sym, scope: Scope) -> Range:
    """The range of the letter where a comparison with numbers and sizes holds; as it is where that is not known to be less."""
    reach = scope[letter]
    ends = compared(condition, letter, (reach.lower, reach.upper))
    if ends is None or (ends[0].letters | ends[1].letters) & scope.keys():
        return reach
    lower, upper = ends
    low = lower if lower != reach.lower and surely(lower - reach.lower) else reach.lower
    high = upper if upper != reach.upper and surely(reach.upper - upper) else reach.upper
    first, last = reach.bounds or ends
    return Range(low, high, (first if low == reach.lower else low, last if high == reach.upper else high))


def compared(condition: Rel, letter: Sym, whole: tuple[Affine, Affine]) -> tuple[Affine, Affine] | None:
    """The interval of the letter in which a comparison holds, k <= n - 1, 2 <= k, k == 1 or k != n; None if it is none."""
    unequal = condition.op == "!="
    found = solved(Rel("==", *condition.children) if unequal else condition, letter)
    if found is None:
        return None
    op, form = found
    lower, upper = whole
    if unequal:
        return (form + 1, upper) if form == lower else (lower, form - 1) if form == upper else None
    low = {">": form + 1, ">=": form, "==": form}.get(op, lower)
    high = {"<": form - 1, "<=": form, "==": form}.get(op, upper)
    return low, high
