"""Forms that must not overflow or cancel: against mpmath at +-1000, 1e-12 and between."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from arrays_costs import compiled
from sympy import IndexedBase, Sum, cos, cosh, exp, log, sqrt, symbols

from gdsym import Cost
from gdsym.arrays import Compiled

u, a = symbols("u a")
i, m = symbols("i m", integer=True)
t = IndexedBase("t")
POINTS = [-1000.0, -40.0, -1.0, -1e-12, 0.0, 1e-12, 0.3, 1.0, 40.0, 1000.0]

FORMS: dict[str, tuple[Any, Any]] = {
    "softplus": (log(1 + exp(u)), lambda u: mpmath.log1p(mpmath.exp(u))),
    "softplus turned": (log(1 + exp(-u)), lambda u: mpmath.log1p(mpmath.exp(-u))),
    "sigmoid": (1 / (1 + exp(-u)), lambda u: 1 / (1 + mpmath.exp(-u))),
    "sigmoid turned": (1 / (1 + exp(u)), lambda u: 1 / (1 + mpmath.exp(u))),
    "sigmoid as a quotient": (exp(u) / (1 + exp(u)), lambda u: mpmath.exp(u) / (1 + mpmath.exp(u))),
    "one minus sigmoid": (1 - 1 / (1 + exp(-u)), lambda u: 1 / (1 + mpmath.exp(u))),
    "slope of the sigmoid": (exp(-u) / (1 + exp(-u)) ** 2, lambda u: mpmath.exp(-u) / (1 + mpmath.exp(-u)) ** 2),
    "log sigmoid": (log(1 / (1 + exp(-u))), lambda u: -mpmath.log1p(mpmath.exp(-u))),
    "log one minus sigmoid": (log(1 - 1 / (1 + exp(-u))), lambda u: -mpmath.log1p(mpmath.exp(u))),
    "log cosh": (log(cosh(u)), lambda u: mpmath.log(mpmath.cosh(u))),
    "expm1": (exp(u / 10) - 1, lambda u: mpmath.expm1(mpmath.mpf(u / 10))),
    "log1p": (log(1 + u**2), lambda u: mpmath.log1p(mpmath.mpf(u) ** 2)),
    "pseudo huber": (sqrt(u**2 + 1) - 1, lambda u: mpmath.sqrt(mpmath.mpf(u) ** 2 + 1) - 1),
    "pseudo huber scaled": (9 * (sqrt(1 + u**2 / 9) - 1), lambda u: 9 * (mpmath.sqrt(1 + mpmath.mpf(u) ** 2 / 9) - 1)),
    "root of one plus an exponential": (sqrt(1 + exp(u)) - 1, lambda u: mpmath.expm1(mpmath.log1p(mpmath.exp(u)) / 2)),
    "twice, turned": (2 - 2 * sqrt(1 + exp(-u)), lambda u: -2 * mpmath.expm1(mpmath.log1p(mpmath.exp(-u)) / 2)),
    "one minus cosine": (1 - cos(u), lambda u: 1 - mpmath.cos(u)),
    "log of two exponentials": (log(exp(u) + exp(2 * u)), lambda u: mpmath.log(mpmath.exp(u) + mpmath.exp(2 * u))),
    "log of three exponentials": (log(1 + exp(u) + exp(-u)), lambda u: mpmath.log(1 + mpmath.exp(u) + mpmath.exp(-u))),
}  # fmt: skip


def _close(ours: float, theirs: float, tolerance: float = 1e-14) -> bool:
    return ours == theirs or abs(ours - theirs) <= tolerance * abs(theirs)


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize("array", [False, True])
def test_stable_form(name: str, array: bool) -> None:
    form, right = FORMS[name]
    expr = Sum(form.subs(u, a * t[i]), (i, 1, m)) if array else form
    run = Compiled(compiled(expr, {}, check=False))
    for point in POINTS:
        given: dict[Any, Any] = {t: [point], a: 1.0} if array else {u: point}
        with mpmath.workdps(900 if "three" in name or "cosine" in name else 60):
            theirs = float(right(mpmath.mpf(point)))
        assert _close(run.value({}, given), theirs), (name, point)


def test_cross_entropy_from_logits_in_both_tails() -> None:
    y = IndexedBase("y")
    s = 1 / (1 + exp(-a * t[i]))
    form = -Sum(y[i] * log(s) + (1 - y[i]) * log(1 - s), (i, 1, m))
    run = Compiled(compiled(form, {}, check=False))
    for point in POINTS:
        for label in (0.0, 1.0, 0.25):
            p = mpmath.mpf(point)
            with mpmath.workdps(60):
                right = label * mpmath.log1p(mpmath.exp(-p)) + (1 - label) * mpmath.log1p(mpmath.exp(p))
            assert _close(run.value({}, {t: [point], y: [label], a: 1}), float(right)), (point, label)


def test_cross_entropy_gradient_by_the_raw_chain_rule_is_finite() -> None:
    y = IndexedBase("y")
    s = 1 / (1 + exp(-a * t[i]))
    slope = -Sum((y[i] / s - (1 - y[i]) / (1 - s)) * exp(-a * t[i]) / (1 + exp(-a * t[i])) ** 2 * t[i], (i, 1, m))
    cost = -Sum(y[i] * log(s) + (1 - y[i]) * log(1 - s), (i, 1, m))
    run = Compiled(compiled(cost, {a: slope}))
    assert run.gradient({a: 1.0}, {t: [1000.0, -1000.0], y: [0, 1]})[a] == 2000.0


def test_softmax_and_log_sum_exp_do_not_overflow() -> None:
    z, k, n = IndexedBase("z"), *symbols("k n", integer=True)
    j = symbols("j", integer=True)
    total = Sum(exp(z[j]), (j, 1, n))
    run = Compiled(compiled(log(total), {z: ((k,), exp(z[k]) / total)}))
    value, gradient = run.value_and_gradient({z: [1000.0, 1000.0, -1000.0]}, {})
    assert value == 1000 + math.log(2)
    assert gradient[z].tolist() == [0.5, 0.5, 0.0]
    mean = Sum(exp(z[j]) * t[j], (j, 1, n)) / total
    assert Compiled(compiled(mean, {}, check=False)).value({}, {z: [1000, 1000], t: [1, 3]}) == 2.0


def test_a_branch_is_not_evaluated_outside_its_domain() -> None:
    from sympy import Piecewise

    body = Piecewise((log(t[i]) * sqrt(t[i]), t[i] > 0), (1 / (1 - t[i]), t[i] < 1), (0, True))
    run = Compiled(compiled(Sum(body, (i, 1, m)), {}, check=False))
    with np.errstate(all="raise"):
        assert run.value({}, {t: [1.0, -1.0, 4.0]}) == pytest.approx(0.5 + 2 * math.log(4))
    scalar = Compiled(compiled(Piecewise((log(u), u > 0), (u**2, True)), {}, check=False))
    assert scalar.value({}, {u: -3}) == 9.0


def test_outside_the_domain_is_nan_not_an_exception() -> None:
    assert math.isnan(Compiled(compiled(log(u), {}, check=False)).value({}, {u: -1.0}))


def test_powers_keep_zero_and_sign() -> None:
    run = Compiled(compiled(u**3 + u**7, {u: 3 * u**2 + 7 * u**6}))
    assert run.value({u: -2.0}, {}) == -136.0
    assert run.gradient({u: 0.0}, {})[u] == 0.0


def test_an_exponential_over_its_softplus_is_1_far_out() -> None:
    """Numbers by mpmath; beyond -40 it is 1 to the last digit."""
    code = Cost("exp(w)/log(1 + exp(w))", ["w"]).compile()
    found = [code.value({"w": w}) for w in (-800.0, -41.0, -39.0, -1.0, 3.0)]
    assert found == pytest.approx([1.0, 1.0, 1.0, 1.1743518464895017, 6.588473481928969], rel=1e-15)


def test_counts_whose_mean_is_softplus_far_out() -> None:
    """The slope's sigmoid over softplus is 1 where both are 0; numbers by mpmath."""
    scale, x, y = symbols("s"), IndexedBase("x"), IndexedBase("y")
    mean = log(1 + exp(scale * x[i]))
    code = Cost(Sum(mean - y[i] * log(mean), (i, 1, m)), [scale]).compile()
    at = np.array([-2000.0, -800.0, -745.0, -41.0, -40.0, -39.9, -3.0, 0.0, 5.0, 900.0])
    for place, count in ((p, c) for p in at for c in (0.0, 3.0)):
        value, slope = code.value_and_gradient({scale: 1.0}, {x: [place], y: [count]})
        with mpmath.workdps(1000):
            u = mpmath.mpf(place)
            soft, share = mpmath.log1p(mpmath.exp(u)), 1 / (1 + mpmath.exp(-u))
            right = soft - count * mpmath.log(soft), u * share * (1 - count / soft)
        assert (value, slope[scale]) == pytest.approx(tuple(map(float, right)), rel=1e-14, abs=1e-300)
