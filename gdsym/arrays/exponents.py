"""Exponents as sums of terms: of a product of exponentials, and which products of powers are one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction

from gdsym.arrays.align import added, unaligned
from gdsym.arrays.graph import Graph, Value, number_and_rest
from gdsym.arrays.product import Product, factors_of, realized


def exponent_of(g: Graph, exponents: Mapping[Value, int]) -> Value | None:
    """The sum of so many times each value; sums among them are opened where something cancels, z - top + top."""
    opened = [term for part in exponents.items() for term in _opened(*part)]
    total = _counted(opened)
    if len(total) == len(opened):
        total = _counted(exponents.items())
    terms = [(1 if c > 0 else -1, realized(g, Product(abs(c), {v: 1}))) for v, c in total.items()]
    return added(g, terms) if terms else None


def alike(product: Product) -> Hashable:
    """The same for all ways to write a product of powers: exp(u) exp(v) and exp(u + v) are one."""
    powers = [(_unbounded(v), n) for v, n in product.powers.items()]
    steep = [(Value(v.op.args[0], v.axes), n) for v, n in powers if v.op.kind == "exp"]
    total = _counted(term for part in steep for term in _opened(*part))
    return frozenset((v, n) for v, n in powers if v.op.kind != "exp"), frozenset(total.items())


def _unbounded(value: Value) -> Value:
    """The exp(u) of min(exp(u), 1e290)."""
    op = value.op
    bounded = op.kind == "minimum" and op.args[0].kind == "exp" and op.args[1].kind == "number"
    return Value(op.args[0], value.axes) if bounded else value


def shares_a_term(first: Value, second: Value) -> bool:
    """Does a term of the one cancel in their difference?"""
    total = _counted([*_opened(first, 1), *_opened(second, -1)])
    return any(Value(number_and_rest(v.op)[1], v.axes) not in total for v, _ in _opened(first, 1))


def opposed(g: Graph, first: Value, second: Value) -> bool:
    """Does a term of the one, or all of it, stand in the other with the other sign?"""
    u, v = factors_of(g, first), factors_of(g, second)
    if u.powers == v.powers:
        return u.coefficient * v.coefficient < 0
    ours, theirs = (_counted(_opened(value, 1)) for value in (first, second))
    return any(c * theirs.get(term, 0) < 0 for term, c in ours.items())


def _opened(value: Value, n: int) -> Iterator[tuple[Value, int]]:
    """The terms of n times a value."""
    op = value.op
    if op.kind == "neg":
        yield from _opened(Value(op.args[0], value.axes), -n)
    elif op.kind == "add":
        for sign, arg in zip(op.attr, op.args, strict=True):
            yield from _opened(unaligned(arg, value.axes), sign * n)
    else:
        yield value, n


def _counted(parts: Iterable[tuple[Value, int]]) -> dict[Value, Fraction]:
    total: dict[Value, Fraction] = {}
    for value, n in parts:
        factor, rest = number_and_rest(value.op)
        own = Value(rest, value.axes)
        total[own] = total.get(own, Fraction(0)) + factor * n
    return {v: c for v, c in total.items() if c}
