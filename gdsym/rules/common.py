"""A factor of every term of a sum with sums over an index: (U x / t - v x) / s = (U / t - v) x / s."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gdsym.rules.brackets import may_leave
from gdsym.rules.fractions import exponents, rebuilt, split
from gdsym.rules.powers import raised
from gdsym.written.matrices import FACTORS
from gdsym.written.nodes import ONE, Add, Bound, Cases, Div, Integral, Mul, Neg, Node, Num, Prod, Sum, kinds_of

Side = dict[Node, Fraction]  # base -> exponent, above or below the bar
BESIDE = kinds_of(Sum, Prod, Integral, Cases)


def common_factor(node: Node, stays: Callable[[Node], bool]) -> Node:
    """What all terms have above and below the bar, taken out; 1/m A + 1/m B stays unless it is a bracket in a product."""
    if isinstance(node, Add) and not stays(node):
        return _taken_out(node, [], []) or node
    if isinstance(node, Sum) and isinstance(node.body, Add) and not stays(node.body):
        return _before_the_sum(node)
    if not isinstance(node, (Mul, Div)) or not node.has(BESIDE):
        return node
    ups, downs = split(node)
    for at, factor in enumerate(ups):
        if isinstance(factor, Add) and not stays(factor):
            found = _taken_out(factor, [*ups[:at], *ups[at + 1 :]], downs)
            if found is not None:
                return found
    return node


def _before_the_sum(node: Sum) -> Node:
    """sum_i (u_i/s^2 - v_i/(s^2 w_i)) = sum_i (u_i - v_i/w_i)/s^2, where nothing of s has the index."""
    assert isinstance(node.body, Add)
    _, downs = shared_factors(node.body)
    if not any(node.index not in factor.free for factor in downs if not isinstance(factor, Num)):
        return node
    body = _taken_out(node.body, [], [], whole=True)
    return node if body is None else Sum(body, *node.children[1:])


def _taken_out(node: Add, ups: list[Node], downs: list[Node], whole: bool = False) -> Node | None:
    """The bracket with what stands beside and below it, one fraction; None if nothing leaves it (a number does where it meets one)."""
    terms = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    beside = (f for above, below in terms for f in (*above, *(below if ups or downs else ())))
    if not any(isinstance(f, (Bound, Cases, *FACTORS)) for f in beside):
        return None
    return _without_shared(node, terms, ups, downs, whole)


def out_of_fractions(node: Node) -> Node:
    """(3 x^2 u - x^3 v/b)/s^2 = x^2 (3 u - x v/b)/s^2: what the terms of a bracket with fractions share leaves it."""
    if isinstance(node, Neg):
        return node if (new := out_of_fractions(node.arg)) is node.arg else Neg(new)
    if not isinstance(node, Div) or not isinstance(node.num, Add):
        return node
    terms = [split(term.arg if isinstance(term, Neg) else term) for term in node.num.children]
    if not any(downs for _, downs in terms):
        return node
    return _without_shared(node.num, terms, [], split(node)[1]) or node


def _without_shared(
    node: Add, terms: list[tuple[list[Node], list[Node]]], ups: list[Node], downs: list[Node], whole: bool = False
) -> Node | None:
    above = _shared([exponents(term_ups) for term_ups, _ in terms])
    below = _shared([exponents(term_downs) for _, term_downs in terms])
    above = {base: power for base, power in above.items() if may_leave(base, node, below)}
    if not (above or ups or downs or whole):  # a power of a sum leaves it alone, 1/m does not
        below = {base: power for base, power in below.items() if isinstance(base, (Add, Sum)) and power != 1}
    number = _same_number([term_ups for term_ups, _ in terms])
    if not above and not below and not (number and any(isinstance(f, Num) for f in (*ups, *downs))):
        return None
    above |= number
    rest = [rebuilt(_divided_by(term_ups, above), _divided_by(term_downs, below)) for term_ups, term_downs in terms]
    signed = [Neg(t) if isinstance(term, Neg) else t for t, term in zip(rest, node.children, strict=True)]
    if isinstance(signed[0], Neg):  # no bracket that was put together begins with a minus if another term has none
        signed.sort(key=lambda term: isinstance(term, Neg))
    return rebuilt([*ups, Add(*signed), *_factors(above)], [*downs, *_factors(below)])


def shared_factors(node: Add) -> tuple[list[Node], list[Node]]:
    """The factors that all terms have above the bar, and below it."""
    ups, downs = zip(*(split(term.arg if isinstance(term, Neg) else term) for term in node.children), strict=True)
    above = _same_number(list(ups)) | _shared(list(map(exponents, ups)))
    return _factors(above), _factors(_shared(list(map(exponents, downs))))


def _shared(sides: list[Side]) -> Side:
    """The bases of all sides, each with its least exponent; numbers stay where they are."""
    first, *others = sides
    return {
        base: min(exponent, *(side[base] for side in others))
        for base, exponent in first.items()
        if not isinstance(base, Num) and all(base in side for side in others)
    }


def _same_number(sides: list[list[Node]]) -> Side:
    """The number that is a factor of every term."""
    first, *others = ([f for f in side if isinstance(f, Num)] for side in sides)
    return {number: Fraction(1) for number in first[:1] if number != ONE and all(number in other for other in others)}


def _divided_by(factors: list[Node], shared: Side) -> list[Node]:
    if not shared:
        return factors
    return _factors({base: e - shared.get(base, Fraction(0)) for base, e in exponents(factors).items()})


def _factors(side: Side) -> list[Node]:
    return [raised(base, exponent) for base, exponent in side.items() if exponent]
