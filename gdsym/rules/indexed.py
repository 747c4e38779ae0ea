"""Sums and products over an index, entries of vector parameters, Kronecker's delta."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as replaced

from gdsym.errors import Unsupported
from gdsym.step import Move, Reason, Rule, Scope
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Base,
    Cases,
    D,
    Delta,
    Div,
    Indexed,
    Integral,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Prod,
    Rel,
    Sum,
    add,
    both,
    mul,
    replace,
    times,
    walk,
)


def _entry(body: Node, scope: Scope) -> Move | None:
    """d w_j / d w_k = delta_jk: 1 for the same entry, 0 for any other."""
    var = scope.var
    if not (isinstance(body, Indexed) and isinstance(var, Indexed) and body.base == var.base):
        return None
    deltas = [Delta(a, b) for a, b in zip(body.indices, var.indices, strict=True) if a != b]
    if any(isinstance(a, Num) and isinstance(b, Num) for d in deltas for a, b in [d.children]):
        return Move(DELTA, (), lambda: ZERO, ("another entry of ", body.base, " does not depend on ", var))
    value = mul(*deltas)
    return Move(DELTA, (), lambda: value, ("Kronecker delta: ", D(body, var), " is 1 for the same entry, else 0"))


def _sum(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Sum):
        return None
    _fixed_limits(body, scope)
    return Move(
        SUM_OVER_INDEX,
        (D(body.body, scope.var),),
        lambda value: Sum(value, body.index, body.lower, body.upper),
        ("sum over an index: term by term",),
    )


def _product(body: Node, scope: Scope) -> Move | None:
    """d/dx prod f_i = prod f_i * sum (df_i/dx) / f_i, where no f_i is 0."""
    if not isinstance(body, Prod):
        return None
    _fixed_limits(body, scope)
    limits = (body.index, body.lower, body.upper)
    return Move(
        PRODUCT_OVER_INDEX,
        (D(body.body, scope.var),),
        lambda value: Mul(body, Sum(Div(value, body.body), *limits)),
        ("product over an index: logarithmic derivative, no factor is 0",),
        given=Rel("!=", body, ZERO),
    )


def _integral(body: Node, scope: Scope) -> Move | None:
    """d/dx int_a^b f dt = f(b) db/dx - f(a) da/dx + int_a^b df/dx dt."""
    if not isinstance(body, Integral):
        return None
    inside, t, low, high = body.body, body.index, body.lower, body.upper
    ends = tuple(end for end in (high, low) if scope.varies(end))
    moves = scope.varies(inside)
    pending = (*(D(end, scope.var) for end in ends), *((D(inside, scope.var),) if moves else ()))

    def make(*values: Node) -> Node:
        terms = [_end(inside, t, end, value, end is low) for end, value in zip(ends, values, strict=False)]
        return add(*terms, *([Integral(values[-1], t, low, high)] if moves else []))

    return Move(LEIBNIZ, pending, make, ("Leibniz integral rule: the ends move, and the integrand changes",))


def _end(inside: Node, t: Node, end: Node, value: Node, lower: bool) -> Node:
    term = times(replace(inside, {t: end}), value)
    return Neg(term) if lower else term


def _fixed_limits(body: Sum | Prod, scope: Scope) -> None:
    if scope.varies(body.lower) or scope.varies(body.upper):
        raise Unsupported(
            f"The limits of the sum over {body.index.name} depend on {scope.var.to_sympy()}: a number of terms cannot be derived by. "
            "Derive by another variable, or give the limit its own letter."
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """A rewriting of sums over Kronecker deltas: the node after it, and what is said."""

    rule: Rule
    rhs: Node
    reason: Reason
    given: Node = TRUE
    detail: str = ""


def settle(node: Node, scope: Scope) -> Iterable[Settled]:
    """Sums over deltas are split where they must be, and then collapse: only j = k is left."""
    if isinstance(node, Mul):
        yield from _settle_factors(node, scope)
        return
    if not isinstance(node, Sum) or not _holds_delta(node.body):
        return
    terms = _spread(node.body)
    if len(terms) > 1:
        limits = node.children[1:]
        node = Add(*(Neg(Sum(t.arg, *limits)) if isinstance(t, Neg) else Sum(t, *limits) for t in terms))
        yield Settled(SPLIT, node, ("sum rule: one sum for each term with a Kronecker delta",), detail="split the sum")
    given: list[Node] = []
    said: list[tuple[Node, Node]] = []
    settled = _collapsed(node, scope, given, said)
    if settled != node:
        yield Settled(DELTA, settled, _said(said, scope), both(*given), "collapse")


def _settle_factors(node: Mul, scope: Scope) -> Iterable[Settled]:
    """Sums over deltas that stand as factors."""
    for j, factor in enumerate(node.children):
        if isinstance(factor, Sum):
            for settled in settle(factor, scope):
                node = Mul(*node.children[:j], settled.rhs, *node.children[j + 1 :])
                yield replaced(settled, rhs=node)


def _said(said: list[tuple[Node, Node]], scope: Scope) -> Reason:
    words: list[str | Node] = ["Kronecker delta: only "]
    for position, (index, at) in enumerate(dict.fromkeys(said)):
        words += [" and " if position else "", index, " = ", at]
    if not said:
        return ("Kronecker delta: it does not depend on the index",)
    return (*words, " is left")


def _spread(body: Node) -> list[Node]:
    """The terms of a body multiplied out over brackets that hold deltas in some terms only."""
    if isinstance(body, Neg):
        return [t.arg if isinstance(t, Neg) else Neg(t) for t in _spread(body.arg)]
    if isinstance(body, Add):
        return [term for child in body.children for term in _spread(child)]
    if isinstance(body, Mul):
        for j, factor in enumerate(body.children):
            terms = _spread(factor) if _holds_delta(factor) else [factor]
            if len(terms) > 1:
                return [_joined(body.children[:j], t, body.children[j + 1 :]) for t in terms]
    return [body]


def _holds_delta(node: Node) -> bool:
    return any(_of_entries(part) for part in walk(node))


def _of_entries(node: Node) -> bool:
    """A delta between indices; one that compares data (labels) stays as it is."""
    return isinstance(node, Delta) and not any(isinstance(name, Base) for name in node.free)


def _joined(before: tuple[Node, ...], term: Node, after: tuple[Node, ...]) -> Node:
    minus, bare = (True, term.arg) if isinstance(term, Neg) else (False, term)
    product = mul(*before, *(bare.children if isinstance(bare, Mul) else (bare,)), *after)
    return Neg(product) if minus else product


def _collapsed(node: Node, scope: Scope, given: list[Node], said: list[tuple[Node, Node]]) -> Node:
    if isinstance(node, (Add, Neg)):
        return node.with_children(tuple(_collapsed(child, scope, given, said) for child in node.children))
    if not isinstance(node, Sum):
        return node
    found = _find_delta(node.body, node.index)
    if found is None:
        return _outside(node)
    delta, at = found
    bare = _without(node.body, delta)
    if bare is None:
        return node
    said.append((node.index, at))
    value = replace(bare, {node.index: at})
    low, high = scope.in_range(at, node.lower, node.upper)
    above, below = Rel("<=", node.lower, at), Rel("<=", at, node.upper)
    if low and high:
        given += [above, below]
        return value
    open_ends = [limit for limit, known in ((above, low), (below, high)) if not known]
    return Cases(value, open_ends[0] if len(open_ends) == 1 else Logic("and", *open_ends), ZERO, TRUE)


def _outside(node: Sum) -> Node:
    """sum_i delta_jk f_i = delta_jk sum_i f_i."""
    if not isinstance(node.body, Mul):
        return node
    ahead = [f for f in node.body.children if isinstance(f, Delta) and node.index not in f.free]
    if not ahead:
        return node
    rest = [f for f in node.body.children if f not in ahead]
    return Mul(*ahead, Sum(mul(*rest), *node.children[1:]))


def _find_delta(body: Node, index: Node) -> tuple[Delta, Node] | None:
    """A delta that fixes the index, and what it fixes it at."""
    for part in walk(body):
        if isinstance(part, Delta) and _of_entries(part) and index in part.free:
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
        rest = tuple(c for c in side.children if index not in c.free)
        if isinstance(side, Add) and len(rest) == len(side.children) - 1:
            if index in side.children:
                return Add(other, *(c.arg if isinstance(c, Neg) else Neg(c) for c in rest))
            if Neg(index) in side.children:
                return Add(*rest, Neg(other))
    return None


def _without(body: Node, delta: Delta) -> Node | None:
    """The body with the delta replaced by 1, if the body is proportional to it; else None."""
    if body == delta:
        return ONE
    if isinstance(body, Mul):
        return _one_factor(body, delta)
    if isinstance(body, (Neg, Sum)):
        return _first_child(body, delta)
    if isinstance(body, Div):
        return _first_child(body, delta)
    if isinstance(body, Add):
        parts = [_without(c, delta) for c in body.children]
        return None if any(p is None for p in parts) else Add(*(p for p in parts if p is not None))
    return _each_branch(body, delta) if isinstance(body, Cases) else None


def _one_factor(body: Mul, delta: Delta) -> Node | None:
    for j, factor in enumerate(body.children):
        bare = _without(factor, delta)
        if bare is not None:
            return mul(*body.children[:j], *([] if bare == ONE else [bare]), *body.children[j + 1 :])
    return None


def _first_child(body: Node, delta: Delta) -> Node | None:
    if isinstance(body, Sum) and body.index in delta.free:
        return None
    bare = _without(body.children[0], delta)
    return None if bare is None else body.with_children((bare, *body.children[1:]))


def _each_branch(body: Cases, delta: Delta) -> Node | None:
    children: list[Node] = []
    for value, condition in body.pairs:
        bare = ZERO if value == ZERO else _without(value, delta)
        if bare is None:
            return None
        children += [bare, condition]
    return Cases(*children)


def _constant_delta(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Delta):
        return None
    return Move(DELTA, (), lambda: ZERO, ("Kronecker delta: constant in ", scope.var))


SPLIT = Rule("sum rule")
DELTA = Rule("Kronecker delta", None, _entry)
CONSTANT_DELTA = Rule("Kronecker delta", None, _constant_delta)
SUM_OVER_INDEX = Rule("sum over an index", None, _sum)
PRODUCT_OVER_INDEX = Rule("product over an index", None, _product)

LEIBNIZ = Rule("Leibniz integral rule", None, _integral)

INDEXED = (LEIBNIZ, DELTA, CONSTANT_DELTA, SUM_OVER_INDEX, PRODUCT_OVER_INDEX)
__all__ = ["INDEXED", "settle"]
