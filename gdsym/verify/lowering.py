"""Functions that are defined by simpler ones, as graphs: sec u = 1/cos u, frac u = u - floor u. One row a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import sympy as s

from gdsym.verify.graph import Graph

Lowered: TypeAlias = Callable[..., int]


def _one_over(func: Any) -> Lowered:
    return lambda g, u: g.over(g.num(1), g.call(func, u))


def _of_one_over(func: Any) -> Lowered:
    return lambda g, u: g.call(func, g.over(g.num(1), u))


def _quotient(up: Any, down: Any) -> Lowered:
    return lambda g, u: g.over(g.call(up, u), g.call(down, u))


def _log(g: Graph, u: int, base: int | None = None) -> int:
    top = g.call(s.log, u)
    return top if base is None else g.over(top, g.call(s.log, base))


def _plain(op: str) -> Lowered:
    return lambda g, *us: g.put(op, *us)


def _abs(g: Graph, u: int) -> int:
    """Of an even power, itself: what is certainly equal is one operation, also where it is compared."""
    exponent = g.args[u][1] if g.ops[u] == "pow" and g.data[u] == 0 else u
    even = g.ops[exponent] == "num" and g.data[exponent].denominator == 1 and g.data[exponent].numerator % 2 == 0
    return u if even and exponent != u else g.put("abs", u)


def _heaviside(g: Graph, u: int, at_zero: int | None = None) -> int:
    return g.put("heaviside", u, g.over(g.num(1), g.num(2)) if at_zero is None else at_zero)


def _ceiling(g: Graph, u: int) -> int:
    return g.minus(g.put("floor", g.minus(u)))


def _frac(g: Graph, u: int) -> int:
    return g.plus(u, g.minus(g.put("floor", u)))


def _mod(g: Graph, u: int, v: int) -> int:
    return g.plus(u, g.minus(g.times(v, g.put("floor", g.over(u, v)))))


def _delta(g: Graph, u: int, v: int) -> int:
    return g.put("delta", u, v)


def _gamma(g: Graph, u: int) -> int:
    return g.call(s.gamma, u)


def _beta(g: Graph, a: int, b: int | None = None) -> int:
    b = a if b is None else b
    return g.over(g.times(_gamma(g, a), _gamma(g, b)), _gamma(g, g.plus(a, b)))


def _after(g: Graph, n: int) -> int:
    return g.plus(n, g.num(1))


def _factorial(g: Graph, n: int) -> int:
    return _gamma(g, _after(g, n))


def _double_factorial(g: Graph, n: int) -> int:
    """2^(n/2) Gamma(n/2 + 1) (pi/2)^((cos(pi n) - 1)/4), which is n!! at whole numbers."""
    pi = g.put("const", data="pi")
    half = g.over(n, g.num(2))
    odd = g.over(g.plus(g.call(s.cos, g.times(pi, n)), g.minus(g.num(1))), g.num(4))
    return g.times(g.power(g.num(2), half), _factorial(g, half), g.power(g.over(pi, g.num(2)), odd))


def _binomial(g: Graph, n: int, k: int) -> int:
    rest = g.plus(n, g.minus(k))
    return g.over(_factorial(g, n), g.times(_factorial(g, k), _factorial(g, rest)))


def _catalan(g: Graph, n: int) -> int:
    """4^n Gamma(n + 1/2)/(sqrt pi Gamma(n + 2))."""
    half = g.over(g.num(1), g.num(2))
    root = g.power(g.put("const", data="pi"), half)
    return g.over(g.times(g.power(g.num(4), n), _gamma(g, g.plus(n, half))), g.times(root, _factorial(g, _after(g, n))))


def _rising(g: Graph, u: int, n: int) -> int:
    return g.over(_gamma(g, g.plus(u, n)), _gamma(g, u))


def _falling(g: Graph, u: int, n: int) -> int:
    return g.over(_factorial(g, u), _factorial(g, g.plus(u, g.minus(n))))


def _harmonic(g: Graph, n: int, m: int | None = None) -> int:
    if m is not None:
        return g.plus(g.call(s.zeta, m), g.minus(g.call(s.zeta, m, _after(g, n))))
    return g.plus(g.call(s.digamma, _after(g, n)), g.put("const", data="EulerGamma"))


def _li_from_two(g: Graph, u: int) -> int:
    return g.plus(g.call(s.li, u), g.minus(g.call(s.li, g.num(2))))


def _erf2(g: Graph, a: int, b: int) -> int:
    return g.plus(g.call(s.erf, b), g.minus(g.call(s.erf, a)))


def _erf2inv(g: Graph, a: int, u: int) -> int:
    """The r for which erf(r) - erf(a) = u."""
    return g.call(s.erfinv, g.plus(u, g.call(s.erf, a)))


def _singularity(g: Graph, u: int, a: int, n: int) -> int:
    """<u - a>^n: the power from a on, 0 before it."""
    beyond = g.plus(u, g.minus(a))
    return g.times(g.put("heaviside", beyond, g.num(1)), g.power(beyond, n))


def _normal_hermite(g: Graph, n: int, u: int) -> int:
    """He_n(u) = 2^(-n/2) H_n(u / sqrt 2)."""
    two, half = g.num(2), g.over(g.num(1), g.num(2))
    scaled = g.call(s.hermite, n, g.over(u, g.power(two, half)))
    return g.times(g.power(two, g.minus(g.over(n, two))), scaled)


def _spherical(func: Any) -> Lowered:
    """j_n(u) = sqrt(pi/(2u)) J_(n+1/2)(u)."""

    def lower(g: Graph, n: int, u: int) -> int:
        half = g.over(g.num(1), g.num(2))
        size = g.power(g.over(g.put("const", data="pi"), g.times(g.num(2), u)), half)
        return g.times(size, g.call(func, g.plus(n, half), u))

    return lower


LOWERED: dict[Any, Lowered] = {
    s.log:         _log,
    s.sec:         _one_over(s.cos),
    s.csc:         _one_over(s.sin),
    s.tan:         _quotient(s.sin, s.cos),
    s.cot:         _quotient(s.cos, s.sin),
    s.sech:        _one_over(s.cosh),
    s.csch:        _one_over(s.sinh),
    s.coth:        _quotient(s.cosh, s.sinh),
    s.asec:        _of_one_over(s.acos),
    s.acsc:        _of_one_over(s.asin),
    s.acot:        _of_one_over(s.atan),
    s.asech:       _of_one_over(s.acosh),
    s.acsch:       _of_one_over(s.asinh),
    s.acoth:       _of_one_over(s.atanh),
    s.Abs:         _abs,
    s.sign:        _plain("sign"),
    s.Max:         _plain("max"),
    s.Min:         _plain("min"),
    s.floor:       _plain("floor"),
    s.ceiling:     _ceiling,
    s.frac:        _frac,
    s.Mod:         _mod,
    s.Heaviside:   _heaviside,
    s.KroneckerDelta: _delta,
    s.factorial:   _factorial,
    s.factorial2:  _double_factorial,
    s.binomial:    _binomial,
    s.catalan:     _catalan,
    s.RisingFactorial:  _rising,
    s.FallingFactorial: _falling,
    s.harmonic:    _harmonic,
    s.beta:        _beta,
    s.trigamma:    lambda g, u: g.call(s.polygamma, g.num(1), u),
    s.Li:          _li_from_two,
    s.erf2:        _erf2,
    s.erf2inv:     _erf2inv,
    s.SingularityFunction: _singularity,
    s.hermite_prob: _normal_hermite,
    s.jn:          _spherical(s.besselj),
    s.yn:          _spherical(s.bessely),
}  # fmt: skip
