"""What cancels in a formula, and what leaves its sums: the factors that a reason names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from fractions import Fraction

from gdsym.changes import Pairs
from gdsym.rules.fractions import cancel, exponents, free_factors, opened, split
from gdsym.rules.powers import base_exponent, has_letters, raised
from gdsym.rules.shapes import logistic_exponential
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, Add, Div, Mul, Neg, Node, Num, Sum, is_num, rewrite, walk


def what_cancels(pairs: Pairs) -> tuple[list[Node], list[int], list[Node]]:
    """Names and numbers that stand above and below a bar, and what else leaves a sum."""
    names: dict[Node, None] = {}
    numbers: dict[int, None] = {}
    for before, after in pairs:
        lost = (_numbers_below(before) - _numbers_below(after)).keys()  # 0.5 2u/(2v) = u/(2v): no 2 has cancelled
        for part in walk(before):
            if isinstance(part, (Mul, Div)):
                ups, downs = opened(part)
                below = exponents(downs).keys() | exponents(downs, apart=True).keys()
                common = [f for f in dict.fromkeys(base_exponent(f)[0] for f in ups) if f in below]
                names.update(dict.fromkeys(_as_much(f, ups, downs) for f in common if not isinstance(f, Num)))
                numbers.update(dict.fromkeys(int(f.value) for f in common if isinstance(f, Num) and f in lost))
    gone = {ONE, *(base_exponent(name)[0] for name in names), *map(Num, numbers)}
    sums = [_powers_joined(part) for before, _ in pairs for part in walk(before) if isinstance(part, Sum)]
    ahead = dict.fromkeys(f for part in sums for f in _leaving(part, gone))
    return list(names), list(numbers), list(ahead)


def _as_much(base: Node, ups: list[Node], downs: list[Node]) -> Node:
    """The base, or its root where not all of it is there twice: sqrt(x) of sqrt(x)/sqrt(x)."""
    much = min(exponents(side).get(base, Fraction(1)) for side in (ups, downs))
    return raised(base, much) if 0 < much < 1 else base


def brackets_gone(pairs: Pairs) -> list[Node]:
    """The brackets below the bars of what was put together, where none is left below a bar: all of them have cancelled."""
    below = [dict.fromkeys(f for node in side for f in _brackets_below(node)) for side in zip(*pairs, strict=True)]
    once = {frozenset(bracket.children): bracket for bracket in reversed(below[0])}  # 1 + x^2 and x^2 + 1 are the same
    zero = any(is_num(after, 0) for _, after in pairs)
    left = {part.den for _, after in pairs for part in walk(after) if isinstance(part, Div)}  # logistic functions, too
    return [] if below[1] or zero or not left.isdisjoint(below[0]) else list(reversed(once.values()))


def less_below(before: Node, after: Node) -> list[Node]:
    """The bases below the bar of a fraction of which fewer are left, or none; nothing where it was no one fraction."""
    sides = [exponents(split(node.arg if isinstance(node, Neg) else node)[1]) for node in (before, after)]
    top = before.arg if isinstance(before, Neg) else before
    if not isinstance(top, Div) or is_num(after, 0):
        return []
    return [base for base, power in sides[0].items() if not isinstance(base, Num) and sides[1].get(base, 0) < power]


def _brackets_below(node: Node) -> Iterator[Node]:
    for part in walk(node):
        if isinstance(part, Div) and logistic_exponential(part) is None:
            factors = part.den.children if isinstance(part.den, Mul) else (part.den,)
            yield from (base for base, _ in map(base_exponent, factors) if isinstance(base, Add))


def _powers_joined(node: Sum) -> Sum:
    """A sum with (t/l)^(k - 1) t/l^2 as (t/l)^k/l: only 1/l leaves it."""
    joins = any(has_letters(part) and isinstance(part.children[0], Div) for part in walk(node))
    body = rewrite(node.body, lambda part: cancel(calculate(part))) if joins else node.body
    return Sum(body, *node.children[1:])


def _leaving(node: Sum, gone: Collection[Node]) -> list[Node]:
    """What leaves a sum, with the minus in front of its body; what cancels as well is not said to."""
    sides = (
        [f for f in side if not isinstance(f, Neg)] for side in free_factors(node)
    )  # they stand there without, too
    ups, downs = ([f for f in side if base_exponent(f)[0] not in gone] for side in sides)
    leaving = [*ups, *(Div(ONE, f) for f in downs)]
    return [Neg(leaving[0]), *leaving[1:]] if leaving and _minus_in(node.body) else leaving


def _minus_in(body: Node) -> bool:
    """Has a product a minus in front, or on one of its factors, or what a sum adds up?"""
    if isinstance(body, Neg):
        return not _minus_in(body.arg)
    if isinstance(body, Sum):
        return _minus_in(body.body)
    return isinstance(body, (Mul, Div)) and sum(map(_minus_in, body.children)) % 2 == 1


def _numbers_below(node: Node) -> Counter[Node]:
    """The whole numbers above 1 that stand below a bar."""
    found: Counter[Node] = Counter()
    for part in walk(node):
        if isinstance(part, Div):
            found.update(f for f in split(part)[1] if isinstance(f, Num) and f.value > 1)
        elif isinstance(part, Num) and part.value.denominator > 1:
            found[Num(part.value.denominator)] += 1
    return found
