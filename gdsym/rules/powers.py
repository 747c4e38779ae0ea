"""Powers and roots: base and exponent, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy

from gdsym.written.nodes import ONE, Add, Div, Fn, Mul, Neg, Node, Num, Pow, Root

UNIT = Fraction(1)
TWO = Num(2)


def base_of(factor: Node) -> Node:
    """x, of a positive power of x or a root of x; anything else is its own base."""
    if isinstance(factor, (Pow, Root)):
        base, exponent = factor.children
        return base if isinstance(exponent, Num) and exponent.ratio[0] > 0 else factor
    return factor


def base_exponent(factor: Node) -> tuple[Node, Fraction]:
    base = base_of(factor)
    if base is factor:
        return factor, UNIT
    exponent = factor.children[1]
    assert isinstance(exponent, Num)
    return base, exponent.value if isinstance(factor, Pow) else 1 / exponent.value


def number_of(exponent: Node) -> Fraction | None:
    """The number that an exponent is: 3, -1/2, 3/2 - 1."""
    if isinstance(exponent, Num):
        return exponent.value
    if not isinstance(exponent, (Neg, Div, Add)):
        return None
    parts = [number_of(part) for part in exponent.children]
    values = [value for value in parts if value is not None]
    if len(values) < len(parts):
        return None
    if isinstance(exponent, Div):
        return values[0] / values[1] if values[1] else None
    return sum(values, Fraction(0)) if isinstance(exponent, Add) else -values[0]


def raised(base: Node, exponent: Fraction) -> Node:
    """base^exponent as on paper: roots as roots, 1 and 0 left out."""
    if exponent == 1:
        return base
    if exponent.numerator == 1 and exponent.denominator > 1:
        return Root(base, Num(exponent.denominator))
    return Pow(base, Num(exponent)) if exponent else ONE


def without_inverses(factors: list[Node]) -> list[Node]:
    """e^u e^-u = 1."""
    for factor in factors:
        if isinstance(factor, Fn) and factor.func is sympy.exp:
            u = factor.children[0]
            inverse = Fn(sympy.exp, u.arg if isinstance(u, Neg) else Neg(u))
            if inverse in factors:
                left = list(factors)
                left.remove(factor)
                left.remove(inverse)
                return without_inverses(left)
    return factors


def one_root(factors: Sequence[Node]) -> Sequence[Node]:
    """sqrt(pi) sqrt(2 T) = sqrt(2 pi T): a number, which is positive, goes under another square root."""
    roots = [f for f in factors if isinstance(f, Root) and f.degree == TWO and _has_number(f)]
    fixed = next((root for root in roots if not root.arg.free), None)
    if fixed is None or len(roots) < 2:
        return factors
    other = next((root for root in roots if root is not fixed and root.arg.free), roots[roots[0] is fixed])
    inner = [f for root in (fixed, other) for f in (root.arg.children if isinstance(root.arg, Mul) else (root.arg,))]
    numbers = [f for f in inner if isinstance(f, Num)]
    if len(numbers) > 1 or len(set(inner)) < len(inner) or any(isinstance(f, Add) for f in inner):
        return factors
    names = sorted((f for f in inner if f not in numbers), key=lambda f: bool(f.free))
    whole = Root(Mul(*numbers, *names), TWO)
    at = min(factors.index(fixed), factors.index(other))
    left = [f for f in factors if f is not fixed and f is not other]
    return one_root([*left[:at], whole, *left[at:]])


def root_below(above: Sequence[Node], below: Sequence[Node]) -> tuple[list[Node], list[Node]] | None:
    """Both sides of a fraction after sqrt(2 pi)/(4 pi) = 1/(2 sqrt(2 pi)), sqrt(2)/sqrt(pi) = 2/sqrt(2 pi) = sqrt(2/pi); None for others."""
    for root in above:
        if isinstance(root, Root) and root.degree == TWO:
            others = [f for f in above if f is not root]
            if isinstance(root.arg, Mul) and (rest := _less(below, root.arg.children)) is not None:
                return others or [ONE], [root, *rest]
            other = next((f for f in below if not root.free and _is_fixed(f) and f != root), None)
            if other is not None:
                return [Root(Div(root.arg, other.children[0]), TWO), *others], [f for f in below if f is not other]
    return _number_over_root(above, below)


def _number_over_root(above: Sequence[Node], below: Sequence[Node]) -> tuple[list[Node], list[Node]] | None:
    """2/sqrt(2 pi) = sqrt(2/pi)."""
    for root in filter(_is_fixed, below):
        inner = root.children[0].children if isinstance(root.children[0], Mul) else ()
        number = next((f for f in above if isinstance(f, Num) and f in inner), None)
        if number is not None and len(inner) == 2:
            (rest,) = (f for f in inner if f != number)
            whole = Root(Div(number, rest), TWO)
            return [whole if f is number else f for f in above], [f for f in below if f is not root]
    return None


def _is_fixed(factor: Node) -> bool:
    return isinstance(factor, Root) and factor.degree == TWO and not factor.free


def _less(factors: Sequence[Node], others: Sequence[Node]) -> list[Node] | None:
    """The factors without the others, 4 without 2 being 2; None if one is not there."""
    rest = list(factors)
    for other in others:
        at = next((at for at, f in enumerate(rest) if f == other or _multiple(f, other)), None)
        if at is None:
            return None
        number = _multiple(rest[at], other)
        rest[at : at + 1] = [Num(number)] if number and number != 1 else []
    return rest


def _multiple(number: Node, other: Node) -> Fraction | None:
    """How many times one whole number is another."""
    ratio = number.value / other.value if isinstance(number, Num) and isinstance(other, Num) else None
    return ratio if ratio and ratio.denominator == 1 else None


def _has_number(root: Root) -> bool:
    """Is a number under the root, or a factor of what is? sqrt(x) alone stays, to cancel with other powers of x."""
    return any(not f.free for f in (root.arg.children if isinstance(root.arg, Mul) else (root.arg,)))


Sums = Callable[[Node], Node]  # like terms of a sum put together


def joined(factors: Sequence[Node], summed: Sums) -> list[Node]:
    """In products, x x^(k - 1) = x^k and (x y)^(k - 1) x y = (x y)^k: where an exponent has letters, exponents are added."""
    for at, power in enumerate(factors):
        if has_letters(power):
            left, more = _taken(power.children[0], [*factors[:at], *factors[at + 1 :]])
            total = _sum(power.children[1], more, summed)
            if more:
                return joined([*left[:at], _power(power.children[0], total), *left[at:]], summed)
    return list(factors)


def reduced(above: Sequence[Node], below: Sequence[Node], summed: Sums) -> tuple[list[Node], list[Node]]:
    """In fractions, x^k / x = x^(k - 1) and x^(k - 1) / x^k = 1 / x; x^(1/x) / x stays."""
    for at, power in enumerate(above):
        base, exponent = power.children if has_letters(power) else (power, ONE)
        if not exponent.free <= base.free:
            left, less = _taken(base, below)
            total = _sum(exponent, [Neg(part) for part in less], summed)
            if less:
                ups = [*above[:at], *([] if isinstance(total, Neg) else [_power(base, total)]), *above[at + 1 :]]
                downs = [*left, _power(base, total.arg)] if isinstance(total, Neg) else left
                return reduced(ups, downs, summed)
    return _fractions_taken(list(above), list(below), summed)


def _fractions_taken(above: list[Node], below: list[Node], summed: Sums) -> tuple[list[Node], list[Node]]:
    """(t/l)^(k - 1) t/l = (t/l)^k: the base of a power that stands as factors above and below the bar."""
    for at, power in enumerate(above):
        if has_letters(power) and isinstance(power.children[0], Div) and isinstance(power.children[1], Add):
            base, exponent = power.children
            total = _sum(exponent, [ONE], summed)
            rest = _without(base.children[0], [*above[:at], *above[at + 1 :]])
            under = _without(base.children[1], below)
            if rest is not None and under is not None and not _longer(total, exponent):
                return reduced([*rest, _power(base, total)], under, summed)
    return above, below


def _longer(one: Node, other: Node) -> bool:
    """Has the first sum more terms?"""
    return len(_parts(one)) > len(_parts(other))


def _without(part: Node, factors: Sequence[Node]) -> list[Node] | None:
    """What is left of the factors without one of each factor of the part; None if one of these is not there."""
    left = list(factors)
    for factor in part.children if isinstance(part, Mul) else () if part == ONE else (part,):
        place = next((at for at, own in enumerate(left) if base_of(own) == factor), None)
        power = UNIT if place is None else base_exponent(left[place])[1]
        if place is None or power < 1:
            return None
        left[place : place + 1] = [raised(factor, power - 1)] if power > 1 else []
    return left


def has_letters(factor: Node) -> bool:
    """Is it a power whose exponent is no number?"""
    return type(factor) is Pow and type(factor.children[1]) is not Num


def _taken(base: Node, factors: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """What is left without one power of the base, and the terms of its exponent; u v of a base u v may be two factors."""
    for at, factor in enumerate(factors):
        if factor == base or (isinstance(factor, Pow) and factor.children[0] == base):
            exponent = ONE if factor == base else factor.children[1]
            return [*factors[:at], *factors[at + 1 :]], _parts(exponent)
    left = _without(base, factors) if base != ONE else None
    return (list(factors), []) if left is None else (left, [ONE])


def _parts(exponent: Node) -> list[Node]:
    """The terms of an exponent, those of 2 (a + 1) multiplied out."""
    if isinstance(exponent, Mul) and len(exponent.children) == 2:
        number, bracket = exponent.children
        if isinstance(number, Num) and isinstance(bracket, Add):
            return [Neg(Mul(number, t.arg)) if isinstance(t, Neg) else Mul(number, t) for t in bracket.children]
    return list(exponent.children) if isinstance(exponent, Add) else [exponent]


def _sum(exponent: Node, more: Sequence[Node], summed: Sums) -> Node:
    return summed(Add(*_parts(exponent), *more)) if more else exponent


def _power(base: Node, exponent: Node) -> Node:
    if isinstance(exponent, Neg) and isinstance(exponent.arg, Num):
        return Div(ONE, raised(base, exponent.arg.value))
    return raised(base, exponent.value) if isinstance(exponent, Num) else Pow(base, exponent)
