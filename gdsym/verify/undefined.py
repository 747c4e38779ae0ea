"""Undefined functions, given a body: f(u, v) = sum_j c_j sin(r_j) + c r sin(r), r = a u + b v + p, all numbers from the name of f.

All partial derivatives of all orders are known, no two orders agree by accident, and none is bounded from above or below.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flint import arb, fmpq

from gdsym.verify.numbers import Number, ball
from gdsym.verify.points import mixed, name_key

WAVES = 3


def undefined_value(name: str, orders: tuple[int, ...], args: Sequence[Number]) -> Number:
    """The partial derivative of the function `name`, orders[j] times by argument j."""
    key, turns, total = name_key(f"{name}/{len(args)}"), sum(orders), arb(0)
    for wave in range(WAVES):
        phase, size = _number(key, wave, 97), _number(key, wave, 98)
        for j, (u, k) in enumerate(zip(args, orders, strict=True)):
            slope = _number(key, wave, j)
            phase, size = phase + slope * u, size * slope**k
        total += size * (_turned(ball(phase), turns) if wave else _growing(ball(phase), turns))
    return total


def _growing(u: Number, k: int) -> Number:
    """The k-th derivative of u sin u."""
    return u * _turned(u, k) + (k * _turned(u, k - 1) if k else 0)


@lru_cache(maxsize=1 << 12)
def _number(key: int, wave: int, which: int) -> Number:
    """A rational number in (1/2, 3/2)."""
    return fmpq(512 + mixed(key, wave, which) % 1024, 1024)


def _turned(u: Number, k: int) -> Number:
    """The k-th derivative of sin."""
    value = u.cos() if k % 2 else u.sin()
    return -value if k % 4 in (2, 3) else value
