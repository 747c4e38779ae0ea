"""Classifiers that are sure: what log-sum-exp is above its largest exponent, with all digits."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from once import code_of
from sympy import IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

i, j, k, m, K = symbols("i j k m K", integer=True, positive=True)
X, Y, c, z = (IndexedBase(name) for name in "XYcz")
w = Symbol("w")
TOTAL = log(Sum(exp(w * X[i, j]), (j, 1, K)))
BY_LABELS = Sum(TOTAL - w * X[i, c[i]], (i, 1, m))
BY_CASES = -Sum(
    KroneckerDelta(c[i], k) * log(exp(w * X[i, k]) / Sum(exp(w * X[i, j]), (j, 1, K))), (k, 1, K), (i, 1, m)
)
BY_TABLE = Sum(Y[i, k] * (TOTAL - w * X[i, k]), (k, 1, K), (i, 1, m))
BY_COLUMNS = Sum(log(Sum(exp(w * X[i, j]), (i, 1, m))) - w * X[1, j], (j, 1, K))


def exact(logits: Any, right: Any) -> float:
    with mp.workdps(400):
        rows = zip(logits, right, strict=True)
        return float(
            mp.fsum(
                mp.log1p(mp.fsum(mp.exp(mp.mpf(u) - mp.mpf(a[r])) for p, u in enumerate(a) if p != r)) for a, r in rows
            )
        )


@pytest.mark.parametrize("scale", [1e-12, 0.1, 3.0, 8.0, 40.0, 300.0])
@pytest.mark.parametrize("name", ["labels", "cases", "table", "columns"])
def test_cross_entropies_of_sure_classifiers(name: str, scale: float) -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(1, 5, size=6)
    logits = scale * rng.normal(size=(6, 4))
    logits[np.arange(6), labels - 1] += 2 * scale
    at, data = {w: 1.0}, {X: logits, c: labels}
    if name == "columns":
        logits[0] = 3 * scale
        right = exact(logits.T, [0] * 4)
        value = code_of(BY_COLUMNS, [w]).value(at, {X: logits})
    else:
        right = exact(logits, labels - 1)
        cost = {"labels": BY_LABELS, "cases": BY_CASES, "table": BY_TABLE}[name]
        value = code_of(cost, [w]).value(at, data if name != "table" else {X: logits, Y: np.eye(4)[labels - 1]})
    assert value == pytest.approx(right, rel=1e-13 if scale > 100 else 1e-14)


@pytest.mark.parametrize("gap", [0.0, 1e-12, 5.0, 30.0, 700.0, 1000.0])
def test_one_logsumexp(gap: float) -> None:
    code: Any = code_of(log(Sum(exp(z[k]), (k, 1, K))) - z[1], [z])
    for others in ([-gap], [-gap, -gap - 1], []):
        right = exact([[0.0, *others]], [0])
        value, slopes = code.value_and_gradient({z: [0.0, *others]})
        assert value == pytest.approx(right, rel=1e-14, abs=1e-320)
        assert slopes[z].sum() == pytest.approx(0, abs=1e-15)
