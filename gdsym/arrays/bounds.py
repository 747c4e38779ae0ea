"""Exponentials beside the table of 0 and 1 that says which terms count: [c] exp({u if c; else 0} - t) is [c] exp({u if c; else -inf} - t).

That is 0 where c does not hold, and [c] is left out. No term that does not count overflows (t may be -800), and a share is
the same table in the cost and in its slopes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from gdsym.arrays.graph import Graph, Op, operands_first
from gdsym.arrays.reused import summed_axes


def masked(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such exponentials; what became of each operation."""
    every = operands_first(outputs)
    if not any(op.kind == "indicator" for op in every):
        return list(outputs), {op: op for op in every}
    done: dict[Op, Op] = {}
    for op in every:
        made = g.remade(op, tuple(done[a] for a in op.args))
        done[op] = _product(g, made) if op.kind == "mul" and op.ndim else _sum(g, made)
    return [done[op] for op in outputs], done


def _product(g: Graph, op: Op) -> Op:
    factors = list(_factors(op))
    tests = {f.args[0] for f in factors if f.kind == "indicator"}
    new = [_exponential(g, f, tests) if f.kind == "exp" else f for f in factors] if tests else factors
    used = {test for f in new if tests and f.kind == "exp" for test in _tests(f)}
    left = [f for f in new if f.kind != "indicator" or f.args[0] not in used]
    if left == factors:
        return op
    return left[0] if len(left) == 1 and left[0].ndim == op.ndim else g.make("mul", *left, ndim=op.ndim)


def _sum(g: Graph, op: Op) -> Op:
    """A sum of the products of both tables is one of the exponentials."""
    axes = summed_axes(op)
    for one, other in (op.args, op.args[::-1]) if axes else ():
        if one.kind == "indicator" and other.kind == "exp" and one.args[0] in _tests(other):
            return g.make("sum", other, attr=axes, ndim=op.ndim)
    return op


def _factors(op: Op) -> Iterator[Op]:
    for a in op.args:
        yield from _factors(a) if a.kind == "mul" and a.ndim == op.ndim else (a,)


def _exponential(g: Graph, op: Op, tests: Collection[Op]) -> Op:
    inside = op.args[0]
    terms = list(zip(inside.attr, inside.args, strict=True)) if inside.kind == "add" else [(1, inside)]
    new = [(sign, _off(g, sign, term, tests)) for sign, term in terms]
    return op if new == terms else g.make("exp", g.add(tuple(new)), ndim=op.ndim)


def _tests(exponential: Op) -> Iterator[Op]:
    """Where it is 0 if they do not hold, or undefined, whatever stands beside it: the table of 0 and 1 is not needed then."""
    inside = exponential.args[0]
    for sign, term in zip(inside.attr, inside.args, strict=True) if inside.kind == "add" else [(1, inside)]:
        if term.kind == "where" and term.args[2].kind == "number" and sign * term.args[2].attr == -math.inf:
            yield term.args[0]


def _off(g: Graph, sign: int, term: Op, tests: Collection[Op]) -> Op:
    """The exponent with what makes the exponential 0 where the test does not hold."""
    if term.kind != "where" or term.args[0] not in tests or term.args[2].kind != "number" or term.args[2].attr:
        return term
    return g.make("where", *term.args[:2], g.number(-sign * math.inf), ndim=term.ndim)
