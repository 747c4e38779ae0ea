"""A number in front of a bracket and the number that all its terms have: 1/2 (2 s - 2/s) = s - 1/s."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, prod

from gdsym.rules.fractions import rebuilt, split
from gdsym.written.nodes import Add, Div, Mul, Neg, Node, Num


def evened(node: Node, stays: Callable[[Node], bool]) -> Node:
    """The product or fraction without the number below its bar, if all terms of its bracket have it; a bracket that `stays` is left."""
    if not isinstance(node, (Mul, Div)):
        return node
    ups, downs = split(node)
    numbers = [[f.value for f in side if isinstance(f, Num)] for side in (ups, downs)]
    brackets = [f for f in ups if isinstance(f, Add) and not stays(f)]
    front = Fraction(prod(numbers[0]), prod(numbers[1])) if prod(numbers[1]) else Fraction(0)
    if front.denominator == 1 or len(brackets) != 1:
        return node
    terms = [_counted(term) for term in brackets[0].children]
    shared = gcd(*(value for value, *_ in terms))
    if shared % front.denominator:
        return node
    bracket = Add(*(_term(value // front.denominator, *rest) for value, *rest in terms))
    above: list[Node] = [Num(front.numerator)] if front.numerator != 1 else []
    above += [f for f in ups if not isinstance(f, Num) and f is not brackets[0]]
    return rebuilt([*above, bracket], [f for f in downs if not isinstance(f, Num)])


def _counted(term: Node) -> tuple[int, list[Node], list[Node]]:
    """The whole number in front, with its sign, and what else stands above and below the bar; 1 if it is none."""
    sign, term = (-1, term.arg) if isinstance(term, Neg) else (1, term)
    ups, downs = split(term)
    if any(isinstance(f, Num) for f in downs):
        return sign, ups, downs
    value = prod(f.value for f in ups if isinstance(f, Num))
    if Fraction(value).denominator != 1:
        return sign, ups, downs
    return sign * int(value), [f for f in ups if not isinstance(f, Num)], downs


def _term(value: int, ups: list[Node], downs: list[Node]) -> Node:
    size = [Num(abs(value))] if abs(value) != 1 or not ups else []
    whole = rebuilt([*size, *ups], downs)
    return Neg(whole) if value < 0 else whole
