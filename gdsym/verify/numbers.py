"""Numbers of the judge: exact rationals as long as they stay rational, balls that contain the true value from there on.

`UNDEFINED` (a ball that is not a number) is the value of log(-1) or 1/0, and of everything computed from it. What may be
that or any number, as 1/u where u may be 0, is `ANY`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from flint import acb, arb, ctx, fmpq

from gdsym.verify.evidence import Undecided

Number: TypeAlias = Any  # flint.fmpq or flint.arb; python-flint is untyped

UNDEFINED: Number = arb("nan")
ANY: Number = arb(0, arb("inf"))
ZERO, ONE = fmpq(0), fmpq(1)
MOST_ROOT = 1 << 32  # the k-th root of a larger k is a power
MOST_WHOLE = 1 << 256  # larger numbers are not looked at as whole ones: writing them out could fill the memory
LONGEST = 4096  # bits of a rational number; longer ones become balls
SNAP_BITS = 2048  # at so many bits, or more,
SNAP = (
    arb(2) ** -640
)  # what is that near to 0 counts as 0: the numbers are zeros of something, known to 1,000 bits and more
LONG_ROOT, ROOT_RADIUS = 1024, arb(2) ** -1500
ROUGH = fmpq(1, 1 << 24)
HUGE = arb(1 << 24)  # exp of more is infinite for every purpose
LOWEST = -HUGE


class precision:
    """Balls have `bits` bits inside the `with` block, and as many as before behind it."""

    __slots__ = ("_before", "_bits")

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def __enter__(self) -> None:
        self._before = ctx.prec
        ctx.prec = self._bits

    def __exit__(self, *raised: object) -> None:
        ctx.prec = self._before


def rational(value: int | Fraction) -> Number:
    """The exact number `value`."""
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def zero_near(value: int | Fraction) -> Number | None:
    """The ball around an irrational zero whose middle this fraction is; None if the fraction is short, and means itself."""
    if Fraction(value).denominator.bit_length() < LONG_ROOT:
        return None
    with precision(SNAP_BITS):
        return arb(rational(value)) + arb(0, ROOT_RADIUS)


def ball(u: Number) -> Number:
    """`u` as a ball."""
    return arb(u) if type(u) is fmpq else u


def is_undefined(u: Number) -> bool:
    return type(u) is not fmpq and bool(u.is_nan())


def is_open(u: Number) -> bool:
    """Is it undefined, or ANY?"""
    return type(u) is not fmpq and not u.rad().is_finite()


def is_decided(u: Number, bits: int, enough: int) -> bool:
    """Is the ball small: against its midpoint, or, around zero, against 1?"""
    if type(u) is fmpq:
        return True
    return bool(u.is_finite()) and (u.rel_accuracy_bits() > enough or bool(u.rad() < arb(2) ** (-bits // 2)))


def faint(u: Number) -> bool:
    """A ball around 0, which holds 0 and many others: 1 - tanh(300)^2 at few bits."""
    return type(u) is not fmpq and bool(u.contains(0)) and not u.is_zero()


def close(left: Number, right: Number) -> bool:
    """Are two numbers so near to each other that a quadrature may not tell them apart?"""
    return not abs(left - right) > ROUGH * (abs(left) + abs(right))


def sign_of(u: Number) -> int | None:
    """-1, 0 or 1; None if `u` is undefined. Raises Undecided if the ball reaches over zero, unless it is tiny at very many bits.

    There e^-1300 is undecided, too: it would be positive by itself, and 0 as the difference of x + e^-1300 and x.
    """
    if type(u) is fmpq:  # its numerator is compared three times faster
        return 0 if not u else 1 if u.p > 0 else -1
    if u > 0 or u < 0:
        if type(u) is arb and ctx.prec >= SNAP_BITS and abs(u) < SNAP:
            raise Undecided
        return 1 if u > 0 else -1
    if u == 0:
        return 0
    if is_undefined(u):
        return None
    if ctx.prec >= SNAP_BITS and u.rad() < SNAP:
        return 0
    raise Undecided


def whole(u: Number) -> int | None:
    """`u` as an int if it is exactly one."""
    if type(u) is fmpq:
        return int(u.p) if u.q == 1 else None
    return int(u.unique_fmpz()) if u.is_exact() and u.is_integer() and abs(u) < MOST_WHOLE else None


def fraction(u: Number) -> Fraction:
    """A rational number, or the midpoint of a ball, as a Fraction."""
    if type(u) is fmpq:
        return Fraction(int(u.p), int(u.q))
    mantissa, exponent = u.mid().man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def divide(u: Number, v: Number) -> Number:
    """The quotient u / v; undefined where v is 0."""
    if type(v) is fmpq and v == 0:
        return UNDEFINED
    found = u / v
    return unsettled(v) if type(found) is arb and found.is_nan() and not is_undefined(u) else found


def unsettled(u: Number) -> Number:
    """What 1/u or log u is where it is not a number: UNDEFINED where u has no value or is certainly not above 0, ANY where it may be."""
    try:
        return UNDEFINED if u <= 0 or sign_of(u) != 1 else ANY
    except Undecided:
        return ANY


def certain(f: Callable[[Number], Number], u: Number) -> Number:
    """The value of f at u, which is not UNDEFINED if f has one at an end of the ball."""
    found = f(u)
    if type(found) is not arb or not found.is_nan() or u.is_nan() or u.is_exact():
        return found
    return ANY if not u.is_finite() or not all(f(end).is_nan() for end in (u.lower(), u.upper())) else found


def shortened(u: Number) -> Number:
    """A rational number of many digits becomes a ball: exactness is not worth its price."""
    return arb(u) if type(u) is fmpq and u.height_bits() > LONGEST else u


def floor_of(u: Number) -> Number:
    """The greatest integer that is not above `u`."""
    if type(u) is fmpq:
        return fmpq(u.floor())
    if not u.is_finite():
        return UNDEFINED
    if abs(u) > MOST_WHOLE:
        raise Undecided
    low = u.floor().unique_fmpz()
    if low is None:
        raise Undecided
    return fmpq(low)


def power_slope(u: Number, n: Number, k: int) -> Number:
    """The k-th derivative by u of u^n: n (n-1) ... (n-k+1) u^(n-k), and 0 where that factor is 0."""
    factor, n = _falling(n, k)
    if k and factor == 0:
        return UNDEFINED if type(u) is arb and is_undefined(u) else ZERO
    value = power(u, n)
    return factor * value if k else value


def _falling(n: Number, k: int) -> tuple[Number, Number]:
    """The factor n (n-1) ... (n-k+1), and n - k."""
    factor = ONE
    for _ in range(k):
        factor, n = factor * n, n - 1
    return factor, n


def power_of(n: Number, k: int = 0) -> Callable[[Number], Number]:
    """The k-th derivative by u of u^n, as a function of u; what the exponent decides is decided once."""
    factor, left = _falling(n, k)
    if k and factor == 0:
        return lambda u: power_slope(u, n, k)
    exponent, degree = whole(left), _degree(left)

    def of(u: Number) -> Number:
        value = _real_power(u, left, degree) if exponent is None else _integer_power(u, exponent)
        return factor * value if k else value

    return of


def power(u: Number, n: Number) -> Number:
    """u^n over the reals: integer n for any u (0^0 = 1), other n for u >= 0 only."""
    exponent = whole(n)
    return _real_power(u, n, _degree(n)) if exponent is None else _integer_power(u, exponent)


def _degree(n: Number) -> int | None:
    """Which root of u is u^n, if it is one and not a very high one?"""
    return int(n.q) if type(n) is fmpq and n.p == 1 and n.q < MOST_ROOT else None


def _real_power(u: Number, n: Number, degree: int | None) -> Number:
    if type(u) is acb:  # inside an integral
        return u.pow(acb(n), analytic=True)
    sign = sign_of(u)
    if sign is not None and sign < 0 and type(n) is arb and n.contains_integer():
        raise Undecided
    if sign is None or sign < 0 or is_undefined(n):
        return UNDEFINED
    if sign == 0:
        return ZERO if n > 0 else UNDEFINED
    return ball(u) ** n if degree is None else ball(u).root(degree)


def _integer_power(u: Number, n: int) -> Number:
    if type(u) is arb and n > 0 and u.mid() == 0:  # Arb itself would take the logarithm of 0
        return arb(0, u.rad() ** n)
    if n == 0 and type(u) is arb and is_undefined(u):  # for Arb it is 1
        return UNDEFINED
    if type(u) is not fmpq:
        found = u**n
        return unsettled(abs(u)) if n < 0 and type(found) is arb and found.is_nan() else found
    if n < 0 and u == 0:
        return UNDEFINED
    return u**n if u.height_bits() * abs(n) <= LONGEST else arb(u) ** n


def exponential(u: Number) -> Number:
    """e^u; Undecided where it is too large for any ball."""
    if type(u) is fmpq:
        if not u:
            return ONE
        u = arb(u)
    elif u == 0:
        return ONE
    if (type(u) is acb or not LOWEST < u < HUGE) and abs(u) > HUGE:
        raise Undecided
    return u.exp()
