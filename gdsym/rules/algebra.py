"""Constants, the variable itself, sums, products, quotients."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import compress
from typing import TypeAlias

from gdsym.rules import mistakes
from gdsym.rules.exponentials import alike
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
    var = scope.var
    pending = tuple([D(term.arg if isinstance(term, Neg) else term, var) for term in body.children])
    return Move(SUM, pending, partial(_signed, body.children), _sum_reason(pending, scope))


def _signed(terms: tuple[Node, ...], *slopes: Node) -> Node:
    """The sum of the slopes, each with the sign of its term; no sum begins with -0."""
    signed = [Neg(slope) if isinstance(term, Neg) else slope for term, slope in zip(terms, slopes, strict=True)]
    return Add(*(signed if slopes[0] != ZERO else (ZERO, *signed[1:])))


def _few_of_many(moving: tuple[Node, ...], scope: Scope) -> Move:
    """Where most of many terms are constant, their zeros are written as one."""
    var = scope.var
    pending = tuple([D(term, var) for term in moving])
    reason: Reason = ("sum rule: the terms without ", var, " are held constant")
    return Move(SUM, pending, _and_nothing, reason)


def _and_nothing(*slopes: Node) -> Node:
    return Add(*slopes, ZERO)


def _sum_reason(pending: tuple[D, ...], scope: Scope) -> Reason:
    held = [p.body for p in pending if not scope.varies(p.body)]
    if not held:
        return ("sum rule: term by term",)
    if not any(part.free for part in held):
        return ("sum rule: ", *listed(held), " is a constant" if len(set(held)) == 1 else " are constants")
    if len(held) > 4:
        return ("sum rule: terms without ", scope.var, " are held constant")
    return ("sum rule: ", *listed(held), " is held constant" if len(set(held)) == 1 else " are held constant")


def _minus(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Neg):
        return None
    inner = _constants_ahead(body.arg, scope)
    if inner is not None:
        held, rest, make = inner
        return Move(CONSTANT_MULTIPLE, (D(rest, scope.var),), lambda value: Neg(make(value)), said_of(Neg(held), scope))
    return Move(CONSTANT_MULTIPLE, (D(body.arg, scope.var),), Neg, ("constant multiple rule: the factor is ", Neg(ONE)))


def _constants_ahead(body: Node, scope: Scope) -> Constants | None:
    """The constant factors of a product or quotient, what is left of it, and how its derivative is put together."""
    if isinstance(body, Mul):
        moving = [scope.varies(factor) for factor in body.children]
        return None if all(moving) else _constant_factors(body.children, moving)
    if isinstance(body, Div) and not scope.varies(body.den):
        return _constant_denominator(body, scope)
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
    return Move(CONSTANT_MULTIPLE, (D(rest, scope.var),), make, said_of(held, scope))


def _constant_factors(factors: tuple[Node, ...], moving: list[bool]) -> Constants:
    first = moving.index(True)
    before, after = factors[:first], factors[first + 1 :]
    if True not in moving[first + 1 :]:
        return mul(*before, *after), factors[first], partial(_between, before, after)
    inner = mul(*compress(factors, moving))
    after = tuple([factor for factor, moves in zip(after, moving[first + 1 :], strict=True) if not moves])
    return mul(*before, *after), inner, partial(_between, before, after)


def _between(before: tuple[Node, ...], after: tuple[Node, ...], slope: Node) -> Node:
    return times(*before, slope, *after)


def said_of(constant: Node, scope: Scope) -> Reason:
    """What a step says of the constant factor that it leaves in front."""
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
    if exponential is not None and not _has_like(exponential, body.num):
        return _times_logistic(body, scope)
    if not scope.varies(body.num):
        rule = INVERSE if is_num(body.num, 1) else RECIPROCAL
        return by_law(rule, {c: body.num, v: body.den}, scope, reason=_uv(rule))
    return by_law(QUOTIENT, {u: body.num, v: body.den}, scope, reason=_uv(QUOTIENT))


def _has_like(exponential: Fn, above: Node) -> bool:
    """Stands the exponential there, or a power of it: e^(2x) beside e^x?"""
    return any(isinstance(f, Fn) and f.func is exponential.func and alike(f, exponential) for f in walk(above))


def _times_logistic(body: Div, scope: Scope) -> Move:
    """u/(1 + e^-v) as u s: s' = s (1 - s) is shorter than what the quotient rule gives."""
    above, s = body.num, Div(ONE, body.den)
    if scope.varies(above):
        return by_law(PRODUCT, {u: above, v: s}, scope, reason=_uv(PRODUCT))
    return Move(CONSTANT_MULTIPLE, (D(s, scope.var),), lambda value: times(above, value), said_of(above, scope))


def _constant_denominator(body: Div, scope: Scope) -> Constants:
    """d/dx (a u / c) = (a/c) du/dx: constant factors of what stands above the bar go with 1/c, as people do."""
    held, rest = _constants_above(body.num, scope)
    factor = _ratio(held, body.den) if isinstance(held, Num) and isinstance(body.den, Num) else Div(held, body.den)
    return factor, rest, partial(times, factor)


@lru_cache(maxsize=512)
def _ratio(number: Node, den: Num) -> Div:
    return Div(number, den)


def _constants_above(node: Node, scope: Scope) -> tuple[Node, Node]:
    if not isinstance(node, Mul):
        return ONE, node
    moving = [scope.varies(factor) for factor in node.children]
    if all(moving) or not any(moving):
        return ONE, node
    fixed = [factor for factor, moves in zip(node.children, moving, strict=True) if not moves]
    return mul(*fixed), mul(*compress(node.children, moving))


CONSTANT = Rule("constant rule", Law(D(c, x), ZERO), _constant, mistakes.CONSTANT)
IDENTITY = Rule("identity rule", Law(D(x, x), ONE), _identity, heads=(Sym, Indexed, MatSym))
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
