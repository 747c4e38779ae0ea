"""Common factors of the terms of a bracket: u x / s - v x = (u / s - v) x, and powers of brackets."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.powers import base_exponent, base_of, raised
from gdsym.written.nodes import Add, Div, Fn, Mul, Neg, Node, Num, Sum, mul, rewrite, walk


def factored_out(node: Node) -> Node:
    """U x / s - v x = (u / s - v) x: what all terms have above the bar, behind the bracket."""
    if not isinstance(node, Add):
        return node
    parts = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    shared = [f for f in dict.fromkeys(parts[0][0]) if all(f in ups for ups, _ in parts) and may_leave(f, node)]
    if all(isinstance(f, Num) for f in shared):
        return node
    terms = [_less(ups, downs, shared) for ups, downs in parts]
    signed = (Neg(t) if isinstance(term, Neg) else t for t, term in zip(terms, node.children, strict=True))
    return Mul(Add(*signed), *shared)


def may_leave(factor: Node, bracket: Node, below: Container[Node] = ()) -> bool:
    """An exponential stays beside the sums that terms are divided by, where it makes a share; unless they leave, too."""
    if not isinstance(factor, Fn) or factor.func is not sympy.exp:
        return True
    totals = {f for part in walk(bracket) if isinstance(part, Div) for f in map(base_of, split(part)[1])}
    return all(total in below for total in totals if isinstance(total, Sum))


def _less(ups: list[Node], downs: list[Node], shared: list[Node]) -> Node:
    rest = list(ups)
    for factor in shared:
        rest.remove(factor)
    return rebuilt(rest, downs)


def powers_out(node: Node) -> Node:
    """((t + 1)^3 + 3 (1 - t) (t + 1)^2)/(t + 1)^6 = (t + 1 + 3 (1 - t))/(t + 1)^4: common powers of brackets go first."""
    return rewrite(node, lambda part: _without_powers(part) if isinstance(part, Add) else cancel(part))


def _without_powers(node: Add) -> Node:
    parts = [split(term.arg if isinstance(term, Neg) else term) for term in node.children]
    exponents = [dict(map(base_exponent, ups)) for ups, _ in parts]
    least = {base: min(own.get(base, Fraction(0)) for own in exponents) for base in exponents[0]}
    common = [raised(base, power) for base, power in least.items() if power and isinstance(base, Add)]
    if not common or any(downs for _, downs in parts):
        return node
    return Mul(drop(Add(*(cancel(Div(term, mul(*common))) for term in node.children))), *common)
