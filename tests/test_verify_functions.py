"""Values and derivatives of every function that the judge knows, against mpmath: another library, another method."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq

from gdsym.verify import Formulas, Point, agree, evaluate
from gdsym.verify.lowering import LOWERED
from gdsym.verify.numbers import certain, divide, is_undefined, power, precision
from gdsym.verify.primitives import PRIMITIVES
from gdsym.verify.special import SPECIAL
from gdsym.written import nodes as n

X = n.Sym(sp.Symbol("x"))
HERE = Fraction(11, 16)

# Arguments around the variable x: a function of several gets x in each place that it can be derived by.
ARGUMENTS: dict[Any, tuple[str, ...]] = {
    sp.acosh: ("x + 1",), sp.asec: ("x + 1",), sp.acsc: ("x + 1",), sp.acoth: ("x + 1",),
    sp.Max: ("x, 1/3, x**2", "x**2, 2, x"), sp.Min: ("x, 1/3, x**2", "x**2, 2, x"),
    sp.Mod: ("7*x, 2", "5, x"), sp.floor: ("5*x",), sp.ceiling: ("5*x",), sp.frac: ("5*x",),
    sp.Heaviside: ("x", "-x, 1"), sp.KroneckerDelta: ("x, 2",), sp.log: ("x", "x, 3", "3, x + 2"),
    sp.binomial: ("x + 4, 2", "5, x"), sp.RisingFactorial: ("x, 3", "2, x"), sp.FallingFactorial: ("x, 3", "2, x"),
    sp.beta: ("x, 3",), sp.polygamma: ("0, x", "1, x", "3, x"), sp.Li: ("x + 2",), sp.li: ("x + 2", "x"),
    sp.erf2: ("x, 2", "1, x"), sp.atan2: ("x, 2", "2, x", "x, -2"), sp.zeta: ("x + 2", "x + 2, 3", "3, x"),
    sp.besselj: ("2, x", "1/3, x", "x, 2"), sp.bessely: ("2, x",), sp.besseli: ("2, x",), sp.besselk: ("2, x",),
    sp.jn: ("2, x",), sp.yn: ("2, x",), sp.polylog: ("2, x", "-3, x"), sp.lerchphi: ("x, 2, 3",),
    sp.expint: ("2, x",), sp.uppergamma: ("3, x",), sp.lowergamma: ("3, x",), sp.elliptic_e: ("x", "x, 1/3", "1/2, x"),
    sp.elliptic_f: ("x, 1/3", "1/2, x"), sp.elliptic_pi: ("x, 1/3", "1/2, x, 1/3"), sp.legendre: ("4, x",),
    sp.assoc_legendre: ("4, 2, x",), sp.chebyshevt: ("4, x",), sp.chebyshevu: ("4, x",), sp.hermite: ("4, x",),
    sp.hermite_prob: ("4, x",), sp.laguerre: ("4, x",), sp.assoc_laguerre: ("4, 2, x",), sp.gegenbauer: ("4, 2, x",),
    sp.jacobi: ("4, 1, 2, x",), sp.LambertW: ("x",), sp.erf2inv: ("1/3, x/2", "x/2, 1/5"),
    sp.SingularityFunction: ("x, 1/3, 2", "1, x, 3"), sp.catalan: ("x",), sp.betainc: ("2, 3, x/2, x", "1/2, 3, 1/4, x"),
    sp.betainc_regularized: ("2, 3, x/2, x", "1/2, 3, 1/4, x"), sp.marcumq: ("1, x, 6/5", "5/2, 1/2, x", "2, 0, x"),
    sp.appellf1: ("1, 1/2, 1/3, 2, x/2, 1/4", "-2, 1/2, 1/3, 5/2, 1/4, x/2", "1, -1/2, 3, 2, -1/2, x/2"),
}  # fmt: skip


def marcum(m: Any, a: Any, b: Any) -> Any:
    """1 - the integral of t (t/a)^(m - 1) e^(-(t^2 + a^2)/2) I_(m-1)(a t) from 0 to b."""
    with mpmath.workdps(40):
        m, a, b = (mpmath.mpf(sp.Float(u, 50)._to_mpmath(170)) for u in (m, a, b))
        if a == 0:
            return sp.Float(mpmath.gammainc(m, b * b / 2, regularized=True), 40)
        density = lambda t: t * (t / a) ** (m - 1) * mpmath.exp(-(t * t + a * a) / 2) * mpmath.besseli(m - 1, a * t)  # noqa: E731
        return sp.Float(1 - mpmath.quad(density, [0, b]), 40)


def double_factorial(u: Any) -> Any:
    """Between the whole numbers, where SymPy has no value."""
    with mpmath.workdps(40):
        return sp.Float(mpmath.fac2(mpmath.mpf(sp.Float(u, 50)._to_mpmath(170))), 40)


DEFINED: dict[Any, Any] = {
    sp.marcumq: marcum, sp.factorial2: double_factorial,
    sp.erf2: lambda a, b: sp.erf(b) - sp.erf(a), sp.erfcinv: lambda u: sp.erfinv(1 - u), sp.erf2inv: lambda a, u: sp.erfinv(u + sp.erf(a)),
}  # fmt: skip

SOLVED = (
    sp.mathieus,
    sp.mathieuc,
    sp.mathieusprime,
    sp.mathieucprime,
)  # of which mpmath has no value: test_verify_integrals.py

CASES = [
    (func, args) for func in {**PRIMITIVES, **LOWERED} if func not in SOLVED for args in ARGUMENTS.get(func, ("x",))
]


def written(func: Any, args: str) -> n.Node:
    parts = [part.strip() for part in args.split(",")]
    return n.Fn(func, *[_part(sp.sympify(p, locals={"x": X.symbol})) for p in parts])


def _part(e: Any) -> n.Node:
    from gdsym.written import from_sympy

    return from_sympy(e)


def number(u: Any) -> Any:
    assert u is not None
    if hasattr(u, "mid"):
        assert u.rel_accuracy_bits() > 60 or u.mid() == 0
        mantissa, exponent = u.mid().man_exp()
        return mpmath.ldexp(int(mantissa), int(exponent))
    return mpmath.mpf(int(u.p)) / int(u.q)


def value(func: Any, args: str, at: Any) -> Any:
    """SymPy's value, which mpmath computes."""
    parts = sp.sympify(f"[{args}]", locals={"x": sp.Float(at, 60)})
    return mpmath.mpf(sp.re(DEFINED.get(func, func)(*parts)).evalf(50)._to_mpmath(170))


def expected(func: Any, args: str, order: int) -> Any:
    """Derivatives by mpmath's differences, never by `diff`."""
    here = mpmath.mpf(HERE.numerator) / HERE.denominator
    if order == 0:
        return value(func, args, here)
    return mpmath.diff(lambda at: value(func, args, at), here, order, h=mpmath.mpf(10) ** -12)


@pytest.mark.parametrize(("func", "args"), CASES, ids=lambda v: getattr(v, "__name__", str(v)))
def test_value_and_two_derivatives(func: Any, args: str) -> None:
    body = written(func, args)
    first = n.D(body, X)
    values = Formulas(body, first, n.D(first, X)).at(Point({X: HERE}))
    with mpmath.workdps(50):
        for order, found in enumerate(values):
            wanted = expected(func, args, order)
            assert abs(number(found) - wanted) < 1e-7 * (1 + abs(wanted)), (order, found, wanted)


@pytest.mark.parametrize(("func", "args"), CASES, ids=lambda v: getattr(v, "__name__", str(v)))
def test_a_derivative_that_is_wrong_by_a_thousandth_is_refused(func: Any, args: str) -> None:
    first = n.D(written(func, args), X)
    assert not agree(first, n.Add(first, n.Num(Fraction(1, 1000))))


def test_the_root_of_a_huge_degree_is_a_power() -> None:
    """2^(1/k) with a k beyond 64 bits broke the judge."""
    found = Formulas(n.Pow(n.Num(2), n.Num(Fraction(1, 3**50)))).at(Point())[0]
    assert abs(float(found) - 1) < 1e-20


def test_a_value_that_is_looked_up_belongs_to_its_precision() -> None:
    u = n.Sym(sp.Symbol("u"))
    phi = n.Fn(sp.lerchphi, u, n.Num(2), n.Num(3))
    coarse, fine, again = (evaluate(phi, Point({u: Fraction(1, 3)}), bits=bits) for bits in (64, 256, 64))
    assert fine.rad() < coarse.rad() == again.rad()
    assert (coarse - fine).contains(0) and coarse.mid() == again.mid() != fine.mid()


def test_the_lerch_transcendent_beyond_one_is_real_for_whole_orders_up_to_0_alone() -> None:
    u, order = (n.Sym(sp.Symbol(letter)) for letter in "us")
    phi = n.Fn(sp.lerchphi, u, order, n.Num(3))
    at = [Point({u: Fraction(2), order: Fraction(o)}) for o in ("1/2", "2", "-1", "0")]
    half, second, first, zeroth = (evaluate(phi, point, bits=64) for point in at)
    assert half is None and second is None
    assert first.contains(-1) and zeroth.contains(-1)  # (a (1 - z) + z)/(1 - z)^2 and 1/(1 - z)


@pytest.mark.parametrize("z", ["1/3", "-2/5", "-3"])
@pytest.mark.parametrize("order", ["-3/2", "5/2", "2", "-1"])
@pytest.mark.parametrize("start", ["-9/4", "-40/3", "5/2"])
def test_the_lerch_transcendent_of_a_negative_start_is_real_for_whole_orders_alone(
    z: str, order: str, start: str
) -> None:
    """Against the terms below 0 written out, Phi(z, s, a) = sum_(k<m) z^k/(a + k)^s + z^m Phi(z, s, a + m)."""
    names = [n.Sym(sp.Symbol(letter)) for letter in "zsa"]
    point = Point(dict(zip(names, map(Fraction, (z, order, start)), strict=True)))
    found = evaluate(n.Fn(sp.lerchphi, *names), point, bits=64)
    u, s, a = (mpmath.mpf(f.numerator) / f.denominator for f in map(Fraction, (z, order, start)))
    m = max(0, int(mpmath.ceil(-a)))
    value = sum(u**k / mpmath.mpc(a + k) ** s for k in range(m)) + u**m * mpmath.lerchphi(u, s, a + m)
    assert (found is None) == (abs(value.imag) > 1e-12 * abs(value))
    assert found is None or abs(float(found) - value.real) < 1e-9 * (1 + abs(value))


def test_bessel_k_far_out_is_as_the_mean_of_exponentials_says() -> None:
    """K_n(u) = integral of e^(-u cosh t) cosh(n t) over t > 0."""
    from flint import acb, arb

    with precision(128):
        for n, u in ((0, 300), (1, 287), (2, 5), (3, 0.5)):
            end = 8 if u < 2 else 3
            whole = acb.integral(lambda t, _, n=n, u=u: (-u * (t.cosh() - 1)).exp() * (n * t).cosh(), 0, end)
            found = SPECIAL[sp.besselk](arb(n), arb(u)) * arb(u).exp()
            assert abs(found - whole.real) < 1e-12 * found


def test_a_ball_around_an_edge_may_have_a_value_there() -> None:
    """1/u, log u and asin(1 + u) of a u that may be 0 or beside it: undefined is only what certainly is."""
    near, log, asin = arb(0, 1e-30), PRIMITIVES[sp.log], PRIMITIVES[sp.asin]
    for value in (
        divide(arb(1), near),
        power(near, arb(-1)),
        log((0,), (near,)),
        log((1,), (near,)),
        asin((0,), (1 + near,)),
    ):
        assert not is_undefined(value) and value.contains(10**9)
    nothing = arb("nan")
    for value in (
        divide(arb(1), arb(0)),
        divide(nothing, near),
        log((0,), (near - 1,)),
        log((1,), (near - 1,)),
        asin((0,), (2 + near,)),
    ):
        assert is_undefined(value)
    assert is_undefined(certain(arb.log, nothing)) and certain(arb.exp, near).contains(1)


@pytest.mark.parametrize("n", [0, 1, 2, -1])
def test_a_power_of_what_has_no_value_has_none(n: int) -> None:
    """u^0 is 1 for every number u, and 1/0 is none."""
    assert is_undefined(power(divide(fmpq(1), fmpq(0)), fmpq(n)))
