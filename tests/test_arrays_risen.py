"""What rises alone beside a sigmoid that falls: exp(w)/(1 + exp(2 w)), both tails, values and slopes against mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from tools import needs

import gdsym as gd

w = sympy.Symbol("w")
PLACES = (-1000.0, -400.0, -30.0, -1.0, -1e-12, 1e-12, 0.7, 30.0, 400.0, 1000.0)
COSTS = [
    "exp(w)/(1 + exp(2*w))",
    "exp(-w)/(1 + exp(-2*w))",
    "exp(w/2)/(1 + exp(w))",
    "exp(2*w)/(1 + exp(w))**3",
    "exp(3*w)/((1 + exp(w))*(1 + exp(2*w)))",
    "(1 + exp(w))/(1 + exp(2*w))",
    "(exp(w) - 1)/(exp(2*w) + 1)",
    "w*exp(w)/(1 + exp(2*w))",
    "exp(w)*(1 - tanh(w))",
]


def exactly(expr: Any, at: float) -> float:
    with mpmath.workdps(1500):
        return float(sympy.lambdify(w, expr, "mpmath")(mpmath.mpf(at)))


@pytest.mark.parametrize("text", COSTS)
def test_neither_nan_nor_0_where_there_is_a_value(text: str) -> None:
    expr = gd.read(text).to_sympy()
    expr = expr.subs(dict.fromkeys(expr.free_symbols, w))
    code = gd.Cost(expr, [w]).compile()
    for at in PLACES:
        value, slope = code.value_and_gradient({w: at})
        assert value == pytest.approx(exactly(expr, at), rel=1e-13, abs=1e-300)
        assert slope[w] == pytest.approx(exactly(expr.diff(w), at), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_over_data_and_with_a_shift(engine: str) -> None:
    needs(engine)
    i, m = sympy.symbols("i m", integer=True, positive=True)
    x, b = sympy.IndexedBase("x"), sympy.Symbol("b")
    u = w * x[i] + b
    code = gd.Cost(sympy.Sum(sympy.exp(u) / (1 + sympy.exp(2 * u)), (i, 1, m)), [w, b]).compile(backend=engine)
    places = np.array(PLACES)
    value, slope = code.value_and_gradient({w: 1.0, b: 0.0}, {x: places})
    with mpmath.workdps(60):
        each = [mpmath.sech(mpmath.mpf(at)) / 2 for at in PLACES]
        turn = [-mpmath.sech(mpmath.mpf(at)) * mpmath.tanh(mpmath.mpf(at)) / 2 for at in PLACES]
        assert value == pytest.approx(float(sum(each)), rel=1e-14)
        along = sum(t * mpmath.mpf(at) for t, at in zip(turn, PLACES, strict=True))
        assert slope[w] == pytest.approx(float(along), rel=1e-13)


def test_the_slope_of_a_logarithm_far_out() -> None:
    expr = sympy.log((1 + sympy.exp(w)) / (1 + sympy.exp(3 * w)))
    code = gd.Cost(expr, [w]).compile()
    for at in (-1000.0, -3.0, 0.5, 400.0, 1000.0):
        value, slope = code.value_and_gradient({w: at})
        assert value == pytest.approx(exactly(expr, at), rel=1e-13, abs=1e-300)
        assert slope[w] == pytest.approx(exactly(expr.diff(w), at), rel=1e-12, abs=1e-300)
