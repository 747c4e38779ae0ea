"""Constants, the variable itself, sums, products, quotients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gdsym.rules import mistakes
from gdsym.rules.laws import by_law, c, in_primes, listed, u, v, x
from gdsym.rules.shapes import logistic_exponential
from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.written.matrices import MatSym
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    D,
    Div,
    Fn,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Sym,
    is_num,
    mul,
    times,
    walk,
)

Constants: TypeAlias = tuple[Node, Node, Callable[[Node], Node]]  # what is held, what is left, how they are joined

MANY = 8  # terms of a sum from which constant ones are summed up


def _constant(body: Node, scope: Scope) -> Move | None:
    if scope.varies(body):
        return None
    reason: Reason = ("constant rule",)
    if body.free:
        reason = ("constant rule: ", body, " does not depend on ", scope.var)
    return Move(CONSTANT, (), lambda: ZERO, reason)


def _identity(body: Node, scope: Scope) -> Move | None:
    if body != scope.var:
        return None
    return Move(IDENTITY, (), lambda: ONE, ("identity rule: ", D(body, body), " = ", ONE))


def _definition(body: Node, scope: Scope) -> Move | None:
    meaning = scope.definition(body)
    if meaning is None:
        return None
    return Move(
        DEFINITION,
        (D(meaning, scope.var),),
        lambda value: _named(value, meaning, body),
        ("definition: ", body, " = ", meaning),
    )


def _named(value: Node, meaning: Node, name: Node) -> Node:
    """The derivative, with the part's name where its definition stands again (not below a pending derivative)."""
    if value == meaning and meaning.children:
        return name
    if isinstance(value, D) or not value.children:
        return value
    children = tuple(_named(child, meaning, name) for child in value.children)
    unchanged = all(a is b for a, b in zip(children, value.children, strict=True))
    return value if unchanged else value.with_children(children)


def _sum(body: Node, scope: Scope) -> Move | None:
    """d/dx (u + v - ...) = du/dx + dv/dx - ..., for any number of terms."""
    if not isinstance(body, Add):
        return None
    if len(body.children) > MANY:
        moving = scope.moving(body)
        if len(moving) < len(body.children) - MANY // 2:
            return _few_of_many(moving, scope)
    pending = tuple(D(term.arg if isinstance(term, Neg) else term, scope.var) for term in body.children)
    minus = tuple(isinstance(term, Neg) for term in body.children)

    def make(*values: Node) -> Node:
        return Add(*(Neg(value) if negative else value for value, negative in zip(values, minus, strict=True)))

    return Move(SUM, pending, make, _sum_reason(pending, scope))


def _few_of_many(moving: tuple[Node, ...], scope: Scope) -> Move:
    """Where most of many terms are constant, their zeros are written as one."""
    pending = tuple(D(term, scope.var) for term in moving)
    reason: Reason = ("sum rule: the terms without ", scope.var, " are held constant")
    return Move(SUM, pending, lambda *values: Add(*values, ZERO), reason)


def _sum_reason(pending: tuple[D, ...], scope: Scope) -> Reason:
    held = [p.body for p in pending if p.body.free and not scope.varies(p.body)]
    if not held:
        return ("sum rule: term by term",)
    if len(held) > 4:
        return ("sum rule: terms without ", scope.var, " are held constant")
    return ("sum rule: ", *listed(held), " is held constant" if len(set(held)) == 1 else " are held constant")


def _minus(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Neg):
        return None
    inner = _constants_ahead(body.arg, scope)
    if inner is not None:
        held, rest, make = inner
        return Move(CONSTANT_MULTIPLE, (D(rest, scope.var),), lambda value: Neg(make(value)), _held(Neg(held), scope))
    return Move(CONSTANT_MULTIPLE, (D(body.arg, scope.var),), Neg, ("constant multiple rule: the factor is ", Neg(ONE)))


def _constants_ahead(body: Node, scope: Scope) -> Constants | None:
    """The constant factors of a product or quotient, what is left of it, and how its derivative is put together."""
    if isinstance(body, Mul):
        moving = [j for j, factor in enumerate(body.children) if scope.varies(factor)]
        return None if len(moving) == len(body.children) else _constant_factors(body, moving)
    if isinstance(body, Div) and not scope.varies(body.den):
        return _constant_denominator(body)
    return None


def _product(body: Node, scope: Scope) -> Move | None:
    """Constant factors stay where they stand; two or more others take the product rule."""
    if not isinstance(body, Mul):
        return None
    return _constant_multiple(body, scope) or _all_factors_vary(body, scope)


def _constant_multiple(body: Node, scope: Scope) -> Move | None:
    """d/dx (c u) = c du/dx."""
    found = _constants_ahead(body, scope)
    if found is None:
        return None
    held, rest, make = found
    return Move(CONSTANT_MULTIPLE, (D(rest, scope.var),), make, _held(held, scope))


def _constant_factors(body: Mul, moving: list[int]) -> Constants:
    first = moving[0]
    inner = mul(*(body.children[j] for j in moving))
    before = body.children[:first]
    after = tuple(f for j, f in enumerate(body.children) if j > first and j not in moving)
    held = mul(*before, *after)

    return held, inner, lambda value: times(*before, value, *after)


def _held(constant: Node, scope: Scope) -> Reason:
    if not constant.free:
        return ("constant multiple rule: the factor is ", constant)
    return ("constant multiple rule: ", constant, " does not depend on ", scope.var)


def _all_factors_vary(body: Mul, scope: Scope) -> Move:
    factors = body.children
    if len(factors) == 2:
        return by_law(PRODUCT, {u: factors[0], v: factors[1]}, scope, reason=_uv(PRODUCT))

    def make(*values: Node) -> Node:
        return Add(*(times(*factors[:j], value, *factors[j + 1 :]) for j, value in enumerate(values)))

    return Move(PRODUCT, tuple(D(f, scope.var) for f in factors), make, ("product rule: one factor at a time",))


def _uv(rule: Rule) -> Reason:
    assert rule.law is not None
    return in_primes(rule.law, rule.name)


def _quotient(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Div):
        return None
    if not scope.varies(body.den):
        return _constant_multiple(body, scope)
    exponential = None if is_num(body.num, 1) else logistic_exponential(Div(ONE, body.den))
    if exponential is not None and exponential not in walk(body.num):
        return _times_logistic(body, scope)
    if not scope.varies(body.num):
        rule = INVERSE if is_num(body.num, 1) else RECIPROCAL
        return by_law(rule, {c: body.num, v: body.den}, scope, reason=_uv(rule))
    return by_law(QUOTIENT, {u: body.num, v: body.den}, scope, reason=_uv(QUOTIENT))


def _times_logistic(body: Div, scope: Scope) -> Move:
    """u/(1 + e^-v) as u s: s' = s (1 - s) is shorter than what the quotient rule gives."""
    above, s = body.num, Div(ONE, body.den)
    if scope.varies(above):
        return by_law(PRODUCT, {u: above, v: s}, scope, reason=_uv(PRODUCT))
    return Move(CONSTANT_MULTIPLE, (D(s, scope.var),), lambda value: times(above, value), _held(above, scope))


def _constant_denominator(body: Div) -> Constants:
    """d/dx (u / c) = (1/c) du/dx; a numeric factor of u goes with 1/c, as people do."""
    number, rest = _leading_number(body.num)
    factor = Div(number, body.den)
    return factor, rest, lambda value: times(factor, value)


def _leading_number(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Mul) and isinstance(node.children[0], Num):
        return node.children[0], mul(*node.children[1:])
    return ONE, node


CONSTANT = Rule("constant rule", Law(D(c, x), ZERO), _constant, mistakes.CONSTANT)
IDENTITY = Rule("identity rule", Law(D(x, x), ONE), _identity)
DEFINITION = Rule("definition", None, _definition, heads=(Sym, Indexed, Fn, MatSym))
SUM = Rule("sum rule", Law(D(Add(u, v), x), Add(D(u, x), D(v, x))), _sum, mistakes.SUM, (Add,))
CONSTANT_MULTIPLE = Rule(
    "constant multiple rule", Law(D(Mul(c, u), x), Mul(c, D(u, x))), _minus, mistakes.CONSTANT_MULTIPLE, (Neg,)
)
PRODUCT = Rule(
    "product rule", Law(D(Mul(u, v), x), Add(Mul(D(u, x), v), Mul(u, D(v, x)))), _product, mistakes.PRODUCT, (Mul,)
)
QUOTIENT = Rule(
    "quotient rule",
    Law(D(Div(u, v), x), Div(Add(Mul(D(u, x), v), Neg(Mul(u, D(v, x)))), Pow(v, Num(2)))),
    _quotient,
    mistakes.QUOTIENT,
    (Div,),
)
INVERSE = Rule("quotient rule", Law(D(Div(ONE, v), x), Neg(Div(D(v, x), Pow(v, Num(2))))), slips=mistakes.RECIPROCAL)
RECIPROCAL = Rule(
    "quotient rule", Law(D(Div(c, v), x), Neg(Div(Mul(c, D(v, x)), Pow(v, Num(2))))), slips=mistakes.RECIPROCAL
)

ALGEBRA = (DEFINITION, CONSTANT, IDENTITY, SUM, CONSTANT_MULTIPLE, PRODUCT, QUOTIENT)
