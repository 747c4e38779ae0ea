"""What kinds of arithmetic lie between two forms of a formula, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gdsym.rules.fractions import split
from gdsym.written.nodes import ONE, ZERO, Bound, Div, Mul, Neg, Node, Num, Pow, walk

Pairs = Sequence[tuple[Node, Node]]


def kinds(pairs: Pairs) -> Iterator[str]:
    """What kinds of arithmetic were done."""
    powers = any(count(Pow, after) > count(Pow, before) for before, after in pairs)
    numbers = _number_factors if powers else lambda node: count(Num, node)
    fewer = any(numbers(after) < numbers(before) for before, after in pairs)
    if fewer and any(_has_factor(ZERO, before) for before, _ in pairs):
        yield "0 and 1 are left out"
    elif fewer and all(
        _ones(before) - _ones(after) >= count(Num, before) - count(Num, after) for before, after in pairs
    ):
        yield "the factor 1 is left out"
    elif fewer:
        yield "numbers are multiplied"
    if powers:
        yield "like factors are put together"
    if any(_doubled_signs(before) and not _doubled_signs(after) for before, after in pairs):
        yield "minus times minus is plus"
    elif any(inner_signs(before) for before, _ in pairs):
        yield "signs are put in front"
    elif not fewer and not powers:
        same = all(parts(before) == parts(after) for before, after in pairs)
        yield "factors in their usual order" if same else "like factors and terms are put together"


def _has_factor(number: Node, node: Node) -> bool:
    return any(number in part.children for part in walk(node) if isinstance(part, Mul))


def _number_factors(node: Node) -> int:
    return sum(isinstance(f, Num) for part in walk(node) if isinstance(part, Mul) for f in part.children)


def _doubled_signs(node: Node) -> bool:
    """Is a factor of a product with a minus in front one with a minus, or are two factors?"""
    for part in walk(node):
        core = part.arg if isinstance(part, Neg) else part
        if isinstance(core, (Mul, Div)):
            signs = sum(isinstance(f, Neg) for side in split(core) for f in side) + isinstance(part, Neg)
            if signs > 1:
                return True
    return False


def _ones(node: Node) -> int:
    """How often 1 is a factor, or what is divided by."""
    factors = (f for part in walk(node) if isinstance(part, Mul) for f in part.children)
    return sum(f == ONE for f in factors)


def count(kind: type[Node], node: Node) -> int:
    return sum(isinstance(part, kind) for part in walk(node))


def inner_signs(node: Node) -> bool:
    """Has a factor, or what a sum or an integral is taken of, a minus?"""
    whole = (f for part in walk(node) if isinstance(part, Mul) for f in part.children)
    return any(isinstance(f, Neg) for f in (*whole, *(p.children[0] for p in walk(node) if isinstance(p, Bound))))


def parts(node: Node) -> Counter[Node | type[Node]]:
    """What the formula is made of, products and signs left aside: letters, numbers, kinds of the rest."""
    inner = (part for part in walk(node) if not isinstance(part, (Mul, Neg)))
    return Counter(type(part) if part.children else part for part in inner)
