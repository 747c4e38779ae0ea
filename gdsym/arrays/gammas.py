"""Binomial coefficients and beta by log-gamma, and the derivatives of log-gamma."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.factors import fraction
from gdsym.arrays.functions import RISKY
from gdsym.arrays.graph import Value
from gdsym.errors import Unsupported
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def _by_log_gamma(above: list[n.Node], below: list[n.Node]) -> n.Node:
    """Write Gamma(u) Gamma(v)/Gamma(w) as exp(log Gamma(u) + ...) times its sign: Gamma alone may overflow."""
    return n.mul(n.Fn(sympy.exp, n.add(*_logs(above, below))), *_signs(above, below))


def logs_of_gammas(up: list[n.Node], down: list[n.Node]) -> tuple[list[n.Node], n.Node]:
    """The logs of beta functions and binomial coefficients in a quotient, and their signs times what else is in it.

    They may be finite where any factor overflows.
    """
    sides: tuple[list[n.Node], list[n.Node]] = [], []
    rests: tuple[list[n.Node], list[n.Node]] = [], []
    for turned, factors in enumerate((up, down)):
        for f in factors:
            if isinstance(f, n.Fn) and f.func in QUOTIENTS:
                for side, gammas in enumerate(QUOTIENTS[f.func](*f.children)):
                    sides[side ^ turned].extend(gammas)
            else:
                rests[turned].append(f)
    above, below = ([u for u in sides[k] if u not in sides[1 - k]] for k in (0, 1))
    return _logs(above, below), fraction([*_signs(above, below), *rests[0]], rests[1])


def _logs(above: list[n.Node], below: list[n.Node]) -> list[n.Node]:
    """At a pole below, where the sign is 0, some number."""
    sure = [u if _is_positive(u) else n.Cases(n.ONE, _at_pole(u), u, n.TRUE) for u in below]
    return [n.Fn(sympy.loggamma, u) for u in above] + [n.Neg(n.Fn(sympy.loggamma, u)) for u in sure]


def _signs(above: list[n.Node], below: list[n.Node]) -> list[n.Node]:
    unsure: list[tuple[n.Node, list[n.Node]]] = [(u, []) for u in above] + [(u, [n.ZERO, _at_pole(u)]) for u in below]
    return [_sign_of_gamma(u, pole) for u, pole in unsure if not _is_positive(u)]


def _is_positive(u: n.Node) -> bool:
    return isinstance(u, n.Num) and u.value > 0


def _at_pole(u: n.Node) -> n.Node:
    return n.Logic("and", n.Rel("<=", u, n.ZERO), n.Rel("==", n.Fn(sympy.floor, u), u))


def _sign_of_gamma(u: n.Node, pole: list[n.Node]) -> n.Node:
    """1 above 0, and by turns between the poles below."""
    odd = n.Fn(sympy.Mod, n.Fn(sympy.floor, u), n.TWO)
    return n.Cases(n.ONE, n.Rel(">", u, n.ZERO), *pole, n.add(n.ONE, n.Neg(n.mul(n.TWO, odd))), n.TRUE)


def _binomial(u: n.Node, k: n.Node) -> n.Node:
    """Write u (u - 1) .../k! for a number k, else u!/(k! (u - k)!); for a negative whole u (-1)^k (k - u - 1)!/(k! (-u - 1)!)."""
    if isinstance(k, n.Num) and k.value.denominator == 1 and 0 <= k.value <= FEW:
        factors = [n.add(u, n.Num(-p)) if p else u for p in range(int(k.value))]
        return n.Div(n.mul(*factors), n.Num(math.factorial(int(k.value))))
    usual = _by_log_gamma(*_binomial_gammas(u, k))
    if _is_positive(u):
        return usual
    odd = n.Fn(sympy.Mod, k, n.TWO)
    turned = n.mul(
        n.add(n.ONE, n.Neg(n.mul(n.TWO, odd))), _by_log_gamma(*_binomial_gammas(_sum(k, n.Neg(u), n.Num(-1)), k))
    )
    wholes = n.Rel("==", n.Fn(sympy.floor, u), u), n.Rel("==", n.Fn(sympy.floor, k), k)
    below = n.Logic("and", n.Rel("<", u, n.ZERO), *wholes)
    return n.Cases(n.Cases(turned, n.Rel(">=", k, n.ZERO), n.ZERO, n.TRUE), below, usual, n.TRUE)


def _binomial_gammas(u: n.Node, k: n.Node) -> tuple[list[n.Node], list[n.Node]]:
    return [_sum(u, n.ONE)], [_sum(k, n.ONE), _sum(u, n.Neg(k), n.ONE)]


def _sum(*terms: n.Node) -> n.Node:
    parts = [c for t in terms for c in (t.children if isinstance(t, n.Add) else [t])]
    number = sum((t.value for t in parts if isinstance(t, n.Num)), Fraction(0))
    others = [t for t in parts if not isinstance(t, n.Num)]
    return n.add(*others, *([n.Num(number)] if number or not others else []))


def _beta(u: n.Node, v: n.Node) -> n.Node:
    return _by_log_gamma(*_beta_gammas(u, v))


def _beta_gammas(u: n.Node, v: n.Node) -> tuple[list[n.Node], list[n.Node]]:
    return [u, v], [_sum(u, v)]


FEW = 10  # factors of a binomial coefficient that are written out
GAMMAS = {sympy.binomial: _binomial, sympy.beta: _beta}
QUOTIENTS = {sympy.binomial: _binomial_gammas, sympy.beta: _beta_gammas}
POLYGAMMAS = {sympy.digamma: 0, sympy.trigamma: 1, sympy.polygamma: None}
HIGHEST = 100  # order of polygamma: its factorial is a float


def polygamma(low: Lowering, node: n.Fn) -> Value:
    """A derivative of log-gamma, of an order that is a number."""
    order: int | None = POLYGAMMAS[node.func]
    if order is None:
        first = node.children[0]
        if not (isinstance(first, n.Num) and first.value.denominator == 1 and 0 <= first.value <= HIGHEST):
            raise Unsupported(
                f"polygamma is compiled for orders 0, 1, ... {HIGHEST} only, not for the order "
                f"{sympy.sstr(first.to_sympy())[:60]}. Write the order as a whole number."
            )
        order = int(first.value)
    value = low.safe(low.value(node.children[-1]), RISKY["polygamma"])
    return Value(low.g.make("polygamma", value.op, attr=order), value.axes)
