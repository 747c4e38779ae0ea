"""Functions: from the closed table, and logarithms in their stable forms."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays import functions
from gdsym.arrays.align import added, entrywise
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.gammas import GAMMAS, POLYGAMMAS, QUOTIENTS, log_of_gammas, polygamma
from gdsym.arrays.graph import Value
from gdsym.arrays.logarithms import logarithm
from gdsym.arrays.means import exponentials_of
from gdsym.arrays.mixtures import log_of_mixtures
from gdsym.arrays.product import Product, product_of, realized
from gdsym.arrays.stable import added_stably
from gdsym.errors import Unsupported
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


INVERSES = {"atanh": "tanh", "asinh": "sinh", "sinh": "asinh", "tan": "atan"}  # f(g(u)) = u for every real u


def function(low: Lowering, node: n.Fn) -> Value:
    if node.func is sympy.log:
        return _logarithm(low, node.children[0])
    if node.func in GAMMAS:
        return low.value(GAMMAS[node.func](*node.children))
    if node.func in POLYGAMMAS:
        return polygamma(low, node)
    args = [low.value(c) for c in node.children]
    if node.func in (sympy.Max, sympy.Min):
        return _extreme(low, "maximum" if node.func is sympy.Max else "minimum", args)
    if node.func is sympy.Heaviside:
        half = Value(low.g.number(Fraction(1, 2)))
        return entrywise(low.g, "heaviside", *(args if len(args) > 1 else [*args, half]))
    if node.func is sympy.factorial:
        return unary(low, "gamma", added(low.g, [(1, args[0]), (1, Value(low.g.number(1)))]))
    if node.func in functions.RECIPROCALS:
        return low.value(n.Div(n.ONE, n.Fn(functions.RECIPROCALS[node.func], *node.children)))
    kind = {sympy.exp: "exp", sympy.Abs: "abs"}.get(node.func) or functions.KINDS.get(node.func)
    if kind is None:
        raise Unsupported(_unknown(node))
    return unary(low, kind, args[0]) if len(args) == 1 else entrywise(low.g, kind, *args)


def _extreme(low: Lowering, kind: str, args: list[Value]) -> Value:
    result = args[0]
    for arg in args[1:]:
        result = entrywise(low.g, kind, result, arg)
    return result


def unary(low: Lowering, kind: str, value: Value) -> Value:
    """One function of each entry; inside a case distinction its argument stays in the domain."""
    if INVERSES.get(kind) == value.op.kind:
        return Value(value.op.args[0], value.axes)
    if kind == "abs":
        return Value(low.g.abs(value.op), value.axes)
    if kind in functions.RISKY:
        value = low.safe(value, functions.RISKY[kind])
    return Value(low.g.make(kind, value.op), value.axes)


def _logarithm(low: Lowering, arg: n.Node) -> Value:
    if isinstance(arg, n.Fn) and arg.func in QUOTIENTS:
        return low.value(log_of_gammas(*QUOTIENTS[arg.func](*arg.children)))
    up, down = ([f for f in part if f != n.ONE] for part in over_and_under(arg))
    if len(up) == len(down) == 1 and isinstance(up[0], n.Sum) and isinstance(down[0], n.Sum):
        whole = log_of_mixtures(low.g, low.value(up[0]), low.value(down[0]), lambda value: low.safe(value, 1))
        if whole is not None:
            return whole
    share = _log_of_exponential(low, up, down) if up and len(down) == 1 else None
    if share is not None:
        return share
    found = logarithm(low.g, low.product(arg), lambda value: low.safe(value, 1))
    return found if isinstance(found, Value) else realized(low.g, found)


def _log_of_exponential(low: Lowering, up: list[n.Node], down: list[n.Node]) -> Value | None:
    """The log of e^u/(e^u + e^v + ...) as u less the logarithm of the sum, before the quotient is put on a scale."""
    if not all(isinstance(f, n.Fn) and f.func is sympy.exp for f in up) or not isinstance(down[0], n.Add):
        return None
    total = low.value(down[0])
    if total not in low.g.mixtures or not exponentials_of(low.g, total):
        return None
    logs = logarithm(low.g, Product(powers={total: -1}))
    below = logs if isinstance(logs, Product) else product_of(low.g, logs)
    return added_stably(low.g, [*(low.product(f.children[0]) for f in up), below])


def _unknown(node: n.Fn) -> str:
    if node.undefined:
        return f"{node.name} is an undefined function: it has no values. Put in a formula for it."
    return f"The function {node.name} is not in the table of compiled functions; write it by exp, log, sin, ..."
