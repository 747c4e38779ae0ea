"""The classic mistakes with each rule: what comes out instead, and how one says so.

A mistake is a wrong law in the letters of the right one where it can be, else a function that makes the wrong right-hand
sides from the parts of a move. None of this is used to derive: `gdsym.slips` looks for the mistake behind a wrong claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.laws import c, n, u, v, x
from gdsym.step import Law, Move, Reason, Slip
from gdsym.written.nodes import (
    ONE,
    TWO,
    ZERO,
    Add,
    D,
    Delta,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Pow,
    Prod,
    Root,
    Sum,
    add,
    is_num,
    mul,
    rewrite,
    times,
    walk,
)

Values = tuple[Node, ...]
Planted = Iterable[tuple[Reason, Node]]

_POWER, _ROOT, _EXP, _LOG = Pow(x, n), Root(x, TWO), Fn(sympy.exp, x), Fn(sympy.log, x)
_DU, _DV, _V2 = D(u, x), D(v, x), Pow(v, TWO)
_LOGISTIC = Div(ONE, Add(ONE, Fn(sympy.exp, Neg(x))))


def _wrong(body: Node, rhs: Node, *says: str | Node) -> Slip:
    return Slip(says, Law(D(body, x), rhs))


POWER = (
    _wrong(_POWER, Pow(x, Add(n, Neg(ONE))), "the factor ", n, " of the power rule was left out"),
    _wrong(_POWER, Mul(n, _POWER), "the exponent ", n, " was not lowered by 1 (power rule)"),
    _wrong(_POWER, _POWER, "the power ", _POWER, " was kept instead of derived (power rule)"),
    _wrong(_POWER, Mul(Add(n, Neg(ONE)), Pow(x, Add(n, Neg(ONE)))),
           "the exponent ", n, " was lowered before it was put in front (power rule)"),
    _wrong(_POWER, Mul(n, Pow(x, Add(n, ONE))), "the exponent ", n, " was raised by 1 instead of lowered (power rule)"),
    _wrong(_POWER, Div(Pow(x, Add(n, ONE)), Add(n, ONE)), "the power ", _POWER, " was integrated instead of derived"),
)  # fmt: skip
ROOT = (
    _wrong(_ROOT, Div(ONE, _ROOT), "the factor 1/2 of the derivative of a root was left out"),
    _wrong(_ROOT, Div(_ROOT, TWO), "the root belongs below the bar (power rule with the exponent 1/2)"),
    _wrong(_ROOT, Neg(Div(ONE, Mul(TWO, _ROOT))), "the sign of the derivative of a root is wrong"),
)
_ONE_BELOW, _POWER_BELOW, _ROOT_BELOW = (Div(ONE, part) for part in (x, _POWER, _ROOT))
ONE_BELOW = (
    _wrong(_ONE_BELOW, Div(ONE, Pow(x, TWO)), "the minus of the derivative of 1/u was left out"),
    _wrong(_ONE_BELOW, Neg(_ONE_BELOW), "the denominator ", x, " was not squared"),
    _wrong(_ONE_BELOW, ONE, "the denominator was derived by itself"),
    _wrong(_ONE_BELOW, Fn(sympy.log, x), "1/u was integrated instead of derived"),
)
BELOW = (
    _wrong(_POWER_BELOW, Div(n, Pow(x, Add(n, ONE))), "the minus of the power rule, for a power below the bar, was left out"),
    _wrong(_POWER_BELOW, Neg(Div(n, Pow(x, Add(n, Neg(ONE))))),
           "the exponent ", n, " below the bar was lowered by 1; below a bar it rises by 1"),
    _wrong(_POWER_BELOW, Div(ONE, Mul(n, Pow(x, Add(n, Neg(ONE))))), "the denominator was derived by itself"),
    _wrong(_POWER_BELOW, Neg(Mul(n, Pow(x, Add(n, Neg(ONE))))),
           "the power was derived as if it stood above the bar, with a minus"),
    _wrong(_POWER_BELOW, Neg(Div(ONE, Pow(x, Add(n, ONE)))), "the factor ", n, " of the power rule was left out"),
    _wrong(_POWER_BELOW, Neg(Div(n, _POWER)), "the exponent below the bar was not raised by 1 (power rule)"),
)  # fmt: skip
ROOT_BELOW = (
    _wrong(_ROOT_BELOW, Div(ONE, Mul(TWO, x, _ROOT)), "the minus of the power rule, for a root below the bar, was left out"),
    _wrong(_ROOT_BELOW, Neg(Div(ONE, Mul(x, _ROOT))), "the factor 1/2 of the derivative of a root was left out"),
    _wrong(_ROOT_BELOW, Mul(TWO, _ROOT), "the denominator was derived by itself"),
    _wrong(_ROOT_BELOW, Neg(Div(ONE, Mul(TWO, _ROOT))),
           "the exponent 1/2 below the bar was lowered by 1; below a bar it rises by 1"),
)  # fmt: skip
EXPONENTIAL = (
    _wrong(Pow(c, x), Pow(c, x), "the factor ", Fn(sympy.log, c), " of the exponential rule was left out"),
    _wrong(_EXP, Mul(x, Fn(sympy.exp, Add(x, Neg(ONE)))), "the exponential was derived by the power rule"),
    _wrong(Pow(c, x), Mul(x, Pow(c, Add(x, Neg(ONE)))), "the exponential was derived by the power rule"),
    _wrong(_EXP, Neg(_EXP), "the sign of the derivative of the exponential is wrong"),
)
LOGARITHM = (
    _wrong(_LOG, Div(ONE, _LOG), "1 over the logarithm was taken for the derivative of the logarithm"),
    _wrong(_LOG, x, "the derivative of the logarithm is 1/u, not u"),
    _wrong(_LOG, Neg(Div(ONE, x)), "the sign of the derivative of the logarithm is wrong"),
    _wrong(_LOG, Div(ONE, Pow(x, TWO)), "the derivative of the logarithm is 1/u, not 1/u²"),
)
LOGISTIC = (
    _wrong(_LOGISTIC, Add(ONE, Neg(_LOGISTIC)), "the factor s in s (1 - s) of the logistic function was left out"),
    _wrong(_LOGISTIC, _LOGISTIC, "the factor 1 - s in s (1 - s) of the logistic function was left out"),
    _wrong(_LOGISTIC, Neg(Mul(_LOGISTIC, Add(ONE, Neg(_LOGISTIC)))),
           "the sign of the derivative of the logistic function is wrong"),
)  # fmt: skip
ABSOLUTE = (
    _wrong(Fn(sympy.Abs, x), ONE, "the sign of ", x, " in the derivative of the absolute value was left out"),
    _wrong(Fn(sympy.Abs, x), Fn(sympy.Abs, x), "the derivative of the absolute value is the sign of ", x, ", not ",
           Fn(sympy.Abs, x)),
    _wrong(Fn(sympy.Abs, x), Neg(Fn(sympy.sign, x)), "the sign of the derivative of the absolute value is wrong"),
)  # fmt: skip
_FRACTION = Div(u, v)
QUOTIENT = (
    _wrong(_FRACTION, Div(Add(Mul(u, _DV), Neg(Mul(_DU, v))), _V2),
           "the terms of the quotient rule were subtracted the wrong way round"),
    _wrong(_FRACTION, Div(Add(Mul(_DU, v), Mul(u, _DV)), _V2), "the minus of the quotient rule was taken for a plus"),
    _wrong(_FRACTION, Div(Add(Mul(_DU, v), Neg(Mul(u, _DV))), v),
           "the denominator ", v, " was not squared (quotient rule)"),
    _wrong(_FRACTION, Div(_DU, _DV), "numerator and denominator were derived each by itself (quotient rule)"),
    _wrong(_FRACTION, Div(_DU, v), "the denominator ", v, " was held constant (quotient rule)"),
    _wrong(_FRACTION, Neg(Div(Mul(u, _DV), _V2)), "the numerator ", u, " was held constant (quotient rule)"),
    _wrong(_FRACTION, Add(Mul(_DU, v), Neg(Mul(u, _DV))), "the denominator of the quotient rule was left out"),
)  # fmt: skip
RECIPROCAL = (
    _wrong(Div(c, v), Div(Mul(c, _DV), _V2), "the minus of the derivative of 1/u was left out (quotient rule)"),
    _wrong(Div(c, v), Neg(Div(Mul(c, _DV), v)), "the denominator ", v, " was not squared (quotient rule)"),
    _wrong(Div(c, v), Div(c, _DV), "the denominator was derived by itself (quotient rule)"),
    _wrong(Div(c, v), Neg(Div(c, _V2)),
           "the inner derivative ", _DV, " of the denominator was left out (quotient rule)"),
)  # fmt: skip
GENERAL_POWER = (
    _wrong(Pow(u, v), Mul(v, Pow(u, Add(v, Neg(ONE))), _DU),
           "the exponent ", v, " was held constant, as in the power rule; it varies, too"),
    _wrong(Pow(u, v), Mul(Pow(u, v), Fn(sympy.log, u), _DV),
           "the base ", u, " was held constant, as in the exponential rule; it varies, too"),
)  # fmt: skip


def of_function(law: Law) -> tuple[Slip, ...]:
    """With g'(x) from the table: its sign, a square or a root that is missing."""
    function = law.lhs.children[0]
    missing = rewrite(law.rhs, lambda part: part.base if isinstance(part, Pow) and is_num(part.exponent, 2) else part)
    bare = rewrite(law.rhs, lambda part: part.arg if isinstance(part, Root) and is_num(part.degree, 2) else part)
    slips = [Slip(("the sign of the derivative of ", function, " is wrong"), Law(law.lhs, Neg(law.rhs)))]
    if missing != law.rhs:
        slips.append(Slip(("a square in the derivative of ", function, " was left out"), Law(law.lhs, missing)))
    if bare != law.rhs:
        slips.append(Slip(("the root in the derivative of ", function, " was left out"), Law(law.lhs, bare)))
    return tuple(slips)


def _chain(body: Node, move: Move, values: Values) -> Planted:
    if len(values) > 1:
        for j, pending in enumerate(move.pending):
            yield (
                ("the term of the chain rule for the argument ", pending.body, " was left out"),
                _without(move, values, j),
            )
        return
    yield (
        ("the inner derivative ", move.pending[0], " = ", values[0], " of the chain rule was left out"),
        move.make(ONE),
    )


def _outer(body: Node, move: Move, values: Values) -> Planted:
    if len(values) == 1:
        yield ("the outer derivative of the chain rule was left out",), values[0]


def _sum(body: Node, move: Move, values: Values) -> Planted:
    moving = [j for j, value in enumerate(values) if not is_num(value, 0)]
    for j, pending in enumerate(move.pending) if len(moving) > 1 else ():
        value = values[j]
        if j in moving:
            yield ("the derivative of the term ", pending.body, " was left out (sum rule)"), _without(move, values, j)
            yield (
                ("the sign of the derivative of the term ", pending.body, " is wrong (sum rule)"),
                move.make(*values[:j], Neg(value), *values[j + 1 :]),
            )


def _without(move: Move, values: Values, j: int) -> Node:
    return move.make(*values[:j], ZERO, *values[j + 1 :])


def _constant(body: Node, move: Move, values: Values) -> Planted:
    if not is_num(body, 0):
        yield ("the constant ", body, " was kept; its derivative is 0"), body
    if not is_num(body, 1):
        yield ("the derivative of the constant ", body, " was taken for 1; it is 0"), ONE


def _constant_multiple(body: Node, move: Move, values: Values) -> Planted:
    (value,) = values
    held = drop(move.make(ONE))
    minus, bare = (True, held.arg) if isinstance(held, Neg) else (False, held)
    above, below = _factors(bare)
    signed: Callable[[Node], Node] = Neg if minus else lambda node: node
    for j, factor in enumerate(above):
        yield _left_out(factor), signed(times(_fraction(above[:j] + above[j + 1 :], below), value))
    for j, factor in enumerate(below):
        yield _left_out(Div(ONE, factor)), signed(times(_fraction(above, below[:j] + below[j + 1 :]), value))
    if len(above) + len(below) > 1:
        yield _left_out(bare), signed(value)
    if minus:
        yield ("the minus sign in front was lost (constant multiple rule)",), times(bare, value)
        yield _left_out(held), value
    yield ("a constant factor was derived, which makes the product 0; it is kept (constant multiple rule)",), ZERO


def _left_out(factor: Node) -> Reason:
    return "the constant factor ", factor, " was left out"


def _factors(node: Node) -> tuple[list[Node], list[Node]]:
    """The factors above and below the bar, without 1."""
    if isinstance(node, Mul):
        pairs = [_factors(child) for child in node.children]
        return [f for above, _ in pairs for f in above], [f for _, below in pairs for f in below]
    if isinstance(node, Div):
        (above, under), (below, over) = _factors(node.num), _factors(node.den)
        return above + over, under + below
    return ([], []) if is_num(node, 1) else ([node], [])


def _fraction(above: list[Node], below: list[Node]) -> Node:
    return Div(mul(*above), mul(*below)) if below else mul(*above)


def _product(body: Node, move: Move, values: Values) -> Planted:
    factors = body.children
    yield ("the derivative of a product was taken for the product of the derivatives (product rule)",), times(*values)
    for j, factor in enumerate(factors):
        terms = [times(*factors[:k], d, *factors[k + 1 :]) for k, d in enumerate(values) if k != j]
        yield ("the term of the product rule with the derivative of ", factor, " was left out"), add(*terms)
    if len(factors) == 2:
        first, second = times(values[0], factors[1]), times(factors[0], values[1])
        yield ("the plus of the product rule was taken for a minus",), Add(first, Neg(second))


def _sum_over_index(body: Node, move: Move, values: Values) -> Planted:
    assert isinstance(body, Sum)
    yield ("the sum over ", body.index, " was left out"), values[0]


def _product_over_index(body: Node, move: Move, values: Values) -> Planted:
    if not isinstance(body, Prod):  # its logarithm
        return
    limits = (body.index, body.lower, body.upper)
    yield ("the derivative of a product was taken for the product of the derivatives",), Prod(values[0], *limits)
    yield ("the product of the other factors was left out (product over an index)",), Sum(values[0], *limits)


def _delta(body: Node, move: Move, values: Values) -> Planted:
    if any(isinstance(part, Delta) for part in walk(move.rhs)):
        yield ("the derivative of ", body, " was taken for 1 whatever the index (Kronecker delta)"), ONE


def _extremum(body: Node, move: Move, values: Values) -> Planted:
    which = "greatest" if move.rule.name == "maximum" else "least"
    for pending, value in zip(move.pending, values, strict=True):
        yield ("the argument ", pending.body, " of ", body, f" was taken for the {which} everywhere"), value


def _piecewise(body: Node, move: Move, values: Values) -> Planted:
    for pending, value in zip(move.pending, values, strict=True):
        yield ("the branch ", pending.body, " was taken everywhere"), value


def _integral(body: Node, move: Move, values: Values) -> Planted:
    for j, pending in enumerate(move.pending):
        yield ("the term of the Leibniz rule with ", pending, " was left out"), _without(move, values, j)


CHAIN = (Slip(plant=_chain),)
OUTER = Slip(plant=_outer)  # looked for after the mistakes with the outer function's own rule
SUM = (Slip(plant=_sum),)
CONSTANT = (Slip(plant=_constant),)
CONSTANT_MULTIPLE = (Slip(plant=_constant_multiple),)
PRODUCT = (Slip(plant=_product),)
SUM_OVER_INDEX = (Slip(plant=_sum_over_index),)
PRODUCT_OVER_INDEX = (Slip(plant=_product_over_index),)
DELTA = (Slip(plant=_delta),)
EXTREMUM = (Slip(plant=_extremum),)
PIECEWISE = (Slip(plant=_piecewise),)
LEIBNIZ = (Slip(plant=_integral),)
