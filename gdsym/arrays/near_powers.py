"""Powers near 1: x^c - 1, and x^c - 1 - c (x - 1) x^(c - 1), what a tangent leaves of it (slopes of annuities by the rate)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.product import Product, factors_of, merged, realized, without
from gdsym.arrays.steep import log_of_base

HALF = Fraction(1, 2)


def power_less_one(g: Graph, powers: Sequence[Value]) -> Value:
    """The difference x^c y^d - 1 for exponents that do not move: x may be negative, and x^c is as it stands where it is not near 1."""
    logs = []
    for power in powers:
        base, exponent = (unaligned(a, power.axes) for a in power.op.args)
        logs.append(realized(g, factors_of(g, exponent).times(g, Product(powers={log_of_base(g, base): 1}))))
    z = added(g, [(1, log) for log in logs])
    return entrywise(g, "power_loss", z, realized(g, Product(powers=dict.fromkeys(powers, 1))))


def beside_tangent(g: Graph, first: Product, second: Product, alone: bool) -> Product | None:
    """Write (x^c - 1) - c (x - 1) x^(c - 1) with x = 1 + r as one function of log x and c."""
    powers = [v for v, n in second.powers.items() if v.op.kind == "pow" and n == 1]
    for loss, log, c in _losses(g, (*first.powers, *second.powers)) if powers and first.coefficient else ():
        weight = merged(first, Product(powers={loss: -1}))
        r = _rest(g, log)
        step = merged(Product(Fraction(-1)), factors_of(g, c), factors_of(g, r))
        for power in powers:
            base, less = (unaligned(a, power.axes) for a in power.op.args)
            more = exponent_of(g, {c: 1, less: -1})
            if more is None or more.op is not g.number(1) or log_of_base(g, base) != log:
                continue
            if merged(weight, step, Product(powers={power: 1})) == second:
                beside = realized(g, merged(step, Product(powers={power: 1})))
                plain = added(g, [(1, loss), (1, beside)])
                return merged(weight, Product(powers={entrywise(g, "power_bend", log, c, plain): 1}))
    return None


def _rest(g: Graph, log: Value) -> Value:
    """The x - 1 of log x."""
    u = Value(log.op.args[0], log.axes)
    return u if log.op.kind == "log1p" else added(g, [(1, u), (-1, Value(g.number(1)))])


def _losses(g: Graph, values: Iterable[Value]) -> Iterator[tuple[Value, Value, Value]]:
    """(x^c - 1, log x, c) of what is so."""
    for value in values:
        if value.op.kind in ("power_loss", "expm1"):
            z = factors_of(g, unaligned(value.op.args[0], value.axes))
            for log in (v for v, n in z.powers.items() if v.op.kind in ("log", "log1p") and n == 1):
                yield value, log, realized(g, without(z, {log: 1}))


def power_loss(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The difference x^c - 1 by c log x, where that is small."""
    z, power = args
    near = g.make("compare", g.abs(z), g.number(HALF), attr="<")
    return g.make("where", near, g.make("expm1", z), g.add(((1, power), (-1, g.number(1)))))


def power_bend(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The sum (e^z - 1 - z e^z) + c e^z (l - 1 + e^-l) with z = c l, where z is small: both are of second order in l."""
    log, c, plain = args
    z, zero = g.make("mul", c, log), g.number(0)
    ends = g.make("mul", g.make("exp", z), g.make("exp_bend", zero, zero, g.neg(log)))
    own = g.make("mul", c, g.make("exp_bend", z, z, zero))
    total = g.make("mul", g.make("mul", z, log), g.add(((1, ends), (-1, own))))
    return g.make("where", g.make("compare", g.abs(z), g.number(HALF), attr="<"), total, plain)
