"""Other ways to the same derivative: a quotient as a product, a product or power by its logarithm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import sympy

from gdsym.arguments import members, odd
from gdsym.errors import CostError, GdsymTypeError
from gdsym.rules.below import POWER_BELOW
from gdsym.rules.domain import certain
from gdsym.rules.laws import law_of, stated, u, v, x
from gdsym.rules.solved import solved
from gdsym.step import Law, Move, Rule, Scope
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    D,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Root,
    Sum,
    add,
    both,
    is_num,
    times,
)

Method: TypeAlias = Callable[
    [Node, Sequence[Rule]], "tuple[Rule, ...]"
]  # the whole formula, the rules -> the rules to use


def rules_by(method: str | None, node: Node, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules in the order that a method asks for, for the derivation of `node`."""
    chosen = tuple(members(rules, "rules", "give a list of rules, e.g. (mine, *gd.RULES)"))
    for rule in chosen:
        if not isinstance(rule, Rule):
            raise odd(rule, "One of the rules", "give a gd.Rule")
    if method is None:
        return chosen
    if not isinstance(method, str) or method not in METHODS:
        raise GdsymTypeError(f"Unknown method {str(method)[:60]!r}; known: {', '.join(METHODS)}.")
    return METHODS[method](node, chosen)


def _as_product(body: Node, scope: Scope) -> Move | None:
    """u/v = u v^(-1), where v varies."""
    if not isinstance(body, Div) or not scope.varies(body.den):
        return None
    inverse = Pow(body.den, Neg(ONE))
    product = inverse if is_num(body.num, 1) else times(body.num, inverse)
    reason = (f"{QUOTIENT}: ", Div(u, v), " = ", Mul(u, Pow(v, Neg(ONE))))
    return Move(AS_PRODUCT, (D(product, scope.var),), lambda value: value, reason, detail=QUOTIENT)


def _log(node: Node) -> Node:
    """log(u v) = log u + log v, log(u/v) = log u - log v, log(u^v) = v log u."""
    return add(*_logs(node))


def _logs(node: Node) -> Iterator[Node]:
    """The terms of the logarithm."""
    if isinstance(node, Mul):
        for factor in node.children:
            yield from _logs(factor)
    elif isinstance(node, Div):
        if not is_num(node.num, 1):
            yield from _logs(node.num)
        yield from (term.arg if isinstance(term, Neg) else Neg(term) for term in _logs(node.den))
    elif isinstance(node, Pow):
        yield times(node.exponent, _log(node.base))
    elif isinstance(node, Root):
        part = Num(1 / node.degree.value) if isinstance(node.degree, Num) else Div(ONE, node.degree)
        yield times(part, _log(node.arg))
    else:
        is_exp = isinstance(node, Fn) and node.func is sympy.exp
        yield node.children[0] if is_exp else Fn(sympy.log, node)


def _logarithmic(whole: Node) -> tuple[Rule, ...]:
    """The rules that take the logarithm of `whole`, and of nothing else."""
    return (_applied(LOGARITHMIC, partial(_take, whole)), _applied(LOG_LAWS, partial(_spread, whole)))


def _take(whole: Node, body: Node, scope: Scope) -> Move | None:
    """U' = u (log u)'."""
    if body != whole or not isinstance(body, (Mul, Div, Pow, Root)) or not scope.varies(body):
        return None
    pending = (D(Fn(sympy.log, body), scope.var),)
    given = _positive(body)
    reason = (*stated(law_of(LOGARITHMIC), BY_LOGARITHM), *_said(body))
    return Move(LOGARITHMIC, pending, lambda value: times(body, value), reason, given=given, detail=BY_LOGARITHM)


def _spread(whole: Node, body: Node, scope: Scope) -> Move | None:
    """The logarithm of products and powers, taken apart."""
    if body != Fn(sympy.log, whole):
        return None
    laws = (Mul(u, v), Pow(u, v))
    reason = tuple(part for law in laws for part in (", ", Fn(sympy.log, law), " = ", _log(law)))[1:]
    reason = (f"{LOGARITHMS}: ", *reason)
    pending = (D(_log(whole), scope.var),)
    return Move(LOG_LAWS, pending, lambda value: value, reason, given=_positive(whole), detail=LOGARITHMS)


def _applied(rule: Rule, apply: Callable[[Node, Scope], Move | None]) -> Rule:
    return Rule(rule.name, rule.law, apply)


def _positive(node: Node) -> Node:
    """Every part of which the logarithm is taken is above 0."""
    return both(*(Rel(">", part, ZERO) for part in _arguments(node)))


def _arguments(node: Node) -> list[Node]:
    """The parts of which log(node) takes the logarithm, once it is taken apart."""
    parts: dict[Node, None] = {}
    todo = [_log(node)]
    while todo:
        part = todo.pop()
        if isinstance(part, Fn) and part.func is sympy.log:
            parts[part.children[0]] = None
        else:
            todo += reversed(part.children)
    return [part for part in parts if part.free]


def _said(node: Node) -> Iterator[str | Node]:
    """`, for x > 0 and y > 0`: what the logarithm asks for and is not certain."""
    for position, part in enumerate(part for part in _arguments(node) if not certain(">", part)):
        yield " and " if position else ", for "
        yield solved(">", part)


def _product(node: Node, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return (AS_PRODUCT, *rules)


def _quotient(node: Node, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule is not POWER_BELOW)


def _kind(node: Node) -> str:
    return (
        "a sum" if isinstance(node, (Add, Sum)) else f"a function, {node.name}" if isinstance(node, Fn) else "neither"
    )


def _by_logarithm(node: Node, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    if not isinstance(node, (Mul, Div, Pow, Root)):
        raise CostError(
            f'method="logarithmic" is for a product, quotient or power; this is {_kind(node)}. Leave it out.'
        )
    return (*_logarithmic(node), *rules)


QUOTIENT, BY_LOGARITHM, LOGARITHMS = (
    "quotient as a product",
    "logarithmic differentiation",
    "logarithm of products and powers",
)  # the details of the steps that are no rule of their own

AS_PRODUCT = Rule("simplify", Law(D(Div(u, v), x), D(Mul(u, Pow(v, Neg(ONE))), x)), _as_product)
LOGARITHMIC = Rule("logarithm rule", Law(D(u, x), Mul(u, D(Fn(sympy.log, u), x))))
LOG_LAWS = Rule("simplify")

METHODS: Mapping[str, Method] = MappingProxyType(
    {"quotient": _quotient, "product": _product, "logarithmic": _by_logarithm}
)
