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
    Num,
    Rel,
    Sum,
    Sym,
    both,
    conjuncts,
    kinds_of,
    mul,
    replace,
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
        cases = core.arg if isinstance(core, Neg) else core
        if isinstance(cases, Cases) and len(cases.pairs) == 2 and cases.children[2:] == (ZERO, TRUE):
            found = _limits(cases, node, scope)
            if found is not None:
                (low, high), said, given = found
                value = cases.children[0]
                body = _put(node.body, core, Neg(value) if isinstance(core, Neg) else value)
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
        room = _room(place, node, scope, op) if op else None
        if room is None or ends[op] not in (node.lower, node.upper):
            return None
        low, high = room
        if room != (node.lower, node.upper) and uses_data(cases.children[0], scope):
            return None
        said += [" or " if said else "", node.index, " < " if op == ">=" else " > ", place]
        given += limits_of(low, place, high, scope)
        ends[op] = place
    return (ends[">="], ends["<="]), tuple(part for part in said if part != ""), both(*given)


def uses_data(value: Node, scope: Scope) -> bool:
    """Does the value use an entry x_k that need not be there for every entry that the variable can be?"""
    entries = (part for part in walk(value) if isinstance(part, Indexed) and not part.free.isdisjoint(scope.fixed))
    return any(not scope.exists(entry) for entry in entries)


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


def _room(place: Node, node: Sum, scope: Scope, op: str) -> Ends | None:
    """The limits of the sum, if the place is certainly one of its own; or those and one place more, where no term is left."""
    if all(scope.in_range(place, node.lower, node.upper)):
        return node.lower, node.upper
    low = node.lower if op == ">=" else _index_less(node.lower, [ONE])
    high = _index_less(node.upper, [Neg(ONE)]) if op == ">=" else node.upper
    return (low, high) if all(scope.in_range(place, low, high)) else None


def limits_of(lower: Node, at: Node, upper: Node, scope: Scope) -> tuple[Node, Node]:
    """Lower <= k - 1 <= upper as lower + 1 <= k <= upper + 1."""
    if isinstance(at, Add):
        letters = [part for part in at.children if isinstance(part, Sym) and part in scope.var.free]
        if len(letters) == 1:
            rest = [part for part in at.children if part != letters[0]]
            lower, at, upper = _index_less(lower, rest), letters[0], _index_less(upper, rest)
    return Rel("<=", lower, at), Rel("<=", at, upper)


def _index_less(node: Node, terms: Sequence[Node]) -> Node:
    """The index without these terms, worked out."""
    if not terms:
        return node
    return calculate(drop(Add(node, *(term.arg if isinstance(term, Neg) else Neg(term) for term in terms))))


def room_of_empty(value: Node, at: Node, node: Sum, low: bool, scope: Scope) -> tuple[tuple[Node, Node], Ends] | None:
    """Where a value holds without its condition on the limits of `node`: one place beyond them it is a sum of no terms, 0.

    So {sum_(j=k+1)^n u_j if k <= n - 1; 0 otherwise} is the sum, for k up to n: the limits of k, and k = n. None if it
    need not be 0 there, or if entries that it uses need not be there.
    """
    first = node.lower if low else _index_less(node.lower, [ONE])
    last = _index_less(node.upper, [Neg(ONE)]) if low else node.upper
    if not all(scope.in_range(at, first, last)) or uses_data(value, scope):
        return None
    limits = limits_of(first, at, last, scope)
    (lower, letter), (_, upper) = (limit.children for limit in limits)
    end = upper if low else lower
    return (limits, (letter, end)) if isinstance(letter, Sym) and _is_empty(value, {letter: end}) else None


def _is_empty(value: Node, at: dict[Node, Node]) -> bool:
    """Is it there a sum of no terms, perhaps times names?"""
    core = value.arg if isinstance(value, Neg) else value
    factors = core.children if isinstance(core, Mul) else (core,)
    sums = [factor for factor in factors if isinstance(factor, Sum)]
    if not all(isinstance(f, (Sum, Num, Sym, Indexed)) for f in factors):
        return False
    return any(Add(replace(s.lower, at), Neg(replace(s.upper, at))).to_sympy() == 1 for s in sums)
