"""Power series with exact coefficients, as far as floats can see: (v, c) is c_0 u^v + c_1 u^(v + 1) + ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import factorial, isqrt
from typing import Final

LENGTH = 36  # coefficients that are kept
Series = tuple[int, tuple[Fraction, ...]]


def monomial(number: Fraction, power: int) -> Series:
    return power, (number, *[Fraction(0)] * (LENGTH - 1))


def normal(s: Series) -> Series | None:
    """Without leading zeros; None if nothing is left."""
    v, c = s
    first = next((k for k, x in enumerate(c) if x), None)
    return None if first is None else (v + first, c[first:])


def gap(s: Series) -> int:
    """The largest distance of neighbouring coefficients that are not 0."""
    places = [k for k, x in enumerate(s[1]) if x]
    return max((b - a for a, b in pairwise(places)), default=0)


def added(parts: Sequence[Series]) -> Series:
    v = min(s[0] for s in parts)
    end = min(s[0] + len(s[1]) for s in parts)
    total = [Fraction(0)] * (end - v)
    for first, c in parts:
        for k, x in enumerate(c[: end - first]):
            total[first - v + k] += x
    return v, tuple(total)


def times(a: Series, b: Series) -> Series:
    n = min(len(a[1]), len(b[1]))
    total = [Fraction(0)] * n
    for p, x in enumerate(a[1][:n]):
        if x:
            for q, y in enumerate(b[1][: n - p]):
                if y:
                    total[p + q] += x * y
    return a[0] + b[0], tuple(total)


def inverse(s: Series) -> Series:
    v, c = s
    found = [1 / c[0]]
    for k in range(1, len(c)):
        found.append(-sum((c[j] * found[k - j] for j in range(1, k + 1) if c[j]), Fraction(0)) / c[0])
    return -v, tuple(found)


def power(s: Series, n: int) -> Series:
    base = s if n > 0 else inverse(s)
    result = base
    for _ in range(abs(n) - 1):
        result = times(result, base)
    return result


def root(s: Series) -> Series | None:
    """The square root, if it has rational coefficients; that of u^2 is |u|, and has none."""
    v, c = s
    top, bottom = isqrt(c[0].numerator) if c[0] > 0 else 0, isqrt(c[0].denominator)
    if v or Fraction(top * top, bottom * bottom) != c[0]:
        return None
    found = [Fraction(top, bottom)]
    for k in range(1, len(c)):
        rest = c[k] - sum((found[j] * found[k - j] for j in range(1, k)), Fraction(0))
        found.append(rest / (2 * found[0]))
    return 0, tuple(found)


def logarithm(s: Series) -> Series | None:
    """log(1 + ...): its slope is s'/s."""
    v, c = s
    if v or c[0] != 1:
        return None
    found = [Fraction(0)]
    for k in range(1, len(c)):
        rest = sum((j * found[j] * c[k - j] for j in range(1, k)), Fraction(0))
        found.append(c[k] - rest / k)
    return 0, tuple(found)


def put(f: Callable[[int], Fraction], number: Fraction, step: int) -> Series:
    """The function with these coefficients at number u^step."""
    found = [Fraction(0)] * LENGTH
    for k in range(0, LENGTH, step):
        found[k] = f(k // step) * number ** (k // step)
    return 0, tuple(found)


def _odd(k: int, sign: int) -> int:
    return int(sign ** (k // 2)) if k % 2 else 0


def _even(k: int, sign: int) -> int:
    return 0 if k % 2 else int(sign ** (k // 2))


def _root(k: int) -> Fraction:
    """The coefficients of the inverse of sinh."""
    c = Fraction(k % 2, max(k, 1))
    for j in range(1, k, 2):
        c *= Fraction(-j, j + 1)
    return c


@cache
def _tangent(k: int) -> Fraction:
    """The coefficients of tanh, whose slope is 1 - tanh^2; it is odd."""
    if k < 2 or k % 2 == 0:
        return Fraction(k % 2)
    return -sum((_tangent(i) * _tangent(k - 1 - i) for i in range(1, k, 2)), Fraction(0)) / k


TAYLOR: Final[dict[str, Callable[[int], Fraction]]] = {
    "exp": lambda k: Fraction(1, factorial(k)),
    "expm1": lambda k: Fraction(int(k > 0), factorial(k)),
    "sinh": lambda k: Fraction(_odd(k, 1), factorial(k)),
    "cosh": lambda k: Fraction(_even(k, 1), factorial(k)),
    "sin": lambda k: Fraction(_odd(k, -1), factorial(k)),
    "cos": lambda k: Fraction(_even(k, -1), factorial(k)),
    "tanh": _tangent,
    "sech2": lambda k: _tangent(k + 1) * (k + 1),
    "sigmoid": lambda k: Fraction(int(k == 0), 2) + _tangent(k) / 2 ** (k + 1),
    "logcosh": lambda k: _tangent(k - 1) / k if k else Fraction(0),
    "atan": lambda k: Fraction(_odd(k, -1), max(k, 1)),
    "asinh": _root,
    "log1p": lambda k: Fraction((-1) ** (k + 1), k) if k else Fraction(0),
}  # fmt: skip
