"""Functions without a power series in python-flint: values from Arb, derivatives by central differences.

A difference of step 2^-100 with so many more bits has an error far below 2^-100; the ball is widened by that much. Of
what is quick the step is smaller where more bits are asked for: what cancels to 0 is known to half of them. So it is
close to a whole number, where poles and branch points are: the step is a part of the way there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from math import comb
from typing import Any

import sympy as s
from flint import acb, arb, ctx, fmpq

from gdsym.verify.mathieu import mathieu
from gdsym.verify.numbers import UNDEFINED, Number, ball, precision
from gdsym.verify.series import marcum_q

STEP_BITS = 100  # at least
QUICK = frozenset((arb.atan2,))
STEEP = arb(2) ** -60  # a larger difference is made again with half the step
CLOSEST = 1000  # bits between an argument and a whole number, at most
FAR = 1000
SPARE = 90  # bits that are not trusted: the error of the difference is about the square of the step


class _Balls:
    """Numbers that are the same as others if they are, bit by bit."""

    __slots__ = ("args", "bits")

    def __init__(self, args: Sequence[Number]) -> None:
        self.args = tuple(args)
        self.bits = tuple([u if type(u) is fmpq else (u.mid().man_exp(), u.rad().man_exp()) for u in args])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Balls) and self.bits == other.bits

    def __hash__(self) -> int:
        return hash(self.bits)


def looked_up(f: Callable[..., Any], orders: Sequence[int], args: Sequence[Number]) -> Number:
    """As `difference`, computed once: the claims of a derivation ask for the same values, and some take 0.1 s."""
    if not all(type(u) is fmpq or (type(u) is arb and u.is_finite()) for u in args):
        return difference(f, orders, args)
    return _difference_once(f, tuple(orders), _Balls(args), ctx.prec)


@lru_cache(maxsize=2048)
def _difference_once(f: Callable[..., Any], orders: tuple[int, ...], balls: _Balls, bits: int) -> Number:
    return difference(f, orders, balls.args)


def difference(f: Callable[..., Any], orders: Sequence[int], args: Sequence[Number]) -> Number:
    """The partial derivative of f, orders[j] times by argument j, at `args`.

    Differences need exact arguments: of a ball, the midpoint is taken, and its radius times the next derivative added.
    """
    if not any(orders):
        return real(f(*map(ball, args)))
    step_bits = max(STEP_BITS, 5 * ctx.prec // 16 if f in QUICK else 0)
    middles = [ball(u).mid() for u in args]
    close = max(_closeness(u) for u, k in zip(middles, orders, strict=True) if k)
    step_bits += close
    with precision(ctx.prec + step_bits * (sum(orders) + 3)):
        middles = [ball(u).mid() for u in args]
        if not real(f(*middles)).is_finite():
            return UNDEFINED  # at a pole both sides of it have values
        found = _difference(f, orders, middles, step_bits, close)
        for j, u in enumerate(args):
            if type(u) is arb and not u.is_exact():
                higher = (*orders[:j], orders[j] + 1, *orders[j + 1 :])
                found += arb(0, 2 * u.rad() * (abs(_difference(f, higher, middles, step_bits, close)) + 1))
    return found


def _closeness(u: Any) -> int:
    """How many bits lie between u and the next whole number, if it is none."""
    if not u.is_finite():
        return 0
    mantissa, exponent = abs(u - (u + arb("0.5")).floor()).mid().man_exp()
    return min(CLOSEST, max(0, -int(exponent) - int(mantissa).bit_length())) if mantissa else 0


def _difference(f: Callable[..., Any], orders: Sequence[int], args: Sequence[Number], bits: int, close: int) -> Number:
    """The central difference with step 2^-bits in each argument; undefined where f jumps: with half the step it is as large."""
    step, order = arb(2) ** -bits, sum(orders)
    total = _sum(f, orders, args, step)
    slope = total / step**order
    if abs(total) <= STEEP:
        return _widened(slope, bits - close)
    closer = _sum(f, orders, args, step / 2) / (step / 2) ** order
    apart = abs(slope - closer)
    return _widened(closer + arb(0, apart.upper()), bits - close) if apart < abs(slope) / 4 else UNDEFINED


def _sum(f: Callable[..., Any], orders: Sequence[int], args: Sequence[Number], step: Number) -> Number:
    """The values around the point, with the weights of the difference."""
    total = arb(0)
    for places in product(*(range(k + 1) for k in orders)):
        total += _weight(orders, places) * real(f(*_moved(args, orders, places, step)))
    return total


def _weight(orders: Sequence[int], places: Sequence[int]) -> int:
    weight = 1
    for k, j in zip(orders, places, strict=True):
        weight *= comb(k, j) * (-1) ** j
    return weight


def _moved(args: Sequence[Number], orders: Sequence[int], places: Sequence[int], step: Number) -> list[Number]:
    return [u + step * (arb(k) / 2 - j) if k else u for u, k, j in zip(args, orders, places, strict=True)]


def _widened(u: Number, bits: int) -> Number:
    return u + arb(0, (abs(u) + 1) * arb(2) ** (SPARE - 2 * bits)) if u.is_finite() else UNDEFINED


def real(u: Any) -> Number:
    """A complex ball that holds a real number, as that; undefined if it is certainly not real."""
    if not isinstance(u, acb):
        return u
    return u.real if u.imag.contains(0) else UNDEFINED


def _complex(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: f(*map(acb, args))


def _bessel_k(n: Any, u: Any) -> Any:
    """K_n(u) = sqrt(pi) (2u)^n e^-u U(n + 1/2, 2n + 1, 2u): near u = 300 Arb's own takes ten seconds for whole n."""
    if not u > 0:
        return u.bessel_k(n)
    twice = 2 * u
    return arb.pi().sqrt() * twice**n * (-u).exp() * twice.hypgeom_u(n + arb(1) / 2, 2 * n + 1)


def _lower_gamma(a: Any, u: Any) -> Any:
    """Gamma(a) - Gamma(a, u) where both are large: there Arb's own takes ten seconds."""
    if a > FAR and u > FAR:
        return a.gamma() - acb(u).gamma_upper(acb(a))
    return acb(u).gamma_lower(acb(a))


def _zeta(u: Any, a: Any = None) -> Any:
    return u.zeta() if a is None else u.zeta(a)


def _elliptic_e(u: Any, m: Any = None) -> Any:
    return u.elliptic_e() if m is None else acb.elliptic_e_inc(u, m)


def _elliptic_pi(n: Any, u: Any, m: Any = None) -> Any:
    return acb.elliptic_pi(n, u) if m is None else acb.elliptic_pi_inc(n, u, m)


def _lerch_phi(z: Any, s: Any, a: Any) -> Any:
    """Not real beyond z = 1, where Im Phi = pi z^-a (log z)^(s-1)/Gamma(s), and where a^-s is not; Arb takes seconds to say so."""
    beyond = z > 1 and not (s.is_integer() and s <= 0)
    complex_terms = a < 0 and not s.contains_integer()  # (a + k)^-s has the phase of (-1)^-s for all a + k < 0
    return UNDEFINED if beyond or complex_terms else acb.lerch_phi(acb(z), acb(s), acb(a))


def _laguerre(n: Any, a: Any, u: Any) -> Any:
    """0 of degrees -1, -2 ... unless a is whole and so small that the limit is another: Arb has no value there."""
    vanishes = n < 0 and n.is_integer() and not (n + a < 0 and a.contains_integer())
    return arb(0) if vanishes else u.laguerre_l(n, a)


def _incomplete_beta(regularized: bool) -> Callable[..., Any]:
    """Between two limits; the regularized one is divided by B(a, b), which has no value where a or b is 0, -1, -2 ..."""

    def value(a: Any, b: Any, low: Any, high: Any) -> Any:
        if regularized and any(u <= 0 and u.contains_integer() for u in (a, b)):
            return UNDEFINED
        return high.beta_lower(a, b, regularized=regularized) - low.beta_lower(a, b, regularized=regularized)

    return value


SPECIAL: dict[Any, Callable[..., Any]] = {
    s.atan2:          arb.atan2,
    s.besselj:        lambda n, u: u.bessel_j(n),
    s.bessely:        lambda n, u: u.bessel_y(n),
    s.besseli:        lambda n, u: u.bessel_i(n),
    s.besselk:        _bessel_k,
    s.airyaiprime:    lambda u: u.airy_ai(derivative=1),
    s.airybiprime:    lambda u: u.airy_bi(derivative=1),
    s.erfinv:         lambda u: u.erfinv(),
    s.erfcinv:        lambda u: u.erfcinv(),
    s.zeta:           _complex(_zeta),
    s.dirichlet_eta:  _complex(lambda u: u.dirichlet_eta()),
    s.polylog:        _complex(lambda n, u: u.polylog(n)),
    s.lerchphi:       _lerch_phi,
    s.expint:         _complex(lambda n, u: u.expint(n)),
    s.uppergamma:     _complex(lambda a, u: u.gamma_upper(a)),
    s.lowergamma:     _lower_gamma,
    s.elliptic_k:     _complex(lambda m: m.elliptic_k()),
    s.elliptic_e:     _complex(_elliptic_e),
    s.elliptic_f:     _complex(acb.elliptic_f),
    s.elliptic_pi:    _complex(_elliptic_pi),
    s.legendre:       lambda n, u: u.legendre_p(n),
    s.assoc_legendre: lambda n, m, u: u.legendre_p(n, m),
    s.chebyshevt:     lambda n, u: u.chebyshev_t(n),
    s.chebyshevu:     lambda n, u: u.chebyshev_u(n),
    s.hermite:        lambda n, u: u.hermite_h(n),
    s.laguerre:       lambda n, u: u.laguerre_l(n),
    s.assoc_laguerre: _laguerre,
    s.gegenbauer:     lambda n, a, u: u.gegenbauer_c(n, a),
    s.mathieus:       mathieu(1, derived=False),
    s.mathieuc:       mathieu(0, derived=False),
    s.mathieusprime:  mathieu(1, derived=True),
    s.mathieucprime:  mathieu(0, derived=True),
    s.betainc:        _incomplete_beta(regularized=False),
    s.betainc_regularized: _incomplete_beta(regularized=True),
    s.marcumq:        marcum_q,
    s.jacobi:         lambda n, a, b, u: u.jacobi_p(n, a, b),
}  # fmt: skip
