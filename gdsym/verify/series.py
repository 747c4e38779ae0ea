"""Functions of several arguments that python-flint lacks, as series whose rest is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from math import perm

from flint import acb, arb, ctx

from gdsym.verify.evidence import Undecided, Unknown
from gdsym.verify.numbers import UNDEFINED, Number, ball

MOST_TERMS = 2000
WIDEST = arb(5) / 8  # beyond, the series is too long


def marcum_q(m: Number, a: Number, b: Number) -> Number:
    """Q_m(a, b) = sum_j e^-s s^j/j! Q(m + j, b^2/2), s = a^2/2: Poisson weights of gamma functions, each at most 1, for a, b >= 0."""
    if a < 0 or b < 0:
        return UNDEFINED
    s, t = a * a / 2, b * b / 2
    if not m > 0 or abs(s) > MOST_TERMS / 4:
        raise Undecided
    weight, total, small = (-s).exp(), arb(0), arb(2) ** -(ctx.prec + 8)
    tail, next_ = (
        (t.gamma_upper(m, regularized=1), t**m * (-t).exp() * (m + 1).rgamma()) if t != 0 else (arb(1), arb(0))
    )
    for j in range(MOST_TERMS):
        total += weight * tail
        tail += next_  # Q(m + j + 1, t) = Q(m + j, t) + t^(m + j) e^-t/Gamma(m + j + 1)
        next_ *= t / (m + j + 1)
        weight *= s / (j + 1)
        if weight < small and j > 2 * s:  # the rest is less than twice its first term
            return total + arb(0, 2 * weight)
    raise Undecided


def appell_f1(orders: Sequence[int], args: Sequence[Number]) -> Number:
    """F_1(a; b, c; d; x, y), k times derived by x or by y, whose series is derived term by term."""
    a, b, c, d, x, y = map(ball, args)
    by_x, by_y = orders[4:]
    if any(orders[:4]) or (by_x and by_y):
        raise Unknown("a derivative of appellf1 by its parameters, or a mixed one")
    return _by_first(by_y, (a, c, b, d), y, x) if by_y else _by_first(by_x, (a, b, c, d), x, y)


def _by_first(k: int, parameters: Sequence[Number], x: Number, y: Number) -> Number:
    """sum_m (a)_m (b)_m/((d)_m m!) m (m-1) ... (m-k+1) x^(m-k) 2F1(a + m, c; d + m; y)."""
    a, b, c, d = parameters
    if not (abs(x) < WIDEST and abs(y) < WIDEST and d > 0):
        raise Undecided
    coefficient, total, small = arb(1), arb(0), arb(2) ** -(ctx.prec + 8)
    for m in range(MOST_TERMS):
        size = coefficient * perm(m, k)
        total += size * x ** max(m - k, 0) * _gauss(a + m, c, d + m, y)
        rest = _rest(m, k, parameters, abs(x), abs(y))
        if rest is not None and (error := abs(size) * abs(x) ** max(m - k, 0) * rest) < small:
            return total + arb(0, error)
        coefficient *= (a + m) * (b + m) / ((d + m) * (m + 1))
    raise Undecided


def _gauss(a: Number, b: Number, c: Number, z: Number) -> Number:
    return acb(z).hypgeom([acb(a), acb(b)], [acb(c)]).real


def _rest(m: int, k: int, parameters: Sequence[Number], x: Number, y: Number) -> Number | None:
    """What follows term m, against x^m times its coefficient: a geometric series, 2F1 <= (1 - r y)^-|c|; None if m is small."""
    a, b, c, d = parameters
    near = 1 + abs(a - d) / (m + d)
    ratio = x * near * (1 + abs(b - 1) / (m + 1)) * (arb(m + 1) / (m + 1 - k) if m >= k else arb(2) / x)
    if not (ratio < 1 and near * y < 1):
        return None
    return ratio / (1 - ratio) * (1 - near * y) ** -abs(c)
