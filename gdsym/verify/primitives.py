"""Functions that are evaluated directly, with their derivatives of any order. Nothing here asks SymPy.

`primitive(func)(orders, args)` is the partial derivative of `func`, `orders[j]` times by argument j, at `args`.
Smooth functions take theirs from the power series f(u + t) that Arb computes; those without one, from differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial
from typing import Any, TypeAlias

import sympy as s
from flint import acb, arb, arb_series

from gdsym.verify.evidence import Undecided, Unknown
from gdsym.verify.numbers import UNDEFINED, Number, ball, certain, exponential, power, rational, unsettled
from gdsym.verify.series import appell_f1
from gdsym.verify.special import SPECIAL, difference, looked_up, real
from gdsym.written.hypergeometric import Hypergeometric

Orders: TypeAlias = tuple[int, ...]
Primitive: TypeAlias = Callable[[Orders, Sequence[Number]], Number]
OneArgument: TypeAlias = Callable[[int, Number], Number]
HIGHEST = 9  # derivatives by power series; python-flint keeps ten terms


def _one(f: OneArgument) -> Primitive:
    return lambda orders, args: f(orders[0], args[0])


def _series(direct: Callable[[Any], Any], around: Callable[[Any], Any]) -> Primitive:
    """f^(k)(u) = k! times the coefficient of t^k in f(u + t)."""

    def value(k: int, u: Number) -> Number:
        u = ball(u)
        if k == 0:
            return certain(direct, u)
        if k > HIGHEST:
            raise Unknown(f"a derivative of order {k}")
        try:
            terms = around(arb_series([u, 1], prec=k + 1)).coeffs()
        except ValueError as error:  # a ball so wide that it holds 0 was to be divided by
            raise Undecided from error
        return terms[k] * factorial(k) if k < len(terms) else arb(0)

    return _one(value)


def _method(name: str, **options: Any) -> Primitive:
    return _series(lambda u: getattr(u, name)(**options), lambda t: getattr(t, name)(**options))


def _exp(k: int, u: Number) -> Number:
    return exponential(u)


def _log(k: int, u: Number) -> Number:
    """log^(k)(u) = (-1)^(k-1) (k-1)!/u^k, for u > 0 only."""
    if k == 0:
        found = u.log(analytic=True) if type(u) is acb else ball(u).log()
        return unsettled(u) if type(found) is arb and found.is_nan() else found
    if type(u) is not acb and not u > 0:
        return unsettled(u)
    return power(u, rational(-k)) * (factorial(k - 1) * (-1) ** (k - 1))


def _sin(k: int, u: Number) -> Number:
    u = ball(u)
    wave = u.cos() if k % 2 else u.sin()
    return -wave if k % 4 in (2, 3) else wave


def _cos(k: int, u: Number) -> Number:
    return _sin(k + 1, u)


def _sinh(k: int, u: Number) -> Number:
    up, down = exponential(u), exponential(-u)
    return (up + down if k % 2 else up - down) / 2


def _cosh(k: int, u: Number) -> Number:
    return _sinh(k + 1, u)


def _tanh(t: Any) -> Any:
    return 1 - 2 / ((2 * t).exp() + 1)


def _acos(t: Any) -> Any:
    return arb.pi() / 2 - t.asin()


def _asinh(t: Any) -> Any:
    return (t + (t * t + 1).sqrt()).log()


def _acosh(t: Any) -> Any:
    return (t + (t * t - 1).sqrt()).log()


def _atanh(t: Any) -> Any:
    return ((1 + t) / (1 - t)).log() / 2


def _sinc(k: int, u: Number) -> Number:
    """sin(u)/u, the mean of cos(u t) over t from 0 to 1: its k-th slope is at most 1/(k + 1), and known at 0."""
    u = ball(u)
    if k == 0:
        return u.sinc()
    if not u.is_finite():
        return UNDEFINED
    if u.contains(0):
        at_zero = arb(0) if k % 2 else arb(1) / (k + 1) * (-1) ** (k // 2)
        return at_zero + arb(0, abs(u).upper() / (k + 2))
    if k > HIGHEST:
        raise Unknown(f"a derivative of order {k}")
    t = arb_series([u, 1], prec=k + 1)
    return (t.sin() / t).coeffs()[k] * factorial(k)


def _loggamma(k: int, u: Number) -> Number:
    return UNDEFINED if u <= 0 else _lgamma((k,), (u,))


_lgamma = _method("lgamma")


def _digamma(k: int, u: Number) -> Number:
    """The derivatives of log gamma: by its power series above 0 for the first few, else as Arb's polygamma of that order."""
    if u > 0 and k < HIGHEST:
        return _lgamma((k + 1,), (u,))
    return real(acb(ball(u)).polygamma(acb(k)))


def is_order(n: Number) -> bool:
    """Is it a whole number from 0 on, and certainly so?"""
    return type(n) is not arb and n.q == 1 and bool(n >= 0)


def _any_polygamma(n: Any, u: Any) -> Any:
    return acb(u).polygamma(acb(n))


def _polygamma(orders: Orders, args: Sequence[Number]) -> Number:
    """Of a whole order a derivative of log gamma; else as Arb continues it, by differences."""
    n = args[0]
    if orders[0] or not is_order(n):
        return looked_up(_any_polygamma, orders, args)
    return _digamma(orders[1] + int(n.p), args[1])


def _by_difference(f: Callable[..., Any]) -> Primitive:
    return lambda orders, args: looked_up(f, orders, args)


def _lambertw(orders: Orders, args: Sequence[Number]) -> Number:
    """The two branches that are real; the lower one on (-1/e, 0)."""
    if len(args) == 1 or args[1] == 0:
        return _main_lambertw(orders, args)
    if args[1] != -1 or any(orders[1:]):
        raise Unknown("a branch of LambertW that is not real")
    return difference(lambda u: u.lambertw(branch=-1), orders[:1], args[:1])


_main_lambertw = _method("lambertw")


PRIMITIVES: dict[Any, Primitive] = {
    s.exp:       _one(_exp),
    s.log:       _one(_log),
    s.sin:       _one(_sin),
    s.cos:       _one(_cos),
    s.sinh:      _one(_sinh),
    s.cosh:      _one(_cosh),
    s.tanh:      _series(lambda u: u.tanh(), _tanh),
    s.asin:      _method("asin"),
    s.acos:      _series(lambda u: u.acos(), _acos),
    s.atan:      _method("atan"),
    s.asinh:     _series(lambda u: u.asinh(), _asinh),
    s.acosh:     _series(lambda u: u.acosh(), _acosh),
    s.atanh:     _series(lambda u: u.atanh(), _atanh),
    s.sinc:      _one(_sinc),
    s.erf:       _method("erf"),
    s.erfc:      _method("erfc"),
    s.erfi:      _method("erfi"),
    s.gamma:     _method("gamma"),
    s.loggamma:  _one(_loggamma),
    s.digamma:   _one(_digamma),
    s.polygamma: _polygamma,
    s.Ei:        _method("ei"),
    s.li:        _method("li"),
    s.Si:        _method("si"),
    s.Ci:        _method("ci"),
    s.Shi:       _method("shi"),
    s.Chi:       _method("chi"),
    s.fresnels:  _method("fresnel_s"),
    s.fresnelc:  _method("fresnel_c"),
    s.airyai:    _method("airy_ai"),
    s.airybi:    _method("airy_bi"),
    s.LambertW:  _lambertw,
    s.appellf1:  appell_f1,
    **{func: _by_difference(f) for func, f in SPECIAL.items()},
}  # fmt: skip


def _hypergeometric(func: Hypergeometric) -> Primitive:
    def value(*args: Any) -> Any:
        above, below, (z,) = func.lists(tuple(map(acb, args)))
        return z.hypgeom(list(above), list(below))

    return _by_difference(value)


def primitive(func: Any) -> Primitive | None:
    """The values and derivatives of a function; None if they are not known."""
    return _hypergeometric(func) if isinstance(func, Hypergeometric) else PRIMITIVES.get(func)
