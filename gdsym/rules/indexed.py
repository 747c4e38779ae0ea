"""Sums and products over an index, entries of vector parameters, Kronecker's delta."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from gdsym.errors import Unsupported
from gdsym.rules import mistakes
from gdsym.rules.logs import itself, logs_of_factors, slope_of_product
from gdsym.step import Move, Reason, Rule, Scope
from gdsym.verify import agree
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Const,
    D,
    Delta,
    Div,
    Fn,
    Indexed,
    Integral,
    Neg,
    Node,
    Num,
    Prod,
    Rel,
    Sum,
    Sym,
    add,
    both,
    conjuncts,
    mul,
    replace,
    times,
    walk,
)


def _entry(body: Node, scope: Scope) -> Move | None:
    """D w_j / d w_k = delta_jk: 1 for the same entry, 0 for any other."""
    var = scope.var
    if not (isinstance(body, Indexed) and isinstance(var, Indexed) and body.base == var.base):
        return None
    deltas = [Delta(a, b) for a, b in zip(body.indices, var.indices, strict=True) if a != b]
    if any(isinstance(a, Num) and isinstance(b, Num) for d in deltas for a, b in [d.children]):
        return Move(ENTRY, (), lambda: ZERO, ("another entry of ", body.base, " does not depend on ", var))
    value = mul(*deltas)
    return Move(ENTRY, (), lambda: value, ("Kronecker delta: ", D(body, var), " is 1 for the same entry, else 0"))


def _sum(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Sum):
        return None
    _fixed_limits(body, scope)
    return Move(
        SUM_OVER_INDEX,
        (D(body.body, scope.var),),
        lambda value: Sum(value, body.index, body.lower, body.upper),
        ("sum over an index: term by term",),
    )


def _product(body: Node, scope: Scope) -> Move | None:
    """d/dx prod_i u_i = sum_i du_i/dx prod_(j < i) u_j prod_(j > i) u_j."""
    if not isinstance(body, Prod):
        return None
    _fixed_limits(body, scope)
    by_logs = slope_of_product(body, scope) if isinstance(scope.var, Sym) else None
    if by_logs is not None:
        pending, make, given = by_logs
        said = (f"product over an index: {BY_SLOPES}", *_asked(conjuncts(given)))
        return Move(PRODUCT_OVER_INDEX, pending, make, said, given=given)
    i, low, high = body.index, body.lower, body.upper
    j = scope.letter("j", body)
    other = replace(body.body, {i: j})
    others = Prod(other, j, low, Add(i, Neg(ONE))), Prod(other, j, Add(i, ONE), high)
    return Move(
        PRODUCT_OVER_INDEX,
        (D(body.body, scope.var),),
        lambda value: Sum(times(value, *others), i, low, high),
        ("product over an index: one factor at a time",),
    )


def _asked(needed: Iterable[Node]) -> Reason:
    """`, for p > 0 and 1 - p > 0`."""
    return tuple(
        part for at, c in enumerate(c for c in needed if c != TRUE) for part in (" and " if at else ", for ", c)
    )


def _log_of_product(body: Node, scope: Scope) -> Move | None:
    """d/dx log prod_i u_i = d/dx sum_i log u_i where each u_i is positive, and sum_i (du_i/dx)/u_i where only the product is."""
    if not (isinstance(body, Fn) and body.func is sympy.log and isinstance(body.children[0], Prod)):
        return None
    product = body.children[0]
    _fixed_limits(product, scope)
    apart = logs_of_factors(product)
    if apart is not None:
        logs, needed = apart
        said = (f"product over an index: {LOG_IS_SUM}", *_asked(needed))
        return Move(LOG_OF_PRODUCT, (D(logs, scope.var),), itself, said, given=both(*needed))
    return Move(
        LOG_OF_PRODUCT,
        (D(product.body, scope.var),),
        lambda value: Sum(Div(value, product.body), *product.children[1:]),
        (f"product over an index: {LOG_IS_SUM}, each with the slope (du/dx)/u",),
        given=Rel(">", product, ZERO),
    )


def _integral(body: Node, scope: Scope) -> Move | None:
    """d/dx int_a^b f dt = f(b) db/dx - f(a) da/dx + int_a^b df/dx dt."""
    if not isinstance(body, Integral):
        return None
    inside, t, low, high = body.body, body.index, body.lower, body.upper
    ends = tuple(end for end in (high, low) if scope.varies(end))
    moves = scope.varies(inside)
    pending = (*(D(end, scope.var) for end in ends), *((D(inside, scope.var),) if moves else ()))

    def make(*values: Node) -> Node:
        terms = [_end(inside, t, end, value, end is low) for end, value in zip(ends, values, strict=False)]
        return add(*terms, *([Integral(values[-1], t, low, high)] if moves else []))

    _refuse_where_it_fails(body, scope, make(*pending))
    said = ["an end moves" if len(ends) == 1 else "the ends move"] if ends else ["the ends are fixed"]
    said += ["the integrand changes"] if moves else []
    return Move(LEIBNIZ, pending, make, (f"Leibniz integral rule: {', '.join(said)}",))


def _compares(part: Node, t: Node, scope: Scope) -> bool:
    """May the part jump at a t that depends on the variable?"""
    jumps = isinstance(part, (Rel, Delta)) or (isinstance(part, Fn) and part.func in JUMPING)
    return jumps and t in part.free and scope.varies(part)


def _refuse_where_it_fails(body: Integral, scope: Scope, found: Node) -> None:
    """The integral of the slope is not all where the integrand jumps at a place that moves, or is infinite there; only the judge sees that."""
    verdict = agree(D(body, scope.var), found).verdict
    if verdict not in ("refuted", "one side undefined"):
        return
    shown = f"{body.to_sympy()!s:.200}"
    if any(_compares(part, body.index, scope) for part in walk(body.body)):
        raise Unsupported(
            f"The integrand of {shown} jumps at a place that moves with the variable, which its derivative does not show. "
            f"Write two integrals that end and begin at that place: Integral(f, ({body.index.name}, a, c)) + Integral(g, ({body.index.name}, c, b))."
        )
    raise Unsupported(
        f"{shown} has a slope by {scope.var.to_sympy()}, and Leibniz' rule does not give it: the derivative of the integrand has no integral there, "
        "or the integrand is infinite at an end that moves. Substitute so that what is infinite stays at one place, or write the integral in closed form."
    )


def _end(inside: Node, t: Node, end: Node, value: Node, lower: bool) -> Node:
    term = times(replace(inside, {t: end}), value)
    return Neg(term) if lower else term


def _fixed_limits(body: Sum | Prod, scope: Scope) -> None:
    if any(
        isinstance(part, Const) and not part.value.is_finite
        for limit in (body.lower, body.upper)
        for part in walk(limit)
    ):
        raise Unsupported(
            f"The sum over {body.index.name} has infinitely many terms; whether it may be derived term by term cannot be checked. "
            "Give it an upper limit with a letter, e.g. N."
        )
    if scope.varies(body.lower) or scope.varies(body.upper):
        raise Unsupported(
            f"The limits of the sum over {body.index.name} depend on {scope.var.to_sympy()}: a number of terms cannot be derived by. "
            "Derive by another variable, or give the limit its own letter."
        )


def _constant_delta(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Delta):
        return None
    left, right = body.children
    note: Reason = ("not differentiable where ", left, " = ", right, "; 0 is used there by convention")
    return Move(ENTRY, (), lambda: ZERO, ("Kronecker delta: constant in ", scope.var), note=note)


ENTRY = Rule("Kronecker delta", None, _entry, mistakes.DELTA, (Indexed,))
CONSTANT_DELTA = Rule("Kronecker delta", None, _constant_delta, heads=(Delta,))
SUM_OVER_INDEX = Rule("sum over an index", None, _sum, mistakes.SUM_OVER_INDEX, (Sum,))
PRODUCT_OVER_INDEX = Rule("product over an index", None, _product, mistakes.PRODUCT_OVER_INDEX, (Prod,))
LOG_OF_PRODUCT = Rule("product over an index", None, _log_of_product, heads=(Fn,))

BY_SLOPES = "itself times the sum of the slopes of the logarithms"
LOG_IS_SUM = "the logarithm of a product is a sum of logarithms"
JUMPING = (sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod)
LEIBNIZ = Rule("Leibniz integral rule", None, _integral, mistakes.LEIBNIZ, (Integral,))

INDEXED = (LEIBNIZ, ENTRY, CONSTANT_DELTA, SUM_OVER_INDEX, PRODUCT_OVER_INDEX, LOG_OF_PRODUCT)
