"""Sums over Kronecker deltas: split where they must be, then collapsed to the one term that is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from gdsym.record import changed, record
from gdsym.rules.dropping import drop
from gdsym.rules.limits import each_narrowed, limits_of, room_of_empty
from gdsym.rules.spread import find_delta, holds_delta, spread
from gdsym.rules.tidy import calculate
from gdsym.step import Reason, Rule, Scope
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Delta,
    Div,
    Indexed,
    Integral,
    Mul,
    Neg,
    Node,
    Rel,
    Sum,
    Sym,
    both,
    conjuncts,
    kinds_of,
    mul,
    replace,
    rewrite,
)

Place = tuple[Node, Node, bool]  # an index, where its delta fixes it, whether the sum has that term

CASES = kinds_of(Cases)
SPLIT = Rule("sum rule")
DELTA = Rule("Kronecker delta")
INDEX = Rule("sum over an index")


class Said:
    """Which terms are left or are outside of their sums, and for which value of a letter a sum that is left has no terms."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.empty: list[tuple[Node, Node]] = []


@record
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
    if not isinstance(node, Sum):
        return
    if not holds_delta(node.body, scope.fixed):
        yield from _narrowed(node, scope)
        return
    terms = spread(node.body, scope.fixed)
    if len(terms) > 1:
        limits = node.children[1:]
        node = Add(*(Neg(Sum(t.arg, *limits)) if isinstance(t, Neg) else Sum(t, *limits) for t in terms))
        yield Settled(SPLIT, node, ("sum rule: one sum for each term with a Kronecker delta",), detail="split the sum")
    given: list[Node] = []
    said = Said()
    settled = _collapsed(node, scope, given, said)
    if settled != node:
        yield Settled(DELTA, settled, _said(said), both(*given), "collapse")
    yield from _narrowed(settled, scope)


def _narrowed(node: Node, scope: Scope) -> Iterator[Settled]:
    found = each_narrowed(node, scope)
    if found is not None:
        yield Settled(INDEX, *found, detail="limits")


def _settle_factors(node: Mul, scope: Scope) -> Iterable[Settled]:
    """Sums over deltas that stand as factors."""
    for j, factor in enumerate(node.children):
        if isinstance(factor, Sum):
            for settled in settle(factor, scope):
                node = Mul(*node.children[:j], settled.rhs, *node.children[j + 1 :])
                yield changed(settled, rhs=node)


def _said(said: Said) -> Reason:
    places = dict.fromkeys(said.places)
    if not places:
        return ("Kronecker delta: what does not depend on the index goes in front of its sum",)
    left = [(index, at) for index, at, kept in places if kept]
    gone = [(index, at) for index, at, kept in places if not kept]
    words: list[str | Node] = ["Kronecker delta: "]
    words += ["only ", *_listed(left), " is left" if len(left) == 1 else " are left"] if left else []
    words += (
        [", " if left else "", *_listed(gone), f" {'is' if len(gone) == 1 else 'are'} outside of the sum"]
        if gone
        else []
    )
    for letter, end in dict.fromkeys(said.empty):
        words += [", and for ", letter, " = ", end, " there are no terms"]
    return tuple(words)


def _listed(places: list[tuple[Node, Node]]) -> Iterator[str | Node]:
    """`j = k, j = k + 1 and j = k - 1`."""
    for left, (index, at) in zip(range(len(places), 0, -1), places, strict=True):
        yield from ("" if left == len(places) else " and " if left == 1 else ", ", index, " = ", at)


def _collapsed(node: Node, scope: Scope, given: list[Node], said: Said) -> Node:
    if isinstance(node, (Add, Neg)):
        return node.with_children(tuple(_collapsed(child, scope, given, said) for child in node.children))
    if not isinstance(node, Sum):
        return node
    found = find_delta(node.body, node.index)
    if found is None:
        return _outside(node)
    delta, at = found
    bare = _without(node.body, delta)
    if bare is None:
        return node
    if _outside_of(at, node):
        said.places.append((node.index, at, False))
        return ZERO
    said.places.append((node.index, at, True))
    low, high = scope.in_range(at, node.lower, node.upper)
    above, below = limits_of(node.lower, at, node.upper, scope)
    value = _in_range(_taken(_counted(replace(bare, {node.index: at})), (above, below)), scope, given)
    given += [limit for limit, known in ((above, low), (below, high)) if known]
    if low and high:
        return value
    if low != high and (room := room_of_empty(value, at, node, low, scope)) is not None:
        given += room[0]
        said.empty.append(room[1])
        return value
    return _where(value, both(*(limit for limit, known in ((above, low), (below, high)) if not known)))


def _taken(value: Node, true: Collection[Node]) -> Node:
    """The value where these relations hold; it is taken nowhere else."""
    if not value.has(CASES):
        return value
    return rewrite(value, lambda part: _without_condition(part, true) if isinstance(part, Cases) else part)


def _in_range(value: Node, scope: Scope, given: list[Node]) -> Node:
    """The value without conditions that hold for every entry that the variable can be: k - 1 + 1 <= n of w_1 to w_n."""

    def short(part: Node) -> Node:
        if not isinstance(part, Cases):
            return part
        asked = (limit for _, condition in part.pairs for limit in conjuncts(condition))
        known = {limit: least for limit in asked if (least := _known(limit, scope)) is not None}
        given.extend(known.values())
        return _without_condition(part, known) if known else part

    return rewrite(value, short) if value.has(CASES) else value


def _known(limit: Node, scope: Scope) -> Node | None:
    """The condition worked out, if it is one on the variable's own index that holds anyway."""
    if not isinstance(limit, Rel) or limit.op != "<=":
        return None
    left, right = map(_index, limit.children)
    below, above = scope.in_range(right, left, right)[0], scope.in_range(left, left, right)[1]
    return Rel("<=", left, right) if below or above else None


def _is_above(*letters: Sym) -> bool:
    """May all of them be 1 and more?"""
    return not any(letter.symbol.is_nonpositive for letter in letters)


def _without_condition(node: Cases, true: Collection[Node]) -> Node:
    left: list[Node] = []
    for value, condition in node.pairs:
        rest = both(*(part for part in conjuncts(condition) if part not in true))
        left += [value, rest]
        if rest == TRUE:
            break
    return left[0] if left[1] == TRUE else Cases(*left)


def _where(value: Node, condition: Node) -> Node:
    """The value under a condition, else 0; a value that is 0 elsewhere has both conditions."""
    if isinstance(value, Cases) and len(value.pairs) == 2 and value.children[2:] == (ZERO, TRUE):
        return Cases(value.children[0], both(condition, value.children[1]), ZERO, TRUE)
    return Cases(value, condition, ZERO, TRUE)


def _outside_of(at: Node, node: Sum) -> bool:
    """Is the place certainly none of the sum's?"""
    if node.lower == ONE and isinstance(at, Sym) and isinstance(node.upper, Sym) and _is_above(at, node.upper):
        return False  # k from 1 to n, which SymPy takes long to say
    low, place, high = (part.to_sympy() for part in (node.lower, at, node.upper))
    return bool((low - place).is_positive or (place - high).is_positive)


def _counted(node: Node) -> Node:
    """Indices worked out: w_{k - 1 + 1} is w_k, x_{i - (i - l)} is x_l."""

    def change(part: Node) -> Node:
        return part.with_children((part.base, *map(_index, part.indices))) if isinstance(part, Indexed) else part

    return rewrite(node, change)


def _index(index: Node) -> Node:
    if isinstance(index, Add) and any(isinstance(term, Neg) and isinstance(term.arg, Add) for term in index.children):
        short = from_sympy(index.to_sympy())
        if len(short.free) < len(index.free):
            return short
    return rewrite(index, lambda x: calculate(drop(x)))


def _outside(node: Sum) -> Node:
    """sum_i delta_jk f_i = delta_jk sum_i f_i."""
    if not isinstance(node.body, Mul):
        return node
    ahead = [f for f in node.body.children if isinstance(f, Delta) and node.index not in f.free]
    if not ahead:
        return node
    rest = [f for f in node.body.children if f not in ahead]
    return Mul(*ahead, Sum(mul(*rest), *node.children[1:]))


def _without(body: Node, delta: Delta) -> Node | None:
    """The body with the delta replaced by 1, if the body is proportional to it; else None."""
    if body == delta:
        return ONE
    if isinstance(body, Mul):
        return _one_factor(body, delta)
    if isinstance(body, (Neg, Sum, Integral)):
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
    if isinstance(body, (Sum, Integral)) and body.index in delta.free:
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
