"""Softplus, sigmoid and sums of exponentials in plain operations; softplus and sigmoid of one u share exp(-|u|)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy

from gdsym.arrays.between import bell_between, log_of_between
from gdsym.arrays.beyond import ierfc, log_ierfc, mills_bend, mills_less
from gdsym.arrays.ends import log_of_erfc
from gdsym.arrays.exponents import exponent_of, shares_a_term
from gdsym.arrays.graph import Graph, Op, Value, number_and_rest
from gdsym.arrays.near import expanded_near
from gdsym.arrays.near_logs import gaps_in, near_log, places
from gdsym.arrays.near_powers import power_bend, power_loss
from gdsym.arrays.steep import is_at_least_0, is_steep_power, without_one
from gdsym.written.nodes import Sym


def expanded(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with softplus, sigmoid and the like in plain operations that share exp(-|u|); what became of each."""
    done: dict[Op, Op] = {}
    live = frozenset(reachable(outputs))
    gaps = gaps_in(g, live) if any(map(places, live)) else {}

    def visit(op: Op) -> Op:
        if op not in done:
            args = tuple(map(visit, op.args))
            tangent = g.found("tanh", *op.args) if op.kind == "sech2" and op.ndim else None
            if tangent in live:
                done[op] = _from_tangent(g, args, visit(tangent))
            else:
                write = EXPANSIONS.get(op.kind)
                done[op] = write(g, op, args) if write else g.remade(op, args)
                if gaps and (ends := places(op)) in gaps:
                    done[op] = near_log(g, visit(gaps[ends]), visit(ends[1]), done[op])
        return done[op]

    return [visit(op) for op in outputs], done


def reachable(outputs: Sequence[Op]) -> list[Op]:
    """Every operation that the outputs need."""
    seen: dict[Op, None] = {}
    stack = list(outputs)
    while stack:
        op = stack.pop()
        if op not in seen:
            seen[op] = None
            stack.extend(op.args)
    return list(seen)


def _from_tangent(g: Graph, args: tuple[Op, ...], tangent: Op) -> Op:
    """1/cosh(u)^2 where tanh(u) is computed anyway.

    In tables 1 - tanh(u)^2, which loses digits where tanh(u) is near 1 or -1: the other form costs a fifth of a network's step.
    """
    if tangent.ndim > 1:
        return g.add(((1, g.number(1)), (-1, g.make("mul", tangent, tangent))))
    return g.make("bell", *args, tangent)


def _decay(g: Graph, u: Op) -> Op:
    """exp(-|u|), the same for u and -u."""
    return g.make("exp", g.neg(g.abs(u)))


def _softplus(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """log(1 + exp(u)) = max(u, 0) + log1p(exp(-|u|))."""
    (u,) = args
    if u.kind == "neg" and u.args[0].kind == "abs":
        return g.make("log1p", _decay(g, u.args[0]))
    return g.add(((1, g.make("maximum", u, g.number(0))), (1, g.make("log1p", _decay(g, u)))))


def _sigmoid(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """1/(1 + exp(-u)) = (1 if u >= 0 else e)/(1 + e) with e = exp(-|u|)."""
    (u,) = args
    e = _decay(g, u)
    below = g.add(((1, g.number(1)), (1, e)))
    if u.kind == "abs":
        return g.make("div", g.number(1), below)
    if u.kind == "neg" and u.args[0].kind == "abs":
        return g.make("div", e, below)
    bare, up, down = (u.args[0], e, g.number(1)) if u.kind == "neg" else (u, g.number(1), e)
    above = g.make("where", g.make("compare", bare, g.number(0), attr=">="), up, down)
    return g.make("div", above, below)


def _sech2(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """1/cosh(u)^2 = 4 e/(1 + e)^2 with e = exp(-|2 u|), which sigmoids of 2 u have, too."""
    (u,) = args
    e = _decay(g, g.make("mul", g.number(2), u))
    below = g.add(((1, g.number(1)), (1, e)))
    return g.make("div", g.make("mul", g.number(4), e), g.make("mul", below, below))


def _logcosh(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """Log cosh u by tanh u, which is its slope."""
    return g.make("logcosh", *args, g.make("tanh", *args))


def _log1mexp(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """log(1 - exp(u)) for u < 0: exp(u) is taken from 1 where it is small, and u is where 1 - exp(u) is."""
    (u,) = args
    near = g.make("log", g.neg(g.make("expm1", u)))
    far = g.make("log1p", g.neg(g.make("exp", u)))
    return g.make("where", g.make("compare", u, g.number(Fraction(-2, 3)), attr=">"), near, far)


def _add(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """softplus(u) - y u: the large parts are added first, so that what they leave is not rounded away."""
    if not any(a.kind == "softplus" for a in op.args):
        return _exponentials(g, op, args) or _crossed(g, op, args) or g.remade(op, args)
    wide: list[tuple[int, Op]] = []
    small: list[tuple[int, Op]] = []
    for sign, before, after in zip(op.attr, op.args, args, strict=True):
        parts = after.args if before.kind == "softplus" and after.kind == "add" else (after,)
        wide.append((sign, parts[0]))
        small += [(sign, p) for p in parts[1:]]
    return g.add((*wide, *small))


def _pow(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """(1 + r)^c as exp(c log1p(r)) where c moves: 1 + r would be rounded before it is raised."""
    rest = without_one(g, Value(args[0], (Sym(sympy.Dummy()),) * args[0].ndim)) if is_steep_power(op) else None
    if rest is None:
        return g.remade(op, args)
    return g.make("exp", g.make("mul", args[1], g.make("log1p", rest.op)))


def _exponentials(g: Graph, op: Op, args: tuple[Op, ...]) -> Op | None:
    """The difference c e^u - c e^v as t c e^u + t c e^v with t = tanh((u - v)/2)."""
    if op.attr not in ((1, -1), (-1, 1)) or args[0].ndim != args[1].ndim:
        return None
    (c, a), (k, b) = map(number_and_rest, args if op.attr[0] > 0 else args[::-1])
    if c != k or a.kind != "exp" or b.kind != "exp":
        return None
    letters = tuple(Sym(sympy.Dummy()) for _ in range(op.ndim))
    d = exponent_of(g, {Value(a.args[0], letters): 1, Value(b.args[0], letters): -1})
    if d is None or d.op.ndim != op.ndim:
        return None
    t = g.make("tanh", g.make("div", _factored(g, d.op), g.number(2)))
    return g.add(tuple((1, g.make("mul", t, term)) for term in args))


def _factored(g: Graph, op: Op) -> Op:
    """The difference a t - b t as (a - b) t, which keeps its digits where a is near b."""
    if op.kind == "neg":
        return g.neg(_factored(g, op.args[0]))
    products = [a for a in op.args if a.kind == "mul" and len(a.args) == 2] if op.kind == "add" else []
    if len(products) != 2 or len(op.args) != 2:
        return op
    for t in products[0].args:
        if t in products[1].args:
            rests = [next((a for a in p.args if a is not t), t) for p in products]
            gap = g.add(tuple(zip(op.attr, rests, strict=True)))
            return g.make("mul", gap, t) if max(gap.ndim, t.ndim) == op.ndim else op
    return op


def _crossed(g: Graph, op: Op, args: tuple[Op, ...]) -> Op | None:
    """The sum s(u) s(-v) + s(v) s(-u) as (e^-|u| + e^-|v|)/((1 + e^-|u|) (1 + e^-|v|)), or 1 + e^-|u| e^-|v| above for other signs."""
    if op.attr != (1, 1) or any(a.kind != "mul" or [f.kind for f in a.args] != ["sigmoid"] * 2 for a in op.args):
        return None
    (u, less), (v, other) = ([f.args[0] for f in a.args] for a in op.args)
    turned = {g.neg(u), g.neg(less)}
    if turned != {v, other} or any(a.ndim != op.ndim for a in (u, less)):
        return None
    outer = [_decay(g, a) for a in (u, less)]
    same = g.make("compare", g.make("mul", u, g.neg(less)), g.number(0), attr=">=")
    above = g.make(
        "where", same, g.add(((1, outer[0]), (1, outer[1]))), g.add(((1, g.number(1)), (1, g.make("mul", *outer))))
    )
    below = [g.add(((1, g.number(1)), (1, e))) for e in outer]
    return g.make("div", above, g.make("mul", *below))


def _log(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    """The log of u/v as -log(1 + (v - u)/u) where u and v have terms in common and are near: a quotient near 1 is rounded."""
    ratio = args[0]
    if ratio.kind != "div" or any(a.ndim not in (0, op.ndim) for a in ratio.args):
        return g.remade(op, args)
    letters = tuple(Sym(sympy.Dummy()) for _ in range(op.ndim))
    u, v = (Value(a, letters[: a.ndim]) for a in ratio.args)
    d = exponent_of(g, {v: 1, u: -1}) if shares_a_term(v, u) else None
    if d is None:
        return g.remade(op, args)
    if is_at_least_0(g, d):
        return g.neg(g.make("log1p_ratio", d.op, u.op))
    near = g.neg(g.make("log1p", g.make("div", d.op, u.op)))
    small = g.make("compare", g.abs(d.op), g.make("div", g.abs(u.op), g.number(2)), attr="<")
    return g.make("where", small, near, g.remade(op, args))


def _one_plus_exp(g: Graph, op: Op, args: tuple[Op, ...]) -> Op:
    return g.add(((1, g.number(1)), (1, g.make("exp", args[0]))))


EXPANSIONS: dict[str, Callable[[Graph, Op, tuple[Op, ...]], Op]] = {
    "add": _add,
    "pow": _pow,
    "sech2": _sech2,
    "log": _log,
    "log1mexp": _log1mexp,
    "logcosh": _logcosh,
    "softplus": _softplus,
    "sigmoid": _sigmoid,
    "one_plus_exp": _one_plus_exp,
    "near": expanded_near,
    "log_erfc": log_of_erfc,
    "power_loss": power_loss,
    "power_bend": power_bend,
    "ierfc": ierfc,
    "log_ierfc": log_ierfc,
    "mills_less": mills_less,
    "mills_bend": mills_bend,
    "log_between": log_of_between,
    "bell_between": bell_between,
}
