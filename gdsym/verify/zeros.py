"""Zeros of a function of one number: all of a polynomial, of others those between places of different sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, takewhile
from typing import Any, TypeAlias

from flint import arb, fmpq, fmpq_poly

from gdsym.verify.evidence import Undecided
from gdsym.verify.numbers import Number, precision, sign_of

Function: TypeAlias = Callable[[Number], "Number | None"]

GRID = tuple(fmpq(p, 4) for p in (-4000, -60, -14, -5, -3, 0, 2, 7, 19, 70, 4000))
POWERS = tuple(fmpq(2) ** k for k in (-60, -30, -18, -9, 13, 20, 30, 60))
FAR = tuple(sorted((*GRID, *POWERS, *(-p for p in POWERS))))  # where the grid has no zero
HALVINGS, FAR_HALVINGS = 60, 130
DIPS = 24  # how often the least value between two places is narrowed down
MOST_ROOTS = 4
SECANTS, CLOSE = 24, 1 << 20
SNAPS = (8, 24)  # after so many halvings a simple fraction is tried
BEYOND = 5
ON_LINE = tuple(map(fmpq, (-1, 0, 1, BEYOND)))  # where a line is recognised
FLAT = arb(2) ** -60  # how little of its slope a line in balls may bend
NEXT = fmpq(2) ** -50  # beside its zero it has another sign
DEGREE = 6  # of a polynomial that is found from its values
NEARLY = 64  # bits of its irrational zeros


def zeros(f: Function) -> list[Number]:
    """Some zeros of f: fractions that are zeros, or are near one."""
    found = exact_zeros(f)
    if found is None:
        found = _between(f, GRID, HALVINGS) or _between(f, FAR, FAR_HALVINGS) or list(_dips(f))
    return found[:MOST_ROOTS]


def exact_zeros(f: Function) -> list[Number] | None:
    """The zeros of a line or a polynomial; None if f seems to be neither."""
    values = [f(x) for x in ON_LINE]
    found = _of_line(f, values) if _on_line(values) else None
    return _of_polynomial(f) if found is None else found


def _on_line(values: Sequence[Number | None]) -> bool:
    """Are the values at four places on one line that rises or falls? Three would be on one for every odd function."""
    low, middle, high, beyond = values
    if low is None or middle is None or high is None or beyond is None:
        return False
    slope = high - middle
    if all(type(value) is fmpq for value in values):
        return bool(slope != 0 and middle - low == slope and beyond - middle == BEYOND * slope)
    return all(
        type(off) is arb and off.contains(0) and bool(off.rad() < FLAT * abs(slope))
        for off in (arb(middle - low - slope), arb(beyond - middle - BEYOND * slope))
    )


def _of_line(f: Function, values: Sequence[Number]) -> list[Number] | None:
    """Its zero; of a line in balls a fraction near it, where the sign changes."""
    _, middle, high, _ = values
    root = -middle / (high - middle)
    if type(root) is fmpq:
        return [root] if f(root) == 0 else None
    x = _multiple(root.mid(), NEXT)
    if x is None:
        return None
    before, after = _sign(f(x - NEXT)), _sign(f(x + 2 * NEXT))
    if before and after == -before:
        simple = _simple(x)
        return [simple if abs(simple - x) <= NEXT else x]
    return None


def _between(f: Function, grid: Sequence[Number], halvings: int) -> list[Number]:
    """Those on the grid, and one between each two places of different sign."""
    values = [(x, _sign_or_zero(f(x))) for x in grid]
    found = [x for x, sign in values if sign == 0]
    for (a, s), (b, t) in pairwise(values):
        if s is not None and t is not None and s * t < 0:
            found.append(_halved(f, a, b, s, halvings))
    return found


def _of_polynomial(f: Function) -> list[Number] | None:
    """All real zeros, if f is a polynomial: fractions exactly, others nearly."""
    places = [fmpq(x) for x in range(-DEGREE // 2 - 1, DEGREE // 2 + 2)]
    values = list(takewhile(lambda value: type(value) is fmpq, map(f, places)))
    if len(values) < len(places):
        return None
    found = _through(places, values)
    if found.degree() > DEGREE:
        return None
    if found.degree() < 1:
        return []
    exact = found.roots()
    for root, many in exact:
        found = found // fmpq_poly([-root, 1]) ** many
    with precision(NEARLY):
        near = [_fraction(root.real.mid()) for root, _ in found.complex_roots() if root.imag == 0]
    return sorted([*(root for root, _ in exact), *near])


def _through(places: Sequence[Number], values: Sequence[Number]) -> fmpq_poly:
    """Newton's polynomial through the values."""
    slopes = list(values)
    for step in range(1, len(places)):
        for j in range(len(places) - 1, step - 1, -1):
            slopes[j] = (slopes[j] - slopes[j - 1]) / (places[j] - places[j - step])
    found = fmpq_poly([0])
    for place, slope in zip(reversed(places), reversed(slopes), strict=True):
        found = found * fmpq_poly([-place, 1]) + slope
    return found


def _fraction(u: Number) -> Number:
    mantissa, exponent = u.man_exp()
    return fmpq(int(mantissa)) * fmpq(2) ** int(exponent)


def _dips(f: Function) -> Iterator[Number]:
    """Both zeros at a place between two of the grid where f has another sign than at these."""
    known: list[tuple[Any, Any, int | None]] = [(x, value, _sign(value)) for x, value in ((x, f(x)) for x in GRID)]
    for (a, before, s), (b, v, t), (c, after, u) in zip(known, known[1:], known[2:], strict=False):
        if not (t and s == t == u):
            continue
        if (a == GRID[0] or t * (before - v) >= 0) and (c == GRID[-1] or t * (after - v) >= 0):
            place = _least(f, a, b, c, v, t)
            if place is not None:
                yield from (_halved(f, a, place, t, HALVINGS), _halved(f, place, c, -t, HALVINGS))


def _least(f: Function, a: Number, b: Number, c: Number, v: Number, sign: int) -> Number | None:
    """A place between a and c at which f has not that sign: b moves to where f = v is nearest to 0."""
    for turn in range(DIPS):
        x = (b + c) / 2 if turn % 2 else (a + b) / 2
        value = f(x)
        found = _sign(value)
        if found is None or value is None:
            return None
        if found != sign:
            return x
        if sign * (value - v) < 0:
            a, b, c, v = (a, x, b, value) if x < b else (b, x, c, value)
        elif x < b:
            a = x
        else:
            c = x
    return None


def _halved(f: Function, a: Number, b: Number, sign: int, halvings: int) -> Number:
    """The zero between a and b: a simple fraction that is exactly one, or near it."""
    found = _secant(f, a, b, sign, (b - a) / (1 << halvings))
    if found is not None:
        return found
    for t in range(halvings):
        middle = _simple((a + b) / 2) if t in SNAPS else (a + b) / 2
        now = _sign(f(middle))
        if now == 0 or now is None:
            return middle
        if a < middle < b:
            a, b = (middle, b) if now == sign else (a, middle)
    return (a + b) / 2


def _secant(f: Function, a: Number, b: Number, sign: int, near: Number) -> Number | None:
    """The same in a few steps where f is smooth: regula falsi, a value that stays for two steps being halved (Illinois).

    None where two places `near` each other that have the zero between them are not found soon.
    """
    low: Any = f(a)
    high: Any = f(b)
    last, moved = a, 0
    for _ in range(SECANTS):
        x = _multiple(b - high * (b - a) / (high - low), near)
        if x is None:
            return None
        x = min(max(x, a + near), b - near)
        value = f(x)
        found = _sign(value)
        if found is None or value is None:
            return None
        if found == 0:
            return x
        if abs(x - last) < CLOSE * near:
            beyond = x + near if found == sign else x - near
            if _sign(f(beyond)) == -found:
                simple, middle = _simple(x), (x + beyond) / 2
                return simple if abs(simple - x) < CLOSE * near and f(simple) == 0 else middle
        if found == sign:
            a, low, high = x, value, high / 2 if moved > 0 else high
        else:
            b, high, low = x, value, low / 2 if moved < 0 else low
        last, moved = x, found * sign
    return None


def _multiple(u: Number, unit: Number) -> Number | None:
    """The multiple of the unit below u."""
    whole = (u / unit).floor()
    if type(whole) is fmpq:
        return whole * unit
    exact = whole.unique_fmpz() if type(whole) is arb else whole
    return None if exact is None else fmpq(exact) * unit


def _simple(x: Number) -> Number:
    near = Fraction(int(x.p), int(x.q)).limit_denominator(100)
    return fmpq(near.numerator, near.denominator)


def _sign_or_zero(u: Number | None) -> int | None:
    """Its sign; 0 also where it is a ball around 0 that is so small as only rounding makes it."""
    return 0 if u is not None and type(u) is arb and u.contains(0) and u.rad() < FLAT else _sign(u)


def _sign(u: Number | None) -> int | None:
    try:
        return None if u is None else sign_of(u)
    except Undecided:
        return None
