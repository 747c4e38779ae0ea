"""Written form -> graph: one function a kind of node. A pending derivative becomes the graph of the derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import sympy

from gdsym.record import field, record
from gdsym.verify.evidence import Unknown
from gdsym.verify.graph import LARGEST, Graph
from gdsym.verify.large import numbers_in
from gdsym.verify.lowering import LOWERED
from gdsym.verify.noted import Noted
from gdsym.verify.parts import Part, named_part
from gdsym.verify.primitives import primitive
from gdsym.verify.slope import Seed, slope
from gdsym.written import nodes as n
from gdsym.written.wholes import has_wholes, is_whole

CONSTANTS = ("pi", "E", "EulerGamma", "Catalan", "GoldenRatio", "TribonacciConstant")


@record
class Scope:
    """What the bound letters stand for, at one place of a formula; what was built there is kept."""

    names: Mapping[n.Node, int] = field(default_factory=dict)
    depth: int = 0
    done: dict[n.Node, int] = field(default_factory=dict)


class Builder:
    """Builds graphs of formulas that share names, and collects what part each name plays."""

    def __init__(self, where: Mapping[n.Node, n.Node], balls: bool = False) -> None:
        self.graph = Graph()
        self.where = where
        self.top = Scope()
        self.noted = Noted()
        self.balls = balls  # is a rounded decimal all that it may have been rounded from?
        self.rounded = False  # is there one?
        self._open: list[n.Node] = []

    def build(self, node: n.Node, scope: Scope | None = None) -> int:
        """The number of `node` in the graph."""
        scope = scope or self.top
        known = scope.done.get(node)
        if known is None:
            make = MAKE.get(type(node))
            if make is None:
                raise Unknown(f"{type(node).__name__} has no numeric value")
            known = scope.done[node] = make(self, node, scope)
        return known

    def beside(self, nodes: Iterable[n.Node]) -> None:
        """Names play the part that they play in these formulas, too: n stays a size where only k <= n - 1 is left of a sum."""
        noted, rounded, lowest = self.noted, self.rounded, self.noted.lowest
        for node in nodes:
            with suppress(Unknown):
                self.build(node)
        self.rounded = rounded
        if noted.lowest is not None:  # a sum from 2 leaves out w_1, which is an entry all the same
            noted.lowest = min(noted.lowest, 1 if lowest is None else lowest)

    def all(self, parts: Iterable[n.Node], scope: Scope) -> list[int]:
        if len(self.graph.ops) > LARGEST:
            raise Unknown("the formula is too large")
        found = []
        for part in parts:
            found.append(self.build(part, scope))
        return found

    def part(self, node: n.Node, part: Part, scope: Scope) -> int:
        """A named part at its place: its definition, with its letters standing for what they stand for there."""
        if node in self._open or len(self._open) > 50:
            raise Unknown(f"the named part {node!r:.80} is defined by itself")
        letters = {letter: self.build(value, scope) for letter, value in part.letters.items()}
        self._open.append(node)
        inner = self.build(part.definition, Scope(letters, scope.depth))
        self._open.pop()
        return self.graph.put("named", inner, *letters.values(), data=part.key)


def _num(b: Builder, node: n.Num, scope: Scope) -> int:
    return b.graph.num(node.value)


def _dec(b: Builder, node: n.Dec, scope: Scope) -> int:
    rounding = node.rounding
    b.rounded |= rounding > 0
    return b.graph.put("ball", data=(node.exact, rounding)) if rounding and b.balls else b.graph.num(node.exact)


def _const(b: Builder, node: n.Const, scope: Scope) -> int:
    name = str(node.value)
    if name not in CONSTANTS:
        raise Unknown(f"{name} has no numeric value")
    return b.graph.put("const", data=name)


def _sym(b: Builder, node: n.Sym, scope: Scope) -> int:
    bound = scope.names.get(node)
    if bound is not None:
        return bound
    part = named_part(node, b.where)
    return b.part(node, part, scope) if part else b.graph.put("sym", data=b.graph.same(node))


def _indexed(b: Builder, node: n.Indexed, scope: Scope) -> int:
    b.noted.index(node.indices, scope.names)
    part = named_part(node, b.where)
    if part:
        return b.part(node, part, scope)
    return b.graph.put("entry", *b.all(node.indices, scope), data=b.graph.same(node.base))


def _neg(b: Builder, node: n.Neg, scope: Scope) -> int:
    return b.graph.minus(b.build(node.arg, scope))


def _plain(op: str) -> Callable[[Builder, Any, Scope], int]:
    return lambda b, node, scope: b.graph.put(op, *b.all(node.children, scope))


def _pow(b: Builder, node: n.Pow, scope: Scope) -> int:
    return b.graph.power(*b.all(node.children, scope))


def _root(b: Builder, node: n.Root, scope: Scope) -> int:
    arg, degree = b.all(node.children, scope)
    g = b.graph
    exact = g.ops[degree] == "num" and g.data[degree] != 0
    return g.power(arg, g.num(1 / g.data[degree]) if exact else g.over(g.num(1), degree))


def _fn(b: Builder, node: n.Fn, scope: Scope) -> int:
    if node.undefined:
        part = named_part(node, b.where)
        if part:
            return b.part(node, part, scope)
        return _undefined(b, node.func, (0,) * len(node.children), node.children, scope)
    args = b.all(node.children, scope)
    if node.func in WHOLE:
        b.noted.numbers.update(
            times * number for number in numbers_in(node) for times in (1, 2)
        )  # the next multiple, too
    lowered = LOWERED.get(node.func)
    if lowered is not None:
        return lowered(b.graph, *args)
    if primitive(node.func) is None:
        raise Unknown(f"no independent numeric value of {node.name} is known")
    return b.graph.call(node.func, *args)


def _partial(b: Builder, node: n.Partial, scope: Scope) -> int:
    if any(isinstance(key, n.Fn) and key.func == node.func for key in b.where):
        raise Unknown(f"a partial derivative of the named part {node.func}")
    return _undefined(b, node.func, node.orders, node.children, scope)


def _undefined(b: Builder, func: Any, orders: tuple[int, ...], args: tuple[n.Node, ...], scope: Scope) -> int:
    return b.graph.put("undefined", *b.all(args, scope), data=(str(func.__name__), orders))


def _derivative(b: Builder, node: n.D, scope: Scope) -> int:
    moving = node.var.free
    if has_wholes(node.body) and any(is_whole(part) and part.free & moving for part in n.walk(node.body)):
        raise Unknown("an inverse or a determinant that moves is judged in matrix form, not in index form")
    variable = b.build(node.var, scope)
    seed = Seed.at(b.graph, variable)
    if seed is None:
        raise Unknown(f"a derivative by {node.var!r:.80}")
    found = slope(b.graph, b.build(node.body, scope), seed)
    return b.graph.num(0) if found is None else found


def _bound(op: str) -> Callable[[Builder, Any, Scope], int]:
    def make(b: Builder, node: n.Bound, scope: Scope) -> int:
        if op == "integral":
            lower, upper = (_end(b, end, scope) for end in (node.lower, node.upper))
        else:
            b.noted.limits(node, scope.names)
            lower, upper = b.all((node.lower, node.upper), scope)
        slot = b.graph.new_slot(scope.depth + 1, lower, upper)
        names = {**scope.names, node.index: b.graph.put("slot", data=slot)}
        body = b.build(node.body, Scope(names, scope.depth + 1))
        return b.graph.put(op, lower, upper, body, data=slot)

    return make


def _end(b: Builder, node: n.Node, scope: Scope) -> int:
    """The end of a way of integration, which may be infinite."""
    minus, inner = (-1, node.arg) if isinstance(node, n.Neg) else (1, node)
    if isinstance(inner, n.Const) and inner.value in (sympy.oo, -sympy.oo):
        return b.graph.put("infinity", data=minus if inner.value == sympy.oo else -minus)
    return b.build(node, scope)


def _delta(b: Builder, node: n.Delta, scope: Scope) -> int:
    b.noted.numbers.update(numbers_in(node))
    b.noted.equal(node.children, scope.names)
    return b.graph.put("delta", *b.all(node.children, scope))


def _rel(b: Builder, node: n.Rel, scope: Scope) -> int:
    """A comparison. u >= max(u, v) is u >= v: two balls of the same u would decide nothing."""
    b.noted.numbers.update(numbers_in(node))
    left, right = node.children
    if node.op == EXTREME.get(getattr(right, "func", None)) and left in right.children:
        rivals = (n.Rel(node.op, left, other) for other in right.children if other != left)
        return b.build(n.Logic("and", *rivals), scope)
    b.noted.relation(node.op, left, right, scope.names)
    return b.graph.put("rel", *b.all(node.children, scope), data=node.op)


WHOLE = (sympy.Mod, sympy.floor, sympy.ceiling, sympy.frac)
EXTREME = {sympy.Max: ">=", sympy.Min: "<="}


def _logic(b: Builder, node: n.Logic, scope: Scope) -> int:
    return b.graph.put("logic", *b.all(node.children, scope), data=node.op)


MAKE: dict[type[n.Node], Callable[[Builder, Any, Scope], int]] = {
    n.Num: _num,
    n.Dec: _dec,
    n.Const: _const,
    n.Sym: _sym,
    n.Indexed: _indexed,
    n.Add: _plain("add"),
    n.Neg: _neg,
    n.Mul: _plain("mul"),
    n.Div: _plain("div"),
    n.Pow: _pow,
    n.Root: _root,
    n.Fn: _fn,
    n.Partial: _partial,
    n.D: _derivative,
    n.Sum: _bound("sum"),
    n.Prod: _bound("prod"),
    n.Integral: _bound("integral"),
    n.Delta: _delta,
    n.Rel: _rel,
    n.Logic: _logic,
    n.Cases: _plain("cases"),
}
