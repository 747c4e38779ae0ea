"""Written form -> SymPy, in the caller's own symbols. SymPy evaluates as it always does."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from gdsym.written import matrices_sympy as matrix
from gdsym.written import nodes as n

RELATIONS = {
    "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq, "!=": sympy.Ne,
}  # fmt: skip
CASES, SUMS = n.kinds_of(n.Cases), n.kinds_of(n.Sum)
MOST_CASES = 30
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
    return node.base.at(tuple(value(i) for i in node.indices))


def _partial(node: n.Partial, value: Value) -> Any:
    """`f'(x)` is `Derivative(f(x), x)`; a place that is no letter of its own needs `Subs`, and only that place:
    SymPy takes `Subs` of f_1(a, b) and of f_2(a, b) at a = b = x for the same.
    """
    args = [value(c) for c in node.children]
    taken = set().union(*[a.free_symbols for a in args])
    letters = [
        a if not k or _stands_alone(a, args[:j] + args[j + 1 :]) else _dummy(j, taken)
        for j, (a, k) in enumerate(zip(args, node.orders, strict=True))
    ]
    moved = [j for j, a in enumerate(args) if letters[j] != a]
    if len(moved) > 1 and _stands_alone(args[moved[-1]], letters[: moved[-1]] + letters[moved[-1] + 1 :]):
        last = moved.pop()
        letters[last] = args[last]
    slope = sympy.Derivative(node.func(*letters), *((x, k) for x, k in zip(letters, node.orders, strict=True) if k))
    return sympy.Subs(slope, [letters[j] for j in moved], [args[j] for j in moved]) if moved else slope


def _stands_alone(arg: Any, others: list[Any]) -> bool:
    """Is the argument a letter that no other argument holds?"""
    return isinstance(arg, sympy.Symbol) and not any(arg in other.free_symbols for other in others)


def _dummy(j: int, taken: set[Any]) -> Any:
    name = f"xi_{j + 1}"
    while sympy.Symbol(name) in taken:
        name += "_"
    return sympy.Symbol(name)


def _bound(build: Any) -> Callable[[Any, Value], Any]:
    def convert(node: n.Bound, value: Value) -> Any:
        from gdsym.written.indicators import leaks, sums_without_cases

        body, index = value(node.body), node.index.symbol
        if leaks(body, index, build):
            body = value(sums_without_cases(node.body))
        limits = (index, value(node.lower), value(node.upper))
        return _as_it_stands(build, body, limits) if _many_cases(node.body) else build(body, limits)

    return convert


def _many_cases(node: n.Node) -> bool:
    """Would one case distinction in place of all have very many cases?"""
    found = {part for part in n.walk(node) if isinstance(part, n.Cases)} if node.has(CASES) else ()
    return prod(len(part.pairs) for part in found) > MOST_CASES


def _as_it_stands(build: Any, body: Any, limits: tuple[Any, ...]) -> Any:
    """The sum without SymPy's folding of its cases into one case distinction, which may not come to an end."""
    made = build(sympy.Dummy(), limits)
    if not isinstance(made, build):
        return build(body, limits)
    made._args = (body, *made.args[1:])
    return made


def _delta(node: n.Delta, value: Value) -> Any:
    return sympy.KroneckerDelta(*(value(c) for c in node.children))


def _relation(node: n.Rel, value: Value) -> Any:
    """3 (y - x)/4 > (x - y)/4 is y - x > 0: SymPy turns some comparisons round and round within a Piecewise."""
    left, right = (matrix.number(value(c)) for c in node.children)
    if _are_slow(node):
        return RELATIONS[node.op](left, right, evaluate=False)
    if left.is_Add and right.is_Add:
        (a, u), (b, v) = left.primitive(), right.primitive()
        more = a - b if u == v else a + b if u == -v else 0
        left, right = (u * sympy.sign(more), sympy.Integer(0)) if more else (left, right)
    found = RELATIONS[node.op](left, right)
    return found if _settles(found) else RELATIONS[node.op](left - right, 0)


def _settles(relation: Any) -> bool:
    """Is what SymPy calls its canonical form one? 2 x - sin(y) <= -abs(z) is turned into abs(z) <= sin(y) - 2 x, and back."""
    if not relation.is_Relational or relation.lhs.is_number or relation.rhs.is_number:
        return True
    once = relation.canonical
    return not once.is_Relational or once.canonical == once


def _logic(node: n.Logic, value: Value) -> Any:
    if node.op in ("true", "false"):
        return sympy.true if node.op == "true" else sympy.false
    how = {"evaluate": False} if node.op != "not" and _are_slow(node) else {}
    return LOGIC[node.op](*(value(c) for c in node.children), **how)


def _are_slow(*conditions: n.Node) -> bool:
    """Do they compare sums over maxima or cases? SymPy would make those anew for every question that it asks about them."""
    sums = (part for c in conditions if c.has(SUMS) for part in n.walk(c) if isinstance(part, n.Sum))
    return any(part.has(CASES) or any(_switches(inner) for inner in n.walk(part)) for part in sums)


def _switches(part: n.Node) -> bool:
    return isinstance(part, n.Fn) and part.func in (sympy.Max, sympy.Min)


def _cases(node: n.Cases, value: Value) -> Any:
    """As SymPy evaluates it, unless it does not come to an end."""
    from gdsym.written.indicators import sums_without_cases

    pairs = [(value(v), value(sums_without_cases(c))) for v, c in node.pairs]
    try:
        if not _are_slow(*node.children[1::2]):
            return sympy.Piecewise(*pairs)
    except (RecursionError, NotImplementedError):  # the latter where a condition holds cases that leave some out
        pass
    return sympy.Basic.__new__(sympy.Piecewise, *(sympy.Basic.__new__(ExprCondPair, v, c) for v, c in pairs))


CONVERT: dict[type[n.Node], Callable[[Any, Value], Any]] = {
    n.Num: lambda node, value: sympy.Rational(node.value.numerator, node.value.denominator),
    n.Dec: lambda node, value: node.value,
    n.Const: lambda node, value: node.value,
    n.Sym: lambda node, value: node.symbol,
    n.Base: lambda node, value: node.base,
    n.Indexed: _entry,
    n.Add: lambda node, value: matrix.total([value(c) for c in node.children]),
    n.Neg: lambda node, value: -value(node.arg),
    n.Mul: lambda node, value: matrix.product([value(c) for c in node.children]),
    n.Div: lambda node, value: value(node.num) / matrix.number(value(node.den)),
    n.Pow: lambda node, value: matrix.number(value(node.base)) ** matrix.number(value(node.exponent)),
    n.Root: lambda node, value: sympy.root(matrix.number(value(node.arg)), value(node.degree)),
    n.Fn: lambda node, value: node.func(*(matrix.number(value(c)) for c in node.children)),
    n.Partial: _partial,
    n.D: matrix.derivative,
    n.Sum: _bound(sympy.Sum),
    n.Prod: _bound(sympy.Product),
    n.Integral: _bound(sympy.Integral),
    n.Delta: _delta,
    n.Rel: _relation,
    n.Logic: _logic,
    n.Cases: _cases,
    **matrix.TO,
}
