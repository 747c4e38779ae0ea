"""Sums of case distinctions in their own index: sum_(i=1)^n {u_i if k <= i, else 0} = sum_(i=k)^n u_i."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.rules.dropping import drop
from gdsym.rules.tidy import calculate
from gdsym.step import Reason, Scope
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Indexed,
    Mul,
    Neg,
    Node,
    Rel,
    Sum,
    both,
    conjuncts,
    kinds_of,
    mul,
    walk,
)

Ends = tuple[Node, Node]
CASES = kinds_of(Cases)


def each_narrowed(node: Node, scope: Scope) -> tuple[Node, Reason, Node] | None:
    """The same for a sum, with a minus or not, or for the terms of a sum of such."""
    if isinstance(node, Sum):
        return narrowed(node, scope)
    if isinstance(node, Neg):
        found = each_narrowed(node.arg, scope)
        return found and (Neg(found[0]), *found[1:])
    if not isinstance(node, Add):
        return None
    each = [each_narrowed(term, scope) for term in node.children]
    new = [found for found in each if found is not None]
    terms = (term if found is None else found[0] for term, found in zip(node.children, each, strict=True))
    return (Add(*terms), new[0][1], both(*(found[2] for found in new))) if new else None


def narrowed(node: Sum, scope: Scope) -> tuple[Sum, Reason, Node] | None:
    """The sum over the terms that are not 0 by a condition on its index, what is said, and where it holds; or None.

    Only where the new limit certainly lies within the old ones, so that no sum has its limits crossed.
    """
    for core in _factors(node.body) if node.body.has(CASES) else ():
        if isinstance(core, Cases) and len(core.pairs) == 2 and core.children[2:] == (ZERO, TRUE):
            found = _limits(core, node, scope)
            if found is not None:
                (low, high), said, given = found
                body = _put(node.body, core, core.children[0])
                return Sum(body, node.index, low, high), ("sum over an index: the terms with ", *said, " are 0"), given
    return None


def _factors(body: Node) -> tuple[Node, ...]:
    core = body.arg if isinstance(body, Neg) else body
    return core.children if isinstance(core, Mul) else (core,)


def _put(body: Node, factor: Node, value: Node) -> Node:
    """The body with `value` for that factor."""
    if isinstance(body, Neg):
        return Neg(_put(body.arg, factor, value))
    if not isinstance(body, Mul):
        return value
    new = [value if part is factor else part for part in body.children]
    return mul(*(part for part in new if part != ONE))


def _limits(cases: Cases, node: Sum, scope: Scope) -> tuple[Ends, Reason, Node] | None:
    """The new limits, if the whole condition says i >= k, or i <= k, or both."""
    ends = {">=": node.lower, "<=": node.upper}
    said: list[str | Node] = []
    given: list[Node] = []
    for part in conjuncts(cases.children[1]):
        op, place = _solved(part, node.index) or ("", ONE)
        inside = _within(place, node, scope, ONE if op == ">=" else Neg(ONE)) if op else None
        if inside is None or ends[op] not in (node.lower, node.upper) or (inside != place and _has_data(cases, scope)):
            return None
        said += [" or " if said else "", node.index, " < " if op == ">=" else " > ", place]
        given += [Rel("<=", node.lower, inside), Rel("<=", inside, node.upper)]
        ends[op] = place
    return (ends[">="], ends["<="]), tuple(part for part in said if part != ""), both(*given)


def _has_data(cases: Cases, scope: Scope) -> bool:
    """Does the value use an entry x_k of another array, which need not be there if the sum is empty?"""
    entries = (part for part in walk(cases.children[0]) if isinstance(part, Indexed))
    return any(entry.base not in scope.var.free and not entry.free.isdisjoint(scope.fixed) for entry in entries)


def _solved(condition: Node, index: Node) -> tuple[str, Node] | None:
    """`k <= i - 1` as i >= k + 1."""
    if not isinstance(condition, Rel) or condition.op != "<=":
        return None
    left, right = condition.children
    for op, side, other in ((">=", right, left), ("<=", left, right)):
        terms = side.children if isinstance(side, Add) else (side,)
        rest = [term for term in terms if term != index]
        if len(rest) == len(terms) - 1 and not any(index in part.free for part in (other, *rest)):
            return op, _index_less(other, rest)
    return None


def _within(place: Node, node: Sum, scope: Scope, step: Node) -> Node | None:
    """The place if it is one of the sum's; the one before it if that is."""
    before = _index_less(place, [step])
    return next((at for at in (place, before) if all(scope.in_range(at, node.lower, node.upper))), None)


def _index_less(node: Node, terms: Sequence[Node]) -> Node:
    """The index without these terms, worked out."""
    if not terms:
        return node
    return calculate(drop(Add(node, *(term.arg if isinstance(term, Neg) else Neg(term) for term in terms))))
