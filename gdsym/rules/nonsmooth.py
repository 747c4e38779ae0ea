"""Absolute value, sign, steps, maximum, minimum, case distinctions: derivatives with a switch.

At the switch there is no derivative; the value that is used there is a convention, and the step says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

import sympy

from gdsym.rules import mistakes
from gdsym.rules.comparisons import shorter
from gdsym.rules.function import CHAIN, Outer, chain
from gdsym.rules.laws import U, x
from gdsym.rules.moduli import ODD
from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.written.nodes import (
    ONE,
    TRUE,
    TWO,
    ZERO,
    Add,
    Cases,
    D,
    Div,
    Fn,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    add,
    both,
    kinds_of,
    times,
    walk,
)

EACH = 4  # arguments at most of which every tie is a case of its own
TURNED = str.maketrans("<>", "><")
THERE_TOO = ", and by convention that slope is used there too"
EXTREMA = (sympy.Max, sympy.Min)
BENT = kinds_of(Fn, Pow)
STEPS = (sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling)  # constant between their jumps


def _absolute(body: Node, scope: Scope) -> Move | None:
    """d/dx |u| = sign(u) du/dx."""
    if not isinstance(body, Fn) or body.func is not sympy.Abs:
        return None
    inner = body.children[0]
    note = (
        "not differentiable where ", which_is_zero(inner), " = ", ZERO,
        "; there ", Fn(sympy.sign, ZERO), " = ", ZERO,
        ", an element of [", Neg(ONE), ", ", ONE, "], is used by convention",
    )  # fmt: skip
    return chain(Outer(ABSOLUTE, inner, Fn(sympy.Abs, U), Fn(sympy.sign, U), note=note), scope)


def _step(body: Node, scope: Scope) -> Move | None:
    """A function that is constant between jumps has derivative 0 there; at a jump 0 is used, never a delta."""
    if not isinstance(body, Fn) or body.func not in STEPS:
        return None
    note: Reason = (
        body,
        " jumps where its argument does; its derivative is 0 elsewhere, and by convention 0 is used there too",
    )
    rule = SIGN if body.func is sympy.sign else Rule(f"derivative of {body.name}", None)
    return Move(rule, (), lambda: ZERO, (f"{rule.name}: constant between its jumps",), note=note)


def _sawtooth(body: Node, scope: Scope) -> Move | None:
    """frac(u) and Mod(u, c) run parallel to u between their jumps; Mod(u, v) = u - floor(u/v) v has floor(u/v) constant there."""
    if not isinstance(body, Fn) or body.func not in (sympy.frac, sympy.Mod):
        return None
    rule = Rule(f"derivative of {body.name}", None)
    u, *over = body.children
    slopes = [D(u, scope.var), *(D(v, scope.var) for v in over if scope.varies(v))]
    if len(slopes) == 1:
        said, why = (" jumps; between its jumps it runs parallel to ", u), "parallel between its jumps"
        return Move(rule, tuple(slopes), lambda slope: slope, (f"{rule.name}: {why}",), note=(body, *said, THERE_TOO))
    whole = Fn(sympy.floor, Div(u, over[0]))
    note: Reason = (body, " jumps; between its jumps ", whole, " is constant", THERE_TOO)
    reason: Reason = (f"{rule.name}: ", body, " = ", add(u, Neg(times(whole, over[0]))))
    return Move(rule, tuple(slopes), lambda du, dv: add(du, Neg(times(whole, dv))), reason, note=note)


def _extremum(func: object, op: str, rule: Rule, body: Node, scope: Scope) -> Move | None:
    """d/dx max(u, v) = du/dx where u > v, dv/dx where u < v; at a tie the mean of the tied slopes."""
    if not isinstance(body, Fn) or body.func is not func:
        return None
    args = body.children
    if len(set(args)) == 1:
        return Move(rule, (D(args[0], scope.var),), lambda slope: slope, (f"{rule.name}: all arguments are the same",))
    moving = tuple(arg for arg in args if scope.varies(arg))
    one = len(moving) == 1
    nested = one and len(args) == 2 and _switches(moving[0], scope)
    pending = tuple(D(arg, scope.var) for arg in (moving if nested or (one and len(args) > 2) else args))
    make = partial(times, _share(args, op, moving[0])) if nested else _slope(args, op, moving)
    return Move(rule, pending, make, _tie_reason(rule.name), note=_tie(body))


def _switches(u: Node, scope: Scope) -> bool:
    """Is there a switch in it that moves? Its slope then stands once beside a share, not in each of the cases: these would double at every level."""
    parts = (part for part in walk(u) if isinstance(part, Cases) or (isinstance(part, Fn) and part.func in EXTREMA))
    return any(map(scope.varies, parts))


def _share(args: tuple[Node, ...], op: str, u: Node) -> Node:
    """How much of the slope of u is taken beside one other argument that does not vary: all, nothing or half of it."""
    made = _two(args, op)(*(ONE if arg is u else ZERO for arg in args))
    return made.with_children((*made.children[:4], Div(ONE, TWO), TRUE))


def _maximum(body: Node, scope: Scope) -> Move | None:
    return _extremum(sympy.Max, ">", MAXIMUM, body, scope)


def _minimum(body: Node, scope: Scope) -> Move | None:
    return _extremum(sympy.Min, "<", MINIMUM, body, scope)


def _slope(args: tuple[Node, ...], op: str, moving: tuple[Node, ...]) -> Callable[..., Node]:
    """What the slopes of the arguments are put into; more than four have too many ways to tie for a case each."""
    if len(args) > 2 and len(moving) == 1:
        return _alone(args, op, moving[0])
    return (_two if len(args) == 2 else _each_tie if len(args) <= EACH else _many)(args, op)


def _two(args: tuple[Node, ...], op: str) -> Callable[..., Cases]:
    first, second = args
    back = "<" if op == ">" else ">"

    def make(du: Node, dv: Node) -> Cases:
        mean = Div(Add(du, dv), TWO)
        return Cases(du, _rel(op, first, second), dv, _rel(back, first, second), mean, TRUE)

    return make


def _rel(op: str, left: Node, right: Node) -> Node:
    """A relation with a number on its right side: u < 0, not 0 > u."""
    if not left.free and right.free:
        return Rel(op.translate(TURNED), right, left)
    return Rel(op, left, right)


def _alone(args: tuple[Node, ...], op: str, u: Node) -> Callable[..., Node]:
    """One argument that varies, u, and others that do not: the slope of u where u is the greatest, 0 where one is greater."""
    others = tuple(arg for arg in args if arg != u)

    def make(du: Node) -> Node:
        greatest = both(*(_rel(op, u, other) for other in others))
        less = Logic("or", *(_rel(op, other, u) for other in others))
        if len(others) > 2:  # any number of them may tie
            count = Add(ONE, *(Cases(ONE, _rel("==", u, other), ZERO, TRUE) for other in others))
            return Cases(du, greatest, ZERO, less, Div(du, count), TRUE)
        all_tie = both(*(_rel("==", u, other) for other in others))
        return Cases(du, greatest, ZERO, less, Div(du, Num(3)), all_tie, Div(du, TWO), TRUE)

    return make


def _each_tie(args: tuple[Node, ...], op: str) -> Callable[..., Node]:
    """One branch for each argument, for each two that tie, each three ..., and the tie of all."""

    def make(*slopes: Node) -> Node:
        branches: list[Node] = []
        for size in range(1, len(args)):
            for tied in combinations(range(len(args)), size):
                first = args[tied[0]]
                equal = (_rel("==", first, args[j]) for j in tied[1:])
                ahead = (_rel(op, first, other) for j, other in enumerate(args) if j not in tied)
                branches += [_mean([slopes[j] for j in tied]), both(*equal, *ahead)]
        return Cases(*branches, _mean(slopes), TRUE)

    return make


def _mean(slopes: Sequence[Node]) -> Node:
    return slopes[0] if len(slopes) == 1 else Div(Add(*slopes), Num(len(slopes)))


def _many(args: tuple[Node, ...], op: str) -> Callable[..., Node]:
    """A branch for each argument; where some tie, the slopes of those that are greatest, over their number.

    Compared pair by pair: u >= max(u, v, w), rounded, may fail for all three, and then there is no slope at all.
    """
    rest = tuple(tuple(other for other in args if other != arg) for arg in args)
    ahead = tuple(both(*(_rel(op, arg, other) for other in others)) for arg, others in zip(args, rest, strict=True))
    hits = tuple(
        Cases(ONE, both(*(_rel(f"{op}=", arg, other) for other in others)), ZERO, TRUE)
        for arg, others in zip(args, rest, strict=True)
    )

    def make(*values: Node) -> Node:
        mean = Div(add(*(Mul(value, hit) for value, hit in zip(values, hits, strict=True))), add(*hits))
        branches = (part for pair in zip(values, ahead, strict=True) for part in pair)
        return Cases(*branches, mean, TRUE)

    return make


def _tie_reason(name: str) -> Reason:
    return (f"{name}: the slope of the argument that is taken",)


def _tie(body: Fn) -> Reason:
    args = body.children
    two = "two" if len(args) == 2 else "tied"
    there = f"; there the mean of the {two} slopes is used by convention"
    if len(args) > 2 or any(arg.kinds & BENT for arg in args):
        from gdsym.rules.intervals import NOWHERE, kinks

        found = kinks(body)
        if found is not None:
            return () if found == NOWHERE else ("not differentiable where ", found, there)
    if len(args) == 2:
        left, right = shorter(Rel("==", *args)).children if args[0].free else args[::-1]
        left = which_is_zero(left) if right == ZERO else left
        return ("not differentiable where ", left, " = ", right, there)
    return ("not differentiable where the greatest (least) arguments tie", there)


def which_is_zero(u: Node) -> Node:
    """What is 0 where u is, with nothing around it that does not matter: -x, x/y and tanh(x) are 0 where x is."""
    while True:
        if isinstance(u, Neg) or (isinstance(u, Div) and u.num.free):
            u = u.children[0]
        elif isinstance(u, Fn) and u.func in ODD:
            (u,) = u.children
        elif isinstance(u, Mul) and isinstance(u.children[0], Num) and len(u.children) == 2:
            u = u.children[1]
        else:
            return u


def _piecewise(body: Node, scope: Scope) -> Move | None:
    """Branch by branch; the conditions stay."""
    if not isinstance(body, Cases):
        return None
    from gdsym.rules.isolated import isolated

    at_a_point = isolated(PIECEWISE, body, scope)
    if at_a_point is not None:
        return at_a_point
    values, conditions = zip(*body.pairs, strict=True)

    def make(*slopes: Node) -> Node:
        return Cases(*(part for pair in zip(slopes, conditions, strict=True) for part in pair))

    joint: Reason = ("at a joint of the branches the slope of the branch that holds there is used by convention",)
    note = joint if any(scope.varies(condition) for condition in conditions) else ()
    return Move(
        PIECEWISE, tuple(D(value, scope.var) for value in values), make, ("piecewise: branch by branch",), note=note
    )


ABSOLUTE = Rule("absolute value", Law(D(Fn(sympy.Abs, x), x), Fn(sympy.sign, x)), _absolute, mistakes.ABSOLUTE, (Fn,))
SIGN = Rule("sign", Law(D(Fn(sympy.sign, x), x), ZERO), _step, heads=(Fn,))
MAXIMUM: Rule = Rule("maximum", None, _maximum, mistakes.EXTREMUM, (Fn,))
MINIMUM: Rule = Rule("minimum", None, _minimum, mistakes.EXTREMUM, (Fn,))
PIECEWISE: Rule = Rule("piecewise", None, _piecewise, mistakes.PIECEWISE, (Cases,))

SAWTOOTH = Rule("derivative of frac", None, _sawtooth, heads=(Fn,))

NONSMOOTH = (ABSOLUTE, SIGN, SAWTOOTH, MAXIMUM, MINIMUM, PIECEWISE)
__all__ = ["CHAIN", "NONSMOOTH"]
