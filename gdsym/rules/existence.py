"""Where a derivative exists: the condition that a step states, `u != 0` under `Abs`, `u > 0` under `log`.

A law d/dx g(u) = g'(u) du/dx is claimed where g has a derivative. Stated is what the two sides do not say by themselves:
the right side may have a value where g has none (1/u beside log u), g one where g' has none (the root at 0), or a
convention may stand in for the derivative (sign(0) beside |u| at 0). Where neither side has a value nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sympy

from gdsym.rules.domain import certain, gained
from gdsym.rules.fractions import split
from gdsym.rules.laws import U
from gdsym.rules.logs import DETAILS
from gdsym.rules.powers import base_exponent
from gdsym.rules.reached import JUMPS
from gdsym.rules.solved import solved
from gdsym.step import Move
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import has_matrices
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Delta,
    Div,
    Fn,
    Logic,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Root,
    Sym,
    both,
    kinds_of,
    mul,
    replace,
    walk,
)

NONZERO, POSITIVE = Rel("!=", U, ZERO), Rel(">", U, ZERO)
INSIDE, OUTSIDE = Rel("<", Fn(sympy.Abs, U), ONE), Rel(">", Fn(sympy.Abs, U), ONE)
BETWEEN_INTEGERS = Rel("!=", Fn(sympy.floor, U), U)

OF_ONE: Mapping[object, Node] = {
    sympy.Abs: NONZERO, sympy.sign: NONZERO, sympy.acot: NONZERO,
    sympy.floor: BETWEEN_INTEGERS, sympy.ceiling: BETWEEN_INTEGERS, sympy.frac: BETWEEN_INTEGERS,
    sympy.log: POSITIVE, sympy.loggamma: POSITIVE, sympy.Ci: POSITIVE, sympy.Chi: POSITIVE,
    sympy.asin: INSIDE, sympy.acos: INSIDE, sympy.atanh: INSIDE, sympy.erfinv: INSIDE,
    sympy.asec: OUTSIDE, sympy.acsc: OUTSIDE, sympy.acoth: OUTSIDE,
    sympy.acosh: Rel(">", U, ONE),
    sympy.asech: both(POSITIVE, Rel("<", U, ONE)),
    sympy.erfcinv: both(POSITIVE, Rel("<", U, Num(2))),
    sympy.LambertW: both(NONZERO, Rel(">", U, Neg(Fn(sympy.exp, Neg(ONE))))),
    sympy.elliptic_k: both(NONZERO, Rel("<", U, ONE)), sympy.elliptic_e: both(NONZERO, Rel("<", U, ONE)),
}  # fmt: skip
STEPS = (sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling)
FRACTIONS = kinds_of(Div)
LARGEST = 60  # nodes of a part that is looked into


def exists(
    body: Node, move: Move, letters: Collection[Node], whole: Collection[Node] = (), counted: Collection[Node] = ()
) -> Node:
    """The condition under which the rewriting of d/dx body by `move` holds as a derivative; its parts have their own.

    `letters` are those of the variable; `whole` stand for whole numbers, such as bound indices, `counted` for those from 1.
    """
    if isinstance(body, (Pow, Root)):
        return _power(body, whole, counted)
    if isinstance(body, Div) and isinstance(body.den, (Pow, Root)) and _by_power_rule(move):
        found = _power(body.den, whole, counted)  # at u = 0 neither side has a value
        return TRUE if isinstance(found, Rel) and found.op == "!=" else found
    if move.detail in DETAILS:
        return TRUE
    if isinstance(body, Delta):
        return Rel("!=", *body.children)
    if not isinstance(body, Fn) or body.undefined:
        return TRUE
    jumps = tuple(_inner_jumps(body, letters)) if body.func in STEPS else ()
    if jumps and _flat(body.children[0], letters):
        return both(*jumps)
    of_several = OF_SEVERAL.get(body.func)
    if of_several is not None:
        return both(of_several(body.children), *jumps)
    if len(body.children) == 1 and body.func in OF_ONE:
        return both(_at(OF_ONE[body.func], body.children[0]), *jumps)
    return both(*gained(body, move.rhs))


def _by_power_rule(move: Move) -> bool:
    return (move.outer or move.rule).name == "power rule"


def _inner_jumps(body: Node, letters: Collection[Node]) -> Iterator[Node]:
    """A step of what jumps itself, sign(floor(x) + 1/2), is flat where neither does; its inner parts are not derived, and state nothing."""
    for part in islice(walk(body), 1, None):
        if part.free.isdisjoint(letters):
            continue
        if isinstance(part, Rel):
            yield Rel("!=", *part.children)
        elif isinstance(part, Fn) and part.func in JUMPS:
            yield (
                OF_SEVERAL[part.func](part.children)
                if part.func in OF_SEVERAL
                else _at(OF_ONE[part.func], part.children[0])
            )


def _flat(part: Node, letters: Collection[Node]) -> bool:
    """Is it constant between jumps, so that a step of it jumps nowhere else?"""
    if part.free.isdisjoint(letters) or (isinstance(part, Fn) and part.func in STEPS):
        return True
    below = part.children[::2] if isinstance(part, Cases) else part.children
    return bool(below) and all(_flat(child, letters) for child in below)


def _power(body: Node, whole: Collection[Node], counted: Collection[Node]) -> Node:
    """u^n for whole n >= 0 everywhere, for other whole n at u != 0, for any other exponent, and roots, at u > 0."""
    base, exponent = body.children
    if isinstance(body, Pow):
        n = _in_range(exponent, frozenset(whole), frozenset(counted))
        if n.is_integer and n.is_nonnegative and (n.is_number or n.is_positive):
            return TRUE
        if n.is_integer:
            return simplest("!=", base)
    return simplest(">", base)


def _in_range(exponent: Node, whole: frozenset[Node], counted: frozenset[Node]) -> Any:
    """The exponent, its bound letters whole numbers, and positive in sums from 1: whatever was declared of them."""
    bound = {name for name in exponent.free & whole if isinstance(name, Sym)}
    return exponent.to_sympy().xreplace(
        {name.symbol: sympy.Dummy(integer=True, positive=True if name in counted else None) for name in bound}
    )


def _at(condition: Node, inner: Node) -> Node:
    """A condition on U at the part that stands for it, as short as it can be said."""
    parts = condition.children if isinstance(condition, Logic) else (condition,)
    return both(*(_one(part, inner) for part in parts))


def _one(condition: Node, inner: Node) -> Node:
    if condition in (NONZERO, POSITIVE):
        assert isinstance(condition, Rel)
        return simplest(condition.op, inner)
    return replace(condition, {U: inner})


def simplest(op: str, part: Node) -> Node:
    """`part != 0` or `part > 0` as a reader would say it: |v| > 0 is v != 0, 2 x > 0 is x > 0, 1 + e^x > 0 is nothing."""
    if has_matrices(part) or sum(1 for _ in walk(part)) > LARGEST:
        return Rel(op, part, ZERO)
    if certain(op, part) or (isinstance(part, Add) and part.has(FRACTIONS) and certain(op, _over_one(part))):
        return TRUE
    if op == ">" and not certain(">=", part):
        return _positive(part)
    bases = (_bare(factor, 1) for factor in split(part)[0])
    return both(*(solved("!=", base) for base in bases if not certain("!=", base)))


def _over_one(part: Node) -> Node:
    """1 - 1/(1 + e^-u) over one denominator is seen to be positive."""
    return from_sympy(sympy.together(part.to_sympy()))


def _positive(part: Node) -> Node:
    """`part > 0`, without factors that are positive anyway."""
    ups, downs = ([f for f in factors if not certain(">", f)] for factors in split(part))
    if len(ups) == 1 and not downs:
        return solved(">", _bare(ups[0], 2))
    return solved(">", Div(mul(*ups), mul(*downs)) if downs else mul(*ups))


def _bare(factor: Node, step: int) -> Node:
    """v, of a root or a positive power of v (an odd one for `step` 2), or of |v| where only 0 matters."""
    base, exponent = base_exponent(factor)
    odd = exponent.denominator > 1 or exponent.numerator % step == step - 1 or step == 1
    if base is not factor and odd:
        return _bare(base, step)
    if step == 1 and isinstance(factor, Fn) and factor.func is sympy.Abs:
        return _bare(factor.children[0], step)
    return factor


def _untied(args: Sequence[Node], op: str) -> Node:
    """One argument is greater (less) than all others."""
    if len(set(args)) == 1:
        return TRUE
    if len(args) == 2:
        return Rel("!=", *(args if args[0].free else args[::-1]))
    return Logic("or", *(both(*(Rel(op, arg, other) for other in args if other != arg)) for arg in args))


def _beside_zero(order: Node, part: Node) -> Node:
    """J_n is a power series for whole n; for other orders it begins with a power of x/2 that is none."""
    return TRUE if order.to_sympy().is_integer else simplest(">", part)


OF_SEVERAL: Mapping[object, Callable[[Sequence[Node]], Node]] = {
    sympy.Max: lambda args: _untied(args, ">"),
    sympy.Min: lambda args: _untied(args, "<"),
    sympy.Heaviside: lambda args: simplest("!=", args[0]),
    sympy.Mod: lambda args: Rel("!=", Fn(sympy.Mod, *args), ZERO),
    sympy.uppergamma: lambda args: simplest(">", args[1]),
    sympy.lowergamma: lambda args: simplest(">", args[1]),
    sympy.expint: lambda args: simplest(">", args[1]),
    sympy.besselj: lambda args: _beside_zero(*args),
    sympy.besseli: lambda args: _beside_zero(*args),
    sympy.marcumq: lambda args: both(simplest(">", args[1]), simplest(">", args[2])),
    sympy.atan2: lambda args: Logic("or", Rel(">", args[1], ZERO), Rel("!=", args[0], ZERO)),
}
