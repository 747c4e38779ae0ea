"""Conditions that decide between pieces of a formula, as trees, and how far numbers are from meeting them."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, TypeAlias

from flint import arb, fmpq

from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import Number, is_undefined
from gdsym.verify.switches import at_term

Tree: TypeAlias = "tuple[str, Any]"  # ("all", trees), ("any", trees), or a relation and the number of a difference

NOT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "all": "any", "any": "all"}
HOLDS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
JUST = 1e-9  # by how much u is too large for u < v where u = v
NEAR = fmpq(1, 4)
EXACT = 50  # bits of a numerator that a float holds


class Goals:
    """Conditions of a graph as trees over differences that are compared with 0."""

    def __init__(self, g: Graph, targets: Sequence[int]) -> None:
        self._g = g
        self.differences: list[int] = []
        self._lower = {g.data[b]: g.args[b][0] for b in g.cone(*targets) if g.ops[b] in BINDERS}

    def of(self, targets: Sequence[int]) -> Iterator[Tree]:
        """What decides between pieces: each branch, in sums at the first terms; elsewhere each equality, both signs of what has a step."""
        g = self._g
        for n in g.cone(*targets):
            op, args = g.ops[n], g.args[n]
            if g.slots[n]:
                if op == "cases":
                    for later in range(min(len(g.slots[n]), 2)):
                        conditions = (at_term(g, condition, self._lower, later) for condition in args[1::2])
                        yield from self._branches([self._tree(condition) for condition in conditions])
            elif op == "delta":
                yield self._relation("==", *args)
            elif op in ("heaviside", "sign", "abs"):
                yield from (self._relation(sign, args[0], g.num(0)) for sign in (">", "<"))
            elif op == "cases":
                yield from self._branches([self._tree(condition) for condition in args[1::2]])

    def _branches(self, conditions: Sequence[Tree]) -> Iterator[Tree]:
        for at, condition in enumerate(conditions):
            yield ("all", (*(_negated(earlier) for earlier in conditions[:at]), condition))

    def _tree(self, n: int) -> Tree:
        op, args, data = self._g.ops[n], self._g.args[n], self._g.data[n]
        if op == "rel":
            return self._relation(data, *args)
        if data == "not":
            return _negated(self._tree(args[0]))
        if data == "false":
            return ("any", ())
        return ("any" if data == "or" else "all", tuple(map(self._tree, args)))

    def _relation(self, op: str, u: int, v: int) -> Tree:
        difference = self._g.plus(u, self._g.minus(v))
        if difference not in self.differences:
            self.differences.append(difference)
        return (op, self.differences.index(difference))


def used(tree: Tree) -> Iterator[int]:
    """The differences that a condition is about."""
    _, parts = tree
    if isinstance(parts, tuple):
        for part in parts:
            yield from used(part)
    else:
        yield parts


def renumbered(tree: Tree, used: Sequence[int]) -> Tree:
    """The condition over these differences alone."""
    kind, parts = tree
    if isinstance(parts, tuple):
        return kind, tuple(renumbered(part, used) for part in parts)
    return kind, used.index(parts)


def _negated(tree: Tree) -> Tree:
    kind, parts = tree
    return (NOT[kind], tuple(map(_negated, parts)) if isinstance(parts, tuple) else parts)


def distance(tree: Tree, values: Sequence[Number], enough: float = inf) -> float:
    """How far the condition is from holding, 0 where it holds; anything from `enough` on if it is as far as that."""
    kind, parts = tree
    if kind == "all":
        total = 0.0
        for part in parts:
            left = enough - total
            if (found := distance(part, values, left)) >= left:
                return enough  # total + left may be less, by rounding
            total += found
        return total
    if kind == "any":
        for part in parts:
            enough = min(enough, distance(part, values, enough))
            if enough == 0:
                break
        return enough
    return apart(kind, values[parts]) if parts < len(values) else inf


def unmet(tree: Tree, values: Sequence[Number]) -> int:
    """How many parts of the condition do not hold: of z > 6 and z = -b the first is harder to come to from the second."""
    kind, parts = tree
    if kind in ("all", "any"):
        counts = [unmet(part, values) for part in parts]
        return sum(counts) if kind == "all" else min(counts, default=1)
    return int(distance(tree, values) > 0)


def apart(op: str, u: Number) -> float:
    """How far u is from being what `op` says of it, beside 0; "near" is close to 0."""
    if is_undefined(u):
        return inf
    if op == "near":
        return 0.0 if abs(u) < NEAR else _size(u)
    if op == "==":
        return 0.0 if type(u) is fmpq and u == 0 else max(_size(u), JUST)
    if op == "!=":
        return 0.0 if u > 0 or u < 0 else 1.0
    return 0.0 if HOLDS[op](u, 0) else max(_size(u), JUST)


def _size(u: Number) -> float:
    return abs(float(u)) if type(u) is fmpq and u.height_bits() < EXACT else float(abs(arb(u)).mid())
