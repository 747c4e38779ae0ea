"""Logarithms of exponentials: log(e^u v) is u + log v, so that the product or quotient need not be derived."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from gdsym.rules.laws import u, v, x
from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.written.nodes import Add, D, Div, Fn, Mul, Neg, Node, add, mul

DETAIL = "logarithm of an exponential"


def _apart(body: Node, scope: Scope) -> Move | None:
    """The exponents of factors that vary leave the logarithm; e^u > 0, so what is left has the sign that the whole had."""
    if not isinstance(body, Fn) or body.func is not sympy.log:
        return None
    whole = body.children[0]
    above, below = (whole.num, whole.den) if isinstance(whole, Div) else (whole, None)
    ups, downs = _factors(above), () if below is None else _factors(below)
    left = [[f for f in side if not _is_exponential(f, scope)] for side in (ups, downs)]
    exponents = [
        *(f.children[0] for f in ups if _is_exponential(f, scope)),
        *(Neg(f.children[0]) for f in downs if _is_exponential(f, scope)),
    ]
    if not exponents:
        return None
    logs = _log(*left)
    terms = [*logs, *exponents] if ups[0] in left[0] else [*exponents, *logs]
    pending = (D(add(*terms), scope.var),)
    return Move(APART, pending, _itself, _law(logs, bool(_is_exponential(ups[0], scope))), detail=DETAIL)


def _factors(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Mul) else (node,)


def _is_exponential(factor: Node, scope: Scope) -> bool:
    return isinstance(factor, Fn) and factor.func is sympy.exp and scope.varies(factor)


def _log(above: Sequence[Node], below: Sequence[Node]) -> tuple[Node, ...]:
    """The logarithm of what is left, as a term; none of 1."""
    if not above:
        return (Neg(Fn(sympy.log, mul(*below))),) if below else ()
    return (Fn(sympy.log, Div(mul(*above), mul(*below)) if below else mul(*above)),)


def _law(logs: Sequence[Node], ahead: bool) -> Reason:
    """The law in the form in which it is used: log(e^u) = u, log(e^u/v) = u - log v, log(e^u v) = u + log v."""
    power, log = Fn(sympy.exp, u), Fn(sympy.log, v)
    if not logs:
        return (f"{DETAIL}: ", Fn(sympy.log, power), " = ", u)
    if isinstance(logs[0], Neg):
        return (f"{DETAIL}: ", Fn(sympy.log, Div(power, v)), " = ", Add(u, Neg(log)))
    one, sum_of = (Mul(power, v), Add(u, log)) if ahead else (Mul(v, power), Add(log, u))
    return (f"{DETAIL}: ", Fn(sympy.log, one), " = ", sum_of)


def _itself(value: Node) -> Node:
    return value


APART = Rule(
    "simplify",
    Law(D(Fn(sympy.log, Mul(Fn(sympy.exp, u), v)), x), D(Add(u, Fn(sympy.log, v)), x)),
    _apart,
    heads=(Fn,),
)
