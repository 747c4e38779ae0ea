"""Functions: from the closed table, and logarithms in their stable forms."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays import functions
from gdsym.arrays.align import added, entrywise
from gdsym.arrays.branches import slanted
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.gammas import GAMMAS, POLYGAMMAS, QUOTIENTS, logs_of_gammas, polygamma
from gdsym.arrays.graph import Value
from gdsym.arrays.logarithms import logarithm
from gdsym.arrays.means import exponentials_of
from gdsym.arrays.mixtures import log_of_mixtures
from gdsym.arrays.product import Product, product_of, realized
from gdsym.arrays.slants import slanted_by_letters
from gdsym.arrays.special_calls import special
from gdsym.arrays.specials import TABLE
from gdsym.arrays.spelled import spelled
from gdsym.arrays.stable import added_stably
from gdsym.arrays.steep import without_one
from gdsym.errors import Unsupported
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


INVERSES = {"atanh": "tanh", "asinh": "sinh", "sinh": "asinh", "tan": "atan"}  # f(g(u)) = u for every real u
HALVES = {"acosh": ("asinh", 1), "acos": ("asin", -1)}  # known by what they lack at 1


def function(low: Lowering, node: n.Fn) -> Value:
    if node.func is sympy.log:
        return _logarithm(low, node.children[0])
    if node.func in GAMMAS:
        return low.value(GAMMAS[node.func](*node.children))
    if node.func in POLYGAMMAS:
        return polygamma(low, node)
    if node.func in TABLE:
        return realized(low.g, low.product(node))
    if (formula := spelled(node)) is not None:
        return low.value(formula)
    if (slopes := slanted(low, node) or slanted_by_letters(low, node)) is not None:
        return realized(low.g, slopes)
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


def product(low: Lowering, node: n.Fn) -> Product:
    """The value of a function with its factors kept apart."""
    return (
        slanted(low, node) or slanted_by_letters(low, node) or special(low, node) or product_of(low.g, low.value(node))
    )


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
    if kind in HALVES and (rest := without_one(low.g, value)) is not None:
        return _by_half(low, kind, rest)
    if kind in functions.RISKY:
        value = low.safe(value, functions.RISKY[kind])
    return Value(low.g.make(kind, value.op), value.axes)


def _by_half(low: Lowering, kind: str, rest: Value) -> Value:
    """Write acosh(1 + u) as 2 asinh sqrt(u/2) and acos(1 - u) as 2 asin sqrt(u/2): 1 + u is rounded, u is not."""
    inner, sign = HALVES[kind]
    half = realized(low.g, product_of(low.g, rest).times(low.g, Product(Fraction(sign, 2))))
    angle = unary(low, inner, unary(low, "sqrt", half))
    return realized(low.g, Product(Fraction(2), {angle: 1}))


def _logarithm(low: Lowering, arg: n.Node) -> Value:
    up, down = ([f for f in part if f != n.ONE] for part in over_and_under(arg))
    if any(isinstance(f, n.Fn) and f.func in QUOTIENTS for f in (*up, *down)):
        logs, rest = logs_of_gammas(up, down)
        parts = [low.product(log) for log in logs]
        if rest != n.ONE:
            left = logarithm(low.g, low.product(rest), lambda value: low.safe(value, 1), steep=True)
            parts.append(left if isinstance(left, Product) else product_of(low.g, left))
        return added_stably(low.g, parts)
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
    return (
        f"The function {node.name} is derived, but no code is made for it: neither NumPy nor SciPy has it as it is meant "
        "here. Write it by exp, log, sin, gamma, erf, besselj, ..., or take the derivation's formula to another library."
    )
