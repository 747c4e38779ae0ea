"""Exponentials beside the table of 0 and 1 that says which terms count: [c] exp({u if c; else 0} - t) is [c] exp({u if c; else -inf} - t).

So no term that does not count overflows (t may be -800), and a share is the same table in the cost and in its slopes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from gdsym.arrays.graph import Graph, Op, operands_first


def masked(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such exponentials; what became of each operation."""
    every = operands_first(outputs)
    if not any(op.kind == "indicator" for op in every):
        return list(outputs), {op: op for op in every}
    done: dict[Op, Op] = {}
    for op in every:
        made = g.remade(op, tuple(done[a] for a in op.args))
        done[op] = _product(g, made) if op.kind == "mul" and op.ndim else made
    return [done[op] for op in outputs], done


def _product(g: Graph, op: Op) -> Op:
    factors = list(_factors(op))
    tests = {f.args[0] for f in factors if f.kind == "indicator"}
    new = [_exponential(g, f, tests) if f.kind == "exp" else f for f in factors] if tests else factors
    return op if new == factors else g.make("mul", *new, ndim=op.ndim)


def _factors(op: Op) -> Iterator[Op]:
    for a in op.args:
        yield from _factors(a) if a.kind == "mul" and a.ndim == op.ndim else (a,)


def _exponential(g: Graph, op: Op, tests: Collection[Op]) -> Op:
    inside = op.args[0]
    terms = list(zip(inside.attr, inside.args, strict=True)) if inside.kind == "add" else [(1, inside)]
    new = [(sign, _off(g, sign, term, tests)) for sign, term in terms]
    return op if new == terms else g.make("exp", g.add(tuple(new)), ndim=op.ndim)


def _off(g: Graph, sign: int, term: Op, tests: Collection[Op]) -> Op:
    """The exponent with what makes the exponential 0 where the test does not hold."""
    if term.kind != "where" or term.args[0] not in tests or term.args[2].kind != "number" or term.args[2].attr:
        return term
    return g.make("where", *term.args[:2], g.number(-sign * math.inf), ndim=term.ndim)
