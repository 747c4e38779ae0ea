"""Where a minus stands: in front, or inside the bracket that has fewer signs then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from operator import is_

from gdsym.written.nodes import (
    ONE,
    Add,
    Cases,
    Div,
    Fn,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Sum,
    Sym,
    is_num,
    kinds_of,
    mul,
)

FUNCTIONS, MINUS, SUMS = kinds_of(Fn), kinds_of(Neg), kinds_of(Sum)


def nothing(node: Node) -> bool:
    """No formula at all."""
    return False


def is_less_one(node: Node) -> bool:
    """The p - 1 of a letter."""
    return isinstance(node, Add) and isinstance(node.children[0], Sym) and node.children[1:] == (Neg(ONE),)


def flip(node: Node, typed: Callable[[Node], bool] = nothing) -> Node:
    """-c (a - b) u = c (b - a) u: a minus in front goes into a bracket that has fewer signs then.

    In front is before the whole, its first term, a sum over an index, a branch: other terms keep their minus, but for
    brackets that begin with one, a - c (v - u) of a - c (-u + v). Beside other terms a bare bracket is opened: a - b - c.
    A bracket that was typed stays: -2 (y - w x) x of (y - w x)^2.
    """
    if isinstance(node, Neg):
        bracket = node.arg if isinstance(node.arg, Add) and not typed(node.arg) else None
        return _flipped(node.arg, typed) or (bracket and _swapped(bracket)) or _half_swapped(node.arg, typed) or node
    if not node.has(MINUS) or typed(node) or not isinstance(node, (Add, Mul, Div, Sum, Integral, Cases)):
        return node
    if isinstance(node, Add):
        node = _opened(node, typed)
    parts = [
        flip(part, typed) if _in_front(node, at) else _without_double(part, typed)
        for at, part in enumerate(node.children)
    ]
    return node if all(map(is_, parts, node.children)) else node.with_children(tuple(parts))


def _opened(node: Add, typed: Callable[[Node], bool]) -> Add:
    """Brackets behind a minus, a - (b - c) = a - b + c."""

    def terms(term: Node) -> Iterator[Node]:
        bracket = term.arg if isinstance(term, Neg) else term
        if bracket is not term and isinstance(bracket, Add) and not typed(bracket):
            yield from _negated(bracket).children
        else:
            yield term

    new = tuple(chain.from_iterable(map(terms, node.children)))
    return node if len(new) == len(node.children) else Add(*new)


def _without_double(term: Node, typed: Callable[[Node], bool]) -> Node:
    """A later term -c (-u + v) as c (u - v)."""
    if not isinstance(term, Neg) or not isinstance(term.arg, Mul):
        return term
    for at, factor in enumerate(term.arg.children):
        if isinstance(factor, Add) and isinstance(factor.children[0], Neg) and not typed(factor):
            return Mul(*term.arg.children[:at], _negated(factor), *term.arg.children[at + 1 :])
    return term


def _in_front(node: Node, at: int) -> bool:
    """Does a minus before this part stand in front?"""
    if isinstance(node, Add):
        return at == 0 or node.children[at].has(SUMS)
    return isinstance(node, Mul) or at == 0 or (isinstance(node, Cases) and at % 2 == 0)


def _flipped(node: Node, typed: Callable[[Node], bool]) -> Node | None:
    if isinstance(node, Add):
        return None if typed(node) else _opposite(node, typed)
    if isinstance(node, (Mul, Sum, Integral, Div)):
        spots = range(len(node.children)) if isinstance(node, Mul) else range(1)
        for j in spots:
            new = _flipped(node.children[j], typed)
            if new is not None:
                return node.with_children((*node.children[:j], new, *node.children[j + 1 :]))
    return _over_less(node, typed) if isinstance(node, Div) else None


def _over_less(node: Div, typed: Callable[[Node], bool]) -> Node | None:
    """-c/(x^2 - 1) = c/(1 - x^2)."""
    factors = node.den.children if isinstance(node.den, Mul) else (node.den,)
    for at, bar in enumerate(factors):
        if isinstance(bar, Add) and not typed(bar) and len(bar.children) == 2:
            first, second = bar.children
            if isinstance(second, Neg) and is_num(second.arg):
                return Div(node.num, mul(*factors[:at], Add(second.arg, Neg(first)), *factors[at + 1 :]))
    return None


def _opposite(node: Add, typed: Callable[[Node], bool]) -> Node | None:
    """-(-a - b + c) as a + b - c; None where that has no fewer signs, or would begin with one."""
    if in_one_letter(node) and isinstance(node.children[-1], Neg) and not is_num(node.children[0]):
        node = Add(*reversed(node.children))  # -(t^3 - 3 t - 4) = 4 + 3 t - t^3
        return _negated(node) if 2 * sum(isinstance(t, Neg) for t in node.children) >= len(node.children) else None
    minus = [term.arg for term in node.children if isinstance(term, Neg)]
    plus = [_without_double(Neg(term), typed) for term in node.children if not isinstance(term, Neg)]
    if not minus or len(plus) > len(minus) + 1 or is_num(node.children[0], 1):
        return None
    terms = sorted((*minus, *plus), key=is_num)  # 600 x^2 - 200 y + 1, but 1 - y and u + 1 - x log u
    return Add(*minus, *plus) if isinstance(terms[0], Neg) or node.has(FUNCTIONS) else Add(*terms)


def _swapped(node: Add) -> Node | None:
    """-(1 - u) alone, with nothing beside the bracket, as u - 1."""
    first, *rest = _negated(node).children
    plus = [term for term in rest if not isinstance(term, Neg)]
    return (
        Add(*plus, first, *(term for term in rest if isinstance(term, Neg)))
        if plus and is_num(node.children[0])
        else None
    )


def _half_swapped(node: Node, typed: Callable[[Node], bool]) -> Node | None:
    """-1/2 (1 - u) as 1/2 (u - 1)."""
    if not isinstance(node, Mul) or len(node.children) != 2:
        return None
    front, bracket = node.children
    half = isinstance(front, Num) and front.value.denominator != 1
    if not half or not isinstance(bracket, Add) or typed(bracket):
        return None
    return Mul(front, new) if (new := _swapped(bracket)) is not None else None


def _negated(node: Add) -> Add:
    return Add(*(term.arg if isinstance(term, Neg) else Neg(term) for term in node.children))


def led(node: Node) -> Node:
    """A sum that begins with a minus and need not: -t s + c = c - t s, -t^4 - 4 t^2 + 1 = 1 - 4 t^2 - t^4."""
    if not isinstance(node, Add) or not isinstance(node.children[0], Neg):
        return node
    first = next((at for at, term in enumerate(node.children) if not isinstance(term, Neg)), None)
    if first is None:
        return node
    if in_one_letter(node):  # descending or ascending, never out of order
        return node if isinstance(node.children[-1], Neg) else Add(*reversed(node.children))
    return Add(node.children[first], *node.children[:first], *node.children[first + 1 :])


def in_one_letter(node: Node) -> bool:
    """A polynomial in one letter, multiplied out, with three terms or more."""
    if not isinstance(node, Add) or len(node.children) < 3:
        return False
    terms = [term.arg if isinstance(term, Neg) else term for term in node.children]
    factors = [f for term in terms for f in (term.children if isinstance(term, Mul) else (term,))]
    bases = {f.children[0] if isinstance(f, Pow) else f for f in factors if not isinstance(f, Num)}
    return len(bases) == 1 and isinstance(next(iter(bases)), Sym)
