"""Quotients of two differences that are nearly 0 at once: rate laws, logarithmic means, annuities, against ball arithmetic."""

from __future__ import annotations

import itertools

import pytest
from balls import agrees
from sympy import Expr, IndexedBase, Rational, Sum, Symbol, exp, log, symbols
from tools import needs

import gdsym as gd

a, b, k, n, r, t = symbols("a b k n r t", positive=True)
u, v = symbols("u v", real=True)
i, m = symbols("i m", integer=True, positive=True)
RATES = [1e-12, 1e-6, 0.05, 1.0]
Form = tuple[Expr, dict[Symbol, list[float]], dict[Symbol, list[float]]]
FORMS: dict[str, Form] = {
    "two decays": ((exp(-a * t) - exp(-b * t)) / (b - a), {a: [0.3 + 1e-12, 0.5], b: [0.3]}, {t: [0.1, 40.0]}),
    "a chain of two": (a / (b - a) * (exp(-a * t) - exp(-b * t)), {a: [0.3 + 1e-12, 1e-3], b: [0.3]}, {t: [1.0, 100.0]}),
    "tangent of exp": (exp(u) - exp(v) - (u - v) * exp(v), {u: [0.3 + 1e-9, 5.0, -800.0], v: [0.3, 3.0, -800.0]}, {}),
    "logarithmic mean": ((a - b) / (log(a) - log(b)), {a: [0.3 + 1e-12, 0.5, 30.0], b: [0.3]}, {}),
    "means of data": ((a - b) / (log(a) - log(b)), {a: [0.3 + 1e-12, 30.0]}, {b: [0.3]}),
    "of a quotient": ((a - b) / log(a / b), {a: [0.3 + 1e-12, 0.5, 30.0], b: [0.3]}, {}),
    "annuity": ((1 - (1 + r) ** (-n)) / r, {r: RATES}, {n: [1.0, 12.0, 360.0]}),
    "its payment": (r / (1 - (1 + r) ** (-n)), {r: RATES}, {n: [12.0, 360.0]}),
    "savings": (((1 + r) ** n - 1) / r, {r: RATES, n: [0.5, 12.0]}, {}),
    "geometric series": ((1 - k**n) / (1 - k), {k: [0.5, 1 - 1e-9, 1 + 1e-12, 3.0]}, {n: [3.0, 12.0]}),
    "yield curve": (
        b * (1 - exp(-k * t)) / (k * t) + u * ((1 - exp(-k * t)) / (k * t) - exp(-k * t)),
        {k: [1e-9, 1e-3, 30.0], b: [2.0], u: [3.0]}, {t: [0.25, 10.0]},
    ),
    "opening rate": ((u + 40) / 10 / (1 - exp(-(u + 40) / 10)), {u: [-40 + 1e-9, -40.001, -39.0, 30.0]}, {}),
    "beta-divergence": ((b**k + (k - 1) * a**k - k * b * a ** (k - 1)) / (k * (k - 1)), {a: [0.3, 2.0]}, {k: [1e-12, 0.5, 1 + 1e-9, 1.5], b: [0.3000001, 5.0]}),
    "alpha-divergence": ((k * a + (1 - k) * b - b ** (1 - k) * a**k) / (k * (1 - k)), {a: [0.3, 2.0]}, {k: [1e-12, 0.5, 1 + 1e-9], b: [0.3000001, 5.0]}),
    "deviance of Tweedie's law": (
        2 * (b ** (2 - k) / ((1 - k) * (2 - k)) - b * a ** (1 - k) / (1 - k) + a ** (2 - k) / (2 - k)),
        {a: [0.3, 2.0]}, {k: [1 + 1e-9, 1.5, 2 - 1e-12], b: [0.3000001, 5.0]},
    ),
    "power of a quantity": ((a ** (1 - k) - 1) / (1 - k), {a: [0.3, 1 + 1e-9, 5.0]}, {k: [0.5, 1 - 1e-9, 2.5]}),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMS))
def test_numbers(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(
        form,
        [at for at in itertools.product(*params.values(), *data.values()) if len({*at}) == len(at)],
        list(params),
        list(data),
    )


@pytest.mark.parametrize("name", ["two decays", "annuity", "means of data"])
def test_numbers_of_arrays(name: str) -> None:
    form, params, data = FORMS[name]
    agrees(form, list(itertools.product(*params.values(), *data.values())), list(params), list(data), array=True)


def test_a_fit_of_a_chain_of_two_where_the_rates_are_near() -> None:
    y, when = IndexedBase("y"), IndexedBase("t")
    model = k * a / (a - b) * (exp(-b * when[i]) - exp(-a * when[i]))
    code = gd.Cost(Sum((y[i] - model) ** 2, (i, 1, m)), [a, k]).compile()
    at, times, seen = (0.3 + 1e-9, 0.3, 2.0), [0.5, 3.0, 10.0], [0.25, 0.5, 0.125]
    value, slopes = code.value_and_gradient({a: at[0], k: at[2]}, {b: at[1], when: times, y: seen})
    plain = sum((Rational(z) - model.subs(when[i], Rational(x))) ** 2 for x, z in zip(times, seen, strict=True))
    here = {q: Rational(x) for q, x in zip((a, b, k), at, strict=True)}
    assert value == pytest.approx(float(plain.subs(here).evalf(50)), rel=1e-14)
    for q in (a, k):
        assert slopes[q] == pytest.approx(float(plain.diff(q).subs(here).evalf(50)), rel=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numba", "jax"])
def test_numbers_on_other_engines(engine: str) -> None:
    needs(engine)
    form = (exp(-u * t) - exp(-v * t)) / (v - u)
    agrees(form, [(0.3 + 1e-9, 0.3, 2.0), (0.3, 5.0, 2.0)], [u], [v, t], engine=engine)


def test_divergences_of_nothing_stay() -> None:
    form = (b**k + (k - 1) * a**k - k * b * a ** (k - 1)) / (k * (k - 1))
    code = gd.Cost(form, [a]).compile()
    assert code.value({a: 2.0}, {k: 2.0, b: 0.0}) == 2.0
    assert code.value({a: 2.0}, {k: 2.0, b: 2.0}) == 0.0


def test_powers_of_what_is_below_0_stay() -> None:
    cost = gd.Cost(((1 + u) ** n - 1) / u, [u]).compile()
    value, slopes = cost.value_and_gradient({u: -3.0}, {n: 3.0})
    assert value == 3.0
    assert slopes[u] == pytest.approx(-3.0, rel=1e-15)
