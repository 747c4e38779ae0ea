"""Terms that nearly cancel at ordinary places: divergences at equality, a confident softmax, e^u - e^v; value and slopes against mpmath."""

from __future__ import annotations

import itertools
import math
from typing import Any

import mpmath
import pytest
from once import code_of
from sympy import Expr, IndexedBase, Rational, Sum, cosh, diff, exp, lambdify, log, sinh, sqrt, symbols
from tools import needs

u, v, w = symbols("u v w", real=True)
a, b, k = symbols("a b k", positive=True)
i, m = symbols("i m", integer=True, positive=True)

WIDE = [0.0, 1e-12, -1e-6, 1.0, -1.0, 30.0, -30.0, 1000.0, -1000.0]
FINITE = [0.0, 1e-12, -1e-6, 1.0, 1 + 1e-6, 30.0, -30.0]
NOT_0 = [1e-12, -1e-6, 1.0, -30.0, 30.0, 710.0, -710.0, 1000.0, -1000.0]
SIZES = [1.0, 1 + 1e-6, 1 - 1e-9, 0.3, 30.0]
CHANCES = [0.3, 0.3 + 1e-6, 0.3 - 1e-9, 1e-6, 0.999]
RATES = [1e-6, 0.3, 1.0, 30.0]


def share(t: Expr) -> Expr:
    return 1 / (1 + exp(-t))


FORMS: dict[str, tuple[Expr, dict[Any, list[float]]]] = {
    "divergence of two chances": (a * log(a / b) + (1 - a) * log((1 - a) / (1 - b)), {a: CHANCES, b: CHANCES}),
    "the same by other quotients": (-a * log(b / a) - (1 - a) * log((1 - b) / (1 - a)), {a: CHANCES, b: CHANCES}),
    "minus a divergence": (-a * log(a / b) - (1 - a) * log((1 - a) / (1 - b)), {a: CHANCES, b: CHANCES}),
    "deviance of counts": (2 * (a * log(a / b) - (a - b)), {a: SIZES, b: SIZES}),
    "deviance of durations": (2 * ((a - b) / b - log(a / b)), {a: SIZES, b: SIZES}),
    "divergence of two spectra": (a / b - log(a / b) - 1, {a: SIZES, b: SIZES}),
    "divergence of exponential laws": (log(a) - log(b) + b / a - 1, {a: SIZES, b: SIZES}),
    "divergence of normal laws": (
        log(b / a) + (a**2 + (u - v) ** 2) / (2 * b**2) - Rational(1, 2),
        {a: SIZES, b: SIZES, u: [0.0, 1.0, 1 + 1e-6], v: [0.0, 1.0]},
    ),
    "divergence from the standard one": ((w**2 + u**2 - 1 - log(w**2)) / 2, {w: [*SIZES, -1.0], u: [0.0, 1e-6, 1.0]}),
    "the same by its log-variance": ((exp(v) + u**2 - 1 - v) / 2, {v: FINITE, u: [0.0, 1e-9, 1.0]}),
    "softplus less its value at 0": (log(1 + exp(u)) - log(2), {u: WIDE}),
    "softplus of -u less its value at 0": (3 * log(1 + exp(-u)) - 3 * log(2), {u: WIDE}),
    "softplus as a mean": (log(exp(u) / 2 + Rational(1, 2)), {u: WIDE}),
    "log of a mean": (log((exp(u) + exp(v)) / 2), {u: WIDE, v: WIDE}),
    "log of a mean of three": (log((exp(u) + exp(v) + exp(w)) / 3), {u: WIDE, v: WIDE, w: [0.0, 1e-6, -30.0]}),
    "log-sum-exp less a term": (log(exp(u) + exp(v)) - u, {u: WIDE, v: WIDE}),
    "two classes at a temperature": (-log(exp(u / a) / (exp(u / a) + exp(v / a))), {u: WIDE, v: WIDE, a: [0.3, 30.0]}),
    "three classes": (-log(exp(u) / (exp(u) + exp(v) + exp(w))), {u: WIDE, v: WIDE, w: [0.0, 1e-6, -1000.0]}),
    "three classes, one of them 0": (log(1 + exp(u) + exp(v)) - u, {u: WIDE, v: WIDE}),
    "smooth hinge": (log(1 + exp(a * (1 - u))) / a, {u: WIDE, a: RATES}),
    "smooth pinball": (u * Rational(3, 10) + a * log(1 + exp(-u / a)), {u: WIDE, a: RATES}),
    "difference of exponentials": (exp(u) - exp(v), {u: FINITE, v: FINITE}),
    "its square": ((3 * exp(u) - 3 * exp(v)) ** 2, {u: FINITE, v: FINITE}),
    "quotient of e^u - 1": (log((exp(u) - 1) / u), {u: NOT_0}),
    "its inverse": (-log(u / (exp(u) - 1)), {u: NOT_0}),
    "sinh over u": (log(sinh(u) / u), {u: NOT_0}),
    "a normalisation on the sphere": (-a * w - log(a / (4 * sinh(a))), {a: [*RATES, 1000.0], w: [0.3, -1.0]}),
    "artanh": (log((1 + u) / (1 - u)) / 2, {u: [1e-12, -1e-6, 0.3, -0.999]}),
    "power transform from 1 on": (((1 + a) ** w - 1) / w, {a: [1e-12, *RATES], w: [1e-12, -1e-6, 0.3, -1.0, 30.0]}),
    "tail of an extreme value": ((1 + k * a) ** (-1 / k), {a: [1e-6, 0.5, 30.0], k: [1e-12, 1e-6, 0.3]}),
    "root less one beside another term": (sqrt(1 + u**2) - 1 + v**2 * (cosh(v) - 1), {u: [1e-6, 3.0], v: [1e-3, 1.0]}),
}  # fmt: skip
AT = {name: list(itertools.product(*places.values())) for name, (_, places) in FORMS.items()}


def exactly(function: Any, at: tuple[float, ...]) -> Any:
    """The value to thirty digits."""
    for digits in (60, 400, 1500):
        with mpmath.workdps(digits):
            found = mpmath.mpf(function(*map(mpmath.mpf, at)))
        with mpmath.workdps(digits + 400):
            again = mpmath.mpf(function(*map(mpmath.mpf, at)))
        if found and abs(found - again) <= 1e-30 * abs(again):
            return again
    return mpmath.mpf(0)


def compared(name: str, engine: str, places: list[tuple[float, ...]], *, array: bool) -> None:
    """Within 1e-14 of the larger of the value and of what a relative change of an argument changes."""
    form, _ = FORMS[name]
    letters = list(FORMS[name][1])
    bases, factors = [IndexedBase(f"x_{q}") for q in letters], symbols(f"p:{len(letters)}", positive=True)
    inner = {q: p * x[i] for q, p, x in zip(letters, factors, bases, strict=True)}
    cost = Sum(form.subs(inner, simultaneous=True), (i, 1, m)) if array else form
    code = code_of(cost, factors if array else letters, engine)
    wanted = [form, *(diff(form, q) for q in letters)]
    exact = [lambdify(letters, f, "mpmath") for f in wanted]
    moved = [[lambdify(letters, diff(f, q), "mpmath") for q in letters] for f in wanted]
    for at in places:
        if array:
            value, slope = code.value_and_gradient(
                dict.fromkeys(factors, 1.0), {x: [p] for x, p in zip(bases, at, strict=True)}
            )
            found = [value, *(slope[p] / q if q else None for p, q in zip(factors, at, strict=True))]
        else:
            value, slope = code.value_and_gradient(dict(zip(letters, at, strict=True)))
            found = [value, *(slope[q] for q in letters)]
        for ours, function, slopes in zip(found, exact, moved, strict=True):
            if ours is None:
                continue
            right = exactly(function, at)
            if abs(right) > 1.7e308:
                continue
            assert math.isfinite(ours), (name, at, ours)
            if abs(ours - right) > 1e-14 * abs(right) + 1e-300:
                most = max(abs(q * exactly(f, at)) for q, f in zip(at, slopes, strict=True) if q or len(at) == 1)
                assert abs(ours - right) <= 1e-14 * max(abs(right), most), (name, at, ours, right)


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    compared(name, "numpy", AT[name], array=False)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", list(FORMS))
def test_arrays_on_all_engines(name: str, engine: str) -> None:
    needs(engine)
    places = [at for at in AT[name] if max(map(abs, at)) < 100] if engine != "numpy" else AT[name]
    compared(name, engine, places[:: max(1, len(places) // 25)], array=True)
