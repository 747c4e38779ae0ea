"""Case distinctions with the same conditions are one: {u if c; 0} - {v if c; 0} = {u - v if c; 0}."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.terms import coefficient
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, ZERO, Add, Cases, Div, Mul, Neg, Node, Num, add, kinds_of

CASES = kinds_of(Cases)


def joined_cases(node: Node) -> Node:
    """Terms of a sum that distinguish the same cases are put together, at the place of the first."""
    if not isinstance(node, Add) or not node.has(CASES):
        return node
    groups: dict[object, list[Node]] = {}
    for at, term in enumerate(node.children):
        core = term.arg if isinstance(term, Neg) else term
        groups.setdefault(core.children[1::2] if isinstance(core, Cases) else at, []).append(term)
    if len(groups) == len(node.children):
        return node
    return add(*(group[0] if len(group) == 1 else _together(group) for group in groups.values()))


def by_intervals(node: Node) -> Node:
    """The same with one condition for each value where one formula tells all cases apart."""
    from gdsym.rules.intervals import intervals

    return intervals(node)


def _together(terms: list[Node]) -> Node:
    """One case distinction, branch by branch."""
    first = terms[0].arg if isinstance(terms[0], Neg) else terms[0]
    children: list[Node] = []
    for at, condition in enumerate(first.children[1::2]):
        children += [calculate(drop(Add(*(_value(term, 2 * at) for term in terms)))), condition]
    return Cases(*children)


def _value(term: Node, at: int) -> Node:
    """The value of a branch, with the sign of the term."""
    value = term.arg.children[at] if isinstance(term, Neg) else term.children[at]
    return Neg(value) if isinstance(term, Neg) and value != ZERO else value


def cleared(node: Node) -> Node:
    """1/2 ({2 u if c; 0 otherwise} - {4 v if d; 0 otherwise}) = {u if c; 0 otherwise} - {2 v if d; 0 otherwise}: a fraction that the branches clear goes into them."""
    if not isinstance(node, (Mul, Div)) or not node.has(CASES):
        return node
    ups, downs = split(node)
    value = prod((f.value for f in ups if isinstance(f, Num)), start=ONE.value)
    for f in downs:
        value = value / f.value if isinstance(f, Num) and f.value else value
    for factor in ups:
        if value.denominator > 1 and _clears(factor, value):
            left, below = ([f for f in side if not isinstance(f, Num)] for side in (ups, downs))
            left[left.index(factor)] = _times(factor, value)
            return rebuilt(left, below)
    return node


def _clears(factor: Node, value: Fraction) -> bool:
    """Is it a case distinction, or a sum of such, and is no branch a fraction if it is multiplied?"""
    terms = factor.children if isinstance(factor, Add) else (factor,)
    cores = [term.arg if isinstance(term, Neg) else term for term in terms]
    return all(
        isinstance(core, Cases) and all((value * coefficient(v)).denominator == 1 for v, _ in core.pairs if v != ZERO)
        for core in cores
    )


def _times(factor: Node, value: Fraction) -> Node:
    if not isinstance(factor, Cases):
        return factor.with_children(tuple(_times(term, value) for term in factor.children))
    parts = ((v if v == ZERO else calculate(Mul(Num(value), v)), condition) for v, condition in factor.pairs)
    return Cases(*(part for pair in parts for part in pair))
