"""Sums over the same range as one, where their terms meet: sum_j (1 - u_j) s_j - sum_j u_j (1 - s_j) = sum_j (s_j - u_j).

Two that are the same but for differences that stand the other way round are a multiple of one:
sum_j sin(z_k - z_j) - sum_i sin(z_i - z_k) = 2 sum_j sin(z_k - z_j).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from gdsym.record import record
from gdsym.rules.regions import size
from gdsym.rules.terms import counted, scaled
from gdsym.rules.turned import difference, differences, turned
from gdsym.step import Reason
from gdsym.written.alike import in_other_order
from gdsym.written.nodes import ZERO, Add, Cases, Mul, Neg, Node, Rel, Sum, mul, replace, rewrite, walk

PUT = "sums over the same range are put together"
Shorter = Callable[[Node], Node]


def one_sum(node: Node, shorter: Shorter) -> Node:
    """The sum with two of its sums joined, as long as that puts terms together; or the node as it is."""
    if not isinstance(node, Add):
        return node
    for at, term in enumerate(node.children):
        for other in range(at + 1, len(node.children)):
            joined = _joined(term, node.children[other], shorter)
            if joined is not None:
                left = [*node.children[:at], joined, *node.children[at + 1 : other], *node.children[other + 1 :]]
                return one_sum(Add(*left), shorter) if len(left) > 1 else joined
    return node


def _joined(one: Node, other: Node, shorter: Shorter) -> Node | None:
    multiple = _multiple(one, other)
    if multiple is not None:
        return multiple
    (minus, first), (less, second) = _signed(one), _signed(other)
    if not isinstance(first, Sum) or not isinstance(second, Sum) or first.children[2:] != second.children[2:]:
        return None
    body = replace(second.body, {second.index: first.index})
    both = Add(first.body, Neg(body) if minus != less else body)
    found = shorter(both)
    if size(found) >= max(size(first.body), size(body)):
        return None  # nothing has met: sum_j v_j A_kj + sum_i v_i A_ik are two products with v
    whole: Node = Sum(found, *first.children[1:])
    return Neg(whole) if minus else whole


def _multiple(one: Node, other: Node) -> Node | None:
    """The sum of c S and d S is (c + d) S, where the second S has differences that are turned round."""
    (c, first), (d, second) = map(_in_front, (one, other))
    if first is None or second is None or first.before != second.before:
        return None
    mine, theirs = first.total, second.total
    if mine.children[2:] != theirs.children[2:]:
        return None
    renamed = replace(theirs.body, {theirs.index: mine.index})
    if in_other_order(mine.body, renamed):
        return scaled(c + d, mul(*first.before, mine)) if c + d else ZERO
    ways = differences(mine.body)
    if not ways:
        return None
    minus, body = _sign_out(*turned(mine.body, ways))
    less, same = _sign_out(*turned(renamed, ways))
    if body != _likewise(same, body):
        return None
    number = (-c if minus else c) + (-d if less else d)
    return scaled(number, mul(*first.before, Sum(body, *mine.children[1:]))) if number else ZERO


def _sign_out(minus: bool, body: Node) -> tuple[bool, Node]:
    """The sign in front of a case distinction whose cases all have a minus, or are 0."""
    if not isinstance(body, Cases) or not all(isinstance(v, Neg) or v == ZERO for v, _ in body.pairs):
        return minus, body
    bare = [part for v, condition in body.pairs for part in (v.arg if isinstance(v, Neg) else v, condition)]
    return not minus, body.with_children(tuple(bare))


def _likewise(body: Node, other: Node) -> Node:
    """The body with j != k the way round in which the other has it."""
    there = {part for part in walk(other) if isinstance(part, Rel)}

    def turn(part: Node) -> Node:
        if not isinstance(part, Rel) or part.op != "!=" or part in there:
            return part
        return flipped if (flipped := Rel("!=", *reversed(part.children))) in there else part

    return rewrite(body, turn)


@record
class _Term:
    """What stands before the sum, numbers left aside, and the sum."""

    before: tuple[Node, ...]
    total: Sum


def _in_front(term: Node) -> tuple[Fraction, _Term | None]:
    """The number in front of a term that ends in a sum."""
    number, rest = counted(term)
    *before, total = rest.children if isinstance(rest, Mul) else (rest,)
    return number, _Term(tuple(before), total) if isinstance(total, Sum) else None


def said(pairs: Iterable[tuple[Node, Node]]) -> Reason:
    """What is said of it; with the difference that was turned round, if one was."""
    for before, after in pairs:
        kept = differences(after)
        sums = [part for part in walk(after) if isinstance(part, Sum)]
        for part in walk(before) if sums else ():
            named = replace(part.body, {part.index: sums[0].index}) if isinstance(part, Sum) else part
            for ends in map(difference, walk(named)):
                if ends is not None and ends not in kept and ends[::-1] in kept:
                    return (PUT, ": ", Add(ends[0], Neg(ends[1])), " = ", Neg(Add(ends[1], Neg(ends[0]))))
    return (PUT,)


def _signed(term: Node) -> tuple[bool, Node]:
    return (True, term.arg) if isinstance(term, Neg) else (False, term)
