"""Operations along a way of integration: their operands are complex balls, and where a piece of a formula is left they say so.

A comparison is decided by real parts. On an interval of the real line that reaches over a switch the value is a ball around
those of all pieces; on a complex one, where the formula is not analytic, it is undefined, and the integrator halves the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import acb, arb

from gdsym.verify.analytic import NOWHERE, analytic, is_analytic, on_the_line
from gdsym.verify.evidence import Undecided
from gdsym.verify.numbers import ONE, ZERO, Number, power, sign_of, whole
from gdsym.verify.operations import MAKE, SIGNS, Operation, Places, combined
from gdsym.verify.undefined import undefined_value

EITHER = "either"  # a comparison that holds at a part of the interval


def _part(u: Number) -> Number:
    return u.real if type(u) is acb else u


def _hull(values: Iterable[Number]) -> Number:
    """A ball around all of them."""
    first, *others = map(acb, values)
    for other in others:
        first = first.union(other)
    return first


def _signs(u: Number) -> tuple[int, ...] | None:
    """The signs that the real part takes; None where that is undefined, or the interval is not real."""
    try:
        sign = sign_of(_part(u))
    except Undecided:
        return (-1, 0, 1) if on_the_line(u) else None
    return None if sign is None else (sign,)


def _by_sign(at: Places, values: Callable[[list[Any]], dict[int, Number]]) -> Operation:
    def operation(v: list[Any], p: Any) -> Number:
        signs = _signs(v[at[0]])
        return NOWHERE if signs is None else _hull(values(v)[sign] for sign in signs)

    return operation


def _abs(at: Places, data: Any) -> Operation:
    (a,) = at

    def operation(v: list[Any], p: Any) -> Number:
        signs = _signs(v[a])
        if signs is None:
            return NOWHERE
        return abs(_part(v[a])) if len(signs) > 1 else v[a] * signs[0]

    return operation


def _sign(at: Places, data: Any) -> Operation:
    return _by_sign(at, lambda v: {1: ONE, 0: ZERO, -1: -ONE})


def _heaviside(at: Places, data: Any) -> Operation:
    return _by_sign(at, lambda v: {1: ONE, 0: v[at[1]], -1: ZERO})


def _floor(at: Places, data: Any) -> Operation:
    (a,) = at

    def operation(v: list[Any], p: Any) -> Number:
        low = arb(_part(v[a])).floor()
        return low if low.is_exact() or on_the_line(v[a]) else NOWHERE

    return operation


def _best(pairs: list[tuple[Number, Number]], pick: int) -> list[Number] | None:
    """What may be the second of a pair whose first is greatest (pick = 1) or least; None where that is not known."""
    found: list[Number] = []
    for j, (u, value) in enumerate(pairs):
        beaten = False
        for k, (other, _) in enumerate(pairs):
            signs = (0,) if j == k else _signs(u - other)
            if signs is None:
                return None
            beaten |= signs == (-pick,)
        if not beaten:
            found.append(value)
    return found


def _extreme(pick: int) -> Callable[[Places, Any], Operation]:
    def make(at: Places, data: Any) -> Operation:
        def operation(v: list[Any], p: Any) -> Number:
            found = _best([(v[n], v[n]) for n in at], pick)
            return NOWHERE if found is None else _hull(found)

        return operation

    return make


def _tied(at: Places, which: str) -> Operation:
    half, pick = len(at) // 2, 1 if which == "max" else -1

    def operation(v: list[Any], p: Any) -> Number:
        found = _best([(v[n], v[m]) for n, m in zip(at[:half], at[half:], strict=True)], pick)
        if found is None:
            return NOWHERE
        return sum(found[1:], found[0]) / len(found) if _settled(v, at[:half]) else _hull(found)

    return operation


def _settled(v: list[Any], at: Places) -> bool:
    """Are all comparisons decided, so that what is left is a tie?"""
    return all((_signs(v[a] - v[at[0]]) or (0, 0))[1:] == () for a in at[1:])


def _rel(at: Places, op: str) -> Operation:
    a, b = at

    def operation(v: list[Any], p: Any) -> Any:
        signs = _signs(v[a] - v[b])
        if signs is None:
            return None
        found = {sign in SIGNS[op] for sign in signs}
        return EITHER if len(found) > 1 else found.pop()

    return operation


def _delta(at: Places, data: Any) -> Operation:
    equal = _rel(at, "==")
    values = {True: ONE, False: ZERO, None: NOWHERE, EITHER: acb(arb(0.5, 0.5))}
    return lambda v, p: values[equal(v, p)]


def _logic(at: Places, op: str) -> Operation:
    def operation(v: list[Any], p: Any) -> Any:
        parts = [v[n] for n in at]
        sure = combined(op, [u for u in parts if u is not EITHER]) if parts != [EITHER] else None
        if EITHER not in parts or sure is (op == "or"):
            return sure
        return None if None in parts else EITHER

    return operation


def _cases(at: Places, data: Any) -> Operation:
    pairs = tuple(zip(at[::2], at[1::2], strict=True))

    def operation(v: list[Any], p: Any) -> Number:
        met: list[Number] = []
        for value, condition in pairs:
            if v[condition] is None:
                return NOWHERE
            if v[condition]:  # also where it may hold
                met.append(v[value])
            if v[condition] is True:
                return _hull(met)
        return NOWHERE

    return operation


def _pow(at: Places, k: int) -> Operation:
    a, b = at

    def operation(v: list[Any], p: Any) -> Number:
        u, n, factor = v[a], v[b], ONE
        for _ in range(k):
            factor, n = factor * n, n - 1
        if k and factor == 0:
            return ZERO
        return factor * _power(u, n) if k else _power(u, n)

    return operation


def _power(u: Number, n: Number) -> Number:
    if type(n) is not acb and whole(n) is not None:
        return power(u, n)
    if (
        type(n) is not acb and type(u) is acb and on_the_line(u) and u.real.contains(0) and n > 0
    ):  # where the way begins
        return acb(arb(0, abs(u.real).upper() ** n))
    return acb(u).pow(acb(n), analytic=True)


def _undefined(at: Places, data: Any) -> Operation:
    name, orders = data
    return lambda v, p: undefined_value(name, orders, [v[n] for n in at])


ALONG: dict[str, Callable[[Places, Any], Operation]] = {
    **{op: MAKE[op] for op in ("add", "neg", "mul", "div", "named")},
    "pow": _pow,
    "fn": analytic,
    "undefined": _undefined,
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


def has_way(op: str, data: Any) -> bool:
    """Is there an operation for complex balls?"""
    return is_analytic(data[0]) if op == "fn" else op in ALONG
