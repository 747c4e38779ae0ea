"""Exponentials beside the table of 0 and 1 that says which terms count: [c] exp({u if c; else 0} - t) is [c] exp({u if c; else -inf} - t).

That is 0 where c does not hold, and [c] is left out. No term that does not count overflows (t may be -800), and a share is
the same table in the cost and in its slopes. The two tables may stand in other orders of axes, and one may have more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from gdsym.arrays.graph import Graph, Op, operands_first

Axes: TypeAlias = tuple[Any, ...]  # of an array, each called as the axis that it is of a larger one
Test: TypeAlias = tuple[Op, Axes]  # a comparison, and the axes on which it depends


def masked(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such exponentials; what became of each operation."""
    every = operands_first(outputs)
    if not any(op.kind == "indicator" for op in every):
        return list(outputs), {op: op for op in every}
    done: dict[Op, Op] = {}
    for op in every:
        made = g.remade(op, tuple(done[a] for a in op.args))
        rule = RULES.get(op.kind) if op.ndim else None
        done[op] = rule(g, made) if rule else made
    return [done[op] for op in outputs], done


def _where(g: Graph, op: Op) -> Op:
    """{{u if c; else 0} if c; else v} is {u if c; else v}."""
    test, inner, other = op.args
    if inner.kind == "where" and inner.args[0] is test and inner.ndim == op.ndim:
        return g.make("where", test, inner.args[1], other, ndim=op.ndim)
    return op


def _product(g: Graph, op: Op) -> Op:
    axes = tuple(range(op.ndim))
    factors = list(_factors(op))
    tests = {test for f in factors for test in _counted(f, axes)}
    new = [_exponential(g, f, axes, tests) if f.kind == "exp" else f for f in factors] if tests else factors
    used = {test for f in new if tests and f.kind == "exp" for test in _tests(f, axes)}
    left = [kept for f in new if (kept := _without(g, f, axes, used)) is not None]
    if left == factors:
        return op
    return left[0] if len(left) == 1 and left[0].ndim == op.ndim else g.make("mul", *left, ndim=op.ndim)


def _sum(g: Graph, op: Op) -> Op:
    """A sum of the products of both tables is one of the exponentials."""
    if len(op.args) != 2:
        return op
    words, out = str(op.attr).split("->")
    pair = list(zip(op.args, map(tuple, words.split(",")), strict=True))
    for (one, its), (other, axes) in (pair, pair[::-1]):
        kept = "".join(x for x in axes if x in out)
        tests = set(_counted(one, its)) if _core(one, its)[0].kind == "indicator" else set()
        if not tests or kept != out or not set(its) <= set(axes):
            continue
        table = _covered(g, other, axes, tests)
        if table is not None:
            over = tuple(p for p, x in enumerate(axes) if x not in out)
            return g.make("sum", table, attr=over, ndim=op.ndim) if over else table
    return op


def _covered(g: Graph, op: Op, axes: Axes, tests: AbstractSet[Test]) -> Op | None:
    """The table with exponentials that are 0 where one of the tests does not hold; None if it has none for all of them."""
    if op.kind == "exp":
        new = _exponential(g, op, axes, tests)
        return new if tests <= set(_tests(new, axes)) else None
    if op.kind == "mul":
        factors = list(_factors(op))
        places = [p for p, f in enumerate(factors) if f.ndim == op.ndim]
        return _replaced(g, op, factors, [(p, axes) for p in places], tests)
    if op.kind == "einsum" and len(op.args) == 2:
        words, out = str(op.attr).split("->")
        names = dict(zip(out, axes, strict=True))
        its = [tuple(names.get(x, ("summed", x)) for x in word) for word in words.split(",")]
        return _replaced(g, op, list(op.args), list(enumerate(its)), tests)
    return None


def _replaced(g: Graph, op: Op, parts: list[Op], places: list[tuple[int, Axes]], tests: AbstractSet[Test]) -> Op | None:
    for place, axes in places:
        new = _covered(g, parts[place], axes, tests)
        if new is not None:
            return g.make(op.kind, *parts[:place], new, *parts[place + 1 :], attr=op.attr, ndim=op.ndim)
    return None


RULES = {"where": _where, "mul": _product, "einsum": _sum}


def _factors(op: Op) -> Iterator[Op]:
    for a in op.args:
        yield from _factors(a) if a.kind == "mul" and a.ndim == op.ndim else (a,)


def _core(op: Op, axes: Axes) -> tuple[Op, Axes]:
    """What the array is a view of, with the names of its axes."""
    while op.kind in ("expand", "transpose"):
        attr: Any = op.attr
        if op.kind == "expand":
            axes = tuple(a for a, shown in zip(axes, attr, strict=True) if shown)
        else:
            axes = tuple(axes[attr.index(p)] for p in range(len(attr)))
        op = op.args[0]
    return op, axes


def _counted(factor: Op, axes: Axes) -> Iterable[Test]:
    """The comparisons of which it is a table of 0 and 1, or has one as a factor."""
    inner, its = _core(factor, axes)
    for part in _factors(inner) if inner.kind == "mul" else (inner,):
        if part.kind == "indicator" and part.ndim == inner.ndim:
            yield _core(part.args[0], its)


def _without(g: Graph, factor: Op, axes: Axes, used: AbstractSet[Test]) -> Op | None:
    """The factor without its tables of 0 and 1 for these comparisons; None if nothing is left."""
    if not used or used.isdisjoint(_counted(factor, axes)):
        return factor
    inner, its = _core(factor, axes)
    parts = list(_factors(inner)) if inner.kind == "mul" else [inner]
    left = [p for p in parts if p.kind != "indicator" or p.ndim != inner.ndim or _core(p.args[0], its) not in used]
    if not left:
        return None
    if len(left) > 1 or left[0].ndim == inner.ndim:
        return _viewed(g, factor, left[0] if len(left) == 1 else g.make("mul", *left, ndim=inner.ndim))
    own = its[len(its) - left[0].ndim :]
    if list(own) != sorted(own):
        return factor
    return g.make("expand", left[0], attr=tuple(a in own for a in axes), ndim=len(axes)) if own else left[0]


def _viewed(g: Graph, view: Op, new: Op) -> Op:
    """The same view of something else."""
    if view.kind not in ("expand", "transpose"):
        return new
    return g.remade(view, (_viewed(g, view.args[0], new),))


def _exponential(g: Graph, op: Op, axes: Axes, tests: AbstractSet[Test]) -> Op:
    inside = op.args[0]
    terms = list(zip(inside.attr, inside.args, strict=True)) if inside.kind == "add" else [(1, inside)]
    new = [(sign, _off(g, sign, term, axes, tests)) for sign, term in terms]
    return op if new == terms else g.make("exp", g.add(tuple(new)), ndim=op.ndim)


def _tests(exponential: Op, axes: Axes) -> Iterator[Test]:
    """Where it is 0 if they do not hold, or undefined, whatever stands beside it: the table of 0 and 1 is not needed then."""
    inside = exponential.args[0]
    for sign, term in zip(inside.attr, inside.args, strict=True) if inside.kind == "add" else [(1, inside)]:
        if term.kind == "where" and term.args[2].kind == "number" and sign * term.args[2].attr == -math.inf:
            yield _core(term.args[0], axes)


def _off(g: Graph, sign: int, term: Op, axes: Axes, tests: AbstractSet[Test]) -> Op:
    """The exponent with what makes the exponential 0 where the test does not hold."""
    if term.kind != "where" or term.args[2].kind != "number" or term.args[2].attr or term.ndim != len(axes):
        return term
    if _core(term.args[0], axes) not in tests:
        return term
    return g.make("where", *term.args[:2], g.number(-sign * math.inf), ndim=term.ndim)
