"""Sums over all entries, without a table made for them alone: that of A B is (1'A) (B 1), of a b - c it is a . b less that of c.

Sums of data over one index are made once: sum_ij f_i W_ij is sum_i f_i (sum_j W_ij). And (1 - P) B is 1'B less P B where P stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import PARAM, Graph, Op, operands_first
from gdsym.arrays.measure import Measure
from gdsym.arrays.places import is_whole

ROUNDED = ("exp", "expm1", "log", "log1p", "pow", "sqrt", "tanh")


def totalled(g: Graph, outputs: Sequence[Op], usual: Measure) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such sums; what became of each operation."""
    every = operands_first(outputs)
    done: dict[Op, Op] = {}
    if not any(_is_total(op) or _is_product(op) for op in every):
        return list(outputs), {op: op for op in every}
    once = _Totals(g, reachable(outputs), outputs, usual)
    for op in every:
        new = once.total(op.args[0]) if _is_total(op) and once.pays(op.args[0]) else once.less(op) or op
        done[op] = g.remade(new, tuple(done[a] if a in done else once.settled(a, done) for a in new.args))
    return [done[op] for op in outputs], done


def _is_total(op: Op) -> bool:
    return op.kind == "sum" and op.attr is None


def _is_product(op: Op) -> bool:
    return op.kind == "matmul" and op.ndim == 2


def is_rounded(op: Op) -> bool:
    """Has every entry an error of its own size anyway? Then it cancels nothing to the last digit, and can be added up apart."""
    if op.kind in ("neg", "transpose", "expand", "slice"):
        return is_rounded(op.args[0])
    if op.kind == "mul" and sum(bool(a.ndim and a.needs & PARAM) for a in op.args) > 1:
        return True
    return op.kind in ROUNDED or (op.kind in ("mul", "div") and any(a.ndim and is_rounded(a) for a in op.args))


class _Totals:
    """Sums over all entries of what nobody else needs."""

    def __init__(self, g: Graph, every: Sequence[Op], outputs: Sequence[Op], usual: Measure) -> None:
        self.g, self.usual = g, usual
        self.users = Counter(a for op in every for a in op.args)
        self.users.update(outputs)

    def settled(self, op: Op, done: dict[Op, Op]) -> Op:
        """A new operation with what became of its operands."""
        if op not in done:
            done[op] = self.g.remade(op, tuple(self.settled(a, done) for a in op.args))
        return done[op]

    def pays(self, op: Op) -> bool:
        """Is there a product among the terms whose table is made for this sum alone, or a matrix product?"""
        if self._is_sum(op):
            apart, together = self._terms(op)
            alone = apart if len(together) > 1 else op.args
            return all(is_whole(a, op.ndim) for a in op.args) and any(map(self.pays, alone))
        if op.kind in ("neg", "mul", "div") and self.users[op] == 1 and op.ndim in (1, 2):
            scaled = self._scaled(op)
            return self.pays(scaled[1]) if scaled else self._is_product(op)
        return op.kind == "matmul" and self._is_short(op)

    def total(self, op: Op) -> Op:
        """The sum of all entries."""
        if self._is_sum(op):
            _, together = self._terms(op)
            signs = dict(zip(op.args, op.attr, strict=True))
            if len(together) < 2:
                return self.g.add(tuple((sign, self.total(a)) for a, sign in signs.items()))
            first = self.g.make("sum", self.g.add(tuple((signs[a], a) for a in together)), ndim=0)
            return self.g.add(((1, first), *((sign, self.total(a)) for a, sign in signs.items() if a not in together)))
        scaled = self._scaled(op) if self.users[op] == 1 else None
        if op.kind == "neg":
            return self.g.neg(self.total(op.args[0]))
        if scaled is not None:
            number, table = scaled
            pair = (number, self.total(table)) if op.kind == "mul" else (self.total(table), number)
            return self.g.make(op.kind, *pair, ndim=0)
        if self.users[op] == 1 and self._is_product(op):
            return self.g.make("vdot" if op.ndim == 2 else "matmul", *op.args, ndim=0)
        if op.kind == "matmul" and self._is_short(op):
            one, other = op.args
            return self.g.make("matmul", self._along(one, 0), self._along(other, 1), ndim=0)
        return self.g.make("sum", op, ndim=0)

    def _is_sum(self, op: Op) -> bool:
        """Is it a sum that is made for this total alone, of terms that differ?"""
        return op.kind == "add" and op.ndim in (1, 2) and self.users[op] == 1 and len(set(op.args)) == len(op.args)

    def _terms(self, op: Op) -> tuple[list[Op], list[Op]]:
        """The terms that are rounded by themselves, and those that may cancel entry by entry: max(z, 0) and y z of a log-loss."""
        return [a for a in op.args if is_rounded(a)], [a for a in op.args if not is_rounded(a)]

    def less(self, op: Op) -> Op | None:
        """Of (c - P) B, where P is needed elsewhere, too: c times the sums of B, less P B."""
        for place, table in enumerate(op.args) if _is_product(op) else ():
            parts = table.args if table.kind == "add" and self.users[table] == 1 else ()
            if len(parts) != 2 or parts[0].ndim or not is_whole(parts[1], 2) or self.users[parts[1]] < 2:
                continue
            other = op.args[1 - place]
            if prod(self.usual(other)) < prod(self.usual(table)):
                sums = self.g.make("expand", self._along(other, place), attr=(place > 0, place == 0), ndim=2)
                pair = (parts[1], other) if place == 0 else (other, parts[1])
                first = sums if parts[0].kind == "number" and parts[0].attr == 1 else self.g.make("mul", parts[0], sums)
                left = self.g.make("matmul", *pair, ndim=2)
                return self.g.add(((table.attr[0], first), (table.attr[1], left)))
        return None

    def _along(self, op: Op, axis: int) -> Op:
        """The sum over what a product does not add up."""
        if op.ndim < 2:
            return op
        if op.kind == "transpose" and op.attr == (1, 0):
            op, axis = op.args[0], 1 - axis
        return self.g.make("sum", op, attr=(axis,), ndim=1)

    def _scaled(self, op: Op) -> tuple[Op, Op] | None:
        """C and T of c T or T/c for a number c."""
        if op.kind == "neg":
            return self.g.number(-1), op.args[0]
        if op.kind == "mul" and len(op.args) == 2 and not op.args[0].ndim:
            return op.args[0], op.args[1]
        return (op.args[1], op.args[0]) if op.kind == "div" and not op.args[1].ndim else None

    def _is_product(self, op: Op) -> bool:
        return op.kind == "mul" and len(op.args) == 2 and all(is_whole(a, op.ndim) for a in op.args)

    def _is_short(self, op: Op) -> bool:
        """Are sums over single indices less work? Of a table beside a vector, if data alone make it."""
        if op.ndim == 2:
            return sum(prod(self.usual(a)) for a in op.args) < prod(self.usual(op))
        tables = [a for a in op.args if a.ndim == 2]
        return op.ndim == 1 and len(tables) == 1 and not tables[0].needs & PARAM
