"""An independent opinion on derivatives: SymPy expressions evaluated with mpmath, sums written out, finite differences.

Nothing here uses gdsym. Letters, entries of arrays and undefined functions get numbers that depend only on their names
and on the number of the point; index letters and sizes are whole numbers that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any
from zlib import crc32

import mpmath as mp
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

DIGITS = 60
TIE = mp.mpf(10) ** -40
BOXES: dict[str, tuple[float, float]] = {
    "wide": (-3, 3), "positive": (0.1, 3), "unit": (0.05, 0.95), "large": (1.1, 6), "small": (-0.9, 0.9), "negative": (-3, -0.1), "tied": (-1, 2),
}  # fmt: skip


class NoValue(ArithmeticError):
    """The expression has no real value here."""


@lru_cache(maxsize=100_000)
def number(name: str, point: int, box: str = "wide") -> Any:
    """A number of the box that depends on nothing but the name and the number of the point."""
    low, high = BOXES[box]
    with mp.workdps(DIGITS):
        part = mp.mpf(crc32(f"{name}/{point}".encode())) / 2**32
        if box == "tied":  # one of four whole numbers
            return low + mp.floor((high - low + 1) * part)
        return low + (high - low) * part


@dataclass(frozen=True)
class World:
    """What the names stand for at one point."""

    point: int = 0
    box: str = "wide"
    whole: Mapping[str, int] = field(default_factory=dict)  # sizes and index letters
    fixed: Mapping[Any, Any] = field(default_factory=dict)  # names or (array, indices), with their values
    where: Mapping[Any, Any] = field(default_factory=dict)
    moved: Mapping[Any, Any] = field(default_factory=dict)  # what a finite difference adds
    bound: Mapping[Any, Any] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()

    def with_bound(self, names: Mapping[Any, Any]) -> World:
        return self._with(bound={**self.bound, **names})

    def shifted(self, place: Any, step: Any) -> World:
        return self._with(moved={**self.moved, place: self.moved.get(place, 0) + step})

    def _with(self, **parts: Any) -> World:
        """What `dataclasses.replace` gives, in a tenth of the time: there is one for each term of a sum."""
        other = object.__new__(World)
        other.__dict__.update(self.__dict__, **parts)
        return other

    def letter(self, symbol: Any) -> Any:
        if symbol in self.bound:
            return self.bound[symbol]
        if symbol in self.where:
            return World.top(self).value(self.where[symbol])
        name = symbol.name
        value = self.fixed.get(name, self.whole.get(name))
        if value is None:
            box = "positive" if symbol.is_positive and self.box in ("wide", "small", "negative", "tied") else self.box
            value = number(name, self.point, box)
        return value + self.moved.get(name, 0)

    @staticmethod
    def top(world: World) -> World:
        """Definitions see no bound letters but their own."""
        return world._with(bound={})

    def entry(self, base: Any, indices: tuple[int, ...]) -> Any:
        name = str(base)
        for key, meaning in self.where.items():
            if isinstance(key, sp.Indexed) and key.base == base:
                return World.top(self).with_bound(dict(zip(key.indices, indices, strict=True))).value(meaning)
        place = (name, indices)
        value = self.fixed.get(place)
        if value is None and name in self.labels:
            value = 1 + crc32(f"{place}{self.point}".encode()) % 3
        if value is None:
            value = number(f"{name}{indices}", self.point, self.box)
        return value + self.moved.get(place, 0)

    def value(self, e: Any) -> Any:
        """The real value of `e`; `NoValue` if there is none."""
        return _value(e, self)


def _value(e: Any, world: World) -> Any:
    return _rule(type(e))(e, world)


@lru_cache(maxsize=1000)
def _rule(kind: type) -> Callable[[Any, World], Any]:
    return next((rule for known, rule in RULES if issubclass(kind, known)), _function)


def real(u: Any) -> Any:
    if isinstance(u, (int, bool)):
        return u
    if isinstance(u, mp.mpc):
        if abs(u.imag) > mp.mpf(10) ** (10 - mp.mp.dps) * (1 + abs(u.real)):
            raise NoValue("complex")
        u = u.real
    if not mp.isfinite(u):
        raise NoValue("infinite")
    return u


def _power(e: Any, world: World) -> Any:
    base, exponent = _value(e.base, world), _value(e.exp, world)
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return 1
        raise NoValue("division by zero")
    if base < 0 and exponent != mp.floor(exponent):
        raise NoValue("root of a negative number")
    return mp.power(base, int(exponent) if exponent == mp.floor(exponent) else exponent)


def _range(e: Any, world: World) -> Iterator[World]:
    """The worlds in which the body is to be evaluated; the last limit is the outermost."""
    worlds = [world]
    for name, low, high in reversed(e.limits):
        worlds = [
            inner.with_bound({name: k})
            for inner in worlds
            for k in range(int(_value(low, inner)), int(_value(high, inner)) + 1)
        ]
    return iter(worlds)


def _integral(e: Any, world: World) -> Any:
    *inner, (name, low, high) = e.limits
    body = sp.Integral(e.function, *inner) if inner else e.function
    endless = high is sp.oo
    return mp.quad(
        lambda t: _value(body, world.with_bound({name: t})),
        [_value(low, world), mp.inf if endless else _value(high, world)],
        method="tanh-sinh" if endless else "gauss-legendre",
    )


def _entry(e: Any, world: World) -> Any:
    return world.entry(e.base, tuple(int(_value(index, world)) for index in e.indices))


def _piecewise(e: Any, world: World) -> Any:
    for value, condition in e.args:
        if _value(condition, world):
            return _value(value, world)
    raise NoValue("no case holds")


def _relation(e: Any, world: World) -> bool:
    left, right = (_value(a, world) for a in e.args)
    if abs(left - right) < TIE * (1 + abs(left)):
        left = right  # SymPy moves terms across the sign, so that rounding parts what is equal
    ops: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
        "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    }  # fmt: skip
    return bool(ops[e.rel_op](left, right))


def _undefined(name: str, orders: Iterable[int], args: Iterable[Any]) -> Any:
    """f(u, v) = sum of two exponentials with coefficients that the name gives; any partial derivative."""
    orders, args = tuple(orders), tuple(args)
    total = mp.mpf(0)
    for r in (1, 2):
        cs = [number(f"{name}{r}{j}", 0, "small") for j in range(len(args))]
        slope = mp.fprod(c**k for c, k in zip(cs, orders, strict=True))
        total += r * slope * mp.exp(mp.fsum(c * u for c, u in zip(cs, args, strict=True)))
    return total


def _applied(e: Any, world: World) -> Any:
    for key, meaning in world.where.items():
        if isinstance(key, AppliedUndef) and key.func == e.func:
            args = [_value(a, world) for a in e.args]
            return World.top(world).with_bound(dict(zip(key.args, args, strict=True))).value(meaning)
    return _undefined(e.func.__name__, [0] * len(e.args), [_value(a, world) for a in e.args])


def _derivative(e: Any, world: World) -> Any:
    inner = e.expr
    if isinstance(inner, AppliedUndef) and _at_letters(inner) and set(e.variables) <= set(inner.args):
        counts = dict(e.variable_count)
        orders = [int(counts.get(a, 0)) for a in inner.args]
        return _undefined(inner.func.__name__, orders, [_value(a, world) for a in inner.args])
    names = e.variables
    if not all(isinstance(v, sp.Symbol) and v not in world.where for v in names):
        return _by_places(inner, names, world)
    at = {v: _value(v, world) for v in names}
    return _differences(lambda steps: _value(inner, world.with_bound(_moved(at, names, steps))), len(names))


def _at_letters(e: Any) -> bool:
    return len(set(e.args)) == len(e.args) and all(isinstance(a, sp.Symbol) for a in e.args)


def _by_places(e: Any, variables: Iterable[Any], world: World) -> Any:
    """Derivatives by entries of arrays; one by a named part has no meaning here."""
    if any(
        v in world.where
        or (isinstance(v, sp.Indexed) and v.base in {k.base for k in world.where if isinstance(k, sp.Indexed)})
        for v in variables
    ):
        raise NoValue("a derivative by a named part")
    places = [place_of(v, world) for v in variables]

    def moved(steps: tuple[Any, ...]) -> Any:
        here = world
        for place, step in zip(places, steps, strict=True):
            here = here.shifted(place, step)
        return _value(e, here)

    return _differences(moved, len(places))


def _moved(at: Mapping[Any, Any], names: Iterable[Any], steps: Iterable[Any]) -> dict[Any, Any]:
    moved = dict(at)
    for name, step in zip(names, steps, strict=True):
        moved[name] += step
    return moved


def _differences(f: Callable[[tuple[Any, ...]], Any], count: int) -> Any:
    """The central difference in each of `count` directions; at this step rounding and the cubic term are alike, and ties stay apart."""
    total, step = mp.mpf(0), mp.mpf(10) ** -((DIGITS - 6) // (count + 2))
    for signs in product((1, -1), repeat=count):
        total += mp.fprod(signs) * f(tuple(s * step for s in signs))
    return total / (2 * step) ** count


def _subs(e: Any, world: World) -> Any:
    return _value(e.expr, world.with_bound({v: _value(p, world) for v, p in zip(e.variables, e.point, strict=True)}))


def _function(e: Any, world: World) -> Any:
    args = [_value(a, world) for a in e.args]
    direct = MPMATH.get(type(e))
    try:
        if direct is not None:
            return real(direct(*args))
        exact = [sp.Integer(a) if isinstance(a, int) else sp.Float(a, mp.mp.dps) for a in args]
        found = e.func(*exact).evalf(mp.mp.dps)
        if not found.is_number:
            raise NoValue(f"{e.func} has no number")
        return real(sp.core.evalf.N(found, mp.mp.dps)._to_mpmath(mp.mp.prec))
    except (
        ZeroDivisionError,
        ValueError,
        mp.libmp.NoConvergence,
        TypeError,
        NotImplementedError,
        AttributeError,
        KeyError,
    ) as error:
        raise NoValue(str(error)) from error


def _heaviside(u: Any, at_zero: Any = 0.5) -> Any:
    return mp.mpf(at_zero if u == 0 else u > 0)


def _sign(u: Any) -> Any:
    return (u > 0) - (u < 0)


def _log(u: Any, base: Any = None) -> Any:
    return mp.log(u) if base is None else mp.log(u) / mp.log(base)


def _marcum_q(m: Any, a: Any, b: Any) -> Any:
    """1 - sum_j e^-s s^j/j! P(m + j, t): Poisson weights of regularized gamma functions."""
    s, t = a * a / 2, b * b / 2
    if not (m > 0 and a >= 0 and b >= 0 and s < 40):
        raise NoValue("outside of its domain, or far out")
    terms = range(int(2 * s) + 60)  # the weights fall by half and more from 2 s on
    weights = [mp.exp(-s) * s**j / mp.factorial(j) for j in terms]
    return 1 - mp.fsum(weights[j] * mp.gammainc(m + j, 0, t, regularized=True) for j in terms)


MPMATH: dict[Any, Callable[..., Any]] = {
    **{getattr(sp, name): getattr(mp, name) for name in (
        "sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan acot asec acsc asinh acosh atanh acoth asech "
        "acsch exp erf erfc erfi erfinv gamma loggamma digamma beta sinc zeta polylog lerchphi binomial harmonic "
        "besselj bessely besseli besselk airyai airybi expint legendre chebyt chebyu hermite gegenbauer jacobi atan2 fresnels fresnelc"
    ).split() if hasattr(sp, name) and isinstance(getattr(sp, name), type)},
    sp.log: _log, sp.Abs: abs, sp.sign: _sign, sp.Max: max, sp.Min: min, sp.Heaviside: _heaviside,
    sp.floor: mp.floor, sp.ceiling: mp.ceil, sp.frac: lambda u: u - mp.floor(u), sp.Mod: lambda u, c: u - c * mp.floor(u / c),
    sp.KroneckerDelta: lambda a, b: int(a == b), sp.LambertW: lambda u, k=0: mp.lambertw(u, int(k)),
    sp.harmonic: lambda u, n=1: mp.harmonic(u) if n == 1 else mp.zeta(n) - mp.zeta(n, u + 1), sp.polygamma: lambda n, u: mp.psi(int(n), u), sp.trigamma: lambda u: mp.psi(1, u),
    sp.factorial: mp.factorial, sp.RisingFactorial: mp.rf, sp.FallingFactorial: mp.ff,
    sp.chebyshevt: mp.chebyt, sp.chebyshevu: mp.chebyu, sp.laguerre: lambda n, u: mp.laguerre(n, 0, u),
    sp.assoc_laguerre: mp.laguerre, sp.lowergamma: lambda a, u: mp.gammainc(a, 0, u), sp.uppergamma: mp.gammainc,
    sp.Ei: mp.ei, sp.Si: mp.si, sp.Ci: mp.ci, sp.Shi: mp.shi, sp.Chi: mp.chi, sp.li: mp.li, sp.Li: lambda u: mp.li(u, offset=True),
    sp.elliptic_k: mp.ellipk, sp.elliptic_f: mp.ellipf, sp.elliptic_e: mp.ellipe, sp.elliptic_pi: mp.ellippi,
    sp.erf2: lambda a, b: mp.erf(b) - mp.erf(a), sp.erfcinv: lambda u: mp.erfinv(1 - u), sp.dirichlet_eta: mp.altzeta,
    sp.airyaiprime: lambda u: mp.airyai(u, derivative=1), sp.airybiprime: lambda u: mp.airybi(u, derivative=1),
    sp.assoc_legendre: lambda n, m, u: mp.legenp(int(n), int(m), u),
    sp.hermite_prob: lambda n, u: mp.mpf(2) ** (-mp.mpf(n) / 2) * mp.hermite(n, u / mp.sqrt(2)),
    sp.marcumq: _marcum_q, sp.betainc_regularized: lambda a, b, low, high: mp.betainc(a, b, low, high, regularized=True),
    sp.erf2inv: lambda a, u: mp.erfinv(u + mp.erf(a)),
    sp.jn: lambda n, u: mp.sqrt(mp.pi / (2 * u)) * mp.besselj(n + mp.mpf(1) / 2, u),
    sp.yn: lambda n, u: mp.sqrt(mp.pi / (2 * u)) * mp.bessely(n + mp.mpf(1) / 2, u),
}  # fmt: skip


def _hyper(e: Any, world: World) -> Any:
    """SymPy keeps the parameters as two lists."""
    above, below, z = e.args
    return mp.hyper([_value(u, world) for u in above], [_value(u, world) for u in below], _value(z, world))


RULES: tuple[tuple[Any, Callable[[Any, World], Any]], ...] = (
    (sp.Integer, lambda e, world: int(e)),
    (sp.Rational, lambda e, world: mp.mpf(int(e.p)) / int(e.q)),
    (sp.Float, lambda e, world: mp.mpf(str(e))),
    (sp.NumberSymbol, lambda e, world: e._to_mpmath(mp.mp.prec)),
    (sp.Symbol, lambda e, world: world.letter(e)),
    (sp.Indexed, _entry),
    (sp.Add, lambda e, world: mp.fsum(_value(a, world) for a in e.args)),
    (sp.Mul, lambda e, world: mp.fprod(_value(a, world) for a in e.args)),
    (sp.Pow, _power),
    (sp.Sum, lambda e, world: mp.fsum(_value(e.function, inner) for inner in _range(e, world))),
    (sp.Product, lambda e, world: mp.fprod(_value(e.function, inner) for inner in _range(e, world))),
    (sp.Integral, _integral),
    (sp.Piecewise, _piecewise),
    (Relational, _relation),
    (sp.And, lambda e, world: all(_value(a, world) for a in e.args)),
    (sp.Or, lambda e, world: any(_value(a, world) for a in e.args)),
    (sp.Not, lambda e, world: not _value(e.args[0], world)),
    (sp.ITE, lambda e, world: _value(e.args[1 if _value(e.args[0], world) else 2], world)),
    (sp.logic.boolalg.BooleanTrue, lambda e, world: True),
    (sp.logic.boolalg.BooleanFalse, lambda e, world: False),
    (sp.hyper, _hyper),
    (sp.Derivative, _derivative),
    (sp.Subs, _subs),
    (AppliedUndef, _applied),
)


def value(e: Any, world: World) -> Any:
    """The real, finite value of `e`."""
    with mp.workdps(DIGITS):
        try:
            return real(world.value(sp.sympify(e)))
        except (ZeroDivisionError, OverflowError) as error:
            raise NoValue(str(error)) from error


def place_of(variable: Any, world: World) -> Any:
    """A name, or (array, indices), for a variable that a derivative is taken by."""
    if isinstance(variable, sp.Indexed):
        return (str(variable.base), tuple(int(_value(index, world)) for index in variable.indices))
    return variable.name


def slope(e: Any, variables: tuple[Any, ...], world: World) -> Any:
    """The derivative of `e` by the variables, one after the other, as a finite difference."""
    with mp.workdps(DIGITS):
        try:
            return real(_by_places(sp.sympify(e), variables, world))
        except (ZeroDivisionError, OverflowError) as error:
            raise NoValue(str(error)) from error


def close(a: Any, b: Any, size: Any = 0) -> bool:
    return bool(abs(a - b) <= mp.mpf(10) ** -11 * (1 + abs(a) + abs(b) + abs(size)))
