"""Differences of one function at two places that may be near, and logarithms of what is nearly 1: against mpmath."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import mpmath
import numpy as np
import pytest
from once import code_of
from sympy import (
    Expr,
    IndexedBase,
    Rational,
    Sum,
    Symbol,
    atan,
    diff,
    erf,
    erfc,
    exp,
    lambdify,
    log,
    sqrt,
    symbols,
    tanh,
)
from tools import needs

import gdsym as gd

u, v = symbols("u v", real=True)
w, a, b = symbols("w a b")
i, m = symbols("i m", integer=True, positive=True)
x, z = IndexedBase("x"), IndexedBase("z")
POINTS = [s * p for p in (1e-12, 1e-8, 1e-3, 0.3, 1.0, 30.0, 1000.0) for s in (1, -1)]
NEAR = [
    (1e-12, -1e-12), (1e-12, 3e-12), (0.3, 0.3 - 1e-8), (1 + 1e-8, 1.0), (30 + 1e-8, 30.0), (30.0, 1.0), (-30 + 1e-9, -30.0),
    (1.0, -30.0), (1000.5, 1000.0), (-999.5, -1000.0), (0.5, -0.25), (1e-8, 1e-12), (1e-3, 1.0), (1000.0, -1000.0), (-1000.0, 1.0), (2.0, 1000.0),
]  # fmt: skip


def share(t: Expr) -> Expr:
    return 1 / (1 + exp(-t))


def normal(t: Expr) -> Expr:
    return (1 + erf(t / sqrt(2))) / 2


ONE: dict[str, Expr] = {
    "quotient of softplus": log((1 + exp(u)) / (1 + exp(2 * u))),
    "softplus less another": log(1 + exp(3 * u)) - log(1 + exp(u)),
    "softplus of half": log(1 + exp(u)) - log(1 + exp(u / 2)),
    "log erfc": log(erfc(u)),
    "log 1 - erf": log(1 - erf(u)),
    "log 1 + erf": log(1 + erf(u)),
    "probit by erfc": -log(erfc(-u / sqrt(2)) / 2),
    "erf between two bounds": log(normal(u + 1) - normal(u)),
    "erf between bounds at its sides": log(normal(u + 2) - normal(u - 1)),
    "erfc between two bounds": log(erfc(u) / 2 - erfc(u + Rational(1, 2)) / 2),
    "steep: complementary log-log": log(exp(-exp(u)) - exp(-exp(u + 1))),
    "exponentials": exp(u / 9 + 1) - exp(u / 9),
    "sigmoids of multiples": share(u) - share(2 * u),
    "robust, a quarter": (1 + u**2 / 2) ** Rational(1, 4) - 1,
    "robust, three quarters": (1 + 2 * u**2) ** Rational(3, 4) - 1,
    "cube root": (1 + u**2) ** Rational(1, 3) - 1,
    "power of 3": (3**u - 1) / u,
    "biweight": 1 - (1 - u**2 / 9) ** 3,
    "fourth power": (1 + u**2) ** 4 - 1,
}
KNOWN = {"steep": 4, "erf": 100, "power of": 400}  # up to where the reference keeps its digits, or floats do
TWO: dict[str, Expr] = {
    "softplus": log(1 + exp(u)) - log(1 + exp(v)),
    "quotient": log((1 + exp(u)) / (1 + exp(v))),
    "sigmoids": share(u) - share(v),
    "log of sigmoids": log(share(u) - share(v)),
    "log of exponentials": log(exp(u) - exp(v)),
    "log of erf": log(normal(u) - normal(v)),
    "tangents": tanh(u) - tanh(v),
    "angles": atan(u) - atan(v),
}


def _agrees(ours: float, form: Expr, letters: list[Symbol], at: list[Any]) -> bool:
    """Within 1e-14 of the larger of the value and of what a relative change of an argument changes."""
    right = mpmath.mpf(lambdify(letters, form, "mpmath")(*at))
    moved = [abs(p * lambdify(letters, diff(form, q), "mpmath")(*at)) for p, q in zip(at, letters, strict=True)]
    if abs(right) < 1e-300:
        return abs(ours) < 1e-299
    return math.isfinite(ours) and bool(abs(ours - right) <= 1e-14 * max(abs(right), *moved))


def _compared(form: Expr, at: Mapping[Symbol, float], engine: str, *, array: bool) -> None:
    letters, params = list(at), dict(zip((u, v), (w, b), strict=True))
    data = dict(zip((u, v), (x, z), strict=True))
    inner = {q: params[q] * (data[q][i] if array else 1) for q in letters}
    cost = form.subs(inner, simultaneous=True)
    code = code_of(Sum(cost, (i, 1, m)) if array else cost, [params[q] for q in letters], engine)
    given = {data[q]: [p] for q, p in at.items()} if array else {}
    value, slope = code.value_and_gradient({params[q]: 1.0 if array else p for q, p in at.items()}, given)
    with mpmath.workdps(1000 if max(map(abs, at.values())) > 20 else 100):
        exact = [mpmath.mpf(p) for p in at.values()]
        assert _agrees(value, form, letters, exact), (at, value)
        for q, p in at.items():
            found = slope[params[q]] / (p if array else 1)
            assert _agrees(found, diff(form, q), letters, exact), (at, q, found)


@pytest.mark.parametrize("array", [False, True])
@pytest.mark.parametrize("name", list(ONE))
def test_functions_of_one_argument(name: str, array: bool) -> None:
    for at in POINTS:
        if abs(at) < next((most for word, most in KNOWN.items() if word in name), math.inf):
            _compared(ONE[name], {u: at}, "numpy", array=array)


@pytest.mark.parametrize("name", list(TWO))
def test_functions_of_two_arguments(name: str) -> None:
    for p, q in NEAR:
        if (p > q or "log of" not in name) and (max(p, -q) < 100 or "erf" not in name):
            _compared(TWO[name], {u: p, v: q}, "numpy", array=False)


@pytest.mark.parametrize("engine", ["numba", "jax"])
@pytest.mark.parametrize(
    "form", [TWO["softplus"], TWO["log of sigmoids"], TWO["log of erf"], TWO["log of exponentials"], TWO["angles"]]
)
def test_engines(form: Expr, engine: str) -> None:
    needs(engine)
    for p, q in ((3e-12, 1e-12), (30 + 1e-8, 30.0), (-29.5, -30.0), (2.0, 1.0)):
        _compared(form, {u: p, v: q}, engine, array=True)


@pytest.mark.parametrize("engine", ["numba", "jax"])
@pytest.mark.parametrize("name", ["log erfc", "probit by erfc", "robust, a quarter", "biweight"])
def test_engines_with_one_argument(name: str, engine: str) -> None:
    needs(engine)
    for at in (1e-12, -1e-8, 0.3, -12.0):
        _compared(ONE[name], {u: at}, engine, array=True)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_an_ordinal_probit_far_out(engine: str) -> None:
    """Log of the chance between two thresholds: -z^2/2 and z far out, where both chances are 0 or 1 in floats."""
    needs(engine)
    cost = -Sum(log(normal(a + exp(b) - w * x[i]) - normal(a - w * x[i])), (i, 1, m))
    code = code_of(cost, [w, a, b], engine)

    def right(slope: Any, low: Any, step: Any, at: float) -> Any:
        ends = [(low + mpmath.exp(step) * k - slope * at) / mpmath.sqrt(2) for k in (0, 1)]
        lo, hi = ends if ends[0] + ends[1] > 0 else (-ends[1], -ends[0])
        return -mpmath.log((mpmath.erfc(lo) - mpmath.erfc(hi)) / 2)

    for at in (-1000.0, -40.0, -9.0, 0.1, 9.0, 40.0, 1000.0):
        value, slope = code.value_and_gradient({w: 1.0, a: 0.25, b: -0.5}, {x: [at]})
        with mpmath.workdps(80):
            place = (1, mpmath.mpf(0.25), mpmath.mpf(-0.5))
            assert value == pytest.approx(float(right(*place, at)), rel=1e-13)
            for k, letter in enumerate((w, a, b)):
                order = tuple(int(k == q) for q in range(3))
                exact = mpmath.diff(lambda *p, at=at: right(*p, at), place, order)
                assert slope[letter] == pytest.approx(float(exact), rel=1e-13 * max(1, abs(at)))


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_intervals_of_an_exponential_law(engine: str) -> None:
    """-log(e^(-w l) - e^(-w r)) = w l - log(1 - e^(-w (r - l))), of which both terms may be below the floats."""
    needs(engine)
    code = code_of(-Sum(log(exp(-w * x[i]) - exp(-w * z[i])), (i, 1, m)), [w], engine)
    for at in (1e-12, 1e-6, 0.5, 40.0, 1000.0):
        value, slope = code.value_and_gradient({w: at}, {x: [1.0, 2.0], z: [2.0, 2.5]})
        gaps = (1.0, 0.5)
        assert value == pytest.approx(
            sum(at * x0 - math.log(-math.expm1(-at * gap)) for x0, gap in zip((1, 2), gaps, strict=True)), rel=1e-14
        )
        assert slope[w] == pytest.approx(
            sum(x0 - gap / math.expm1(min(at * gap, 700)) for x0, gap in zip((1, 2), gaps, strict=True)), rel=4e-14
        )


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_powers_with_an_exponent_near_0(engine: str) -> None:
    """Box and Cox: (y^c - 1)/c, which is log y at c = 0."""
    needs(engine)
    code = code_of(Sum((x[i] ** w - 1) / w, (i, 1, m)), [w], engine)
    for at in (-2.0, -1e-3, -1e-12, 1e-12, 1e-8, 1e-3, 0.3, 2.0, 30.0):
        for y in (1e-3, 0.5, 1 + 1e-9, 3.0, 1e3):
            value, slope = code.value_and_gradient({w: at}, {x: [y]})
            with mpmath.workdps(80):
                t = mpmath.mpf(at) * mpmath.log(mpmath.mpf(y))
                assert value == pytest.approx(float(mpmath.expm1(t) / at), rel=4e-14)
                exact = (t * mpmath.exp(t) - mpmath.expm1(t)) / mpmath.mpf(at) ** 2
                assert slope[w] == pytest.approx(float(exact), rel=4e-14)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize(
    "form",
    [
        exp(u) / (exp(u) + exp(v)) - exp(w) / (exp(w) + exp(v)),
        share(u - v) - share(w - v),
        log(1 + exp(u - v)) - log(1 + exp(w - v)),
        log(exp(u) / (exp(u) + exp(v))) - log(exp(w) / (exp(w) + exp(v))),
    ],
)
def test_shares_with_a_term_in_common_far_apart(form: Expr, engine: str) -> None:
    """Neither of p and q is known to be the larger one: e^(v - u) may be infinite where its factor is 0."""
    needs(engine)
    letters = [u, v, w]
    bases = [IndexedBase(f"x_{q}") for q in letters]
    cost = Sum(form.subs({q: base[i] for q, base in zip(letters, bases, strict=True)}, simultaneous=True), (i, 1, m))
    codes = [gd.Cost(*asked).compile(backend=engine) for asked in ((cost, bases), (form, letters))]
    exact = [lambdify(letters, part, "mpmath") for part in (form, *(diff(form, q) for q in letters))]
    places = [0.0, 1.0, 1 + 1e-9, -720.0, 1000.0, -1000.0]
    for at in itertools.product(places, repeat=3):
        with mpmath.workdps(1000):
            expected = [float(f(*map(mpmath.mpf, at))) for f in exact]
        for code, names, wrap in zip(codes, (bases, letters), (lambda p: [p], float), strict=True):
            value, slope = code.value_and_gradient({q: wrap(p) for q, p in zip(names, at, strict=True)})
            found = [float(value), *(float(np.ravel(slope[q])[0]) for q in names)]
            assert found == pytest.approx(expected, rel=1e-11, abs=1e-15), at


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax", "dask"])
def test_roots_of_two_that_are_near(engine: str) -> None:
    """Hellinger's distance: numbers by mpmath at the floats 0.3 and 0.3000000001, and exact ones."""
    needs(engine)
    code = code_of("Sum((sqrt(w[i]) - sqrt(x[i]))**2, (i, 1, m))", ["w"], engine)
    value, slopes = code.value_and_gradient({"w": [0.3]}, {"x": [0.3000000001]})
    assert value == pytest.approx(8.3333347109506848e-21, rel=1e-15)
    assert slopes["w"][0] == pytest.approx(-1.6666668044283961e-10, rel=1e-15)
    assert code.value({"w": [0.0, 4.0, 0.0, 1e300]}, {"x": [0.0, 9.0, 4.0, 1e300]}) == pytest.approx(5, rel=1e-15)
    assert code_of("sqrt(u + 1) - sqrt(u)", ["u"]).value({"u": 1e15}) == pytest.approx(1.5811388300841893e-8, rel=1e-15)
    lengths = code_of("(sqrt(u**2 + v**2) - sqrt(a))**2", ["u", "v"], "numpy").source
    assert "- math.sqrt(a)" in lengths and "(a - " not in lengths  # a distance beside one that is measured
