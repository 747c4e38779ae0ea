"""Like terms of a sum, and the number in front of a term."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from gdsym.rules.powers import UNIT
from gdsym.rules.shapes import nameless, plainly_unlike
from gdsym.rules.signs import led
from gdsym.written.nodes import ONE, Add, Div, Mul, Neg, Node, Num, add, is_num, mul


def like_terms(node: Node) -> Node:
    """Like terms c u + d u = (c + d) u, numbers last; sums that differ in the letter of their index are alike."""
    if plainly_unlike(node.children):
        return node
    order: dict[Node, Fraction] = {}
    first: dict[Node, Node] = {}
    alone: dict[Node, Node] = {}  # fractions u/2 that meet no like term: they stay as they stand
    count = 0
    for term in node.children:
        for value, rest in _terms(term):
            count += 1
            rest = first.setdefault(nameless(rest), rest)
            if rest in order:
                order[rest] += value
                alone.pop(rest, None)
            else:
                order[rest] = value
                if rest != ONE and isinstance(term.arg if isinstance(term, Neg) else term, Div):
                    alone[rest] = term
    if len(order) == len(node.children):
        return node
    numeric = order.get(ONE, Fraction(0))
    if numeric and (len(order) < count or (numeric < 0 and next(iter(order)) == ONE)):
        order[ONE] = order.pop(ONE)  # terms that were put together: 8 x + 3; only opened: 2 - x + 3 y, but x - 2
    terms = {rest: alone.get(rest) or _scaled(value, rest) for rest, value in order.items() if value}
    if numeric > 0 and all(isinstance(term, Neg) for rest, term in terms.items() if rest != ONE):
        terms = {ONE: Num(numeric)} | terms  # 1 - x^2
    return led(add(*terms.values()))


def _scaled(value: Fraction, rest: Node) -> Node:
    return number(value) if rest == ONE else scaled(value, rest)


def _terms(term: Node) -> Iterable[tuple[Fraction, Node]]:
    sign, arg = (-1, term.arg) if isinstance(term, Neg) else (1, term)
    for part in arg.children if isinstance(arg, Add) and sign == 1 else (arg,):
        value, rest = counted(part)
        yield -value if sign < 0 else value, rest


def coefficient(term: Node) -> Fraction:
    """The number in front of a term, with its sign."""
    return counted(term)[0]


def counted(term: Node) -> tuple[Fraction, Node]:
    """The number in front of a term, with its sign, and the rest."""
    if isinstance(term, Neg):
        value, rest = counted(term.arg)
        return -value, rest
    if isinstance(term, Num):
        return term.value, ONE
    if isinstance(term, Mul) and isinstance(term.children[0], Num):
        return term.children[0].value, mul(*term.children[1:])
    if isinstance(term, Div) and isinstance(term.den, Num) and term.den.value:
        value, rest = counted(term.num)
        return value / term.den.value, rest
    return UNIT, term


def scaled(value: Fraction, rest: Node) -> Node:
    """So many times the rest."""
    size = abs(value)
    inner = rest.children if isinstance(rest, Mul) else (rest,)
    return signed(value < 0, rest if size == 1 else Mul(Num(size), *inner))


def number(value: Fraction) -> Node:
    """An exact number; minus is a `Neg`, as on paper."""
    return Neg(Num(-value)) if value < 0 else Num(value)


def signed(negative: bool, node: Node) -> Node:
    return node if not negative or is_num(node, 0) else node.children[0] if isinstance(node, Neg) else Neg(node)
