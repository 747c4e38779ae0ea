"""The value of an integral: as Arb bounds it where the body is made of pieces that are analytic, by quadrature elsewhere.

A quadrature is no bound: its error is taken from what a finer one changes, and the point says that it is `rough`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import acb, arb, ctx, fmpq

from gdsym.record import changed
from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.numbers import ONE, UNDEFINED, Number, ball, is_open, precision
from gdsym.verify.operations import Operation
from gdsym.verify.points import Point
from gdsym.verify.special import real
from gdsym.verify.zeros import zeros
from gdsym.written.nodes import Node

if TYPE_CHECKING:
    from gdsym.verify.program import Program

Code: TypeAlias = "Sequence[tuple[int, Operation]]"
Body: TypeAlias = "Callable[[Number], Number]"
Way: TypeAlias = "Callable[[Number], tuple[Number, Number]]"

BOXES, COARSE = 8000, 200  # evaluations of an integral that is bounded
WIDE = arb(2) ** -40
NARROW = arb(2) ** -28  # an interval of the way on which a value is not finite, and no smaller one is looked at
NEGLIGIBLE = arb(2) ** -90  # what is smaller, against the sum so far, ends a sum
SETTLED = arb(2) ** -48  # a finer sum changes less, if there is a limit
STEP, FINEST = arb(1) / 8, 4  # of the sums; how often it is halved
FARTHEST = (7, 45)  # s on both ways
HALF_STEP = 56
QUADRATURE = 400  # bits: close to an end, the distance from it must not be lost
CLOSE = arb(2) ** -40  # two such zeros are one
WIDE_STEP = fmpq(1, 1 << 16)  # of the difference of two quadratures
MOST_EVALUATIONS = 60_000  # of all integrands at one point


def integral(
    ends: tuple[int, int],
    body: int,
    place: int,
    plain: Code,
    along: Code | None,
    inner: bool,
    joints: Sequence[int] = (),
) -> Operation:
    """The operation: `plain` evaluates the body at real numbers, `along` at complex balls; `inner`: so is the integral itself.

    Where one of the `joints` is 0 the body may bend, jump or be infinite: a quadrature ends and begins there.
    """
    lower, upper = ends

    def operation(v: list[Any], p: Point) -> Number:
        a, b = v[lower], v[upper]
        if along is not None and _finite(a) and _finite(b):
            found = _bounded(_body(v, p, body, place, along), ball(a), ball(b), p)
            if found.is_finite() or inner:
                return found if inner else real(found)
        if inner or is_open(a) or is_open(b):
            return acb("nan") if inner else UNDEFINED
        p.rough = True
        with precision(max(ctx.prec, QUADRATURE)):
            at = _body(v, p, body, place, plain)
            places = (a, *_between(at, [partial(v.__getitem__, joint) for joint in joints], a, b), b)
            return sum((_summed(at, ball(u), ball(w)) for u, w in pairwise(places)), arb(0))

    return operation


def _between(at: Body, joints: Sequence[Callable[[], Number]], a: Number, b: Number) -> list[Number]:
    """Where joints are 0 between the ends, in order."""
    found: dict[Number, None] = {}
    for joint in joints:

        def value(t: Number, joint: Callable[[], Number] = joint) -> Number | None:
            try:
                at(t)
            except Undecided:
                return None
            return joint()

        found |= dict.fromkeys(zero for zero in zeros(value) if (a < zero) is (zero < b) is True)
    return [zero for before, zero in pairwise((ball(a), *sorted(found))) if zero - before > CLOSE * (1 + abs(zero))]


def checked(slope: int, target: Program, place: Node, at: int) -> Operation:
    """A derivative by Leibniz' rule where all its integrals were bounded; where not, differences of the integral itself."""

    def operation(v: list[Any], p: Point) -> Number:
        found = v[slope]
        if not p.rough and not is_open(found):
            return found
        step = WIDE_STEP * min(ONE, abs(v[at])) if type(v[at]) is fmpq and v[at] != 0 else WIDE_STEP
        coarse, fine = (_difference(target, p, place, v[at], h) for h in (step, step / 2))
        p.rough = True
        return fine + arb(0, (4 * abs(fine - coarse)).upper())

    return operation


def _difference(target: Program, p: Point, place: Node, x: Number, step: Number) -> Number:
    sides = [changed(p, values={}, drawn={**p.drawn, place: x + h}) for h in (step, -step)]
    up, down = (target.run(side)[0] for side in sides)
    return ball(up - down) / (2 * step)


def change(target: Program, place: Node, at: int) -> Operation:
    """The derivative of an integral by a letter as a central difference: how it is seen where the integrand jumps."""

    def operation(v: list[Any], p: Point) -> Number:
        with precision(4 * HALF_STEP + 96):
            step = arb(2) ** -HALF_STEP
            sides = [changed(p, values={}, drawn={**p.drawn, place: ball(v[at]) + sign * step}) for sign in (1, -1)]
            up, down = (target.run(side)[0] for side in sides)
            slope = (up - down) / (2 * step)
        p.rough = True
        return slope + arb(0, (1 + abs(slope).upper()) * arb(2) ** (8 - HALF_STEP)) if slope.is_finite() else UNDEFINED

    return operation


def _finite(u: Number) -> bool:
    return bool(ball(u).is_finite())


def _body(v: list[Any], p: Point, body: int, place: int, code: Code) -> Body:
    def at(z: Number) -> Number:
        p.terms += 1
        if p.terms > MOST_EVALUATIONS:
            raise TooLong("integrals that need too many values")
        v[place] = z
        for n, f in code:
            v[n] = f(v, p)
        return v[body]

    return at


def _bounded(f: Body, a: Number, b: Number, p: Point) -> Number:
    """The integral over t = a + (b - a) u for u from 0 to 1: the ends may be balls, also complex ones.

    Where an integral around this one asks for a bound only, on a wide ball, this one is no more precise than that.
    """
    width, coarse = b - a, p.coarse
    stopped: list[Exception] = []  # an exception cannot pass through Arb
    infinite = False

    def at(u: Number, analytic: bool) -> Number:
        nonlocal infinite
        if stopped or infinite:
            return acb(0)  # so that it comes to its end
        p.coarse = coarse or bool(u.rad() > WIDE)
        try:
            value = acb(f(a + width * u))
        except (Undecided, ValueError):  # ValueError: of a power series whose divisor holds 0
            value = acb("nan")
        except Unknown as reason:
            stopped.append(reason)
            return acb(0)
        infinite = not analytic and u.imag == 0 and bool(u.rad() < NARROW) and not value.is_finite()
        return value

    bits, most = (8, COARSE) if coarse else (ctx.prec // 2, BOXES)
    found = acb.integral(at, 0, 1, rel_tol=arb(2) ** -bits, abs_tol=arb(2) ** -(bits + 36), eval_limit=most)
    p.coarse = coarse
    if stopped:
        raise stopped[0]
    return acb("nan") if infinite else width * found


def _ways(a: Number, b: Number) -> tuple[Way, ...]:
    """Ways t(s) over all real s, with dt/ds, on which an integrand falls off doubly exponentially: for a slow one, for one like e^-t."""
    if not a.is_finite() and not b.is_finite():
        return _steep(lambda g: (g.sinh(), g.cosh())), lambda s: (s.sinh(), s.cosh())
    if not b.is_finite():
        return _steep(lambda g: (a + g.exp(), g.exp())), lambda s: _bent(a, s, 1)
    if not a.is_finite():
        return _steep(lambda g: (b - g.exp(), g.exp())), lambda s: _bent(b, s, -1)
    return (_steep(lambda g: (a + (b - a) / (1 + (-g).exp()), (b - a) / ((1 + (-g).exp()) * (1 + g.exp())))),)


def _steep(way: Way) -> Way:
    def steep(s: Number) -> tuple[Number, Number]:
        t, slope = way(arb.pi() * s.sinh())
        return t, slope * arb.pi() * s.cosh()

    return steep


def _bent(end: Number, s: Number, sign: int) -> tuple[Number, Number]:
    away = (s - (-s).exp()).exp()
    return end + sign * away, away * (1 + (-s).exp())


def _summed(f: Body, a: Number, b: Number) -> Number:
    """By the first way that settles; undefined if the terms grow towards an end, Undecided if they do neither."""
    grows = False
    for way, farthest in zip(_ways(a, b), FARTHEST, strict=False):
        try:
            found = _along_a_way(f, way, farthest)
        except _Grows:
            grows = True
            continue
        if found is not None:
            return found
    if grows:
        return UNDEFINED
    raise Undecided


class _Grows(Exception):
    """The terms of a sum become larger towards an end."""


def _along_a_way(f: Body, way: Way, farthest: int) -> Number | None:
    """The sum of h f(t(s)) t'(s) over s = 0, h, -h, 2h ..., with h halved until it settles."""

    def term(s: Number) -> Number:
        t, slope = way(s)
        return f(t) * slope

    total, size, before, step = arb(0), arb(0), None, STEP
    for level in range(FINEST + 1):
        for sign in (1, -1):
            first = level == 0 and sign == 1
            found = _one_side(term, sign * step, 1 + (level > 0), size, farthest, first)
            total, size = total + found[0], size + found[1]
        if before is not None:
            change = abs(total * step - before)
            if change <= SETTLED * size * step:
                return total * step + arb(0, change.upper())
        before = total * step
        step /= 2
    return None


def _one_side(term: Body, step: Number, stride: int, size: Number, farthest: int, first: bool) -> tuple[Number, Number]:
    """The terms at step, (1 + stride) step ..., and what they come to in absolute values."""
    total, small, j = term(arb(0)) if first else arb(0), 0, 1
    reach, greatest, last = abs(total), arb(0), arb(0)
    while small < 3:
        value = _value(term, j * step) if abs(j * step) <= farthest else None
        if value is None:
            if small:
                break
            raise _Grows if 2 * last > greatest else Undecided
        last = abs(value).mid()
        greatest = max(greatest, last)
        total, reach, j = total + value, reach + abs(value), j + stride
        small = small + 1 if abs(value) <= NEGLIGIBLE * (size + reach) else 0
    return total, reach


def _value(term: Body, s: Number) -> Number | None:
    try:
        value = term(s)
    except Undecided:
        return None
    return value if value.is_finite() else None
