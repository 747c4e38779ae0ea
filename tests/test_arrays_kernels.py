"""The special functions of generated code over arrays, against mpmath."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from once import code_of
from sympy import Expr, IndexedBase, Sum, erf, erfc, exp, log, loggamma, sqrt, symbols, tanh
from tools import needs

from gdsym.arrays.functions import HELPERS
from gdsym.arrays.kernels import ERF, ERFC, LOG_EXCESS, LOG_EXCESS_OF_ONE
from gdsym.backends.traced import DEFINED as TRACED
from gdsym.backends.words import HELPERS as LOOPED

i, m = symbols("i m", integer=True, positive=True)
w, a = symbols("w a", real=True)
x, y = IndexedBase("x"), IndexedBase("y")
NEAR_0 = [s * p for p in (1e-300, 1e-12, 1e-3, 0.3, 0.4999999, 0.5, 0.5000001, 0.75) for s in (1, -1)]
EVERYWHERE = [*NEAR_0, *np.linspace(-6, 26, 641).tolist()]


def entries(form: Expr, at: list[float]) -> list[float]:
    """The form at each place: each entry alone is read from the slope of a sum with weights."""
    code = code_of(Sum(y[i] * form, (i, 1, m)), [y])
    found: Any = code.value_and_gradient({y: [1.0] * len(at)}, {x: at})[1][y]
    return [float(v) for v in found]


@pytest.mark.parametrize(("form", "exact"), [(erf(x[i]), mpmath.erf), (erfc(x[i]), mpmath.erfc)])
def test_error_functions_to_four_units_in_the_last_place(form: Expr, exact: Any) -> None:
    with mpmath.workdps(40):
        for at, ours in zip(EVERYWHERE, entries(form, EVERYWHERE), strict=True):
            right = exact(mpmath.mpf(at))
            assert abs(ours - right) <= 4 * math.ulp(float(right)), at


def test_error_functions_at_the_ends() -> None:
    space: dict[str, Any] = {"np": np, "math": math}
    exec("\n".join([ERFC, ERF]), space)
    at = np.array([0.0, -0.0, math.inf, -math.inf, math.nan])
    assert [str(v) for v in space["erf"](at).tolist()] == ["0.0", "-0.0", "1.0", "-1.0", "nan"]
    assert [str(v) for v in space["erfc"](at).tolist()] == ["1.0", "1.0", "0.0", "2.0", "nan"]


@pytest.mark.parametrize(
    "code", [HELPERS["logcosh", True], HELPERS["logcosh", False], LOOPED["logcosh"], TRACED["logcosh"]]
)
def test_log_cosh_by_tanh_on_all_engines(code: str) -> None:
    """Entry by entry, and whole tables, also empty, every other column, far and near apart."""
    space: dict[str, Any] = {"np": np, "math": math}
    exec(code, space)
    kernel = space["logcosh"] if "np." in code else np.vectorize(space["logcosh"], otypes=[float])
    at = np.array([*EVERYWHERE, 0.97, 1000.0, -1000.0]).reshape(4, -1)
    with mpmath.workdps(60):
        right = [float(mpmath.log1p(2 * mpmath.sinh(mpmath.mpf(v) / 2) ** 2)) for v in at.ravel().tolist()]
    table = np.reshape(right, at.shape)
    for rows in (at, at[:, ::2], at.T, at[:1, :16], at[-1:], at[:0], at[:1, :1]):
        expected = [table.flat[np.flatnonzero(at.ravel() == v)[0]] for v in rows.ravel().tolist()]
        ours = kernel(rows, np.tanh(rows))
        assert ours.shape == rows.shape
        assert np.all(np.abs(ours.ravel() - expected) <= 4 * np.spacing(np.array(expected)))
    ends = np.array([0.0, math.inf, -math.inf, math.nan, 1e308])
    with np.errstate(divide="raise", over="ignore", invalid="ignore"):
        assert str(kernel(ends, np.tanh(ends)).tolist()) == "[0.0, inf, inf, nan, 1e+308]"


@pytest.mark.parametrize("code", [LOG_EXCESS, LOG_EXCESS_OF_ONE, LOOPED["log_excess"], TRACED["log_excess"]])
def test_what_x_exceeds_its_logarithm_by_on_all_engines(code: str) -> None:
    """R - log(1 + r): to four units in the last place where it is made by r, within 1e-14 elsewhere; in one piece and in many."""
    space: dict[str, Any] = {"np": np, "math": math}
    exec(code, space)
    kernel = space["log_excess"] if "np." in code else np.vectorize(space["log_excess"], otypes=[float])
    r = np.array([0.0, *NEAR_0, 0.2499, -0.2499, 0.25, -0.25, *np.linspace(-0.99, 3, 91), 1e9])
    with mpmath.workdps(640):
        right = np.array([float(v - mpmath.log1p(v)) for v in map(mpmath.mpf, r.tolist())])
    for at, table in ((r, right), (np.array([r, -0.5 * r / (1 + r)]).T[::3, :1], right[::3, None]), (r[:0], right[:0])):
        ours = kernel(at, 1 + at)
        assert ours.shape == table.shape
        assert np.all(np.abs(ours - table) <= np.where(np.abs(at) < 0.25, 4 * np.spacing(table), 1e-14 * table))
    if "np." in code:
        long = np.tile(r, 40000 // len(r))[: 17000 // len(r) * len(r)]
        assert np.array_equal(kernel(long, 1 + long).reshape(-1, len(r))[7], kernel(r, 1 + r))
    with np.errstate(all="ignore"):
        ends = kernel(np.array([-0.999, math.inf, math.nan]), np.array([0.001, math.inf, math.nan]))
    assert ends[0] == pytest.approx(-0.999 - math.log(0.001), rel=1e-14)
    assert np.isnan(ends[1:]).all()


def test_log_gamma() -> None:
    """To four units in the last place, or of the change by a change of the argument in its last place."""
    places = [
        1e-12,
        0.3,
        0.999999,
        1.0,
        1.000001,
        1.5,
        1.999,
        2.0,
        2.001,
        3.0,
        7.99999,
        8.0,
        150.5,
        1e6,
        1e17,
        -0.5,
        -1e-9,
        -2.6,
        -40.3,
    ]
    places += np.linspace(0.01, 12, 400).tolist()
    with mpmath.workdps(60):
        for at, ours in zip(places, entries(loggamma(x[i]), places), strict=True):
            right = mpmath.re(mpmath.loggamma(mpmath.mpf(at)))
            moved = abs(at * mpmath.psi(0, mpmath.mpf(at)))
            assert abs(ours - right) <= 4 * 2.2e-16 * max(abs(right), moved), at


def test_squares_of_differences_of_tanh() -> None:
    """Value and slopes in both tails, of equal and of other signs."""
    places = [(p, q) for p in (1e-9, 0.7, 30.0, -19.0, 400.0) for q in (-1e-9, 0.7 + 1e-8, 29.0, -20.0, 0.0)]
    code = code_of(Sum((tanh(w * x[i]) - tanh(a * y[i])) ** 2, (i, 1, m)), [w, a])
    with mpmath.workdps(400):
        for p, q in places:
            value, slope = code.value_and_gradient({w: 1.0, a: 1.0}, {x: [p], y: [q]})
            s, t = mpmath.mpf(p), mpmath.mpf(q)
            d = mpmath.tanh(s) - mpmath.tanh(t)
            expected = [d * d, 2 * d * s / mpmath.cosh(s) ** 2, -2 * d * t / mpmath.cosh(t) ** 2]
            for ours, right in zip((value, slope[w], slope[a]), expected, strict=True):
                steep = 2 * (1 + abs(s) + abs(t)) if p * q > 0 or 0 in (p, q) else 2
                assert abs(ours - right) <= 1e-14 * steep * abs(right) + 1e-300, (p, q)


@pytest.mark.parametrize("engine", ["numba", "jax", "dask"])
def test_probit_on_all_engines(engine: str) -> None:
    """Its slopes are e^(-u^2)/erfc u; beside it counts with their log-gamma."""
    needs(engine)
    chance = (1 + erf(w * x[i] / sqrt(2))) / 2
    cost = -Sum(log(chance) + log(1 - chance) / 3 + loggamma(y[i] + exp(a)), (i, 1, m))
    data = {x: [-30.0, -1e-6, 0.5, 2.0, 12.0], y: [0.0, 1.0, 2.0, 9.0, 40.0]}
    value, slope = code_of(cost, [w, a]).value_and_gradient({w: 1.1, a: -0.3}, data)
    other, others = code_of(cost, [w, a], engine).value_and_gradient({w: 1.1, a: -0.3}, data)
    assert [other, others[w], others[a]] == pytest.approx([value, slope[w], slope[a]], rel=1e-13)
