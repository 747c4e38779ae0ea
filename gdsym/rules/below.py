"""Powers and roots below a fraction bar: 1/x^n is x^-n, so the power rule derives it, and no quotient rule is needed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial

from gdsym.rules import mistakes
from gdsym.rules.algebra import CONSTANT_MULTIPLE, said_of
from gdsym.rules.function import Outer, chain
from gdsym.rules.laws import U, n, x
from gdsym.rules.powers import number_of
from gdsym.step import Law, Move, Rule, Scope
from gdsym.written.nodes import ONE, TWO, Add, D, Dec, Div, Mul, Neg, Node, Num, Pow, Root, Sym, is_num, mul, times


def _below(body: Node, scope: Scope) -> Move | None:
    """d/dx [c/(k u^n)] = (c/k) d/dx [1/u^n], and that is -n/u^(n + 1) du/dx; a minus in front goes with c/k."""
    found = _front_and_power(body.arg if isinstance(body, Neg) else body, scope)
    if found is None:
        return None
    front, power = found
    if is_num(front, 1):
        return None if isinstance(body, Neg) else chain(_outer(power), scope)
    make: Callable[[Node], Node] = partial(times, front)
    if isinstance(body, Neg):
        make, front = partial(_less, front), Neg(front)
    return Move(CONSTANT_MULTIPLE, (D(Div(ONE, power), scope.var),), make, said_of(front, scope))


def _less(front: Node, slope: Node) -> Node:
    return Neg(times(front, slope))


def _front_and_power(body: Node, scope: Scope) -> tuple[Node, Node] | None:
    """c/k and u^n of c/(k u^n)."""
    if not isinstance(body, Div) or scope.varies(body.num):
        return None
    factors = body.den.children if isinstance(body.den, Mul) else (body.den,)
    moving = [factor for factor in factors if scope.varies(factor)]
    if len(moving) != 1 or not _is_power(moving[0], scope):
        return None
    fixed = mul(*(factor for factor in factors if factor is not moving[0]))
    return body.num if is_num(fixed, 1) else Div(body.num, fixed), moving[0]


def _is_power(factor: Node, scope: Scope) -> bool:
    """Is it the variable, or a power or root of anything whose exponent is a positive number or a letter?"""
    if isinstance(factor, (Pow, Root)):
        exponent = factor.children[1]
        value = exponent.value if isinstance(exponent, Dec) else number_of(exponent)
        if value is not None:
            return bool(value > 0)
        return isinstance(factor, Pow) and isinstance(exponent, Sym) and not scope.varies(exponent)
    return factor == scope.var


def _outer(power: Node) -> Outer:
    base, exponent = power.children if isinstance(power, (Pow, Root)) else (power, ONE)
    if isinstance(power, Root):
        rule = ROOT_BELOW if is_num(exponent, 2) else ANY_ROOT_BELOW
        return Outer(rule, base, Div(ONE, Root(U, exponent)), _root_slope(exponent))
    if is_num(exponent, 1):
        return Outer(ONE_BELOW, base, Div(ONE, U), Neg(Div(ONE, Pow(U, TWO))))
    return Outer(POWER_BELOW, base, Div(ONE, Pow(U, exponent)), *_slopes(exponent))


@lru_cache(maxsize=512)
def _root_slope(degree: Node) -> Node:
    value = number_of(degree)
    assert value is not None
    return Neg(Div(ONE, Mul(degree, Pow(U, Num(1 + 1 / value)))))


@lru_cache(maxsize=512)
def _slopes(exponent: Node) -> tuple[Node, Node | None]:
    """The slope of 1/u^n, with n + 1 worked out, and as the law writes it."""
    plain = Neg(Div(exponent, Pow(U, Add(exponent, ONE))))
    value = number_of(exponent)
    if value is None:
        return plain, None
    bar, raised = Num(value.denominator), Pow(U, Num(value + 1))
    slope = Neg(Div(Num(value.numerator), raised if value.denominator == 1 else Mul(bar, raised)))
    return slope, None if value == 2 else plain


POWER_BELOW = Rule(
    "power rule", Law(D(Div(ONE, Pow(x, n)), x), Neg(Div(n, Pow(x, Add(n, ONE))))), _below, mistakes.BELOW, (Div, Neg)
)
ONE_BELOW = Rule("power rule", Law(D(Div(ONE, x), x), Neg(Div(ONE, Pow(x, TWO)))), slips=mistakes.ONE_BELOW)
ROOT_BELOW = Rule(
    "power rule", Law(D(Div(ONE, Root(x, TWO)), x), Neg(Div(ONE, Mul(TWO, Pow(x, Num(Fraction(3, 2))))))),
    slips=mistakes.ROOT_BELOW,
)  # fmt: skip
ANY_ROOT_BELOW = Rule(
    "power rule", Law(D(Div(ONE, Root(x, n)), x), Neg(Div(ONE, Mul(n, Pow(x, Add(ONE, Div(ONE, n))))))),
    slips=mistakes.ROOT_BELOW,
)  # fmt: skip
