"""The loop: exact counts, histories, endings; bare numbers from worked examples."""

from __future__ import annotations

import math
import signal
import threading
from typing import Any

import numpy as np
import pytest
import sympy
from hand_programs import LINE, MAE, PARABOLA, SADDLE, TWO_VALLEYS, VECTOR, Program, b, descended, scalar, v, w

from gdsym.descent import Descent, Settings
from gdsym.errors import DescentError, GdsymError, GdsymTypeError

PAIR = {"x": np.array([1.0, 2.0]), "y": np.array([300.0, 500.0]), "m": 2}
ZERO = {"w": 0.0, "b": 0.0}
k = sympy.Symbol("k")


def run(program: Program, start: dict[str, Any], data: dict[str, Any] | None = None, **options: Any) -> Descent:
    sizes = {n: options.pop(n) for n in ("maxiter", "gtol", "xtol", "ftol", "keep_every") if n in options}
    return descended(program, start, data or {}, settings=Settings(**sizes), **options)


def line(**options: Any) -> Descent:
    return run(LINE, ZERO, PAIR, **options)


def test_line_fit_ends_where_the_article_says() -> None:
    r = line(learning_rate=0.01, maxiter=10_000, gtol=0)
    assert r.nit == 10_000 and r.nfev == 10_001 and r.status == "max_steps" and not r.success
    assert f"{r.params[w]:.4f}" == "199.9929" and f"{r.params['b']:.4f}" == "100.0116"
    assert [f"{r.history.cost[j]:.2e}" for j in (1, 1001, 9001)] == ["7.93e+04", "3.41e+00", "2.90e-05"]
    assert r.history.params[w].shape == r.history.cost.shape == r.history.gradient_norm.shape == (10_001,)
    assert r.history.cost[0] == 85_000 and r.history.gradient_norm[0] == pytest.approx(math.hypot(650, 400))
    assert np.array_equal(r.x, [r.params[w], r.params[b]]) and r.fun == r.history.cost[-1]
    assert np.linalg.norm(r.jac) == pytest.approx(r.history.gradient_norm[-1])


def test_too_large_a_rate_diverges_with_the_bound_from_the_hessian() -> None:
    r = line(learning_rate=0.8, maxiter=10_000)
    assert [f"{c:.2e}" for c in r.history.cost[1:4]] == ["2.58e+05", "7.82e+05", "2.37e+06"]
    assert r.status == "diverged" and r.nit == 13 and r.history.cost[-1] > 1e6 * 85_001
    assert "0.8 is above 2/lambda_max = 0.5836" in r.message and "best fixed rate is 0.5714" in r.message
    assert np.isfinite(r.history.cost).all() and (np.diff(r.history.cost) > 0).all()


def test_at_a_minimum_a_step_does_nothing() -> None:
    r = run(TWO_VALLEYS, {"w": 5.0}, learning_rate=0.1, maxiter=7, gtol=0)
    assert r.nit == 7 and (r.history.params[w] == 5.0).all() and (r.history.gradient_norm == 0).all()
    assert r.status == "max_steps"
    at_once = run(TWO_VALLEYS, {"w": 5.0}, learning_rate=0.1)
    assert at_once.nit == 0 and at_once.status == "converged" and at_once.success and len(at_once.history) == 1


@pytest.mark.parametrize(("rate", "steps"), [(0.1, 81), (1.0, 6), (1.6, 1)])
def test_one_parabola_three_rates(rate: float, steps: int) -> None:
    parabola = scalar("0.3125*w*w", "0.625*w")
    r = run(parabola, {"w": 1.0}, learning_rate=rate, gtol=0, callback=lambda _, p: abs(p[w]) < 0.0055)
    assert r.nit == steps and r.status == "interrupted"
    assert run(parabola, {"w": 1.0}, learning_rate=4).status == "diverged"


@pytest.mark.parametrize("start", [3.0])
def test_a_maximum_is_no_success(start: float) -> None:
    r = run(TWO_VALLEYS, {"w": start}, learning_rate=0.1)
    assert r.status == "stationary_not_min" and r.nit == 0 and not r.success
    assert run(TWO_VALLEYS, {"w": start}, learning_rate=0.1, maxiter=4, gtol=0).status == "stationary_not_min"
    assert run(SADDLE, {"w": 1.0, "b": 0.0}, learning_rate=0.1).status == "stationary_not_min"


def test_stop_tests_see_the_right_rows() -> None:
    r = line(learning_rate=0.5, xtol=1e-3, gtol=0)
    p = np.column_stack([r.history.params[w], r.history.params[b]])
    relative = np.linalg.norm(np.diff(p, axis=0), axis=1) / np.linalg.norm(p[1:], axis=1)
    assert r.status == "converged" and relative[-1] <= 1e-3 < relative[-2]
    r = line(learning_rate=0.5, ftol=1e-2, gtol=0)
    change = np.abs(np.diff(r.history.cost)) / r.history.cost[:-1]
    assert r.status == "converged" and change[-1] <= 1e-2 and (change[:-1] > 1e-2).all()
    r = line(learning_rate=0.5, gtol=1e-3)
    assert r.success and r.history.gradient_norm[-1] <= 1e-3 < r.history.gradient_norm[-2]


def test_a_step_out_of_the_domain_keeps_the_finite_rows() -> None:
    log = scalar("w - math.log(w)", "1.0 - 1.0/w")  # minimum at 1, undefined from 0 down
    r = run(log, {"w": 0.1}, learning_rate=0.5, maxiter=50)
    assert r.status in ("converged", "max_steps")
    r = run(log, {"w": 5.0}, learning_rate=10.0)
    assert r.status == "nonfinite" and r.nit == 0 and len(r.history) == 1 and r.history.params[w][0] == 5.0
    with pytest.raises(DescentError, match="at the start"):
        run(log, {"w": -1.0})
    with pytest.raises(DescentError, match="not finite"):
        run(log, {"w": math.nan})


def test_overflow_of_floats_and_of_arrays() -> None:
    r = run(scalar("math.exp(w*w)", "2.0*w*math.exp(w*w)"), {"w": 2.0}, learning_rate=1.0)
    assert r.status == "nonfinite" and "OverflowError" in r.message and r.nit == 0
    steep = Program(MAE.inputs, (), ("e = np.exp(w*x)",), "e.sum()", ("(e @ x)",), ("import numpy as np",))
    r = run(steep, {"w": 1.0}, {"x": np.array([-9.0, 3.0]), "y": np.zeros(2), "m": 2}, learning_rate=1.0)
    assert r.status == "nonfinite" and np.isfinite(r.history.cost).all()


@pytest.mark.parametrize(
    ("value", "slope", "start"), [("-w*w", "-2.0*w", 1.0), ("w**3", "3.0*w*w", -1.0), ("-1e9*w", "-1e9", 0.0)]
)
def test_unbounded_below_is_divergence(value: str, slope: str, start: float) -> None:
    r = run(scalar(value, slope), {"w": start}, learning_rate=0.1)
    assert r.status == "diverged" and np.isfinite(r.history.cost).all() and r.history.cost[-1] < -1e6


def test_a_deep_minimum_is_not_unbounded() -> None:
    r = run(scalar("0.5*w*w - 1e6*w", "w - 1e6"), {"w": 0.0}, learning_rate=0.01, maxiter=5000)
    assert r.success and r.params[w] == pytest.approx(1e6) and r.fun == pytest.approx(-5e11)


def test_absolute_error_cycles_at_a_fixed_rate_and_not_at_a_decaying_one() -> None:
    data = {"x": np.array([1.0, 2.0, 5.0]), "y": np.array([2.0, 4.1, 9.5]), "m": 3}
    fixed = run(MAE, {"w": 0.0}, data, learning_rate=0.1, kinks=True)
    assert fixed.status == "kink" and "decays" in fixed.message and fixed.nit == 1000
    decaying = run(MAE, {"w": 0.0}, data, learning_rate=0.5 / (k + 1), kinks=True)
    assert decaying.status == "max_steps" and decaying.fun < fixed.fun
    far = run(MAE, {"w": -1e5}, data, learning_rate=0.1, kinks=True)  # still on its way down
    assert far.status == "max_steps"


def test_history_is_thinned_but_keeps_both_ends() -> None:
    full, thin = line(maxiter=1003, gtol=0), line(maxiter=1003, gtol=0, keep_every=10)
    assert list(thin.history.step[:3]) == [0, 10, 20] and thin.history.step[-1] == 1003 and len(thin.history) == 102
    assert np.array_equal(thin.history.cost, full.history.cost[thin.history.step])
    assert thin.nit == 1003 and thin.params[w] == full.params[w]


def test_a_history_that_is_too_large_is_refused_with_its_arithmetic() -> None:
    with pytest.raises(DescentError, match=r"1000000002 rows x 4 numbers x 8 bytes = 29.8 GiB.*keep_every=") as caught:
        line(maxiter=10**9)
    every = int(str(caught.value).split("keep_every=")[1].split(",")[0])
    assert 14 <= every <= 16
    line(maxiter=10**9, keep_every=every, gtol=1e3)  # now it starts


def test_interrupts_keep_the_history() -> None:
    def ctrl_c(k: int, _: Any) -> None:
        if k == 5:
            raise KeyboardInterrupt

    r = line(callback=ctrl_c, maxiter=100, gtol=0)
    assert r.status == "interrupted" and r.nit == 5 and len(r.history.cost) == 6


@pytest.mark.parametrize("delay", [0.01, 0.03, 0.1])
def test_a_signal_at_any_moment_leaves_whole_rows(delay: float) -> None:
    timer = threading.Timer(delay, signal.raise_signal, [signal.SIGINT])
    timer.start()
    r = run(PARABOLA, {"w": 0.0}, learning_rate=1e-9, maxiter=20_000_000, gtol=0)
    timer.join()
    assert r.status == "interrupted" and 0 < r.nit < 20_000_000 and len(r.history) == r.nit + 1
    h = r.history
    assert np.array_equal(h.params[w][1:], h.params[w][:-1] - 1e-9 * (2.0 * (h.params[w][:-1] - 3.0)))
    assert np.array_equal(h.cost, (h.params[w] - 3.0) ** 2)


def test_callbacks_stop_fail_and_cannot_change_the_run() -> None:
    seen: list[int] = []

    def look(k: int, params: Any) -> bool:
        seen.append(k)
        params[v][:] = 99.0
        return k == 3

    data = {"X": np.eye(3), "y": np.array([1.0, 2.0, 3.0]), "m": 3}
    r = run(VECTOR, {"v": np.zeros(3), "b": 0.0}, data, callback=look)
    assert r.nit == 3 and seen == [0, 1, 2, 3] and r.status == "interrupted" and (r.params[v] < 1).all()

    def stop(k: int, _: Any) -> None:
        raise StopIteration

    def broken(k: int, _: Any) -> None:
        raise RuntimeError("no disk")

    assert line(callback=stop).status == "interrupted"
    r = line(callback=broken)
    assert r.status == "callback_error" and "RuntimeError" in r.message and "no disk" in r.message and r.nit == 0


def test_vector_parameters_keep_their_shape() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3))
    data = {"X": X, "y": X @ [1.0, -2.0, 0.5] + 4, "m": 50}
    start = np.zeros(3)
    r = run(VECTOR, {"v": start, "b": 0.0}, data, learning_rate=0.3, maxiter=500)
    assert r.success and r.history.params[v].shape == (r.nit + 1, 3) and r.history.params["b"].shape == (r.nit + 1,)
    assert np.allclose(r.params[v], [1, -2, 0.5], atol=1e-5) and r.params[b] == pytest.approx(4, abs=1e-5)
    assert r.x.shape == r.jac.shape == (4,) and (start == 0).all()


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ({"maxiter": -1}, DescentError), ({"maxiter": 1.5}, GdsymTypeError), ({"maxiter": True}, GdsymTypeError),
        ({"gtol": -1.0}, DescentError), ({"xtol": math.nan}, DescentError), ({"ftol": "0"}, GdsymTypeError),
        ({"keep_every": 0}, DescentError),
    ],
)  # fmt: skip
def test_settings_are_checked(setting: dict[str, Any], error: type[GdsymError]) -> None:
    with pytest.raises(error):
        Settings(**setting)


def test_no_steps_at_all() -> None:
    r = line(maxiter=0)
    assert r.nit == 0 and r.status == "max_steps" and r.params[w] == 0.0 and len(r.history) == 1


def test_resume_is_bit_equal_to_one_run() -> None:
    for update in (None, "adam"):
        whole = line(maxiter=300, gtol=0, update=update)
        part = line(maxiter=120, gtol=0, update=update)
        rest = line(maxiter=300, gtol=0, update=update, resume=part)
        assert rest.nit == 300 and np.array_equal(rest.history.cost, whole.history.cost)
        assert np.array_equal(rest.history.params[w], whole.history.params[w])
        assert np.array_equal(rest.history.gradient_norm, whole.history.gradient_norm)
    with pytest.raises(DescentError, match="above 120"):
        line(maxiter=100, resume=part, update="adam")


def test_an_infinite_gradient_is_no_step_and_infinity_is_no_minimum() -> None:
    """From 1 to 0, where the slope is infinite; at minus infinity cost and slope would be 0."""
    steep = scalar("1.0/(1.0 + w*w)", "1.0 if w > 0.5 else (math.inf if w > -1.0 else 0.0)")
    r = run(steep, {"w": 1.0}, learning_rate=1.0, maxiter=20)
    assert r.status == "nonfinite" and r.nit == 0 and list(r.history.params[w]) == [1.0]
    with pytest.raises(DescentError, match="at the start"):
        run(steep, {"w": 0.0})
