"""The letters of the laws, and how a law is filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import sympy

from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.writing.primes import primed
from gdsym.written.nodes import D, Node, Sym, walk

c, n, s, t, u, v, x = (Sym(sympy.Symbol(letter, real=True)) for letter in "cnstuvx")
U = Sym(sympy.Dummy("u", real=True))  # the name of an inner function until a step chooses its letter


def fill(law: Law, letters: Mapping[Node, Node], scope: Scope) -> tuple[tuple[D, ...], object]:
    """The pending derivatives of the law's right-hand side for these letters, and the function that puts values in."""
    slots = _slots(law)
    pending = tuple(D(letters[slot.body], scope.var) for slot in slots)

    def make(*values: Node) -> Node:
        return put(law.rhs, {**letters, **dict(zip(slots, values, strict=True))})

    return pending, make


@lru_cache(maxsize=512)
def _slots(law: Law) -> tuple[D, ...]:
    return tuple(dict.fromkeys(node for node in walk(law.rhs) if isinstance(node, D)))


def put(template: Node, parts: Mapping[Node, Node]) -> Node:
    """The template with its letters replaced; what is put in is not looked at again."""
    if template in parts:
        return parts[template]
    if not template.children:
        return template
    return template.with_children(tuple(put(child, parts) for child in template.children))


def by_law(rule: Rule, letters: Mapping[Node, Node], scope: Scope, *, law: Law | None = None, **said: object) -> Move:
    """The rule's own law, or how it is written here, applied to the parts that `letters` names."""
    pending, make = fill(law or law_of(rule), letters, scope)
    return Move(rule, pending, make, **said)  # type: ignore[arg-type]


def law_of(rule: Rule) -> Law:
    """The law of a rule that has one."""
    assert rule.law is not None
    return rule.law


def stated(law: Law, name: str) -> Reason:
    """The reason `name: lhs = rhs`, as in a textbook."""
    return (f"{name}: ", law.lhs, " = ", law.rhs)


@lru_cache(maxsize=512)
def in_primes(law: Law, name: str) -> Reason:
    """The reason `name: (u v)' = u' v + u v'`."""
    return (f"{name}: ", primed(law.lhs), " = ", primed(law.rhs))


def listed(nodes: Iterable[Node]) -> Reason:
    """Nodes as in `a, b and c`, each once."""
    items = tuple(dict.fromkeys(nodes))
    words: list[str | Node] = []
    for position, node in enumerate(items):
        if position:
            words.append(" and " if position == len(items) - 1 else ", ")
        words.append(node)
    return tuple(words)
