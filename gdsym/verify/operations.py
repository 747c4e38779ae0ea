"""The operations of a program, one row each: places of operands -> function of all values and the point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flint import arb

from gdsym.verify import numbers as num
from gdsym.verify.evidence import Undecided
from gdsym.verify.numbers import ONE, UNDEFINED, ZERO, Number, ball, sign_of
from gdsym.verify.points import Point
from gdsym.verify.primitives import primitive
from gdsym.verify.undefined import undefined_value

Operation: TypeAlias = Callable[[list[Any], Point], Any]
Places: TypeAlias = tuple[int, ...]

CONSTANTS: dict[str, Callable[[], Number]] = {
    "pi": arb.pi,
    "E": lambda: arb(1).exp(),
    "EulerGamma": arb.const_euler,
    "Catalan": arb.const_catalan,
    "GoldenRatio": lambda: (arb(5).sqrt() + 1) / 2,
    "TribonacciConstant": lambda: ((19 + 3 * arb(33).sqrt()).root(3) + (19 - 3 * arb(33).sqrt()).root(3) + 1) / 3,
}


def _const(at: Places, name: str) -> Operation:
    value = CONSTANTS[name]
    return lambda v, p: value()


def _ball(at: Places, data: Any) -> Operation:
    """A number that was rounded."""
    middle, radius = map(num.rational, data)
    return lambda v, p: arb(middle) + arb(0, radius)


def _infinity(at: Places, sign: int) -> Operation:
    return lambda v, p: arb("inf") * sign


def _add(at: Places, data: Any) -> Operation:
    if len(at) == 2:
        a, b = at
        return lambda v, p: v[a] + v[b]
    first, *others = at

    def operation(v: list[Any], p: Point) -> Number:
        total = v[first]
        for n in others:
            total = total + v[n]
        return total

    return operation


def _neg(at: Places, data: Any) -> Operation:
    (a,) = at
    return lambda v, p: -v[a]


def _mul(at: Places, data: Any) -> Operation:
    if len(at) == 2 and at[0] != at[1]:
        a, b = at
        return lambda v, p: v[a] * v[b]
    first, *others = at

    def operation(v: list[Any], p: Point) -> Number:
        total = v[first]
        for n in others:
            total = total * v[n]
        return num.shortened(total)

    return operation


def _div(at: Places, data: Any) -> Operation:
    a, b = at
    return lambda v, p: num.divide(v[a], v[b])


def _pow(at: Places, k: int) -> Operation:
    a, b = at
    if k == 0:
        return lambda v, p: num.power(v[a], v[b])
    return lambda v, p: num.power_slope(v[a], v[b], k)


def powers(a: int, of: Callable[[Number], Number]) -> Operation:
    """A power whose exponent is a number, in the formula itself."""
    return lambda v, p: of(v[a])


def _fn(at: Places, data: Any) -> Operation:
    func, orders = data
    f = primitive(func)
    assert f is not None  # the builder asked for it already
    if len(at) == 1:
        (a,) = at
        return lambda v, p: f(orders, (v[a],))
    return lambda v, p: f(orders, [v[n] for n in at])


def _undefined(at: Places, data: Any) -> Operation:
    name, orders = data
    return lambda v, p: undefined_value(name, orders, [v[n] for n in at])


def _named(at: Places, data: Any) -> Operation:
    inner = at[0]
    return lambda v, p: v[inner]


def _abs(at: Places, data: Any) -> Operation:
    (a,) = at
    return lambda v, p: abs(v[a])


def _sign(at: Places, data: Any) -> Operation:
    (a,) = at
    values = {1: ONE, 0: ZERO, -1: -ONE, None: UNDEFINED}
    return lambda v, p: values[sign_of(v[a])]


def _floor(at: Places, data: Any) -> Operation:
    (a,) = at
    return lambda v, p: num.floor_of(v[a])


def _heaviside(at: Places, data: Any) -> Operation:
    a, at_zero = at

    def operation(v: list[Any], p: Point) -> Number:
        sign = sign_of(v[a])
        return UNDEFINED if sign is None else v[at_zero] if sign == 0 else ONE if sign > 0 else ZERO

    return operation


def _extreme(pick: int) -> Callable[[Places, Any], Operation]:
    """The max (pick = 1) or min (-1); balls that overlap give a ball around both."""

    def make(at: Places, data: Any) -> Operation:
        def operation(v: list[Any], p: Point) -> Number:
            best = v[at[0]]
            for n in at[1:]:
                u = v[n]
                try:
                    sign = sign_of(u - best)
                    best = UNDEFINED if sign is None else u if sign == pick else best
                except Undecided:
                    best = ball(u).max(ball(best)) if pick == 1 else ball(u).min(ball(best))
            return best

        return operation

    return make


def _tied(at: Places, which: str) -> Operation:
    """The slope of max or min: that of the winner, the mean of those that tie."""
    half = len(at) // 2
    pick = 1 if which == "max" else -1

    def operation(v: list[Any], p: Point) -> Number:
        best, slopes = at[0], [v[at[half]]]
        for n, m in zip(at[1:half], at[half + 1 :], strict=True):
            sign = sign_of(v[n] - v[best]) if n != best or num.is_undefined(v[n]) else 0
            if sign is None:
                return UNDEFINED
            if sign == pick:
                best, slopes = n, [v[m]]
            elif sign == 0:
                slopes.append(v[m])
        return sum(slopes[1:], slopes[0]) / len(slopes)

    return operation


def _delta(at: Places, data: Any) -> Operation:
    a, b = at
    values = {True: ONE, False: ZERO, None: UNDEFINED}
    return lambda v, p: values[holds("==", v[a], v[b])]


def _rel(at: Places, op: str) -> Operation:
    a, b = at
    if a == b:  # one ball minus itself is no exact 0
        return lambda v, p: None if num.is_undefined(v[a]) else 0 in SIGNS[op]
    return lambda v, p: holds(op, v[a], v[b])


SIGNS: dict[str, tuple[int, ...]] = {
    "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "==": (0,), "!=": (-1, 1),
}  # fmt: skip


def holds(op: str, u: Number, w: Number) -> bool | None:
    """Does u op w hold; None if either is undefined."""
    sign = sign_of(u - w)
    return None if sign is None else sign in SIGNS[op]


def _logic(at: Places, op: str) -> Operation:
    return lambda v, p: combined(op, [v[n] for n in at])


def combined(op: str, parts: list[bool | None]) -> bool | None:
    """`and`, `or`, `not`, `true`, `false`, with None for undefined."""
    if op in ("true", "false"):
        return op == "true"
    if op == "not":
        return None if parts[0] is None else not parts[0]
    decides = op == "or"
    return decides if decides in parts else None if None in parts else not decides


def _cases(at: Places, data: Any) -> Operation:
    """The first value whose condition holds; undefined where none does."""
    pairs = tuple(zip(at[::2], at[1::2], strict=True))

    def operation(v: list[Any], p: Point) -> Number:
        for value, condition in pairs:
            if v[condition]:
                return v[value]
            if v[condition] is None:
                return UNDEFINED
        return UNDEFINED

    return operation


MAKE: dict[str, Callable[[Places, Any], Operation]] = {
    "const": _const,
    "ball": _ball,
    "infinity": _infinity,
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "fn": _fn,
    "undefined": _undefined,
    "named": _named,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "heaviside": _heaviside,
    "max": _extreme(1),
    "min": _extreme(-1),
    "tied": _tied,
    "delta": _delta,
    "rel": _rel,
    "logic": _logic,
    "cases": _cases,
}
