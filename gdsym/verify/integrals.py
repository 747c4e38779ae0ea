"""The value of an integral: as Arb bounds it where the body is made of pieces that are analytic, by quadrature elsewhere.

A quadrature is no bound: its error is taken from what a finer one changes, and the point says that it is `rough`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import acb, arb, ctx

from gdsym.record import changed
from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.numbers import UNDEFINED, Number, ball, is_undefined, precision
from gdsym.verify.operations import Operation
from gdsym.verify.points import Point
from gdsym.verify.special import real
from gdsym.written.nodes import Node

if TYPE_CHECKING:
    from gdsym.verify.program import Program

Code: TypeAlias = "Sequence[tuple[int, Operation]]"
Body: TypeAlias = "Callable[[Number], Number]"
Way: TypeAlias = "Callable[[Number], tuple[Number, Number]]"

BOXES, COARSE = 8000, 200  # evaluations of an integral that is bounded
WIDE = arb(2) ** -40
NEGLIGIBLE = arb(2) ** -90  # what is smaller, against the sum so far, ends a sum
SETTLED = arb(2) ** -48  # a finer sum changes less, if there is a limit
STEP, FINEST = arb(1) / 8, 4  # of the sums; how often it is halved
FARTHEST = 7
HALF_STEP = 56
MOST_EVALUATIONS = 60_000  # of all integrands at one point


def integral(ends: tuple[int, int], body: int, place: int, plain: Code, along: Code | None, inner: bool) -> Operation:
    """The operation: `plain` evaluates the body at real numbers, `along` at complex balls; `inner`: so is the integral itself."""
    lower, upper = ends

    def operation(v: list[Any], p: Point) -> Number:
        a, b = v[lower], v[upper]
        if along is not None and _finite(a) and _finite(b):
            found = _bounded(_body(v, p, body, place, along), ball(a), ball(b), p)
            if found.is_finite() or inner:
                return found if inner else real(found)
        if inner or is_undefined(a) or is_undefined(b):
            return acb("nan") if inner else UNDEFINED
        p.rough = True
        return _summed(_body(v, p, body, place, plain), _way(ball(a), ball(b)))

    return operation


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

    def at(u: Number, analytic: bool) -> Number:
        if stopped:
            return acb("nan")
        p.coarse = coarse or bool(u.rad() > WIDE)
        try:
            return acb(f(a + width * u))
        except (Undecided, ValueError):  # ValueError: of a power series whose divisor holds 0
            return acb("nan")
        except Unknown as reason:
            stopped.append(reason)
            return acb("nan")

    bits, most = (8, COARSE) if coarse else (ctx.prec // 2, BOXES)
    found = acb.integral(at, 0, 1, rel_tol=arb(2) ** -bits, abs_tol=arb(2) ** -(bits + 36), eval_limit=most)
    p.coarse = coarse
    if stopped:
        raise stopped[0]
    return width * found


def _way(a: Number, b: Number) -> Way:
    """A way t(s) over all real s, on which the integrand falls off doubly exponentially at both ends; with dt/ds."""
    if not a.is_finite() and not b.is_finite():
        return lambda g: (g.sinh(), g.cosh())
    if not b.is_finite():
        return lambda g: (a + g.exp(), g.exp())
    if not a.is_finite():
        return lambda g: (b - g.exp(), g.exp())
    return lambda g: (a + (b - a) / (1 + (-g).exp()), (b - a) / ((1 + (-g).exp()) * (1 + g.exp())))


def _summed(f: Body, way: Way) -> Number:
    """The sum of h f(t(s)) t'(s) over s = 0, h, -h, 2h ..., with h halved until it settles; undefined if it does not."""

    def term(s: Number) -> Number:
        t, slope = way(arb.pi() * s.sinh())
        return f(t) * slope * arb.pi() * s.cosh()

    total, size, before, step = arb(0), arb(0), None, STEP
    for level in range(FINEST + 1):
        for sign in (1, -1):
            found = _one_side(term, sign * step, 1 + (level > 0), size, first=level == 0 and sign == 1)
            if found is None:
                return UNDEFINED
            total, size = total + found[0], size + found[1]
        change = UNDEFINED if before is None else abs(total * step - before)
        before = total * step
        if change <= SETTLED * size * step:
            return before + arb(0, change.upper())
        step /= 2
    return UNDEFINED


def _one_side(term: Body, step: Number, stride: int, size: Number, first: bool) -> tuple[Number, Number] | None:
    """The terms at step, (1 + stride) step ..., and what they come to in absolute values; None if they do not fall off."""
    total, small, j = term(arb(0)) if first else arb(0), 0, 1
    reach = abs(total)
    while small < 3:
        if abs(j * step) > FARTHEST:
            return None
        value = _value(term, j * step)
        if value is None:
            return (total, reach) if small else None
        total, reach, j = total + value, reach + abs(value), j + stride
        small = small + 1 if abs(value) <= NEGLIGIBLE * (size + reach) else 0
    return total, reach


def _value(term: Body, s: Number) -> Number | None:
    try:
        value = term(s)
    except Undecided:
        return None
    return value if value.is_finite() else None
