"""Case distinctions with the same conditions are one: {u if c; 0} - {v if c; 0} = {u - v if c; 0}."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from operator import is_

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.signs import led
from gdsym.rules.terms import coefficient, counted
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, TRUE, ZERO, Add, Cases, Div, Mul, Neg, Node, Num, Rel, Sym, add, kinds_of

CASES = kinds_of(Cases)


def joined_cases(node: Node) -> Node:
    """Terms of a sum that distinguish the same cases are put together, at the place of the first."""
    if not isinstance(node, Add) or not node.has(CASES):
        return node
    groups: dict[object, list[tuple[Node, Cases | None]]] = {}
    for at, term in enumerate(node.children):
        cases = _as_cases(term)
        groups.setdefault(at if cases is None else _told(cases), []).append((term, cases))
    if len(groups) == len(node.children):
        return node
    return add(
        *(group[0][0] if len(group) == 1 else _together([c for _, c in group if c]) for group in groups.values())
    )


def _as_cases(term: Node) -> Cases | None:
    """A case distinction, or a letter or number times one, with what stands before it in its branches."""
    minus, core = isinstance(term, Neg), term.arg if isinstance(term, Neg) else term
    factors = core.children if isinstance(core, Mul) else (core,)
    cases = [factor for factor in factors if isinstance(factor, Cases)]
    others = [factor for factor in factors if not isinstance(factor, Cases)]
    if len(cases) != 1 or not all(isinstance(factor, (Num, Sym)) for factor in others):
        return None
    values = (_beside(others, Neg(v) if minus else v) for v, _ in cases[0].pairs)
    conditions = cases[0].children[1::2]
    return Cases(*(part for pair in zip(values, conditions, strict=True) for part in pair))


def _beside(others: Sequence[Node], value: Node) -> Node:
    """The factors before a case distinction times the value of a branch: one fraction with its sign in front."""
    number, rest = counted(value)
    if not others or rest != ONE:
        return calculate(drop(Mul(*others, value) if others else value))
    ups = [Num(abs(number.numerator))] if abs(number.numerator) != 1 else []
    whole = rebuilt([*ups, *others], [Num(number.denominator)] if number.denominator != 1 else [])
    return ZERO if not number else Neg(whole) if number < 0 else whole


def _told(cases: Cases) -> object:
    """What tells the cases apart: their conditions; u > v and u < v in either order, and otherwise."""
    first, second, *_ = conditions = [_turned(condition) for condition in cases.children[1::2]] + [TRUE]
    either = isinstance(first, Rel) and isinstance(second, Rel) and first.op == second.op == ">"
    opposite = either and first.children == second.children[::-1]
    return frozenset((first, second)) if opposite and conditions[2:] == [TRUE, TRUE] else cases.children[1::2]


def _turned(condition: Node) -> Node:
    """V < u as u > v."""
    turned = isinstance(condition, Rel) and condition.op == "<"
    return Rel(">", *reversed(condition.children)) if turned else condition


def by_intervals(node: Node) -> Node:
    """The same with one condition for each value where one formula tells all cases apart."""
    from gdsym.rules.intervals import intervals

    return intervals(node)


def _together(alike: list[Cases]) -> Node:
    """One case distinction, branch by branch, in the order of the first; none where all branches are the same."""
    conditions = alike[0].children[1::2]
    swapped = [_turned(cases.children[1]) != _turned(conditions[0]) for cases in alike]
    rows = [[v for v, _ in cases.pairs] for cases in alike]
    rows = [[row[1], row[0], *row[2:]] if swap else row for row, swap in zip(rows, swapped, strict=True)]
    values = [_added(column) for column in zip(*rows, strict=True)]
    if len(set(values)) == 1 and conditions[-1] == TRUE:  # {1 if x < 2} has no value elsewhere
        return values[0]
    return Cases(*(part for pair in zip(values, conditions, strict=True) for part in pair))


def _added(column: Sequence[Node]) -> Node:
    """The values of one branch added up; halves of letters over one bar."""
    value = calculate(drop(Add(*column)))
    terms = value.children if isinstance(value, Add) else ()
    cores = [term.arg if isinstance(term, Neg) else term for term in terms]
    cores = [
        Div(Num(c.value.numerator), Num(c.value.denominator)) if isinstance(c, Num) and c.value.denominator > 1 else c
        for c in cores
    ]
    below = {core.den if isinstance(core, Div) else ONE for core in cores}
    if len(below) != 1 or below == {ONE}:
        return value
    signs = [isinstance(term, Neg) for term in terms]
    above = [
        Neg(core.num) if minus else core.num for core, minus in zip(cores, signs, strict=True) if isinstance(core, Div)
    ]
    return Div(Add(*above), below.pop())


def opened(node: Node) -> Node:
    """{-(p - 1) if c; (-p - (p - 1))/2 otherwise} = {1 - p if c; (1 - 2 p)/2 otherwise}: no bracket is held in a branch of its own."""
    if not isinstance(node, Cases):
        return node
    values = [_opened(value) for value, _ in node.pairs]
    if all(map(is_, values, node.children[::2])):
        return node
    return Cases(*(part for pair in zip(values, node.children[1::2], strict=True) for part in pair))


def _opened(value: Node) -> Node:
    if isinstance(value, Div) and isinstance(value.den, Num):
        return value if (above := _opened(value.num)) is value.num else Div(above, value.den)
    terms = value.children if isinstance(value, Add) else (value,)
    inside = [part for term in terms for part in _terms(term)]
    if len(inside) == len(terms):
        return value
    new = calculate(Add(*inside))
    fewer = len(terms) == 1 or not isinstance(new, Add) or len(new.children) < len(inside)
    return led(new) if fewer else value


def _terms(term: Node) -> Sequence[Node]:
    """The terms of a bracket behind a plus or a minus."""
    bracket = term.arg if isinstance(term, Neg) else term
    if not isinstance(bracket, Add):
        return (term,)
    return [_minus(part) for part in bracket.children] if bracket is not term else bracket.children


def _minus(term: Node) -> Node:
    return term.arg if isinstance(term, Neg) else Neg(term)


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
