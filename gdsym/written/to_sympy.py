"""Written form -> SymPy, in the caller's own symbols. SymPy evaluates as it always does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from gdsym.written import nodes as n

RELATIONS = {
    "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne,
}  # fmt: skip
LOGIC = {"and": sympy.And, "or": sympy.Or, "not": sympy.Not}


def to_sympy(node: n.Node) -> Any:
    """The SymPy value of `node`; equal nodes are converted once."""
    known: dict[n.Node, Any] = {}

    def value(part: n.Node) -> Any:
        if part not in known:
            known[part] = CONVERT[type(part)](part, value)
        return known[part]

    return value(node)


Value = Callable[[n.Node], Any]


def _entry(node: n.Indexed, value: Value) -> Any:
    return node.base.base[tuple(value(i) for i in node.indices)]


def _partial(node: n.Partial, value: Value) -> Any:
    """f'(x) is `Derivative(f(x), x)`; at anything but distinct symbols SymPy needs `Subs`."""
    args = [value(c) for c in node.children]
    plain = all(isinstance(a, sympy.Symbol) for a in args) and len(set(args)) == len(args)
    taken = set().union(*[a.free_symbols for a in args])
    letters = args if plain else [_dummy(j, taken) for j in range(len(args))]
    by = [(x, k) for x, k in zip(letters, node.orders, strict=True) if k]
    slope = sympy.Derivative(node.func(*letters), *by)
    return slope if plain else sympy.Subs(slope, letters, args)


def _dummy(j: int, taken: set[Any]) -> Any:
    name = f"xi_{j + 1}"
    while sympy.Symbol(name) in taken:
        name += "_"
    return sympy.Symbol(name)


def _bound(build: Any) -> Callable[[Any, Value], Any]:
    return lambda node, value: build(value(node.body), (node.index.symbol, value(node.lower), value(node.upper)))


def _delta(node: n.Delta, value: Value) -> Any:
    return sympy.KroneckerDelta(*(value(c) for c in node.children))


def _logic(node: n.Logic, value: Value) -> Any:
    if node.op in ("true", "false"):
        return sympy.true if node.op == "true" else sympy.false
    return LOGIC[node.op](*(value(c) for c in node.children))


def _cases(node: n.Cases, value: Value) -> Any:
    return sympy.Piecewise(*((value(v), value(c)) for v, c in node.pairs))


CONVERT: dict[type[n.Node], Callable[[Any, Value], Any]] = {
    n.Num: lambda node, value: sympy.Rational(node.value.numerator, node.value.denominator),
    n.Dec: lambda node, value: node.value,
    n.Const: lambda node, value: node.value,
    n.Sym: lambda node, value: node.symbol,
    n.Base: lambda node, value: node.base,
    n.Indexed: _entry,
    n.Add: lambda node, value: sympy.Add(*(value(c) for c in node.children)),
    n.Neg: lambda node, value: -value(node.arg),
    n.Mul: lambda node, value: sympy.Mul(*(value(c) for c in node.children)),
    n.Div: lambda node, value: value(node.num) / value(node.den),
    n.Pow: lambda node, value: value(node.base) ** value(node.exponent),
    n.Root: lambda node, value: sympy.root(value(node.arg), value(node.degree)),
    n.Fn: lambda node, value: node.func(*(value(c) for c in node.children)),
    n.Partial: _partial,
    n.D: lambda node, value: sympy.Derivative(value(node.body), value(node.var)),
    n.Sum: _bound(sympy.Sum),
    n.Prod: _bound(sympy.Product),
    n.Integral: _bound(sympy.Integral),
    n.Delta: _delta,
    n.Rel: lambda node, value: RELATIONS[node.op](*(value(c) for c in node.children)),
    n.Logic: _logic,
    n.Cases: _cases,
}
