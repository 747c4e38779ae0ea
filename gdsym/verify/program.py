"""Graph -> flat program: a list of (place, function), run once a point. A sum runs its own list once a term.

What a sum's body does not need its index for is computed outside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import sympy as s
from flint import acb, arb, fmpq

from gdsym.verify.evidence import TooLong, Undecided, Unknown
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import ONE, UNDEFINED, ZERO, Number, rational, whole
from gdsym.verify.operations import MAKE, Operation
from gdsym.verify.points import Point, name_key
from gdsym.verify.special import real
from gdsym.written.nodes import Node

Code: TypeAlias = "list[tuple[int, Operation]]"
MOST_TERMS = 20_000  # at one point, over all sums
ANALYTIC = frozenset(("add", "neg", "mul", "div", "pow", "slot", "named", s.exp, s.log, s.sin, s.cos, s.sinh, s.cosh))


class Program:
    """Computes operations of a graph at a point."""

    def __init__(self, g: Graph, targets: Sequence[int]) -> None:
        self.targets = tuple(targets)
        self._graph = g
        self._names: dict[str, list[Any]] = {}
        self._start: list[Any] = [None] * (2 * len(g.ops))  # behind the values: those of indices as int
        self._ints = len(g.ops)
        self._operations: dict[int, Operation] = {}
        self._code = self._compiled(self.targets, None)

    def run(self, point: Point) -> list[Any]:
        """The values of the targets at `point`."""
        values = self._start.copy()
        for place, operation in self._code:
            values[place] = operation(values, point)
        return [values[n] for n in self.targets]

    def _compiled(self, targets: Sequence[int], slot: int | None) -> Code:
        """The code of what depends on this slot and on none that is deeper."""
        g = self._graph
        code: Code = []
        for n in g.cone(*targets):
            if g.innermost(n) == slot:
                operation = self._operation(n)
                if operation is not None:
                    code.append((n, operation))
        return code

    def _operation(self, n: int) -> Operation | None:
        g, op = self._graph, self._graph.ops[n]
        if op == "num":
            self._start[n] = rational(g.data[n])
            return None
        if op == "slot":
            return None
        if n not in self._operations:
            make = self._bound if op in BINDERS else self._input if op in ("sym", "entry") else None
            self._operations[n] = make(n) if make else MAKE[op](g.args[n], g.data[n])
        return self._operations[n]

    def _key(self, name: Node) -> int:
        """A key for the name; names that look alike but differ (by their assumptions) get different ones."""
        same = self._names.setdefault(name.name, [])  # type: ignore[attr-defined]
        if name not in same:
            same.append(name)
        return name_key(f"{type(name).__name__} {name.name} {same.index(name)}")  # type: ignore[attr-defined]

    def _input(self, n: int) -> Operation:
        name, args = self._graph.data[n], self._graph.args[n]
        key = self._key(name)
        if self._graph.ops[n] == "sym":
            return lambda v, p: p.letter(name, key)
        if all(self._graph.ops[a] == "slot" for a in args):
            return _at_slots(name, [self._ints + a for a in args], key)
        if len(args) == 1:
            a = args[0]
            return lambda v, p: _entry(p, name, (whole(v[a]),), key)
        return lambda v, p: _entry(p, name, tuple([whole(v[a]) for a in args]), key)

    def _bound(self, n: int) -> Operation:
        g = self._graph
        (lower, upper, body), slot = g.args[n], g.data[n]
        inner = self._compiled((body,), slot)
        place = g.put("slot", data=slot)
        if g.ops[n] == "integral":
            _refuse_not_analytic(g, body, slot)
            return _integral(lower, upper, body, place, inner)
        return _repeated(g.ops[n] == "sum", lower, upper, body, (place, self._ints + place), inner)


def _entry(p: Point, base: Any, indices: tuple[int | None, ...], key: int) -> Number:
    return UNDEFINED if None in indices else p.entry(base, indices, key)  # type: ignore[arg-type]


def _at_slots(base: Any, places: Sequence[int], key: int) -> Operation:
    """An entry whose indices are all indices of sums (an integral's body has no such entries)."""
    if len(places) == 1:
        (a,) = places
        return lambda v, p: p.entry(base, (v[a],), key)
    return lambda v, p: p.entry(base, tuple([v[a] for a in places]), key)


def _repeated(adds: bool, lower: int, upper: int, body: int, places: tuple[int, int], code: Code) -> Operation:
    """A sum or product, term by term; without terms 0 or 1. `places` keep the index, as a number of the judge and as int."""
    place, as_int = places

    def operation(v: list[Any], p: Point) -> Number:
        total = ZERO if adds else ONE
        for i in _terms(v[lower], v[upper], p):
            v[place], v[as_int] = fmpq(i), i
            for n, f in code:
                v[n] = f(v, p)
            total = total + v[body] if adds else total * v[body]
        return total

    return operation


def _terms(lower: Number, upper: Number, p: Point) -> range:
    low, high = whole(lower), whole(upper)
    if low is None or high is None:
        raise Undecided
    p.terms += max(0, high - low + 1)
    if p.terms > MOST_TERMS:
        raise TooLong(f"sums of {p.terms} terms")
    return range(low, high + 1)


def _refuse_not_analytic(g: Graph, body: int, slot: int) -> None:
    """An integrand is evaluated at complex numbers: only operations that make sense there are taken."""
    for n in g.cone(body):
        name = g.data[n][0] if g.ops[n] == "fn" else g.ops[n]
        if slot in g.slots[n] and name not in ANALYTIC:
            raise Unknown(f"an integral over {getattr(name, '__name__', name)}")


def _integral(lower: int, upper: int, body: int, place: int, code: Code) -> Operation:
    """The integral as Arb bounds it, to 80 bits; the body is analytic near the way of integration, or has no value."""

    def operation(v: list[Any], p: Point) -> Number:
        def at(z: Any, analytic: bool) -> Any:
            v[place] = z
            for n, f in code:
                v[n] = f(v, p)
            return acb(v[body])

        ends = [acb(arb(v[n])) for n in (lower, upper)]
        if not all(end.is_finite() for end in ends):
            return UNDEFINED
        found = acb.integral(at, *ends, rel_tol=arb(2) ** -80, abs_tol=arb(2) ** -80, eval_limit=3000)
        return real(found) if found.is_finite() else UNDEFINED

    return operation
