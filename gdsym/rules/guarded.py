"""What a formula asks for only within a branch: {1/sqrt(-a) if a < 0; ...} asks for nothing where a >= 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import sympy

from gdsym.written.nodes import TRUE, Cases, Logic, Node, Rel, both, conjuncts

Inside: TypeAlias = tuple[Node, ...]  # the conditions that hold at a place in a formula; none at all: everywhere
Places: TypeAlias = tuple[Inside, ...]
EVERYWHERE: Places = ((),)
NOT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
STRICT = {sympy.GreaterThan: sympy.Gt, sympy.LessThan: sympy.Lt}


def branches(node: Cases) -> Iterator[tuple[Node, Inside]]:
    """Each value with the conditions under which it is taken: its own, and that those before it fail."""
    failed: list[Node] = []
    for value, condition in node.pairs:
        yield value, tuple(dict.fromkeys(part for c in (*failed, condition) for part in conjuncts(c) if part != TRUE))
        failed.append(fails(condition))


def fails(condition: Node) -> Node:
    """The condition that says the opposite."""
    if isinstance(condition, Rel):
        return Rel(NOT[condition.op], *condition.children)
    if isinstance(condition, Logic) and condition.op == "not":
        return condition.children[0]
    if isinstance(condition, Logic) and condition.op in ("and", "or"):
        return Logic("or" if condition.op == "and" else "and", *map(fails, condition.children))
    return Logic("not", condition)


def further(places: Places, inside: Inside) -> Places:
    """The places, seen from outside of a branch."""
    return tuple((*inside, *place) for place in places)


def stated(condition: Node, places: Places) -> Iterator[Node]:
    """The condition where it is asked for: `a >= 0 or x != a`; nothing where the branch says it already."""
    if () in places:
        yield condition
        return
    said = condition.to_sympy()
    for inside in dict.fromkeys(places):
        if any(_says(one.to_sympy(), said) for one in inside):
            continue
        elsewhere = [one for one in map(fails, inside) if not _says(one.to_sympy(), said)]
        yield Logic("or", *_widest(elsewhere), condition) if elsewhere else condition


def together(conditions: Iterable[Node]) -> list[Node]:
    """Those that are asked for at the same places in one: `a >= 0 or (x != a and x != 0)`."""
    found: dict[Inside, list[Node]] = {}
    for condition in conditions:
        parts = condition.children if isinstance(condition, Logic) and condition.op == "or" else (condition,)
        found.setdefault(parts[:-1], []).append(parts[-1])
    return [c for places, cs in found.items() for c in ([Logic("or", *places, both(*cs))] if places else cs)]


def _widest(conditions: Iterable[Node]) -> list[Node]:
    """Without those that say more than another one: x < 0 or x < 1 is x < 1."""
    found = {one: one.to_sympy() for one in conditions}
    return [
        one for one, said in found.items() if not any(_says(said, other) for other in found.values() if other != said)
    ]


def _says(one: Any, other: Any) -> bool:
    """Does the first say the second, too?"""
    if one == other:
        return True
    from gdsym.minimal import implies

    strict = STRICT.get(type(one))
    if strict is None:
        return implies(one, other)
    return implies(strict(*one.args), other) and bool(other.subs(*one.args) == sympy.true)
