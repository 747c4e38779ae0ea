"""Mathieu functions from their differential equation y'' = (2 q cos 2z - a) y alone: y(0), y'(0) are 0, 1 or 1, 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from flint import arb, ctx

from gdsym.verify.evidence import Undecided
from gdsym.verify.numbers import Number, is_undefined

FARTHEST = 8  # beyond, the series is too long
MOST_TERMS = 300


def mathieu(first: int, derived: bool) -> Callable[[Number, Number, Number], Number]:
    """The odd (first = 1) or even (first = 0) solution, or its derivative, as a power series in z."""

    def value(a: Number, q: Number, z: Number) -> Number:
        if is_undefined(a) or is_undefined(q) or is_undefined(z):
            return arb("nan")
        if abs(z) > FARTHEST:
            raise Undecided
        total, square, small = arb(0), z * z, arb(2) ** -(ctx.prec + 8)
        for m, coefficient in zip(range(MOST_TERMS), _coefficients(a, q, first), strict=False):
            power = 2 * m + first - derived
            factor = 2 * m + first if derived else 1
            term = coefficient * factor * (z**power if power >= 0 else 0)
            total += term
            if m > 8 and abs(term) < small and abs(coefficient * abs(square) ** m) < small:
                return total + arb(0, small)
        raise Undecided

    return value


def _coefficients(a: Number, q: Number, first: int) -> Iterator[Number]:
    """c_m of z^(2m + first): (n + 2)(n + 1) c_(m+1) = -a c_m + sum_k w_k c_(m-k), w the series of 2 q cos 2z."""
    found, wave = [arb(1)], [2 * q]
    for m in count():
        yield found[-1]
        n = 2 * m + first
        turned = sum((w * c for w, c in zip(wave, reversed(found), strict=True)), arb(0))
        found.append((turned - a * found[-1]) / ((n + 2) * (n + 1)))
        wave.append(wave[-1] * -4 / ((2 * m + 1) * (2 * m + 2)))
