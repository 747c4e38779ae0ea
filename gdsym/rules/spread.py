"""The terms of a body that sums over Kronecker deltas are split into: one for each delta."""

from __future__ import annotations

from itertools import filterfalse

from gdsym.written.nodes import ZERO, Add, Base, Cases, Delta, Div, Mul, Neg, Node, add, mul, walk

Letters = frozenset[Node]


def spread(body: Node, fixed: Letters) -> list[Node]:
    """The terms of a body multiplied out over brackets that hold deltas in some terms only."""
    if isinstance(body, Neg):
        return [t.arg if isinstance(t, Neg) else Neg(t) for t in spread(body.arg, fixed)]
    if isinstance(body, Add):
        return [term for child in body.children for term in spread(child, fixed)]
    if isinstance(body, Div) and holds_delta(body.num, fixed):
        over = [(isinstance(t, Neg), t.arg if isinstance(t, Neg) else t) for t in spread(body.num, fixed)]
        return [Neg(Div(t, body.den)) if minus else Div(t, body.den) for minus, t in over] if len(over) > 1 else [body]
    if isinstance(body, Mul):
        for j, factor in enumerate(body.children):
            terms = spread(factor, fixed) if holds_delta(factor, fixed) else [factor]
            if len(terms) > 1:
                products = (_joined(body.children[:j], t, body.children[j + 1 :]) for t in terms)
                return [term for product in products for term in spread(product, fixed)]
    return _by_delta(body, fixed) if isinstance(body, Cases) else [body]


def _by_delta(body: Cases, fixed: Letters) -> list[Node]:
    """{a; d - e if c; (d - e)/2} as {0; d if c; d/2} - {0; e if c; e/2}, d and e deltas."""
    groups: dict[Letters, list[list[Node]]] = {}
    for at, (value, _) in enumerate(body.pairs):
        for term in filterfalse(_is_nothing, spread(value, fixed)):
            key = frozenset(p for p in walk(term) if of_entries(p) and not p.free <= fixed)
            groups.setdefault(key, [[] for _ in body.pairs])[at].append(term)
    return [_signed(branches, body) for branches in groups.values()] if len(groups) > 1 else [body]


def _signed(branches: list[list[Node]], body: Cases) -> Node:
    """The branches under the conditions of the body; a minus that all have stands in front."""
    minus = all(isinstance(term, Neg) for terms in branches for term in terms)
    values = [add(*(t.arg if minus and isinstance(t, Neg) else t for t in terms)) for terms in branches]
    cases = Cases(*(part for value, (_, c) in zip(values, body.pairs, strict=True) for part in (value, c)))
    return Neg(cases) if minus else cases


def holds_delta(node: Node, fixed: Letters) -> bool:
    """A delta that a sum can make collapse: not between the variables' own indices alone."""
    return any(of_entries(part) and not part.free <= fixed for part in walk(node))


def of_entries(node: Node) -> bool:
    """A delta between indices; one that compares data (labels) stays as it is."""
    return isinstance(node, Delta) and not any(isinstance(name, Base) for name in node.free)


def _joined(before: tuple[Node, ...], term: Node, after: tuple[Node, ...]) -> Node:
    minus, bare = (True, term.arg) if isinstance(term, Neg) else (False, term)
    product = mul(*before, *(bare.children if isinstance(bare, Mul) else (bare,)), *after)
    return Neg(product) if minus else product


def _is_nothing(term: Node) -> bool:
    """0, -0, 0/2."""
    return term == ZERO or (isinstance(term, (Neg, Div)) and _is_nothing(term.children[0]))


def find_delta(body: Node, index: Node) -> tuple[Delta, Node] | None:
    """A delta that fixes the index, and what it fixes it at."""
    for part in walk(body):
        if isinstance(part, Delta) and of_entries(part) and index in part.free:
            at = _solve(part, index)
            if at is not None:
                return part, at
    return None


def _solve(delta: Delta, index: Node) -> Node | None:
    """The value of the index at which the delta's two sides are equal (`j + 1 = k` gives `k - 1`)."""
    for side, other in (delta.children, delta.children[::-1]):
        if index in other.free:
            continue
        if side == index:
            return other
        if side == Neg(index):
            return Neg(other)
        rest = tuple(c for c in side.children if index not in c.free)
        if isinstance(side, Add) and len(rest) == len(side.children) - 1:
            if index in side.children:
                return Add(other, *(c.arg if isinstance(c, Neg) else Neg(c) for c in rest))
            if Neg(index) in side.children:
                return Add(*(Neg(other) if c == Neg(index) else c for c in side.children))
    return None
