"""Logarithms of exponentials: log(e^u v) is u + log v, so that the product or quotient need not be derived."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from gdsym.rules.laws import n, u, v, x
from gdsym.rules.powers import number_of
from gdsym.rules.shapes import logistic_exponential
from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.written.nodes import ONE, Add, D, Div, Fn, Mul, Neg, Node, Num, Pow, Root, add, is_num, mul

DETAIL, OF_A = "logarithm of an exponential", "logarithm of a "
DETAILS = frozenset(
    (DETAIL, *(OF_A + name for name in ("root", "power", "quotient")))
)  # each side has a value where the other has


def _apart(body: Node, scope: Scope) -> Move | None:
    """The exponents of exponentials leave the logarithm; e^u > 0, so what is left has the sign that the whole had."""
    if not isinstance(body, Fn) or body.func is not sympy.log or not scope.varies(body):
        return None
    whole = body.children[0]
    above, below = (whole.num, whole.den) if isinstance(whole, Div) else (whole, None)
    ups, downs = _factors(above), () if below is None else _factors(below)
    left = [[f for f in side if not (_is_exponential(f) or is_num(f, 1))] for side in (ups, downs)]
    above_it, below_it = ([f.children[0] for f in side if _is_exponential(f)] for side in (ups, downs))
    if not above_it and not below_it:
        return _inverse_or_root(whole, scope)
    exponents = [*above_it, *map(Neg, below_it)]
    logs = _log(*left)
    ahead = bool(above_it) and _is_exponential(ups[0])
    terms = [*exponents, *logs] if ahead else [*logs, *exponents]
    return Move(APART, (D(add(*terms), scope.var),), _itself, _law(logs, ahead, below=not above_it), detail=DETAIL)


def _inverse_or_root(whole: Node, scope: Scope) -> Move | None:
    """1/v, the roots of v and powers with a fraction as exponent are positive where v is: log(1/v) = -log v, log(sqrt(v)) = 1/2 log v."""
    reason: Reason
    if isinstance(whole, Root) and isinstance(whole.degree, Num):
        half, log = Num(1 / whole.degree.value), Fn(sympy.log, whole.arg)
        reason = ("logarithm of a root: ", Fn(sympy.log, Root(v, whole.degree)), " = ", Mul(half, Fn(sympy.log, v)))
        return Move(OF_ROOT, (D(Mul(half, log), scope.var),), _itself, reason, detail=OF_A + "root")
    power = number_of(whole.exponent) if isinstance(whole, Pow) else None
    if isinstance(whole, Pow) and power is not None and power.denominator > 1:
        reason = ("logarithm of a power: ", Fn(sympy.log, Pow(v, n)), " = ", Mul(n, Fn(sympy.log, v)))
        pending = (D(Mul(whole.exponent, Fn(sympy.log, whole.base)), scope.var),)
        return Move(OF_POWER, pending, _itself, reason, detail=OF_A + "power")
    if isinstance(whole, Div) and is_num(whole.num, 1) and logistic_exponential(whole) is None:
        reason = ("logarithm of a quotient: ", Fn(sympy.log, Div(ONE, v)), " = ", Neg(Fn(sympy.log, v)))
        pending = (D(Neg(Fn(sympy.log, whole.den)), scope.var),)
        return Move(OF_INVERSE, pending, _itself, reason, detail=OF_A + "quotient")
    return None


def _factors(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Mul) else (node,)


def _is_exponential(factor: Node) -> bool:
    return isinstance(factor, Fn) and factor.func is sympy.exp


def _log(above: Sequence[Node], below: Sequence[Node]) -> tuple[Node, ...]:
    """The logarithm of what is left, as a term; none of 1."""
    if not above:
        return (Neg(Fn(sympy.log, mul(*below))),) if below else ()
    return (Fn(sympy.log, Div(mul(*above), mul(*below)) if below else mul(*above)),)


def _law(logs: Sequence[Node], ahead: bool, *, below: bool) -> Reason:
    """The law in the form in which it is used: log(e^u) = u, log(e^u/v) = u - log v, log(v/e^u) = log v - u."""
    power, log = Fn(sympy.exp, u), Fn(sympy.log, v)
    divided = bool(logs) and isinstance(logs[0], Neg)
    exponent: Node = Neg(u) if below else u
    one: Node
    if not logs:
        one = Div(ONE, power) if below else power
    elif below:
        one = Div(ONE, Mul(v, power)) if divided else Div(v, power)
    else:
        one = Div(power, v) if divided else Mul(power, v) if ahead else Mul(v, power)
    terms = [Neg(log) if divided else log] if logs else []
    return (f"{DETAIL}: ", Fn(sympy.log, one), " = ", add(*([exponent, *terms] if ahead else [*terms, exponent])))


def _itself(value: Node) -> Node:
    return value


OF_ROOT = Rule("logarithm rule", Law(D(Fn(sympy.log, Root(u, n)), x), D(Div(Fn(sympy.log, u), n), x)))
OF_POWER = Rule("logarithm rule", Law(D(Fn(sympy.log, Pow(u, n)), x), D(Mul(n, Fn(sympy.log, u)), x)))
OF_INVERSE = Rule("logarithm rule", Law(D(Fn(sympy.log, Div(ONE, u)), x), D(Neg(Fn(sympy.log, u)), x)))
APART = Rule(
    "logarithm rule",
    Law(D(Fn(sympy.log, Mul(Fn(sympy.exp, u), v)), x), D(Add(u, Fn(sympy.log, v)), x)),
    _apart,
    heads=(Fn,),
)
