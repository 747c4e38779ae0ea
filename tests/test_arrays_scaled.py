"""Log erfc and its slope over arrays, by one polynomial for both."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, Sum, Symbol, erf, erfc, exp, log, sqrt, symbols

i, j, m, n = symbols("i j m n", integer=True, positive=True)
X, w, y = (IndexedBase(name) for name in "Xwy")
c = Symbol("c")
PROBIT = -Sum(log((1 + erf(y[i] * Sum(X[i, j] * w[j], (j, 1, n)) / sqrt(2))) / 2), (i, 1, m))
U = [-1000.0, -40.0, -30.0, -8.0, -1.0, -1e-3, -1e-12, 0.0, 1e-12, 0.3, 1.0, 5.0, 8.0, 30.0, 37.0, 40.0, 1000.0]


def lines(code: Any) -> str:
    program = code.program
    return "\n".join([*(s.code for s in program.each), program.value, *program.gradients])


def test_probit_regression() -> None:
    """As with all digits, sample by sample, from -1000 to 1000; one polynomial for value and slopes."""
    code: Any = code_of(PROBIT, [w])
    text = lines(code)
    assert text.count("scaled_erfc(") == 1 and "mills(" not in text and " erfc(" not in text
    with mp.workdps(60):
        for u in U:
            value, slopes = code.value_and_gradient({w: [u]}, {X: [[1.0]] * 2, y: [1.0, 1.0]})
            tail = mp.erfc(-mp.mpf(u) / mp.sqrt(2)) / 2
            tail = tail if u > -1000 else mp.exp(-(mp.mpf(u) ** 2) / 2) / (-mp.mpf(u) * mp.sqrt(2 * mp.pi))
            slope = -mp.exp(-(mp.mpf(u) ** 2) / 2) / mp.sqrt(2 * mp.pi) / tail
            near = 3e-16 * max(30.0, u * u)  # u/sqrt(2) is rounded
            assert value == pytest.approx(float(-2 * mp.log(tail)), rel=near if u > 0 else 1e-5 if u < -900 else 4e-15)
            assert slopes[w][0] == pytest.approx(float(2 * slope), rel=near if u > 0 else 1e-5 if u < -900 else 4e-15)


COSTS = {
    "quotient alone": Sum(exp(-((c * y[i]) ** 2)) / erfc(c * y[i]) + log(erfc(c * y[i])), (i, 1, m)),
    "both sides": Sum(log(erfc(c * y[i])) + 2 * log(erfc(-c * y[i])), (i, 1, m)),
    "the value, too": Sum(erfc(c * y[i]) ** 2 - log(erfc(c * y[i])), (i, 1, m)),
}


@pytest.mark.parametrize("name", list(COSTS))
def test_as_on_numba(name: str) -> None:
    pytest.importorskip("numba")
    data = {y: np.linspace(-6, 6, 41)}
    ours, theirs = (code_of(COSTS[name], [c], b).value_and_gradient({c: 0.7}, data) for b in ("numpy", "numba"))
    assert ours[0] == pytest.approx(theirs[0], rel=1e-13)
    assert ours[1][c] == pytest.approx(theirs[1][c], rel=1e-12)
