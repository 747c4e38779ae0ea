"""The graph of a computation: operations on numbered operands, equal ones stored once.

Operands always have smaller numbers than what uses them, so a walk in the order of numbers needs no recursion.
A `slot` is the place where a sum keeps the present value of its index. `slots[n]` are those that n depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import perm
from typing import Any

import sympy

BINDERS = ("sum", "prod", "integral")  # operands: lower, upper, body; data: the slot
IDLE = {"add": 0, "mul": 1}  # what changes nothing
LARGEST = 200_000  # operations; more is a formula beyond what a step can show


class Graph:
    """Operations `ops[n]` with constants `data[n]` on operands `args[n]`."""

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.data: list[Any] = []
        self.args: list[tuple[int, ...]] = []
        self.slots: list[frozenset[int]] = []
        self.levels: list[Fraction] = []  # of the slots: how deep their sum stands in other sums
        self._known: dict[Any, int] = {}
        self._within: dict[int, int] = {}  # the slots below slots
        self._slot_of: dict[Any, int] = {}
        self._limits: list[tuple[int, ...]] = []  # of each slot
        self._names: dict[Any, Any] = {}

    def put(self, op: str, *args: int, data: Any = None) -> int:
        """The number of this operation; an equal one that is there already is taken."""
        key = (op, data, args)
        n = self._known.get(key)
        if n is None:
            n = self._known[key] = len(self.ops)
            self.ops.append(op)
            self.data.append(data)
            self.args.append(args)
            self.slots.append(self._slots(op, data, args))
        return n

    def same(self, name: Any) -> Any:
        """One object for all equal names: they are looked up for every entry at every point, and compared by what they are made of."""
        return self._names.setdefault(name, name)

    def _slots(self, op: str, data: Any, args: tuple[int, ...]) -> frozenset[int]:
        if op == "slot":
            return frozenset((data,))
        used = frozenset().union(*[self.slots[a] for a in args])
        if op in BINDERS and data in used:
            lower, upper, body = args
            return self.slots[lower] | self.slots[upper] | (self.slots[body] - {data})
        return used

    def new_slot(self, level: int, *limits: int) -> int:
        """The slot of an index; sums at one level with equal limits share it, so renaming an index changes nothing."""
        key = (level, limits)
        if key not in self._slot_of:
            self._slot_of[key] = len(self.levels)
            self.levels.append(Fraction(level))
            self._limits.append(limits)
        return self._slot_of[key]

    def limits(self, slot: int) -> tuple[int, ...]:
        """Between which numbers the index of the slot is."""
        return self._limits[slot]

    def slot_within(self, slot: int) -> int:
        """The slot just below `slot`, above every sum inside that one; the same each time, so equal derivatives are one."""
        if slot not in self._within:
            level = self.levels[slot]
            self._within[slot] = len(self.levels)
            self.levels.append((level + level // 1 + 1) / 2)
            self._limits.append(self._limits[slot])
        return self._within[slot]

    def innermost(self, n: int) -> int | None:
        """The deepest slot that n depends on."""
        slots = self.slots[n]
        return max(slots, key=self.levels.__getitem__) if slots else None

    def num(self, value: int | Fraction) -> int:
        return self.put("num", data=Fraction(value))

    def is_num(self, n: int, value: int) -> bool:
        return self.ops[n] == "num" and self.data[n] == value

    def plus(self, *terms: int) -> int:
        """The sum; one term is itself."""
        return terms[0] if len(terms) == 1 else self.put("add", *terms)

    def times(self, *factors: int) -> int:
        """The product, without factors that are the number 1."""
        kept = [f for f in factors if not self.is_num(f, 1)]
        return self.num(1) if not kept else kept[0] if len(kept) == 1 else self.put("mul", *kept)

    def minus(self, n: int) -> int:
        return self.put("neg", n)

    def over(self, a: int, b: int) -> int:
        return self.put("div", a, b)

    def power(self, a: int, b: int) -> int:
        return self.put("pow", a, b, data=0)

    def call(self, func: Any, *args: int) -> int:
        return self.put("fn", *args, data=(func, (0,) * len(args)))

    def cone(self, *targets: int, stop: Callable[[int], bool] | None = None) -> list[int]:
        """Everything that the targets are computed from, operands first; nothing beyond where `stop` holds."""
        seen: set[int] = set()
        args, todo = self.args, list(targets)
        while todo:
            n = todo.pop()
            if n not in seen and (stop is None or not stop(n)):
                seen.add(n)
                todo += [a for a in args[n] if a not in seen]
        return sorted(seen)

    def put_in(self, target: int, slot: int, value: int) -> int:
        """`target` with the operation `value` in place of the slot."""
        new: dict[int, int] = {self.put("slot", data=slot): value}
        for n in self.cone(target, stop=lambda n: slot not in self.slots[n]):
            if n not in new:
                new[n] = self.put(self.ops[n], *_mapped(new, self.args[n]), data=self.data[n])
        return new.get(target, target)


def reordered(g: Graph, target: int) -> int:
    """`target` with sums of sums and products of products written as one, in one order, without terms 0 and -0 and factors 1.

    All derivatives of exp are exp, that of u^n is n u^(n - 1).
    """
    new: dict[int, int] = {}
    for n in g.cone(target):
        op, data, args = g.ops[n], g.data[n], [new[a] for a in g.args[n]]
        if op == "neg" and g.is_num(args[0], 0):
            new[n] = args[0]
            continue
        if op == "pow" and data:
            op, data, args = _slope_of_power(g, args, data)
        if op in ("add", "mul"):
            parts = sorted(part for a in args for part in (g.args[a] if g.ops[a] == op else (a,)))
            args = [part for part in parts if not g.is_num(part, IDLE[op])] or parts[:1]
            if len(args) == 1:
                new[n] = args[0]
                continue
        if op == "fn" and data[0] is sympy.exp:
            data = (sympy.exp, (0,))
        new[n] = g.put(op, *args, data=data)
    return new[target]


def _slope_of_power(g: Graph, args: list[int], k: int) -> tuple[str, Any, list[int]]:
    """The k-th derivative of u^n as a product, if n is a whole number above k."""
    u, n = args
    exponent = g.data[n] if g.ops[n] == "num" else Fraction(0)
    if exponent.denominator > 1 or exponent <= k:
        return "pow", k, args
    rest = exponent - k
    power = u if rest == 1 else g.power(u, g.num(rest))
    return "mul", None, [g.num(perm(int(exponent), k)), power]


def are_reordered(g: Graph, *targets: int) -> bool:
    """Are these the same computation but for the order of terms and factors, 0 + u and 1 u?"""
    return len({reordered(g, target) for target in targets}) == 1


def _mapped(new: dict[int, int], args: Iterable[int]) -> list[int]:
    return [new.get(a, a) for a in args]
