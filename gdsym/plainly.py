"""What a tidy step did to its whole line, in words: only where it did that and nothing else, worked out factor by factor.

An equation in a reason says which part of a line changed. Where that is the whole line, it would stand there twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod

from gdsym.record import record
from gdsym.rules.dropping import drop, left_out, unclean
from gdsym.rules.fractions import exponents
from gdsym.written.nodes import ONE, ZERO, Add, Div, Mul, Neg, Node, Num, rewrite, walk

LIKE_TERMS = "like terms are put together"
Monomial = frozenset[tuple[Node, Fraction]]  # bases with their exponents, those below the bar negative


@record(slots=True)
class Factors:
    """A product or quotient: its factors above and below all bars, numbers and signs apart."""

    signs: int
    inner: int  # signs that do not stand in front
    bars: int
    ones: int
    numbers: tuple[Fraction, ...]
    ups: tuple[Node, ...]
    downs: tuple[Node, ...]

    @property
    def number(self) -> Fraction:
        """The number in front, with its sign."""
        size = prod(self.numbers, start=Fraction(1))
        return -size if self.signs % 2 else size

    @property
    def cancels(self) -> bool:
        """Does a base stand above and below, or a whole number that has a factor in common with one below?"""
        above, below = (prod(getattr(value, side) for value in self.numbers) for side in ("numerator", "denominator"))
        same = exponents(self.ups).keys() & exponents(self.downs).keys()
        return bool(same) or Fraction(above, below).denominator < below

    def monomial(self, times: Mapping[Node, Fraction] = {}) -> Monomial:
        """The factors that are no numbers, with those of a denominator."""
        found: dict[Node, Fraction] = defaultdict(Fraction, times)
        for side, sign in ((self.ups, 1), (self.downs, -1)):
            for base, exponent in exponents(side).items():
                found[base] += sign * exponent
        return frozenset((base, exponent) for base, exponent in found.items() if exponent)


def plainly(before: Node, after: Node) -> tuple[str, ...]:
    """The words, or none."""
    words = () if isinstance(before, Add) or isinstance(after, Add) else tuple(_of_factors(before, after))
    trivial = any(ZERO in part.children or ONE in part.children or Neg(ZERO) in part.children for part in walk(before))
    if not words and trivial and rewrite(before, drop) == after:
        return (left_out(unclean(before)),)
    return words or (_of_terms(before, after) if isinstance(before, Add) else ())


def factors(node: Node) -> Factors:
    """The node taken apart; brackets, functions and powers are factors."""
    signs = inner = bars = ones = 0
    numbers: list[Fraction] = []
    sides: tuple[list[Node], list[Node]] = ([], [])
    todo = [(node, False, True, False)]  # a part, is it below, does it stand in front, is it a factor
    while todo:
        part, under, front, factor = todo.pop()
        if isinstance(part, Neg):
            signs, inner = signs + 1, inner + (not front)
            todo.append((part.arg, under, front, factor))
        elif isinstance(part, Mul):
            todo += [(child, under, False, True) for child in reversed(part.children)]
        elif isinstance(part, Div) and isinstance(part.num, Num) and isinstance(part.den, Num):
            bars += not (front or factor)
            todo.append((Num(part.num.value / part.den.value), under, front, factor))
        elif isinstance(part, Div):
            bars += 1
            todo += [(part.den, not under, False, False), (part.num, under, False, False)]
        elif isinstance(part, Num):
            ones += part == ONE and factor
            bars += part.value.denominator > 1 and not (front or factor)
            if part.value not in (0, 1):
                numbers.append(1 / part.value if under else part.value)
        else:
            sides[under].append(part)
    return Factors(signs, inner, bars, ones, tuple(numbers), *map(tuple, sides))


def _of_factors(before: Node, after: Node) -> Iterator[str]:
    """What was done to a product, if its factors are still there and nothing has cancelled."""
    old, new = factors(before), factors(after)
    if old.monomial() != new.monomial() or old.number != new.number or old.cancels:
        return
    said = list(_changes(old, new, before, after))
    yield from said or ["factors in their usual order"]


def _changes(old: Factors, new: Factors, before: Node, after: Node) -> Iterator[str]:
    if old.ones > new.ones:
        yield "the factor 1 is left out"
    if len(old.numbers) > len(new.numbers):
        yield "numbers are multiplied"
    if len(old.ups) + len(old.downs) > len(new.ups) + len(new.downs):
        yield "like factors are put together"
    if old.signs > new.signs + 1:
        yield "minus times minus is plus"
    elif old.inner > new.inner:
        yield "signs are put in front"
    top = before
    while isinstance(top, Neg):
        top = top.arg
    if isinstance(top, Div) and old.bars > new.bars:
        yield "fractions within the fraction are cleared"
    elif not isinstance(top, Div) and new.bars and isinstance(after.arg if isinstance(after, Neg) else after, Div):
        yield "products are written as one fraction"


def _terms(node: Node) -> list[tuple[bool, Node]]:
    """The terms with their signs, those of brackets behind a minus, too; no zeros."""
    if isinstance(node, Add):
        return [term for child in node.children for term in _terms(child)]
    if isinstance(node, Neg) and isinstance(node.arg, Add):
        return [(not minus, term) for minus, term in _terms(node.arg)]
    minus = isinstance(node, Neg)
    core = node.arg if isinstance(node, Neg) else node
    return [] if core == ZERO else [(minus, core)]


def _added(
    terms: list[tuple[bool, Node]], over: Mapping[Node, Fraction], number: int
) -> dict[Monomial, Fraction] | None:
    """The coefficient of each product of powers, all terms times a denominator; None where something cancels in a term."""
    found: dict[Monomial, Fraction] = defaultdict(Fraction)
    for minus, term in terms:
        parts = factors(term)
        if parts.cancels or (over and any(exponent < 0 for _, exponent in parts.monomial(over))):
            return None
        found[parts.monomial(over)] += (-1 if minus else 1) * parts.number * number
    return {monomial: value for monomial, value in found.items() if value}


def _of_terms(before: Add, after: Node) -> tuple[str, ...]:
    """Like terms, or fractions that are added over the least denominator, their terms as they were."""
    old, new = _terms(before), _terms(after)
    together = _added(old, {}, 1)
    opened = any(isinstance(child, Neg) and isinstance(child.arg, Add) for child in before.children)
    bracket = ("the bracket behind the minus is opened",) if opened else ()
    if together is not None and len(new) < len(old) and together == _added(new, {}, 1):
        return (*bracket, LIKE_TERMS)
    if Counter(old) == Counter(new) and opened:
        return bracket
    if Counter(old) == Counter(new):
        return (*("0 is left out" for _ in range(len(old) < len(before.children))), "terms in their usual order")
    minus, core = isinstance(after, Neg), after.arg if isinstance(after, Neg) else after
    if not isinstance(core, Div) or len(new) != 1:
        return ()
    bar = factors(core.den)
    above = [(sign != minus, term) for sign, term in _terms(core.num)]
    over = _added(old, exponents(bar.ups), bar.number.numerator)
    same = over is not None and bar.number > 0 and over == _added(above, {}, 1) and len(above) == len(over)
    return ("over a common denominator",) if same else ()
