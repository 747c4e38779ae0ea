"""Weights that vanish: sigmoids, powers and doubled exponentials below the floats, where value and slope are not; beside mpmath."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
from once import code_of
from sympy import Expr, IndexedBase, Sum, atan, atanh, cosh, exp, lambdify, log, pi, sinh, symbols, tanh
from tools import needs

import gdsym as gd

u, v, a, b, c, d = symbols("u v a b c d", real=True)
i, j, k, l, m, K = symbols("i j k l m K", integer=True, positive=True)
y, z, w, A, B = map(IndexedBase, ("y", "z", "w", "A", "B"))


def s(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def bell(x: Any, scale: Any = 0) -> Any:
    return exp(-(x**2) * exp(-2 * scale) / 2 - scale)


WIDE = (-1000.0, -745.0, -40.0, 0.3, 800.0)
RATE = (-1000.0, -745.0, -40.0, 0.0, 3.0, 6.5)
HILL = c ** exp(u) / (exp(v * exp(u)) + c ** exp(u))
FORMS: dict[str, tuple[Expr, dict[Any, tuple[float, ...]]]] = {
    "two densities": (log(s(u) * exp(a) + (1 - s(u)) * exp(b)), {u: WIDE, a: WIDE, b: (-1001.0, 2.0)}),
    "two bells": (-log(s(u) * bell(c - a) + (1 - s(u)) * bell(c - b)), {u: WIDE, a: (-50.0, 0.5), b: (-45.0, 60.0), c: (1.25,)}),
    "contaminated": (-log((1 - s(u)) * bell(c - a) + s(u) * bell(c - a, b)), {u: WIDE, a: (-100.0, 0.5), b: (-2.0, 3.0, 400.0), c: (1.25,)}),
    "guessing": (-log(s(c) + (1 - s(c)) * s(a * (u - b))), {c: (-800.0, -40.0, 0.5), a: (1.0,), u: (-900.0, -2.0, 3.0), b: (0.0, 100.0)}),
    "guessed wrong": (-log(1 - (s(c) + (1 - s(c)) * s(a * (u - b)))), {c: WIDE, a: (1.0,), u: (-900.0, 3.0, 900.0), b: (0.0,)}),
    "guessing, by y": (
        -(d * log(c + (1 - c) * s(a * u)) + (1 - d) * log(1 - (c + (1 - c) * s(a * u)))), {c: (0.2,), a: (1.0,), u: (-900.0, 3.0, 9.0), d: (0.0, 1.0)}),
    "Jensen-Shannon": (
        (s(u) * log(2 * s(u) / (s(u) + s(v))) + s(-u) * log(2 * s(-u) / (s(-u) + s(-v)))) / 2, {u: (-1000.0, -3.0, 2.0), v: (-1000.0, -745.0, -3.5, 1000.0)}),
    "share of two": (s(u) / (s(u) + s(v)), {u: WIDE, v: WIDE}),
    "noisy or": (-log(1 - (1 - s(u)) * (1 - s(v))), {u: WIDE, v: (-1000.0, -3.0, 40.0)}),
    "either way": (-log(s(v) * s(u) + (1 - s(v)) * (1 - s(u))), {u: (-1000.0, -3.0, 800.0), v: (-800.0, 1.0, 1000.0)}),
    "zeros inflated": (-log(s(u) + (1 - s(u)) * exp(-exp(v))), {u: WIDE, v: (-1.0, 0.0, 3.0, 6.9, 12.0, 720.0)}),
    "counts above 0": (-(c * v - exp(v) - log(1 - exp(-exp(v)))), {v: RATE, c: (3.0,)}),
    "Bose": (log(exp(exp(v)) - 1), {v: RATE}),
    "ordinal": (-log(s(a + exp(b) - u) - s(a - u)), {a: (-1000.0, -3.0, 1000.0), b: (-1000.0, -40.0, -2.0, 0.5, 5.0), u: (-500.0, 0.5, 700.0)}),
    "Hill": (HILL, {u: (-1000.0, -2.0, 3.0, 8.0, 700.0), v: (-3.0, 0.5, 40.0), c: (2.0,)}),
    "Hill, squared": ((d - HILL) ** 2, {u: (-2.0, 3.0, 8.0, 700.0), v: (-3.0, 0.5), c: (2.0,), d: (0.25,)}),
    "Cauchy": (-log(0.5 + atan(u) / pi), {u: (-1e300, -1e150, -1e10, -1.0, 0.0, 2.0, 1e9, 1e150)}),
    "Gompertz": ((0.25 - exp(a) * exp(-exp(b - exp(u) * 2))) ** 2, {a: (-2.0, 1.0), b: (-300.0, 0.0, 5.0, 300.0), u: (-3.0, 0.0, 3.0)}),
    "z of Fisher": (atanh(tanh(u)) ** 2, {u: (-1000.0, -20.0, 1e-9, 0.5, 19.0)}),
    "squashed": (-log(1 - tanh(u) ** 2), {u: (-1000.0, -20.0, 1e-9, 19.0, 400.0)}),
    "log cosh over a square": (log(cosh(u)) / u**2, {u: (-1e-300, 1e-300, 1e-160, 1e-20, 0.3, 2.0, 700.0)}),
    "u/sinh u": (u / sinh(u), {u: (-1e-300, 1e-300, 1e-160, 0.3, 700.0)}),
}  # fmt: skip


@cache
def literal(form: Expr, letters: tuple[Any, ...]) -> Any:
    return lambdify(letters, form, modules="mpmath")


def right(form: Expr, given: dict[Any, float]) -> float:
    with mpmath.workdps(1500):
        found = literal(form, tuple(given))(*map(mpmath.mpf, given.values()))
        return float(mpmath.re(found))


def agrees(ours: float, truth: float) -> bool:
    return abs(ours - truth) <= 2e-12 * abs(truth) + 1e-289


def check(name: str, engine: str) -> None:
    form, values = FORMS[name]
    params = [p for p in values if len(values[p]) > 1 and p != d]
    bases = {p: IndexedBase(str(p)) for p in values}
    cost = code_of(form, params, engine)
    rows = gd.Cost(Sum(form.xreplace({p: bases[p][i] for p in values}), (i, 1, m)), [bases[p] for p in params])
    points = [dict(zip(values, point, strict=True)) for point in itertools.product(*values.values())]
    columns = {bases[p]: np.array([point[p] for point in points]) for p in values}
    wide = rows.compile(backend=engine).gradient(
        {bases[p]: columns[bases[p]] for p in params},
        {q: columns[q] for q in bases.values() if q not in [bases[p] for p in params]},
    )
    slopes = {p: form.diff(p) for p in params}
    for at, point in enumerate(points):
        value, slope = cost.value_and_gradient(
            {p: point[p] for p in params}, {q: point[q] for q in values if q not in params}
        )
        assert agrees(value, right(form, point)), (point, value)
        for p in params:
            truth = right(slopes[p], point)
            assert agrees(slope[p], truth), (p, point, slope[p], truth)
            assert agrees(wide[bases[p]][at], truth), (p, point, wide[bases[p]][at], truth)


@pytest.mark.parametrize("name", FORMS)
def test_where_the_weights_vanish(name: str) -> None:
    check(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numba", "jax"])
@pytest.mark.parametrize("name", ["contaminated", "guessing, by y", "ordinal", "log cosh over a square"])
def test_where_the_weights_vanish_on_other_engines(name: str, engine: str) -> None:
    needs(engine)
    check(name, engine)


def test_weights_in_a_chain_of_hidden_states() -> None:
    """Emissions are data, perhaps 0, but the shares of the next state divide in their turn: no exponent is cut off before."""
    step = exp(A[i, j]) / Sum(exp(A[i, l]), (l, 1, K))
    last = Sum(exp(A[j, k]) / Sum(exp(A[j, l]), (l, 1, K)) * B[3, k], (k, 1, K))
    cost = -log(Sum(exp(w[i]) * B[1, i] * Sum(step * B[2, j] * last, (j, 1, K)), (i, 1, K)))
    logits, seen, start = (
        np.array([[0.0, 2, -1], [30, 1, 4], [-20, 5, 800]]),
        np.array([[0.5, 0, 1], [1, 2, 0.5], [0.25, 1, 0]]),
        [1.0, 0, 2],
    )
    slope = code_of(cost, [w, A]).gradient({w: start, A: logits}, {B: seen})[w]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    each = np.exp(start) * seen[0] * (shares @ (seen[1] * (shares @ seen[2])))
    assert slope == pytest.approx(-each / each.sum(), rel=1e-13)


def test_labels_as_weights_of_sigmoids() -> None:
    """log(y p + (1 - y)(1 - p)) at labels 0 and 1: a term of weight 0 sets no scale."""
    p = s(w[1] * z[i])
    cost = code_of(-Sum(log(y[i] * p + (1 - y[i]) * (1 - p)), (i, 1, m)), [w])
    value, slope = cost.value_and_gradient({w: [1.0]}, {y: [1, 0, 1], z: [-1000.0, 900, 800]})
    assert value == 1900
    assert slope[w].tolist() == [1900]


def test_a_responsibility_is_written_with_one_quotient() -> None:
    cost = -Sum(log(s(u) * bell(y[i] - a) + (1 - s(u)) * bell(y[i] - b)), (i, 1, m))
    source = code_of(cost, [u, a, b]).source
    assert source.count("np.exp(") == 2
