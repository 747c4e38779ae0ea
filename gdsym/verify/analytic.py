"""Functions at complex balls, on which they are analytic or have no value: what stands in an integral."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from operator import methodcaller
from typing import Any

import sympy as s
from flint import acb, acb_series

from gdsym.verify.evidence import Unknown
from gdsym.verify.numbers import Number
from gdsym.verify.operations import Operation, Places
from gdsym.verify.primitives import HIGHEST, is_order, primitive

NOWHERE = acb("nan")


def on_the_line(u: Number) -> bool:
    """Is it a number of the real line?"""
    return bool(type(u) is not acb or u.imag == 0)


def is_analytic(func: Any) -> bool:
    """Is the function known at complex balls?"""
    return func in DIRECT or func in SERIES


def analytic(at: Places, data: Any) -> Operation:
    """A function of one argument (polygamma: of the last), or its derivative, at a complex ball."""
    func, orders = data
    f = primitive(func)
    assert f is not None  # the builder asked for it already
    cut, series = CUTS.get(func), SERIES.get(func)

    def operation(v: list[Any], p: Any) -> Number:
        args = [v[n] for n in at]
        u, k = args[-1], orders[-1]
        if func is s.polygamma and not is_order(args[0]):
            raise Unknown("polygamma of an order that is no whole number in an integral")
        if type(u) is not acb:
            return f(orders, args)
        if cut is not None and not cut(u):
            return acb(f(orders, (*args[:-1], u.real))) if on_the_line(u) else NOWHERE
        if func is s.polygamma:
            return u.polygamma(acb(k + int(args[0].p)))
        return f(orders, args) if series is None else _term(series, k, u)

    return operation


def _term(series: Callable[[Any], Any], k: int, u: Number) -> Number:
    """The derivative of order k: k! times the coefficient of t^k."""
    if k > HIGHEST - 1:
        return NOWHERE
    terms = series(acb_series([u, 1], prec=k + 2)).coeffs()
    return terms[k] * factorial(k) if k < len(terms) else acb(0)


def _off_negative(u: Number) -> bool:
    """Is the ball off the cut from 0 to minus infinity?"""
    return bool(u.real > 0) or not u.imag.contains(0)


def _off_imaginary(u: Number) -> bool:
    return not u.real.contains(0) or bool(abs(u.imag) < 1)


def _inside(u: Number) -> bool:
    return bool(abs(u.real) < 1) or not u.imag.contains(0)


CUTS: dict[Any, Callable[[Number], bool]] = {
    s.log: _off_negative,
    s.loggamma: _off_negative,
    s.digamma: _off_negative,
    s.polygamma: _off_negative,
    s.Ei: lambda u: bool(u.real > 0),
    s.Ci: _off_negative,
    s.Chi: _off_negative,
    s.li: lambda u: bool(u.real > 1),
    s.atan: _off_imaginary,
    s.asinh: _off_imaginary,
    s.asin: _inside,
    s.acos: _inside,
    s.atanh: _inside,
    s.acosh: lambda u: bool(u.real > 1),
}


def _psi(t: Any) -> Any:
    return t.lgamma().derivative()


def _asin(t: Any) -> Any:
    return (t / (1 - t * t).sqrt()).atan()


METHODS = {
    s.erf: "erf", s.erfc: "erfc", s.erfi: "erfi", s.gamma: "gamma", s.Si: "si", s.Shi: "shi", s.Ei: "ei", s.li: "li", s.Ci: "ci", s.Chi: "chi",
    s.fresnels: "fresnel_s", s.fresnelc: "fresnel_c", s.airyai: "airy_ai", s.airybi: "airy_bi", s.atan: "atan", s.loggamma: "lgamma",
}  # fmt: skip

SERIES: dict[Any, Callable[[Any], Any]] = {
    **{func: methodcaller(name) for func, name in METHODS.items()},
    s.tanh: lambda t: 1 - 2 / ((2 * t).exp() + 1),
    s.digamma: _psi,
    s.polygamma: _psi,
    s.asin: _asin,
    s.acos: lambda t: acb.pi() / 2 - _asin(t),
    s.asinh: lambda t: (t + (t * t + 1).sqrt()).log(),
    s.acosh: lambda t: (t + (t * t - 1).sqrt()).log(),
    s.atanh: lambda t: ((1 + t) / (1 - t)).log() / 2,
}

DIRECT = frozenset((s.exp, s.log, s.sin, s.cos, s.sinh, s.cosh))  # the ordinary operations take complex balls, too
